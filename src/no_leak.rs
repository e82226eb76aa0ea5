//! The law that no value leaves: every rule's examples in odd places, every report and every `Debug`, searched for every piece.
#![expect(clippy::disallowed_methods, reason = "a test sets its own scene")]

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::sync::{Arc, Mutex};

use data_encoding::{BASE64, HEXLOWER, HEXUPPER};

use crate::checks::{Checks, Scratch};
use crate::planted::{Wrap, example, templates};
use crate::property::property;
use crate::raw::Hit;
use crate::report::{REPORTERS, Style, closing, write_baseline};
use crate::ruleset::RuleSet;
use crate::{Confidence, Key, KnownValues, Redactor, Scanner, Source, Watch};

/// No piece of a value that is this long, or longer, may be seen.
const PIECE: usize = 8;

/// A value to hide: a rule's example and the secret in it.
struct Planted {
    rule: String,
    text: String,
    value: Vec<u8>,
    /// Pieces of the value and of its encoded forms, less what all values of this kind have in common.
    pieces: HashSet<Vec<u8>>,
}

/// All pieces of a form, and of hex digits those of twice the length: within a digest only they count.
fn pieces(form: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let is_hex = |window: &&[u8]| window.iter().all(u8::is_ascii_hexdigit);
    form.windows(PIECE).chain(form.windows(2 * PIECE).filter(is_hex)).map(<[u8]>::to_vec)
}

/// Whether a place lies in a run of hex digits as long as fingerprints and digests are: eight digits of some value also stand in one of them.
fn is_in_digest(bytes: &[u8], at: usize) -> bool {
    let is_hex = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let before = bytes[..at].iter().rev().take_while(is_hex).count();
    let len = before + bytes[at..].iter().take_while(is_hex).count();
    matches!(len, 16 | 32 | 64)
}

/// A value in all the forms in which it could get out.
fn forms(value: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![value.to_vec(), HEXLOWER.encode(value).into(), HEXUPPER.encode(value).into()];
    for before in 0..3 {
        let text = BASE64.encode(&[&b"--"[..before], value].concat()).into_bytes();
        let end = (before + value.len()) * 8 / 6;
        forms.push(text[(before * 8).div_ceil(6).min(end)..end].to_vec());
    }
    if let Ok(text) = std::str::from_utf8(value) {
        forms.extend([Wrap::Percent, Wrap::Html].map(|wrap| wrap.apply(text)));
        let json = serde_json::to_string(text).unwrap();
        forms.push(json.trim_matches('"').into());
    }
    forms
}

/// One value of every example of every rule.
fn planted(round: u64) -> Vec<Planted> {
    let rules = RuleSet::builtin();
    let checks = Checks::new(rules.clone()).unwrap();
    let mut scratch = Scratch::default();
    let mut value = |rule: usize, template: &str, seed: u64| {
        let example = example(template, seed);
        let hits = checks.hits(example.text.as_bytes(), &mut scratch);
        let own = hits.iter().find(|hit| hit.rule as usize == rule)?;
        Some((example.text[own.secret.clone()].as_bytes().to_vec(), example.text))
    };
    let mut all = Vec::new();
    for (index, (rule, template)) in templates().iter().enumerate() {
        // No two values of one seed: they would be pieces of each other.
        let seed = (round << 32) + 8 * index as u64;
        let Some((secret, text)) = value(*rule, template, seed) else { continue };
        let others: Vec<Vec<u8>> = (1..4).filter_map(|next| Some(value(*rule, template, seed + next)?.0)).collect();
        // What all values of a kind begin with is public.
        let common = |other: &Vec<u8>| secret.iter().zip(other).take_while(|(a, b)| a == b).count();
        let prefix = others.iter().map(common).min().unwrap_or(0);
        let mut own: HashSet<Vec<u8>> = forms(&secret[prefix..]).iter().flat_map(|form| pieces(form)).collect();
        for form in others.iter().flat_map(|other| forms(other)) {
            for piece in pieces(&form) {
                own.remove(&piece);
            }
        }
        let rule = rules.rules()[*rule].id.to_string();
        all.push(Planted { rule, text, value: secret, pieces: own });
    }
    all
}

/// Lines that hold both values. Those are left out in which the rules do not see every one of them: right behind a letter a token may be a
/// piece of something else.
fn lines(checks: &Checks, planted: &Planted, other: &Planted) -> Vec<String> {
    let (text, rule, beside) = (&planted.text, &planted.rule, &other.text);
    let lines = [
        text.clone(),
        format!("{text}\r"),
        format!("{text} {beside}"),
        format!("{beside},{text}"),
        format!("{beside}{text}{beside}"),
        format!("{text};{text}\0{text}"),
        format!("{text} # tightlip:allow {rule} once {text}"),
        format!("# tightlip:allow * {text}\n{text} // {beside}"),
        format!("# tightlip:allow {rule} {beside}\n{text}"),
        format!("{}{text}", "long ".repeat(300)),
    ];
    let mut scratch = Scratch::default();
    let mut is_seen = |line: &String| {
        let hits = checks.hits(line.as_bytes(), &mut scratch);
        [planted, other].into_iter().all(|each| {
            let is_it = |hit: &Hit, at: usize| hit.secret.start <= at && at + each.value.len() <= hit.secret.end;
            memchr::memmem::find_iter(line.as_bytes(), &each.value).all(|at| hits.iter().any(|hit| is_it(hit, at)))
        })
    };
    lines.into_iter().filter(&mut is_seen).collect()
}

/// Lines on which the value stands a second time, where no rule sees it: whole, cut off, encoded.
fn echoes(planted: &Planted) -> Vec<String> {
    let (text, rule) = (&planted.text, &planted.rule);
    let Ok(value) = std::str::from_utf8(&planted.value) else { return Vec::new() };
    if value.contains('\n') || text.contains('\n') {
        return Vec::new();
    }
    let (start, end) = (value.len() / 4, value.len() - value.len() / 4);
    let mut lines = vec![
        format!("{text} # was {value}"),
        format!("\"{value}\": {text}"),
        format!("{text} {}", value.get(..end).unwrap_or_default()),
        format!("{} {text}", value.get(start..).unwrap_or_default()),
        format!("{text} # tightlip:allow {rule} it is only {value}"),
        format!("<!-- tightlip:allow {rule} {} --> {text}", HEXLOWER.encode(value.as_bytes())),
        format!("{text} {}", HEXUPPER.encode(value.as_bytes())),
        format!("{} {text}", String::from_utf8_lossy(&Wrap::Percent.apply(value))),
    ];
    lines.extend(["", "a", "ab"].map(|head| format!("{} {text}", BASE64.encode(format!("{head}{value}").as_bytes()))));
    lines
}

/// A file in which a value is planted in every place; the ways of wrapping take turns.
fn file(checks: &Checks, planted: &Planted, other: &Planted, turn: usize) -> Vec<u8> {
    let lines = lines(checks, planted, other);
    let mut file = Vec::new();
    for line in lines.iter().chain(&echoes(planted)) {
        file.extend([line.as_bytes(), b"\n"].concat());
    }
    for (index, text) in lines.iter().filter(|line| line.len() < 1000).enumerate() {
        let wrap = Wrap::ALL[(index + turn) % Wrap::ALL.len()];
        // Behind a letter UTF-16 is taken for the other byte order and loses the last of its own.
        let wrapped = wrap.apply(&format!("{text} "));
        file.extend([b"key = \"", &wrapped[..], b"\"\n", &wrapped, b"\n\n"].concat());
    }
    file
}

/// Bytes that a report writes and the test reads.
#[derive(Clone, Default)]
struct Sheet(Arc<Mutex<Vec<u8>>>);

impl io::Write for Sheet {
    fn write(&mut self, new: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(new);
        Ok(new.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// All that tightlip says of what it finds in `source`.
fn said(scanner: &Scanner, source: &Source) -> Vec<(String, Vec<u8>)> {
    let mut findings = Vec::new();
    let watch = Watch::default();
    let summary = scanner.scan(source, &watch, |finding| {
        findings.push(finding.clone());
        Ok(())
    });
    let summary = summary.unwrap();
    let mut debug = format!("{summary:?} {watch:?} {scanner:?} {:?}", scanner.warnings());
    for finding in &findings {
        write!(debug, "\n{finding:?}").unwrap();
    }
    let mut said = vec![("Debug".to_owned(), debug.into_bytes())];
    for format in REPORTERS {
        let sheet = Sheet::default();
        let mut report = format.open(Box::new(sheet.clone()), Style { color: true, width: 400 });
        report.begin().unwrap();
        for finding in &findings {
            report.finding(finding).unwrap();
        }
        report.end(&summary).unwrap();
        let bytes = sheet.0.lock().unwrap().clone();
        said.push((format.name.to_owned(), bytes));
    }
    let mut baseline = Vec::new();
    let entries: Vec<_> = findings.iter().map(|finding| scanner.entry(finding)).collect();
    write_baseline(&mut baseline, &entries).unwrap();
    said.push(("baseline".into(), baseline));
    let out = tempfile::tempdir().unwrap();
    let redactor = Redactor::builder(scanner).build().unwrap();
    let manifest = redactor.copy(source, out.path(), &watch).unwrap();
    said.push(("manifest".into(), format!("{} {manifest:?} {redactor:?}", manifest.to_json()).into_bytes()));
    said.push(("closing".into(), closing(&summary, Style::default()).into_bytes()));
    said
}

#[test]
fn no_piece_of_a_value_is_said() {
    let checks = Checks::new(RuleSet::builtin()).unwrap();
    let mut leaks = Vec::new();
    for round in 0..u64::from(property(1).cases) {
        let planted = planted(round);
        assert!(planted.len() > 200, "only {} examples are found", planted.len());
        let dir = tempfile::tempdir().unwrap();
        for (index, each) in planted.iter().enumerate() {
            let other = &planted[(index * 7 + 3) % planted.len()];
            fs::write(dir.path().join(format!("{index}")), file(&checks, each, other, index)).unwrap();
            if each.text.len() < 200 && !each.text.contains(['/', '\n', '\0']) {
                fs::create_dir(dir.path().join(format!("d{index}"))).unwrap();
                fs::write(dir.path().join(format!("d{index}/{}", each.text)), &each.text).unwrap();
            }
        }
        let owners: HashMap<&[u8], &str> = planted
            .iter()
            .flat_map(|each| each.pieces.iter().map(|piece| (piece.as_slice(), each.rule.as_str())))
            .collect();
        // Most windows are no piece; that is told by the first bytes of all pieces.
        let head = |piece: &[u8]| usize::from(piece[0]) << 16 | usize::from(piece[1]) << 8 | usize::from(piece[2]);
        let mut heads = vec![false; 1 << 24];
        for piece in planted.iter().flat_map(|each| &each.pieces) {
            heads[head(piece)] = true;
        }
        // Some of them once more as known values, each with itself as its name, and cut short.
        let (mut known, mut some) = (KnownValues::default(), Vec::new());
        for (index, each) in planted.iter().enumerate().step_by(16) {
            let key = String::from_utf8_lossy(&each.value);
            known.add(&key, &each.value);
            known.add(&key, &each.value[..each.value.len().min(PIECE - 1)]);
            some.push(dir.path().join(index.to_string()));
        }
        let (none, all) = (KnownValues::default(), Source::walk([dir.path()]));
        for (confidence, known, source) in [
            (Confidence::Low, &none, &all),
            (Confidence::Medium, &none, &all),
            (Confidence::High, &known, &Source::walk(some)),
        ] {
            let key = Key::from_reader(&b"a key of the tests' own"[..]).unwrap();
            let builder = Scanner::builder().min_confidence(confidence).known(known.clone());
            let scanner = builder.key(key).threads(2).build().unwrap();
            for (medium, bytes) in said(&scanner, source) {
                for (at, window) in bytes.windows(PIECE).enumerate().filter(|(_, window)| heads[head(window)]) {
                    let long = bytes.get(at..at + 2 * PIECE).unwrap_or_default();
                    let short = if is_in_digest(&bytes, at) { &[] } else { window };
                    if let Some(rule) = owners.get(short).or_else(|| owners.get(long)) {
                        let around = &bytes[at.saturating_sub(150)..bytes.len().min(at + 60)];
                        leaks.push(format!("{rule} in {medium}: {:?}", String::from_utf8_lossy(around)));
                    }
                }
            }
        }
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks[..leaks.len().min(40)].join("\n"));
}
