//! `tightlip hook`: git's hooks, and what they call.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use tightlip::hooks::{Change, Health, Hooks, Stage};
use tightlip::report::{self, visible};
use tightlip::{Git, Source};

use crate::args::{HookCommand, Places, StageName};
use crate::exit::Exit;
use crate::output::Outputs;
use crate::{config, scan, terminal};

impl From<StageName> for Stage {
    fn from(name: StageName) -> Self {
        match name {
            StageName::PreCommit => Self::PreCommit,
            StageName::CommitMsg => Self::CommitMsg,
            StageName::PrePush => Self::PrePush,
        }
    }
}

/// Runs the command.
pub(crate) fn run(command: HookCommand) -> Result<Exit> {
    match command {
        HookCommand::Install { stages } => {
            let program = env::current_exe().ok();
            let folder = program.as_deref().and_then(Path::parent);
            change(stages, |hooks, stage| hooks.install(stage, folder))
        }
        HookCommand::Uninstall { stages } => change(stages, Hooks::uninstall),
        HookCommand::Doctor => doctor(),
        HookCommand::Run { stage, args, settings, places } => {
            let config = config::load(places, &settings)?;
            let stage = stage.into();
            let source = source(stage, &args)?;
            let Some(source) = source.map(|source| source.globs(config.settings().globs.clone())) else {
                return Ok(Exit::Clean);
            };
            let Some(summary) =
                scan::scan(&config, &source, false, true, &mut Outputs::open(None, &[], config.fence())?)?
            else {
                return Ok(Exit::Findings);
            };
            let exit = Exit::from(&summary);
            // Nobody wants to read of every commit that it was good.
            if exit != Exit::Clean || !summary.skipped.is_empty() {
                terminal::say(report::closing(&summary, terminal::style(&io::stderr())));
            }
            if exit != Exit::Clean {
                terminal::say(advice(stage, exit, &args));
            }
            Ok(exit)
        }
    }
}

/// The hooks of the repository we stand in, behind the fence that files and environment name.
fn hooks() -> Result<Hooks> {
    let places = Places { config: env::var_os("TIGHTLIP_CONFIG").map(Into::into), no_project_config: false };
    let config = config::load(places, &BTreeMap::<&str, &str>::new())?;
    Ok(Hooks::around(Path::new("."), config.fence())?)
}

fn change(stages: Vec<StageName>, act: impl Fn(&Hooks, Stage) -> tightlip::Result<Change>) -> Result<Exit> {
    let hooks = hooks()?;
    let stages = if stages.is_empty() { Stage::ALL.to_vec() } else { stages.into_iter().map(Stage::from).collect() };
    for stage in stages {
        let words = match act(&hooks, stage)? {
            Change::Installed => "installed",
            Change::Chained => "installed; the hook that was there runs after it",
            Change::Kept => "is installed already",
            Change::Removed => "removed",
            Change::Restored => "removed; the hook that was there before is back",
            Change::Absent => "is not tightlip's; nothing was changed",
        };
        let path = hooks.folder().join(stage.name());
        terminal::say(format_args!("{}: {words}\n", visible(path.display())));
    }
    Ok(Exit::Clean)
}

/// Says of every hook whether it refuses a planted token. None at all is a finding too: somebody relies on it.
fn doctor() -> Result<Exit> {
    let hooks = hooks()?;
    let mut any_good = false;
    let mut any_bad = false;
    for stage in Stage::ALL {
        let health = hooks.examine(stage)?;
        any_good |= health == Health::Refuses;
        any_bad |= matches!(health, Health::Passes(_) | Health::Lost | Health::Fails(_));
        terminal::say(format_args!("{}: {}\n", stage.name(), diagnosis(stage, &health)));
    }
    if !any_good && !any_bad {
        terminal::say("nothing is checked in this repository; `tightlip hook install` changes that\n");
    }
    Ok(if any_good && !any_bad { Exit::Clean } else { Exit::Findings })
}

/// How a hook is, and the mend.
fn diagnosis(stage: Stage, health: &Health) -> String {
    let act = stage.act();
    let quoted = |said: &str| said.lines().map(|line| format!("\n  | {}", visible(line))).collect::<Vec<_>>().concat();
    match health {
        Health::Refuses => "refuses a planted token".into(),
        Health::Absent => "not installed".into(),
        Health::Foreign => "another program's; `tightlip hook install` would run before it".into(),
        Health::Lost => format!(
            "refuses every {act}, because it does not find tightlip; put it on the PATH, or run `tightlip hook install` \
             again where it stands now"
        ),
        Health::Fails(said) => format!(
            "refuses every {act}, and not because of the planted token; mend what it says, and look again:{}",
            quoted(said)
        ),
        Health::Passes(said) => format!(
            "LETS A PLANTED TOKEN PASS; see what accepts or skips it: `tightlip config show`{}{}",
            if said.is_empty() { "" } else { "; it said:" },
            quoted(said)
        ),
    }
}

/// What a hook is to look at; nothing, if nothing is pushed.
fn source(stage: Stage, args: &[String]) -> Result<Option<Source>> {
    Ok(match stage {
        Stage::PreCommit => Some(Source::git(Git::staged())),
        Stage::CommitMsg => {
            let file = args.first().context("expected the file that holds the message, as git hands it to the hook")?;
            Some(Source::git_message(file))
        }
        Stage::PrePush => pushed(args)?.map(Source::git),
    })
}

/// The commits that are pushed: the `pre-commit` framework says them in its environment, git on standard input.
fn pushed(args: &[String]) -> Result<Option<Git>> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(remote) = variable("PRE_COMMIT_REMOTE_NAME") {
        let tip = variable("PRE_COMMIT_TO_REF").or_else(|| variable("PRE_COMMIT_LOCAL_BRANCH"));
        let tip = tip.context("PRE_COMMIT_REMOTE_NAME is set, but PRE_COMMIT_TO_REF is not: what is pushed?")?;
        let known = variable("PRE_COMMIT_FROM_REF");
        let known: Vec<&str> = known.as_deref().into_iter().collect();
        return Ok(Some(Git::unpushed(&[&tip], &known, &remote)?));
    }
    let mut lines = String::new();
    io::stdin().lock().read_to_string(&mut lines).context("standard input, where git says what is pushed")?;
    let (mut tips, mut known) = (Vec::new(), Vec::new());
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        // A local ref may hold spaces, as in `HEAD@{1 day ago}`; the three words behind it do not.
        let mut words = line.rsplitn(4, ' ');
        let (Some(theirs), Some(_), Some(ours)) = (words.next(), words.next(), words.next()) else {
            bail!("expected `<local ref> <local object> <remote ref> <remote object>` on standard input");
        };
        let is_none = |id: &str| id.bytes().all(|byte| byte == b'0');
        // Where nothing is sent, something is deleted there.
        if !is_none(ours) {
            tips.push(ours);
            known.extend((!is_none(theirs)).then_some(theirs));
        }
    }
    let remote = args.first().map_or("", String::as_str);
    Ok(if tips.is_empty() { None } else { Some(Git::unpushed(&tips, &known, remote)?) })
}

/// What to do next.
fn advice(stage: Stage, exit: Exit, args: &[String]) -> String {
    let act = stage.act();
    let steps = match (exit, stage) {
        (Exit::Findings, Stage::PreCommit) => {
            "take the value out of the file, stage it again (git add), and commit".to_owned()
        }
        (Exit::Findings, Stage::CommitMsg) => {
            let file = args.first().map(visible).unwrap_or_default();
            format!("take the value out of the message, which is kept: git commit -eF '{file}'")
        }
        (Exit::Findings, Stage::PrePush) => {
            "the value is in commits already: take it out of them (git commit --amend, git rebase -i), and push"
                .to_owned()
        }
        _ => "see above what could not be read, and why".to_owned(),
    };
    let mut text = format!("This {act} is refused. Next:\n  - {steps}\n");
    if exit == Exit::Findings {
        text += "  - revoke a value that has been anywhere but on this machine\n";
        text += "  - or, if it is no secret, say so on its line:  tightlip:allow RULE reason\n";
    }
    text + &format!("  - or skip this check once:  git {act} --no-verify\n")
}
