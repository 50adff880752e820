//! Whether to connect again when a session is over, and when: decisions without clock or randomness.

use core::time::Duration;

use postrider_sasl::client::NoMechanism;
use postrider_wire::{ErrorKind, MachineError};

use super::LoginFault;
use crate::{Code, Error, PlainCode, Status, StatusKind};

/// How a session ended, or why there was none.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Ended<'a> {
    /// There was no connection, or it broke: names, routes, TLS below.
    Network,
    /// The machine ended with this error.
    Error(&'a Error),
    /// The server closed and said this ([`Event::Bye`](super::Event::Bye)), whether commands were in
    /// flight or not: better than the error that follows. What is untrusted never makes a client give
    /// up.
    #[non_exhaustive]
    Bye {
        /// What it said.
        status: &'a Status,
        /// Whether anybody may have said it.
        untrusted: bool,
    },
    /// The server refused the login with NO or BAD.
    LoginRefused(&'a Status),
    /// The login did not come about.
    LoginFailed(LoginFault),
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Connect again after so long.
    Wait(Duration),
    /// Ask for other credentials first: with these, the server lets nobody in, and may lock out who
    /// keeps trying.
    Credentials,
    /// Tell a human: connecting again changes nothing.
    GiveUp(Reason),
}

/// Why connecting again changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// TLS that the policy requires cannot be had, or no login without it.
    #[error("the connection is not as safe as it has to be")]
    Security,
    /// The server says that only its administrator can help.
    #[error("the administrator of the server has to help")]
    Administrator,
    /// The credentials are right, and not for this.
    #[error("the server does not authorise this user")]
    Authorization,
    /// The server has no way to log in that this client may take.
    #[error("the server has no login that can be used")]
    NoLogin,
    /// The program misused the machine, or set it limits that this server does not keep.
    #[error("the program and the server do not fit")]
    Program,
}

/// How long to wait before the next attempt: twice as long after each failure, up to a bound, and
/// never just as long as others who failed at the same time.
///
/// ```
/// use core::time::Duration;
///
/// use postrider_imap::Status;
/// use postrider_imap::client::{Backoff, Ended, Decision};
///
/// let backoff = Backoff::new();
/// let full = Status::bye("Too many connections");
/// // The first failure in a row, and what the random generator says.
/// let Decision::Wait(wait) = backoff.next(Ended::bye(&full, false), 1, 0x9e37_79b9) else { panic!() };
/// assert!(wait >= Duration::from_secs(5) && wait <= Duration::from_secs(10));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backoff {
    /// The most that is waited after the first failure. 10 seconds.
    pub first: Duration,
    /// The most that is waited at all. 15 minutes.
    pub most: Duration,
}

impl<'a> Ended<'a> {
    /// With this BYE, which was told as trusted or not.
    #[must_use]
    pub fn bye(status: &'a Status, untrusted: bool) -> Self {
        Self::Bye { status, untrusted }
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(10), most: Duration::from_secs(15 * 60) }
    }
}

impl Backoff {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the most that is waited after the first failure, and at all.
    #[must_use]
    pub fn with_waits(mut self, first: Duration, most: Duration) -> Self {
        (self.first, self.most) = (first, most);
        self
    }

    /// How long to wait after so many failures in a row: between half and the whole of the most, as
    /// `entropy` says. After none: nothing.
    #[must_use]
    pub fn wait(&self, failures: u32, entropy: u32) -> Duration {
        let Some(doublings) = failures.checked_sub(1) else { return Duration::ZERO };
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        let most = self.first.saturating_mul(factor).min(self.most);
        let half = most.checked_div(2).unwrap_or_default();
        // 2^32 steps from the half to the whole.
        let nanos = half.as_nanos().saturating_mul(u128::from(entropy)) >> 32;
        half.saturating_add(Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)))
    }

    /// What to do, by the response codes of RFC 5530 and what else is known:
    ///
    /// | how it ended | what to do |
    /// |---|---|
    /// | the network, EOF, a timeout, a fault of the server | wait |
    /// | BYE without a code, or before TLS; UNAVAILABLE, INUSE, LIMIT, SERVERBUG | wait |
    /// | the login given up by the embedder | wait |
    /// | the login refused by NO; AUTHENTICATIONFAILED, EXPIRED | other credentials |
    /// | AUTHORIZATIONFAILED, NOPERM; CONTACTADMIN; PRIVACYREQUIRED | give up |
    /// | no TLS, no proof of the server, no login that can be used, BAD to the login | give up |
    /// | misuse, a limit | give up |
    ///
    /// That is after a session that ended so, the last of so many in a row that failed: count anew
    /// once a session was of use. An end that is not the server's fault, such as one that was asked
    /// for, is no failure: then the count is 0, and the wait too.
    #[must_use]
    pub fn next(&self, ended: Ended<'_>, failures: u32, entropy: u32) -> Decision {
        let wait = Decision::Wait(self.wait(failures, entropy));
        match ended {
            Ended::Network => wait,
            Ended::Error(error) => match (error, error.kind()) {
                (Error::Refused(_) | Error::Upgrade(_), _) => Decision::GiveUp(Reason::Security),
                (_, ErrorKind::Misuse | ErrorKind::Limit) => Decision::GiveUp(Reason::Program),
                // What a server said wrong it may say right the next time, and networks break.
                _ => wait,
            },
            Ended::Bye { untrusted: true, .. } => wait,
            Ended::Bye { status, .. } => match code(status) {
                Some(Verdict::Later) | None => wait,
                Some(Verdict::Else(next)) => next,
            },
            Ended::LoginRefused(status) => match code(status) {
                Some(Verdict::Later) => wait,
                Some(Verdict::Else(next)) => next,
                // RFC 9051 §6.2.3: NO is a login failure, user name or password rejected; BAD is a
                // command that the server does not know.
                None if status.kind == StatusKind::Bad => Decision::GiveUp(Reason::NoLogin),
                None => Decision::Credentials,
            },
            Ended::LoginFailed(LoginFault::NoMechanism(NoMechanism::NeedsTls)) => {
                Decision::GiveUp(Reason::Security)
            }
            Ended::LoginFailed(LoginFault::NoMechanism(_)) => Decision::GiveUp(Reason::NoLogin),
            // It did not prove that it knows the password: it may be somebody else.
            Ended::LoginFailed(LoginFault::Exchange(_)) => Decision::GiveUp(Reason::Security),
            Ended::LoginFailed(LoginFault::Value) => Decision::Credentials,
            // For a reason that the embedder knows, such as a token that could not be fetched.
            Ended::LoginFailed(LoginFault::GivenUp) => wait,
        }
    }
}

/// What a response code says of the next attempt.
enum Verdict {
    Later,
    Else(Decision),
}

/// RFC 5530 §3
fn code(status: &Status) -> Option<Verdict> {
    let Some(Code::Plain(code)) = &status.code else { return None };
    Some(match code {
        PlainCode::Unavailable | PlainCode::InUse | PlainCode::Limit | PlainCode::ServerBug => {
            Verdict::Later
        }
        PlainCode::AuthenticationFailed | PlainCode::Expired => {
            Verdict::Else(Decision::Credentials)
        }
        PlainCode::AuthorizationFailed | PlainCode::NoPerm => {
            Verdict::Else(Decision::GiveUp(Reason::Authorization))
        }
        PlainCode::PrivacyRequired => Verdict::Else(Decision::GiveUp(Reason::Security)),
        PlainCode::ContactAdmin => Verdict::Else(Decision::GiveUp(Reason::Administrator)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use proptest::prelude::*;

    use super::*;
    use crate::{Fault, Refused};

    fn next(ended: Ended<'_>) -> Decision {
        Backoff::new().next(ended, 1, 0)
    }

    const FIVE: Decision = Decision::Wait(Duration::from_secs(5));

    #[test]
    fn the_codes_of_rfc_5530() {
        for (line, bye, login) in [
            // "Temporary failure because a subsystem is down."
            ("UNAVAILABLE", FIVE, FIVE),
            // "Authentication failed for some reason on which the server is unwilling to elaborate."
            ("AUTHENTICATIONFAILED", Decision::Credentials, Decision::Credentials),
            // "the server cannot or will not allow the authentication identity to act as the requested
            // authorization identity"
            (
                "AUTHORIZATIONFAILED",
                Decision::GiveUp(Reason::Authorization),
                Decision::GiveUp(Reason::Authorization),
            ),
            // "The client or user should get a new passphrase."
            ("EXPIRED", Decision::Credentials, Decision::Credentials),
            // "The operation is not permitted due to a lack of privacy."
            (
                "PRIVACYREQUIRED",
                Decision::GiveUp(Reason::Security),
                Decision::GiveUp(Reason::Security),
            ),
            // "The user should contact the system administrator or support desk."
            (
                "CONTACTADMIN",
                Decision::GiveUp(Reason::Administrator),
                Decision::GiveUp(Reason::Administrator),
            ),
            // "The server encountered a bug in itself"
            ("SERVERBUG", FIVE, FIVE),
            // "The operation may succeed if the client tries again later."
            ("INUSE", FIVE, FIVE),
            ("LIMIT", FIVE, FIVE),
            ("ALERT", FIVE, Decision::Credentials),
        ] {
            let read = |kind: &str| {
                let line = format!("* {kind} [{line}] x\r\n");
                let limits = crate::Limits::new();
                let parsed = crate::Response::parse(line.as_bytes(), &limits, Default::default());
                match parsed.unwrap().0 {
                    crate::Response::Status(status) => status,
                    other => unreachable!("{other:?}"),
                }
            };
            assert_eq!(next(Ended::bye(&read("BYE"), false)), bye, "{line}");
            assert_eq!(next(Ended::LoginRefused(&read("NO"))), login, "{line}");
        }
        assert_eq!(next(Ended::bye(&Status::bye("x"), false)), FIVE);
        assert_eq!(next(Ended::LoginRefused(&Status::no("x"))), Decision::Credentials);
        let bad = Status::bad("what?");
        assert_eq!(next(Ended::LoginRefused(&bad)), Decision::GiveUp(Reason::NoLogin));
    }

    #[test]
    fn errors_by_whose_fault_they_are() {
        let give = |reason| Decision::GiveUp(reason);
        for (error, expected) in [
            (Error::Eof { offset: 1 }, FIVE),
            (Error::Timeout, FIVE),
            (Error::Protocol { fault: Fault::Bye, offset: 1 }, FIVE),
            (Error::Limit { offset: 1 }, give(Reason::Program)),
            (Error::Refused(Refused::StartTls), give(Reason::Security)),
            (Error::Misuse(crate::Misuse::NotNow), give(Reason::Program)),
        ] {
            assert_eq!(next(Ended::Error(&error)), expected, "{error}");
        }
        assert_eq!(next(Ended::Network), FIVE);
        let proven = LoginFault::Exchange(postrider_sasl::Error::ServerNotProven);
        assert_eq!(next(Ended::LoginFailed(proven)), give(Reason::Security));
        let none = |fault| Ended::LoginFailed(LoginFault::NoMechanism(fault));
        assert_eq!(next(none(NoMechanism::NeedsTls)), give(Reason::Security));
        assert_eq!(next(none(NoMechanism::NoneOffered)), give(Reason::NoLogin));
    }

    #[test]
    fn waits_double_up_to_the_bound() {
        let waits: Vec<u64> = (0..10)
            .map(|n| Backoff::new().wait(n, u32::MAX).as_secs_f64().round() as u64)
            .collect();
        assert_eq!(waits, [0, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
    }

    proptest! {
        #[test]
        fn waits_are_between_the_half_and_the_whole(
            failures: u32,
            entropy: u32,
            first in 0_u64..1 << 62,
            most in 0_u64..1 << 62,
        ) {
            let (first, most) = (Duration::from_millis(first), Duration::from_millis(most));
            let backoff = Backoff::new().with_waits(first, most);
            let wait = backoff.wait(failures, entropy);
            prop_assert!(wait <= most);
            prop_assert!(failures == 0 || wait >= backoff.wait(failures, 0));
            prop_assert!(backoff.wait(failures, u32::MAX) <= backoff.wait(failures, 0) * 2
                + Duration::from_nanos(1));
        }
    }
}
