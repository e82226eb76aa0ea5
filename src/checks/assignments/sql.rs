//! Statements of SQL: passwords of accounts, and rows that are inserted below the names of their columns.

use std::ops::Range;

use super::key::{self, KeyKind};
use super::place::{skip_blank, skip_space};
use super::quote::Quote;
use super::table::{self, MOST_COLUMNS, REACH, Table};

/// A list of columns is read so far, and a statement's head before it.
const LONGEST_HEAD: usize = 1024;

/// The password of an account: `IDENTIFIED BY '…'`, `IDENTIFIED BY PASSWORD '…'`; the one of a database: `PRAGMA key = '…'`.
pub(super) fn password(text: &[u8], anchor: &Range<usize>) -> Option<Range<usize>> {
    if text[anchor.clone()].eq_ignore_ascii_case(b"identified by") && !follows_account(&text[..anchor.start]) {
        return None;
    }
    let mut at = skip_blank(text, anchor.end);
    if starts_with(&text[at..], b"password") {
        at = skip_blank(text, at + 8);
    } else if text.get(at) == Some(&b'=') {
        at = skip_blank(text, at + 1);
    }
    let open = Quote::at(text, at).filter(|_| text[at] != b'`')?;
    let start = at + open.len();
    let end = open.close(text, start, text.len().min(start + 256))?;
    let is_hash = text[start..end].starts_with(b"*") && end - start == 41;
    (!is_hash).then_some(start..end)
}

/// Whether a statement ends in an account: `CREATE USER x`, `GRANT … TO x`, `'x'@'%'`. Prose has things identified by others, too.
fn follows_account(text: &[u8]) -> bool {
    const REACH: usize = 160;
    let mut words =
        text[text.len().saturating_sub(REACH)..].rsplit(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (Some(account), Some(before)) = (words.next(), words.next()) else { return false };
    account.iter().any(|byte| b"@'\"`".contains(byte))
        || before.ends_with(b",")
        || [&b"user"[..], b"role", b"to", b"exists"].iter().any(|word| before.eq_ignore_ascii_case(word))
}

/// The values that `INSERT INTO t (a, b) VALUES ('…', '…'), …` gives to columns of secrets; `at` is where the table is named.
pub(super) fn inserted(text: &[u8], at: usize) -> Vec<(KeyKind, Range<usize>)> {
    read_inserted(text, at).unwrap_or_default()
}

fn read_inserted(text: &[u8], at: usize) -> Option<Vec<(KeyKind, Range<usize>)>> {
    let (columns, end) = columns(text, at)?;
    let mut at = skip_space(text, end);
    starts_with(&text[at..], b"values").then_some(())?;
    at += b"values".len();
    // Up to the next statement, so that nothing is read twice.
    let text = &text[..end_of_statement(text, at)];
    let mut found = Vec::new();
    loop {
        at = skip_space(text, at);
        if text.get(at) != Some(&b'(') {
            return Some(found);
        }
        for column in &columns {
            let Some(value) = value(text, skip_space(text, at + 1)) else { return Some(found) };
            at = value.next;
            found.extend(column.zip(value.literal));
        }
        at = skip_space(text, at + 1);
        at += usize::from(text.get(at) == Some(&b','));
    }
}

/// One value of a row.
struct Value {
    /// What stands in its quotes.
    literal: Option<Range<usize>>,
    /// The comma or bracket behind it.
    next: usize,
}

fn value(text: &[u8], at: usize) -> Option<Value> {
    // `N'…'`, `E'…'`
    let prefix = usize::from(text.get(at).is_some_and(u8::is_ascii_alphabetic) && text.get(at + 1) == Some(&b'\''));
    let Some(open) = Quote::at(text, at + prefix) else {
        // A number, NULL, a call without arguments.
        let len = text.get(at..)?.iter().position(|byte| matches!(byte, b',' | b')' | b'\n' | b'\''))?;
        let is_call = text[..at + len].ends_with(b"(");
        return ends_value(text, at + len + usize::from(is_call)).map(|next| Value { literal: None, next });
    };
    let start = at + prefix + open.len();
    let mut end = open.close(text, start, text.len())?;
    // A quote is doubled within.
    while open.len() == 1 && text.get(end + 1) == Some(&text[end]) {
        end = open.close(text, end + 2, text.len())?;
    }
    ends_value(text, end + open.len()).map(|next| Value { literal: Some(start..end), next })
}

/// Where the comma or bracket stands that ends a value, blanks before it.
fn ends_value(text: &[u8], at: usize) -> Option<usize> {
    let next = skip_space(text, at);
    matches!(text.get(next), Some(b',' | b')')).then_some(next)
}

/// Where the next statement that inserts begins, within reach.
fn end_of_statement(text: &[u8], at: usize) -> usize {
    let rest = &text[at..text.len().min(at + REACH)];
    let next = memchr::memchr2_iter(b'i', b'I', rest).find(|&next| starts_with(&rest[next..], b"insert into"));
    at + next.unwrap_or(rest.len())
}

/// The rows below `COPY t (a, b) FROM stdin;`; `anchor` is the end of that line.
pub(super) fn copied(text: &[u8], anchor: &Range<usize>) -> Option<Table> {
    let from = anchor.start.saturating_sub(LONGEST_HEAD);
    let start = memchr::memrchr(b'\n', &text[from..anchor.start]).map_or(from, |end| from + end + 1);
    starts_with(&text[start..], b"copy ").then_some(())?;
    let (columns, end) = columns(text, start + b"copy ".len())?;
    (skip_blank(text, end) == anchor.start && text.get(anchor.end) == Some(&b'\n')).then_some(())?;
    Some(table::below(text, anchor.end, b'\t', &columns))
}

/// What the columns hold that stand in brackets behind a table's name at `at`, where one of them is a secret, and the end of the list.
fn columns(text: &[u8], at: usize) -> Option<(Vec<Option<KeyKind>>, usize)> {
    let head = &text[at..text.len().min(at + LONGEST_HEAD)];
    let open = memchr::memchr(b'(', head)?;
    let close = open + memchr::memchr(b')', &head[open..])?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-`\"[] \t\r\n".contains(byte) || !byte.is_ascii();
    let names: Vec<_> = head[open + 1..close].split(|byte| *byte == b',').collect();
    let are_names = head[..open].iter().chain(names.iter().copied().flatten()).all(is_name);
    (are_names && names.len() <= MOST_COLUMNS).then_some(())?;
    let kind = |name: &&[u8]| {
        let name = name.trim_ascii();
        let name = name.strip_prefix(b"`").or(name.strip_prefix(b"\"")).or(name.strip_prefix(b"[")).unwrap_or(name);
        let len = name.iter().position(|byte| b"`\"]".contains(byte)).unwrap_or(name.len());
        key::judge(&name[..len]).filter(|kind| matches!(kind, KeyKind::Password | KeyKind::Token { .. }))
    };
    let columns: Vec<_> = names.iter().map(kind).collect();
    columns.iter().any(Option::is_some).then_some((columns, at + close + 1))
}

fn starts_with(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_inserted_below_names_of_columns() {
        for (text, expected) in [
            (" users (name, password) VALUES ('me', '~1');", &["~1"][..]),
            (" `u` (`id`,`password`,`token`)\nVALUES\n(1,'~1','~2'),\n(NULL,'~3', '~4');", &["~1", "~2", "~3", "~4"]),
            (" [dbo].[u] ([password]) values (N'~1')", &["~1"]),
            (" u (at, password) VALUES (NOW(), '~1')", &["~1"]),
            (" u (password) VALUES ('~1'), (f('~2'))", &["~1"]),
            (" u (name, password) VALUES ('it''s', '~1')", &["~1"]),
            (" u (name, password) VALUES (x || 'y', '~1')", &[]),
            (" u (password) SELECT '~1'", &[]),
            (" u (name) VALUES ('~1')", &[]),
            (" u VALUES (1, '~1')", &[]),
            (" u (password) VALUES (\nINSERT INTO u (password) VALUES ('~1')", &[]),
            (" one's mind (password) VALUES ('~1')", &[]),
            ("", &[]),
        ] {
            let found = inserted(text.as_bytes(), 0);
            let found: Vec<_> = found.into_iter().map(|(_, range)| &text[range]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn rows_are_copied_below_names_of_columns() {
        for (text, expected) in [
            ("x\nCOPY public.u (id, api_key) # stdin;\n1\t~1\n2\t~2\n\\.\n3\t~3\n", &["~1", "~2"][..]),
            ("COPY u (id, name) # stdin;\n1\t~1\n", &[]),
            ("COPY u (password) # stdin; x\n~1\n", &[]),
            ("we copy u (id, password) # stdin;\n1\t~1\n", &[]),
        ] {
            let text = text.replace('#', "FROM");
            let at = text.find("FROM").expect("each has one");
            let table = copied(text.as_bytes(), &(at..at + "from stdin;".len()));
            let found: Vec<_> =
                table.iter().flat_map(|table| &table.cells).map(|(_, range)| &text[range.clone()]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
