//! The check as a whole: texts in every dialect, and what is found in them.

use std::time::Instant;

use crate::checks::{Checks, Scratch, sign};
use crate::model::Confidence::{self, Low, Medium};
use crate::ruleset::{RuleSet, expand};

fn checks() -> Checks {
    let mut rules = RuleSet::builtin();
    let generic: Vec<String> =
        rules.rules().iter().filter(|rule| !rule.check.is_empty()).map(|rule| rule.id.to_string()).collect();
    rules.retain(|id| generic.iter().any(|known| known == id));
    Checks::new(rules).expect("the built-in rules are sound")
}

/// What is found in an expanded template: the value as the text has it, and how sure.
fn found(checks: &Checks, template: &str, seed: u64) -> (Vec<(String, Confidence)>, Option<String>) {
    let example = expand(template, seed, &sign).expect("the template is sound");
    let hits = checks.search(example.text.as_bytes(), &mut Scratch::default()).hits;
    let value = |range: std::ops::Range<usize>| example.text[range].to_owned();
    (hits.into_iter().map(|hit| (value(hit.secret), hit.confidence)).collect(), example.secret.clone().map(value))
}

/// Values that a generator made, in all the ways that assign one. The span is the whole value, and nothing else.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn generated_values_are_found_in_every_dialect() {
    let checks = checks();
    let mut missed = Vec::new();
    for (dialects, values) in [
        (
            &[
                "API_KEY=%",
                "export API_KEY=%\n",
                "2026-11-23T10:11:12.345Z INFO  [worker-3] acme_key = %\n",
                "{{\"message\":\"- name: API_KEY\\n  value: %\\n\"}}",
                "{{\"message\":\"{{\\\"name\\\": \\\"API_KEY\\\", \\\"value\\\": \\\"%\\\"}}\"}}",
                "<td>api_key = %</td>",
                "API_KEY: %",
                "api_key = \"%\"",
                "apiKey: '%',",
                "\"apiKey\": \"%\",",
                "{{\"apiKey\":\"%\"}}",
                "{{'api_key': ['%']}}",
                "{{\"key\":\"api_key\",\"value\":{{\"stringValue\":\"%\"}}}}",
                "{{\\\"api_key\\\":\\\"%\\\"}}",
                "{{\\\\\\\"api_key\\\\\\\":\\\\\\\"%\\\\\\\"}}",
                "api_key: \"%\" # prod",
                "const apiKey: string = \"%\";",
                "let api_key: &str = \"%\";",
                "var apiKey string = \"%\"",
                "api_key := \"%\"",
                "$api_key = '%';",
                "'api_key' => '%',",
                ":api_key => \"%\"",
                "<api_key>%</api_key>",
                "<ApiKey type=\"x\">\n  %\n</ApiKey>",
                "<add key=\"ApiKey\" value=\"%\"/>",
                "<property name=\"api_key\">%</property>",
                "<key>ApiKey</key>\n<string>%</string>",
                "setenv(\"API_KEY\", \"%\")",
                "os.environ[\"API_KEY\"] = \"%\"",
                "os.getenv(\"API_KEY\", \"%\")",
                "process.env.API_KEY || '%'",
                "client.setApiKey(\"%\")",
                "Namespace(api_key='%', n=1)",
                "Client(api_key=%, n=1)",
                "('X-Api-Key', '%')",
                "--api-key %",
                "--api-key=% --x",
                "[\"--api-key\", \"%\"]",
                "-ApiKey '%'",
                "X-Api-Key: %\r\n",
                "curl -H 'X-Api-Key: %' h",
                "https://h.io/?api_key=%&x=1",
                "https://h.io/?x=1&amp;api_key=%",
                "api_key=\"%\" x",
                "ENV API_KEY %",
                "ENV API_KEY=%",
                "- name: API_KEY\n  value: %",
                "{{\"name\": \"API_KEY\", \"value\": \"%\"}}",
                "a:1:{{s:7:\"api_key\";s:32:\"%\";}}",
                "api_key:\n  \"%\"",
                "api_key: >-\n  %\nx: 1",
                "${{API_KEY:-%}}",
                "api_key: ${{API_KEY:-%}}",
                "**API key**: `%`",
                "api key is %",
                "new SecretString(api_key=\"%\")",
                "apikey=b'%'",
                "&quot;api_key&quot;: &quot;%&quot;",
                "API_KEY=%,OTHER=1",
                "api_key=%; path=/",
                "the api key % was sent",
                "\"api_key\": {{\n  \"value\": \"%\",\n  \"type\": \"string\"}}",
                "variable \"api_key\" {{\n  type = string\n  default = \"%\"\n}}",
                "add_argument(\"--api-key\", default=\"%\")",
                "name=\"api_key\"\r\n\r\n%\r\n",
                "[api_key] => %\n",
                "[\"api_key\"]=>\n  string(32) \"%\"",
                "<td>API_KEY </td><td>% </td>",
                "\u{1b}[36mapi_key\u{1b}[0m=\u{1b}[33m%\u{1b}[0m",
                "{{\"log\":\"\\u001b[36mapi_key\\u001b[0m=\\u001b[33m%\\u001b[0m\"}}",
                "X-Acme-Service-Key: %",
                "x\0--api-key\0%\0--port\0",
                "id,name,api_key\n1,acme,%\n",
                "{{\"type\":\"api_key\",\"key\":\"%\"}}",
                "{{\"x\": {{\"sensitive\": true, \"type\": \"string\", \"value\": \"%\"}}}}",
                "kind: Secret\nstringData:\n  x: %\n",
                "<system-out>API_KEY=%&#10;next</system-out>",
                "HTTPBasicAuth(\"me\", \"%\")",
            ][..],
            &["{W:32}", "{x:32}", "{V:40}", "{U36:24}"][..],
        ),
        (
            &[
                "Authorization: Bearer %",
                "{{\"Authorization\": \"Bearer %\"}}",
                "-H \"Authorization: token %\"",
                "'authorization': 'SSWS %'",
                "bearer %",
                "authorization=Bearer %",
                "X-Acme-Key: %",
                "const acmeKey = \"%\";",
                "Your private key is %",
                "Private key (hex): %",
                "ACME_PRIVATE=%",
            ][..],
            &["{W:32}", "{V:64}"][..],
        ),
        (
            &[
                "DB_PASSWORD=%",
                "password: %",
                "Password for me: %",
                "Password (temporary): %",
                "<Password>\n <Value>%</Value>",
                "<setting name=\"Password\" serializeAs=\"String\">\n<value>%</value>",
                "password: {{ value: \"%\" }}",
                "mot de passe : %",
                "Пароль: %",
                "密码：%",
                "pw: %",
                "password: str = Field(\"%\")",
                "password = os.getenv('X') or '%'",
                "password = $\"%\";",
                "INSERT INTO u (name, password) VALUES ('me', '%');",
                "COPY u (id, password) FROM stdin;\n1\t%\n",
                "\"password\": \"%\"",
                "password = '%'",
                "db.password=%",
                "<password>%</password>",
                "\"&lt;password>%&lt;/password>\\\"\"",
                "<password type=\"x\">%</password>",
                "<field name=\"password\">%</field>",
                "PASSWORD '%'",
                "CREATE USER IF NOT EXISTS acme IDENTIFIED BY '%'",
                "grant all on a.b to 'acme' identified by '%'",
                "--password %",
                "+--password %",
                "--password=%",
                "-p x --pass %",
                "mysql -uroot -p%",
                "sshpass -p % ssh h",
                "redis-cli -a %",
                "curl -u me:% h",
                "docker login -p % r.io",
                "postgres://me:%@h.io/db",
                "https://me:%@h.io",
                "Server=h;Uid=me;Pwd=%;",
                "Pwd=%;Server=h",
                "machine h login me password %",
                "h:5432:db:me:%",
                "h:15432:db:me:%",
                "user,password,role\nbob,%,x\n",
                "\"user\";\"password\"\n\"bob\";\"%\"\n",
                "| user | password |\n|---|---|\n| bob | % |\n",
                "\"type\": \"random_password\",\n\"instances\": [{{\"length\": 20, \"result\": \"%\"}}]",
                "bindpw %\n",
                "masterauth %\n",
                "curl --user=me:% h",
                "lftp -u me,% h",
                "xfreerdp /u:me /p:% /v:h",
                "sqlplus me/%@db",
                "net use Z: \\\\h\\s % /user:me",
                "echo 'me:%' | sudo chpasswd",
                "requests.get(u, auth=('me', '%'))",
                "new NetworkCredential(\"me\", \"%\")",
                "PRAGMA key = '%';",
                "jdbc:x://h/db?user=me&password=%",
                "| password | % |",
                "spring.datasource.password=%",
                "define('DB_PASSWORD', '%');",
                "redis(db=0,password=%,host=h)",
                "conf/app.ini:17:password = %",
                "   12\tpassword = %",
                "  12 | password: %",
                "set -gx DB_PASSWORD %",
                "setenv DB_PASSWORD %",
                "requirepass %",
                "[\"redis-server\", \"--requirepass\", \"%\"]",
                "ParameterKey=DBPassword,ParameterValue=%",
                "app:%@tcp(db.io:3306)/app",
                "os.environ.get(\"DB_PASSWORD\", default=\"%\")",
            ][..],
            &["{W:14}", "{W:20}", "hun{}ter{d:2}x{W:4}"][..],
        ),
    ] {
        for dialect in dialects {
            for (seed, value) in values
                .iter()
                .enumerate()
                .flat_map(|(index, value)| [(2 * index as u64, value), (2 * index as u64 + 1, value)])
            {
                if dialect.contains("password=%,") && value.starts_with("hun")
                    || dialect.contains("| %") && value.starts_with("hun")
                {
                    continue;
                }
                let template = dialect.replace('%', &format!("{{begin}}{value}{{end}}"));
                let (hits, secret) = found(&checks, &template, seed);
                let secret = secret.expect("it is marked");
                if !hits.iter().any(|(value, sure)| *value == secret && *sure >= Medium) {
                    missed.push(format!("{template}, seed {seed}: {} found", hits.len()));
                }
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn passwords_of_people_are_found_where_the_key_leaves_no_doubt() {
    let checks = checks();
    for (template, sure) in [
        ("password: {begin}hun{}ter2{end}", Some(Medium)),
        ("PGPASSWORD={begin}hun{}ter2{end} psql", Some(Medium)),
        ("PGPASSWORD={begin}sesa{}moo{end}", Some(Medium)),
        ("\"password\": \"{begin}Sum{}mer2024!{end}\"", Some(Medium)),
        ("password={begin}p@ss,w(o)rd{}1{end}", None),
        ("DB_PASSWORD={begin}p@ss,w(o)rd{}1{end}", Some(Medium)),
        ("password: {begin}sesa{}moo{end}", Some(Low)),
        ("pass: {begin}hun{}ter2{end}", Some(Medium)),
        ("PASS: {begin}addr2{}line{end}", None),
        ("...PASS: {begin}addr2{}line{end}", None),
        ("machine git.acme.io login mia password {begin}sesa{}moo{end}", Some(Medium)),
        ("machine example.org login mia password {begin}sesa{}moo{end}", Some(Low)),
        ("password = \"{begin}sesa{}moo{end}\"", Some(Low)),
        ("user = \"mia\"; password = \"{begin}sesa{}moo{end}\";", Some(Medium)),
        ("https://mia:{begin}hun{}ter2{end}@h.io", Some(Medium)),
        ("redis://guest:{begin}gue{}st{end}@localhost", Some(Low)),
        ("amqp://guest:{begin}gue{}st{end}@mq.acme.io", Some(Medium)),
        ("password: ${{X:-{begin}hun{}ter2{end}}}", Some(Medium)),
        ("token: {begin}{uuid}{end}", Some(Low)),
        ("client_secret: {begin}{uuid}{end}", Some(Medium)),
        ("x password = {begin}P@ss{}w0rd{d:2}{end}", Some(Medium)),
        ("const password = process.env.PASSWORD || '{begin}hun{}ter2{end}'", Some(Medium)),
        ("db.password={begin}tr0ub4{}dor&3{end}\n", Some(Medium)),
        ("DB_PASSWORD={begin}acme-prod-{}2022{end}", Some(Low)),
        ("--password {begin}sesa{}moo{end}", Some(Low)),
        ("Server=db.acme.io;Uid=mia;Pwd={begin}sec{}ret{end};", Some(Medium)),
        ("Server=db.acme.io;Uid=username;Pwd={begin}sec{}ret{end};", Some(Low)),
        ("Server=localhost;Uid=mia;Pwd={begin}sec{}ret{end};", Some(Low)),
        ("mysql://mia:{begin}sec{}ret{end}@db.acme.io/x", Some(Medium)),
        ("ftp://user:{begin}sec{}ret{end}@ftp.acme.io/x", Some(Low)),
        ("readonly string acmeToken = \"{begin}{uuid}{end}\";", Some(Medium)),
        ("acmeToken={begin}{uuid}{end}", Some(Low)),
        ("ACME_TOKEN={begin}{uuid}{end}\n", Some(Medium)),
        ("Acme access key: {begin}{W:32}{end}", Some(Medium)),
        ("10.0.0.1:6379> AUTH {begin}sec{}ret-7{end}", Some(Medium)),
        ("ACL SETUSER mia on >{begin}sec{}ret-7{end} ~*", Some(Medium)),
        ("user mia on >{begin}sec{}ret-7{end} ~* +@all", Some(Medium)),
        ("expect \"*assword:\"\nsend \"{begin}sec{}ret-7{end}\\r\"", Some(Medium)),
        ("child.expect('Password:')\nchild.sendline('{begin}sec{}ret-7{end}')", Some(Medium)),
        ("htpasswd -bc .htpasswd mia {begin}sec{}ret-7{end}", Some(Medium)),
        ("docker exec db mysql -u root -p{begin}sec{}ret-7{end} x", Some(Medium)),
        ("docker run --entrypoint htpasswd x:2 -nbB mia {begin}sec{}ret-7{end} > auth", Some(Medium)),
        ("snmpwalk -v3 -u mia -A {begin}sec{}ret-7{end} h", Some(Medium)),
        ("zip -rP {begin}sec{}ret-7{end} x.zip d", Some(Medium)),
        ("7z a -p{begin}sec{}ret-7{end} x.7z d", Some(Medium)),
    ] {
        let (hits, secret) = found(&checks, template, 1);
        let secret = secret.expect("it is marked");
        let got = hits.iter().find(|(value, _)| *value == secret).map(|(_, sure)| *sure);
        assert_eq!(got, sure, "{template}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_is_no_secret_is_not_found() {
    let checks = checks();
    let mut wrong = Vec::new();
    for template in [
        "password: ${{PASSWORD}}",
        "password: $PASSWORD",
        "password: {{{{ password }}}}",
        "password = process.env.PASSWORD",
        "password = os.environ['X_PASSWORD']",
        "password: <your-password>",
        "password: op://vault/item/field",
        "the program identified by 'head{}er_17' and its line",
        "password = \"\"",
        "password: null",
        "\"password\": {{\"{W:20}\": 1}}",
        "password: string",
        "password: string;",
        "password: Password,",
        "password = get_password()",
        "password = user.password",
        "password=<value> {W:20}",
        "password: {{ value: {W:20} }}",
        "password = user.password or get_password('x', '{W:20}')",
        "password = f\"{{x}}-{{y}}\"",
        "Password for 'https://me@git.acme.io': ",
        "password=password)",
        "def f(user='', password=''):",
        "char *password = NULL;",
        "if password == other:",
        "token = next(tokens)",
        "token: {d:6},",
        "max_tokens: {d:6}",
        "\"input_tokens\": {d:6}",
        "secret: SecretString,",
        "secret_name = \"{W:32}\"",
        "public_key = \"{W:44}\"",
        "key_id = \"{W:20}\"",
        "monkey = \"{W:32}\"",
        "tokenizer = \"{W:32}\"",
        "keyboard: {W:32}",
        "author: {W:32}",
        "integrity_token = \"sha512-{B:86}==\"",
        "password = \"$2b$12${W:53}\"",
        "token: https://h.io/{W:32}",
        "secret: /run/secrets/db_password",
        "token: 2024-11-22T14:09:34Z",
        "password: Please enter your password",
        "getpass(\"Password: \")",
        "password_hash: {x:64}",
        "csrf_token: {W:32}",
        "secretKeyRef: {W:32}",
        "api_key = \"your-api-key\"",
        "api_key=xxxxxxxxxxxxxxxxxxxxxxxx",
        "token: abc123",
        "secret = kubernetes.io/service-account-token",
        "mysql -u root -p db",
        "curl -u $USER:$PASS h",
        "--password PASSWORD",
        "--token $TOKEN",
        "https://h.io:8080/@scope/x",
        "postgres://me:$PASS@h/db",
        "postgres://me:***@h/db",
        "Server=h;Uid=me;Pwd={{0}};",
        "Authorization: Bearer $TOKEN",
        "Authorization: Basic realm",
        "the token was refreshed by the client",
        "cache_key={x:32}",
        "pub const FLAG_PASSWORD: Flag = 8u32;",
        "<a class=\"password\">&#x3C;string></a>",
        "<a href=\"https://h.io/cargo-credential-password\">1password-cli</a>",
        "std::map<Pass *, Pass *> pass2info;",
        "<libc::unix::passwd>0x1f::alloc<i8>",
        "password: ${{X:?it is missing}}",
        "password: ssm:/prod/db/password",
        "password: $[variables.password]",
        "password= next= ",
        "password = \"anonymous@\"",
        "force_pass: true/false",
        "password: 1h30m",
        "password = \"3600\"",
        "\"Acme::Gateway::ApiKey\": \"{x:16}\"",
        "token = \"1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b\"",
        "token = \"{W:20}EXAMPLE{W:20}\"",
        "http://<user>:<password>@proxy-host",
        "(?P<password>[^/]+)",
        "['docker', 'login', '-p', password]",
        "-p, --password LOZINKA  postavlja",
        "cvs://:pserver:anoncvs@h.io:/cvs",
        "nextForwardToken: f/{d:56}",
        "FAKEROOTKEY={d:8}",
        "\"password\"], \"type\": \"object\"}}, \"image\": {{\"default\": \"acme/x{d:4}:latest\"",
        "passwd:* all*tokens*updated*",
        "\"arn:aws:secretsmanager:*:*:secret:s2svpn!*\"",
        "the net use of {W:12} in \\\\x",
        "user,password\nbob,password\n",
        "name,token,type\nx,NUMBER,string\n",
        "auth=('me', password)",
        "[\"x\", \"AcmeAuth\", \"ClientV1Mixin\", \"AcmeV1Client\"]",
        "postgres://user:pass@localhost/db",
        "{{\"sensitive\": true, \"value\": \"${{var.x}}\"}}",
        "  \"{B:40}+{W:4}pwd\",\n  \"{W:40}\",\n",
        "	* man/Attic/chpasswd.8: s/pro{}tect/pro{}tected/",
        "s#password: cvs#pass{}word: [empty]#",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:snowflake-{W:6}",
        "are not on another machine for password his{}tory checking",
        "\"enum\": [\"PASSWORD\", \"WEB_AUTHN\", \"KAFKA_PASSWORD\", \"KAFKA_SASL_MECHANISM\"]",
        "fn open(password: &[u8], length: u8)",
        "PWD = \"'`pwd`'\"",
        "https://acme.io/testcase?key={d:16}",
        "last_synced_token: {x:10}",
        "fbconnectkey: {x:32}",
        "<releaseManagerKey>{x:40}</releaseManagerKey>",
        "--primary-signing-fpr-key {x:40}",
    ] {
        let (hits, _) = found(&checks, template, 3);
        let hits: Vec<_> = hits.into_iter().filter(|(_, sure)| *sure >= Medium).map(|(value, _)| value.len()).collect();
        if !hits.is_empty() {
            wrong.push(format!("{template}: found {hits:?} bytes"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Time is linear: a text of hostile repetitions takes no longer for each byte as it grows.
#[test]
fn hostile_texts_take_linear_time() {
    let checks = checks();
    for piece in [
        "token=",
        "password: ",
        "https://a:b@",
        "https://a:b/",
        "password=\"",
        "token='x\" ",
        "token=\\\"",
        "a\":\"token=",
        "curl -u ",
        "docker ab cd ef gh ij ",
        "mysql ",
        "Authorization: ",
        "bearer ",
        "cookie: ",
        "pwd=;",
        "password\n",
        "token     ",
        "<password ",
        "&key=",
        ":5432:",
        "password \"",
        "token=a1b2,",
        "token:",
        "password is ",
        "${token:-",
        "token=${",
        "identified by '",
        "password,",
        "password,x\n",
        "\npassword,x\na,b\n",
        "password\t\n",
        "\"random_password\" ",
        "\"random_password\"\"result\":\"x\"",
        "{\"sensitive\":true",
        "chpasswd <<< x",
        "echo x|chpasswd ",
        "net use \\\\x y ",
        "sqlplus x/y ",
        "auth plain ",
        "auth=('x',",
        "> auth x ",
        "acl setuser >x ",
        "user x on >x ",
        "assword send \"x",
        "htpasswd -b x y ",
        "snmpwalk -A ",
        "zip -rP ",
        "kind: Secret\nstringData:\n  x: y\n",
    ] {
        let time = |len: usize| {
            let text = piece.repeat(len / piece.len());
            (0..3)
                .map(|_| {
                    let began = Instant::now();
                    checks.search(text.as_bytes(), &mut Scratch::default());
                    began.elapsed()
                })
                .min()
                .expect("three runs")
        };
        let (small, big) = (time(1 << 16), time(1 << 19));
        assert!(
            big < small * 24 + std::time::Duration::from_millis(20),
            "{piece:?}: {small:?} for 64 KiB, {big:?} for 512 KiB"
        );
    }
}
