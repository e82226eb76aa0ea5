//! Values: where one stands behind a key, and how far it goes, in any of the dialects that assign.

use std::ops::Range;

use super::key::Key;

/// A value is read this far.
const LONGEST: usize = 1024;

/// White space and brackets between key, separator and value: at most so many bytes.
const GAP: usize = 24;

/// Where a value begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    at: usize,
    /// Whether only a quoted value counts here (comparisons, tuples, calls).
    needs_quote: bool,
}

/// A value as it stands in the text, without its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) range: Range<usize>,
    pub(super) quoted: bool,
}

/// An opening or closing quote: `"`, `'` or a backtick behind any number of backslashes, or `&quot;`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Quote {
    mark: u8,
    /// Backslashes before the mark.
    depth: usize,
    len: usize,
}

/// Where the value of `key` begins; `None` where nothing is assigned.
pub(super) fn place(text: &[u8], key: &Key) -> Option<Place> {
    let mut at = key.range.end;
    let closing = quote(text, at);
    at += closing.map_or(0, |quote| quote.len);
    while matches!(text.get(at), Some(b']' | b')')) && closing.is_some() {
        at += 1;
    }
    let gap = skip_blank(text, at);
    let rest = &text[gap..];
    let is_tag = key.range.start > 0 && matches!(text[key.range.start - 1], b'<' | b'.' | b':');
    let (len, needs_quote) = match rest {
        [b'=', b'=', b'=', ..] | [b'!', b'=', b'=', ..] => (3, true),
        [b'=', b'=', ..] | [b'!', b'=', ..] => (2, true),
        [b':', b'=', ..] | [b'=', b'>', ..] | [b':', b':', ..] | [b'?', b'=', ..] => (2, rest[0] == b':' && rest[1] == b':'),
        [b'=', ..] => (1, false),
        [b':', ..] => (typed(rest).unwrap_or(1), false),
        [b',', ..] if closing.is_some() => (1, true),
        [b'>', ..] if is_tag => (1, false),
        _ if gap > at && (key.is_flag || is_bearer(&text[key.range.clone()])) => (0, false),
        _ => return None,
    };
    Some(Place { at: gap + len, needs_quote })
}

/// The value at `place`.
pub(super) fn read(text: &[u8], place: &Place) -> Option<Value> {
    let mut at = skip_blank(text, place.at);
    // A list or a call around one literal: `['…']`, `("…")`, `String("…")` is left to its own quotes.
    while at < place.at + GAP && matches!(text.get(at), Some(b'[' | b'(' | b'{')) && quote(text, skip_blank(text, at + 1)).is_some() {
        at = skip_blank(text, at + 1);
    }
    if matches!(text.get(at), Some(b'b' | b'r' | b'f' | b'u' | b'L' | b'@')) && quote(text, at + 1).is_some() {
        at += 1;
    }
    match quote(text, at) {
        Some(open) => quoted(text, at + open.len, open),
        None if place.needs_quote => None,
        None => bare(text, at),
    }
}

fn quoted(text: &[u8], start: usize, open: Quote) -> Option<Value> {
    let limit = text.len().min(start + LONGEST);
    let mut at = start;
    while at < limit {
        let step = memchr::memchr3(open.mark, b'\n', b'&', &text[at..limit])?;
        at += step;
        match text[at] {
            b'\n' => return None,
            b'&' if open.mark != b'&' => {}
            b'&' if !text[at..].starts_with(b"&quot;") => {}
            _ => {
                let depth = text[start..at].iter().rev().take_while(|&&byte| byte == b'\\').count();
                if depth <= open.depth {
                    return (at - depth > start).then(|| Value { range: start..at - depth, quoted: true });
                }
            }
        }
        at += 1;
    }
    None
}

fn bare(text: &[u8], start: usize) -> Option<Value> {
    let limit = text.len().min(start + LONGEST);
    let len = text[start..limit].iter().position(|&byte| byte <= b' ' || byte == 0x7F || b"\\\"'`,;<>()[]{}|&".contains(&byte));
    // What a bracket goes on with is code or a template, no literal.
    let end = start + len.unwrap_or(limit - start);
    let goes_on = matches!(text.get(end), Some(b'(' | b'{' | b'[' | b'<'));
    (end > start && end < start + LONGEST && !goes_on).then(|| Value { range: start..end, quoted: false })
}

/// The scheme of an authorization value, and its token. A value without a scheme is all token.
pub(super) fn scheme(value: &[u8]) -> (&[u8], Range<usize>) {
    let word = value.iter().position(|byte| *byte == b' ').unwrap_or(0);
    let start = if word > 0 { word + 1 } else { 0 };
    let len = value[start..].iter().position(|&byte| byte <= b' ' || byte == b',').unwrap_or(value.len() - start);
    (&value[..word], start..start + len)
}

fn is_bearer(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"bearer")
}

/// The length of `: Type =` where a declaration says the type between key and value.
fn typed(rest: &[u8]) -> Option<usize> {
    let head = &rest[1..rest.len().min(48)];
    let len = head.iter().position(|&byte| !(byte.is_ascii_alphanumeric() || b" &'<>[]?|._".contains(&byte)))?;
    let assigns = head[len] == b'=' && head.get(len + 1) != Some(&b'=') && head[..len].iter().any(u8::is_ascii_alphabetic);
    assigns.then_some(len + 2)
}

fn quote(text: &[u8], at: usize) -> Option<Quote> {
    let rest = text.get(at..)?;
    let depth = rest.iter().take(8).take_while(|&&byte| byte == b'\\').count();
    match rest.get(depth)? {
        mark @ (b'"' | b'\'' | b'`') => Some(Quote { mark: *mark, depth, len: depth + 1 }),
        b'&' if rest.starts_with(b"&quot;") => Some(Quote { mark: b'&', depth: 0, len: 6 }),
        _ => None,
    }
}

fn skip_blank(text: &[u8], at: usize) -> usize {
    at + text[at.min(text.len())..].iter().take(GAP).take_while(|&&byte| byte == b' ' || byte == b'\t').count()
}
