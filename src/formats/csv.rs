//! CSV and TSV (RFC 4180, with the separator that the first line has). The fields of the first record are keys.

use std::borrow::Cow;

use super::escapes::Escapes;
use super::format::{Format, NotThis, Role, Scalar, Style, Take};
use super::json::MARK;

pub(super) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["csv", "tsv", "tab", "psv"]
    }

    fn looks_like(&self, _: &[u8]) -> bool {
        // So does prose.
        false
    }

    fn visit(&self, text: &[u8], take: Take<'_>) -> Result<(), NotThis> {
        let mut at = if text.starts_with(MARK) { MARK.len() } else { 0 };
        let separator = separator(text);
        let (mut role, mut is_empty) = (Role::Key, true);
        while at < text.len() {
            let start = at;
            let is_quoted = text[at] == b'"';
            if is_quoted {
                at = closing(text, at + 1).ok_or(NotThis { offset: start, reason: "a quote is not closed" })?;
            } else {
                at += memchr::memchr3(separator, b'\n', b'\r', &text[at..]).unwrap_or(text.len() - at);
            }
            if at > start {
                let style = if is_quoted { Style::Double } else { Style::Bare };
                take(Scalar::quoted(start..at, usize::from(is_quoted), role, style));
                is_empty = false;
            }
            match text.get(at) {
                Some(b'\n' | b'\r') if at > 0 => role = if is_empty { Role::Key } else { Role::Value },
                Some(&byte) if byte != separator => return NotThis::at(at, "something stands behind a quote"),
                _ => {}
            }
            at += 1;
        }
        Ok(())
    }

    fn decode<'t>(&self, text: &'t [u8], at: &Scalar) -> Cow<'t, [u8]> {
        if at.style == Style::Double { QUOTES.decode(at.stored(text)) } else { Cow::Borrowed(at.stored(text)) }
    }

    fn encode(&self, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
        let separator = separator(text);
        // In the first record every separator is quoted: the one of the file is told by it.
        let is_sign = |&byte: &u8| {
            byte == separator || b"\r\n".contains(&byte) || at.role == Role::Key && SEPARATORS.contains(&byte)
        };
        let is_plain = || !value.is_empty() && !value.starts_with(b"\"") && !value.iter().any(is_sign);
        if at.style == Style::Bare && (at.stored(text) == value || is_plain()) {
            return value.to_vec();
        }
        let mut out = vec![b'"'];
        for &byte in value {
            out.extend(std::iter::repeat_n(byte, if byte == b'"' { 2 } else { 1 }));
        }
        out.push(b'"');
        out
    }
}

const QUOTES: Escapes = Escapes { mark: b'"', read: read_quotes };

fn read_quotes(stored: &[u8], out: &mut Vec<u8>) -> usize {
    out.push(b'"');
    2.min(stored.len())
}

/// The separator: what stands behind the first field, which no edit changes.
fn separator(text: &[u8]) -> u8 {
    let is_sign = |byte: &u8| SEPARATORS.contains(byte) || b"\r\n".contains(byte);
    let start = if text.starts_with(MARK) { MARK.len() } else { 0 };
    let end = match text.get(start) {
        Some(b'"') => closing(text, start + 1),
        _ => text[start..].iter().position(is_sign).map(|len| start + len),
    };
    let found = end.and_then(|end| text.get(end)).filter(|byte| SEPARATORS.contains(byte));
    found.copied().unwrap_or(b',')
}

const SEPARATORS: &[u8] = b",;\t|";

/// The place behind the quote that closes a field.
fn closing(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr(b'"', text.get(at..)?)? + 1;
        if text.get(at) != Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}
