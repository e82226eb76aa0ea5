//! User info in URLs: `scheme://user:password@host`.

use std::ops::Range;

/// Scheme, user info and host are read this far.
const LONGEST: usize = 1024;

/// How far behind the first slash a `@` may stand that ends a password with a slash in it.
const BEHIND_SLASH: usize = 64;

/// Schemes of databases and brokers; their URLs are reported under a rule of their own.
const DATABASES: &[&str] = &[
    "postgres",
    "postgresql",
    "mysql",
    "mysql2",
    "mariadb",
    "mongodb",
    "redis",
    "rediss",
    "amqp",
    "amqps",
    "mssql",
    "sqlserver",
    "clickhouse",
    "ldap",
    "ldaps",
    "nats",
    "kafka",
    "oracle",
    "cockroachdb",
    "cassandra",
    "neo4j",
    "bolt",
    "couchdb",
    "influxdb",
    "valkey",
    "snowflake",
    "redshift",
    "trino",
    "db2",
    "firebird",
    "hive",
    "presto",
    "vertica",
    "psql",
    "pgsql",
    "ibmmq",
    "stomp",
    "mqtt",
    "mqtts",
    "mongo",
];

/// A URL with a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UserInfo {
    pub(super) whole: Range<usize>,
    pub(super) user: Range<usize>,
    /// Empty where the user stands alone.
    pub(super) password: Range<usize>,
    pub(super) host: Range<usize>,
    pub(super) is_database: bool,
}

/// The user info of the URL whose `://` stands at `at`.
pub(super) fn userinfo(text: &[u8], at: usize) -> Option<UserInfo> {
    let start = at + 3;
    let rest = &text[start..text.len().min(start + LONGEST)];
    // Nearly all URLs have none.
    memchr::memchr(b'@', rest)?;
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let scheme_len = text[at.saturating_sub(32)..at].iter().rev().take_while(|byte| is_scheme(byte)).count();
    if scheme_len == 0 {
        return None;
    }
    let first = rest.iter().position(|&byte| ends(byte) || b"/?#".contains(&byte)).unwrap_or(rest.len());
    let sign = match memchr::memrchr(b'@', &rest[..first]) {
        Some(sign) => sign,
        None => behind_slash(rest, first)?,
    };
    let host = &rest[sign + 1..];
    let host_len = host
        .iter()
        .take(256)
        .position(|&byte| ends(byte) || b"/?#,;)]}".contains(&byte))
        .unwrap_or(host.len().min(256));
    if sign == 0 || host_len == 0 {
        return None;
    }
    let colon = memchr::memchr(b':', &rest[..sign]);
    let scheme = &text[at - scheme_len..at];
    if scheme.eq_ignore_ascii_case(b"cvs") {
        // `cvs://:pserver:name@host`: the password stands elsewhere.
        return None;
    }
    let family = scheme.split(|&byte| byte == b'+').next().unwrap_or_default();
    Some(UserInfo {
        whole: at - scheme_len..start + sign + 1 + host_len,
        user: start..start + colon.unwrap_or(sign),
        password: start + colon.map_or(sign, |colon| colon + 1)..start + sign,
        host: start + sign + 1..start + sign + 1 + host_len,
        is_database: DATABASES.iter().any(|name| family.eq_ignore_ascii_case(name.as_bytes())),
    })
}

/// The `@` behind a slash: people write passwords with `/` or `?` as they are. Not where the colon begins a port.
fn behind_slash(rest: &[u8], slash: usize) -> Option<usize> {
    let colon = memchr::memchr(b':', &rest[..slash])?;
    let tail = rest
        .get(slash..rest.len().min(slash + BEHIND_SLASH))
        .filter(|tail| tail.first().is_some_and(|byte| !ends(*byte)))?;
    let sign = memchr::memchr(b'@', tail)?;
    let is_port = rest[colon + 1..slash].iter().all(u8::is_ascii_digit);
    (!is_port && colon > 0 && !tail[..sign].iter().any(|byte| ends(*byte) || *byte == b':')).then_some(slash + sign)
}

/// What stands in no URL.
fn ends(byte: u8) -> bool {
    byte <= b' ' || b"\"'`<>\\|".contains(&byte)
}

/// `jdbc:oracle:thin:user/password@host`: the password, where the text from `at` on begins so.
pub(super) fn oracle(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = &text[at..text.len().min(at + 256)];
    let end = rest.iter().position(|byte| ends(*byte) || b"(),;".contains(byte)).unwrap_or(rest.len());
    let sign = memchr::memrchr(b'@', &rest[..end])?;
    let slash = memchr::memchr(b'/', &rest[..sign])?;
    (slash > 0 && sign > slash + 1).then(|| at + slash + 1..at + sign)
}

/// `user:password@tcp(host:3306)/db`, as Go writes it: the password, where `@tcp(` stands at `at`.
pub(super) fn go_dsn(text: &[u8], at: usize) -> Option<Range<usize>> {
    let before = &text[at.saturating_sub(128)..at];
    let start = at - before.iter().rev().take_while(|byte| !ends(**byte) && **byte != b'=').count();
    let colon = start + memchr::memchr(b':', &text[start..at])?;
    (colon > start && colon + 1 < at).then_some(colon + 1..at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_stand_between_colon_and_the_last_at_sign() {
        let sign = "@";
        for (before, password, host, database) in [
            ("x https://u:", Some("p1w"), "h.io/a", false),
            ("postgresql+psycopg://u:", Some("p@ss"), "db:5432/x", true),
            ("redis://:", Some("p1w"), "cache", true),
            ("mongodb://u:", Some("pa/ss1"), "h1,h2/db", true),
            ("https://h.io:8080/a", None, "b", false),
            ("https://h.io/p:q", None, "r", false),
            ("https://u:", Some(""), "h.io", false),
            ("https://u", Some(""), "h.io/x:y", false),
            ("://u:p", None, "h", false),
            ("https://u:p q", None, "h", false),
        ] {
            let url = [before, password.unwrap_or(""), sign, host].concat();
            let found = userinfo(url.as_bytes(), url.find("://").expect("each has one"));
            assert_eq!(found.as_ref().map(|found| &url[found.password.clone()]), password, "{url}");
            assert_eq!(found.is_some_and(|found| found.is_database), database, "{url}");
        }
    }

    #[test]
    fn oracle_writes_them_its_own_way() {
        let text = ["scott/", "tiger9", "@db:1521/x"].concat();
        assert_eq!(oracle(text.as_bytes(), 0).map(|range| &text[range]), Some("tiger9"));
        assert_eq!(oracle(b"@db:1521/x", 0), None);
    }
}
