//! JSON Lines (NDJSON): each line is JSON of its own; a line that is not is text.

use std::borrow::Cow;

use super::format::{Format, NotThis, Role, Scalar};
use super::json::{Json, scalars_of};

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
        let (mut start, mut has_json, mut in_text) = (0, false, false);
        for end in memchr::memchr_iter(b'\n', text).chain([text.len()]) {
            let line = &text[start..end];
            let before = scalars.len();
            if line.trim_ascii().is_empty() {
            } else if scalars_of(line, start, &mut scalars).is_ok() {
                (has_json, in_text) = (true, false);
            } else {
                scalars.truncate(before);
                // Lines that are no JSON, and stand below each other, are one text: so a key in PEM is in one piece.
                let last = scalars.pop_if(|_| in_text);
                let from = last.map_or(start, |text| text.range.start);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                scalars.push(Scalar::bare(from..start + line.len(), Role::Text));
                in_text = true;
            }
            start = end + 1;
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
