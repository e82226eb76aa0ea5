//! A text to search: bytes, and the way back to where they are stored.

use std::fmt;
use std::ops::Range;

use super::hit::Wrapping;

/// Maps ranges of a decoded text back to the text it was decoded from.
///
/// A list of runs; within a run, decoded bytes come in units of `unit.0` that were stored in units of `unit.1` bytes:
/// `(1, 1)` for plain bytes, `(3, 4)` for base64, `(1, 2)` for hex, `(1, 6)` for one `\u0041`.
#[derive(Clone, Debug, Default)]
pub(crate) struct OffsetMap {
    runs: Vec<Run>,
    decoded: usize,
}

/// Offsets are of one block, far below 4 GiB; hostile input makes many runs, so they are kept small.
#[derive(Clone, Copy, Debug)]
struct Run {
    decoded: u32,
    stored: u32,
    unit: (u8, u8),
}

impl Run {
    /// The first byte of the stored unit that holds the decoded byte at `at`.
    fn stored_at(self, at: usize) -> usize {
        let units = (at - self.decoded as usize) / usize::from(self.unit.0);
        self.stored as usize + units * usize::from(self.unit.1)
    }
}

impl OffsetMap {
    /// Forgets all runs, keeping the memory.
    pub(crate) fn clear(&mut self) {
        self.runs.clear();
        self.decoded = 0;
    }

    /// Says that the next `len` decoded bytes were stored from `stored` on, `unit.1` stored bytes for `unit.0` decoded ones.
    /// Decoded bytes that are stored nowhere, such as separators, have `unit.1 == 0`.
    pub(crate) fn push(&mut self, len: usize, stored: usize, unit: (u8, u8)) {
        if len == 0 {
            return;
        }
        let continues = self.runs.last().is_some_and(|run| {
            let done = self.decoded - run.decoded as usize;
            run.unit == unit && done.is_multiple_of(usize::from(unit.0)) && run.stored_at(self.decoded) == stored
        });
        if !continues {
            self.runs.push(Run { decoded: self.decoded as u32, stored: stored as u32, unit });
        }
        self.decoded += len;
    }

    /// Takes back the last `len` decoded bytes: they were stored otherwise.
    pub(crate) fn take_back(&mut self, len: usize) {
        self.decoded -= len;
        while self.runs.last().is_some_and(|run| run.decoded as usize >= self.decoded) {
            self.runs.pop();
        }
    }

    /// Decoded bytes that have been accounted for.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn decoded_len(&self) -> usize {
        self.decoded
    }

    /// The stored bytes behind a decoded range: whole units, so that nothing of the range lies outside.
    pub(crate) fn to_stored(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.unit_at(range.start).start;
        let end = if range.end > range.start { self.unit_at(range.end - 1).end } else { start };
        start..end.max(start)
    }

    /// The stored unit that holds the decoded byte at `at`.
    fn unit_at(&self, at: usize) -> Range<usize> {
        let next = self.runs.partition_point(|run| run.decoded as usize <= at);
        let Some(run) = next.checked_sub(1).map(|index| self.runs[index]) else { return at..at };
        let start = run.stored_at(at);
        start..start + usize::from(run.unit.1)
    }
}

/// A text under search: a block as it was read, or a layer decoded from another text.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    /// What is searched.
    pub(crate) bytes: &'a [u8],
    /// How it was wrapped where it is stored.
    pub(crate) wrapping: Wrapping,
    outer: Option<(&'a OffsetMap, &'a Text<'a>)>,
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes, depth {})", self.bytes.len(), self.wrapping.depth())
    }
}

impl<'a> Text<'a> {
    /// A text as it was read.
    pub(crate) fn plain(bytes: &'a [u8]) -> Self {
        Self { bytes, wrapping: Wrapping::default(), outer: None }
    }

    /// A text decoded from `outer`; `map` leads back.
    pub(crate) fn decoded(bytes: &'a [u8], map: &'a OffsetMap, outer: &'a Text<'a>, wrapping: Wrapping) -> Self {
        Self { bytes, wrapping, outer: Some((map, outer)) }
    }

    /// Where a range of this text stands in the outermost text.
    pub(crate) fn to_stored(self, range: Range<usize>) -> Range<usize> {
        match self.outer {
            None => range,
            Some((map, outer)) => outer.to_stored(map.to_stored(&range)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_lead_back_to_whole_units() {
        // stored: `ab` + base64 of 6 bytes at 10 + one \u escape at 18
        let mut map = OffsetMap::default();
        map.push(2, 0, (1, 1));
        map.push(6, 10, (3, 4));
        map.push(1, 18, (1, 6));
        assert_eq!(map.decoded_len(), 9);
        for (decoded, stored) in
            [(0..2, 0..2), (1..2, 1..2), (2..3, 10..14), (4..6, 10..18), (5..8, 14..18), (8..9, 18..24), (0..9, 0..24)]
        {
            assert_eq!(map.to_stored(&decoded), stored, "{decoded:?}");
        }
    }

    #[test]
    fn separators_are_stored_nowhere() {
        let mut map = OffsetMap::default();
        map.push(2, 5, (1, 1));
        map.push(3, 7, (3, 0));
        map.push(1, 40, (1, 3));
        for (decoded, stored) in [(0..2, 5..7), (2..5, 7..7), (3..4, 7..7), (5..6, 40..43), (1..6, 6..43)] {
            assert_eq!(map.to_stored(&decoded), stored, "{decoded:?}");
        }
    }

    #[test]
    fn runs_that_continue_are_one_run() {
        let mut map = OffsetMap::default();
        map.push(3, 0, (1, 1));
        map.push(3, 3, (1, 1));
        map.push(3, 8, (1, 1));
        assert_eq!(map.runs.len(), 2);
    }
}
