//! Edits inside of records: the scalars of a document, or of a line that is JSON. Nothing outside of a scalar is edited.

use std::ops::Range;

use super::edit::{Cut, Edit};
use super::{place, shape, splice};
use crate::formats::{self, Reading, Role, Scalar, Style};
use crate::model::{Placeholder, RuleId};

/// A line that is longer is text, even if it is JSON: whoever streams cannot wait for its end.
pub(crate) const LONGEST_LINE: usize = 64 << 10;

/// What a placeholder names that stands for a whole record.
pub(crate) const RECORD: &str = "record";

/// The edits of a text of lines. A line of JSON is edited in its scalars.
pub(super) fn edits(bytes: &[u8], cuts: &[Cut]) -> Vec<Edit> {
    let mut edits = Vec::with_capacity(cuts.len());
    for (lines, cuts) in by_line(bytes, cuts, |cut| &cut.span) {
        if lines.len() <= LONGEST_LINE && is_one(bytes, &lines) {
            edits.extend(of_record(bytes, lines, cuts));
        } else {
            edits.extend(cuts.iter().map(|cut| in_text(bytes, cut)));
        }
    }
    edits
}

/// Whether each edited line that was JSON still is, and of the same shape.
pub(super) fn are_kept(bytes: &[u8], edits: &[Edit]) -> bool {
    by_line(bytes, edits, |edit| &edit.span).into_iter().all(|(lines, edits)| {
        let text = &bytes[lines.clone()];
        if !is_one(bytes, &lines) {
            return !text.split(|&byte| byte == b'\n').any(formats::is_nested);
        }
        let edits: Vec<Edit> =
            edits.iter().map(|edit| Edit { span: ahead(&edit.span, lines.start), ..edit.clone() }).collect();
        let places: Vec<_> = edits.iter().map(|edit| edit.span.clone()).collect();
        let reading = nested(text, &places);
        reading.is_none_or(|reading| shape::is_kept(&reading, text, &splice::spliced(text, &edits)))
    })
}

/// The lines that hold cuts or edits, with those that each holds; lines that one of them reaches over go together.
fn by_line<'i, T>(bytes: &[u8], items: &'i [T], span: impl Fn(&T) -> &Range<usize>) -> Vec<(Range<usize>, &'i [T])> {
    let mut groups = Vec::new();
    let (mut rest, mut line) = (items, 0..0);
    while let Some(first) = rest.first().map(&span) {
        let before = &bytes[line.end..first.start];
        line.start = memchr::memrchr(b'\n', before).map_or(line.end, |at| line.end + at + 1);
        let mut count = 0;
        // What begins in the line belongs to it, and may make it longer.
        while let Some(item) = rest.get(count).map(&span).filter(|item| count == 0 || item.start < line.end) {
            if count == 0 || item.end > line.end {
                let last = item.end.max(item.start + 1) - 1;
                line.end = memchr::memchr(b'\n', &bytes[last..]).map_or(bytes.len(), |at| last + at + 1);
            }
            count += 1;
        }
        let (of_line, behind) = rest.split_at(count);
        groups.push((line.clone(), of_line));
        rest = behind;
    }
    groups
}

/// The line, if it is JSON, as it is edited in these places. A lone number or word is text.
fn nested(line: &[u8], places: &[Range<usize>]) -> Option<Reading> {
    let is_string = || line.trim_ascii_start().starts_with(b"\"");
    (formats::NESTED.looks_like(line) || is_string()).then(|| Reading::of(formats::NESTED, line, places).ok())?
}

fn is_one(bytes: &[u8], lines: &Range<usize>) -> bool {
    memchr::memchr(b'\n', &bytes[lines.clone()]).is_none_or(|at| lines.start + at + 1 == lines.end)
}

/// A range of a text as a range of what begins at `start` in it.
fn ahead(range: &Range<usize>, start: usize) -> Range<usize> {
    range.start - start..range.end - start
}

/// The edits of one line. What was JSON stays JSON of the same shape; where that cannot be done, nothing of the line stays.
fn of_record(bytes: &[u8], line: Range<usize>, cuts: &[Cut]) -> Vec<Edit> {
    let text = &bytes[line.clone()];
    let in_text = |cut: &Cut| in_text(bytes, cut);
    let places: Vec<_> = cuts.iter().map(|cut| ahead(&cut.span, line.start)).collect();
    let Some(reading) = nested(text, &places) else { return cuts.iter().map(in_text).collect() };
    let moved = |(cut, span): (&Cut, Range<usize>)| Cut { span, ..cut.clone() };
    let cuts: Vec<Cut> = cuts.iter().zip(places).map(moved).collect();
    let mut edits = of_scalars(text, &reading, &cuts);
    if !shape::is_kept(&reading, text, &splice::spliced(text, &edits)) {
        let all = text.trim_ascii_end().len();
        let placeholder = Placeholder { rule: RuleId::new(RECORD), tag: None };
        let marker = format!("{{\"redacted\":\"{placeholder}\"}}").into_bytes();
        edits = vec![Edit { span: 0..all, text: marker, placeholders: vec![placeholder] }];
    }
    let back = |edit: Edit| Edit { span: edit.span.start + line.start..edit.span.end + line.start, ..edit };
    edits.into_iter().map(back).collect()
}

/// The edits of a document. A cut that reaches over several scalars is an edit of each.
pub(super) fn of_scalars(bytes: &[u8], reading: &Reading, cuts: &[Cut]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut rest = cuts;
    for scalar in &reading.scalars {
        rest = &rest[rest.partition_point(|cut| cut.span.end <= scalar.range.start)..];
        let touching = &rest[..rest.partition_point(|cut| cut.span.start < scalar.range.end)];
        let inner: Vec<Cut> = touching.iter().filter_map(|cut| clipped(cut, scalar)).collect();
        if inner.is_empty() {
            continue;
        }
        let parts = of_scalar(bytes, reading, scalar, &inner);
        if keeps_inner(bytes, reading, scalar, &parts) {
            edits.extend(parts);
        } else {
            // What is JSON inside would be half of it.
            let all = Cut { span: scalar.inner.clone(), ..inner[0].clone() };
            edits.extend(of_scalar(bytes, reading, scalar, &[all]));
        }
    }
    edits
}

fn of_scalar(bytes: &[u8], reading: &Reading, scalar: &Scalar, cuts: &[Cut]) -> Vec<Edit> {
    if scalar.style == Style::Bare && matches!(scalar.role, Role::Key | Role::Value) {
        vec![of_bare(bytes, reading, scalar, cuts)]
    } else {
        cuts.iter().map(|cut| in_text(bytes, cut)).collect()
    }
}

/// Whether what is JSON inside of a scalar still is, and of the same shape.
fn keeps_inner(bytes: &[u8], reading: &Reading, scalar: &Scalar, edits: &[Edit]) -> bool {
    let token = &bytes[scalar.range.clone()];
    let edits: Vec<Edit> =
        edits.iter().map(|edit| Edit { span: ahead(&edit.span, scalar.range.start), ..edit.clone() }).collect();
    let copy = splice::spliced(token, &edits);
    let quotes = scalar.inner.start - scalar.range.start..token.len() - (scalar.range.end - scalar.inner.end);
    let is_bare = scalar.style == Style::Bare;
    let alone = |text: &[u8]| Scalar {
        range: 0..text.len(),
        inner: if is_bare { 0..text.len() } else { quotes.start..text.len() - (token.len() - quotes.end) },
        ..scalar.clone()
    };
    let (before, after) = (reading.format.decode(token, &alone(token)), reading.format.decode(&copy, &alone(&copy)));
    shape::is_nested_kept(&before, &after)
}

fn clipped(cut: &Cut, scalar: &Scalar) -> Option<Cut> {
    let span = cut.span.start.max(scalar.inner.start)..cut.span.end.min(scalar.inner.end);
    (!span.is_empty()).then(|| Cut { span, ..cut.clone() })
}

/// A scalar without quotes is written anew: with what stands in it now, it may need some.
fn of_bare(bytes: &[u8], reading: &Reading, scalar: &Scalar, cuts: &[Cut]) -> Edit {
    let stored = &bytes[scalar.inner.clone()];
    let edit = |cut: &Cut| {
        let span = ahead(&cut.span, scalar.inner.start);
        // What is all of the scalar has no surroundings in it.
        let edit = in_text(stored, &Cut { span: span.clone(), ..cut.clone() });
        let is_all = span == (0..stored.len());
        if is_all { Edit { text: cut.placeholder.to_string().into_bytes(), ..edit } } else { edit }
    };
    let spliced = splice::spliced(stored, &cuts.iter().map(edit).collect::<Vec<_>>());
    let all = 0..spliced.len();
    let value = reading.format.decode(&spliced, &Scalar { range: all.clone(), inner: all, ..scalar.clone() });
    let text = reading.format.encode(bytes, scalar, &value);
    let placeholders = cuts.iter().map(|cut| cut.placeholder.clone()).collect();
    Edit { span: scalar.range.clone(), text, placeholders }
}

/// An edit that needs to know no more than what stands around it.
fn in_text(bytes: &[u8], cut: &Cut) -> Edit {
    let stored = &bytes[cut.span.clone()];
    let text = place::spelled(&cut.placeholder, &bytes[..cut.span.start], stored, &bytes[cut.span.end..]);
    let text = splice::in_width_of(stored, cut.wrapping, &text);
    Edit { span: cut.span.clone(), text, placeholders: vec![cut.placeholder.clone()] }
}
