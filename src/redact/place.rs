//! How a placeholder is spelled in its place, as far as the bytes around it tell.

use crate::model::Placeholder;

/// So much around a place is looked at.
const AROUND: usize = 2048;

/// The placeholder as it is legal between `before` and `after`, in place of `stored`.
pub(super) fn spelled(placeholder: &Placeholder, before: &[u8], stored: &[u8], after: &[u8]) -> Vec<u8> {
    let before = &before[before.len().saturating_sub(AROUND)..];
    let after = &after[..after.len().min(AROUND)];
    if is_in_url(before) {
        return placeholder.without_brackets().into_bytes();
    }
    let text = placeholder.to_string();
    match quote(before, stored, after) {
        Some(quote) => [quote, text.as_bytes(), quote].concat(),
        None => text.into_bytes(),
    }
}

/// Whether the word that the place stands in has begun as an address.
fn is_in_url(before: &[u8]) -> bool {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`<>\\".contains(byte);
    let word = before.iter().rposition(ends).map_or(0, |at| at + 1);
    memchr::memmem::find(&before[word..], b"://").is_some()
}

/// The quotes that a bare value of JSON, or of what is written like it, needs to become a string: those of its key, at whatever depth.
fn quote<'t>(before: &'t [u8], stored: &[u8], after: &[u8]) -> Option<&'t [u8]> {
    let before = before.trim_ascii_end();
    let is_number = || stored.iter().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte));
    let text = match before.split_last()? {
        (b':', key) => key.trim_ascii_end(),
        (b',' | b'[', list) if is_number() => {
            &list[..list.iter().rposition(|&byte| byte == b'"').map_or(0, |at| at + 1)]
        }
        _ => return None,
    };
    let blank = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    if !matches!(after.get(blank), None | Some(b',' | b'}' | b']' | b'\n' | b'\\')) {
        return None;
    }
    match text.split_last() {
        Some((b'"' | b'\'', rest)) => {
            let backslashes = rest.iter().rev().take_while(|&&byte| byte == b'\\').count();
            Some(&text[rest.len() - backslashes..])
        }
        None if before.ends_with(b"[") || before.ends_with(b",") => Some(b"\""),
        _ => None,
    }
}

/// The span with all of the escapes that it begins and ends in the middle of: half of one would change what stands beside.
pub(super) fn with_escapes(bytes: &[u8], span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let std::ops::Range { mut start, mut end } = span;
    let run = |text: &[u8]| text.iter().rev().take_while(|&&byte| byte == b'\\').count();
    // `\u00` before, `41` inside
    let digits = bytes[..start].iter().rev().take(3).take_while(|byte| byte.is_ascii_hexdigit()).count();
    if let Some(at) = (0..=digits).map(|digits| start - digits).find(|&at| bytes[..at].ends_with(b"\\u"))
        && run(&bytes[..at - 1]) % 2 == 1
        && bytes[start..end].first().is_some_and(u8::is_ascii_hexdigit)
    {
        start = at - 1;
    }
    let backslashes = run(&bytes[..start]);
    let is_letter = bytes[start..end].first().is_some_and(|byte| b"nrtbfu/\"'\\".contains(byte));
    if backslashes % 2 == 1 || is_letter {
        start -= backslashes;
    }
    // Backslashes at the end begin an escape that goes on behind it.
    end -= run(&bytes[start..end]).min(end - start - 1);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RuleId;

    /// `«…»` marks what is replaced.
    fn replaced(text: &str) -> String {
        let (before, rest) = text.split_once('«').unwrap();
        let (stored, after) = rest.split_once('»').unwrap();
        let bytes = format!("{before}{stored}{after}");
        let span = with_escapes(bytes.as_bytes(), before.len()..before.len() + stored.len());
        let (before, after) = (&bytes[..span.start], &bytes[span.end..]);
        let placeholder = Placeholder { rule: RuleId::new("r"), tag: None };
        let text = spelled(&placeholder, before.as_bytes(), bytes[span].as_bytes(), after.as_bytes());
        format!("{before}{}{after}", String::from_utf8(text).unwrap())
    }

    #[test]
    fn the_spelling_follows_the_place() {
        for (text, expected) in [
            ("token=«abc» x", "token=[REDACTED:r] x"),
            (r#"{"pin": «1234»}"#, r#"{"pin": "[REDACTED:r]"}"#),
            (r#"{"pin":«1234», "a": 1}"#, r#"{"pin":"[REDACTED:r]", "a": 1}"#),
            (r#"{"pin": "«1234»"}"#, r#"{"pin": "[REDACTED:r]"}"#),
            (r#"{"a":"{\"pin\": «1234»}"}"#, r#"{"a":"{\"pin\": \"[REDACTED:r]\"}"}"#),
            ("{'pin': «1234»}", "{'pin': '[REDACTED:r]'}"),
            (r#"["a", «1234»]"#, r#"["a", "[REDACTED:r]"]"#),
            ("[«1234»]", r#"["[REDACTED:r]"]"#),
            ("time: «1234»", "time: [REDACTED:r]"),
            ("postgres://me:«abc»@host/db", "postgres://me:$(REDACTED:r)@host/db"),
            (r#"{"u":"https://h","p":"«abc»"}"#, r#"{"u":"https://h","p":"[REDACTED:r]"}"#),
        ] {
            assert_eq!(replaced(text), expected);
        }
    }

    #[test]
    fn escapes_stay_whole() {
        for (text, expected) in [
            (r#""a\«nbc»""#, r#""a[REDACTED:r]""#),
            (r#""a\\«nbc»""#, r#""a[REDACTED:r]""#),
            (r#""a\\«sbc»""#, r#""a\\[REDACTED:r]""#),
            (r#""a\u00«41bc»""#, r#""a[REDACTED:r]""#),
            (r#""a\\u00«41bc»""#, r#""a\\u00[REDACTED:r]""#),
            (r#""a«bc\»"d""#, r#""a[REDACTED:r]\"d""#),
            (r#""a«bc\\»""#, r#""a[REDACTED:r]\\""#),
        ] {
            assert_eq!(replaced(text), expected);
        }
    }
}
