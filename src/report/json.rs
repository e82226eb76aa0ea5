//! JSON for machines: one object for the whole run, or one object a line.

use std::io::{self, Write};

use serde::Serialize;

use super::clean::write_json;
use super::reporter::Reporter;
use crate::model::{
    Confidence, Encoding, Finding, Fingerprint, Giver, Kind, Lapse, OriginKind, PathText, Proof, RuleId, Severity,
    Skipped, Status, Summary, Walls,
};

/// One object: `{"findings":[…],"summary":{…}}`, each finding on a line of its own.
pub(super) struct Json<W> {
    out: W,
    empty: bool,
}

impl<W: Write> Json<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, empty: true }
    }
}

impl<W: Write + Send> Reporter for Json<W> {
    fn begin(&mut self) -> io::Result<()> {
        self.out.write_all(b"{\"findings\":[")
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let separator: &[u8] = if self.empty { b"\n" } else { b",\n" };
        self.empty = false;
        self.out.write_all(separator)?;
        write_json(&mut self.out, &FindingRecord::from(finding))
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.out.write_all(b"\n],\"summary\":")?;
        write_json(&mut self.out, &SummaryRecord::from(summary))?;
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }
}

/// One object a line: the findings, then `{"summary":{…}}`.
pub(super) struct JsonLines<W> {
    out: W,
}

impl<W: Write> JsonLines<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out }
    }
}

impl<W: Write + Send> Reporter for JsonLines<W> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        write_json(&mut self.out, &FindingRecord::from(finding))?;
        self.out.write_all(b"\n")
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        write_json(&mut self.out, &LastLine { summary: summary.into() })?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

#[derive(Serialize)]
struct FindingRecord<'a> {
    rule: &'a RuleId,
    title: &'a str,
    kind: Kind,
    severity: Severity,
    confidence: Confidence,
    path: &'a PathText,
    line: u64,
    column: u64,
    end_line: u64,
    end_column: u64,
    start: u64,
    end: u64,
    origin: &'a OriginKind,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    encoding: &'a [Encoding],
    proof: Proof,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    fingerprint: Fingerprint,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_fingerprint: Option<Fingerprint>,
    excerpt: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed_by: Option<&'a Giver>,
}

impl<'a> From<&'a Finding> for FindingRecord<'a> {
    fn from(finding: &'a Finding) -> Self {
        let rule = finding.rule();
        let (status, suppressed_by) = match finding.status() {
            Status::Open => ("open", None),
            Status::Suppressed(giver) => ("suppressed", Some(giver)),
        };
        Self {
            rule: &rule.id,
            title: &rule.title,
            kind: rule.kind,
            severity: rule.severity,
            confidence: finding.confidence(),
            path: finding.origin().path(),
            line: finding.start().line,
            column: finding.start().column,
            end_line: finding.end().line,
            end_column: finding.end().column,
            start: finding.span().start,
            end: finding.span().end,
            origin: finding.origin().kind(),
            encoding: finding.encoding(),
            proof: finding.proof(),
            detail: finding.detail(),
            fingerprint: finding.fingerprint(),
            value_fingerprint: finding.value_fingerprint(),
            excerpt: &finding.excerpt().text,
            status,
            suppressed_by,
        }
    }
}

#[derive(Serialize)]
struct LastLine<'a> {
    summary: SummaryRecord<'a>,
}

#[derive(Serialize)]
struct SummaryRecord<'a> {
    complete: bool,
    exit_code: u8,
    files: u64,
    bytes: u64,
    open: BySeverity,
    suppressed: u64,
    unlisted: u64,
    skipped: &'a [Skipped],
    #[serde(skip_serializing_if = "Walls::is_none")]
    walls: &'a Walls,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    lapses: &'a [Lapse],
    version: &'static str,
    ruleset: &'a str,
    duration_ms: u128,
}

#[derive(Serialize)]
struct BySeverity {
    critical: u64,
    high: u64,
    medium: u64,
    low: u64,
}

impl<'a> From<&'a Summary> for SummaryRecord<'a> {
    fn from(summary: &'a Summary) -> Self {
        Self {
            complete: summary.is_complete(),
            exit_code: summary.exit_code(),
            files: summary.files,
            bytes: summary.bytes,
            open: BySeverity {
                critical: summary.open_of(Severity::Critical),
                high: summary.open_of(Severity::High),
                medium: summary.open_of(Severity::Medium),
                low: summary.open_of(Severity::Low),
            },
            suppressed: summary.suppressed,
            unlisted: summary.unlisted,
            skipped: &summary.skipped,
            walls: &summary.walls,
            lapses: &summary.lapses,
            version: env!("CARGO_PKG_VERSION"),
            ruleset: &summary.ruleset,
            duration_ms: summary.duration.as_millis(),
        }
    }
}
