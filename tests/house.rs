//! The house rules that a compiler does not keep: which room may name which, where files are opened, where `unsafe` stands.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test reads the sources")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room of `src`, and the rooms it may name. A room is a folder or file right under `src`; `lib` stands for the public names.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("raw", &["model"]),
    ("fence", &["model"]),
    ("formats", &["model"]),
    ("ruleset", &["model"]),
    // Knows bytes and their packing, no files and no secrets: scanner and redactor hand it both.
    ("unpack", &["model"]),
    // The wall: what may be secret is in `raw`, and a report cannot leak what it cannot name.
    ("report", &["model"]),
    ("sources", &["model", "raw", "fence"]),
    ("checks", &["model", "raw", "ruleset"]),
    ("policy", &["model", "raw"]),
    // Finds nothing itself: it is handed the search by `redactor`.
    ("redact", &["model", "raw", "fence", "formats"]),
    ("scanner", &["model", "raw", "fence", "ruleset", "unpack", "sources", "checks", "policy"]),
    ("redactor", &["model", "raw", "fence", "formats", "unpack", "scanner", "sources", "redact"]),
    // Reads what the user says is secret.
    ("known", &["model", "raw", "formats"]),
    // Reads what other scanners wrote.
    ("import", &["model", "raw", "fence", "ruleset", "checks"]),
    // Runs the checks on the rules' own examples, without files or policy.
    ("selftest", &["model", "raw", "ruleset", "checks"]),
    ("config", &["model", "raw", "fence", "ruleset", "policy", "scanner", "sources", "selftest"]),
    ("hooks", &["model", "fence", "ruleset", "sources", "checks"]),
    (
        "lib",
        &[
            "model", "raw", "fence", "report", "ruleset", "sources", "policy", "scanner", "selftest", "config",
            "hooks", "import", "redact", "redactor",
        ],
    ),
    // For tests and fuzz targets alone.
    ("property", &[]),
    ("planted", &["raw", "ruleset", "checks"]),
    ("no_leak", &["model", "raw", "report", "ruleset", "checks", "sources", "scanner", "planted", "property", "lib"]),
    ("fuzzing", &["formats", "unpack", "ruleset", "checks", "selftest", "redactor", "lib"]),
];

/// Test modules may name more than the room they stand in.
const TESTS_MAY: &[(&str, &[&str])] = &[
    ("checks", &["property"]),
    ("formats", &["property"]),
    ("redact", &["property"]),
    ("redactor", &["planted", "property"]),
    ("ruleset", &["property"]),
    ("scanner", &["planted", "property"]),
    ("unpack", &["property"]),
];

/// The parts of `checks`, and the parts each may name.
const CHECKS: &[(&str, &[&str])] = &[
    ("boundary", &[]),
    ("decode", &[]),
    ("dense", &["prefilter"]),
    ("filters", &[]),
    ("prefilter", &[]),
    ("proof", &["filters"]),
    ("recent", &[]),
    ("starts", &[]),
    ("resolve", &[]),
    ("window", &[]),
    ("leaks", &["filters"]),
    ("shapes", &["boundary"]),
    ("keyblock", &["shapes"]),
    ("keywords", &[]),
    ("known", &["prefilter", "window"]),
    ("mentions", &["boundary", "prefilter"]),
    ("judge", &["boundary", "filters", "proof", "shapes"]),
    ("stumps", &[]),
    ("states", &["keywords", "recent", "shapes", "starts"]),
    ("matcher", &["boundary", "proof", "shapes", "starts", "states"]),
    ("patterns", &["judge", "keyblock", "keywords", "matcher", "prefilter", "shapes", "states", "stumps"]),
    ("assignments", &["boundary", "filters", "prefilter", "proof", "recent"]),
    ("naive", &["Checks", "assignments", "decode", "patterns", "prefilter", "redacted", "resolve", "states"]),
];

/// Files beside the door that look at files, and why. They open none.
const LOOKS_AT_FILES: &[(&str, &str)] = &[
    ("src/fence/admitted.rs", "hands out what the door opened"),
    ("src/fence/guard.rs", "asks what stands at a real path"),
    ("src/fence/held.rs", "takes hold of files by descriptors that cannot read, and asks where they lie"),
    ("src/fence/paths.rs", "asks where names lead, and which file is which"),
    ("src/fence/repository.rs", "asks what a `.git` is"),
    ("src/fence/sandbox/landlock.rs", "asks which program `git` is"),
    ("src/fence/walked.rs", "goes to files step by step, and hands out what the door asks for"),
    ("src/sources/roots.rs", "asks what named paths are, and whether two of them are one"),
    ("src/sources/walk.rs", "asks whether what is missing is a link"),
];

/// Where other programs are started: git, the commands that sign and check manifests, and, in tests, oracles of formats.
const STARTS_PROGRAMS: &[&str] =
    &["src/sources/git/command.rs", "src/bin/tightlip/redact.rs", "src/formats/oracles.rs"];

/// Where `unsafe` may stand.
const UNSAFE: &[&str] = &[
    "src/checks/decode/scout.rs",
    "src/checks/decode/scout/lanes.rs",
    "src/checks/prefilter/avx2.rs",
    "src/checks/prefilter/avx512.rs",
    "src/fence/door.rs",
];

/// No file has more lines.
const LONGEST: usize = 600;

#[test]
fn rooms_name_only_the_rooms_below_them() {
    let mut wrong = Vec::new();
    for file in sources() {
        let Some((room, part)) = file.room() else { continue };
        let allowed =
            row(ROOMS, &room).unwrap_or_else(|| panic!("{}: `{room}` is not in the table of rooms", file.path));
        let in_tests = row(TESTS_MAY, &room).unwrap_or_default();
        for name in file.names() {
            let target = if row(ROOMS, &name.path[0]).is_some() { name.path[0].as_str() } else { "lib" };
            let is_allowed = target == room || allowed.contains(&target) || name.is_test && in_tests.contains(&target);
            if !is_allowed {
                wrong.push(format!("{}:{}: `{room}` may not name `{target}`", file.path, name.line));
            }
            let parts = part.as_ref().filter(|_| room == "checks" && target == room).and_then(|part| row(CHECKS, part));
            if let (Some(parts), Some(part), Some(named)) = (parts, &part, name.path.get(1))
                && named != part
                && !name.is_test
                && !parts.contains(&named.as_str())
            {
                wrong.push(format!("{}:{}: `checks::{part}` may not name `checks::{named}`", file.path, name.line));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn files_are_opened_at_the_door_only() {
    let mut wrong = Vec::new();
    for file in sources() {
        if file.path.starts_with("src/fence/door") || LOOKS_AT_FILES.iter().any(|(path, _)| *path == file.path) {
            continue;
        }
        for (at, token) in file.tokens.iter().enumerate() {
            // `std::os::unix::fs` only adds methods.
            let qualified = at >= 2 && ["unix", "windows", "rustix"].contains(&file.tokens[at - 2].text.as_str());
            if token.text == "fs" && !qualified && !token.is_test {
                wrong.push(format!("{}:{}", file.path, token.line));
            }
        }
    }
    assert!(wrong.is_empty(), "`std::fs` outside of fence/door:\n{}", wrong.join("\n"));
}

#[test]
fn programs_are_started_in_one_place() {
    let mut wrong = Vec::new();
    for file in sources() {
        let may = STARTS_PROGRAMS.contains(&file.path.as_str());
        let new = ["Command", "::", "new"];
        for at in 0..file.tokens.len() {
            let tokens = file.tokens[at..].iter().take(new.len());
            if !may && !file.tokens[at].is_test && tokens.map(|token| token.text.as_str()).eq(new) {
                wrong.push(format!("{}:{}", file.path, file.tokens[at].line));
            }
        }
    }
    assert!(wrong.is_empty(), "programs are started outside of {STARTS_PROGRAMS:?}:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_unsafe_and_no_network() {
    let mut wrong = Vec::new();
    for file in sources() {
        for (at, token) in file.tokens.iter().enumerate() {
            let is_net = token.text == "net" && at >= 2 && file.tokens[at - 2].text == "std";
            if is_net || token.text == "unsafe" && !UNSAFE.contains(&file.path.as_str()) {
                wrong.push(format!("{}:{}: `{}`", file.path, token.line, token.text));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn files_say_what_they_are_for_and_are_short() {
    for file in sources() {
        assert!(file.text.starts_with("//! "), "{} does not begin with `//!`", file.path);
        let lines = file.text.lines().count();
        assert!(lines <= LONGEST, "{} has {lines} lines", file.path);
    }
}

#[test]
fn lists_name_what_is_there() {
    let files: BTreeSet<String> = sources().into_iter().map(|file| file.path).collect();
    for path in UNSAFE.iter().chain(STARTS_PROGRAMS).chain(LOOKS_AT_FILES.iter().map(|(path, _)| path)) {
        assert!(files.contains(*path), "{path} is gone");
    }
}

#[test]
fn comments_and_strings_are_no_code() {
    let text = "a /* b /* c */ */ \"d\\\"e\" r#\"f\"g\"# 'h' '\\'' b\"i\" // j\n'k: l::m<'n>";
    let words: Vec<(usize, String)> = tokens(text).into_iter().map(|token| (token.line, token.text)).collect();
    let expected = [(1, "a"), (2, "k"), (2, ":"), (2, "l"), (2, "::"), (2, "m"), (2, "<"), (2, "n"), (2, ">")];
    assert_eq!(words, expected.map(|(line, text)| (line, text.to_owned())));
}

#[test]
fn paths_are_resolved_wherever_they_stand() {
    let text = "use crate::{a::b, c}; mod tests { use super::*; use super::super::super::d::e; use super::{f, super::g}; } crate::h";
    let file = File { path: "src/x/y.rs".into(), text: String::new(), tokens: tokens(text) };
    let names: Vec<String> = file.names().into_iter().map(|name| name.path.join("::")).collect();
    assert_eq!(names, ["a::b", "c", "x::y::*", "d::e", "x::y::f", "x::g", "h"]);
}

fn row<'t>(table: &[(&str, &'t [&'t str])], name: &str) -> Option<&'t [&'t str]> {
    table.iter().find(|(row, _)| *row == name).map(|(_, allowed)| *allowed)
}

/// A source file, its comments and strings stripped.
struct File {
    path: String,
    text: String,
    tokens: Vec<Token>,
}

/// A word or a sign.
struct Token {
    line: usize,
    text: String,
    /// Whether it stands in an inline `mod tests`.
    is_test: bool,
}

/// A path that a file names, from the root of the crate.
struct Name {
    line: usize,
    path: Vec<String>,
    is_test: bool,
}

/// All files of `src`, with their paths from the root of the package.
fn sources() -> Vec<File> {
    fn gather(folder: &Path, paths: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, paths);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                paths.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    gather(&root.join("src"), &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        let mut tokens = tokens(&text);
        // Whole files of tests.
        let is_test = path.ends_with("/tests.rs")
            || path.contains("/tests/")
            || path.ends_with("/oracles.rs")
            || ["src/no_leak.rs", "src/planted.rs", "src/property.rs"].contains(&path.as_str());
        for token in &mut tokens {
            token.is_test |= is_test;
        }
        File { path, text, tokens }
    };
    paths.into_iter().map(read).collect()
}

impl File {
    /// The modules from the root of the crate to this file.
    fn modules(&self) -> Vec<String> {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        path.split('/').filter(|module| !["mod", "lib"].contains(module)).map(str::to_owned).collect()
    }

    /// Its room, and its part of the room. The command is no room: it has only the public names.
    fn room(&self) -> Option<(String, Option<String>)> {
        let mut modules = self.modules().into_iter();
        match modules.next() {
            Some(room) if room == "bin" => None,
            room => Some((room.unwrap_or_else(|| "lib".into()), modules.next())),
        }
    }

    /// Every path that begins with `crate` or `super`.
    fn names(&self) -> Vec<Name> {
        let mut names = Vec::new();
        let mut here = self.modules();
        // Brace depths at which inline modules opened.
        let (mut depth, mut opened) = (0, Vec::new());
        for (at, token) in self.tokens.iter().enumerate() {
            let next = |ahead: usize| self.tokens.get(at + ahead).map_or("", |token| token.text.as_str());
            match token.text.as_str() {
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    if opened.last() == Some(&depth) {
                        opened.pop();
                        here.pop();
                    }
                }
                "mod" if next(2) == "{" => {
                    opened.push(depth);
                    here.push(next(1).to_owned());
                }
                "crate" | "super"
                    if next(1) == "::"
                        && (at == 0
                            || !["::", "{", ","].contains(&self.tokens[at - 1].text.as_str())
                            || !self.is_nested(at)) =>
                {
                    let mut rest = at;
                    self.paths(&mut rest, &here, &mut names);
                }
                _ => {}
            }
        }
        names
    }

    /// Whether the `super` at this token goes on a path that began before.
    fn is_nested(&self, at: usize) -> bool {
        if self.tokens[at - 1].text == "::" {
            return true;
        }
        // `{` or `,` of a group: a group belongs to a path when `::` stands before its brace.
        let mut depth = 0;
        for index in (0..at).rev() {
            match self.tokens[index].text.as_str() {
                "}" => depth += 1,
                "{" if depth > 0 => depth -= 1,
                "{" => return index > 0 && self.tokens[index - 1].text == "::",
                ";" => return false,
                _ => {}
            }
        }
        false
    }

    /// Reads the path at `at`, groups included, and adds what it names.
    fn paths(&self, at: &mut usize, from: &[String], names: &mut Vec<Name>) {
        let mut path = from.to_vec();
        let line = self.tokens[*at].line;
        while let Some(token) = self.tokens.get(*at) {
            match token.text.as_str() {
                "crate" => path.clear(),
                "super" => drop(path.pop()),
                "self" => {}
                "{" => {
                    *at += 1;
                    while self.tokens[*at].text != "}" {
                        self.paths(at, &path, names);
                        if self.tokens[*at].text == "," {
                            *at += 1;
                        }
                    }
                    *at += 1;
                    return;
                }
                word => path.push(word.to_owned()),
            }
            *at += 1;
            if self.tokens.get(*at).is_some_and(|token| token.text == "::") {
                *at += 1;
            } else {
                break;
            }
        }
        // `as` and what it is called here.
        while self.tokens.get(*at).is_some_and(|token| token.text == "as") {
            *at += 2;
        }
        if !path.is_empty() {
            names.push(Name { line, is_test: self.tokens[*at - 1].is_test, path });
        }
    }
}

/// Cuts code into words and signs.
fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens: Vec<Token> = Vec::new();
    let (mut at, mut line) = (0, 1);
    let (mut depth, mut tests_at) = (0, None);
    while at < bytes.len() {
        let rest = &text[at..];
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let len = match bytes[at] {
            b'/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with("/*") => block_comment(rest),
            b'"' => string(rest),
            b'r' | b'b' | b'c' if raw_string(rest).is_some() => raw_string(rest).unwrap_or(1),
            b'b' if rest[1..].starts_with('"') => 1,
            b'\'' => character(rest),
            byte if is_word(&byte) => rest.bytes().take_while(is_word).count(),
            b':' if rest.starts_with("::") => 2,
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        let piece = &rest[..len];
        let is_code = !piece.starts_with("//")
            && !piece.starts_with("/*")
            && !piece.contains(['"', '\''])
            && !piece.trim().is_empty();
        let is_prefix = piece == "b" && rest[1..].starts_with('"');
        if is_code && !is_prefix {
            let opens_tests =
                piece == "{" && tokens.iter().rev().take(2).map(|token| token.text.as_str()).eq(["tests", "mod"]);
            depth += usize::from(piece == "{");
            if opens_tests && tests_at.is_none() {
                tests_at = Some(depth);
            }
            tokens.push(Token { line, text: piece.to_owned(), is_test: tests_at.is_some() });
            if piece == "}" {
                if tests_at == Some(depth) {
                    tests_at = None;
                }
                depth = depth.saturating_sub(1);
            }
        }
        line += piece.matches('\n').count();
        at += len;
    }
    tokens
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        let rest = &text[at..];
        let step = if rest.starts_with("/*") {
            depth += 1;
            2
        } else if rest.starts_with("*/") {
            depth -= 1;
            2
        } else {
            rest.chars().next().map_or(0, char::len_utf8)
        };
        at += step;
        if depth == 0 || step == 0 {
            return at;
        }
    }
}

fn string(text: &str) -> usize {
    let mut escaped = true;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    text.len()
}

/// `r"…"`, `r#"…"#`, `br"…"`.
fn raw_string(text: &str) -> Option<usize> {
    let head = text.strip_prefix(['b', 'c']).unwrap_or(text).strip_prefix('r')?;
    let hashes = head.bytes().take_while(|&byte| byte == b'#').count();
    let body = head[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let len = body.find(&end)? + end.len();
    Some(text.len() - body.len() + len)
}

/// `'x'`, `'\n'`, `'\u{41}'`; of a lifetime, the apostrophe alone.
fn character(text: &str) -> usize {
    let body = &text[1..];
    let escape = body.strip_prefix('\\').and_then(|rest| Some(rest[1..].find('\'')? + 4));
    let plain = body
        .chars()
        .next()
        .filter(|_| !body.starts_with('\\'))
        .map(char::len_utf8)
        .filter(|len| body[*len..].starts_with('\''));
    escape.or(plain.map(|len| len + 2)).unwrap_or(1)
}
