//! Keys: from a word to the whole name, and whether that name is a secret's.

use std::ops::Range;

use super::names::{ACTIONS, FOREIGN, KEYS, NEUTRAL, OTHERS, PASSWORD_ENDS, PASSWORDS, PUBLIC, SURE, ends_in};

/// A key is read this far to the left of its word, and to the right.
const REACH: usize = 64;

/// Bytes of a folded key at most, and words.
const LONGEST: usize = 4 * REACH;
const MOST_WORDS: usize = 24;

/// A key as it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// The name alone, without quotes and leading dashes.
    pub(super) range: Range<usize>,
    /// Whether it is a command-line flag (`--token`, `-Password`).
    pub(super) is_flag: bool,
}

/// What a key's name says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// A password: may be any text, chosen by a person.
    Password,
    /// A key or token: made by a machine. `sure` where the name says whose door it opens (`api_key`, not a mere `token`).
    Token { sure: bool },
    /// An `Authorization` header.
    Authorization,
    /// A key that nobody knows what for: `acme_key`.
    Unknown,
    /// A secret only as a parameter of a URL: `key`, `sig`.
    Parameter,
}

/// The name around `word`; `None` where it is longer than any key.
pub(super) fn around(text: &[u8], word: &Range<usize>) -> Option<Key> {
    let before = &text[word.start.saturating_sub(REACH)..word.start];
    let mut start = word.start - before.iter().rev().take_while(|byte| is_name(**byte)).count();
    // The letter of an escape (`\n`) is no part of a name.
    if start > 0 && start < word.start && text[start - 1] == b'\\' && matches!(text[start], b'n' | b'r' | b't') {
        start += 1;
    }
    let after = &text[word.end..text.len().min(word.end + REACH)];
    let mut end = word.end + after.iter().take_while(|byte| is_name(**byte)).count();
    if is_joined_value(&text[word.end..end]) {
        end = word.end;
    }
    if word.start - start >= REACH - 1 || end - word.end == REACH {
        return None;
    }
    // Two words: `secret key`, `access token`.
    let second = &text[end..text.len().min(end + 8)];
    if let Some(len) = ["key", "token"].iter().find_map(|last| {
        let found = second.get(1..=last.len())?.eq_ignore_ascii_case(last.as_bytes())
            && !second.get(last.len() + 1).is_some_and(|byte| is_name(*byte));
        (second[0] == b' ' && found).then_some(1 + last.len())
    }) {
        end += len;
    }
    while end > word.end && matches!(text[end - 1], b'-' | b'.') {
        end -= 1;
    }
    // `API token` says more than `token`.
    if text[start..end].eq_ignore_ascii_case(b"token") {
        let ahead = |first: &&&str| ends_in(&text[start.saturating_sub(first.len())..start], &[first]);
        start -= ["api ", "access ", "auth "].iter().find(ahead).map_or(0, |first| first.len());
    }
    let dashes = text[start..word.start].iter().take_while(|&&byte| byte == b'-').count();
    let is_flag =
        dashes > 0 && start.checked_sub(1).is_none_or(|at| text[at] <= b' ' || b"\"'`[(=>+".contains(&text[at]));
    Some(Key { range: start + dashes..end, is_flag })
}

/// Whether what goes on behind a name's word is a value: `acme-key-7f0c2b91d8e64a35`.
fn is_joined_value(rest: &[u8]) -> bool {
    const LEAST: usize = 16;
    let Some((b'-', value)) = rest.split_first() else { return false };
    let part = value.split(|byte| !byte.is_ascii_alphanumeric()).next().unwrap_or_default();
    part.len() >= LEAST && part.iter().any(u8::is_ascii_digit)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Judges a key by its words. The last ones say what the value is: `token_secret` is one, `secret_name` is not.
pub(super) fn judge(name: &[u8]) -> Option<KeyKind> {
    let known = COMMON.iter().find(|(common, _)| name.eq_ignore_ascii_case(common));
    match known {
        Some((_, kind)) => Some(*kind),
        None if ends_in(name, FOREIGN) => Some(KeyKind::Password),
        None => judge_words(name),
    }
}

/// Most of the keys that logs are full of; a test holds them to the long way.
const COMMON: &[(&[u8], KeyKind)] = &[
    (b"authorization", KeyKind::Authorization),
    (b"bearer", KeyKind::Token { sure: true }),
    (b"token", KeyKind::Token { sure: false }),
    (b"password", KeyKind::Password),
    (b"secret", KeyKind::Token { sure: true }),
];

fn judge_words(name: &[u8]) -> Option<KeyKind> {
    let mut folded = [0; LONGEST];
    let folded = fold(name, &mut folded)?;
    let mut words = [""; MOST_WORDS];
    let mut count = 0;
    for word in folded.split('_').filter(|word| !word.is_empty()) {
        *words.get_mut(count)? = word;
        count += 1;
    }
    let is_neutral = |word: &str| NEUTRAL.contains(word) || word.bytes().all(|byte| byte.is_ascii_digit());
    while count > 1 && is_neutral(words[count - 1]) {
        count -= 1;
    }
    let words = &words[..count];
    let (last, head) = words.split_last()?;
    kind(last.trim_end_matches(|c: char| c.is_ascii_digit()), head)
}

fn kind(last: &str, head: &[&str]) -> Option<KeyKind> {
    let before = head.last().copied().unwrap_or_default();
    if last == "authorization" || (last == "extraheader" && before == "http") {
        return Some(KeyKind::Authorization);
    }
    if last == "pepper" {
        return Some(KeyKind::Token { sure: true });
    }
    if PASSWORDS.contains(last) || PASSWORD_ENDS.iter().any(|end| last.ends_with(end)) {
        return (!ACTIONS.contains(before)).then_some(KeyKind::Password);
    }
    if head.iter().any(|word| PUBLIC.contains(word)) {
        return None;
    }
    if ["key", "sig", "signature"].contains(&last) && (head.is_empty() || head == ["x", "amz"] || head == ["x", "goog"])
    {
        return Some(KeyKind::Parameter);
    }
    let is_token = ["auth", "bearer", "credential", "credentials"].contains(&last)
        || ["token", "secret", "secrets", "sessid", "sessionid"].iter().any(|end| last.ends_with(end))
        || (last == "sid" && before == "connect")
        || (last == "salt" && ["auth", "in", "nonce", "password"].contains(&before));
    let is_key = last.strip_suffix("keys").or_else(|| last.strip_suffix("key")).is_some_and(|owner| {
        let owner = if owner.is_empty() { before } else { owner };
        KEYS.iter().any(|word| owner == *word || (word.len() > 3 && owner.ends_with(word)))
    });
    let other = OTHERS.contains(before)
        || head.first() == Some(&"next")
        || last.strip_suffix("token").is_some_and(|owner| OTHERS.contains(owner));
    let is_sure = |word: &&str| SURE.iter().any(|sure| word.starts_with(sure));
    if other {
        return None;
    }
    if is_token || is_key {
        return Some(KeyKind::Token { sure: is_sure(&last) || head.iter().any(is_sure) });
    }
    let is_owned = head.iter().any(is_sure);
    let is_unknown = last == "key" || (!head.is_empty() && ["private", "access"].contains(&last));
    is_unknown.then_some(if is_owned { KeyKind::Token { sure: true } } else { KeyKind::Unknown })
}

/// The name in lower case, with `_` between its words: at `-`, `.`, blank, and where lower case turns to upper.
fn fold<'a>(name: &[u8], out: &'a mut [u8; LONGEST]) -> Option<&'a str> {
    let mut len = 0;
    let mut previous = b'_';
    for &byte in name {
        if byte.is_ascii_uppercase() && (previous.is_ascii_lowercase() || previous.is_ascii_digit()) {
            *out.get_mut(len)? = b'_';
            len += 1;
        }
        *out.get_mut(len)? = if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'_' };
        len += 1;
        previous = byte;
    }
    std::str::from_utf8(&out[..len]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_names_are_judged_as_their_words_are() {
        for (name, kind) in COMMON {
            assert_eq!(judge_words(name), Some(*kind), "{}", String::from_utf8_lossy(name));
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn names_are_judged_by_their_last_words() {
        const PASSWORD: Option<KeyKind> = Some(KeyKind::Password);
        const SURE: Option<KeyKind> = Some(KeyKind::Token { sure: true });
        const TOKEN: Option<KeyKind> = Some(KeyKind::Token { sure: false });
        const AUTHORIZATION: Option<KeyKind> = Some(KeyKind::Authorization);
        for (expected, names) in [
            (
                PASSWORD,
                &[
                    "password",
                    "DB_PASSWORD",
                    "dbPassword",
                    "PGPASSWORD",
                    "db.pass",
                    "smtpPass",
                    "MYSQL_PWD",
                    "password2",
                    "pass",
                    "passphrase",
                    "SSHPASS",
                ][..],
            ),
            (
                SURE,
                &[
                    "secret key",
                    "api_key",
                    "apiKey",
                    "APIKEY",
                    "x-api-key",
                    "api key",
                    "clientSecret",
                    "client_secret_value",
                    "authToken",
                    "api_keys",
                    "X-Auth-Token",
                    "accesskey",
                ],
            ),
            (
                TOKEN,
                &[
                    "AccountKey",
                    "GITHUB_TOKEN",
                    "token_2",
                    "token",
                    "encryptionKey",
                    "consumer_key",
                    "PHPSESSID",
                    "connect.sid",
                    "write_key",
                ],
            ),
            (Some(KeyKind::Unknown), &["acme_key", "acme_private", "ACME_ACCESS"]),
            (AUTHORIZATION, &["Authorization", "Proxy-Authorization", "http.extraheader"]),
            (Some(KeyKind::Parameter), &["key", "sig", "X-Amz-Signature"]),
            (
                None,
                &[
                    "max_tokens",
                    "input_tokens",
                    "tokenizer",
                    "token_count",
                    "secret_name",
                    "secretKeyRef",
                    "public_key",
                    "key_id",
                    "author",
                    "password_hash",
                    "csrf_token",
                    "nextToken",
                    "passed",
                    "bypass",
                    "token_type",
                    "passwordField",
                    "keyboard",
                    "monkey",
                    "pad_token",
                    "hotkey",
                    "primary_key",
                    "cache_key",
                    "publishable_api_key",
                    "forgot_password",
                    "access_key_id",
                    "",
                    "-",
                    "signature_version",
                ],
            ),
        ] {
            for name in names {
                assert_eq!(judge(name.as_bytes()), expected, "{name}");
            }
        }
    }

    #[test]
    fn a_word_grows_to_its_key() {
        let text = b"export --my-api_key2 = x";
        let key = around(text, &(12..19)).expect("a key");
        assert_eq!((&text[key.range], key.is_flag), (&b"my-api_key2"[..], true));
        assert_eq!(around("x".repeat(200).as_bytes(), &(100..104)), None);
        for (text, word) in
            [("tokenSecret", 0..5), ("secretKey", 0..6), ("TOKEN_2", 0..5), ("x.token", 2..7), ("API token", 4..9)]
        {
            assert_eq!(around(text.as_bytes(), &word).map(|key| key.range), Some(0..text.len()), "{text}");
        }
    }
}
