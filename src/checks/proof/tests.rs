//! Every proof: what its signer completes passes, what is changed fails, and nothing panics.

use crate::property::property;
use proptest::prelude::*;

use super::*;
use crate::ruleset::expand;

fn prove(name: &str, value: &str) -> Verdict {
    (find(name).unwrap().prove)(Secret::new(value.as_bytes()))
}

/// `0123…z0123…`, `len` long.
fn run(len: usize) -> String {
    ('0'..='9').chain('a'..='z').cycle().take(len).collect()
}

/// Tokens that signers complete. (Not Cosmos keys: two of their seeds differ by what a change of the third byte can make up for.)
static SIGNED: &[(&str, &str)] = &[
    ("github-classic", "ghp_{W:30}{sign:github-classic}"),
    ("github-classic", "ghs_{W:30}{sign:github-classic}"),
    ("github-refresh", "ghr_{W:70}{sign:github-refresh}"),
    ("npm", "npm_{W:30}{sign:npm}"),
    ("vercel", "vck_{W:50}{sign:vercel}"),
    ("deno", "ddp_{W:30}{sign:deno}"),
    ("apify", "apify_api_{W:30}{sign:apify}"),
    ("gitlab-routable", "glpat-{V:32}.01.{sign:gitlab-routable}"),
    ("gitlab-routable", "glrt-t1_{V:27}.{sign:gitlab-routable}"),
    ("cloudflare", "cfat_{W:40}{sign:cloudflare}"),
    ("atlassian", "ATATT3xFfGF0{V:171}={sign:atlassian}"),
    ("bitbucket-app-password", "ATBB{W:24}{sign:bitbucket-app-password}"),
    ("grafana-service-account", "glsa_{W:32}_{sign:grafana-service-account}"),
    ("grafana-service-account", "glsa_{W:32}{sign:grafana-service-account}"),
    ("zuplo", "zpka_{L36:32}_{sign:zuplo}"),
    ("azure-identifiable", "{B:76}+ASt{sign:azure-identifiable}"),
    ("azure-lcask", "{W:52}JQQJ99BF{W:16}ACOG{sign:azure-lcask}"),
    ("azure-lcask", "{W:52}JQQJ99BF{W:16}AZDO{sign:azure-lcask}"),
    ("entra", "{W:3}8Q~{P:31}{sign:entra}"),
    ("bech32-age", "AGE-SECRET-KEY-1{BECH32:52}{sign:bech32-age}"),
    ("base58check", "5K{b58:42}{sign:base58check}"),
    ("base58check", "xprv9s21{b58:96}{sign:base58check}"),
];

#[test]
fn what_is_signed_passes_and_what_is_changed_fails() {
    for (name, template) in SIGNED {
        for seed in 0..8 {
            let token = expand(template, seed, &sign).unwrap().text;
            assert_eq!(prove(name, &token).proof, Proof::Checksum, "{template}");
            for at in 0..token.len() {
                let changed = if &token[at..=at] == "h" { "k" } else { "h" };
                let changed = format!("{}{changed}{}", &token[..at], &token[at + 1..]);
                assert_ne!(prove(name, &changed).proof, Proof::Checksum, "{template} at {at}");
            }
            let bare = token.trim_end_matches('=');
            assert_ne!(prove(name, &bare[..bare.len() - 1]).proof, Proof::Checksum, "{template}");
            assert_ne!(prove(name, &format!("{token}h")).proof, Proof::Checksum, "{template}");
        }
    }
}

#[test]
fn a_proven_kind_fails_when_its_check_does_not_pass() {
    for (name, value) in [
        ("github-classic", format!("ghp_{}", run(36))),
        ("github-classic", format!("ghp_{}", run(20))),
        ("github-fine-grained", format!("github_pat_{}", run(82))),
        ("gitlab-routable", format!("glpat-{}.01.0w{}", run(32), run(7))),
        ("atlassian", format!("ATATT3{}", run(20))),
        ("azure-identifiable", format!("{}+ASt{}==", run(76), run(6))),
        ("azure-lcask", format!("{}JQQJ99{}", run(52), run(20))),
        ("entra", format!("{}8Q~{}", run(3), run(30))),
        ("bech32-age", "AGE-SECRET-KEY-1".to_owned()),
        ("base58check", "5K".repeat(20)),
    ] {
        assert_eq!(prove(name, &value).proof, Proof::Failed, "{name}");
    }
}

#[test]
fn what_is_escaped_or_another_kind_does_not_fail() {
    for (name, value) in [
        ("atlassian", format!("ATATT3{}%3D{}", run(180), run(8))),
        ("atlassian", format!("ATATT3{}\\={}", run(180), run(8))),
        ("gitlab-routable", format!("glpat-{}", run(20))),
        ("gitlab-routable", format!("glcbt-{}", expand("{jwt}", 1, &sign).unwrap().text)),
        ("gitlab-routable", expand("{jwt}.{L36:9}", 1, &sign).unwrap().text),
        ("npm", "npm-install".to_owned()),
        ("base58check", "O0Il".repeat(13)),
    ] {
        assert_eq!(prove(name, &value), Verdict::default(), "{name}");
    }
}

/// Check characters that the worked examples of another implementation give, so that signer and proof cannot err alike.
#[test]
fn checks_agree_with_the_outside_world() {
    for (name, head, check) in [
        ("github-classic", format!("ghp_{}", run(30)), "3j70pI"),
        ("github-refresh", format!("ghr_{}", run(70)), "3wGnPZ"),
        ("github-fine-grained", format!("github_pat_{}_{}", run(22), run(43)), "4HLNPG77"),
        ("npm", format!("npm_{}", run(30)), "3j70pI"),
        ("vercel", format!("vcp_{}", run(50)), "0FgfxK"),
        ("deno", format!("ddp_{}", run(30)), "1O2Zq4"),
        ("apify", format!("apify_api_{}", run(30)), "1Qm0sJ"),
        ("gitlab-routable", format!("glpat-{}.01.", run(32)), "0w1926twl"),
        ("cloudflare", format!("cfut_{}", run(40)), "0b77a189"),
        ("atlassian", format!("ATATT3{}=", run(180)), "916AD031"),
        ("bitbucket-app-password", format!("ATBB{}", run(24)), "48AEADD4"),
        ("grafana-service-account", format!("glsa_{}_", run(32)), "950d9026"),
        ("zuplo", format!("zpka_{}_", run(32)), "782bbe53"),
        ("azure-identifiable", format!("{}+ASt", run(76)), "8+LHZw=="),
        ("azure-identifiable", format!("{}ACDb", run(76)), "bzmM2g=="),
        ("azure-lcask", format!("{}JQQJ99BK{}ACOG", run(52), run(16)), "P0cH"),
        ("azure-lcask", format!("{}JQQJ99BK{}AZDO", run(52), run(16)), "2vHG"),
        ("entra", format!("{}8Q~{}", run(3), run(31)), "cWt"),
    ] {
        assert_eq!(sign(name, &head).as_deref(), Some(check), "{name}");
    }
}

/// Published examples, in pieces so that they are no literals.
#[test]
fn published_examples_pass() {
    for (name, pieces) in [
        ("github-classic", ["ghp_ZJ", "DeVREh", "kptGF7", "Wvep0N", "wJWlPE", "QP7a0t", "2nxL"].as_slice()),
        ("gitlab-routable", &["glpat-", "vSY1cy", "L948aA", "B440qB", "6L4zlu", "9OzsUm", "EV.01.", "0w0sfe", "vch"]),
        (
            "vercel",
            &["vcp_35", "UYJwYZ", "DigYAT", "KhxJUA", "hPqRhi", "t2Xe3d", "tiG60L", "sUTHek", "lEXDQ9", "4Jafpu"],
        ),
        ("zuplo", &["zpka_3", "e6c4f7", "d39954", "ca2935", "3b7ab8", "8589b6", "4_de26", "cd55"]),
        ("cloudflare", &["cfut_Z", "E4CrcF", "hEIDXk", "9vL2sT", "LeARsF", "p2ZZYb", "ydVDhh", "IUq857", "3bbfe"]),
        (
            "azure-identifiable",
            &[
                "YutGV0", "Vlauqs", "obd5tP", "Wz2AKw", "HhBXME", "WsAH+r", "Sbz0UZ", "UfaMVj", "1CFrcN", "QK47yg",
                "mrC4vH", "mc7eOp", "1LdM+A", "Stk5mM", "yA==",
            ],
        ),
        (
            "azure-lcask",
            &[
                "6RtqHq", "Pc66Y6", "DYbkyd", "brrFJT", "YnRoA7", "r40ts7", "LWS2Sk", "INSFsR", "ABxhJQ", "QJ99BF",
                "ACAAAA", "ALGcqj", "AAASAZ", "DO3eqU",
            ],
        ),
        (
            "bech32-age",
            &[
                "AGE-SE", "CRET-K", "EY-1GF", "PYYSJZ", "GFPYYS", "JZGFPY", "YSJZGF", "PYYSJZ", "GFPYYS", "JZGFPY",
                "YSJZGF", "PQ4EGA", "EX",
            ],
        ),
        ("base58check", &["5HueCG", "U8rMjx", "EXxiPu", "D5BDku", "4MkFqe", "Zyd4dZ", "1jvhTV", "qvbTLv", "yTJ"]),
        (
            "base58check",
            &[
                "xprv9s", "21ZrQH", "143K3Q", "TDL4LX", "w2F7HE", "K3wJUD", "2nW2nR", "k4stbP", "y6cq3j", "PPqjiC",
                "hkVvvN", "KmPGJx", "WUtg6L", "nF5kej", "MRNNU3", "TGtRBe", "Jgk33y", "uGBxrM", "PHi",
            ],
        ),
    ] {
        assert_eq!(prove(name, &pieces.concat()).proof, Proof::Checksum, "{name}");
    }
}

#[test]
fn generated_key_blocks_are_well_formed_however_their_lines_are_broken() {
    for (label, proof, detail) in [
        ("RSA PRIVATE KEY", Proof::Structure, None),
        ("ENCRYPTED PRIVATE KEY", Proof::Structure, Some("encrypted")),
        ("OPENSSH PRIVATE KEY", Proof::Structure, Some("ssh-ed25519")),
        ("PGP PRIVATE KEY BLOCK", Proof::Checksum, None),
    ] {
        let block = expand(&format!("{{pem:{label}}}"), 3, &sign).unwrap().text;
        let expected = Verdict { proof, detail: detail.map(Into::into) };
        for newline in ["\n", "\r\n", "\\n", "\\r\\n", "\\\\n", "\n    ", "\\\n", "\",\n  \"", " "] {
            assert_eq!(prove("private-key", &block.replace('\n', newline)), expected, "{label} {newline:?}");
        }
        assert_eq!(prove("private-key", &block.replace('/', "\\/")), expected, "{label}");
        let middle = block.len() / 2;
        let shorter = format!("{}{}", &block[..middle], &block[middle + 4..]);
        assert_ne!(prove("private-key", &shorter).proof, proof, "{label}");
    }
    let headers = ["Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,00", ""].join("\n");
    let label = "RSA PRIVATE KEY";
    let block = format!("-----BEGIN {label}-----\n{headers}\n{}\n-----END {label}-----", run(64));
    assert_eq!(prove("pem-der", &block), Verdict::default().with(Some("encrypted".into())));
}

#[test]
fn structures_are_seen() {
    for (name, template, passes) in [
        ("jwt", "{jwt}", true),
        ("jwt", "{jwt:RS256}", true),
        ("jwt", "{jwt:EdDSA}", true),
        ("jwt", "{jwt}x", false),
        ("openai-marker", "sk-{W:20}T3BlbkFJ{W:20}", true),
        ("openai-marker", "sk-proj-{V:74}T3BlbkFJ{V:74}", true),
        ("openai-marker", "sk-proj-{V:74}T3BlbkFJ{V:73}", false),
        ("openai-marker", "sk-{W:21}T3BlbkFJ{W:19}", false),
        ("groq-marker", "gsk_{W:20}WGdyb3FY{W:24}", true),
        ("groq-marker", "gsk_{W:52}", false),
        ("anthropic-tail", "sk-ant-api03-{V:93}AA", true),
        ("anthropic-tail", "sk-ant-api03-{V:92}AA", false),
        ("docker-auth", "{base64:user:{W:12}}", true),
        ("basic-auth", "{base64:user:{W:12}}", true),
        ("basic-auth", "{base64:{W:12}}", false),
        ("telegram", "1{d:9}:AA{V:33}", true),
        ("telegram", "1{d:9}:AB{V:33}", false),
    ] {
        let value = expand(template, 5, &sign).unwrap().text;
        assert_eq!(prove(name, &value).proof == Proof::Structure, passes, "{name} {template}");
    }
}

#[test]
fn days_are_told() {
    for (seconds, day) in [
        (0, Some("1970-01-01")),
        (951_782_400, Some("2000-02-29")),
        (1_714_521_600, Some("2024-05-01")),
        (253_402_300_799, Some("9999-12-31")),
        (253_402_300_800, None),
        (-1, None),
        (i64::MAX, None),
    ] {
        assert_eq!(date(seconds).as_deref(), day, "{seconds}");
    }
}

#[test]
fn names_are_unique() {
    for (at, kind) in PROOFS.iter().enumerate() {
        assert!(PROOFS[..at].iter().all(|other| other.name != kind.name), "{}", kind.name);
    }
}

/// Beginnings that lead deep into a proof; `@` stands for `PRIVATE KEY`.
static HEADS: &[&str] = &[
    "",
    "ghp_",
    "github_pat_11",
    "glpat-",
    "ATATT3",
    "glsa_",
    "AGE-SECRET-KEY-1",
    "5K",
    "-----BEGIN PGP @ BLOCK-----\n",
    "eyJ",
    "-----BEGIN OPENSSH @-----\nb3BlbnNzaC1rZXktdjEA",
    "-----BEGIN @-----\nMII",
    "pypi-AgEIcHlwaS5vcmc",
    "sntrys_eyJ",
    "glc_eyJ",
    "cmVmdGtu",
    "ABSKQmVkcm9ja0FQSUtleS",
    "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t",
    "sk-proj-",
    "gsk_",
    "sk-ant-api03-",
    "AKIA",
    "MTIz",
    "1234567890:AA",
];

proptest! {
    #![proptest_config(property(256))]

    #[test]
    fn no_bytes_panic(head in prop::sample::select(HEADS), tail in prop::collection::vec(any::<u8>(), 0..200), text in "[0-9A-Za-z+/=._~\\n-]{0,200}") {
        let head = head.replace('@', "PRIVATE KEY");
        for tail in [&tail, text.as_bytes()] {
            let block = [head.as_bytes(), tail, b"\n-----END "].concat();
            for kind in PROOFS {
                (kind.prove)(Secret::new(&block));
                (kind.prove)(Secret::new(&block[..head.len() + tail.len()]));
            }
        }
        for kind in PROOFS {
            kind.sign.map(|sign| sign(&format!("{head}{text}")));
        }
    }
}
