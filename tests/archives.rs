//! Compressed files and archives as the system's own programs make and read them.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the door is tightlip's, not the tests'")]

mod acme;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use tightlip::{
    Finding, Key, Manifest, Origin, OriginKind, Outcome, Redactor, RuleSet, Scanner, SkipReason, Source, Summary, Watch,
};

use acme::{RULES, secret};

fn scanner(depth: usize) -> Scanner {
    let mut rules = RuleSet::empty();
    rules.add("rules.toml", RULES).unwrap();
    Scanner::builder().rules(rules).threads(2).max_depth_archive(depth).build().unwrap()
}

fn redactor(scanner: &Scanner) -> Redactor<'_> {
    let key = Key::from_reader(&b"a key of the tests, made for them"[..]).unwrap();
    Redactor::builder(scanner).key(key).build().unwrap()
}

fn scan(path: &Path, depth: usize) -> (Vec<Finding>, Summary) {
    let mut findings = Vec::new();
    let summary = scanner(depth).scan(&Source::walk([path]), &Watch::default(), |finding| {
        findings.push(finding.clone());
        Ok(())
    });
    (findings, summary.unwrap())
}

/// Copies one file, and checks the copies; gives the manifest and the copy, if there is one.
fn copied(path: &Path) -> (Manifest, Option<Vec<u8>>) {
    let scanner = scanner(4);
    let redactor = redactor(&scanner);
    let out = TempDir::new().unwrap();
    let manifest = redactor.copy(&Source::walk([path]), out.path(), &Watch::default()).unwrap();
    let verdict = redactor.verify(out.path(), None, &Watch::default()).unwrap();
    assert_eq!(verdict.faults, []);
    let copy = manifest.inputs()[0].copy.as_ref().map(|name| fs::read(out.path().join(name)).unwrap());
    (manifest, copy)
}

fn outcome(manifest: &Manifest) -> (Outcome, &str) {
    let input = &manifest.inputs()[0];
    (input.outcome, input.reason.as_deref().unwrap_or_default())
}

/// Runs a program of the system; nothing where it is not there.
fn program(directory: &Path, line: &str) -> Option<Output> {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap());
    let output = command.args(words).current_dir(directory).stdin(Stdio::null()).output().ok()?;
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    Some(output)
}

/// A log of some megabytes, with secrets at its beginning and its end.
fn log() -> Vec<u8> {
    let hash = |number: u32| number.wrapping_mul(2_654_435_761).rotate_left(number % 31);
    let line = |number: u32| format!("{{\"at\":{number},\"id\":\"{:08x}{:08x}\"}}\n", hash(number), hash(!number));
    let mut log = format!("{{\"first\":\"{}\"}}\n", secret(1)).into_bytes();
    log.extend((0..50_000).flat_map(|number| line(number).into_bytes()));
    log.extend(format!("{{\"last\":\"{}\"}}\n", secret(2)).into_bytes());
    log
}

const COMPRESSORS: [(&str, &str); 4] = [("gzip", "gz"), ("zstd", "zst"), ("xz", "xz"), ("bzip2", "bz2")];

#[test]
fn compressed_logs_are_logs() {
    let log = log();
    let redacted = redactor(&scanner(4)).redact_bytes(&log, &Origin::named("log.jsonl")).unwrap();
    for (compressor, ending) in COMPRESSORS {
        let tree = TempDir::new().unwrap();
        fs::write(tree.path().join("log.jsonl"), &log).unwrap();
        if program(tree.path(), &format!("{compressor} -1 -k log.jsonl")).is_none() {
            continue;
        }
        let path = tree.path().join(format!("log.jsonl.{ending}"));
        let stored = fs::read(&path).unwrap();

        let (findings, summary) = scan(&path, 1);
        assert!(summary.is_complete() && findings.len() == 2, "{ending}");
        let last = &findings[1];
        let in_log = &log[last.span().start as usize..last.span().end as usize];
        assert!(in_log == secret(2).as_bytes() && last.start().line == 50_002, "{ending}");
        assert_eq!(last.origin().kind(), &OriginKind::Archive { members: Vec::new() });
        assert!(summary.bytes >= log.len() as u64);

        let (manifest, copy) = copied(&path);
        assert_eq!(outcome(&manifest), (Outcome::Copied, ""), "{ending}");
        assert_eq!(manifest.counts().placeholders, 2);
        let copy = copy.unwrap();
        fs::write(&path, &copy).unwrap();
        let unpacked = program(tree.path(), &format!("{compressor} -dc log.jsonl.{ending}")).unwrap().stdout;
        assert!(unpacked == redacted, "{ending}: what is redacted and what is packed again differ");
        let (manifest, again) = copied(&path);
        assert!(outcome(&manifest) == (Outcome::Unchanged, "") && again.unwrap() == copy, "{ending}");

        let mut broken = stored.clone();
        broken[stored.len() * 2 / 3] ^= 0xff;
        for bytes in [&stored[..stored.len() * 2 / 3], &broken] {
            fs::write(&path, bytes).unwrap();
            let (findings, summary) = scan(&path, 1);
            assert!(!findings.is_empty() && summary.exit_code() == 1, "{ending}: what can be read is");
            assert!(matches!(summary.skipped[0].reason, SkipReason::Damaged { .. }), "{ending}");
            let (manifest, copy) = copied(&path);
            assert!(outcome(&manifest).0 == Outcome::Refused && copy.is_none(), "{ending}");
            assert_eq!(manifest.exit_code(), 4);
        }
    }
}

/// A tree to be packed in `in/`.
fn tree() -> TempDir {
    let tree = TempDir::new().unwrap();
    let at = |name: &str| tree.path().join("in").join(name);
    let long = format!("deep/{}/{}", "d".repeat(120), "e".repeat(120));
    fs::create_dir_all(at(&long)).unwrap();
    fs::create_dir_all(at("empty")).unwrap();
    fs::write(at("a.json"), format!("{{\"key\": \"{}\"}}\n", secret(1))).unwrap();
    fs::write(at("b.txt"), "nothing here\n".repeat(1000)).unwrap();
    fs::write(at("none"), "").unwrap();
    fs::write(at(&format!("{long}/c.log")), format!("first\nkey {} and more\n", secret(2))).unwrap();
    fs::set_permissions(at("a.json"), fs::Permissions::from_mode(0o750)).unwrap();
    symlink("b.txt", at("link")).unwrap();
    let old = fs::File::open(at("a.json")).unwrap();
    old.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_500_000_000)).unwrap();
    tree
}

/// How archives are made of `in/`, told what is in them, and unpacked into the current directory.
const ARCHIVERS: [(&str, &str, &str, &str); 9] = [
    ("gnu.tar", "tar --format=gnu -cf ../gnu.tar .", "tar -tf", "tar -xf"),
    ("pax.tar", "tar --format=pax -cf ../pax.tar .", "tar -tf", "tar -xf"),
    ("old.tgz", "tar --format=gnu -czf ../old.tgz .", "tar -tf", "tar -xf"),
    ("a.tar.zst", "tar --zstd -cf ../a.tar.zst .", "tar -tf", "tar -xf"),
    ("a.tar.xz", "tar -cJf ../a.tar.xz .", "tar -tf", "tar -xf"),
    ("a.tar.bz2", "tar -cjf ../a.tar.bz2 .", "tar -tf", "tar -xf"),
    ("a.zip", "zip -qry ../a.zip .", "unzip -Z1", "unzip -q"),
    ("stored.zip", "zip -qry0 ../stored.zip .", "unzip -Z1", "unzip -q"),
    ("wide.zip", "zip -qry -fz ../wide.zip .", "unzip -Z1", "unzip -q"),
];

#[test]
fn archives_keep_all_but_their_secrets() {
    let tree = tree();
    let scanner = scanner(4);
    let redactor = redactor(&scanner);
    for (name, pack, list, unpack) in ARCHIVERS {
        if program(&tree.path().join("in"), pack).is_none() {
            continue;
        }
        let path = tree.path().join(name);
        let (findings, summary) = scan(&path, 4);
        assert_eq!(summary.skipped, [], "{name}");
        let mut places: Vec<_> = findings
            .iter()
            .map(|finding| (finding.origin().members().last().unwrap().to_string(), finding.start().line))
            .collect();
        places.sort();
        assert_eq!(places.len(), 2, "{name}");
        assert!(places[0].0.ends_with("a.json") && places[0].1 == 1, "{name}");
        assert!(places[1].0.ends_with("c.log") && places[1].0.len() > 240 && places[1].1 == 2, "{name}");
        assert_ne!(findings[0].fingerprint(), findings[1].fingerprint());

        let listed = program(tree.path(), &format!("{list} {name}")).unwrap().stdout;
        let (manifest, copy) = copied(&path);
        assert_eq!(outcome(&manifest), (Outcome::Copied, ""), "{name}");
        let copies = TempDir::new().unwrap();
        fs::write(copies.path().join(name), copy.unwrap()).unwrap();
        assert!(program(copies.path(), &format!("{list} {name}")).unwrap().stdout == listed, "{name}: other names");
        program(copies.path(), &format!("{unpack} {name}")).unwrap();
        let long = format!("deep/{}/{}/c.log", "d".repeat(120), "e".repeat(120));
        for member in ["a.json", "b.txt", "none", &long] {
            let original = fs::read(tree.path().join("in").join(member)).unwrap();
            let expected = redactor.redact_bytes(&original, &Origin::named(member)).unwrap();
            assert!(fs::read(copies.path().join(member)).unwrap() == expected, "{name}: {member}");
        }
        let metadata = fs::metadata(copies.path().join("a.json")).unwrap();
        assert_eq!((metadata.mode() & 0o777, metadata.mtime()), (0o750, 1_500_000_000), "{name}");
        assert_eq!(fs::read_link(copies.path().join("link")).unwrap(), Path::new("b.txt"));
        assert!(copies.path().join("empty").is_dir());
    }
}

#[test]
fn a_clean_archive_is_copied_as_it_is() {
    let tree = tree();
    let inside = tree.path().join("in");
    fs::write(inside.join("a.json"), "{}").unwrap();
    fs::remove_dir_all(inside.join("deep")).unwrap();
    for (name, pack, ..) in ARCHIVERS {
        if program(&inside, pack).is_some() {
            let path = tree.path().join(name);
            let (manifest, copy) = copied(&path);
            assert!(
                outcome(&manifest) == (Outcome::Unchanged, "") && copy.unwrap() == fs::read(path).unwrap(),
                "{name}"
            );
        }
    }
}

#[test]
fn what_cannot_be_redacted_is_refused() {
    let key = secret(3);
    let tree = TempDir::new().unwrap();
    let name = format!("{key}.txt");
    for (file, text) in [("a.txt", key.as_str()), (&name, "text")] {
        fs::write(tree.path().join(file), text).unwrap();
    }
    let hole = fs::File::create(tree.path().join("holes")).unwrap();
    hole.set_len(1 << 20).unwrap();
    (&hole).write_all(key.as_bytes()).unwrap();
    for (archive, pack, reason, findings) in [
        ("name.tar", format!("tar -cf name.tar a.txt {name}"), "names or comments", 2),
        ("name.zip", format!("zip -q name.zip {name}"), "names or comments", 2),
        (
            "locked.zip",
            format!("zip -q -P {} locked.zip a.txt", "word"),
            "member a.txt: encrypted members cannot be unpacked",
            0,
        ),
        ("sparse.tar", "tar --format=gnu -S -cf sparse.tar holes".into(), "members with holes", 1),
        ("sparse.pax", "tar --format=pax -S -cf sparse.pax holes".into(), "members with holes", 1),
    ] {
        if program(tree.path(), &pack).is_none() {
            continue;
        }
        let path = tree.path().join(archive);
        let (found, summary) = scan(&path, 4);
        assert_eq!((found.len(), summary.is_complete()), (findings, archive != "locked.zip"), "{archive}");
        for finding in found {
            let shown = format!("{} {}", finding.origin().full_path(), finding.excerpt().text);
            assert!(!shown.contains(&key[5..13]), "{archive} shows a piece of a value");
        }
        let (manifest, copy) = copied(&path);
        let (outcome, why) = outcome(&manifest);
        assert!(outcome == Outcome::Refused && why.contains(reason) && copy.is_none(), "{archive}: {why}");
        assert!(!why.contains(&key[5..13]), "{archive}: the reason shows a piece of a value");
    }
}

#[test]
fn the_command_reads_streams_and_tells_what_it_did_not() {
    let tree = TempDir::new().unwrap();
    fs::write(tree.path().join("rules.toml"), RULES).unwrap();
    fs::write(tree.path().join("a.log"), format!("a key: {}\n", secret(4))).unwrap();
    fs::write(tree.path().join("clean"), "nothing").unwrap();
    let packed = ["gzip -k clean", "zip -q a.zip a.log clean.gz", "tar -czf b.tgz a.log"];
    if packed.iter().any(|line| program(tree.path(), line).is_none()) {
        return;
    }
    let run = |args: &str, stdin: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
        command.args(args.split(' ')).args(["--rules", "rules.toml", "--only", "acme-api-key"]).stdin(stdin);
        let output = command.current_dir(tree.path()).env("XDG_CONFIG_HOME", "/nonexistent").output().unwrap();
        let said = [&output.stdout[..], &output.stderr].map(|text| String::from_utf8(text.to_vec()).unwrap()).concat();
        (output.status.code().unwrap(), said)
    };
    for (args, stdin, code, words) in [
        ("scan a.zip", None, 1, "a.zip!a.log\n"),
        ("scan a.zip --format jsonl", None, 1, r#""origin":{"type":"archive","members":["a.log"]}"#),
        ("scan -", Some("a.zip"), 1, "<stdin>!a.log\n"),
        ("scan -", Some("b.tgz"), 1, "<stdin>!a.log\n"),
        ("baseline a.zip -o accepted.jsonl", None, 0, ""),
        ("scan a.zip --baseline accepted.jsonl", None, 0, "1 suppressed"),
        ("scan clean.gz", None, 0, "nothing found"),
        ("scan clean.gz --max-depth-archive 0", None, 3, "packed more than 0 deep (`--max-depth-archive`)"),
        ("scan a.zip --max-depth-archive 1", None, 1, "skipped a.zip!clean.gz: packed more than 1 deep"),
        ("scan a.zip --max-depth-archive 33", None, 2, "`max-depth-archive` is at most 32"),
        (
            "redact a.zip --into out --max-depth-archive 1",
            None,
            4,
            "refused: a.zip: member clean.gz: packed more than 1",
        ),
        ("redact a.zip --into out", None, 0, "1 copied into out (1 with redactions, 1 in all)"),
        ("redact -", Some("a.zip"), 4, "packed"),
    ] {
        let stdin = stdin.map_or(Stdio::null(), |file| fs::File::open(tree.path().join(file)).unwrap().into());
        let (ended, said) = run(args, stdin);
        assert!(ended == code && said.contains(words), "{args}: {ended}\n{said}");
    }
}
