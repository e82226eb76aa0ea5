//! Generates the corpora that tightlip is measured on: the same bytes on every machine, from fixed seeds.
//!
//! `cargo run --release --example corpus -- DIR [NAME]... [--mib N] [--hostile-mib N] [--long-line]`, or without
//! the library and its dependencies `rustc -O --edition 2024 benches/corpus/main.rs`: it needs none of them.
//!
//! | name | what | size |
//! |---|---|---|
//! | `jsonl` | `jsonl/agent.jsonl`: agent traces | `--mib`, by default 1024 |
//! | `logs` | `logs/*.log`: twenty backend logs | `--mib` together |
//! | `tree` | a source tree of 20,000 files | about 200 MB |
//! | `small`, `empty` | 200 files; none | |
//! | `hostile` | inputs made to hurt | `--hostile-mib` each, by default 64; `--long-line` adds a line of 1 GiB |
//!
//! What is there already is never written over: remove `DIR/NAME` to make it anew.
//! `DIR/planted.tsv` lists the planted secrets: path, byte offset, kind; never the value.

#![expect(
    clippy::disallowed_methods,
    reason = "the generator writes files of its own and reads none that it does not know"
)]

mod encode;
mod grammar;
mod hostile;
mod maker;
mod output;
mod planted;
mod random;
mod records;
mod tree;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use std::{env, fs};

use grammar::Grammar;
use maker::Words;
use output::Planted;

const MIB: u64 = 1 << 20;
const USAGE: &str = "usage: corpus DIR [NAME]... [--mib N] [--hostile-mib N] [--long-line]";

type Generate = fn(&Plan) -> io::Result<Vec<Planted>>;

const CORPORA: &[(&str, Generate)] = &[
    ("jsonl", records::agent),
    ("logs", records::logs),
    ("tree", tree::large),
    ("small", tree::small),
    ("empty", tree::empty),
    ("hostile", hostile::hostile),
];

/// What to generate, where, and the texts it is made of.
struct Plan {
    root: PathBuf,
    names: Vec<String>,
    size: u64,
    hostile_size: u64,
    long_line: bool,
    words: Words,
    grammar: Grammar,
}

fn main() -> ExitCode {
    let Some(plan) = plan(env::args().skip(1)) else {
        return fail(USAGE);
    };
    match generate(&plan) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(message: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "corpus: {message}");
    ExitCode::from(2)
}

fn plan(mut arguments: impl Iterator<Item = String>) -> Option<Plan> {
    let (mut size, mut hostile_size, mut long_line) = (1024 * MIB, 64 * MIB, false);
    let mut names = Vec::new();
    while let Some(argument) = arguments.next() {
        let mut mebibytes = || Some(arguments.next()?.parse::<u64>().ok()? * MIB);
        match argument.as_str() {
            "--mib" => size = mebibytes()?,
            "--hostile-mib" => hostile_size = mebibytes()?,
            "--long-line" => long_line = true,
            flag if flag.starts_with('-') => return None,
            _ => names.push(argument),
        }
    }
    let known = |name: &String| CORPORA.iter().any(|(corpus, _)| corpus == name);
    if names.is_empty() || !names.iter().skip(1).all(known) {
        return None;
    }
    let root = PathBuf::from(names.remove(0));
    if names.is_empty() {
        names.extend(CORPORA.iter().map(|(name, _)| (*name).to_owned()));
    }
    Some(Plan { root, names, size, hostile_size, long_line, words: Words::new(), grammar: grammar() })
}

fn grammar() -> Grammar {
    Grammar::new(&[
        include_str!("grammar/common.grammar"),
        include_str!("grammar/code.grammar"),
        include_str!("grammar/agent.grammar"),
        include_str!("grammar/logs.grammar"),
    ])
}

fn generate(plan: &Plan) -> io::Result<()> {
    for (name, write) in CORPORA.iter().filter(|(name, _)| plan.names.iter().any(|wanted| wanted == name)) {
        if plan.root.join(name).exists() {
            return Err(io::Error::other(format!("{} is there already", plan.root.join(name).display())));
        }
        let start = Instant::now();
        let mut planted = write(plan)?;
        planted.sort();
        record(plan, name, &planted)?;
        writeln!(io::stderr(), "{name}: {} planted, {:.1} s", planted.len(), start.elapsed().as_secs_f64())?;
    }
    Ok(())
}

/// Replaces the lines of one corpus in `planted.tsv` and keeps those of the others.
fn record(plan: &Plan, name: &str, planted: &[Planted]) -> io::Result<()> {
    let list = plan.root.join("planted.tsv");
    let before = fs::read_to_string(&list).unwrap_or_default();
    let corpus_of = |line: &str| line.split('/').next().unwrap_or_default().to_owned();
    let mut lines: Vec<String> = before.lines().filter(|line| corpus_of(line) != name).map(str::to_owned).collect();
    lines.extend(planted.iter().map(|Planted { path, offset, kind }| format!("{path}\t{offset}\t{kind}")));
    // Stable: the offsets within a corpus stay in numeric order.
    lines.sort_by_key(|line| corpus_of(line));
    fs::write(list, lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use maker::Maker;

    fn text(rule: &str, seed: &str) -> String {
        let (words, grammar, mut out) = (Words::new(), grammar(), Vec::new());
        let mut maker = Maker::new(seed, &words);
        for _ in 0..200 {
            grammar.write(grammar.rule(rule), &mut maker, &mut out);
            out.push(b'\n');
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_trace_is_a_line_of_json() {
        for rule in ["agent", "agent-planted"] {
            for line in text(rule, "test").lines() {
                serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|error| panic!("{error} in {line}"));
            }
        }
    }

    /// Figures are comparable only over equal corpora: whoever changes one must mean it.
    #[test]
    fn corpora_are_the_same_everywhere() {
        let digests = ["agent", "log-vllm", "log-java", "typescript-item", "planted-line"]
            .map(|rule| random::Rng::named(&text(rule, "test")).next());
        assert_eq!(
            digests,
            [
                0xe02b_e051_6717_11f1,
                0x9e61_7d66_7b3d_57f5,
                0xb368_cdec_69e9_bc37,
                0xbf44_f46a_00dd_3ad9,
                0x16ba_d420_e890_99e6
            ]
        );
    }

    #[test]
    fn equal_seeds_give_equal_text_and_others_do_not() {
        assert_eq!(text("log-k8s", "a"), text("log-k8s", "a"));
        assert_ne!(text("log-k8s", "a"), text("log-k8s", "b"));
    }
}
