//! What each reply means.

use alloc::boxed::Box;

use postrider_wire::dot::Stuffer;
use postrider_wire::{Direction, Inbox, Policy, Security, Unit};

use super::payload::Framing;
use super::sending::Cause;
use super::{Awaits, Client, Ending, Event, Extent, Outcome, Sent};
use crate::{Capabilities, Command, Error, Keyword, Protocol, Reply, State};

impl Client {
    /// A reply where none is due: the server ends the session, or has lost its mind.
    pub(super) fn unsolicited(&mut self, reply: Reply, offset: u64) -> Result<(), Error> {
        if !reply.is_closing() {
            return Err(Error::Unsolicited { offset });
        }
        if self.extent.is_none() && self.sending.is_none() {
            self.events.push_back(Event::Refused(reply.clone()));
        }
        self.hung_up(reply);
        Ok(())
    }

    /// A reply amid the payload: the server will not have the rest. Behind `DATA` nobody can tell it where
    /// the mail ends now without ending it, so the connection closes.
    pub(super) fn interrupted(&mut self, reply: Reply, offset: u64) -> Result<(), Error> {
        if !reply.is_refusal() {
            return Err(Error::Unsolicited { offset });
        }
        if self.bear_refusal(&reply) {
            return Ok(());
        }
        self.end_payload();
        self.hung_up(reply);
        Ok(())
    }

    /// The session is over because of this reply.
    pub(super) fn hung_up(&mut self, reply: Reply) {
        if let Some(Extent::Partial | Extent::Whole(_)) = self.extent {
            self.extent = Some(Extent::Refused(Box::new(reply.clone())));
        }
        self.over_for(&Cause::Reply(reply));
    }

    pub(super) fn answered(&mut self, sent: Sent, reply: Reply, rx: &Inbox) -> Result<(), Error> {
        let offset = rx.offset();
        let closing = reply.is_closing().then(|| reply.clone());
        match sent {
            Sent::Nothing => self.greeted(reply, offset)?,
            Sent::Ehlo | Sent::Helo => self.hello_answered(&sent, reply, offset)?,
            Sent::StartTls(hello) => self.start_tls_answered(*hello, reply, rx)?,
            Sent::Mail => self.mail_answered(reply, offset)?,
            Sent::Rcpt(path) => {
                if let Err(nonsense) = self.step(Keyword::Rcpt, &reply, offset) {
                    self.events.push_back(Event::Unanswered { path });
                    return Err(nonsense);
                }
                self.events.push_back(Event::Rcpt { path, reply });
            }
            Sent::Data => self.data_answered(reply, offset)?,
            Sent::Dot => self.mail_taken(reply, offset)?,
            Sent::Bdat { last } => self.chunk_answered(reply, last, offset)?,
            Sent::Rset => {
                self.step(Keyword::Rset, &reply, offset)?;
                if reply.is_positive() {
                    self.end_transaction(None);
                }
                self.events.push_back(Event::Reset(reply));
            }
            Sent::Tidy => {
                // RFC 5321 §4.1.1.5 has no refusal; whatever came, the transaction is over.
                self.state = State::Greeted;
                self.end_transaction(None);
            }
            Sent::Noop => {
                self.step(Keyword::Noop, &reply, offset)?;
                self.events.push_back(Event::Noop(reply));
            }
            Sent::Quit => self.over(),
            Sent::Auth => self.auth_answered(reply, offset)?,
            Sent::Aside(keyword) => self.aside_answered(keyword, reply, offset)?,
            Sent::HelloAgain(aside) => self.hello_again_answered(*aside, reply, offset)?,
        }
        if let Some(reply) = closing.filter(|_| !matches!(self.awaits, Awaits::Over)) {
            self.hung_up(reply);
        }
        Ok(())
    }

    /// Goes where the table says. Only `DATA` may be answered with 3yz.
    pub(super) fn step(
        &mut self,
        keyword: Keyword,
        reply: &Reply,
        offset: u64,
    ) -> Result<(), Error> {
        if reply.is_intermediate() {
            return Err(Error::Unexpected { offset });
        }
        if let Some(row) = self.state.row(keyword) {
            self.state = if reply.is_positive() { row.accepted } else { row.refused };
        }
        Ok(())
    }

    /// RFC 5321 §3.1: 220, or a refusal that is answered with `QUIT`.
    fn greeted(&mut self, reply: Reply, offset: u64) -> Result<(), Error> {
        match reply.code() {
            220 => self.say_hello(),
            _ if reply.is_refusal() => self.refused(reply),
            _ => return Err(Error::Unexpected { offset }),
        }
        Ok(())
    }

    pub(super) fn refused(&mut self, reply: Reply) {
        let closing = reply.is_closing();
        self.events.push_back(Event::Refused(reply));
        if closing || self.say(&Command::Quit, Sent::Quit).is_err() {
            self.over();
        }
    }

    fn hello_answered(&mut self, sent: &Sent, reply: Reply, offset: u64) -> Result<(), Error> {
        let extended = *sent == Sent::Ehlo;
        self.step(if extended { Keyword::Ehlo } else { Keyword::Helo }, &reply, offset)?;
        if reply.is_positive() {
            if extended {
                self.capabilities = Capabilities::from_reply(&reply);
            }
            return self.secure_or_ready(reply);
        }
        // RFC 5321 §3.2: a server that does not know EHLO may know HELO. It cannot know STARTTLS.
        if extended && reply.is_permanent() && self.config.protocol == Protocol::Smtp {
            if self.policy() == Policy::Required {
                return Err(Error::TlsRefused);
            }
            let _ = self.say(&Command::Helo(self.config.name.clone()), Sent::Helo);
            return Ok(());
        }
        self.refused(reply);
        Ok(())
    }

    /// What policy still wants before the session is ready.
    fn policy(&self) -> Policy {
        match self.config.security {
            Security::StartTls(policy) if !self.chassis.tls.is_established() => policy,
            _ => Policy::Never,
        }
    }

    fn secure_or_ready(&mut self, reply: Reply) -> Result<(), Error> {
        let offered = self.capabilities.offers("STARTTLS");
        match (self.policy(), offered) {
            // QUIT is next.
            _ if self.ending != Ending::No => Ok(()),
            (Policy::Required, false) => Err(Error::TlsRefused),
            (Policy::Required | Policy::Opportunistic, true) => {
                let _ = self.say(&Command::StartTls, Sent::StartTls(Box::new(reply)));
                Ok(())
            }
            _ => {
                self.log_in_or_ready(reply);
                Ok(())
            }
        }
    }

    pub(super) fn ready(&mut self, reply: Reply) {
        let capabilities = self.capabilities.clone();
        self.events.push_back(Event::Ready { reply, capabilities });
    }

    fn start_tls_answered(&mut self, hello: Reply, reply: Reply, rx: &Inbox) -> Result<(), Error> {
        if reply.code() == 220 {
            self.awaits = Awaits::Upgrading;
            return self.chassis.tls.agree(rx).map_err(|fault| Error::upgrade(fault, rx.offset()));
        }
        if !reply.is_refusal() {
            return Err(Error::Unexpected { offset: rx.offset() });
        }
        if self.policy() == Policy::Required {
            return Err(Error::TlsRefused);
        }
        if reply.is_closing() {
            self.refused(reply);
        } else {
            self.log_in_or_ready(hello);
        }
        Ok(())
    }

    fn mail_answered(&mut self, reply: Reply, offset: u64) -> Result<(), Error> {
        self.step(Keyword::Mail, &reply, offset)?;
        if reply.is_positive() {
            self.events.push_back(Event::Mail(reply));
        } else {
            self.end_transaction(Some(Outcome::Refused(reply)));
        }
        Ok(())
    }

    fn data_answered(&mut self, reply: Reply, offset: u64) -> Result<(), Error> {
        if reply.is_positive() {
            return Err(Error::Unexpected { offset });
        }
        if reply.is_intermediate() {
            let accepted = self.state == State::Rcpt;
            self.state = State::Data;
            self.begin_payload(Framing::Data(Stuffer::new(self.config.newlines)));
            if accepted {
                self.events.push_back(Event::DataBegin(reply));
            } else {
                self.say_lone_dot();
            }
            return Ok(());
        }
        // Whether the transaction is still open at the server, not all servers agree: RSET makes
        // sure (RFC 5321 §4.1.4).
        self.refused_for_good(reply);
        Ok(())
    }

    /// 354 though no recipient was accepted: nobody gets the mail, so an empty one is sent (RFC 2920
    /// §3.1).
    fn say_lone_dot(&mut self) {
        self.write_lone_dot();
        self.extent = Some(Extent::Partial);
    }

    pub(super) fn write_lone_dot(&mut self) {
        self.chassis.show(Direction::Out, Unit::Payload(&[]));
        if self.finish().is_err() {
            self.over();
        }
    }

    fn refused_for_good(&mut self, reply: Reply) {
        let closing = reply.is_closing();
        self.extent = Some(Extent::Refused(Box::new(reply)));
        if !closing {
            self.tidy_up();
        }
    }

    fn chunk_answered(&mut self, reply: Reply, last: bool, offset: u64) -> Result<(), Error> {
        if reply.is_intermediate() {
            return Err(Error::Unexpected { offset });
        }
        match (reply.is_positive(), last) {
            (false, _) if self.is_unread() => return Err(Error::Unexpected { offset }),
            (true, true) => return self.mail_taken(reply, offset),
            (true, false) => self.events.push_back(Event::Bdat(reply)),
            (false, _) => self.refused_for_good(reply),
        }
        Ok(())
    }

    /// The answer to a mail that was sent to its end.
    fn mail_taken(&mut self, reply: Reply, offset: u64) -> Result<(), Error> {
        if reply.is_intermediate() {
            return Err(Error::Unexpected { offset });
        }
        self.state = State::Greeted;
        let outcome = match self.extent {
            Some(Extent::Partial) => Outcome::NotSent,
            // The server cannot take what has not left.
            Some(Extent::Whole(mark))
                if reply.is_positive() && (self.chassis.out.sent() < mark || self.is_early()) =>
            {
                return Err(Error::Unexpected { offset });
            }
            _ if reply.is_positive() => Outcome::Accepted(reply),
            _ => Outcome::Refused(reply),
        };
        self.end_transaction(Some(outcome));
        Ok(())
    }
}
