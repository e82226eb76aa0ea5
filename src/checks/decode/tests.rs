//! Properties of the layers as a whole.

use std::ops::Range;

use crate::property::property;
use data_encoding::{BASE64, BASE64_MIME, BASE64URL_NOPAD, HEXLOWER};
use proptest::prelude::*;

use super::*;
use crate::raw::{Text, Wrapping};

/// Every encoding of a text, with the layer it is found in.
fn encodings(text: &str) -> Vec<(Encoding, Vec<u8>)> {
    let bytes = text.as_bytes();
    let each = |encode: &dyn Fn(char) -> String| text.chars().map(encode).collect::<String>().into_bytes();
    vec![
        (Encoding::Json, each(&|char| format!("\\u{:04x}", u32::from(char)))),
        (Encoding::Json, each(&|char| format!("\\u{{{:x}}}", u32::from(char)))),
        (Encoding::Percent, bytes.iter().flat_map(|byte| format!("%{byte:02X}").into_bytes()).collect()),
        (Encoding::Html, each(&|char| format!("&#{};", u32::from(char)))),
        (Encoding::Base64, BASE64.encode(bytes).into_bytes()),
        (Encoding::Base64, BASE64URL_NOPAD.encode(bytes).into_bytes()),
        (Encoding::Base64, BASE64_MIME.encode(bytes).trim_end().to_owned().into_bytes()),
        (Encoding::Hex, HEXLOWER.encode(bytes).into_bytes()),
        (Encoding::Utf16, text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        (Encoding::Utf16, text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
    ]
}

fn find(text: &[u8], piece: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, piece)
}

/// Finds `piece` at the bottom of the wrapping `way`, and says where it is stored.
fn unwrap(text: &Text<'_>, way: &[Encoding], piece: &[u8]) -> Option<Range<usize>> {
    let Some((encoding, inner)) = way.split_first() else {
        return find(text.bytes, piece).map(|at| text.to_stored(at..at + piece.len()));
    };
    let mut layers = Layers::default();
    layers.decode(text.bytes);
    let (_, layer) = layers.iter().find(|(found, _)| found == encoding)?;
    let wrapping = Wrapping::default().with(*encoding)?;
    unwrap(&Text::decoded(layer.bytes(), layer.map(), text, wrapping), inner, piece)
}

/// The layers of a text, and of each of them.
fn levels(text: &[u8]) -> Vec<(Vec<Encoding>, Vec<u8>)> {
    let mut layers = Layers::default();
    layers.decode(text);
    let mut all = Vec::new();
    for (encoding, layer) in layers.iter() {
        let mut inner = Layers::default();
        inner.decode(layer.bytes());
        all.push((vec![encoding], layer.bytes().to_vec()));
        all.extend(inner.iter().map(|(deeper, layer)| (vec![encoding, deeper], layer.bytes().to_vec())));
    }
    all
}

proptest! {
    #![proptest_config(property(256))]

    #[test]
    fn a_piece_is_found_and_led_back(piece in "[ -~]{40,120}", before in "[ -%'-Z^-~]{0,80}", after in "[ -%'-Z^-~]{0,80}") {
        for (encoding, stored) in encodings(&piece) {
            let text = [before.as_bytes(), b" \n\"\x01", &stored, b"\x01\"\n", after.as_bytes()].concat();
            let place = before.len() + 4..before.len() + 4 + stored.len();
            let found = unwrap(&Text::plain(&text), &[encoding], piece.as_bytes());
            prop_assert_eq!(found, Some(place), "{:?} {:?}", encoding, String::from_utf8_lossy(&text));
        }
    }

    #[test]
    fn texts_encoded_each_by_itself_are_all_found(pieces in prop::collection::vec("[ -~]{40,120}", 2..5), foreign in "[0-9]{0,3}") {
        let base64: Vec<_> = pieces.iter().map(|piece| BASE64URL_NOPAD.encode(piece.as_bytes())).collect();
        let hex: Vec<_> = pieces.iter().map(|piece| HEXLOWER.encode(piece.as_bytes())).collect();
        for (encoding, texts) in [(Encoding::Base64, base64), (Encoding::Hex, hex)] {
            let stored = texts.join(&foreign);
            for piece in &pieces {
                // Where one ends and the next begins, some letters read as text in the units of either.
                let middle = &piece.as_bytes()[16..piece.len() - 4];
                let found = unwrap(&Text::plain(stored.as_bytes()), &[encoding], middle);
                prop_assert!(found.is_some(), "{piece:?} in {stored}");
            }
        }
    }

    #[test]
    fn what_was_decoded_before_changes_nothing(
        pieces in prop::collection::vec(("[a-z]{8,40}", 0..8_usize, "[A-Za-z-]{0,12}"), 1..4),
        before in "[ -~]{40,60}", form in 0..8_usize, lead in 0..60_usize,
    ) {
        // Hex of a short word in base64 beside other letters: whether a window of it reads as text is a matter of where it stands.
        // UTF-16 is left out: its regions reach back over line ends.
        let text: Vec<u8> = pieces.iter().flat_map(|(word, form, beside)| {
            let inner = encodings(&HEXLOWER.encode(word.as_bytes())).swap_remove(*form).1;
            [b"\n", &inner[..], beside.as_bytes(), b"\n"].concat()
        }).collect();
        let mut other = vec![b'\n'; lead];
        other.extend(encodings(&before).swap_remove(form).1);
        other.resize(512, b'\n');
        let (alone, behind) = (levels(&text), levels(&[other, text].concat()));
        for (encodings, found) in alone {
            let also = behind.iter().any(|(others, more)| *others == encodings && more.ends_with(found.trim_ascii_start()));
            prop_assert!(also, "{encodings:?}: {:?} is not in {behind:?}", String::from_utf8_lossy(&found));
        }
    }

    #[test]
    fn json_strings_are_read_as_serde_json_reads_them(pieces in prop::collection::vec("[ -~é中😀\n\t\"\\\\/]{0,12}|\\\\u00[2-7][0-9a-f]", 1..12)) {
        let inner = format!("\"{}\"", pieces.iter().map(|piece| {
            if piece.starts_with("\\u") { piece.clone() } else { serde_json::to_string(piece).unwrap().trim_matches('"').to_owned() }
        }).collect::<String>());
        // What `trim_matches` leaves unbalanced is no JSON.
        prop_assume!(serde_json::from_str::<String>(&inner).is_ok());
        let stored = inner.replace('/', "\\/");
        let expected: String = serde_json::from_str(&stored).unwrap();
        let mut layers = Layers::default();
        layers.decode(stored.as_bytes());
        for (encoding, layer) in layers.iter() {
            if encoding == Encoding::Json && layer.bytes().len() + 10 < 256 {
                let seen = String::from_utf8_lossy(layer.bytes());
                prop_assert_eq!(seen.as_ref(), format!("\"{expected}\""));
            }
        }
    }

    #[test]
    fn no_input_breaks_it(pieces in prop::collection::vec(prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        prop::sample::select(vec!["\\u0041", "\\", "%41", "%", "&lt;", "&#", "\n", "\\n", "\0", "a\0", "-/", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY", "4142434445464748494a4b4c4d4e4f50", "="])
            .prop_flat_map(|piece| (1_usize..70).prop_map(move |times| piece.repeat(times).into_bytes())),
    ], 0..8)) {
        let text = pieces.concat();
        let mut layers = Layers::default();
        layers.decode(&text);
        let mut stored = 0;
        for (_, layer) in layers.iter() {
            prop_assert_eq!(layer.map().decoded_len(), layer.bytes().len());
            let (mut last, mut covered) = (0, 0);
            for at in 0..layer.bytes().len() {
                let place = layer.map().to_stored(&(at..at + 1));
                prop_assert!(place.start >= last && place.end <= text.len());
                stored += place.end.saturating_sub(covered.max(place.start));
                covered = covered.max(place.end);
                last = place.start;
            }
        }
        // No byte is in two regions.
        prop_assert!(stored <= text.len());
    }
}

#[test]
fn three_levels_lead_back() {
    let piece = ["user:", "plain/words", " and more of them"].concat();
    let inner = serde_json::json!({ "note": piece }).to_string().replace('/', "\\/");
    let middle = serde_json::json!({ "output": inner }).to_string();
    let outer = format!("prefix {} suffix", BASE64.encode(middle.as_bytes()));
    let found =
        unwrap(&Text::plain(outer.as_bytes()), &[Encoding::Base64, Encoding::Json, Encoding::Json], piece.as_bytes());
    let place = found.expect("the piece is found");
    let decoded = BASE64.decode(&outer.as_bytes()[place]).unwrap();
    assert!(find(&decoded, b"user:plain").is_some());
}

#[test]
fn ordinary_text_has_no_layers() {
    let identifiers = "std::collections::hash_map::random_state some_very_long_function_name_in_snake_case";
    let hashes = format!("{} {}", "0f9e8d7c".repeat(8), "0f9e8d7c-1234-5678-9abc-def012345678");
    let nested = r#"{"output":"{\"text\":\"line\\nline \\u001b[0m C:\\\\Users\"}"}"#;
    let mut layers = Layers::default();
    for text in [identifiers, &hashes, nested, "100% of &self; a % b", &"A".repeat(1 << 16)] {
        layers.decode(text.as_bytes());
        assert_eq!(layers.iter().count(), 0, "{text}");
    }
}

#[test]
fn a_token_too_long_for_an_escapes_region_is_decoded_by_itself() {
    for (count, expected) in [(100, Encoding::Html), (1000, Encoding::Base64)] {
        let text = format!("&#61;{}", "Zm9vYmFyYmF6cXV4".repeat(count));
        let mut layers = Layers::default();
        layers.decode(text.as_bytes());
        let found: Vec<_> =
            layers.iter().filter(|(_, layer)| layer.bytes().len() > 1000).map(|(found, _)| found).collect();
        assert_eq!(found, [expected], "{count}");
    }
}

#[test]
fn a_text_in_base64_is_found_however_far_behind_another() {
    let [first, second] = ["kiwi ridge, tern and heron: two", "user:plain/words and more of them"];
    for cut in 0..3 {
        let lead = BASE64URL_NOPAD.encode(&first.as_bytes()[cut..]) + &"Zm9vYmFyYmF6cXV4".repeat(100);
        let stored = format!("{lead}{}", BASE64.encode(second.as_bytes()));
        let found = unwrap(&Text::plain(stored.as_bytes()), &[Encoding::Base64], second.as_bytes());
        assert_eq!(found, Some(lead.len()..stored.len()), "{lead}");
    }
}

#[test]
fn base64_with_escaped_slashes_waits_for_the_next_level() {
    let piece = "?>?>?>?>".repeat(12);
    let stored = format!("\"{}\"", BASE64.encode(piece.as_bytes()).replace('/', "\\/"));
    assert!(stored.contains("\\/"));
    let found = unwrap(&Text::plain(stored.as_bytes()), &[Encoding::Json, Encoding::Base64], piece.as_bytes());
    assert_eq!(found, Some(1..stored.len() - 1));
}
