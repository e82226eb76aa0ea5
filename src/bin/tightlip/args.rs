//! The command line: every flag once, with its help. Flags that are settings carry the setting's name and fall into the top layer.

mod examples;
mod settings;

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use tightlip::{Date, Settings};

use self::examples::{
    AFTER, AFTER_BASELINE, AFTER_GENERATE, AFTER_HOOK, AFTER_IMPORT, AFTER_REDACT, AFTER_RULES, AFTER_SCAN,
    AFTER_VERIFY,
};
use self::settings::{RuleFiles, RuleSettings, ScanSettings, WalkSettings};
use crate::exit::Exit;
use crate::git::GitArgs;
use crate::output::Also;

const SELECTION: &str = "What to read";
const RULES: &str = "What to look for";
const KNOWN: &str = "What is known to be secret";
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
    /// Write shell completions, man pages, or a page about the rules
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

    /// Check the signature of the manifest: CMD is given the manifest on standard input, and the signature's path in `TIGHTLIP_SIGNATURE`
    #[arg(long = "verify-with", value_name = "CMD", help_heading = COPIES)]
    pub(crate) signature_check: Option<String>,

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
    /// Write a page about the built-in rules, as Markdown, to standard output
    Docs {
        /// Whose credentials; without it, all vendors'
        vendor: Option<String>,
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

fn date(text: &str) -> Result<Date, &'static str> {
    text.parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    /// The commands of a text, each as its words: what a shell would run. What stands in quotes is one word.
    fn commands(text: &str) -> impl Iterator<Item = Vec<&str>> {
        let before_comment = |line| str::split(line, " #").next().unwrap_or_default();
        let lines = text.lines().map(before_comment);
        lines.flat_map(|line| line.split(['|', ';']).flat_map(|part| part.split("&&"))).filter_map(|part| {
            let mut quoted = false;
            let words = part.split(move |char| {
                quoted ^= char == '\'';
                !quoted && char == ' '
            });
            let words = words.filter(|word| !word.is_empty()).skip_while(|word| *word == "$" || word.contains('='));
            let words: Vec<_> = words.take_while(|word| !word.starts_with(['>', '<'])).collect();
            (words.first() == Some(&"tightlip")).then_some(words)
        })
    }

    #[test]
    fn every_command_of_the_documentation_is_one() {
        let pages = [
            ("README.md", include_str!("../../../README.md")),
            ("baseline.md", include_str!("../../../docs/baseline.md")),
            ("benchmarks.md", include_str!("../../../docs/benchmarks.md")),
            ("ci.md", include_str!("../../../docs/ci.md")),
            ("detection.md", include_str!("../../../docs/detection.md")),
            ("git.md", include_str!("../../../docs/git.md")),
            ("known.md", include_str!("../../../docs/known.md")),
            ("known.md", include_str!("../../../docs/known.md")),
            ("redaction.md", include_str!("../../../docs/redaction.md")),
            ("rules.md", include_str!("../../../docs/rules.md")),
            ("targets.md", include_str!("../../../docs/targets.md")),
        ];
        for (page, text) in pages {
            let text = text.replace("\\\n", " ");
            let blocks = text.split("```").skip(1).step_by(2);
            for words in blocks.flat_map(commands) {
                let told = command().try_get_matches_from(&words).err().map(|error| error.to_string());
                assert_eq!(told, None, "{page}: {words:?}");
            }
        }
    }
}
