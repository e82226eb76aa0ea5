//! What every format promises, for tests and the fuzzer.

use super::*;

/// The format of this name.
#[cfg(test)]
pub(super) fn format(name: &str) -> &'static dyn Format {
    FORMATS.iter().copied().chain([PLAIN]).find(|format| format.name() == name).expect("a format of the table")
}

pub(super) fn show(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// The text with another value in the place of a scalar.
pub(super) fn replaced(format: &dyn Format, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
    [&text[..at.range.start], &format.encode(text, at, value), &text[at.range.end..]].concat()
}

fn values(format: &dyn Format, text: &[u8], scalars: &[Scalar]) -> Vec<Vec<u8>> {
    scalars.iter().map(|at| format.decode(text, at).into_owned()).collect()
}

/// Whether a place can hold this value.
pub(super) fn holds(format: &dyn Format, at: &Scalar, value: &[u8]) -> bool {
    let is_any = |names: &[&str]| names.contains(&format.name());
    let is_line = value.iter().all(|byte| !byte.is_ascii_control());
    let is_trimmed = value.trim_ascii() == value && !value.is_empty();
    match at.role {
        Role::Key if is_any(&["ini", "dotenv"]) => false,
        Role::Text if is_any(&["jsonl"]) => false,
        Role::Comment => is_line && is_trimmed && !value.ends_with(b"-"),
        _ => (is_trimmed || is_any(&["json", "toml", "yaml", "csv"])) && (is_line || !is_any(&["ini"])),
    }
}

/// Reads a text as the format of this number, and tries some of its scalars.
///
/// # Panics
///
/// If the format breaks a law.
pub(crate) fn assert_laws_of(format: usize, text: &[u8]) {
    let format = FORMATS[format % FORMATS.len()];
    if let Ok(scalars) = format.scalars(text) {
        assert_laws(format, text, &scalars, &[]);
    }
}

/// An unedited scalar keeps its bytes. A replaced one means the new value; nothing else has changed.
///
/// # Panics
///
/// If it is not so.
pub(super) fn assert_laws(format: &'static dyn Format, text: &[u8], scalars: &[Scalar], hard: &[&str]) {
    let before = values(format, text, scalars);
    let mut end = 0;
    for (number, at) in scalars.iter().enumerate() {
        assert!(end <= at.range.start && at.range.start <= at.inner.start && at.inner.end <= at.range.end, "{at:?}");
        end = at.range.end;
        let same = replaced(format, text, at, &format.decode(text, at));
        assert!(same == text, "{} {at:?} of {:?} is {:?}", format.name(), show(text), show(&same));
        let reading = Reading::of(format, text, std::slice::from_ref(&at.range)).expect("it was read before");
        assert_eq!(reading.scalars, std::slice::from_ref(at));
        let inside = [before[number].trim_ascii_end(), b"[TARGET:a]"].concat();
        let values_tried =
            [b"[REDACTED:x-y:k7q2]", &inside[..]].into_iter().chain(hard.iter().map(|value| value.as_bytes()));
        for value in values_tried {
            let edited = replaced(format, text, at, value);
            let what = || format!("{} {at:?} of {:?} in {:?}", format.name(), show(text), show(&edited));
            let scalars = format.scalars(&edited).unwrap_or_else(|error| panic!("{error:?} {}", what()));
            assert!(
                reading.of_copy(&edited).is_some_and(|copy| copy.scalars == scalars[number..=number]),
                "{}",
                what()
            );
            let mut after = values(format, &edited, &scalars);
            if holds(format, at, value) {
                assert!(after[number] == value, "{}", what());
            }
            after[number].clone_from(&before[number]);
            assert!(after == before, "{}", what());
        }
    }
}
