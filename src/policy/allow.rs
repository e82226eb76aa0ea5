//! What people accept: comments beside a finding, and entries of the configuration.

use std::ops::Range;

use crate::model::{Error, Fingerprint, Giver, Result};

/// Whether comments of other scanners count as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// Only `tightlip:allow`.
    Ignored,
    /// Also theirs.
    Honoured,
}

/// Our own comment: `tightlip:allow RULE reason`.
const OURS: &[u8] = b"tightlip:allow";

/// Comments by which other scanners are told to be silent.
const THEIRS: [&[u8]; 4] =
    [b"gitleaks:allow", b"pragma: allowlist secret", b"pragma: whitelist secret", b"trufflehog:ignore"];

/// A line is searched for comments this far from the secret, and no further.
const REACH: usize = 2048;

/// An entry of the configuration that accepts findings. Of `path`, `rule` and `fingerprint` all that are given must hold.
#[derive(Clone, Debug)]
pub struct AllowEntry {
    /// A glob over the path as reported.
    pub path: Option<String>,
    /// A glob over rule ids.
    pub rule: Option<String>,
    /// The fingerprint, 32 hex digits.
    pub fingerprint: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The configuration file that says so.
    pub file: String,
    /// The line it says so on.
    pub line: usize,
}

/// Entries, with their globs compiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllowList(Vec<Accepted>);

#[derive(Clone, Debug)]
struct Accepted {
    path: Option<globset::GlobMatcher>,
    rule: Option<globset::GlobMatcher>,
    entry: AllowEntry,
}

impl AllowList {
    pub(crate) fn new(entries: Vec<AllowEntry>) -> Result<Self> {
        let glob = |text: &Option<String>, entry: &AllowEntry| {
            text.as_deref().map(|text| globset::Glob::new(text).map(|glob| glob.compile_matcher())).transpose().map_err(
                |error| Error::Config { file: entry.file.clone(), line: entry.line, message: error.to_string() },
            )
        };
        entries
            .into_iter()
            .map(|entry| Ok(Accepted { path: glob(&entry.path, &entry)?, rule: glob(&entry.rule, &entry)?, entry }))
            .collect::<Result<_>>()
            .map(Self)
    }

    /// Who accepts a finding, if anybody.
    pub(crate) fn find(&self, path: &str, rule: &str, fingerprint: Fingerprint) -> Option<Giver> {
        let holds = |accepted: &&Accepted| {
            accepted.path.as_ref().is_none_or(|glob| glob.is_match(path))
                && accepted.rule.as_ref().is_none_or(|glob| glob.is_match(rule))
                && accepted.entry.fingerprint.as_deref().is_none_or(|hex| fingerprint.to_string() == hex)
        };
        let entry = &self.0.iter().find(holds)?.entry;
        Some(Giver::Config { file: format!("{}:{}", entry.file, entry.line), reason: entry.reason.clone() })
    }
}

/// A comment that accepts a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment {
    /// Where its reason stands, if it gives one; it may hold anything.
    pub(super) reason: Option<Range<usize>>,
}

/// The comment that accepts the secret, on its line (its last line, for a block) or on the line before it.
pub(super) fn inline(bytes: &[u8], secret: &Range<usize>, rule: &str, foreign: Foreign) -> Option<Comment> {
    let from = secret.start.saturating_sub(REACH);
    let to = bytes.len().min(secret.end + REACH);
    let line_end = memchr::memchr(b'\n', &bytes[secret.end..to]).map_or(to, |at| secret.end + at);
    let line_start = memchr::memrchr(b'\n', &bytes[from..secret.start]).map_or(from, |at| from + at + 1);
    let before_start =
        memchr::memrchr(b'\n', &bytes[from..line_start.saturating_sub(1).max(from)]).map_or(from, |at| from + at + 1);
    let beside = [line_start..secret.start, secret.end..line_end];
    let before = before_start..line_start;
    beside.iter().chain([&before]).find_map(|range| ours(bytes, range, rule)).or_else(|| {
        let theirs = |range: &Range<usize>| {
            THEIRS.iter().any(|mark| memchr::memmem::find(&bytes[range.clone()], mark).is_some())
        };
        (foreign == Foreign::Honoured && beside.iter().any(theirs)).then_some(Comment { reason: None })
    })
}

/// Reads `tightlip:allow RULE reason`; `RULE` may be a glob and must fit. The bare comment accepts nothing: it would accept what comes later.
fn ours(bytes: &[u8], range: &Range<usize>, rule: &str) -> Option<Comment> {
    let text = &bytes[range.clone()];
    let start = memchr::memmem::find(text, OURS)? + OURS.len();
    let line = text[start..].split(|&byte| byte == b'\n').next()?.trim_ascii_end();
    let line = line.strip_suffix(b"-->").or(line.strip_suffix(b"*/")).unwrap_or(line).trim_ascii_end();
    let words = line.trim_ascii_start();
    let (named, reason) = words.split_at(words.iter().position(u8::is_ascii_whitespace).unwrap_or(words.len()));
    let named = std::str::from_utf8(named).ok()?;
    let fits = named == rule || globset::Glob::new(named).is_ok_and(|glob| glob.compile_matcher().is_match(rule));
    let end = range.start + start + line.len();
    let len = reason.trim_ascii_start().len();
    fits.then(|| Comment { reason: (len > 0).then(|| end - len..end) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_on_the_line_or_the_line_before_accepts_the_rule_it_names() {
        for (text, expected) in [
            ("S # tightlip:allow demo-rule known dummy", Some("known dummy")),
            ("# tightlip:allow demo-rule known dummy\nS", Some("known dummy")),
            ("# tightlip:allow demo-rule \r\nS", Some("")),
            ("<!-- tightlip:allow demo-* seen -->\nS\n", Some("seen")),
            ("/* tightlip:allow demo-* seen*/ S\n", Some("seen")),
            ("# tightlip:allow other-rule no\nS", None),
            ("# tightlip:allow\nS", None),
            ("# tightlip:allow demo-rule two lines off\n\nS", None),
            ("S\n# tightlip:allow demo-rule behind", None),
        ] {
            let at = text.find('S').expect("each text has one");
            let got = inline(text.as_bytes(), &(at..at + 1), "demo-rule", Foreign::Ignored);
            assert_eq!(got.map(|comment| &text[comment.reason.unwrap_or_default()]), expected, "{text:?}");
        }
    }

    #[test]
    fn foreign_comments_count_only_when_honoured() {
        let text = b"S # gitleaks:allow";
        assert_eq!(inline(text, &(0..1), "demo-rule", Foreign::Ignored), None);
        assert_eq!(inline(text, &(0..1), "demo-rule", Foreign::Honoured), Some(Comment { reason: None }));
    }
}
