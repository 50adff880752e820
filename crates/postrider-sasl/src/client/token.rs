//! Why a server refuses a token.

use alloc::string::{String, ToString};

use serde_json::Value;

/// Octets of an answer that are looked at.
const MOST: usize = 8192;
/// Octets of a value that are kept.
const MOST_VALUE: usize = 1024;

/// Why a server refuses a token, in its own words (RFC 7628 §3.2.2): text from the network, not to be
/// acted on unseen. All of it is missing where the server said nothing but no.
///
/// ```
/// use postrider_sasl::client::TokenRejected;
///
/// let why = TokenRejected::parse(br#"{"status":"invalid_token","scope":"example_scope"}"#);
/// assert_eq!(why.status.as_deref(), Some("invalid_token"));
/// assert_eq!(why.scope.as_deref(), Some("example_scope"));
/// assert_eq!(TokenRejected::parse(b"no JSON"), TokenRejected::default());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenRejected {
    /// The error code of OAuth, such as `invalid_token`; of XOAUTH2, a status of HTTP.
    pub status: Option<String>,
    /// The kinds of token that XOAUTH2 takes.
    pub schemes: Option<String>,
    /// The scope that a token must be asked for.
    pub scope: Option<String>,
    /// Where the authorization server describes itself: a URL.
    pub openid_configuration: Option<String>,
}

impl TokenRejected {
    /// Reads the JSON, and takes it as said nothing where it is none.
    #[must_use]
    pub fn parse(json: &[u8]) -> Self {
        let json = json.get(..MOST.min(json.len())).unwrap_or_default();
        let Ok(Value::Object(object)) = serde_json::from_slice::<Value>(json) else {
            return Self::default();
        };
        let value = |name: &str| match object.get(name)? {
            Value::String(text) if text.len() <= MOST_VALUE => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        Self {
            status: value("status"),
            schemes: value("schemes"),
            scope: value("scope"),
            openid_configuration: value("openid-configuration"),
        }
    }
}
