//! Texts with secrets in them, for tests: what the rules' examples expand to, wrapped and surrounded in every way.

use std::fmt::{self, Write as _};
use std::sync::OnceLock;

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use proptest::prelude::*;
use proptest::sample::select;

use crate::checks::sign;
use crate::raw::KnownValues;
use crate::ruleset::{Example, RuleSet, expand};

/// The examples of all built-in rules: the rule's number and the template.
pub(crate) fn templates() -> &'static [(usize, String)] {
    static TEMPLATES: OnceLock<Vec<(usize, String)>> = OnceLock::new();
    TEMPLATES.get_or_init(|| {
        let rules = RuleSet::builtin();
        let of_rule = |(number, rule): (usize, &crate::ruleset::Rule)| {
            rule.examples.iter().map(move |template| (number, template.to_string())).collect::<Vec<_>>()
        };
        rules.rules().iter().enumerate().flat_map(of_rule).collect()
    })
}

/// What a template of a built-in rule expands to.
pub(crate) fn example(template: &str, seed: u64) -> Example {
    expand(template, seed, &sign).expect("the examples of built-in rules expand")
}

/// A way of writing a text down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrap {
    Plain,
    Json,
    JsonInJson,
    Escaped,
    Base64,
    Base64Url,
    Base64Lines,
    Percent,
    Hex,
    Html,
    Utf16Little,
    Utf16Big,
}

impl Wrap {
    pub(crate) const ALL: [Self; 12] = [
        Self::Plain,
        Self::Json,
        Self::JsonInJson,
        Self::Escaped,
        Self::Base64,
        Self::Base64Url,
        Self::Base64Lines,
        Self::Percent,
        Self::Hex,
        Self::Html,
        Self::Utf16Little,
        Self::Utf16Big,
    ];

    pub(crate) fn apply(self, text: &str) -> Vec<u8> {
        let escaped = |write: fn(&mut String, u8)| {
            text.bytes().fold(String::new(), |mut out, byte| {
                if byte.is_ascii_alphanumeric() {
                    out.push(char::from(byte));
                } else {
                    write(&mut out, byte);
                }
                out
            })
        };
        let wrapped = match self {
            Self::Plain => text.to_owned(),
            Self::Json => serde_json::json!({ "ts": 17, "out": text }).to_string(),
            Self::JsonInJson => serde_json::json!({ "in": serde_json::json!({ "out": text }).to_string() }).to_string(),
            Self::Escaped => escaped(|out, byte| write!(out, "\\u{byte:04x}").expect("a string takes all")),
            Self::Base64 => BASE64.encode(text.as_bytes()),
            Self::Base64Url => BASE64URL_NOPAD.encode(text.as_bytes()),
            Self::Base64Lines => {
                let line = BASE64.encode(text.as_bytes());
                line.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line) + "\n").collect()
            }
            Self::Percent => escaped(|out, byte| write!(out, "%{byte:02X}").expect("a string takes all")),
            Self::Hex => HEXLOWER.encode(text.as_bytes()),
            Self::Html => text.replace('&', "&amp;").replace('"', "&quot;").replace('=', "&#61;").replace('<', "&lt;"),
            Self::Utf16Little => return text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Big => return text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        };
        wrapped.into_bytes()
    }
}

/// Values that no rule finds.
pub(crate) const KNOWN: [&str; 5] = [
    "tern47Kiwi",
    "kiwi-ridge_47.tern/heron+finch==",
    "a \"quoted\" 'secret' \\ with $igns & <tags>",
    "größe-中文-пароль",
    "first line: kiwi\n  second \"line\"\twith more\n\nlast line",
];

/// The same as known values.
pub(crate) fn known() -> KnownValues {
    let mut values = KnownValues::default();
    for value in KNOWN {
        values.add("planted", value.as_bytes());
    }
    values
}

/// A piece of a document.
#[derive(Clone)]
pub(crate) enum Piece {
    /// An example, wrapped once or twice.
    Example { template: usize, seed: u64, wraps: [Wrap; 2] },
    /// A known value, wrapped likewise.
    Known { value: usize, wraps: [Wrap; 2] },
    /// Something ordinary, so many times.
    Filler { unit: &'static [u8], count: usize },
}

/// What documents are filled with. Some of it puts the neighbours on one line, or right beside each other.
static FILLERS: [&[u8]; 22] = [
    b"2026-11-22T10:22:33.123Z INFO worker-7 request GET /v1/models/42 took 17 ms, status=200\n",
    b"{\"level\":\"info\",\"ts\":1763806953,\"msg\":\"step done\",\"path\":\"src/main.rs\",\"tokens\":512}\n",
    b"    let value = map.get(&key).unwrap_or_default(); // nothing to see\r\n",
    b"word word word ",
    "\u{e4}\u{f6}\u{fc} \u{4e2d}\u{6587} \u{1f600} ".as_bytes(),
    b"\\n",
    b"\\u003d\\\"",
    b"\0",
    b"\0\0\0\0\0\0\0\0",
    b"x",
    b"Zm9vYmFyYmF6cXV4",
    b"deadbeef",
    b"%20%3D",
    b"&quot;&amp;",
    b"\xff\xfe\x80\x81",
    b"\r\n",
    b"\n",
    b" ",
    b"\"",
    b",",
    b"=",
    b"\x1b[31m",
];

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Example { template, seed, wraps } => {
                write!(f, "{:?} seed {seed} {wraps:?}", templates()[*template].1)
            }
            Self::Known { value, wraps } => write!(f, "{:?} {wraps:?}", KNOWN[*value]),
            Self::Filler { unit, count } => write!(f, "{count} x {:?}", unit.escape_ascii().to_string()),
        }
    }
}

impl Arbitrary for Piece {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        let wrap = prop_oneof![2 => Just(Wrap::Plain), 1 => select(&Wrap::ALL[..])];
        let known = (0..KNOWN.len(), [wrap.clone(), wrap.clone()]);
        let known = known.prop_map(|(value, wraps)| Self::Known { value, wraps });
        let example = (0..templates().len(), any::<u64>(), [wrap.clone(), wrap])
            .prop_map(|(template, seed, wraps)| Self::Example { template, seed, wraps });
        let count = prop_oneof![6 => 1..4_usize, 3 => 1..100_usize, 1 => 1..3000_usize];
        let filler = (select(&FILLERS[..]), count).prop_map(|(unit, count)| Self::Filler { unit, count });
        prop_oneof![4 => example, 1 => known, 4 => filler].boxed()
    }
}

/// The pieces, one after the other.
pub(crate) fn document(pieces: &[Piece]) -> Vec<u8> {
    let mut text = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Filler { unit, count } => text.extend(unit.repeat(*count)),
            Piece::Example { template, seed, wraps } => {
                text.extend(wrapped(&example(&templates()[*template].1, *seed).text, *wraps));
            }
            Piece::Known { value, wraps } => text.extend(wrapped(KNOWN[*value], *wraps)),
        }
    }
    text
}

fn wrapped(text: &str, [first, second]: [Wrap; 2]) -> Vec<u8> {
    // What is no text is not wrapped again.
    match String::from_utf8(first.apply(text)) {
        Ok(inner) if !inner.contains('\0') => second.apply(&inner),
        Ok(inner) => inner.into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

/// A value in the encodings in which it could be left somewhere, and how long a piece of each tells of it.
pub(crate) fn forms(value: &[u8]) -> Vec<(Vec<u8>, usize)> {
    let mut forms = vec![(value.to_vec(), 5), (HEXLOWER.encode(value).into(), 12), (HEXUPPER.encode(value).into(), 12)];
    for before in 0..3 {
        let text = BASE64.encode(&[&b"--"[..before], value].concat()).into_bytes();
        let end = (before + value.len()) * 8 / 6;
        forms.push((text[(before * 8).div_ceil(6).min(end)..end].to_vec(), 8));
    }
    if let Ok(text) = std::str::from_utf8(value) {
        forms.extend([Wrap::Percent, Wrap::Html, Wrap::Json].map(|wrap| (wrap.apply(text), 12)));
    }
    forms
}
