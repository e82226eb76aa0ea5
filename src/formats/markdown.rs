//! Markdown: front matter in YAML (`---`) or TOML (`+++`), and the page, which is one text.

use std::borrow::Cow;
use std::ops::Range;

use super::format::{Format, NotThis, Role, Scalar, Take};
use super::json::MARK;
use super::line_end;
use super::toml::Toml;
use super::yaml::Yaml;

pub(super) struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["md", "markdown", "mdx", "mdc", "qmd", "rmd"]
    }

    fn looks_like(&self, head: &[u8]) -> bool {
        front(head).is_some_and(|(_, _, page)| head[page..].trim_ascii_start().starts_with(b"#"))
    }

    fn visit(&self, text: &[u8], take: Take<'_>) -> Result<(), NotThis> {
        let mut page = 0;
        // What is handed over cannot be taken back: the matter is read to its end before.
        if let Some((format, matter, behind)) = front(text)
            && format.visit(&text[matter.clone()], &mut drop).is_ok()
        {
            format.visit(&text[matter.clone()], &mut |scalar| take(scalar.shifted(matter.start)))?;
            page = behind;
        }
        if page < text.len() {
            take(Scalar::bare(page..text.len(), Role::Text));
        }
        Ok(())
    }

    fn decode<'t>(&self, text: &'t [u8], at: &Scalar) -> Cow<'t, [u8]> {
        matter_of(text, at).map_or(Cow::Borrowed(at.stored(text)), |format| format.decode(text, at))
    }

    fn encode(&self, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
        matter_of(text, at).map_or_else(|| value.to_vec(), |format| format.encode(text, at, value))
    }
}

/// The format of the front matter, if the scalar stands in it: YAML and TOML have no running text.
fn matter_of(text: &[u8], at: &Scalar) -> Option<&'static dyn Format> {
    let is_toml = text.strip_prefix(MARK).unwrap_or(text).starts_with(b"+");
    let format: &'static dyn Format = if is_toml { &Toml } else { &Yaml };
    (at.role != Role::Text).then_some(format)
}

/// The front matter: its format, where it stands, and where the page begins.
fn front(text: &[u8]) -> Option<(&'static dyn Format, Range<usize>, usize)> {
    let start = if text.starts_with(MARK) { MARK.len() } else { 0 };
    let (end, first) = line_end(text, start);
    let (format, fence): (&'static dyn Format, &[u8]) = match text[start..end].trim_ascii_end() {
        b"---" => (&Yaml, b"---"),
        b"+++" => (&Toml, b"+++"),
        _ => return None,
    };
    let mut at = first;
    while at < text.len() {
        let (end, next) = line_end(text, at);
        if text[at..end].trim_ascii_end() == fence {
            return Some((format, first..at, next));
        }
        at = next;
    }
    None
}
