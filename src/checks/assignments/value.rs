//! Values: how far one goes, and whether anything else than a value could stand there.

use std::ops::Range;

use super::fallback;
use super::place::{Place, Separator, skip_blank, skip_space, starts_line};
use super::quote::Quote;

/// A value is read this far.
pub(super) const LONGEST: usize = 4096;

/// What else than a literal value could stand where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// In quotes.
    Quoted,
    /// Bare where nothing but values stand: environment files, flags, headers, YAML, URLs.
    Plain,
    /// An expression, a label, a name: bare in source code, or an argument beside the key.
    Loose,
}

/// A value as it stands in the text, without its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) range: Range<usize>,
    pub(super) form: Form,
}

/// What was read of values already: the runs of bytes that end none, so that a run in which many keys lie is walked once, and how often
/// a value with the same end was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Runs {
    narrow: (usize, usize),
    wide: (usize, usize),
    end: usize,
    times: u32,
}

/// Keys within each other's values (`auth=token=…`) are read so often.
const MOST_TIMES: u32 = 4;

impl Runs {
    /// Whether a value that ends at `end` is still worth reading.
    pub(super) fn admit(&mut self, end: usize) -> Option<()> {
        if self.end != end {
            (self.end, self.times) = (end, 0);
        }
        self.times += 1;
        (self.times <= MOST_TIMES).then_some(())
    }
}

/// The value at `place` of the key that starts at `key`.
pub(super) fn read(text: &[u8], key: &Range<usize>, place: &Place, runs: &mut Runs) -> Option<Value> {
    let mut at = skip_blank(text, place.at);
    if matches!(text.get(at..), Some([b'\n' | b'\r', ..] | [b'\\', b'n' | b'r', ..])) {
        // A literal on its own line, as formatters wrap it.
        let next = skip_space(text, at);
        let next = typed(text, next).unwrap_or(next);
        (place.separator == Separator::Tag || Quote::at(text, next).is_some()).then_some(())?;
        at = next;
    }
    if let Some(block) = block_scalar(text, at) {
        at = block;
    }
    at = wrapped(text, at, place.separator).unwrap_or(at);
    // `**Password:** x`, a list or a call around one literal, a prefix of a string literal.
    while matches!(text.get(at), Some(b'*')) && at < place.at + 8 {
        at = skip_blank(text, at + 1);
    }
    let outside = at;
    while matches!(text.get(at), Some(b'[' | b'(' | b'{'))
        && at < place.at + 96
        && Quote::at(text, skip_blank(text, at + 1)).is_some()
    {
        at = skip_blank(text, at + 1);
    }
    if at > outside {
        at = member(text, at)?;
    }
    if matches!(text.get(at), Some(b'b' | b'r' | b'u' | b'L' | b'N' | b'@' | b'$' | b'f'))
        && Quote::at(text, at + 1).is_some()
    {
        at += 1;
    }
    if let Some(literal) = fallback::literal(text, at) {
        at = literal;
    }
    // `process.env.KEY || '…'`
    let name = text[key.clone()].rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    let is_loose = place.separator == Separator::Loose && !is_environment(name);
    if let Some(open) = Quote::at(text, at) {
        let start = at + open.len();
        let end = open.close(text, start, text.len().min(start + LONGEST))?;
        runs.admit(end)?;
        // `setenv("NAME", "value")` ends a call; a list of names goes on.
        let is_listed = place.separator == Separator::Loose
            && text[place.at - 1] == b','
            && text.get(skip_blank(text, end + open.len())) != Some(&b')');
        let form = if is_loose || is_listed { Form::Loose } else { Form::Quoted };
        return (end > start).then_some(Value { range: start..end, form });
    }
    if text[at.min(text.len())..].starts_with(b"${") {
        let end = at + 1 + text[at..text.len().min(at + 256)].iter().position(|&byte| byte == b'}' || byte == b'\n')?;
        return (text[end - 1] == b'}').then_some(Value { range: at..end, form: Form::Plain });
    }
    if place.needs_quote {
        return None;
    }
    bare(text, key, place, at, runs)
}

/// Where the value stands that brackets hold, the first string in them being at `at`. The key of an object is no value of the key before,
/// but OTLP and `DynamoDB` say there what kind of value follows: `{"stringValue": "…"}`, `{"S": "…"}`.
fn member(text: &[u8], at: usize) -> Option<usize> {
    let open = Quote::at(text, at)?;
    let start = at + open.len();
    let Some(end) = open.close(text, start, text.len().min(start + LONGEST)) else { return Some(at) };
    let sign = skip_blank(text, end + open.len());
    match text.get(sign) {
        Some(b':') if [&b"stringValue"[..], b"value", b"S"].contains(&&text[start..end]) => {
            Some(skip_blank(text, sign + 1))
        }
        Some(b':') => None,
        _ => Some(at),
    }
}

/// Where the value stands that an element or an object holds beside what is said of it: `<Value>…`, `{ value: "…" }`.
fn wrapped(text: &[u8], at: usize, separator: Separator) -> Option<usize> {
    let is_after = |at: usize, word: &[u8]| {
        let is_said = text.get(at..at + word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
        is_said.then(|| skip_blank(text, at + word.len()))
    };
    match text.get(at)? {
        b'<' if separator == Separator::Tag => is_after(at, b"<value>"),
        b'{' => is_after(skip_blank(text, at + 1), b"value:").filter(|value| Quote::at(text, *value).is_some()),
        _ => None,
    }
}

/// Where the value begins that PHP shows with its type: `string(8) "…"`.
fn typed(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix(b"string(")?;
    let digits = rest.iter().take(5).take_while(|byte| byte.is_ascii_digit()).count();
    rest[digits..].starts_with(b") \"").then_some(at + 7 + digits + 2)
}

/// Where the first line of a YAML block scalar begins: `|`, `>-` and the like, then an indented line.
fn block_scalar(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let mark = match rest {
        [b'|' | b'>', b'-' | b'+', ..] => 2,
        [b'|' | b'>', ..] => 1,
        _ => return None,
    };
    let head = match rest[mark..] {
        [b'\n', ..] => mark + 1,
        [b'\\', b'n', ..] => mark + 2,
        _ => return None,
    };
    let indent = skip_blank(rest, head);
    (indent > head).then_some(at + indent)
}

/// Bytes that end every bare value, and those that end one in the middle of code.
const ENDS: u8 = 1;
const ENDS_NARROW: u8 = 2;

static STOPS: [u8; 256] = {
    let mut stops = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        stops[byte] = match byte as u8 {
            0..=b' ' | 0x7F | b'\\' | b'"' | b'\'' | b'`' => ENDS | ENDS_NARROW,
            b',' | b';' | b'<' | b'>' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'|' | b'&' => ENDS_NARROW,
            _ => 0,
        };
        byte += 1;
    }
    stops
};

/// Where the run that `at` lies in ends.
fn run_end(text: &[u8], at: usize, stop: u8, known: &mut (usize, usize)) -> usize {
    if !(known.0 <= at && at <= known.1) {
        let rest = &text[at.min(text.len())..text.len().min(at + LONGEST)];
        let len = rest.iter().position(|&byte| STOPS[usize::from(byte)] & stop != 0).unwrap_or(rest.len());
        *known = (at, at + len);
    }
    known.1
}

fn bare(text: &[u8], key: &Range<usize>, place: &Place, at: usize, runs: &mut Runs) -> Option<Value> {
    let narrow = run_end(text, at, ENDS_NARROW, &mut runs.narrow);
    runs.admit(narrow)?;
    let wide = match text.get(narrow) {
        Some(&byte) if STOPS[usize::from(byte)] & ENDS == 0 => run_end(text, narrow, ENDS, &mut runs.wide),
        _ => narrow,
    };
    if place.separator == Separator::Tag {
        let head = &text[at..text.len().min(at + 256)];
        let end = if text.get(narrow) == Some(&b'<') {
            narrow
        } else {
            at + memchr::memchr2(b'<', b'\n', head).unwrap_or(head.len())
        };
        // What an entity opened, one closes; within an element that stands as it is, it is a part of the value.
        let is_escaped = text[..key.start].ends_with(b"&lt;");
        let closed = memchr::memmem::find(&text[at..end], b"&lt;/").filter(|_| is_escaped);
        let end = closed.map_or(end, |len| at + len);
        let end = end - text[at..end].iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
        return (end > at).then_some(Value { range: at..end, form: Form::Plain });
    }
    // `password= next=`: an empty value, and the next key.
    if place.separator == Separator::Tight
        && at > place.at
        && narrow > at
        && text[narrow - 1] == b'='
        && is_word(&text[at..narrow - 1])
    {
        return None;
    }
    let is_code_next =
        matches!(text.get(narrow..), Some([b'(' | b'{' | b'[', ..] | [b'<', b'!'..=b'.' | b'0'..=b'~', ..]));
    let may_be_wide = match place.separator {
        Separator::Tight => {
            // Lines of properties, and of an environment; `,`, `;` and brackets may end an argument.
            is_environment(&text[key.clone()])
                || (text.get(narrow).is_some_and(|byte| b"&<>{}|".contains(byte))
                    && starts_line(text, key.start)
                    && ends_line(text, wide))
        }
        Separator::Spaced | Separator::Colon { quoted: false } => starts_line(text, key.start),
        Separator::Blank | Separator::Field | Separator::Prose => true,
        _ => false,
    };
    if wide > narrow && may_be_wide && !(is_code_next && is_word(&text[at..narrow])) {
        let end = trimmed(text, at, wide);
        let form = if end == wide && ends_line(text, wide) || place.separator != Separator::Spaced {
            Form::Plain
        } else {
            Form::Loose
        };
        return (end > at).then_some(Value { range: at..end, form });
    }
    if is_code_next {
        return None;
    }
    let next = text.get(skip_blank(text, narrow)).copied().unwrap_or(b'\n');
    let form = match place.separator {
        Separator::Field => Form::Plain,
        _ if matches!(next, b',' | b')' | b']' | b'}') => Form::Loose,
        Separator::Tight | Separator::Blank | Separator::Prose => Form::Plain,
        Separator::Colon { quoted: false } if next != b';' => Form::Plain,
        Separator::Spaced if matches!(next, b'\n' | b'\r' | b'#') && starts_line(text, key.start) => Form::Plain,
        _ => Form::Loose,
    };
    let end = trimmed(text, at, narrow);
    (end > at && end < at + LONGEST).then_some(Value { range: at..end, form })
}

/// The end of a value without what follows it: the rest of a list or of a query, and punctuation.
fn trimmed(text: &[u8], start: usize, end: usize) -> usize {
    // `…</td>`, `…&#10;`
    let is_tail = |at: &usize| matches!(text[start + at..end], [b'<', b'/', ..] | [b'&', b'#', b'1', ..]);
    let mut end = memchr::memchr2_iter(b'<', b'&', &text[start..end]).find(is_tail).map_or(end, |at| start + at);
    // `A=b,C=d`, `a=b&c=d`, `a=b;c=d`
    if let Some(next) = text[start..end].iter().position(|byte| b",;&|".contains(byte)) {
        let name = &text[start + next + 1..end];
        let len = name.iter().take(64).take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte)).count();
        if len > 1 && name.get(len) == Some(&b'=') {
            end = start + next;
        }
    }
    while end > start && matches!(text[end - 1], b',' | b';' | b'.' | b':' | b'&' | b'|') {
        end -= 1;
    }
    let is_lone = |close: u8, open: u8| text[end - 1] == close && !text[start..end].contains(&open);
    if end > start && (is_lone(b')', b'(') || is_lone(b']', b'[') || is_lone(b'}', b'{') || is_lone(b'>', b'<')) {
        end -= 1;
    }
    end
}

/// Whether a key is written as variables of an environment are.
pub(super) fn is_environment(name: &[u8]) -> bool {
    name.iter().any(u8::is_ascii_uppercase)
        && !name.iter().any(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'.'))
}

fn ends_line(text: &[u8], at: usize) -> bool {
    matches!(text.get(skip_blank(text, at)), None | Some(b'\n' | b'\r' | b'#' | b'\\' | b'"' | b'\''))
}

/// Whether it could be the name of a function, a type or a variable.
fn is_word(value: &[u8]) -> bool {
    value.first().is_none_or(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.:".contains(byte))
}
