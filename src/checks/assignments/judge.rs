//! Whether a value behind a secret's name is one: generated or chosen, not written, referred to or made up.

use super::key::KeyKind;
use crate::checks::filters;
use crate::model::Confidence;

/// How sure it is that `value`, assigned to a key of this kind, is a secret.
pub(super) fn value(value: &[u8], kind: KeyKind, quoted: bool) -> Option<Confidence> {
    if filters::is_dummy(value) || filters::is_placeholder(value) || is_reference(value) {
        return None;
    }
    match kind {
        KeyKind::Password => password(value, quoted),
        KeyKind::Token | KeyKind::Authorization => token(value),
    }
}

/// A machine-made token: letters and digits without words' regularity.
pub(super) fn token(value: &[u8]) -> Option<Confidence> {
    if value.len() < 8 || !value.iter().all(u8::is_ascii_graphic) || is_name(value) || is_numeric(value) {
        return None;
    }
    if is_uuid(value) {
        return Some(Confidence::Low);
    }
    let needed = match value.len() {
        ..12 => 2.9,
        12..20 => 3.1,
        _ => 3.3,
    };
    let is_hex = value.len() >= 16 && value.iter().all(u8::is_ascii_hexdigit);
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let bits = filters::bits_per_byte(value);
    (digits > 0 && (bits >= needed || is_hex && bits >= 2.7)).then_some(Confidence::Medium)
}

/// A password: anything a person might choose, unless it reads like a label or like code.
fn password(value: &[u8], quoted: bool) -> Option<Confidence> {
    if value.len() < 4 || value.len() > 128 {
        return None;
    }
    if value.contains(&b' ') {
        // A sentence is a message; two or three words may be a passphrase.
        return (quoted && value.iter().filter(|&&byte| byte == b' ').count() < 4 && value.iter().any(u8::is_ascii_digit)).then_some(Confidence::Low);
    }
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let others = value.len() - letters - digits;
    if is_name(value) || (!quoted && is_numeric(value)) {
        return (quoted && others == 0).then_some(Confidence::Low);
    }
    Some(if digits + others > 0 && letters > 0 { Confidence::Medium } else { Confidence::Low })
}

/// User info of a URL: the place leaves no doubt, the host may tell of an example.
pub(super) fn userinfo(value: &[u8], host: &[u8]) -> Option<Confidence> {
    if filters::is_dummy(value) || filters::is_placeholder(value) || is_reference(value) {
        return None;
    }
    let host = String::from_utf8_lossy(host).to_ascii_lowercase();
    let name = host.split(':').next().unwrap_or_default();
    let is_example = ["example.com", "example.org", "example.net", "localhost", "127.0.0.1", "host", "hostname", "server"]
        .iter()
        .any(|example| name == *example || name.ends_with(&format!(".{example}")));
    Some(if is_example || value.len() < 3 { Confidence::Low } else { Confidence::Medium })
}

/// What stands for a value elsewhere: variables, calls, paths, type names.
fn is_reference(value: &[u8]) -> bool {
    matches!(value[0], b'$' | b'/' | b'~' | b'<' | b'{' | b'%' | b'*' | b'.' | b'@')
        || value.starts_with(b"./")
        || memchr::memmem::find(value, b"://").is_some()
        || memchr::memmem::find(value, b"${").is_some()
        || memchr::memmem::find(value, b"{{").is_some()
        || value.ends_with(b"=") && value.len() < 8
}

/// Only letters and what joins words: a name, not a value. Mixed case in the middle of long words is no name.
fn is_name(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_alphabetic() || b"_-.:/".contains(byte)) && {
        let turns = value.windows(2).filter(|pair| pair[0].is_ascii_lowercase() != pair[1].is_ascii_lowercase()).count();
        turns * 3 < value.len().max(12)
    }
}

fn is_numeric(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_digit() || b"._-:+,T ".contains(byte))
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
}
