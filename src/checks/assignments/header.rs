//! Headers that carry a scheme and a token, or cookies.

use std::ops::Range;

use super::place::skip_blank;
use super::quote::Quote;

/// A token is read this far.
const LONGEST: usize = 8192;

/// What an `Authorization` header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Credentials {
    /// Empty where the token stands alone.
    pub(super) scheme: Range<usize>,
    pub(super) token: Range<usize>,
}

/// The credentials that begin at `at`.
pub(super) fn credentials(text: &[u8], at: usize) -> Option<Credentials> {
    let mut at = skip_blank(text, at);
    while matches!(text.get(at), Some(b'[' | b'(')) {
        at += 1;
    }
    while let Some(quote) = Quote::at(text, at) {
        at += quote.len();
    }
    let word = at..at + token_len(text, at);
    if let Some(name) = field_name(&text[word.clone()]) {
        return is_token_name(&text[at..at + name])
            .then(|| Credentials { scheme: at..at, token: at + name + 1..word.end });
    }
    let mut next = skip_blank(text, word.end);
    if next == word.end || word.is_empty() || word.len() > 20 {
        return (!word.is_empty()).then_some(Credentials { scheme: at..at, token: word });
    }
    // `Token token="…"`, `MediaBrowser Token="…"`
    let name = text[next..].iter().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count();
    if text.get(next + name) == Some(&b'=') && is_token_name(&text[next..next + name]) {
        next += name + 1;
    } else if field_name(&text[next..next + token_len(text, next)]).is_some() {
        // `authorization=user kid=…` is a log's line.
        return None;
    }
    next += Quote::at(text, next).map_or(0, Quote::len);
    let len = token_len(text, next);
    Some(match len {
        0 => Credentials { scheme: at..at, token: word },
        _ => Credentials { scheme: word, token: next..next + len },
    })
}

/// The length of the name in `name=value`. Padding ends a token, but there nothing follows.
fn field_name(word: &[u8]) -> Option<usize> {
    let len = word.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'_').count();
    let rest = word.get(len..)?.strip_prefix(b"=")?;
    (len > 0 && len < 16 && rest.first().is_some_and(|byte| *byte != b'=')).then_some(len)
}

/// What a scheme calls its token: `Token token="…"`, `MediaBrowser Token="…"`.
fn is_token_name(name: &[u8]) -> bool {
    [&b"token"[..], b"key", b"apikey", b"api_key", b"access_token"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// How many bytes of a token stand at `at`, without the punctuation of a sentence.
fn token_len(text: &[u8], at: usize) -> usize {
    let rest = &text[at.min(text.len())..text.len().min(at + LONGEST)];
    let len = rest
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || b"-._~+/=:|!@#%*$".contains(byte)))
        .unwrap_or(rest.len());
    len - rest[..len].iter().rev().take_while(|byte| b".:".contains(byte)).count()
}

/// Where the cookies of a header begin, whose name ends at `at`, and where they end.
pub(super) fn cookies(text: &[u8], at: usize) -> Option<Range<usize>> {
    let at = at + Quote::at(text, at).map_or(0, Quote::len);
    (text.get(at) == Some(&b':')).then_some(())?;
    let mut start = skip_blank(text, at + 1);
    start += Quote::at(text, start).map_or(0, Quote::len);
    let rest = &text[start.min(text.len())..text.len().min(start + LONGEST)];
    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'\\')).unwrap_or(rest.len());
    Some(start..start + end)
}

/// The values of those cookies in `text` that hold a session.
pub(super) fn sessions(text: &[u8], header: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = header.start;
    text[header].split(|&byte| byte == b';').filter_map(move |pair| {
        let start = at;
        at += pair.len() + 1;
        let equals = memchr::memchr(b'=', pair)?;
        let value = &pair[equals + 1..];
        let value_start = start + equals + 1;
        is_session(pair[..equals].trim_ascii()).then(|| value_start..value_start + value.trim_ascii_end().len())
    })
}

/// Whether a cookie's name says that it holds a session or a login.
fn is_session(name: &[u8]) -> bool {
    const PARTS: &[&str] =
        &["sess", "auth", "token", "remember", "login", "jwt", "aspnetcore", "__secure-", "__host-", "connect.sid"];
    const NAMES: &[&str] =
        &["sid", "hsid", "ssid", "li_at", "apisid", "sapisid", "user_session", "d", "xs", "c_user_token"];
    let name = name.to_ascii_lowercase();
    let has = |part: &&str| memchr::memmem::find(&name, part.as_bytes()).is_some();
    !has(&"csrf") && !has(&"xsrf") && (PARTS.iter().any(has) || NAMES.iter().any(|known| name == known.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_stand_before_tokens() {
        for (text, scheme, token) in [
            ("Bearer abc.def-1 x", "Bearer", "abc.def-1"),
            ("'Basic YTpi'", "Basic", "YTpi"),
            ("\\\"token abc\\\"", "token", "abc"),
            ("abc", "", "abc"),
            ("Token token=\"abc\"", "Token", "abc"),
            ("['Bearer abc']", "Bearer", "abc"),
            ("Bearer ${TOKEN}", "Bearer", "$"),
            ("Bearer abc.", "Bearer", "abc"),
        ] {
            let found = credentials(text.as_bytes(), 0).expect("each has some");
            assert_eq!((&text[found.scheme], &text[found.token]), (scheme, token), "{text}");
        }
        for none in ["<token>", "user kid=abc", "[traceId=abc]"] {
            assert_eq!(credentials(none.as_bytes(), 0), None, "{none}");
        }
    }

    #[test]
    fn cookies_of_sessions_are_told() {
        let text = "Cookie: theme=dark; sessionid=a1b2; csrftoken=x; _gh_sess=c3\nnext";
        let header = cookies(text.as_bytes(), 6).expect("a header");
        let values: Vec<_> = sessions(text.as_bytes(), header).map(|range| &text[range]).collect();
        assert_eq!(values, ["a1b2", "c3"]);
        assert_eq!(cookies(b"cookies are", 6), None);
    }
}
