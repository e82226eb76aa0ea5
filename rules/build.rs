//! Turns `rules/*.toml` into constants, so that start-up parses nothing.
#![expect(clippy::disallowed_methods, reason = "the door guards what is scanned, not what is built")]

#[path = "../src/ruleset/schema.rs"]
#[expect(dead_code, reason = "the room it belongs to uses the rest")]
mod schema;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use schema::{List, RuleFile};

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/ruleset/schema.rs");
    let mut files: Vec<PathBuf> = fs::read_dir("rules")
        .expect("rules/ is readable")
        .map(|entry| entry.expect("rules/ is readable").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    let mut code = String::from("&[\n");
    for path in &files {
        write_rules(path, &mut code);
    }
    code.push(']');
    let out = Path::new(&env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("builtin.rs");
    fs::write(out, code).expect("OUT_DIR is writable");
}

fn write_rules(path: &Path, code: &mut String) {
    let text = fs::read_to_string(path).expect("a rule file is readable");
    let shown = path.to_string_lossy().replace('\\', "/");
    let file: RuleFile = toml::from_str(&text).unwrap_or_else(|error| panic!("{shown}: {error}"));
    for spanned in file.rule {
        let line = text[..spanned.span().start].matches('\n').count() + 1;
        let rule = spanned.into_inner();
        let vendor = if rule.vendor.is_empty() { &file.vendor } else { &rule.vendor };
        let _ = writeln!(
            code,
            "Rule {{ id: Cow::Borrowed({:?}), title: Cow::Borrowed({:?}), vendor: Cow::Borrowed({vendor:?}), \
             severity: Cow::Borrowed({:?}), confidence: Cow::Borrowed({:?}), anchors: {}, pattern: Cow::Borrowed({:?}), \
             keywords: {}, value: Cow::Borrowed({:?}), check: Cow::Borrowed({:?}), within: {}, until: Cow::Borrowed({:?}), ignore_case: {}, proof: Cow::Borrowed({:?}), \
             entropy: {:?}, partners: {}, help: Cow::Borrowed({:?}), examples: {}, counterexamples: {}, \
             file: Cow::Borrowed({shown:?}), line: {line} }},",
            rule.id,
            rule.title,
            rule.severity,
            rule.confidence,
            list(&rule.anchors),
            rule.pattern,
            list(&rule.keywords),
            rule.value,
            rule.check,
            rule.within,
            rule.until,
            rule.ignore_case,
            rule.proof,
            rule.entropy,
            list(&rule.partners),
            rule.help,
            list(&rule.examples),
            list(&rule.counterexamples),
        );
    }
}

fn list(items: &List) -> String {
    let items: Vec<String> = items.iter().map(|item| format!("Cow::Borrowed({item:?})")).collect();
    format!("Cow::Borrowed(&[{}])", items.join(", "))
}
