//! Answers IMAP commands about a folder of mails, read from standard input, as a server with the
//! mailbox selected would: so that the answers can be compared with those of another server.
//!
//! ```text
//! (echo 'a UID SEARCH SUBJECT "one"'; echo 'b FETCH 1 (FLAGS BODY.PEEK[1])') | answers FOLDER
//! ```
//!
//! FOLDER holds a mail a file, and a file `index` with a line for each: the name of the file, the
//! UID, the date in seconds since 1970, and the flags, with blanks between. FETCH, SEARCH,
//! SORT and THREAD are understood.
#![expect(clippy::print_stderr, reason = "the text of a program")]

use std::{
    borrow::Cow,
    convert::Infallible,
    env, fs,
    io::{self, BufRead, Write},
    path::Path,
    process::ExitCode,
};

use bytes::Bytes;
use postrider_imap::{
    BodySection, Charset, Command, CommandPart, CommandReader, FetchItem, Flag, FlagSet,
    InternalDate, Limits, MessageNumber, MessageSet, Quirks, Response, SearchKey, SequenceSet, Tag,
    TaggedCommand, Uid,
};
use postrider_mailbox::{
    Answer, Fetch, FetchError, Messages, Metadata, Octets, Source, numbers, numbers_by_uid,
    results::Found,
    search::{self, Scope, Search},
    sort::Sort,
    thread::{Algorithm, Threads},
};
use postrider_mime::Message;

type Outcome<T> = Result<T, Box<dyn core::error::Error>>;

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1) else {
        eprintln!("usage: answers FOLDER");
        return ExitCode::from(2);
    };
    match serve(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("answers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(folder: &Path) -> Outcome<()> {
    let mailbox = Mailbox::read(folder)?;
    let limits = Limits::new().with_unit(1 << 16, 1 << 16);
    let mut reader = CommandReader::new(&limits, Quirks::strict());
    let (mut input, mut said) = (io::stdin().lock(), Vec::new());
    loop {
        let step = reader.read(&said);
        if step.is_starved() {
            let more = input.fill_buf()?;
            if more.is_empty() {
                return Ok(());
            }
            said.extend_from_slice(more);
            let taken = more.len();
            input.consume(taken);
            continue;
        }
        said.drain(..step.octets);
        match step.part {
            Some(CommandPart::Command(TaggedCommand { tag, command, .. })) => {
                say(&mailbox, &tag, &command)?;
            }
            Some(CommandPart::Literal(_)) => reader.accept(),
            Some(CommandPart::Unparsed { error, .. }) => {
                return Err(format!("a command cannot be read: {error}").into());
            }
            _ => {}
        }
    }
}

fn say(mailbox: &Mailbox, tag: &Tag, command: &Command) -> io::Result<()> {
    let mut answer = Vec::new();
    let verdict = match mailbox.answer(command, &mut answer) {
        Ok(()) => "OK done".to_owned(),
        Err(refused) => format!("NO {refused}"),
    };
    answer.extend_from_slice(format!("{tag} {verdict}\r\n").as_bytes());
    let mut out = io::stdout().lock();
    out.write_all(&answer)?;
    out.flush()
}

/// The mails and what is known of them, in the order of their UIDs.
struct Mailbox {
    uids: Vec<Uid>,
    mails: Vec<(Metadata, Bytes)>,
}

impl Mailbox {
    fn read(folder: &Path) -> Outcome<Self> {
        let mut mailbox = Self { uids: Vec::new(), mails: Vec::new() };
        for line in fs::read_to_string(folder.join("index"))?.lines() {
            let mut words = line.split(' ');
            let mut word = || words.next().ok_or("a word is missing in the index");
            let octets = Bytes::from(fs::read(folder.join(word()?))?);
            let uid = Uid::new(word()?.parse()?)?;
            let date = InternalDate::from_unix(word()?.parse()?, 0)?;
            let flags = words.map(|flag| Flag::new(flag.to_owned()));
            let flags = flags.collect::<Result<FlagSet, _>>()?;
            let size = u64::try_from(octets.len())?;
            mailbox.uids.push(uid);
            mailbox.mails.push((Metadata::new(uid, flags, date, size), octets));
        }
        Ok(mailbox)
    }

    fn answer(&self, command: &Command, out: &mut Vec<u8>) -> Outcome<()> {
        match command {
            Command::Fetch { set: MessageSet::Set(set), uid, attributes, modifiers } => {
                let fetch = Fetch::new(attributes.clone()).read_only();
                let fetch = if *uid { fetch.by_uid() } else { fetch };
                self.fetch(set, *uid, &fetch.with_modifiers(modifiers)?, out)
            }
            Command::Search(search) => {
                let found = self.search(&search.keys, search.charset.as_ref())?;
                let numbers = found.numbers(search.uid);
                Response::Search { numbers, mod_seq: None }.write(out);
                Ok(())
            }
            Command::Sort(sort) => {
                let found = self.search(&sort.keys, Some(&sort.charset))?;
                let order = Sort::new(&sort.criteria)?.sort(self, pairs(&found))?;
                let numbers = order.into_iter().map(|(number, uid)| match sort.uid {
                    true => uid.get(),
                    false => number.get(),
                });
                Response::Sort { numbers: numbers.collect(), mod_seq: None }.write(out);
                Ok(())
            }
            Command::Thread(thread) => {
                let found = self.search(&thread.keys, Some(&thread.charset))?;
                let threads = Threads::new(Algorithm::of(&thread.algorithm)?);
                let told = threads.thread(self, pairs(&found), thread.uid)?;
                Response::Thread(told).write(out);
                Ok(())
            }
            _ => Err("the command is not known".into()),
        }
    }

    fn search(&self, keys: &[SearchKey], charset: Option<&Charset>) -> Outcome<Found> {
        let exists = u32::try_from(self.mails.len())?;
        // No key is asked for that depends on the time.
        let scope = Scope::new(exists, self.uids.last().copied(), 0);
        let search = Search::new(keys, charset, &scope)?;
        let all = numbers(&SequenceSet::all(), exists).zip(self.uids.iter().copied());
        Ok(search::run(&search, all, self)?)
    }

    fn mail(&self, uid: Uid) -> Option<&(Metadata, Bytes)> {
        let at = self.uids.binary_search(&uid).ok()?;
        self.mails.get(at)
    }

    fn fetch(&self, set: &SequenceSet, uid: bool, fetch: &Fetch, out: &mut Vec<u8>) -> Outcome<()> {
        let exists = u32::try_from(self.mails.len())?;
        let list: Vec<MessageNumber> = match uid {
            true => numbers_by_uid(set, &self.uids).collect(),
            false => numbers(set, exists).collect(),
        };
        let places = fetch.places(u32::try_from(list.len())?);
        for number in list.get(places.start as usize..places.end as usize).unwrap_or_default() {
            let at = number.get() as usize - 1;
            let (metadata, octets) = self.mails.get(at).ok_or("no such message")?;
            if fetch.is_wanted(metadata)? {
                tell(fetch, *number, metadata, octets, out)?;
            }
        }
        Ok(())
    }
}

fn pairs(found: &Found) -> impl Iterator<Item = (MessageNumber, Uid)> {
    found.messages().iter().map(|message| (message.number, message.uid))
}

impl Messages for Mailbox {
    type Error = Infallible;

    fn metadata(&self, uid: Uid) -> Result<Option<Cow<'_, Metadata>>, Infallible> {
        Ok(self.mail(uid).map(|(metadata, _)| Cow::Borrowed(metadata)))
    }

    fn octets(&self, uid: Uid) -> Result<Option<Bytes>, Infallible> {
        Ok(self.mail(uid).map(|(_, octets)| octets.clone()))
    }
}

/// The FETCH response of one message.
fn tell(
    fetch: &Fetch,
    number: MessageNumber,
    metadata: &Metadata,
    mail: &Bytes,
    out: &mut Vec<u8>,
) -> Outcome<()> {
    let message = Message::parse(mail.clone())?;
    let answers = fetch.answer(metadata, Source::message(&message)).map_err(with_code)?;
    let mut between = format!("* {number} FETCH (");
    for answer in answers {
        out.extend_from_slice(between.as_bytes());
        between = " ".to_owned();
        match answer {
            Answer::Item(item) => FetchItem::write(&item, out),
            Answer::Body(body) => {
                body.name.write(out, body.origin);
                octets(&body.name, body.octets.as_ref(), mail, out);
            }
        }
    }
    out.extend_from_slice(b")\r\n");
    Ok(())
}

/// NUL stands in a `literal8` alone, which BINARY alone has (RFC 9051 §7.5.2).
fn octets(name: &BodySection, octets: Option<&Octets>, mail: &[u8], out: &mut Vec<u8>) {
    let Some(octets) = octets.map(|octets| octets.of(mail)) else {
        return out.extend_from_slice(b" NIL");
    };
    let mark = match name {
        BodySection::Binary(_) if octets.contains(&0) => "~",
        _ => "",
    };
    out.extend_from_slice(format!(" {mark}{{{}}}\r\n", octets.len()).as_bytes());
    out.extend_from_slice(octets);
}

fn with_code(refused: FetchError) -> String {
    match refused {
        FetchError::UnknownCte => format!("[UNKNOWN-CTE] {refused}"),
        _ => refused.to_string(),
    }
}
