//! Whether a match stands alone, or is a piece of something longer.

use std::ops::Range;

use crate::ruleset::ByteSet;

/// Whether a match may start at `start`: after a letter or digit only where that belongs to an escape (`\n`, `%3D`, `\u0022`, `ESC[31m`).
pub(super) fn is_free_before(text: &[u8], start: usize) -> bool {
    let Some(before) = start.checked_sub(1).map(|at| text[at]) else { return true };
    !before.is_ascii_alphanumeric()
        || !text.get(start).is_some_and(u8::is_ascii_alphanumeric)
        || ends_in_escape(&text[..start])
}

/// Whether a match may end at `end`: no letter or digit goes on with it, and no byte of the set that its last bytes are of.
pub(super) fn is_free_after(text: &[u8], end: usize, last: Option<&ByteSet>) -> bool {
    let Some(&next) = text.get(end) else { return true };
    let goes_on = next.is_ascii_alphanumeric() && end > 0 && text[end - 1].is_ascii_alphanumeric();
    !goes_on && !last.is_some_and(|set| set[usize::from(next)])
}

/// Whether a text that ends in a letter or digit ends in an escape sequence.
pub(super) fn ends_in_escape(text: &[u8]) -> bool {
    let tail = &text[text.len().saturating_sub(12)..];
    let hex = |count: usize| {
        let at = tail.len().checked_sub(count)?;
        tail[at..].iter().all(u8::is_ascii_hexdigit).then(|| &tail[..at])
    };
    match tail {
        [.., b'\\', b'n' | b't' | b'r' | b'b' | b'f' | b'v'] => true,
        _ if hex(2).is_some_and(|head| head.ends_with(b"%") || head.ends_with(b"\\x")) => true,
        _ if hex(4).is_some_and(|head| head.ends_with(b"\\u")) => true,
        [head @ .., b'm'] => {
            let digits = head.iter().rev().take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
            head[..head.len() - digits].ends_with(b"[")
        }
        _ => false,
    }
}

/// Whether `found` is a piece of base64 that goes on beyond it, in either alphabet: one of its signs touches it, and what lies behind that
/// sign has capitals, small letters and digits as base64 does.
pub(super) fn is_in_base64(text: &[u8], found: &Range<usize>) -> bool {
    let behind = text[found.end..text.len().min(found.end + FURTHEST)].iter();
    text[..found.start].last().copied().is_some_and(is_sign) && follows_base64(text, found.start)
        || text.get(found.end).copied().is_some_and(is_sign) && is_mixed(behind.take_while(|byte| is_of_base64(**byte)))
}

/// Whether what touches `start` from before looks like base64.
pub(super) fn follows_base64(text: &[u8], start: usize) -> bool {
    is_mixed(text[start.saturating_sub(FURTHEST)..start].iter().rev().take_while(|byte| is_of_base64(**byte)))
}

/// Base64 around a match is looked at so far.
const FURTHEST: usize = 64;

/// The signs of base64, of either alphabet.
fn is_sign(byte: u8) -> bool {
    b"+/-_".contains(&byte)
}

fn is_of_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || is_sign(byte)
}

/// Whether twelve letters and digits, or more, are a fifth capitals and a fifth small letters at least, with a digit among them.
fn is_mixed<'a>(run: impl Iterator<Item = &'a u8>) -> bool {
    const LEAST: usize = 12;
    let (mut upper, mut lower, mut digits) = (0, 0, 0);
    for byte in run {
        upper += usize::from(byte.is_ascii_uppercase());
        lower += usize::from(byte.is_ascii_lowercase());
        digits += usize::from(byte.is_ascii_digit());
    }
    let all = upper + lower + digits;
    all >= LEAST && upper * 5 >= all && lower * 5 >= all && digits > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_before() {
        for (before, free) in [
            ("", true),
            (" ", true),
            ("=", true),
            ("_", true),
            ("a", false),
            ("7", false),
            ("\\n", true),
            ("\\\\n", true),
            ("xn", false),
            ("%3D", true),
            ("%3", false),
            ("\\u0022", true),
            ("\\x22", true),
            ("u0022", false),
            ("\x1b[31m", true),
            ("\\u001b[1;31m", true),
            ("am", false),
        ] {
            let text = format!("{before}abc");
            assert_eq!(is_free_before(text.as_bytes(), before.len()), free, "{before:?}");
        }
    }

    #[test]
    fn base64_goes_on_beyond_what_chance_put_into_it() {
        for (text, expected) in [
            ("Q8Z1wd7Wb2Kd+[abc]", true),
            ("[abc]/Q8Z1wd7Wb2KdQ8Z1", true),
            ("[abc]_Q8Z1wd7Wb-2KdQ8Z1", true),
            ("Q8Z1wd7Wb2Kd+=[abc]", false),
            ("[abc]+Q8Z1wd7", false),
            ("https://acme.io/Team/project42/[abc]", false),
            ("ACME_CLOUD_TOKEN_2_[abc]", false),
            ("[abc]", false),
        ] {
            let start = text.find('[').expect("a mark");
            let end = text.find(']').expect("a mark") - 1;
            assert_eq!(is_in_base64(text.replace(['[', ']'], "").as_bytes(), &(start..end)), expected, "{text}");
        }
    }

    #[test]
    fn free_after() {
        let mut dash = [false; 256];
        dash[usize::from(b'-')] = true;
        assert!(is_free_after(b"abc", 3, None));
        assert!(is_free_after(b"abc-", 3, None));
        assert!(!is_free_after(b"abc-", 3, Some(&dash)));
        assert!(!is_free_after(b"abcd", 3, None));
        assert!(is_free_after(b"ab=d", 3, None));
    }
}
