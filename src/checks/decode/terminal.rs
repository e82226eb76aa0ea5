//! What a terminal leaves in a text: sequences that colour it, raw or as JSON and Python write them, and breaks at its right edge.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::alphabet::is_member;
use super::escape::{Escape, Notation};
use super::layer::Layer;

/// `ESC [ 31 m`: takes no room on the screen.
const RAW: Notation = Notation { marker: 0x1b, read: |text| control(text, 1) };

/// The same, as `\u001b[31m` or `\x1b[31m`.
const ESCAPED: Notation = Notation {
    marker: b'\\',
    read: |text| {
        [&b"\\u001b"[..], b"\\u001B", b"\\x1b"]
            .iter()
            .find(|head| text.starts_with(head))
            .and_then(|head| control(text, head.len()))
    },
};

/// Whether a written sequence begins at `at`.
pub(super) fn is_written_at(bytes: &[u8], at: usize) -> bool {
    (ESCAPED.read)(&bytes[at..]).is_some()
}

/// The control sequence whose introducer, `[`, stands at `at`: parameters, then a letter.
fn control(text: &[u8], at: usize) -> Option<Escape> {
    const MOST_PARAMETERS: usize = 24;
    let rest = text.get(at..)?.strip_prefix(b"[")?;
    let len = rest.iter().take(MOST_PARAMETERS).take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    rest.get(len).is_some_and(u8::is_ascii_alphabetic).then(|| Escape::nothing(at + len + 2))
}

/// What written sequences have in common.
static WRITTEN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("1b["));

/// Takes the colours out of the lines that have any; `written` says whether any may be written as escapes.
pub(super) fn uncolour(bytes: &[u8], written: bool, layer: &mut Layer) {
    let seek = |from: usize| memchr::memchr(0x1b, &bytes[from..]).map(|ahead| from + ahead);
    let seek_written = |from: usize| {
        let from = from + WRITTEN.find(&bytes[from..])?;
        // Where the backslash stands: before `x`, or before `u00`.
        Some((from, from.saturating_sub(if bytes[..from].ends_with(b"x") { 2 } else { 4 })))
    };
    let mut raw = seek(0);
    let mut escaped = if written { seek_written(0) } else { None };
    let mut floor = 0;
    loop {
        let (notation, at, end) = match (raw, escaped) {
            (None, None) => return,
            (Some(at), escaped) if escaped.is_none_or(|(next, _)| at < next) => (RAW, at, at + 1),
            (_, Some((next, at))) => (ESCAPED, at, next + 1),
            (Some(at), None) => (RAW, at, at + 1),
        };
        if at >= floor && notation.hides_at(bytes, at) {
            floor = notation.decode(bytes, floor, at, layer);
        }
        let end = end.max(floor);
        raw = raw.filter(|next| *next >= end).or_else(|| raw.and_then(|_| seek(end)));
        escaped = escaped.filter(|(next, _)| *next >= end).or_else(|| escaped.and_then(|_| seek_written(end)));
    }
}

/// The width at which lines are broken.
const WIDTH: usize = 80;

/// Joins lines of exactly [`WIDTH`] bytes with the ones after them where the break stands within a word.
pub(super) fn unfold(bytes: &[u8], layer: &mut Layer) {
    let mut floor = 0;
    full_lines(bytes, |line| {
        let mut end = line + WIDTH;
        if line < floor || !is_broken(bytes, end) {
            return;
        }
        layer.begin(line, 0);
        layer.copy(bytes, line..end);
        while is_broken(bytes, end) {
            let next = end + 1;
            let rest = &bytes[next..bytes.len().min(next + WIDTH + 1)];
            let last = (rest.len() <= WIDTH).then_some(rest.len());
            let Some(len) = memchr::memchr(b'\n', rest).or(last) else { break };
            layer.copy(bytes, next..next + len);
            end = next + len;
            if len < WIDTH {
                break;
            }
        }
        floor = end;
    });
}

/// Calls `at` with the begin of every line of [`WIDTH`] bytes. Most chunks have no two line breaks at that distance.
#[expect(clippy::needless_bitwise_bool, reason = "without branches, for whole chunks are tested")]
fn full_lines(bytes: &[u8], mut at: impl FnMut(usize)) {
    const CHUNK: usize = 64;
    let is_line = |line: usize| {
        bytes.get(line + WIDTH) == Some(&b'\n') && memchr::memchr(b'\n', &bytes[line..line + WIDTH]).is_none()
    };
    if is_line(0) {
        at(0);
    }
    let ahead = bytes.get(WIDTH + 1..).unwrap_or_default();
    for (index, (here, there)) in bytes.chunks(CHUNK).zip(ahead.chunks(CHUNK)).enumerate() {
        let pairs = here.iter().zip(there).map(|(here, there)| (*here == b'\n') & (*there == b'\n'));
        if pairs.clone().fold(false, |any, pair| any | pair) {
            let lines = pairs.enumerate().filter(|(_, pair)| *pair).map(|(place, _)| index * CHUNK + place + 1);
            lines.filter(|line| is_line(*line)).for_each(&mut at);
        }
    }
}

/// Whether the line break at `at` stands within a word.
fn is_broken(bytes: &[u8], at: usize) -> bool {
    let is_token = |byte: Option<&u8>| byte.is_some_and(|byte| is_member(*byte) || b"=.:~%!@$".contains(byte));
    bytes.get(at) == Some(&b'\n') && is_token(bytes.get(at - 1)) && is_token(bytes.get(at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(decode: fn(&[u8], &mut Layer), text: &str) -> String {
        let mut layer = Layer::default();
        decode(text.as_bytes(), &mut layer);
        String::from_utf8_lossy(layer.bytes()).into_owned()
    }

    #[test]
    fn colours_are_taken_out() {
        for (text, plain) in [
            ("a\n\x1b[31mke\x1b[1;4my\x1b[0m=b\nc", "key=b"),
            (r#"{"log":"\u001b[36mkey\u001b[0m=b\n"}"#, r#"{"log":"key=b\n"}"#),
            (r"'\x1b[36mkey\x1b[0m'", "'key'"),
            ("no \x1b], no 1b[31m, no \x1b", ""),
            ("", ""),
        ] {
            assert_eq!(layer(|bytes, layer| uncolour(bytes, true, layer), text), plain, "{text:?}");
        }
    }

    #[test]
    fn full_lines_are_joined_within_words() {
        let line = "x".repeat(WIDTH);
        for (text, joined) in [
            (format!("{line}\nab c\nd"), format!("{line}ab c")),
            (format!("a\n{line}\n{line}\nb\n"), format!("{line}{line}b")),
            (format!("{line}\n b"), String::new()),
            (format!("{line}x\nb"), String::new()),
            (format!("{line}\n{line}x"), line.clone()),
            (format!("{line}\n"), String::new()),
        ] {
            assert_eq!(layer(unfold, &text), joined, "{text:?}");
        }
    }
}
