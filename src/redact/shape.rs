//! Whether a copy is still of the shape of its original: parsed anew, and what is nested in its strings too.

use crate::formats::{self, Format, Reading, Scalar};
use crate::model::Placeholder;

/// Whether `after`, a copy of `before` edited in the scalars of the reading, differs in nothing else.
pub(super) fn is_kept(reading: &Reading, before: &[u8], after: &[u8]) -> bool {
    let Some(copy) = reading.of_copy(after) else { return false };
    let scalars = reading.scalars.iter().cloned();
    is_same(reading.format, (before, scalars), (after, copy.scalars.into_iter()))
}

/// Whether two texts are the same around their scalars, and what is nested in these of the same shape.
fn is_same(
    format: &dyn Format,
    (before, mut scalars): (&[u8], impl Iterator<Item = Scalar>),
    (after, mut edited): (&[u8], impl Iterator<Item = Scalar>),
) -> bool {
    let (mut end, mut edited_end) = (0, 0);
    loop {
        let (scalar, copy) = match (scalars.next(), edited.next()) {
            (Some(scalar), Some(copy)) => (scalar, copy),
            (None, None) => return before[end..] == after[edited_end..],
            _ => return false,
        };
        let stands_alike =
            scalar.role == copy.role && before[end..scalar.range.start] == after[edited_end..copy.range.start];
        let is_alike = || {
            before[scalar.inner.clone()] == after[copy.inner.clone()]
                || is_nested_kept(&format.decode(before, &scalar), &format.decode(after, &copy))
        };
        if !stands_alike || !is_alike() {
            return false;
        }
        (end, edited_end) = (scalar.range.end, copy.range.end);
    }
}

/// Whether a value that holds JSON still holds JSON of the same shape, or nothing but a placeholder. Quotes are twice as long at each
/// depth, so what is in memory is never deep.
pub(super) fn is_nested_kept(before: &[u8], after: &[u8]) -> bool {
    if !formats::is_nested(before) || Placeholder::len_at(after) == Some(after.len()) {
        return true;
    }
    let scalars = formats::nested_scalars;
    formats::is_nested(after) && is_same(formats::NESTED, (before, scalars(before)), (after, scalars(after)))
}
