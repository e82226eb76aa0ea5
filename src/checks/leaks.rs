//! From hits to leaks: where several views of one secret differ, what of the text has to go.

use std::cmp::Reverse;
use std::ops::Range;

use super::filters;
use crate::model::Placeholder;
use crate::raw::{Hit, SecretBytes, Wrapping};

/// What one rule saw, with the value as it saw it.
pub(super) struct View {
    pub(super) rule: u32,
    pub(super) span: Range<usize>,
    pub(super) wrapping: Wrapping,
    pub(super) value: SecretBytes,
}

impl View {
    /// A hit, its secret as stored, and the value.
    pub(super) fn new(hit: &Hit, span: Range<usize>, value: &[u8]) -> Self {
        Self { rule: hit.rule, span, wrapping: hit.wrapping, value: SecretBytes::new(value) }
    }
}

/// The views in order, without those that saw more only because they took an encoding for a part of the value: where the same rule sees,
/// with one more encoding removed, that the value ends earlier, it does. Another way in may have lost the end.
pub(super) fn without_surplus(mut views: Vec<View>) -> Vec<View> {
    views.sort_by_key(|view| (view.span.start, view.rule, Reverse(view.wrapping.depth()), view.span.end));
    views.dedup_by(|view, deeper| {
        (view.span.start, view.rule) == (deeper.span.start, deeper.rule)
            && view.wrapping.depth() < deeper.wrapping.depth()
            && view.wrapping.holds(deeper.wrapping)
            && view.span.end > deeper.span.end
    });
    views.sort_by_key(|view| (view.span.start, view.span.end));
    views
}

/// Views that overlap each other in a chain go together.
pub(super) fn clusters(views: &[View]) -> impl Iterator<Item = &[View]> {
    let mut rest = views;
    std::iter::from_fn(move || {
        let mut end = rest.first()?.span.end;
        let overlaps = |view: &&View| {
            let overlaps = view.span.start < end;
            end = end.max(view.span.end);
            overlaps
        };
        let count = 1 + rest[1..].iter().take_while(overlaps).count();
        let (cluster, behind) = rest.split_at(count);
        rest = behind;
        Some(cluster)
    })
}

/// Whether a value has been redacted already, or is a part of a placeholder.
pub(super) fn is_redacted(text: &[u8], value: &Range<usize>) -> bool {
    let around = Placeholder::around(text, value.start);
    let whole = around.map_or(value.clone(), |around| around.start..around.end.max(value.end));
    filters::is_redacted(&text[whole])
}

/// Of a value that is an object or a list of JSON, at whatever depth: its strings that can be secret; keys cannot. `None` of any other.
pub(super) fn parts(text: &[u8], value: &Range<usize>) -> Option<Vec<Range<usize>>> {
    /// A shorter string is a word.
    const SHORTEST: usize = 6;
    let bytes = &text[value.clone()];
    let open = bytes.iter().take_while(|byte| b"{[ ".contains(byte)).count();
    let backslashes = bytes[open..].iter().take_while(|&&byte| byte == b'\\').count();
    let quote = bytes.get(open..=open + backslashes).filter(|quote| quote.ends_with(b"\""))?;
    if !matches!(bytes[0], b'{' | b'[') {
        return None;
    }
    let is_quote = |at: &usize| bytes[*at..].starts_with(quote) && (*at == 0 || bytes[at - 1] != b'\\');
    let mut parts = Vec::new();
    let mut quotes = memchr::memmem::find_iter(bytes, quote).filter(is_quote);
    while let Some(open) = quotes.next() {
        let start = open + quote.len();
        let close = quotes.next();
        let end = close.unwrap_or(bytes.len());
        let behind = bytes[close.map_or(end, |close| close + quote.len())..].trim_ascii_start();
        let string = &bytes[start..end];
        if !behind.starts_with(b":") && string.len() >= SHORTEST && !filters::is_placeholder(string) {
            parts.push(value.start + start..value.start + end);
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Encoding;

    #[test]
    fn the_strings_of_an_object_are_its_parts() {
        for (text, expected) in [
            (r#"{"output":""}"#, Some(vec![])),
            (r#"{"a":"kiwi-ridge"}"#, Some(vec!["kiwi-ridge"])),
            (r#"{\"a\": \"kiwi-ridge\", \"b\": [\"tern-47\"]}"#, Some(vec!["kiwi-ridge", "tern-47"])),
            (r#"{"a":"say \"kiwi\"","b":"changeme"}"#, Some(vec![r#"say \"kiwi\""#])),
            (r#"[{"a":"kiwi-ridge"#, Some(vec!["kiwi-ridge"])),
            ("{", None),
            ("{kiwi-ridge}", None),
            (r#""kiwi-ridge""#, None),
            ("", None),
        ] {
            let parts = parts(text.as_bytes(), &(0..text.len()));
            let parts = parts.map(|parts| parts.into_iter().map(|part| &text[part]).collect::<Vec<_>>());
            assert_eq!(parts, expected, "{text}");
        }
    }

    #[test]
    fn what_only_an_encoding_adds_is_surplus() {
        use Encoding::{Base64, Json, Terminal};
        let view = |rule, span, layers: &[Encoding]| {
            let wrapping = layers.iter().fold(Wrapping::default(), |outer, layer| outer.with(*layer).unwrap());
            View { rule, span, wrapping, value: SecretBytes::new(b"") }
        };
        let views = vec![
            view(1, 0..20, &[]),
            view(1, 0..15, &[Json]),
            view(2, 3..18, &[]),
            view(3, 30..40, &[Json]),
            view(3, 30..35, &[]),
            view(4, 50..60, &[Base64]),
            view(4, 50..55, &[Terminal, Base64]),
        ];
        let views = without_surplus(views);
        let spans: Vec<Vec<_>> =
            clusters(&views).map(|all| all.iter().map(|view| view.span.clone()).collect()).collect();
        assert_eq!(spans, [vec![0..15, 3..18], vec![30..35, 30..40], vec![50..55, 50..60]]);
    }
}
