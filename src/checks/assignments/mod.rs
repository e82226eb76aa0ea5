//! Secrets that have no shape of their own but stand where a secret is named: `key = value` in all its dialects, user info in URLs,
//! headers, command lines, connection strings.
//!
//! The way of one anchor: the word grows to the whole key ([`key`]), a separator is looked for behind it ([`place`]), the key is judged by
//! its words, the value is read ([`value`]) and judged ([`assigned`]): by its shape ([`kinds`]), and by whether it was generated or written.

mod assigned;
mod call;
mod command;
mod declared;
mod fallback;
mod header;
mod judge;
mod key;
mod kinds;
mod kube;
mod names;
mod pair;
mod place;
mod quote;
mod record;
mod shell;
mod sites;
mod sql;
mod table;
#[cfg(test)]
mod tests;
mod url;
mod value;
mod words;

use std::ops::Range;

use super::prefilter::Anchor;
use super::recent::Recent;
use crate::model::{Confidence, Proof};
use crate::raw::{Hit, Text};
use crate::ruleset::RuleSet;
use key::{Key, KeyKind};
use sites::PLACES;
use value::{Form, Runs};
use words::{WORDS, Word};

/// What a secret is reported as: the `check` of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    Password,
    Secret,
    Bearer,
    Basic,
    Header,
    Cookie,
    Query,
    Flag,
    Mysql,
    Curl,
    Userinfo,
    Database,
    Connection,
    Netrc,
    Pgpass,
}

/// How rules name the checks, in their order.
const CHECKS: [&str; 15] = [
    "password",
    "secret",
    "bearer",
    "basic",
    "header",
    "cookie",
    "query",
    "flag",
    "mysql",
    "curl",
    "userinfo",
    "database",
    "connection",
    "netrc",
    "pgpass",
];

/// Which rule each check reports under; `None` where the rule is switched off.
#[derive(Debug)]
pub(super) struct Assignments {
    rules: [Option<u32>; CHECKS.len()],
}

/// What was read of a text already, so that nothing is read twice by many anchors in it.
#[derive(Default)]
pub(super) struct Read {
    /// Where the last key ends.
    key_end: usize,
    /// Where the last command line, the last line of cookies and the last line of a `.pgpass` end.
    command_end: usize,
    cookies_end: usize,
    pgpass_end: usize,
    /// Where the last command line ends that lacks the verb of its program.
    verbless_end: usize,
    /// Where the last document of Kubernetes says its kind.
    kind_end: usize,
    /// Where the last line that may head a table ends, or that table.
    table_end: usize,
    /// Where the last generated password of Terraform ends.
    results_end: usize,
    runs: Runs,
    /// How names were judged.
    kinds: Recent<Option<KeyKind>>,
}

impl Read {
    /// Begins another text.
    pub(super) fn begin(&mut self) {
        *self = Self { kinds: std::mem::take(&mut self.kinds), ..Self::default() };
    }
}

impl Assignments {
    /// Takes the rules that say `check = "…"`.
    pub(super) fn new(rules: &RuleSet) -> Self {
        let number = |check: &str| rules.rules().iter().position(|rule| rule.check == check).map(|at| at as u32);
        Self { rules: CHECKS.map(number) }
    }

    /// The anchors, in the order of their numbers.
    pub(super) fn anchors<'a>() -> impl Iterator<Item = Anchor<'a>> {
        let words = WORDS.iter().map(|word| word.literal);
        let places = PLACES.iter().map(|(anchor, _)| *anchor);
        let programs = command::PROGRAMS.iter().map(|program| program.name);
        let functions = call::FUNCTIONS.iter().map(|function| function.name);
        words
            .chain(places)
            .chain(programs)
            .chain(functions)
            .map(|word| Anchor { literal: word.as_bytes(), ignore_case: true })
    }

    /// Whether every name that says `keyword` is read.
    pub(super) fn reads_names_with(keyword: &str) -> bool {
        words::are_in(keyword)
    }

    /// Whether a rule knows a key's name only, and gives way to one that knows the value's shape.
    pub(super) fn is_generic(&self, rule: u32) -> bool {
        self.rules.contains(&Some(rule))
    }

    /// Looks at the place of one anchor. Returns the name of the key there, if it is read for the first time.
    pub(super) fn at_anchor(
        &self,
        number: u32,
        at: usize,
        text: &Text<'_>,
        read: &mut Read,
        hits: &mut Vec<Hit>,
    ) -> Option<Range<usize>> {
        let mut number = number as usize;
        let mut finds = Finds { rules: &self.rules, text, read, hits };
        if let Some(word) = WORDS.get(number) {
            if word.literal == "secret" && kube::is_kind(text.bytes, at) {
                finds.at_kind(at);
                return None;
            }
            let key = finds.key_at(word, at)?;
            let Some(place) = place::of(text.bytes, &key) else {
                let is_joined = text.bytes.get(key.range.end) == Some(&b'-');
                return is_joined.then_some(key.range);
            };
            if word.literal == "token" && is_count(&text.bytes[place::skip_blank(text.bytes, place.at)..]) {
                return None;
            }
            finds.at_key(&key, &place, at);
            return Some(key.range);
        }
        number -= WORDS.len();
        if let Some((anchor, site)) = PLACES.get(number) {
            finds.at_site(*site, at..at + anchor.len());
            return None;
        }
        number -= PLACES.len();
        if let Some(program) = command::PROGRAMS.get(number) {
            finds.at_program(program, at);
        } else if let Some(function) = call::FUNCTIONS.get(number - command::PROGRAMS.len()) {
            finds.at_call(function, at);
        }
        None
    }
}

/// One anchor's finds on their way to the hits.
struct Finds<'a, 't> {
    rules: &'a [Option<u32>; CHECKS.len()],
    text: &'a Text<'t>,
    read: &'a mut Read,
    hits: &'a mut Vec<Hit>,
}

impl Finds<'_, '_> {
    fn push(
        &mut self,
        check: Check,
        start: usize,
        secret: Range<usize>,
        confidence: Option<Confidence>,
        proof: Proof,
    ) -> Option<()> {
        let (rule, confidence) = (self.rules[check as usize]?, confidence?);
        let matched = start.min(secret.start)..secret.end;
        self.hits.push(Hit { rule, matched, secret, confidence, proof, wrapping: self.text.wrapping, detail: None });
        Some(())
    }

    /// The key around a word, if it is read for the first time.
    fn key_at(&mut self, word: &Word, at: usize) -> Option<Key> {
        let text = self.text.bytes;
        if !word.may_name(text, at) {
            return None;
        }
        // An anchor may end with the separator itself.
        let literal = word.literal.as_bytes();
        let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
        let name_len = literal.iter().rposition(is_of_name)? + 1;
        let name_start = literal.iter().position(is_of_name)?;
        let key = key::around(text, &(at + name_start..at + name_len))?;
        // A key with several of our words (`client_secret_token`) is read once.
        if self.read.key_end == key.range.end {
            return None;
        }
        self.read.key_end = key.range.end;
        self.at_head(&key);
        Some(key)
    }

    /// The cells below a key that heads a column.
    fn at_head(&mut self, key: &Key) {
        let text = self.text.bytes;
        if key.range.start < self.read.table_end || !table::is_cell(text, &key.range) {
            return;
        }
        let table = table::read(text, &key.range);
        self.read.table_end = table.end;
        self.at_cells(table.cells);
    }

    /// Cells of a table, and what the names of their columns say of them.
    fn at_cells(&mut self, cells: Vec<(KeyKind, Range<usize>)>) {
        for (kind, cell) in cells {
            let value = &self.text.bytes[cell.clone()];
            let confidence = judge::assigned(value, kind, Form::Quoted);
            let is_password = kind == KeyKind::Password;
            // In a table, a UUID most often names a row of another one.
            let confidence =
                confidence.map(|sure| if kinds::is_uuid(value) && !is_password { Confidence::Low } else { sure });
            let check = if is_password { Check::Password } else { Check::Secret };
            self.push(check, cell.start, cell, confidence, Proof::None);
        }
    }
}

/// Whether a value is a short number: logs of language models are full of `new-token: 512, cached-token: 0`.
fn is_count(value: &[u8]) -> bool {
    const LONGEST: usize = 7;
    let digits = value.iter().take(LONGEST + 1).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let ends = value.get(digits).is_none_or(|next| *next <= b' ' || matches!(next, b',' | b';' | b'}' | b')' | b']'));
    (1..=LONGEST).contains(&digits) && ends
}
