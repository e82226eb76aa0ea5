//! What was redacted already: nothing is to be found within placeholders.

use super::prefilter::{Anchor, AnchorHit};
use crate::model::Placeholder;

/// The words of placeholders are anchors, the first of all. So it costs nothing to know that there are none.
pub(super) const ANCHORS: u32 = Placeholder::WORDS.len() as u32;

/// They, in the order of their numbers.
pub(super) fn anchors<'a>() -> impl Iterator<Item = Anchor<'a>> {
    Placeholder::WORDS.into_iter().map(|literal| Anchor { literal, ignore_case: false })
}

/// Drops the anchors within placeholders, and those that told of them.
pub(super) fn drop_anchors(text: &[u8], anchors: &mut Vec<AnchorHit>) {
    let mut end = 0;
    anchors.retain(|seen| {
        let at = seen.at as usize;
        if seen.anchor < ANCHORS {
            end = Placeholder::around(text, at).map_or(end, |placeholder| placeholder.end);
        }
        seen.anchor >= ANCHORS && at >= end
    });
}
