//! The story of one mail, from Alice's client to Bob's, through every protocol of Postrider.
//!
//! ```console
//! $ cargo run --release --example journey
//! $ cargo run --release --example journey -- --message some.eml --tcp
//! ```
//!
//! Exit code 0 only if the mail arrived unharmed over both POP3 and IMAP.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

mod journey {
    pub(crate) mod dns;
    pub(crate) mod imap;
    pub(crate) mod letter;
    pub(crate) mod mta;
    pub(crate) mod pop3;
    pub(crate) mod relay;
    pub(crate) mod report;
    pub(crate) mod road;
    pub(crate) mod smtp;
    pub(crate) mod spool;
    pub(crate) mod store;
    pub(crate) mod story;
}

/// Sends one mail from Alice to Bob through every protocol of Postrider.
#[derive(Debug, Parser)]
struct Arguments {
    /// Send this mail instead of the built-in one.
    #[arg(long, value_name = "FILE")]
    message: Option<PathBuf>,
    /// Use loopback TCP connections and the blocking driver instead of memory.
    #[arg(long)]
    tcp: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let road = if arguments.tcp { journey::road::Road::Tcp } else { journey::road::Road::Memory };
    let mut page = Page(io::stdout().lock(), None);
    let told = journey::story::tell(&mut page, road, arguments.message.as_deref());
    let told = told.map_err(|error| match page.1 {
        Some(output) => format!("standard output: {output}"),
        None => error,
    });
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The reader of stderr may be gone too; the exit code tells.
            let _ = writeln!(io::stderr(), "journey: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Standard output, whose reader may have gone away (`journey | head`), and what else went wrong
/// with it.
struct Page<W>(W, Option<io::Error>);

impl<W: Write> std::fmt::Write for Page<W> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        match self.0.write_all(text.as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.1 = Some(error);
                Err(std::fmt::Error)
            }
            _ => Ok(()),
        }
    }
}
