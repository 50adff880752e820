//! What each reply means.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use bytes::Bytes;
use postrider_wire::dot::Unstuffer;
use postrider_wire::{Inbox, Policy, Security, TimerKind};

use super::login::Offers;
use super::{Client, Encoding, Ending, Event, Fate, InFlight, Lang, Listing, Overlap, Phase, Sent};
use crate::syntax::response;
use crate::{Capabilities, Command, Error, Extension, Keyword, Reply, State};

impl Sent {
    pub(super) fn keyword(self) -> Keyword {
        match self {
            Self::Apop => Keyword::Apop,
            Self::Auth => Keyword::Auth,
            Self::Capa | Self::Offers => Keyword::Capa,
            Self::Lang(_) => Keyword::Lang,
            Self::Utf8 => Keyword::Utf8,
            Self::Dele(_) => Keyword::Dele,
            Self::List(_) => Keyword::List,
            Self::Noop => Keyword::Noop,
            Self::Pass => Keyword::Pass,
            Self::Quit => Keyword::Quit,
            Self::Retr(_) => Keyword::Retr,
            Self::Rset => Keyword::Rset,
            Self::Stat => Keyword::Stat,
            Self::Stls => Keyword::Stls,
            Self::Top(..) => Keyword::Top,
            Self::Uidl(_) => Keyword::Uidl,
            Self::User => Keyword::User,
        }
    }

    /// The message that it names.
    pub(super) fn message(self) -> Option<u32> {
        match self {
            Self::Dele(n) | Self::Retr(n) | Self::Top(n, _) => Some(n),
            Self::List(n) | Self::Uidl(n) => n,
            _ => None,
        }
    }
}

impl Client {
    /// A line where none is due: the server ends the session, or has lost its mind.
    pub(super) fn unsolicited(&mut self, line: &[u8], offset: u64) -> Result<Event, Error> {
        match response::reply(line) {
            Some(reply) if !reply.is_ok() => Ok(self.rejected(reply)),
            Some(_) => Err(Error::Unsolicited { offset }),
            None => Err(Error::Malformed { offset }),
        }
    }

    fn rejected(&mut self, reply: Reply) -> Event {
        self.over();
        Event::Rejected(reply)
    }

    pub(super) fn over(&mut self) {
        self.password = None;
        self.greeting = None;
        self.login = None;
        self.state = State::Over;
        self.phase = Phase::Over;
    }

    /// The greeting: with TLS to come it is put aside, and `STLS` is the first thing said.
    pub(super) fn greeted(&mut self, line: &[u8], offset: u64) -> Result<Option<Event>, Error> {
        let reply = response::reply(line).ok_or(Error::Malformed { offset })?;
        if !reply.is_ok() {
            return Ok(Some(self.rejected(reply)));
        }
        self.chassis.timers.stop(TimerKind::Reply);
        self.greeting = Some(reply);
        self.phase = Phase::Replies;
        let policy = match self.config.security {
            Security::StartTls(policy) => policy,
            Security::Implicit(_) => Policy::Never,
        };
        if policy == Policy::Never || self.ending == Ending::Shutdown {
            return Ok(Some(self.ready()));
        }
        // The outbox is empty: nothing was said yet.
        let _ = self.send(&Command::Stls, Sent::Stls);
        Ok(None)
    }

    pub(super) fn ready(&mut self) -> Event {
        self.phase = Phase::Replies;
        let greeting = self.greeting.take();
        self.stamp = greeting.as_ref().and_then(Reply::apop_stamp).map(Box::new);
        Event::Ready { greeting }
    }

    /// The first line of a reply, to the oldest command.
    pub(super) fn answered(&mut self, line: &[u8], rx: &Inbox) -> Result<Option<Event>, Error> {
        let Some(&InFlight { sent, end, .. }) = self.in_flight.front() else {
            return Err(Error::Unsolicited { offset: rx.offset() });
        };
        if sent == Sent::Auth {
            self.answered = end;
            return self.auth_answered(line, rx);
        }
        let malformed = Error::Malformed { offset: rx.offset() };
        let reply = response::reply(line).ok_or_else(|| malformed.clone())?;
        self.answered = end;
        self.follow_table(sent, reply.is_ok());
        let event = if reply.is_ok() {
            match self.accepted(sent, reply, line, rx)? {
                Accepted::Unreadable => return Err(malformed),
                Accepted::Told(event) => Some(event),
                Accepted::GoesOn => None,
            }
        } else {
            self.refused(sent, reply)?
        };
        if sent == Sent::Offers && !matches!(self.phase, Phase::Listing(..)) {
            // A server that cannot tell what it can.
            self.outcome_told();
            self.await_reply();
            self.offers = Some(Box::default());
            return Ok(self.choose_way());
        }
        match self.phase {
            // Without an outcome until the last line.
            Phase::Listing(..) => self.expect_progress(),
            Phase::Payload(..) => {
                self.outcome_told();
                self.expect_progress();
            }
            _ => {
                self.outcome_told();
                self.await_reply();
            }
        }
        Ok(event)
    }

    fn accepted(
        &mut self,
        sent: Sent,
        reply: Reply,
        line: &[u8],
        rx: &Inbox,
    ) -> Result<Accepted, Error> {
        match sent {
            Sent::Stls => {
                let agreed = self.chassis.tls.agree(rx);
                agreed.map_err(|fault| Error::upgrade(fault, rx.offset()))?;
                self.greeting = None;
                Ok(Accepted::GoesOn)
            }
            Sent::User => Ok(self.answer_user()),
            Sent::Capa => Ok(self.listing(Listing::Capabilities(Capabilities::new()))),
            Sent::Offers => Ok(self.listing(Listing::Offers(Capabilities::new()))),
            Sent::Lang(Lang::List) => Ok(self.listing(Listing::Languages)),
            Sent::List(None) => Ok(self.listing(Listing::Scan)),
            Sent::Uidl(None) => Ok(self.listing(Listing::UniqueId)),
            // Of another message than was asked for, it is no answer.
            Sent::List(Some(asked)) => {
                let one = response::behind_status(line, response::scan_listing);
                let Some(listing) = one.filter(|one| one.message == asked) else {
                    return Ok(Accepted::Unreadable);
                };
                self.next = Some(Event::ListEnd);
                Ok(Accepted::Told(Event::ScanListing(listing)))
            }
            Sent::Uidl(Some(asked)) => {
                let one = response::behind_status(line, response::unique_id_listing);
                let Some((message, uid)) = one.filter(|(message, _)| *message == asked) else {
                    return Ok(Accepted::Unreadable);
                };
                self.next = Some(Event::UidlEnd);
                Ok(Accepted::Told(Event::UniqueIdListing { message, uid }))
            }
            Sent::Stat => Ok(response::drop_listing(line)
                .map_or(Accepted::Unreadable, |listing| {
                    Accepted::Told(Event::DropListing(listing))
                })),
            Sent::Retr(message) => Ok(self.message(message, None, response::declared_octets(line))),
            // Whatever size is told here, it is not that of the top.
            Sent::Top(message, lines) => Ok(self.message(message, Some(lines), None)),
            // What `AUTH` comes to is told elsewhere.
            Sent::Auth => Ok(Accepted::GoesOn),
            Sent::Apop | Sent::Pass => Ok(Accepted::Told(self.logged_in(reply))),
            Sent::Utf8 => {
                self.encoding = Encoding::Utf8;
                Ok(Accepted::Told(done(sent, reply)))
            }
            Sent::Quit => {
                self.over();
                Ok(Accepted::Told(done(sent, reply)))
            }
            Sent::Dele(_) | Sent::Noop | Sent::Rset | Sent::Lang(Lang::Choose) => {
                Ok(Accepted::Told(done(sent, reply)))
            }
        }
    }

    fn message(&mut self, message: u32, lines: Option<u32>, declared: Option<u64>) -> Accepted {
        let unstuffer = Unstuffer::new(self.config.bare_newlines);
        self.phase = Phase::Payload(unstuffer, Fate::Told);
        Accepted::Told(Event::RetrieveBegin { message, lines, declared })
    }

    /// The oldest command has its outcome.
    pub(super) fn outcome_told(&mut self) {
        self.in_flight.pop_front();
        if self.in_flight.is_empty() {
            // An idle session holds nothing of a burst.
            self.in_flight = VecDeque::new();
        }
    }

    /// Ready for the next reply, if one is due.
    pub(super) fn await_reply(&mut self) {
        self.chassis.timers.stop(TimerKind::Progress);
        if matches!(self.phase, Phase::Over) {
            self.chassis.timers.stop(TimerKind::Reply);
            return;
        }
        self.phase = Phase::Replies;
        if self.in_flight.is_empty() {
            self.chassis.timers.stop(TimerKind::Reply);
        } else {
            self.chassis.timers.start(TimerKind::Reply, self.config.limits.reply_time);
        }
    }

    pub(super) fn follow_table(&mut self, sent: Sent, accepted: bool) {
        if let Some(row) = self.state.row(sent.keyword()) {
            self.state = if accepted { row.accepted } else { row.refused };
        }
    }

    fn refused(&mut self, sent: Sent, reply: Reply) -> Result<Option<Event>, Error> {
        self.password = None;
        match sent {
            Sent::Stls if self.config.security == Security::StartTls(Policy::Required) => {
                Err(Error::TlsRefused)
            }
            // Without TLS then, as the policy allows.
            Sent::Stls => Ok(Some(self.ready())),
            Sent::Offers => Ok(None),
            Sent::Quit => {
                self.over();
                Ok(Some(refused(sent, reply)))
            }
            _ => Ok(Some(refused(sent, reply))),
        }
    }

    /// The name was accepted; the password follows, unless the session is to end.
    fn answer_user(&mut self) -> Accepted {
        if let (Some(password), Ending::No) = (self.password.take(), &self.ending) {
            // There is room: `USER` has left.
            let _ = self.send(&Command::Pass(password), Sent::Pass);
            return Accepted::GoesOn;
        }
        Accepted::Told(Event::Lost { command: Keyword::Pass, message: None })
    }

    fn listing(&mut self, listing: Listing) -> Accepted {
        self.phase = Phase::Listing(listing, 0);
        Accepted::GoesOn
    }

    pub(super) fn expect_progress(&mut self) {
        self.chassis.timers.stop(TimerKind::Reply);
        self.chassis.timers.start(TimerKind::Progress, self.config.limits.progress_time);
    }

    /// A line of a listing. Returns what it says, if anything.
    pub(super) fn listed(&mut self, line: &Bytes, offset: u64) -> Result<Option<Event>, Error> {
        let Phase::Listing(listing, count) = &mut self.phase else { return Ok(None) };
        let line: &[u8] = match line.strip_prefix(b".") {
            Some(b"") => return Ok(self.end_of_listing()),
            // RFC 1939 §3: a doubled dot.
            Some(stuffed) => stuffed,
            None => line,
        };
        *count = count.saturating_add(1);
        let capabilities = u32::try_from(self.config.limits.capabilities).unwrap_or(u32::MAX);
        let most = match listing {
            // All lines count, or one that sends what cannot be read goes on for ever.
            Listing::Capabilities(_) | Listing::Offers(_) => capabilities,
            _ => u32::MAX,
        };
        if *count > most.min(self.config.limits.listing) {
            return Err(Error::ListingTooLong { offset });
        }
        match listing {
            Listing::Capabilities(capabilities) | Listing::Offers(capabilities) => {
                // One that cannot be read is one that cannot be used.
                if let Some(capability) = response::capability(line) {
                    capabilities.push(capability);
                }
                Ok(None)
            }
            // One that cannot be read is one that cannot be asked for.
            Listing::Languages => Ok(response::language_listing(line).map(Event::LanguageListing)),
            Listing::Scan => {
                let listing = response::scan_listing(line).ok_or(Error::Malformed { offset })?;
                Ok(Some(Event::ScanListing(listing)))
            }
            Listing::UniqueId => {
                let listing = response::unique_id_listing(line);
                let (message, uid) = listing.ok_or(Error::Malformed { offset })?;
                Ok(Some(Event::UniqueIdListing { message, uid }))
            }
        }
    }

    fn end_of_listing(&mut self) -> Option<Event> {
        let listing = core::mem::replace(&mut self.phase, Phase::Replies);
        self.outcome_told();
        self.await_reply();
        let Phase::Listing(listing, _) = listing else { return None };
        match listing {
            Listing::Capabilities(capabilities) => {
                self.learn(&capabilities);
                Some(Event::Capabilities(capabilities))
            }
            Listing::Offers(capabilities) => {
                self.learn(&capabilities);
                self.choose_way()
            }
            Listing::Languages => Some(Event::LangEnd),
            Listing::Scan => Some(Event::ListEnd),
            Listing::UniqueId => Some(Event::UidlEnd),
        }
    }

    fn learn(&mut self, capabilities: &Capabilities) {
        let offered = capabilities.offers(Extension::Pipelining);
        self.overlap = if offered { Overlap::Offered } else { Overlap::Unknown };
        if !self.state.is_logged_in() {
            self.offers = Some(Box::new(Offers::of(capabilities)));
        }
    }
}

/// What a positive reply came to.
enum Accepted {
    /// This, for now or for good.
    Told(Event),
    /// Nothing yet.
    GoesOn,
    /// It does not say what it should.
    Unreadable,
}

fn done(sent: Sent, reply: Reply) -> Event {
    Event::Done { command: sent.keyword(), message: sent.message(), reply }
}

fn refused(sent: Sent, reply: Reply) -> Event {
    Event::Refused { command: sent.keyword(), message: sent.message(), reply }
}
