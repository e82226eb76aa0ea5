//! Records of connections: lines of a `.pgpass`, strings of `Name=value;` pairs.

use std::ops::Range;

/// No line of a `.pgpass` is longer.
const LONGEST: usize = 512;

/// The password of the line `host:port:database:user:password` around `at`, and where that line ends. It consists of these five fields.
pub(super) fn pgpass(text: &[u8], at: usize) -> (Option<Range<usize>>, usize) {
    let before = &text[at.saturating_sub(LONGEST)..at];
    let start =
        at - before.iter().rev().take_while(|byte| byte.is_ascii_graphic() && !b"\"'=,;()<>{}/".contains(byte)).count();
    let rest = &text[start..text.len().min(at + LONGEST)];
    let end = start + rest.iter().position(|&byte| byte <= b' ' || matches!(byte, b'"' | b'\'')).unwrap_or(rest.len());
    let opens = start == 0 || matches!(text[start - 1], b'\n' | b'"' | b'\'');
    let closes = matches!(text.get(end), None | Some(b'\n' | b'\r' | b'"' | b'\''));
    (if opens && closes { last_field(text, start..end) } else { None }, end)
}

/// The last of five fields, where the first four are a host, a port, a database and a user.
fn last_field(text: &[u8], line: Range<usize>) -> Option<Range<usize>> {
    let mut fields = [line.start; 5];
    let mut field = 0;
    let mut escaped = false;
    for (index, &byte) in text[line.clone()].iter().enumerate() {
        if byte == b':' && !escaped {
            field += 1;
            // A colon in the password would be escaped: lines of `passwd` and names of resources have more fields.
            *fields.get_mut(field)? = line.start + index + 1;
        }
        escaped = byte == b'\\' && !escaped;
    }
    if field < 4 || fields[4] >= line.end {
        return None;
    }
    let part = |index: usize| &text[fields[index]..fields[index + 1] - 1];
    let is_port =
        part(1) == b"*" || (!part(1).is_empty() && part(1).len() <= 5 && part(1).iter().all(u8::is_ascii_digit));
    let is_name = |name: &[u8]| {
        !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-.*@+$\\".contains(byte))
    };
    let is_resource = matches!(part(0), b"arn" | b"urn");
    let is_number = |name: &[u8]| name.iter().all(u8::is_ascii_digit);
    let is_line = is_port && !is_resource && !is_number(part(3)) && [0, 2, 3].map(part).into_iter().all(is_name);
    is_line.then_some(fields[4]..line.end)
}

/// Names of the pairs that stand beside a password in a connection string.
const FIELDS: &[&str] = &[
    "server",
    "data source",
    "datasource",
    "address",
    "addr",
    "network address",
    "host",
    "port",
    "database",
    "initial catalog",
    "uid",
    "user",
    "user id",
    "userid",
    "username",
    "user name",
    "driver",
    "provider",
    "persist security info",
    "integrated security",
    "trusted_connection",
    "encrypt",
    "pooling",
    "dsn",
    "dbq",
    "accountname",
    "endpoint",
    "timeout",
    "connection timeout",
    "connect timeout",
    "multipleactiveresultsets",
    "application name",
    "sslmode",
    "trustservercertificate",
    "ssl mode",
    "charset",
    "databasename",
    "min pool size",
    "max pool size",
    "dbname",
];

/// Where the value ends of a field of a connection string that begins at `value`; `None` where no neighbour is a field of one.
pub(super) fn connection_field(text: &[u8], key: usize, value: usize) -> Option<usize> {
    let rest = &text[value..text.len().min(value + 256)];
    let end = value
        + rest.iter().position(|byte| matches!(byte, b';' | b'"' | b'\'' | b'\n' | b'\r' | b'<')).unwrap_or(rest.len());
    // A pair ends with its semicolon. `PWD=/srv ; USER=root` is how sudo logs a command.
    if text[value..end].ends_with(b" ") {
        return None;
    }
    let before = &text[key.saturating_sub(96)..key].trim_ascii_end();
    let previous = before
        .strip_suffix(b";")
        .or_else(|| before.strip_suffix(b"; \" & \""))
        .or_else(|| before.strip_suffix(b"; \" + \""));
    let neighbours = [
        previous.map(|before| name_of(before, true)),
        (text.get(end) == Some(&b';')).then(|| name_of(&text[end + 1..text.len().min(end + 48)], false)),
    ];
    let is_field = |name: &[u8]| FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field.as_bytes()));
    neighbours.into_iter().flatten().any(is_field).then_some(end)
}

/// Whom and what a connection string names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Record<'t> {
    /// Empty where it names none.
    pub(super) user: &'t [u8],
    /// Empty where it names none.
    pub(super) server: &'t [u8],
}

/// The connection string around a field that begins at `key` and ends at `end`.
pub(super) fn around(text: &[u8], key: usize, end: usize) -> Record<'_> {
    let is_edge = |byte: &u8| matches!(byte, b'"' | b'\'' | b'\n' | b'<');
    let before = &text[key.saturating_sub(256)..key];
    let before = &before[before.iter().rposition(is_edge).map_or(0, |edge| edge + 1)..];
    let after = &text[end..text.len().min(end + 256)];
    let after = &after[..after.iter().position(is_edge).unwrap_or(after.len())];
    let value = |names: &[&str]| {
        let pairs = before.split(|byte| *byte == b';').chain(after.split(|byte| *byte == b';'));
        let named = |pair: &&[u8]| {
            let name = pair[..memchr::memchr(b'=', pair).unwrap_or(0)].trim_ascii();
            names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        };
        let mut found = pairs.filter(named).map(|pair| pair.splitn(2, |byte| *byte == b'=').last().unwrap_or_default());
        found.next().unwrap_or_default().trim_ascii()
    };
    Record {
        user: value(&["uid", "user", "user id", "userid", "username", "user name"]),
        server: value(&["server", "data source", "datasource", "address", "addr", "host", "network address"]),
    }
}

/// The name of the last pair of `text`, or of the first.
fn name_of(text: &[u8], last: bool) -> &[u8] {
    let pair =
        if last { text.rsplit(|byte| matches!(byte, b';' | b'"' | b'\'' | b':' | b'?')).next() } else { Some(text) };
    let pair = pair.unwrap_or_default();
    pair[..memchr::memchr(b'=', pair).unwrap_or(0)].trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_pgpass_have_five_fields() {
        let word = ["s3", "cr3t"].concat();
        for (line, holds) in [
            ("db.io#app:me:%", true),
            ("x\n*#*:me:%\ny", true),
            ("db#app:me:a\\:%", true),
            ("db#app:%", false),
            ("see db#app:me:%", false),
            ("db#app:me:% or", false),
            ("http://db#app:me:%", false),
            ("x#0:0:%:/sbin:/bin/sh", false),
            ("x#0:0:%", false),
            ("arn#ec2:eu:%", false),
        ] {
            let line = line.replace('%', &word).replace('#', ":5432:");
            let found = pgpass(line.as_bytes(), line.find(":5432:").expect("each has one")).0.map(|range| &line[range]);
            assert_eq!(found.is_some_and(|found| found.ends_with(&word)), holds, "{line}");
        }
    }

    #[test]
    fn records_name_users_and_servers() {
        let text = b"c = \"Data Source=db.io,1433; User ID = me;Pwd=%;x=y\"";
        let key = text.iter().position(|byte| *byte == b'P').expect("it has one");
        assert_eq!(around(text, key, key + 5), Record { user: b"me", server: b"db.io,1433" });
        assert_eq!(around(b"Pwd=%;Server=x", 0, 5), Record { user: b"", server: b"x" });
    }

    #[test]
    fn fields_have_neighbours() {
        let word = ["p w", "<1"].concat();
        for (before, after, holds) in [
            ("Server=x;Uid=me;", ";", true),
            ("", "; Database=x", true),
            ("a=b;", ";", false),
            ("", "", false),
            ("say: ", ";", false),
            ("", " ; User=x", false),
        ] {
            let text = [before, "Pwd=", &word[..3], after].concat();
            let key = before.len();
            assert_eq!(connection_field(text.as_bytes(), key, key + 4).is_some(), holds, "{text}");
        }
    }
}
