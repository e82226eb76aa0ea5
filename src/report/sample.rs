//! Findings to report in tests: an ordinary run, and one by somebody who wants to fool the reader.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{
    Commit, Confidence, Draft, Encoding, Excerpt, Finding, Fingerprint, Giver, Kind, Lapse, LapseState, Origin,
    PathText, Place, Proof, RuleId, RuleInfo, Severity, SkipReason, Skipped, Span, Status, Summary, Tie, Walls,
};

pub(super) struct Run {
    pub(super) findings: Vec<Finding>,
    pub(super) summary: Summary,
}

fn rule(id: &str, title: &str, severity: Severity, help: &str) -> Arc<RuleInfo> {
    Arc::new(RuleInfo {
        id: RuleId::new(id),
        title: title.into(),
        vendor: "example".into(),
        kind: Kind::Secret,
        severity,
        confidence: Confidence::High,
        help: help.into(),
    })
}

/// A draft in the middle of a line; the mark is the rule's name in brackets, as `policy` writes it.
fn draft(rule: &Arc<RuleInfo>, line: u64, before: &str, after: &str) -> Draft {
    let mark = format!("[{}]", rule.id);
    let column = before.chars().count() as u64 + 1;
    Draft {
        rule: Arc::clone(rule),
        confidence: Confidence::High,
        proof: Proof::None,
        span: Span::new(line * 100 + column, line * 100 + column + 40),
        start: Place { line, column },
        end: Place { line, column: column + 40 },
        encoding: Vec::new(),
        excerpt: Excerpt { text: format!("{before}{mark}{after}"), mark: before.len()..before.len() + mark.len() },
        status: Status::Open,
        site: [0; 16],
        ordinal: 0,
        value: None,
        tie: Tie([line as u8; 32]),
        detail: None,
    }
}

fn found(path: &[u8], drafts: impl IntoIterator<Item = Draft>) -> impl Iterator<Item = Finding> {
    found_in(Origin::file(PathText::new(path)), drafts)
}

fn found_in(origin: Origin, drafts: impl IntoIterator<Item = Draft>) -> impl Iterator<Item = Finding> {
    let origin = Arc::new(origin);
    drafts.into_iter().map(move |draft| {
        let fingerprint = Fingerprint([draft.start.line as u8; 16]);
        Finding::new(draft, Arc::clone(&origin), fingerprint)
    })
}

fn skipped(path: &[u8], reason: SkipReason) -> Skipped {
    Skipped { path: PathText::new(path), reason }
}

fn lapse(file: &[u8], line: u64, state: LapseState) -> Lapse {
    Lapse { file: PathText::new(file), line, state }
}

pub(super) fn ordinary() -> Run {
    let github = rule(
        "github-pat-classic",
        "GitHub personal access token (classic)",
        Severity::Critical,
        "Revoke it at https://github.com/settings/tokens, then look at the account's security log.",
    );
    let aws = rule("aws-access-key", "AWS access key", Severity::High, "Deactivate it in IAM.");
    let assigned = rule("assigned-secret", "Value assigned to a secret's name", Severity::Medium, "");
    let pem = rule("private-key", "Private key", Severity::High, "Make a new key pair and retire this one.");
    let findings = found(
        b"deploy/config.yaml",
        [
            Draft { detail: Some("AWS account 0296, user key".into()), ..draft(&aws, 3, "  access_key: ", "  # prod") },
            Draft { confidence: Confidence::Medium, ..draft(&assigned, 7, "  db_password: \"", "\"") },
            Draft {
                end: Place { line: 40, column: 30 },
                proof: Proof::Structure,
                ..draft(&pem, 12, "  tls_key: ", "")
            },
            Draft {
                status: Status::Suppressed(Giver::Inline { reason: Some("revoked in May".into()), until: None }),
                ..draft(&github, 50, "  # old: ", "")
            },
            Draft {
                status: Status::Suppressed(Giver::Config {
                    file: "tightlip.toml".into(),
                    reason: "fixture".into(),
                    until: None,
                }),
                ..draft(&github, 51, "  # test: ", "")
            },
        ],
    )
    .chain(found(
        b"logs/agent.jsonl",
        [
            Draft {
                proof: Proof::Checksum,
                ..draft(&github, 12, r#"{"out":"Authorization: Bearer "#, r#"","code":0}"#)
            },
            Draft {
                proof: Proof::Checksum,
                encoding: vec![Encoding::Json, Encoding::Base64],
                ..draft(&github, 31, &format!(r#"{{"log":"{}"#, "step done; ".repeat(20)), &" next step;".repeat(20))
            },
            Draft {
                proof: Proof::Failed, confidence: Confidence::Low, ..draft(&github, 32, "貼り付け: ", " ← 見本")
            },
        ],
    ));
    let summary = Summary {
        walls: Walls::default(),
        bytes: 38_200_000,
        files: 412,
        open: [0, 1, 2, 3],
        suppressed: 2,
        unlisted: 0,
        lapses: vec![
            lapse(b"src/a.py", 7, LapseState::Unused),
            lapse(
                b"tightlip-baseline.jsonl",
                2,
                LapseState::Stale { rule: RuleId::new("aws-access-key"), path: PathText::new(*b"deploy/old.yaml") },
            ),
        ],
        skipped: vec![
            skipped(b"logs/old.log", SkipReason::Unreadable { message: "permission denied".into() }),
            skipped(b"run/agent.sock", SkipReason::Special),
        ],
        duration: Duration::from_millis(50),
        ruleset: "0123456789abcdef".into(),
    };
    Run { findings: findings.collect(), summary }
}

/// Three findings that look the same; the first and the last are of one value.
pub(super) fn twins() -> Vec<Finding> {
    let aws = rule("aws-access-key", "AWS access key", Severity::High, "Deactivate it in IAM.");
    let of_value = |value| Draft { tie: Tie([value; 32]), ..draft(&aws, 3, "  access_key: ", "  # prod") };
    found(b"deploy/config.yaml", [of_value(1), of_value(2), of_value(1)]).collect()
}

/// A file and a message of a commit.
pub(super) fn of_a_commit() -> Run {
    let commit = Commit { author_time: "2026-11-22T16:46:04+01:00".into(), id: "1a2b3c4d5e6f".repeat(4)[..40].into() };
    let rule = rule("aws-access-key", "AWS access key", Severity::High, "Deactivate it in IAM.");
    let file = Origin::commit(PathText::new(*b"old.env"), commit.clone());
    let findings = found_in(file, [draft(&rule, 3, "key: ", "")])
        .chain(found_in(Origin::message(commit), [draft(&rule, 5, "see ", "")]));
    Run { findings: findings.collect(), summary: Summary { open: [0, 0, 2, 0], files: 2, ..Summary::default() } }
}

/// Every string that could come from a hostile file is one.
pub(super) fn hostile() -> Run {
    let evil = "\u{1b}[2J\u{9b}31m\u{202e}\u{2066}\u{200b}\u{e0041}\u{2028}\r\n\0\u{7f}{0} [here](3) \\\" </script> ]]> \u{301}\
        ##[error]a\n::error::b%0A::stop-commands::c <img src=x onerror=document.title='pwned'> |@all *d* https://e.org ;=1+1;\"=2";
    let path = [b"dir/".as_slice(), evil.as_bytes(), b"\xff\xfe%41 #?.txt"].concat();
    let rule = rule("user-rule", evil, Severity::Low, evil);
    let long = "x".repeat(10_000) + evil;
    let command = b"::error file=a,line=1::b%0Ac;=d".as_slice();
    let findings =
        found(command, [draft(&rule, 1, "=HYPERLINK(1)", ""), draft(&rule, 2, "::error::a", "")]).chain(found(
            &path,
            [
                Draft { detail: Some(evil.into()), encoding: vec![Encoding::Utf16], ..draft(&rule, 1, evil, evil) },
                draft(&rule, 2, &long, &long),
                Draft { excerpt: Excerpt { text: evil.into(), mark: 7..9_999 }, ..draft(&rule, 3, "", "") },
                Draft { excerpt: Excerpt::default(), ..draft(&rule, 4, "", "") },
                Draft {
                    status: Status::Suppressed(Giver::Inline { reason: Some(evil.into()), until: None }),
                    ..draft(&rule, 5, evil, "")
                },
                Draft {
                    status: Status::Suppressed(Giver::Config { file: evil.into(), reason: evil.into(), until: None }),
                    ..draft(&rule, 6, evil, "")
                },
            ],
        ));
    let summary = Summary {
        walls: Walls::default(),
        open: [9, 0, 0, 0],
        unlisted: 5,
        lapses: vec![
            lapse(&path, 1, LapseState::Unused),
            lapse(&path, 2, LapseState::Stale { rule: RuleId::new(evil), path: PathText::new(&*path) }),
            lapse(
                &path,
                3,
                LapseState::Moved { rule: RuleId::new(evil), path: PathText::new(&*path), to: PathText::new(evil) },
            ),
        ],
        skipped: vec![
            skipped(command, SkipReason::Loop),
            skipped(&path, SkipReason::Unreadable { message: evil.into() }),
        ],
        ..Summary::default()
    };
    Run { findings: findings.collect(), summary }
}
