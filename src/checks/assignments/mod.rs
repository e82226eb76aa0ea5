//! Secrets that have no shape of their own but stand where a secret is named: `key = value` in all its dialects, user info in URLs,
//! authorization headers, command-line flags.
//!
//! The way of one anchor: the word grows to the whole key ([`key`]), the key is judged by its words, a separator and a value are read
//! behind it ([`value`]), and the value is judged by how it looks ([`judge`]).

mod judge;
mod key;
mod url;
mod value;

use std::ops::Range;

use super::filters;
use super::patterns::States;
use super::prefilter::Anchor;
use super::proof;
use crate::model::{Confidence, Proof};
use crate::raw::{Hit, Secret, Text};
use crate::ruleset::RuleSet;
use key::KeyKind;

/// Words that a key which names a secret contains, folded. The value behind it is read only where [`key`] agrees.
const WORDS: &[&str] = &[
    "pass", "pwd", "secret", "token", "credential", "api_key", "api-key", "apikey", "api key", "access_key", "access-key", "accesskey",
    "private_key", "private-key", "privatekey", "account_key", "accountkey", "encryption_key", "encryptionkey", "signing_key",
    "signingkey", "master_key", "masterkey", "app_key", "appkey", "auth_key", "authkey", "auth-key", "session_key", "sessionkey",
    "service_key", "servicekey", "storage_key", "storagekey", "license_key", "licensekey", "hmac_key", "aes_key", "shared_key", "sharedkey",
    "deploy_key", "consumer_key", "consumerkey", "subscription-key", "subscription_key", "encrypt_key", "authorization", "_auth", "bearer",
];

/// The other anchors: `scheme://user:password@host`.
const URL_ANCHOR: &str = "://";

/// Which rule each kind of place is reported under; `None` where the rule is switched off.
#[derive(Debug)]
pub(super) struct Assignments {
    password: Option<u32>,
    secret: Option<u32>,
    header: Option<u32>,
    basic: Option<u32>,
    url: Option<u32>,
    database: Option<u32>,
}

impl Assignments {
    /// Takes the rules that say `check = "…"`.
    pub(super) fn new(rules: &RuleSet) -> Self {
        let number = |check: &str| rules.rules().iter().position(|rule| rule.check == check).map(|at| at as u32);
        Self {
            password: number("password"),
            secret: number("secret"),
            header: number("authorization"),
            basic: number("basic"),
            url: number("url-userinfo"),
            database: number("database-url"),
        }
    }

    /// The anchors, in the order of their numbers.
    pub(super) fn anchors(&self) -> impl Iterator<Item = Anchor<'_>> {
        WORDS.iter().chain([&URL_ANCHOR]).map(|word| Anchor { literal: word.as_bytes(), ignore_case: true })
    }

    /// Whether a rule knows a key's name only, and gives way to one that knows the value's shape.
    pub(super) fn is_generic(&self, rule: u32) -> bool {
        [self.password, self.secret, self.header, self.basic, self.url, self.database].contains(&Some(rule))
    }

    /// Looks at the place of one anchor.
    pub(super) fn at_anchor(&self, number: u32, at: usize, text: &Text<'_>, states: &mut States, hits: &mut Vec<Hit>) {
        let word = WORDS.get(number as usize);
        hits.extend(match word {
            None => self.at_url(at, text),
            Some(word) => self.at_word(at..at + word.len(), text, states),
        });
    }

    fn at_url(&self, at: usize, text: &Text<'_>) -> Option<Hit> {
        let found = url::userinfo(text.bytes, at)?;
        let value = &text.bytes[found.password.clone()];
        let rule = if found.is_database { self.database } else { self.url }?;
        let confidence = judge::userinfo(value, &text.bytes[found.host.clone()])?;
        Some(hit(rule, found.whole, found.password, confidence, Proof::None, text))
    }

    fn at_word(&self, word: Range<usize>, text: &Text<'_>, states: &mut States) -> Option<Hit> {
        let key = key::around(text.bytes, &word)?;
        // A key with several of our words (`client_secret_token`) is read once.
        if states.key_end == key.range.end {
            return None;
        }
        states.key_end = key.range.end;
        // Most keys of running text have no separator behind them; that is told sooner than what their name means.
        let place = value::place(text.bytes, &key)?;
        let kind = key::judge(&text.bytes[key.range.clone()])?;
        let value = value::read(text.bytes, &place)?;
        let whole = key.range.start..value.range.end;
        if kind == KeyKind::Authorization {
            return self.authorization(whole, &value, text);
        }
        let bytes = &text.bytes[value.range.clone()];
        let confidence = judge::value(bytes, kind, value.quoted)?;
        let rule = if kind == KeyKind::Password { self.password } else { self.secret }?;
        Some(hit(rule, whole, value.range, confidence, Proof::None, text))
    }

    /// `Authorization: Basic …`, `Bearer …`, or a bare token.
    fn authorization(&self, whole: Range<usize>, value: &value::Value, text: &Text<'_>) -> Option<Hit> {
        let bytes = &text.bytes[value.range.clone()];
        let (scheme, token) = value::scheme(bytes);
        let secret = value.range.start + token.start..value.range.start + token.end;
        let token = &bytes[token];
        if filters::is_dummy(token) || filters::is_placeholder(token) {
            return None;
        }
        if scheme.eq_ignore_ascii_case(b"basic") {
            let proof = proof::find("basic-auth").map_or(Proof::None, |kind| (kind.prove)(Secret::new(token)).proof);
            let rule = self.basic.filter(|_| proof == Proof::Structure)?;
            return Some(hit(rule, whole, secret, Confidence::High, proof, text));
        }
        let confidence = judge::token(token)?;
        Some(hit(self.header?, whole, secret, confidence, Proof::None, text))
    }
}

fn hit(rule: u32, matched: Range<usize>, secret: Range<usize>, confidence: Confidence, proof: Proof, text: &Text<'_>) -> Hit {
    Hit { rule, matched, secret, confidence, proof, wrapping: text.wrapping, detail: None }
}
