//! The command line: every flag once, with its help. Flags that are settings carry the setting's name and fall into the top layer.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use serde::de::value::{self, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Serialize, Serializer};
use tightlip::report::REPORTERS;
use tightlip::{Color, Confidence, Date, Settings, Wish};

use crate::exit::Exit;
use crate::git::GitArgs;
use crate::output::Also;

const SELECTION: &str = "What to read";
const RULES: &str = "What to look for";
const TARGETS: &str = "What to keep away from";
const COPIES: &str = "Copies";
const KEY: &str = "The key";
const ACCEPTED: &str = "What is accepted";
const REPORT: &str = "The report";
const SPEED: &str = "Speed";
const CONFIGURATION: &str = "Configuration";

/// Finds secrets wherever text piles up, and never shows one.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, styles = STYLES)]
#[command(after_help = "`tightlip help COMMAND` explains a command with examples.", after_long_help = AFTER)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const AFTER: &str = "\
Examples:
  tightlip scan                          the current directory
  tightlip scan logs/ .env               a directory and a file
  journalctl -u vllm | tightlip scan -   whatever another program writes
  tightlip rules list                    what is looked for

Configuration is read from `tightlip.toml` in the current directory or above.
`tightlip config show` tells every setting, its value, and who gave it.";

const AFTER_SCAN: &str = "\
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
  Before logs are handed over; each line says where to look, none shows a value:
    tightlip scan --min-confidence low --format jsonl -o findings.jsonl logs/
  Never open a repository that others must not see, and find what mentions it:
    tightlip scan --targets targets.toml --sandbox require ~/work
  One kind of credential, everywhere but in tests:
    tightlip scan --only 'aws-*' -g '!tests/**'

Accept a finding by a comment on its line, or on the line before it; the day may be left out:
    tightlip:allow RULE until=2027-06-30 reason
Accept all that is there today: tightlip help baseline

";

const AFTER_BASELINE: &str = "\
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

const AFTER_IMPORT: &str = "\
Examples:
  From gitleaks, with the report that served as its baseline:
    tightlip import .gitleaks.toml .gitleaksignore gitleaks-report.json
  From detect-secrets:
    tightlip import .secrets.baseline

Writes `tightlip.toml`, `tightlip-rules.toml` and `tightlip-baseline.jsonl`, as far as there is something
for them. Start it where the paths in the files begin. What was accepted is looked up by line or value,
and accepted where tightlip finds something there too. Exits with 3 if not all could be carried over.
";

const AFTER_REDACT: &str = "\
Examples:
  Copies of logs that may be handed over; the originals are not touched:
    tightlip redact logs/ run.jsonl --into /tmp/evidence
  With a key of your own, equal values have equal tags in every run:
    head -c 32 /dev/urandom > ~/redact.key
    tightlip redact logs/ --into /tmp/evidence --key-file ~/redact.key
  A stream, line by line, as it comes:
    kubectl logs -f deploy/api | tightlip redact - | tee api.log
  With a signed manifest:
    tightlip redact logs/ --into /tmp/evidence \\
      --sign-with 'ssh-keygen -q -Y sign -n tightlip -f ~/.ssh/id_ed25519'

What is found goes, however doubtful, and whoever accepted it. In its place stands
    [REDACTED:github-pat-classic:k7q2]
that is the rule, and a tag that is the same for the same value.

";

const AFTER_VERIFY: &str = "\
Examples:
  tightlip verify /tmp/evidence
  With the originals at hand, and the key: does redacting them give these copies?
    tightlip verify /tmp/evidence --original . --key-file ~/redact.key
  Is the manifest signed by somebody you know?
    tightlip verify /tmp/evidence --verify-with 'ssh-keygen -q -Y verify \\
      -n tightlip -f allowed_signers -I me@example.com -s \"$TIGHTLIP_SIGNATURE\"'

";

const AFTER_RULES: &str = "\
Examples:
  tightlip rules list --only 'github-*'
  tightlip rules show github-pat-classic
  tightlip rules test acme.toml && tightlip scan --rules acme.toml";

const AFTER_HOOK: &str = "\
Examples:
  tightlip hook install                 every commit, message and push of this repository
  tightlip hook install pre-commit      staged files only
  tightlip hook doctor                  does git refuse a planted token?
  tightlip hook uninstall               as if nothing had been

A hook that is there already is kept, and runs after tightlip's. With the `pre-commit` framework use
`.pre-commit-config.yaml` instead; docs/git.md shows how.";

const AFTER_GENERATE: &str = "\
Examples:
  tightlip generate completions bash > ~/.local/share/bash-completion/completions/tightlip
  tightlip generate completions fish > ~/.config/fish/completions/tightlip.fish
  tightlip generate man > ~/.local/share/man/man1/tightlip.1
  tightlip generate man scan > ~/.local/share/man/man1/tightlip-scan.1";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look for secrets in files, directories or standard input
    #[command(after_long_help = AFTER_SCAN.to_owned() + &Exit::help())]
    Scan(Box<Scan>),
    /// Accept today's findings, so that only new ones are open
    #[command(after_long_help = AFTER_BASELINE, mut_arg("format", |arg| arg.hide(true)))]
    Baseline(Box<Accept>),
    /// Take over what gitleaks or detect-secrets accept and look for
    #[command(after_long_help = AFTER_IMPORT)]
    Import(Box<ImportFiles>),
    /// Copy without secrets: files and directories, or standard input as it comes
    #[command(after_long_help = AFTER_REDACT.to_owned() + &Exit::help())]
    Redact(Box<Redact>),
    /// Check copies: are they what their manifest says, all of it, and clean?
    #[command(after_long_help = AFTER_VERIFY.to_owned() + &Exit::help())]
    Verify(Box<Verify>),
    /// List, explain and test rules
    #[command(subcommand, after_help = AFTER_RULES)]
    Rules(Rules),
    /// Show the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Let git refuse secrets: install its hooks, remove them, or prove that they refuse
    #[command(subcommand, after_help = AFTER_HOOK)]
    Hook(HookCommand),
    /// Write shell completions or man pages
    #[command(subcommand, after_help = AFTER_GENERATE)]
    Generate(Generate),
}

#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// Files and directories to scan, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) git: GitArgs,

    #[command(flatten)]
    pub(crate) settings: ScanSettings,

    #[command(flatten)]
    pub(crate) places: Places,

    /// Write the report to FILE instead of standard output
    ///
    /// FILE appears when the report is whole, replacing what had that name; an interrupted run leaves no half report.
    #[arg(short, long, value_name = "FILE", help_heading = REPORT, value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    /// Write another report of the same run to a file (repeatable)
    ///
    /// For example `--also sarif=tightlip.sarif --also html=tightlip.html`.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = Also::parse, help_heading = REPORT)]
    pub(crate) also: Vec<Also>,

    /// Show neither progress nor summary
    #[arg(short, long, help_heading = REPORT)]
    pub(crate) quiet: bool,

    /// Map files into memory
    ///
    /// About a tenth faster on big files. Only for files that nobody writes to: one that is cut short meanwhile kills tightlip.
    #[arg(long, help_heading = SPEED)]
    pub(crate) mmap: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Accept {
    /// Files and directories to scan, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) git: GitArgs,

    /// The baseline to write; default: the configured one, else `tightlip-baseline.jsonl`
    #[arg(short, long, value_name = "FILE", help_heading = ACCEPTED, value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    /// Bring a baseline that is there up to date
    ///
    /// Adds what is new and drops what is gone. Entries that stay keep reason, owner and day; entries for files that were not
    /// scanned stay as they are.
    #[arg(long, help_heading = ACCEPTED)]
    pub(crate) update: bool,

    /// Why the new entries are accepted
    #[arg(long, value_name = "TEXT", help_heading = ACCEPTED)]
    pub(crate) reason: Option<String>,

    /// Who answers for the new entries
    #[arg(long, value_name = "NAME", help_heading = ACCEPTED)]
    pub(crate) owner: Option<String>,

    /// The last day the new entries hold, such as 2027-06-30
    #[arg(long, value_name = "DATE", value_parser = date, help_heading = ACCEPTED)]
    pub(crate) until: Option<Date>,

    #[command(flatten)]
    pub(crate) settings: ScanSettings,

    #[command(flatten)]
    pub(crate) places: Places,

    /// Show neither progress nor words
    #[arg(short, long, help_heading = REPORT)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportFiles {
    /// A gitleaks report (JSON), `.gitleaksignore`, `.gitleaks.toml`, or `.secrets.baseline`
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,

    /// Write to this directory
    #[arg(short, long, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(crate) output: PathBuf,

    #[command(flatten)]
    pub(crate) settings: RuleFiles,

    #[command(flatten)]
    pub(crate) places: Places,
}

#[derive(Debug, Args)]
pub(crate) struct Redact {
    /// Files and directories to copy, or `-` for standard input to standard output
    #[arg(value_name = "PATH", required = true, value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Write the copies, and a manifest of them, into this directory
    ///
    /// A copy has the name of its original, relative to the current directory. DIR lies outside of what is copied. It is made if it is
    /// missing; what it holds under the names of the copies is replaced.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = COPIES)]
    pub(crate) into: Option<PathBuf>,

    /// Sign the manifest: CMD is given it on standard input, and writes the signature to standard output
    #[arg(long, value_name = "CMD", help_heading = COPIES)]
    pub(crate) sign_with: Option<String>,

    #[command(flatten)]
    pub(crate) settings: WalkSettings,

    #[command(flatten)]
    pub(crate) places: Places,

    /// Show neither progress nor summary
    #[arg(short, long, help_heading = REPORT)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A directory that `tightlip redact` has filled
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) dir: PathBuf,

    /// Redact the originals anew, and compare
    ///
    /// DIR is the directory that `tightlip redact` was started in.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = COPIES)]
    pub(crate) original: Option<PathBuf>,

    /// Check the signature of the manifest: CMD is given the manifest on standard input, and the signature's path in TIGHTLIP_SIGNATURE
    #[arg(long, value_name = "CMD", help_heading = COPIES)]
    pub(crate) verify_with: Option<String>,

    #[command(flatten)]
    pub(crate) settings: WalkSettings,

    #[command(flatten)]
    pub(crate) places: Places,

    /// Show neither progress nor summary
    #[arg(short, long, help_heading = REPORT)]
    pub(crate) quiet: bool,
}

/// Where configuration is read from.
#[derive(Debug, Args)]
#[command(next_help_heading = CONFIGURATION)]
pub(crate) struct Places {
    /// Read this file instead of the project's `tightlip.toml`
    #[arg(long, value_name = "FILE", env = "TIGHTLIP_CONFIG", hide_env = true, value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Do not look for the project's `tightlip.toml`
    ///
    /// With --no-suppressions, a gate that does not let a project accept its own findings.
    #[arg(long)]
    pub(crate) no_project_config: bool,
}

/// Rule files. Serialises, like all settings here, to what was said on the command line and nothing else.
#[derive(Debug, Args, Serialize)]
#[command(next_help_heading = RULES)]
pub(crate) struct RuleFiles {
    /// Add the rules of a file to the built-in ones (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) rules: Vec<PathBuf>,
}

/// The settings that choose rules.
#[derive(Debug, Args, Serialize)]
#[command(next_help_heading = RULES)]
pub(crate) struct RuleSettings {
    #[command(flatten)]
    #[serde(flatten)]
    files: RuleFiles,

    /// Use only rules whose id matches, such as `github-*` (repeatable)
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    only: Vec<String>,

    /// Leave out rules whose id matches (repeatable)
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skip: Vec<String>,
}

/// The settings that say what is read, and for what.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::struct_excessive_bools, reason = "a flag is a bool")]
pub(crate) struct WalkSettings {
    #[command(flatten)]
    #[serde(flatten)]
    rules: RuleSettings,

    /// Read hidden files and directories; this is the default
    #[arg(long, overrides_with = "no_hidden", help_heading = SELECTION)]
    #[serde(skip_serializing_if = "is_false")]
    hidden: bool,

    /// Pass over hidden files and directories
    #[arg(long, overrides_with = "hidden", help_heading = SELECTION)]
    #[serde(rename = "hidden", serialize_with = "negated", skip_serializing_if = "is_false")]
    no_hidden: bool,

    /// Obey .gitignore, .ignore and their relatives
    ///
    /// They are not obeyed by default: secrets live in ignored files.
    #[arg(long, help_heading = SELECTION)]
    #[serde(skip_serializing_if = "is_false")]
    ignore_files: bool,

    /// Follow symbolic links
    #[arg(long, help_heading = SELECTION)]
    #[serde(skip_serializing_if = "is_false")]
    follow: bool,

    /// Read only files that match; `!GLOB` leaves out (repeatable)
    #[arg(short, long = "glob", value_name = "GLOB", help_heading = SELECTION)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    globs: Vec<String>,

    /// Keep away from the Target Repositories that FILE names, and find every mention of them (repeatable)
    ///
    /// Nothing of a target is opened, whatever leads to it; reports call it by its name only. FILE is TOML:
    /// `[[target]]` with a `name` and `paths`, `urls` or `words`.
    #[arg(long, value_name = "FILE", help_heading = TARGETS, value_hint = ValueHint::FilePath)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    targets: Vec<PathBuf>,

    /// Read the project's key from FILE: equal values get equal fingerprints and tags, in every run
    ///
    /// With it a changed value is never covered by the baseline; without it the tags of `redact` are of one run. 16 bytes or more.
    /// FILE may be a descriptor: `--key-file <(pass show acme/tightlip)`.
    #[arg(long, value_name = "FILE", conflicts_with = "key_env", help_heading = KEY, value_hint = ValueHint::FilePath)]
    #[serde(skip_serializing_if = "Option::is_none")]
    key_file: Option<PathBuf>,

    /// Read the project's key from the environment variable of that name
    #[arg(long, value_name = "NAME", help_heading = KEY)]
    #[serde(skip_serializing_if = "Option::is_none")]
    key_env: Option<String>,

    /// When to colour
    #[arg(long, value_name = "WHEN", value_parser = named::<Color>(["auto", "always", "never"]), help_heading = REPORT)]
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<Color>,

    /// Threads to scan with; 0 takes one for each core
    #[arg(long, value_name = "N", help_heading = SPEED)]
    #[serde(skip_serializing_if = "Option::is_none")]
    threads: Option<u32>,
}

/// All settings that have a flag.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct ScanSettings {
    #[command(flatten)]
    #[serde(flatten)]
    walk: WalkSettings,

    /// Report findings of at least this confidence
    ///
    /// low: the right shape only, or a failed checksum; medium: shape and surroundings agree; high: a distinctive shape, or a
    /// passed checksum.
    #[arg(long, value_name = "LEVEL", value_parser = named::<Confidence>(["low", "medium", "high"]), help_heading = RULES)]
    #[serde(skip_serializing_if = "Option::is_none")]
    min_confidence: Option<Confidence>,

    /// Whether the kernel is to enforce what may be read and written, as a second wall
    ///
    /// auto: where the kernel can (Landlock, on Linux); require: end with 2 where it cannot; off: never.
    #[arg(long, value_name = "WHEN", value_parser = named::<Wish>(["auto", "require", "off"]), help_heading = TARGETS)]
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox: Option<Wish>,

    /// Accept the findings of a baseline, as `tightlip baseline` writes it
    #[arg(long, value_name = "FILE", help_heading = ACCEPTED, value_hint = ValueHint::FilePath)]
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<PathBuf>,

    /// Count every finding, whatever comments, `[[allow]]` entries and the baseline say
    #[arg(long, help_heading = ACCEPTED)]
    #[serde(rename = "suppressions", serialize_with = "negated", skip_serializing_if = "is_false")]
    no_suppressions: bool,

    /// Form of the report
    #[arg(long, value_name = "FORMAT", value_parser = formats(), help_heading = REPORT)]
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,

    /// List at most N findings of one file; the rest are counted
    #[arg(long, value_name = "N", help_heading = REPORT)]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_findings: Option<u32>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// List the rules: id, severity, confidence, vendor, title
    List {
        #[command(flatten)]
        settings: RuleSettings,
        #[command(flatten)]
        places: Places,
        /// Form of the list
        #[arg(long = "format", value_enum, value_name = "FORMAT", default_value_t)]
        form: ListFormat,
    },
    /// Show one rule in full, as it would stand in a rule file
    Show {
        /// The rule's id
        id: String,
        #[command(flatten)]
        settings: RuleFiles,
        #[command(flatten)]
        places: Places,
    },
    /// Check that rules find their examples and nothing else
    ///
    /// Expands each rule's examples and counterexamples and scans them. Exits with 1 if a rule fails.
    Test {
        /// A rule file; without it, the built-in and the configured rules are tested
        #[arg(value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
        #[command(flatten)]
        settings: RuleFiles,
        #[command(flatten)]
        places: Places,
    },
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum ListFormat {
    /// A table
    #[default]
    Text,
    /// An array of objects
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every setting, its value, and who gave it, as a valid `tightlip.toml`
    Show {
        #[command(flatten)]
        settings: Box<ScanSettings>,
        #[command(flatten)]
        places: Places,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum HookCommand {
    /// Put hooks in place; what is there already is kept and runs afterwards
    Install {
        /// Which; without it, all
        #[arg(value_name = "HOOK", value_enum)]
        stages: Vec<StageName>,
    },
    /// Take tightlip's hooks away, and put back what was there before
    Uninstall {
        /// Which; without it, all
        #[arg(value_name = "HOOK", value_enum)]
        stages: Vec<StageName>,
    },
    /// Plant a made-up token in a scratch index, and see whether git's hooks refuse it
    Doctor,
    /// What a hook calls: scan what is about to be committed or pushed, and say what to do next
    Run {
        /// Which hook
        #[arg(value_name = "HOOK", value_enum)]
        stage: StageName,
        /// What git hands to that hook
        #[arg(value_name = "ARG")]
        args: Vec<String>,
        #[command(flatten)]
        settings: Box<ScanSettings>,
        #[command(flatten)]
        places: Places,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StageName {
    /// Before a commit, on what is staged
    PreCommit,
    /// Before a commit, on its message
    CommitMsg,
    /// Before a push, on what its commits brought
    PrePush,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Generate {
    /// Write a completion script to standard output
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write a man page to standard output
    Man {
        /// A command, such as `scan` or `rules list`; without it, the page of tightlip itself
        command: Vec<String>,
    },
}

/// The command line as clap knows it.
pub(crate) fn command() -> clap::Command {
    with_origins(Cli::command())
}

/// Parses the command line; clap's own messages (help, wrong usage) come as errors.
pub(crate) fn parse() -> Result<Cli, clap::Error> {
    Cli::from_arg_matches_mut(&mut command().try_get_matches()?)
}

/// Adds to the help of each flag where else its value may come from.
fn with_origins(command: clap::Command) -> clap::Command {
    command.mut_subcommands(with_origins).mut_args(|arg| {
        let id = arg.get_id().as_str();
        let negated = id.strip_prefix("no_");
        let key = negated.unwrap_or(id).replace('_', "-");
        let setting = Settings::describe().into_iter().find(|setting| setting.key == key);
        let default = setting.as_ref().and_then(|setting| setting.default.clone());
        let variable = setting.and_then(|setting| setting.variable);
        let variable = variable.or_else(|| arg.get_env().map(|name| name.to_string_lossy().into_owned()));
        let Some((help, variable)) = arg.get_help().map(ToString::to_string).zip(variable) else { return arg };
        let long = arg.get_long_help().map_or_else(|| help.clone(), ToString::to_string);
        let default = default.map(|default| format!(" [default: {default}]")).unwrap_or_default();
        let value = if negated.is_some() { "=false" } else { "" };
        let origins = format!("{default} [env: {variable}{value}]");
        arg.help(format!("{help}{default}")).long_help(format!("{long}\n\n{}", origins.trim_start()))
    })
}

/// Reads one of a few names as a value of the library's type.
fn named<T: DeserializeOwned + Clone + Send + Sync + 'static>(
    names: [&'static str; 3],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(names)
        .try_map(|name| T::deserialize(name.as_str().into_deserializer() as StrDeserializer<'_, value::Error>))
}

fn date(text: &str) -> Result<Date, &'static str> {
    text.parse()
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(REPORTERS.iter().map(|format| PossibleValue::new(format.name).help(format.about)))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn negated<S: Serializer>(flag: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(!flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn flags_speak_of_settings_only() {
        for args in [
            "--rules a --only b --skip c --min-confidence high --hidden --ignore-files --follow -g d --threads 2",
            "--no-hidden --no-suppressions --format json --color never --max-findings 3 --targets a --sandbox require",
        ] {
            let args = ["tightlip", "scan"].into_iter().chain(args.split(' '));
            let cli = Cli::try_parse_from(args).unwrap();
            let Command::Scan(scan) = cli.command else { unreachable!() };
            let flags = toml::Table::try_from(&scan.settings).unwrap();
            assert!(flags.len() >= 5);
            toml::Value::Table(flags).try_into::<Settings>().unwrap();
        }
    }

    #[test]
    fn what_was_not_said_is_not_a_layer() {
        let Command::Scan(scan) = Cli::try_parse_from(["tightlip", "scan"]).unwrap().command else { unreachable!() };
        assert!(toml::Table::try_from(&scan.settings).unwrap().is_empty());
    }
}
