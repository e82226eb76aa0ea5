//! A user and a password side by side: `auth=('user', 'password')`, SASL's `AUTH PLAIN`.

use std::ops::Range;

use data_encoding::BASE64;

use super::names::ends_in;
use super::place::skip_blank;
use super::quote::Quote;

/// A quoted string is read this far.
const LONGEST: usize = 256;

/// Whether pairs are given to what has this name: `auth`, `HTTPBasicAuth`, `NetworkCredential`.
pub(super) fn takes_pairs(name: &[u8]) -> bool {
    ends_in(name, &["auth", "credential", "credentials"])
}

/// The second of two strings in a list, of which the first may be a name: `('user', 'password')`, `user, "password")`.
pub(super) fn second(text: &[u8], at: usize) -> Option<Range<usize>> {
    let mut at = skip_blank(text, at);
    if matches!(text.get(at), Some(b'(' | b'[' | b'{')) {
        at = skip_blank(text, at + 1);
    }
    let user = match quoted(text, at) {
        Some((_, end)) => end,
        None => {
            at + text[at..]
                .iter()
                .take(64)
                .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(byte))
                .count()
        }
    };
    let comma = skip_blank(text, user);
    (user > at && text.get(comma) == Some(&b',')).then_some(())?;
    let (password, end) = quoted(text, skip_blank(text, comma + 1))?;
    let next = text.get(skip_blank(text, end));
    matches!(next, Some(b')' | b']' | b'}' | b',')).then_some(password)
}

/// A string and where its quotes end.
fn quoted(text: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    let open = Quote::at(text, at)?;
    let start = at + open.len();
    let end = open.close(text, start, text.len().min(at + LONGEST))?;
    (end > start).then_some((start..end, end + open.len()))
}

/// The credentials of SMTP's and IMAP's `AUTH PLAIN`, whose `AUTH` ends at `at`.
pub(super) fn sasl_plain(text: &[u8], at: usize) -> Option<Range<usize>> {
    let mechanism = skip_blank(text, at);
    let name = text.get(mechanism..mechanism + 5).filter(|name| name.eq_ignore_ascii_case(b"plain"))?;
    let start = skip_blank(text, mechanism + name.len());
    let rest = &text[start..text.len().min(start + LONGEST)];
    let len = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)).count();
    let message = BASE64.decode(&rest[..len]).ok()?;
    let mut parts = message.splitn(3, |byte| *byte == 0).skip(1);
    let are_words = parts.all(|part| !part.is_empty() && part.iter().all(|byte| *byte >= b' '));
    (are_words && memchr::memchr_iter(0, &message).count() == 2).then_some(start..start + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_the_second_of_a_pair() {
        for (text, expected) in [
            ("('me', 'p')", Some("p")),
            ("\"me\", \"p\")", Some("p")),
            ("(user, 'p'),", Some("p")),
            ("[\"me\", \"p\"]", Some("p")),
            ("'me', 'p', 'domain')", Some("p")),
            (r#"(\"me\", \"p\")"#, Some("p")),
            ("('me', password)", None),
            ("('p')", None),
            ("'Bearer x'", None),
            ("", None),
        ] {
            assert_eq!(second(text.as_bytes(), 0).map(|range| &text[range]), expected, "{text}");
        }
        for (name, takes) in [("auth", true), ("aiohttp.BasicAuth", true), ("authors", false), ("oauth2", false)] {
            assert_eq!(takes_pairs(name.as_bytes()), takes, "{name}");
        }
    }

    #[test]
    fn plain_is_two_words_behind_nothing_or_a_name() {
        for (message, is_plain) in [(&b"\0me\0p"[..], true), (b"me\0me\0p", true), (b"me:p", false), (b"\0\0p", false)]
        {
            let text = ["auth plain ", &BASE64.encode(message), "\r\n"].concat();
            assert_eq!(sasl_plain(text.as_bytes(), 4).is_some(), is_plain, "{message:?}");
        }
    }
}
