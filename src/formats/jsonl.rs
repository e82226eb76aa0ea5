//! JSON Lines (NDJSON): each line is JSON of its own; a line that is not is text.

use std::borrow::Cow;

use super::format::{Format, NotThis, Role, Scalar};
use super::json::{Json, scalars_of};
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

    fn scalars(&self, text: &[u8]) -> Result<Vec<Scalar>, NotThis> {
        let mut scalars: Vec<Scalar> = Vec::new();
        let (mut next, mut has_json, mut in_text) = (0, false, false);
        while next < text.len() {
            let (start, (end, after)) = (next, line_end(text, next));
            next = after;
            let before = scalars.len();
            if text[start..end].trim_ascii().is_empty() {
                continue;
            }
            let is_json = scalars_of(&text[start..end], start, &mut scalars).is_ok();
            if !is_json {
                scalars.truncate(before);
                // Lines that are no JSON, and stand below each other, are one text: so a key in PEM is in one piece.
                let last = scalars.pop_if(|_| in_text);
                scalars.push(Scalar::bare(last.map_or(start, |text| text.range.start)..end, Role::Text));
            }
            has_json |= is_json;
            in_text = !is_json;
        }
        if has_json { Ok(scalars) } else { NotThis::at(0, "no line is JSON") }
    }

    fn decode<'t>(&self, text: &'t [u8], at: &Scalar) -> Cow<'t, [u8]> {
        Json.decode(text, at)
    }

    fn encode(&self, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
        if at.role == Role::Text { value.to_vec() } else { Json.encode(text, at, value) }
    }
}
