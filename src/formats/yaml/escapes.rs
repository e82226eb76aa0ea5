//! How YAML writes what cannot stand for itself.

use std::fmt::Write as _;

use super::super::escapes::{Escapes, hex, push_code_point};

/// In double quotes.
pub(super) const ESCAPES: Escapes = Escapes { mark: b'\\', read: read_escape };

/// In single quotes.
pub(super) const QUOTES: Escapes = Escapes { mark: b'\'', read: read_quotes };

fn read_escape(stored: &[u8], out: &mut Vec<u8>) -> usize {
    let point = match stored.get(1) {
        Some(digits @ (b'x' | b'u' | b'U')) => {
            let len = match digits {
                b'x' => 2,
                b'u' => 4,
                _ => 8,
            };
            push_code_point(out, hex(stored.get(2..2 + len)).unwrap_or_default());
            return (2 + len).min(stored.len());
        }
        Some(b'0') => 0,
        Some(b'a') => 7,
        Some(b'b') => 8,
        Some(b't') => 9,
        Some(b'n') => 10,
        Some(b'v') => 11,
        Some(b'f') => 12,
        Some(b'r') => 13,
        Some(b'e') => 0x1b,
        Some(b'N') => 0x85,
        Some(b'_') => 0xa0,
        Some(b'L') => 0x2028,
        Some(b'P') => 0x2029,
        Some(&byte) => byte.into(),
        None => b'\\'.into(),
    };
    push_code_point(out, point);
    2.min(stored.len())
}

fn read_quotes(stored: &[u8], out: &mut Vec<u8>) -> usize {
    out.push(b'\'');
    2.min(stored.len())
}

/// The inside of single quotes.
pub(super) fn doubled(value: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(value).replace('\'', "''").into_bytes()
}

/// Whether only double quotes can hold a value.
pub(super) fn needs_double(value: &[u8]) -> bool {
    String::from_utf8_lossy(value).chars().any(is_escaped)
}

/// The inside of double quotes, on one line.
pub(super) fn escape(value: &[u8]) -> Vec<u8> {
    let mut out = String::with_capacity(value.len() + 2);
    for c in String::from_utf8_lossy(value).chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if is_escaped(c) => {
                let point = u32::from(c);
                let written = if point <= 0xff { write!(out, "\\x{point:02x}") } else { write!(out, "\\u{point:04x}") };
                written.expect("a string takes all");
            }
            _ => out.push(c),
        }
    }
    out.into_bytes()
}

/// Whether a character is not printable, or a line break to some reader of YAML.
fn is_escaped(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a tag says that a scalar is no string.
pub(super) fn is_typed(tag: &[u8]) -> bool {
    const TYPES: [&[u8]; 6] = [b"int", b"float", b"bool", b"null", b"binary", b"timestamp"];
    let name = tag.strip_prefix(b"!!").or_else(|| tag.strip_prefix(b"!<tag:yaml.org,2002:")?.strip_suffix(b">"));
    name.is_some_and(|name| TYPES.contains(&name))
}
