//! Who speaks, and for whom.

use alloc::boxed::Box;

use postrider_sasl::server::Identity;
use postrider_wire::{AbortReason, Inbox, Progress, TimerKind};

use super::{Ending, Event, Phase, Recipients, Server};
use crate::proxy::{Header, Parsed};
use crate::{AttributeName, Attributes, Error, State};

/// What a trusted peer told of others.
#[derive(Debug, Default)]
pub(super) struct Told {
    proxied: Option<Header>,
    xclient: Attributes,
    xforward: Attributes,
}

impl Server {
    /// What stood before the session, where a header of the PROXY protocol was due
    /// ([`super::Config::proxy`]).
    #[must_use]
    pub fn proxied(&self) -> Option<&Header> {
        self.told.as_ref()?.proxied.as_ref()
    }

    /// What a trusted proxy told of the client behind it ([`super::Config::xclient`]), all commands
    /// together. Forgotten at a TLS upgrade.
    #[must_use]
    pub fn xclient(&self) -> Option<&Attributes> {
        self.told.as_ref().map(|told| &told.xclient).filter(|told| !told.is_empty())
    }

    /// What a trusted filter told of where the mail of this transaction came from
    /// ([`super::Config::xforward`]). Forgotten when the transaction ends.
    #[must_use]
    pub fn xforward(&self) -> Option<&Attributes> {
        self.told.as_ref().map(|told| &told.xforward).filter(|told| !told.is_empty())
    }

    /// How the mail comes, as it stands behind `with` in a `Received` field: `SMTP`, `ESMTPSA` (RFC 3848),
    /// `UTF8LMTPS` (RFC 6531 §4.3) and the like.
    #[must_use]
    pub fn protocol_keyword(&self) -> &'static str {
        let secure = self.chassis.tls.is_established();
        let login = self.identity.is_some();
        match (self.is_lmtp(), self.traits.utf8, secure, login) {
            (false, ..) if !self.is_extended() => "SMTP",
            (false, false, false, false) => "ESMTP",
            (false, false, false, true) => "ESMTPA",
            (false, false, true, false) => "ESMTPS",
            (false, false, true, true) => "ESMTPSA",
            (false, true, false, false) => "UTF8SMTP",
            (false, true, false, true) => "UTF8SMTPA",
            (false, true, true, false) => "UTF8SMTPS",
            (false, true, true, true) => "UTF8SMTPSA",
            (true, false, false, false) => "LMTP",
            (true, false, false, true) => "LMTPA",
            (true, false, true, false) => "LMTPS",
            (true, false, true, true) => "LMTPSA",
            (true, true, false, false) => "UTF8LMTP",
            (true, true, false, true) => "UTF8LMTPA",
            (true, true, true, false) => "UTF8LMTPS",
            (true, true, true, true) => "UTF8LMTPSA",
        }
    }

    /// The header of the PROXY protocol, whole and in time, or nothing is said at all.
    pub(super) fn poll_proxy(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        rx.expect_units(self.unit_limit());
        if self.ending == Ending::Shutdown {
            self.over();
            return Ok(None);
        }
        self.chassis.timers.ensure(TimerKind::Idle, self.config.limits.proxy_time);
        match Header::parse(rx.octets()) {
            Parsed::Complete { header, octets } => {
                rx.skip(octets);
                self.chassis.timers.stop(TimerKind::Idle);
                self.told.get_or_insert_default().proxied = Some(header.clone());
                self.phase = Phase::Greeting;
                Ok(Some(Progress::Event(Event::Proxied(header))))
            }
            Parsed::Partial if !rx.is_eof() => Ok(Some(Progress::Wait { input: true, app: false })),
            // Whoever only looks whether the port is open says nothing.
            Parsed::Partial if rx.is_empty() => {
                self.over();
                Ok(None)
            }
            Parsed::Partial => Err(self.fail(Error::Eof { offset: rx.offset() })),
            Parsed::Invalid(fault) => {
                Err(self.fail(Error::ProxyHeader { fault, offset: rx.offset() }))
            }
        }
    }

    /// The session begins anew, as that of the client behind the proxy.
    pub(super) fn accept_xclient(&mut self, told: Attributes) {
        let all = self.told.get_or_insert_default();
        merge(&mut all.xclient, told);
        let login = all.xclient.value(AttributeName::Login);
        self.identity = login.map(|login| Box::new(Identity::new(login)));
        self.break_off(AbortReason::Withdrawn);
        self.end_transaction();
        self.client = None;
        self.state = State::Start;
        self.say_plain(&self.config.greeting());
        self.next_command();
    }

    pub(super) fn accept_xforward(&mut self, told: Attributes) {
        merge(&mut self.told.get_or_insert_default().xforward, told);
    }

    /// The transaction is over, and so is what was told of it.
    pub(super) fn forget_forwarded(&mut self) {
        if let Some(told) = &mut self.told {
            told.xforward = Attributes::new();
        }
    }

    /// RFC 3207 §4.2: what was learned in the clear is forgotten.
    pub(super) fn forget(&mut self) {
        self.client = None;
        self.identity = None;
        // What a proxy told of the connection came before it.
        let proxied = self.told.take().and_then(|told| told.proxied);
        self.told =
            proxied.map(|header| Box::new(Told { proxied: Some(header), ..Told::default() }));
        self.login = None;
        self.recipients = Recipients::default();
        self.deliveries = None;
        self.state = State::Start;
    }
}

/// What was told last counts.
fn merge(all: &mut Attributes, news: Attributes) {
    let before = core::mem::replace(all, news);
    for (name, value) in before.iter() {
        // What is there already is refused; anything else was good before.
        if let Ok(more) = all.clone().with(name, value.clone()) {
            *all = more;
        }
    }
}
