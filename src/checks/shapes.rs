//! Runs shapes: sequences of literals and counted byte classes, one step a byte, nothing compiled.

use std::ops::Range;

use super::boundary::{is_free_after, is_free_before};
use crate::ruleset::{ByteSet, Sequence, Step};

/// What a pattern matched: all of it, and the secret within.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) whole: Range<usize>,
    pub(super) secret: Range<usize>,
}

/// Runs of class bytes that were seen, so that a run in which many anchors lie is walked once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RunMemo {
    seen: [SeenRun; RunMemo::SLOTS],
}

/// All bytes of `start..end` are of the set at address `set`.
#[derive(Clone, Copy, Debug, Default)]
struct SeenRun {
    set: usize,
    start: usize,
    end: usize,
}

impl RunMemo {
    /// Steps of a sequence share the slots; a clash only costs time.
    const SLOTS: usize = 4;

    /// How many bytes from `at` on are of `set`, counting to `most`.
    fn run_len(&mut self, slot: usize, text: &[u8], at: usize, set: &ByteSet, most: usize) -> usize {
        let seen = &mut self.seen[slot % Self::SLOTS];
        let address = std::ptr::from_ref(set) as usize;
        let known = if seen.set == address && seen.start <= at && at < seen.end { seen.end - at } else { 0 };
        if known >= most {
            return most;
        }
        let rest = &text[at + known..text.len().min(at + most)];
        let len = known + rest.iter().position(|&byte| !set[usize::from(byte)]).unwrap_or(rest.len());
        *seen = SeenRun { set: address, start: if known > 0 { seen.start } else { at }, end: at + len };
        len
    }
}

/// Where a sequence lies around an anchor: the anchor starts `offset` bytes into step `index`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placement {
    pub(super) index: usize,
    pub(super) offset: usize,
}

/// Matches `sequence` around an anchor that was seen at `at`, standing alone at both ends.
pub(super) fn match_around(
    sequence: &Sequence,
    place: Placement,
    text: &[u8],
    at: usize,
    memo: &mut RunMemo,
) -> Option<Match> {
    let start = walk_back(&sequence.steps[..place.index], text, at.checked_sub(place.offset)?)?;
    match_from(sequence, text, start, memo)
}

/// Matches `sequence` around an anchor though letters or digits touch it, and tells where the run ends that goes on behind it.
pub(super) fn match_within(
    sequence: &Sequence,
    place: Placement,
    text: &[u8],
    at: usize,
    memo: &mut RunMemo,
) -> Option<(Match, usize)> {
    const REACH: usize = 256;
    let start = walk_back(&sequence.steps[..place.index], text, at.checked_sub(place.offset)?)?;
    let found = match_at(sequence, text, start, memo)?;
    let last = last_set(sequence);
    let goes_on = |byte: &&u8| byte.is_ascii_alphanumeric() || last.is_some_and(|set| set[usize::from(**byte)]);
    let rest = text[found.whole.end..].iter().take(REACH).take_while(goes_on).count();
    let end = found.whole.end + rest;
    Some((found, end))
}

/// What stands behind the anchor that `sequence` begins with, as far as letters, digits and bytes of its steps go: not over blanks and quotes.
pub(super) fn behind_mark(
    sequence: &Sequence,
    place: Placement,
    anchor: &Range<usize>,
    text: &[u8],
) -> Option<Range<usize>> {
    /// No token of an unknown form is followed further.
    const REACH: usize = 4 << 10;
    if (place.index, place.offset) != (0, 0) || !is_free_before(text, anchor.start) {
        return None;
    }
    let is_of_step = |byte: u8| {
        sequence.steps.iter().any(|step| match step {
            Step::Literal(literal) => literal.contains(&byte),
            Step::Run { set, .. } => set[usize::from(byte)],
        })
    };
    let goes_on = |byte: &&u8| {
        byte.is_ascii_alphanumeric() || byte.is_ascii_graphic() && !b"\"'`".contains(byte) && is_of_step(**byte)
    };
    let len = text[anchor.end..].iter().take(REACH).take_while(goes_on).count();
    Some(anchor.end..anchor.end + len)
}

/// Matches `sequence` from `start` on, standing alone at both ends.
pub(super) fn match_from(sequence: &Sequence, text: &[u8], start: usize, memo: &mut RunMemo) -> Option<Match> {
    if !is_free_before(text, start) {
        return None;
    }
    let found = match_at(sequence, text, start, memo)?;
    // Tokens may be written one behind the other; less than four letters begin anything.
    let another = || matches!(&sequence.steps[0], Step::Literal(head) if head.len() >= 4 && text[found.whole.end..].starts_with(head));
    let is_free = is_free_after(text, found.whole.end, last_set(sequence)) || another();
    is_free.then_some(found)
}

fn match_at(sequence: &Sequence, text: &[u8], start: usize, memo: &mut RunMemo) -> Option<Match> {
    let mut at = start;
    let mut secret = start..start;
    let (secret_from, secret_to) = sequence.secret.unwrap_or((0, sequence.steps.len()));
    for (index, step) in sequence.steps.iter().enumerate() {
        if index == secret_from {
            secret.start = at;
        }
        at += match step {
            Step::Literal(literal) => text[at..].starts_with(literal).then_some(literal.len())?,
            Step::Run { set, min, max } => {
                let len = memo.run_len(index, text, at, set, *max);
                (len >= *min).then_some(len)?
            }
        };
        if index + 1 == secret_to {
            secret.end = at;
        }
    }
    Some(Match { whole: start..at, secret })
}

/// The bytes that the last step is of.
fn last_set(sequence: &Sequence) -> Option<&ByteSet> {
    match sequence.steps.last()? {
        Step::Run { set, .. } => Some(set),
        Step::Literal(_) => None,
    }
}

/// Where `steps`, read backwards from `end`, begin.
fn walk_back(steps: &[Step], text: &[u8], end: usize) -> Option<usize> {
    steps.iter().rev().try_fold(end, |at, step| match step {
        Step::Literal(literal) => text[..at].ends_with(literal).then(|| at - literal.len()),
        Step::Run { set, min, max } => {
            let before = &text[at.saturating_sub(*max)..at];
            let len = before.iter().rev().take_while(|&&byte| set[usize::from(byte)]).count();
            (len >= *min).then(|| at - len)
        }
    })
}
