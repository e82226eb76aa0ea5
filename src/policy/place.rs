//! Lines and columns, counted only where something was found.

use std::ops::Range;

use crate::model::{Encoding, Place};
use crate::raw::Wrapping;

/// What a block tells the next one: how many lines it ends, and how much stands on the line it leaves open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Carry {
    lines: u64,
    /// Code points after the last line end.
    columns: u64,
    /// Of UTF-16 the bytes are counted, and halved only at the end: a block may end within a column.
    wide_bytes: u64,
}

impl Carry {
    /// What the bytes a block owns add; `is_head` says that the file begins with them.
    pub(crate) fn of(own: &[u8], is_head: bool) -> Self {
        let lines = memchr::memchr_iter(b'\n', own).count() as u64;
        let tail = memchr::memrchr(b'\n', own).map_or(0, |at| at + 1);
        let open = |wide| count(own, tail..own.len(), is_head, wide);
        Self { lines, columns: open(false), wide_bytes: open(true) }
    }

    /// What stands before the block after next.
    pub(crate) fn then(self, next: Self) -> Self {
        let open = if next.lines == 0 { self } else { Self::default() };
        Self {
            lines: self.lines + next.lines,
            columns: open.columns + next.columns,
            wide_bytes: open.wide_bytes + next.wide_bytes,
        }
    }

    /// A place that [`Places`] counted within a block, counted from the start of the file.
    pub(crate) fn shift(self, place: Place, encoding: &[Encoding]) -> Place {
        let open = if place.line == 1 { self } else { Self::default() };
        let counted = place.column - 1;
        let before = if is_wide(encoding.first()) {
            let bytes = open.wide_bytes + counted;
            bytes / 2
        } else {
            open.columns + counted
        };
        Place { line: place.line + self.lines, column: before + 1 }
    }
}

/// Counts places of ascending positions in one block, each byte once. Columns of UTF-16 are bytes until they are shifted.
#[derive(Clone)]
pub(super) struct Places<'a> {
    bytes: &'a [u8],
    /// Whether the file begins with `bytes`.
    is_head: bool,
    /// Counted up to here.
    at: usize,
    line: u64,
    /// Code points and bytes of the current line before `at`.
    points: u64,
    wide_bytes: u64,
}

impl<'a> Places<'a> {
    pub(super) fn new(bytes: &'a [u8], own_start: usize, is_head: bool) -> Self {
        Self { bytes, is_head, at: own_start, line: 1, points: 0, wide_bytes: 0 }
    }

    /// The places of a range's first byte and of the byte past its last.
    pub(super) fn of(&mut self, range: &Range<usize>, wrapping: Wrapping) -> (Place, Place) {
        let wide = is_wide(wrapping.iter().next().as_ref());
        self.advance(range.start);
        let start = self.place(wide);
        let mut after = self.clone();
        after.advance(range.end);
        (start, after.place(wide))
    }

    fn advance(&mut self, to: usize) {
        let passed = self.at.min(to)..to;
        let mut from = passed.start;
        if let Some(last) = memchr::memrchr(b'\n', &self.bytes[passed.clone()]) {
            self.line += memchr::memchr_iter(b'\n', &self.bytes[passed.clone()]).count() as u64;
            from += last + 1;
            (self.points, self.wide_bytes) = (0, 0);
        }
        self.points += count(self.bytes, from..to, self.is_head, false);
        self.wide_bytes += count(self.bytes, from..to, self.is_head, true);
        self.at = self.at.max(to);
    }

    fn place(&self, wide: bool) -> Place {
        Place { line: self.line, column: 1 + if wide { self.wide_bytes } else { self.points } }
    }
}

fn is_wide(outermost: Option<&Encoding>) -> bool {
    outermost == Some(&Encoding::Utf16)
}

/// Columns of a part of a line: of UTF-8, every byte that does not continue another; of UTF-16, all bytes. The byte-order mark that a
/// file begins with is none.
fn count(bytes: &[u8], part: Range<usize>, is_head: bool, wide: bool) -> u64 {
    let mark = match bytes {
        [0xef, 0xbb, 0xbf, ..] if !wide => 3,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] if wide => 2,
        _ => 0,
    };
    let skipped = if is_head && part.start == 0 { mark } else { 0 };
    let part = bytes[part].get(skipped..).unwrap_or_default();
    if wide {
        return part.len() as u64;
    }
    // Counted in bytes, as many as one can count, so that it is done in vectors.
    let chars = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(byte & 0xc0 != 0x80)).sum::<u8>();
    part.chunks(u8::MAX.into()).map(|bytes| u64::from(chars(bytes))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_the_same_however_the_text_is_cut() {
        let text = "\u{feff}erste Zeile\nzweite äöü Zeile\n\nvierte \u{feff}€uro".as_bytes();
        for encoding in [&[][..], &[Encoding::Utf16]] {
            let wrapping = encoding.iter().fold(Wrapping::default(), |all, one| all.with(*one).expect("it is one"));
            let whole = |at| Carry::default().shift(Places::new(text, 0, true).of(&(at..at + 1), wrapping).0, encoding);
            // No block is so short that it ends within the mark.
            for cut in (7..text.len()).chain([0]) {
                let carry = Carry::of(&text[..cut / 2], true).then(Carry::of(&text[cut / 2..cut], cut / 2 == 0));
                for at in cut.max(7)..text.len() {
                    let (place, _) = Places::new(text, cut, cut == 0).of(&(at..at + 1), wrapping);
                    assert_eq!(carry.shift(place, encoding), whole(at), "cut {cut}, at {at}");
                }
            }
        }
    }

    #[test]
    fn columns_count_code_points_and_no_byte_order_mark() {
        let (start, end) = Places::new("\u{feff}aä€x".as_bytes(), 0, true).of(&(9..10), Wrapping::default());
        assert_eq!((start.line, start.column, end.column), (1, 4, 5));
    }
}
