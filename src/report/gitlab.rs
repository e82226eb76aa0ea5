//! A report for GitLab's secret detection (schema 15.2.1).

use std::io::{self, Write};
use std::time::SystemTime;

use serde::Serialize;

use super::clean::{cut, markdown, visible, write_json};
use super::reporter::Reporter;
use super::words;
use crate::model::{Finding, Fingerprint, Kind, PathText, Severity, Summary};

const HEAD: &str = r#"{"version":"15.2.1","vulnerabilities":["#;

/// So many characters the schema allows.
const NAME: usize = 255;
const SOLUTION: usize = 7_000;

/// All findings; accepted ones carry a flag that says why.
pub(super) struct GitLab<W> {
    out: W,
    empty: bool,
}

impl<W: Write> GitLab<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, empty: true }
    }
}

impl<W: Write + Send> Reporter for GitLab<W> {
    fn begin(&mut self) -> io::Result<()> {
        self.out.write_all(HEAD.as_bytes())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let separator: &[u8] = if self.empty { b"\n" } else { b",\n" };
        self.empty = false;
        self.out.write_all(separator)?;
        write_json(&mut self.out, &Vulnerability::from(finding))
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.out.write_all(b"\n],\"scan\":")?;
        write_json(&mut self.out, &Scan::from(summary))?;
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }
}

#[derive(Serialize)]
struct Vulnerability<'a> {
    id: Fingerprint,
    name: String,
    description: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    solution: String,
    identifiers: Vec<Identifier<'a>>,
    location: Location<'a>,
    /// Masked, like every excerpt.
    raw_source_code_extract: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<Flag>,
}

impl<'a> From<&'a Finding> for Vulnerability<'a> {
    fn from(finding: &'a Finding) -> Self {
        let rule = finding.rule();
        let flags = words::acceptance(finding).into_iter().map(|description| Flag {
            kind: "flagged-as-likely-false-positive",
            origin: "tightlip",
            description: visible(description),
        });
        Self {
            id: finding.fingerprint(),
            name: cut(&visible(&rule.title), NAME),
            description: markdown(words::sentence(finding)),
            severity: severity(rule.severity),
            solution: cut(&visible(&rule.help), SOLUTION),
            identifiers: identifiers(finding),
            location: Location::from(finding),
            raw_source_code_extract: visible(&finding.excerpt().text),
            flags: flags.collect(),
        }
    }
}

/// The first one is what GitLab compares runs by.
fn identifiers(finding: &Finding) -> Vec<Identifier<'_>> {
    let rule = finding.rule();
    let own = Identifier {
        kind: "tightlip_rule_id",
        name: format!("tightlip {}", rule.id),
        value: rule.id.as_str(),
        url: None,
    };
    let is_credential = matches!(rule.kind, Kind::Secret | Kind::KnownValue);
    let weakness = is_credential.then(|| Identifier {
        kind: "cwe",
        name: "CWE-798".into(),
        value: "798",
        url: Some("https://cwe.mitre.org/data/definitions/798.html"),
    });
    [own].into_iter().chain(weakness).collect()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
    }
}

#[derive(Serialize)]
struct Identifier<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'static str>,
}

#[derive(Serialize)]
struct Location<'a> {
    file: &'a PathText,
    start_line: u64,
    end_line: u64,
    commit: Commit<'a>,
}

/// GitLab wants one.
#[derive(Serialize)]
struct Commit<'a> {
    sha: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'a str>,
}

/// How its own analyzer says that there is none.
const NO_COMMIT: Commit<'_> = Commit { sha: "0000000", date: None };

impl<'a> From<&'a Finding> for Location<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            file: finding.origin().path(),
            start_line: finding.start().line,
            end_line: finding.end().line,
            commit: finding
                .origin()
                .of_commit()
                .map_or(NO_COMMIT, |commit| Commit { sha: &commit.id, date: Some(&commit.author_time) }),
        }
    }
}

#[derive(Serialize)]
struct Flag {
    #[serde(rename = "type")]
    kind: &'static str,
    origin: &'static str,
    description: String,
}

#[derive(Serialize)]
struct Scan {
    analyzer: Tool,
    scanner: Tool,
    #[serde(rename = "type")]
    kind: &'static str,
    start_time: String,
    end_time: String,
    status: &'static str,
    messages: Vec<Message>,
}

impl From<&Summary> for Scan {
    fn from(summary: &Summary) -> Self {
        let now = SystemTime::now();
        let skipped = summary.skipped.iter().map(|skipped| Message {
            level: if skipped.reason.is_incomplete() { "warn" } else { "info" },
            value: format!("Skipped {}: {}", visible(&skipped.path), visible(skipped.reason.describe())),
        });
        let unlisted =
            (summary.unlisted > 0).then(|| Message { level: "warn", value: words::unlisted(summary.unlisted) });
        Self {
            analyzer: Tool::default(),
            scanner: Tool::default(),
            kind: "secret_detection",
            start_time: utc(now - summary.duration),
            end_time: utc(now),
            status: if summary.is_complete() { "success" } else { "failure" },
            messages: skipped.chain(unlisted).collect(),
        }
    }
}

/// `2026-11-22T16:46:04`.
fn utc(time: SystemTime) -> String {
    let time = humantime::format_rfc3339_seconds(time).to_string();
    time.trim_end_matches('Z').to_owned()
}

#[derive(Serialize)]
struct Tool {
    id: &'static str,
    name: &'static str,
    url: &'static str,
    version: &'static str,
    vendor: Vendor,
}

#[derive(Serialize)]
struct Vendor {
    name: &'static str,
}

impl Default for Tool {
    fn default() -> Self {
        Self {
            id: "tightlip",
            name: "tightlip",
            url: env!("CARGO_PKG_REPOSITORY"),
            version: env!("CARGO_PKG_VERSION"),
            vendor: Vendor { name: "tightlip" },
        }
    }
}

#[derive(Serialize)]
struct Message {
    level: &'static str,
    value: String,
}
