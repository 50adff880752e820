//! What each reply means.

use bytes::Bytes;
use postrider_wire::dot::Unstuffer;
use postrider_wire::{Inbox, Policy, Security, TimerKind};

use super::{Client, Ending, Event, Fate, Listing, Phase, Sent};
use crate::syntax::response;
use crate::{Capabilities, Command, Error, Keyword, Reply, State};

impl Sent {
    pub(super) fn keyword(self) -> Keyword {
        match self {
            Self::Capa => Keyword::Capa,
            Self::Dele => Keyword::Dele,
            Self::List | Self::ListOne => Keyword::List,
            Self::Noop => Keyword::Noop,
            Self::Pass => Keyword::Pass,
            Self::Quit => Keyword::Quit,
            Self::Retr(_) => Keyword::Retr,
            Self::Rset => Keyword::Rset,
            Self::Stat => Keyword::Stat,
            Self::Stls => Keyword::Stls,
            Self::Uidl | Self::UidlOne => Keyword::Uidl,
            Self::User => Keyword::User,
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
        self.phase = Phase::Ready;
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
        self.phase = Phase::Ready;
        Event::Ready { greeting: self.greeting.take() }
    }

    /// The first line of a reply.
    pub(super) fn answered(
        &mut self,
        sent: Sent,
        line: &[u8],
        rx: &Inbox,
    ) -> Result<Option<Event>, Error> {
        let malformed = || Error::Malformed { offset: rx.offset() };
        let reply = response::reply(line).ok_or_else(malformed)?;
        self.chassis.timers.stop(TimerKind::Reply);
        self.phase = Phase::Ready;
        self.follow_table(sent, reply.is_ok());
        if !reply.is_ok() {
            return self.refused(sent, reply).map(Some);
        }
        match sent {
            Sent::Stls => {
                let agreed = self.chassis.tls.agree(rx);
                agreed.map_err(|fault| Error::upgrade(fault, rx.offset()))?;
                self.greeting = None;
                return Ok(None);
            }
            Sent::User => {
                self.answer_user();
                return Ok(None);
            }
            Sent::Capa => self.listing(Listing::Capabilities(Capabilities::new())),
            Sent::List => self.listing(Listing::Scan),
            Sent::Uidl => self.listing(Listing::UniqueId),
            Sent::ListOne => {
                let one = response::behind_status(line, response::scan_listing);
                self.next = Some(Event::ListEnd);
                return Ok(Some(Event::ScanListing(one.ok_or_else(malformed)?)));
            }
            Sent::UidlOne => {
                let one = response::behind_status(line, response::unique_id_listing);
                let (message, uid) = one.ok_or_else(malformed)?;
                self.next = Some(Event::UidlEnd);
                return Ok(Some(Event::UniqueIdListing { message, uid }));
            }
            Sent::Stat => {
                let listing = response::drop_listing(line).ok_or_else(malformed)?;
                return Ok(Some(Event::DropListing(listing)));
            }
            Sent::Retr(message) => {
                let unstuffer = Unstuffer::new(self.config.bare_newlines);
                self.phase = Phase::Payload(unstuffer, Fate::Told);
                self.expect_progress();
                let declared = response::declared_octets(line);
                return Ok(Some(Event::RetrieveBegin { message, declared }));
            }
            Sent::Pass => return Ok(Some(Event::LoggedIn(reply))),
            Sent::Quit => {
                self.over();
                return Ok(Some(Event::Done { command: Keyword::Quit, reply }));
            }
            Sent::Dele | Sent::Noop | Sent::Rset => {
                return Ok(Some(Event::Done { command: sent.keyword(), reply }));
            }
        }
        Ok(None)
    }

    fn follow_table(&mut self, sent: Sent, accepted: bool) {
        if let Some(row) = self.state.row(sent.keyword()) {
            self.state = if accepted { row.accepted } else { row.refused };
        }
    }

    fn refused(&mut self, sent: Sent, reply: Reply) -> Result<Event, Error> {
        self.password = None;
        match sent {
            Sent::Stls if self.config.security == Security::StartTls(Policy::Required) => {
                Err(Error::TlsRefused)
            }
            // Without TLS then, as the policy allows.
            Sent::Stls => Ok(self.ready()),
            Sent::Quit => {
                self.over();
                Ok(Event::Refused { command: Keyword::Quit, reply })
            }
            _ => Ok(Event::Refused { command: sent.keyword(), reply }),
        }
    }

    /// The name was accepted; the password follows, unless the session is to end.
    fn answer_user(&mut self) {
        if let (Some(password), Ending::No) = (self.password.take(), &self.ending) {
            // There is room: `USER` has left.
            let _ = self.send(&Command::Pass(password), Sent::Pass);
        }
    }

    fn listing(&mut self, listing: Listing) {
        self.phase = Phase::Listing(listing, 0);
        self.expect_progress();
    }

    pub(super) fn expect_progress(&mut self) {
        self.chassis.timers.start(TimerKind::Progress, self.config.limits.progress_time);
    }

    /// A line of a listing. Returns what it says, if anything.
    pub(super) fn listed(&mut self, line: &Bytes, offset: u64) -> Result<Option<Event>, Error> {
        let Phase::Listing(listing, count) = &mut self.phase else { return Ok(None) };
        let line: &[u8] = match line.strip_prefix(b".") {
            Some(b"") => return Ok(Some(self.end_of_listing())),
            // RFC 1939 §3: a doubled dot.
            Some(stuffed) => stuffed,
            None => line,
        };
        *count = count.saturating_add(1);
        if *count > self.config.limits.listing {
            return Err(Error::ListingTooLong { offset });
        }
        match listing {
            Listing::Capabilities(capabilities) => {
                if capabilities.len() >= self.config.limits.capabilities {
                    return Err(Error::ListingTooLong { offset });
                }
                // One that cannot be read is one that cannot be used.
                if let Some(capability) = response::capability(line) {
                    capabilities.push(capability);
                }
                Ok(None)
            }
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

    fn end_of_listing(&mut self) -> Event {
        self.chassis.timers.stop(TimerKind::Progress);
        match core::mem::replace(&mut self.phase, Phase::Ready) {
            Phase::Listing(Listing::Capabilities(capabilities), _) => {
                Event::Capabilities(capabilities)
            }
            Phase::Listing(Listing::UniqueId, _) => Event::UidlEnd,
            _ => Event::ListEnd,
        }
    }
}
