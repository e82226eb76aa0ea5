//! Java properties: `key=value`, `key: value` or `key value`; a backslash escapes, and carries a line on.

use std::borrow::Cow;

use super::escapes::{Escapes, hex, push_code_point};
use super::format::{Format, NotThis, Role, Scalar, Take};
use super::json::MARK;
use super::{behind_spaces, hash_comment, line_end};

pub(super) struct Properties;

impl Format for Properties {
    fn name(&self) -> &'static str {
        "properties"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["properties"]
    }

    fn looks_like(&self, _: &[u8]) -> bool {
        // Every text can be read so.
        false
    }

    fn visit(&self, text: &[u8], take: Take<'_>) -> Result<(), NotThis> {
        let mut at = if text.starts_with(MARK) { MARK.len() } else { 0 };
        while at < text.len() {
            at = behind_spaces(text, at);
            let end = match text.get(at) {
                None => break,
                Some(b'#' | b'!') => {
                    let end = line_end(text, at).0;
                    take(hash_comment::scalar(at..end));
                    end
                }
                Some(b'-') if text[at..].starts_with(b"-----BEGIN ") => {
                    return NotThis::at(at, "a key in PEM is no property");
                }
                Some(_) => {
                    let key = at..find(text, at, |byte| b"=: \t\x0c".contains(&byte));
                    let mut value = spaces(text, key.end);
                    if matches!(text.get(value), Some(b'=' | b':')) {
                        value = spaces(text, value + 1);
                    }
                    let value = value..find(text, value, |_| false);
                    for (range, role) in [(key, Role::Key), (value.clone(), Role::Value)] {
                        if !range.is_empty() {
                            take(Scalar::bare(range, role));
                        }
                    }
                    value.end
                }
            };
            at = end;
        }
        Ok(())
    }

    fn decode<'t>(&self, text: &'t [u8], at: &Scalar) -> Cow<'t, [u8]> {
        let stored = at.stored(text);
        if at.role == Role::Comment { Cow::Borrowed(stored) } else { ESCAPES.decode(stored) }
    }

    fn encode(&self, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
        let stored = at.stored(text);
        if at.role == Role::Comment {
            return hash_comment::encode(text, at, value);
        }
        ESCAPES.respell(stored, value, |value| escape(value, at.role, stored.is_ascii()))
    }
}

/// Where the first byte of this kind is, or the end of the logical line.
fn find(text: &[u8], mut at: usize, is_found: impl Fn(u8) -> bool) -> usize {
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += continued(text, at).unwrap_or(2),
            b'\n' | b'\r' => return at,
            _ if is_found(byte) => return at,
            _ => at += 1,
        }
    }
    text.len()
}

/// The length of a backslash that carries the line on, with what it skips.
fn continued(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at + 1..)?;
    let line_break = if rest.starts_with(b"\r\n") { 2 } else { usize::from(matches!(rest, [b'\n' | b'\r', ..])) };
    let indent = rest.get(line_break..)?.iter().take_while(|byte| b" \t\x0c".contains(byte)).count();
    (line_break > 0).then_some(1 + line_break + indent)
}

/// The place behind spaces, and behind lines that are carried on.
fn spaces(text: &[u8], mut at: usize) -> usize {
    loop {
        match text.get(at) {
            Some(b' ' | b'\t' | b'\x0c') => at += 1,
            Some(b'\\') => match continued(text, at) {
                Some(len) => at += len,
                None => return at,
            },
            _ => return at,
        }
    }
}

const ESCAPES: Escapes = Escapes { mark: b'\\', read: read_escape };

fn read_escape(stored: &[u8], out: &mut Vec<u8>) -> usize {
    if let Some(len) = continued(stored, 0) {
        return len;
    }
    let byte = match stored.get(1) {
        Some(b't') => b'\t',
        Some(b'n') => b'\n',
        Some(b'f') => b'\x0c',
        Some(b'r') => b'\r',
        Some(b'u') if hex(stored.get(2..6)).is_some() => {
            let unit = |at: usize| hex(stored.get(at..at + 4)).unwrap_or_default();
            let (high, low) = (unit(2), if stored.get(6..8) == Some(b"\\u") { unit(8) } else { 0 });
            if (0xd800..0xdc00).contains(&high) && (0xdc00..0xe000).contains(&low) {
                push_code_point(out, 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00));
                return 12;
            }
            push_code_point(out, high);
            return 6;
        }
        Some(&byte) => byte,
        None => return 1,
    };
    out.push(byte);
    2
}

/// A part of a key or of a value. `is_ascii` says that nothing else may stand there.
fn escape(value: &[u8], role: Role, is_ascii: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 2);
    for chunk in value.utf8_chunks() {
        for c in chunk.valid().chars() {
            let is_sign = " :=#!\t\x0c".contains(c) && (role == Role::Key || out.is_empty());
            match c {
                '\n' => out.extend(b"\\n"),
                '\r' => out.extend(b"\\r"),
                '\\' => out.extend(b"\\\\"),
                _ if is_sign => out.extend([
                    b'\\',
                    if c == '\t' {
                        b't'
                    } else if c == '\x0c' {
                        b'f'
                    } else {
                        c as u8
                    },
                ]),
                _ if is_ascii && !c.is_ascii() => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        out.extend(format!("\\u{unit:04x}").bytes());
                    }
                }
                _ => out.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
        out.extend(chunk.invalid());
    }
    out
}
