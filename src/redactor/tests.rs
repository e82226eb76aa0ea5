//! What a redaction must keep, tried on documents of every format, full of secrets.

mod documents;

use std::collections::HashSet;
use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::model::Placeholder;
use crate::planted::{KNOWN, Piece, Wrap, document, known};
use crate::property::property;
use documents::{Document, Node};

fn scanner() -> &'static Scanner {
    static SCANNER: OnceLock<Scanner> = OnceLock::new();
    SCANNER.get_or_init(|| Scanner::builder().known(known()).threads(2).build().unwrap())
}

fn redactor() -> &'static Redactor<'static> {
    static REDACTOR: OnceLock<Redactor<'static>> = OnceLock::new();
    REDACTOR.get_or_init(|| {
        let key = Key::from_reader(&b"a key of the tests, made for them"[..]).unwrap();
        Redactor::builder(scanner()).key(key).build().unwrap()
    })
}

fn leaks(bytes: &[u8]) -> Vec<Leak> {
    scanner().leaks(bytes, 0..bytes.len()).unwrap()
}

/// A text as people read it, without its placeholders.
fn rest(bytes: &[u8]) -> Vec<u8> {
    let wide = crate::redact::Utf16::read(bytes).map(|(_, text)| text.into_bytes());
    let text = wide.as_deref().unwrap_or(bytes);
    let mut rest = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let len = Placeholder::len_at(&text[at..]).or_else(|| len_as_key(&text[at..]));
        rest.push(if len.is_some() { b'\n' } else { text[at] });
        at += len.unwrap_or(1);
    }
    rest
}

/// The length of a placeholder as a key that has no brackets: `_REDACTED_acme-api-key_k7q2_`.
fn len_as_key(text: &[u8]) -> Option<usize> {
    let rest = text.strip_prefix(b"_REDACTED_")?;
    Some(
        text.len() - rest.len()
            + rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte)).count(),
    )
}

/// What is left of a secret in a copy: the length of the piece. What the rest of the document says too, and what all values of the kind
/// have in common, tells nothing.
fn residue(copy: &[u8], blank: &[u8], secret: &[u8], other: &[u8]) -> Option<usize> {
    let forms = crate::planted::forms(secret).into_iter().zip(crate::planted::forms(other));
    forms.into_iter().find_map(|((form, len), (common, _))| {
        let known: HashSet<&[u8]> = blank.windows(len).chain(common.windows(len)).collect();
        let own: HashSet<&[u8]> = form.windows(len).filter(|piece| !known.contains(piece)).collect();
        copy.windows(len).any(|piece| own.contains(piece)).then_some(len)
    })
}

fn keeps_its_shape_and_loses_its_secrets(document: &Document) -> Result<(), TestCaseError> {
    let bytes = document.bytes();
    let origin = Origin::named(document.name());
    let copy = match redactor().redact_bytes(&bytes, &origin) {
        Ok(copy) => copy,
        Err(error) => return Err(TestCaseError::fail(error.to_string())),
    };
    prop_assert!(leaks(&copy).is_empty(), "the copy is not clean");
    document.assert_same_shape(&copy);
    prop_assert!(redactor().redact_bytes(&copy, &origin).unwrap() == copy, "redacted again, it changes");
    let leaks = leaks(&bytes);
    let is_seen = |secret: &[u8]| leaks.iter().any(|leak| memchr::memmem::find(leak.value.expose(), secret).is_some());
    // What is not found stays, and may have five characters in common with what is.
    let (copy, blank) = (rest(&copy), rest(&document.blank(&is_seen).bytes()));
    for (template, secret, other) in document.secrets() {
        if is_seen(&secret) {
            prop_assert_eq!(residue(&copy, &blank, &secret, &other), None, "of {}", template);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 300, ..property(2000) })]

    #[test]
    fn a_document_keeps_its_shape_and_loses_its_secrets(document in any::<Document>()) {
        keeps_its_shape_and_loses_its_secrets(&document)?;
    }
}

#[test]
fn what_was_doubted_once_holds() {
    let holds = |document: &Document| keeps_its_shape_and_loses_its_secrets(document).unwrap();
    // The end of the key, padding and line end, looks like the base64 of the quote behind it.
    let template = "private_key\": \"{begin}{pem-json:PRIVATE KEY}";
    let key = Node::secret(template, 16_706_707_513_981_222_030, Wrap::Base64Lines);
    holds(&Document::of("a.json", vec![key]));
    // With `id,"` before it the first line of base64 is of 80 columns, as if a terminal had broken it: joined to the second, not to the third.
    let hook = Node::secret("discord.com/api/webhooks", 0, Wrap::Base64Lines);
    holds(&Document::of("g.csv", vec![Node::Map(vec![("id", hook)])]).wide());
    // A line that is a string of JSON, and no more.
    let settings = Node::secret("[pypi]", 0, Wrap::Escaped);
    holds(&Document::of("c.jsonl", vec![Node::Inner(Box::new(settings))]));
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 300, ..property(300) })]

    #[test]
    fn a_stream_gives_what_the_whole_gives(
        pieces in prop::collection::vec(any::<Piece>(), 1..20),
        cuts in prop::collection::vec(1..500_usize, 1..20),
    ) {
        let text = document(&pieces);
        let whole = redactor().redact_bytes(&text, &Origin::stdin());
        let mut out = Vec::new();
        let mut writer = redactor().writer(&mut out);
        let mut rest = &text[..];
        // Every other text byte by byte.
        let mut sizes = cuts.iter().copied().cycle().map(|size| if cuts.len() % 2 == 0 { size } else { 1 });
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(rest.len().min(sizes.next().unwrap()));
            writer.write_all(piece).unwrap();
            rest = behind;
        }
        let written = writer.finish().unwrap();
        prop_assert!(leaks(&out).is_empty(), "the stream is not clean");
        if let Ok(whole) = whole {
            prop_assert!(out == whole, "the stream gives something else");
            prop_assert_eq!(written.lost(), 0);
        }
    }
}

#[test]
fn a_known_value_has_one_tag_in_every_encoding() {
    for value in KNOWN {
        let mut tags = HashSet::new();
        for wrap in Wrap::ALL {
            for (name, before, after) in [("a.log", "it is ", "\n"), ("b.csv", "a,b\n1,", "\n")] {
                let stored = wrap.apply(value);
                // What is no CSV, and what is escaped byte by byte.
                if name == "b.csv" && value.contains(['"', '\n']) || wrap == Wrap::Escaped && !value.is_ascii() {
                    continue;
                }
                let bytes = [before.as_bytes(), &stored, after.as_bytes()].concat();
                let copy = redactor().redact_bytes(&bytes, &Origin::named(name)).unwrap();
                assert!(leaks(&copy).is_empty(), "{wrap:?} in {name}");
                let copy = String::from_utf8_lossy(&copy).replace('\0', "");
                match copy.split_once("REDACTED:known-planted") {
                    Some((_, rest)) => {
                        tags.insert(rest.split([']', ')']).next().map(str::to_owned));
                    }
                    // In what keeps its length, a short value is filled up.
                    None => assert!(bytes.contains(&0) && copy.contains("***"), "{wrap:?} in {name}"),
                }
                let residue =
                    value.split_ascii_whitespace().filter(|word| word.len() > 7).find(|word| copy.contains(*word));
                assert_eq!(residue, None, "{wrap:?} in {name}");
            }
        }
        assert_eq!(tags.len(), 1, "{tags:?}");
    }
}

#[test]
fn a_known_value_is_whole_wherever_a_stream_pauses() {
    let text = format!("one\n{}\ntwo {} \nthree\n", KNOWN[4], KNOWN[1]);
    let whole = redactor().redact_bytes(text.as_bytes(), &Origin::stdin()).unwrap();
    for cut in 0..text.len() {
        let mut out = Vec::new();
        let mut writer = redactor().writer(&mut out);
        for piece in [&text.as_bytes()[..cut], &text.as_bytes()[cut..]] {
            writer.write_all(piece).unwrap();
            writer.flush().unwrap();
        }
        writer.finish().unwrap();
        assert!(out == whole, "cut at {cut}");
    }
}
