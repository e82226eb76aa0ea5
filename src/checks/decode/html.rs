//! Character references of HTML and XML.

use super::escape::{Escape, Notation};
use super::hex;

/// `&quot;`, `&#39;`, `&#x27;`.
pub(super) const HTML: Notation = Notation { marker: b'&', read };

/// The names encoders use for characters that a secret or the text before it may hold.
const NAMES: [(&[u8], char); 6] =
    [(b"amp", '&'), (b"lt", '<'), (b"gt", '>'), (b"quot", '"'), (b"apos", '\''), (b"nbsp", '\u{a0}')];

/// The longest reference: `&#x10ffff;`, or with leading zeros `&#0000039;`.
const LONGEST: usize = 10;

fn read(stored: &[u8]) -> Option<Escape> {
    let end = stored.iter().take(LONGEST).position(|&byte| byte == b';')?;
    let char = match stored.get(1..end)? {
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(hex::number(digits)?)?,
        [b'#', digits @ ..] => char::from_u32(decimal(digits)?)?,
        name => NAMES.iter().find(|(known, _)| *known == name)?.1,
    };
    let escape = Escape::char(char, end + 1);
    // Line ends and tabs of logs within XML: they end a value.
    Some(if matches!(char, '\n' | '\r' | '\t') { escape.hiding(true) } else { escape })
}

fn decimal(digits: &[u8]) -> Option<u32> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    (!digits.is_empty()).then_some(())?;
    digits.iter().try_fold(0, |number, &byte| Some(number * 10 + digit(byte)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        /// Text, length, and whether it hides.
        type Read<'a> = Option<(&'a str, usize, bool)>;
        let cases: &[(&str, Read<'_>)] = &[
            ("&quot;x", Some(("\"", 6, true))),
            ("&amp;lt;", Some(("&", 5, true))),
            ("&lt;", Some(("<", 4, true))),
            ("&#39;", Some(("'", 5, true))),
            ("&#x27;", Some(("'", 6, true))),
            ("&#10;", Some(("\n", 5, true))),
            ("&#X10FFFF;", Some(("\u{10ffff}", 10, false))),
            ("&nbsp;", Some(("\u{a0}", 6, false))),
            ("&#xd800;", None),
            ("&#;", None),
            ("&#x;", None),
            ("&#99999999;", None),
            ("&eacute;", None),
            ("&amp", None),
            ("&;", None),
            ("&", None),
        ];
        for (stored, expected) in cases {
            let seen = read(stored.as_bytes());
            let seen = seen.as_ref().map(|escape| (escape.text().0, escape.text().1, escape.hides));
            assert_eq!(seen, expected.map(|(text, len, hides)| (text.as_bytes(), len, hides)), "{stored}");
        }
    }
}
