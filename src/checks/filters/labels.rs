//! What stands right before a value: the word that a reader would take it by.
//!
//! A vendor's word and forty hex digits are a token of that vendor's, unless what stands between them says `commit`, `sha1` or `trace_id`.

use std::ops::Range;

/// A label is read so far back.
const REACH: usize = 64;

/// Last words of labels behind which no secret stands: digests, revisions, identifiers, files.
#[rustfmt::skip] // a word a line would fill pages
static OTHERS: &[&str] = &[
    "id", "ids", "uuid", "guid", "sha", "md", "checksum", "digest", "hash", "integrity", "fingerprint", "thumbprint", "etag",
    "commit", "revision", "rev", "ref", "h", "crc", "blake", "version", "build", "image", "container", "layer", "trace", "span",
    "name", "alias", "zip", "gz", "tgz", "bz", "xz", "zst", "tar", "jar", "whl", "deb", "rpm", "gem", "exe", "png", "jpg",
    "svg", "js", "css", "html",
];

/// What makes a label one of a secret, wherever it stands in it.
static SECRETS: &[&str] = &[
    "key", "token", "secret", "pass", "auth", "cred", "api", "bearer", "dsn", "private", "licen", "access", "pat",
    "pwd", "sig", "hook", "login",
];

/// Whether the label of `value` calls it something else than a secret. Before `behind` stand the words that led to the value;
/// `is_known` tells whether a word belongs to those anyway.
pub(crate) fn is_labelled_otherwise(
    text: &[u8],
    value: &Range<usize>,
    behind: usize,
    is_known: impl Fn(&str) -> bool,
) -> bool {
    let label = before(text, value.start);
    let between = text[label.end..value.start].trim_ascii();
    let mut folded = [0; REACH];
    let folded = &mut folded[..label.len()];
    folded.copy_from_slice(&text[label.clone()]);
    folded.make_ascii_lowercase();
    let folded = std::str::from_utf8(folded).unwrap_or_default();
    let words = Words { name: &text[label.clone()], folded, at: 0 };
    let mut last = "";
    for word in words {
        if matches!(word, "public" | "publishable") && !is_known(word) {
            return true;
        }
        last = word;
    }
    let last = last.trim_end_matches(|digit: char| digit.is_ascii_digit());
    if OTHERS.contains(&last) && !is_known(last) {
        return true;
    }
    if between.iter().any(|byte| b"=:\"'`>$\\".contains(byte)) {
        return false;
    }
    // Where nothing assigns the value, a word between must speak of a secret: `linode-agent 9f86…`, `heroku request 0b7e…`. Right behind the
    // vendor's word, a digest is one (`Submodule acme 9f86…`), as is what `@` pins.
    let own = behind.clamp(label.start, label.end) - label.start;
    let rest = folded[own..].trim_end_matches('-');
    if SECRETS.iter().any(|word| rest.ends_with(word)) {
        return false;
    }
    if own > 0 && !rest.starts_with(|first: char| !first.is_ascii_alphanumeric()) {
        return between == b"@" || is_digest(&text[value.clone()]);
    }
    let is_flag = rest.len() == 2 && rest.starts_with('-');
    !rest.is_empty() && !is_flag && !SECRETS.iter().any(|word| rest.contains(word))
}

/// Whether a value is as long as a commit or a SHA-256 is, and of nothing but hex digits.
fn is_digest(value: &[u8]) -> bool {
    matches!(value.len(), 40 | 64) && value.iter().all(u8::is_ascii_hexdigit)
}

/// The name that stands before `value`, signs and blanks between.
fn before(text: &[u8], value: usize) -> Range<usize> {
    let from = value.saturating_sub(REACH);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let is_sign = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`=:([{<>,@#|\\$?&".contains(byte);
    let last = |end: usize| from + text[from..end].iter().rposition(|byte| !is_sign(byte)).map_or(0, |at| at + 1);
    let mut end = last(value);
    // The letter of an escape is no name.
    while matches!(text[from..end], [.., b'\\', b'n' | b'r' | b't']) {
        end = last(end - 2);
    }
    let start = from + text[from..end].iter().rposition(|byte| !is_name(byte)).map_or(0, |at| at + 1);
    start..end
}

/// The words of a name, cut at signs and where small letters turn to capitals.
struct Words<'a> {
    name: &'a [u8],
    folded: &'a str,
    at: usize,
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let start = self.at + self.name[self.at..].iter().position(u8::is_ascii_alphanumeric)?;
        let mut end = start + 1;
        while self.name.get(end).is_some_and(|byte| {
            byte.is_ascii_alphanumeric() && (!byte.is_ascii_uppercase() || self.name[end - 1].is_ascii_uppercase())
        }) {
            end += 1;
        }
        self.at = end;
        self.folded.get(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a value of `len` hex digits at the end of the text is none; `acme` is the word that leads to it.
    fn is_otherwise(text: &str, len: usize) -> bool {
        let behind = text.to_ascii_lowercase().rfind("acme").map_or(0, |at| at + 4);
        let value = text.len()..text.len() + len;
        let text = text.to_owned() + &"7".repeat(len);
        is_labelled_otherwise(text.as_bytes(), &value, behind, |word| word == "sid")
    }

    #[test]
    #[rustfmt::skip] // a text a line would fill pages
    fn labels_tell_secrets_from_digests_and_identifiers() {
        for (text, len) in [
            ("acme_sha256 = \"", 64), ("acme md5: ", 32), ("acme-1.2.tar.gz ", 32), ("acme.zip\t", 32), ("acme_commit=", 40),
            ("acme: commit ", 40), ("acme @ ", 12), ("acme/agent@sha256:", 64), ("acme v1.2.3 h1:", 43), ("--acme-hash=sha256:", 64),
            ("\"acmeProjectId\": \"", 32), ("acme_app_id: ", 20), ("acme trace_id=", 32), ("acme request ", 36),
            ("container acme-agent ", 32), ("ACME_PUBLIC_KEY=", 32), ("acme_publishable_token: '", 32), ("acme integrity sha512-", 86),
            ("https://x/acme-3.4.1.tgz#", 40), ("acme\nETag: \"", 32), ("Submodule acme ", 40), ("Merge acme into main (", 40),
        ] {
            assert!(is_otherwise(text, len), "{text:?}");
        }
        for text in [
            "acme ", "acme: \"", "acme=", "acme_api_key = '", "ACME_TOKEN=", "acme secret ", "acme-access-", "acmev1 ", "acme -t ",
            "$acmeToken .= \"", "var acmeToken string = \"", "NSString *acme = @\"", "acme_sid: ", "acme \"", "acme, ",
            "x-acme-token: ", "", "<acmeToken>\\n    ", "acme_token:\\r\\n\\t",
        ] {
            assert!(!is_otherwise(text, 32), "{text:?}");
        }
    }
}
