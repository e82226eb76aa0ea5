//! Text formats, each seen as a list of scalars that can be replaced one by one. To add one: a file, and a row in [`FORMATS`].

mod csv;
mod dotenv;
mod escapes;
mod flow;
mod format;
mod hash_comment;
mod ini;
mod json;
mod jsonl;
#[cfg(any(test, fuzzing))]
mod laws;
mod markdown;
mod markup;
#[cfg(test)]
mod oracles;
mod plain;
mod properties;
mod reading;
#[cfg(test)]
mod tests;
mod toml;
mod yaml;

use std::ops::Range;

pub(crate) use flow::Flow;
use format::NotThis;
pub(crate) use format::{Format, Role, Scalar, Style};
#[cfg(any(test, fuzzing))]
pub(crate) use laws::assert_laws_of;
pub(crate) use reading::Reading;

/// All formats but plain text. A text is asked for in this order.
static FORMATS: &[&dyn Format] = &[
    &jsonl::JsonLines,
    &json::Json,
    &markup::HTML,
    &markup::XML,
    &toml::Toml,
    &markdown::Markdown,
    &yaml::Yaml,
    &dotenv::Dotenv,
    &ini::Ini,
    &properties::Properties,
    &csv::Csv,
];

/// What every text is, when it is nothing else.
pub(crate) static PLAIN: &dyn Format = &plain::Plain;

/// Reads a text as what its name says, else as what it looks like, else as plain text. Kept of it is what is touched by any of the
/// `places`, which are in order and do not overlap.
pub(crate) fn read(path: &[u8], text: &[u8], places: &[Range<usize>]) -> Reading {
    let named = by_path(path);
    let head = &text[..text.len().min(HEAD)];
    let others = FORMATS.iter().copied().filter(|format| format.looks_like(head));
    for format in named.into_iter().chain(others) {
        if let Ok(reading) = Reading::of(format, text, places) {
            return reading;
        }
    }
    Reading::of(PLAIN, text, places).expect("every text is one")
}

/// Whether a text that begins like this is one of lines, some of which may be JSON, whatever else stands in it. Where that is not sure, the
/// whole of it tells.
pub(crate) fn are_lines(path: &[u8], head: &[u8]) -> bool {
    let head = &head[..head.len().min(HEAD)];
    let mut formats = by_path(path).into_iter().chain(FORMATS.iter().copied().filter(|format| format.looks_like(head)));
    let whole = memchr::memrchr(b'\n', head).map_or(0, |at| at + 1);
    formats.next().is_none_or(|first| is_of_lines(first) && first.visit(&head[..whole], &mut drop).is_ok())
}

/// Whether each line of this format is for itself: text, or JSON.
pub(crate) fn is_of_lines(format: &dyn Format) -> bool {
    ["jsonl", PLAIN.name()].contains(&format.name())
}

/// As much of a text as tells what it looks like.
const HEAD: usize = 1 << 16;

/// The format in which a decoded value that is an object or a list of JSON is edited, at its own depth.
pub(crate) static NESTED: &dyn Format = &json::Json;

/// Whether a decoded value is an object or a list of JSON.
pub(crate) fn is_nested(value: &[u8]) -> bool {
    NESTED.looks_like(value) && NESTED.visit(value, &mut drop).is_ok()
}

/// The scalars of a value that [`is_nested`], one after the other.
pub(crate) fn nested_scalars(value: &[u8]) -> impl Iterator<Item = Scalar> {
    json::Scalars::of(value, 0).into_iter().flatten().map_while(Result::ok)
}

/// The format that a file's name speaks of.
pub(crate) fn by_path(path: &[u8]) -> Option<&'static dyn Format> {
    let slash = memchr::memrchr2(b'/', b'\\', path).map_or(0, |at| at + 1);
    let name = path[slash..].to_ascii_lowercase();
    let mut name = name.as_slice();
    loop {
        let found =
            FORMATS.iter().find(|format| format.endings().iter().any(|ending| is_named(name, ending.as_bytes())));
        if let Some(format) = found {
            return Some(*format);
        }
        // `events.jsonl.1`, `config.yaml.bak`, `.env.production`: what it is called before that.
        name = &name[..memchr::memrchr(b'.', name).filter(|&dot| dot > 0)?];
    }
}

/// Whether a name is the ending, or has it behind a dot.
fn is_named(name: &[u8], ending: &[u8]) -> bool {
    name.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with(b"."))
}

/// The text, if it is UTF-8.
fn utf8(text: &[u8]) -> Result<&str, NotThis> {
    std::str::from_utf8(text).map_err(|error| NotThis { offset: error.valid_up_to(), reason: "not UTF-8" })
}

/// Where the line that begins at `at` ends, and where the next one begins.
fn line_end(text: &[u8], at: usize) -> (usize, usize) {
    let Some(len) = memchr::memchr(b'\n', &text[at..]) else { return (text.len(), text.len()) };
    let end = at + len;
    (if text[at..end].ends_with(b"\r") { end - 1 } else { end }, end + 1)
}

/// The first place from `at` on that is no white space.
fn behind_spaces(text: &[u8], at: usize) -> usize {
    at + text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// A part of a text without the spaces around it.
fn trimmed(text: &[u8], range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_ascii_start().len();
    start..start + part.trim_ascii().len()
}
