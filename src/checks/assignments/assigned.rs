//! The value behind a key: read, and judged by what the key's name says.

use std::ops::Range;

use super::key::{self, Key, KeyKind};
use super::place::{self, Place, Separator};
use super::value::{self, Form, Value};
use super::{Check, Finds, header, judge, kinds, pair, record};
use crate::checks::filters;
use crate::checks::proof;
use crate::model::{Confidence, Proof};
use crate::raw::Secret;

impl Finds<'_, '_> {
    /// Pushes what is assigned to a key, if it is a secret; `word` is where the word begins that the key was found by.
    pub(super) fn at_key(&mut self, key: &Key, place: &Place, word: usize) -> Option<()> {
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
