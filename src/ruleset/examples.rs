//! The language of rule examples: templates that expand to texts, so that no rule file holds anything that looks like a secret.
//!
//! A template is literal text with expressions in braces:
//!
//! | expression | stands for |
//! |---|---|
//! | `{{` `}}` | a brace |
//! | `{}` | nothing: it breaks up a literal |
//! | `{W:20}` `{x:16..32}` | so many random characters of a set (both bounds count) |
//! | `{uuid}` | a UUID, version 4 |
//! | `{begin}` | the token starts here; otherwise it starts with the template |
//! | `{end}` | the token ends here; otherwise it ends with the template |
//! | `{sign:github-classic}` | the check characters of that proof for the token so far |
//! | `{base64:…}` `{base64url:…}` `{hex:…}` | a template, encoded (base64 with padding, base64url without) |
//! | `{percent:…}` `{json:…}` `{html:…}` | a template, escaped as for a URL, within a JSON string, within HTML |
//! | `{jwt}` `{jwt:ES256}` | a JWT (HS256 where not said) with a signature of the right length |
//! | `{pem:RSA PRIVATE KEY}` | a PEM block of that label, its body well-formed |
//! | `{pem-json:RSA PRIVATE KEY}` | the same with `\n` as two characters between the lines |
//!
//! The sets are `d` digits; `x` lower hex; `X` hex in any case; `L` a-z; `U` A-Z; `A` A-Za-z; `L36` 0-9a-z; `U36` 0-9A-Z; `W` 0-9A-Za-z;
//! `V` base64url; `B` base64; `b32` A-Z2-7; `b32lower` a-z2-7; `b58` Bitcoin's base58; `bech32` and `BECH32`, its alphabet in lower and
//! upper case; `h64` ./0-9A-Za-z; `P` 0-9A-Za-z.-_~; `print` all of ASCII from `!` to `~`.
//!
//! Within a template in a template, `}}` is a brace only where a `{{` of the same template is open; else it closes twice. There, a token
//! starts (for `{sign}`) and ends with that inner template where no mark is nearer, and `Example::secret` is what encodes it: of base64,
//! the whole groups of four.

use std::ops::Range;

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};

use super::specimens::{Random, Sign, alphabet};

/// Templates in templates go no deeper, as no scan unwraps deeper.
const DEEPEST: usize = 5;
/// No expression yields more characters.
const LONGEST: usize = 1 << 16;

/// A template, expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Example {
    /// The text.
    pub(crate) text: String,
    /// Where the token stands in it; `None` where the template does not say.
    pub(crate) secret: Option<Range<usize>>,
}

/// Expands a template. The same seed gives the same text, on every machine.
///
/// # Errors
/// What is wrong with the template, and at which byte.
pub(crate) fn expand(template: &str, seed: u64, sign: Sign<'_>) -> Result<Example, String> {
    let mut expander = Expander { template, at: 0, random: Random::new(seed), sign, begun: false, ended: false };
    let Piece { text, begin, end } = expander.template(0)?;
    let secret = (begin.is_some() || end.is_some()).then(|| begin.unwrap_or(0)..end.unwrap_or(text.len()));
    Ok(Example { text, secret })
}

/// What a template has expanded to so far.
#[derive(Default)]
struct Piece {
    text: String,
    begin: Option<usize>,
    end: Option<usize>,
}

struct Expander<'t> {
    template: &'t str,
    at: usize,
    random: Random,
    sign: Sign<'t>,
    begun: bool,
    ended: bool,
}

impl Expander<'_> {
    /// Expands from `at` to the end, or to the brace that closes the template this one stands in.
    fn template(&mut self, depth: usize) -> Result<Piece, String> {
        let mut piece = Piece::default();
        let mut open_braces = 0_usize;
        loop {
            let rest = &self.template[self.at..];
            let literal = rest.find(['{', '}']).unwrap_or(rest.len());
            piece.text.push_str(&rest[..literal]);
            self.at += literal;
            let rest = &rest[literal..];
            if rest.is_empty() {
                return if depth == 0 { Ok(piece) } else { Err(self.error("a `}` is missing")) };
            } else if rest.starts_with("{{") {
                piece.text.push('{');
                open_braces += 1;
                self.at += 2;
            } else if rest.starts_with('{') {
                self.expression(&mut piece, depth)?;
            } else if rest.starts_with("}}") && (depth == 0 || open_braces > 0) {
                piece.text.push('}');
                open_braces = open_braces.saturating_sub(1);
                self.at += 2;
            } else if depth == 0 {
                return Err(self.error("a `}` that closes nothing (a brace is written `}}`)"));
            } else {
                return Ok(piece);
            }
        }
    }

    /// Expands the expression whose `{` stands at `at`.
    fn expression(&mut self, piece: &mut Piece, depth: usize) -> Result<(), String> {
        let rest = &self.template[self.at + 1..];
        if let Some((name, wrapper)) = Wrapper::of(rest) {
            return self.wrapped(piece, depth, name.len(), wrapper);
        }
        let body = rest.find('}').map(|end| &rest[..end]).ok_or_else(|| self.error("a `}` is missing"))?;
        let (name, argument) = body.split_once(':').map_or((body, None), |(name, argument)| (name, Some(argument)));
        match (name, argument) {
            ("", None) => {}
            ("begin", None) if self.ended => return Err(self.error("`{begin}` after `{end}`")),
            ("begin", None) if self.begun => return Err(self.error("a second `{begin}`")),
            ("begin", None) => (self.begun, piece.begin) = (true, Some(piece.text.len())),
            ("end", None) if self.ended => {
                return Err(self.error("a second `{end}`, or one after the inner template of `{begin}`"));
            }
            ("end", None) => (self.ended, piece.end) = (true, Some(piece.text.len())),
            ("uuid", None) => piece.text.push_str(&self.random.uuid()),
            ("jwt", _) => {
                let algorithm = argument.unwrap_or("HS256");
                let jwt =
                    self.random.jwt(algorithm).ok_or_else(|| self.error(format!("no JWT algorithm `{algorithm}`")))?;
                piece.text.push_str(&jwt);
            }
            ("pem", Some(label)) => piece.text.push_str(&self.pem(label)?),
            ("pem-json", Some(label)) => piece.text.push_str(&self.pem(label)?.replace('\n', "\\n")),
            ("sign", Some(proof)) => {
                let token = &piece.text[piece.begin.unwrap_or(0)..];
                let check = (self.sign)(proof, token)
                    .ok_or_else(|| self.error(format!("the proof `{proof}` cannot sign this")))?;
                piece.text.push_str(&check);
            }
            (set, Some(count)) => piece.text.push_str(&self.characters(set, count)?),
            (_, None) => return Err(self.error(format!("no expression `{{{body}}}`"))),
        }
        self.at += body.len() + 2;
        Ok(())
    }

    /// Expands a template in a template.
    fn wrapped(&mut self, piece: &mut Piece, depth: usize, name: usize, wrapper: Wrapper) -> Result<(), String> {
        if depth == DEEPEST {
            return Err(self.error(format!("templates in templates go no deeper than {DEEPEST}")));
        }
        self.at += name + 2;
        let mut inner = self.template(depth + 1)?;
        self.at += 1;
        if inner.begin.is_some() && inner.end.is_none() {
            inner.end = Some(inner.text.len());
            self.ended = true;
        }
        let base = piece.text.len();
        piece.text.push_str(&wrapper.encode(&inner.text));
        piece.begin = piece.begin.or(inner.begin.map(|at| base + wrapper.start(&inner.text, at)));
        piece.end = piece.end.or(inner.end.map(|at| (base + wrapper.end(&inner.text, at)).min(piece.text.len())));
        Ok(())
    }

    fn pem(&mut self, label: &str) -> Result<String, String> {
        self.random.pem(label, self.sign).map_err(|message| self.error(message))
    }

    /// Random characters of a set; `count` is `n` or `a..b`.
    fn characters(&mut self, set: &str, count: &str) -> Result<String, String> {
        let alphabet = alphabet(set).ok_or_else(|| self.error(format!("no expression or set `{set}`")))?;
        let (low, high) = count.split_once("..").unwrap_or((count, count));
        match (low.parse::<usize>(), high.parse::<usize>()) {
            (Ok(low), Ok(high)) if low <= high && high <= LONGEST => {
                let len = low + self.random.below(high - low + 1);
                Ok(self.random.chars(&alphabet, len))
            }
            _ => Err(self.error(format!("`{count}` is not a count (`n` or `a..b`, at most {LONGEST})"))),
        }
    }

    fn error(&self, message: impl AsRef<str>) -> String {
        format!("at byte {}: {}", self.at, message.as_ref())
    }
}

/// An encoding of an inner template.
#[derive(Clone, Copy)]
enum Wrapper {
    Base64,
    Base64Url,
    Hex,
    Percent,
    Json,
    Html,
}

impl Wrapper {
    /// The wrapper that an expression's body begins with, and its name.
    fn of(body: &str) -> Option<(&str, Self)> {
        let (name, _) = body.split_once(':')?;
        let wrapper = match name {
            "base64" => Self::Base64,
            "base64url" => Self::Base64Url,
            "hex" => Self::Hex,
            "percent" => Self::Percent,
            "json" => Self::Json,
            "html" => Self::Html,
            _ => return None,
        };
        Some((name, wrapper))
    }

    fn encode(self, text: &str) -> String {
        match self {
            Self::Base64 => BASE64.encode(text.as_bytes()),
            Self::Base64Url => BASE64URL_NOPAD.encode(text.as_bytes()),
            Self::Hex => HEXLOWER.encode(text.as_bytes()),
            Self::Percent => text.bytes().map(percent).collect(),
            Self::Json => text.chars().map(json).collect(),
            Self::Html => text.chars().map(html).collect(),
        }
    }

    /// Where the encoding of the byte at `at` starts.
    fn start(self, text: &str, at: usize) -> usize {
        match self {
            Self::Base64 | Self::Base64Url => at / 3 * 4,
            _ => self.encode(&text[..at]).len(),
        }
    }

    /// Where the encoding of all before `at` ends; past the end of all where a last group is short.
    fn end(self, text: &str, at: usize) -> usize {
        match self {
            Self::Base64 | Self::Base64Url => at.div_ceil(3) * 4,
            _ => self.encode(&text[..at]).len(),
        }
    }
}

fn percent(byte: u8) -> String {
    match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => char::from(byte).into(),
        _ => format!("%{byte:02X}"),
    }
}

fn json(character: char) -> String {
    match character {
        '"' | '\\' => format!("\\{character}"),
        '\n' => "\\n".into(),
        '\r' => "\\r".into(),
        '\t' => "\\t".into(),
        '\0'..='\x1f' => format!("\\u{:04x}", u32::from(character)),
        _ => character.into(),
    }
}

fn html(character: char) -> String {
    match character {
        '&' => "&amp;".into(),
        '<' => "&lt;".into(),
        '>' => "&gt;".into(),
        '"' => "&quot;".into(),
        '\'' => "&#39;".into(),
        _ => character.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::property::property;
    use proptest::prelude::*;

    use super::*;

    /// Signs with the length of what it is given.
    fn length(proof: &str, token: &str) -> Option<String> {
        ["length", "crc24-armor"].contains(&proof).then(|| format!("<{}>", token.len()))
    }

    fn expanded(template: &str) -> Example {
        expand(template, 7, &length).unwrap()
    }

    #[test]
    fn what_is_fixed_expands_to_itself() {
        for (template, text) in [
            ("", ""),
            ("plain", "plain"),
            ("a{}b", "ab"),
            ("{{}}", "{}"),
            ("{{\"a\":{{}}}}", "{\"a\":{}}"),
            ("{base64:user:pass}", "dXNlcjpwYXNz"),
            ("{base64:a}.{base64url:a}", "YQ==.YQ"),
            ("{hex:Az}", "417a"),
            ("{percent:a b/ü}", "a%20b%2F%C3%BC"),
            ("{json:\"\\\n\u{1}}", "\\\"\\\\\\n\\u0001"),
            ("{html:<a b='&'>}", "&lt;a b=&#39;&amp;&#39;&gt;"),
            ("{json:{json:\"}}", "\\\\\\\""),
            ("{hex:{hex:{{}}}}", "37623764"),
            ("{hex:{{}", "7b"),
            ("{json:{{\"a\":{{\"b\":{hex:Z}}}}}}", "{\\\"a\\\":{\\\"b\\\":5a}}"),
            ("12{begin}345{sign:length}", "12345<3>"),
            ("12345{sign:length}", "12345<5>"),
            ("a{hex:b{sign:length}}", "a623c313e"),
        ] {
            assert_eq!(expanded(template).text, text, "{template}");
        }
    }

    #[test]
    fn marks_give_the_token() {
        for (template, secret) in [
            ("abc", None),
            ("ab{begin}c", Some(2..3)),
            ("ab{end}c", Some(0..2)),
            ("a{begin}b{end}c", Some(1..2)),
            ("x{hex:a{begin}b{end}c}y", Some(3..5)),
            ("x{json:\"{begin}\"}y", Some(3..5)),
            ("{base64:abcd{begin}e{end}fghi}", Some(4..8)),
            ("{base64:ab{begin}cd}", Some(0..8)),
            ("{base64url:ab{begin}cd}", Some(0..6)),
            ("a{begin}b{hex:c{end}d}", Some(1..4)),
        ] {
            assert_eq!(expanded(template).secret, secret, "{template}");
        }
    }

    #[test]
    fn errors_say_what_and_where() {
        for (template, message) in [
            ("ab{", "at byte 2: a `}` is missing"),
            ("{hex:a", "at byte 6: a `}` is missing"),
            ("{hex:{{}}", "at byte 9: a `}` is missing"),
            ("ab}c", "at byte 2: a `}` that closes nothing (a brace is written `}}`)"),
            ("ü{Q:3}", "at byte 2: no expression or set `Q`"),
            ("{W}", "at byte 0: no expression `{W}`"),
            ("{W:x}", "at byte 0: `x` is not a count (`n` or `a..b`, at most 65536)"),
            ("{W:3..2}", "at byte 0: `3..2` is not a count (`n` or `a..b`, at most 65536)"),
            ("{W:65537}", "at byte 0: `65537` is not a count (`n` or `a..b`, at most 65536)"),
            ("{jwt:none}", "at byte 0: no JWT algorithm `none`"),
            ("x{sign:crc}", "at byte 1: the proof `crc` cannot sign this"),
            ("{begin}{hex:{begin}}", "at byte 12: a second `{begin}`"),
            ("{end}{begin}", "at byte 5: `{begin}` after `{end}`"),
            ("{end}{end}", "at byte 5: a second `{end}`, or one after the inner template of `{begin}`"),
            ("{hex:{begin}a}{end}", "at byte 14: a second `{end}`, or one after the inner template of `{begin}`"),
            ("{hex:{hex:{hex:{hex:{hex:{hex:}}}}}}", "at byte 25: templates in templates go no deeper than 5"),
        ] {
            assert_eq!(expand(template, 7, &length), Err(message.into()), "{template}");
        }
    }

    #[test]
    fn the_seed_decides_and_the_stream_flows_on() {
        assert_eq!(expanded("{W:20}"), expanded("{W:20}"));
        let texts: HashSet<String> = (0..100).map(|seed| expand("{W:20}", seed, &length).unwrap().text).collect();
        assert_eq!(texts.len(), 100);
        let twice = expanded("{W:20}{W:20}").text;
        assert_ne!(twice[..20], twice[20..]);
    }

    #[test]
    fn characters_are_of_their_set_and_number() {
        let lengths: HashSet<usize> =
            (0..200).map(|seed| expand("{x:3..5}", seed, &length).unwrap().text.len()).collect();
        assert_eq!(lengths, HashSet::from([3, 4, 5]));
        for seed in 0..200 {
            let text = expand("{W:8}", seed, &length).unwrap().text;
            for class in [char::is_numeric, char::is_uppercase, char::is_lowercase] {
                assert!(text.contains(class), "{text}");
            }
        }
    }

    #[test]
    fn structures_have_their_shape() {
        let uuid = expanded("{uuid}").text;
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        let jwt = expanded("{jwt:ES384}").text;
        assert_eq!(jwt.rsplit('.').next().map(str::len), Some(128));
        let pem = expanded("{pem:RSA PRIVATE KEY}").text;
        assert!(pem.lines().count() > 3 && pem.lines().all(|line| line.len() <= 64));
        assert_eq!(expanded("{pem-json:RSA PRIVATE KEY}").text, pem.replace('\n', "\\n"));
        assert!(expanded("{pem:PGP PRIVATE KEY BLOCK}").text.contains('<'));
    }

    proptest! {
        #![proptest_config(property(256))]

        #[test]
        fn nothing_panics(template in r"([{}:a.]|\{(hex|base64|json|W|pem|begin|end|sign):?|[0-9])*") {
            let _ = expand(&template, 7, &length);
        }
    }
}
