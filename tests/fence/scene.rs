//! A target, what leads to it, and who watches it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rustix::fs::inotify;
use tempfile::TempDir;
use tightlip::Fence;

/// What stands in every file of the target, and must never be seen.
pub(crate) const MARK: &str = "MARK-inside-the-target";

/// A target at `work/alpha` with a repository in it, and beside it all that leads there.
pub(crate) struct Scene {
    pub(crate) dir: TempDir,
    pub(crate) root: PathBuf,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let root = fs::canonicalize(dir.path()).unwrap();
        let scene = Self { dir, root };
        for file in
            ["work/alpha/src/deep/main.rs", "work/alpha/README.md", "work/alpha/.git/config", "work/alpha/.git/HEAD"]
        {
            scene.write(file, MARK);
        }
        scene.write("work/alpha/.git/modules/sub/HEAD", MARK);
        scene.write("work/alpha/.git/worktrees/wt/HEAD", MARK);
        scene.write("single.key", MARK);
        scene.write("work/beta/notes.txt", "nothing to see\n");
        scene.write(
            "conf/targets.toml",
            "[[target]]\nname = 'alpha'\npaths = ['../work/alpha/', '../single.key', '../work/future']\n",
        );
        scene
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn link(&self, to: &str, link: &str) {
        let link = self.at(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(to, link).unwrap();
    }

    pub(crate) fn fence(&self) -> Fence {
        Fence::from_files([self.at("conf/targets.toml")]).unwrap()
    }

    /// Runs git in `repo`, with nobody's configuration.
    pub(crate) fn git(&self, args: &[&str]) {
        fs::create_dir_all(self.at("repo")).unwrap();
        let mut git = Command::new("git");
        git.current_dir(self.at("repo")).args(args).env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", "/nonexistent");
        for role in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{role}_NAME"), "A").env(format!("GIT_{role}_EMAIL"), "a@example.org");
        }
        let output = git.output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    }

    /// Runs the command in the scene's directory.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        command(&self.root, args).output().unwrap()
    }

    /// Runs a scan with the targets file, and holds that nothing of the target is shown.
    pub(crate) fn scan(&self, args: &[&str]) -> Output {
        let output = self.run(&[&["scan", "--targets", "conf/targets.toml"], args].concat());
        let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(
            !told.contains("work/alpha") && !told.contains("MARK") && !told.contains("main.rs"),
            "{args:?}: {told}"
        );
        output
    }
}

pub(crate) fn command(directory: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
    command.current_dir(directory).args(args).env("XDG_CONFIG_HOME", "/nonexistent").env("HOME", "/nonexistent");
    command.stdin(Stdio::null());
    command
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Hears of everything that is opened or read in a tree.
pub(crate) struct Ear(rustix::fd::OwnedFd);

impl Ear {
    pub(crate) fn on(tree: &Path) -> Self {
        let ear = inotify::init(inotify::CreateFlags::NONBLOCK).unwrap();
        let mut below = vec![tree.to_path_buf()];
        while let Some(path) = below.pop() {
            let flags = inotify::WatchFlags::OPEN
                | inotify::WatchFlags::ACCESS
                | inotify::WatchFlags::MODIFY
                | inotify::WatchFlags::CREATE;
            if path.is_dir() {
                below.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            }
            inotify::add_watch(&ear, &path, flags).unwrap();
        }
        let ear = Self(ear);
        ear.heard();
        ear
    }

    /// How many events there were.
    pub(crate) fn heard(&self) -> usize {
        let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&self.0, &mut buffer);
        std::iter::from_fn(|| reader.next().ok().map(drop)).count()
    }
}
