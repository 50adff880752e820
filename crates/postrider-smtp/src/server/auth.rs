//! `AUTH`: logins (RFC 4954).

use alloc::boxed::Box;
use core::time::Duration;

use postrider_sasl::server::{Credential, Exchange, Identity, LineExchange, LineFault, LineStep};
use postrider_sasl::{Error as SaslError, Mechanism, line};
use postrider_wire::Progress;

use super::{Event, Phase, Question, Server, Turn, Verdict};
use crate::{Error, InitialResponse, MechanismName, Misuse, Reply, State};

/// A login under way.
#[derive(Debug)]
pub(super) struct Login {
    exchange: LineExchange,
    /// How long the embedder wants a refusal to be held back, if it said so.
    delay: Duration,
}

/// A step of the mechanism that is to be carried out with the next poll.
#[derive(Debug)]
pub(super) struct Due(LineStep);

impl Server {
    /// Who logged in, or in whose name a trusted peer speaks ([`super::Config::xclient`]). Forgotten at
    /// a TLS upgrade.
    #[must_use]
    pub fn authenticated(&self) -> Option<&Identity> {
        self.identity.as_deref()
    }

    /// Answers [`Event::Credential`]: goes on with the login. Where keys have to be derived of a password
    /// this takes a while. All refusals are the same, 535, and are held back: so long as was told with
    /// [`Server::delay`] before, else as the limits say.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when it was not asked.
    pub fn credential(&mut self, credential: Credential) -> Result<(), Error> {
        let (Phase::Asking(Question::Credential), Some(login)) = (&self.phase, &mut self.login)
        else {
            return Err(Misuse::NothingPending.into());
        };
        login.delay = self.delay;
        let step = login.exchange.credential(credential);
        self.phase = Phase::Step(Box::new(Due(step)));
        Ok(())
    }

    /// Whether a login could begin here, now or in the course of the session.
    pub(super) fn may_log_in(&self) -> bool {
        self.config.auth.is_some() && self.identity.is_none()
    }

    /// How long a line may be. Which command it is is known at its end only.
    pub(super) fn line_limit(&self) -> usize {
        let limit = self.config.limits.line;
        if self.may_log_in() { limit.max(line::LONGEST) } else { limit }
    }

    /// ```text
    /// auth-command = "AUTH" SP sasl-mech [SP initial-response] CRLF
    /// ```
    pub(super) fn obey_auth(
        &mut self,
        name: &MechanismName,
        initial: Option<&InitialResponse>,
    ) -> Option<Progress<Event>> {
        let mechanism = name.mechanism();
        // RFC 4954 §4: it is the server who begins. (Of LOGIN the prompt is known, and many send the
        // name along.)
        if mechanism == Some(Mechanism::CramMd5) && initial.is_some() {
            self.bad(Reply::own(501, (7, 0), "this mechanism has no initial response"));
            return None;
        }
        let (exchange, number) = match (&self.config.auth, mechanism) {
            (Some(config), Some(mechanism)) if config.mechanisms.contains(&mechanism) => {
                let entropy = config.entropy_for(self.logins);
                (Exchange::new(mechanism, config, self.tls(), entropy), self.logins)
            }
            _ => (Err(SaslError::NoChannel), self.logins),
        };
        // RFC 4954 §4: one that "requires an encryption layer" is as good as one that is not supported; 538
        // is history (§6).
        let Ok(exchange) = exchange else {
            self.bad(Reply::own(504, (5, 4), "unrecognised authentication mechanism"));
            return None;
        };
        self.logins = number.saturating_add(1);
        let mut exchange = LineExchange::new(exchange, "334 ");
        let step = exchange.begin(initial.map(|text| text.expose().as_bytes()));
        self.login = Some(Box::new(Login { exchange, delay: Duration::ZERO }));
        self.enter(crate::Keyword::Auth, true);
        self.carry_out(Due(step))
    }

    /// A line of the client amid a login.
    pub(super) fn hear(&mut self, response: &[u8]) -> Option<Progress<Event>> {
        self.turn = Turn::BehindNextReply;
        let step = self.login.as_mut()?.exchange.hear(response);
        self.carry_out(Due(step))
    }

    /// A line of a login that is longer than any may be.
    pub(super) fn hear_too_much(&mut self) {
        self.break_login_off(line_too_long());
    }

    /// Does what the mechanism wants.
    pub(super) fn carry_out(&mut self, due: Due) -> Option<Progress<Event>> {
        match due.0 {
            LineStep::Say(line) => {
                // A command is taken only while there is room for its reply.
                let _ = self.chassis.send_secret(line.as_bytes(), line.secret());
                self.mark_turn();
                self.next_command();
            }
            LineStep::NeedCredential(request) => {
                return Some(self.ask(Question::Credential, Event::Credential(request)));
            }
            LineStep::Identified(identity) => return Some(self.ask_identity(identity)),
            LineStep::Refused(_) => self.refuse_login(invalid()),
            LineStep::Broken(fault) => self.break_login_off(broken(fault)),
            LineStep::Unavailable(_) => self.break_login_off(unavailable()),
        }
        None
    }

    fn ask_identity(&mut self, identity: Identity) -> Progress<Event> {
        let event = Event::Authenticated { identity: identity.clone() };
        self.ask(Question::Identity(Box::new(identity)), event)
    }

    /// Refuses, after a while.
    fn refuse_login(&mut self, reply: Reply) {
        self.delay = Duration::ZERO;
        self.phase = Phase::Asking(Question::Credential);
        // It was just asked.
        let _ = self.give(Verdict::Refused(reply));
    }

    /// How long a refusal is held back.
    pub(super) fn refusal_delay(&self) -> Duration {
        let told = self.login.as_ref().map_or(Duration::ZERO, |login| login.delay);
        let ours = self.config.limits.refusal_delay(self.failed_logins);
        [self.delay, told, ours].into_iter().find(|delay| !delay.is_zero()).unwrap_or_default()
    }

    /// The login is over because of what the client said, which counts as an error.
    fn break_login_off(&mut self, reply: Reply) {
        self.end_login();
        self.bad(reply);
        if !self.is_over() {
            self.next_command();
        }
    }

    pub(super) fn end_login(&mut self) {
        self.login = None;
        if self.state == State::Auth {
            self.state = State::Greeted;
        }
    }

    /// The verdict on a login is no, and its time has come.
    pub(super) fn login_refused(&mut self, reply: Reply) {
        self.end_login();
        if reply.is_permanent() {
            self.failed_logins = self.failed_logins.saturating_add(1);
        }
        let over = self.failed_logins >= self.config.limits.failed_logins;
        self.conclude_with(if over && reply.is_permanent() {
            Reply::own(421, (7, 0), "too many failed logins")
        } else {
            reply
        });
    }

    pub(super) fn login_accepted(&mut self, identity: Box<Identity>) {
        self.end_login();
        self.identity = Some(identity);
        self.say(Reply::own(235, (7, 0), "authentication succeeded"));
        self.next_command();
    }

    pub(super) fn mark_turn(&mut self) {
        if self.turn == Turn::BehindNextReply {
            self.turn = Turn::Behind(self.chassis.out.queued());
        }
    }
}

/// What is said to every login that fails, whatever the cause.
pub(super) fn invalid() -> Reply {
    Reply::own(535, (7, 8), "authentication credentials invalid")
}

/// What is said to a line of base64 that is longer than any may be (RFC 4954 §6).
pub(super) fn line_too_long() -> Reply {
    Reply::own(500, (5, 6), "authentication exchange line is too long")
}

/// What is said to a login that could not be looked at.
pub(super) fn unavailable() -> Reply {
    Reply::own(454, (7, 0), "temporary authentication failure")
}

/// What is said to a client that does not keep to the rules, or wants no more.
fn broken(fault: LineFault) -> Reply {
    match fault {
        LineFault::Cancelled => Reply::own(501, (7, 0), "authentication cancelled"),
        LineFault::TooLong => line_too_long(),
        LineFault::NotEmpty => Reply::own(501, (5, 2), "nothing was to be said here"),
        _ => Reply::own(501, (5, 2), "cannot decode the base64"),
    }
}
