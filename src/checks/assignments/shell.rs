//! Passwords as arguments without a flag: `net use`, `sqlplus user/password`, `AUTH` and `ACL SETUSER` of Redis, what is piped into `chpasswd`,
//! what a script answers when it is asked for one.

use std::ops::Range;

use super::place::skip_blank;
use super::quote::Quote;

/// A command is read so far to both sides of its name.
const REACH: usize = 256;

/// The words behind `at`, up to the command's end.
fn words(text: &[u8], at: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    let rest = &text[at..text.len().min(at + REACH)];
    let len = rest.iter().position(|byte| b"\n\r;|&<>\"`".contains(byte)).unwrap_or(rest.len());
    let mut start = at;
    rest[..len].split(|byte| matches!(byte, b' ' | b'\t')).filter_map(move |word| {
        let range = start..start + word.len();
        start = range.end + 1;
        (!word.is_empty()).then_some(range)
    })
}

/// The password of `net use` or `net user`, behind which `at` stands. `net use \\host\share PASSWORD /user:name`.
pub(super) fn net(text: &[u8], at: usize) -> Option<Range<usize>> {
    let is_user = matches!(text.get(at), Some(b'r' | b'R'));
    let at = at + usize::from(is_user);
    matches!(text.get(at), Some(b' ' | b'\t')).then_some(())?;
    let holds = |test: fn(&[u8]) -> bool| words(text, at).any(|word| test(&text[word]));
    let is_command = if is_user {
        holds(|word| word.eq_ignore_ascii_case(b"/add") || word.to_ascii_lowercase().starts_with(b"/active"))
    } else {
        holds(|word| word.starts_with(b"\\\\"))
    };
    let is_argument = |word: &Range<usize>| {
        let word = &text[word.clone()];
        !word.starts_with(b"\\\\") && !word.starts_with(b"/") && !word.ends_with(b":") && word != b"*"
    };
    let mut arguments = words(text, at).filter(is_argument).skip(usize::from(is_user));
    arguments.next().filter(|_| is_command)
}

/// The password of `sqlplus user/password@database`, behind whose name `at` stands.
pub(super) fn sqlplus(text: &[u8], at: usize) -> Option<Range<usize>> {
    matches!(text.get(at), Some(b' ' | b'\t')).then_some(())?;
    let login = words(text, at).find(|word| text[word.start] != b'-')?;
    let bytes = &text[login.clone()];
    let slash = memchr::memchr(b'/', bytes).filter(|slash| *slash > 0)?;
    let end = memchr::memrchr(b'@', bytes).unwrap_or(bytes.len());
    (end > slash + 1).then(|| login.start + slash + 1..login.start + end)
}

/// The password of `AUTH [user] password`, behind which `at` stands, at a prompt of Redis: `10.0.0.1:6379> `, `redis[1]> `.
pub(super) fn redis_auth(text: &[u8], prompt: usize, at: usize) -> Option<Range<usize>> {
    let before = &text[prompt.saturating_sub(64)..prompt];
    let is_number = |end: &[u8]| {
        let digits = end.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        digits > 0 && matches!(end[..end.len() - digits], [.., b':' | b'['])
    };
    let is_prompt = before.ends_with(b"redis") || is_number(before.strip_suffix(b"]").unwrap_or(before));
    words(text, at).take(2).last().filter(|_| is_prompt)
}

/// The passwords of the rules of a Redis user (`on >password ~*`), up to the line's end.
pub(super) fn redis_rules(text: &[u8], at: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    let rest = &text[at..text.len().min(at + REACH)];
    let len = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    let mut start = at;
    rest[..len].split(|byte| b" \t\"'".contains(byte)).filter_map(move |word| {
        let range = start + 1..start + word.len();
        start += word.len() + 1;
        (word.first() == Some(&b'>') && !range.is_empty()).then_some(range)
    })
}

/// Whether the line on which `at` stands declares a user, as a file of Redis does.
pub(super) fn declares_user(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(REACH)..at];
    before[memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)..].starts_with(b"user ")
}

/// What a script types (`send "…\r"`, `sendline('…')`) in answer to a prompt that asks for a password. `command` is where it says so, `at` the
/// quote.
pub(super) fn typed(text: &[u8], command: usize, at: usize) -> Option<Range<usize>> {
    const PROMPTS: [&[u8]; 2] = [b"assword", b"assphrase"];
    let before = &text[command.saturating_sub(REACH)..command];
    let asked = PROMPTS.iter().filter_map(|prompt| memchr::memmem::rfind(before, prompt)).max()?;
    // What was asked before the last answer was answered by that. `pexpect` is a name.
    let is_answered = memchr::memmem::find(&before[asked..], b"send").is_some();
    let is_expected = memchr::memmem::find_iter(&before[..asked], b"expect")
        .any(|at| at == 0 || !before[at - 1].is_ascii_alphanumeric());
    (is_expected && !is_answered).then_some(())?;
    let open = Quote::at(text, at)?;
    let start = at + open.len();
    let mut end = open.close(text, start, text.len().min(start + REACH))?;
    while [&b"\\r"[..], b"\\n"].iter().any(|key| text[start..end].ends_with(key)) {
        end -= 2;
    }
    (end > start).then_some(start..end)
}

/// What `echo` or a here-string gives to the command at `name`: all of it, or, where it says so, what stands behind `user:`.
pub(super) fn piped(text: &[u8], name: Range<usize>, has_user: bool) -> Option<Range<usize>> {
    let here = skip_blank(text, name.end);
    let said = if text[here..].starts_with(b"<<<") {
        word(text, skip_blank(text, here + 3))?
    } else {
        let before = &text[name.start.saturating_sub(REACH)..name.start];
        let before = &before[memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)..];
        let pipe = memchr::memrchr(b'|', before)?;
        let program = [&b"echo "[..], b"printf "]
            .iter()
            .find_map(|program| memchr::memmem::rfind(&before[..pipe], program).map(|found| found + program.len()))?;
        let line = name.start - before.len();
        let start = skip_blank(text, line + program);
        // `echo -n`
        let start = if text[start..].starts_with(b"-") {
            word(text, start).map(|flag| skip_blank(text, flag.end))?
        } else {
            start
        };
        word(text, start).filter(|said| said.end <= line + pipe)?
    };
    let end = said.end - if text[said.clone()].ends_with(b"\\n") { 2 } else { 0 };
    let start = if has_user { said.start + memchr::memchr(b':', &text[said.start..end])? + 1 } else { said.start };
    (end > start).then_some(start..end)
}

/// The word at `at`, without its quotes.
fn word(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = &text[at..text.len().min(at + REACH)];
    let mark = rest.first().filter(|mark| matches!(mark, b'"' | b'\''));
    let start = usize::from(mark.is_some());
    let ends = |byte: &u8| mark.map_or(matches!(byte, b' ' | b'\t' | b'|' | b';' | b'\n' | b'\r'), |mark| byte == mark);
    let len = rest[start..].iter().position(ends).unwrap_or(rest.len() - start);
    (len > 0).then(|| at + start..at + start + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn net_takes_passwords_as_words() {
        for (line, expected) in [
            (" Z: \\\\h\\s pw1 /user:me", Some("pw1")),
            (" \\\\h\\s /user:d\\me pw1\r\n", Some("pw1")),
            (" \\\\h\\s * /user:me", None),
            (" \\\\h\\s /user:me", None),
            (" of all energy", None),
            ("r bob pw1 /add", Some("pw1")),
            ("r bob /add", None),
            ("rs are many", None),
        ] {
            assert_eq!(net(line.as_bytes(), 0).map(|range| &line[range]), expected, "{line}");
        }
    }

    #[test]
    fn sqlplus_takes_users_with_a_slash() {
        for (line, expected) in [
            (" me/pw1@db", Some("pw1")),
            (" -S me/pw1", Some("pw1")),
            (" / as sysdba", None),
            (" me@db", None),
            ("w me/pw1", None),
        ] {
            assert_eq!(sqlplus(line.as_bytes(), 0).map(|range| &line[range]), expected, "{line}");
        }
    }

    #[test]
    fn redis_takes_passwords_at_its_prompt_and_in_rules() {
        for (line, expected) in [
            ("127.0.0.1:6379> auth {}", Some("pw1")),
            ("redis> auth me {}\n", Some("pw1")),
            ("h:6379[2]> auth {}", Some("pw1")),
            ("<b> auth {}", None),
        ] {
            let line = line.replace("{}", "pw1");
            let prompt = line.find('>').expect("each has one");
            let found = redis_auth(line.as_bytes(), prompt, prompt + "> auth ".len()).map(|range| &line[range]);
            assert_eq!(found, expected, "{line}");
        }
        for (line, expected) in [
            (" me on >pw1 ~x:* +get >pw2\n>x", &["pw1", "pw2"][..]),
            (" me on '>pw1' ~*", &["pw1"]),
            (" me off -@all > #x", &[]),
        ] {
            let found: Vec<_> = redis_rules(line.as_bytes(), 0).map(|range| &line[range]).collect();
            assert_eq!(found, expected, "{line}");
        }
        assert!(declares_user(b"x\nuser me on", 9) && !declares_user(b"the user is on", 11));
    }

    #[test]
    fn scripts_answer_prompts() {
        for (script, expected) in [
            ("expect \"*?assword:\" { ~ \"pw1\\r\" }", Some("pw1")),
            ("expect -re {[Pp]assphrase}\n~ \"pw1\\n\"", Some("pw1")),
            ("c.expect('Password: ')\nc.~'pw1')", Some("pw1")),
            ("expect \"yes/no\" { ~ \"yes\\r\" } \"*assword:\"", None),
            ("import pexpect\nask('password: ')\ns.~'ls')", None),
            ("expect \"assword:\" { send \"x\\r\" }\n~ \"exit\\r\"", None),
            ("expect \"assword:\"\n~ \"\\r\"", None),
        ] {
            let command = script.find('~').expect("each has one");
            let quote = command + script[command..].find(['"', '\'']).expect("each has one");
            let found = typed(script.as_bytes(), command, quote).map(|range| &script[range]);
            assert_eq!(found, expected, "{script}");
        }
    }

    #[test]
    fn passwords_are_piped() {
        for (line, has_user, expected) in [
            ("echo 'root:pw1' | sudo #", true, Some("pw1")),
            ("echo root:pw1|#", true, Some("pw1")),
            ("printf \"me:pw1\\n\" | #", true, Some("pw1")),
            ("# <<< 'me:pw1'", true, Some("pw1")),
            ("echo -n pw1 | #", false, Some("pw1")),
            ("cat f | #", true, None),
            ("#", true, None),
        ] {
            let at = line.find('#').expect("each has one");
            let found = piped(line.as_bytes(), at..at + 1, has_user).map(|range| &line[range]);
            assert_eq!(found, expected, "{line}");
        }
    }
}
