//! How far a mention reaches: over the rest of the path, so that nothing of what lies inside the target is left.

use super::spelling::one_after;

/// The longest path that systems take.
const LONGEST: usize = 4096;

/// So far ahead the end of a quoted path is looked for.
const LONGEST_QUOTED: usize = 1024;

/// Where the mention ends that stands at `start` and whose target's own name ends at `end`. `last` is where the last part of that name begins:
/// what stands before it says how this path is written. An address goes on with more than a path does.
pub(super) fn end(text: &[u8], start: usize, last: usize, end: usize, is_address: bool) -> usize {
    let style = Style::before(text, last);
    let goes_on = style.separator(text, end).is_some()
        || is_address && text.get(end).is_some_and(|byte| b"?#@:".contains(byte)) && !ends_word(text, end + 1);
    if !goes_on {
        return end;
    }
    let plain = plain_end(text, end, style, is_address);
    quoted_end(text, start, plain).unwrap_or(plain)
}

/// How a path separates its parts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `/`, or an escape of it.
    Slash,
    /// `\`.
    Backslash,
    /// `\\`, inside a string.
    Escaped,
}

impl Style {
    fn before(text: &[u8], part: usize) -> Self {
        match &text[..part] {
            [.., b'\\', b'\\'] => Self::Escaped,
            [.., b'\\'] => Self::Backslash,
            _ => Self::Slash,
        }
    }

    /// Length of the separator at `at`. A backslash may also be an escape (`\n`, `\"`), by the style of the path.
    fn separator(self, text: &[u8], at: usize) -> Option<usize> {
        let len = one_after(text, at)?;
        if text[at] != b'\\' || len > 1 {
            return Some(len);
        }
        let next = text.get(at + 1).copied();
        match (self, next) {
            (_, Some(b'/')) => Some(2),
            (Self::Escaped, Some(b'\\')) => (!matches!(text.get(at + 2), Some(b'"' | b'\''))).then_some(2),
            (Self::Backslash, Some(next)) if !b"\"' ".contains(&next) => Some(1),
            _ => None,
        }
    }
}

/// Over names and separators, and brackets that close again.
fn plain_end(text: &[u8], end: usize, style: Style, is_address: bool) -> usize {
    let limit = text.len().min(end + LONGEST);
    let mut at = end;
    let mut open = 0_usize;
    while at < limit {
        let byte = text[at];
        if let Some(len) = style.separator(text, at) {
            at += len;
            continue;
        }
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' if open > 0 => open -= 1,
            b',' if open > 0 => {}
            b'\\' => match escaped_blank(&text[at..limit]) {
                Some(len) => at += len - 1,
                None => break,
            },
            b'?' | b'#' | b'&' | b'=' | b':' | b';' if is_address && !ends_word(text, at + 1) => {}
            b'_' | b'-' | b'.' | b'+' | b'~' | b'@' | b'%' | b'$' | b'#' | b'!' | b'^' | 0x80.. => {}
            byte if byte.is_ascii_alphanumeric() => {}
            _ => break,
        }
        at += 1;
    }
    at = at.min(limit);
    // The end of a sentence is none of a path.
    while at > end && matches!(text[at - 1], b'.' | b'!' | b'(' | b'[' | b'{') {
        at -= 1;
    }
    at
}

/// Length of an escaped space, whose backslash may itself be escaped by strings around it.
fn escaped_blank(text: &[u8]) -> Option<usize> {
    let backslashes = text.iter().take_while(|&&byte| byte == b'\\').count();
    (text.get(backslashes) == Some(&b' ')).then_some(backslashes + 1)
}

/// Whether nothing of a word stands at `at`.
fn ends_word(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|&byte| byte <= b' ' || b"\"'`<>)]}".contains(&byte))
}

/// A path in quotes may hold spaces: it goes on to the closing quote, unless that is the end of something else than a path.
fn quoted_end(text: &[u8], start: usize, end: usize) -> Option<usize> {
    let quote = *text[..start].last().filter(|quote| b"\"'`".contains(quote))?;
    if text.get(end) != Some(&b' ') {
        return None;
    }
    let ahead = &text[end..text.len().min(end + LONGEST_QUOTED)];
    let close = ahead.iter().position(|&byte| byte == quote)?;
    let close = if close > 0 && ahead[close - 1] == b'\\' { close - 1 } else { close };
    let is_path = |pair: &[u8]| {
        let ends = matches!(pair, [b':' | b',' | b'.' | b';', b' '] | [b'-', b'-']);
        !ends && !pair.iter().any(|&byte| byte < b' ' || b";|<>&\"'`=*".contains(&byte))
    };
    (ahead[..close].windows(2).all(is_path) && ahead[..close].last() != Some(&b' ')).then_some(end + close)
}
