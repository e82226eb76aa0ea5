//! Lines and columns, counted only where something was found.

use std::ops::Range;

use crate::model::{Encoding, Place};
use crate::raw::Wrapping;

/// What a block tells the next one: how many lines it ends, and how many code points stand on the line it leaves open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Carry {
    /// Line ends.
    pub(crate) lines: u64,
    /// Code points after the last line end.
    pub(crate) columns: u64,
}

impl Carry {
    /// What the bytes a block owns add.
    pub(crate) fn of(own: &[u8]) -> Self {
        let lines = memchr::memchr_iter(b'\n', own).count() as u64;
        let tail = memchr::memrchr(b'\n', own).map_or(own, |at| &own[at + 1..]);
        Self { lines, columns: code_points(tail) }
    }

    /// What stands before the block after next.
    pub(crate) fn then(self, next: Self) -> Self {
        let open = if next.lines == 0 { self.columns } else { 0 };
        Self { lines: self.lines + next.lines, columns: open + next.columns }
    }

    /// A place counted within a block, counted from the start of the file.
    pub(crate) fn shift(self, place: Place) -> Place {
        let open = if place.line == 1 { self.columns } else { 0 };
        Place { line: place.line + self.lines, column: place.column + open }
    }
}

/// Counts places of ascending positions in one block, each byte once.
#[derive(Clone)]
pub(super) struct Places<'a> {
    bytes: &'a [u8],
    /// Counted up to here.
    at: usize,
    line: u64,
    /// Code points and bytes of the current line before `at`.
    points: u64,
    width: u64,
}

impl<'a> Places<'a> {
    pub(super) fn new(bytes: &'a [u8], own_start: usize) -> Self {
        Self { bytes, at: own_start, line: 1, points: 0, width: 0 }
    }

    /// The places of a range's first byte and of the byte past its last.
    pub(super) fn of(&mut self, range: &Range<usize>, wrapping: Wrapping) -> (Place, Place) {
        let wide = wrapping.iter().next() == Some(Encoding::Utf16);
        self.advance(range.start);
        let start = self.place(wide);
        let mut after = self.clone();
        after.advance(range.end);
        (start, after.place(wide))
    }

    fn advance(&mut self, to: usize) {
        let mut passed = &self.bytes[self.at.min(to)..to];
        if let Some(last) = memchr::memrchr(b'\n', passed) {
            self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
            passed = &passed[last + 1..];
            (self.points, self.width) = (0, 0);
        }
        self.points += code_points(passed);
        self.width += passed.len() as u64;
        self.at = self.at.max(to);
    }

    fn place(&self, wide: bool) -> Place {
        // In UTF-16 most code points take two bytes.
        Place { line: self.line, column: 1 + if wide { self.width / 2 } else { self.points } }
    }
}

/// Code points in bytes that are mostly UTF-8: every byte that does not continue another; a byte-order mark is none.
fn code_points(bytes: &[u8]) -> u64 {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_the_same_however_the_text_is_cut() {
        let text = "erste Zeile\nzweite äöü Zeile\n\nvierte €uro".as_bytes();
        let whole = |at| Places::new(text, 0).of(&(at..at + 1), Wrapping::default()).0;
        for cut in 0..text.len() {
            let carry = Carry::of(&text[..cut / 2]).then(Carry::of(&text[cut / 2..cut]));
            for at in cut..text.len() {
                let (place, _) = Places::new(text, cut).of(&(at..at + 1), Wrapping::default());
                assert_eq!(carry.shift(place), whole(at), "cut {cut}, at {at}");
            }
        }
    }

    #[test]
    fn columns_count_code_points_and_no_byte_order_mark() {
        let (start, end) = Places::new("\u{feff}aä€x".as_bytes(), 0).of(&(9..10), Wrapping::default());
        assert_eq!((start.line, start.column, end.column), (1, 4, 5));
    }
}
