//! Runs of the base64 alphabets, which are also where hex digits stand, and the test whether they hide text.

use std::ops::Range;

use super::alphabet::{STANDARD, URL, is_in, is_member};
use super::scout::{CHUNK, STRIDE, WINDOW, places};

/// Shorter runs are words and identifiers.
pub(super) const SHORTEST: usize = 32;
const _: () = assert!(WINDOW + STRIDE <= SHORTEST, "a run holds a whole window at one of the strides");

/// Encoders break lines at 60 bytes (`xxd`), 64 (PEM), 76 (MIME): never within a base64 quad.
const SHORTEST_LINE: usize = 60;
/// Wrapped lines are not indented further than this.
const DEEPEST_INDENT: usize = 64;
/// `\n` as JSON in JSON in JSON writes it is not longer than this.
const MOST_BACKSLASHES: usize = 4;

/// Where the run that holds `at` begins, but not before `floor`.
pub(super) fn start(bytes: &[u8], at: usize, floor: usize) -> usize {
    at - bytes[floor..at].iter().rev().take_while(|byte| is_member(**byte)).count()
}

/// Where the run from `at` on ends; alphabets are not mixed.
pub(super) fn end(bytes: &[u8], at: usize) -> usize {
    let end = end_of(bytes, at, is_member);
    let run = &bytes[at..end];
    if memchr::memchr2(b'+', b'/', run).is_none() || memchr::memchr2(b'-', b'_', run).is_none() {
        return end;
    }
    end_of(bytes, at, |byte| is_in(STANDARD, byte)).max(end_of(bytes, at, |byte| is_in(URL, byte)))
}

fn end_of(bytes: &[u8], mut at: usize, is_member: impl Fn(u8) -> bool) -> usize {
    while let Some(chunk) = bytes[at..].first_chunk::<CHUNK>() {
        let members = places(chunk, &is_member);
        if members != u64::MAX {
            return at + members.trailing_ones() as usize;
        }
        at += CHUNK;
    }
    at + bytes[at..].iter().take_while(|byte| is_member(**byte)).count()
}

/// The run around the window at `at`; it begins at `floor` or later.
pub(super) fn around(bytes: &[u8], at: usize, floor: usize) -> Range<usize> {
    let start = start(bytes, at, floor);
    start..end(bytes, start)
}

/// Where the units of a line are no text any more, while others that begin between them are: two texts were encoded each by itself, and
/// written one behind the other. `unit` is the bytes of one and its characters, `decoded` what all of them stand for.
pub(super) fn shift(
    line: &Range<usize>,
    unit: (usize, usize),
    decoded: &[u8],
    is_text: impl Fn(Range<usize>) -> bool,
) -> Option<usize> {
    // Most texts are plain from end to end.
    let odd = decoded.iter().position(|byte| !is_plausible(*byte))?;
    let first = (line.start + odd / unit.0 * unit.1 / WINDOW * WINDOW).max(line.start + WINDOW);
    let is_window = |at: usize| is_text(at..at + WINDOW);
    let mut windows = (first..line.end).step_by(WINDOW).take_while(|at| at + WINDOW + unit.1 <= line.end);
    let at = windows.find(|&at| !is_window(at) && (1..unit.1).any(|phase| is_window(at + phase)))?;
    // The window before it may have been text up to where the other text begins.
    let mut units = (at - WINDOW..at + WINDOW).step_by(unit.1);
    Some(units.find(|&at| !is_text(at..at + unit.1)).unwrap_or(at))
}

/// A run and the lines that continue it.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    width: usize,
    next: Option<Range<usize>>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8], first: Range<usize>) -> Self {
        Self { bytes, width: first.len(), next: Some(first) }
    }

    fn after(&self, line: &Range<usize>) -> Option<Range<usize>> {
        if line.len() < self.width || self.width < SHORTEST_LINE || !self.width.is_multiple_of(4) {
            return None;
        }
        let start = line.end + line_break(&self.bytes[line.end..])?;
        let end = end(self.bytes, start);
        (1..=self.width).contains(&(end - start)).then_some(start..end)
    }
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.next.take()?;
        self.next = self.after(&line);
        Some(line)
    }
}

/// Length of the line break, raw or escaped, that text begins with, and of the indentation after it.
fn line_break(text: &[u8]) -> Option<usize> {
    let cr = control(text, b'\r', b'r');
    let lf = control(&text[cr..], b'\n', b'n');
    let blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
    (lf > 0).then(|| cr + lf + text[cr + lf..].iter().take(DEEPEST_INDENT).take_while(blank).count())
}

fn control(text: &[u8], raw: u8, letter: u8) -> usize {
    if text.first() == Some(&raw) {
        return 1;
    }
    let backslashes = text.iter().take(MOST_BACKSLASHES).take_while(|byte| **byte == b'\\').count();
    if backslashes > 0 && text.get(backslashes) == Some(&letter) { backslashes + 1 } else { 0 }
}

/// Whether decoded bytes are the head of a text in ASCII, UTF-8 or UTF-16.
pub(super) fn reads_as_text(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xff\xfe").or(head.strip_prefix(b"\xfe\xff")).unwrap_or(head);
    match head {
        [0, _, ..] => is_wide(head, 1),
        [_, 0, ..] => is_wide(head, 0),
        _ => is_utf8(head),
    }
}

/// Whether a decoded byte can be part of a window that reads as text: that is of ASCII, or UTF-16 of it; text in other scripts that holds
/// a secret has such windows too.
pub(super) fn is_plausible(byte: u8) -> bool {
    is_printable(byte) || byte == 0
}

/// UTF-16 of ASCII: every other byte is NUL, and the ones from `first` on are text.
fn is_wide(head: &[u8], first: usize) -> bool {
    head.iter().enumerate().all(|(at, &byte)| if at % 2 == first { is_printable(byte) } else { byte == 0 })
}

/// A head may begin and end inside a character. Pairs tell text from noise well enough, and soon.
fn is_utf8(head: &[u8]) -> bool {
    let continues = |byte: u8| byte & 0xc0 == 0x80;
    let leads = |byte: u8| matches!(byte, 0xc2..=0xf4);
    let is_pair = |pair: &[u8]| if continues(pair[1]) { pair[0] >= 0x80 } else { !leads(pair[0]) };
    head.iter().all(|&byte| is_printable(byte) || continues(byte) || leads(byte))
        && head.windows(2).all(is_pair)
        && !head.windows(4).any(|part| part.iter().all(|&byte| continues(byte)))
}

fn is_printable(byte: u8) -> bool {
    const PRINTABLE: [bool; 256] = {
        let mut printable = [false; 256];
        let mut byte = b' ';
        while byte <= b'~' {
            printable[byte as usize] = true;
            byte += 1;
        }
        printable[b'\t' as usize] = true;
        printable[b'\n' as usize] = true;
        printable[b'\r' as usize] = true;
        printable[0x1b] = true;
        printable
    };
    PRINTABLE[usize::from(byte)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alphabets_are_not_mixed() {
        let bytes = [&[b'a'; 40][..], b"+", &[b'b'; 40], b"-", &[b'c'; 40], b".", &[b'd'; 23], b" "].concat();
        assert_eq!(around(&bytes, 0, 0), 0..81);
        assert_eq!(around(&bytes, 88, 81), 81..122);
        assert_eq!(around(&bytes, 128, 122), 123..146);
    }

    #[test]
    fn lines_of_equal_length_are_one_run() {
        for (line_break, indent) in [("\n", ""), ("\r\n", "  "), (r"\n", ""), (r"\\r\\n", "\t"), (r"\r\n", "")] {
            let line = "a".repeat(64);
            let text = format!("{line}{line_break}{indent}{line}{line_break}{indent}abc{line_break}{indent}abc");
            let lines: Vec<_> = Lines::new(text.as_bytes(), 0..64).map(|line| line.len()).collect();
            assert_eq!(lines, [64, 64, 3], "{line_break:?}");
        }
        for text in ["a".repeat(64) + " " + &"a".repeat(64), "a".repeat(56) + "\n" + &"a".repeat(56)] {
            let first = 0..end(text.as_bytes(), 0);
            assert_eq!(Lines::new(text.as_bytes(), first).count(), 1);
        }
    }

    #[test]
    fn heads() {
        let texts: [&[u8]; 7] = [
            b"{\"key\": 1}\r\n",
            "schl\u{fc}ssel".as_bytes(),
            &"schl\u{fc}ssel".as_bytes()[..5],
            &"\u{4e2d}\u{6587}".as_bytes()[1..5],
            b"k\0e\0y\0",
            b"\0k\0e\0",
            b"\xff\xfek\0e\0y\0",
        ];
        for text in texts {
            assert!(reads_as_text(text), "{text:?}");
        }
        let others: [&[u8]; 6] =
            [b"\0\0\0\0", b"k\0e\0yz", b"key\0", b"\x89PNG\r\n\x1a\n", b"\x30\x82\x04\xa4", b"\x7fELF"];
        for other in others {
            assert!(!reads_as_text(other), "{other:?}");
        }
    }
}
