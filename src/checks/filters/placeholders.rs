//! Shapes of what stands for a secret without being one. A shape counts only where the whole value has it.

use std::ops::Range;

use memchr::memmem;

use super::repetition::is_repetitive;
use super::words;
use crate::model::Placeholder;

/// Whether the whole value is a reference, a template, a mask, an instruction, a constant or a repetition. A template with a default
/// (`${NAME:-x}`) is judged by its default.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let mut value = value.trim_ascii();
    while let Some(default) = default_of(value) {
        value = value[default].trim_ascii();
    }
    value.is_empty()
        || is_reference(value)
        || is_template(value)
        || holds_field(value)
        || is_mask(value)
        || is_repetitive(value)
        || words::is_constant(value)
        || words::is_instruction(value)
        || words::holds_example(value)
        || is_redacted(value)
}

/// Whether nothing in the value can be secret beside tightlip's own placeholders.
pub(crate) fn is_redacted(value: &[u8]) -> bool {
    /// So few letters and digits are no secret.
    const LEAST: usize = 5;
    if Placeholder::WORDS.iter().all(|word| memmem::find(value, word).is_none()) {
        return false;
    }
    let (mut at, mut letters, mut is_any) = (0, 0, false);
    while let Some(byte) = value.get(at) {
        let len = Placeholder::len_at(&value[at..]);
        is_any |= len.is_some();
        letters += usize::from(len.is_none() && byte.is_ascii_alphanumeric());
        at += len.unwrap_or(1);
    }
    is_any && letters < LEAST
}

/// The default in `${NAME:-x}`, `${NAME-x}` and `${NAME:=x}`.
pub(crate) fn default_of(value: &[u8]) -> Option<Range<usize>> {
    let inside = value.strip_prefix(b"${")?.strip_suffix(b"}")?;
    let name = inside.iter().take_while(|byte| is_name(**byte)).count();
    let operator = match inside.get(name..)? {
        [b':', b'-' | b'=', ..] => 2,
        [b'-' | b'=', ..] => 1,
        _ => return None,
    };
    (name > 0).then(|| 2 + name + operator..value.len() - 1)
}

/// Masked or shortened: `…`, `...`, `***`, `••` or eight times `x` anywhere.
fn is_mask(value: &[u8]) -> bool {
    let marks: [&[u8]; 6] = [b"...", "…".as_bytes(), b"***", "••".as_bytes(), b"xxxxxxxx", b"XXXXXXXX"];
    marks.iter().any(|mark| memmem::find(value, mark).is_some())
}

/// What begins like this is fetched from elsewhere, or encrypted; the rest is an address.
static ADDRESSES: &[&[u8]] = &[
    b"op://",
    b"arn:aws:secretsmanager:",
    b"arn:aws:ssm:",
    b"vault:",
    b"vault://",
    b"keyring:",
    b"awssm://",
    b"gcpsm://",
    b"azurekv://",
    b"ref+",
    b"file:/",
    b"/run/secrets/",
    b"!vault",
    b"!Ref ",
    b"!Sub ",
    b"!GetAtt ",
    b"!ImportValue ",
    b"!secret ",
    b"!env ",
    b"$ANSIBLE_VAULT;",
    b"ENC[AES256_GCM,",
    b"ENC(",
    b"{cipher}",
    b"AQICAH",
];

/// What begins like this is code that reads the secret; the rest must be a name in whatever brackets.
static READERS: &[&[u8]] = &[
    b"env(",
    b"env.",
    b"env:",
    b"ENV[",
    b"getenv(",
    b"os.environ",
    b"os.getenv(",
    b"os.Getenv(",
    b"process.env",
    b"import.meta.env.",
    b"Deno.env.",
    b"System.getenv(",
    b"std::env::",
    b"$env:",
    b"$ENV{",
    b"secrets.",
    b"vars.",
    b"var.",
    b"local.",
    b"data.",
    b"module.",
    b"self.",
    b"this.",
    b"config.",
    b"settings.",
];

fn is_reference(value: &[u8]) -> bool {
    let is_code = |byte: &u8| is_name(*byte) || b".[](){}\"'!?;:>$".contains(byte);
    ADDRESSES.iter().any(|head| value.starts_with(head) && !value.contains(&b'\n'))
        || READERS.iter().any(|head| value.strip_prefix(*head).is_some_and(|rest| rest.iter().all(is_code)))
}

/// Whether the value consists of templates, with nothing but punctuation between.
fn is_template(value: &[u8]) -> bool {
    let mut rest = value;
    while !rest.is_empty() {
        let Some(length) = template(rest) else { return false };
        rest = &rest[length..];
        let between = rest.iter().take_while(|byte| b"-_.:/@ ".contains(byte)).count();
        rest = &rest[between..];
    }
    true
}

/// Whether a field to be filled in stands anywhere in the value: `{x:20}`, `«name»`. (`{SHA}` begins a password hash.)
fn holds_field(value: &[u8]) -> bool {
    let is_field = |at: usize| {
        let inside = &value[at + 1..];
        let name = inside.iter().take_while(|byte| is_name(**byte)).count();
        let spec = inside[name..]
            .iter()
            .take_while(|byte| **byte == b':' || **byte == b'.' || byte.is_ascii_alphanumeric())
            .count();
        name > 0
            && !inside[0].is_ascii_digit()
            && spec > 0
            && inside[name] == b':'
            && inside.get(name + spec) == Some(&b'}')
    };
    memmem::find(value, "«".as_bytes()).is_some() || memchr::memchr_iter(b'{', value).any(is_field)
}

/// The length of the template that the text begins with.
fn template(text: &[u8]) -> Option<usize> {
    let through = |open: usize, close: &[u8], inside: fn(u8) -> bool| {
        let end = open + memmem::find(&text[open..], close)?;
        (end > open && text[open..end].iter().all(|byte| inside(*byte))).then_some(end + close.len())
    };
    let name = |from: usize| text[from..].iter().take_while(|byte| is_name(**byte)).count();
    match text {
        [b'$', b'{', b'{', ..] => through(3, b"}}", is_printable),
        [b'{', b'{', ..] => through(2, b"}}", is_printable),
        [b'<', b'%', ..] => through(2, b"%>", is_printable),
        [b'$', b'{', ..] if default_of(text).is_none() => through(2, b"}", is_printable),
        [b'#', b'{', ..] => through(2, b"}", is_printable),
        [b'$', b'(', ..] => through(2, b")", is_printable),
        [b'%', b'(', ..] => through(2, b")s", is_name),
        [b'%', b's' | b'd' | b'v' | b'q'] => Some(2),
        [b'%', ..] => through(1, b"%", is_name),
        [b'@', ..] => through(1, b"@", is_name),
        [b'<', ..] => through(1, b">", is_phrase),
        [b'[', ..] => through(1, b"]", is_phrase),
        [b'{', ..] => through(1, b"}", is_phrase),
        [b'(', ..] => through(1, b")", |byte| is_phrase(byte) && !byte.is_ascii_digit()),
        [b'$', first, ..] if is_name(*first) => is_variable(&text[1..=name(1)]).then(|| 1 + name(1)),
        _ => None,
    }
}

/// `$NAME`, `$name`, `$1`: but `$ecret5` may well be a password.
fn is_variable(name: &[u8]) -> bool {
    !name.iter().any(u8::is_ascii_lowercase) || !name.iter().any(u8::is_ascii_digit)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What a placeholder in brackets says in words.
fn is_phrase(byte: u8) -> bool {
    is_name(byte) || b" -.:,/|'&?".contains(&byte) || byte >= 0x80
}

fn is_printable(byte: u8) -> bool {
    !byte.is_ascii_control()
}

#[cfg(test)]
mod tests {
    use crate::property::property;
    use proptest::prelude::*;

    use super::*;
    use crate::ruleset::expand;

    #[rustfmt::skip] // a value a line would fill pages
    static PLACEHOLDERS: &[&str] = &[
        "", " ", "${TOKEN}", "${{ secrets.TOKEN }}", "{{ vault_password }}", "{{password}}", "$(cat /run/x)",
        "<%= ENV['X'] %>", "%TOKEN%", "%(token)s", "%s", "@TOKEN@", "#{token}", "{0}", "{token}", "$TOKEN", "$dbPassword",
        "${USER}:${PASS}", "${A}-{{ b }}", "<your-password>", "<password>", "[REDACTED]",
        "[REDACTED:github-pat-classic:k7q2]", "$(REDACTED:github-pat-classic:k7q2)", "[TARGET:alpha]", "***", "********", "ghp_***", "••••••", "xxxx",
        "XXXXXXXX", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "sk-xxxxxxxxxxxxxxxx", "sk-...", "ghp_abc…",
        "op://vault/item/field", "arn:aws:secretsmanager:eu-west-1:1:secret:x", "env(\"TOKEN\")", "process.env.TOKEN",
        "os.environ[\"TOKEN\"]", "os.getenv('TOKEN')", "!vault |", "file:/run/secrets/token", "vault:secret/data/x#key",
        "var.db_password", "$ANSIBLE_VAULT;1.1;AES256", "ENC[AES256_GCM,data:x]", "YOUR_API_KEY", "your-api-key",
        "yourpassword", "my_secret_key", "MySecretPassword", "API_KEY_HERE", "your_openai_key_here", "<YOUR KEY>",
        "INSERT_TOKEN", "changeme", "CHANGE_ME", "change-me-please", "REPLACE_ME", "replaceWithYourToken", "TODO",
        "dummy", "placeholder", "test-token", "insert your key here", "paste-gitlab-token-here", "true", "None",
        "undefined", "aaaaaaaa", "00000000", "abcabcabc", "1212", "deadbeefdeadbeef", "0123456789", "1234567890",
        "abcdefghijklmnop", "zyxwvut", "qwertyuiop", "qwerty123", "asdfghjkl", "a1b2c3d4e5", "A1B2C3D4", "0f1e2d3c",
        "1q2w3e4r", "12345678-1234-1234-1234-123456789012", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "${X:-changeme}",
        "${X:-}", "${X:-${Y:-xxxx}}",
    ];

    #[test]
    fn placeholders_are_known() {
        for value in PLACEHOLDERS {
            assert!(is_placeholder(value.as_bytes()), "{value:?}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_none() {
        for template in [
            "{W:12}",
            "{W:40}",
            "{x:32}",
            "{uuid}",
            "{d:16}",
            "{b32:32}",
            "{B:86}==",
            "{print:12}",
            "hunter2",
            "correct horse {L:8} staple",
            "P4ssw{W:4}",
            "${{X:-{W:16}}}",
            "$ecret5{W:3}",
            "your-{x:32}",
            "{W:24}here",
            "test{W:20}",
            "<{W:8}=>",
            "{{\"a\":\"{W:9}\"}}",
            "[{x:32}+]",
            "os.getenv('X', '{W:9}')",
            "process.env.X || '{W:9}'",
            "${{A}}{W:12}",
            "[REDACTED:x:y]{W:12}",
            "{W:20}AAAA{W:20}",
            "{W:9}xxx",
        ] {
            for seed in 0..20 {
                let value = expand(template, seed, &|_, _| None).unwrap().text;
                assert!(!is_placeholder(value.as_bytes()), "{value:?}");
            }
        }
    }

    #[test]
    fn defaults_are_found() {
        for (value, default) in [
            ("${X:-real}", Some("real")),
            ("${X-real}", Some("real")),
            ("${X:=real}", Some("real")),
            ("${X:-}", Some("")),
            ("${X}", None),
            ("${:-x}", None),
            ("${X:?error}", None),
            ("${X:-a", None),
            ("${{ x }}", None),
        ] {
            assert_eq!(default_of(value.as_bytes()).map(|range| &value[range]), default, "{value}");
        }
    }

    proptest! {
        #![proptest_config(property(256))]

        #[test]
        fn no_bytes_panic(value in prop::collection::vec(any::<u8>(), 0..100), text in r"[${}\[\]<>%@#().:=a-cxX0-3é… -]{0,90}") {
            for value in [&value, text.as_bytes()] {
                is_placeholder(value);
                is_repetitive(value);
                if let Some(default) = default_of(value) {
                    prop_assert!(default.end < value.len());
                }
            }
        }
    }
}
