//! The corpora made of records: agent traces in one large file, backend logs in twenty.

use std::io;

use crate::maker::Maker;
use crate::output::{Output, Planted};
use crate::{MIB, Plan};

/// Name and number of files by kind of log; the records are the rules `log-*`.
const LOGS: &[(&str, u64)] = &[
    ("vllm", 3),
    ("sglang", 2),
    ("uvicorn", 2),
    ("nginx", 2),
    ("journal", 2),
    ("litellm", 2),
    ("k8s", 2),
    ("java", 2),
    ("postgres", 1),
    ("gateway", 2),
];

/// One planted secret for so many bytes.
const SPACING: u64 = 10 * MIB;

/// `jsonl/agent.jsonl`
pub(crate) fn agent(plan: &Plan) -> io::Result<Vec<Planted>> {
    fill(plan, "jsonl/agent.jsonl".to_owned(), "agent", "agent-planted", plan.size)
}

/// `logs/*.log`
pub(crate) fn logs(plan: &Plan) -> io::Result<Vec<Planted>> {
    let files: u64 = LOGS.iter().map(|(_, count)| count).sum();
    let mut planted = Vec::new();
    for (kind, count) in LOGS {
        for nth in 1..=*count {
            let rule = format!("log-{kind}");
            planted.extend(fill(plan, format!("logs/{kind}-{nth}.log"), &rule, "log-planted", plan.size / files)?);
        }
    }
    Ok(planted)
}

fn fill(plan: &Plan, path: String, rule: &str, planted_rule: &str, size: u64) -> io::Result<Vec<Planted>> {
    let (rule, planted_rule) = (plan.grammar.rule(rule), plan.grammar.rule(planted_rule));
    let mut maker = Maker::new(&path, &plan.words);
    let mut output = Output::create(plan, path)?;
    let mut next_planted = maker.rng.below(SPACING as usize) as u64;
    while output.len() < size {
        maker.tick();
        if output.len() < next_planted {
            output.rule(rule, &mut maker)?;
        } else {
            output.rule(planted_rule, &mut maker)?;
            next_planted += SPACING;
        }
        output.bytes(|out| out.push(b'\n'))?;
    }
    output.finish()
}
