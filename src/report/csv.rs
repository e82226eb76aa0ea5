//! CSV (RFC 4180) for spreadsheets, safe to open: no field is a formula.

use std::io::{self, Write};

use super::clean::csv_field;
use super::reporter::Reporter;
use super::words;
use crate::model::{Finding, Summary};

/// What a line says. Numbers are lines, columns and bytes as in JSON.
const COLUMNS: [&str; 16] = [
    "record",
    "severity",
    "confidence",
    "rule",
    "title",
    "path",
    "line",
    "column",
    "start",
    "end",
    "evidence",
    "excerpt",
    "fingerprint",
    "note",
    "commit",
    "author_time",
];

/// A line for each finding (`open`, `suppressed`), and one for each thing that was not read (`skipped`).
pub(super) struct Csv<W> {
    out: W,
}

impl<W: Write> Csv<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out }
    }

    fn line(&mut self, fields: [String; COLUMNS.len()]) -> io::Result<()> {
        let fields = fields.map(csv_field);
        write!(self.out, "{}\r\n", fields.join(","))
    }

    /// A line about something that is no finding.
    fn remark(&mut self, record: &str, path: &str, note: &str) -> io::Result<()> {
        self.line(COLUMNS.map(|column| match column {
            "record" => record.to_owned(),
            "path" => path.to_owned(),
            "note" => note.to_owned(),
            _ => String::new(),
        }))
    }
}

impl<W: Write + Send> Reporter for Csv<W> {
    fn begin(&mut self) -> io::Result<()> {
        self.line(COLUMNS.map(str::to_owned))
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let rule = finding.rule();
        let (commit, author_time) =
            finding.origin().of_commit().map_or(("", ""), |commit| (&*commit.id, &*commit.author_time));
        self.line([
            if finding.is_open() { "open" } else { "suppressed" }.to_owned(),
            words::severity(rule.severity).to_owned(),
            words::confidence(finding.confidence()).to_owned(),
            rule.id.to_string(),
            rule.title.clone(),
            finding.origin().full_path().to_string(),
            finding.start().line.to_string(),
            finding.start().column.to_string(),
            finding.span().start.to_string(),
            finding.span().end.to_string(),
            words::evidence(finding),
            finding.excerpt().text.clone(),
            finding.fingerprint().to_string(),
            words::acceptance(finding).unwrap_or_default(),
            commit.to_owned(),
            author_time.to_owned(),
        ])
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        for skipped in &summary.skipped {
            self.remark("skipped", &skipped.path.to_string(), &skipped.reason.describe())?;
        }
        if summary.unlisted > 0 {
            self.remark("unlisted", "", &words::unlisted(summary.unlisted))?;
        }
        self.out.flush()
    }
}
