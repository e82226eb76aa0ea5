//! Examples that the help of a command ends with.

pub(super) const AFTER: &str = "\
Examples:
  tightlip scan                          the current directory
  tightlip scan logs/ .env               a directory and a file
  journalctl -u vllm | tightlip scan -   whatever another program writes
  tightlip rules list                    what is looked for

Configuration is read from `tightlip.toml` in the current directory or above.
`tightlip config show` tells every setting, its value, and who gave it.";

pub(super) const AFTER_SCAN: &str = "\
Examples:
  Before a commit, before a push, and once for all that was ever committed:
    tightlip scan --staged
    tightlip scan --range origin/main..HEAD
    tightlip scan --history
  In a GitHub workflow: annotations, a summary of the step, and SARIF for code scanning:
    tightlip scan --format github --also sarif=tightlip.sarif \\
      --also markdown=\"$GITHUB_STEP_SUMMARY\"
  A page to read and search:
    tightlip scan --format html -o tightlip.html
  A gate that does not let a project accept its own findings:
    tightlip scan --no-project-config --no-suppressions
  Whatever another program writes:
    kubectl logs deploy/api | tightlip scan -
  Rotated logs and archives are read as the texts they hold; a zip with a tar.gz in it is 3 deep:
    tightlip scan --max-depth-archive 3 /var/log bundles/evidence.zip
  Before logs are handed over; each line says where to look, none shows a value:
    tightlip scan --min-confidence low --format jsonl -o findings.jsonl logs/
  Never open a repository that others must not see, and find what mentions it:
    tightlip scan --targets targets.toml --sandbox require ~/work
  Values that you know, in every encoding; reports call them by their names:
    tightlip scan --known .env --known ~/.codex/auth.json --known-env '*_TOKEN' logs/
  One kind of credential, everywhere but in tests:
    tightlip scan --only 'aws-*' -g '!tests/**'

Accept a finding by a comment on its line, or on the line before it; the day may be left out:
    tightlip:allow RULE until=2027-06-30 reason
Accept all that is there today: tightlip help baseline

";

pub(super) const AFTER_BASELINE: &str = "\
Examples:
  Take up scanning in a project with a past: what is there is accepted, what is new is not:
    tightlip baseline
    tightlip scan --baseline tightlip-baseline.jsonl
  Later, drop what was mended and accept what is new; reasons, owners and days stay:
    tightlip baseline --update --reason 'test fixture' --owner qa --until 2027-06-30
  With a key, a value that changes on an accepted line is open again:
    head -c 32 /dev/urandom | base64 > ~/.config/tightlip/acme.key
    tightlip baseline --key-file ~/.config/tightlip/acme.key

A baseline is for sharing: it holds no value, no line number and no time. Each line is an entry;
a text editor may add a reason, an owner and a day to it. Exits with 3 if something could not be read.
";

pub(super) const AFTER_IMPORT: &str = "\
Examples:
  From gitleaks, with the report that served as its baseline:
    tightlip import .gitleaks.toml .gitleaksignore gitleaks-report.json
  From detect-secrets:
    tightlip import .secrets.baseline

Writes `tightlip.toml`, `tightlip-rules.toml` and `tightlip-baseline.jsonl`, as far as there is something
for them. Start it where the paths in the files begin. What was accepted is looked up by line or value,
and accepted where tightlip finds something there too. Exits with 3 if not all could be carried over.
";

pub(super) const AFTER_REDACT: &str = "\
Examples:
  Copies of logs that may be handed over; the originals are not touched:
    tightlip redact logs/ run.jsonl --into /tmp/evidence
  With a key of your own, equal values have equal tags in every run:
    head -c 32 /dev/urandom > ~/redact.key
    tightlip redact logs/ --into /tmp/evidence --key-file ~/redact.key
  A stream, line by line, as it comes; and what no rule knows, but you do:
    kubectl logs -f deploy/api | tightlip redact - --known .env | tee api.log
  With a signed manifest:
    tightlip redact logs/ --into /tmp/evidence \\
      --sign-with 'ssh-keygen -q -Y sign -n tightlip -f ~/.ssh/id_ed25519'

What is found goes, however doubtful, and whoever accepted it. In its place stands
    [REDACTED:github-pat-classic:k7q2]
that is the rule, and a tag that is the same for the same value.

";

pub(super) const AFTER_VERIFY: &str = "\
Examples:
  tightlip verify /tmp/evidence
  With the originals at hand, and the key: does redacting them give these copies?
    tightlip verify /tmp/evidence --original . --key-file ~/redact.key
  Is the manifest signed by somebody you know?
    tightlip verify /tmp/evidence --verify-with 'ssh-keygen -q -Y verify \\
      -n tightlip -f allowed_signers -I me@example.com -s \"$TIGHTLIP_SIGNATURE\"'

";

pub(super) const AFTER_RULES: &str = "\
Examples:
  tightlip rules list --only 'github-*'
  tightlip rules show github-pat-classic
  tightlip rules test acme.toml && tightlip scan --rules acme.toml";

pub(super) const AFTER_HOOK: &str = "\
Examples:
  tightlip hook install                 every commit, message and push of this repository
  tightlip hook install pre-commit      staged files only
  tightlip hook doctor                  does git refuse a planted token?
  tightlip hook uninstall               as if nothing had been

A hook that is there already is kept, and runs after tightlip's. With the `pre-commit` framework use
`.pre-commit-config.yaml` instead; docs/git.md shows how.";

pub(super) const AFTER_GENERATE: &str = "\
Examples:
  tightlip generate completions bash > ~/.local/share/bash-completion/completions/tightlip
  tightlip generate completions fish > ~/.config/fish/completions/tightlip.fish
  tightlip generate man > ~/.local/share/man/man1/tightlip.1
  tightlip generate man scan > ~/.local/share/man/man1/tightlip-scan.1
  tightlip generate docs > rules.md
  tightlip generate docs github | less";
