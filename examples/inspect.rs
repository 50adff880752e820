//! What is in a mail, and what is wrong with it.
//!
//! ```console
//! $ cargo run --release --example inspect -- some.eml
//! $ cargo run --release --example inspect -- --json ~/Maildir archive.mbox | jq .subject
//! $ cargo run --release --example inspect -- --extract attachments some.eml
//! ```
//!
//! For a person: a summary of the header, the tree of parts with sizes and roles, the hops with their
//! delays, and each defect and ambiguity with the line it is in. A mail that is attached in base64 or
//! the like is opened, too. `--json` prints one line for each
//! mail, an `Email` object of JMAP (RFC 8621 §4.1) with `hops`, `defects`, `ambiguities`, and what an
//! IMAP server would tell. Exit code 0 only if all could be read.

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use postrider::mime::{Limits, Message};

mod inspect {
    pub(crate) mod caret;
    pub(crate) mod crew;
    pub(crate) mod email;
    pub(crate) mod extract;
    pub(crate) mod findings;
    pub(crate) mod input;
    pub(crate) mod json;
    pub(crate) mod list;
    pub(crate) mod mbox;
    pub(crate) mod parts;
    pub(crate) mod report;
    pub(crate) mod safe;
    pub(crate) mod summary;
    pub(crate) mod tree;
}

use inspect::{
    crew,
    extract::Extractor,
    input,
    input::Input,
    json, mbox,
    parts::{Opened, numbered},
    report,
    safe::Safe,
};

/// Shows what is in mails, and what is wrong with them.
#[derive(Debug, Parser)]
struct Arguments {
    /// Print a line of JSON for each mail: the Email object of RFC 8621, and more.
    #[arg(long)]
    json: bool,
    /// Write the decoded parts of all mails into this folder, attached mails too, and what they hold;
    /// no file that is there is overwritten.
    #[arg(long, value_name = "DIR")]
    extract: Option<PathBuf>,
    /// Files with one mail, mailboxes in one file (mbox), Maildirs and other folders; - is standard
    /// input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// Inputs from which on a bar shows how far the work is.
const MANY: usize = 50;

/// Readers of JSON bound how deep it is, many at 128, and a level of parts makes two of it.
const DEPTH: usize = 50;

/// What one run does with each mail.
struct Run {
    json: bool,
    extractor: Option<Mutex<Extractor>>,
    failed: AtomicBool,
    bar: ProgressBar,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let extractor = match arguments.extract.as_deref().map(Extractor::new).transpose() {
        Ok(extractor) => extractor.map(Mutex::new),
        Err(error) => {
            let _ = writeln!(io::stderr(), "inspect: --extract: {error}");
            return ExitCode::FAILURE;
        }
    };
    let run = Run {
        json: arguments.json,
        extractor,
        failed: AtomicBool::new(false),
        bar: ProgressBar::hidden(),
    };
    let inputs = input::inputs(&arguments.paths, |path, told| match told {
        Some(error) => run.fail(path, error),
        None => run.tell(path, &"no mail in this folder"),
    });
    let run = Run { bar: bar(inputs.len()), ..run };
    // The names of extracted files depend on the order.
    let threads = match run.extractor {
        Some(_) => 1,
        None => thread::available_parallelism().map_or(1, usize::from),
    };
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let work = |index: usize, page: &mut crew::Page<'_>| run.input(&inputs[index], page);
    let mut written = Ok(());
    crew::run(inputs.len(), threads, work, |octets, done| {
        run.bar.set_position(done as u64);
        written = out.write_all(octets);
        written.is_ok()
    });
    run.bar.finish_and_clear();
    match written.and_then(|()| out.flush()) {
        // The reader may have seen enough (`inspect | head`).
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            run.fail("standard output", &error)
        }
        _ => {}
    }
    if run.failed.into_inner() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// A bar on stderr, where a person watches and the output goes elsewhere.
fn bar(inputs: usize) -> ProgressBar {
    let watched = io::stderr().is_terminal() && !io::stdout().is_terminal();
    if !watched || inputs < MANY {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files, {per_sec}, {eta} left");
    let bar = ProgressBar::new(inputs as u64);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

impl Run {
    /// Tells the mails of one input.
    fn input(&self, input: &Input, page: &mut crew::Page<'_>) {
        let octets = match input.read() {
            Ok(octets) => octets,
            Err(error) => return self.fail(input.name(), &error),
        };
        let name = input.name();
        let mut mails = mbox::mails(&octets).enumerate().peekable();
        while let Some((index, mail)) = mails.next() {
            // Where there are several, they are numbered.
            let name = match index > 0 || mails.peek().is_some() {
                true => format!("{name}#{}", index + 1),
                false => name.clone(),
            };
            self.mail(&name, mail, page);
            if !page.flush() {
                return;
            }
        }
    }

    fn mail(&self, name: &str, mail: &[u8], page: &mut crew::Page<'_>) {
        let limits = match self.json {
            true => Limits::DEFAULT.with_depth(DEPTH),
            false => Limits::DEFAULT,
        };
        let message = match Message::parse_with(mail, &limits) {
            Ok(message) => message,
            Err(error) => return self.fail(name, &error),
        };
        let opened = Opened::of(&message);
        let parts = numbered(&message, &opened);
        let mut files = Vec::new();
        if let Some(extractor) = &self.extractor {
            let mut extractor = extractor.lock().unwrap_or_else(PoisonError::into_inner);
            match extractor.extract(&parts) {
                Ok(written) => files = written,
                Err(error) => self.fail(name, &error),
            }
        }
        match self.json {
            true => {
                if let Err(error) = json::write(name, &message, &parts, &mut page.octets) {
                    self.fail(name, &error);
                }
            }
            false => report::write(name, &message, &parts, &files, &mut page.octets),
        }
    }

    fn fail(&self, place: impl AsRef<Path>, error: &dyn std::fmt::Display) {
        self.failed.store(true, Ordering::Relaxed);
        self.tell(place, error);
    }

    fn tell(&self, place: impl AsRef<Path>, text: &dyn std::fmt::Display) {
        // The reader of stderr may be gone; the exit code tells.
        self.bar.suspend(|| {
            let place = place.as_ref().to_string_lossy();
            let _ = writeln!(io::stderr(), "inspect: {}: {text}", Safe(&place, usize::MAX));
        });
    }
}
