//! What a terminal leaves in a text: sequences that colour it, raw or as JSON and Python write them, and breaks at its right edge.

use memchr::memmem;

use super::escape::{Escape, Notation};
use super::layer::Layer;
use super::run;

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

/// The control sequence whose introducer, `[`, stands at `at`: parameters, then a letter.
fn control(text: &[u8], at: usize) -> Option<Escape> {
    const MOST_PARAMETERS: usize = 24;
    let rest = text.get(at..)?.strip_prefix(b"[")?;
    let len = rest.iter().take(MOST_PARAMETERS).take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    rest.get(len).is_some_and(u8::is_ascii_alphabetic).then(|| Escape::nothing(at + len + 2))
}

/// Takes the colours out of the lines that have any.
pub(super) fn uncolour(bytes: &[u8], layer: &mut Layer) {
    let seek = |from: usize| memchr::memchr(0x1b, &bytes[from..]).map(|ahead| from + ahead);
    let written = memmem::Finder::new(b"1b[");
    let seek_written = |from: usize| written.find(&bytes[from..]).map(|ahead| from + ahead);
    let (mut raw, mut escaped) = (seek(0), seek_written(0));
    let mut floor = 0;
    while let Some(at) = [raw, escaped].into_iter().flatten().min() {
        let is_raw = raw == Some(at);
        let notation = if is_raw { RAW } else { ESCAPED };
        let head = if is_raw {
            0
        } else if bytes[..at].ends_with(b"x") {
            2
        } else {
            4
        };
        let mut end = at + 1;
        if let Some(start) = at.checked_sub(head).filter(|start| *start >= floor)
            && notation.hides_at(bytes, start)
        {
            floor = notation.decode(bytes, floor, start, layer);
            end = end.max(floor);
        }
        if raw.is_some_and(|next| next < end) {
            raw = seek(end);
        }
        if escaped.is_some_and(|next| next < end) {
            escaped = seek_written(end);
        }
    }
}

/// The width at which lines are broken.
const WIDTH: usize = 80;

/// Joins lines of exactly [`WIDTH`] bytes with the ones after them where the break stands within a word.
pub(super) fn unfold(bytes: &[u8], layer: &mut Layer) {
    let (mut start, mut joins) = (0, false);
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        let is_broken = end - start == WIDTH && is_broken(bytes, end);
        if is_broken && !joins {
            layer.begin(start);
        }
        if is_broken || joins {
            layer.copy(bytes, start..end.min(start + WIDTH));
        }
        joins = is_broken;
        start = end + 1;
    }
}

/// Whether the line break at `at` stands within a word.
fn is_broken(bytes: &[u8], at: usize) -> bool {
    let is_token = |byte: Option<&u8>| byte.is_some_and(|byte| run::is_member(*byte) || b"=.:~%!@$".contains(byte));
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
            assert_eq!(layer(uncolour, text), plain, "{text:?}");
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
            (format!("{line}\n"), String::new()),
        ] {
            assert_eq!(layer(unfold, &text), joined, "{text:?}");
        }
    }
}
