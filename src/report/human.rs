//! Text for people: findings under their file, each with its masked line and a caret line under the secret's place.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::clean::{Cell, cells, visible, without_commands};
use super::palette::{Ink, Palette};
use super::reporter::{Reporter, Style};
use super::words;
use crate::model::{Excerpt, Finding, Origin, Place, RuleId, Summary, Tie};

/// What stands before an excerpt, and its width.
const GUTTER: &str = "    | ";
/// What stands before a note.
const NOTE: &str = "    = ";
/// So many findings of a file are told apart; those beyond are shown in full.
const REMEMBERED: usize = 1_000;
/// Terminals narrower than this get lines of this width all the same: less would show nothing.
const NARROWEST: usize = 40;

/// Open findings only: who accepted one does not want to read it again; the summary counts it.
pub(super) struct Human<W> {
    out: W,
    palette: Palette,
    width: usize,
    file: Option<Origin>,
    /// Rules whose help has been given for this file.
    helped: Vec<RuleId>,
    /// Where this file's values were first reported.
    values: BTreeMap<(RuleId, Tie), Place>,
    /// Where this file's findings were first shown, by rule, evidence and masked line.
    shown: BTreeMap<(RuleId, String, String), Place>,
}

impl<W: Write> Human<W> {
    pub(super) fn new(out: W, style: Style) -> Self {
        let palette = Palette { color: style.color };
        let width = style.width.max(NARROWEST);
        Self { out, palette, width, file: None, helped: Vec::new(), values: BTreeMap::new(), shown: BTreeMap::new() }
    }

    /// Starts a new group where the file changes.
    fn header(&mut self, origin: &Origin) -> io::Result<()> {
        if self.file.as_ref() == Some(origin) {
            return Ok(());
        }
        if self.file.replace(origin.clone()).is_some() {
            writeln!(self.out)?;
        }
        self.helped.clear();
        self.values.clear();
        self.shown.clear();
        // A line of a GitHub log that begins like this would be a command.
        let path = visible(origin.full_path());
        let here = if path.trim_start().starts_with("::") { "./" } else { "" };
        write!(self.out, "{}", self.palette.paint(Ink::Path, format_args!("{here}{path}")))?;
        match origin.of_commit() {
            Some(commit) => writeln!(self.out, "  {}", self.palette.paint(Ink::Faint, words::commit(commit))),
            None => writeln!(self.out),
        }
    }

    /// In which way another finding has said all there is to say: of the same value, or looking the same to the last letter.
    fn twin(&mut self, finding: &Finding) -> Option<String> {
        let (rule, line, place) = (&finding.rule().id, &finding.excerpt().text, finding.start());
        let value = (rule.clone(), finding.tie());
        let looks = (rule.clone(), words::evidence(finding), line.clone());
        let same_value = self.values.get(&value).map(|first| ("the same value as", *first));
        let same_looks = self.shown.get(&looks).filter(|_| !line.is_empty());
        let twin = same_value.or_else(|| Some(("another value, the same masked line as", *same_looks?)));
        if same_value.is_none() && self.values.len() < REMEMBERED {
            self.values.insert(value, place);
        }
        if twin.is_none() && self.shown.len() < REMEMBERED {
            self.shown.insert(looks, place);
        }
        twin.map(|(what, Place { line, column })| format!("{what} {line}:{column}"))
    }

    /// `  12:88   critical  github-pat-classic  GitHub personal access token (classic)`
    fn headline(&mut self, finding: &Finding, title: &str) -> io::Result<()> {
        let rule = finding.rule();
        let place = format!("{:<8}", format!("{}:{}", finding.start().line, finding.start().column));
        let severity = format!("{:<8}", words::severity(rule.severity));
        writeln!(
            self.out,
            "  {} {}  {}  {}",
            self.palette.paint(Ink::Place, place),
            self.palette.paint(Ink::Severity(rule.severity), severity),
            self.palette.paint(Ink::Strong, visible(&rule.id)),
            visible(title),
        )
    }

    /// The masked line and the carets, with why to believe it behind them.
    fn excerpt(&mut self, finding: &Finding) -> io::Result<()> {
        let belief = words::belief(finding);
        if finding.excerpt().text.is_empty() {
            return self.note("", belief);
        }
        let ink = Ink::Severity(finding.rule().severity);
        let gutter = self.palette.paint(Ink::Faint, GUTTER);
        let window = Window::new(finding.excerpt(), self.width - GUTTER.len());
        let mark = self.palette.paint(ink, &window.mark);
        writeln!(self.out, "{gutter}{}{mark}{}", window.before, window.after)?;
        if window.mark.is_empty() {
            return self.note("", belief);
        }

        let (indent, length) = (window.before.width(), window.mark.width());
        let carets = self.palette.paint(ink, "^".repeat(length));
        write!(self.out, "{gutter}{:indent$}{carets}", "")?;
        if GUTTER.len() + indent + length + 1 + belief.len() <= self.width {
            writeln!(self.out, " {}", self.palette.paint(ink, belief))
        } else {
            writeln!(self.out)?;
            self.note("", belief)
        }
    }

    /// What else there is to say.
    fn notes(&mut self, finding: &Finding) -> io::Result<()> {
        if let Some(wrapping) = words::wrapping(finding.encoding()) {
            self.note("", &wrapping)?;
        }
        if let Some(detail) = finding.detail() {
            self.note("", detail)?;
        }
        if finding.end().line > finding.start().line {
            self.note("", &format!("up to line {}", finding.end().line))?;
        }
        let rule = finding.rule();
        if !rule.help.is_empty() && !self.helped.contains(&rule.id) {
            self.helped.push(rule.id.clone());
            self.note("fix: ", &rule.help)?;
        }
        Ok(())
    }

    /// A note, broken between words to fit the terminal.
    fn note(&mut self, label: &str, text: &str) -> io::Result<()> {
        write!(self.out, "{}{}", self.palette.paint(Ink::Faint, NOTE), self.palette.paint(Ink::Strong, label))?;
        let indent = NOTE.len() + label.len();
        let mut column = indent;
        for word in visible(text).split(' ').filter(|word| !word.is_empty()) {
            let width = word.width();
            if column > indent && column + 1 + width > self.width {
                write!(self.out, "\n{:indent$}", "")?;
                column = indent;
            } else if column > indent {
                write!(self.out, " ")?;
                column += 1;
            }
            write!(self.out, "{word}")?;
            column += width;
        }
        writeln!(self.out)
    }
}

impl<W: Write + Send> Reporter for Human<W> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        if !finding.is_open() {
            return Ok(());
        }
        self.header(finding.origin())?;
        if let Some(twin) = self.twin(finding) {
            return self.headline(finding, &twin);
        }
        self.headline(finding, &finding.rule().title)?;
        self.excerpt(finding)?;
        self.notes(finding)
    }

    fn end(&mut self, _: &Summary) -> io::Result<()> {
        if self.file.is_some() {
            writeln!(self.out)?;
        }
        self.out.flush()
    }
}

/// As much of an excerpt around its mark as fits one line.
struct Window {
    before: String,
    mark: String,
    after: String,
}

impl Window {
    fn new(excerpt: &Excerpt, room: usize) -> Self {
        let text = excerpt.text.as_str();
        let mark = excerpt.mark.clone();
        let (before, mark, after) = match (text.get(..mark.start), text.get(mark.clone()), text.get(mark.end..)) {
            (Some(before), Some(mark), Some(after)) => (before.trim_start(), mark, after.trim_end()),
            _ => (text, "", ""),
        };
        let (before, mut mark, after) = (spread(before), spread(mark), spread(after));
        keep_start(&mut mark, room);
        // Each side gets half of what is left, and what the other does not need.
        let free = room - cost(&mark);
        let left = free.saturating_sub(cost(&after)).max(free / 2).min(cost(&before));
        let (mut head, mut tail) = (before, after);
        keep_end(&mut head, left);
        keep_start(&mut tail, free - left);
        let join = |cells: &[Cell]| cells.iter().map(ToString::to_string).collect();
        Self { before: join(&head), mark: join(&mark), after: join(&tail) }
    }
}

/// The cells of a text, its tabs widened.
fn spread(text: &str) -> Vec<Cell> {
    cells(&without_commands(text).replace('\t', "    ")).collect()
}

/// Columns that cells take at most. A combining mark counts too, or endless ones would make a line endless.
fn cost(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.width().max(1)).sum()
}

/// Cuts cells at their end to fit `room`, and says so with dots.
fn keep_start(cells: &mut Vec<Cell>, room: usize) {
    if cost(cells) > room {
        cells.truncate(fitting(cells.iter(), room));
        cells.extend(dots(room));
    }
}

/// Cuts cells at their start to fit `room`, and says so with dots.
fn keep_end(cells: &mut Vec<Cell>, room: usize) {
    if cost(cells) > room {
        let kept = fitting(cells.iter().rev(), room);
        cells.splice(..cells.len() - kept, dots(room));
    }
}

/// How many cells fit beside the dots.
fn fitting<'a>(cells: impl Iterator<Item = &'a Cell>, room: usize) -> usize {
    let room = room.saturating_sub(3);
    cells
        .scan(0, |used, cell| {
            *used += cell.width().max(1);
            (*used <= room).then_some(())
        })
        .count()
}

fn dots(room: usize) -> impl Iterator<Item = Cell> {
    std::iter::repeat_n(Cell::Plain('.'), room.min(3))
}

/// For tests and debuggers: what is cut, not what is shown.
impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}«{}»{}", self.before, self.mark, self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_cut_around_its_mark() {
        let long = "x".repeat(10_000);
        for (before, mark, after, room, shown) in [
            ("key = ", "[rule]", ";", 40, "key = «[rule]»;"),
            ("\t  key\t= ", "[rule]", " \r\n", 40, "key    = «[rule]»"),
            (&long, "[rule]", "", 16, "...xxxxxxx«[rule]»"),
            ("", "[rule]", &long, 16, "«[rule]»xxxxxxx..."),
            (&long, "[rule]", &long, 16, "...xx«[rule]»xx..."),
            ("ab", "[rule]", &long, 16, "ab«[rule]»xxxxx..."),
            (&long, "[rule]", "ab", 16, "...xxxxx«[rule]»ab"),
            ("漢字漢字", "[rule]", "", 12, "...字«[rule]»"),
            ("a\u{202e}b", "[rule]", "", 15, "...b«[rule]»"),
            ("ab", "[rule]", "cd", 6, "«[rule]»"),
            ("abc", "[rule]", "def", 8, ".«[rule]»."),
            ("ab", &long, "cd", 8, "«xxxxx...»"),
        ] {
            let text = format!("{before}{mark}{after}");
            let excerpt = Excerpt { text, mark: before.len()..before.len() + mark.len() };
            let window = Window::new(&excerpt, room);
            assert_eq!(format!("{window:?}"), shown);
            assert!(window.before.width() + window.mark.width() + window.after.width() <= room, "{shown}");
        }
    }

    #[test]
    fn a_mark_that_does_not_fit_its_text_is_no_mark() {
        for mark in [2..3, 1..9, 9..12] {
            let window = Window::new(&Excerpt { text: "aéz".into(), mark }, 40);
            assert_eq!(format!("{window:?}"), "aéz«»");
        }
    }
}
