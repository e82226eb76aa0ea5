//! Of every spelling of a target, in every format of texts, redaction leaves nothing that lies inside the target.

use std::fmt::Write as _;
use std::fs;

use crate::scene::{Scene, command, text};

#[path = "../../src/checks/mentions/tests/table.rs"]
mod table;

const TARGETS: &str = r"
[[target]]
name = 'alpha'
paths = ['/srv/work/alpha', '/home/u/src/alpha']
urls = ['git@github.com:acme/alpha.git']
[[target]]
name = 'beta'
words = ['acme/beta']
[[target]]
name = 'epsilon'
words = ['epsilon']
[[target]]
name = 'gamma'
paths = ['C:\work\gamma']
[[target]]
name = 'delta'
paths = ['/x/ab']
urls = ['https://git.example.com:8443/team/sub/delta']
";

/// The last parts of their names.
const NAMES: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon", "ab"];

/// How a format says a text in a row that has a mark; none where it has no way to.
type Say = fn(&str, &str) -> Option<String>;

/// A format: an ending of file names, what stands before and behind the rows, and how a row is written.
const FORMATS: &[(&str, &str, &str, Say)] = &[
    ("txt", "", "", |mark, text| Some(format!("{mark}\n{text}\n"))),
    ("log", "", "", |mark, text| Some(format!("{mark} INFO\n{text}\n"))),
    ("md", "# Rows\n\n", "", |mark, text| Some(format!("{mark}\n\n{text}\n\n"))),
    ("jsonl", "", "", |mark, text| Some(format!("{{\"mark\":\"{mark}\",\"note\":{}}}\n", json(text)))),
    ("json", "[\n", "{}]\n", |mark, text| Some(format!("{{\"mark\": \"{mark}\", \"note\": {}}},\n", json(text)))),
    ("yaml", "", "", |mark, text| Some(format!("- mark: {mark}\n  note: {}\n", json(text)))),
    ("toml", "", "", |mark, text| Some(format!("[[row]]\nmark = \"{mark}\"\nnote = {}\n", json(text)))),
    ("ini", "", "", |mark, text| is_line(text).then(|| format!("[{mark}]\nnote = {text}\n"))),
    ("env", "", "", |mark, text| {
        (is_line(text) && !text.contains('\'')).then(|| format!("MARK={mark}\nNOTE='{text}'\n"))
    }),
    ("csv", "mark,note\n", "", |mark, text| Some(format!("{mark},\"{}\"\n", text.replace('"', "\"\"")))),
    ("xml", "<rows>\n", "</rows>\n", |mark, text| {
        is_said_once(text).then(|| format!("<row><mark>{mark}</mark><note>{}</note></row>\n", escaped(text)))
    }),
    ("html", "<!doctype html>\n<html><body>\n", "</body></html>\n", |mark, text| {
        is_said_once(text).then(|| format!("<p>{mark}</p>\n<p>{}</p>\n", escaped(text)))
    }),
];

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn is_line(text: &str) -> bool {
    !text.contains('\n') && is_printable(text)
}

fn is_printable(text: &str) -> bool {
    text.chars().all(|letter| letter == '\n' || !letter.is_control())
}

/// What is escaped for a page already would be so twice.
fn is_said_once(text: &str) -> bool {
    is_printable(text) && !text.contains("&quot;")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The words that stand inside a target: all behind its own name, in what is gone where only `left` is left of a text.
fn inside(text: &str, left: &str) -> Vec<String> {
    let mut kept = vec![left.to_owned()];
    for name in NAMES {
        let placeholder = format!("[{name}]");
        kept = kept.iter().flat_map(|piece| piece.split(&placeholder).map(str::to_owned).collect::<Vec<_>>()).collect();
    }
    let mut words: Vec<String> = Vec::new();
    let mut at = kept[0].len();
    for (number, piece) in kept.iter().enumerate().skip(1) {
        let is_last = number + 1 == kept.len();
        let end = if is_last { text.len() - piece.len() } else { at + text[at..].find(piece.as_str()).unwrap() };
        let gone = &text[at..end];
        let name_end = |name: &&str| Some(gone.to_ascii_lowercase().rfind(*name)? + name.len());
        let own = NAMES.iter().filter_map(name_end).max().unwrap_or(0);
        words.extend(gone[own..].split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_owned));
        at = end + piece.len();
    }
    words.retain(|word| word.len() > 2 && !left.contains(word.as_str()));
    words
}

fn mark(number: usize) -> String {
    format!("Row{number:03}x")
}

/// What a document says between a mark and the next.
fn row(document: &str, number: usize) -> Option<&str> {
    let (_, rest) = document.split_once(&mark(number))?;
    Some(rest.split("Row").next().unwrap_or(rest))
}

#[test]
fn redaction_leaves_nothing_of_what_lies_inside() {
    let scene = Scene::new();
    scene.write("conf/spelled.toml", TARGETS);
    let all = (0..).zip(table::MENTIONS).map(|(number, (text, left))| (number, *text, *left));
    let rows: Vec<(usize, &str, &str)> = all.filter(|(_, text, left)| text != left).collect();
    assert!(rows.len() >= 120 && rows.iter().filter(|(_, text, left)| !inside(text, left).is_empty()).count() >= 20);
    for (ending, head, tail, say) in FORMATS {
        let said: String = rows.iter().filter_map(|(number, text, _)| say(&mark(*number), text)).collect();
        scene.write(&format!("in/rows.{ending}"), &format!("{head}{said}{tail}"));
    }
    let run = |args: &[&str]| {
        let mut run = command(&scene.root, &[args, &["--targets", "conf/spelled.toml"]].concat());
        let output = run.env("HOME", "/home/u").output().unwrap();
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    };
    assert_eq!(run(&["redact", "-q", "in", "--into", "out"]), (Some(0), String::new()));
    let mut wrong = String::new();
    for (ending, _, _, say) in FORMATS {
        let copy = fs::read_to_string(scene.at(&format!("out/in/rows.{ending}"))).unwrap();
        for (number, spelled, left) in &rows {
            let Some(row) = row(&copy, *number) else {
                assert_eq!(say("", spelled), None, "{ending} {spelled}: the row is gone");
                continue;
            };
            let rest = inside(spelled, left).into_iter().find(|word| row.contains(word.as_str()));
            if rest.is_some() || !row.contains("TARGET") {
                let _ = writeln!(wrong, "{ending}: {spelled:?}: {row:?}: {rest:?}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    let (code, told) = run(&["scan", "--only", "github-*", "--no-suppressions", "out/in"]);
    assert!(code == Some(0), "{told}");
    assert_eq!(run(&["verify", "-q", "out"]), (Some(0), String::new()));
}
