//! XML (also reports of tests) and HTML: the text of elements, attributes, CDATA and comments. Names are structure.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;

use super::escapes::{Escapes, push_code_point};
use super::format::{Format, NotThis, Role, Scalar, Style, Take};
use super::json::MARK;
use super::{behind_spaces, trimmed};

/// XML or HTML. What HTML forgives, XML does not.
pub(super) struct Markup {
    is_html: bool,
}

pub(super) static XML: Markup = Markup { is_html: false };
pub(super) static HTML: Markup = Markup { is_html: true };

impl Format for Markup {
    fn name(&self) -> &'static str {
        if self.is_html { "html" } else { "xml" }
    }

    fn endings(&self) -> &'static [&'static str] {
        if self.is_html {
            &["html", "htm"]
        } else {
            &["xml", "xhtml", "svg", "xsd", "xsl", "rss", "atom", "plist", "csproj", "props", "targets", "trx", "wsdl"]
        }
    }

    fn looks_like(&self, head: &[u8]) -> bool {
        let head = head.strip_prefix(MARK).unwrap_or(head).trim_ascii_start();
        let starts = |with: &[u8]| head.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
        if self.is_html {
            starts(b"<!doctype html") || starts(b"<html")
        } else {
            starts(b"<?xml") || matches!(head, [b'<', b'a'..=b'z' | b'A'..=b'Z', ..])
        }
    }

    fn visit(&self, text: &[u8], take: Take<'_>) -> Result<(), NotThis> {
        let illegal = super::utf8(text)?.char_indices().find(|&(_, c)| !self.is_html && !is_legal(c));
        if let Some((at, _)) = illegal {
            return NotThis::at(at, "a character that XML does not allow");
        }
        let at = if text.starts_with(MARK) { MARK.len() } else { 0 };
        let mut reading = Reading { text, at, is_html: self.is_html, open: Vec::new(), take };
        let mut elements = 0;
        while reading.at < text.len() {
            elements += usize::from(reading.step()?);
        }
        match reading.open.last() {
            Some(name) if !self.is_html => NotThis::at(name.start, "an element is not closed"),
            _ if elements == 0 => NotThis::at(text.len(), "no element"),
            _ => Ok(()),
        }
    }

    fn decode<'t>(&self, text: &'t [u8], at: &Scalar) -> Cow<'t, [u8]> {
        let stored = at.stored(text);
        if is_raw(at) { Cow::Borrowed(stored) } else { ESCAPES.decode(stored) }
    }

    fn encode(&self, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
        let stored = at.stored(text);
        if self.decode(text, at) == value {
            return text[at.range.clone()].to_vec();
        }
        let legal = |c: char| if self.is_html || is_legal(c) { c } else { char::REPLACEMENT_CHARACTER };
        let value = String::from_utf8_lossy(value).chars().map(legal).collect::<String>().into_bytes();
        let (open, close) = (&text[at.range.start..at.inner.start], &text[at.inner.end..at.range.end]);
        if is_raw(at) {
            return [open, &raw(open, &value), close].concat();
        }
        let is_attribute = at.role == Role::Value;
        let kept = ESCAPES.respell(stored, &value, |value| escape(value, is_attribute));
        // A sign that stood for itself may, with what stands behind it now, mean another.
        let inner = if ESCAPES.decode(&kept) == value { kept } else { escape(&value, is_attribute) };
        let needs_quotes = inner.is_empty() || inner.iter().any(u8::is_ascii_whitespace);
        if is_attribute && at.style == Style::Bare && needs_quotes {
            return [b"\"", &inner[..], b"\""].concat();
        }
        [open, &inner, close].concat()
    }
}

/// Whether no entities are known there: in comments, CDATA and scripts.
fn is_raw(at: &Scalar) -> bool {
    at.role == Role::Comment || at.style == Style::Literal
}

/// The inside of a comment, CDATA or script, which must not end it.
fn raw(open: &[u8], value: &[u8]) -> Vec<u8> {
    let value = String::from_utf8_lossy(value);
    let inner = match open {
        b"<!--" if value.ends_with('-') => value.replace("-->", "-- >") + " ",
        b"<!--" => value.replace("-->", "-- >"),
        b"<![CDATA[" => value.replace("]]>", "]] >"),
        _ => value.into_owned(),
    };
    inner.into_bytes()
}

/// Whether a character may stand in an XML document at all.
fn is_legal(c: char) -> bool {
    !(c.is_ascii_control() && !"\t\n\r\x7f".contains(c) || matches!(c, '\u{fffe}' | '\u{ffff}'))
}

const ESCAPES: Escapes = Escapes { mark: b'&', read: read_entity };

fn read_entity(stored: &[u8], out: &mut Vec<u8>) -> usize {
    if let Entity::Known(c, len) = entity(stored) {
        push_code_point(out, c.into());
        return len;
    }
    out.push(b'&');
    1
}

/// What an ampersand begins.
enum Entity {
    /// A character, with the length of what stands for it.
    Known(char, usize),
    /// Something that the document or HTML defines, with its length.
    Other(usize),
    None,
}

fn entity(stored: &[u8]) -> Entity {
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"#_-.:".contains(byte);
    let len = stored[1..].iter().take(40).take_while(is_name).count();
    if len == 0 || stored.get(1 + len) != Some(&b';') {
        return Entity::None;
    }
    let name = &stored[1..=len];
    let number = |digits: &[u8], radix| {
        let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
        char::from_u32(u32::from_str_radix(digits, radix).ok()?)
    };
    let c = match name {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16),
        [b'#', digits @ ..] => number(digits, 10),
        _ => None,
    };
    c.filter(|&c| is_legal(c)).map_or(Entity::Other(len + 2), |c| Entity::Known(c, len + 2))
}

fn escape(value: &[u8], is_attribute: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    for &byte in value {
        match byte {
            b'&' => out.extend(b"&amp;"),
            b'<' => out.extend(b"&lt;"),
            b'>' => out.extend(b"&gt;"),
            b'"' if is_attribute => out.extend(b"&quot;"),
            b'\'' if is_attribute => out.extend(b"&#39;"),
            b'\n' | b'\t' if is_attribute => out.extend(format!("&#{byte};").bytes()),
            b'\r' => out.extend(b"&#13;"),
            _ => out.push(byte),
        }
    }
    out
}

/// A document being read.
struct Reading<'t> {
    text: &'t [u8],
    at: usize,
    is_html: bool,
    /// The names of the elements that are open; of HTML none, for they need not be closed.
    open: Vec<Range<usize>>,
    take: Take<'t>,
}

impl Reading<'_> {
    /// Reads the text up to the next markup, and the markup; whether it began an element.
    fn step(&mut self) -> Result<bool, NotThis> {
        let start = self.at;
        let markup = memchr::memchr_iter(b'<', &self.text[start..]).map(|at| start + at);
        let is_markup = |&at: &usize| !self.is_html || is_markup(self.text, at);
        self.at = { markup }.find(is_markup).unwrap_or(self.text.len());
        self.pieces(trimmed(self.text, start..self.at), Role::Text, Style::Bare)?;
        let start = self.at;
        match self.text[start..] {
            [] => {}
            [b'<', b'!', b'-', b'-', ..] => {
                let inner = self.until(start + 4, b"-->")?;
                (self.take)(Scalar { inner, ..Scalar::bare(start..self.at, Role::Comment) });
            }
            [b'<', b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', ..] => {
                let inner = self.until(start + 9, b"]]>")?;
                let scalar = Scalar { inner, style: Style::Literal, ..Scalar::bare(start..self.at, Role::Text) };
                (self.take)(scalar);
            }
            [b'<', b'!', ..] => self.declaration()?,
            [b'<', b'?', ..] => {
                self.until(start + 2, if self.is_html { b">" } else { b"?>" })?;
            }
            [b'<', b'/', ..] => {
                let name = self.name(start + 2);
                self.until(name.end, b">")?;
                if !self.is_html && self.open.pop().is_none_or(|open| self.text[open] != self.text[name]) {
                    return NotThis::at(start, "an element is closed that was not open");
                }
            }
            _ => return self.element(start).map(|()| true),
        }
        Ok(false)
    }

    /// Goes behind an end, and returns what stands before it.
    fn until(&mut self, start: usize, end: &[u8]) -> Result<Range<usize>, NotThis> {
        let rest = self.text.get(start..).unwrap_or_default();
        let Some(len) = memmem::find(rest, end) else { return NotThis::at(start, "markup is not closed") };
        self.at = start + len + end.len();
        Ok(start..start + len)
    }

    /// `<!DOCTYPE …>`, with what may stand in brackets in it.
    fn declaration(&mut self) -> Result<(), NotThis> {
        let (mut quote, mut depth) = (None, 0_u32);
        for (at, &byte) in self.text[self.at..].iter().enumerate() {
            match byte {
                _ if quote.is_some() => quote = quote.filter(|&quote| quote != byte),
                b'"' | b'\'' => quote = Some(byte),
                b'[' => depth += 1,
                b']' => depth = depth.saturating_sub(1),
                b'>' if depth == 0 => {
                    self.at += at + 1;
                    return Ok(());
                }
                _ => {}
            }
        }
        NotThis::at(self.at, "a declaration is not closed")
    }

    fn name(&self, start: usize) -> Range<usize> {
        let is_name = |byte: &&u8| !byte.is_ascii_whitespace() && !b"/>=<\"'".contains(byte);
        start..start + self.text[start..].iter().take_while(is_name).count()
    }

    fn spaces(&mut self) {
        self.at = behind_spaces(self.text, self.at);
    }

    fn element(&mut self, start: usize) -> Result<(), NotThis> {
        let name = self.name(start + 1);
        if name.is_empty() {
            return NotThis::at(start, "no name");
        }
        self.at = name.end;
        loop {
            self.spaces();
            match self.text[self.at..] {
                [b'>', ..] => {
                    self.at += 1;
                    break;
                }
                [b'/', b'>', ..] => {
                    self.at += 2;
                    return Ok(());
                }
                [b'/', ..] if self.is_html => self.at += 1,
                _ => self.attribute()?,
            }
        }
        if !self.is_html {
            self.open.push(name);
        } else if [&b"script"[..], b"style"].iter().any(|raw| self.text[name.clone()].eq_ignore_ascii_case(raw)) {
            self.script(&name);
        }
        Ok(())
    }

    fn attribute(&mut self) -> Result<(), NotThis> {
        let name = self.name(self.at);
        let wrong = |reason| NotThis::at(name.start, reason);
        if name.is_empty() {
            return wrong("no attribute");
        }
        self.at = name.end;
        self.spaces();
        if self.text.get(self.at) != Some(&b'=') {
            return if self.is_html { Ok(()) } else { wrong("an attribute without a value") };
        }
        self.at += 1;
        self.spaces();
        let start = self.at;
        let quote = match self.text.get(start) {
            Some(&quote @ (b'"' | b'\'')) => quote,
            Some(_) if self.is_html => {
                let is_value = |byte: &&u8| !byte.is_ascii_whitespace() && **byte != b'>';
                self.at += self.text[start..].iter().take_while(is_value).count();
                if self.at > start {
                    (self.take)(Scalar::bare(start..self.at, Role::Value));
                }
                return Ok(());
            }
            _ => return wrong("an attribute without quotes"),
        };
        let inner = self.until(start + 1, &[quote])?;
        if !self.is_html && self.text[inner.clone()].contains(&b'<') {
            return wrong("an attribute with a tag in it");
        }
        self.pieces(inner, Role::Value, if quote == b'"' { Style::Double } else { Style::Single })
    }

    /// The text between entities that only the document or HTML knows: those are structure. Where there are none, quotes around it
    /// belong to it.
    fn pieces(&mut self, inner: Range<usize>, role: Role, style: Style) -> Result<(), NotThis> {
        let quote = usize::from(style != Style::Bare);
        let mut start = inner.start;
        let mut push = |inner: Range<usize>, quote| {
            if !self.text[inner.clone()].trim_ascii().is_empty() {
                (self.take)(Scalar::quoted(inner.start - quote..inner.end + quote, quote, role, style));
            }
        };
        for at in memchr::memchr_iter(b'&', &self.text[inner.clone()]).map(|at| inner.start + at) {
            match entity(&self.text[at..inner.end]) {
                Entity::Other(len) => {
                    push(start..at, 0);
                    start = at + len;
                }
                Entity::None if !self.is_html => return NotThis::at(at, "an ampersand that begins nothing"),
                _ => {}
            }
        }
        push(start..inner.end, if start == inner.start { quote } else { 0 });
        Ok(())
    }

    /// The text of a script or a style sheet, up to the tag that ends it.
    fn script(&mut self, name: &Range<usize>) {
        let (start, name) = (self.at, &self.text[name.clone()]);
        let is_end = |at: &usize| {
            let rest = &self.text[*at + 2..];
            rest.get(..name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name))
        };
        let end = memmem::find_iter(&self.text[start..], b"</").map(|at| start + at).find(is_end);
        self.at = end.unwrap_or(self.text.len());
        let inner = trimmed(self.text, start..self.at);
        if !inner.is_empty() {
            (self.take)(Scalar { style: Style::Literal, ..Scalar::bare(inner, Role::Text) });
        }
    }
}

/// Whether `<` begins markup in HTML.
fn is_markup(text: &[u8], at: usize) -> bool {
    matches!(text[at + 1..], [b'!' | b'?' | b'a'..=b'z' | b'A'..=b'Z', ..] | [b'/', b'a'..=b'z' | b'A'..=b'Z', ..])
}
