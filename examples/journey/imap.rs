//! Bob picks up his mail by IMAP, in the shape of the session of RFC 3501 §8.

use std::collections::VecDeque;

use bytes::Bytes;
use postrider::imap::{
    BodySection, Command, FetchAttribute, FetchAttributes, FetchItem, Flag, FlagSet, InternalDate,
    Limits, MailboxName, MessageNumber, MessageSet, Section, SequenceSet, Status, StoreCommand,
    StoreMode, StoreValue, Uid, client, server,
};
use postrider::mailbox::{Answer, Body, Fetch, Metadata, Need, Octets, Source, numbers};
use postrider::message::HeaderSection;
use postrider::mime::Message;
use postrider::wire::{
    ClearTextLogin, Machine, Policy, Secret, Security, Side, Transcript, TranscriptLog,
};

use crate::journey::report::{HEAD, IN_MEMORY};
use crate::journey::road::{Actor, Road};
use crate::journey::spool::{Pieces, Spool};
use crate::journey::store::{PASSWORD, Store, StoredMail, USER};

/// A greeting and a login fit into this.
const LINE: usize = 8 * 1024;

/// Fetches the newest mail of the store. Returns Bob's copy.
pub(crate) fn fetch(road: Road, store: &mut Store, log: &TranscriptLog) -> Result<Spool, String> {
    // Clear text is opted into on both sides: there is no wire here to listen to.
    let clear = || Security::StartTls(Policy::Never);
    let allow = ClearTextLogin::Allow;
    // The server is Bob's own: it may tell him an ENVELOPE of any size that his mails have.
    let limits = Limits::new().with_unit(LINE, IN_MEMORY as usize);
    let config = client::Config::new(clear()).with_clear_text_login(allow).with_limits(limits);
    let mut client = client::Client::new(config);
    client.set_tap(Box::new(Transcript::new(Side::Client, log.clone())));
    let config = server::Config::new(clear()).with_clear_text_login(allow);
    let server = server::Server::new(config);
    // What Bob asks for follows from the size; a real client would look at RFC822.SIZE first.
    let small = store.mails.last().is_some_and(|mail| mail.spool.size() <= IN_MEMORY);
    let mut reader = Reader { todo: Step::all(small), newest: 0, body: None, copy: None };
    let mut post = Post { store, answers: VecDeque::new(), sending: None, open: false };
    road.run((client, &mut reader), (server, &mut post))?;
    reader.copy.ok_or_else(|| "no whole mail came".into())
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

/// What Bob's client does, in order.
#[derive(Clone, Copy, Debug)]
enum Step {
    Login,
    Select,
    FetchFull,
    FetchSize,
    FetchHeader,
    FetchBody,
    StoreDeleted,
    Logout,
}

impl Step {
    /// A mail that is too large to be taken apart in memory is asked for less.
    fn all(small: bool) -> VecDeque<Self> {
        let look = if small { Self::FetchFull } else { Self::FetchSize };
        let fetch = [look, Self::FetchHeader, Self::FetchBody];
        let rest = [Self::StoreDeleted, Self::Logout];
        [Self::Login, Self::Select].into_iter().chain(fetch).chain(rest).collect()
    }
}

/// Bob's client.
struct Reader {
    todo: VecDeque<Step>,
    newest: u32,
    /// The body being fetched, if it is all of the mail.
    body: Option<Spool>,
    copy: Option<Spool>,
}

impl Reader {
    fn next_step(&mut self, client: &mut client::Client) -> Result<(), String> {
        let newest = || SequenceSet::one(self.newest).map_err(text);
        let fetch = |attribute: FetchAttribute| FetchAttributes::from(attribute);
        match self.todo.pop_front() {
            Some(Step::Login) => client.login(USER, Secret::new(PASSWORD.into())),
            Some(Step::Select) => client.select(MailboxName::inbox()),
            Some(Step::FetchFull) => client.fetch(newest()?, FetchAttributes::Full),
            Some(Step::FetchSize) => client.fetch(newest()?, fetch(FetchAttribute::Rfc822Size)),
            Some(Step::FetchHeader) => {
                client.fetch(newest()?, fetch(FetchAttribute::body(Section::header())))
            }
            Some(Step::FetchBody) => {
                client.fetch(newest()?, fetch(FetchAttribute::body(Section::all())))
            }
            // Marked, not removed: nobody expunges.
            Some(Step::StoreDeleted) => {
                client.store(newest()?, StoreMode::Add, false, [Flag::Deleted])
            }
            Some(Step::Logout) => client.logout(),
            None => return Ok(()),
        }
        .map(drop)
        .map_err(text)
    }
}

impl Actor<client::Client> for Reader {
    fn event(&mut self, client: &mut client::Client, event: client::Event) -> Result<(), String> {
        use client::Event;
        match event {
            Event::Ready => self.next_step(client),
            Event::Completed { status, .. } if status.is_ok() => self.next_step(client),
            Event::Completed { command, status, .. } => {
                Err(format!("{command} was refused: {}", status.text))
            }
            Event::Exists(messages) => {
                self.newest = messages;
                Ok(())
            }
            Event::BodyBegin { section, .. } if section == BodySection::Section(Section::all()) => {
                self.body = Some(Spool::new().map_err(text)?);
                Ok(())
            }
            Event::Chunk(octets) => match &mut self.body {
                Some(copy) => copy.push(&octets).map_err(text),
                None => Ok(()),
            },
            Event::BodyEnd => {
                if let Some(whole) = self.body.take() {
                    self.copy = Some(whole);
                }
                Ok(())
            }
            Event::Aborted(why) => Err(format!("the mail broke off: {why:?}")),
            _ => Ok(()),
        }
    }

    fn act(&mut self, _: &mut client::Client) -> Result<bool, String> {
        Ok(false)
    }
}

/// Bob's server, at the store.
struct Post<'a> {
    store: &'a mut Store,
    /// What is still to be told, with the number of its mail.
    answers: VecDeque<(MessageNumber, Answer)>,
    sending: Option<(Pieces, Bytes)>,
    /// A question whose answers are being told.
    open: bool,
}

impl Post<'_> {
    /// Makes the answers to a FETCH for every mail of the set. Of each mail no more is read than the
    /// attributes need.
    fn fetch(&mut self, set: &SequenceSet, attributes: Vec<FetchAttribute>) -> Result<(), String> {
        let fetch = Fetch::new(attributes);
        for number in numbers(set, self.store.len()) {
            let mail = self.store.mail(number.get()).ok_or("no such mail")?;
            let metadata = metadata(number, mail)?;
            let most = match fetch.need() {
                Need::Metadata => 0,
                Need::Header => HEAD,
                _ if mail.spool.size() > IN_MEMORY => return Err("the mail is too large".into()),
                _ => IN_MEMORY,
            };
            let octets = mail.spool.head(most).map_err(text)?;
            let section = HeaderSection::parse(&octets[..]);
            let message = Message::parse(&octets[..]).map_err(text)?;
            let source = match fetch.need() {
                Need::Metadata => Source::metadata(),
                Need::Header => Source::header(section.headers()),
                _ => Source::message(&message),
            };
            let answers = fetch.answer(&metadata, source).map_err(text)?;
            let seen = answers.becomes_seen();
            self.answers.extend(answers.map(|answer| (number, answer)));
            if let (true, Some(mail)) = (seen, self.store.mail_mut(number.get())) {
                mail.flags.insert(&Flag::Seen);
            }
        }
        Ok(())
    }

    fn store_flags(&mut self, set: &SequenceSet, mode: StoreMode, silent: bool, flags: &FlagSet) {
        for number in numbers(set, self.store.len()) {
            let Some(mail) = self.store.mail_mut(number.get()) else { continue };
            match mode {
                StoreMode::Replace => mail.flags = flags.clone(),
                StoreMode::Remove => flags.iter().for_each(|flag| _ = mail.flags.remove(&flag)),
                StoreMode::Add => mail.flags.extend(flags.iter()),
            }
            if !silent {
                let item = FetchItem::Flags(mail.flags.clone());
                self.answers.push_back((number, Answer::Item(item)));
            }
        }
    }

    /// Tells the next answer, or begins to send a body.
    fn tell(
        &mut self,
        server: &mut server::Server,
        number: MessageNumber,
        answer: Answer,
    ) -> Result<(), String> {
        match answer {
            Answer::Item(item) => server.fetch_items(number, &[item]).map_err(text),
            Answer::Body(Body { name, origin, octets: Some(octets), .. }) => {
                let mail = self.store.mail(number.get()).ok_or("no such mail")?;
                server.body_begin(number, &name, origin, octets.len()).map_err(text)?;
                let (part, first) = match octets {
                    Octets::Stored(part) => (part, Bytes::new()),
                    Octets::Assembled(octets) => (0..0, octets),
                };
                self.sending = Some((mail.spool.reader_of(part).map_err(text)?, first));
                Ok(())
            }
            Answer::Body(Body { name, origin, .. }) => {
                server.body_nil(number, &name, origin).map_err(text)
            }
        }
    }

    fn select(&self) -> server::SelectData {
        let mut data = server::SelectData::new(self.store.len());
        data.unseen = (1..=self.store.len()).find(|number| {
            self.store.mail(*number).is_some_and(|mail| !mail.flags.contains(&Flag::Seen))
        });
        data.uid_validity = Some(1.into());
        data.uid_next = self.store.len().checked_add(1).and_then(|next| Uid::new(next).ok());
        data
    }
}

/// What the store knows of a mail. Here UIDs are the numbers: nothing is ever removed.
fn metadata(number: MessageNumber, mail: &StoredMail) -> Result<Metadata, String> {
    let arrived = InternalDate::from_unix(mail.arrived, 0).map_err(text)?;
    Ok(Metadata::new(number.nonzero().into(), mail.flags.clone(), arrived, mail.spool.size()))
}

impl Actor<server::Server> for Post<'_> {
    fn event(&mut self, server: &mut server::Server, event: server::Event) -> Result<(), String> {
        use server::Event;
        match event {
            Event::Login { user, password, .. } if Store::admits(&user, password.expose()) => {
                server.accept().map_err(text)
            }
            Event::Login { .. } => server.reject(Status::no("not you")).map_err(text),
            Event::Command(Command::Select { mailbox, .. } | Command::Examine { mailbox, .. })
                if mailbox == MailboxName::inbox() =>
            {
                server.accept_select(&self.select()).map_err(text)
            }
            Event::Command(Command::Fetch {
                set: MessageSet::Set(set),
                attributes,
                uid: false,
                ..
            }) => {
                self.open = true;
                self.fetch(&set, attributes.into_list())
            }
            Event::Command(Command::Store(StoreCommand {
                set: MessageSet::Set(set),
                mode,
                silent,
                what: StoreValue::Flags(flags),
                uid: false,
                ..
            })) => {
                self.open = true;
                self.store_flags(&set, mode, silent, &flags);
                Ok(())
            }
            _ => {
                server.decline();
                Ok(())
            }
        }
    }

    fn act(&mut self, server: &mut server::Server) -> Result<bool, String> {
        if let Some((pieces, piece)) = &mut self.sending {
            if piece.is_empty() {
                *piece = pieces.next().map_err(text)?;
            }
            if !piece.is_empty() {
                return Ok(server.write_payload(piece).map_err(text)? > 0);
            }
            self.sending = None;
            server.finish_payload().map_err(text)?;
            return Ok(true);
        }
        if !self.open || server.room() == 0 {
            return Ok(false);
        }
        match self.answers.pop_front() {
            Some((number, answer)) => self.tell(server, number, answer)?,
            None => {
                self.open = false;
                server.accept().map_err(text)?;
            }
        }
        Ok(true)
    }
}
