//! Backslash escapes as JSON, JavaScript, Python, Go and C# write them.

use super::escape::{Escape, Notation};
use super::hex;

/// `\/`, `\u0041`, `\u{41}`, `\x41`, `\U00000041`; also `\n` and `\"`, which alone are no reason for a region: agent logs are
/// full of them, and the matchers read them as they stand.
pub(super) const JSON: Notation = Notation { marker: b'\\', read };

/// `PostgreSQL` writes binary data as `\x` and hex digits without end: so many are not one escape.
const LONG_HEX: usize = 32;

fn read(stored: &[u8]) -> Option<Escape> {
    let simple = |byte| Some(Escape::byte(byte, 2).hiding(false));
    match *stored.get(1)? {
        // `\\u0041` hides as much as `\u0041`, one level deeper.
        b'\\' => Some(Escape::byte(b'\\', 2).hiding(stored[2..].first() != Some(&b'\\') && hides(&stored[1..]))),
        quote @ (b'"' | b'\'') => simple(quote),
        b'n' => simple(b'\n'),
        b't' => simple(b'\t'),
        b'r' => simple(b'\r'),
        b'b' => simple(0x08),
        b'f' => simple(0x0c),
        _ => read_hiding(stored),
    }
}

fn hides(stored: &[u8]) -> bool {
    read_hiding(stored).is_some_and(|escape| escape.hides)
}

/// The escapes that can stand for any character.
fn read_hiding(stored: &[u8]) -> Option<Escape> {
    match *stored.get(1)? {
        b'/' => Some(Escape::byte(b'/', 2)),
        b'u' if stored.get(2) == Some(&b'{') => {
            let digits = stored[3..].iter().take(7).position(|&byte| byte == b'}')?;
            Some(Escape::char(char::from_u32(hex::number(stored.get(3..3 + digits)?)?)?, digits + 4))
        }
        b'u' => Some(utf16_unit(stored, hex::number(stored.get(2..6)?)?)),
        b'U' => Some(Escape::char(char::from_u32(hex::number(stored.get(2..10)?)?)?, 10)),
        b'x' => {
            let byte = hex::number(stored.get(2..4)?)?;
            let long = stored.get(2..2 + LONG_HEX).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
            (!long).then(|| Escape::byte(byte as u8, 4))
        }
        _ => None,
    }
}

/// `\uXXXX`, together with a low surrogate that completes it. A lone surrogate is U+FFFD.
fn utf16_unit(stored: &[u8], unit: u32) -> Escape {
    if let Some(char) = char::from_u32(unit) {
        return Escape::char(char, 6);
    }
    let low = stored.get(6..12).filter(|next| next.starts_with(b"\\u")).and_then(|next| hex::number(&next[2..]));
    match low {
        Some(low @ 0xdc00..=0xdfff) if unit < 0xdc00 => {
            let char = char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
            Escape::char(char.unwrap_or(char::REPLACEMENT_CHARACTER), 12)
        }
        _ => Escape::char(char::REPLACEMENT_CHARACTER, 6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        /// Text, length, and whether it hides.
        type Read<'a> = Option<(&'a str, usize, bool)>;
        let cases: &[(&str, Read<'_>)] = &[
            (r"\/x", Some(("/", 2, true))),
            (r"\u002bx", Some(("+", 6, true))),
            (r"\u001b[0m", Some(("\x1b", 6, false))),
            (r"\u4e2d", Some(("中", 6, false))),
            (r"\ud83d\ude00", Some(("😀", 12, false))),
            (r"\ud83d\u0041", Some(("\u{fffd}", 6, false))),
            (r"\ude00\ud83d", Some(("\u{fffd}", 6, false))),
            (r"\u{41}", Some(("A", 6, true))),
            (r"\u{1f600}", Some(("😀", 9, false))),
            (r"\u{}", None),
            (r"\u{1234567}", None),
            (r"\U00000041", Some(("A", 10, true))),
            (r"\Users", None),
            (r"\x41", Some(("A", 4, true))),
            (r"\x4", None),
            (r"\u00+1", None),
            (r"\\u0041", Some(("\\", 2, true))),
            (r"\\\u0041", Some(("\\", 2, false))),
            (r"\\n", Some(("\\", 2, false))),
            (r#"\""#, Some(("\"", 2, false))),
            (r"\n", Some(("\n", 2, false))),
            (r"\d", None),
            (r"\", None),
        ];
        for (stored, expected) in cases {
            let escape = read(stored.as_bytes());
            let seen = escape.as_ref().map(|escape| (escape.text().0, escape.text().1, escape.hides));
            assert_eq!(seen, expected.map(|(text, len, hides)| (text.as_bytes(), len, hides)), "{stored}");
        }
    }

    #[test]
    fn binary_data_of_a_database_is_no_escape() {
        let stored = format!("\\x{}", "41".repeat(16));
        assert_eq!(read(stored.as_bytes()), None);
    }
}
