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

/// Whether the label of the value at `value` calls it something else than a secret. Before `behind` stand the words that led to the value;
/// `is_known` tells whether a word belongs to those anyway.
pub(crate) fn is_labelled_otherwise(text: &[u8], value: usize, behind: usize, is_known: impl Fn(&str) -> bool) -> bool {
    let label = before(text, value);
    let between = &text[label.end..value];
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
    if OTHERS.contains(&last) && !is_known(last) || between.contains(&b'@') {
        return true;
    }
    // Where nothing assigns the value, a word between must speak of a secret: `linode-agent 9f86…`, `heroku request 0b7e…`.
    let is_assigned = between.iter().any(|byte| !byte.is_ascii_whitespace());
    let own = behind.clamp(label.start, label.end) - label.start;
    let rest = &folded[own..];
    !is_assigned
        && rest.starts_with(|first: char| own == 0 || !first.is_ascii_alphanumeric())
        && !SECRETS.iter().any(|word| rest.contains(word))
}

/// The name that stands before `value`, signs and blanks between.
fn before(text: &[u8], value: usize) -> Range<usize> {
    let from = value.saturating_sub(REACH);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let is_sign = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`=:([{<>,@#|\\$?&".contains(byte);
    let end = from + text[from..value].iter().rposition(|byte| !is_sign(byte)).map_or(0, |at| at + 1);
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
            byte.is_ascii_alphanumeric() && !(byte.is_ascii_uppercase() && !self.name[end - 1].is_ascii_uppercase())
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

    /// The value stands behind the last blank or sign; `acme` is the word that leads to it.
    fn is_otherwise(text: &str) -> bool {
        let value = text.len();
        let behind = text.to_ascii_lowercase().rfind("acme").map_or(0, |at| at + 4);
        is_labelled_otherwise(text.as_bytes(), value, behind, |word| word == "sid")
    }

    #[test]
    fn labels_tell_secrets_from_digests_and_identifiers() {
        for text in [
            "acme_sha256 = \"",
            "acme md5: ",
            "acme-1.2.tar.gz ",
            "acme.zip\t",
            "acme_commit=",
            "acme: commit ",
            "acme @ ",
            "acme/agent@sha256:",
            "acme v1.2.3 h1:",
            "--acme-hash=sha256:",
            "\"acmeProjectId\": \"",
            "acme_app_id: ",
            "acme trace_id=",
            "acme request ",
            "container acme-agent ",
            "ACME_PUBLIC_KEY=",
            "acme_publishable_token: '",
            "acme integrity sha512-",
            "https://x/acme-3.4.1.tgz#",
            "acme\nETag: \"",
        ] {
            assert!(is_otherwise(text), "{text:?}");
        }
        for text in [
            "acme ",
            "acme: \"",
            "acme=",
            "acme_api_key = '",
            "ACME_TOKEN=",
            "acme secret ",
            "acme-access-",
            "acmev1 ",
            "$acmeToken .= \"",
            "var acmeToken string = \"",
            "acme_sid: ",
            "acme \"",
            "acme, ",
            "x-acme-token: ",
            "",
        ] {
            assert!(!is_otherwise(text), "{text:?}");
        }
    }
}
