//! What is a mention, and what only looks like one.

use super::*;
use crate::checks::{Checks, Scratch};
use crate::ruleset::RuleSet;

/// Alpha lies in two places and has an address; beta is a word; gamma is of Windows; delta has short names.
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

/// A text, and what is left of it.
const MENTIONS: &[(&str, &str)] = &[
    // Absolute, and what follows inside.
    ("/srv/work/alpha", "[alpha]"),
    ("see /srv/work/alpha.", "see [alpha]."),
    ("see /srv/work/alpha, then", "see [alpha], then"),
    ("/srv/work/alpha/", "[alpha]"),
    ("/srv/work/alpha/src/main.rs:12:5 error", "[alpha]:12:5 error"),
    ("(/srv/work/alpha/a(b)/[id].tsx)", "([alpha])"),
    ("[x](/srv/work/alpha/README.md)", "[x]([alpha])"),
    ("`/srv/work/alpha`", "`[alpha]`"),
    ("<a href=\"/srv/work/alpha/x y\">", "<a href=\"[alpha]\">"),
    ("\"/srv/work/alpha/my notes/a b.txt\"", "\"[alpha]\""),
    ("\"/srv/work/alpha/a.txt: not found\"", "\"[alpha]: not found\""),
    ("/srv/work/alpha/my\\ notes/x", "[alpha]"),
    ("//srv//work///alpha//x", "[alpha]"),
    ("/srv/./work/././alpha/x", "[alpha]"),
    ("/srv/work/beta/../alpha/x", "[alpha]"),
    ("/srv/work/alpha/../beta", "[alpha]"),
    ("/srv/other/../work/alpha", "[alpha]"),
    ("/srv/work/alpha.git", "[alpha]"),
    ("/srv/work/alpha/.git/config", "[alpha]"),
    ("PATH=/bin:/srv/work/alpha/bin:/usr/bin", "PATH=/bin:[alpha]:/usr/bin"),
    ("-v /srv/work/alpha:/app", "-v [alpha]:/app"),
    ("--dir=/srv/work/alpha", "--dir=[alpha]"),
    ("gcc -I/srv/work/alpha/include", "gcc -I[alpha]"),
    ("tar -C/srv/work/alpha", "tar -C[alpha]"),
    ("key: /srv/work/alpha", "key: [alpha]"),
    ("[/srv/work/alpha]", "[[alpha]]"),
    ("{/srv/work/alpha}", "{[alpha]}"),
    ("{base}/srv/work/alpha", "{base}[alpha]"),
    ("*/srv/work/alpha*", "*[alpha]*"),
    ("目录/srv/work/alpha目录", "目录[alpha]目录"),
    ("_/srv/work/alpha_", "_/srv/work/alpha_"),
    ("/srv/work/alpha--", "[alpha]--"),
    ("<!--/srv/work/alpha-->", "<!--/srv/work/alpha-->"),
    ("err>/srv/work/alpha/log 2>&1", "err>[alpha] 2>&1"),
    ("@/srv/work/alpha/args", "@[alpha]"),
    ("host:/srv/work/alpha/x", "host:[alpha]"),
    ("rsync u@h:/srv/work/alpha/ .", "rsync u@h:[alpha] ."),
    ("/proc/self/root/srv/work/alpha/x", "[alpha]"),
    ("/proc/4711/root/srv/work/alpha/x", "[alpha]"),
    ("/srv/work/alpha /srv/work/alpha", "[alpha] [alpha]"),
    // Addresses of files.
    ("file:///srv/work/alpha/x", "[alpha]"),
    ("file:/srv/work/alpha", "[alpha]"),
    ("file://localhost/srv/work/alpha", "[alpha]"),
    ("FILE:///srv/work/alpha", "[alpha]"),
    ("ssh://u@host:22/srv/work/alpha", "[alpha]"),
    ("sftp://host/srv/work/alpha/x", "[alpha]"),
    ("vscode-remote://ssh-remote+host/srv/work/alpha", "[alpha]"),
    // Escapes.
    (r"\/srv\/work\/alpha\/src", "[alpha]"),
    (r#"{"p":"\/srv\/work\/alpha\/src","q":1}"#, r#"{"p":"[alpha]","q":1}"#),
    (r#"{"p":"{\"q\":\"\\\/srv\\\/work\\\/alpha\\\/x\"}"}"#, r#"{"p":"{\"q\":\"[alpha]\"}"}"#),
    (r"line\n/srv/work/alpha\nline", r"line\n[alpha]\nline"),
    (r"line\n/srv/work/alpha/src\nline", r"line\n[alpha]\nline"),
    (r#"\"/srv/work/alpha/src\""#, r#"\"[alpha]\""#),
    (r"\t/srv/work/alpha\t", r"\t[alpha]\t"),
    ("%2Fsrv%2Fwork%2Falpha%2Fsrc", "[alpha]"),
    ("%2fsrv%2fwork%2falpha", "[alpha]"),
    ("?path=%2Fsrv%2Fwork%2Falpha&x=1", "?path=[alpha]&x=1"),
    ("%252Fsrv%252Fwork%252Falpha", "[alpha]"),
    ("path%3D/srv/work/alpha", "path%3D[alpha]"),
    (r"\u002fsrv\u002fwork\u002falpha", "[alpha]"),
    (r"\x2fsrv\x2fwork\x2falpha", "[alpha]"),
    ("&#47;srv&#47;work&#x2F;alpha", "[alpha]"),
    ("&sol;srv&sol;work&sol;alpha", "[alpha]"),
    (r"\srv\work\alpha\src", "[alpha]"),
    (r"\\srv\\work\\alpha\\src", "[alpha]"),
    ("\u{1b}[31m/srv/work/alpha\u{1b}[0m", "\u{1b}[31m[alpha]\u{1b}[0m"),
    ("file%3A%2F%2F%2Fsrv%2Fwork%2Falpha", "[alpha]"),
    // Home.
    ("~/src/alpha", "[alpha]"),
    ("~/src/alpha/x", "[alpha]"),
    ("~u/src/alpha/x", "[alpha]"),
    ("$HOME/src/alpha/x", "[alpha]"),
    ("${HOME}/src/alpha/x", "[alpha]"),
    ("\"$HOME\"/src/alpha", "\"$HOME\"/src/alpha"),
    ("%USERPROFILE%\\src\\alpha\\x", "[alpha]"),
    ("$env:USERPROFILE\\src\\alpha", "[alpha]"),
    ("$Env:HOME/src/alpha", "[alpha]"),
    ("/home/u/src/alpha/x", "[alpha]"),
    ("cd ~/src/alpha && make", "cd [alpha] && make"),
    ("dir=~/src/alpha", "dir=[alpha]"),
    ("~/src/../src/alpha", "[alpha]"),
    ("$HOME%2Fsrc%2Falpha", "[alpha]"),
    // Windows and its subsystem.
    (r"C:\work\gamma", "[gamma]"),
    (r"c:\Work\Gamma\src\main.rs", "[gamma]"),
    ("C:/work/gamma/src", "[gamma]"),
    (r"C:\\work\\gamma\\src", "[gamma]"),
    (r#""C:\\work\\gamma\\notes""#, r#""[gamma]""#),
    (r"\\?\C:\work\gamma", r"\\?[gamma]"),
    ("file:///C:/work/gamma/x", "[gamma]"),
    ("file:///c%3A/work/gamma", "[gamma]"),
    ("/mnt/c/work/gamma/x", "[gamma]"),
    ("/c/work/gamma/x", "[gamma]"),
    ("/cygdrive/c/work/gamma", "[gamma]"),
    (r"\\wsl$\Debian\srv\work\alpha\x", "[alpha]"),
    (r"\\wsl.localhost\Ubuntu\srv\work\alpha", "[alpha]"),
    ("//wsl$/Ubuntu/srv/work/alpha", "[alpha]"),
    ("C%3A%5Cwork%5Cgamma", "[gamma]"),
    // Addresses of the repository.
    ("git@github.com:acme/alpha.git", "[alpha]"),
    ("git@github.com:acme/alpha", "[alpha]"),
    ("github.com:acme/alpha.git", "[alpha]"),
    ("git clone git@GitHub.com:Acme/Alpha.git x", "git clone [alpha] x"),
    ("ssh://git@github.com/acme/alpha.git", "[alpha]"),
    ("ssh://git@github.com:22/acme/alpha", "[alpha]"),
    ("git+ssh://git@github.com/acme/alpha.git@main", "[alpha]"),
    ("https://github.com/acme/alpha", "[alpha]"),
    ("https://github.com/acme/alpha.git", "[alpha]"),
    ("https://github.com/acme/alpha/blob/main/a.rs#L3", "[alpha]"),
    ("https://github.com/acme/alpha?tab=readme", "[alpha]"),
    (concat!("https://bot:", "tok@github.com/acme/alpha.git"), "[alpha]"),
    ("https://x-access-token:y@github.com:443/acme/alpha", "[alpha]"),
    ("http://www.github.com/acme/alpha/", "[alpha]"),
    ("git://github.com/acme/alpha", "[alpha]"),
    ("git+https://github.com/acme/alpha@v2", "[alpha]"),
    ("github.com/acme/alpha", "[alpha]"),
    ("/go/src/github.com/acme/alpha/x.go", "/go/src/[alpha]"),
    (r"https:\/\/github.com\/acme\/alpha\/pull\/3", "[alpha]"),
    ("https%3A%2F%2Fgithub.com%2Facme%2Falpha", "[alpha]"),
    ("<https://github.com/acme/alpha>", "<[alpha]>"),
    ("https://git.example.com:8443/team/sub/delta.git", "[delta]"),
    ("git@git.example.com:team/sub/delta.git", "[delta]"),
    ("git.example.com/team/sub/delta/-/issues/4", "[delta]"),
    // Words.
    ("acme/beta", "[beta]"),
    ("Acme/Beta#12", "[beta]#12"),
    ("https://api.github.com/repos/acme/beta/pulls/3", "https://api.github.com/repos/[beta]"),
    ("gh -R acme/beta.git", "gh -R [beta]"),
    ("acme%2Fbeta", "[beta]"),
    (r"acme\/beta", "[beta]"),
    ("ghcr.io/acme/beta:latest", "ghcr.io/[beta]:latest"),
    ("Epsilon is late", "[epsilon] is late"),
    // Short names.
    ("/x/ab", "[delta]"),
    ("/x/ab/c", "[delta]"),
    (r"\/x\/ab\/c", "[delta]"),
    ("%2Fx%2Fab", "[delta]"),
    // Session directories.
    ("~/.claude/projects/-srv-work-alpha/1.jsonl", "~/.claude/projects/[alpha]"),
    (r#"{"project":"-srv-work-alpha"}"#, r#"{"project":"[alpha]"}"#),
    // Relative to what the record names.
    (r#"{"cwd":"/srv/work","cmd":"cat alpha/x"}"#, r#"{"cwd":"/srv/work","cmd":"cat [alpha]"}"#),
    (r#"{"cmd":"cat ./alpha/x","workdir":"/srv/work"}"#, r#"{"cmd":"cat [alpha]","workdir":"/srv/work"}"#),
    (
        "{\n \"command\": \"cat alpha/x\",\n \"cwd\": \"/srv/work\"\n}",
        "{\n \"command\": \"cat [alpha]\",\n \"cwd\": \"/srv/work\"\n}",
    ),
    ("cd /srv/work && cat alpha/src/x", "cd /srv/work && cat [alpha]"),
    ("cd /srv/work && cd alpha", "cd /srv/work && cd [alpha]"),
    ("cd /srv/work/beta; ls ../alpha", "cd /srv/work/beta; ls [alpha]"),
    ("git -C /srv/work/alpha status", "git -C [alpha] status"),
    ("git -C /srv/work -C alpha status", "git -C /srv/work -C [alpha] status"),
    ("git --git-dir=/srv/work/alpha/.git log", "git --git-dir=[alpha] log"),
    ("cd ~/src; tail -f alpha/log", "cd ~/src; tail -f [alpha]"),
    (r#"{"cwd":"/srv","path":"work/alpha"}"#, r#"{"cwd":"/srv","path":"[alpha]"}"#),
    ("cd /srv/work/alpha && cat src/main.rs", "cd [alpha] && cat [alpha]"),
    (r#"{"cwd":"/srv/work/alpha","file":"./run"}"#, r#"{"cwd":"[alpha]","file":"[alpha]"}"#),
    (r#"{"in":"{\"cwd\":\"/srv/work\",\"p\":\"alpha/x\"}"}"#, r#"{"in":"{\"cwd\":\"/srv/work\",\"p\":\"[alpha]\"}"}"#),
];

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
