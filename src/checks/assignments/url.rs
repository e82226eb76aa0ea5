//! User info in URLs: `scheme://user:password@host`.

use std::ops::Range;

/// The authority of a URL is read this far.
const LONGEST: usize = 512;

/// Schemes of databases and brokers; their URLs are reported under a rule of their own.
const DATABASES: &[&str] = &[
    "postgres", "postgresql", "mysql", "mariadb", "mongodb", "redis", "rediss", "amqp", "amqps", "mssql", "sqlserver", "clickhouse", "ldap", "ldaps",
    "nats", "kafka", "oracle", "cockroachdb", "cassandra", "neo4j", "bolt", "couchdb", "influxdb", "valkey", "jdbc", "snowflake", "redshift", "trino",
];

/// A URL with a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UserInfo {
    pub(super) whole: Range<usize>,
    pub(super) password: Range<usize>,
    pub(super) host: Range<usize>,
    pub(super) is_database: bool,
}

/// The user info of the URL whose `://` stands at `at`.
pub(super) fn userinfo(text: &[u8], at: usize) -> Option<UserInfo> {
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let scheme_len = text[at.saturating_sub(32)..at].iter().rev().take_while(|byte| is_scheme(byte)).count();
    if scheme_len == 0 {
        return None;
    }
    let start = at + 3;
    let rest = &text[start..text.len().min(start + LONGEST)];
    // A password may hold `/` or `?` unescaped in practice, but never white space or quotes; the host begins after the last `@`.
    let end = rest.iter().position(|&byte| byte <= b' ' || b"\"'`<>\\|".contains(&byte)).unwrap_or(rest.len());
    let colon = rest[..end].iter().position(|&byte| byte == b':')?;
    let slash = rest[..end].iter().position(|&byte| b"/?#".contains(&byte)).unwrap_or(end);
    if slash < colon || rest[..colon].contains(&b'@') {
        return None;
    }
    let is_sign = |byte: &u8| *byte == b'@';
    let sign = match rest[..slash].iter().rposition(is_sign) {
        Some(sign) => sign,
        // `user:pa/ss@host`: accept a sign further on only if no port follows the colon (`host:8080/a@b`).
        None if !rest[colon + 1..slash].iter().all(u8::is_ascii_digit) => rest[..end].iter().rposition(is_sign)?,
        None => return None,
    };
    let host_len = rest[sign + 1..end].iter().position(|&byte| b"/?#,;)]}".contains(&byte)).unwrap_or(end - sign - 1);
    if sign <= colon + 1 || host_len == 0 {
        return None;
    }
    let scheme = String::from_utf8_lossy(&text[at - scheme_len..at]).to_ascii_lowercase();
    let family = scheme.split('+').next().unwrap_or_default();
    Some(UserInfo {
        whole: at - scheme_len..start + sign + 1 + host_len,
        password: start + colon + 1..start + sign,
        host: start + sign + 1..start + sign + 1 + host_len,
        is_database: DATABASES.contains(&family),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_stand_between_colon_and_the_last_at_sign() {
        for (url, password, database) in [
            ("x https://u:p1w@h.io/a", Some("p1w"), false),
            ("postgresql+psycopg://u:p@ss@db:5432/x", Some("p@ss"), true),
            ("redis://:p1w@cache", Some("p1w"), true),
            ("mongodb://u:pa/ss1@h1,h2/db", Some("pa/ss1"), true),
            ("https://h.io:8080/a@b", None, false),
            ("https://user@h.io/x:y", None, false),
            ("https://h.io/p:q@r", None, false),
            ("https://u:@h.io", None, false),
            ("://u:p@h", None, false),
        ] {
            let at = url.find("://").expect("each has one");
            let found = userinfo(url.as_bytes(), at);
            assert_eq!(found.as_ref().map(|found| &url[found.password.clone()]), password, "{url}");
            assert_eq!(found.is_some_and(|found| found.is_database), database, "{url}");
        }
    }
}
