//! The terminal: colour and width, progress and words on stderr, Ctrl-C.

use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::panic::PanicHookInfo;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, LazyLock, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use indicatif::{DecimalBytes, HumanCount, ProgressBar, ProgressStyle};
use tightlip::report::{Style, visible};
use tightlip::{Color, Fence, RuleSet, Scanner, Watch};

use crate::exit::Exit;

/// Nobody needs to be told about work that is shorter than this.
const PATIENCE: Duration = Duration::from_millis(500);
/// Between two steps of the progress.
const STEP: Duration = Duration::from_millis(100);
/// After Ctrl-C a scan ends within a block; one that still waits for standard input is ended after this.
const GRACE: Duration = Duration::from_millis(500);

/// Makes the setting hold for both streams. On `auto` they follow `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and `TERM`.
pub(crate) fn choose_color(color: Color) {
    match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
    .write_global();
}

/// How text for people is to look on a stream.
pub(crate) fn style(stream: &impl RawStream) -> Style {
    let mut style = Style { color: AutoStream::choice(stream) != ColorChoice::Never, ..Style::default() };
    if stream.is_terminal()
        && let Some((width, _)) = terminal_size::terminal_size()
    {
        style.width = width.0.into();
    }
    style
}

/// The targets, once they are known: no word of ours mentions one but by its name.
static FENCE: OnceLock<Fence> = OnceLock::new();

/// Makes all words discreet about these targets.
pub(crate) fn keep_closed(fence: &Fence) {
    let _ = FENCE.set(fence.clone());
}

/// Words without mentions of targets.
pub(crate) fn discreet(words: String) -> String {
    static MENTIONS: LazyLock<Option<Scanner>> = LazyLock::new(|| {
        let fence = FENCE.get().filter(|fence| !fence.is_empty())?;
        Scanner::builder().rules(RuleSet::empty()).fence(fence.clone()).build().ok()
    });
    match MENTIONS.as_ref() {
        Some(mentions) => mentions.discreet(&words),
        None => words,
    }
}

/// Words on stderr. If nobody hears them there is nobody to tell.
pub(crate) fn say(text: impl fmt::Display) {
    let _ = write!(AutoStream::auto(io::stderr()), "{}", discreet(text.to_string()));
}

/// Says what is not as asked for, but ends nothing.
pub(crate) fn warn(warnings: &[String]) {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    for warning in warnings {
        say(format_args!("{yellow}warning:{yellow:#} {}\n", visible(warning)));
    }
}

/// Says what went wrong, in the manner of clap. File names and patterns in it cannot act on the terminal.
pub(crate) fn error(error: &anyhow::Error) {
    let red = anstyle::AnsiColor::Red.on_default().bold();
    let text = error.to_string();
    let lines: Vec<String> = text.lines().map(visible).collect();
    say(format_args!("{red}error:{red:#} {}\n", lines.join("\n")));
}

/// The panic hook. The payload stays unsaid: it may quote what was being scanned.
pub(crate) fn report_bug(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    say(format_args!("error: this is a bug in tightlip{place}; please report it with this line\n"));
}

/// On Ctrl-C, stops the scan; if it does not heed, calls `tidy` and ends the process.
pub(crate) fn on_interrupt(watch: &Arc<Watch>, tidy: impl Fn() + Send + 'static) -> anyhow::Result<()> {
    let watch = Arc::clone(watch);
    Ok(ctrlc::set_handler(move || {
        watch.stop();
        thread::sleep(GRACE);
        tidy();
        #[expect(clippy::exit, reason = "the main thread waits for input that may never come")]
        std::process::exit(Exit::Interrupted.code().into());
    })?)
}

/// Shows how far a scan is, on a terminal and only when it takes long.
pub(crate) struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    /// Watches from a thread of its own, so that the scan never waits for a terminal.
    pub(crate) fn start(watch: &Arc<Watch>, quiet: bool) -> Self {
        if quiet || !io::stderr().is_terminal() {
            return Self(None);
        }
        let (done, wait) = mpsc::channel();
        let watch = Arc::clone(watch);
        let show = move || {
            if wait.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = ProgressBar::new_spinner().with_style(bar_style()).with_elapsed(PATIENCE);
            while wait.recv_timeout(STEP) == Err(RecvTimeoutError::Timeout) {
                bar.set_message(format!("{} files, {}", HumanCount(watch.files()), DecimalBytes(watch.bytes())));
                bar.tick();
            }
            bar.finish_and_clear();
        };
        Self(Some((done, thread::spawn(show))))
    }

    /// Clears the line, so that output can begin.
    pub(crate) fn clear(self) {
        if let Some((done, thread)) = self.0 {
            drop(done);
            let _ = thread.join();
        }
    }
}

fn bar_style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {msg}, {elapsed}").unwrap_or_else(|_| ProgressStyle::default_spinner())
}
