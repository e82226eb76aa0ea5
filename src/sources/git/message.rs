//! Commit messages: in commit objects, and in the file that an editor is given.

use std::io::{self, BufRead};

/// What git puts above the diff that `git commit --verbose` shows, behind a comment character.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";

/// Reads past the headers of a commit or a tag; its message follows.
pub(crate) fn skip_headers(object: &mut impl BufRead) -> io::Result<()> {
    let mut is_line_empty = false;
    loop {
        let read = object.fill_buf()?;
        let Some(&byte) = read.first() else { return Ok(()) };
        if byte == b'\n' && is_line_empty {
            object.consume(1);
            return Ok(());
        }
        is_line_empty = byte == b'\n';
        let len = memchr::memchr(b'\n', read).map_or(read.len(), |end| if is_line_empty { 1 } else { end });
        object.consume(len);
    }
}

/// How much of a message file git takes: it cuts off the diff that `git commit --verbose` puts there to be looked at.
///
/// Scissors alone cut nothing off: behind them must be comments, then a diff.
pub(crate) fn kept(text: &[u8]) -> usize {
    let mut start = 0;
    let mut cut = None;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let words = line.trim_ascii_end();
        let is_comment = |mark: u8| words.first() == Some(&mark);
        cut = match cut {
            _ if words.strip_suffix(SCISSORS).is_some_and(|mark| mark.len() == 1) => Some((start, words[0])),
            Some((at, _)) if words.starts_with(b"diff --") => return at,
            Some((at, mark)) if is_comment(mark) => Some((at, mark)),
            _ => None,
        };
        start += line.len();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_end_at_the_first_empty_line() {
        for (object, message) in [
            ("tree 1\nauthor x\n\nsubject\n\nbody\n", "subject\n\nbody\n"),
            ("tree 1\ngpgsig -----\n line\n \n end\n\nx", "x"),
            ("tree 1\n\n", ""),
            ("tree 1\n\n\nx", "\nx"),
            ("tree 1", ""),
            ("", ""),
        ] {
            for room in [1, 2, 3, 64] {
                let mut reader = io::BufReader::with_capacity(room, object.as_bytes());
                skip_headers(&mut reader).unwrap();
                assert_eq!(io::read_to_string(reader).unwrap(), message, "{object:?}");
            }
        }
    }

    #[test]
    fn only_the_diff_of_a_verbose_commit_is_cut_off() {
        let scissors = format!("#{}\n", str::from_utf8(SCISSORS).unwrap());
        for (text, kept_all) in [
            (format!("subject\n{scissors}# Do not modify\n# Everything below\ndiff --git a/x b/x\n-old\n"), false),
            (format!("subject\n{}# ;\ndiff --cc x\n", scissors.replace('#', ";")), true),
            (format!("subject\n{}; no\ndiff --cc x\n", scissors.replace('#', ";")), false),
            (format!("subject\n{scissors}more\ndiff --git a/x b/x\n"), true),
            (format!("subject\n{scissors}# all\n"), true),
            ("subject\ndiff --git a/x b/x\n".to_owned(), true),
        ] {
            let expected = if kept_all { text.len() } else { "subject\n".len() };
            assert_eq!(kept(text.as_bytes()), expected, "{text}");
        }
    }
}
