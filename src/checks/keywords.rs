//! Keywords of rules: where in a text each is looked for.
//!
//! Most keywords are said in the name of a key (`ACME_API_KEY = …`), and the key = value check reads those names anyway. So a keyword that
//! holds a word of a secret's name (`acme_token`), or ends in `_` (`acme_`: any secret's name with the word `acme`), is looked up
//! there and costs no anchor. Any other keyword is an anchor in each way it may be spelled.

use std::ops::Range;

/// A name is compared as far as this.
const LONGEST: usize = 128;

/// Whether a keyword is looked up in names. `reads_names_with` tells whether the key = value check reads every name that says a keyword.
pub(super) fn is_named(keyword: &str, reads_names_with: impl Fn(&str) -> bool) -> bool {
    let is_plain = |keyword: &str| {
        keyword.split(['_', '-', '.']).all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    match keyword.strip_suffix('_') {
        Some(word) => is_plain(word),
        None => is_plain(keyword) && reads_names_with(keyword),
    }
}

/// The ways to write a keyword that is an anchor: its words may be joined by `_`, by `-`, or not at all.
pub(super) fn spellings(keyword: &str) -> Vec<String> {
    let inner = keyword.trim_end_matches('_');
    if !inner.contains('_') {
        return vec![keyword.to_owned()];
    }
    ["_", "-", ""].iter().map(|joint| inner.replace('_', joint) + &keyword[inner.len()..]).collect()
}

/// A name and the word before it, which may be its owner's: `Acme API key`.
pub(super) fn with_owner(text: &[u8], name: Range<usize>) -> Range<usize> {
    let before = text[..name.start].strip_suffix(b" ").unwrap_or_default();
    let owner = before.iter().rev().take(LONGEST).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let start = if owner > 0 { before.len() - owner } else { name.start };
    start..name.end
}

/// Keywords to be looked up in names.
#[derive(Debug)]
pub(super) struct Names {
    /// In the order of their heads.
    keywords: Vec<Keyword>,
    /// Where the keywords of each head begin, by number; one more tells where the last end.
    heads: Vec<u16>,
}

impl Names {
    /// Takes the keywords of rules.
    pub(super) fn new<'k>(keywords: impl IntoIterator<Item = (&'k str, u32)>) -> Self {
        let mut keywords: Vec<_> = keywords.into_iter().map(|(keyword, rule)| Keyword::new(keyword, rule)).collect();
        keywords.sort_by(|a, b| head(&a.folded).cmp(&head(&b.folded)).then_with(|| a.folded.cmp(&b.folded)));
        let heads = (0..=HEADS).map(|number| keywords.partition_point(|keyword| head(&keyword.folded) < number) as u16);
        Self { heads: heads.collect(), keywords }
    }

    /// The rules of all keywords that a name says, beginning with one of its words.
    pub(super) fn said(&self, name: &[u8]) -> Said {
        let mut said = Said::default();
        self.of(name, |rule| {
            if let Some(slot) = said.rules.get_mut(said.count) {
                *slot = rule;
            }
            said.count += 1;
        });
        said
    }

    /// Calls `found` with the rule of each of them.
    pub(super) fn of(&self, name: &[u8], mut found: impl FnMut(u32)) {
        let folded = Folded::new(name);
        let mut begins = folded.begins;
        while begins != 0 {
            let start = begins.trailing_zeros() as usize;
            let rest = &folded.bytes()[start..];
            begins &= begins - 1;
            let number = head(rest);
            let same = usize::from(self.heads[number])..usize::from(self.heads[number + 1]);
            let said = self.keywords[same].iter().filter(|keyword| {
                rest.starts_with(&keyword.folded)
                    && (!keyword.is_whole || folded.begins_word(start + keyword.folded.len()))
            });
            said.for_each(|keyword| found(keyword.rule));
        }
    }
}

/// One of them.
#[derive(Debug)]
struct Keyword {
    folded: Vec<u8>,
    rule: u32,
    /// Whether a word must end where it ends: `fb_` is not said in `fbo_token`. Longer ones may be glued to what follows.
    is_whole: bool,
}

impl Keyword {
    fn new(keyword: &str, rule: u32) -> Self {
        const SHORT: usize = 3;
        let folded = Folded::new(keyword.as_bytes()).bytes().to_vec();
        Self { is_whole: keyword.ends_with('_') && folded.len() <= SHORT, folded, rule }
    }
}

/// The rules whose keywords a name says: all of them, where they are not too many to be kept.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said {
    rules: [u32; 12],
    count: usize,
}

impl Said {
    /// The rules; `None` where they are too many.
    pub(super) fn rules(&self) -> Option<&[u32]> {
        self.rules.get(..self.count)
    }
}

/// Numbers of heads.
const HEADS: usize = 1 << 10;

/// The number of a text's first two bytes. Digits fall together with letters.
fn head(text: &[u8]) -> usize {
    text.iter().take(2).fold(0, |head, byte| head << 5 | usize::from(byte & 0x1f))
}

/// The letters and digits of a name in lower case, and which of them begin a word: `ACME_API-key`, `acmeApiKey`.
struct Folded {
    bytes: [u8; LONGEST],
    len: usize,
    begins: u128,
}

impl Folded {
    fn new(name: &[u8]) -> Self {
        let mut folded = Self { bytes: [0; LONGEST], len: 0, begins: 0 };
        let mut before = b'_';
        for &byte in name {
            if byte.is_ascii_alphanumeric() {
                if folded.len == LONGEST {
                    break;
                }
                let is_hump = byte.is_ascii_uppercase() && !before.is_ascii_uppercase();
                folded.begins |= u128::from(is_hump || !before.is_ascii_alphanumeric()) << folded.len;
                folded.bytes[folded.len] = byte.to_ascii_lowercase();
                folded.len += 1;
            }
            before = byte;
        }
        folded
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Whether a word begins at `at`, or the name ends.
    fn begins_word(&self, at: usize) -> bool {
        at == self.len || self.begins >> at & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::super::assignments::Assignments;
    use super::super::patterns::Patterns;
    use super::super::prefilter::Prefilter;
    use super::*;
    use crate::ruleset::RuleSet;

    #[test]
    fn names_say_keywords_in_every_spelling() {
        let names = Names::new(["acme_", "acme_token", "skey", "secret_key", "ac_"].into_iter().zip(0..));
        for (name, rules) in [
            ("ACME_API_KEY", &[0][..]),
            ("acmeToken", &[0, 1]),
            ("my-acme.token", &[0, 1]),
            ("AcmeTokenValue", &[0, 1]),
            ("notacme_token", &[]),
            // `skey` begins no word of it.
            ("access_key", &[]),
            ("SECRETKEY", &[3]),
            ("duo_skey", &[2]),
            ("AC_TOKEN", &[4]),
            ("acToken", &[4]),
            ("ac", &[4]),
            ("acl_token", &[]),
            ("", &[]),
        ] {
            let mut found = Vec::new();
            names.of(name.as_bytes(), |rule| found.push(rule));
            found.sort_unstable();
            assert_eq!(found, rules, "{name}");
        }
        names.of("x".repeat(3 * LONGEST).as_bytes(), |_| panic!("there is nothing to find"));
    }

    #[test]
    fn the_word_before_a_name_may_be_its_owners() {
        for (text, expected) in [
            ("our Acme API key", "Acme API key"),
            ("API key", "API key"),
            ("acme: API key", "API key"),
            ("acme  API key", "API key"),
            (" API key", "API key"),
        ] {
            let name = text.len() - "API key".len()..text.len();
            assert_eq!(&text[with_owner(text.as_bytes(), name)], expected, "{text}");
        }
    }

    #[test]
    fn keywords_without_a_secrets_word_are_anchors() {
        let reads = |keyword: &str| ["token", "key"].iter().any(|word| keyword.contains(word));
        for (keyword, named) in [
            ("acme_token", true),
            ("acmekey", true),
            ("x-acme-token", true),
            ("acme_", true),
            ("acme", false),
            ("token-id", true),
            ("--token", false),
            ("\"token\"", false),
            ("acme token", false),
            ("acme_sid", false),
        ] {
            assert_eq!(is_named(keyword, reads), named, "{keyword}");
        }
        assert_eq!(spellings("acme_app_id"), ["acme_app_id", "acme-app-id", "acmeappid"]);
        assert_eq!(spellings("acme.io"), ["acme.io"]);
    }

    #[test]
    fn anchors_of_rules_are_rare() {
        // Each hit costs as much as some hundred bytes of text.
        const MOST_PER_MIB: usize = 60;
        let text = [
            &include_bytes!("../../docs/detection.md")[..],
            include_bytes!("../../docs/git.md"),
            include_bytes!("../../docs/redaction.md"),
            include_bytes!("../fence/guard.rs"),
            include_bytes!("../config/layers.rs"),
            include_bytes!("../report/sarif.rs"),
            include_bytes!("../redact/stream.rs"),
        ];
        let patterns = Patterns::new(RuleSet::builtin(), Assignments::reads_names_with).expect("rules");
        let anchors: Vec<_> = patterns.anchors().collect();
        let (prefilter, mut seen) = (Prefilter::new(&anchors), Vec::new());
        for text in text {
            prefilter.find(text, &mut seen);
        }
        let len: usize = text.iter().map(|text| text.len()).sum();
        for (number, anchor) in (0..).zip(&anchors) {
            let count = seen.iter().filter(|seen| seen.anchor == number).count();
            let word = String::from_utf8_lossy(anchor.literal);
            assert!(count << 20 <= MOST_PER_MIB * len, "`{word}` stands {count} times in {len} bytes of ordinary text");
        }
    }
}
