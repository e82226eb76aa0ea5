//! Calls that take a secret by its place among the arguments: `DriverManager.getConnection(url, "me", "…")`, `jwt.sign(claims, "…")`.

use std::ops::Range;

use super::key::KeyKind;
use super::place::skip_space;
use super::quote::Quote;

/// An argument is read so far, and so deep.
const REACH: usize = 160;
const DEEPEST: usize = 3;

const TOKEN: KeyKind = KeyKind::Token { sure: true };

/// A function, and which of its arguments is the secret, counted from 0.
#[derive(Debug)]
pub(super) struct Function {
    /// The end of its name, and the bracket: its anchor.
    pub(super) name: &'static str,
    argument: usize,
    pub(super) kind: KeyKind,
}

const fn password(name: &'static str, argument: usize) -> Function {
    Function { name, argument, kind: KeyKind::Password }
}

const fn token(name: &'static str, argument: usize) -> Function {
    Function { name, argument, kind: TOKEN }
}

/// All that are known.
pub(super) static FUNCTIONS: &[Function] = &[
    password("drivermanager.getconnection(", 2),
    password("mysqli_connect(", 2),
    password("new mysqli(", 2),
    password("new pdo(", 2),
    password("pymysql.connect(", 2),
    password("mysqldb.connect(", 2),
    password("passwordauthentication(", 1),
    password("plainauth(", 2),
    password(".login(", 1),
    token("jwt.sign(", 1),
    token("jwt.verify(", 1),
    token("jwt.encode(", 1),
    token("jwt.decode(", 1),
    token("createhmac(", 1),
    token("hmac.new(", 0),
    token("cookieparser(", 0),
    token("bot.run(", 0),
    token("client.run(", 0),
];

/// The secret among the arguments of `function`, the first of which begins at `at`: a literal, what kind of one it is, and that it is all of
/// the argument. A login with one argument takes a token.
pub(super) fn secret(function: &Function, text: &[u8], at: usize) -> Option<(KeyKind, Range<usize>)> {
    let mut at = skip_space(text, at);
    for number in 0..=function.argument {
        let argument = argument(text, at)?;
        let is_last = text[argument.end] == b')';
        if number == function.argument {
            return Some((function.kind, argument.literal?));
        }
        if is_last {
            return argument.literal.filter(|_| function.name == ".login(").map(|literal| (TOKEN, literal));
        }
        at = skip_space(text, argument.end + 1);
    }
    None
}

struct Argument {
    /// What stands in its quotes, where it is nothing but a literal.
    literal: Option<Range<usize>>,
    /// The comma or bracket behind it.
    end: usize,
}

fn argument(text: &[u8], start: usize) -> Option<Argument> {
    let text = &text[..text.len().min(start + REACH)];
    let mut at = start;
    let mut literal = None;
    let mut depth = 0_usize;
    loop {
        let byte = *text.get(at)?;
        if let Some(open) = Quote::at(text, at).filter(|_| byte != b'&') {
            let inside = at + open.len();
            let close = open.close(text, inside, text.len())?;
            // `b'…'`, `@"…"`
            literal = (at <= start + 1 && close > inside).then_some(inside..close);
            at = close + open.len();
            continue;
        }
        match byte {
            b',' | b')' if depth == 0 => return Some(Argument { literal, end: at }),
            b'(' | b'[' | b'{' if depth == DEEPEST => return None,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
            b'+' | b'%' | b'?' => literal = None,
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_stand_at_their_place() {
        for (text, expected) in [
            ("DriverManager.getConnection(url, \"me\", \"~\");", Some("~")),
            ("DriverManager.getConnection(u(1, 2), f[\"me\"],\n    '~')", Some("~")),
            ("DriverManager.getConnection(url, \"me\", password)", None),
            ("DriverManager.getConnection(\"~\")", None),
            ("new PDO($dsn, 'me', '~', [])", Some("~")),
            ("smtp.login(\"me\", \"~\")", Some("~")),
            ("bot.login('~')", Some("~")),
            ("api.login(user)", None),
            ("api.login(\"me\", x + \"~\")", None),
            ("api.login(\"me\", \"~\" + x)", None),
            ("PasswordAuthentication(\"me\", \"~\".toCharArray())", Some("~")),
            ("jwt.sign({ a: 'b', c: 1 }, '~', { d: 1 })", Some("~")),
            ("hmac.new(b\"~\", x, y)", Some("~")),
            ("hmac.new(x, \"~\")", None),
            ("createHmac('sha256', `~`)", Some("~")),
            ("jwt.sign(a", None),
            ("jwt.sign(a, '", None),
            ("jwt.sign(a])", None),
        ] {
            let lower = text.to_ascii_lowercase();
            let function = FUNCTIONS.iter().find(|function| lower.contains(function.name)).expect("each has one");
            let at = lower.find(function.name).expect("just seen") + function.name.len();
            let found = secret(function, text.as_bytes(), at).map(|(_, range)| &text[range]);
            assert_eq!(found, expected, "{text}");
        }
    }
}
