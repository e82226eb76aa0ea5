//! What reports for people call the things of the model.

use crate::model::{Confidence, Encoding, Finding, Proof, Severity};

/// The severity as a word.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
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

fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Json => "JSON",
        Encoding::Base64 => "base64",
        Encoding::Percent => "percent-encoding",
        Encoding::Hex => "hex",
        Encoding::Html => "HTML",
        Encoding::Utf16 => "UTF-16",
        Encoding::Terminal => "terminal output",
    }
}

/// `1 file`, `2 files`.
pub(super) fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
