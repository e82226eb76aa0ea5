//! Block scalars: `|` keeps the line breaks, `>` folds them.

use std::ops::Range;

use super::super::format::{Role, Scalar, Style};

/// Finds a block of which the parser tells the content: it goes from the head (`|2-`) to the end of the last line that counts. Its inside
/// begins with the first character that is not indentation.
pub(super) fn find(text: &[u8], content: Range<usize>, after: usize, role: Role, style: Style) -> Option<Scalar> {
    let indent = content.start - line_start(text, content.start);
    let head_end = text[..content.start - indent].trim_ascii_end().len();
    let from = after.max(line_start(text, head_end));
    let is_head = |&at: &usize| at == from || b" \t".contains(&text[at - 1]);
    let head = memchr::memchr2_iter(b'|', b'>', text.get(from..head_end)?).map(|at| from + at).find(is_head)?;

    // A return alone ends a line too, for YAML; no one writes it.
    let block = &text[head..content.end];
    if memchr::memchr_iter(b'\r', block).any(|at| block.get(at + 1) != Some(&b'\n')) {
        return None;
    }
    let keeps = signs(text, head).contains(&b'+');
    let mut end = content.end;
    // Lines that are empty count only where the head says so; what the parser read of the next line never does.
    while let Some(newline) = memchr::memrchr(b'\n', &text[content.start..end]).map(|at| content.start + at) {
        let line = &text[newline + 1..end];
        let is_empty = line.len() <= indent && line.iter().all(|byte| b" \r".contains(byte));
        let is_next = end == content.end;
        if !is_empty || keeps && !is_next {
            break;
        }
        end = newline;
    }
    if text[content.start..end].ends_with(b"\r") {
        end -= 1;
    }
    Some(Scalar { range: head..end, inner: content.start..end, role, style })
}

fn line_start(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1)
}

/// What stands behind the `|` or `>` of a head.
fn signs(text: &[u8], head: usize) -> &[u8] {
    let rest = &text[head + 1..];
    &rest[..rest.iter().take_while(|byte| b"+-0123456789".contains(byte)).count()]
}

/// What the inside of a block depends on.
pub(super) struct Block<'t> {
    /// Spaces before each line.
    indent: usize,
    sign: u8,
    signs: &'t [u8],
    /// Empty lines before the first that is not.
    blank: usize,
    newline: &'static [u8],
}

impl<'t> Block<'t> {
    pub(super) fn new(text: &'t [u8], at: &Scalar) -> Self {
        let sign = if at.style == Style::Literal { b'|' } else { b'>' };
        // A tag may stand before the head.
        let head = at.range.start + memchr::memchr(sign, &text[at.range.clone()]).unwrap_or(0);
        let breaks = memchr::memchr_iter(b'\n', &text[head..at.inner.start]).count();
        let is_dos = text[head..at.inner.start].contains(&b'\r');
        Self {
            indent: at.inner.start - line_start(text, at.inner.start),
            sign,
            signs: signs(text, head),
            blank: breaks.saturating_sub(1),
            newline: if is_dos { b"\r\n" } else { b"\n" },
        }
    }

    /// A text that is this block and nothing else.
    pub(super) fn alone(&self, inner: &[u8]) -> Vec<u8> {
        let mut out = vec![b'-', b' ', self.sign, b'1'];
        out.extend(self.signs.iter().filter(|sign| b"+-".contains(sign)));
        out.extend([b'\n'].repeat(self.blank + 1));
        for (number, line) in inner.split_inclusive(|&byte| byte == b'\n').enumerate() {
            let spaces = line.iter().take_while(|&&byte| byte == b' ').count();
            let line = if number == 0 { line } else { &line[spaces.min(self.indent)..] };
            if !matches!(line, b"\n" | b"\r\n" | b"") {
                out.push(b' ');
            }
            out.extend(line);
        }
        out.push(b'\n');
        out
    }

    /// The inside for a new value, where only words differ from the old value: `None` where that cannot be told. A folded or indented
    /// text has the same words as its value, between other spaces.
    pub(super) fn respell(&self, stored: &[u8], old: &[u8], value: &[u8]) -> Option<Vec<u8>> {
        let common = |pair: &(&u8, &u8)| pair.0 == pair.1;
        let is_space = |at: usize| old[at].is_ascii_whitespace();
        let mut head = old.iter().zip(value).take_while(common).count();
        while head > 0 && is_space(head - 1) && (head == old.len() || is_space(head)) {
            head -= 1;
        }
        let tail = old[head..].iter().rev().zip(value[head..].iter().rev()).take_while(common).count();
        let mut tail = old.len() - tail;
        while tail < old.len() && is_space(tail) && (tail == 0 || is_space(tail - 1)) {
            tail += 1;
        }
        let (from, to) = (stored_at(stored, old, head), stored_at(stored, old, tail));
        let middle = &value[head..value.len() - (old.len() - tail)];
        let line_break = [self.newline, &b" ".repeat(self.indent)].concat();
        let mut out = stored.get(..from)?.to_vec();
        for (number, line) in middle.split(|&byte| byte == b'\n').enumerate() {
            if number > 0 {
                out.extend(&line_break);
            }
            out.extend(line);
        }
        out.extend(stored.get(to..)?);
        Some(out)
    }
}

/// Where a place between two characters of a value is stored, not both of them spaces.
fn stored_at(stored: &[u8], value: &[u8], at: usize) -> usize {
    if at == 0 {
        return 0;
    }
    if at == value.len() && value[at - 1].is_ascii_whitespace() {
        return stored.len();
    }
    let is_word = |byte: &u8| !byte.is_ascii_whitespace();
    let words = value[..at].iter().filter(|byte| is_word(byte)).count();
    let mut places = stored.iter().enumerate().filter(|(_, byte)| is_word(byte)).map(|(at, _)| at);
    if is_word(&value[at - 1]) {
        places.nth(words - 1).map_or(stored.len(), |at| at + 1)
    } else {
        places.nth(words).unwrap_or(stored.len())
    }
}
