//! JSON of any length, followed piece by piece: its structure without its values, to be held against that of a copy.

use sha2::{Digest, Sha256};

use super::format::Format as _;
use super::is_nested;
use super::json::Json;

/// Deeper nesting is made to hurt.
const DEEPEST: usize = 1 << 16;

/// Objects and lists of JSON behind each other, as far as they were seen. Only structure is followed: numbers and words are not judged.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    next: Next,
    token: Token,
    /// What closes the objects and lists that are open.
    open: Vec<u8>,
    is_json: bool,
    /// The structure, as far as it is not in the digest yet.
    seen: Vec<u8>,
    digest: Sha256,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// An object or a list that stands for itself, or the end.
    Whole,
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    Separator,
}

/// What the last piece ended in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    None,
    String,
    /// Behind a backslash.
    Escape,
    /// So many hexadecimal digits to go.
    Hex(u8),
    Word,
}

impl Flow {
    /// Begins with a text of which the head is known. `None` where it is no JSON, or JSON of which each line is a document.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        let line = memchr::memchr(b'\n', head).map(|end| &head[..end]);
        if !Json.looks_like(head) || line.is_some_and(is_nested) {
            return None;
        }
        let (next, token) = (Next::Whole, Token::None);
        Some(Self { next, token, open: Vec::new(), is_json: true, seen: Vec::new(), digest: Sha256::new() })
    }

    /// Takes in what comes next.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        while self.is_json && !bytes.is_empty() {
            let taken = match self.token {
                Token::String => self.string(bytes),
                Token::Escape => self.escape(bytes[0]),
                Token::Hex(left) if bytes[0].is_ascii_hexdigit() => {
                    self.token = if left == 1 { Token::String } else { Token::Hex(left - 1) };
                    Some(1)
                }
                Token::Hex(_) => None,
                Token::Word => Some(self.word(bytes)),
                Token::None => self.mark(bytes[0]),
            };
            match taken {
                Some(taken) => bytes = &bytes[taken..],
                None => self.is_json = false,
            }
            if self.seen.len() >= 4096 {
                self.digest.update(&self.seen);
                self.seen.clear();
            }
        }
    }

    /// The structure of all that was taken in; `None` where that is no JSON, or not all of it.
    pub(crate) fn finish(mut self) -> Option<[u8; 32]> {
        self.digest.update(&self.seen);
        (self.is_json && self.next == Next::Whole).then(|| self.digest.finalize().into())
    }

    /// Takes what belongs to an open string.
    fn string(&mut self, bytes: &[u8]) -> Option<usize> {
        let len = memchr::memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len());
        if bytes[..len].iter().fold(u8::MAX, |least, &byte| least.min(byte)) < b' ' {
            return None;
        }
        match bytes.get(len) {
            Some(b'"') => self.end_scalar(),
            Some(_) => self.token = Token::Escape,
            None => return Some(len),
        }
        Some(len + 1)
    }

    fn escape(&mut self, byte: u8) -> Option<usize> {
        self.token = match byte {
            b'u' => Token::Hex(4),
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Token::String,
            _ => return None,
        };
        Some(1)
    }

    /// Takes what belongs to an open number or word.
    fn word(&mut self, bytes: &[u8]) -> usize {
        let len = bytes.iter().take_while(|byte| is_of_word(**byte)).count();
        if len < bytes.len() {
            self.end_scalar();
        }
        len
    }

    fn end_scalar(&mut self) {
        let is_key = matches!(self.next, Next::Key | Next::KeyOrEnd);
        self.seen.push(if is_key { b'k' } else { b'v' });
        self.next = if is_key { Next::Colon } else { Next::Separator };
        self.token = Token::None;
    }

    /// Takes what stands between scalars.
    fn mark(&mut self, byte: u8) -> Option<usize> {
        self.next = match (self.next, byte) {
            (next, b' ' | b'\t' | b'\r' | b'\n') => next,
            // The byte-order mark.
            (Next::Whole, 0xef | 0xbb | 0xbf) => Next::Whole,
            (Next::Whole | Next::Value | Next::ValueOrEnd, b'{' | b'[') if self.open.len() < DEEPEST => {
                self.open.push(byte + 2);
                self.seen.push(byte);
                if byte == b'{' { Next::KeyOrEnd } else { Next::ValueOrEnd }
            }
            (Next::KeyOrEnd | Next::ValueOrEnd | Next::Separator, b'}' | b']') if self.open.last() == Some(&byte) => {
                self.open.pop();
                self.seen.push(byte);
                if self.open.is_empty() { Next::Whole } else { Next::Separator }
            }
            (Next::Separator, b',') if self.open.last() == Some(&b'}') => Next::Key,
            (Next::Separator, b',') | (Next::Colon, b':') => Next::Value,
            (Next::Key | Next::KeyOrEnd | Next::Value | Next::ValueOrEnd, b'"') => {
                self.token = Token::String;
                self.next
            }
            (Next::Value | Next::ValueOrEnd, byte) if is_of_word(byte) => {
                self.token = Token::Word;
                self.next
            }
            _ => return None,
        };
        Some(1)
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

#[cfg(test)]
mod tests {
    use crate::property::property;
    use proptest::prelude::*;

    use super::*;

    fn structure(text: &str, cut: usize) -> Option<[u8; 32]> {
        let mut flow = Flow::of(text.as_bytes())?;
        text.as_bytes().chunks(cut).for_each(|piece| flow.push(piece));
        flow.finish()
    }

    #[test]
    fn the_structure_is_what_is_left_without_values() {
        for (one, other, is_same) in [
            (r#"{"a": 1}"#, r#"{"b":"[REDACTED:r]"}"#, true),
            (r#"{"a": [1, "x", null]}"#, r#"{"a": ["", -1.5e+3, "\u00e4\"\\"]}"#, true),
            ("{\"a\":\n 1}\n{\"b\": 2}\n", "\u{feff}{\"a\": 1} {\"b\": 2}", true),
            (r#"{"a": 1}"#, r#"{"a": [1]}"#, false),
            (r#"{"a": 1}"#, r#"{"a": 1, "b": 1}"#, false),
            (r#"["a", "b"]"#, r#"["a b"]"#, false),
            ("[[], {}]", "[{}, []]", false),
        ] {
            let of = |text| structure(text, 3).unwrap();
            assert_eq!(of(one) == of(other), is_same, "{one} {other}");
        }
        for none in [
            r#"{"a": [REDACTED:r]}"#,
            r#"{"a": "b"#,
            "[1",
            r#"{"a" 1}"#,
            r#"{"a": 1,}"#,
            "[1 2]",
            "[1}",
            r#"["\x"]"#,
            r#"["\u00g0"]"#,
            "[\"\n\"]",
            "17",
            "INFO done",
            "{a: 1}",
            "{\"a\": 1}\n{\"b\": 2}\n",
        ] {
            assert_eq!(structure(none, 2), None, "{none}");
        }
    }

    proptest! {
        #![proptest_config(property(256))]

        #[test]
        fn all_json_is_followed_however_it_is_cut(text in "[\\[\\]{}:,\" a1\\\\u0-]{0,40}", cut in 1..9_usize) {
            let whole = structure(&text, text.len().max(1));
            prop_assert_eq!(whole, structure(&text, cut));
            if is_nested(text.as_bytes()) {
                prop_assert!(whole.is_some());
            }
        }
    }
}
