//! OAUTHBEARER (RFC 7628) and XOAUTH2, the form that came before it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::mem;

use postrider_wire::Secret;

use super::{Input, Step, TokenRejected};
use crate::error::check;
use crate::saslname::escape;
use crate::{Error, Part};

/// Whom and where a token is for.
pub(super) struct OAuth {
    /// All in front of the token.
    head: String,
    /// What an error is answered with.
    dummy: &'static [u8],
    state: State,
}

enum State {
    /// The message is due.
    Begin(Option<Secret<String>>),
    /// The embedder was asked for a token.
    Asked,
    /// The token was sent.
    Sent,
    /// The server gave its reasons, and was given the dummy answer.
    Rejected(TokenRejected),
    Over,
}

impl OAuth {
    /// ```text
    /// client-resp = gs2-header kvsep *kvpair kvsep
    /// kvpair      = key "=" value kvsep
    /// kvsep       = %x01
    /// ```
    ///
    /// RFC 7628 §3.1
    pub(super) fn bearer(
        authzid: &str,
        host: Option<&str>,
        port: Option<u16>,
        token: Option<Secret<String>>,
    ) -> Self {
        let authzid = escape(authzid);
        let mut head = ["n,a=", &authzid, ",\u{1}"].concat();
        if let Some(host) = host {
            head.extend(["host=", host, "\u{1}"]);
        }
        if let Some(port) = port {
            // Writing to a string does not fail.
            let _ = write!(head, "port={port}\u{1}");
        }
        head.push_str("auth=Bearer ");
        Self { head, dummy: b"\x01", state: State::Begin(token) }
    }

    /// `user={user}^Aauth=Bearer {token}^A^A`, as Google and Microsoft describe it.
    pub(super) fn xoauth2(user: &str, token: Option<Secret<String>>) -> Self {
        let head = ["user=", user, "\u{1}auth=Bearer "].concat();
        Self { head, dummy: b"", state: State::Begin(token) }
    }

    fn send(&mut self, token: &Secret<String>) -> Step {
        self.state = State::Sent;
        let message = [self.head.as_str(), token.expose(), "\u{1}\u{1}"].concat();
        Step::Respond(Secret::new(message.into_bytes()))
    }

    pub(super) fn step(&mut self, input: Input<'_>) -> Result<Step, Error> {
        match (mem::replace(&mut self.state, State::Over), input) {
            (State::Begin(Some(token)), Input::None) => Ok(self.send(&token)),
            (State::Begin(None), Input::None) => {
                self.state = State::Asked;
                Ok(Step::NeedToken(None))
            }
            (State::Asked, Input::Token(token)) => {
                check(token.expose(), Part::Token)?;
                Ok(self.send(&token))
            }
            // "The client MUST then send either an additional client response consisting of a single
            // %x01 [...] or a SASL abort message" (§3.2.3).
            (State::Sent, Input::Challenge(why)) => {
                self.state = State::Rejected(TokenRejected::parse(why));
                Ok(Step::Respond(Secret::new(Vec::from(self.dummy))))
            }
            (State::Sent, Input::Failed) => {
                self.state = State::Asked;
                Ok(Step::NeedToken(Some(TokenRejected::default())))
            }
            (State::Rejected(why), Input::Failed) => {
                self.state = State::Asked;
                Ok(Step::NeedToken(Some(why)))
            }
            (State::Sent, Input::Done) => Ok(Step::Complete),
            // A server that says why it refuses, and then lets in.
            (State::Rejected(_), Input::Done) => Err(Error::Refused),
            (State::Asked, Input::Failed) => Err(Error::Refused),
            (_, Input::Done) => Err(Error::Premature),
            (_, Input::Challenge(_)) => Err(Error::UnexpectedChallenge),
            _ => Err(Error::OutOfOrder),
        }
    }
}
