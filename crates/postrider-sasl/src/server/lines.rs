//! A login as the lines of SMTP, POP3 and IMAP.

use super::{Credential, Exchange, Failure, Identity, Input, Request, Step};
use crate::line::{self, Line};
use crate::{Error, Mechanism};

/// What the server does next.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a server that leaves one out stands still")]
pub enum LineStep {
    /// Send this line, and wait for one of the client.
    Say(Line),
    /// Look up what is known of the user, and come back with [`LineExchange::credential`].
    NeedCredential(Request),
    /// The client is who it says. Whether it may act as whom it wants to is for the embedder to say.
    Identified(Identity),
    /// The login has failed. All failures are answered alike.
    Refused(Failure),
    /// The client does not keep to the rules, or wants no more. Nothing was learned of its credentials.
    Broken(LineFault),
    /// The login cannot be looked at: a mistake of the caller.
    Unavailable(Error),
}

/// How a client ends a login, if not by its credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum LineFault {
    /// It said `*`.
    #[error("authentication cancelled")]
    Cancelled,
    /// A line is longer than any may be.
    #[error("line too long")]
    TooLong,
    /// A line is not canonical base64 (RFC 4648 §3).
    #[error("cannot decode the base64")]
    Base64,
    /// The server's own proof was not answered with an empty line.
    #[error("nothing was to be said here")]
    NotEmpty,
}

/// One login as the lines of SMTP (RFC 4954 §4), POP3 (RFC 5034 §4) and IMAP (RFC 9051 §6.2.2), as the
/// server sees it. Success has no room for data there: the server's own proof is a challenge more.
///
/// ```
/// use postrider_sasl::Mechanism;
/// use postrider_sasl::server::{Config, Credential, Exchange, Identity, LineExchange, LineStep};
/// use postrider_wire::{Secret, TlsInfo};
///
/// # let entropy = [7; 32];
/// let config = Config::new(entropy);
/// let tls = TlsInfo::new();
/// let exchange = Exchange::new(Mechanism::Plain, &config, Some(&tls), config.entropy_for(0))?;
/// let mut login = LineExchange::new(exchange, "334 ");
/// let LineStep::Say(line) = login.begin(None) else { panic!() };
/// assert_eq!(line.as_bytes(), b"334 \r\n");
/// let step = login.hear(b"AHRpbQB0YW5zdGFhZnRhbnN0YWFm");
/// assert!(matches!(step, LineStep::NeedCredential(_)));
/// let known = Credential::Password(Secret::new("tanstaaftanstaaf".into()));
/// assert_eq!(login.credential(known), LineStep::Identified(Identity::new("tim")));
/// # Ok::<(), postrider_sasl::Error>(())
/// ```
#[derive(Debug)]
pub struct LineExchange {
    exchange: Exchange,
    prompt: &'static str,
    /// Who it is, while the client has to take note of the server's own proof.
    proved: Option<Identity>,
}

impl LineExchange {
    /// A login whose challenges begin with `prompt`: `334 ` in SMTP, `+ ` in POP3 and IMAP.
    #[must_use]
    pub fn new(exchange: Exchange, prompt: &'static str) -> Self {
        Self { exchange, prompt, proved: None }
    }

    /// The mechanism.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.exchange.mechanism()
    }

    /// The first step, with the initial response as it stands in the command, if there is one.
    pub fn begin(&mut self, initial: Option<&[u8]>) -> LineStep {
        match initial.map(|text| line::decode_initial(text, line::MOST)) {
            None => self.step(Input::None),
            Some(Ok(message)) => self.step(Input::Response(message.expose())),
            Some(Err(fault)) => LineStep::Broken(fault.into()),
        }
    }

    /// A line of the client, without its CRLF; its message has at most [`line::MOST`] octets.
    pub fn hear(&mut self, line: &[u8]) -> LineStep {
        let proved = self.proved.take();
        let message = match line::decode(line, line::MOST) {
            Ok(message) => message,
            Err(fault) => return LineStep::Broken(fault.into()),
        };
        match proved {
            Some(identity) if message.expose().is_empty() => LineStep::Identified(identity),
            Some(_) => LineStep::Broken(LineFault::NotEmpty),
            None => self.step(Input::Response(message.expose())),
        }
    }

    /// The answer to [`LineStep::NeedCredential`]. Where keys have to be derived of a password this takes
    /// a while.
    pub fn credential(&mut self, credential: Credential) -> LineStep {
        self.step(Input::Credential(credential))
    }

    fn step(&mut self, input: Input<'_>) -> LineStep {
        match self.exchange.step(input) {
            Ok(Step::Challenge(message)) => self.challenge(message.expose()),
            Ok(Step::NeedCredential(request)) => LineStep::NeedCredential(request),
            Ok(Step::Success { identity, data: None }) => LineStep::Identified(identity),
            Ok(Step::Success { identity, data: Some(data) }) => {
                self.proved = Some(identity);
                self.challenge(&data)
            }
            Ok(Step::Failure(failure)) => LineStep::Refused(failure),
            Err(fault) => LineStep::Unavailable(fault),
        }
    }

    fn challenge(&self, message: &[u8]) -> LineStep {
        LineStep::Say(Line::new(self.prompt, line::encode(message).expose()))
    }
}

/// What [`line::decode`] says of a line.
impl From<Error> for LineFault {
    fn from(fault: Error) -> Self {
        match fault {
            Error::Cancelled => Self::Cancelled,
            Error::MessageTooLong { .. } => Self::TooLong,
            _ => Self::Base64,
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use postrider_wire::{ClearTextLogin, Secret};

    use super::*;
    use crate::ChannelBinding;
    use crate::client::{self, Credentials};
    use crate::scram::Bounds;
    use crate::server::{Config, Kept};

    fn server(mechanism: Mechanism) -> LineExchange {
        let config = Config::new([1; 32])
            .with_salt_secret([2; 32])
            .with_iterations(2)
            .with_kept(Kept::Passwords)
            .with_clear_text(ClearTextLogin::Allow);
        let exchange = Exchange::new(mechanism, &config, None, config.entropy_for(0)).unwrap();
        LineExchange::new(exchange, "+ ")
    }

    fn password() -> Secret<String> {
        Secret::new("tanstaaftanstaaf".into())
    }

    /// What the server says when a client of ours has said its last word but one, of these mechanisms.
    fn up_to_the_proof(server: &mut LineExchange, mechanism: Mechanism) -> LineStep {
        let tim = Credentials::password("tim", password()).unwrap();
        let tim = tim.with_iterations(Bounds::new(1, 100));
        let binding = ChannelBinding::none();
        let exchange = client::Exchange::new(mechanism, &tim, &binding, false, [3; 32]).unwrap();
        let mut client = client::LineExchange::new(exchange, "AUTH", 512);
        let mut step = client.begin();
        let command = ["AUTH ", mechanism.name(), " "].concat();
        loop {
            let said = match step {
                client::LineStep::Say(line) => line,
                client::LineStep::DeriveKey(due) => {
                    step = client.key(due.derive()).unwrap();
                    continue;
                }
                other => panic!("{other:?}"),
            };
            let text = said.as_bytes().strip_suffix(b"\r\n").unwrap();
            if text.is_empty() {
                assert_eq!(client.accepted(), Ok(()));
                return server.hear(b"eA==");
            }
            let mut answer = match text.strip_prefix(command.as_bytes()) {
                Some(initial) => server.begin(Some(initial)),
                None => server.hear(text),
            };
            if let LineStep::NeedCredential(request) = &answer {
                assert_eq!(request.user.as_deref(), Some("tim"));
                answer = server.credential(Credential::Password(password()));
            }
            let LineStep::Say(challenge) = answer else { return answer };
            let challenge = challenge.as_bytes().strip_prefix(b"+ ").unwrap();
            step = client.challenge(challenge.strip_suffix(b"\r\n"));
        }
    }

    #[test]
    fn the_proof_of_the_server_is_to_be_answered_with_nothing() {
        let mut server = server(Mechanism::ScramSha256);
        let step = up_to_the_proof(&mut server, Mechanism::ScramSha256);
        assert_eq!(step, LineStep::Broken(LineFault::NotEmpty));
        assert_eq!(
            server.hear(b""),
            LineStep::Unavailable(Error::Over),
            "and never believed again"
        );
    }

    #[test]
    fn both_ends_agree_where_there_is_no_proof() {
        let mut server = server(Mechanism::Plain);
        let step = up_to_the_proof(&mut server, Mechanism::Plain);
        assert_eq!(step, LineStep::Identified(Identity::new("tim")));
    }

    #[test]
    fn what_is_no_base64_breaks_the_login() {
        let long = alloc::vec![b'A'; line::LONGEST + 4];
        for (text, fault) in [
            (&b"*"[..], LineFault::Cancelled),
            (b"!", LineFault::Base64),
            (&long, LineFault::TooLong),
        ] {
            assert_eq!(server(Mechanism::Plain).begin(Some(text)), LineStep::Broken(fault));
            let mut server = server(Mechanism::Plain);
            server.begin(None);
            assert_eq!(server.hear(text), LineStep::Broken(fault));
        }
    }

    #[test]
    fn a_credential_that_was_not_asked_for_is_the_callers_mistake() {
        let step = server(Mechanism::Plain).credential(Credential::Unknown);
        assert!(matches!(step, LineStep::Unavailable(_)), "{step:?}");
    }

    #[test]
    fn an_unknown_user_is_refused() {
        let mut server = server(Mechanism::Plain);
        let step = server.begin(Some(b"AHRpbQB0YW5zdGFhZnRhbnN0YWFm"));
        assert!(matches!(step, LineStep::NeedCredential(_)), "{step:?}");
        assert!(matches!(server.credential(Credential::Unknown), LineStep::Refused(_)));
    }
}
