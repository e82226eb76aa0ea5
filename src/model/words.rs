//! Messages of the TOML parser in words for people: the nearest known name instead of a list of all, and never a value.

/// Names less alike than this (Jaro-Winkler, 0 to 1) are no suggestion.
const ALIKE: f64 = 0.8;

/// How messages begin that quote the value.
const QUOTING: [&str; 4] = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant "];

/// What serde calls a type, and what TOML calls it.
const TYPES: [(&str, &str); 4] =
    [("usize", "a whole number"), ("u64", "a whole number"), ("u16", "a whole number"), ("a sequence", "an array")];

/// The name most like `word`, if any is like it.
pub(crate) fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = names.map(|name| (strsim::jaro_winkler(word, name), name));
    scored.filter(|(score, _)| *score >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

/// A message of the parser as it is shown. The file may be the wrong one, and what stands in it a secret.
pub(crate) fn plain(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    if message.starts_with("unknown field") {
        let key = quoted.next().unwrap_or_default();
        match nearest(key, quoted) {
            Some(near) => format!("unknown key `{key}`; did you mean `{near}`?"),
            None => format!("unknown key `{key}`"),
        }
    } else if QUOTING.iter().any(|start| message.starts_with(start)) {
        let expected = message.rsplit_once(", expected ").map_or("something else", |(_, expected)| expected);
        format!("expected {}", TYPES.iter().find(|(serde, _)| *serde == expected).map_or(expected, |(_, toml)| toml))
    } else {
        message.to_owned()
    }
}
