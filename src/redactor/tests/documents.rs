//! Documents of every format, with secrets at every depth, in every encoding.

use std::fmt::{self, Write as _};

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::planted::{Wrap, example, templates};
use crate::redact::Utf16;

/// What a document is made of.
#[derive(Clone)]
pub(super) enum Node {
    Word(&'static str),
    Number(u64),
    Secret {
        template: usize,
        seed: u64,
        wrap: Wrap,
        is_blank: bool,
    },
    List(Vec<Node>),
    Map(Vec<(&'static str, Node)>),
    /// JSON in a string.
    Inner(Box<Node>),
}

const WORDS: &[&str] = &[
    "",
    "done",
    "step 3 of 7",
    "src/main.rs:42",
    "it's",
    "say \"no\"",
    "a\\b",
    "two\nlines",
    "größe",
    "# no",
    "x: y",
    "17",
    "null",
    "<b>&amp;</b>",
    "a,b;c",
];

const KEYS: &[&str] = &["name", "token", "password", "output", "url", "message", "env", "note", "id", "api_key"];

/// Writes a document down.
type Write = fn(&[Node]) -> String;

/// How documents are written down, by the names of their files.
const FORMATS: &[(&str, Write)] = &[
    ("a.json", |nodes| list(nodes).to_string()),
    ("b.json", |nodes| serde_json::to_string_pretty(&list(nodes)).unwrap()),
    ("c.jsonl", |nodes| lines(nodes, |node| node.json().to_string())),
    ("d.yaml", |nodes| lines(nodes, |node| format!("-{}", yaml(node, 1)))),
    ("e.toml", |nodes| toml::to_string(&table(nodes)).unwrap()),
    ("f.xml", |nodes| format!("<?xml version=\"1.0\"?>\n<all>\n{}</all>\n", lines(nodes, xml))),
    ("g.csv", |nodes| {
        format!("key,value\n{}", flat(nodes, |key, text| format!("{key},\"{}\"", text.replace('"', "\"\""))))
    }),
    (".env", |nodes| flat(nodes, |key, text| format!("{}={}", key.to_uppercase(), json!(text)))),
    ("h.ini", |nodes| format!("[all]\n{}", flat(nodes, |key, text| format!("{key} = {}", one_line(text))))),
    ("i.properties", |nodes| flat(nodes, |key, text| format!("{key}={}", one_line(text).replace('\\', "\\\\")))),
    ("j.md", |nodes| {
        let text = flat(&nodes[1..], |key, text| format!("- {key}: `{}`", one_line(text)));
        format!("---\ntitle: notes\nmeta:{}---\n\n# Notes\n\n{text}", yaml(&nodes[0], 1))
    }),
    ("k.log", |nodes| flat(nodes, |key, text| format!("2026-11-22T10:22:33Z INFO {key}={text}"))),
];

/// How the bytes of a document are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Store {
    Plain,
    CarriageReturns,
    Wide(Utf16),
}

#[derive(Clone, Debug)]
pub(super) struct Document {
    format: usize,
    store: Store,
    nodes: Vec<Node>,
}

impl Document {
    /// A file of this name.
    pub(super) fn of(name: &str, nodes: Vec<Node>) -> Self {
        let format = FORMATS.iter().position(|(known, _)| *known == name).unwrap();
        Self { format, store: Store::Plain, nodes }
    }

    /// The same in UTF-16.
    pub(super) fn wide(self) -> Self {
        Self { store: Store::Wide(Utf16::Little), ..self }
    }

    pub(super) fn name(&self) -> &'static str {
        FORMATS[self.format].0
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let text = FORMATS[self.format].1(&self.nodes);
        match self.store {
            Store::Plain => text.into_bytes(),
            Store::CarriageReturns => text.replace('\n', "\r\n").into_bytes(),
            Store::Wide(order) => order.write(&format!("\u{feff}{text}")),
        }
    }

    /// The same without the values of those secrets.
    pub(super) fn blank(&self, is_meant: &dyn Fn(&[u8]) -> bool) -> Self {
        Self { nodes: self.nodes.iter().map(|node| node.blank(is_meant)).collect(), ..self.clone() }
    }

    /// The templates of its secrets, their values, and other values made of the same templates.
    pub(super) fn secrets(&self) -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
        let mut secrets = Vec::new();
        self.nodes.iter().for_each(|node| node.gather(&mut secrets));
        secrets
    }

    /// Holds a copy to what the field's own readers see in it.
    pub(super) fn assert_same_shape(&self, copy: &[u8]) {
        let original = self.bytes();
        let text = |bytes: &[u8]| match Utf16::read(bytes) {
            Some((_, text)) => text.trim_start_matches('\u{feff}').to_owned(),
            None => String::from_utf8(bytes.to_vec()).unwrap(),
        };
        let (before, after) = (text(&original), text(copy));
        let read = |text: &str| -> Vec<Value> {
            match self.name() {
                "a.json" | "b.json" => vec![serde_json::from_str(text).expect("JSON")],
                "c.jsonl" => text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect(),
                "e.toml" => vec![toml::from_str(text).expect("TOML")],
                // A file of lines may lose lines: those of a key.
                _ => Vec::new(),
            }
        };
        assert!(are_alike(&json!(read(&before)), &json!(read(&after))), "{} has lost its shape", self.name());
        assert_eq!(before.contains('\r'), after.contains('\r'));
        assert_eq!(before.ends_with('\n'), after.ends_with('\n'));
    }
}

/// Whether two values are the same but for their scalars, and for keys that were redacted.
fn are_alike(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Array(before), Value::Array(after)) => {
            before.len() == after.len() && before.iter().zip(after).all(|(before, after)| are_alike(before, after))
        }
        (Value::Object(before), Value::Object(after)) => {
            let is_redacted = |key: &String| key.contains("REDACTED:");
            let is_kept =
                |(key, value): (&String, &Value)| before.get(key).is_some_and(|before| are_alike(before, value));
            after.iter().filter(|(key, _)| !is_redacted(key)).all(is_kept)
                && (before.len() == after.len() || after.keys().any(is_redacted))
        }
        (before, after) => [before, after].iter().all(|value| !value.is_array() && !value.is_object()),
    }
}

impl Node {
    /// Of the first template that says `template`.
    pub(super) fn secret(template: &str, seed: u64, wrap: Wrap) -> Self {
        let template = templates().iter().position(|(_, text)| text.contains(template)).unwrap();
        Self::Secret { template, seed, wrap, is_blank: false }
    }

    fn text(&self) -> String {
        match self {
            Self::Word(word) => (*word).to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Secret { template, seed, wrap, is_blank } => {
                let mut example = example(&templates()[*template].1, *seed);
                if let Some(secret) = example.secret.filter(|_| *is_blank) {
                    // In base64 what stands behind it looks as it does behind the value.
                    let filler = &"--"[..secret.len() % 3];
                    example.text.replace_range(secret, filler);
                }
                String::from_utf8(wrap.apply(&example.text)).unwrap_or_default()
            }
            Self::List(_) | Self::Map(_) => self.json().to_string(),
            Self::Inner(node) => node.json().to_string(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Number(number) => json!(number),
            Self::List(nodes) => list(nodes),
            Self::Map(nodes) => {
                nodes.iter().map(|(key, node)| ((*key).to_owned(), node.json())).collect::<Map<_, _>>().into()
            }
            _ => json!(self.text()),
        }
    }

    /// The value of a secret.
    fn value(template: usize, seed: u64) -> Option<Vec<u8>> {
        let example = example(&templates()[template].1, seed);
        example.secret.map(|secret| example.text[secret].as_bytes().to_vec())
    }

    fn blank(&self, is_meant: &dyn Fn(&[u8]) -> bool) -> Self {
        match self {
            &Self::Secret { template, seed, wrap, .. } => {
                let is_blank = Self::value(template, seed).is_some_and(|value| is_meant(&value));
                Self::Secret { template, seed, wrap, is_blank }
            }
            Self::List(nodes) => Self::List(nodes.iter().map(|node| node.blank(is_meant)).collect()),
            Self::Map(nodes) => Self::Map(nodes.iter().map(|(key, node)| (*key, node.blank(is_meant))).collect()),
            Self::Inner(node) => Self::Inner(Box::new(node.blank(is_meant))),
            other => other.clone(),
        }
    }

    fn gather(&self, secrets: &mut Vec<(&'static str, Vec<u8>, Vec<u8>)>) {
        match self {
            Self::Secret { template, seed, .. } => {
                let both = Self::value(*template, *seed).zip(Self::value(*template, seed.wrapping_add(1)));
                secrets.extend(both.map(|(secret, other)| (templates()[*template].1.as_str(), secret, other)));
            }
            Self::List(nodes) => nodes.iter().for_each(|node| node.gather(secrets)),
            Self::Map(nodes) => nodes.iter().for_each(|(_, node)| node.gather(secrets)),
            Self::Inner(node) => node.gather(secrets),
            Self::Word(_) | Self::Number(_) => {}
        }
    }

    /// All scalars with the keys above them.
    fn flatten(&self, key: &str, out: &mut Vec<(String, String)>) {
        match self {
            Self::List(nodes) => nodes.iter().for_each(|node| node.flatten(key, out)),
            Self::Map(nodes) => nodes.iter().for_each(|(key, node)| node.flatten(key, out)),
            _ => out.push((key.to_owned(), self.text())),
        }
    }
}

fn list(nodes: &[Node]) -> Value {
    nodes.iter().map(Node::json).collect()
}

/// TOML has neither a list nor a scalar at its top.
fn table(nodes: &[Node]) -> Value {
    nodes.iter().enumerate().map(|(at, node)| (format!("part{at}"), node.json())).collect::<Map<_, _>>().into()
}

fn lines(nodes: &[Node], write: impl Fn(&Node) -> String) -> String {
    nodes.iter().map(|node| write(node).trim_end().to_owned() + "\n").collect()
}

fn flat(nodes: &[Node], write: impl Fn(&str, &str) -> String) -> String {
    let mut scalars = Vec::new();
    for node in nodes {
        node.flatten("item", &mut scalars);
    }
    scalars.iter().map(|(key, text)| write(key, text) + "\n").collect()
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ").trim().to_owned()
}

fn yaml(node: &Node, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    match node {
        Node::List(nodes) if !nodes.is_empty() => {
            nodes.iter().fold("\n".to_owned(), |out, node| out + &format!("{indent}-{}", yaml(node, depth + 1)))
        }
        Node::Map(nodes) if !nodes.is_empty() => {
            let mut known = std::collections::HashSet::new();
            let own = nodes.iter().filter(|(key, _)| known.insert(*key));
            own.fold("\n".to_owned(), |out, (key, node)| out + &format!("{indent}{key}:{}", yaml(node, depth + 1)))
        }
        Node::List(_) => " []\n".into(),
        Node::Map(_) => " {}\n".into(),
        Node::Number(number) => format!(" {number}\n"),
        _ => {
            let text = node.text();
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-/.=+".contains(c);
            let is_shown = text.chars().all(|c| c == '\n' || !c.is_control());
            if text.starts_with(char::is_alphabetic) && text.chars().all(is_plain) {
                format!(" {text}\n")
            } else if text.contains('\n') && is_shown && !text.starts_with([' ', '\n']) && !text.contains("\n\n") {
                let keep = if text.ends_with('\n') { "" } else { "-" };
                format!(
                    " |{keep}\n{}",
                    text.lines().fold(String::new(), |out, line| out + &format!("{indent}  {line}\n"))
                )
            } else if is_shown && !text.contains('\n') && text.len().is_multiple_of(2) {
                format!(" '{}'\n", text.replace('\'', "''"))
            } else {
                format!(" {}\n", json!(text))
            }
        }
    }
}

fn xml(node: &Node) -> String {
    let escaped = |text: &str| {
        let text: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
        text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
    };
    match node {
        Node::List(nodes) => format!("<list>{}</list>", lines(nodes, xml)),
        Node::Map(nodes) => {
            let items = nodes.iter().fold(String::new(), |mut out, (key, node)| {
                match node {
                    Node::Word(_) | Node::Number(_) => write!(out, "<item {key}=\"{}\"/>", escaped(&node.text())),
                    _ => write!(out, "<{key}>{}</{key}>", xml(node)),
                }
                .unwrap();
                out
            });
            format!("<map>{items}</map>")
        }
        _ => escaped(&node.text()),
    }
}

impl Arbitrary for Node {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        // What is no text cannot stand in a document.
        let wraps: Vec<Wrap> =
            Wrap::ALL.into_iter().filter(|wrap| ![Wrap::Utf16Little, Wrap::Utf16Big].contains(wrap)).collect();
        let wrap = prop_oneof![3 => Just(Wrap::Plain), 1 => select(wraps)];
        let secret = (0..templates().len(), any::<u64>(), wrap).prop_map(|(template, seed, wrap)| Self::Secret {
            template,
            seed,
            wrap,
            is_blank: false,
        });
        let leaf = prop_oneof![
            2 => select(WORDS).prop_map(Self::Word),
            1 => (0..10_u64.pow(14)).prop_map(Self::Number),
            3 => secret,
        ];
        let deep = leaf.prop_recursive(4, 24, 5, |node| {
            prop_oneof![
                prop::collection::vec(node.clone(), 0..5).prop_map(Self::List),
                prop::collection::vec((select(KEYS), node.clone()), 0..5).prop_map(Self::Map),
                node.prop_map(|node| Self::Inner(Box::new(node))),
            ]
        });
        deep.boxed()
    }
}

impl Arbitrary for Document {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        let store = prop_oneof![
            6 => Just(Store::Plain),
            2 => Just(Store::CarriageReturns),
            1 => Just(Store::Wide(Utf16::Little)),
            1 => Just(Store::Wide(Utf16::Big)),
        ];
        (0..FORMATS.len(), store, prop::collection::vec(any::<Node>(), 1..6))
            .prop_map(|(format, store, nodes)| Self { format, store, nodes })
            .boxed()
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "{word:?}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Secret { template, seed, wrap, .. } => {
                write!(f, "{:?} seed {seed} {wrap:?}", templates()[*template].1)
            }
            Self::List(nodes) => f.debug_list().entries(nodes).finish(),
            Self::Map(nodes) => f.debug_map().entries(nodes.iter().map(|(key, node)| (key, node))).finish(),
            Self::Inner(node) => f.debug_tuple("Inner").field(node).finish(),
        }
    }
}
