//! TOML, by `toml_parser`.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use toml_parser::decoder::Encoding;
use toml_parser::lexer::{Token, TokenKind};
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};
use toml_parser::{ParseError, Raw, Source, Span};

use super::escapes::{Escapes, hex, push_code_point};
use super::format::{Format, NotThis, Role, Scalar, Style, Take};
use super::hash_comment;

pub(super) struct Toml;

/// How deep tables and arrays may stand in each other: the parser calls itself for each.
const DEPTH: u32 = 128;

impl Format for Toml {
    fn name(&self) -> &'static str {
        "toml"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["toml", "cargo.lock", "poetry.lock", "uv.lock", "pipfile"]
    }

    fn looks_like(&self, head: &[u8]) -> bool {
        let mut lines = head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#"));
        first.is_some_and(|line| line.starts_with(b"[") || memchr::memmem::find(line, b" = ").is_some())
    }

    fn visit(&self, text: &[u8], take: Take<'_>) -> Result<(), NotThis> {
        let text = super::utf8(text)?;
        let mut error: Option<ParseError> = None;
        let mut bad: Option<ParseError> = None;
        let mut receiver = |event: Event| {
            let span = event.span().start()..event.span().end();
            let style = style(event.encoding());
            let raw = Raw::new_unchecked(&text[span.clone()], event.encoding(), event.span());
            match event.kind() {
                EventKind::SimpleKey => {
                    raw.decode_key(&mut (), &mut bad);
                    take(token(text.as_bytes(), span, style, Role::Key));
                }
                EventKind::Scalar => {
                    let _ = raw.decode_scalar(&mut String::new(), &mut bad);
                    take(token(text.as_bytes(), span, style, Role::Value));
                }
                EventKind::Comment => {
                    raw.decode_comment(&mut bad);
                    take(hash_comment::scalar(span));
                }
                _ => {}
            }
        };
        let mut lexer = Source::new(text).lex();
        let mut tokens = Vec::new();
        while next_lines(&mut lexer, &mut tokens) && error.is_none() {
            parse_document(&tokens, &mut RecursionGuard::new(&mut receiver, DEPTH), &mut error);
        }
        match error.or(bad) {
            None => Ok(()),
            Some(error) => NotThis::at(error.unexpected().map_or(0, |span| span.start()), "not legal TOML"),
        }
    }

    fn decode<'t>(&self, text: &'t [u8], at: &Scalar) -> Cow<'t, [u8]> {
        if matches!(at.style, Style::Bare | Style::Single) {
            return Cow::Borrowed(at.stored(text));
        }
        let value = meaning(&text[at.range.clone()], at.style);
        value.map_or(Cow::Borrowed(at.stored(text)), |value| Cow::Owned(value.into_bytes()))
    }

    fn encode(&self, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
        let (whole, stored) = (&text[at.range.clone()], at.stored(text));
        if at.role == Role::Comment {
            return hash_comment::encode(text, at, value);
        }
        if self.decode(text, at) == value {
            return whole.to_vec();
        }
        let value = String::from_utf8_lossy(value);
        let is_long = at.style == Style::LongDouble;
        let inner = match at.style {
            Style::Double | Style::LongDouble => {
                Some(ESCAPES.respell(stored, value.as_bytes(), |value| escape(value, is_long)))
            }
            Style::Single | Style::LongSingle => Some(value.as_bytes().to_vec()),
            _ => None,
        };
        let (open, close) = (&text[at.range.start..at.inner.start], &text[at.inner.end..at.range.end]);
        let candidate = inner.map(|inner| [open, &inner, close].concat());
        // What the style cannot hold is said in the one that can hold everything.
        let kept = candidate.filter(|candidate| meaning(candidate, at.style).as_deref() == Some(&*value));
        kept.unwrap_or_else(|| [b"\"", &escape(value.as_bytes(), false)[..], b"\""].concat())
    }
}

/// The tokens of the next lines that stand for themselves, which is as much as the parser needs at a time: tokens take several times the
/// memory of what they stand for.
fn next_lines(lexer: &mut impl Iterator<Item = Token>, tokens: &mut Vec<Token>) -> bool {
    const ENOUGH: usize = 4096;
    tokens.clear();
    let mut depth = 0_i64;
    for token in lexer {
        tokens.push(token);
        match token.kind() {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => depth += 1,
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => depth -= 1,
            TokenKind::Newline if depth == 0 && tokens.len() >= ENOUGH => break,
            _ => {}
        }
    }
    !tokens.is_empty()
}

fn style(encoding: Option<Encoding>) -> Style {
    match encoding {
        None => Style::Bare,
        Some(Encoding::LiteralString) => Style::Single,
        Some(Encoding::BasicString) => Style::Double,
        Some(Encoding::MlLiteralString) => Style::LongSingle,
        Some(Encoding::MlBasicString) => Style::LongDouble,
    }
}

fn encoding(style: Style) -> Option<Encoding> {
    match style {
        Style::Single => Some(Encoding::LiteralString),
        Style::Double => Some(Encoding::BasicString),
        Style::LongSingle => Some(Encoding::MlLiteralString),
        Style::LongDouble => Some(Encoding::MlBasicString),
        _ => None,
    }
}

/// A token; the newline that a long string may begin with is part of its quotes.
fn token(text: &[u8], range: Range<usize>, style: Style, role: Role) -> Scalar {
    let quote = match style {
        Style::Single | Style::Double => 1,
        Style::LongSingle | Style::LongDouble => 3,
        _ => 0,
    };
    // A string that is not closed is shorter than its quotes; the parser has seen the error.
    if range.len() < 2 * quote {
        return Scalar::bare(range, role);
    }
    let mut scalar = Scalar::quoted(range, quote, role, style);
    if quote == 3 {
        scalar.inner.start += match scalar.stored(text) {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => 0,
        };
    }
    scalar
}

/// What a string means, if it is one whole string.
fn meaning(token: &[u8], style: Style) -> Option<String> {
    let token = std::str::from_utf8(token).ok()?;
    let is_one = Source::new(token).lex().count() == 2;
    let mut value = String::new();
    let mut error: Option<ParseError> = None;
    let raw = Raw::new_unchecked(token, encoding(style), Span::new_unchecked(0, token.len()));
    let _ = raw.decode_scalar(&mut value, &mut error);
    (is_one && error.is_none()).then_some(value)
}

const ESCAPES: Escapes = Escapes { mark: b'\\', read: read_escape };

fn read_escape(stored: &[u8], out: &mut Vec<u8>) -> usize {
    let digits = match stored.get(1) {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        Some(b' ' | b'\t' | b'\r' | b'\n') => {
            return 1 + stored[1..].iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
        }
        known => {
            out.push(match known {
                Some(b'b') => 8,
                Some(b't') => b'\t',
                Some(b'n') => b'\n',
                Some(b'f') => 12,
                Some(b'r') => b'\r',
                Some(b'e') => 0x1b,
                Some(&byte) => byte,
                None => b'\\',
            });
            return 2.min(stored.len());
        }
    };
    push_code_point(out, hex(stored.get(2..2 + digits)).unwrap_or_default());
    (2 + digits).min(stored.len())
}

/// The inside of a basic string; a long one holds newlines as they are.
fn escape(value: &[u8], is_long: bool) -> Vec<u8> {
    let mut out = String::with_capacity(value.len() + 2);
    for c in String::from_utf8_lossy(value).chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' if !is_long => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' | '\n' => out.push(c),
            _ if c.is_control() => write!(out, "\\u{:04X}", u32::from(c)).expect("a string takes all"),
            _ => out.push(c),
        }
    }
    out.into_bytes()
}
