//! JSON Lines (NDJSON): each line is JSON of its own; a line that is not is text.

use std::borrow::Cow;
use std::ops::Range;

use super::format::{Format, NotThis, Role, Scalar, Take};
use super::json::{Json, Scalars};
use super::line_end;

pub(super) struct JsonLines;

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["jsonl", "ndjson", "jsonlines", "ldjson"]
    }

    fn looks_like(&self, head: &[u8]) -> bool {
        let line = head.split_inclusive(|&byte| byte == b'\n').find(|line| !line.trim_ascii().is_empty());
        line.is_some_and(|line| {
            line.starts_with(b"{") && line.ends_with(b"\n") && line.trim_ascii_end().ends_with(b"}")
        })
    }

    fn visit(&self, text: &[u8], take: Take<'_>) -> Result<(), NotThis> {
        // Lines that are no JSON, and stand below each other, are one text: so a key in PEM is in one piece.
        let mut lines: Option<Range<usize>> = None;
        let as_text = |lines: Option<Range<usize>>| lines.map(|lines| Scalar::bare(lines, Role::Text));
        let (mut next, mut has_json) = (0, false);
        while next < text.len() {
            let (start, (end, after)) = (next, line_end(text, next));
            next = after;
            let line = &text[start..end];
            if line.trim_ascii().is_empty() {
                continue;
            }
            // What is handed over cannot be taken back: the line is read to its end before.
            match Scalars::of(line, start).and_then(|mut scalars| scalars.try_for_each(|scalar| scalar.map(drop))) {
                Ok(()) => {
                    as_text(lines.take()).into_iter().for_each(&mut *take);
                    Scalars::of(line, start)?.flatten().for_each(&mut *take);
                    has_json = true;
                }
                Err(_) => lines = Some(lines.map_or(start, |lines| lines.start)..end),
            }
        }
        as_text(lines).into_iter().for_each(take);
        if has_json { Ok(()) } else { NotThis::at(0, "no line is JSON") }
    }

    fn decode<'t>(&self, text: &'t [u8], at: &Scalar) -> Cow<'t, [u8]> {
        Json.decode(text, at)
    }

    fn encode(&self, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
        if at.role == Role::Text { value.to_vec() } else { Json.encode(text, at, value) }
    }
}
