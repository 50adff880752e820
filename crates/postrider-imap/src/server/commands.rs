//! Commands: which are not for the embedder, and which the machine answers itself.

use alloc::boxed::Box;
use alloc::vec::Vec;

use postrider_wire::{Inbox, TimerKind};

use super::demands::{Needs, Supply, Unmet};
use super::peek::Peeked;
use super::read::Step;
use super::respond::Notified;
use super::{Access, Asked, Event, Feature, Phrase, Selecting, Server, Stage};
use crate::value::Atom;
use crate::{Capability, Code, Command, PlainCode, Response, Status, StatusKind, Tag};
use crate::{CommandName, Error, Literals, State};

impl Asked {
    pub(super) fn new(tag: Tag, name: CommandName, uid: bool) -> Self {
        let selecting = match name {
            CommandName::Select | CommandName::Examine => Selecting::Asked,
            _ => Selecting::Nothing,
        };
        let (holds_numbers, notify) = (false, Notified::Nothing);
        Self { tag, name, uid, holds_numbers, selecting, notify }
    }

    /// A login under way.
    pub(super) fn authenticate(tag: Tag) -> Self {
        Self::new(tag, CommandName::Authenticate, false)
    }

    fn of(tag: Tag, command: &Command) -> Self {
        let mut asked = Self::new(tag, CommandName::of(command), command.has_uid());
        asked.holds_numbers = command.holds_numbers();
        if let Command::Notify(notify) = command {
            asked.notify = Notified::of(notify);
        }
        asked
    }
}

impl Server {
    /// What may be offered as things stand.
    pub(super) fn capabilities(&self) -> Vec<Capability> {
        let features = self.config.features;
        let mut all = Vec::from(["IMAP4rev1"]);
        let before_login = self.state == State::NotAuthenticated;
        match self.config.literals() {
            Literals::Plus => all.push("LITERAL+"),
            Literals::Minus => all.push("LITERAL-"),
            Literals::Wait => {}
        }
        let mut more = Vec::new();
        if before_login {
            let early = [Feature::Imap4Rev2, Feature::Id];
            let early = early.into_iter().filter(|feature| features.contains(*feature));
            all.extend(early.map(Feature::name));
            if self.offers_tls() {
                all.push("STARTTLS");
            }
            if !self.takes_login() {
                all.push("LOGINDISABLED");
            }
            if self.config.auth.is_some() {
                all.push("SASL-IR");
            }
            let auth = self.mechanisms().map(|one| alloc::format!("AUTH={one}"));
            more.extend(auth);
        } else {
            if features.enabling().next().is_some() {
                all.push("ENABLE");
            }
            let compressed = self.inflating.is_some();
            // The compression would have to end with it (RFC 8437 §4).
            let offered = |feature: &Feature| *feature != Feature::Unauthenticate || !compressed;
            all.extend(features.iter().filter(offered).flat_map(Feature::words).copied());
            if features.contains(Feature::AppendLimit) {
                more.push(alloc::format!("APPENDLIMIT={}", self.config.limits.append));
            }
            if self.offers_compression() {
                all.push("COMPRESS=DEFLATE");
            }
        }
        let more = more.into_iter().filter_map(|word| Capability::new(word).ok());
        all.into_iter().map(Capability::from_static).chain(more).collect()
    }

    pub(super) fn offers_tls(&self) -> bool {
        self.config.can_start_tls() && !self.chassis.tls.is_established()
    }

    /// Whether a password may cross this connection (RFC 3501 §6.2.3).
    pub(super) fn takes_login(&self) -> bool {
        use postrider_wire::ClearTextLogin::Allow;
        let safe = self.chassis.tls.is_established()
            || (!self.config.requires_tls() && self.config.clear_text_login == Allow);
        safe && self.config.login == super::LoginCommand::Offer
    }

    /// Why a command is not even read to its end.
    pub(super) fn objection_to(&self, peeked: &Peeked) -> Option<Status> {
        self.objection(peeked.name.unwrap_or(CommandName::Other), peeked.uid)
    }

    /// Why a command of this name is not for the embedder, whatever its arguments are; `uid` tells
    /// whether UID stands before it.
    pub(super) fn objection(&self, name: CommandName, uid: bool) -> Option<Status> {
        let bad = |phrase| Some(Status::bad(self.words(phrase)));
        if !Needs::of(name, uid).are_met(self.config.features) {
            return bad(Phrase::UnknownCommand);
        }
        if !self.state.allows(name) {
            return bad(Phrase::WrongState);
        }
        let private = || {
            let status = Status::no(self.words(Phrase::TlsFirst));
            Some(status.with_code(Code::Plain(PlainCode::PrivacyRequired)))
        };
        match name {
            CommandName::Compress => self.compress_objection(),
            CommandName::StartTls if !self.offers_tls() => bad(Phrase::NoTls),
            CommandName::Login if self.config.login == super::LoginCommand::Refuse => {
                bad(Phrase::UnknownCommand)
            }
            CommandName::Login if !self.takes_login() => private(),
            CommandName::Authenticate if self.config.auth.is_none() => {
                Some(Status::no(self.words(Phrase::NoMechanism)))
            }
            CommandName::Authenticate if !self.allows_proofs() => private(),
            // RFC 8437 §4: the compression would have to end with it.
            CommandName::Unauthenticate if self.inflating.is_some() => {
                bad(Phrase::CompressedAlready)
            }
            // EXPUNGE of RFC 3501 §6.4.3 removes; CLOSE does not where the mailbox is read-only.
            CommandName::Store
            | CommandName::Expunge
            | CommandName::Move
            | CommandName::Replace
                if self.access == Access::ReadOnly =>
            {
                let status = Status::no(self.words(Phrase::ReadOnly));
                Some(status.with_code(Code::Plain(PlainCode::ReadOnly)))
            }
            _ => None,
        }
    }

    /// What there is for the arguments of a command.
    pub(super) fn supply(&self) -> Supply {
        Supply { features: self.config.features, enabled: self.enabled }
    }

    /// What is said to a command that needs what is not there.
    pub(super) fn unmet(&self, unmet: Unmet) -> Status {
        let named = |phrase, feature: Feature| {
            let mut text = self.words(phrase).as_bytes().to_vec();
            text.extend_from_slice(b": ");
            text.extend_from_slice(feature.name().as_bytes());
            Status::bad(crate::Text::new(text).unwrap_or_default())
        };
        match unmet {
            Unmet::Feature(feature) => named(Phrase::NotOffered, feature),
            Unmet::Enable(feature) => named(Phrase::NotEnabled, feature),
            Unmet::Unknown => Status::bad(self.words(Phrase::Syntax)),
            Unmet::UidRequired => Status::bad(self.words(Phrase::UidRequired))
                .with_code(Code::Plain(PlainCode::UidRequired)),
        }
    }

    pub(super) fn on_command(&mut self, rx: &Inbox, tag: Tag, command: Command) -> Step {
        let supply = self.supply();
        if let Err(unmet) = supply.meets(&command) {
            let status = self.unmet(unmet);
            self.refuse(Some(tag), status);
            return Step::Again;
        }
        let asked = Asked::of(tag, &command);
        let event = match command {
            Command::Capability => {
                self.say_response(&Response::Capability(self.capabilities()));
                self.say_completed(asked);
                return Step::Again;
            }
            // Nothing can be new to a stranger.
            Command::Noop if self.state == State::NotAuthenticated => {
                self.say_completed(asked);
                return Step::Again;
            }
            Command::Logout => {
                self.logout(asked);
                return Step::Again;
            }
            Command::StartTls => {
                self.start_tls(rx, asked);
                return Step::Again;
            }
            Command::Compress(mechanism) if mechanism.is("DEFLATE") => {
                self.compress(rx, asked);
                return Step::Again;
            }
            Command::Compress(_) => {
                let status = Status::bad(self.words(Phrase::NoMechanism));
                self.refuse(Some(asked.tag), status);
                return Step::Again;
            }
            Command::Enable(names) => {
                self.enable(&names, asked);
                return Step::Again;
            }
            Command::Authenticate { mechanism, initial } => {
                return self.authenticate(asked.tag, &mechanism, initial.as_ref());
            }
            Command::Login { user, password } => {
                self.delay_refusal();
                self.chassis.timers.stop(TimerKind::Idle);
                Event::Login { user, password }
            }
            command => {
                if supply.enables_condstore(&command) {
                    self.enabled(Feature::CondStore);
                }
                Event::Command(command)
            }
        };
        self.asked = Some(asked);
        if self.news.is_empty() {
            return Step::Event(event);
        }
        // The notice comes first.
        self.next = Some(Box::new(event));
        Step::Again
    }

    /// ENABLE (RFC 5161 §3.1): what is not known is passed over.
    fn enable(&mut self, names: &[Atom], asked: Asked) {
        let offered = self.config.features;
        let known = names.iter().filter_map(Feature::enabled_by);
        let new: Vec<Feature> = known.filter(|feature| offered.contains(*feature)).collect();
        let mut told = Vec::new();
        for feature in new {
            // RFC 7162 §3.2.3: "ENABLE QRESYNC" also enables CONDSTORE.
            if feature == Feature::Qresync {
                self.enabled(Feature::CondStore);
            }
            if self.enabled(feature) {
                told.push(Atom::from_static(feature.name()));
            }
        }
        self.say_response(&Response::Enabled(told));
        self.say_completed(asked);
    }

    /// Enables a feature, of which the embedder will hear; whether it was not enabled before.
    fn enabled(&mut self, feature: Feature) -> bool {
        let new = !self.enabled.contains(feature);
        if new {
            self.enabled.insert(feature);
            self.news.insert(feature);
        }
        new
    }

    fn say_completed(&mut self, asked: Asked) {
        let text = self.words(Phrase::Completed { command: asked.name, uid: asked.uid });
        self.say_tagged(asked.tag, Status::ok(text));
    }

    fn logout(&mut self, asked: Asked) {
        let text = self.config.farewell.clone();
        let text = text.unwrap_or_else(|| self.words(Phrase::LoggingOut));
        self.say_status(Status::bye(text));
        self.say_completed(asked);
        self.state = State::Logout;
        self.over();
    }

    fn start_tls(&mut self, rx: &Inbox, asked: Asked) {
        // Anything behind STARTTLS would be taken for something said under TLS (CVE-2011-0411).
        if let Err(fault) = self.chassis.tls.agree(rx) {
            self.bye(Phrase::Behind, Some(fault.into()));
            return;
        }
        let text = self.words(Phrase::BeginTls);
        self.say_tagged(asked.tag, Status::ok(text));
    }

    /// Refuses a command. BAD is counted.
    pub(super) fn refuse(&mut self, tag: Option<Tag>, status: Status) {
        let is_bad = status.kind == StatusKind::Bad;
        match tag {
            Some(tag) => self.say_tagged(tag, status),
            None => self.say_status(status),
        }
        if is_bad {
            self.count_bad();
        }
    }

    pub(super) fn count_bad(&mut self) {
        let offset = self.offset;
        let limits = &self.config.limits;
        // Whoever logs in and out again goes on guessing where it was.
        let (bad, most) = match self.state {
            State::NotAuthenticated => {
                (&mut self.bad_before_login, limits.bad_commands_before_login)
            }
            _ => (&mut self.bad, limits.bad_commands),
        };
        *bad = bad.saturating_add(1);
        if *bad > most && self.stage != Stage::Over {
            self.bye(Phrase::TooManyBad, Some(Error::BadCommands { offset }));
        }
    }
}
