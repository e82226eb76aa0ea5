//! Texts too dense with anchors to be searched place by place: no log or source is like that, but a hostile file may be.

use super::prefilter::AnchorHit;

/// A shorter text is searched whatever it is like.
const SHORTEST: usize = 64 << 10;

/// A text is too dense when it has an anchor for every so many bytes. The densest logs known (of token counts) have one for every 94.
const SPACING: usize = 16;

/// Where the first anchor of a text stands that has too many. Anchors that overlap count once: a run of one letter can be all anchors.
pub(super) fn first_anchor(len: usize, anchors: &[AnchorHit], lengths: &[u32]) -> Option<usize> {
    if len < SHORTEST || anchors.len() < len / SPACING {
        return None;
    }
    let mut end = 0;
    let mut apart = anchors.iter().filter(|seen| {
        let is_apart = seen.at >= end;
        if is_apart {
            end = seen.at + lengths[seen.anchor as usize];
        }
        is_apart
    });
    apart.nth(len / SPACING - 1).map(|_| anchors[0].at as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An anchor of four bytes every `step` bytes of a text.
    fn is_dense(len: usize, step: usize) -> bool {
        let anchors: Vec<_> = (0..len - 4).step_by(step).map(|at| AnchorHit { at: at as u32, anchor: 0 }).collect();
        first_anchor(len, &anchors, &[4]).is_some()
    }

    #[test]
    fn only_long_texts_full_of_separate_anchors_are_too_dense() {
        assert!(is_dense(1 << 20, 6));
        assert!(is_dense(1 << 20, 15));
        assert!(!is_dense(1 << 20, 17));
        assert!(!is_dense(SHORTEST - 1, 6));
        let overlapping: Vec<_> = (0..1 << 20).map(|at| AnchorHit { at, anchor: 0 }).collect();
        assert_eq!(first_anchor(1 << 20, &overlapping, &[22]), None);
    }
}
