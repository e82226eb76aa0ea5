//! How encoders write a value down. What decode layers undo wherever it stands (`\u0041` for each letter, say) is not repeated here: every
//! spelling is looked for in every layer as well.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use zeroize::Zeroizing;

use crate::model::Encoding;

/// What is less long, white space apart, stands everywhere.
const SHORTEST: usize = 8;

/// What encoders may put before each line of a value: the indents of a block.
const INDENTS: usize = 16;

/// All spellings of one value: each a literal, with the encoding that the value has in it.
pub(super) type Spellings = BTreeMap<Vec<u8>, Option<Encoding>>;

/// Spells one character, where it does not stand for itself.
type Spell = dyn Fn(char) -> Option<String>;

/// Every spelling of a value that is no longer than `longest`.
pub(super) fn spellings(value: &[u8], longest: usize) -> Spellings {
    let mut all = Spellings::new();
    let mut add = |encoding: Option<Encoding>, text: Vec<u8>| {
        if (SHORTEST..=longest).contains(&text.len()) {
            all.entry(text).or_insert(encoding);
        }
    };
    for layout in layouts(value) {
        in_strings(None, &layout, &mut add);
        for (encoding, text) in escaped(&layout) {
            in_strings(Some(encoding), &text, &mut add);
        }
        encoded(&layout, &mut add);
    }
    for layout in indented(value) {
        in_strings(None, &layout, &mut add);
    }
    all
}

/// The value with its white space as it is, or as it may become.
fn layouts(value: &[u8]) -> BTreeSet<Vec<u8>> {
    let lines = || value.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let trimmed = || lines().map(<[u8]>::trim_ascii);
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    BTreeSet::from([
        value.to_vec(),
        lines().collect::<Vec<_>>().join(&b"\n"[..]),
        lines().collect::<Vec<_>>().join(&b"\r\n"[..]),
        trimmed().collect::<Vec<_>>().join(&b"\n"[..]),
        trimmed().collect::<Vec<_>>().concat(),
        words.collect::<Vec<_>>().join(&b' '),
    ])
}

/// A value of several lines as a block has it.
fn indented(value: &[u8]) -> Vec<Vec<u8>> {
    let lines: Vec<&[u8]> = value.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end).collect();
    let indents = (1..=INDENTS).map(|depth| " ".repeat(depth)).chain((1..=3).map(|depth| "\t".repeat(depth)));
    let with = |indent: String| {
        let line = |line: &&[u8]| if line.is_empty() { line.to_vec() } else { [indent.as_bytes(), line].concat() };
        [lines[0].to_vec()].into_iter().chain(lines[1..].iter().map(line)).collect::<Vec<_>>().join(&b'\n')
    };
    if lines.len() > 1 { indents.map(with).collect() } else { Vec::new() }
}

/// Adds a text, as it is and in strings of JSON two deep.
fn in_strings(encoding: Option<Encoding>, text: &[u8], add: &mut impl FnMut(Option<Encoding>, Vec<u8>)) {
    let json = |text: &[u8]| backslashed(text, "\"", STRANGE[0]);
    let (once, twice) = (json(text), json(&json(text)));
    add(encoding, text.to_vec());
    add(Some(Encoding::Json), once);
    add(Some(Encoding::Json), twice);
}

/// All spellings as text.
fn escaped(text: &[u8]) -> Vec<(Encoding, Vec<u8>)> {
    let mut all = Vec::new();
    for strange in STRANGE {
        for signs in ["\"", "'", "", "\"/"] {
            all.push((Encoding::Json, backslashed(text, signs, strange)));
            // Strings of several lines keep their line ends.
            let lines = text.split(|&byte| byte == b'\n').map(|line| backslashed(line, signs, strange));
            all.push((Encoding::Json, lines.collect::<Vec<_>>().join(&b'\n')));
        }
    }
    all.extend(QUOTED.map(|spell| (Encoding::Quoted, respelled(text, &spell))));
    for safe in ["-._~", "-._~!'()*", "-._~!$&'()*+,;=:@/"] {
        for (upper, space) in [(true, "%20"), (true, "+"), (false, "%20"), (false, "+")] {
            all.push((Encoding::Percent, percent(text, safe, upper, space)));
        }
    }
    for quotes in [["&quot;", "&apos;"], ["&quot;", "&#39;"], ["&quot;", "&#x27;"], ["&#34;", "&#39;"], ["\"", "'"]] {
        for reference in REFERENCES {
            all.push((Encoding::Html, html(text, quotes, reference)));
        }
    }
    all
}

/// The text with each character that `spell` spells.
fn respelled(text: &[u8], spell: &Spell) -> Vec<u8> {
    let mut out = Vec::with_capacity(2 * text.len());
    for chunk in text.utf8_chunks() {
        for char in chunk.valid().chars() {
            match spell(char) {
                Some(spelled) => out.extend(spelled.into_bytes()),
                None => out.extend(char.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
        out.extend(chunk.invalid());
    }
    out
}

/// What notations with backslashes write for characters that are neither printable nor one of the usual three.
const STRANGE: [fn(char) -> Option<String>; 7] = [
    |char| char.is_ascii().then(|| units(char, |unit| format!("\\u{unit:04x}"))),
    |char| char.is_ascii().then(|| bytes(char, |byte| format!("\\x{byte:02x}"))),
    |char| char.is_ascii().then(|| format!("\\u{{{:x}}}", u32::from(char))),
    |char| Some(units(char, |unit| format!("\\u{unit:04x}"))),
    |char| Some(units(char, |unit| format!("\\u{unit:04X}"))),
    |char| Some(bytes(char, |byte| format!("\\x{byte:02x}"))),
    |char| Some(bytes(char, |byte| format!("\\{byte:03o}"))),
];

fn units(char: char, write: fn(u16) -> String) -> String {
    char.encode_utf16(&mut [0; 2]).iter().copied().map(write).collect()
}

fn bytes(char: char, write: fn(u8) -> String) -> String {
    char.encode_utf8(&mut [0; 4]).bytes().map(write).collect()
}

/// As JSON, Python, Go and their relatives write it, with these signs escaped.
fn backslashed(text: &[u8], signs: &'static str, strange: fn(char) -> Option<String>) -> Vec<u8> {
    respelled(text, &move |char| match char {
        '\n' => Some("\\n".into()),
        '\r' => Some("\\r".into()),
        '\t' => Some("\\t".into()),
        '\\' => Some("\\\\".into()),
        sign if signs.contains(sign) => Some(format!("\\{sign}")),
        ' '..='~' => None,
        char => strange(char),
    })
}

/// What shells write, and whoever doubles quotes: YAML, SQL, CSV.
const QUOTED: [fn(char) -> Option<String>; 8] = [
    |char| (char == '\'').then(|| r"'\''".into()),
    |char| (char == '\'').then(|| "'\"'\"'".into()),
    |char| (char == '\'').then(|| "''".into()),
    |char| (char == '"').then(|| "\"\"".into()),
    |char| "\"\\$`".contains(char).then(|| format!("\\{char}")),
    // What needs no quotes: `printf %q`, and regexes.
    |char| (is_sign(char) && !"_-./:=@%+".contains(char)).then(|| format!("\\{char}")),
    |char| (is_sign(char) && char != '_').then(|| format!("\\{char}")),
    // PowerShell
    |char| match char {
        '\n' => Some("`n".into()),
        '\r' => Some("`r".into()),
        '\t' => Some("`t".into()),
        '"' | '$' | '`' => Some(format!("`{char}")),
        _ => None,
    },
];

fn is_sign(char: char) -> bool {
    matches!(char, ' '..='~') && !char.is_ascii_alphanumeric()
}

/// As addresses and forms have it; which signs pass differs, and the case of digits.
fn percent(text: &[u8], safe: &str, upper: bool, space: &str) -> Vec<u8> {
    let spelled = text.iter().map(|&byte| match byte {
        b' ' => space.to_owned(),
        byte if byte.is_ascii_alphanumeric() || safe.as_bytes().contains(&byte) => char::from(byte).into(),
        byte if upper => format!("%{byte:02X}"),
        byte => format!("%{byte:02x}"),
    });
    spelled.collect::<String>().into_bytes()
}

/// What HTML and XML write for characters that are no printable ASCII.
const REFERENCES: [fn(char) -> Option<String>; 5] = [
    |_| None,
    |char| (!char.is_ascii()).then(|| format!("&#{};", u32::from(char))),
    |char| Some(format!("&#{};", u32::from(char))),
    |char| Some(format!("&#x{:x};", u32::from(char))),
    |char| Some(format!("&#x{:X};", u32::from(char))),
];

fn html(text: &[u8], [double, single]: [&'static str; 2], reference: fn(char) -> Option<String>) -> Vec<u8> {
    respelled(text, &move |char| match char {
        '&' => Some("&amp;".into()),
        '<' => Some("&lt;".into()),
        '>' => Some("&gt;".into()),
        '"' => Some(double.into()),
        '\'' => Some(single.into()),
        ' '..='~' => None,
        char => reference(char),
    })
}

/// Adds what does not leave single characters be: base64, hex, UTF-16.
fn encoded(text: &[u8], add: &mut impl FnMut(Option<Encoding>, Vec<u8>)) {
    base64(text, add);
    add(Some(Encoding::Hex), HEXLOWER.encode(text).into_bytes());
    if let Ok(text) = std::str::from_utf8(text) {
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let wide: Vec<u8> = text.encode_utf16().flat_map(to_bytes).collect();
            base64(&wide, add);
            add(Some(Encoding::Utf16), wide);
        }
    }
}

/// Adds both alphabets of base64, wherever in a longer text the value begins.
fn base64(text: &[u8], add: &mut impl FnMut(Option<Encoding>, Vec<u8>)) {
    for before in 0..3_usize {
        // Characters at both ends also encode what stands beside.
        let (start, end) = ((before * 8).div_ceil(6), (before + text.len()) * 8 / 6);
        let whole = Zeroizing::new([&[0; 2][..before], text].concat());
        for alphabet in [BASE64_NOPAD, BASE64URL_NOPAD] {
            add(Some(Encoding::Base64), alphabet.encode(&whole).as_bytes()[start..end].to_vec());
        }
    }
}
