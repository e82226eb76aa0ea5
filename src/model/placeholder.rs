//! What stands in a copy where a secret stood. The scanner knows it by this grammar, so that it is never a finding.

use std::fmt;
use std::ops::Range;

use super::RuleId;

/// `[REDACTED:rule:tag]`. Where brackets are not legal, as in the address of a web page, `$(REDACTED:rule:tag)`: of all spellings that an
/// address takes, the one that other scanners do not take for a password. For a mention of a target `[TARGET:name]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Placeholder {
    /// What was found there.
    pub(crate) rule: RuleId,
    /// The same for equal values; none where the value could be guessed from it.
    pub(crate) tag: Option<String>,
}

const WORD: &[u8] = b"REDACTED:";

/// What stands for a mention of a Target Repository; its name follows, as in every report.
const TARGET: &[u8] = b"TARGET:";

/// Rule ids are not limited; a placeholder that is longer than this is no placeholder.
const LONGEST: usize = 128;

impl Placeholder {
    /// Characters of a tag.
    pub(crate) const TAG: usize = 4;

    /// What every placeholder holds, one of these.
    pub(crate) const WORDS: [&[u8]; 2] = [WORD, TARGET];

    /// The spelling for places where brackets mean something.
    pub(crate) fn without_brackets(&self) -> String {
        let text = self.to_string();
        format!("$({})", &text[1..text.len() - 1])
    }

    /// The length of the placeholder that `text` begins with.
    pub(crate) fn len_at(text: &[u8]) -> Option<usize> {
        let (open, close) = match text {
            [b'[', ..] => (1, b']'),
            [b'$', b'(', ..] => (2, b')'),
            _ => return None,
        };
        let text = &text[open..text.len().min(LONGEST)];
        if let Some(inside) = text.strip_prefix(TARGET) {
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
            let end = inside.iter().position(|byte| !is_name(byte))?;
            return (end > 0 && inside[end] == close).then_some(open + TARGET.len() + end + 1);
        }
        let inside = text.strip_prefix(WORD)?;
        let end = inside.iter().position(|&byte| byte == close)?;
        let (rule, tag) = match memchr::memchr(b':', &inside[..end]) {
            Some(colon) => (&inside[..colon], Some(&inside[colon + 1..end])),
            None => (&inside[..end], None),
        };
        let is_rule = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
        let is_tag = |byte: &u8| matches!(byte, b'a'..=b'z' | b'2'..=b'7');
        let is_sound = !rule.is_empty()
            && rule.iter().all(is_rule)
            && tag.is_none_or(|tag| tag.len() == Self::TAG && tag.iter().all(is_tag));
        is_sound.then_some(open + WORD.len() + end + 1)
    }

    /// The placeholder that the byte at `at` is inside of.
    pub(crate) fn around(text: &[u8], at: usize) -> Option<Range<usize>> {
        let before = &text[at.saturating_sub(LONGEST)..at];
        let open = at - before.len() + memchr::memrchr2(b'[', b'$', before)?;
        let end = open + Self::len_at(&text[open..])?;
        (end > at).then_some(open..end)
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.rule.as_str().strip_prefix("target-"), &self.tag) {
            (Some(target), None) => write!(f, "[TARGET:{target}")?,
            _ => write!(f, "[REDACTED:{}", self.rule)?,
        }
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        f.write_str("]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_recognised() {
        for (rule, tag) in
            [("github-pat-classic", Some("k7q2")), ("a", None), ("0-z", Some("abcd")), ("target-A_b.c", None)]
        {
            let placeholder = Placeholder { rule: RuleId::new(rule), tag: tag.map(Into::into) };
            for text in [placeholder.to_string(), placeholder.without_brackets()] {
                assert_eq!(Placeholder::len_at(text.as_bytes()), Some(text.len()), "{text}");
                let within = format!("a$[b {text} c]$");
                for at in 0..within.len() {
                    let expected = (5..5 + text.len()).contains(&at.wrapping_sub(1)).then_some(5..5 + text.len());
                    let expected = expected.filter(|place| at < place.end);
                    assert_eq!(Placeholder::around(within.as_bytes(), at), expected, "{text}");
                }
            }
        }
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        for text in [
            "[REDACTED]",
            "[REDACTED:]",
            "[REDACTED:a:]",
            "[REDACTED:a:abc1]",
            "[REDACTED:a:abcde]",
            "[REDACTED:A]",
            "[REDACTED:a b]",
            "[REDACTED:a:abcd",
            "[redacted:a]",
            "$(REDACTED:a]",
            "[TARGET:]",
            "[TARGET:a b]",
            "$(TARGET:a]",
            "[REDACTED:a)",
            "x[REDACTED:a]",
            "",
        ] {
            assert_eq!(Placeholder::len_at(text.as_bytes()), None, "{text}");
        }
    }
}
