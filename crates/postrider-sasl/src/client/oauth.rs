//! OAUTHBEARER (RFC 7628) and XOAUTH2.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use postrider_wire::Secret;

use super::credentials::{Kind, check_token};
use super::{Credentials, Input, Step};
use crate::scram::message::escape;
use crate::{Error, MOST, Mechanism};

/// What a server said of a token that it refused (RFC 7628 §3.2.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenRefusal {
    /// `status`: `invalid_token`, or a number of HTTP.
    pub status: Option<String>,
    /// `scope`: what a token would have to allow.
    pub scope: Option<String>,
    /// `openid-configuration`: where a client may learn how to get one. Not to be believed without
    /// thought: whoever stands between can send it.
    pub configuration: Option<String>,
}

impl TokenRefusal {
    /// What is not JSON tells nothing, and refuses all the same.
    fn parse(json: &[u8]) -> Self {
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(json) else {
            return Self::default();
        };
        let text = |name| match value.get(name) {
            Some(serde_json::Value::String(text)) => Some(shown(text)),
            Some(serde_json::Value::Number(number)) => Some(format!("{number}")),
            _ => None,
        };
        Self {
            status: text("status"),
            scope: text("scope"),
            configuration: text("openid-configuration"),
        }
    }
}

/// Without control characters, which could break a log.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

pub(super) struct OAuth {
    credentials: Credentials,
    mechanism: Mechanism,
    stage: Stage,
    refusal: Option<TokenRefusal>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Begin,
    NeedToken,
    Sent,
    Refused,
}

impl OAuth {
    pub(super) fn new(credentials: &Credentials, mechanism: Mechanism) -> Self {
        Self { credentials: credentials.clone(), mechanism, stage: Stage::Begin, refusal: None }
    }

    pub(super) fn refusal(&self) -> Option<&TokenRefusal> {
        self.refusal.as_ref()
    }

    pub(super) fn step(&mut self, input: Input<'_>) -> Result<Step, Error> {
        match (input, self.stage) {
            (Input::None | Input::Challenge(b""), Stage::Begin) => Ok(self.present()),
            (Input::Token(token), Stage::NeedToken | Stage::Refused) => {
                check_token(&token)?;
                if let Kind::Token { token: kept, .. } = &mut self.credentials.kind {
                    *kept = Some(token);
                }
                self.refusal = None;
                Ok(self.present())
            }
            (Input::Challenge(json), Stage::Sent) => {
                if json.len() > MOST {
                    return Err(Error::MessageTooLong { most: MOST });
                }
                self.refusal = Some(TokenRefusal::parse(json));
                self.stage = Stage::Refused;
                // RFC 7628 §3.2.3: one ^A; XOAUTH2 has nothing.
                let dummy =
                    if self.mechanism == Mechanism::OAuthBearer { &b"\x01"[..] } else { b"" };
                Ok(Step::Respond(Secret::new(dummy.to_vec())))
            }
            (Input::Done, Stage::Sent) => Ok(Step::Complete),
            (Input::Done, Stage::Refused) => Err(Error::TokenRefused),
            _ => Err(Error::OutOfOrder),
        }
    }

    fn present(&mut self) -> Step {
        let Kind::Token { user, token: Some(token) } = &self.credentials.kind else {
            self.stage = Stage::NeedToken;
            return Step::NeedToken;
        };
        self.stage = Stage::Sent;
        let message = if self.mechanism == Mechanism::OAuthBearer {
            self.bearer(user, token)
        } else {
            ["user=", user, "\x01auth=Bearer ", token.expose(), "\x01\x01"].concat().into_bytes()
        };
        Step::Respond(Secret::new(message))
    }

    /// ```text
    /// client-resp = (gs2-header kvsep *kvpair kvsep) / kvsep
    /// kvpair      = key "=" value kvsep
    /// ```
    fn bearer(&self, user: &str, token: &Secret<String>) -> Vec<u8> {
        let user = escape(self.credentials.authzid.as_deref().unwrap_or(user));
        let host = self.credentials.host.as_ref();
        let host = host.map(|(host, port)| format!("host={host}\x01port={port}\x01"));
        let host = host.unwrap_or_default();
        ["n,a=", &user, ",\x01", &host, "auth=Bearer ", token.expose(), "\x01\x01"].concat().into()
    }
}
