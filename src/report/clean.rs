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

/// For a terminal or any other place that shows plain text on one line.
pub fn visible(text: impl fmt::Display) -> String {
    let text = without_commands(&text.to_string());
    if text.chars().any(acts) { cells(&text).map(|cell| cell.to_string()).collect() } else { text }
}

/// What stands in the log of a GitHub workflow is read for `##[command]`, wherever on a line it stands. Here is none.
pub(super) fn without_commands(text: &str) -> String {
    text.replace(COMMAND, r"#\u{23}[")
}

const COMMAND: &str = "##[";

/// For the message of a GitHub workflow command.
pub(super) fn command_message(text: impl fmt::Display) -> String {
    // Line breaks would have to be escaped too; `visible` leaves none.
    visible(text).replace('%', "%25")
}

/// For a property of a GitHub workflow command.
pub(super) fn command_property(text: impl fmt::Display) -> String {
    command_message(text).replace(':', "%3A").replace(',', "%2C")
}

/// For HTML and XML, between tags and in quoted attributes.
pub(super) fn markup(text: impl fmt::Display) -> String {
    let mut escaped = String::new();
    for c in visible(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// For Markdown as GitHub and GitLab read it, within a line or a table's cell: no markup, HTML, link, mention, emoji or formula.
pub(super) fn markdown(text: impl fmt::Display) -> String {
    let mut escaped = String::new();
    let text = visible(text);
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let is_active = match c {
            // `https://`, `:smile:`; `www.` alone makes a link, too.
            ':' => !rest.as_str().starts_with(' '),
            '.' => escaped.ends_with(['w', 'W']),
            // Brackets link by what follows. Others are left, so that who scans the report knows the mark for what it is.
            '[' => rest.as_str().starts_with('['),
            ']' => rest.as_str().starts_with('('),
            c => r"\`*_{}<>#!|~@$&^".contains(c),
        };
        if is_active {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A field of CSV (RFC 4180), quoted. A `'` stands where a spreadsheet would take the rest for a formula: at the start and, since
/// many a spreadsheet takes `;` for a comma and then quotes for text, behind each `;`.
pub(super) fn csv_field(text: impl fmt::Display) -> String {
    let text = visible(text);
    let cells = text.split(';').map(|cell| {
        let is_formula = cell.trim_start_matches([' ', '"']).starts_with(FORMULA);
        let guard = if is_formula { "'" } else { "" };
        format!("{guard}{}", cell.replace('"', "\"\""))
    });
    format!("\"{}\"", cells.collect::<Vec<_>>().join(";"))
}

/// What formulas begin with, also in the width that Japanese spreadsheets know. A tab or CR before it is shown as an escape.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// So many characters at most; dots say that there were more.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 3).chain("...".chars()).collect()
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
        for (index, mut rest) in fragment.split(COMMAND).enumerate() {
            if index > 0 {
                out.write_all(br"#\u0023[")?;
            }
            while let Some((at, c)) = rest.char_indices().find(|&(_, c)| acts(c)) {
                out.write_all(&rest.as_bytes()[..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
                rest = &rest[at + c.len_utf8()..];
            }
            out.write_all(rest.as_bytes())?;
        }
        Ok(())
    }
}

/// Whether a character does something other than be seen: controls (C0, DEL, C1), line and paragraph separators,
/// direction marks, what is no character, and all that Unicode calls default-ignorable (zero-width, tags, variation selectors, fillers).
fn acts(c: char) -> bool {
    // Nearly all there is.
    if (' '..='~').contains(&c) {
        return false;
    }
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{FFFE}'..='\u{FFFF}'
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

    /// Each raw text in the escape of every medium.
    #[test]
    fn each_medium_has_its_escape() {
        type Escape = fn(&str) -> String;
        let media: [(Escape, &[(&str, &str)]); 6] = [
            (
                |text| visible(text),
                &[("a##[error]b", r"a#\u{23}[error]b"), ("###[x]", r"##\u{23}[x]"), ("::error::", "::error::")],
            ),
            (|text| command_message(text), &[("100%0A\n::error::x", r"100%250A\n::error::x")]),
            (|text| command_property(text), &[("a,line=1::x%2C", "a%2Cline=1%3A%3Ax%252C")]),
            (
                |text| markup(text),
                &[
                    (
                        "</script><b a='1' c=\"2\">&amp;",
                        "&lt;/script&gt;&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;",
                    ),
                    ("]]>\u{ffff}\0", r"]]&gt;\u{ffff}\u{0}"),
                ],
            ),
            (
                |text| markdown(text),
                &[
                    (r"a|b\|`c`", r"a\|b\\\|\`c\`"),
                    ("<b>![x](https://e.org) www.e.org", r"\<b\>\![x\](https\://e.org) www\.e.org"),
                    ("[rule] [[wiki]] [a][b]", r"[rule] \[[wiki]] [a][b]"),
                    ("@all: #1 :x: &lt; $x$", r"\@all: \#1 \:x: \&lt; \$x\$"),
                ],
            ),
            (
                |text| csv_field(text),
                &[
                    ("a,b;c", r#""a,b;c""#),
                    (r#"say "x""#, r#""say ""x""""#),
                    ("=1", r#""'=1""#),
                    ("+1", r#""'+1""#),
                    ("- a: b", r#""'- a: b""#),
                    ("@a", r#""'@a""#),
                    ("\t=1", r#""\t=1""#),
                    ("\r=1", r#""\r=1""#),
                    (" ＝1", r#""' ＝1""#),
                    (r#"a;"=1;b"#, r#""a;'""=1;b""#),
                ],
            ),
        ];
        for (escape, cases) in media {
            for (raw, escaped) in cases {
                assert_eq!(escape(raw), *escaped);
            }
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(["äöü", "äöüß", "äöüßx"].map(|text| cut(text, 4)), ["äöü", "äöüß", "ä..."]);
    }

    #[test]
    fn json_is_harmless_and_parses_to_the_same() {
        let raw: String = (0..0x2100)
            .chain(0xFE00..0xFF00)
            .chain(0xE_0000..0xE_0080)
            .filter_map(char::from_u32)
            .chain("##[a]###[".chars())
            .collect();
        let mut written = Vec::new();
        write_json(&mut written, &raw).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert!(!written.chars().any(acts) && !written.contains(COMMAND));
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
