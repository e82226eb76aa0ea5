//! Tables: the cells below a head that names a secret, in CSV, Markdown, and what databases print.

use std::ops::Range;

use super::key::{self, KeyKind};

/// Rows are read so far behind their head: less than a block's margin, so that every block sees the head of what it owns.
pub(super) const REACH: usize = 16 * 1024;

/// No head is longer, nor has more columns.
const LONGEST_HEAD: usize = 1024;
pub(super) const MOST_COLUMNS: usize = 64;

/// What stands between cells.
const DELIMITERS: &[u8] = b",;\t|";

/// What was read of a table.
#[derive(Debug)]
pub(super) struct Table {
    /// The cells below heads that name secrets.
    pub(super) cells: Vec<(KeyKind, Range<usize>)>,
    /// Up to here the text has been read for tables.
    pub(super) end: usize,
}

/// Whether the name at `key` may fill a cell, or end one: the bytes around it say so.
pub(super) fn is_cell(text: &[u8], key: &Range<usize>) -> bool {
    let is_filler = |byte: &&u8| matches!(byte, b' ' | b'"');
    let next = text[key.end..].iter().take(32).find(|byte| !is_filler(byte));
    let before = text[..key.start].iter().rev().take(32).find(|byte| !is_filler(byte));
    let is_delimiter = |byte: &u8| DELIMITERS.contains(byte);
    let closes = next.is_none_or(|byte| is_delimiter(byte) || matches!(byte, b'\n' | b'\r'));
    let opens = before.is_none_or(|byte| is_delimiter(byte) || *byte == b'\n' || byte.is_ascii_alphabetic());
    closes && opens
}

/// The table whose head holds the name at `key`; without cells where that line is no head.
pub(super) fn read(text: &[u8], key: &Range<usize>) -> Table {
    let head = line_around(text, key);
    match columns(text, &head) {
        Some((delimiter, columns)) => below(text, head.end, delimiter, &columns),
        None => Table { cells: Vec::new(), end: head.end },
    }
}

/// The rows below a head that ends at `end`, whose columns are known.
pub(super) fn below(text: &[u8], end: usize, delimiter: u8, columns: &[Option<KeyKind>]) -> Table {
    let mut table = Table { cells: Vec::new(), end };
    table.read_rows(text, delimiter, columns);
    table
}

impl Table {
    fn read_rows(&mut self, text: &[u8], delimiter: u8, columns: &[Option<KeyKind>]) {
        let limit = text.len().min(self.end + REACH);
        while self.end < limit {
            let start = self.end + 1;
            let Some(len) = memchr::memchr(b'\n', text.get(start..limit).unwrap_or_default()) else {
                // The last row of the text has no line end; one beyond reach is not cut.
                if limit == text.len() {
                    self.read_row(text, start..limit, delimiter, columns);
                }
                return;
            };
            if !self.read_row(text, start..start + len, delimiter, columns) {
                return;
            }
            self.end = start + len;
        }
    }

    /// Reads one row; `false` where the line is none.
    fn read_row(&mut self, text: &[u8], line: Range<usize>, delimiter: u8, columns: &[Option<KeyKind>]) -> bool {
        // `|---|:--:|`, `----+----`
        if text[line.clone()].iter().all(|byte| b"|-+: \r".contains(byte)) && !line.is_empty() {
            return true;
        }
        let cells = split(text, &line, delimiter);
        if cells.len() != columns.len() {
            return false;
        }
        let named = columns.iter().zip(cells).filter_map(|(kind, cell)| Some(((*kind)?, cell)));
        self.cells.extend(named.filter(|(_, cell)| !cell.is_empty()));
        true
    }
}

/// The line around a name, as far as a head may reach.
fn line_around(text: &[u8], key: &Range<usize>) -> Range<usize> {
    let floor = key.start.saturating_sub(LONGEST_HEAD);
    let start = memchr::memrchr(b'\n', &text[floor..key.start]).map_or(floor, |end| floor + end + 1);
    let rest = &text[key.end..text.len().min(key.end + LONGEST_HEAD)];
    start..key.end + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

/// What the columns of a head hold. A head is the first line of its table and consists of names, one of a secret among them.
fn columns(text: &[u8], head: &Range<usize>) -> Option<(u8, Vec<Option<KeyKind>>)> {
    let is_line = head.len() <= LONGEST_HEAD && (head.start == 0 || text[head.start - 1] == b'\n');
    let delimiter = *text[head.clone()].iter().find(|byte| DELIMITERS.contains(byte)).filter(|_| is_line)?;
    let above = &text[head.start.saturating_sub(LONGEST_HEAD)..head.start.saturating_sub(1)];
    let above = &above[memchr::memrchr(b'\n', above).map_or(0, |end| end + 1)..];
    let cells = split(text, head, delimiter);
    let is_edge = |at: usize| delimiter == b'|' && (at == 0 || at + 1 == cells.len());
    let are_names = cells.iter().enumerate().all(|(at, cell)| is_name(&text[cell.clone()]) || is_edge(at));
    if !are_names || !(2..=MOST_COLUMNS).contains(&cells.len()) || above.contains(&delimiter) {
        return None;
    }
    let kind = |cell: &Range<usize>| {
        key::judge(&text[cell.clone()]).filter(|kind| matches!(kind, KeyKind::Password | KeyKind::Token { .. }))
    };
    let columns: Vec<_> = cells.iter().map(kind).collect();
    columns.iter().any(Option::is_some).then_some((delimiter, columns))
}

/// Whether a cell of a head is a name: a few words.
fn is_name(cell: &[u8]) -> bool {
    cell.first().is_some_and(u8::is_ascii_alphabetic)
        && cell.len() <= 40
        && cell.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-. ".contains(byte))
        && memchr::memchr_iter(b' ', cell).count() < 4
}

/// The cells of a line, without the blanks and quotes around them.
fn split(text: &[u8], line: &Range<usize>, delimiter: u8) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut start = line.start;
    while cells.len() <= MOST_COLUMNS {
        let end = cell_end(text, start..line.end, delimiter);
        cells.push(trimmed(text, start..end));
        if end == line.end {
            break;
        }
        start = end + 1;
    }
    cells
}

/// Where the cell that begins `rest` ends. In quotes, a delimiter is none, and `""` is a quote.
fn cell_end(text: &[u8], rest: Range<usize>, delimiter: u8) -> usize {
    let mut at = rest.start;
    while text.get(at) == Some(&b'"') && at < rest.end {
        at = memchr::memchr(b'"', &text[at + 1..rest.end]).map_or(rest.end, |close| at + close + 2);
    }
    memchr::memchr(delimiter, &text[at..rest.end]).map_or(rest.end, |len| at + len)
}

fn trimmed(text: &[u8], cell: Range<usize>) -> Range<usize> {
    let blank = |range: Range<usize>| {
        let bytes = &text[range.clone()];
        let start = range.end - bytes.trim_ascii_start().len();
        start..start + bytes.trim_ascii().len()
    };
    let cell = blank(cell);
    match &text[cell.clone()] {
        [open @ (b'"' | b'\'' | b'`'), .., close] if open == close => cell.start + 1..cell.end - 1,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_below_their_heads() {
        for (text, expected) in [
            ("user,password,role\nbob,a1,x\nmia,\"b,\"\"2\",y\n", &["a1", "b,\"\"2"][..]),
            ("\"user\";\"password\"\n\"bob\";\"a1\"", &["a1"]),
            ("name\tapi_key\nx\ta1\n\nx\tno\n", &["a1"]),
            ("text\n\n| user | password |\n|---|---|\n| bob | `a1` |\n\nmore | no\n", &["a1"]),
            (" user | password \n------+----------\n bob  | a1\n(1 row)\n", &["a1"]),
            ("Account,Login Name,Login Password\r\nx,y,a1\r\n", &["a1"]),
            ("password,token\na1,b2\n", &["a1", "b2"]),
            ("user,password\nbob,a1,x\n", &[]),
            ("see user, password, (role)\nbob,a1,x\n", &[]),
            ("a,b,c\nuser,password,role\nbob,a1,x\n", &[]),
            ("password\na1\n", &[]),
            ("user,password\n", &[]),
        ] {
            let bytes = text.as_bytes();
            let at = text.to_ascii_lowercase().find("password").or_else(|| text.find("api_key")).expect("each has one");
            let key = at..at + if bytes[at] == b'a' { 7 } else { 8 };
            let cells = if is_cell(bytes, &key) { read(bytes, &key).cells } else { Vec::new() };
            let cells: Vec<_> = cells.into_iter().map(|(_, range)| &text[range]).collect();
            assert_eq!(cells, expected, "{text}");
        }
    }
}
