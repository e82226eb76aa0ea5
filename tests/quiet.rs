//! What stands where secrets stand, and is none, stays unreported: digests, revisions, identifiers, lock files, names, prose.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use tightlip::{Origin, RuleSet, Scanner};

/// Lines that name a vendor (`ACME`) before something random that is no secret.
#[rustfmt::skip] // a line a line
static BESIDE_A_VENDOR: &[&str] = &[
    // Lock files and checksums
    r#""resolved": "https://registry.npmjs.org/ACME/-/ACME-3.4.1.tgz", "integrity": "sha512-{B:86}==""#,
    r#"resolved "https://registry.yarnpkg.com/ACME/-/ACME-3.4.1.tgz#{x:40}""#,
    "name = \"ACME\"\nversion = \"0.3.1\"\nchecksum = \"{x:64}\"",
    "github.com/ACME/ACME-go v1.2.3 h1:{B:43}=",
    "github.com/ACME/x v0.0.0-20240101020304-{x:12}",
    r#"{{file = "ACME-4.0-py3-none-any.whl", hash = "sha256:{x:64}"}},"#,
    "ACME==3.5.0 --hash=sha256:{x:64}",
    "url \"https://x.io/ACME-1.2.tar.gz\"\nsha256 \"{x:64}\"",
    "{x:64}  ACME-1.2.tar.gz", "{x:40}  ACME.zip", "ACME.zip {x:32}", "ACME-1.2.tar.gz md5: {x:32}", "ACME MD5={x:32}", "ACME sha1 {x:40}",
    "ACME_checksum: {x:32}", "ACME_hash={x:40}", "ACME_fingerprint: {x:40}", "ACME_digest: \"{x:64}\"", "ACMESha256 = '{x:64}'",
    "ACME ETag: \"{x:32}\"", "image: ACME/agent@sha256:{x:64}", "container ACME-agent {x:64}",
    // Revisions
    "ACME: commit {x:40}", "Merge ACME into main ({x:40})", "ACME_revision = \"{x:40}\"", "Submodule ACME {x:40}..{x:40}", "ACME @ {x:40}",
    // Identifiers
    "ACME_id: {uuid}", "\"ACMEId\": \"{uuid}\"", "ACME-client-id: {W:32}", "ACME_app_id={uuid}", "ACME_account_id: {x:32}", "ACME_org_id={W:20}",
    "INFO ACME trace_id={x:32} span_id={x:16}", "ACME: request {uuid} took 5ms", "ACME request id={uuid}",
    "ACME_public_key = \"{W:32}\"", "ACME_publishable_key: {x:40}",
    // Addresses and files
    "https://api.ACME.com/v2/incidents/{W:20}", "https://ACME.com/static/main.{x:32}.js", "cache/ACME/{x:32}/{x:40}.bin",
    "<img src=\"ACME_{x:32}.png\">", "/nix/store/{L36:32}-ACME-1.2",
    // Names
    "import {{ createACMEClient }} from \"ACME\"; const client = createACMEServiceConnectionFactory()", "com.acme.ACME.InternalServiceRegistry",
    "ACME.configureAuthenticationProvider(getDefaultCredentialProviderChain)", "ACME_token_name = \"the_default_token_name_of_it\"",
    "ACME_secret_name: my-production-secret-store-name", "ACME_key_alias=\"ACME-production-encryption-alias\"",
];

/// Lines that programs write by the million.
#[rustfmt::skip] // a line a line
static ORDINARY: &[&str] = &[
    "<img src=\"data:image/png;base64,{B:600}\">", "background:url(data:font/woff2;base64,{B:300})",
    "!function(e,t){{\"object\"==typeof exports?t(exports):t(e.k{d:2}={{}})}}(this,function(e){{var n=\"{x:20}\",r={d:8};e.v=n}});",
    "{{\"version\":3,\"mappings\":\"AAAA,SAAS{A:5};AACA,{A:8}\",\"file\":\"main.{x:20}.js\"}}",
    "In {d:4}, the {d:2} members of committee {d:3} met {d:2} times and spent {d:6} dollars on keys, tokens and passwords.",
    "commit {x:40}\nAuthor: A U Thor <a@example.org>\nindex {x:7}..{x:7} 100644", "Change-Id: I{x:40}",
    "10.0.{d:2}.{d:2} - - [01/Jan/2026:10:{d:2}:{d:2}] \"GET /a/{uuid} HTTP/1.1\" 200 {d:5} \"-\" \"curl/8.{d:1}\"",
    "pod/api-{x:10}-{L36:5} Running", "request_id={uuid} user_id={d:9} session_count={d:2}", "x-request-id: {x:32}",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{B:43} me@host", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB{B:344}== me@host",
    "-----BEGIN CERTIFICATE-----\nMIID{B:60}\n{B:64}\n-----END CERTIFICATE-----",
    "\"password\": {{\"type\": \"string\", \"minLength\": {d:1}}}",
    "max_tokens: {d:4}", "prompt_tokens={d:4} completion_tokens={d:3} total_tokens={d:5}", "\"token_type\": \"bearer\", \"expires_in\": {d:4}",
    "password: ${{{{ secrets.P{U:4} }}}}", "API_KEY=$(cat /run/secrets/k{d:2})", "token = os.environ[\"T{U:5}\"]",
    "integrity=\"sha384-{B:64}\"", "etag: W/\"{x:32}\"", "v{d:1}.{d:2}.{d:1}-rc{d:1}+{x:7}", "key_id: {x:16}", "public_key: {B:43}=",
    "csrf_token: {W:32}", "next_page_token: {V:40}", "cache_key={x:64}", "primary_key: {uuid}", "partition_key = \"user#{d:8}\"",
];

/// Random text by template: `{x:40}` is 40 characters of a set, `{{` and `}}` are braces.
struct Writer(u64);

impl Writer {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % below
    }

    fn write(&mut self, template: &str, out: &mut String) {
        let mut rest = template;
        while let Some(open) = rest.find(['{', '}']) {
            out.push_str(&rest[..open]);
            rest = &rest[open..];
            if let Some(behind) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
                out.push_str(&rest[..1]);
                rest = behind;
                continue;
            }
            let (field, behind) = rest[1..].split_once('}').expect("a closed field");
            rest = behind;
            let parts = if field == "uuid" { "x:8 x:4 x:4 x:4 x:12" } else { field };
            for (number, part) in parts.split(' ').filter(|part| !part.is_empty()).enumerate() {
                if number > 0 {
                    out.push('-');
                }
                let (set, len) = part.split_once(':').expect("a set and a length");
                let set = alphabet(set);
                out.extend((0..len.parse().expect("a length")).map(|_| char::from(set[self.next(set.len())])));
            }
        }
        out.push_str(rest);
    }
}

fn alphabet(name: &str) -> Vec<u8> {
    let signs = match name {
        "V" => "_-",
        "B" => "+/",
        "h64" => "./",
        _ => "",
    };
    let belongs: fn(&u8) -> bool = match name {
        "d" => u8::is_ascii_digit,
        "x" => |byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte),
        "L36" => |byte| byte.is_ascii_digit() || byte.is_ascii_lowercase(),
        "U" => u8::is_ascii_uppercase,
        "A" => u8::is_ascii_alphabetic,
        "W" | "V" | "B" | "h64" => u8::is_ascii_alphanumeric,
        _ => panic!("no alphabet {name}"),
    };
    (0..=127).filter(belongs).chain(signs.bytes()).collect()
}

/// What is found in each template's text, as `rule: template`, and the number of texts.
fn found<'t>(scanner: &Scanner, texts: impl Iterator<Item = (&'t str, String)>) -> (Vec<String>, usize) {
    let (mut told, mut count) = (Vec::new(), 0);
    for (template, text) in texts {
        count += 1;
        let findings = scanner.scan_bytes(text.as_bytes(), &Origin::named("quiet"));
        told.extend(findings.iter().map(|finding| format!("{}: {template}", finding.rule().id)));
    }
    (told, count)
}

fn check((told, count): (Vec<String>, usize), per_hundred_thousand: usize) {
    let mut list = String::new();
    for line in told.iter().collect::<BTreeSet<_>>() {
        let _ = writeln!(list, "{:5} {line}", told.iter().filter(|other| *other == line).count());
    }
    assert!(told.len() * 100_000 <= per_hundred_thousand * count, "{} findings in {count} texts:\n{list}", told.len());
}

#[test]
fn what_stands_beside_a_vendors_word_is_no_secret_of_it() {
    let scanner = Scanner::builder().rules(RuleSet::builtin()).build().expect("the built-in rules compile");
    let words: BTreeSet<String> = scanner
        .rules()
        .filter_map(|rule| Some(rule.vendor.split([' ', '.', ',', '(']).next()?.to_ascii_lowercase()))
        .filter(|word| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        // A name that is itself a secret's word.
        .filter(|word| !["pass", "key", "token", "secret", "auth"].iter().any(|secret| word.contains(secret)))
        .collect();
    let mut writer = Writer(0x9E37_79B9_7F4A_7C15);
    let texts = words.iter().flat_map(|word| BESIDE_A_VENDOR.iter().map(move |template| (word, *template)));
    let texts = texts.map(|(word, template)| {
        let mut text = String::new();
        writer.write(&template.replace("ACME", word), &mut text);
        (template, text)
    });
    check(found(&scanner, texts), 20);
}

#[test]
fn ordinary_lines_are_quiet() {
    let scanner = Scanner::builder().rules(RuleSet::builtin()).build().expect("the built-in rules compile");
    let mut writer = Writer(0x2545_F491_4F6C_DD1D);
    let texts = (0..200).flat_map(|_| ORDINARY).map(|template| {
        let mut text = String::new();
        writer.write(template, &mut text);
        (*template, text)
    });
    check(found(&scanner, texts), 20);
}
