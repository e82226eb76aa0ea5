//! The corpora made of many files: a source tree, a small one, and an empty directory.

use std::collections::BTreeSet;
use std::{fs, io};

use crate::Plan;
use crate::grammar::RuleId;
use crate::maker::Maker;
use crate::output::{Output, Planted};
use crate::random::Rng;

/// A kind of file: out of a thousand so many, the name or its ending, the rules it is made of, how much larger than usual.
struct Kind {
    share: usize,
    name: &'static str,
    head: &'static str,
    item: &'static str,
    tail: &'static str,
    scale: usize,
}

const fn kind(share: usize, name: &'static str, rules: [&'static str; 3], scale: usize) -> Kind {
    let [head, item, tail] = rules;
    Kind { share, name, head, item, tail, scale }
}

/// Names that begin with `*` are endings.
const KINDS: &[Kind] = &[
    kind(190, "*.rs", ["rust-head", "rust-item", ""], 1),
    kind(200, "*.py", ["python-head", "python-item", ""], 1),
    kind(190, "*.ts", ["typescript-head", "typescript-item", ""], 1),
    kind(120, "*.go", ["go-head", "go-item", ""], 1),
    kind(90, "*.yaml", ["yaml-head", "yaml-item", ""], 1),
    kind(70, "*.json", ["json-head", "json-item", "json-tail"], 1),
    kind(80, "*.md", ["markdown-head", "markdown-item", ""], 1),
    kind(25, "*.sh", ["shell-head", "shell-item", ""], 1),
    kind(15, "*.sql", ["", "sql-item", ""], 1),
    kind(6, "*.min.js", ["", "minified-item", ""], 8),
    kind(4, "package-lock.json", ["json-head", "lock-item", "json-tail"], 8),
    kind(3, "Cargo.lock", ["", "cargo-lock-item", ""], 6),
    kind(2, "go.sum", ["", "go-sum-item", ""], 6),
    kind(5, ".env.example", ["", "env-item", ""], 1),
];

/// Sizes of source files: out of a thousand so many up to so many bytes (median about 4 KB, mean about 9 KB).
const SIZES: &[(usize, usize)] =
    &[(100, 1_000), (200, 2_500), (200, 4_000), (250, 8_000), (160, 20_000), (75, 50_000), (13, 120_000), (2, 300_000)];

/// `tree/`: 20,000 files in 1,500 directories, a planted secret in one of a thousand.
pub(crate) fn large(plan: &Plan) -> io::Result<Vec<Planted>> {
    files(plan, "tree", 1_500, 20_000, 1_000)
}

/// `small/`: 200 files, what a commit hook sees.
pub(crate) fn small(plan: &Plan) -> io::Result<Vec<Planted>> {
    files(plan, "small", 20, 200, 100)
}

/// `empty/`: what is left is the time to start.
pub(crate) fn empty(plan: &Plan) -> io::Result<Vec<Planted>> {
    fs::create_dir_all(plan.root.join("empty"))?;
    Ok(Vec::new())
}

fn files(plan: &Plan, root: &str, directories: usize, count: usize, spacing: usize) -> io::Result<Vec<Planted>> {
    let mut maker = Maker::new(root, &plan.words);
    let directories = nested(plan, root, directories, &mut maker);
    let planted_rule = plan.grammar.rule("planted-line");
    let mut taken = BTreeSet::new();
    let mut planted = Vec::new();
    for nth in 0..count {
        let kind = weighted(KINDS, |kind| kind.share, &mut maker.rng);
        let directory = &directories[maker.rng.below(directories.len())];
        let mut path = format!("{directory}/{}", name(plan, kind, &mut maker));
        if !taken.insert(path.clone()) {
            path = format!("{directory}/{nth}-{}", kind.name.trim_start_matches('*'));
            taken.insert(path.clone());
        }
        let mut output = Output::create(plan, path)?;
        let size = size(&mut maker.rng) * kind.scale;
        let rule = |name: &str| (!name.is_empty()).then(|| plan.grammar.rule(name));
        write(&mut output, [rule(kind.head), rule(kind.item), rule(kind.tail)], size as u64, &mut maker)?;
        if nth % spacing == spacing / 2 {
            output.rule(planted_rule, &mut maker)?;
            output.bytes(|out| out.push(b'\n'))?;
        }
        planted.extend(output.finish()?);
    }
    Ok(planted)
}

fn write(output: &mut Output<'_>, rules: [Option<RuleId>; 3], size: u64, maker: &mut Maker<'_>) -> io::Result<()> {
    let [head, item, tail] = rules;
    if let Some(head) = head {
        output.rule(head, maker)?;
    }
    while let Some(item) = item.filter(|_| output.len() < size) {
        output.rule(item, maker)?;
    }
    tail.map_or(Ok(()), |tail| output.rule(tail, maker))
}

/// Directories below `root`, each inside one made before it, at most eight deep.
fn nested(plan: &Plan, root: &str, count: usize, maker: &mut Maker<'_>) -> Vec<String> {
    let name = plan.grammar.rule("directory");
    let mut directories = vec![root.to_owned()];
    let mut seen = BTreeSet::new();
    while directories.len() < count {
        let parent = maker.rng.pick(&directories).clone();
        let path = format!("{parent}/{}", text(plan, name, maker));
        if path.split('/').count() <= 8 && seen.insert(path.clone()) {
            directories.push(path);
        }
    }
    directories
}

fn name(plan: &Plan, kind: &Kind, maker: &mut Maker<'_>) -> String {
    match kind.name.strip_prefix('*') {
        Some(ending) => text(plan, plan.grammar.rule("directory"), maker) + ending,
        None => kind.name.to_owned(),
    }
}

fn text(plan: &Plan, rule: RuleId, maker: &mut Maker<'_>) -> String {
    let mut out = Vec::new();
    plan.grammar.write(rule, maker, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

fn size(rng: &mut Rng) -> usize {
    let (_, high) = *weighted(SIZES, |(share, _)| *share, rng);
    let low = SIZES.iter().map(|(_, size)| *size).rfind(|size| *size < high).unwrap_or(200);
    rng.between(low, high)
}

fn weighted<'t, T>(table: &'t [T], weight: impl Fn(&T) -> usize, rng: &mut Rng) -> &'t T {
    let mut left = rng.below(table.iter().map(&weight).sum());
    let chosen = table.iter().position(|entry| {
        let here = left < weight(entry);
        left = left.saturating_sub(weight(entry));
        here
    });
    &table[chosen.unwrap_or_default()]
}
