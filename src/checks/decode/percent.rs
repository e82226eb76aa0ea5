//! Percent-encoding, as URLs have it. `+` stays `+`: only forms mean a space by it.

use super::escape::{Escape, Notation};
use super::hex;

/// `%41`.
pub(super) const PERCENT: Notation = Notation { marker: b'%', read };

fn read(stored: &[u8]) -> Option<Escape> {
    Some(Escape::byte(hex::number(stored.get(1..3)?)? as u8, 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        for (stored, expected) in [
            ("%41", Some((b"A", true))),
            ("%c3%b6", Some((b"\xc3", false))),
            ("%4", None),
            ("%+1", None),
            ("%%41", None),
        ] {
            let seen = read(stored.as_bytes());
            let seen = seen.as_ref().map(|escape| (escape.text(), escape.hides));
            assert_eq!(seen, expected.map(|(text, hides)| ((text.as_slice(), 3), hides)), "{stored}");
        }
    }
}
