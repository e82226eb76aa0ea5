//! One escape per medium: text from files, names and systems must not act where it is shown.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;
use unicode_width::UnicodeWidthChar as _;

/// One character as a terminal shows it: itself, or an escape where it would act, hide or turn the text around.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Plain(char),
    Escaped(std::char::EscapeDefault),
}

impl Cell {
    fn new(c: char) -> Self {
        if acts(c) { Self::Escaped(c.escape_default()) } else { Self::Plain(c) }
    }

    /// Columns it takes on a terminal; 0 for a combining mark.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Plain(c) => c.width().unwrap_or(0),
            Self::Escaped(escape) => escape.len(),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(c) => fmt::Write::write_char(f, *c),
            Self::Escaped(escape) => escape.fmt(f),
        }
    }
}

/// For a terminal, cell by cell.
pub(super) fn cells(text: &str) -> impl DoubleEndedIterator<Item = Cell> {
    text.chars().map(Cell::new)
}

/// For a terminal or any other place that shows plain text.
pub fn visible(text: impl fmt::Display) -> String {
    let text = text.to_string();
    if text.chars().any(acts) { cells(&text).map(|cell| cell.to_string()).collect() } else { text }
}

/// For a plain-text message of SARIF (§3.11.5, §3.11.6): no placeholder, no embedded link.
pub(super) fn sarif_message(text: &str) -> String {
    let text = visible(text).replace('{', "{{").replace('}', "}}");
    // Brackets and backslashes mean something only where a link could be read; elsewhere an escape would be shown.
    if text.contains("](") { text.replace('\\', r"\\").replace('[', r"\[").replace(']', r"\]") } else { text }
}

/// Writes a value as JSON on one line, with everything that could act on a terminal as `\uXXXX`; it parses to the same.
pub(super) fn write_json(out: &mut (impl Write + ?Sized), value: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Harmless);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|&(_, c)| acts(c)) {
            out.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}

/// Whether a character does something other than be seen: controls (C0, DEL, C1), line and paragraph separators,
/// direction marks, and all that Unicode calls default-ignorable (zero-width, tags, variation selectors, fillers).
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown() {
        for (raw, shown) in [
            ("plain, ünïcödé, 漢字, cafe\u{301}", "plain, ünïcödé, 漢字, cafe\u{301}"),
            ("a\tb\r\nc", r"a\tb\r\nc"),
            ("\u{1b}[31m", r"\u{1b}[31m"),
            ("\u{9b}2J\u{7f}\0", r"\u{9b}2J\u{7f}\u{0}"),
            ("gpj.\u{202e}exe\u{2066}\u{200f}", r"gpj.\u{202e}exe\u{2066}\u{200f}"),
            ("a\u{200b}\u{200d}\u{feff}b", r"a\u{200b}\u{200d}\u{feff}b"),
            ("\u{e0041}\u{fe01}\u{2028}", r"\u{e0041}\u{fe01}\u{2028}"),
        ] {
            assert_eq!(visible(raw), shown);
            assert_eq!(
                cells(raw).map(|cell| cell.width()).sum::<usize>(),
                unicode_width::UnicodeWidthStr::width(shown),
                "{shown}"
            );
        }
    }

    #[test]
    fn json_is_harmless_and_parses_to_the_same() {
        let raw: String =
            (0..0x2100).chain(0xFE00..0xFF00).chain(0xE_0000..0xE_0080).filter_map(char::from_u32).collect();
        let mut written = Vec::new();
        write_json(&mut written, &raw).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert!(!written.chars().any(acts));
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), raw);
    }

    #[test]
    fn sarif_messages_have_no_placeholder_and_no_link() {
        for (raw, escaped) in [
            ("AWS key [a-z]", "AWS key [a-z]"),
            ("{0} of ${HOME}", "{{0}} of ${{HOME}}"),
            ("[here](file:///etc)", r"\[here\](file:///etc)"),
            (r"[here\](3)", r"\[here\\\](3)"),
        ] {
            assert_eq!(sarif_message(raw), escaped);
        }
    }
}
