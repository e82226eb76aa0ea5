//! Excerpts: what of a line may be shown around a secret.

use std::ops::Range;

use super::{Bench, echo};
use crate::model::{Encoding, Excerpt};
use crate::raw::{Hit, is_word};

/// Bytes shown before a secret, and after it.
const BEFORE: usize = 80;
const AFTER: usize = 40;

/// Bytes of a line that make a site's fingerprint, before and after.
const SITE_BEFORE: usize = 160;
const SITE_AFTER: usize = 80;

/// A longer run of token characters is not shown: context is words.
const LONGEST_WORD: usize = 24;

/// The masked surroundings of one hit, and the masked line that identifies its site: the same however the line moves, and whatever the
/// value is.
pub(super) fn excerpt(bench: &Bench<'_>, hit: &Hit, rule: &str) -> (Excerpt, String) {
    let line = line_around(bench.bytes, &hit.secret, SITE_BEFORE, SITE_AFTER);
    let near = line_around(bench.bytes, &hit.secret, BEFORE, AFTER);
    let mask = Mask::new(bench, hit, line.start.min(near.start)..line.end.max(near.end));
    let around = |range: Range<usize>, label: &str| {
        let mut text = String::new();
        mask.push(range.start..hit.secret.start, &mut text);
        let start = text.len();
        text.push_str(label);
        mask.push(hit.secret.end..range.end, &mut text);
        (text, start)
    };
    let label = format!("[{rule}]");
    let (text, start) = around(near, &label);
    let blank = text.len() - text.trim_start().len();
    let label = start - blank..start - blank + label.len();
    let shown = text[blank..].trim_end();
    (Excerpt { text: shown.to_owned(), mark: label }, around(line, rule).0)
}

/// Another part of the text, masked: the reason in a comment on a hit.
pub(super) fn masked(bench: &Bench<'_>, hit: &Hit, range: Range<usize>) -> String {
    let mut text = String::new();
    Mask::new(bench, hit, range.clone()).push(range, &mut text);
    text
}

/// The part of the line around `secret` that lies within so many bytes before and after, and cuts no token.
fn line_around(bytes: &[u8], secret: &Range<usize>, before: usize, after: usize) -> Range<usize> {
    let from = secret.start.saturating_sub(before);
    let to = bytes.len().min(secret.end + after);
    let start = match memchr::memrchr(b'\n', &bytes[from..secret.start]) {
        Some(at) => from + at + 1,
        None if from == 0 || !is_inside(bytes[from - 1]) => from,
        None => from + bytes[from..secret.start].iter().take_while(|byte| is_inside(**byte)).count(),
    };
    let end = match memchr::memchr(b'\n', &bytes[secret.end..to]) {
        Some(at) => secret.end + at,
        None if bytes.get(to).is_none_or(|next| !is_inside(*next)) => to,
        None => to - bytes[secret.end..to].iter().rev().take_while(|byte| is_inside(**byte)).count(),
    };
    start..end
}

/// Whether a byte may be inside a token; the NUL for UTF-16.
fn is_inside(byte: u8) -> bool {
    byte == 0 || is_token(char::from(byte))
}

/// What may be shown of a part of the text.
struct Mask<'a> {
    bench: &'a Bench<'a>,
    hit: &'a Hit,
    /// What any rule saw a secret in, as far as it touches that part.
    masked: &'a [Range<usize>],
    echoes: Vec<Range<usize>>,
}

impl<'a> Mask<'a> {
    fn new(bench: &'a Bench<'_>, hit: &'a Hit, range: Range<usize>) -> Self {
        let first = bench.masked.partition_point(|masked| masked.end <= range.start);
        let past = bench.masked.partition_point(|masked| masked.start < range.end);
        let masked = &bench.masked[first..past.max(first)];
        let echoes = echo::find(bench.bytes, range, masked.iter().chain([&hit.secret]));
        Self { bench, hit, masked, echoes }
    }

    /// Appends `range` with secrets masked, and long runs of token characters and echoes as `…`.
    fn push(&self, range: Range<usize>, text: &mut String) {
        let mut at = range.start;
        for masked in self.masked.iter().filter(|masked| masked.end > range.start && masked.start < range.end) {
            self.push_heard(at..masked.start.max(at), text);
            // The hit's own secret is inside a wider masked range when another rule saw more: that rest has no name of its own.
            let label = (masked.start >= range.start).then(|| (self.bench.label)(masked.start)).flatten();
            match label {
                Some(rule) => {
                    text.push('[');
                    text.push_str(rule.id.as_str());
                    text.push(']');
                }
                None => text.push('…'),
            }
            at = masked.end.min(range.end);
        }
        self.push_heard(at.min(range.end)..range.end, text);
    }

    /// Appends a range in which no rule saw anything, without its echoes.
    fn push_heard(&self, range: Range<usize>, text: &mut String) {
        let mut at = range.start;
        for echo in self.echoes.iter().filter(|echo| echo.end > range.start && echo.start < range.end) {
            if echo.start > at || at == range.start {
                push_words(&self.bench.bytes[at..echo.start.max(at)], self.hit, text);
                text.push('…');
            }
            at = at.max(echo.end.min(range.end));
        }
        push_words(&self.bench.bytes[at..range.end], self.hit, text);
    }
}

/// Appends unmasked bytes as text, and what is no word in it as `…`: whoever may or may not know it.
fn push_words(bytes: &[u8], hit: &Hit, text: &mut String) {
    let utf16 = hit.wrapping.iter().next() == Some(Encoding::Utf16);
    let decoded = if utf16 { narrow(bytes) } else { String::from_utf8_lossy(bytes).into_owned() };
    let mut rest = decoded.as_str();
    while !rest.is_empty() {
        let run = rest.find(|c: char| !is_token(c)).unwrap_or(rest.len());
        push_run(&rest[..run], text);
        let gap = rest[run..].find(is_token).map_or(rest.len(), |at| run + at);
        text.extend(rest[run..gap].chars().filter(|&c| c != '\0'));
        rest = &rest[gap..];
    }
}

/// Appends a run of token characters. Names and dates are of short parts; a part that is none may be a piece of a value.
fn push_run(run: &str, text: &mut String) {
    let escaped = run
        .as_bytes()
        .windows(3)
        .any(|part| part[0] == b'%' && part[1].is_ascii_hexdigit() && part[2].is_ascii_hexdigit());
    if escaped
        || run.len() > LONGEST_WORD && run.bytes().any(|byte| byte.is_ascii_digit())
        || run.len() > 2 * LONGEST_WORD
    {
        text.push('…');
        return;
    }
    for part in run.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        text.push_str(if is_word(word.as_bytes()) { word } else { "…" });
        text.push_str(&part[word.len()..]);
    }
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/_-=%".contains(c)
}

/// UTF-16 of unknown alignment, as text.
fn narrow(bytes: &[u8]) -> String {
    let little = bytes.iter().skip(1).step_by(2).filter(|&&byte| byte == 0).count();
    let big = bytes.iter().step_by(2).filter(|&&byte| byte == 0).count();
    let units = bytes.chunks_exact(2).map(|pair| {
        if little >= big { u16::from_le_bytes([pair[0], pair[1]]) } else { u16::from_be_bytes([pair[0], pair[1]]) }
    });
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_shown_and_pieces_of_values_are_not() {
        for (run, shown) in [
            ("Authorization", "Authorization"),
            ("AWS_SECRET_ACCESS_KEY=", "AWS_SECRET_ACCESS_KEY="),
            ("2026-11-22T10", "2026-11-22T10"),
            ("20261122", "20261122"),
            ("apiClientSecret", "apiClientSecret"),
            ("user_abc123", "user_abc123"),
            ("x=a1b2c3d4", "x=…"),
            ("50%", "50%"),
            ("a%2Bb", "…"),
            ("qXwZkPvRtYsN", "…"),
            ("--/-a1b2c3d4e5--", "--/-…--"),
            (&"a-".repeat(25), "…"),
            ("0-abcdefgh-abcdefgh-abcdefgh", "…"),
        ] {
            let mut text = String::new();
            push_run(run, &mut text);
            assert_eq!(text, shown, "{run}");
        }
    }

    #[test]
    fn lines_are_cut_between_tokens() {
        let text = b"one two three SSS four five six";
        for (before, after, shown) in [
            (99, 99, "one two three SSS four five six"),
            (6, 5, "three SSS four"),
            (7, 6, " three SSS four "),
            (8, 7, " three SSS four "),
            (2, 2, " SSS "),
            (0, 0, "SSS"),
        ] {
            let range = line_around(text, &(14..17), before, after);
            assert_eq!(String::from_utf8_lossy(&text[range]), shown, "{before}, {after}");
        }
    }
}
