//! dotenv: lines `KEY=value`, also with `export`, the value bare or in quotes, which may go over lines.

use std::borrow::Cow;
use std::ops::Range;

use super::escapes::Escapes;
use super::format::{Format, NotThis, Role, Scalar, Style, Take};
use super::json::MARK;
use super::{hash_comment, line_end, trimmed};

pub(super) struct Dotenv;

impl Format for Dotenv {
    fn name(&self) -> &'static str {
        "dotenv"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["env", "envrc", "flaskenv", "dev.vars"]
    }

    fn looks_like(&self, head: &[u8]) -> bool {
        let mut lines = head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#")).unwrap_or_default();
        let line = first.strip_prefix(b"export ").unwrap_or(first);
        let len = line.iter().take_while(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_')).count();
        len > 0 && line.get(len) == Some(&b'=')
    }

    fn visit(&self, text: &[u8], take: Take<'_>) -> Result<(), NotThis> {
        let mut next = if text.starts_with(MARK) { MARK.len() } else { 0 };
        while next < text.len() {
            let (end, after) = line_end(text, next);
            let line = trimmed(text, next..end);
            next = after;
            match text[line.clone()] {
                [] => continue,
                [b'#', ..] => {
                    take(hash_comment::scalar(line));
                    continue;
                }
                _ => {}
            }
            let (key, value) = pair(text, line.clone()).ok_or(NotThis { offset: line.start, reason: "no key" })?;
            take(Scalar::bare(key, Role::Key));
            if let Some(scalar) = quoted(text, value) {
                next = line_end(text, scalar.range.end).1;
                let (end, _) = line_end(text, scalar.range.end);
                let rest = trimmed(text, scalar.range.end..end);
                take(scalar);
                if !rest.is_empty() {
                    take(hash_comment::scalar(rest));
                }
                continue;
            }
            let rest = &text[value..line.end];
            let is_comment = |&at: &usize| at == 0 || rest[at - 1].is_ascii_whitespace();
            let comment = memchr::memchr_iter(b'#', rest).find(is_comment).map_or(line.end, |at| value + at);
            let value = trimmed(text, value..comment);
            if !value.is_empty() {
                take(Scalar::bare(value, Role::Value));
            }
            if comment < line.end {
                take(hash_comment::scalar(comment..line.end));
            }
        }
        Ok(())
    }

    fn decode<'t>(&self, text: &'t [u8], at: &Scalar) -> Cow<'t, [u8]> {
        if at.style == Style::Double { ESCAPES.decode(at.stored(text)) } else { Cow::Borrowed(at.stored(text)) }
    }

    fn encode(&self, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
        let stored = at.stored(text);
        match (at.role, at.style) {
            (Role::Comment, _) => hash_comment::encode(text, at, value),
            (Role::Key, _) => value.iter().map(|&byte| if is_key_byte(byte) { byte } else { b'_' }).collect(),
            (_, Style::Bare) if stored == value || value.iter().all(|&byte| is_bare_byte(byte)) => value.to_vec(),
            (_, Style::Single) if !value.contains(&b'\'') => [b"'", value, b"'"].concat(),
            (_, Style::Double) => [b"\"", &ESCAPES.respell(stored, value, escape)[..], b"\""].concat(),
            // Double quotes, because a bare value may hold `$NAME`, which goes on to mean what it meant.
            _ => [b"\"", &escape(value)[..], b"\""].concat(),
        }
    }
}

/// What a key is written with.
fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)
}

/// What stands for itself without quotes, to a shell too.
fn is_bare_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_./:@%+,=-".contains(&byte)
}

/// The key of a line, and where its value begins.
fn pair(text: &[u8], line: Range<usize>) -> Option<(Range<usize>, usize)> {
    let body =
        text[line.clone()].strip_prefix(b"export").filter(|body| body.starts_with(b" ") || body.starts_with(b"\t"));
    let start = body.map_or(line.start, |body| line.end - body.trim_ascii_start().len());
    let len = text[start..line.end].iter().take_while(|&&byte| is_key_byte(byte)).count();
    let sign = trimmed(text, start + len..line.end).start;
    (len > 0 && text.get(sign) == Some(&b'=')).then(|| (start..start + len, trimmed(text, sign + 1..line.end).start))
}

/// The value in quotes that begins here, if nothing but a comment stands behind it.
fn quoted(text: &[u8], start: usize) -> Option<Scalar> {
    let (quote, style) = match text.get(start)? {
        b'\'' => (b'\'', Style::Single),
        b'"' => (b'"', Style::Double),
        _ => return None,
    };
    let mut end = start + 1;
    loop {
        // A quote that nothing closes would be looked for again and again.
        let reach = &text[end..text.len().min(start + LONGEST)];
        end += memchr::memchr2(quote, b'\\', reach)? + 1;
        if text[end - 1] == quote {
            break;
        }
        end += usize::from(style == Style::Double);
        if end >= text.len() {
            return None;
        }
    }
    let rest = text[end..line_end(text, end).0].trim_ascii_start();
    (rest.is_empty() || rest.starts_with(b"#")).then(|| Scalar::quoted(start..end, 1, Role::Value, style))
}

/// The longest value in quotes.
const LONGEST: usize = 1 << 16;

const ESCAPES: Escapes = Escapes { mark: b'\\', read: read_escape };

fn read_escape(stored: &[u8], out: &mut Vec<u8>) -> usize {
    let byte = match stored.get(1) {
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(&byte @ (b'"' | b'\\')) => byte,
        // `\$` stays as it is: it says that no name follows.
        _ => {
            out.push(b'\\');
            return 1;
        }
    };
    out.push(byte);
    2
}

/// The inside of double quotes.
fn escape(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 2);
    for (at, &byte) in value.iter().enumerate() {
        let is_kept = byte == b'\\' && matches!(value.get(at + 1), Some(b'$' | b'`'));
        if byte == b'"' || byte == b'\\' && !is_kept {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}
