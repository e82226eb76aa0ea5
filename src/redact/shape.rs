//! Whether a copy is still of the shape of its original: parsed anew, and what is nested in its strings too.

use super::edit::Edit;
use crate::formats::{self, Reading, Role, Shape};
use crate::model::Placeholder;

/// Whether `after`, which is `before` with its edits, has the same structure and, but for those that were edited, the same keys.
pub(super) fn is_kept(reading: &Reading, before: &[u8], after: &[u8], edits: &[Edit]) -> bool {
    let Ok(scalars) = reading.format.scalars(after) else { return false };
    let copy = Reading { format: reading.format, scalars };
    let is_edited = |range: &std::ops::Range<usize>| {
        let next = edits.partition_point(|edit| edit.span.end <= range.start);
        edits.get(next).is_some_and(|edit| edit.span.start < range.end)
    };
    let of_keys = reading.scalars.iter().filter(|scalar| scalar.role == Role::Key);
    let keys_edited = of_keys.into_iter().any(|key| is_edited(&key.range));
    is_same((reading, before), (&copy, after), keys_edited)
}

fn is_same(before: (&Reading, &[u8]), after: (&Reading, &[u8]), keys_edited: bool) -> bool {
    let ((reading, text), (copy, copied)) = (before, after);
    let (shape, other) =
        (Shape::of(reading.format, text, &reading.scalars), Shape::of(copy.format, copied, &copy.scalars));
    let agree = if keys_edited { shape.is_like(&other) } else { shape == other };
    if !agree || reading.scalars.len() != copy.scalars.len() {
        return false;
    }
    let mut pairs = reading.scalars.iter().zip(&copy.scalars);
    pairs.all(|(scalar, edited)| {
        if text[scalar.inner.clone()] == copied[edited.inner.clone()] {
            return true;
        }
        let value = reading.format.decode(text, scalar);
        let edited = copy.format.decode(copied, edited);
        is_nested_kept(&value, &edited)
    })
}

/// Whether a value that holds JSON still holds JSON of the same shape, or nothing but a placeholder. Quotes are twice as long at each
/// depth, so what is in memory is never deep.
pub(super) fn is_nested_kept(before: &[u8], after: &[u8]) -> bool {
    let Some(reading) = formats::nested(before) else { return true };
    if Placeholder::len_at(after) == Some(after.len()) {
        return true;
    }
    // Whether a key was edited further in is not known here.
    formats::nested(after).is_some_and(|copy| is_same((&reading, before), (&copy, after), true))
}
