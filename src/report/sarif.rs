//! SARIF 2.1.0 (OASIS) for code scanning, within the limits that GitHub sets: one run, so many results, texts so long.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::clean::{cut, sarif_message, write_json};
use super::reporter::Reporter;
use super::shortlist::Shortlist;
use super::words;
use crate::model::{
    Commit, Confidence, Encoding, Finding, Fingerprint, Giver, Kind, PathText, Proof, RuleId, RuleInfo, Severity,
    Skipped, Status, Summary,
};

const HEAD: &str = concat!(
    r#"{"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json","#,
    r#""version":"2.1.0","runs":[{"columnKind":"unicodeCodePoints","results":["#
);

/// A log with more results is refused by GitHub, which keeps the 5,000 gravest of them.
const RESULTS: usize = 25_000;

/// Characters of a message or description.
const TEXT: usize = 1_000;

/// One log with one run. Which results are the gravest is known at the end, and nothing of them is written before.
pub(super) struct Sarif<W> {
    out: W,
    findings: Shortlist,
    /// The rules that have been found by, in the order of their first finding.
    rules: Vec<RuleInfo>,
    index: HashMap<RuleId, usize>,
}

impl<W: Write> Sarif<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, findings: Shortlist::new(RESULTS), rules: Vec::new(), index: HashMap::new() }
    }

    fn index_of(&mut self, rule: &RuleInfo) -> usize {
        if let Some(&index) = self.index.get(&rule.id) {
            return index;
        }
        self.rules.push(rule.clone());
        self.index.insert(rule.id.clone(), self.rules.len() - 1);
        self.rules.len() - 1
    }
}

impl<W: Write + Send> Reporter for Sarif<W> {
    fn begin(&mut self) -> io::Result<()> {
        self.out.write_all(HEAD.as_bytes())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.findings.add(finding);
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        let findings = std::mem::replace(&mut self.findings, Shortlist::new(0));
        for (number, finding) in findings.in_order().into_iter().enumerate() {
            let separator: &[u8] = if number == 0 { b"\n" } else { b",\n" };
            let rule_index = self.index_of(finding.rule());
            self.out.write_all(separator)?;
            write_json(&mut self.out, &ResultRecord::new(finding, rule_index))?;
        }
        self.out.write_all(b"\n],\"tool\":")?;
        write_json(&mut self.out, &Tool::new(&self.rules, summary))?;
        self.out.write_all(b",\"invocations\":")?;
        write_json(&mut self.out, &[Invocation::new(summary, findings.left_out())])?;
        self.out.write_all(b"}]}\n")?;
        self.out.flush()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultRecord<'a> {
    rule_id: &'a RuleId,
    rule_index: usize,
    level: &'static str,
    rank: f32,
    message: Message,
    locations: [Location<'a>; 1],
    partial_fingerprints: PartialFingerprints,
    // Empty says "open"; absent would say "not known" (§3.27.23).
    suppressions: Vec<Suppression<'a>>,
    properties: ResultProperties<'a>,
}

#[derive(Serialize)]
struct PartialFingerprints {
    #[serde(rename = "tightlip/v1")]
    site: Fingerprint,
    /// What GitHub tells alerts apart by. Where it is missing, the upload makes one of the line itself, secret and all.
    #[serde(rename = "primaryLocationLineHash")]
    line: String,
}

#[derive(Serialize)]
struct ResultProperties<'a> {
    severity: Severity,
    confidence: Confidence,
    proof: Proof,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    encoding: &'a [Encoding],
    #[serde(flatten)]
    commit: Option<&'a Commit>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    members: &'a [PathText],
}

impl<'a> ResultRecord<'a> {
    fn new(finding: &'a Finding, rule_index: usize) -> Self {
        let rule = finding.rule();
        Self {
            rule_id: &rule.id,
            rule_index,
            level: level(rule.severity),
            rank: rank(finding.confidence()),
            message: Message::new(&words::sentence(finding)),
            locations: [Location::of_finding(finding)],
            partial_fingerprints: PartialFingerprints {
                site: finding.fingerprint(),
                line: format!("{}:1", finding.fingerprint()),
            },
            suppressions: match finding.status() {
                Status::Open => Vec::new(),
                Status::Suppressed(giver) => vec![Suppression::from(giver)],
            },
            properties: ResultProperties {
                severity: rule.severity,
                confidence: finding.confidence(),
                proof: finding.proof(),
                encoding: finding.encoding(),
                commit: finding.origin().of_commit(),
                members: finding.origin().members(),
            },
        }
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// Which findings to look at first, out of 100.
fn rank(confidence: Confidence) -> f32 {
    match confidence {
        Confidence::High => 90.0,
        Confidence::Medium => 60.0,
        Confidence::Low => 30.0,
    }
}

#[derive(Serialize)]
struct Message {
    text: String,
}

impl Message {
    fn new(text: &str) -> Self {
        Self { text: sarif_message(&cut(text, TEXT)) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: PhysicalLocation<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation<'a> {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_region: Option<ContextRegion<'a>>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region<'a> {
    start_line: u64,
    start_column: u64,
    end_line: u64,
    end_column: u64,
    byte_offset: u64,
    byte_length: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Snippet<'a>>,
}

/// The lines around a region.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ContextRegion<'a> {
    start_line: u64,
    end_line: u64,
    snippet: Snippet<'a>,
}

#[derive(Serialize)]
struct Snippet<'a> {
    text: &'a str,
}

impl<'a> Location<'a> {
    fn of_path(path: &PathText) -> Self {
        let artifact_location = ArtifactLocation { uri: path.to_uri() };
        Self { physical_location: PhysicalLocation { artifact_location, region: None, context_region: None } }
    }

    fn of_finding(finding: &'a Finding) -> Self {
        let (start, end, excerpt) = (finding.start(), finding.end(), finding.excerpt());
        let mut location = Self::of_path(finding.origin().path());
        location.physical_location.region = Some(Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
            byte_offset: finding.span().start,
            byte_length: finding.span().len(),
            snippet: excerpt.text.get(excerpt.mark.clone()).map(|text| Snippet { text }),
        });
        location.physical_location.context_region = (!excerpt.text.is_empty()).then_some(ContextRegion {
            start_line: start.line,
            end_line: end.line,
            snippet: Snippet { text: &excerpt.text },
        });
        location
    }
}

#[derive(Serialize)]
struct Suppression<'a> {
    kind: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location<'a>>,
}

impl<'a> From<&'a Giver> for Suppression<'a> {
    fn from(giver: &'a Giver) -> Self {
        let (kind, justification, location) = match giver {
            Giver::Inline { reason, .. } => ("inSource", reason.as_deref(), None),
            Giver::Baseline { file, reason, .. } => {
                ("external", reason.as_deref(), Some(Location::of_path(&PathText::new(file.as_bytes()))))
            }
            Giver::Config { file, reason, .. } => {
                ("external", Some(reason.as_str()), Some(Location::of_path(&PathText::new(file.as_bytes()))))
            }
        };
        Self { kind, status: "accepted", justification, location }
    }
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<RuleRecord<'a>>,
    properties: DriverProperties<'a>,
}

#[derive(Serialize)]
struct DriverProperties<'a> {
    ruleset: &'a str,
}

impl<'a> Tool<'a> {
    fn new(rules: &'a [RuleInfo], summary: &'a Summary) -> Self {
        Self {
            driver: Driver {
                name: "tightlip",
                semantic_version: env!("CARGO_PKG_VERSION"),
                information_uri: env!("CARGO_PKG_REPOSITORY"),
                rules: rules.iter().map(RuleRecord::from).collect(),
                properties: DriverProperties { ruleset: &summary.ruleset },
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleRecord<'a> {
    id: &'a RuleId,
    short_description: Message,
    full_description: Message,
    help: Help,
    default_configuration: Configuration,
    properties: RuleProperties<'a>,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

/// GitHub wants help for each rule.
impl From<&RuleInfo> for Help {
    fn from(rule: &RuleInfo) -> Self {
        let fix =
            if rule.help.is_empty() { "Take it out of use where it was issued, and replace it." } else { &rule.help };
        let fix = cut(fix, TEXT);
        let accept = format!("If it is no secret, write `tightlip:allow {} REASON` on its line.", rule.id);
        Self { text: sarif_message(&format!("{fix} {accept}")), markdown: format!("{fix}\n\n{accept}\n") }
    }
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

/// Names that GitHub code scanning knows, and the vendor.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct RuleProperties<'a> {
    security_severity: &'static str,
    precision: Confidence,
    tags: &'static [&'static str],
    vendor: &'a str,
}

impl<'a> From<&'a RuleInfo> for RuleRecord<'a> {
    fn from(rule: &'a RuleInfo) -> Self {
        Self {
            id: &rule.id,
            short_description: Message::new(&rule.title),
            full_description: Message::new(&rule.title),
            help: Help::from(rule),
            default_configuration: Configuration { level: level(rule.severity) },
            properties: RuleProperties {
                security_severity: security_severity(rule.severity),
                precision: rule.confidence,
                tags: tags(rule.kind),
                vendor: &rule.vendor,
            },
        }
    }
}

/// In the middle of the CVSS band that GitHub shows under the same name.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

fn tags(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Secret | Kind::KnownValue => &["security", "secret", "external/cwe/cwe-798"],
        Kind::Target => &["security", "target"],
        Kind::Record => &["record"],
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    exit_code: u8,
    tool_execution_notifications: Vec<Notification<'a>>,
    properties: InvocationProperties,
}

#[derive(Serialize)]
struct InvocationProperties {
    files: u64,
    bytes: u64,
}

impl<'a> Invocation<'a> {
    fn new(summary: &'a Summary, left_out: u64) -> Self {
        let unlisted = (summary.unlisted > 0).then(|| Notification::warning(&words::unlisted(summary.unlisted)));
        let left_out = (left_out > 0).then(|| {
            let more = words::count(left_out, "finding");
            Notification::warning(&format!("{more} left out: GitHub takes no more than {RESULTS}. `json` has all"))
        });
        Self {
            execution_successful: summary.is_complete(),
            exit_code: summary.exit_code(),
            tool_execution_notifications: summary
                .skipped
                .iter()
                .map(Notification::from)
                .chain(unlisted)
                .chain(left_out)
                .collect(),
            properties: InvocationProperties { files: summary.files, bytes: summary.bytes },
        }
    }
}

#[derive(Serialize)]
struct Notification<'a> {
    level: &'static str,
    message: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    locations: Option<[Location<'a>; 1]>,
}

impl From<&Skipped> for Notification<'_> {
    fn from(skipped: &Skipped) -> Self {
        Self {
            level: if skipped.reason.is_incomplete() { "error" } else { "note" },
            message: Message::new(&format!("Skipped: {}.", skipped.reason.describe())),
            locations: Some([Location::of_path(&skipped.path)]),
        }
    }
}

impl Notification<'_> {
    fn warning(message: &str) -> Self {
        Self { level: "warning", message: Message::new(&format!("{message}.")), locations: None }
    }
}
