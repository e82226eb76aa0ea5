//! What reports for people call the things of the model.

use super::clean::visible;
use crate::model::{Commit, Confidence, Encoding, Finding, Giver, LapseState, Proof, Severity, Status};

/// The severity as a word.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

/// The confidence as a word.
pub(super) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

/// Why the finding is to be believed, or not: what proof said, and where no proof exists, how sure tightlip is.
pub(super) fn belief(finding: &Finding) -> &'static str {
    match (finding.proof(), finding.confidence()) {
        (Proof::Checksum, _) => "checksum passed",
        (Proof::Structure, _) => "decoded and well-formed",
        (Proof::Failed, _) => "checksum failed, so not a live token",
        (Proof::None, Confidence::High) => "high confidence",
        (Proof::None, Confidence::Medium) => "medium confidence",
        (Proof::None, Confidence::Low) => "low confidence",
    }
}

/// How the secret is wrapped, innermost first: `inside base64 in JSON`. Nothing where it stands in the open.
pub(super) fn wrapping(encodings: &[Encoding]) -> Option<String> {
    let layers: Vec<&str> = encodings.iter().rev().map(|&layer| encoding(layer)).collect();
    (!layers.is_empty()).then(|| format!("inside {}", layers.join(" in ")))
}

/// All that is known of the value, without the title: `checksum passed, inside base64 in JSON`.
pub(super) fn evidence(finding: &Finding) -> String {
    let mut parts = vec![belief(finding).to_owned()];
    parts.extend(wrapping(finding.encoding()));
    parts.extend(finding.detail().map(ToOwned::to_owned));
    parts.join(", ")
}

/// `GitHub personal access token (classic): checksum passed, inside base64 in JSON.`, and in which commit.
pub(super) fn sentence(finding: &Finding) -> String {
    let place = finding.origin().of_commit().map(|of| format!(" In {}.", commit(of))).unwrap_or_default();
    format!("{}: {}.{place}", finding.rule().title, evidence(finding))
}

/// Who accepted the finding, and why: `accepted by a comment: revoked in May`. Nothing where it is open.
pub(super) fn acceptance(finding: &Finding) -> Option<String> {
    match finding.status() {
        Status::Open => None,
        Status::Suppressed(Giver::Inline { reason, .. }) => Some(accepted("a comment", reason.as_deref())),
        Status::Suppressed(Giver::Baseline { file, reason, .. }) => Some(accepted(file, reason.as_deref())),
        Status::Suppressed(Giver::Config { file, reason, .. }) => Some(accepted(file, Some(reason))),
    }
}

fn accepted(giver: &str, reason: Option<&str>) -> String {
    reason.map_or_else(|| format!("accepted by {giver}"), |reason| format!("accepted by {giver}: {reason}"))
}

/// What a report says of open findings that were counted only, because one file had too many.
pub(super) fn unlisted(number: u64) -> String {
    format!("{} counted but not listed", count(number, "more open finding"))
}

fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Json => "JSON",
        Encoding::Base64 => "base64",
        Encoding::Percent => "percent-encoding",
        Encoding::Hex => "hex",
        Encoding::Html => "HTML",
        Encoding::Utf16 => "UTF-16",
        Encoding::Terminal => "terminal output",
        Encoding::Quoted => "quotes of a shell",
    }
}

/// What became of an acceptance: one word, and what it means for the reader.
pub(super) fn lapse(state: &LapseState) -> (&'static str, String) {
    match state {
        LapseState::Stale { rule, path } => ("stale", format!("{rule} in {path} is not there any more")),
        LapseState::Moved { rule, path, to } => ("moved", format!("{rule} in {path} is taken for the one in {to}")),
        LapseState::Unused => ("unused", "accepts nothing".into()),
        LapseState::Expired { until } => ("expired", format!("was accepted until {until}")),
    }
}

/// `commit 1a2b3c4d5e6f of 2026-11-22`.
pub(super) fn commit(commit: &Commit) -> String {
    let short = |text: &str, len| visible(text.chars().take(len).collect::<String>());
    format!("commit {} of {}", short(&commit.id, 12), short(&commit.author_time, 10))
}

/// `1 file`, `2 files`.
pub(super) fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
