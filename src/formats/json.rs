//! JSON (RFC 8259), and what is written in it: notebooks, HAR, SARIF, OTLP.

use std::borrow::Cow;
use std::io::Write as _;

use super::escapes::{Escapes, hex, push_code_point};
use super::format::{Format, NotThis, Role, Scalar, Style, Take};

pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["json", "ipynb", "har", "sarif", "webmanifest", "geojson", "avsc", "map"]
    }

    fn looks_like(&self, head: &[u8]) -> bool {
        let head = head.strip_prefix(MARK).unwrap_or(head).trim_ascii_start();
        let Some((b'{' | b'[', rest)) = head.split_first() else { return false };
        matches!(
            rest.trim_ascii_start(),
            [] | [b'"' | b'{' | b'[' | b'}' | b']' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n', ..]
        )
    }

    fn visit(&self, text: &[u8], take: Take<'_>) -> Result<(), NotThis> {
        for scalar in Scalars::of(text, 0)? {
            take(scalar?);
        }
        Ok(())
    }

    fn decode<'t>(&self, text: &'t [u8], at: &Scalar) -> Cow<'t, [u8]> {
        if at.style == Style::Double { ESCAPES.decode(at.stored(text)) } else { Cow::Borrowed(at.stored(text)) }
    }

    fn encode(&self, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
        let stored = at.stored(text);
        if at.style == Style::Bare && stored == value {
            return value.to_vec();
        }
        let is_ascii = stored.is_ascii();
        let escape = |value: &[u8]| escape(value, is_ascii);
        let inner = if at.style == Style::Double { ESCAPES.respell(stored, value, escape) } else { escape(value) };
        [b"\"", &inner[..], b"\""].concat()
    }
}

/// The byte-order mark.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

const ESCAPES: Escapes = Escapes { mark: b'\\', read: read_escape };

fn read_escape(stored: &[u8], out: &mut Vec<u8>) -> usize {
    let byte = match stored.get(1) {
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') => {
            let unit = |at: usize| hex(stored.get(at..at + 4));
            let high = unit(2).unwrap_or_default();
            let low = (stored.get(6..8) == Some(b"\\u")).then(|| unit(8)).flatten();
            return match low {
                Some(low @ 0xdc00..=0xdfff) if (0xd800..0xdc00).contains(&high) => {
                    push_code_point(out, 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00));
                    12
                }
                _ => {
                    push_code_point(out, high);
                    6.min(stored.len())
                }
            };
        }
        Some(&byte) => byte,
        None => b'\\',
    };
    out.push(byte);
    2.min(stored.len())
}

/// The inside of a JSON string. `is_ascii` says that nothing else may stand there.
fn escape(value: &[u8], is_ascii: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 2);
    let unit = |out: &mut Vec<u8>, unit: u16| write!(out, "\\u{unit:04x}").expect("a vector takes all");
    let mut rest = value;
    while !rest.is_empty() {
        // A lone surrogate, see `push_code_point`: UTF-8 has no other use for these bytes.
        let is_surrogate = |at: &usize| matches!(rest[at + 1..], [0xa0..=0xbf, 0x80..=0xbf, ..]);
        let surrogate = memchr::memchr_iter(0xed, rest).find(is_surrogate);
        let (text, after) = rest.split_at(surrogate.unwrap_or(rest.len()));
        for c in String::from_utf8_lossy(text).chars() {
            match c {
                '"' | '\\' => out.extend([b'\\', c as u8]),
                '\n' => out.extend(b"\\n"),
                '\r' => out.extend(b"\\r"),
                '\t' => out.extend(b"\\t"),
                _ if c < ' ' || is_ascii && !c.is_ascii() => {
                    c.encode_utf16(&mut [0; 2]).iter().for_each(|&one| unit(&mut out, one));
                }
                _ => out.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
        rest = after;
        if let [_, second, third, after @ ..] = after {
            unit(&mut out, 0xd000 | u16::from(second & 0x3f) << 6 | u16::from(third & 0x3f));
            rest = after;
        }
    }
    out
}

/// The scalars of a JSON text, one after the other, up to an error.
pub(super) struct Scalars<'t> {
    text: &'t [u8],
    /// Where the text stands.
    base: usize,
    at: usize,
    /// The containers that are open, without the stack: hostile nesting costs a byte a level.
    open: Vec<u8>,
    next: Next,
}

impl<'t> Scalars<'t> {
    /// Those of a text that stands at `base`.
    pub(super) fn of(text: &'t [u8], base: usize) -> Result<Self, NotThis> {
        super::utf8(text).map_err(|error| NotThis { offset: base + error.offset, ..error })?;
        let at = if base == 0 && text.starts_with(MARK) { MARK.len() } else { 0 };
        Ok(Self { text, base, at, open: Vec::new(), next: Next::Value })
    }

    /// Goes on behind the next scalar, or to the end.
    fn step(&mut self) -> Result<Option<Scalar>, NotThis> {
        let text = self.text;
        loop {
            self.at += text[self.at..].iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
            let at = self.at;
            self.next = match (self.next, text.get(at).copied()) {
                (Next::Value | Next::ValueOrEnd, Some(byte @ (b'{' | b'['))) => {
                    self.open.push(byte + 2);
                    if byte == b'{' { Next::KeyOrEnd } else { Next::ValueOrEnd }
                }
                (Next::KeyOrEnd | Next::ValueOrEnd | Next::Separator, Some(byte @ (b'}' | b']')))
                    if self.open.last() == Some(&byte) =>
                {
                    self.open.pop();
                    Next::Separator
                }
                (Next::Separator, Some(b',')) if !self.open.is_empty() => {
                    if self.open.last() == Some(&b'}') {
                        Next::Key
                    } else {
                        Next::Value
                    }
                }
                (Next::Separator, None) if self.open.is_empty() => return Ok(None),
                (Next::Colon, Some(b':')) => Next::Value,
                (Next::Key | Next::KeyOrEnd | Next::Value | Next::ValueOrEnd, Some(b'"')) => {
                    let is_key = matches!(self.next, Next::Key | Next::KeyOrEnd);
                    let len = string(&text[at..]).ok_or(self.wrong("a string is not closed or not legal"))?;
                    self.next = if is_key { Next::Colon } else { Next::Separator };
                    return Ok(Some(self.scalar(len, 1, if is_key { Role::Key } else { Role::Value })));
                }
                (Next::Value | Next::ValueOrEnd, Some(_)) => {
                    let len = word(&text[at..]).ok_or(self.wrong("no value"))?;
                    self.next = Next::Separator;
                    return Ok(Some(self.scalar(len, 0, Role::Value)));
                }
                (_, None) => return Err(self.wrong("ends too early")),
                _ => return Err(self.wrong("something else was expected")),
            };
            self.at += 1;
        }
    }

    fn scalar(&mut self, len: usize, quote: usize, role: Role) -> Scalar {
        let start = self.base + self.at;
        self.at += len;
        let style = if quote == 1 { Style::Double } else { Style::Bare };
        Scalar::quoted(start..start + len, quote, role, style)
    }

    fn wrong(&self, reason: &'static str) -> NotThis {
        NotThis { offset: self.base + self.at, reason }
    }
}

impl Iterator for Scalars<'_> {
    type Item = Result<Scalar, NotThis>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

/// What may come next.
#[derive(Clone, Copy)]
enum Next {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    Separator,
}

/// The length of the string at the head, with its quotes.
fn string(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        let len = memchr::memchr2(b'"', b'\\', &text[at..])?;
        // The least byte, without leaving the loop early: so it is taken over many bytes at once.
        if text[at..at + len].iter().fold(u8::MAX, |least, &byte| least.min(byte)) < b' ' {
            return None;
        }
        at += len;
        match text[at..] {
            [b'"', ..] => return Some(at + 1),
            [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => at += 2,
            [b'\\', b'u', ..] if hex(text.get(at + 2..at + 6)).is_some() => at += 6,
            _ => return None,
        }
    }
}

/// The length of the number, or of the word, at the head.
fn word(text: &[u8]) -> Option<usize> {
    let len = text.iter().take_while(|byte| !b" \t\r\n,:]}[{\"".contains(byte)).count();
    let word = &text[..len];
    (matches!(word, b"true" | b"false" | b"null") || is_number(word)).then_some(len)
}

fn is_number(word: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let word = word.strip_prefix(b"-").unwrap_or(word);
    let whole = digits(word);
    if whole == 0 || whole > 1 && word[0] == b'0' {
        return false;
    }
    let mut rest = &word[whole..];
    if let [b'.', fraction @ ..] = rest {
        let len = digits(fraction);
        if len == 0 {
            return false;
        }
        rest = &fraction[len..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent.strip_prefix(b"+").or(exponent.strip_prefix(b"-")).unwrap_or(exponent);
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}
