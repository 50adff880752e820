//! Who speaks, and for whom.

use alloc::boxed::Box;

use postrider_sasl::server::Identity;
use postrider_wire::AbortReason;

use super::{Recipients, Server};
use crate::{AttributeName, Attributes, State};

impl Server {
    /// What a trusted proxy told of the client behind it ([`super::Config::xclient`]), all commands
    /// together. Forgotten at a TLS upgrade.
    #[must_use]
    pub fn xclient(&self) -> Option<&Attributes> {
        self.xclient.as_deref()
    }

    /// What a trusted filter told of where the mail of this transaction came from
    /// ([`super::Config::xforward`]). Forgotten when the transaction ends.
    #[must_use]
    pub fn xforward(&self) -> Option<&Attributes> {
        self.xforward.as_deref()
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

    /// The session begins anew, as that of the client behind the proxy.
    pub(super) fn accept_xclient(&mut self, told: Attributes) {
        let told = merged(self.xclient.take(), told);
        let login = told.value(AttributeName::Login);
        self.identity = login.map(|login| Box::new(Identity::new(login)));
        self.xclient = Some(Box::new(told));
        self.break_off(AbortReason::Withdrawn);
        self.end_transaction();
        self.client = None;
        self.state = State::Start;
        self.say_plain(&self.config.greeting());
        self.next_command();
    }

    pub(super) fn accept_xforward(&mut self, told: Attributes) {
        self.xforward = Some(Box::new(merged(self.xforward.take(), told)));
    }

    /// RFC 3207 §4.2: what was learned in the clear is forgotten.
    pub(super) fn forget(&mut self) {
        self.client = None;
        self.identity = None;
        self.xclient = None;
        self.xforward = None;
        self.login = None;
        self.recipients = Recipients::default();
        self.forget_recipients();
        self.state = State::Start;
    }
}

/// What was told last counts.
fn merged(before: Option<Box<Attributes>>, told: Attributes) -> Attributes {
    let Some(before) = before else { return told };
    let news = told.clone();
    let kept = before.iter().filter(|(name, _)| news.get(*name).is_none());
    kept.fold(told, |all, (name, value)| {
        // It is not there yet, and was good before.
        all.clone().with(name, value.clone()).unwrap_or(all)
    })
}
