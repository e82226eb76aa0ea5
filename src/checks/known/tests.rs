//! Every encoding of every kind of value is found, as the encoder's own spelling of it, and what only looks like it is not.

use std::ops::Range;

use data_encoding::{BASE64, BASE64_MIME, BASE64URL, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

use crate::checks::{Checks, Scratch};
use crate::model::Encoding;
use crate::raw::KnownValues;
use crate::ruleset::RuleSet;

fn checks(values: &[&str]) -> Checks {
    let mut known = KnownValues::default();
    for value in values {
        known.add("it", value.as_bytes());
    }
    Checks::new(RuleSet::empty()).unwrap().with_known(&known)
}

/// Where the values stand, and how they are wrapped there.
fn found(checks: &Checks, text: &[u8]) -> Vec<(Range<usize>, Vec<Encoding>)> {
    let hits = checks.search(text, &mut Scratch::default()).hits;
    hits.into_iter().map(|hit| (hit.secret, hit.wrapping.iter().collect())).collect()
}

/// Short and long, plain and full of signs, in one line and in several, in any script.
const VALUES: [&str; 8] = [
    "tern47Kiwi",
    "kiwi-ridge_47.tern/heron+finch==",
    "a \"quoted\" 'secret' \\ with $igns & <tags>; `ticks`, 100% #1!",
    "it's",
    "größe-中文-пароль-😀",
    "中文密码在这里",
    "first line: kiwi\n  second \"line\"\twith more\n\nlast line",
    "bell\u{7}and\u{1b}escape",
];

/// What an encoder is called, and what it makes of a text.
type Encoder = (&'static str, fn(&str) -> Vec<u8>);

fn encoders() -> Vec<Encoder> {
    fn all(text: &str, spell: impl Fn(u8) -> String) -> Vec<u8> {
        text.bytes().map(spell).collect::<String>().into()
    }
    fn each(text: &str, spell: impl Fn(char) -> String) -> Vec<u8> {
        text.chars().map(spell).collect::<String>().into()
    }
    fn json(text: &str) -> String {
        serde_json::to_string(text).unwrap()
    }
    fn units(char: char) -> String {
        char.encode_utf16(&mut [0; 2]).iter().fold(String::new(), |text, unit| text + &format!("\\u{unit:04x}"))
    }
    fn percent(text: &str, safe: &str) -> Vec<u8> {
        all(text, |byte| {
            let is_safe = byte.is_ascii_alphanumeric() || safe.as_bytes().contains(&byte);
            if is_safe { char::from(byte).into() } else { format!("%{byte:02X}") }
        })
    }
    vec![
        ("itself", |text| text.into()),
        ("with white space around", |text| format!("\t{text}\n").into()),
        ("JSON", |text| json(text).into()),
        ("JSON in JSON", |text| json(&json(text)).into()),
        ("JSON in JSON in JSON", |text| json(&json(&json(text))).into()),
        ("JSON with slashes escaped", |text| json(text).replace('/', "\\/").into()),
        ("JSON in ASCII", |text| each(&json(text), |char| if char.is_ascii() { char.into() } else { units(char) })),
        ("every character a \\u", |text| each(text, units)),
        ("Rust", |text| format!("{text:?}").into()),
        ("TOML", |text| toml::Value::String(text.into()).to_string().into()),
        ("XML", |text| quick_xml::escape::escape(text).as_bytes().to_vec()),
        ("XML in ASCII", |text| {
            each(&quick_xml::escape::escape(text), |char| {
                if char.is_ascii() { char.into() } else { format!("&#{};", u32::from(char)) }
            })
        }),
        ("every character a reference", |text| each(text, |char| format!("&#x{:X};", u32::from(char)))),
        ("single quotes of a shell", |text| format!("'{}'", text.replace('\'', r"'\''")).into()),
        ("single quotes of a shell, otherwise", |text| format!("'{}'", text.replace('\'', "'\"'\"'")).into()),
        ("single quotes of a shell in JSON", |text| json(&format!("x='{}'", text.replace('\'', r"'\''"))).into()),
        ("double quotes of a shell", |text| {
            each(text, |char| if "\"\\$`".contains(char) { format!("\\{char}") } else { char.into() })
        }),
        ("YAML, SQL and PowerShell in single quotes", |text| text.replace('\'', "''").into()),
        ("CSV", |text| format!("\"{}\"", text.replace('"', "\"\"")).into()),
        ("percent, all but letters", |text| percent(text, "-_.~")),
        ("percent, all of it", |text| all(text, |byte| format!("%{byte:02x}"))),
        ("percent, as encodeURIComponent", |text| percent(text, "-_.!~*'()")),
        ("a form", |text| String::from_utf8(percent(text, "-_.* ")).unwrap().replace(' ', "+").into()),
        ("base64", |text| BASE64.encode(text.as_bytes()).into()),
        ("base64, one byte before", |text| BASE64.encode(format!("\u{1}{text}\u{1}").as_bytes()).into()),
        ("base64, two bytes before", |text| BASE64.encode(format!("\u{1}\u{2}{text}").as_bytes()).into()),
        ("base64url", |text| BASE64URL.encode(text.as_bytes()).into()),
        ("base64url without padding", |text| BASE64URL_NOPAD.encode(format!(":{text}").as_bytes()).into()),
        ("base64 of a header", |text| BASE64.encode(format!("a user with a name:{text}").as_bytes()).into()),
        ("base64 in lines", |text| BASE64_MIME.encode(format!("{}{text}", "word ".repeat(20)).as_bytes()).into()),
        ("base64 in an address", |text| percent(&BASE64.encode(text.as_bytes()), "")),
        ("base64 in base64", |text| {
            BASE64.encode(format!("some text, then {}", BASE64.encode(text.as_bytes())).as_bytes()).into()
        }),
        ("hex", |text| HEXLOWER.encode(text.as_bytes()).into()),
        ("hex in capitals", |text| HEXUPPER.encode(text.as_bytes()).into()),
        ("UTF-16", |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16, big-endian", |text| text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("base64 of UTF-16", |text| {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            BASE64.encode(&wide).into()
        }),
        ("with line ends of Windows", |text| text.replace('\n', "\r\n").into()),
        ("lines trimmed", |text| text.lines().map(str::trim).collect::<Vec<_>>().join("\n").into()),
        ("in one line", |text| text.split_ascii_whitespace().collect::<Vec<_>>().join(" ").into()),
        ("in one line, in JSON", |text| json(&text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")).into()),
        ("a block of YAML", |text| {
            text.lines()
                .map(|line| if line.is_empty() { "\n".into() } else { format!("      {line}\n") })
                .collect::<String>()
                .into()
        }),
    ]
}

#[test]
fn every_encoding_of_every_value_is_found() {
    let mut missed = Vec::new();
    for value in VALUES {
        let checks = checks(&[value]);
        for (name, encode) in encoders() {
            let (stored, before) = (encode(value), b"x: {");
            let text = [before, &stored[..], b"}, y"].concat();
            let whole = before.len()..before.len() + stored.len();
            let found = found(&checks, &text);
            let is_inside = found.iter().all(|(seen, _)| whole.start <= seen.start && seen.end <= whole.end);
            if found.len() != usize::from(value.len() >= 8) || !is_inside {
                missed.push(format!("{name}: {} {found:?}", text.escape_ascii()));
            }
        }
    }
    assert!(missed.is_empty(), "\n{}", missed.join("\n"));
}

/// Spellings taken from the programs themselves: Python 3.13, Go 1.24, bash 5.2, PowerShell 7.5.
#[test]
fn spellings_of_real_programs() {
    let value = "a'b\"c\\d $e`f\tgé";
    for stored in [
        r#"'a\'b"c\\d $e`f\tgé'"#,          // Python: repr(value)
        r#"b'a\'b"c\\d $e`f\tg\xc3\xa9'"#,  // Python: repr(value.encode())
        r#""a'b\"c\\d $e`f\tg\u00e9""#,     // Python: json.dumps(value); Go: strconv.QuoteToASCII
        r#""a'b\"c\\d $e`f\tgé""#,          // Go: fmt.Sprintf("%q", value)
        r#"$'a\'b"c\\d $e`f\tgé'"#,         // bash: ${value@Q}
        r#"$'a\'b"c\\d $e`f\tg\303\251'"#,  // bash: printf %q, in the C locale
        r#""a'b`"c\d `$e``f`tgé""#,         // PowerShell, in double quotes
        "'a''b\"c\\d $e`f\tgé'",            // PowerShell, in single quotes
        "a%27b%22c%5Cd+%24e%60f%09g%C3%A9", // Python: quote_plus(value)
        "a'b%22c%5Cd%20$e%60f%09g%C3%A9",   // JavaScript: encodeURI(value)
        "a&#x27;b&quot;c\\d $e`f\tgé",      // Python: html.escape(value)
        "a&#39;b&#34;c\\d $e`f\tgé",        // Go: html.EscapeString(value)
    ] {
        let found = found(&checks(&[value]), stored.as_bytes());
        assert_eq!(found.len(), 1, "{stored}");
        assert!(found[0].0.len() + 4 >= stored.len(), "{stored}: {:?}", &stored[found[0].0.clone()]);
    }
    let bare = "it's a \"quoted\" $ecret; really?";
    let stored = r#"it\'s\ a\ \"quoted\"\ \$ecret\;\ really\?"#; // bash: printf %q
    assert_eq!(found(&checks(&[bare]), stored.as_bytes()).len(), 1);
}

#[test]
fn what_only_looks_like_it_is_not_found() {
    let value = "kiwi-ridge/47-tern?heron";
    let checks = checks(&[value]);
    for text in [
        "kiwi-ridge/47-tern?hero",
        "Kiwi-Ridge/47-Tern?Heron",
        "kiwi-ridge /47-tern?heron",
        "kiwi-ridge%2f47-tern%3fHeron",
        "kiwi ridge 47 tern heron",
        "[REDACTED:known-it:abcd]",
        &BASE64.encode(b"kiwi-ridge/47-tern!heron"),
        &HEXLOWER.encode(b"kiwi-ridge/47-tern?herom"),
        &BASE64.encode(value.as_bytes()).to_lowercase(),
    ] {
        assert_eq!(found(&checks, text.as_bytes()), [], "{text}");
    }
}

#[test]
fn wrapping_is_told_and_one_place_is_one_finding() {
    let value = "kiwi-ridge/47-tern?heron";
    let base64 = BASE64.encode(value.as_bytes());
    for (text, wrapping) in [
        (value.to_owned(), &[][..]),
        (base64.clone(), &[Encoding::Base64]),
        (format!("user:{value}:{value}x"), &[]),
        (BASE64.encode(format!("a user's name:{value}").as_bytes()), &[Encoding::Base64]),
        (value.replace('/', "\\/"), &[Encoding::Json]),
    ] {
        let found = found(&checks(&[value]), text.as_bytes());
        assert!(!found.is_empty() && found.len() == text.matches(value).count().max(1), "{text}: {found:?}");
        assert!(found.iter().all(|(_, seen)| seen == wrapping), "{text}: {found:?}");
    }
    // Of two values the longer speaks where both stand.
    let both = checks(&[value, &format!("https://me:{value}@host")]);
    assert_eq!(found(&both, format!("see https://me:{value}@host").as_bytes()).len(), 1);
}

#[test]
fn what_may_go_on_is_not_settled() {
    let checks = checks(&["kiwi-ridge", "one\ntwo three"]);
    for text in ["abc\n|", "abc\n|kiwi", "kiwi-ridge|", "|a2l3aS1yaWRn", "a |one\n", "a |one\ntw", "a one\nTwo\n|"] {
        let (settled, rest) = text.split_once('|').unwrap();
        let whole = format!("{settled}{rest}");
        // A base64 spelling leaves out its first characters in two of three phases.
        assert!(checks.settled(whole.as_bytes()).abs_diff(settled.len()) <= 2, "{text}");
    }
}
