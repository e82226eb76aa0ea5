//! Command lines whose short flags carry passwords: `mysql -p…`, `curl -u user:…`, `sshpass -p …`, `htpasswd -b … password`.

use std::ops::Range;

use crate::checks::filters;

/// A command line is read this far.
const LONGEST: usize = 2048;

/// A program, and the flags that carry its passwords.
#[derive(Debug)]
pub(super) struct Program {
    /// What its name begins with: its anchor, which may say what stands behind the name.
    pub(super) name: &'static str,
    /// A word that must come first: `docker login`.
    pub(super) verb: &'static str,
    flags: &'static [(&'static str, Takes)],
}

/// How a flag takes its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// In the same word alone; by itself the flag asks.
    Attached,
    /// In the same word or as the next.
    Either,
    /// As the next word, behind a user's name and this mark.
    Behind(u8),
    /// As the next word, or as the one after that, behind a user's name.
    Argument,
    /// As the next word; other letters may stand before the flag's own: `-rP`.
    Bundled,
    /// As the last word of the line; other letters may stand around the flag's own: `-nbB`.
    Last,
}
use Takes::{Argument, Attached, Behind, Bundled, Either, Last};

const fn program(name: &'static str, flags: &'static [(&'static str, Takes)]) -> Program {
    Program { name, verb: "", flags }
}

const fn login(name: &'static str) -> Program {
    Program { name, verb: "login", flags: &[("-p", Either)] }
}

const USER_INFO: Takes = Behind(b':');

/// All that are known. Their names are anchors.
pub(super) static PROGRAMS: &[Program] = &[
    program("mysql", &[("-p", Attached)]),
    program("mariadb", &[("-p", Attached)]),
    program("curl", &[("-u", USER_INFO), ("--user", USER_INFO), ("-U", USER_INFO), ("--proxy-user", USER_INFO)]),
    program("sshpass", &[("-p", Either)]),
    program("redis-cli", &[("-a", Either), ("--pass", Either), ("AUTH", Argument), ("auth", Argument)]),
    login("docker"),
    login("podman"),
    program("mongo", &[("-p", Either)]),
    program("ldapsearch", &[("-w", Either)]),
    program("ldapadd", &[("-w", Either)]),
    program("ldapmodify", &[("-w", Either)]),
    program("sqlcmd", &[("-P", Either)]),
    program("psexec", &[("-p", Either)]),
    program("smbclient", &[("-U", Behind(b'%')), ("--user", Behind(b'%'))]),
    program("rabbitmqadmin", &[("-p", Either)]),
    program("ipmitool", &[("-P", Either)]),
    program("mosquitto_", &[("-P", Either)]),
    program("lftp", &[("-u", Behind(b',')), ("--user", Behind(b','))]),
    program("xfreerdp", &[("/p:", Attached)]),
    program("az login", &[("-p", Either)]),
    program("htpasswd", &[("-b", Last)]),
    program("unzip -", &[("-P", Bundled)]),
    program("zip -", &[("-P", Bundled)]),
    program("7z ", &[("-p", Attached)]),
    program("7za ", &[("-p", Attached)]),
    program("snmp", &[("-A", Either), ("-X", Either)]),
    program("http -", &[("-a", USER_INFO), ("--auth", USER_INFO)]),
    program("https -", &[("-a", USER_INFO), ("--auth", USER_INFO)]),
    program("twine", &[("-p", Either)]),
    program("altool", &[("-p", Either)]),
    program("unlock-keychain", &[("-p", Either)]),
    program("schtasks", &[("/rp", Either)]),
    program("ssh-keygen", &[("-N", Either), ("-P", Either)]),
    program("openssl enc", &[("-k", Bundled)]),
    program("gh secret set", &[("-b", Either), ("--body", Either)]),
];

impl Takes {
    /// Whether a word is, or begins with, the flag.
    fn is_said(self, flag: &str, word: &[u8]) -> bool {
        let bundle = word.strip_prefix(b"-").filter(|letters| letters.iter().all(u8::is_ascii_alphanumeric));
        let letter = flag.as_bytes()[flag.len() - 1];
        match self {
            Attached | Either | Behind(_) => word.strip_prefix(flag.as_bytes()).is_some_and(|rest| {
                // `--user-agent` is another flag than `--user`.
                !flag.starts_with("--") || rest.is_empty() || rest.starts_with(b"=")
            }),
            Argument => word == flag.as_bytes(),
            Bundled => bundle.is_some_and(|letters| letters.last() == Some(&letter)),
            Last => bundle.is_some_and(|letters| letters.contains(&letter)),
        }
    }
}

/// What a command line was found to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) passwords: Vec<Range<usize>>,
    /// Whether it is the program's line at all: `docker exec db mysql -p…` is one of the second.
    pub(super) has_verb: bool,
    /// Up to here the line has been read.
    pub(super) end: usize,
}

/// The passwords on the command line of `program`, whose name was seen at `at`.
pub(super) fn passwords(program: &Program, text: &[u8], at: usize) -> Found {
    let mut found = Found { end: at, ..Found::default() };
    let is_free = at == 0 || !(text[at - 1].is_ascii_alphanumeric() || b"_-.".contains(&text[at - 1]));
    // `mysqldump`, `mongosh`, `psexec.exe`: the name goes on, but neither to a path nor to an address.
    let name = at + program.name.trim_end_matches([' ', '-']).len();
    let name_end = name
        + text[name..].iter().take(24).take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte)).count();
    let is_word = text.get(name_end).is_some_and(|&byte| is_blank(byte));
    if !is_free || !is_word {
        return found;
    }
    let limit = string_end(text, name_end, text.len().min(name_end + LONGEST));
    let mut words = Words { text: &text[..limit], at: name_end };
    found.has_verb = program.verb.is_empty();
    // `sshpass -p … ssh -p 22`: the second is another program's.
    let mut unseen: Vec<_> = program.flags.iter().collect();
    while !unseen.is_empty()
        && let Some(word) = words.next()
    {
        let bytes = &text[word.clone()];
        found.has_verb |= bytes == program.verb.as_bytes();
        // A manual writes `\-\-deletion\-protection`.
        let is_glued = matches!(text[..word.start], [.., before, b'\\'] if !before.is_ascii_whitespace());
        let flag = unseen.iter().position(|(flag, takes)| takes.is_said(flag, bytes));
        let Some(index) = flag.filter(|_| found.has_verb && !is_glued) else { continue };
        let (flag, takes) = unseen.remove(index);
        let value = value(text, &word, flag, *takes, &mut words);
        found.passwords.extend(value.filter(|value| !value.is_empty() && text[value.start] != b'-'));
    }
    found.end = words.at;
    found
}

/// What `flag` carries, which the word at `word` is or begins with; the words behind it are read on.
fn value(text: &[u8], word: &Range<usize>, flag: &str, takes: Takes, words: &mut Words<'_>) -> Option<Range<usize>> {
    let sign = usize::from(flag.starts_with("--"));
    let attached = Some(word.start + flag.len() + sign..word.end).filter(|rest| !rest.is_empty());
    match takes {
        Attached => attached.or_else(|| {
            let is_quoted = matches!(text.get(word.end), Some(b'"' | b'\'')) && !is_closing(text, word);
            if is_quoted { words.next() } else { None }
        }),
        Either => attached.or_else(|| {
            // In a list of strings (`['-p', password]`), a bare word is a variable.
            words.next().filter(|value| !is_quoted(text, word.start) || is_quoted(text, value.start))
        }),
        Behind(mark) => {
            let pair = attached.or_else(|| words.next())?;
            let end_of_user = pair.start + memchr::memchr(mark, &text[pair.clone()])?;
            // A token may be the user, and needs no password.
            let user = pair.start..end_of_user;
            let is_token = end_of_user + 1 == pair.end && filters::is_generated(&text[user.clone()]);
            Some(if is_token { user } else { end_of_user + 1..pair.end })
        }
        Argument => words.take(2).last(),
        Bundled => words.next(),
        // Without a user's name before it, it is none.
        Last => words.take_while(|word| !matches!(text[word.start], b'<' | b'>')).skip(1).last(),
    }
}

/// Where the string ends in which a command line goes on at `at`, if it stands in one; else `limit`.
fn string_end(text: &[u8], at: usize, limit: usize) -> usize {
    if matches!(text[at], b'"' | b'\'' | 0) {
        // Each word is a string of its own.
        return limit;
    }
    let line = &text[at.saturating_sub(256)..at];
    let line = &line[memchr::memrchr(b'\n', line).map_or(0, |end| end + 1)..];
    let is_mark = |place: usize, text: &[u8]| {
        let is_letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_alphabetic);
        // `\"` is one within, `don't` holds none.
        let is_apostrophe = is_letter(place.checked_sub(1)) && is_letter(Some(place + 1));
        !is_apostrophe && !text[..place].ends_with(b"\\")
    };
    let is_open = |mark: &u8| memchr::memchr_iter(*mark, line).filter(|&place| is_mark(place, line)).count() % 2 == 1;
    let Some(mark) = [b'"', b'\''].into_iter().find(is_open) else { return limit };
    let mut marks = memchr::memchr_iter(mark, &text[at..limit]).map(|ahead| at + ahead);
    marks.find(|&place| !text[..place].ends_with(b"\\")).unwrap_or(limit)
}

fn is_quoted(text: &[u8], start: usize) -> bool {
    start.checked_sub(1).is_some_and(|at| matches!(text[at], b'"' | b'\''))
}

/// Whether the quote behind a word closes one before it.
fn is_closing(text: &[u8], word: &Range<usize>) -> bool {
    word.start > 0 && text[word.start - 1] == text[word.end]
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0 | b'"' | b'\'')
}

/// Words of a command line, also of one that is written as a list of strings.
struct Words<'a> {
    text: &'a [u8],
    at: usize,
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..)?;
        self.at += rest.iter().position(|&byte| !(is_blank(byte) || b",[\\".contains(&byte)))?;
        let start = self.at;
        if matches!(self.text[start], b'\n' | b'\r' | b';' | b'|' | b'&' | b')' | b']' | b'#' | b'`') {
            return None;
        }
        let quote = start.checked_sub(1).map(|at| self.text[at]).filter(|byte| matches!(byte, b'"' | b'\''));
        let rest = &self.text[start..];
        let len = match quote {
            Some(mark) => rest.iter().position(|&byte| byte == mark || byte == b'\n'),
            None => rest.iter().position(|&byte| byte <= b' ' || b"\"'`;|\\".contains(&byte)),
        };
        self.at = start + len.unwrap_or(rest.len());
        // `\"…\"`
        let is_escaped = quote.is_some() && self.text[..start - 1].ends_with(b"\\");
        let end = self.at - usize::from(is_escaped && self.text[start..self.at].ends_with(b"\\"));
        (end > start).then_some(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_carry_passwords() {
        let word = ["s3", "cr3t"].concat();
        for (line, holds) in [
            ("mysql -u root -p%", true),
            ("mysqldump --all -p'%' db", true),
            ("mysql -p db %", false),
            ("mysql://u:-p%", false),
            ("curl -s -u me:% x.io", true),
            ("curl --user \"me:%\" x.io", true),
            ("curl --user=me:% x.io", true),
            ("curl --user-agent=me:% x.io", false),
            ("curl -o % x.io", false),
            ("lftp -u me,% h", true),
            ("xfreerdp /u:me /p:% /v:h", true),
            ("az login -u me -p %", true),
            ("sshpass -p % ssh h", true),
            ("sshpass -p'%' ssh h", true),
            ("redis-cli -h x -a % ping", true),
            ("docker login -u me -p % r.io", true),
            ("docker run -p % r.io", false),
            ("[\"curl\", \"-u\", \"me:%\"]", true),
            ("[\"sshpass\", \"-p\", %]", false),
            ("[\"sshpass\", \"-p\", \"%\"]", true),
            ("mongosh h -u me -p %\n", true),
            ("curl x.io; f -u me:%", false),
            ("libcurl -u me:%", false),
            ("smbclient -U me%% //h/s", true),
            ("ls | curl -u me -x %", false),
            ("sshpass -p % ssh -p 2222 h", true),
            ("redis-cli -h x AUTH %", true),
            ("f(\"redis-cli AUTH %\", x)", true),
            ("f(\"redis-cli AUTH\", %)", false),
            ("don't run htpasswd -b x me '%'", true),
            ("f('htpasswd -nb me', %)", false),
            ("redis-cli AUTH me %", true),
            ("redis-cli GET AUTHOR %", false),
            ("htpasswd -bc /etc/x me %", true),
            ("htpasswd x:2 -nbB me % > /auth/x", true),
            ("htpasswd -c /etc/x %", false),
            ("zip -rP % x.zip d", true),
            ("zip -r x.zip %", false),
            ("gzip -P %", false),
            ("unzip -P % x.zip", true),
            ("7z a -p% x.7z d", true),
            ("7z x -p x.7z %", false),
            ("snmpwalk -v3 -u me -a SHA -A % h", true),
            ("snmpget -x AES -X '%' h", true),
            ("mysql x\\-p%", false),
            ("curl -u \\\"me:%\\\" x.io", true),
            ("http -a me:% x.io", true),
            ("https --auth=me:% x.io", true),
            ("ssh-keygen -t rsa -N '%' -f x", true),
            ("openssl enc -aes-256-cbc -k % -in x", true),
            ("openssl enc -kfile %", false),
            ("gh secret set X --body \"%\"", true),
        ] {
            let line = line
                .replacen('%', "\u{1}", usize::from(line.contains("me%%")))
                .replace('%', &word)
                .replace('\u{1}', "%");
            let program = PROGRAMS.iter().find(|program| line.contains(program.name)).expect("each has one");
            let at = line.find(program.name).expect("just seen");
            let found = passwords(program, line.as_bytes(), at).passwords;
            let found: Vec<_> = found.into_iter().map(|range| &line[range]).collect();
            assert_eq!(found, vec![&*word; usize::from(holds)], "{line}");
        }
    }
}
