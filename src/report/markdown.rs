//! A summary in Markdown, as GitHub shows for a step and GitLab in a comment.

use std::io::{self, Write};

use super::clean::markdown;
use super::closing;
use super::reporter::Reporter;
use super::shortlist::Shortlist;
use super::words::{self, count};
use crate::model::{Finding, Skipped, Summary};

/// Rows of a table. A summary is read by people, and GitHub refuses one of more than a megabyte.
const SHOWN: usize = 200;

/// Open findings, the gravest first; nothing is written before the end.
pub(super) struct Markdown<W> {
    out: W,
    findings: Shortlist,
}

impl<W: Write> Markdown<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, findings: Shortlist::new(SHOWN) }
    }

    fn findings(&mut self) -> io::Result<()> {
        if self.findings.by_rank().next().is_none() {
            return Ok(());
        }
        write!(self.out, "\n| severity | rule | place | masked line |\n|---|---|---|---|\n")?;
        for finding in self.findings.by_rank() {
            let commit = finding.origin().of_commit().map(|commit| format!("<br>{}", markdown(words::commit(commit))));
            writeln!(
                self.out,
                "| {} | {}<br>{} | {}\\:{}{} | <code>{}</code> |",
                words::severity(finding.rule().severity),
                markdown(&finding.rule().id),
                markdown(words::evidence(finding)),
                markdown(finding.origin().full_path()),
                finding.start().line,
                commit.unwrap_or_default(),
                markdown(&finding.excerpt().text),
            )?;
        }
        self.more(self.findings.left_out(), "open finding")
    }

    fn skipped(&mut self, skipped: &[Skipped]) -> io::Result<()> {
        if skipped.is_empty() {
            return Ok(());
        }
        write!(self.out, "\n| not read | why |\n|---|---|\n")?;
        for Skipped { path, reason } in skipped.iter().take(SHOWN) {
            writeln!(self.out, "| {} | {} |", markdown(path), markdown(reason.describe()))?;
        }
        self.more(skipped.len().saturating_sub(SHOWN) as u64, "file")
    }

    fn more(&mut self, number: u64, noun: &str) -> io::Result<()> {
        if number == 0 { Ok(()) } else { writeln!(self.out, "\nand {}", count(number, &format!("more {noun}"))) }
    }
}

impl<W: Write + Send> Reporter for Markdown<W> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        if finding.is_open() {
            self.findings.add(finding);
        }
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        writeln!(self.out, "### tightlip\n\n{}", closing::in_a_line(summary))?;
        self.findings()?;
        self.skipped(&summary.skipped)?;
        self.out.flush()
    }
}
