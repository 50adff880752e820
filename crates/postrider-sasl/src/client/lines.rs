//! A login as the lines of SMTP, POP3 and IMAP.

use alloc::string::String;
use alloc::vec::Vec;

use postrider_wire::Secret;

use super::{Exchange, Input, Step, TokenRejected};
use crate::line::{self, Line};
use crate::scram::{DeriveKey, DerivedKey};
use crate::{Error, Mechanism};

/// What the client does next.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a client that leaves one out stands still")]
pub enum LineStep {
    /// Send this line, and wait for what the server has to say to it.
    Say(Line),
    /// Derive the key, and come back with [`LineExchange::key`].
    DeriveKey(DeriveKey),
    /// Get a token, and come back with [`LineExchange::token`]. With a reason, the last one was refused,
    /// and what is said next is the command of a new login.
    NeedToken(Option<TokenRejected>),
    /// The login is over, and the server waits for no line of it.
    Failed(LineFault),
}

/// Why the client ends a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineFault {
    /// The exchange failed.
    #[error(transparent)]
    Exchange(#[from] Error),
    /// The client was told to give up.
    #[error("the login was given up")]
    GivenUp,
}

/// One login as the lines of SMTP (RFC 4954 §4), POP3 (RFC 5034 §4) and IMAP (RFC 9051 §6.2.2), as the
/// client sees it. A first message that does not fit into the command waits for an empty challenge; one
/// who gives up says `*` where the server waits for a line, and nothing elsewhere.
///
/// ```
/// use postrider_sasl::client::{Credentials, Exchange, LineExchange, LineStep};
/// use postrider_sasl::{ChannelBinding, Mechanism};
/// use postrider_wire::Secret;
///
/// let tim = Credentials::password("tim", Secret::new("tanstaaftanstaaf".into()))?;
/// let none = ChannelBinding::none();
/// let exchange = Exchange::new(Mechanism::Plain, &tim, &none, false, [7; 32])?;
/// let mut login = LineExchange::new(exchange, "AUTH", 512);
/// let LineStep::Say(line) = login.begin() else { panic!() };
/// assert_eq!(line.as_bytes(), b"AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");
/// assert_eq!(line.secret(), [11..39]);
/// login.accepted()?; // 235, +OK, OK
/// # Ok::<(), postrider_sasl::Error>(())
/// ```
#[derive(Debug)]
pub struct LineExchange {
    exchange: Exchange,
    command: String,
    most: usize,
    /// The first message, which did not fit into the command.
    withheld: Option<Secret<Vec<u8>>>,
    stage: Stage,
    due: Due,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The command was not said.
    Begins,
    /// The command was said.
    Asked,
    /// A challenge came, so that a line is due from the client or was said.
    Challenged,
    /// The client gave up with `*`.
    Cancelled(LineFault),
}

/// What the caller is to bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Nothing,
    Key,
    Token,
}

impl LineExchange {
    /// A login that begins with `command` (`AUTH`, or a tag and `AUTHENTICATE`), a space and the name of
    /// the mechanism. The initial response goes with it where that makes no more than `most` octets, CRLF
    /// included: 512 in SMTP, 255 in POP3, none where the server does not take it (IMAP without SASL-IR).
    #[must_use]
    pub fn new(exchange: Exchange, command: impl Into<String>, most: usize) -> Self {
        let (stage, due) = (Stage::Begins, Due::Nothing);
        Self { exchange, command: command.into(), most, withheld: None, stage, due }
    }

    /// Sets the command of a login that begins anew, where no two have the same (IMAP).
    pub fn set_command(&mut self, command: impl Into<String>) {
        self.command = command.into();
    }

    /// The mechanism.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.exchange.mechanism()
    }

    /// Whether the command was said.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.stage != Stage::Begins
    }

    /// Whether the server has taken up the mechanism: a challenge came.
    #[must_use]
    pub fn is_challenged(&self) -> bool {
        matches!(self.stage, Stage::Challenged | Stage::Cancelled(_))
    }

    /// Why `*` was said, if it was: whatever the server answers, the login has failed because of this.
    #[must_use]
    pub fn cancelled(&self) -> Option<LineFault> {
        match self.stage {
            Stage::Cancelled(fault) => Some(fault),
            _ => None,
        }
    }

    /// The first step.
    pub fn begin(&mut self) -> LineStep {
        self.step(Input::None)
    }

    /// The server goes on with this text, which is base64 without CRLF, of at most [`line::MOST`] octets
    /// when decoded; none where it was more than one line, as replies of SMTP can be.
    pub fn challenge(&mut self, text: Option<&[u8]>) -> LineStep {
        self.stage = Stage::Challenged;
        if let Some(message) = self.withheld.take() {
            // What goes with a challenge that only asks for the first word, servers differ in.
            return Self::response(&message);
        }
        match text.ok_or(Error::Malformed).and_then(|text| line::decode(text, line::MOST)) {
            Ok(challenge) => self.step(Input::Challenge(challenge.expose())),
            Err(fault) => self.cancel(fault.into()),
        }
    }

    /// The server goes on, and the client does not want to.
    pub fn decline_challenge(&mut self) -> LineStep {
        self.stage = Stage::Challenged;
        self.give_up()
    }

    /// The answer to [`LineStep::DeriveKey`]; nothing happens when no key is due.
    pub fn key(&mut self, key: DerivedKey) -> Option<LineStep> {
        self.bring(Due::Key, Input::Key(key))
    }

    /// The answer to [`LineStep::NeedToken`]; nothing happens when no token is due.
    pub fn token(&mut self, token: Secret<String>) -> Option<LineStep> {
        self.bring(Due::Token, Input::Token(token))
    }

    /// The protocol tells success.
    ///
    /// # Errors
    ///
    /// As [`Exchange::step`] with [`Input::Done`]: the server did not prove itself, or says so too early
    /// ([`Error::Premature`], also behind `*`). It may be anybody.
    pub fn accepted(&mut self) -> Result<(), Error> {
        match self.stage {
            Stage::Cancelled(_) => Err(Error::Premature),
            // It cannot know what was not said.
            _ if self.withheld.is_some() => Err(Error::Premature),
            _ => self.exchange.step(Input::Done).map(|_| ()),
        }
    }

    /// The protocol tells failure. Another token may be asked for, and is the begin of a new login; else
    /// it has [`LineStep::Failed`].
    pub fn refused(&mut self) -> LineStep {
        // It waits for no line any more.
        (self.stage, self.withheld) = (Stage::Begins, None);
        self.step(Input::Failed)
    }

    /// The client does not want to go on.
    pub fn give_up(&mut self) -> LineStep {
        self.cancel(LineFault::GivenUp)
    }

    fn bring(&mut self, due: Due, input: Input<'_>) -> Option<LineStep> {
        if self.due != due {
            return None;
        }
        self.due = Due::Nothing;
        Some(self.step(input))
    }

    fn step(&mut self, input: Input<'_>) -> LineStep {
        match self.exchange.step(input) {
            Ok(Step::Respond(message)) if self.stage == Stage::Begins => self.ask(Some(message)),
            Ok(Step::Respond(message)) => Self::response(&message),
            Ok(Step::Nothing) => self.ask(None),
            Ok(Step::DeriveKey(due)) => {
                self.due = Due::Key;
                LineStep::DeriveKey(due)
            }
            Ok(Step::NeedToken(why)) => {
                self.due = Due::Token;
                LineStep::NeedToken(why)
            }
            Ok(Step::Complete) => self.cancel(Error::OutOfOrder.into()),
            Err(fault) => self.cancel(fault.into()),
        }
    }

    fn ask(&mut self, message: Option<Secret<Vec<u8>>>) -> LineStep {
        self.stage = Stage::Asked;
        let command = [&self.command, " ", self.exchange.mechanism().name()].concat();
        let initial = message.as_ref().map(|message| line::encode_initial(message.expose()));
        let with = initial.map(|text| Line::new(&[&command, " "].concat(), text.expose()));
        LineStep::Say(match with.filter(|line| line.as_bytes().len() <= self.most) {
            Some(line) => line,
            None => {
                self.withheld = message;
                Line::new(&command, "")
            }
        })
    }

    fn response(message: &Secret<Vec<u8>>) -> LineStep {
        LineStep::Say(Line::new("", line::encode(message.expose()).expose()))
    }

    fn cancel(&mut self, fault: LineFault) -> LineStep {
        self.due = Due::Nothing;
        if self.stage != Stage::Challenged {
            return LineStep::Failed(fault);
        }
        self.stage = Stage::Cancelled(fault);
        LineStep::Say(Line::new("*", ""))
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;
    use crate::ChannelBinding;
    use crate::client::Credentials;

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.into())
    }

    fn login(mechanism: Mechanism, credentials: &Credentials, most: usize) -> LineExchange {
        let binding = ChannelBinding::none();
        let exchange = Exchange::new(mechanism, credentials, &binding, false, [7; 32]).unwrap();
        LineExchange::new(exchange, "AUTH", most)
    }

    /// RFC 4616 §4
    fn tim() -> Credentials {
        Credentials::password("tim", secret("tanstaaftanstaaf")).unwrap()
    }

    #[track_caller]
    fn says(step: LineStep, expected: &str) {
        let LineStep::Say(line) = step else { panic!("{step:?}") };
        assert_eq!(str::from_utf8(line.as_bytes()), Ok(expected));
    }

    const COMMAND: &str = "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n";

    #[test]
    fn a_first_message_that_does_not_fit_waits_for_a_challenge() {
        let mut fits = login(Mechanism::Plain, &tim(), COMMAND.len());
        says(fits.begin(), COMMAND);
        for most in [COMMAND.len() - 1, 0] {
            let mut login = login(Mechanism::Plain, &tim(), most);
            assert!(!login.is_begun());
            says(login.begin(), "AUTH PLAIN\r\n");
            assert!(login.is_begun() && !login.is_challenged());
            assert!(!format!("{login:?}").contains("tanstaaf"));
            assert_eq!(login.accepted(), Err(Error::Premature));
            // Some servers say words instead of nothing, or more of them than a line.
            let text = (most > 0).then_some(&b"go on"[..]);
            says(login.challenge(text), "AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");
            assert!(login.is_challenged());
            assert_eq!(login.accepted(), Ok(()));
        }
    }

    #[test]
    fn login_is_asked_for_name_and_password() {
        let mut login = login(Mechanism::Login, &tim(), 512);
        says(login.begin(), "AUTH LOGIN\r\n");
        says(login.challenge(Some(b"VXNlcm5hbWU6")), "dGlt\r\n");
        says(login.challenge(Some(b"UGFzc3dvcmQ6")), "dGFuc3RhYWZ0YW5zdGFhZg==\r\n");
        assert_eq!(login.accepted(), Ok(()));
    }

    #[test]
    fn an_empty_initial_response_is_an_equals_sign() {
        let mut login = login(Mechanism::External, &Credentials::external(), 512);
        says(login.begin(), "AUTH EXTERNAL =\r\n");
    }

    #[test]
    fn nonsense_is_answered_with_a_star_and_never_believed() {
        let long = alloc::vec![b'A'; line::LONGEST + 4];
        for (text, fault) in [
            (Some(&b"!"[..]), Error::Base64),
            (None, Error::Malformed),
            (Some(b"*"), Error::Cancelled),
            (Some(&long), Error::MessageTooLong { most: 9216 }),
        ] {
            let mut login = login(Mechanism::Login, &tim(), 512);
            login.begin();
            says(login.challenge(text), "*\r\n");
            assert_eq!(login.cancelled(), Some(LineFault::Exchange(fault)));
            assert_eq!(login.accepted(), Err(Error::Premature));
        }
    }

    #[test]
    fn who_gives_up_says_a_star_only_where_a_line_is_waited_for() {
        let mut unasked = login(Mechanism::Plain, &tim(), 0);
        assert_eq!(unasked.give_up(), LineStep::Failed(LineFault::GivenUp));
        let mut login = login(Mechanism::Plain, &tim(), 0);
        login.begin();
        says(login.decline_challenge(), "*\r\n");
        assert_eq!(login.cancelled(), Some(LineFault::GivenUp));
        assert_eq!(login.refused(), LineStep::Failed(LineFault::Exchange(Error::Refused)));
    }

    #[test]
    fn a_token_is_asked_for_and_another_one_begins_anew() {
        let user = Credentials::token_on_demand("user@example.com").unwrap();
        let mut login = login(Mechanism::OAuthBearer, &user, 40);
        assert_eq!(login.token(secret("early")), None);
        assert_eq!(login.begin(), LineStep::NeedToken(None));
        says(login.token(secret("vF9dft4qmT")).unwrap(), "AUTH OAUTHBEARER\r\n");
        assert_eq!(login.token(secret("twice")), None);
        // Refused before the message was said, which is then forgotten.
        assert!(matches!(login.refused(), LineStep::NeedToken(Some(_))));
        assert!(!login.is_begun());
        login.set_command("a2 AUTHENTICATE");
        says(login.token(secret("t")).unwrap(), "a2 AUTHENTICATE OAUTHBEARER\r\n");
        let text = "n,a=user@example.com,\u{1}auth=Bearer t\u{1}\u{1}";
        let line = format!("{}\r\n", line::encode(text.as_bytes()).expose());
        says(login.challenge(Some(b"")), &line);
    }

    #[test]
    fn a_key_is_asked_for() {
        let mut login = login(Mechanism::ScramSha256, &tim(), 512);
        let LineStep::Say(first) = login.begin() else { panic!() };
        let text = str::from_utf8(first.as_bytes()).unwrap().trim_end();
        let text = text.strip_prefix("AUTH SCRAM-SHA-256 ").unwrap();
        let first = line::decode(text.as_bytes(), 1000).unwrap();
        let (_, nonce) = str::from_utf8(first.expose()).unwrap().split_once("r=").unwrap();
        let challenge = format!("r={nonce}more,s=MDEyMzQ1Njc4OWFiY2RlZg==,i=4096");
        let challenge = line::encode(challenge.as_bytes());
        let step = login.challenge(Some(challenge.expose().as_bytes()));
        let LineStep::DeriveKey(due) = step else { panic!("{step:?}") };
        assert_eq!(login.token(secret("no token")), None);
        let key = due.derive();
        assert!(matches!(login.key(key.clone()), Some(LineStep::Say(_))));
        assert_eq!(login.key(key), None);
        assert_eq!(login.accepted(), Err(Error::ServerNotProven));
    }
}
