//! The way of the fuzz targets (`fuzz/`) into the rooms behind the public names: one function a target, its laws inside.

use std::io::Write as _;
use std::sync::OnceLock;

use crate::checks::{assert_anchors_are_found, assert_layers_lead_back, sign};
use crate::formats::assert_laws_of;
use crate::ruleset::expand;
use crate::{Confidence, Key, Origin, Redactor, RuleSet, Scanner, selftest};

/// Finds the same however the bytes are read, and never outside of them.
///
/// # Panics
///
/// If it does not: so a fuzzer hears of it.
pub fn scan(bytes: &[u8]) {
    static SCANNER: OnceLock<Scanner> = OnceLock::new();
    let scanner = SCANNER.get_or_init(|| {
        Scanner::builder().min_confidence(Confidence::Low).threads(1).build().expect("the built-in rules work")
    });
    scanner.assert_same(bytes);
}

fn redactor() -> &'static Redactor<'static> {
    static SCANNER: OnceLock<Scanner> = OnceLock::new();
    static REDACTOR: OnceLock<Redactor<'static>> = OnceLock::new();
    REDACTOR.get_or_init(|| {
        let scanner = SCANNER.get_or_init(|| Scanner::builder().threads(1).build().expect("the built-in rules work"));
        let key = Key::from_reader(&b"the key of the fuzzers"[..]).expect("a key");
        Redactor::builder(scanner).key(key).build().expect("a redactor")
    })
}

/// Redacts as a file of each format: what is not refused is clean, and stays as it is when it is redacted again.
///
/// # Panics
///
/// If it does not.
pub fn redact(bytes: &[u8]) {
    const NAMES: [&str; 8] = ["<stdin>", "a.json", "a.jsonl", "a.yaml", "a.toml", "a.xml", "a.csv", "a.env"];
    let Some((&format, text)) = bytes.split_first() else { return };
    let origin = Origin::named(NAMES[usize::from(format) % NAMES.len()]);
    let Ok(copy) = redactor().redact_bytes(text, &origin) else { return };
    let again = redactor().redact_bytes(&copy, &origin).expect("what is clean is not refused");
    assert!(again == copy, "redacted again, it changes");
}

/// Redacts as a stream, cut as the first bytes say: the same as the whole.
///
/// # Panics
///
/// If it is not.
pub fn stream(bytes: &[u8]) {
    let Some((cuts, mut rest)) = bytes.split_at_checked(8) else { return };
    let Ok(whole) = redactor().redact_bytes(rest, &Origin::stdin()) else { return };
    let mut out = Vec::new();
    let mut writer = redactor().writer(&mut out);
    for &cut in cuts.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, behind) = rest.split_at(rest.len().min(1 + usize::from(cut)));
        writer.write_all(piece).expect("a vector takes all");
        rest = behind;
    }
    writer.finish().expect("a vector takes all");
    assert!(out == whole, "the stream gives something else");
}

/// Decodes layers that lead back into the text.
pub fn decode(bytes: &[u8]) {
    assert_layers_lead_back(bytes);
}

/// Reads a rule file; a set it is taken into can be tested and can search.
pub fn rules(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut rules = RuleSet::empty();
    if rules.add("fuzz.toml", text).is_err() {
        return;
    }
    let _ = selftest(&rules, |_| true);
    if let Ok(scanner) = Scanner::builder().rules(rules).threads(1).build() {
        scanner.scan_bytes(bytes, &Origin::named("fuzz"));
    }
}

/// Takes anchors from the head of the bytes (a length and a flag before each), and searches the rest.
pub fn prefilter(bytes: &[u8]) {
    let Some((&count, mut rest)) = bytes.split_first() else { return };
    let mut anchors = Vec::new();
    for _ in 0..count % 32 {
        let Some((&head, behind)) = rest.split_first() else { break };
        let len = 3 + usize::from(head >> 1) % 24;
        let Some((literal, behind)) = behind.split_at_checked(len) else { break };
        anchors.push((literal, head & 1 == 1));
        rest = behind;
    }
    assert_anchors_are_found(&anchors, rest);
}

/// Expands a template: the same for the same seed, its token inside.
///
/// # Panics
///
/// If it does not.
pub fn expand_template(bytes: &[u8]) {
    let Some((&seed, template)) = bytes.split_first() else { return };
    let Ok(template) = std::str::from_utf8(template) else { return };
    let example = expand(template, seed.into(), &sign);
    assert_eq!(example, expand(template, seed.into(), &sign));
    if let Some((text, secret)) = example.ok().and_then(|example| Some((example.text, example.secret?))) {
        assert!(text.get(secret).is_some(), "the token is a part of the text");
    }
}

/// Unpacks what is packed: what can be read can be read again once it is packed anew.
#[cfg(feature = "unpack")]
pub fn unpack(bytes: &[u8]) {
    crate::unpack::assert_laws(bytes);
}

/// Reads the bytes as the format that the first of them picks: each scalar can be replaced, and nothing else changes.
pub fn formats(bytes: &[u8]) {
    let Some((&number, text)) = bytes.split_first() else { return };
    assert_laws_of(number.into(), text);
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test reads its own data")]
mod tests {
    use std::fs;
    use std::path::Path;

    type Target = fn(&[u8]);

    /// What once crashed a target, or told two readings apart, and a few odd inputs more.
    #[test]
    fn what_was_mended_stays_so() {
        let odd = ["", "\0", "\u{feff}", "{", "\\u", "%", "&#", "[[rule]]\nid = \"a\"", "vendor = \"a\"\nrule = 1"];
        let targets: [(&str, Target); 9] = [
            ("scan", super::scan),
            ("decode", super::decode),
            ("rules", super::rules),
            ("prefilter", super::prefilter),
            ("expand", super::expand_template),
            ("redact", super::redact),
            ("stream", super::stream),
            ("formats", super::formats),
            ("unpack", super::unpack),
        ];
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/regressions");
        for (name, target) in targets {
            for input in odd {
                target(input.as_bytes());
            }
            // git keeps no empty folder.
            for entry in fs::read_dir(root.join(name)).into_iter().flatten() {
                target(&fs::read(entry.unwrap().path()).unwrap());
            }
        }
    }
}
