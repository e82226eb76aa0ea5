//! Each format against a reader of it that others wrote: the same values, and edited texts that it reads too.

use std::fmt;

use proptest::prelude::*;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::laws::{format, replaced, show};
use super::tests::texts;
use super::*;
use crate::property::property;

/// A reader: the strings that it finds, or `None` if it refuses the text.
type Reader = fn(&[u8]) -> Option<Vec<String>>;

const READERS: &[(&str, Reader)] = &[("json", json), ("toml", toml), ("xml", xml), ("csv", csv)];

/// What the format says that the reader finds.
fn ours(format: &dyn Format, text: &[u8]) -> Option<Vec<String>> {
    let scalars = format.scalars(text).ok()?;
    let is_told = |at: &&Scalar| match format.name() {
        // Numbers are no strings, and a key of TOML stands in many places.
        "toml" => at.role == Role::Value && at.style != Style::Bare,
        "json" => at.style != Style::Bare,
        _ => at.role != Role::Comment,
    };
    let values = scalars.iter().filter(is_told).map(|at| show(&format.decode(text, at)));
    Some(compared(format.name(), values.collect()))
}

/// Values in the form in which they are compared: of markup all text in one, because where it is cut does not matter.
fn compared(name: &str, mut values: Vec<String>) -> Vec<String> {
    if name == "xml" {
        return vec![values.concat().split_whitespace().collect()];
    }
    values.retain(|value| name != "csv" || !value.is_empty());
    values.sort();
    values
}

/// Both read the same, before and after each edit.
fn assert_agree(name: &str, reader: Reader, text: &[u8]) {
    let format = format(name);
    let theirs = reader(text).map(|values| compared(name, values));
    // JSON is the one format whose readers are of one mind about what is legal.
    if name == "json" {
        assert_eq!(theirs.is_some(), format.scalars(text).is_ok(), "{}", show(text));
    }
    let Some(theirs) = theirs else { return };
    let ours_now = ours(format, text);
    // quick-xml reads on where an element is missing.
    if name == "xml" && ours_now.is_none() {
        return;
    }
    assert_eq!(ours_now, Some(theirs), "{name}: {}", show(text));
    for at in format.scalars(text).iter().flatten() {
        // Who renames one of the places where a TOML table is named, names another table.
        if name == "toml" && at.role == Role::Key {
            continue;
        }
        let edited = replaced(format, text, at, b"[REDACTED:x-y:k7q2]");
        let theirs = reader(&edited).map(|values| compared(name, values));
        assert!(theirs.is_some(), "{name}: {:?} of {:?}", show(&edited), show(text));
        assert_eq!(ours(format, &edited), theirs, "{name}: {:?} of {:?}", show(&edited), show(text));
    }
}

proptest! {
    #![proptest_config(property(3000))]

    #[test]
    fn texts_thrown_together_are_read_the_same((name, text) in texts()) {
        if let Some((_, reader)) = READERS.iter().find(|(of, _)| *of == name) {
            assert_agree(name, *reader, text.as_bytes());
        }
    }
}

proptest! {
    #![proptest_config(property(300))]

    #[test]
    fn what_serde_writes_is_read_the_same(value in tree()) {
        let table = serde_json::json!({ "a": value });
        let texts = [
            ("json", serde_json::to_string(&value).unwrap()),
            ("json", serde_json::to_string_pretty(&value).unwrap()),
            ("toml", ::toml::to_string(&table).unwrap()),
            ("toml", ::toml::to_string_pretty(&table).unwrap()),
        ];
        for (name, text) in texts {
            let reader = READERS.iter().find(|(of, _)| *of == name).unwrap().1;
            prop_assert!(reader(text.as_bytes()).is_some());
            assert_agree(name, reader, text.as_bytes());
        }
    }
}

fn tree() -> impl Strategy<Value = serde_json::Value> {
    let string = prop_oneof!["[ -~]{0,8}", "\\PC{0,8}", "[\\t\\n\\r \"'\\\\x]{0,8}"];
    let leaf = prop_oneof![3 => string.clone().prop_map_into(), 1 => any::<bool>().prop_map_into(), 1 => any::<i32>().prop_map_into()];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map_into(),
            prop::collection::btree_map(string.clone(), inner, 0..5)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

/// All strings of a value that serde reads.
struct Strings<'a> {
    found: &'a mut Vec<String>,
    with_keys: bool,
}

impl<'de> DeserializeSeed<'de> for Strings<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strings<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.found.push(value.to_owned());
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Strings { found: self.found, ..self })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(key) = entries.next_key::<String>()? {
            // How serde tells of a TOML date.
            let is_date = key.starts_with("$__toml_private");
            if self.with_keys {
                self.found.push(key);
            }
            let before = self.found.len();
            entries.next_value_seed(Strings { found: self.found, ..self })?;
            if is_date {
                self.found.truncate(before);
            }
        }
        Ok(())
    }
}

fn json(text: &[u8]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut reader = serde_json::Deserializer::from_slice(text);
    Strings { found: &mut found, with_keys: true }.deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(found)
}

fn toml(text: &[u8]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let reader = ::toml::Deserializer::parse(std::str::from_utf8(text).ok()?).ok()?;
    Strings { found: &mut found, with_keys: false }.deserialize(reader).ok()?;
    Some(found)
}

/// With the separator with which it reads what the format reads, if there is one.
fn csv(text: &[u8]) -> Option<Vec<String>> {
    let read = |separator: u8| -> Option<Vec<String>> {
        let mut reader =
            ::csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text);
        let records: Vec<_> = reader.records().collect::<Result<_, _>>().ok()?;
        Some(records.iter().flatten().map(str::to_owned).collect())
    };
    let expected = ours(format("csv"), text)?;
    b",;\t|".iter().find_map(|&separator| read(separator).filter(|found| compared("csv", found.clone()) == expected))
}

fn xml(text: &[u8]) -> Option<Vec<String>> {
    let mut reader = quick_xml::Reader::from_str(std::str::from_utf8(text).ok()?);
    let mut found = Vec::new();
    let known = |name: &str| resolve_predefined_entity(name).or(Some(""));
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    let value = attribute.ok()?.normalized_value_with(XmlVersion::Implicit1_0, 1, known);
                    found.push(value.ok()?.into_owned());
                }
            }
            Event::Text(text) => found.push(text.into_inner().into_owned()),
            Event::CData(text) => found.push(text.into_inner().into_owned()),
            Event::GeneralRef(name) => match name.resolve_char_ref().ok()? {
                Some(c) => found.push(c.into()),
                None => found.push(known(&name)?.to_owned()),
            },
            Event::Eof => return Some(found),
            _ => {}
        }
    }
}

/// A shell reads edited lines as it read them before.
#[test]
#[cfg(unix)]
fn a_shell_reads_dotenv_files_the_same() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    let text = "# c\nexport A=plain/1:2\nB=\"two words \\\"x\\\" $A\n3\" # d\nC='$A \"q\"\\'\nD=http://u:p@h/$A\n";
    let shell = |text: &[u8]| -> Vec<String> {
        let mut shell = Command::new("sh").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        shell
            .stdin
            .take()
            .unwrap()
            .write_all(&[text, b"\nprintf '%s\\0' \"$A\" \"$B\" \"$C\" \"$D\""].concat())
            .unwrap();
        show(&shell.wait_with_output().unwrap().stdout).split_terminator('\0').map(str::to_owned).collect()
    };
    let dotenv = format("dotenv");
    let scalars = dotenv.scalars(text.as_bytes()).unwrap();
    let before = shell(text.as_bytes());
    assert_eq!(before, ["plain/1:2", "two words \"x\" plain/1:2\n3", "$A \"q\"\\", "http://u:p@h/plain/1:2"]);
    let values = scalars.iter().filter(|at| at.role == Role::Value);
    for (number, at) in values.enumerate().skip(1) {
        let value = format!("[TARGET:a] {}", show(&dotenv.decode(text.as_bytes(), at)));
        let mut expected = before.clone();
        expected[number].insert_str(0, "[TARGET:a] ");
        assert_eq!(shell(&replaced(dotenv, text.as_bytes(), at, value.as_bytes())), expected);
    }
}
