//! Every format keeps what it promises, over tables and generated texts, and reads what the field's own readers read.

use proptest::prelude::*;
use proptest::sample::select;

use super::laws::{assert_laws, format, holds};
use super::*;
use crate::property::property;

/// Texts in which things stand where a careless reader stumbles.
const NASTY: &[(&str, &str)] = &[
    ("json", r#"{"a": [1, -2.5e+3, true, null, "x\/\u00e9\ud83d\ude00\n\"é"], "": {}}"#),
    // A lone surrogate is legal, though not for serde.
    ("json", r#"["a\ud83dx", "b\udfffc"]"#),
    ("json", "\u{feff} [ ]\r\n"),
    ("json", "0"),
    ("jsonl", "{\"a\":1}\r\n\n{broken\r\n -----BEGIN\n\n[\n{\"b\":\"c\"}\r\n[2]"),
    (
        "toml",
        "# c\r\na.'b'.\"c\\u00e9\" = 1_000 # d\n[x]\n\"k\" = [1979-05-27 07:32:00, true, 3.14, \"s\\\\\\\"\", 'l', {a=1}]\n",
    ),
    ("toml", "a = \"\"\"\r\nfoo\\\n   bar \"\" x\"\"\"\nb = '''\n'x' y\n'''\nc=\"\"\nd=''''''\n"),
    ("toml", "\u{feff}a=1\n[[b]]"),
    ("yaml", "a: b  # c\nd:\n  - |2-  # hc\n     x\n    y\n\n  - >+\n    foo\n    bar\n\n\n# end\n"),
    (
        "yaml",
        "e: 'f''g\n   h'\n? [x, 'y']\n: !!int &q 5\nz: *q\nempty:\nlast: multi\n  line # k\nu: é \"x\n--- \n- \"a\\\n   b\"\n- |\n  tail",
    ),
    ("yaml", "- |\r\n  a\r\n  b\r\n- >-\n\n   x\n\n- ''\n- !!binary |\n   AA\n- !!int 7\n"),
    ("yaml", "\u{feff}a: 1"),
    ("yaml", "[a, b: c, 'd': e, {f}, \"\\u00e9\\x41\\ \\\"\" , http://x#y]"),
    ("yaml", "a: |\n  x\n # c\n\n# d\nb: |+\n\n  \n\nc: >\nd: >\n  p q\n  r\n\n  s\n   more\n  t\n...\n"),
    ("yaml", "a: |\n  x\n     \nb: |+\n  y\n\n   \nc: |\n  z"),
    ("yaml", "plain\nat root\n\n too # c"),
    ("yaml", "%YAML 1.2\n---\n!!map {? a : b, c: !local d}\n--- |\n x\n--- >\n y\n z\n"),
    ("dotenv", "# c\r\nexport A=b # d\r\nB = \"x\\\"y\\n$Z\n2\" # e\nC='q\"\\'\nD=\nE=#f\nF=a#b=c\"d\" e\n"),
    (
        "ini",
        "; c\n[a \"b\"] # d\nk = v ; no comment\n\tl: \"q\"\n[ x ]\nkey =\n  one\n  two=3\n\n  four\nflag\n//r/:_t=u\n",
    ),
    (
        "properties",
        "# c\n! d\na=b\\\n   c\n\\ k\\:\\u00e9 : v\\tw\nonly\nsp   value = x \n=empty key\n\\u00e4\\\n b\\\r\n  = \\\n c",
    ),
    (
        "xml",
        "\u{feff}<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY e \"x>\">]>\n<a b='c &amp; &#xe9;&e;d\"' e=\"\">t &lt; <b/>\r\n<![CDATA[<x>&amp;]]><!-- c --> u &e; v</a>\n",
    ),
    (
        "html",
        "<!DOCTYPE html><p class=a data-x='y & z' hidden>a < b &nbsp; c &copy d<br>e<script>if (a</*x*/2) '&amp;'</script ><!-- c --><i>x",
    ),
    ("csv", "name,\"to\"\"ken\",\r\n1,\"a,\nb\",c d\r\n,,\"\"\n"),
    ("csv", "\u{feff}a\tb\nx y\t\"z\"\n"),
    ("csv", "a;b,c;d\n1;2;3"),
    ("markdown", "---\ntitle: x\ntags: [a]\n---\n# h\ntext `c`\n"),
    ("markdown", "+++\r\na = 'b'\r\n+++\r\n\r\ntext"),
    ("markdown", "---\nno end: x\n"),
    ("text", "any\n\0thing"),
];

#[test]
fn nasty_texts_keep_the_laws() {
    for &(name, text) in NASTY {
        let format = format(name);
        let scalars = format.scalars(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error:?}: {text:?}"));
        assert!(!scalars.is_empty() || text.contains("[ ]"), "{text:?}");
        assert_laws(format, text.as_bytes(), &scalars, &[]);
    }
}

#[test]
fn names_and_heads_tell_formats() {
    for (path, text, name) in [
        ("a/config.JSON", "{}", "json"),
        ("log.jsonl.1", "{}\n[]", "jsonl"),
        ("x.json", "{}\n{\"a\": 1}\n", "jsonl"),
        ("report.sarif", "{}", "json"),
        ("nb.ipynb", "{", "text"),
        (".env", "A=b", "dotenv"),
        (".env.production", "A=b", "dotenv"),
        ("prod.env.bak", "A=b", "dotenv"),
        ("C:\\x\\.npmrc", "a=b", "ini"),
        ("Cargo.lock", "[[a]]", "toml"),
        ("junit.xml", "<a/>", "xml"),
        ("page.htm", "<a>", "html"),
        ("page.md", "", "markdown"),
        ("values.yaml", "a: {{ b }}: c", "text"),
        ("mac.yaml", "a: |\r  b\r", "text"),
        ("app.properties", "a b", "properties"),
        ("t.tsv", "a\tb", "csv"),
        ("-", "{\"a\": [1]}", "json"),
        ("-", "<!DOCTYPE HTML><p>", "html"),
        ("-", "<testsuite/>", "xml"),
        ("-", "# c\n[a]\nb = 1\n", "toml"),
        ("-", "[a]\nb = c d\n", "ini"),
        ("-", "---\na: b\n", "yaml"),
        ("-", "---\na: b\n---\n\n# Head\n", "markdown"),
        ("-", "export A_B=c\n", "dotenv"),
        ("-", "just words: here\n", "text"),
        ("bin.json", "{\"a\": \"\\xff\"}", "text"),
    ] {
        assert_eq!(read(path.as_bytes(), text.as_bytes(), &[]).format.name(), name, "{path} {text:?}");
    }
    assert_eq!(read(b"latin.yaml", b"a: \xe4", &[]).format.name(), "text");
}

#[test]
fn lines_are_told_by_their_beginning_where_it_is_sure() {
    for (path, head, are) in [
        ("a.log", "INFO a\n", true),
        ("a.log", "{\"a\":1}\nINFO", true),
        ("a.jsonl", "INFO\n{\"a\":1}\n", true),
        ("a.jsonl", "INFO\n", false),
        ("a.json", "INFO\n", false),
        ("a.log", "[a]\nb = 1\n", false),
    ] {
        assert_eq!(are_lines(path.as_bytes(), head.as_bytes()), are, "{path} {head}");
    }
}

#[test]
fn what_is_json_within_a_string_is_told() {
    for (value, count) in
        [("{\"a\": [1]}", Some(2)), (" [\"x\"]\n", Some(1)), ("[REDACTED:x-y:k7q2]", None), ("1", None), ("{", None)]
    {
        let told = is_nested(value.as_bytes()).then(|| nested_scalars(value.as_bytes()).count());
        assert_eq!(told, count, "{value}");
    }
}

#[test]
fn hostile_nesting_takes_no_stack() {
    const DEPTH: usize = 200_000;
    for (name, head, open, inside, close) in [
        ("json", "", "[", "", "]"),
        ("json", "", "{\"a\":", "1", "}"),
        ("toml", "a = ", "[", "", "]"),
        ("toml", "a = ", "{a = ", "1", "}"),
        ("yaml", "", "[", "", "]"),
        ("yaml", "", "- ", "a", ""),
        ("yaml", "", "? ", "a", ""),
        ("xml", "", "<a>", "b", "</a>"),
        ("html", "", "<a>", "b", ""),
    ] {
        let text = [head, &open.repeat(DEPTH), inside, &close.repeat(DEPTH)].concat();
        // Refused or read.
        let _ = format(name).scalars(text.as_bytes());
    }
}

#[test]
fn every_value_can_be_said() {
    let hard = [
        "a: b # c",
        "null",
        "1",
        "q\"'`",
        "back\\slash\\",
        "é\u{2028}\u{1f600}",
        "a\nb",
        " lead",
        "trail ",
        "-",
        "a,b;c\td",
        "\n",
        "$x",
    ];
    for &(name, text) in NASTY {
        let scalars = format(name).scalars(text.as_bytes()).unwrap();
        let hard: Vec<&str> = hard
            .into_iter()
            .filter(|value| scalars.iter().all(|at| holds(format(name), at, value.as_bytes())))
            .collect();
        assert_laws(format(name), text.as_bytes(), &scalars, &hard);
    }
}

/// What texts of a format are made of, to be thrown together.
#[rustfmt::skip]
const ALPHABETS: &[(&str, &[&str])] = &[
    ("json", &["{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"\\u00e9\\/\"", "\\", "1", "-0.5e1", "01", "true", "nul", " ", "\n", "é", "\t", "{\"k\": ", "[0,", "\"v\",", "\"x\"}", "\"y\"]", "1]", "\"\"", ",\"b\":", "}]"]),
    ("jsonl", &["{\"a\":\"b\"}", "[1]", "\n", "\r\n", "x", "\"", "{", "null", " ", "\n\n"]),
    ("toml", &["a", "b.c", " = ", "=", "\"", "'", "\"\"\"", "'''", "\\", "\\n", "\n", "\r\n", "[", "]", "{", "}", ",", "# c", "1", "2020-01-01", " ", "é", "k = ", "\nl = ", "\"x\\\"\\u00e9y\"", "'q'", "\"\"\"\na\\\n  b\"\"\"", "'''\r\na'b\n'''", "\n[t]\n", "\n[[u.'v']]\n", "[1, ", "{a = "]),
    ("yaml", &["a", "b: ", ": ", "- ", "? ", "|", ">", "|-", ">+2", "\n", "\n  ", "\n    ", "\n ", "\r\n", "'", "''", "\"", "\\", "\\n", "# c", " # d", "[", "]", "{", "}", ", ", "&x ", "*x", "!!int ", "!t ", "---", "\n--- ", "...", " ", "\t", "é", "1", "\n  k: ", "\nl: ", "\n- ", "|\n  x\n   y\n\n", ">-\n    x\n    y\n\n     z\n", "\"x\\\"y\"", "'a''b'", "\"a\n  b\"", "a\n  b", "!!binary |\n  QQ\n"]),
    ("dotenv", &["A", "export ", "=", "\"", "'", "\\", "\\n", "\n", "\r\n", "# c", " #", "$A", " ", "b c", "é", "`", "\nB=", "'x y'", "\"x\\\"y\"", "\"a\nb\""]),
    ("ini", &["[", "]", "a", "b c", "=", ":", "\n", "\n  ", "\n    ", "\r\n", ";c", "# d", "\"", "'", " ", "é", "\n\n"]),
    ("properties", &["a", "b", "=", ":", " ", "\\", "\\u00e9", "\\n", "\n", "\r\n", "\n  ", "#c", "!d", "\t", "é", "\\\n  "]),
    ("xml", &["<a>", "</a>", "<b c='d'/>", "<b c=\"", "\">", "'", " x ", "&amp;", "&e;", "&#65;", "&", "<!-- c -->", "<![CDATA[", "]]>", "<?p?>", "<!DOCTYPE a>", "<", ">", "é", "\n", "<a>x</a>", "<a b='&lt;y'>", "<!-- d --></a>", "<![CDATA[&z]]>"]),
    ("html", &["<a>", "</a>", "<b c=d e>", "<b c=\"", "\">", "'", " x ", "&amp;", "&nbsp;", "&#65;", "&", "<!-- c -->", "<script>", "</script>", "</", "<!DOCTYPE html>", "<", ">", "é", "\n", "/", "=", " "]),
    ("csv", &["a", ",", ";", "\t", "\"", "\"\"", "\n", "\r\n", " ", "é", "\"b\"", "b,c", "\"d,\"\"e\"", ",\"f\n\""]),
    ("markdown", &["---\n", "+++\n", "a: b\n", "a = 1\n", "\r\n", "x", "# h\n", "---"]),
];

/// A text of one of the alphabets.
pub(super) fn texts() -> impl Strategy<Value = (&'static str, String)> {
    select(ALPHABETS).prop_flat_map(|(name, words)| {
        (Just(name), prop::collection::vec(select(words), 0..16).prop_map(|words| words.concat()))
    })
}

proptest! {
    #![proptest_config(property(3000))]

    /// Whatever is read as a format keeps the laws of it.
    #[test]
    fn texts_thrown_together_keep_the_laws((name, text) in texts()) {
        let format = format(name);
        if let Ok(scalars) = format.scalars(text.as_bytes()) {
            assert_laws(format, text.as_bytes(), &scalars, &[]);
        }
    }

    /// What a text begins with never says that it is one of lines where all of it says something else.
    #[test]
    fn lines_are_told_by_their_beginning((_, text) in texts(), path in select(&["-", "a.log", "a.jsonl", "a.json"])) {
        let format = read(path.as_bytes(), text.as_bytes(), &[]).format;
        prop_assert!(is_of_lines(format) || !are_lines(path.as_bytes(), text.as_bytes()), "{} is {}", text, format.name());
    }
}
