//! Excerpts: what of a line may be shown around a secret.

use std::ops::Range;

use super::Bench;
use crate::model::{Encoding, Excerpt};
use crate::raw::Hit;

/// Bytes shown before a secret, and after it.
const BEFORE: usize = 80;
const AFTER: usize = 40;

/// Bytes of a line that make a site's fingerprint, before and after.
const SITE_BEFORE: usize = 160;
const SITE_AFTER: usize = 80;

/// A run of token characters this long is not shown, whoever may or may not know it: context is words.
const LONGEST_WORD: usize = 24;

/// The masked surroundings of one hit.
pub(super) fn excerpt(bench: &Bench<'_>, hit: &Hit, rule: &str) -> Excerpt {
    let mut text = String::new();
    let range = line_around(bench.bytes, &hit.secret, BEFORE, AFTER);
    push_masked(bench, range.start..hit.secret.start, hit, &mut text);
    let text_start = text.trim_start().len();
    text.drain(..text.len() - text_start);
    let start = text.len();
    text.push('[');
    text.push_str(rule);
    text.push(']');
    let mark = start..text.len();
    push_masked(bench, hit.secret.end..range.end, hit, &mut text);
    text.truncate(text.trim_end().len().max(mark.end));
    Excerpt { text, mark }
}

/// The masked line that identifies a site: the same however the line moves, and whatever the value is.
pub(super) fn masked_line(bench: &Bench<'_>, hit: &Hit, rule: &str) -> String {
    let mut text = String::new();
    let range = line_around(bench.bytes, &hit.secret, SITE_BEFORE, SITE_AFTER);
    push_masked(bench, range.start..hit.secret.start, hit, &mut text);
    text.push_str(rule);
    push_masked(bench, hit.secret.end..range.end, hit, &mut text);
    text
}

/// The part of the line around `secret` that lies within so many bytes before and after.
fn line_around(bytes: &[u8], secret: &Range<usize>, before: usize, after: usize) -> Range<usize> {
    let from = secret.start.saturating_sub(before);
    let to = bytes.len().min(secret.end + after);
    let start = memchr::memrchr(b'\n', &bytes[from..secret.start]).map_or(from, |at| from + at + 1);
    let end = memchr::memchr(b'\n', &bytes[secret.end..to]).map_or(to, |at| secret.end + at);
    start..end
}

/// Appends `range` with everything masked that any rule saw a secret in, and long runs of token characters as `…`.
fn push_masked(bench: &Bench<'_>, range: Range<usize>, hit: &Hit, text: &mut String) {
    let mut at = range.start;
    let first = bench.masked.partition_point(|masked| masked.end <= range.start);
    for masked in &bench.masked[first..] {
        if masked.start >= range.end {
            break;
        }
        let start = masked.start.max(at);
        push_words(&bench.bytes[at..start], hit, text);
        // The hit's own secret is inside a wider masked range when another rule saw more: that rest has no name of its own.
        let label = (masked.start >= range.start).then(|| (bench.label)(masked.start)).flatten();
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
    push_words(&bench.bytes[at.min(range.end)..range.end], hit, text);
}

/// Appends unmasked bytes as text. A run of token characters longer than a word becomes `…`.
fn push_words(bytes: &[u8], hit: &Hit, text: &mut String) {
    let utf16 = hit.wrapping.iter().next() == Some(Encoding::Utf16);
    let decoded = if utf16 { narrow(bytes) } else { String::from_utf8_lossy(bytes).into_owned() };
    let mut rest = decoded.as_str();
    while !rest.is_empty() {
        let word = rest.find(|c: char| !is_token(c)).unwrap_or(rest.len());
        if word > LONGEST_WORD && rest[..word].bytes().any(|byte| byte.is_ascii_digit()) || word > 2 * LONGEST_WORD {
            text.push('…');
        } else {
            text.push_str(&rest[..word]);
        }
        let gap = rest[word..].find(is_token).map_or(rest.len(), |at| word + at);
        text.extend(rest[word..gap].chars().filter(|&c| c != '\0'));
        rest = &rest[gap..];
    }
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/_-=".contains(c)
}

/// UTF-16 of unknown alignment, as text.
fn narrow(bytes: &[u8]) -> String {
    let little = bytes.iter().skip(1).step_by(2).filter(|&&byte| byte == 0).count();
    let big = bytes.iter().step_by(2).filter(|&&byte| byte == 0).count();
    let units = bytes.chunks_exact(2).map(|pair| if little >= big { u16::from_le_bytes([pair[0], pair[1]]) } else { u16::from_be_bytes([pair[0], pair[1]]) });
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
