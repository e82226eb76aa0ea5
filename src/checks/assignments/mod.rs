//! Secrets that have no shape of their own but stand where a secret is named: `key = value` in all its dialects, user info in URLs,
//! headers, command lines, connection strings.
//!
//! The way of one anchor: the word grows to the whole key ([`key`]), a separator is looked for behind it ([`place`]), the key is judged by
//! its words, the value is read ([`value`]) and judged by its shape ([`kinds`]) and by whether it was generated or written ([`filters::evidence`]).

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

use super::filters;
use super::prefilter::Anchor;
use super::proof;
use super::recent::Recent;
use crate::model::{Confidence, Proof};
use crate::raw::{Hit, Secret, Text};
use crate::ruleset::RuleSet;
use key::{Key, KeyKind};
use place::{Place, Separator};
use sites::PLACES;
use value::{Form, Runs, Value};
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

    fn at_key(&mut self, key: &Key, place: &Place, word: usize) -> Option<()> {
        let text = self.text.bytes;
        let mut kind = self.read.kinds.about(&text[key.range.clone()], key::judge)?;
        let name = &text[key.range.clone()];
        // `PASS: test-17` is what became of a test; the dots of the line before may be joined to it.
        let dots = name.iter().take_while(|byte| **byte == b'.').count();
        if &name[dots..] == b"PASS" && place.separator == (Separator::Colon { quoted: false }) {
            kind = KeyKind::Token { sure: false };
        }
        if kind == KeyKind::Authorization || name.eq_ignore_ascii_case(b"bearer") {
            return self.at_credentials(key, place);
        }
        if kind == KeyKind::Parameter && !is_parameter(text, key.range.start) {
            return None;
        }
        if kind == KeyKind::Password
            && place.separator != Separator::Loose
            && let Some(found) = self.at_connection(key, place)
        {
            return Some(found);
        }
        // In a list of names, the next two are no pair.
        if matches!(kind, KeyKind::Token { .. })
            && text[place.at - 1] != b','
            && pair::takes_pairs(name)
            && let Some(password) = pair::second(text, place.at)
        {
            let confidence = judge::assigned(&text[password.clone()], KeyKind::Password, Form::Quoted);
            return self.push(Check::Password, key.range.start, password, confidence, Proof::None);
        }
        let value = value::read(text, &key.range, place, &mut self.read.runs)?;
        // `acme_key` is a name that somebody gave a key; `releaseManagerKey` may be that of a fingerprint.
        let is_fingerprint = || text[value.range.clone()].iter().all(u8::is_ascii_hexdigit);
        if kind == KeyKind::Unknown && text[word.saturating_sub(1)] != b'_' && is_fingerprint() {
            return None;
        }
        self.judge(key, kind, place, value)
    }

    fn judge(&mut self, key: &Key, kind: KeyKind, place: &Place, mut value: Value) -> Option<()> {
        let text = self.text.bytes;
        while let Some(default) = default_of(&text[value.range.clone()]) {
            value.range = value.range.start + default.start..value.range.start + default.end;
        }
        let bytes = &text[value.range.clone()];
        // `["--password", "-p"]` are two flags.
        if names_its_key(&text[key.range.clone()], bytes) || (key.is_flag && bytes.starts_with(b"-")) {
            return None;
        }
        let check = check(text, key, kind, place);
        let confidence = match (check, kind) {
            (Check::Netrc, _) => judge::netrc(bytes, machine(&text[..key.range.start])),
            (Check::Flag, KeyKind::Password) if place.separator == Separator::Blank && value.form != Form::Quoted => {
                // Documentation writes `--password PASSWORD` and `--password string`.
                let is_word = bytes.iter().all(|byte| byte.is_ascii_alphabetic() || b"_-.".contains(byte));
                let confidence = judge::assigned(bytes, kind, value.form);
                if is_word { confidence.map(|_| Confidence::Low) } else { confidence }
            }
            (Check::Header, KeyKind::Token { .. }) => judge::token(bytes, true),
            _ if place.separator == Separator::Prose => judge::told(bytes),
            _ => judge::assigned(bytes, kind, value.form),
        };
        let confidence = if check == Check::Query && shows_badge(text, key.range.start) {
            confidence.map(|_| Confidence::Low)
        } else {
            confidence
        };
        let lifted = if confidence == Some(Confidence::Low) && self.leaves_no_doubt(key, kind, place, &value) {
            Some(Confidence::Medium)
        } else {
            confidence
        };
        self.push(check, key.range.start, value.range, lifted, Proof::None)
    }

    /// Whether a weak password is one after all: in an environment, or beside a user's name. And whether a UUID is a token: a literal in
    /// source code is, and a variable of an environment; one in a log may be anything.
    fn leaves_no_doubt(&self, key: &Key, kind: KeyKind, place: &Place, value: &Value) -> bool {
        let text = self.text.bytes;
        let bytes = &text[value.range.clone()];
        let is_environment = place.separator == Separator::Tight && value::is_environment(&text[key.range.clone()]);
        if matches!(kind, KeyKind::Token { .. }) {
            let is_literal = value.form == Form::Quoted && place.separator == Separator::Spaced;
            return (is_literal || is_environment) && kinds::is_uuid(bytes) && key.range.len() > "token".len();
        }
        if kind != KeyKind::Password
            || bytes.contains(&b' ')
            || std::str::from_utf8(bytes).is_err()
            || kinds::is_stock_password(bytes)
            || kinds::is_compound(bytes)
            || bytes.len() < 6
        {
            return false;
        }
        is_environment
            || (value.form == Form::Quoted
                && place.separator != Separator::Loose
                && follows_user(text, key.range.start))
    }

    /// `Authorization: Basic …`, `Bearer …`, or a bare token.
    fn at_credentials(&mut self, key: &Key, place: &Place) -> Option<()> {
        let text = self.text.bytes;
        let found = header::credentials(text, place.at)?;
        let token = &text[found.token.clone()];
        if token.len() < 8 || filters::is_dummy(token) {
            return None;
        }
        self.read.runs.admit(found.token.end)?;
        if text[found.scheme].eq_ignore_ascii_case(b"basic") {
            let verdict = proof::find("basic-auth").map(|kind| (kind.prove)(Secret::new(token)).proof);
            let confidence = (verdict == Some(Proof::Structure)).then_some(Confidence::High);
            return self.push(Check::Basic, key.range.start, found.token, confidence, Proof::Structure);
        }
        let confidence = judge::token(token, true);
        self.push(Check::Bearer, key.range.start, found.token, confidence, Proof::None)
    }

    /// `Server=…;Uid=…;Pwd=…`
    fn at_connection(&mut self, key: &Key, place: &Place) -> Option<()> {
        if !matches!(place.separator, Separator::Tight | Separator::Spaced) {
            return None;
        }
        let text = self.text.bytes;
        let start = place::skip_blank(text, place.at);
        let end = record::connection_field(text, key.range.start, start)?;
        let record = record::around(text, key.range.start, end);
        let confidence = judge::connected(text.get(start..end)?, record.user, record.server);
        self.push(Check::Connection, key.range.start, start..end, confidence, Proof::None)
    }
}

/// Which check finds the value of this key at this place.
fn check(text: &[u8], key: &Key, kind: KeyKind, place: &Place) -> Check {
    let name = &text[key.range.clone()];
    let is_colon = matches!(place.separator, Separator::Colon { .. });
    match kind {
        _ if place.separator == Separator::Tight && is_parameter(text, key.range.start) => Check::Query,
        _ if key.is_flag => Check::Flag,
        KeyKind::Password if place.separator == Separator::Blank && !place.needs_quote && is_netrc(name) => {
            Check::Netrc
        }
        KeyKind::Password => Check::Password,
        _ if is_colon && name.contains(&b'-') => Check::Header,
        _ => Check::Secret,
    }
}

/// The machine that a `.netrc` names last before a password.
fn machine(text: &[u8]) -> &[u8] {
    const REACH: usize = 256;
    let head = &text[text.len().saturating_sub(REACH)..];
    let name = memchr::memmem::rfind(head, b"machine ").map(|at| &head[at + b"machine ".len()..]);
    name.and_then(|name| name.split(u8::is_ascii_whitespace).next()).unwrap_or_default()
}

/// Whether a `.netrc` calls a password so.
fn is_netrc(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"password") || name.eq_ignore_ascii_case(b"passwd")
}

/// Whether a value without digits begins as its key does: lists of names (`"acme_token", "acme_api"`) look like pairs.
fn names_its_key(key: &[u8], value: &[u8]) -> bool {
    let same = key.iter().zip(value).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
    same >= 4 && !value.iter().any(u8::is_ascii_digit)
}

/// Whether a value is a short number: logs of language models are full of `new-token: 512, cached-token: 0`.
fn is_count(value: &[u8]) -> bool {
    const LONGEST: usize = 7;
    let digits = value.iter().take(LONGEST + 1).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let ends = value.get(digits).is_none_or(|next| *next <= b' ' || matches!(next, b',' | b';' | b'}' | b')' | b']'));
    (1..=LONGEST).contains(&digits) && ends
}

/// Whether a name is that of a parameter in a URL's query.
fn is_parameter(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    before.ends_with(b"?") || before.ends_with(b"&") || before.ends_with(b"&amp;") || before.ends_with(b"\\u0026")
}

/// Whether the URL is of a badge, whose token every reader of a README is given.
fn shows_badge(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(96)..at];
    memchr::memmem::rfind(before, b"badge").is_some() || memchr::memmem::rfind(before, b"shields.io").is_some()
}

/// The default in a template: `${NAME:-x}`, and Spring's `${NAME:x}`.
fn default_of(value: &[u8]) -> Option<Range<usize>> {
    filters::default_of(value).or_else(|| {
        let inside = value.strip_prefix(b"${")?.strip_suffix(b"}")?;
        let name = inside.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte)).count();
        // `${NAME:?message}` has none.
        let has_default = matches!(inside.get(name..), Some([b':', first, ..]) if !b"?+".contains(first));
        (name > 0 && has_default).then(|| 2 + name + 1..value.len() - 1)
    })
}

/// Whether a user's name is assigned shortly before `at`.
fn follows_user(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(128)..at];
    ["user", "User", "USER", "login", "uid"].iter().any(|word| {
        memchr::memmem::rfind(before, word.as_bytes()).is_some_and(|found| {
            let rest = &before[found..];
            rest.iter().any(|byte| matches!(byte, b'=' | b':')) && rest.iter().any(|byte| matches!(byte, b'"' | b'\''))
        })
    })
}
