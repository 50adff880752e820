//! AUTHENTICATE (RFC 9051 §6.2.2): the mechanisms are those of `postrider-sasl`.

use alloc::boxed::Box;

use postrider_sasl::server::{Credential, Exchange, Identity, LineExchange, LineFault, LineStep};
use postrider_sasl::{Error as SaslError, Mechanism, line};
use postrider_wire::{Secret, TimerKind};

use super::read::{Credentials, Step};
use super::verdicts::Verdict;
use super::{Asked, Delay, Event, Phrase, Server};
use crate::value::{Atom, InitialResponse};
use crate::{Error, Misuse, PlainCode, Status, Tag};

/// A login under way.
#[derive(Debug)]
pub(super) struct Login {
    tag: Tag,
    exchange: LineExchange,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// The client has to say a line.
    Line,
    /// The embedder was asked what is known of the user.
    Credential,
    /// A step is to be carried out with the next poll.
    Due(LineStep),
    /// The embedder was asked whether this one may in.
    Identity(Identity),
}

impl Server {
    /// Who logged in by AUTHENTICATE. Nobody, by LOGIN: [`Event::Login`] told.
    #[must_use]
    pub fn authenticated(&self) -> Option<&Identity> {
        self.identity.as_deref()
    }

    /// Answers [`Event::Credential`]: goes on with the login. Where keys have to be derived of a
    /// password this takes a while. All refusals are the same, and are held back.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when it was not asked.
    pub fn credential(&mut self, credential: Credential) -> Result<(), Error> {
        let login = self.login.as_mut().filter(|login| matches!(login.place, Place::Credential));
        let Some(login) = login.filter(|_| self.held.is_none()) else {
            return Err(Misuse::NothingPending.into());
        };
        login.place = Place::Due(login.exchange.credential(credential));
        self.asked = None;
        Ok(())
    }

    /// The mechanisms that are there now.
    pub(super) fn mechanisms(&self) -> impl Iterator<Item = Mechanism> {
        let auth = self.config.auth.as_ref().filter(|_| self.allows_proofs());
        auth.into_iter().flat_map(|auth| auth.offered(self.chassis.tls.info()))
    }

    /// Whether a login that shows no password may begin on the connection as it is.
    pub(super) fn allows_proofs(&self) -> bool {
        self.chassis.tls.is_established() || !self.config.requires_tls()
    }

    /// The first step.
    pub(super) fn authenticate(
        &mut self,
        tag: Tag,
        name: &Atom,
        initial: Option<&InitialResponse>,
    ) -> Step {
        let Some(auth) = &self.config.auth else {
            return self.no_exchange(tag, PlainCode::Cannot, Phrase::NoMechanism);
        };
        let name = core::str::from_utf8(name.as_bytes()).ok();
        let exchange = match name.and_then(Mechanism::from_name) {
            Some(mechanism) if auth.mechanisms.contains(&mechanism) => {
                let tls = self.chassis.tls.info();
                Exchange::new(mechanism, auth, tls, auth.entropy_for(self.logins))
            }
            _ => Err(SaslError::NoChannel),
        };
        let exchange = match exchange {
            Ok(exchange) => exchange,
            Err(SaslError::NeedsTls) => {
                return self.no_exchange(tag, PlainCode::PrivacyRequired, Phrase::TlsFirst);
            }
            Err(_) => return self.no_exchange(tag, PlainCode::Cannot, Phrase::NoMechanism),
        };
        self.logins = self.logins.saturating_add(1);
        let mut exchange = LineExchange::new(exchange, "+ ");
        let step = exchange.begin(initial.map(InitialResponse::expose));
        self.login = Some(Box::new(Login { tag, exchange, place: Place::Line }));
        self.carry_out_login(step)
    }

    /// There is no such login: what a client says of it that does not wait is passed over.
    fn no_exchange(&mut self, tag: Tag, code: PlainCode, phrase: Phrase) -> Step {
        self.credentials = Credentials::MayFollow;
        self.refuse(Some(tag), Status::no(self.words(phrase)).with_code(code.into()));
        Step::Again
    }

    /// Whether the next line belongs to a login.
    pub(super) fn is_logging_in(&self) -> bool {
        self.login.is_some()
    }

    /// A line of the client amid a login.
    pub(super) fn on_login_line(&mut self, text: &Secret<alloc::vec::Vec<u8>>) -> Step {
        let text = text.expose();
        self.chassis.show_line_in(text, line::secret_of(text).as_slice());
        let Some(login) = &mut self.login else { return Step::Again };
        let step = login.exchange.hear(text);
        self.carry_out_login(step)
    }

    /// A line of a login that is longer than any may be.
    pub(super) fn on_login_too_long(&mut self) -> Step {
        self.break_login_off(LineFault::TooLong)
    }

    /// The step that the embedder's answer led to.
    pub(super) fn login_due(&mut self) -> Option<Step> {
        let login = self.login.as_mut().filter(|login| matches!(login.place, Place::Due(_)))?;
        let Place::Due(step) = core::mem::replace(&mut login.place, Place::Line) else {
            return None;
        };
        Some(self.carry_out_login(step))
    }

    fn carry_out_login(&mut self, step: LineStep) -> Step {
        use LineStep::{Identified, NeedCredential, Refused, Unavailable};
        if let NeedCredential(_) | Identified(_) | Refused(_) | Unavailable(_) = step {
            // Counted from here, so that how long the verdict took cannot be seen in a refusal.
            self.delay_refusal();
        }
        match step {
            LineStep::Say(text) => {
                self.stop_delay();
                if self.chassis.send_secret(text.as_bytes(), text.secret()).is_err() {
                    self.say(text.as_bytes());
                }
                self.reading.reader.expect_line();
                Step::Again
            }
            NeedCredential(request) => {
                self.ask_login(Place::Credential);
                Step::Event(Event::Credential(request))
            }
            Identified(identity) => {
                self.ask_login(Place::Identity(identity.clone()));
                Step::Event(Event::Authenticated { identity })
            }
            Refused(_) => self.fail_login(Phrase::LoginFailed, PlainCode::AuthenticationFailed),
            Unavailable(_) => self.fail_login(Phrase::LoginUnavailable, PlainCode::Unavailable),
            LineStep::Broken(fault) => self.break_login_off(fault),
        }
    }

    fn ask_login(&mut self, place: Place) {
        let Some(login) = &mut self.login else { return };
        login.place = place;
        self.chassis.timers.stop(TimerKind::Idle);
        self.asked = Some(Asked::authenticate(login.tag.clone()));
    }

    fn fail_login(&mut self, phrase: Phrase, code: PlainCode) -> Step {
        self.ask_login(Place::Line);
        let status = Status::no(self.words(phrase)).with_code(code.into());
        // It is asked right above, so this is no misuse.
        let _ = self.verdict(Verdict::End(status));
        Step::Again
    }

    /// The login is over because of what the client said, which counts as bad.
    fn break_login_off(&mut self, fault: LineFault) -> Step {
        let tag = self.login.take().map(|login| login.tag);
        self.chassis.timers.stop(TimerKind::Delay);
        self.delay = Delay::None;
        if fault != LineFault::Cancelled {
            // One that does not wait goes on with its credentials.
            self.credentials = Credentials::MayFollow;
        }
        let phrase = match fault {
            LineFault::Cancelled => Phrase::Cancelled,
            LineFault::TooLong => Phrase::TooLong,
            _ => Phrase::BadResponse,
        };
        self.refuse(tag, Status::bad(self.words(phrase)));
        Step::Again
    }

    /// Whether the embedder was asked what is known of a user, which only a credential answers.
    pub(super) fn awaits_credential(&self) -> bool {
        self.login.as_ref().is_some_and(|login| matches!(login.place, Place::Credential))
    }

    /// A login has its verdict.
    pub(super) fn end_login(&mut self, accepted: bool) {
        let login = self.login.take();
        if !accepted {
            self.failed_logins = self.failed_logins.saturating_add(1);
            // One that does not wait goes on with its credentials.
            self.credentials = Credentials::MayFollow;
            return;
        }
        if let Some(Place::Identity(identity)) = login.map(|login| login.place) {
            self.identity = Some(Box::new(identity));
        }
        let limits = self.config.limits;
        self.reading.reader.set_limits(&limits);
    }

    /// Nobody is logged in any more (RFC 8437).
    pub(super) fn unauthenticated(&mut self) {
        self.identity = None;
        self.enabled = super::Features::none();
        self.notified = super::Notified::Nothing;
        let limits = self.config.limits.before_login();
        self.reading.reader.set_limits(&limits);
    }

    /// A refusal leaves no sooner than this.
    pub(super) fn delay_refusal(&mut self) {
        if self.delay == Delay::None {
            let after = self.config.limits.refusal_delay(self.failed_logins);
            self.chassis.timers.start(TimerKind::Delay, after);
            self.delay = Delay::Refusal;
        }
    }

    pub(super) fn stop_delay(&mut self) {
        if self.delay == Delay::Refusal {
            self.chassis.timers.stop(TimerKind::Delay);
            self.delay = Delay::None;
        }
    }
}
