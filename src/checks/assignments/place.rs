//! Places: where the value of a key begins, in any of the dialects that assign.

use super::key::Key;
use super::quote::Quote;
use crate::checks::filters;

/// White space between key, separator and value: at most so many bytes.
const GAP: usize = 96;

/// What stands between a key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// `=` and its kin, without white space before it.
    Tight,
    /// `=` and its kin with white space before it; `:=`.
    Spaced,
    /// `:`. `quoted` where the key is in quotes.
    Colon { quoted: bool },
    /// White space behind a flag, or in a `.netrc`.
    Blank,
    /// The end of a tag.
    Tag,
    /// A field `value` beside the field that holds the name.
    Field,
    /// `,`, `(`, `==`, `||`, `is`: what follows may be anything.
    Loose,
    /// Nothing: the word stands in a sentence, and the next one may be its value.
    Prose,
}

/// Where a value begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) at: usize,
    pub(super) separator: Separator,
    /// Whether only a quoted value counts here.
    pub(super) needs_quote: bool,
}

/// Where the value of `key` begins; `None` where nothing is assigned. Most keys of running text end here.
pub(super) fn of(text: &[u8], key: &Key) -> Option<Place> {
    let mut at = key.range.end;
    let closing = Quote::at(text, at);
    at += closing.map_or(0, Quote::len);
    let quoted = closing.is_some();
    // `env['KEY'] =`, `[KEY] =>`, `**Password**:`
    let in_brackets = quoted || text[..key.range.start].ends_with(b"[");
    at += text
        .get(at..)?
        .iter()
        .take(3)
        .take_while(|&&byte| byte == b'*' || in_brackets && matches!(byte, b']' | b')'))
        .count();
    let gap = skip_blank(text, at);
    let is_apart = gap > at;
    let place = |len: usize, separator, needs_quote| Some(Place { at: gap + len, separator, needs_quote });
    let equals = if is_apart { Separator::Spaced } else { Separator::Tight };
    if text[..key.range.start].ends_with(b"${") {
        // `${NAME:-default}`, and Spring's `${name:default}`
        return match text.get(at..)? {
            [b':', b'-' | b'=', ..] => place(2, Separator::Field, false),
            [b':' | b'-' | b'=', ..] => place(1, Separator::Field, false),
            _ => None,
        };
    }
    match text.get(gap..)? {
        [b'=' | b'!', b'=', b'=', ..] => place(3, Separator::Loose, true),
        [b'=' | b'!', b'=', ..] | [b'|', b'|', ..] | [b'?', b'?' | b':', ..] => place(2, Separator::Loose, true),
        [b':' | b'?' | b'+' | b'.', b'=', ..] | [b'=', b'>', ..] | [b'<', b'-', ..] => {
            place(2, Separator::Spaced, false)
        }
        [b'=', b'3', b'D', ..] if !is_apart => place(3, equals, false),
        [b'=', ..] => place(1, equals, false),
        [b':', b':', b'=', ..] => place(3, Separator::Spaced, false),
        [b':', b':', b':', b'=', ..] => place(4, Separator::Spaced, false),
        [b':', ..] => colon(text, key, gap, quoted),
        // A colon as wide as Chinese characters.
        [0xEF, 0xBC, 0x9A, ..] => place(3, Separator::Colon { quoted }, false),
        // `--parameters ParameterKey=KEY,ParameterValue=…`
        [b',', rest @ ..] if rest.starts_with(b"ParameterValue=") => place(16, Separator::Field, false),
        // A command line of `/proc`.
        [0, ..] if key.is_flag && !is_apart => place(1, Separator::Blank, false),
        // `"type": "api_key", "key": "…"`
        [b',', ..] if quoted => value_field(text, gap + 1)
            .or_else(|| field(text, gap + 1, b"key"))
            .or_else(|| member(text, gap + 1, b')', b"default"))
            // `["--password", "…"]`
            .or_else(|| place(1, if key.is_flag { Separator::Field } else { Separator::Loose }, true))
            .filter(|_| !ends_generated(text, key)),
        // Variables of Terraform: `variable "KEY" { default = "…" }`
        [b'{', ..] if quoted && is_apart => member(text, gap + 1, b'}', b"default"),
        [b'(', ..] if !is_apart => place(1, Separator::Loose, true),
        [b'(', rest @ ..] => colon(text, key, gap + 1 + remark(rest)?, quoted),
        // PHP: s:8:"password";s:7:"…"
        [b';', b's', b':', rest @ ..] if quoted => {
            let digits = rest.iter().take(5).take_while(|byte| byte.is_ascii_digit()).count();
            (rest.get(digits) == Some(&b':')).then_some(())?;
            place(digits + 4, Separator::Field, true)
        }
        // `<user>:<password>@host` is a template.
        [b'>', b'@', ..] => None,
        [b'>', ..] if !is_apart && (quoted && is_attribute(text, key) || is_tag(text, key)) => {
            place(1, Separator::Tag, false)
        }
        [b'<', b'/', ..] => tag_after(text, gap),
        [b'i', b's', b' ' | b':', ..] if is_apart => place(3, Separator::Loose, false),
        [b'f', b'o', b'r', b' ', rest @ ..] if is_apart => {
            place(4 + owned(rest)?, Separator::Colon { quoted: false }, false)
        }
        [b'|', b' ', ..] if is_apart => place(1, Separator::Loose, false),
        // A form's field: `name="KEY"`, an empty line, the value.
        [b'\r', b'\n', b'\r', b'\n', ..] if text[..key.range.start].ends_with(b"name=\"") => {
            place(4, Separator::Field, false)
        }
        [b'\r' | b'\n', ..] | [b'\\', b'n' | b'r', ..] => value_field(text, gap),
        [b'v' | b'V', ..] if is_apart && quoted => value_field(text, gap),
        _ if is_apart => blank(text, key, gap),
        _ => None,
    }
}

/// Digits of an account of AWS. No line has such a number.
const ACCOUNT: usize = 12;

/// Whether the key is the end of a generated string: in a list of such, one in thousands ends in `…/+Qpwd`.
fn ends_generated(text: &[u8], key: &Key) -> bool {
    const REACH: usize = 64;
    /// Names are made of short words, and the model need not know them.
    const LEAST: usize = 20;
    let from = key.range.start.saturating_sub(REACH);
    let is_of = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let before = text[from..key.range.start].iter().rev().take_while(|byte| is_of(byte)).count();
    let whole = key.range.start - before..key.range.end;
    whole.len() >= LEAST && filters::is_generated(&text[whole])
}

/// Where the colon stands behind a remark on the key: `Password (temporary): …`.
fn remark(text: &[u8]) -> Option<usize> {
    const LONGEST: usize = 24;
    let end = text.iter().take(LONGEST).position(|byte| matches!(byte, b')' | b'\n'))?;
    text[end..].starts_with(b"):").then_some(end + 1)
}

/// Where the value begins behind the colon at `at`.
fn colon(text: &[u8], key: &Key, at: usize, quoted: bool) -> Option<Place> {
    let before = &text[..key.range.start];
    let rest = &text[at + 1..];
    let is_path = rest.starts_with(b":") || rest.starts_with(b"//");
    // `"Acme::Gateway::ApiKey": "…"`: the name of a type.
    let is_type = quoted && before.ends_with(b"::");
    // `arn:aws:secretsmanager:eu:111122223333:secret:name`, `user:pass:host`: a field among others, unless a line's number stands before.
    let number =
        before.strip_suffix(b":").map_or(0, |head| head.iter().rev().take_while(|byte| byte.is_ascii_digit()).count());
    let is_field = !quoted
        && at == key.range.end
        && rest.first().is_some_and(|byte| *byte > b' ')
        && (number >= ACCOUNT || matches!(before, [.., last, b':'] if last.is_ascii_alphabetic() || *last == b'*'));
    // `man/chpasswd.8: changed` is said of a file.
    let is_file = !quoted && before.ends_with(b"/") && matches!(text[key.range.clone()], [.., b'.', b'1'..=b'9']);
    // `'Password: '` is a string of its own.
    let is_string = !quoted
        && matches!((before, rest.trim_ascii_start()), ([.., open @ (b'"' | b'\'')], [close, ..]) if open == close);
    if is_path || is_type || is_field || is_file || is_string {
        return None;
    }
    if let Some(len) = declared(rest) {
        return Some(Place { at: at + 1 + len, separator: Separator::Spaced, needs_quote: true });
    }
    let value = skip_blank(text, at + 1);
    // Outputs of Terraform: `"KEY": { "value": "…" }`
    let output = if quoted && text.get(value) == Some(&b'{') { member(text, value + 1, b'}', b"value") } else { None };
    output.or(Some(Place { at: at + 1, separator: Separator::Colon { quoted }, needs_quote: false }))
}

/// The length of the name and the colon, in `password for NAME: …`.
fn owned(rest: &[u8]) -> Option<usize> {
    const LONGEST_NAME: usize = 48;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.@'\"`/ ".contains(byte);
    let len = rest.iter().take(LONGEST_NAME).take_while(|byte| is_name(byte)).count();
    let blanks = memchr::memchr_iter(b' ', &rest[..len]).count();
    matches!(rest[len..], [b':', b' ', ..]).then_some(len + 1).filter(|_| len > 0 && blanks < 3)
}

/// White space that separates: behind flags, in `.netrc`, in SQL, before attributes, before a type.
fn blank(text: &[u8], key: &Key, gap: usize) -> Option<Place> {
    let name = &text[key.range.clone()];
    let place = |at, separator, needs_quote| Some(Place { at, separator, needs_quote });
    if key.is_flag || name.eq_ignore_ascii_case(b"bearer") {
        return place(gap, Separator::Blank, false);
    }
    if is_set(&text[..key.range.start]) || (DIRECTIVES.contains(&name) && starts_line(text, key.range.start)) {
        return place(gap, Separator::Blank, false);
    }
    let is_password = name.eq_ignore_ascii_case(b"password") || name.eq_ignore_ascii_case(b"passwd");
    if is_password && follows_login(&text[..key.range.start]) {
        return place(gap, Separator::Blank, false);
    }
    // SQL: … PASSWORD 'x'; Groovy: password "x"
    let first = *text.get(gap)?;
    if first == b'\'' && is_password || matches!(first, b'\'' | b'"') && starts_line(text, key.range.start) {
        return place(gap, Separator::Blank, true);
    }
    let rest = &text[gap..text.len().min(gap + LONGEST_WORD)];
    let next = rest.iter().position(|&byte| byte <= b' ' || matches!(byte, b'=' | b'>')).unwrap_or(rest.len());
    if is_tag(text, key) {
        let close = gap + text[gap..].iter().take(GAP).position(|&byte| matches!(byte, b'>' | b'<'))?;
        let has_attributes = matches!(text[gap..close], [] | [b'/']) || text[gap..close].contains(&b'=');
        return (text[close] == b'>' && has_attributes).then(|| place(close + 1, Separator::Tag, false)).flatten();
    }
    // .NET: <setting name="KEY" serializeAs="String"><value>x
    if is_attribute(text, key) {
        let close = gap + memchr::memchr2(b'>', b'<', &text[gap..text.len().min(gap + GAP)]).unwrap_or(0);
        if text[close] == b'>' {
            let inner =
                close + 1 + text[close + 1..].iter().take(GAP).take_while(|byte| byte.is_ascii_whitespace()).count();
            return text[inner..].starts_with(b"<value>").then(|| place(inner, Separator::Tag, false)).flatten();
        }
    }
    let word = &text[gap..gap + next];
    // Go: token string = "x"
    let sign = skip_blank(text, gap + next);
    if sign > gap + next
        && text.get(sign) == Some(&b'=')
        && text.get(sign + 1) == Some(&b' ')
        && word.iter().all(|byte| byte.is_ascii_alphabetic() || b"*.[]&".contains(byte))
    {
        return place(sign + 1, Separator::Spaced, true);
    }
    let is_wordlike = next < SHORTEST_TOLD || !word.iter().any(u8::is_ascii_digit);
    (!is_wordlike).then(|| place(gap, Separator::Prose, false)).flatten()
}

/// Lines of the configurations of Redis and of LDAP begin with these, and a password follows.
const DIRECTIVES: &[&[u8]] = &[b"requirepass", b"masterauth", b"bindpw", b"rootpw"];

/// Words of a sentence are shorter than a generated value that is told in one.
const SHORTEST_TOLD: usize = 16;
const LONGEST_WORD: usize = 256;

/// Whether the last words are those of a shell that sets a variable with a blank: csh, fish, and files for Docker and Apache.
fn is_set(before: &[u8]) -> bool {
    let before = before[before.len().saturating_sub(12)..].trim_ascii_end();
    [&b"setenv"[..], b"SetEnv", b"\nENV", b"set -x", b"set -gx", b"set -Ux", b"set -xg"]
        .iter()
        .any(|word| before.ends_with(word))
}

/// Whether the last words are `machine HOST`, or `machine HOST login NAME`, or `default login NAME`.
fn follows_login(before: &[u8]) -> bool {
    let before = &before[before.len().saturating_sub(160)..];
    let mut words = before.rsplit(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).skip(1);
    match words.next() {
        // In a sentence, any word may follow a machine.
        Some(b"machine") => machine_starts_line(before),
        Some(b"login" | b"user" | b"account") if !before.trim_ascii_end().ends_with(b"anonymous") => {
            words.next() == Some(b"default") || words.next() == Some(b"machine")
        }
        _ => false,
    }
}

/// Whether the last `machine` is the first word of its line, or of a string.
fn machine_starts_line(before: &[u8]) -> bool {
    let head = memchr::memmem::rfind(before, b"machine").map_or(before, |at| &before[..at]);
    let blanks = head.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let head = &head[..head.len() - blanks];
    !head.last().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b',') || head.ends_with(b"\\n")
}

/// Whether the key is all of an attribute's value: `name="password">`, not the end of an address (`href="…/credential-password">`).
fn is_attribute(text: &[u8], key: &Key) -> bool {
    matches!(text[..key.range.start], [.., b'"' | b'\''])
}

/// Whether the key is the name of an XML element: `<password>`, `<ns:password>`, `<Database.Password>`; no type of a language: `<ns::Password>`.
fn is_tag(text: &[u8], key: &Key) -> bool {
    let before = &text[..key.range.start];
    let prefix = before.iter().rev().take(32).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b':').count();
    let before = &before[..before.len() - prefix];
    // `(?P<password>` names a group of a regex.
    let is_group = before.ends_with(b"(?P<") || before.ends_with(b"(?<");
    let is_type = memchr::memmem::find(&text[before.len()..key.range.start], b"::").is_some();
    !is_group && !is_type && (before.ends_with(b"<") || before.ends_with(b"&lt;"))
}

/// `key</key><string>value`, `<td>key</td><td>value`: the text of the element after the one that holds the key.
fn tag_after(text: &[u8], at: usize) -> Option<Place> {
    let head = &text[at..text.len().min(at + 2 * GAP)];
    let open = memchr::memchr(b'>', head)? + 1;
    let next = skip_space(text, at + open) - at;
    (head.get(next) == Some(&b'<') && head.get(next + 1) != Some(&b'/')).then_some(())?;
    let close = next + memchr::memchr(b'>', &head[next..])? + 1;
    Some(Place { at: at + close, separator: Separator::Tag, needs_quote: false })
}

/// `name: KEY`, then on the same line or the next `value: …`; `key="KEY" value="…"`.
fn value_field(text: &[u8], at: usize) -> Option<Place> {
    field(text, at, b"value")
}

/// The field `name` that is the next one behind `at`.
fn field(text: &[u8], at: usize, name: &[u8]) -> Option<Place> {
    let start = skip_space(text, at);
    let open = Quote::at(text, start).map_or(0, Quote::len);
    let end = start + open + name.len();
    text.get(start + open..end)?.eq_ignore_ascii_case(name).then_some(())?;
    let close = if open > 0 { Quote::at(text, end).map_or(0, Quote::len) } else { 0 };
    let sign = skip_blank(text, end + close);
    matches!(text.get(sign), Some(b':' | b'=')).then_some(Place {
        at: sign + 1,
        separator: Separator::Field,
        needs_quote: false,
    })
}

/// The literal of the member `name` of an object or call that begins at `at`, written before `close` and outside of other objects.
fn member(text: &[u8], at: usize, close: u8, name: &[u8]) -> Option<Place> {
    let head = &text[at..text.len().min(at + 2 * GAP)];
    let head = &head[..memchr::memchr3(close, b'{', b'}', head).unwrap_or(head.len())];
    memchr::memmem::find_iter(head, name).find_map(|found| {
        let is_free = found > 0 && !head[found - 1].is_ascii_alphanumeric() && head[found - 1] != b'_';
        let end = at + found + name.len();
        let sign = skip_blank(text, end + Quote::at(text, end).map_or(0, Quote::len));
        let assigns = matches!(text.get(sign..sign + 2), Some([b':' | b'=', next]) if *next != b'=');
        (is_free && assigns).then_some(Place { at: sign + 1, separator: Separator::Field, needs_quote: true })
    })
}

/// The length of ` Type =` where a declaration says the type between key and value.
fn declared(rest: &[u8]) -> Option<usize> {
    let head = &rest[..rest.len().min(48)];
    let len = head.iter().position(|&byte| !(byte.is_ascii_alphanumeric() || b" &'<>[]?|._".contains(&byte)))?;
    let assigns = head[len] == b'=' && head.get(len + 1) != Some(&b'=') && head[len - len.min(1)] == b' ';
    (assigns && head[..len].iter().any(u8::is_ascii_alphabetic)).then_some(len + 1)
}

/// The first byte from `at` on that is no blank.
pub(super) fn skip_blank(text: &[u8], at: usize) -> usize {
    at + text[at.min(text.len())..].iter().take(GAP).take_while(|&&byte| byte == b' ' || byte == b'\t').count()
}

/// The first byte from `at` on that is no white space, be it written as it is or escaped: `\n`, `\\t`.
pub(super) fn skip_space(text: &[u8], at: usize) -> usize {
    const DEEPEST: usize = 4;
    let limit = text.len().min(at + GAP);
    let mut at = at;
    while at < limit {
        let backslashes = text[at..].iter().take(DEEPEST).take_while(|byte| **byte == b'\\').count();
        match text.get(at + backslashes) {
            Some(byte) if backslashes == 0 && byte.is_ascii_whitespace() => at += 1,
            Some(b'n' | b'r' | b't') if backslashes > 0 => at += backslashes + 1,
            _ => break,
        }
    }
    at
}

/// Whether the key is the first word of its line, but for what marks a list, a comment or a declaration.
pub(super) fn starts_line(text: &[u8], key: usize) -> bool {
    const REACH: usize = 128;
    let before = &text[key.saturating_sub(REACH)..key];
    let line = match memchr::memrchr(b'\n', before) {
        Some(end) => &before[end + 1..],
        None if key <= REACH => before,
        None => return false,
    };
    let line = behind_stamp(behind_gutter(line));
    let marks = line.iter().position(|byte| !b" \t-#;*>+$[".contains(byte)).unwrap_or(line.len());
    // A prefix of the name itself (`spring.datasource.`) belongs to the key already.
    matches!(
        line[marks..].trim_ascii_end(),
        b"" | b"export" | b"set" | b"setenv" | b"ENV" | b"ARG" | b"env" | b"\\n" | b"\"" | b"'"
    )
}

/// A line without the date, the level and the source that a log puts before it: `2026-11-23T10:11:12Z INFO  [worker-3] `.
fn behind_stamp(line: &[u8]) -> &[u8] {
    let is_of_stamp = |word: &[u8]| {
        word.iter().any(u8::is_ascii_digit) || word.starts_with(b"[") || word.iter().all(u8::is_ascii_uppercase)
    };
    let begins = matches!(line, [b'0'..=b'9' | b'[', b'0'..=b'9', ..]);
    let mut rest = line;
    while begins && let Some(blank) = memchr::memchr(b' ', rest) {
        if !is_of_stamp(&rest[..blank]) {
            break;
        }
        rest = rest[blank..].trim_ascii_start();
    }
    rest
}

/// A line without the number that `cat -n`, `grep -n` or an editor's gutter puts before it.
fn behind_gutter(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii_start();
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    // `path/of/file:17:`
    let path = memchr::memchr(b':', line).map_or(0, |colon| colon + 1);
    let numbered = &line[path..];
    let len = digits(numbered);
    if path > 1 && len > 0 && matches!(numbered.get(len), Some(b':' | b'-')) && !line[..path].contains(&b' ') {
        return &numbered[len + 1..];
    }
    let rest = &line[digits(line)..];
    if rest.len() == line.len() {
        return line;
    }
    let is_tab = rest.first() == Some(&b'\t');
    let rest = rest.trim_ascii_start();
    let signs = ["|", ":", "→", "│", "┃"].iter().find_map(|sign| rest.strip_prefix(sign.as_bytes()));
    signs.or(is_tab.then_some(rest)).unwrap_or(line)
}
