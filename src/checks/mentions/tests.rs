//! What is a mention, and what only looks like one.

mod table;

use super::*;
use crate::checks::{Checks, Scratch};
use crate::ruleset::RuleSet;
use table::MENTIONS;

/// The targets of the table.
fn checks() -> Checks {
    let targets = [
        Target::new("alpha").path("/srv/work/alpha").path("/home/u/src/alpha").url("git@github.com:acme/alpha.git"),
        Target::new("beta").word("acme/beta"),
        Target::new("epsilon").word("epsilon"),
        Target::new("gamma").path(r"C:\work\gamma"),
        Target::new("delta").path("/x/ab").url("https://git.example.com:8443/team/sub/delta"),
    ];
    Checks::new(RuleSet::empty()).unwrap().with_targets(&targets, Some(Path::new("/home/u"))).unwrap()
}

/// The text with each mention as `[name]`.
fn masked(checks: &Checks, text: &str) -> String {
    let resolved = checks.search(text.as_bytes(), &mut Scratch::default());
    let mut shown = String::new();
    let mut at = 0;
    for hit in resolved.hits {
        let id = checks.info(hit.rule).id.to_string();
        shown += &text[at..hit.secret.start];
        shown.extend(["[", id.strip_prefix("target-").unwrap_or(&id), "]"]);
        at = hit.secret.end;
    }
    shown + &text[at..]
}

/// What is another path, another address, or no path.
const OTHERS: &[&str] = &[
    "/srv/work/alphabet",
    "/srv/work/alpha2",
    "/srv/work/alpha-two",
    "/srv/work/alpha_old",
    "/srv/work/alpha.bak",
    "/srv/work/alpha.github",
    "/srv/work/alpha~",
    "/srv/work/alpha+x",
    "/srv/work/alpha%62et",
    "/srv/work/Alpha",
    "/SRV/work/alpha",
    "/srv/work",
    "/srv/work/",
    "/srv/work/beta",
    "/srv/workalpha",
    "/srv/work-alpha",
    "/srv/work.alpha",
    "/srvwork/alpha",
    "srv/work/alpha",
    "backup/srv/work/alpha",
    "/mnt/old/srv/work/alpha",
    "./srv/work/alpha",
    "../srv/work/alpha",
    "~/srv/work/alpha",
    "$HOME/srv/work/alpha",
    "${ROOT}/srv/work/alpha",
    "/srv/work/x/alpha",
    "/srv/work/beta/../alphabet",
    "/xsrv/work/alpha",
    "D:/srv/work/alpha",
    "https://example.com/srv/work/alpha",
    "s3://srv/work/alpha",
    "https://srv/work/alpha",
    "alpha",
    "the alpha release",
    "alpha/src/main.rs",
    "src/alpha",
    "../alpha",
    "~/src/alphabet",
    "~/alpha",
    "~v/src/alpha",
    "x~/src/alpha",
    "$HOMEX/src/alpha",
    "/home/v/src/alpha",
    r"D:\work\gamma",
    r"C:\work\gamma2",
    r"C:\Users\work\gamma",
    "/mnt/d/work/gamma",
    "/d/work/gamma",
    "/x/c/work/gamma",
    r"XC:\work\gamma",
    "git@gitlab.com:acme/alpha.git",
    "git@github.com:acme/alphabet.git",
    "git@github.com:other/alpha.git",
    "https://github.com/acme",
    "https://github.com/acme/alpha-docs",
    "https://github.com/acme/alpha.js",
    "https://mygithub.com/acme/alpha",
    "https://gist.github.com/acme/alpha",
    "https://github.com.evil.org/acme/alpha",
    "https://github.com/x/acme/alpha",
    "acme/betamax",
    "acme/beta-two",
    "tacme/beta",
    "x-acme/beta",
    "acme-beta",
    "see [TARGET:epsilon] there",
    "epsilons",
    "acme.beta",
    "/x/abc",
    "x-srv-work-alpha",
    "-srv-work-alphabet",
    "-srv-work-alpha-two",
    "/y/ab",
    "x/ab",
    r#"{"cwd":"/srv/other","cmd":"cat alpha/x"}"#,
    r#"{"cwd":"/srv/work","note":"the alpha release"}"#,
    "cd /srv/work && cat alphabet/x",
    "cd /srv/work\ncat alpha/x",
    "cd /srv/work/beta && cat alpha/x",
    r#"{"cwd":"/srv/work"} {"cmd":"text/alpha2"}"#,
];

#[test]
fn every_spelling_is_found_whole() {
    let checks = checks();
    let hits = MENTIONS.iter().filter(|(text, left)| text != left).count();
    assert!(hits >= 120, "{hits}");
    let wrong: Vec<_> = MENTIONS
        .iter()
        .map(|(text, left)| (text, masked(&checks, text), left))
        .filter(|(_, got, left)| got != *left)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_only_looks_like_one_is_left_alone() {
    let checks = checks();
    assert!(OTHERS.len() >= 60);
    let wrong: Vec<_> =
        OTHERS.iter().map(|text| (text, masked(&checks, text))).filter(|(text, got)| got != *text).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_wrapped_is_unwrapped() {
    let checks = checks();
    let base64 = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let wrapped = [
        base64("please look into /srv/work/alpha/src and tell").into_bytes(),
        base64(&base64("please look into /srv/work/alpha/src and tell me what it says")).into_bytes(),
        utf16("\u{feff}open C:\\work\\gamma\\x"),
        "please look into /srv/work/alpha".bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect(),
        "\\u002fsrv\\u002fwork\\u002f\\u0061lpha".into(),
        "%2Fsrv%2Fwork%2F%61lpha%2Fsrc".into(),
    ];
    for text in wrapped {
        let found = checks.search(&text, &mut Scratch::default()).hits;
        assert_eq!(found.len(), 1, "{}", text.escape_ascii());
    }
}

#[test]
fn a_secret_in_an_address_and_the_address_are_both_told() {
    let token: String = (0..40_u8).map(|n| char::from(b'a' + n * 5 % 26)).collect();
    let text = format!("https://bot:{token}@github.com/acme/alpha.git");
    let targets = [Target::new("alpha").url("https://github.com/acme/alpha")];
    let checks = Checks::new(RuleSet::builtin()).unwrap().with_targets(&targets, None).unwrap();
    let resolved = checks.search(text.as_bytes(), &mut Scratch::default());
    let ids: Vec<_> = resolved.hits.iter().map(|hit| checks.info(hit.rule).id.to_string()).collect();
    assert!(ids.len() == 2 && ids[1] == "target-alpha", "{ids:?}");
    let all = 0..text.len();
    assert_eq!(resolved.masked, [all]);
}

#[test]
fn hostile_texts_take_linear_time() {
    let checks = checks();
    for unit in [
        "{ alpha/x ",
        "alpha/",
        "/srv/work/alpha/",
        "/work/alpha ",
        "{alpha/x",
        "cd /srv/work;cat alpha/x;",
        "//",
        "\"alpha/",
        "../alpha/",
        "cwd=/srv/work/alpha x/y.z ",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        let began = std::time::Instant::now();
        checks.search(text.as_bytes(), &mut Scratch::default());
        assert!(began.elapsed().as_secs() < 10, "{unit}: {:?}", began.elapsed());
    }
}
