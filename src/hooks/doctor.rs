//! Proves that a hook refuses: plants a made-up token in an index and objects of its own, and lets git run the hook on them.

use std::ffi::OsString;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{Hooks, Stage, path, script};
use crate::checks::sign;
use crate::fence::programs;
use crate::model::{Error, Result};
use crate::ruleset::{RuleSet, expand};
use crate::sources::git::{Running, answer, git, git_with_hooks};

/// The file in which the token is planted; its name is looked for in what the hook says.
const PLANTED: &str = "tightlip-doctor.txt";
/// The rule that is to find it.
const RULE: &str = "github-pat-classic";

/// How a hook is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It refused the planted token.
    Refuses,
    /// It is not there.
    Absent,
    /// There is a hook, but not one of tightlip's.
    Foreign,
    /// It let the token pass; the text is what it said.
    Passes(String),
    /// It refuses everything: it does not find tightlip.
    Lost,
    /// It refused, but not because of the token; the text is what it said.
    Fails(String),
}

impl Hooks {
    /// Lets git run a hook on a planted token. Neither index nor objects of the repository change.
    ///
    /// # Errors
    /// [`Error::Git`] where git cannot run a hook on its own (before 2.40), or cannot write.
    pub fn examine(&self, stage: Stage) -> Result<Health> {
        match programs::read(&self.paths(stage).0, &self.fence)? {
            None => return Ok(Health::Absent),
            Some(text) if !script::is_ours(&text) => return Ok(Health::Foreign),
            Some(_) => {}
        }
        let text = planted()?;
        let scene = Scene::new(self, &text)?;
        let mut hook = scene.command(git_with_hooks(&self.top, ["hook", "run"]));
        match stage {
            Stage::PreCommit => hook.arg(stage.name()),
            Stage::CommitMsg => hook.args([stage.name(), "--"]).arg(scene.scratch.write(PLANTED, text.as_bytes())?),
            Stage::PrePush => {
                let none = "0".repeat(scene.commit.len());
                let line = format!("refs/heads/doctor {} refs/heads/doctor {none}\n", scene.commit);
                let input = scene.scratch.write("refs", line.as_bytes())?;
                let option = [OsString::from("--to-stdin="), input.into()].into_iter().collect::<OsString>();
                hook.arg(option).args([stage.name(), "--", "tightlip-doctor", "tightlip-doctor"])
            }
        };
        let (refused, said) = outcome(&mut hook)?;
        let told = said.contains(PLANTED) && said.contains(RULE) && !said.contains(text.trim());
        Ok(match refused {
            false => Health::Passes(said),
            true if told => Health::Refuses,
            true if said.contains(script::MISSING) => Health::Lost,
            true => Health::Fails(said),
        })
    }
}

/// A line with a token that was never issued, other each time.
fn planted() -> Result<String> {
    let rules = RuleSet::builtin();
    let rule = rules.rules().iter().find(|rule| &*rule.id == RULE);
    let template = rule.and_then(|rule| rule.examples.first());
    let seed = RandomState::new().hash_one(0);
    let example = template.and_then(|template| expand(template, seed, &sign).ok());
    example.map(|example| example.text + "\n").ok_or_else(|| Error::Setting(format!("there is no rule `{RULE}`")))
}

/// An index, objects and a commit beside the repository's own.
struct Scene {
    scratch: programs::Scratch,
    objects: PathBuf,
    commit: String,
}

impl Scene {
    fn new(hooks: &Hooks, text: &str) -> Result<Self> {
        let top = &hooks.top;
        let place =
            |name: &str| answer(&mut git(top, ["rev-parse", "--git-path", name])).map(|answer| top.join(path(&answer)));
        let scratch = place(&format!("tightlip-doctor-{}", std::process::id()))?;
        let scratch = programs::Scratch::new(scratch, hooks.fence.clone())?;
        let mut scene = Self { scratch, objects: place("objects")?, commit: String::new() };
        let blob = scene.ask(&["hash-object", "-w", "--stdin"], top, text)?;
        scene.ask(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{PLANTED}")], top, "")?;
        let tree = scene.ask(&["write-tree"], top, "")?;
        let identity = ["-c", "user.name=tightlip", "-c", "user.email=tightlip"];
        scene.commit = scene.ask(&[&identity[..], &["commit-tree", "-m", "doctor", &tree]].concat(), top, "")?;
        Ok(scene)
    }

    /// The command, on this scene instead of the repository's own.
    fn command(&self, mut command: Command) -> Command {
        command.env("GIT_INDEX_FILE", self.scratch.path("index"));
        command.env("GIT_OBJECT_DIRECTORY", self.scratch.path("objects"));
        command.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", &self.objects);
        command
    }

    fn ask(&self, args: &[&str], top: &std::path::Path, input: &str) -> Result<String> {
        let mut running = Running::start(self.command(git(top, args)).stdin(Stdio::piped()))?;
        if let Some(mut stdin) = running.input() {
            stdin.write_all(input.as_bytes())?;
        }
        let mut answer = String::new();
        if let Some(mut output) = running.output() {
            output.read_to_string(&mut answer)?;
        }
        running.finish()?;
        Ok(answer.trim_end().to_owned())
    }
}

/// Whether it failed, and all it said.
fn outcome(hook: &mut Command) -> Result<(bool, String)> {
    let mut running = Running::start(hook)?;
    let mut said = Vec::new();
    if let Some(mut output) = running.output() {
        output.read_to_end(&mut said)?;
    }
    let said = String::from_utf8_lossy(&said).into_owned();
    match running.finish() {
        Ok(()) => Ok((false, said)),
        Err(Error::Git(words)) => Ok((true, said + &words)),
        Err(error) => Err(error),
    }
}
