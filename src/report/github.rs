//! The log of a GitHub workflow: all findings, grouped by file, then annotations for the gravest.
//!
//! GitHub shows ten annotations of each level and step; what is beyond that it drops in silence.

use std::io::{self, Write};

use super::clean::{command_message, command_property, visible};
use super::closing;
use super::reporter::Reporter;
use super::shortlist::Shortlist;
use super::words::{self, count};
use crate::model::{Finding, PathText, Severity, Skipped, Summary};

/// Annotations that GitHub shows of one level.
const SHOWN: usize = 10;

/// Open findings only, as in the text for people.
pub(super) struct GitHub<W> {
    out: W,
    file: Option<PathText>,
    levels: [Level; 3],
}

/// One level of annotations.
struct Level {
    command: &'static str,
    severities: &'static [Severity],
    findings: Shortlist,
}

impl Level {
    fn new(command: &'static str, severities: &'static [Severity]) -> Self {
        Self { command, severities, findings: Shortlist::new(SHOWN) }
    }
}

impl<W: Write> GitHub<W> {
    pub(super) fn new(out: W) -> Self {
        let levels = [
            Level::new("error", &[Severity::Critical, Severity::High]),
            Level::new("warning", &[Severity::Medium]),
            Level::new("notice", &[Severity::Low]),
        ];
        Self { out, file: None, levels }
    }

    fn close_group(&mut self) -> io::Result<()> {
        if self.file.take().is_some() { writeln!(self.out, "::endgroup::") } else { Ok(()) }
    }

    /// What was not read: as warnings, as far as the findings leave room for some.
    fn skipped(&mut self, skipped: &[Skipped]) -> io::Result<()> {
        let mut room = SHOWN - self.levels[1].findings.by_rank().count();
        for Skipped { path, reason } in skipped {
            if reason.is_incomplete() && room > 0 {
                room -= 1;
                let (file, reason) = (command_property(path), command_message(reason.describe()));
                writeln!(self.out, "::warning file={file},title=tightlip could not read this::{reason}")?;
            } else {
                writeln!(self.out, "skipped {}: {}", visible(path), visible(reason.describe()))?;
            }
        }
        Ok(())
    }
}

impl<W: Write + Send> Reporter for GitHub<W> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        if !finding.is_open() {
            return Ok(());
        }
        let (rule, path, start) = (finding.rule(), finding.origin().full_path(), finding.start());
        for level in &mut self.levels {
            if level.severities.contains(&rule.severity) {
                level.findings.add(finding);
            }
        }
        if self.file.as_ref() != Some(&*path) {
            self.close_group()?;
            writeln!(self.out, "::group::{}", command_message(&path))?;
            self.file = Some(path.into_owned());
        }
        let severity = words::severity(rule.severity);
        let (id, sentence) = (visible(&rule.id), visible(words::sentence(finding)));
        writeln!(self.out, "{}:{} {severity} {id} {sentence}", start.line, start.column)?;
        // Behind its bar, no excerpt begins a line: a command would.
        writeln!(self.out, "  | {}", visible(&finding.excerpt().text))
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.close_group()?;
        for level in &self.levels {
            for finding in level.findings.by_rank() {
                writeln!(self.out, "::{} {}", level.command, annotation(finding))?;
            }
        }
        self.skipped(&summary.skipped)?;
        for level in self.levels.iter().filter(|level| level.findings.left_out() > 0) {
            let more = count(level.findings.left_out(), &format!("more {}", level.command));
            writeln!(self.out, "{more} listed above, beyond the {SHOWN} that GitHub shows as annotations")?;
        }
        if summary.unlisted > 0 {
            writeln!(self.out, "{}", words::unlisted(summary.unlisted))?;
        }
        writeln!(self.out, "{}", closing::in_a_line(summary))?;
        self.out.flush()
    }
}

/// `file=…,line=…,title=…::…`. Columns are only understood within one line.
fn annotation(finding: &Finding) -> String {
    let (rule, start, end) = (finding.rule(), finding.start(), finding.end());
    let columns =
        if start.line == end.line { format!(",col={},endColumn={}", start.column, end.column) } else { String::new() };
    let help = if rule.help.is_empty() { String::new() } else { format!(" Fix: {}", rule.help) };
    format!(
        "file={},line={},endLine={}{columns},title={}::{}{}",
        command_property(finding.origin().path()),
        start.line,
        end.line,
        command_property(&rule.id),
        command_message(words::sentence(finding)),
        command_message(help),
    )
}
