//! YAML, by `granit-parser`.

mod block;
mod escapes;

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, options};

use self::block::Block;
use self::escapes::{ESCAPES, QUOTES, doubled, escape};
use super::format::{Format, NotThis, Role, Scalar, Style, Take};
use super::hash_comment;

pub(super) struct Yaml;

impl Format for Yaml {
    fn name(&self) -> &'static str {
        "yaml"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["yaml", "yml", "kubeconfig", ".clang-format"]
    }

    fn looks_like(&self, head: &[u8]) -> bool {
        [&b"---\n"[..], b"---\r\n", b"--- ", b"%YAML ", b"apiVersion: "].iter().any(|start| head.starts_with(start))
    }

    fn visit(&self, text: &[u8], take: Take<'_>) -> Result<(), NotThis> {
        let text = super::utf8(text)?;
        let mut reading = Reading { text, open: Vec::new(), comments: Vec::new(), end: 0, take };
        for event in parser(text) {
            let (event, span) = event.map_err(|error| NotThis {
                offset: error.marker().byte_offset().unwrap_or(0),
                reason: "not legal YAML",
            })?;
            reading.take(&event, span)?;
        }
        reading.comments.into_iter().for_each(reading.take);
        Ok(())
    }

    fn decode<'t>(&self, text: &'t [u8], at: &Scalar) -> Cow<'t, [u8]> {
        let stored = at.stored(text);
        match at.style {
            _ if at.role == Role::Comment => Cow::Borrowed(stored),
            Style::Bare if is_one_line(stored) => Cow::Borrowed(stored),
            Style::Single if is_one_line(stored) => QUOTES.decode(stored),
            Style::Double if is_one_line(stored) => ESCAPES.decode(stored),
            _ => {
                let value = match at.style {
                    Style::Literal | Style::Folded => meaning(&Block::new(text, at).alone(stored)),
                    Style::Bare => meaning(stored),
                    _ => meaning(&text[at.inner.start - 1..=at.inner.end]),
                };
                value.map_or(Cow::Borrowed(stored), Cow::Owned)
            }
        }
    }

    fn encode(&self, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
        let stored = at.stored(text);
        if at.role == Role::Comment {
            return hash_comment::encode(text, at, value);
        }
        let old = self.decode(text, at);
        if old == value {
            return text[at.range.clone()].to_vec();
        }
        let kept = match at.style {
            Style::Single if is_one_line(stored) && !escapes::needs_double(value) => {
                Some([b"'", &QUOTES.respell(stored, value, doubled)[..], b"'"].concat())
            }
            Style::Double if is_one_line(stored) => {
                Some([b"\"", &ESCAPES.respell(stored, value, escape)[..], b"\""].concat())
            }
            Style::Literal | Style::Folded => {
                let block = Block::new(text, at);
                let inner = block.respell(stored, &old, value);
                let holds = |inner: &Vec<u8>| meaning(&block.alone(inner)).is_some_and(|meant| meant == value);
                inner.filter(holds).map(|inner| [&text[at.range.start..at.inner.start], &inner].concat())
            }
            _ => None,
        };
        // In double quotes everything can be said, at every place.
        kept.unwrap_or_else(|| [b"\"", &escape(value)[..], b"\""].concat())
    }
}

fn is_one_line(text: &[u8]) -> bool {
    memchr::memchr2(b'\n', b'\r', text).is_none()
}

/// The parser; it limits nesting by itself.
fn parser(text: &str) -> Parser<'_, StrInput<'_>> {
    Parser::new_from_str_with_options(text, options! { max_buffered_comment_events: usize::MAX })
}

/// The value of a text that is one scalar.
fn meaning(text: &[u8]) -> Option<Vec<u8>> {
    let mut values = parser(std::str::from_utf8(text).ok()?).filter_map(|event| match event {
        Ok((Event::Scalar(value, ..), _)) => Some(Some(value.into_owned().into_bytes())),
        Ok(_) => None,
        Err(_) => Some(None),
    });
    let value = values.next()??;
    values.next().is_none().then_some(value)
}

/// A text being read.
struct Reading<'t> {
    text: &'t str,
    /// The collections that are open.
    open: Vec<Open>,
    /// Comments that wait for the next scalar: it may stand before them.
    comments: Vec<Scalar>,
    /// The end of what was told last.
    end: usize,
    take: Take<'t>,
}

/// What comes next in an open collection.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    List,
    Key,
    Value,
}

impl Reading<'_> {
    fn take(&mut self, event: &Event<'_>, span: Span) -> Result<(), NotThis> {
        match event {
            Event::SequenceStart(..) => {
                self.role();
                self.open.push(Open::List);
            }
            Event::MappingStart(..) => {
                self.role();
                self.open.push(Open::Key);
            }
            Event::SequenceEnd | Event::MappingEnd => drop(self.open.pop()),
            Event::Alias(_) => drop(self.role()),
            Event::Comment(..) => {
                let range = span.byte_range().unwrap_or_default();
                // A comment behind the head of a block is a part of it.
                if self.end <= range.start {
                    self.end = range.end;
                    self.comments.push(hash_comment::scalar(range));
                }
            }
            Event::Scalar(value, style, ..) => {
                let role = self.role();
                return self.scalar(value.as_bytes(), *style, span, role);
            }
            _ => {}
        }
        Ok(())
    }

    /// The role of the node that comes now.
    fn role(&mut self) -> Role {
        let Some(open) = self.open.last_mut() else { return Role::Value };
        let is_key = *open == Open::Key;
        *open = match *open {
            Open::List => Open::List,
            Open::Key => Open::Value,
            Open::Value => Open::Key,
        };
        if is_key { Role::Key } else { Role::Value }
    }

    fn scalar(&mut self, value: &[u8], style: ScalarStyle, span: Span, role: Role) -> Result<(), NotThis> {
        let range = span.byte_range().unwrap_or_default();
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        if range.is_empty() || is_block && value.trim_ascii().is_empty() {
            return Ok(());
        }
        let text = self.text.as_bytes();
        let wrong = NotThis { offset: range.start, reason: "a scalar that is not understood" };
        let mut scalar = match style {
            ScalarStyle::Plain => Scalar::bare(range, role),
            ScalarStyle::SingleQuoted => Scalar::quoted(range, 1, role, Style::Single),
            ScalarStyle::DoubleQuoted => Scalar::quoted(range, 1, role, Style::Double),
            ScalarStyle::Literal => block::find(text, range, self.end, role, Style::Literal).ok_or(wrong)?,
            ScalarStyle::Folded => block::find(text, range, self.end, role, Style::Folded).ok_or(wrong)?,
        };
        if Yaml.decode(text, &scalar) != value {
            return Err(wrong);
        }
        // A tag that says "this is a number" goes with the number.
        if let Some(tag) = span.tag_span().and_then(|tag| tag.byte_range())
            && escapes::is_typed(&text[tag.clone()])
            && text[tag.end..scalar.range.start].iter().all(|byte| b" \t".contains(byte))
        {
            scalar.range.start = tag.start;
        }
        let before = self.comments.iter().take_while(|comment| comment.range.start < scalar.range.start).count();
        self.comments.drain(..before).for_each(&mut *self.take);
        self.end = scalar.range.end;
        (self.take)(scalar);
        Ok(())
    }
}
