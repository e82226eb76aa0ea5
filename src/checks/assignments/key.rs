//! Keys: from a word to the whole name, and whether that name is a secret's.

use std::ops::Range;

/// A key is read this far to the left of its word, and to the right.
const REACH: usize = 48;

/// Bytes of a folded key at most, and words.
const LONGEST: usize = 4 * REACH;
const MOST_WORDS: usize = 16;

/// A key as it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// The name alone, without quotes and leading dashes.
    pub(super) range: Range<usize>,
    /// Whether it is a command-line flag (`--token`).
    pub(super) is_flag: bool,
}

/// What a key's name says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// A password: may be any text, chosen by a person.
    Password,
    /// A key or token: made by a machine.
    Token,
    /// An `Authorization` header.
    Authorization,
}

/// The identifier around `word`; `None` where it is longer than any key.
pub(super) fn around(text: &[u8], word: &Range<usize>) -> Option<Key> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'-' || *byte == b'.';
    let before = &text[word.start.saturating_sub(REACH)..word.start];
    let start = word.start - before.iter().rev().take_while(|byte| is_name(byte)).count();
    let after = &text[word.end..text.len().min(word.end + REACH)];
    let mut end = word.end + after.iter().take_while(|byte| is_name(byte)).count();
    if word.start - start == REACH || end - word.end == REACH {
        return None;
    }
    while end > word.end && matches!(text[end - 1], b'-' | b'.') {
        end -= 1;
    }
    let dashes = text[start..word.start].iter().take_while(|&&byte| byte == b'-').count();
    Some(Key { range: start + dashes..end, is_flag: dashes > 0 })
}

/// Judges a key by its words. The last ones say what the value is: `token_secret` is one, `secret_name` is not.
pub(super) fn judge(name: &[u8]) -> Option<KeyKind> {
    let mut folded = [0; LONGEST];
    let folded = fold(name, &mut folded)?;
    let mut words = [""; MOST_WORDS];
    let mut count = 0;
    for word in folded.split(|c| c == '_').filter(|word| !word.is_empty()) {
        *words.get_mut(count)? = word;
        count += 1;
    }
    let is_neutral = |word: &str| NEUTRAL.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit());
    while count > 1 && is_neutral(words[count - 1]) {
        count -= 1;
    }
    let last = words[count.checked_sub(1)?];
    let before = if count > 1 { words[count - 2] } else { "" };
    kind(last, before)
}

fn kind(last: &str, before: &str) -> Option<KeyKind> {
    let ends = |list: &[&str]| list.iter().any(|end| last.ends_with(end));
    if last == "authorization" {
        return Some(KeyKind::Authorization);
    }
    if ["pass", "userpass", "dbpass"].contains(&last) || ends(&["password", "passwd", "passwort", "passphrase", "passcode", "pwd"]) {
        return (!["forgot", "reset", "show", "hide", "toggle", "no", "is", "has", "all", "first", "second"].contains(&before)).then_some(KeyKind::Password);
    }
    let token = ["auth", "secrets", "credential", "credentials", "bearer"].contains(&last)
        || ends(&["token", "secret"])
        || last.strip_suffix("key").is_some_and(|head| KEYS.contains(&if head.is_empty() { before } else { head }));
    (token && !OTHERS.contains(&before)).then_some(KeyKind::Token)
}

/// The name in lower case, with `_` between its words: at `-`, `.`, and where lower case turns to upper.
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

/// Words behind a name that change nothing.
const NEUTRAL: &[&str] = &[
    "value", "string", "str", "plain", "plaintext", "text", "b64", "base64", "encoded", "prod", "production", "staging", "stage", "dev", "test",
    "live", "sandbox", "default", "new", "old", "current", "env", "var", "primary", "secondary", "main", "raw", "data", "local", "global",
];

/// Words before `token`, `secret` or `key` that make it no secret.
const OTHERS: &[&str] = &[
    "public", "no", "max", "min", "num", "total", "is", "has", "get", "set", "next", "page", "pagination", "continuation", "sync", "csrf", "xsrf",
    "pad", "eos", "bos", "unk", "sep", "cls", "mask", "input", "output", "prompt", "special", "per", "stop", "start", "end", "cancellation",
    "cancel", "abort", "syntax", "lexer", "parse", "forgot", "reset", "change", "confirm", "show", "hide", "toggle", "cursor", "primary", "foreign",
];

/// Words before `key` that make it a secret one.
const KEYS: &[&str] = &[
    "api", "access", "secret", "private", "account", "encryption", "encrypt", "signing", "master", "app", "application", "auth", "session",
    "service", "storage", "license", "hmac", "aes", "shared", "deploy", "consumer", "subscription", "ssh", "rest", "role", "admin",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_by_their_last_words() {
        use KeyKind::{Authorization, Password, Token};
        for (name, expected) in [
            ("password", Some(Password)), ("DB_PASSWORD", Some(Password)), ("dbPassword", Some(Password)), ("PGPASSWORD", Some(Password)), ("db.pass", Some(Password)),
            ("api_key", Some(Token)), ("apiKey", Some(Token)), ("APIKEY", Some(Token)), ("x-api-key", Some(Token)), ("clientSecret", Some(Token)),
            ("client_secret_value", Some(Token)), ("AccountKey", Some(Token)), ("GITHUB_TOKEN", Some(Token)), ("token_2", Some(Token)), ("authToken", Some(Token)),
            ("Authorization", Some(Authorization)), ("Proxy-Authorization", Some(Authorization)),
            ("max_tokens", None), ("input_tokens", None), ("tokenizer", None), ("token_count", None), ("secret_name", None), ("secretKeyRef", None),
            ("public_key", None), ("key_id", None), ("author", None), ("password_hash", None), ("csrf_token", None), ("nextToken", None), ("passed", None),
            ("bypass", None), ("token_type", None), ("passwordField", None), ("keyboard", None), ("monkey", None), ("pad_token", None), ("", None),
        ] {
            assert_eq!(judge(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn a_word_grows_to_its_key() {
        let text = b"export --my-api_key2 = x";
        let key = around(text, &(12..19)).expect("a key");
        assert_eq!((&text[key.range], key.is_flag), (&b"my-api_key2"[..], true));
        assert_eq!(around("x".repeat(200).as_bytes(), &(100..104)), None);
    }
}
