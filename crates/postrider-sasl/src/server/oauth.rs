//! OAUTHBEARER (RFC 7628) and XOAUTH2.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use postrider_wire::Secret;
use serde_json::{Map, Value};

use super::{Config, Failure, Identity, Input, Outcome, Presented, Request, Step, name};
use crate::error::check;
use crate::saslname::unescape;
use crate::{Error, MOST, MOST_TOKEN, Mechanism, Part};

/// Octets of the message: names, host, token and what stands between.
const MOST_MESSAGE: usize = 4 * MOST + MOST_TOKEN;

pub(super) struct OAuth {
    mechanism: Mechanism,
    /// The JSON with which a token is refused.
    refusal: Vec<u8>,
    state: State,
}

enum State {
    Begin,
    Asked(Option<String>),
    /// The reasons were told, and wait for the dummy answer.
    Refused,
    Over,
}

impl OAuth {
    pub(super) fn new(mechanism: Mechanism, config: &Config) -> Self {
        Self { mechanism, refusal: refusal(mechanism, config), state: State::Begin }
    }

    pub(super) fn step(&mut self, input: Input<'_>) -> Result<Step, Outcome> {
        match (core::mem::replace(&mut self.state, State::Over), input) {
            (State::Begin, Input::Response(message)) => {
                let shown = match self.mechanism {
                    Mechanism::XOAuth2 => xoauth2(message)?,
                    _ => bearer(message)?,
                };
                let user = shown.user.clone();
                let Some(token) = shown.token else { return Ok(self.refuse()) };
                let presented = Presented::Token(token);
                let mut request = Request::new(self.mechanism, shown.user, presented);
                (request.host, request.port) = (shown.host, shown.port);
                self.state = State::Asked(user);
                Ok(Step::NeedCredential(request))
            }
            (State::Asked(user), Input::Credential(credential)) => {
                let identity = user.map(|authcid| Identity { authcid, authzid: None });
                // A token of somebody tells who that is; the user that the client named is then whom
                // it wants to act as (RFC 7628 §3.2.1).
                let asked = identity.as_ref().map(|identity| identity.authcid.clone());
                match credential.verdict(identity) {
                    Some(Step::Success { mut identity, data }) => {
                        identity.authzid = asked.filter(|user| *user != identity.authcid);
                        Ok(Step::Success { identity, data })
                    }
                    _ => Ok(self.refuse()),
                }
            }
            // Whatever it says: the login has failed.
            (State::Refused, Input::Response(_)) => Err(Failure::BadCredentials.into()),
            _ => Err(Error::OutOfOrder.into()),
        }
    }

    fn refuse(&mut self) -> Step {
        self.state = State::Refused;
        Step::Challenge(Secret::new(self.refusal.clone()))
    }
}

/// RFC 7628 §3.2.2; for XOAUTH2 as Google describes it.
fn refusal(mechanism: Mechanism, config: &Config) -> Vec<u8> {
    let mut object = Map::new();
    let mut set = |name: &str, value: &str| {
        object.insert(name.to_string(), Value::String(value.to_string()));
    };
    if mechanism == Mechanism::XOAuth2 {
        set("status", "401");
        set("schemes", "bearer");
    } else {
        set("status", "invalid_token");
    }
    if let Some(scope) = &config.scope {
        set("scope", scope);
    }
    if let Some(url) =
        config.openid_configuration.as_deref().filter(|_| mechanism != Mechanism::XOAuth2)
    {
        set("openid-configuration", url);
    }
    Value::Object(object).to_string().into_bytes()
}

/// What a client sent.
#[derive(Debug)]
struct Shown {
    user: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    /// None where a client asks for the reasons of a refusal alone (RFC 7628 §4.3: `auth=`).
    token: Option<Secret<String>>,
}

/// ```text
/// client-resp = (gs2-header kvsep *kvpair kvsep) / kvsep
/// gs2-header  = gs2-cb-flag "," [gs2-authzid] ","
/// kvpair      = key "=" value kvsep
/// ```
///
/// RFC 7628 §3.1, RFC 5801 §4. The lone `kvsep` is the dummy answer, and no first message.
fn bearer(message: &[u8]) -> Result<Shown, Failure> {
    let message = whole(message)?;
    let (header, pairs) = message.split_once('\u{1}').ok_or(Failure::Malformed)?;
    let (flag, authzid) = header.split_once(',').ok_or(Failure::Malformed)?;
    // There is no `-PLUS` form that could bind.
    if !matches!(flag, "n" | "y") {
        return Err(Failure::Malformed);
    }
    let user = match authzid.strip_suffix(',').ok_or(Failure::Malformed)? {
        "" => None,
        authzid => Some(saslname(authzid.strip_prefix("a=").ok_or(Failure::Malformed)?)?),
    };
    let (mut host, mut port, mut token) = (None, None, None);
    let pairs = match pairs.strip_suffix('\u{1}').ok_or(Failure::Malformed)? {
        "" => "",
        pairs => pairs.strip_suffix('\u{1}').ok_or(Failure::Malformed)?,
    };
    for pair in pairs.split('\u{1}') {
        let (key, value) = pair.split_once('=').ok_or(Failure::Malformed)?;
        let twice = match key {
            "auth" if value.is_empty() => token.replace(None).is_some(),
            "auth" => token.replace(Some(token_of(value)?)).is_some(),
            "host" => {
                check(value, Part::Host).map_err(|_| Failure::Malformed)?;
                host.replace(String::from(value)).is_some()
            }
            "port" => port.replace(port_of(value)?).is_some(),
            // "Unknown key/value pairs MUST be ignored by the server."
            _ if !key.is_empty() && key.bytes().all(|octet| octet.is_ascii_alphabetic()) => false,
            _ => true,
        };
        if twice {
            return Err(Failure::Malformed);
        }
    }
    Ok(Shown { user, host, port, token: token.ok_or(Failure::Malformed)? })
}

/// `user={user}^Aauth=Bearer {token}^A^A`
fn xoauth2(message: &[u8]) -> Result<Shown, Failure> {
    let message = whole(message)?;
    let rest = message.strip_prefix("user=").ok_or(Failure::Malformed)?;
    let (user, rest) = rest.split_once("\u{1}auth=").ok_or(Failure::Malformed)?;
    let auth = rest.strip_suffix("\u{1}\u{1}").ok_or(Failure::Malformed)?;
    let user = Some(name(user.as_bytes())?);
    Ok(Shown { user, host: None, port: None, token: Some(token_of(auth)?) })
}

fn whole(message: &[u8]) -> Result<&str, Failure> {
    if message.len() > MOST_MESSAGE {
        return Err(Failure::Malformed);
    }
    core::str::from_utf8(message).map_err(|_| Failure::Malformed)
}

/// ```text
/// credentials = "Bearer" 1*SP b64token
/// ```
///
/// RFC 6750 §2.1. Names of schemes have no case (RFC 7628 §4).
fn token_of(auth: &str) -> Result<Secret<String>, Failure> {
    let (scheme, token) = auth.split_once(' ').ok_or(Failure::Malformed)?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Failure::Malformed);
    }
    let token = token.trim_start_matches(' ');
    check(token, Part::Token).map_err(|_| Failure::Malformed)?;
    Ok(Secret::new(String::from(token)))
}

/// A "decimal positive integer string without leading zeros" (RFC 7628 §3.1)
fn port_of(value: &str) -> Result<u16, Failure> {
    let digits = value.bytes().all(|octet| octet.is_ascii_digit()) && !value.starts_with('0');
    value.parse().ok().filter(|_| digits).ok_or(Failure::Malformed)
}

/// A name, escaped.
fn saslname(escaped: &str) -> Result<String, Failure> {
    if escaped.contains(',') {
        return Err(Failure::Malformed);
    }
    name(unescape(escaped).ok_or(Failure::Malformed)?.as_bytes())
}
