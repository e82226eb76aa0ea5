//! Keywords of rules: where in a text each is looked for.
//!
//! Most keywords are said in the name of a key (`ACME_API_KEY = …`), and the key = value check reads those names anyway. So a keyword that
//! holds a word of a secret's name (`acme_token`), or ends in `_` (`acme_`: any secret's name with the word `acme`), is looked up
//! there and costs no anchor. Any other keyword is an anchor in each way it may be spelled.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

/// A name is compared as far as this.
const LONGEST: usize = 128;

/// Whether a keyword is looked up in names. `reads_names_with` tells of a word whether the key = value check reads every name that ends with it.
pub(super) fn is_named(keyword: &str, reads_names_with: impl Fn(&str) -> bool) -> bool {
    let is_plain = |keyword: &str| {
        keyword.split(['_', '-', '.']).all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    match keyword.strip_suffix('_') {
        Some(word) => is_plain(word),
        None => is_plain(keyword) && keyword.split(['_', '-', '.']).any(reads_names_with),
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

/// Keywords to be looked up in names.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The keywords, folded, each with its rule.
    keywords: Vec<(Vec<u8>, u32)>,
    automaton: OnceLock<Option<AhoCorasick>>,
}

impl Names {
    /// Adds a rule's keyword.
    pub(super) fn push(&mut self, keyword: &str, rule: u32) {
        self.keywords.push((Folded::new(keyword.as_bytes()).bytes().to_vec(), rule));
    }

    /// Calls `found` with the rule of each keyword that a name says, beginning with one of its words.
    pub(super) fn of(&self, name: &[u8], mut found: impl FnMut(u32)) {
        // Made when the first name is read: most runs of a commit hook read none.
        let automaton = self.automaton.get_or_init(|| {
            let keywords = self.keywords.iter().map(|(keyword, _)| keyword);
            AhoCorasick::new(keywords).ok()
        });
        let Some(automaton) = automaton else { return };
        let folded = Folded::new(name);
        for seen in automaton.find_overlapping_iter(folded.bytes()) {
            if folded.begins_word(seen.start()) {
                found(self.keywords[seen.pattern().as_usize()].1);
            }
        }
    }
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

    fn begins_word(&self, at: usize) -> bool {
        self.begins >> at & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_keywords_in_every_spelling() {
        let mut names = Names::default();
        for (rule, keyword) in (0..).zip(["acme_", "acme_token", "skey", "secret_key"]) {
            names.push(keyword, rule);
        }
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
            ("", &[]),
        ] {
            let mut found = Vec::new();
            names.of(name.as_bytes(), |rule| found.push(rule));
            assert_eq!(found, rules, "{name}");
        }
        names.of("x".repeat(3 * LONGEST).as_bytes(), |_| panic!("there is nothing to find"));
    }

    #[test]
    fn keywords_without_a_secrets_word_are_anchors() {
        let reads = |word: &str| word.ends_with("token") || word.ends_with("key");
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
}
