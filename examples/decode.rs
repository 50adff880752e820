//! What captured traffic says, unit by unit.
//!
//! ```console
//! $ cargo run --release --example decode -- imap-responses server.bin | jq 'select(.ok | not)'
//! $ cargo run --release --example decode -- smtp-commands < client.bin
//! $ cargo run --release --example decode -- session transcript.txt
//! ```
//!
//! Each command, response or reply is a line of JSON: `{"offset", "len", "ok": true, "kind", "value",
//! "quirks"}`, where `kind` is its name, `value` what it says, and `quirks` what is wrong with it and was
//! forgiven; or `{"offset", "len", "ok": false, "error"}`, and the next unit is read. `offset` and `len`
//! are octets of the input, and every octet of it belongs to one unit. `session` reads a conversation of
//! IMAP or SMTP as `C: ` and `S: ` lines, as RFCs print it and [`postrider::wire::Transcript`] writes it,
//! and tells the `side` of each unit as well.
//!
//! Octets of messages are counted, and whatever their size they take no memory. Passwords and the answers
//! of a login are never printed. Exit code 0 if all of the input could be read, however broken it is.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};

mod decode {
    pub(crate) mod imap_commands;
    pub(crate) mod imap_responses;
    pub(crate) mod line;
    pub(crate) mod session;
    pub(crate) mod smtp_commands;
    pub(crate) mod smtp_replies;
    pub(crate) mod stream;
    pub(crate) mod transcript;
    pub(crate) mod unit;
    pub(crate) mod value {
        pub(crate) mod body;
        pub(crate) mod code;
        pub(crate) mod command;
        pub(crate) mod fetch;
        pub(crate) mod response;
        pub(crate) mod search;
        pub(crate) mod text;
    }
}

use decode::{
    imap_commands::ImapCommands, imap_responses::ImapResponses, session,
    smtp_commands::SmtpCommands, smtp_replies::SmtpReplies, stream, unit::Decoder,
};
use postrider::imap::Quirks;

/// Tells what captured traffic of IMAP and SMTP says, as one line of JSON for each unit.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What an IMAP server said.
    ImapResponses(Input),
    /// What an IMAP client said.
    ImapCommands(Input),
    /// What an SMTP or LMTP client said.
    SmtpCommands(Input),
    /// What an SMTP or LMTP server said.
    SmtpReplies(Input),
    /// A conversation of IMAP, SMTP or LMTP in lines that begin with `C: ` and `S: `.
    Session(Input),
}

#[derive(Debug, Args)]
struct Input {
    /// Forgive nothing of IMAP that its grammar does not have.
    #[arg(long)]
    strict: bool,
    /// The file; without it, standard input.
    #[arg(value_name = "FILE")]
    path: Option<PathBuf>,
}

impl Input {
    fn forgiven(&self) -> Quirks {
        if self.strict { Quirks::strict() } else { Quirks::tolerant() }
    }

    fn open(&self) -> io::Result<Box<dyn Read>> {
        Ok(match &self.path {
            Some(path) if path != Path::new("-") => Box::new(File::open(path)?),
            _ => Box::new(io::stdin().lock()),
        })
    }

    fn name(&self) -> String {
        match &self.path {
            Some(path) => path.display().to_string(),
            None => "standard input".into(),
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let input = match &arguments.what {
        What::ImapResponses(input)
        | What::ImapCommands(input)
        | What::SmtpCommands(input)
        | What::SmtpReplies(input)
        | What::Session(input) => input,
    };
    let decoded = input.open().and_then(|reader| {
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        let forgiven = input.forgiven();
        match &arguments.what {
            What::ImapResponses(_) => run(ImapResponses::new(forgiven), reader, &mut out),
            What::ImapCommands(_) => run(ImapCommands::new(forgiven), reader, &mut out),
            What::SmtpCommands(_) => run(SmtpCommands::new(), reader, &mut out),
            What::SmtpReplies(_) => run(SmtpReplies::new(), reader, &mut out),
            What::Session(_) => session::run(reader, forgiven, &mut out),
        }?;
        out.flush()
    });
    match decoded {
        // The reader may have seen enough (`decode | head`).
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(io::stderr(), "decode: {}: {error}", input.name());
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

fn run(decoder: impl Decoder, reader: impl Read, out: &mut impl Write) -> io::Result<()> {
    stream::decode(decoder, reader, |unit| unit.write(out))
}
