//! Comments beside a finding by which people accept it.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::model::Date;

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

/// So many comments of one block are looked at for whether they accept anything.
const MOST: usize = 100;

/// A comment that accepts a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment {
    /// Where it begins, if it is one of ours.
    pub(super) mark: Option<usize>,
    /// Where its reason stands, if it gives one; it may hold anything.
    pub(super) reason: Option<Range<usize>>,
    /// The last day it holds.
    pub(super) until: Option<Date>,
}

/// Whether any comment of ours stands in the text.
pub(super) fn any(bytes: &[u8]) -> bool {
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(OURS));
    FINDER.find(bytes).is_some()
}

/// Where comments of ours begin in a part of the text: those that name what could be a rule. Others speak of comments.
pub(super) fn marks(bytes: &[u8], range: Range<usize>) -> Vec<usize> {
    let names_rule = |mark: &usize| {
        let named = named(&bytes[mark + OURS.len()..bytes.len().min(mark + REACH)]);
        !named.is_empty() && named.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'*' | b'?'))
    };
    let starts = memchr::memmem::find_iter(&bytes[range.clone()], OURS).map(|at| range.start + at);
    starts.filter(names_rule).take(MOST).collect()
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
        let comment = Comment { mark: None, reason: None, until: None };
        (foreign == Foreign::Honoured && beside.iter().any(theirs)).then_some(comment)
    })
}

/// Reads `tightlip:allow RULE reason`; `RULE` may be a glob and must fit. The bare comment accepts nothing: it would accept what comes later.
fn ours(bytes: &[u8], range: &Range<usize>, rule: &str) -> Option<Comment> {
    let mark = range.start + memchr::memmem::find(&bytes[range.clone()], OURS)?;
    let line = bytes[mark + OURS.len()..range.end].split(|&byte| byte == b'\n').next()?.trim_ascii_end();
    let line = line.strip_suffix(b"-->").or(line.strip_suffix(b"*/")).unwrap_or(line).trim_ascii_end();
    let end = mark + OURS.len() + line.len();
    let named = named(line);
    let mut reason = line.trim_ascii_start()[named.len()..].trim_ascii_start();
    let mut end = end;
    let named = std::str::from_utf8(named).ok()?;
    let fits = named == rule || globset::Glob::new(named).is_ok_and(|glob| glob.compile_matcher().is_match(rule));
    if !fits {
        return None;
    }
    // The day stands before the reason or behind it.
    let (first, last) = (first_word(reason), last_word(reason));
    let mut until = None;
    if let Some(day) = first.strip_prefix(b"until=") {
        until = Some(date(day)?);
        reason = reason[first.len()..].trim_ascii_start();
    } else if let Some(day) = last.strip_prefix(b"until=") {
        until = Some(date(day)?);
        let rest = reason[..reason.len() - last.len()].trim_ascii_end();
        end -= reason.len() - rest.len();
        reason = rest;
    }
    let reason = (!reason.is_empty()).then(|| end - reason.len()..end);
    Some(Comment { mark: Some(mark), reason, until })
}

/// The word after the mark: the rule it accepts.
fn named(text: &[u8]) -> &[u8] {
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if line.first().is_some_and(u8::is_ascii_whitespace) { first_word(line.trim_ascii_start()) } else { b"" }
}

fn first_word(text: &[u8]) -> &[u8] {
    text.split(u8::is_ascii_whitespace).next().unwrap_or_default()
}

fn last_word(text: &[u8]) -> &[u8] {
    text.rsplit(u8::is_ascii_whitespace).next().unwrap_or_default()
}

/// A day that is none makes the comment one that accepts nothing.
fn date(day: &[u8]) -> Option<Date> {
    std::str::from_utf8(day).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_on_the_line_or_the_line_before_accepts_the_rule_it_names() {
        for (text, expected) in [
            ("S # tightlip:allow demo-rule known dummy", Some(("known dummy", ""))),
            ("# tightlip:allow demo-rule known dummy\nS", Some(("known dummy", ""))),
            ("# tightlip:allow demo-rule \r\nS", Some(("", ""))),
            ("<!-- tightlip:allow demo-* seen -->\nS\n", Some(("seen", ""))),
            ("/* tightlip:allow demo-* seen*/ S\n", Some(("seen", ""))),
            ("S # tightlip:allow demo-rule until=2030-01-31 two words", Some(("two words", "2030-01-31"))),
            ("S # tightlip:allow demo-rule two words until=2030-01-31\r\n", Some(("two words", "2030-01-31"))),
            ("S # tightlip:allow demo-rule until=2030-01-31", Some(("", "2030-01-31"))),
            ("S # tightlip:allow demo-rule until=2030-02-31 no day", None),
            ("# tightlip:allow other-rule no\nS", None),
            ("# tightlip:allow\nS", None),
            ("# tightlip:allowdemo-rule\nS", None),
            ("# tightlip:allow demo-rule two lines off\n\nS", None),
            ("S\n# tightlip:allow demo-rule behind", None),
        ] {
            let at = text.find('S').expect("each text has one");
            let got = inline(text.as_bytes(), &(at..at + 1), "demo-rule", Foreign::Ignored);
            let said = got.map(|comment| {
                let until = comment.until.map(|until| until.to_string()).unwrap_or_default();
                (&text[comment.reason.unwrap_or_default()], until)
            });
            assert_eq!(said.as_ref().map(|(reason, until)| (*reason, until.as_str())), expected, "{text:?}");
        }
    }

    #[test]
    fn foreign_comments_count_only_when_honoured() {
        let text = b"S # gitleaks:allow";
        assert_eq!(inline(text, &(0..1), "demo-rule", Foreign::Ignored), None);
        assert!(inline(text, &(0..1), "demo-rule", Foreign::Honoured).is_some());
    }

    #[test]
    fn what_speaks_of_comments_is_none() {
        let text = b"tightlip:allow RULE reason\n# tightlip:allow demo-* x\ntightlip:allow\n`tightlip:allow`: see\n";
        assert_eq!(marks(text, 0..text.len()), [29]);
        assert!(any(text) && !any(b"tightlip: allow"));
    }
}
