//! Inputs made to hurt a scanner: what costs too much for a few bytes must show here.

use std::io;

use crate::encode::{base64, decimal};
use crate::maker::Maker;
use crate::output::{Output, Planted};
use crate::{MIB, Plan};

/// Appends one unit of a file that is made of nothing else.
type Unit = fn(&mut Maker<'_>, &mut Vec<u8>);

const FILES: &[(&str, Unit)] = &[
    ("token.txt", |_, out| out.extend_from_slice(b"token=")),
    ("jwt.txt", |_, out| out.extend_from_slice(b"eyJ")),
    ("line.txt", word),
    ("assignments.txt", assignments),
    ("nested.json", |_, out| out.extend_from_slice(br#"{"a":"#)),
    ("base64.txt", nested_base64),
    ("unicode-escape.txt", |_, out| out.extend_from_slice(br"\u0041")),
    ("percent.txt", |_, out| out.extend_from_slice(b"%41")),
    ("pem.txt", |_, out| out.extend_from_slice(concat!("-----BEGIN RSA ", "PRIVATE KEY-----\n").as_bytes())),
    ("password.txt", |_, out| out.extend_from_slice(b"password: ")),
    ("userinfo.txt", |_, out| out.extend_from_slice(concat!("https://a", ":b@").as_bytes())),
    ("anchors.txt", |_, out| out.extend(PREFIXES.bytes().filter(|byte| *byte != b' '))),
    ("binary.bin", binary),
    ("utf16.txt", utf16),
];

/// Public prefixes of sixty kinds of credentials.
const PREFIXES: &str = "\
    ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- gldt- glrt- glcbt- glptt- ATATT3 ATCTT3 ATBB AKIA ASIA ABSK AIza \
    GOCSPX- ya29. LTAI dop_v1_ doo_v1_ cfut_ npm_ rubygems_ dckr_pat_ AKCp sk-proj- sk-ant- sk-or-v1- xai- gsk_ \
    pplx- hf_ tgp_v1_ lsv2_pt_ pcsk_ tvly- bb_live_ e2b_ dtn_ xoxb- xoxp- xapp- sk_live_ rk_live_ whsec_ EAAA \
    sq0csp- rzp_live_ SG. sntryu_ NRAK- glsa_ hvs. dp.pt. pul- nvapi- shpat_";

/// `hostile/`
pub(crate) fn hostile(plan: &Plan) -> io::Result<Vec<Planted>> {
    for (name, unit) in FILES {
        repeat(plan, name, *unit, plan.hostile_size)?;
    }
    if plan.long_line {
        repeat(plan, "line-1g.txt", word, 1024 * MIB)?;
    }
    Ok(Vec::new())
}

fn repeat(plan: &Plan, name: &str, unit: Unit, size: u64) -> io::Result<()> {
    let path = format!("hostile/{name}");
    let mut maker = Maker::new(&path, &plan.words);
    let mut output = Output::create(plan, path)?;
    while output.len() < size {
        output.bytes(|out| unit(&mut maker, out))?;
    }
    output.finish().map(drop)
}

fn word(maker: &mut Maker<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(maker.word());
    out.push(b' ');
}

/// A line of 100,000 assignments.
fn assignments(maker: &mut Maker<'_>, out: &mut Vec<u8>) {
    for nth in 0..100_000 {
        out.extend_from_slice(maker.word());
        out.push(b'=');
        out.extend_from_slice(maker.word());
        decimal(nth, 0, out);
        out.push(b' ');
    }
    out.push(b'\n');
}

/// Text in base64 in base64, eight deep: some 50 KB become 500.
fn nested_base64(maker: &mut Maker<'_>, out: &mut Vec<u8>) {
    let mut inner = Vec::new();
    while inner.len() < 48 << 10 {
        word(maker, &mut inner);
    }
    for _ in 0..8 {
        let mut outer = Vec::new();
        base64(&inner, &mut outer);
        inner = outer;
    }
    out.append(&mut inner);
    out.push(b'\n');
}

/// Noise with runs of zeros and words between.
fn binary(maker: &mut Maker<'_>, out: &mut Vec<u8>) {
    for _ in 0..maker.rng.between(1, 40) {
        out.extend_from_slice(&maker.rng.next().to_le_bytes());
    }
    out.resize(out.len() + maker.rng.below(64), 0);
    word(maker, out);
}

/// Words as UTF-16LE without a byte order mark.
fn utf16(maker: &mut Maker<'_>, out: &mut Vec<u8>) {
    for &byte in maker.word().iter().chain(b" ") {
        out.extend_from_slice(&[byte, 0]);
    }
}
