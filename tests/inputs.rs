//! Bad input at the level of the library: what changes while it is read, what is no text, what is too long, and how much memory it takes.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test sets its own scene")]

use std::fs::{self, File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use tightlip::{Encoding, Finding, Origin, Redactor, Scanner, SkipReason, Source, Summary, Watch};

const MIB: usize = 1 << 20;

/// The file that [`child_scans_in_little_memory`] is to scan, or the directory that [`child_redacts_in_little_memory`] is to redact.
const CHILD_FILE: &str = "TIGHTLIP_TEST_CHILD_FILE";

/// An assignment of a generated value, and the value: made here, so that the repository holds none.
fn secret() -> (String, String) {
    let alphabet: Vec<char> = ('a'..='z').chain('A'..='Z').chain('0'..='9').collect();
    let mut state = 0x5eed_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        alphabet[(state >> 16) as usize % alphabet.len()]
    };
    let value: String = (0..40).map(|_| next()).collect();
    (format!("api_key = \"{value}\""), value)
}

fn scan_with(watch: &Watch, path: &Path, threads: usize) -> (Vec<Finding>, Summary) {
    let scanner = Scanner::builder().threads(threads).build().unwrap();
    let mut findings = Vec::new();
    let summary = scanner.scan(&Source::walk([path]), watch, |finding| {
        findings.push(finding.clone());
        Ok(())
    });
    (findings, summary.unwrap())
}

fn scan(path: &Path) -> (Vec<Finding>, Summary) {
    scan_with(&Watch::default(), path, 2)
}

/// Scans bytes in a file of their own; nothing may be skipped.
fn scan_file(bytes: &[u8]) -> Vec<Finding> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("input");
    fs::write(&path, bytes).unwrap();
    let (findings, summary) = scan(&path);
    assert_eq!((summary.files, summary.bytes, summary.skipped.len()), (1, bytes.len() as u64, 0));
    findings
}

/// Line, column and stored bytes of the only finding.
fn place(bytes: &[u8]) -> (u64, u64, Vec<u8>, Vec<Encoding>) {
    let findings = scan_file(bytes);
    assert_eq!(findings.len(), 1, "{findings:?}");
    let (span, start) = (findings[0].span(), findings[0].start());
    let stored = bytes[span.start as usize..span.end as usize].to_vec();
    (start.line, start.column, stored, findings[0].encoding().to_vec())
}

#[test]
fn secrets_are_placed_in_every_text_encoding() {
    let (text, value) = secret();
    let column = text.find('"').unwrap() as u64 + 2;
    let stored = value.as_bytes().to_vec();
    for (bytes, line, column) in [
        (text.clone(), 1, column),
        (format!("\u{feff}{text}"), 1, column),
        (format!("\u{feff}first\r\n\r\n{text}\r\n"), 3, column),
        (format!("\u{1f600}\u{4e2d} {text}"), 1, column + 3),
        (format!("first\n\u{e4} {text}\n"), 2, column + 2),
    ] {
        assert_eq!(place(bytes.as_bytes()), (line, column, stored.clone(), vec![]), "{}", bytes.escape_debug());
    }
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let wide = |text: &str| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        for (bytes, line, column) in [
            (format!("\u{feff}{text}"), 1, column),
            (format!("\u{feff}first\r\n{text}\r\n"), 2, column),
            (format!("\u{feff}zuerst \u{4e2d}\u{6587}\n\u{e4} {text}"), 2, column + 2),
            (format!("no mark at all\n\n  {text}"), 3, column + 2),
        ] {
            let expected = (line, column, wide(&value), vec![Encoding::Utf16]);
            assert_eq!(place(&wide(&bytes)), expected, "{}", bytes.escape_debug());
        }
    }
}

#[test]
fn a_false_byte_order_mark_blinds_nobody() {
    let (text, value) = secret();
    let escaped: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() { c.to_string() } else { format!("\\u{:04x}", c as u32) })
        .collect();
    for mark in [&b"\xff\xfe"[..], b"\xfe\xff"] {
        let bytes = [mark, "plain words, many of them\n".repeat(50).as_bytes(), escaped.as_bytes()].concat();
        let (line, _, stored, encoding) = place(&bytes);
        assert_eq!((line, stored, encoding), (51, value.clone().into_bytes(), vec![Encoding::Json]));
    }
}

#[test]
fn what_is_no_text_is_read_all_the_same() {
    let (text, _) = secret();
    assert_eq!(scan_file(b"").len(), 0);
    assert_eq!(scan_file(&vec![0; 3 * MIB]).len(), 0);
    assert_eq!(scan_file(&vec![0xff; 3 * MIB]).len(), 0);
    let all: Vec<u8> = (0..=255).collect();
    for noise in [&b"\xff\xfe\x80\xc3("[..], &[0; 1000], b"\xed\xa0\x80", &all] {
        let bytes = [noise, b"\n", text.as_bytes(), b"\n", noise].concat();
        assert_eq!(scan_file(&bytes).len(), 1, "{}", noise.escape_ascii());
    }
}

#[test]
fn a_line_may_be_endless() {
    let (text, _) = secret();
    for (unit, size) in [("word and word; ", 64 * MIB), ("A", 8 * MIB), ("\\", 4 * MIB), ("{\"a\":", 4 * MIB)] {
        let mut bytes = unit.repeat(size / unit.len()).into_bytes();
        let column = bytes.len() as u64 + 1 + text.find('"').unwrap() as u64 + 2;
        bytes.extend(format!("\n{text}").bytes().map(|byte| if byte == b'\n' { b' ' } else { byte }));
        let findings = scan_file(&bytes);
        let start = findings.last().expect(unit).start();
        assert_eq!((start.line, start.column), (1, column), "{unit}");
    }
}

/// Lets `change` happen to the file as soon as the scan has read a part of it.
fn scan_while(size: usize, change: impl Fn(&File) + Sync) -> Summary {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("moving");
    fs::write(&path, b"just a line of words\n".repeat(size / 21)).unwrap();
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    let watch = Watch::default();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while watch.bytes() == 0 && !done.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
            change(&file);
        });
        let (_, summary) = scan_with(&watch, &path, 2);
        done.store(true, Ordering::Relaxed);
        summary
    })
}

fn reasons(summary: &Summary) -> Vec<SkipReason> {
    summary.skipped.iter().map(|skipped| skipped.reason.clone()).collect()
}

#[test]
fn files_that_move_while_they_are_read_are_incomplete() {
    // One size is read by one thread, the other by all.
    for size in [8 * MIB, 48 * MIB] {
        let cut = scan_while(size, |file| file.set_len(MIB as u64).unwrap());
        assert_eq!(reasons(&cut), [SkipReason::Truncated], "{size}");
        assert_eq!(cut.exit_code(), 3);
        let grown = scan_while(size, |file| file.set_len(4 * size as u64).unwrap());
        // One thread reads on to the new end, if that comes in time.
        let is_told = reasons(&grown) == [SkipReason::Growing] && !grown.is_complete();
        assert!(is_told || grown.bytes == 4 * size as u64, "{size}: {:?}", reasons(&grown));
    }
}

#[test]
fn files_that_come_and_go_stop_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let at = |number: usize| dir.path().join(format!("{number}"));
    let text = "just a line of words\n".repeat(1000);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in (0..200).cycle().take_while(|_| !done.load(Ordering::Relaxed)) {
                let _ = fs::remove_file(at(number));
                fs::write(at(number), &text).unwrap();
                fs::write(at(number), "short").unwrap();
            }
        });
        for _ in 0..20 {
            let (findings, summary) = scan(dir.path());
            assert_eq!(findings.len(), 0);
            for reason in reasons(&summary) {
                let known = matches!(reason, SkipReason::Vanished | SkipReason::Truncated | SkipReason::Growing);
                assert!(known, "{reason:?}");
            }
            assert!(summary.files <= 200);
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn memory_does_not_grow_with_the_file() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("big");
    let mut file = File::create(&path).unwrap();
    // Text at some places, holes between them.
    for place in 0..16 {
        file.seek(SeekFrom::Start(place * 16 * MIB as u64)).unwrap();
        file.write_all(&b"{\"msg\":\"an ordinary line of a log\",\"n\":17}\n".repeat(20_000)).unwrap();
    }
    file.set_len(256 * MIB as u64 - 100).unwrap();
    file.seek(SeekFrom::End(0)).unwrap();
    writeln!(file, "\n{}", secret().0).unwrap();
    in_a_child("child_scans_in_little_memory", &path);
}

/// Runs an ignored test in a process of its own.
fn in_a_child(test: &str, path: &Path) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(CHILD_FILE, path)
        .output()
        .unwrap();
    let said = [child.stdout, child.stderr].concat();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&said));
}

/// Asserts that this process has never had more memory than it may with so many threads.
fn assert_little_memory(threads: usize) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak / 1024 < 64 + 8 * threads, "{peak} KiB");
}

#[test]
#[ignore = "run by `memory_does_not_grow_with_the_file`, in a process of its own"]
fn child_scans_in_little_memory() {
    let Some(path) = std::env::var_os(CHILD_FILE) else { return };
    let threads = 2;
    let (findings, summary) = scan_with(&Watch::default(), Path::new(&path), threads);
    assert_eq!((findings.len(), summary.skipped.len()), (1, 0));
    assert_little_memory(threads);
}

/// Documents of some formats: how each begins, what it repeats, a record with a place for a value, how it ends, and how long it is.
const DOCUMENTS: &[(&str, &str, &str, &str, &str, usize)] = &[
    (
        "json",
        "[",
        "{\"id\": 17, \"tags\": [\"a\", true], \"note\": \"words\"},\n",
        "{\"api_key\": \"@\"},\n",
        "{}]",
        15 * MIB,
    ),
    ("xml", "<all>", "<one id='17'><tag>a</tag><note>words</note></one>\n", "<api_key>@</api_key>", "</all>", 15 * MIB),
    ("csv", "id,api_key,note\n", "17,,words\n", "17,@,words\n", "", 15 * MIB),
    ("toml", "", "[[one]]\nid = 17\ntags = ['a', 'b']\nnote = \"words\"\n", "api_key = \"@\"\n", "", 8 * MIB),
    ("yaml", "", "- id: 17 # of many\n  note: words\n", "- api_key: @\n", "", 2 * MIB),
];

#[test]
fn memory_does_not_grow_with_documents() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    for (ending, head, record, keyed, foot, len) in DOCUMENTS {
        let keyed = keyed.replace('@', &secret().1);
        let text = [head, &keyed[..], &record.repeat(len / record.len()), foot].concat();
        for number in 0..2 {
            fs::write(dir.path().join(format!("{number}.{ending}")), &text).unwrap();
        }
    }
    in_a_child("child_redacts_in_little_memory", dir.path());
}

#[test]
#[ignore = "run by `memory_does_not_grow_with_documents`, in a process of its own"]
fn child_redacts_in_little_memory() {
    let Some(path) = std::env::var_os(CHILD_FILE) else { return };
    let (threads, out) = (4, tempfile::tempdir().unwrap());
    let scanner = Scanner::builder().threads(threads).build().unwrap();
    let redactor = Redactor::builder(&scanner).build().unwrap();
    let manifest =
        redactor.copy(&Source::walk([Path::new(&path)]), &out.path().join("out"), &Watch::default()).unwrap();
    let copied = manifest.inputs().iter().filter(|input| input.placeholders > 0).count();
    assert_eq!(copied, 2 * DOCUMENTS.len());
    assert_little_memory(threads);
}

#[test]
fn every_block_of_a_text_too_dense_to_search_is_a_finding() {
    let scanner = Scanner::builder().build().expect("the built-in rules work");
    let text = "token=".repeat((5 << 20) / 6);
    let findings = scanner.scan_bytes(text.as_bytes(), &Origin::named("dense"));
    let found: u64 = findings.iter().map(|finding| finding.span().len()).sum();
    assert!(findings.iter().all(|finding| finding.rule().id.as_str() == "dense-region"));
    assert!(found >= text.len() as u64, "only {found} bytes of {} are covered", text.len());
}
