//! Where known values come from: files of several formats, and the environment.

use std::ffi::OsString;
use std::io::Read;

use globset::Glob;
use zeroize::Zeroizing;

use crate::formats::{self, Format, Role, Scalar, Style};
use crate::model::{Error, Result};
use crate::raw::KnownValues;

/// Values are few; a longer file is the wrong one.
const LARGEST: usize = 256 << 10;

/// Formats whose values have keys, by a name that each goes by.
const KEYED: [&[u8]; 4] = [b".json", b".toml", b".yaml", b".env"];

/// What a list of values is called: none of it is a key.
const LIST: [&str; 2] = [".txt", ".list"];

impl KnownValues {
    /// Reads values to the end: those of JSON (`auth.json`), TOML, YAML or dotenv, each named by its key, or a list with one a line. The
    /// name of the file tells which; where it does not, the text does.
    ///
    /// In a list, `NAME=value` and `NAME: value` stand for themselves and for what is behind the sign.
    ///
    /// # Errors
    /// [`Error::Output`] where reading fails, [`Error::Config`] where there is no value in it, or it is not of the format that it is
    /// called or looks like. No error quotes the text.
    pub fn from_reader(file: &str, reader: impl Read) -> Result<Self> {
        let fault = |line, message: String| Error::Config { file: file.to_owned(), line, message };
        // Room for all of it at once: what a growing buffer leaves behind would not be wiped.
        let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST + 1));
        reader.take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > LARGEST {
            return Err(fault(1, format!("known values are at most {LARGEST} bytes")));
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
            return Err(fault(1, "known values are in UTF-8, this is UTF-16".into()));
        }
        let mut values = Self::default();
        match keyed(file, text).map_err(|(at, message)| fault(line(text, at), message))? {
            Some(format) => values.add_keyed(file, format, text),
            None => values.add_lines(file, text),
        }
        if values.is_empty() && values.warnings().is_empty() {
            return Err(fault(1, "there is no value in it".into()));
        }
        Ok(values)
    }

    /// The values of the environment variables whose names match a glob.
    ///
    /// # Errors
    /// [`Error::Setting`] where it is no glob.
    pub fn from_env(pattern: &str) -> Result<Self> {
        Self::from_variables(pattern, std::env::vars_os())
    }

    fn from_variables(pattern: &str, variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Self> {
        let glob = Glob::new(pattern).map_err(|error| Error::Setting(error.to_string()))?.compile_matcher();
        let mut values = Self::default();
        let matching = variables.filter(|(name, _)| glob.is_match(name));
        let mut number = 0;
        for (name, value) in matching {
            number += 1;
            let (name, place) = (name.to_string_lossy().into_owned(), format!("variable-{number}"));
            values.push("environment", Some(name), place, value.as_encoded_bytes());
        }
        if number == 0 {
            values.miss(pattern);
        }
        Ok(values)
    }

    /// Every string that has a key, or is in a list that has one.
    fn add_keyed(&mut self, file: &str, format: &dyn Format, text: &[u8]) {
        let mut key = None;
        for scalar in format.scalars(text).unwrap_or_default() {
            let value = Zeroizing::new(format.decode(text, &scalar).into_owned());
            // What has no quotes there is a number, a date or a word of the format's own.
            let is_string = scalar.style != Style::Bare || !["json", "toml"].contains(&format.name());
            match scalar.role {
                Role::Key => key = Some(String::from_utf8_lossy(&value).into_owned()),
                Role::Value if is_string => {
                    self.push(file, key.clone(), format!("line-{}", line(text, scalar.range.start)), &value);
                }
                _ => {}
            }
        }
    }

    /// Every line, and what stands behind its name. None of it is said: it could all be value.
    fn add_lines(&mut self, file: &str, text: &[u8]) {
        for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
            let place = format!("line-{number}");
            self.push(file, None, place.clone(), line);
            let line = line.trim_ascii();
            let name = line.strip_prefix(b"export ").unwrap_or(line);
            let len = name.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte)).count();
            let rest = name[len..].trim_ascii_start();
            let value = rest.strip_prefix(b"=").or_else(|| rest.strip_prefix(b": ")).filter(|_| len > 0);
            if let Some(value) = value.map(<[u8]>::trim_ascii) {
                let quoted = |quote: &[u8]| value.strip_prefix(quote)?.strip_suffix(quote);
                let value = quoted(b"\"").or_else(|| quoted(b"'")).unwrap_or(value);
                if Self::is_enough(value) {
                    self.push(file, None, place, value);
                }
            }
        }
    }
}

/// The format of a file whose values have keys. `None` of a list; where and why a text is not what it should be.
fn keyed(file: &str, text: &[u8]) -> Result<Option<&'static dyn Format>, (usize, String)> {
    if LIST.iter().any(|ending| file.ends_with(ending)) {
        return Ok(None);
    }
    let formats = || KEYED.into_iter().filter_map(formats::by_path);
    let named = formats::by_path(file.as_bytes());
    if let Some(format) = formats().find(|format| named.is_some_and(|named| named.name() == format.name())) {
        return match format.scalars(text) {
            Ok(_) => Ok(Some(format)),
            Err(not) => Err((not.offset, format!("{}: {}", format.name(), not.reason))),
        };
    }
    let likely = || formats().filter(|format| format.name() != "yaml" && format.looks_like(text));
    // The padding of base32 makes a value look like a key.
    let is_padding =
        |scalar: &Scalar| scalar.role == Role::Value && text[scalar.range.clone()].iter().all(|byte| *byte == b'=');
    let is_it = |format: &&dyn Format| format.scalars(text).is_ok_and(|scalars| !scalars.iter().any(is_padding));
    if let Some(format) = likely().find(is_it) {
        return Ok(Some(format));
    }
    match likely().find(|format| format.name() == "json").map(|format| format.scalars(text)) {
        Some(Err(not)) => {
            let mend = "a list, one value a line, is called `.txt`";
            Err((not.offset, format!("it looks like json, but: {}; {mend}", not.reason)))
        }
        _ => Ok(None),
    }
}

/// The line of a place, from 1.
fn line(text: &[u8], at: usize) -> usize {
    memchr::memchr_iter(b'\n', &text[..at.min(text.len())]).count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of the values, each with how many bytes it has.
    fn told(values: &KnownValues) -> Vec<(String, usize)> {
        values.named().into_iter().map(|(name, value)| (name, value.expose().len())).collect()
    }

    fn read(file: &str, text: &str) -> Result<KnownValues> {
        KnownValues::from_reader(file, text.as_bytes())
    }

    #[test]
    fn values_go_by_their_keys() {
        for (file, text, expected) in [
            (".env", "A_TOKEN=kiwi-ridge\nexport other='tern heron' # note\n", &[("a-token", 10), ("other", 10)][..]),
            ("prod.env", "KEY=\"one\\ntwo three\"\n# A=kiwi-ridge\n", &[("key", 13)]),
            ("<fd>", "A=kiwi-ridge\nB=\"\"\nC=tern-heron\nD=\n", &[("a", 10), ("c", 10)]),
            (
                "auth.json",
                r#"{"n": 123456789, "tokens": {"id_token": "kiwi\u002dridge", "no": null}}"#,
                &[("id-token", 10)],
            ),
            ("<fd>", r#"{"a": {"k": "kiwi-ridge"}, "b": {"k": "tern-heron"}}"#, &[("k", 10), ("k-2", 10)]),
            ("x.json", r#"{"keys": ["kiwi-ridge", "tern-heron", "kiwi-ridge"]}"#, &[("keys", 10), ("keys-2", 10)]),
            ("<fd>", r#"["kiwi-ridge"]"#, &[("line-1", 10)]),
            ("a.toml", "day = 2026-11-22\n[db]\npassword = 'kiwi-ridge'\n", &[("password", 10)]),
            ("<fd>", "[db]\npassword = \"kiwi-ridge\"\n", &[("password", 10)]),
            (
                "a.yaml",
                "db:\n  password: kiwi-ridge\n  pem: |\n    one two\n    three\n",
                &[("password", 10), ("pem", 13)],
            ),
            // A list says no names, whatever it looks like.
            ("<fd>", "kiwi-ridge\n\n  tern-heron\r\nkiwi-ridge\n", &[("line-1", 10), ("line-3", 10)]),
            ("<fd>", "pass=kiwi-ridge\n", &[("line-1", 15), ("line-1-2", 10)]),
            ("list.txt", "A=kiwi-ridge\n", &[("line-1", 12), ("line-1-2", 10)]),
            (
                "credentials",
                "[me]\nkey = kiwi-ridge\nb: tern heron\n",
                &[("line-2", 16), ("line-2-2", 10), ("line-3", 13), ("line-3-2", 10)],
            ),
            ("<fd>", "JBSW2Y3DPEHPK3PXP====\n", &[("line-1", 21)]),
            // A name that is a value's, or could be one, is not said.
            (".env", "KIWI_RIDGE_KEY=kiwi-ridge-47\n", &[("line-1", 13)]),
            (".env", "A=kiwi-ridge\nKIWI_RIDGE_TOO=tern-heron\n", &[("a", 10), ("line-2", 10)]),
            ("x.json", r#"{"a1b2c3d4e5f6a7b8": "kiwi-ridge"}"#, &[("line-1", 10)]),
        ] {
            let expected: Vec<_> = expected.iter().map(|&(name, len)| (name.to_owned(), len)).collect();
            assert_eq!(told(&read(file, text).unwrap()), expected, "{file}: {text}");
        }
    }

    #[test]
    fn what_is_no_use_is_told_by_name() {
        let values = read(".env", "PORT=8080\nTOKEN=kiwi-ridge\nZEROS=00000000\nNONE=\nRULE=-=-=-=-=-=\n").unwrap();
        let said = ".env: not looked for, because it is under 8 bytes or repeats one or two: port, zeros, rule";
        assert_eq!((told(&values).len(), values.warnings()), (1, vec![said.to_owned()]));
        assert_eq!(format!("{values:?}"), "KnownValues(1 values)");
    }

    #[test]
    fn faults_tell_the_place_and_not_the_text() {
        for (file, text, fault) in [
            ("a.env", "", "a.env:1: there is no value in it"),
            ("a.txt", "\n \n", "a.txt:1: there is no value in it"),
            ("a.json", r#"{"a": 12345678}"#, "a.json:1: there is no value in it"),
            ("a.json", "{\n\"a\": \"kiwi-ridge\",,}", "a.json:2: json: "),
            ("<fd>", "{\"a\": \"kiwi-ridge\"", "<fd>:1: it looks like json, but: "),
            ("a.toml", "a = 'kiwi-ridge'\nb = kiwi-ridge", "a.toml:2: toml: not legal TOML"),
            ("a.env", "A=kiwi-ridge\nkiwi-ridge\n", "a.env:2: dotenv: no key"),
        ] {
            let error = read(file, text).unwrap_err().to_string();
            assert!(error.starts_with(fault) && !error.contains("kiwi"), "{error}");
        }
        assert!(KnownValues::from_reader("a", &b"\xff\xfek\0i\0"[..]).is_err());
        assert!(KnownValues::from_reader("a", std::io::repeat(b'a')).is_err());
    }

    #[test]
    fn variables_are_chosen_by_name() {
        let variables = || {
            let pairs =
                [("A_TOKEN", "kiwi-ridge"), ("B_TOKEN", "tern-heron"), ("C_TOKEN", "no"), ("HOME", "/home/kiwi")];
            pairs.into_iter().map(|(name, value)| (name.into(), value.into()))
        };
        let values = KnownValues::from_variables("*_TOKEN", variables()).unwrap();
        assert_eq!(told(&values), [("a-token".to_owned(), 10), ("b-token".to_owned(), 10)]);
        let warnings = KnownValues::from_variables("NO_*", variables()).unwrap().warnings();
        assert_eq!(warnings, ["no environment variable matches `NO_*`"]);
        assert!(KnownValues::from_variables("[", variables()).is_err());
    }

    #[test]
    fn a_long_value_is_known_in_pieces() {
        let long = (0..2000).map(|number: u32| number.to_string()).collect::<Vec<_>>().join(" ");
        let mut values = KnownValues::default();
        values.add("long", long.as_bytes());
        let told = told(&values);
        assert_eq!(told.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["long", "long-2", "long-3"]);
        assert_eq!(told.iter().map(|(_, len)| len).sum::<usize>(), long.len());
    }
}
