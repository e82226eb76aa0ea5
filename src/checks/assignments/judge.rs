//! Whether a value behind a secret's name is one: generated or chosen, not written, referred to or made up.

use super::key::KeyKind;
use super::kinds;
use super::value::Form;
use crate::checks::filters::{self, Makeup, evidence, is_generated};
use crate::model::Confidence::{self, Low, Medium};

/// How sure it is that `value`, assigned to a key of this kind, is a secret.
pub(super) fn assigned(value: &[u8], kind: KeyKind, form: Form) -> Option<Confidence> {
    match kind {
        KeyKind::Password => password(value, form),
        KeyKind::Token { sure } => token(value, sure),
        // `?key=6254792024915968` is the number of a record.
        KeyKind::Parameter if value.iter().all(u8::is_ascii_digit) => None,
        KeyKind::Authorization | KeyKind::Parameter => token(value, true),
        KeyKind::Unknown => told(value),
    }
}

/// A value that only its own look speaks for: told in a sentence, or behind a key that may be of a table.
pub(super) fn told(value: &[u8]) -> Option<Confidence> {
    (value.len() >= 16 && evidence(value) >= 24.0).then(|| token(value, false)).flatten()
}

/// Whether a value without digits speaks of keys itself: lists of names (`"acme_token", "acmetoken"`) look like pairs.
fn names_a_key(value: &[u8], makeup: &Makeup) -> bool {
    let holds = |word: &&[u8]| value.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    makeup.digits == 0 && [&b"token"[..], b"secret", b"key", b"passw"].iter().any(holds)
}

/// A token: made by a machine.
pub(super) fn token(value: &[u8], sure: bool) -> Option<Confidence> {
    if value.len() < 8 || !value.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    if kinds::is_uuid(value) {
        return (!is_void(value) && !filters::is_drummed(value)).then_some(if sure { Medium } else { Low });
    }
    let makeup = Makeup::of(value);
    let is_number = makeup.digits == value.len();
    let is_made = if is_number { value.len() >= 16 } else { is_generated(value) };
    if !is_made
        || makeup.signs * 4 > value.len()
        || kinds::is_other(value)
        || kinds::is_compound(value)
        || is_void(value)
        || filters::is_drummed(value)
        || names_a_key(value, &makeup)
    {
        return None;
    }
    // Words of letters alone, joined or not, are too often words of a language that the model has not read.
    let joints = value.iter().filter(|byte| b"_-.".contains(byte)).count();
    let is_all_letters = makeup.letters() + joints == value.len();
    Some(if is_all_letters && value.len() < 16 { Low } else { Medium })
}

/// Letters in a case that people use: a word of some language, which the model need not have read.
fn is_word(value: &[u8], makeup: &Makeup) -> bool {
    let is_cased = makeup.lower == 0 || makeup.upper == 0 || (makeup.upper == 1 && value[0].is_ascii_uppercase());
    makeup.letters() == value.len() && is_cased
}

/// A password: anything a person might choose, unless it reads like a label, a name or code.
fn password(value: &[u8], form: Form) -> Option<Confidence> {
    if !(4..=256).contains(&value.len()) || value.iter().any(u8::is_ascii_control) {
        return None;
    }
    let makeup = Makeup::of(value);
    if value.contains(&b' ') {
        // A sentence is a message; a few words with a digit may be a passphrase.
        let blanks = memchr::memchr_iter(b' ', value).count();
        return (form == Form::Quoted && blanks < 4 && makeup.digits > 0 && !is_void(value)).then_some(Low);
    }
    // `["PASSWORD", "WEB_AUTHN"]` are constants of some list.
    let is_constant = form == Form::Loose && makeup.lower + makeup.digits + makeup.foreign == 0;
    let may_be_made = value.len() >= 8 && !(is_word(value, &makeup) && value.len() < 16) && !is_constant;
    if may_be_made && is_generated(value) && makeup.foreign == 0 && makeup.signs * 2 < value.len() {
        let is_none = kinds::is_other(value) || kinds::is_compound(value) || kinds::is_label(value) || is_void(value);
        return (!is_none).then_some(Medium);
    }
    if (form == Form::Loose && !is_literal(value, &makeup))
        || kinds::is_other(value)
        || kinds::is_label(value)
        || is_void(value)
    {
        return None;
    }
    let named = makeup.letters() + value.iter().filter(|byte| b"_-.".contains(byte)).count() == value.len();
    Some(match (named, makeup.letters(), makeup.digits) {
        (true, ..) => Low,
        _ if kinds::is_compound(value) => Low,
        // A lone number may count something.
        (_, 0, digits) if form == Form::Plain || makeup.signs > 0 || digits < 6 => Low,
        _ if makeup.foreign > 0 => Low,
        _ => Medium,
    })
}

/// Whether no language reads the value as an expression: `P@ssw0rd!`.
fn is_literal(value: &[u8], makeup: &Makeup) -> bool {
    let has_odd_sign = value[1..].iter().any(|byte| b"@!#^~".contains(byte));
    value.len() >= 8
        && makeup.digits > 0
        && makeup.letters() > 0
        && has_odd_sign
        && !value.iter().any(|byte| b"=()[]{}<>".contains(byte))
}

/// A password whose place leaves no doubt: a flag that takes nothing else, a field of a connection string.
pub(super) fn certain_password(value: &[u8]) -> Option<Confidence> {
    if value.is_empty()
        || value.len() > 256
        || value.iter().any(|byte| *byte <= b' ')
        || is_void(value)
        || kinds::is_code(value)
    {
        return None;
    }
    let is_weak = value.len() < 4 || value.iter().all(u8::is_ascii_uppercase);
    Some(if is_weak { Low } else { Medium })
}

/// The password of a record that may name a user and a server: a stock one is doubted where the rest is a sample, too.
pub(super) fn connected(value: &[u8], user: &[u8], server: &[u8]) -> Option<Confidence> {
    if !kinds::is_stock_password(value) {
        return certain_password(value);
    }
    let end = server.iter().position(|byte| matches!(byte, b',' | b':' | b'\\')).unwrap_or(server.len());
    let host = server[..end].strip_prefix(b"tcp:").unwrap_or(&server[..end]);
    let is_sample = is_sample(user) || is_sample(host) || is_local(host) || is_reserved(host);
    Some(if is_sample { Low } else { Medium })
}

/// The password of a `.netrc`, for a machine.
pub(super) fn netrc(value: &[u8], machine: &[u8]) -> Option<Confidence> {
    let is_sample = machine.starts_with(b"example") || is_reserved(machine);
    certain_password(value).map(|confidence| if is_sample { Low } else { confidence })
}

/// Whether a user or a server is named as in documentation, or not at all.
fn is_sample(name: &[u8]) -> bool {
    name.is_empty() || is_void(name)
}

/// Whether the host is this machine.
fn is_local(host: &[u8]) -> bool {
    [&b"localhost"[..], b"(local)", b"(localdb)", b".", b"::1"].iter().any(|name| host.eq_ignore_ascii_case(name))
        || host.starts_with(b"127.")
        || host.starts_with(b"0.")
        || host.ends_with(b".local")
}

/// Whether the host's name is reserved for examples and for this machine.
fn is_reserved(host: &[u8]) -> bool {
    RESERVED.iter().any(|name| host.to_ascii_lowercase().ends_with(name))
}

/// User info of a URL: the place leaves no doubt, the host may tell of an example.
pub(super) fn userinfo(user: &[u8], value: &[u8], host: &[u8]) -> Option<Confidence> {
    let is_known = kinds::is_stock_password(value);
    if value.len() < 3 || (is_void(value) && !is_known) || kinds::is_code(value) {
        return None;
    }
    let end = host.iter().position(|byte| *byte == b':').unwrap_or(host.len());
    let host = &host[..end];
    let is_reserved = is_reserved(host);
    let is_near = !host.contains(&b'.') || is_local(host) || is_reserved;
    let is_strong = is_generated(value) || evidence(value) > 3.0;
    let doubt = (is_known || value == user) && is_near
        || is_known && !user.is_empty() && is_void(user)
        || (is_reserved && !is_strong && kinds::is_label(value));
    Some(if doubt { Low } else { Medium })
}

/// Names that are reserved for examples and for this machine.
const RESERVED: &[&[u8]] =
    &[b"example.com", b"example.org", b"example.net", b".example", b".test", b".invalid", b"localhost"];

/// What stands for a secret without being one.
fn is_void(value: &[u8]) -> bool {
    filters::is_dummy(value) || filters::is_placeholder(value) || kinds::is_reference(value)
}
