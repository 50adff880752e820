//! An IMAP server on standard input and output, for one client that is logged in already, over a
//! folder whose files are messages: `folder DIR`.
//!
//! The messages are numbered in the order of their names. Nothing is written: INBOX is all there
//! is, and FETCH all that it answers.

use std::{
    env, fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use bytes::{Buf, Bytes};
use postrider_imap::{
    InternalDate, Limits, MessageNumber, Uid,
    server::{Config, Event, SelectData, Server},
};
use postrider_mailbox::{Answer, Fetch, Metadata, Source, numbers};
use postrider_mime::Message;
use postrider_wire::{Machine, Progress, Security, TlsInfo};

type Outcome<T> = Result<T, Box<dyn core::error::Error>>;

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1) else {
        eprintln!("usage: folder DIR");
        return ExitCode::from(2);
    };
    match serve(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("folder: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(folder: &Path) -> Outcome<()> {
    let mut mails: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    mails.sort();
    // A pipe needs no TLS, and a response holds the structure of one message.
    let limits = Limits::new().with_unit(8192, 16 << 20).with_outbox(16 << 20);
    let security = Security::Implicit(TlsInfo::new());
    let mut server = Server::new(Config::new(security).with_limits(limits));
    let mut inbox = server.new_inbox();
    loop {
        let progress = server.poll(&mut inbox)?;
        flush(&mut server)?;
        match progress {
            Progress::Event(event) => answer(&mut server, event, &mails)?,
            Progress::Wait { input: true, .. } => {
                let room = inbox.spare_init().ok_or("the inbox is full")?;
                let read = io::stdin().read(room)?;
                inbox.commit(read);
                if read == 0 {
                    inbox.set_eof();
                }
            }
            Progress::Wait { .. } => {}
            Progress::StartTls(_) => return Err("no TLS here".into()),
            Progress::Closed => return Ok(()),
        }
    }
}

fn flush(server: &mut Server) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let outbox = server.outbox();
    while outbox.has_remaining() {
        let written = out.write(outbox.chunk())?;
        outbox.advance(written);
    }
    out.flush()
}

fn answer(server: &mut Server, event: Event, mails: &[PathBuf]) -> Outcome<()> {
    let count = u32::try_from(mails.len())?;
    match event {
        Event::Select { .. } => server.accept_select(SelectData::new(count))?,
        Event::Fetch { set, attributes, .. } => {
            let fetch = Fetch::new(attributes).read_only();
            for number in numbers(&set, count) {
                let path = mails.get(number.get() as usize - 1).ok_or("no such message")?;
                tell(server, &fetch, number, path)?;
                flush(server)?;
            }
            server.accept()?;
        }
        Event::Login { .. } | Event::Noop => server.accept()?,
        _ => server.decline(),
    }
    Ok(())
}

/// The answers for one message.
fn tell(server: &mut Server, fetch: &Fetch, number: MessageNumber, path: &Path) -> Outcome<()> {
    let message = Message::parse(Bytes::from(fs::read(path)?))?;
    let size = u64::try_from(message.as_bytes().len())?;
    let metadata = Metadata::new(Uid::new(number.get())?, [], InternalDate::from_unix(0, 0)?, size);
    let mut items = Vec::new();
    for answer in fetch.answer(&metadata, Source::message(&message))? {
        match answer {
            Answer::Item(item) => items.push(item),
            Answer::Body(_) => return Err("octets are not sent".into()),
        }
    }
    Ok(server.fetch_items(number, &items)?)
}
