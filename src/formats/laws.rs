//! What every format promises, for tests and the fuzzer.

use super::*;

/// The format of this name.
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

fn values(format: &dyn Format, text: &[u8], scalars: &[Scalar]) -> Vec<String> {
    scalars.iter().map(|at| show(&format.decode(text, at))).collect()
}

/// Whether a place can hold this value.
pub(super) fn holds(format: &dyn Format, at: &Scalar, value: &str) -> bool {
    let is_name = at.role == Role::Key && ["ini", "dotenv"].contains(&format.name());
    let is_line = at.role == Role::Comment || format.name() == "ini";
    let is_trimmed =
        value.trim() == value && !value.is_empty() || ["json", "toml", "yaml", "csv"].contains(&format.name());
    let is_broken = format.name() == "jsonl" && at.role == Role::Text;
    let is_dash = at.role == Role::Comment && value.ends_with('-');
    !is_name && !is_broken && !is_dash && is_trimmed && !(is_line && value.contains('\n'))
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
pub(super) fn assert_laws(format: &dyn Format, text: &[u8], scalars: &[Scalar], hard: &[&str]) {
    let shape = Shape::of(format, text, scalars);
    let before = values(format, text, scalars);
    let mut end = 0;
    for (number, at) in scalars.iter().enumerate() {
        assert!(end <= at.range.start && at.range.start <= at.inner.start && at.inner.end <= at.range.end, "{at:?}");
        end = at.range.end;
        let same = replaced(format, text, at, &format.decode(text, at));
        assert!(same == text, "{} {at:?} of {:?} is {:?}", format.name(), show(text), show(&same));
        let inside = format!("{}[TARGET:a]", before[number].trim_end());
        for value in ["[REDACTED:x-y:k7q2]", &inside].iter().chain(hard) {
            let edited = replaced(format, text, at, value.as_bytes());
            let what = || format!("{} {at:?} of {:?} in {:?}", format.name(), show(text), show(&edited));
            let scalars = format.scalars(&edited).unwrap_or_else(|error| panic!("{error:?} {}", what()));
            let after = Shape::of(format, &edited, &scalars);
            assert!(if at.role == Role::Key { after.is_like(&shape) } else { after == shape }, "{}", what());
            let mut after = values(format, &edited, &scalars);
            if holds(format, at, value) {
                assert_eq!(after[number], **value, "{}", what());
            }
            after[number].clone_from(&before[number]);
            assert_eq!(after, before, "{}", what());
        }
    }
}
