//! Stumps: values that are shaped as a vendor's tokens are, but are shorter. They were cut off, or made up.

use crate::ruleset::{Sequence, Step};

/// Whether `value` is what the sequence matches, but for an end that is missing or a part that is too short.
pub(super) fn is_stump(sequence: &Sequence, value: &[u8]) -> bool {
    let (mut rest, mut is_short) = (value, false);
    for step in &sequence.steps {
        match step {
            Step::Literal(literal) => match rest.strip_prefix(&**literal) {
                Some(behind) => rest = behind,
                None => return literal.starts_with(rest),
            },
            Step::Run { set, min, max } => {
                let len = rest.iter().take(*max).take_while(|&&byte| set[usize::from(byte)]).count();
                rest = &rest[len..];
                is_short |= len < *min;
                if len < (*min).min(1) {
                    return rest.is_empty();
                }
            }
        }
    }
    is_short && rest.is_empty()
}

/// The length of the shortest match.
pub(super) fn least_len(sequence: &Sequence) -> usize {
    let least = |step: &Step| match step {
        Step::Literal(literal) => literal.len(),
        Step::Run { min, .. } => *min,
    };
    sequence.steps.iter().map(least).sum()
}

/// The word in a keyword that is the vendor's own name, by which its rules are called: `acme` in `acme_`, of `acme-api-key`.
pub(super) fn vendor<'k>(keyword: &'k str, id: &str) -> Option<&'k str> {
    let word = keyword.trim_end_matches('_');
    let is_own = id.strip_prefix(word).is_some_and(|rest| rest.starts_with('-'));
    (is_own && word.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(word)
}

/// What stands behind the vendor's word in the name of its token. Any other word may tell of another secret, in another form.
static ENDINGS: &[&str] = &[
    "key",
    "token",
    "apikey",
    "apitoken",
    "accesskey",
    "accesstoken",
    "authtoken",
    "personaltoken",
    "personalaccesstoken",
];

/// Whether the name that begins at `at` is that of a token of `vendor`: `ACME_API_KEY`, but not `ACME_WEBHOOK_TOKEN`.
pub(super) fn is_token_of(vendor: &str, text: &[u8], at: usize) -> bool {
    /// The longest ending, and signs between its words.
    const REST: usize = 24;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-. ".contains(byte);
    let head = text.get(at..at + vendor.len());
    if !head.is_some_and(|head| head.eq_ignore_ascii_case(vendor.as_bytes())) {
        return false;
    }
    let rest = text[at + vendor.len()..].iter().take(REST).take_while(|byte| is_name(byte));
    let letters = rest.filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase);
    ENDINGS.iter().any(|ending| letters.clone().eq(ending.bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset::{Program, compile};

    #[test]
    fn stumps_are_told_from_tokens() {
        for (pattern, value, expected) in [
            ("acme_[0-9a-f]{8}", "acme_12ab", true),
            ("acme_[0-9a-f]{8}", "acm", true),
            ("acme_[0-9a-f]{8}", "acme_12ab34ce", false),
            ("acme_[0-9a-f]{8}", "acme_12ab34ce5", false),
            ("acme_[0-9a-f]{8}", "acme_12xy", false),
            ("[0-9a-f]{4,8}-x", "12ab", true),
            ("[0-9a-f]{4,8}-x", "12ab-x", false),
            ("[0-9A-Za-z]{32}", "Q8Z1wd7Wb2Kd", true),
            ("[0-9A-Za-z]{32}", "Q8Z1-wd7Wb2Kd", false),
            ("ac_[0-9a-f]{8}\\.[0-9a-f]{8}", "ac_12ab.12ab34ce", true),
            ("ac_[0-9a-f]{8}\\.[0-9a-f]{8}", "ac_12ab34ce.", true),
            ("ac_[0-9a-f]{8}\\.[0-9a-f]{8}", "ac_.12ab34ce", false),
        ] {
            let Ok(Program::Shape(sequences)) = compile(pattern, false) else { panic!("{pattern} is a shape") };
            let found = sequences.iter().any(|sequence| is_stump(sequence, value.as_bytes()));
            assert_eq!(found, expected, "{pattern} {value}");
        }
    }

    #[test]
    fn names_tell_whose_token_it_is() {
        for (name, expected) in [
            ("ACME_API_KEY = ", true),
            ("acmeToken:", true),
            ("acme-personal-access-token=", true),
            ("acme=", false),
            ("ACME_WEBHOOK_TOKEN=", false),
            ("ACME_SECRET_KEY=", false),
            ("my_acme_token=", false),
            ("acm", false),
        ] {
            assert_eq!(is_token_of("acme", name.as_bytes(), 0), expected, "{name}");
        }
        for (keyword, id, expected) in [
            ("acme_", "acme-api-key", Some("acme")),
            ("acme", "acme-api-key", Some("acme")),
            ("client_secret", "acme-api-key", None),
            ("acme", "acmeville-key", None),
        ] {
            assert_eq!(vendor(keyword, id), expected, "{keyword} {id}");
        }
    }
}
