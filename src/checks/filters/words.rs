//! Values made of words that say "put a secret here".

/// Longer values are not looked at: no instruction is.
const LONGEST: usize = 64;

/// What configuration says instead of a value.
#[rustfmt::skip] // a word a line would fill pages
static CONSTANTS: &[&str] = &[
    "true", "false", "null", "none", "nil", "undefined", "yes", "no", "on", "off", "empty", "n/a", "na", "nan", "tbd",
    "tba", "unset", "unknown", "disabled", "enabled", "default", "optional", "required", "auto", "string", "str",
    "object", "bytes", "int", "integer", "bool", "boolean", "todo", "fixme",
];

/// Words of which placeholders are made, in order. A value of nothing but these is one.
#[rustfmt::skip] // a word a line would fill pages
static VOCABULARY: &[&str] = &[
    "a", "abc", "access", "account", "actual", "add", "api", "apikey", "app", "application", "auth", "bar", "baz",
    "bearer", "change", "client", "code", "credential", "credentials", "data", "database", "db", "demo", "dummy",
    "email", "enter", "env", "example", "fake", "fill", "fixme", "foo", "for", "from", "generated", "goes", "here",
    "hidden", "host", "id", "in", "insert", "is", "it", "jwt", "key", "long", "me", "mock", "my", "name", "new",
    "not", "of", "or", "own", "pass", "passphrase", "passwd", "password", "paste", "placeholder", "please", "private",
    "provide", "public", "put", "pwd", "random", "real", "redacted", "removed", "replace", "sample", "secret",
    "secrets", "server", "service", "set", "some", "something", "strong", "super", "test", "testing", "the", "this",
    "to", "todo", "token", "update", "use", "user", "username", "value", "very", "with", "xxx", "you", "your",
    "yours",
];

/// Beginnings after which any words may follow.
static OPENINGS: &[&str] =
    &["your", "my", "insert", "replace", "enter", "paste", "put", "change", "dummy", "fake", "placeholder", "redacted"];

/// Whether the value is a constant of configuration, in any case, or a choice of them (`true/false`, `yes|no`).
pub(super) fn is_constant(value: &[u8]) -> bool {
    value
        .split(|byte| matches!(byte, b'/' | b'|'))
        .all(|choice| CONSTANTS.iter().any(|word| choice.eq_ignore_ascii_case(word.as_bytes())))
}

/// Whether the value says that it is made up: one random token in a million million spells such a word.
pub(crate) fn holds_example(value: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[b"example", b"placeholder", b"changeme", b"anonymous"];
    WORDS.iter().any(|word| {
        memchr::memchr2_iter(word[0], word[0].to_ascii_uppercase(), value)
            .any(|at| value.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word)))
    })
}

/// Whether the value tells what to put in its place: `YOUR_API_KEY`, `token-goes-here`, `changeme`, `MySecretPassword`.
pub(super) fn is_instruction(value: &[u8]) -> bool {
    if value.len() > LONGEST {
        return false;
    }
    let mut folded = [0; LONGEST];
    let folded = &mut folded[..value.len()];
    folded.copy_from_slice(value);
    folded.make_ascii_lowercase();
    let opening = OPENINGS.iter().any(|word| {
        folded.strip_prefix(word.as_bytes()).is_some_and(|rest| rest.first().copied().is_some_and(is_separator))
    });
    let closing = folded.strip_suffix(b"here").is_some_and(|rest| rest.last().copied().is_some_and(is_separator));
    (opening || closing) && is_wordy(value) || is_of_vocabulary(folded)
}

/// Whether the value can be cut into words of the vocabulary, separators between or not.
fn is_of_vocabulary(folded: &[u8]) -> bool {
    let mut reached = 1_u128; // bit n: the first n bytes have been cut
    for at in 0..folded.len() {
        if reached >> at & 1 == 0 {
            continue;
        }
        if is_separator(folded[at]) {
            reached |= 1 << (at + 1);
        }
        let from = VOCABULARY.partition_point(|word| word.as_bytes()[0] < folded[at]);
        for word in VOCABULARY[from..].iter().take_while(|word| word.as_bytes()[0] == folded[at]) {
            if folded[at..].starts_with(word.as_bytes()) {
                reached |= 1 << (at + word.len());
            }
        }
    }
    reached >> folded.len() & 1 == 1 && folded.iter().any(u8::is_ascii_alphabetic)
}

/// Whether the value looks written, not generated: words of letters in a case that people use, and short numbers.
fn is_wordy(value: &[u8]) -> bool {
    value.split(|&byte| is_separator(byte)).all(|word| {
        let letters = word.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (letters, digits) = word.split_at(letters);
        digits.len() <= 4 && digits.iter().all(u8::is_ascii_digit) && letters.len() <= 24 && is_cased(letters)
    })
}

/// `word`, `WORD`, `Word` or `twoWords`: a capital within small letters is followed by two small ones.
fn is_cased(letters: &[u8]) -> bool {
    letters.iter().all(u8::is_ascii_uppercase)
        || letters.iter().enumerate().all(|(at, letter)| {
            letter.is_ascii_lowercase()
                || letters.get(at + 1..at + 3).is_some_and(|next| next.iter().all(u8::is_ascii_lowercase))
        })
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'-' | b'_' | b'.' | b' ' | b'/' | b':' | b',' | b'!' | b'\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_is_in_order() {
        assert!(VOCABULARY.is_sorted());
    }
}
