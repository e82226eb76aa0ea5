//! Documents that say of a value that it is secret: Terraform's generated passwords and sensitive outputs.

use std::ops::Range;

use memchr::memmem;

/// The attributes of a generated password, of all its instances, lie so far behind its type.
const RESOURCE: usize = 8 * 1024;

/// An object that calls itself sensitive is no longer.
const OBJECT: usize = 512;

/// The results of the `random_password` whose type is said at `at`, and up to where was read.
pub(super) fn results(text: &[u8], at: usize) -> (Vec<Range<usize>>, usize) {
    let rest = &text[at..text.len().min(at + RESOURCE)];
    let end = memmem::find(rest, b"\"type\"").unwrap_or(rest.len());
    let found = memmem::find_iter(&rest[..end], b"\"result\"");
    (found.filter_map(|found| string(text, at + found + b"\"result\"".len())).collect(), at + end)
}

/// The value of the object in which `"sensitive": true` stands at `at`.
pub(super) fn sensitive(text: &[u8], at: usize) -> Option<Range<usize>> {
    let floor = at.saturating_sub(OBJECT);
    let start = memchr::memrchr2(b'{', b'}', &text[floor..at]).map(|found| floor + found)?;
    let rest = &text[at..text.len().min(at + OBJECT)];
    let end = at + memchr::memchr2(b'{', b'}', rest)?;
    (text[start] == b'{' && text[end] == b'}').then_some(())?;
    let name = start + memmem::find(&text[start..end], b"\"value\"")?;
    string(text, name + b"\"value\"".len()).filter(|value| value.end < end)
}

/// The string behind a colon.
fn string(text: &[u8], at: usize) -> Option<Range<usize>> {
    let blank = |at: usize| at + text[at..].iter().take(8).take_while(|byte| byte.is_ascii_whitespace()).count();
    let colon = blank(at);
    (text.get(colon) == Some(&b':')).then_some(())?;
    let open = blank(colon + 1);
    (text.get(open) == Some(&b'"')).then_some(())?;
    let rest = &text[open + 1..text.len().min(open + OBJECT)];
    let len = rest.iter().position(|byte| matches!(byte, b'"' | b'\n'))?;
    (rest[len] == b'"' && len > 0).then(|| open + 1..open + 1 + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_those_of_one_resource() {
        let text = "\"type\": \"random_password\", \"instances\": [{\"result\": \"a\"}, {\"result\" : \"b\"}], \
                    \"type\": \"x\", \"result\": \"no\"";
        let at = text.find("random").expect("it is there");
        let (found, end) = results(text.as_bytes(), at);
        assert_eq!(found.into_iter().map(|range| &text[range]).collect::<Vec<_>>(), ["a", "b"]);
        assert!(text[end..].starts_with("\"type\""));
    }

    #[test]
    fn objects_say_that_they_are_sensitive() {
        for (text, expected) in [
            ("{\"a\": {\"sensitive\": true, \"type\": \"string\", \"value\": \"v\"}}", Some("v")),
            ("{\"value\": \"v\", \"sensitive\": true}", Some("v")),
            ("{\"value\": {\"x\": 1}, \"sensitive\": true}", None),
            ("\"value\": \"v\", \"sensitive\": true", None),
        ] {
            let at = text.find("\"sensitive\"").expect("each has it");
            assert_eq!(sensitive(text.as_bytes(), at).map(|range| &text[range]), expected, "{text}");
        }
    }
}
