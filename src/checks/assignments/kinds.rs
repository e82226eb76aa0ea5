//! Kinds of values that are no secrets, told by their shape: paths, URLs, versions, hashes, encrypted blocks, names, code.

use crate::checks::filters::is_generated;

/// Whether the value is of a kind that is no secret, whatever key it stands behind.
pub(super) fn is_other(value: &[u8]) -> bool {
    is_reference(value) || is_address(value) || is_digest(value) || is_number(value) || is_code(value)
}

/// A UUID.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value
            .iter()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// What stands for a value elsewhere: variables, templates, commands.
pub(super) fn is_reference(value: &[u8]) -> bool {
    #[rustfmt::skip] // a head a line would fill a page
    const HEADS: &[&[u8]] =
        &[b"$(", b"${", b"$$", b"`", b"'`", b"<", b"{{", b"{%", b"%(", b"#{", b"!", b"&", b"&#", b"&[", b"*", b"@{", b"$["];
    const INSIDE: &[&[u8]] = &[b"${", b"{{", b"$(", b"#{", b"%s", b"{}", b"<%", b"%{"];
    HEADS
        .iter()
        .any(|head| value.starts_with(head) && (head.len() > 1 || value.len() > 1 && value[1].is_ascii_alphabetic()))
        || INSIDE.iter().any(|mark| memchr::memmem::find(value, mark).is_some())
        || holds_template(value)
        || is_formatted(value)
}

/// Whether it is an argument of `printf` by number: `%2$s`.
fn is_formatted(value: &[u8]) -> bool {
    matches!(value, [b'%', b'1'..=b'9', b'$', ..])
}

/// Whether a name stands in braces: `{user}`, `{W:20}`.
fn holds_template(value: &[u8]) -> bool {
    memchr::memchr_iter(b'{', value).any(|open| {
        let inside = &value[open + 1..];
        let name =
            inside.iter().take(24).take_while(|byte| byte.is_ascii_alphanumeric() || b"_.:".contains(byte)).count();
        name > 0 && inside[0].is_ascii_alphabetic() && inside.get(name) == Some(&b'}')
    })
}

/// A path or a URL.
fn is_address(value: &[u8]) -> bool {
    const HEADS: &[&[u8]] =
        &[b"./", b"../", b"~/", b"\\\\", b"arn:", b"urn:", b"file:", b"op://", b"projects/", b"data:", b"mailto:"];
    // `ssm:/prod/db`, `gcp:projects/x/secrets/y`: the store and the path in it.
    let store = memchr::memchr(b':', value).is_some_and(|colon| {
        (2..=16).contains(&colon)
            && value[..colon].iter().all(u8::is_ascii_lowercase)
            && memchr::memchr(b'/', &value[colon..]).is_some()
            && value[colon + 1..].iter().all(|byte| byte.is_ascii_alphanumeric() || b"/_-.#@".contains(byte))
            && !is_generated(&value[colon + 1..])
    });
    let drive = matches!(value, [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    let slashes = memchr::memchr_iter(b'/', value).count();
    let bare = value.strip_suffix(b"/").unwrap_or(value);
    let is_path = value[0] == b'/' && slashes * 24 > value.len() || (slashes > 0 && has_file_ending(bare));
    drive
        || store
        || is_path
        || HEADS.iter().any(|head| value.starts_with(head))
        || memchr::memmem::find(value, b"://").is_some()
}

fn has_file_ending(value: &[u8]) -> bool {
    let Some(dot) = value.iter().rposition(|&byte| byte == b'.') else { return false };
    (1..=5).contains(&(value.len() - dot - 1)) && value[dot + 1..].iter().all(u8::is_ascii_lowercase)
}

/// A password's hash, a checksum with its name, an encrypted block, a certificate, a public key.
fn is_digest(value: &[u8]) -> bool {
    const HEADS: &[&[u8]] = &[
        b"sha1-",
        b"sha256-",
        b"sha384-",
        b"sha512-",
        b"sha1:",
        b"sha256:",
        b"sha384:",
        b"sha512:",
        b"md5:",
        b"$2a$",
        b"$2b$",
        b"$2y$",
        b"$1$",
        b"$5$",
        b"$6$",
        b"$y$",
        b"$argon2",
        b"$scrypt$",
        b"$pbkdf2",
        b"pbkdf2_",
        b"pbkdf2:",
        b"bcrypt_",
        b"bcrypt$",
        b"scrypt:",
        b"argon2",
        b"{SSHA",
        b"{SHA",
        b"{bcrypt}",
        b"{MD5",
        b"{PBKDF2",
        b"SCRAM-SHA-",
        b"$ANSIBLE_VAULT",
        b"ENC[",
        b"ENC(",
        b"{cipher}",
        b"AQICAH",
        b"vault:v",
        b"-----BEGIN",
        b"ssh-rsa",
        b"ssh-ed25519",
        b"AAAAB3NzaC1",
        b"AAAAC3NzaC1",
        b"age1",
        b"MIIB",
        b"MIIC",
        b"MIID",
        b"MIIE",
        b"MIIF",
        b"MIIG",
    ];
    HEADS.iter().any(|head| value.starts_with(head))
}

/// A number, a version, a date, a duration, an address in numbers.
fn is_number(value: &[u8]) -> bool {
    let is_unit = |byte: &u8| b"smhdw".contains(byte);
    if value.len() <= 8 && value[0].is_ascii_digit() && value.last().is_some_and(is_unit) {
        return value.iter().all(|byte| byte.is_ascii_digit() || is_unit(byte));
    }
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let signs = value.iter().filter(|byte| b"._-:+,/TZ".contains(byte)).count();
    signs > 0 && digits + signs == value.len()
}

/// A call, a member, a generic type, an arrow.
pub(super) fn is_code(value: &[u8]) -> bool {
    let word = value.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"_.:$".contains(byte)).count();
    let calls = word > 0
        && !value[0].is_ascii_digit()
        && matches!(
            value[word..],
            [b'(', .., b')'] | [b'[', .., b']'] | [b'<', .., b'>'] | [b'{', .., b'}'] | [b'(', b')', ..]
        );
    let is_annotation = value[0] == b'@' && value.len() > 1 && value[1..].iter().all(u8::is_ascii_alphabetic);
    let is_regex = value[0] == b'^' && value.ends_with(b"$") && value.contains(&b'[');
    let is_glob = memchr::memchr_iter(b'*', value).count() > 1
        && value.iter().all(|byte| byte.is_ascii_alphabetic() || b"*_- ".contains(byte));
    calls
        || is_glob
        || is_annotation
        || is_regex
        || ["->", "=>", "::", "&&", "||", "()", ");", ")."]
            .iter()
            .any(|mark| memchr::memmem::find(value, mark.as_bytes()).is_some())
}

/// Words joined by signs: what is left of a generated value without them is too short to be one.
pub(super) fn is_compound(value: &[u8]) -> bool {
    let longest = value.split(|byte| !byte.is_ascii_alphanumeric()).map(<[u8]>::len).max().unwrap_or(0);
    let joints = value.iter().filter(|byte| b"_-./:,".contains(byte)).count();
    joints >= 2 && longest < 8 && longest * 5 < value.len() * 2
}

/// What forms, schemas and protocols say where a password could stand.
#[rustfmt::skip] // a word a line would fill pages
static LABELS: &[&str] = &[
    "string", "str", "bytes", "text", "varchar", "char", "object", "number", "integer", "boolean", "bool", "hidden",
    "required", "optional", "input", "field", "label", "type", "name", "null", "none", "nil", "undefined", "empty",
    "unknown", "invalid", "missing", "basic", "digest", "bearer", "user", "username", "login", "email", "admin",
    "default", "enabled", "disabled", "prompt", "ask", "plain", "changed", "value", "test", "utf8", "utf-8", "base64",
    "oauth", "oauth2", "saml2", "x509", "md5", "sha1", "sha256", "sha512", "hs256", "rs256", "es256",
];

/// What the names of passwords hold.
#[rustfmt::skip] // a word a line would fill pages
static LABEL_PARTS: &[&str] = &[
    "password", "passwd", "passwort", "passphrase", "pwd", "kennwort", "contrase", "senha", "mot_de_passe",
    "wachtwoord", "secret", "token", "credential",
];

/// A word of forms and code, not a password: the key itself in whatever spelling, a type, a state.
pub(super) fn is_label(value: &[u8]) -> bool {
    if value.len() > 64 {
        return false;
    }
    let mut folded = [0; 64];
    let folded = &mut folded[..value.len()];
    folded.copy_from_slice(value);
    folded.make_ascii_lowercase();
    let bare = folded.strip_suffix(b"[]").unwrap_or(folded);
    let is_lettered = folded.iter().all(|byte| byte.is_ascii_alphabetic() || b"_-.:=[]?!#".contains(byte));
    // `text/plain`
    let is_media = value.split(|byte| *byte == b'/').count() == 2
        && value.iter().all(|byte| byte.is_ascii_lowercase() || b"/-+.".contains(byte));
    is_media
        || LABELS.iter().any(|word| bare == word.as_bytes())
        // Anonymous FTP: `mozilla@`.
        || value.strip_suffix(b"@").is_some_and(|name| name.iter().all(u8::is_ascii_lowercase))
        || (is_lettered && LABEL_PARTS.iter().any(|part| memchr::memmem::find(folded, part.as_bytes()).is_some()))
        // `Passwort`-like labels of any language: one capital, then small letters alone.
        || (value[0].is_ascii_uppercase() && value.len() > 1 && value[1..].iter().all(|byte| byte.is_ascii_lowercase() || *byte >= 0x80))
}

/// What stacks ship with, and documentation writes.
pub(super) fn is_stock_password(value: &[u8]) -> bool {
    const STOCK: &[&str] = &[
        "password",
        "pass",
        "passwd",
        "pwd",
        "pw",
        "secret",
        "guest",
        "root",
        "admin",
        "postgres",
        "mysql",
        "test",
        "example",
        "user",
        "mypassword",
        "changeit",
        "s3cret",
        "token",
        "pswd",
        "passw0rd",
    ];
    STOCK.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}
