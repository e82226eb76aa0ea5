//! Secrets that have no shape of their own but stand where a secret is named: `key = value` in all its dialects, user info in URLs,
//! headers, command lines, connection strings.
//!
//! The way of one anchor: the word grows to the whole key ([`key`]), a separator is looked for behind it ([`place`]), the key is judged by
//! its words, the value is read ([`value`]) and judged by its shape ([`kinds`]) and by whether it was generated or written ([`filters::evidence`]).

mod command;
mod header;
mod judge;
mod key;
mod kinds;
mod kube;
mod names;
mod place;
mod quote;
mod record;
#[cfg(test)]
mod tests;
mod url;
mod value;
mod words;

use std::ops::Range;

use data_encoding::BASE64;

use super::filters;
use super::prefilter::Anchor;
use super::proof;
use super::recent::Recent;
use crate::model::{Confidence, Proof};
use crate::raw::{Hit, Secret, Text};
use crate::ruleset::RuleSet;
use key::{Key, KeyKind};
use place::{Place, Separator};
use value::{Form, Runs, Value};
use words::{WORDS, Word};

/// Anchors of places that are no `key = value`.
const PLACES: &[(&str, Site)] = &[
    ("://", Site::Url),
    ("jdbc:oracle:thin:", Site::Oracle),
    ("cookie:", Site::Cookie),
    ("cookie\":", Site::Cookie),
    ("cookie':", Site::Cookie),
    ("identified by", Site::Sql),
    ("@tcp(", Site::GoDsn),
    (":5432:", Site::Pgpass),
    (":5433:", Site::Pgpass),
    (":6432:", Site::Pgpass),
    (":*:", Site::Pgpass),
];

/// What is looked for at an anchor of [`PLACES`].
#[derive(Clone, Copy, Debug)]
enum Site {
    Url,
    Oracle,
    Cookie,
    Sql,
    GoDsn,
    Pgpass,
}

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
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Read {
    /// Where the last key ends.
    key_end: usize,
    /// Where the last command line, the last line of cookies and the last line of a `.pgpass` end.
    command_end: usize,
    cookies_end: usize,
    pgpass_end: usize,
    /// Where the last document of Kubernetes says its kind.
    kind_end: usize,
    runs: Runs,
    /// How names were judged.
    kinds: Recent<Option<KeyKind>>,
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
        words.chain(places).chain(programs).map(|word| Anchor { literal: word.as_bytes(), ignore_case: true })
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
        let number = number as usize;
        let mut finds = Finds { rules: &self.rules, text, read, hits };
        if let Some(word) = WORDS.get(number) {
            if word.literal == "secret" && kube::is_kind(text.bytes, at) {
                finds.at_kind(at);
                return None;
            }
            let (key, place) = finds.key_at(word, at)?;
            finds.at_key(&key, &place, at);
            return Some(key.range);
        }
        if let Some((anchor, site)) = PLACES.get(number - WORDS.len()) {
            finds.at_site(*site, at..at + anchor.len());
        } else if let Some(program) = command::PROGRAMS.get(number - WORDS.len() - PLACES.len()) {
            finds.at_program(program, at);
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

    /// The key around a word and the place of its value, if it is read for the first time.
    fn key_at(&mut self, word: &Word, at: usize) -> Option<(Key, Place)> {
        let text = self.text.bytes;
        if !word.may_name(text, at) {
            return None;
        }
        // An anchor may end with the separator itself.
        let literal = word.literal.as_bytes();
        let name_len = literal.iter().rposition(u8::is_ascii_alphanumeric)? + 1;
        let name_start = literal.iter().position(u8::is_ascii_alphanumeric)?;
        let key = key::around(text, &(at + name_start..at + name_len))?;
        // A key with several of our words (`client_secret_token`) is read once.
        if self.read.key_end == key.range.end {
            return None;
        }
        self.read.key_end = key.range.end;
        let place = place::of(text, &key)?;
        let is_count = matches!(text[at], b't' | b'T') && is_count(&text[place::skip_blank(text, place.at)..]);
        (!is_count).then_some((key, place))
    }

    fn at_key(&mut self, key: &Key, place: &Place, word: usize) -> Option<()> {
        let text = self.text.bytes;
        let kind = self.read.kinds.about(text, key.range.clone(), key::judge)?;
        let name = &text[key.range.clone()];
        if kind == KeyKind::Authorization || name.eq_ignore_ascii_case(b"bearer") {
            return self.at_credentials(key, place);
        }
        // `acme_key` is a name that somebody gave a key; `mapKey` is one of a language's.
        if kind == KeyKind::Unknown && text[word.saturating_sub(1)] != b'_' {
            return None;
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
        let value = value::read(text, &key.range, place, &mut self.read.runs)?;
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
            (Check::Netrc, _) => judge::certain_password(bytes),
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

    /// Whether a weak password is one after all: in an environment, or beside a user's name.
    fn leaves_no_doubt(&self, key: &Key, kind: KeyKind, place: &Place, value: &Value) -> bool {
        let text = self.text.bytes;
        let bytes = &text[value.range.clone()];
        if kind != KeyKind::Password
            || bytes.contains(&b' ')
            || kinds::is_stock_password(bytes)
            || kinds::is_compound(bytes)
            || bytes.len() < 6
        {
            return false;
        }
        let is_environment = place.separator == Separator::Tight && value::is_environment(&text[key.range.clone()]);
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
        let confidence = judge::certain_password(text.get(start..end)?);
        self.push(Check::Connection, key.range.start, start..end, confidence, Proof::None)
    }

    fn at_site(&mut self, site: Site, anchor: Range<usize>) -> Option<()> {
        let text = self.text.bytes;
        match site {
            Site::Url => self.at_url(anchor.start),
            Site::Oracle => {
                let secret = url::oracle(text, anchor.end)?;
                let confidence = judge::certain_password(&text[secret.clone()]);
                self.push(Check::Database, anchor.start, secret, confidence, Proof::None)
            }
            Site::Cookie => {
                let name_end = anchor.start + "cookie".len();
                if name_end < self.read.cookies_end {
                    return None;
                }
                let header = header::cookies(text, name_end)?;
                self.read.cookies_end = header.end;
                for value in header::sessions(text, header) {
                    let confidence = judge::token(&text[value.clone()], true);
                    self.push(Check::Cookie, anchor.start, value, confidence, Proof::None);
                }
                Some(())
            }
            Site::Sql => {
                let mut at = place::skip_blank(text, anchor.end);
                if text[at..].len() > 8 && text[at..at + 8].eq_ignore_ascii_case(b"password") {
                    at = place::skip_blank(text, at + 8);
                }
                let open = quote::Quote::at(text, at).filter(|_| text[at] != b'`')?;
                let start = at + open.len();
                let end = open.close(text, start, text.len().min(start + 256))?;
                let is_hash = text[start..end].starts_with(b"*") && end - start == 41;
                let confidence = judge::certain_password(&text[start..end]).filter(|_| !is_hash);
                self.push(Check::Password, anchor.start, start..end, confidence, Proof::None)
            }
            Site::GoDsn => {
                let secret = url::go_dsn(text, anchor.start)?;
                let confidence = judge::certain_password(&text[secret.clone()]);
                self.push(Check::Database, anchor.start, secret, confidence, Proof::None)
            }
            Site::Pgpass => {
                if anchor.start < self.read.pgpass_end {
                    return None;
                }
                let (secret, end) = record::pgpass(text, anchor.start);
                self.read.pgpass_end = end;
                let secret = secret?;
                let confidence = judge::certain_password(&text[secret.clone()]);
                self.push(Check::Pgpass, anchor.start, secret, confidence, Proof::None)
            }
        }
    }

    /// A Kubernetes secret: what is under `data:` is one, whatever it is called.
    fn at_kind(&mut self, at: usize) {
        let text = self.text.bytes;
        let floor = std::mem::replace(&mut self.read.kind_end, at);
        for value in kube::values(text, at, floor) {
            let decoded = BASE64.decode(&text[value.clone()]).unwrap_or_default();
            let confidence = (!decoded.is_empty()).then(|| judge::assigned(&decoded, KeyKind::Password, Form::Quoted));
            self.push(Check::Secret, value.start, value, confidence.flatten(), Proof::None);
        }
    }

    fn at_url(&mut self, at: usize) -> Option<()> {
        let text = self.text.bytes;
        let found = url::userinfo(text, at)?;
        if text[found.user.start..found.password.end].iter().any(|byte| matches!(byte, b'{' | b'}')) {
            // A template: a URL would encode them.
            return None;
        }
        let (user, host) = (&text[found.user.clone()], &text[found.host.clone()]);
        let check = if found.is_database { Check::Database } else { Check::Userinfo };
        if found.password.is_empty() || &text[found.password.clone()] == b"x-oauth-basic" {
            // A token alone; one that a crash reporter hands to every client is no secret.
            let is_public =
                memchr::memmem::find(host, b"sentry").is_some() || memchr::memmem::find(host, b"ingest").is_some();
            let confidence = judge::token(user, true).filter(|_| user.len() >= 16);
            let confidence = confidence.map(|sure| if is_public { Confidence::Low } else { sure });
            return self.push(check, found.whole.start, found.user, confidence, Proof::None);
        }
        let confidence = judge::userinfo(user, &text[found.password.clone()], host);
        self.push(check, found.whole.start, found.password, confidence, Proof::None)
    }

    fn at_program(&mut self, program: &command::Program, at: usize) -> Option<()> {
        if at < self.read.command_end {
            return None;
        }
        let found = command::password(program, self.text.bytes, at);
        self.read.command_end = found.end;
        let secret = found.password?;
        let check = match program.name {
            "mysql" | "mariadb" => Check::Mysql,
            "curl" => Check::Curl,
            _ => Check::Flag,
        };
        let confidence = judge::certain_password(&self.text.bytes[secret.clone()]).map(|sure| {
            // Documentation writes `curl -u user:pass`.
            if kinds::is_stock_password(&self.text.bytes[secret.clone()]) { Confidence::Low } else { sure }
        });
        self.push(check, at, secret, confidence, Proof::None)
    }
}

/// Which check finds the value of this key at this place.
fn check(text: &[u8], key: &Key, kind: KeyKind, place: &Place) -> Check {
    let name = &text[key.range.clone()];
    let is_colon = matches!(place.separator, Separator::Colon { .. });
    match kind {
        _ if place.separator == Separator::Tight && is_parameter(text, key.range.start) => Check::Query,
        _ if key.is_flag => Check::Flag,
        KeyKind::Password if place.separator == Separator::Blank && !place.needs_quote => Check::Netrc,
        KeyKind::Password => Check::Password,
        _ if is_colon && name.contains(&b'-') => Check::Header,
        _ => Check::Secret,
    }
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
