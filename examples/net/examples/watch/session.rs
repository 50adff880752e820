//! One connection: login, what changed since the last one, and then what happens.

use std::collections::BTreeMap;

use postrider::{
    drive::{Next, blocking::Driver},
    imap::{
        CommandName, FetchAttribute, InvalidValue, Response, SequenceNumber, SequenceRange,
        SequenceSet, Status,
        client::{Change, Client, Event, Handle, Resync, ResyncError, Selected},
    },
    wire::{Machine, Side, Transcript},
};
use postrider_net::Stderr;

use super::{
    ending::Ending,
    mailbox::Mailbox,
    message::{Message, lasting},
    plan::Plan,
};
use postrider_net::program::{
    failure::{Code, Failure},
    imap::{self as told, Entrance, config, enter, misuse},
    road,
};

/// Watches until the session ends, or everything was told that is to be told.
pub(crate) fn run(plan: &Plan, mailbox: &mut Mailbox) -> Result<(), Ending> {
    let target = &plan.account.target;
    let handshake = plan.handshake.as_ref();
    let implicit = handshake.filter(|_| target.implicit_tls);
    let opened = road::open(&target.host, target.port, implicit);
    let (stream, tls) = opened.map_err(Ending::Network)?;
    let mut client = Client::new(config(&plan.account, tls).with_polling(plan.every));
    if plan.verbose {
        client.set_tap(Box::new(Transcript::new(Side::Client, Stderr::new())));
    }
    let mut driver = Driver::new(client, stream);
    let mut session =
        Session { plan, mailbox, stage: Stage::Enter, message: Message::default(), bye: None };
    loop {
        let error = match driver.next() {
            Ok(Next::StartTls(token)) => {
                let upgraded = driver.upgrade(token, road::upgrade(handshake));
                driver = upgraded.map_err(|error| Ending::broken(&error))?;
                continue;
            }
            Ok(Next::Event(event)) => {
                session.event(driver.machine(), event)?;
                if session.mailbox.is_done() {
                    driver.machine().shutdown();
                }
                continue;
            }
            Ok(Next::App) => continue,
            Ok(Next::Closed) => None,
            Err(error) => Some(error),
        };
        if session.mailbox.is_done() {
            return Ok(());
        }
        let closed = || Failure::new(Code::TempFail, "the server closed the session");
        return Err(match (session.bye, error) {
            (Some((status, untrusted)), _) => Ending::Bye(status, untrusted),
            (None, Some(error)) => Ending::broken(&error),
            (None, None) => Ending::Network(closed()),
        });
    }
}

enum Stage {
    /// Up to the login.
    Enter,
    /// What changed since?
    Sync(Box<Resync>),
    /// Now it is told as it happens.
    Watch(Box<Watch>),
}

struct Watch {
    selected: Selected,
    /// Which numbers mean which UIDs is asked.
    numbers: Option<Handle>,
    /// New mails are asked for.
    asked: Option<Handle>,
    idle: Option<Handle>,
    /// There are mails that were not asked for.
    look: bool,
    /// New mails of which nothing was told yet but that they are there.
    bare: BTreeMap<u32, Message>,
}

struct Session<'a> {
    plan: &'a Plan,
    mailbox: &'a mut Mailbox,
    stage: Stage,
    /// What the FETCH response told so far.
    message: Message,
    /// What the server said when it closed, and whether anybody may have said it.
    bye: Option<(Status, bool)>,
}

impl Session<'_> {
    fn event(&mut self, client: &mut Client, event: Event) -> Result<(), Ending> {
        if let Some(alert) = told::alert(&event) {
            eprintln!("watch: {alert}");
        }
        if let Event::Bye { status, untrusted, .. } = &event {
            self.bye = Some((status.clone(), *untrusted));
        }
        match &mut self.stage {
            Stage::Enter => self.enter(client, &event),
            Stage::Sync(resync) => {
                resync.on_event(&event);
                self.sync(client)
            }
            Stage::Watch(_) => self.watch(client, event),
        }
    }

    fn enter(&mut self, client: &mut Client, event: &Event) -> Result<(), Ending> {
        match enter(client, event, &self.plan.account)? {
            Entrance::Inside => {
                let mailbox = told::mailbox(self.plan.account.target.mailbox(), client)?;
                let resync = Resync::new(client, mailbox, self.mailbox.state.clone());
                self.stage = Stage::Sync(Box::new(resync));
                self.sync(client)
            }
            Entrance::Refused(status) => Err(Ending::LoginRefused(status)),
            Entrance::Failed(fault) => Err(Ending::LoginFailed(fault)),
            _ => Ok(()),
        }
    }

    fn sync(&mut self, client: &mut Client) -> Result<(), Ending> {
        let Stage::Sync(resync) = &mut self.stage else { return Ok(()) };
        while let Some(change) = resync.next_change() {
            match change {
                Change::Reset => self.mailbox.reset(),
                Change::Gone(uids) => self.mailbox.went(uids.as_list()),
                Change::Message { uid, flags, .. } => {
                    let flags = flags.map(lasting);
                    match self.mailbox.state {
                        // The first time all of them are new, and none is news.
                        None => self.mailbox.found(uid.get(), flags),
                        // What is new is asked for below, with more than its flags.
                        Some(_) => drop(self.mailbox.has_flags(uid.get(), flags)),
                    }
                }
                _ => {}
            }
        }
        if let Some(command) = resync.next_command() {
            client.send(command).map_err(misuse)?;
        }
        let state = match resync.outcome() {
            None => return Ok(()),
            Some(Ok(state)) => state.clone(),
            Some(Err(ResyncError::Refused { command, status, .. })) => {
                return Err(Ending::refused(*command, status));
            }
            // Why is told by the driver.
            Some(Err(ResyncError::Lost)) => return Ok(()),
            Some(Err(error)) => {
                return Err(Ending::Network(Failure::new(Code::Protocol, error.to_string())));
            }
        };
        let (known, selected) = (state.known(), resync.selected().clone());
        // Mails that came since, or just now: not told yet.
        let last = known.ranges().last().map_or(0, |range| range.last().get());
        let look = last >= self.mailbox.next() || u64::from(selected.exists()) > known.len();
        self.mailbox.state = Some(state);
        let mut watch =
            Watch { selected, numbers: None, asked: None, idle: None, look, bare: BTreeMap::new() };
        // With QRESYNC the server speaks of UIDs (RFC 7162 §3.2.10).
        let by_uid = client.enabled().iter().any(|name| name.is("QRESYNC"));
        if !by_uid && watch.selected.known() < watch.selected.exists() as usize {
            let all = client.uid_fetch(SequenceSet::all(), FetchAttribute::Flags);
            watch.numbers = Some(all.map_err(misuse)?);
        }
        watch.go_on(client, self.mailbox)?;
        self.stage = Stage::Watch(Box::new(watch));
        Ok(())
    }

    fn watch(&mut self, client: &mut Client, event: Event) -> Result<(), Ending> {
        let Stage::Watch(watch) = &mut self.stage else { return Ok(()) };
        match &event {
            Event::Exists(exists) => watch.look |= *exists > watch.selected.exists(),
            Event::Expunge(number) => {
                if let Some(message) = watch.selected.message(*number) {
                    self.mailbox.went(&[message.uid].into_iter().collect());
                }
            }
            Event::Data { response: Response::Vanished { earlier: false, uids }, .. } => {
                self.mailbox.went(uids.as_list());
            }
            Event::IdleBegun => self.mailbox.is_watched = true,
            Event::Completed { handle, command, status, .. } => {
                if watch.completed(*handle) {
                    // There is no more to come.
                    for (uid, message) in core::mem::take(&mut watch.bare) {
                        self.mailbox.came(uid, message);
                    }
                }
                match command {
                    _ if status.is_ok() => {}
                    // Perhaps because a mail is gone: what is there then is found out anew.
                    CommandName::Fetch => {
                        return Err(Ending::Network(told::refusal(*command, status)));
                    }
                    _ => return Err(Ending::refused(*command, status)),
                }
            }
            _ => {}
        }
        watch.selected.on_event(&event).map_err(|contradiction| {
            Ending::Network(Failure::new(Code::Protocol, contradiction.to_string()))
        })?;
        match event {
            Event::FetchItems { items, .. } => self.message.take(items),
            Event::FetchEnd { handle, message: number, .. } => {
                let message = core::mem::take(&mut self.message);
                if let Some(uid) = message.uid(number, &watch.selected)
                    && !self.mailbox.has_flags(uid, message.flags.clone())
                {
                    if message.has_envelope() {
                        watch.bare.remove(&uid);
                        self.mailbox.came(uid, message);
                    } else if watch.asked.is_some() && handle == watch.asked {
                        watch.bare.insert(uid, message);
                    } else {
                        watch.look = true;
                    }
                }
            }
            _ => {}
        }
        watch.go_on(client, self.mailbox)
    }
}

impl Watch {
    /// A command was answered. Whether it was that for new mails.
    fn completed(&mut self, handle: Handle) -> bool {
        let [_, asked, _] = [&mut self.numbers, &mut self.asked, &mut self.idle]
            .map(|one| one.take_if(|one| *one == handle).is_some());
        asked
    }

    /// Asks for what is new, or listens.
    fn go_on(&mut self, client: &mut Client, mailbox: &Mailbox) -> Result<(), Ending> {
        if self.numbers.is_some() || self.asked.is_some() || mailbox.is_done() {
            return Ok(());
        }
        if core::mem::take(&mut self.look) {
            let new = from(mailbox.next()).map_err(|error| misuse(error.into()))?;
            let what = [FetchAttribute::Flags, FetchAttribute::Envelope];
            // It ends IDLE.
            let asked = client.uid_fetch(new, Vec::from(what)).map_err(misuse)?;
            self.asked = Some(asked);
        } else if self.idle.is_none() {
            self.idle = Some(client.idle().map_err(misuse)?);
        }
        Ok(())
    }
}

/// All mails from this UID on.
fn from(first: u32) -> Result<SequenceSet, InvalidValue> {
    let first = SequenceNumber::try_from(first)?;
    Ok(SequenceRange::Between(first, SequenceNumber::Last).into())
}
