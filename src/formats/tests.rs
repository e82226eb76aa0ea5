//! Every format keeps what it promises, over tables and generated documents.

use super::*;

/// Replaces one scalar.
fn replaced(format: &dyn Format, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
    [&text[..at.range.start], &format.encode(text, at, value), &text[at.range.end..]].concat()
}

/// The laws of a text that is of this format: an unedited scalar keeps its bytes; a replaced one means the new value, and nothing else
/// has changed.
fn assert_laws(format: &dyn Format, text: &[u8]) {
    let show = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    let scalars = format.scalars(text).unwrap_or_else(|error| panic!("{}: {error:?}: {}", format.name(), show(text)));
    let shape = Shape::of(format, text, &scalars);
    let values = |text: &[u8], scalars: &[Scalar]| -> Vec<Vec<u8>> {
        scalars.iter().map(|at| format.decode(text, at).into_owned()).collect()
    };
    let before = values(text, &scalars);
    let mut end = 0;
    for (number, at) in scalars.iter().enumerate() {
        assert!(end <= at.range.start && at.range.start <= at.inner.start && at.inner.end <= at.range.end, "{at:?}");
        end = at.range.end;
        let same = replaced(format, text, at, &before[number]);
        assert_eq!(show(&same), show(text), "{} {at:?} is not kept", format.name());
        for value in ["[REDACTED:x-y:k7q2]".to_owned(), format!("{}[TARGET:a]", show(&before[number]))] {
            let edited = replaced(format, text, at, value.as_bytes());
            let scalars =
                format.scalars(&edited).unwrap_or_else(|error| panic!("{error:?} {}: {}", show(text), show(&edited)));
            let mut expected = before.clone();
            expected[number] = value.into_bytes();
            assert_eq!(
                values(&edited, &scalars).iter().map(|v| show(v)).collect::<Vec<_>>(),
                expected.iter().map(|v| show(v)).collect::<Vec<_>>(),
                "{at:?} of {} in {}",
                show(text),
                show(&edited)
            );
            let after = Shape::of(format, &edited, &scalars);
            assert!(
                if at.role == Role::Key { after.is_like(&shape) } else { after == shape },
                "{at:?} of {} in {}",
                show(text),
                show(&edited)
            );
        }
    }
}

#[test]
fn nasty_texts_keep_the_laws() {
    for (format, text) in [
        ("json", r#"{"a": [1, -2.5e+3, true, null, "x\/\u00e9\ud83d\ude00\ud800\n\"é"], "": {}}"#),
        ("json", "\u{feff} [ ]\r\n"),
        ("json", "0"),
        ("jsonl", "{\"a\":1}\r\n\n{broken\r\n -----BEGIN\n\n[\n{\"b\":\"c\"}\r\n[2]"),
        ("text", "any\n\0thing"),
    ] {
        let format = FORMATS.iter().copied().chain([PLAIN]).find(|row| row.name() == format).unwrap();
        assert_laws(format, text.as_bytes());
    }
}
