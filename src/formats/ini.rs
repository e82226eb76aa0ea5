//! INI in its many kinds: sections, `key = value` or `key: value`, values that go on in deeper lines. A value means what stands there.

use std::borrow::Cow;

use super::format::{Format, NotThis, Role, Scalar, Style, Take};
use super::json::MARK;
use super::{hash_comment, line_end, trimmed};

pub(super) struct Ini;

impl Format for Ini {
    fn name(&self) -> &'static str {
        "ini"
    }

    fn endings(&self) -> &'static [&'static str] {
        &[
            "ini",
            "cfg",
            "conf",
            "cnf",
            "gitconfig",
            "npmrc",
            "pypirc",
            "service",
            "desktop",
            "editorconfig",
            "credentials",
        ]
    }

    fn looks_like(&self, head: &[u8]) -> bool {
        let mut lines = head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#") && !line.starts_with(b";"));
        first.is_some_and(|line| line.starts_with(b"[") && line.ends_with(b"]"))
    }

    fn visit(&self, text: &[u8], take: Take<'_>) -> Result<(), NotThis> {
        // The last one waits: it may go on.
        let mut scalars: Vec<Scalar> = Vec::new();
        let mut next = if text.starts_with(MARK) { MARK.len() } else { 0 };
        // The indentation of a key, while its value may go on.
        let mut above = None;
        while next < text.len() {
            scalars.drain(..scalars.len().saturating_sub(1)).for_each(&mut *take);
            let (start, (end, after)) = (next, line_end(text, next));
            next = after;
            let line = trimmed(text, start..end);
            let indent = line.start - start;
            match text[line.clone()] {
                [] => above = None,
                [b'#' | b';', ..] => scalars.push(hash_comment::scalar(line)),
                _ if above.is_some_and(|above| indent > above) => match scalars.last_mut() {
                    Some(value) if value.role == Role::Value && is_gap(text, value.range.end, line.start) => {
                        *value = Scalar::bare(value.range.start..line.end, Role::Value);
                    }
                    _ => scalars.push(Scalar::bare(line, Role::Value)),
                },
                [b'[', ..] => {
                    above = None;
                    // Brackets may stand in the name, and in a comment behind it.
                    let rest = |close: usize| trimmed(text, close + 1..line.end);
                    let is_end = |&close: &usize| matches!(text[rest(close)], [] | [b'#' | b';', ..]);
                    let close = memchr::memchr_iter(b']', &text[line.clone()]).map(|at| line.start + at).find(is_end);
                    let Some(close) = close else { return NotThis::at(line.start, "a section is not closed") };
                    let name = trimmed(text, line.start + 1..close);
                    if !name.is_empty() {
                        scalars.push(Scalar::bare(name, Role::Key));
                    }
                    if !rest(close).is_empty() {
                        scalars.push(hash_comment::scalar(rest(close)));
                    }
                }
                _ => {
                    above = Some(indent);
                    pair(text, line, &mut scalars)?;
                }
            }
        }
        scalars.into_iter().for_each(take);
        Ok(())
    }

    fn decode<'t>(&self, text: &'t [u8], at: &Scalar) -> Cow<'t, [u8]> {
        Cow::Borrowed(at.stored(text))
    }

    fn encode(&self, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
        let stored = at.stored(text);
        if stored == value {
            return text[at.range.clone()].to_vec();
        }
        if at.role == Role::Comment {
            return hash_comment::encode(text, at, value);
        }
        let is_key = at.role == Role::Key && !is_section(text, at);
        let mut out = text[at.range.start..at.inner.start].to_vec();
        for (number, line) in value.split(|&byte| byte == b'\n').enumerate() {
            match number {
                0 => {}
                // What goes on, goes on deeper.
                _ if stored.contains(&b'\n') => out.extend(if line.starts_with(b" ") { &b"\n"[..] } else { b"\n    " }),
                _ => out.push(b' '),
            }
            out.extend(line.iter().map(|&byte| if is_key && !is_key_byte(byte) { b'_' } else { byte }));
        }
        out.extend(&text[at.inner.end..at.range.end]);
        out
    }
}

/// Whether nothing but line ends and spaces stands between two places.
fn is_gap(text: &[u8], from: usize, to: usize) -> bool {
    text[from..to].trim_ascii().is_empty()
}

fn is_section(text: &[u8], at: &Scalar) -> bool {
    let line = memchr::memrchr(b'\n', &text[..at.range.start]).map_or(0, |newline| newline + 1);
    text[line..at.range.start].trim_ascii_end().ends_with(b"[")
}

/// What a new key is written with, so that it reads as one.
fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b"-_./".contains(&byte)
}

/// A line with a key, and maybe a value.
fn pair(text: &[u8], line: std::ops::Range<usize>, scalars: &mut Vec<Scalar>) -> Result<(), NotThis> {
    let Some(sign) = memchr::memchr2(b'=', b':', &text[line.clone()]).map(|at| line.start + at) else {
        if !text[line.clone()].iter().all(|&byte| is_key_byte(byte)) {
            return NotThis::at(line.start, "neither a section nor a key");
        }
        scalars.push(Scalar::bare(line, Role::Key));
        return Ok(());
    };
    let (key, value) = (trimmed(text, line.start..sign), trimmed(text, sign + 1..line.end));
    if key.is_empty() {
        return NotThis::at(line.start, "a value without a key");
    }
    scalars.push(Scalar::bare(key, Role::Key));
    match text[value.clone()] {
        [] => {}
        [quote @ (b'"' | b'\''), ref inner @ .., last] if quote == last && !inner.contains(&quote) => {
            scalars.push(Scalar::quoted(value, 1, Role::Value, Style::Double));
        }
        _ => scalars.push(Scalar::bare(value, Role::Value)),
    }
    Ok(())
}
