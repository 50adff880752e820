//! An IMAP server on standard input and output, for one client that is logged in already, over a
//! folder whose files are messages: `folder DIR`.
//!
//! The messages are numbered in the order of their names. Nothing is written: INBOX is all there
//! is, and FETCH all that it answers.

use std::{
    borrow::Cow,
    env, fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use bytes::{Buf, Bytes};
use postrider_imap::{
    Command, InternalDate, Uid,
    server::{Config, Event, SelectData, Server},
};
use postrider_mailbox::{
    Fetch, Messages, Metadata, Telling, Told,
    view::{Numbering, View},
};
use postrider_wire::{Inbox, Machine, Progress, Security, TlsInfo};

type Outcome<T> = Result<T, Box<dyn core::error::Error>>;

/// The files of a folder; the first has the UID 1.
struct Folder(Vec<PathBuf>);

impl Messages for Folder {
    type Error = io::Error;

    fn metadata(&self, uid: Uid) -> io::Result<Option<Cow<'_, Metadata>>> {
        let Some(path) = self.0.get(uid.get() as usize - 1) else { return Ok(None) };
        let date = InternalDate::from_unix(0, 0).map_err(io::Error::other)?;
        let metadata = Metadata::new(uid, [], date, fs::metadata(path)?.len());
        Ok(Some(Cow::Owned(metadata)))
    }

    fn octets(&self, uid: Uid) -> io::Result<Option<Bytes>> {
        let path = self.0.get(uid.get() as usize - 1);
        path.map(|path| fs::read(path).map(Bytes::from)).transpose()
    }
}

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
    let folder = Folder(mails);
    let count = u32::try_from(folder.0.len())?;
    let uids = (1..=count).map(Uid::new).collect::<Result<Vec<_>, _>>()?;
    let view = View::new(Numbering::new(uids)?);
    // A pipe needs no TLS.
    let mut server = Server::new(Config::new(Security::Implicit(TlsInfo::new())));
    let mut inbox = server.new_inbox();
    loop {
        let progress = server.poll(&mut inbox)?;
        flush(&mut server)?;
        match progress {
            Progress::Event(event) => answer(&mut server, event, &folder, &view)?,
            Progress::Wait { input: true, .. } => read(&mut inbox)?,
            Progress::Wait { .. } => {}
            Progress::StartTls(_) => return Err("no TLS here".into()),
            Progress::Closed => return Ok(()),
        }
    }
}

fn read(inbox: &mut Inbox) -> Outcome<()> {
    let room = inbox.spare_init().ok_or("the inbox is full")?;
    let read = io::stdin().read(room)?;
    inbox.commit(read);
    if read == 0 {
        inbox.set_eof();
    }
    Ok(())
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

fn answer(server: &mut Server, event: Event, folder: &Folder, view: &View) -> Outcome<()> {
    match event {
        Event::Command(Command::Select { .. } | Command::Examine { .. }) => {
            let mut data = SelectData::new(view.exists());
            data.read_write = false;
            server.accept_select(&data)?;
        }
        Event::Command(Command::Fetch { set, uid, attributes, .. }) => {
            let fetch = Fetch::new(attributes).read_only();
            let fetch = if uid { fetch.by_uid() } else { fetch };
            let Ok(named) = view.messages(&set, uid) else {
                server.decline();
                return Ok(());
            };
            let mut telling = Telling::new(fetch, named.collect());
            while telling.tell(server, folder)? != Told::All {
                flush(server)?;
            }
            let status = telling.status(server.completed());
            if status.is_ok() { server.accept_with(status)? } else { server.reject(status)? }
        }
        Event::Login { .. } | Event::Command(Command::Noop) => server.accept()?,
        _ => server.decline(),
    }
    Ok(())
}
