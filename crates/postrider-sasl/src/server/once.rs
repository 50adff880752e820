//! Mechanisms of one message without a secret in it: EXTERNAL and ANONYMOUS.

use alloc::string::String;

use super::{Credential, Failure, Identity, Input, Outcome, Presented, Request, Step, name, text};
use crate::error::check;
use crate::{Error, Mechanism, Part};

/// Who a client stays that tells no name.
const ANONYMOUS: &str = "anonymous";

pub(super) enum Once {
    /// As whom TLS knows the client.
    External(String),
    Anonymous,
    /// The embedder is asked.
    Asked(Option<Identity>),
}

impl Once {
    pub(super) fn step(&mut self, input: Input<'_>) -> Result<Step, Outcome> {
        match (core::mem::replace(self, Self::Asked(None)), input) {
            (Self::External(peer), Input::Response(message)) => {
                let authzid = external(message)?;
                *self =
                    Self::Asked(Some(Identity { authcid: peer.clone(), authzid: authzid.clone() }));
                let presented = Presented::Certificate;
                let mut request = Request::new(Mechanism::External, Some(peer), presented);
                request.authzid = authzid;
                Ok(Step::NeedCredential(request))
            }
            (Self::Anonymous, Input::Response(message)) => {
                let presented = Presented::Trace(anonymous(message)?);
                let authcid = String::from(ANONYMOUS);
                *self = Self::Asked(Some(Identity { authcid, authzid: None }));
                Ok(Step::NeedCredential(Request::new(Mechanism::Anonymous, None, presented)))
            }
            (Self::Asked(Some(identity)), Input::Credential(credential)) => {
                credential.verdict(Some(identity)).ok_or_else(|| Failure::BadCredentials.into())
            }
            _ => Err(Error::OutOfOrder.into()),
        }
    }
}

impl Credential {
    /// What the embedder made of something that only it can check.
    pub(super) fn verdict(self, identity: Option<Identity>) -> Option<Step> {
        let identity = match (self, identity) {
            (Self::Verified, identity) => identity?,
            (Self::VerifiedAs(authcid), Some(identity)) => Identity { authcid, ..identity },
            (Self::VerifiedAs(authcid), None) => Identity { authcid, authzid: None },
            _ => return None,
        };
        Some(Step::Success { identity, data: None })
    }
}

/// ```text
/// external-message = *( UTF8-char-no-nul )
/// ```
///
/// RFC 4422 Appendix A.1
fn external(message: &[u8]) -> Result<Option<String>, Failure> {
    if message.is_empty() {
        return Ok(None);
    }
    name(message).map(Some)
}

/// ```text
/// message = [ email / token ]
/// token   = 1*255TCHAR
/// TCHAR   = any of UTF-8 but "@"
/// ```
///
/// RFC 4505 §2. Control characters, which the grammar allows and stringprep does not (§3), are refused.
fn anonymous(message: &[u8]) -> Result<String, Failure> {
    if message.is_empty() {
        return Ok(String::new());
    }
    let trace = text(message)?;
    check(trace, Part::Trace).map_err(|_| Failure::Malformed)?;
    Ok(String::from(trace))
}
