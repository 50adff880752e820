//! `AUTH` and `APOP`: logins that do not show the password (RFC 5034, RFC 1939 §7).

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;

use postrider_sasl::server::{Credential, Exchange, Identity, LineExchange, LineFault, LineStep};
use postrider_sasl::{Error as SaslError, line};
use postrider_wire::{Policy, Progress, Security, TimerKind};

use super::{Event, Phase, Question, Server};
use crate::state::Row;
use crate::{
    ApopDigest, ApopName, ApopProof, Error, InitialResponse, Keyword, MechanismName, Misuse, Reply,
    ResponseCode, Status, UserName,
};

/// A login under way.
#[derive(Debug)]
pub(super) struct Login {
    exchange: LineExchange,
    /// Who it is, while the embedder is asked.
    asked: Option<Identity>,
}

/// A step of the mechanism that is to be carried out with the next poll.
#[derive(Debug)]
pub(super) struct Due(LineStep);

impl Server {
    /// Who logged in with `AUTH`. Nobody, with the other commands: [`Event::Login`] and [`Event::Apop`] told.
    #[must_use]
    pub fn authenticated(&self) -> Option<&Identity> {
        self.identity.as_deref()
    }

    /// Answers [`Event::Credential`]: goes on with the login. Where keys have to be derived of a password
    /// this takes a while. All refusals are the same, with `[AUTH]`, and are held back.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when it was not asked.
    pub fn credential(&mut self, credential: Credential) -> Result<(), Error> {
        let (Phase::Asking(Question::Credential), Some(login)) = (&self.phase, &mut self.login)
        else {
            return Err(Misuse::NothingPending.into());
        };
        let step = login.exchange.credential(credential);
        self.phase = Phase::Step(Box::new(Due(step)));
        Ok(())
    }

    /// How long a line may be. Which command it is is known at its end only.
    pub(super) fn line_limit(&self) -> usize {
        let limit = self.config.limits.line;
        let may_log_in = self.config.auth.is_some() && !self.state.is_logged_in();
        if may_log_in { limit.max(line::LONGEST) } else { limit }
    }

    /// Whether a login that shows no password may begin on the connection as it is.
    pub(super) fn allows_proofs(&self) -> bool {
        self.chassis.tls.is_established()
            || !matches!(self.config.security, Security::StartTls(Policy::Required))
    }

    /// The mechanisms that are there now.
    pub(super) fn mechanisms(&self) -> String {
        let config = self.config.auth.as_ref().filter(|_| self.allows_proofs());
        let names = config.into_iter().flat_map(|config| config.offered(self.tls()));
        names.fold(String::new(), |list, mechanism| format!("{list} {mechanism}"))
    }

    pub(super) fn auth(
        &mut self,
        name: &MechanismName,
        initial: Option<&InitialResponse>,
        row: &Row,
    ) -> Option<Progress<Event>> {
        self.state = row.refused;
        let Some(config) = &self.config.auth else {
            self.bad("AUTH not available");
            return None;
        };
        if !self.allows_proofs() {
            self.bad("TLS is required for login");
            return None;
        }
        let exchange = match name.mechanism() {
            Some(mechanism) if config.mechanisms.contains(&mechanism) => {
                Exchange::new(mechanism, config, self.tls(), config.entropy_for(self.logins))
            }
            _ => Err(SaslError::NoChannel),
        };
        let exchange = match exchange {
            Ok(exchange) => exchange,
            Err(SaslError::NeedsTls) => {
                self.bad("TLS is required for this mechanism");
                return None;
            }
            Err(_) => {
                self.bad("unrecognised authentication mechanism");
                return None;
            }
        };
        self.logins = self.logins.saturating_add(1);
        let mut exchange = LineExchange::new(exchange, "+ ");
        let step = exchange.begin(initial.map(|text| text.expose().as_bytes()));
        self.login = Some(Box::new(Login { exchange, asked: None }));
        self.take_step(step)
    }

    /// A line of the client amid a login.
    pub(super) fn hear(&mut self, response: &[u8]) -> Option<Progress<Event>> {
        let step = self.login.as_mut()?.exchange.hear(response);
        self.take_step(step)
    }

    /// A line of a login that is longer than any may be.
    pub(super) fn hear_too_much(&mut self) {
        self.break_login_off(LineFault::TooLong);
    }

    fn take_step(&mut self, step: LineStep) -> Option<Progress<Event>> {
        use LineStep::{NeedCredential, Refused, Unavailable};
        if let NeedCredential(_) | Refused(_) | Unavailable(_) = step {
            // Counted from here, so that how long the verdict took cannot be seen in a refusal.
            let delay = self.config.limits.refusal_delay(self.failed_logins);
            self.hold_back(delay);
        }
        self.carry_out(Due(step))
    }

    /// Does what the mechanism wants.
    pub(super) fn carry_out(&mut self, due: Due) -> Option<Progress<Event>> {
        match due.0 {
            LineStep::Say(line) => {
                self.chassis.timers.stop(TimerKind::Delay);
                // A command is taken only while there is room for its reply.
                let _ = self.chassis.send_secret(line.as_bytes(), line.secret());
                self.next_command();
            }
            LineStep::NeedCredential(request) => {
                return Some(self.ask(Question::Credential, Event::Credential(request)));
            }
            LineStep::Identified(identity) => return Some(self.ask_identity(identity)),
            LineStep::Refused(_) => self.phase = Phase::Delayed(Keyword::Auth, invalid()),
            LineStep::Broken(fault) => self.break_login_off(fault),
            LineStep::Unavailable(_) => self.phase = Phase::Delayed(Keyword::Auth, unavailable()),
        }
        None
    }

    fn ask_identity(&mut self, identity: Identity) -> Progress<Event> {
        if let Some(login) = &mut self.login {
            login.asked = Some(identity.clone());
        }
        self.ask(Question::Identity, Event::Authenticated { identity })
    }

    /// The login is over because of what the client said, which counts as an error.
    fn break_login_off(&mut self, fault: LineFault) {
        let why = match fault {
            LineFault::Cancelled => "authentication cancelled",
            LineFault::TooLong => "line too long",
            LineFault::NotEmpty => "nothing was to be said here",
            _ => "cannot decode the base64",
        };
        self.login = None;
        self.chassis.timers.stop(TimerKind::Delay);
        self.phase = Phase::Command;
        self.bad(why);
    }

    /// The embedder has let the user in.
    pub(super) fn keep_identity(&mut self) {
        self.identity = self.login.take().and_then(|login| login.asked).map(Box::new);
    }

    pub(super) fn apop(
        &mut self,
        user: &ApopName,
        digest: ApopDigest,
        row: &Row,
    ) -> Option<Progress<Event>> {
        self.state = row.refused;
        let stamp = self.config.apop.as_deref().filter(|_| self.allows_proofs());
        let Some(stamp) = stamp.cloned() else {
            let known = self.config.apop.is_some();
            self.bad(if known { "TLS is required for login" } else { "APOP not available" });
            return None;
        };
        let event =
            Event::Apop { user: String::from(user.as_str()), proof: ApopProof::new(stamp, digest) };
        // It stands in a reply, if it can; every name of `APOP` is one of `USER`.
        self.user = UserName::new(user.as_str()).ok();
        let delay = self.config.limits.refusal_delay(self.failed_logins);
        self.hold_back(delay);
        Some(self.ask(Question::Apop, event))
    }
}

/// What is said to every login that fails, whatever the cause.
fn invalid() -> Reply {
    Reply::own(Status::Err, "authentication failed").with_code(ResponseCode::Auth)
}

/// What is said to a login that could not be looked at.
fn unavailable() -> Reply {
    Reply::own(Status::Err, "temporary authentication failure").with_code(ResponseCode::SysTemp)
}
