//! Kubernetes secrets: the values under `data:` (base64) and `stringData:` of a document whose kind is `Secret`.

use std::ops::Range;

use memchr::memmem;

/// `data:` is looked for so far before its kind, and read so far.
const BEFORE: usize = 8 * 1024;

/// And so far behind it.
const AFTER: usize = 2 * 1024;

/// The member of a secret that holds its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    /// In base64.
    Data,
    /// As they are.
    StringData,
}

impl Member {
    fn in_yaml(self) -> &'static [u8] {
        match self {
            Self::Data => b"data:",
            Self::StringData => b"stringData:",
        }
    }

    fn in_json(self) -> &'static [u8] {
        match self {
            Self::Data => b"\"data\"",
            Self::StringData => b"\"stringData\"",
        }
    }
}

/// What may stand between the values of `data:` and is no secret.
const PUBLIC: &[&[u8]] = &[b"ca.crt", b"tls.crt", b"username", b"user", b"namespace", b"host", b"port"];

/// Whether the word `secret` at `at` says what kind a document is of.
pub(super) fn is_kind(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    let rest = &text[at..];
    rest.starts_with(b"Secret")
        && (before.ends_with(b"kind: ") && matches!(rest.get(6), None | Some(b'\n' | b'\r'))
            || (before.ends_with(b"\"kind\": \"") || before.ends_with(b"\"kind\":\"")) && rest.get(6) == Some(&b'"'))
}

/// The values under `member` of the document whose kind is said at `at`, no part of which lies before `floor`.
pub(super) fn values(text: &[u8], at: usize, floor: usize, member: Member) -> Vec<Range<usize>> {
    let before = floor.max(at.saturating_sub(BEFORE))..at;
    let after = at..text.len().min(at + AFTER);
    if text[..at].ends_with(b"\"") {
        let name = member.in_json();
        let data = |range: Range<usize>, seek: fn(&[u8], &[u8]) -> Option<usize>| {
            seek(&text[range.clone()], name).map(|found| range.start + found + name.len())
        };
        let start = data(before, memmem::rfind).or_else(|| data(after, memmem::find));
        return start.map_or_else(Vec::new, |start| members(text, start));
    }
    let name = member.in_yaml();
    let line = memchr::memrchr(b'\n', &text[before.clone()]).map_or(before.start, |end| before.start + end + 1);
    let indent = (at - line).saturating_sub(b"kind: ".len());
    let first = memmem::rfind(&text[before.clone()], b"\n---").map_or(before.start, |end| before.start + end);
    let last = memmem::find(&text[after.clone()], b"\n---").map_or(after.end, |end| after.start + end);
    let is_data = |found: usize| {
        let spaces = text[first..found].iter().rev().take_while(|byte| **byte == b' ').count();
        let is_line = found == spaces || text[found - spaces - 1] == b'\n';
        is_line && spaces == indent && matches!(text.get(found + name.len()), Some(b'\n' | b'\r'))
    };
    let is_before = |found: &usize| is_data(first + found);
    let data = memmem::rfind_iter(&text[first..at], name).find(is_before).map(|found| first + found);
    let data =
        data.or_else(|| memmem::find_iter(&text[at..last], name).map(|found| at + found).find(|found| is_data(*found)));
    data.map_or_else(Vec::new, |found| {
        let start = found + name.len();
        entries(text, start..text.len().min(start + BEFORE), indent)
    })
}

/// The values of an object in JSON that begins behind `at`.
fn members(text: &[u8], at: usize) -> Vec<Range<usize>> {
    let rest = &text[at..text.len().min(at + BEFORE)];
    let end = memchr::memchr(b'}', rest).unwrap_or(rest.len());
    let mut strings = Vec::new();
    let mut from = 0;
    while let Some(open) = memchr::memchr(b'"', &rest[from..end]).map(|open| from + open + 1) {
        let Some(len) = memchr::memchr(b'"', &rest[open..end]) else { break };
        strings.push(at + open..at + open + len);
        from = open + len + 1;
    }
    let secret = |pair: &[Range<usize>]| {
        let [name, value] = pair else { return None };
        (!PUBLIC.contains(&&text[name.clone()])).then(|| value.clone())
    };
    strings.chunks(2).filter_map(secret).collect()
}

/// The values of the lines of YAML that are indented deeper than `indent`.
fn entries(text: &[u8], range: Range<usize>, indent: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = range.start;
    for line in text[range].split(|&byte| byte == b'\n') {
        let spaces = line.iter().take_while(|byte| **byte == b' ').count();
        let is_blank = line.trim_ascii().is_empty();
        if !is_blank && spaces <= indent {
            break;
        }
        if let Some(colon) = memmem::find(line, b": ")
            && !PUBLIC.contains(&&line[spaces..colon])
        {
            let value = line[colon + 2..].trim_ascii();
            found.push(start + colon + 2..start + colon + 2 + value.len());
        }
        start += line.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_under_data() {
        for text in [
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  username: b\n  one: Zm9v\n  two: YmFy\ntype: Opaque\n",
            "items:\n- apiVersion: v1\n  data:\n    one: Zm9v\n    two: YmFy\n  kind: Secret\n  metadata:\n    name: x\n",
            "a: b\ndata:\n  no: no\n---\ndata:\n  one: Zm9v\n  two: YmFy\nkind: Secret\n---\ndata:\n  no: no\n",
            "{\"kind\":\"Secret\",\"data\":{\"one\":\"Zm9v\",\"two\":\"YmFy\"}}",
            "{\n \"data\": {\n \"one\": \"Zm9v\",\n \"two\": \"YmFy\"\n },\n \"kind\": \"Secret\"}",
        ] {
            let at = text.find("Secret").expect("each has one");
            assert!(is_kind(text.as_bytes(), at), "{text}");
            let seen = |text: &str, member| -> Vec<_> {
                values(text.as_bytes(), at, 0, member).into_iter().map(|range| text[range].to_owned()).collect()
            };
            assert_eq!(seen(text, Member::Data), ["Zm9v", "YmFy"], "{text}");
            assert!(seen(text, Member::StringData).is_empty(), "{text}");
        }
        assert!(!is_kind(b"kind: SecretStore\n", 6));
        assert!(values(b"kind: Secret\nx: y\n", 6, 0, Member::Data).is_empty());
        for text in
            ["kind: Secret\nstringData:\n  one: foo\n", "{\"kind\": \"Secret\", \"stringData\": {\"one\": \"foo\"}}"]
        {
            let at = text.find("Secret").expect("each has one");
            let values = values(text.as_bytes(), at, 0, Member::StringData);
            assert_eq!(values.into_iter().map(|range| &text[range]).collect::<Vec<_>>(), ["foo"], "{text}");
        }
    }
}
