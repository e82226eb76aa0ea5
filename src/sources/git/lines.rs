//! Which lines of a text are new: added or changed against the texts it takes the place of.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, BufRead};
use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

/// Texts of more lines are not compared: all that is in them counts as new.
const MOST: usize = 2 << 20;

/// The lines of a text, told apart without being kept. A line includes its end, as with git.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    hashes: Vec<u64>,
    /// Where each begins.
    starts: Vec<u64>,
}

/// Makes lines comparable; with a random key, so that nobody can make two lines that look the same to it.
#[derive(Debug, Default)]
pub(crate) struct Comparer(RandomState);

impl Comparer {
    /// Reads a text; `None` where it has too many lines.
    pub(crate) fn lines(&self, mut text: impl BufRead) -> io::Result<Option<Lines>> {
        let mut lines = Lines::default();
        let (mut at, mut start) = (0, 0);
        let mut hasher = self.0.build_hasher();
        loop {
            let read = text.fill_buf()?;
            if read.is_empty() {
                break;
            }
            let len = memchr::memchr(b'\n', read).map_or(read.len(), |end| end + 1);
            hasher.write(&read[..len]);
            let is_whole = read[len - 1] == b'\n';
            text.consume(len);
            at += len as u64;
            if is_whole {
                lines.push(start, hasher.finish());
                (start, hasher) = (at, self.0.build_hasher());
            }
            if lines.starts.len() > MOST {
                return Ok(None);
            }
        }
        if at > start {
            lines.push(start, hasher.finish());
        }
        Ok(Some(lines))
    }
}

impl Lines {
    fn push(&mut self, start: u64, hash: u64) {
        self.starts.push(start);
        self.hashes.push(hash);
    }

    /// Which of these lines are new against `base`.
    fn new_against(&self, base: &Self) -> Diff {
        let mut input = InternedInput::default();
        input.update_before(base.hashes.iter().copied());
        input.update_after(self.hashes.iter().copied());
        Diff::compute(Algorithm::Myers, &input)
    }

    /// The numbers of the lines that hold some bytes.
    fn holding(&self, bytes: &Range<u64>) -> Range<usize> {
        let first = self.starts.partition_point(|&start| start <= bytes.start).saturating_sub(1);
        let past = self.starts.partition_point(|&start| start < bytes.end);
        first..past.max(first + 1).min(self.starts.len())
    }
}

/// The lines of a text that are new against each of its bases.
pub(crate) struct Added {
    lines: Lines,
    against: Vec<Diff>,
}

impl Added {
    /// Compares.
    pub(crate) fn new(lines: Lines, bases: &[Lines]) -> Self {
        let against = bases.iter().map(|base| lines.new_against(base)).collect();
        Self { lines, against }
    }

    /// Whether any of these bytes stands on a new line.
    pub(crate) fn touches(&self, bytes: &Range<u64>) -> bool {
        self.lines.holding(bytes).any(|line| self.against.iter().all(|diff| diff.is_added(line as u32)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the new lines.
    fn added(text: &str, bases: &[&str]) -> Vec<usize> {
        let comparer = Comparer::default();
        let lines = |text: &str| comparer.lines(text.as_bytes()).unwrap().unwrap();
        let bases: Vec<Lines> = bases.iter().map(|base| lines(base)).collect();
        let added = Added::new(lines(text), &bases);
        let mut at = 0;
        let spans: Vec<Range<u64>> = text
            .split_inclusive('\n')
            .map(|line| {
                at += line.len() as u64;
                at - line.len() as u64..at
            })
            .collect();
        spans.iter().enumerate().filter(|(_, span)| added.touches(span)).map(|(number, _)| number + 1).collect()
    }

    #[test]
    fn new_lines_are_those_that_a_diff_adds() {
        for (text, bases, expected) in [
            ("a\nb\n", &[][..], &[1, 2][..]),
            ("a\nb\n", &["a\nb\n"], &[]),
            ("a\nx\nb\n", &["a\nb\n"], &[2]),
            ("a\nB\nc\n", &["a\nb\nc\n"], &[2]),
            // An end is part of its line.
            ("a\nb", &["a\nb\n"], &[2]),
            ("a\r\nb\n", &["a\nb\n"], &[1]),
            // The second of two equal lines.
            ("a\na\n", &["a\n"], &[2]),
            // Of a merge: what neither parent has.
            ("z\na\nside\nevil\n", &["z\na\n", "a\nside\n"], &[4]),
            ("a\n", &[""], &[1]),
        ] {
            assert_eq!(added(text, bases), expected, "{text:?} against {bases:?}");
        }
    }

    #[test]
    fn bytes_lead_to_their_lines() {
        let lines = Comparer::default().lines(&b"ab\ncd\n\nef"[..]).unwrap().unwrap();
        for (bytes, expected) in
            [(0..1, 0..1), (2..3, 0..1), (0..4, 0..2), (3..5, 1..2), (6..7, 2..3), (7..9, 3..4), (8..8, 3..4)]
        {
            assert_eq!(lines.holding(&bytes), expected, "{bytes:?}");
        }
    }
}
