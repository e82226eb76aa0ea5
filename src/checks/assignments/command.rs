//! Command lines whose short flags carry a password: `mysql -p…`, `curl -u user:…`, `sshpass -p …`.

use std::ops::Range;

/// A command line is read this far.
const LONGEST: usize = 2048;

/// A program, and the flag that carries its password.
#[derive(Debug)]
pub(super) struct Program {
    /// What its name begins with.
    pub(super) name: &'static str,
    /// A word that must come first: `docker login`.
    verb: &'static str,
    flags: &'static [&'static str],
    takes: Takes,
}

/// How a flag takes its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// In the same word alone; by itself the flag asks.
    Attached,
    /// In the same word or as the next.
    Either,
    /// As the next word, behind `user:`.
    UserInfo,
    /// As the next word, behind `user%`.
    UserPercent,
    /// As the next word, behind `user,`.
    UserComma,
}

/// All that are known. Their names are anchors.
pub(super) static PROGRAMS: &[Program] = &[
    Program { name: "mysql", verb: "", flags: &["-p"], takes: Takes::Attached },
    Program { name: "mariadb", verb: "", flags: &["-p"], takes: Takes::Attached },
    Program { name: "curl", verb: "", flags: &["-u", "--user", "-U", "--proxy-user"], takes: Takes::UserInfo },
    Program { name: "sshpass", verb: "", flags: &["-p"], takes: Takes::Either },
    Program { name: "redis-cli", verb: "", flags: &["-a", "--pass"], takes: Takes::Either },
    Program { name: "docker", verb: "login", flags: &["-p"], takes: Takes::Either },
    Program { name: "podman", verb: "login", flags: &["-p"], takes: Takes::Either },
    Program { name: "mongo", verb: "", flags: &["-p"], takes: Takes::Either },
    Program { name: "ldapsearch", verb: "", flags: &["-w"], takes: Takes::Either },
    Program { name: "ldapadd", verb: "", flags: &["-w"], takes: Takes::Either },
    Program { name: "ldapmodify", verb: "", flags: &["-w"], takes: Takes::Either },
    Program { name: "sqlcmd", verb: "", flags: &["-P"], takes: Takes::Either },
    Program { name: "psexec", verb: "", flags: &["-p"], takes: Takes::Either },
    Program { name: "smbclient", verb: "", flags: &["-U", "--user"], takes: Takes::UserPercent },
    Program { name: "rabbitmqadmin", verb: "", flags: &["-p"], takes: Takes::Either },
    Program { name: "ipmitool", verb: "", flags: &["-P"], takes: Takes::Either },
    Program { name: "mosquitto_", verb: "", flags: &["-P"], takes: Takes::Either },
    Program { name: "lftp", verb: "", flags: &["-u", "--user"], takes: Takes::UserComma },
    Program { name: "xfreerdp", verb: "", flags: &["/p:"], takes: Takes::Attached },
    Program { name: "az login", verb: "", flags: &["-p"], takes: Takes::Either },
];

/// What a command line was found to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) password: Option<Range<usize>>,
    /// Up to here the line has been read.
    pub(super) end: usize,
}

/// The password on the command line of `program`, whose name was seen at `at`.
pub(super) fn password(program: &Program, text: &[u8], at: usize) -> Found {
    let mut found = Found { password: None, end: at };
    let is_free = at == 0 || !(text[at - 1].is_ascii_alphanumeric() || b"_-.".contains(&text[at - 1]));
    // `mysqldump`, `mongosh`, `psexec.exe`: the name goes on, but neither to a path nor to an address.
    let name = at + program.name.len();
    let name_end = name
        + text[name..].iter().take(24).take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte)).count();
    let is_word = text.get(name_end).is_some_and(|&byte| is_blank(byte));
    if !is_free || !is_word {
        return found;
    }
    let limit = text.len().min(name_end + LONGEST);
    let mut words = Words { text: &text[..limit], at: name_end };
    let mut has_verb = program.verb.is_empty();
    while let Some(word) = words.next() {
        found.end = word.end;
        let bytes = &text[word.clone()];
        has_verb |= bytes == program.verb.as_bytes();
        // A manual writes `\-\-deletion\-protection`.
        let is_glued = matches!(text[..word.start], [.., before, b'\\'] if !before.is_ascii_whitespace());
        let flag = program.flags.iter().find(|flag| bytes.starts_with(flag.as_bytes()));
        let Some(flag) = flag.filter(|_| has_verb && !is_glued) else {
            continue;
        };
        let mut attached = word.start + flag.len()..word.end;
        if flag.starts_with("--") && !attached.is_empty() {
            if text[attached.start] != b'=' {
                continue;
            }
            attached.start += 1;
        }
        let value = match program.takes {
            Takes::Attached
                if attached.is_empty()
                    && matches!(text.get(word.end), Some(b'"' | b'\''))
                    && !is_closing(text, &word) =>
            {
                words.next()
            }
            Takes::Attached if attached.is_empty() => continue,
            Takes::Attached => Some(attached),
            Takes::Either if !attached.is_empty() => Some(attached),
            Takes::Either => words.next(),
            Takes::UserInfo | Takes::UserPercent | Takes::UserComma => {
                let pair = if attached.is_empty() { words.next() } else { Some(attached) };
                let mark = match program.takes {
                    Takes::UserInfo => b':',
                    Takes::UserPercent => b'%',
                    _ => b',',
                };
                pair.and_then(|pair| Some(pair.start + memchr::memchr(mark, &text[pair.clone()])? + 1..pair.end))
            }
        };
        // In a list of strings (`['-p', password]`), a bare word is a variable.
        let is_variable = |value: &Range<usize>| {
            value.start > word.end
                && is_quoted(text, word.start)
                && !is_quoted(text, value.start)
                && program.takes == Takes::Either
        };
        found.password = value.filter(|value| !value.is_empty() && text[value.start] != b'-' && !is_variable(value));
        break;
    }
    found.end = found.end.max(words.at);
    found
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
        (self.at > start).then_some(start..self.at)
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
            ("mysql x\\-p%", false),
        ] {
            let line = line
                .replacen('%', "\u{1}", usize::from(line.contains("me%%")))
                .replace('%', &word)
                .replace('\u{1}', "%");
            let program = PROGRAMS.iter().find(|program| line.contains(program.name)).expect("each has one");
            let at = line.find(program.name).expect("just seen");
            let found = password(program, line.as_bytes(), at).password.map(|range| &line[range]);
            assert_eq!(found, holds.then_some(&*word), "{line}");
        }
    }
}
