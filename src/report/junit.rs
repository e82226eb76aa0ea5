//! `JUnit` XML, which most build servers show as test results: each finding is a failed test.

use std::io::{self, Write};

use super::clean::markup;
use super::closing;
use super::reporter::Reporter;
use super::shortlist::Shortlist;
use super::words;
use crate::model::{Finding, Skipped, Summary};

/// More tests than this no server shows.
const SHOWN: usize = 10_000;

/// One suite. Its counts stand before its tests, so nothing is written before the end.
pub(super) struct JUnit<W> {
    out: W,
    findings: Shortlist,
}

impl<W: Write> JUnit<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, findings: Shortlist::new(SHOWN) }
    }

    fn test(&mut self, finding: &Finding) -> io::Result<()> {
        let (rule, start) = (finding.rule(), finding.start());
        let path = markup(finding.origin().full_path());
        writeln!(
            self.out,
            r#"<testcase classname="{path}" name="{} {}:{}" file="{path}" line="{}">"#,
            markup(&rule.id),
            start.line,
            start.column,
            start.line,
        )?;
        writeln!(self.out, "{}</testcase>", outcome(finding))
    }

    /// What was passed over on purpose is a skipped test, what could not be read an error.
    fn skipped(&mut self, skipped: &Skipped) -> io::Result<()> {
        let (path, reason) = (markup(&skipped.path), markup(skipped.reason.describe()));
        let outcome = if skipped.reason.is_incomplete() { "error" } else { "skipped" };
        writeln!(
            self.out,
            r#"<testcase classname="{path}" name="can be read" file="{path}"><{outcome} message="{reason}"/></testcase>"#
        )
    }
}

impl<W: Write + Send> Reporter for JUnit<W> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.findings.add(finding);
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        let findings = std::mem::replace(&mut self.findings, Shortlist::new(0));
        let (listed, left_out) = (findings.in_order(), summary.unlisted + findings.left_out());
        let open = listed.iter().filter(|finding| finding.is_open()).count();
        let unread = summary.skipped.iter().filter(|skipped| skipped.reason.is_incomplete()).count();
        let failures = open + usize::from(left_out > 0);
        writeln!(self.out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(
            self.out,
            r#"<testsuites><testsuite name="tightlip" tests="{}" failures="{failures}" errors="{unread}" skipped="{}" time="{:.3}">"#,
            1 + listed.len() + summary.skipped.len() + usize::from(left_out > 0),
            listed.len() - open + summary.skipped.len() - unread,
            summary.duration.as_secs_f64(),
        )?;
        // Some servers take a suite without tests for a mistake.
        writeln!(self.out, r#"<testcase classname="tightlip" name="the scan ends"/>"#)?;
        listed.into_iter().try_for_each(|finding| self.test(finding))?;
        if left_out > 0 {
            let message = words::unlisted(left_out);
            writeln!(
                self.out,
                r#"<testcase classname="tightlip" name="all findings are listed"><failure message="{message}"/></testcase>"#
            )?;
        }
        summary.skipped.iter().try_for_each(|skipped| self.skipped(skipped))?;
        writeln!(self.out, "<system-out>{}</system-out>", markup(closing::in_a_line(summary)))?;
        writeln!(self.out, "</testsuite></testsuites>")?;
        self.out.flush()
    }
}

/// An open finding is a failed test, an accepted one is a skipped test.
fn outcome(finding: &Finding) -> String {
    if let Some(acceptance) = words::acceptance(finding) {
        return format!(r#"<skipped message="{}"/>"#, markup(acceptance));
    }
    let rule = finding.rule();
    let (severity, message) = (words::severity(rule.severity), markup(words::sentence(finding)));
    let (excerpt, help) = (markup(&finding.excerpt().text), markup(&rule.help));
    let fix = if help.is_empty() { "" } else { "\nFix: " };
    format!(r#"<failure type="{severity}" message="{message}">{excerpt}{fix}{help}</failure>"#)
}
