//! What a server says it can do.

use alloc::boxed::Box;
use alloc::string::String;

use crate::{Extension, Reply};

/// The keywords of an `EHLO` reply, as they came (RFC 5321 §4.1.1.1).
///
/// Empty before `EHLO` was answered, after `HELO`, and again after a TLS upgrade.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Each line with an LF, which none of them holds.
    text: Box<str>,
}

/// What the `SIZE` keyword says (RFC 1870 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SizeOffer {
    /// `SIZE` may be declared; no fixed maximum is known.
    NoMaximum,
    /// `SIZE` may be declared, and this many octets are the most.
    AtMost(u64),
}

impl Capabilities {
    /// What stands behind the first line of the reply.
    pub(crate) fn from_reply(reply: &Reply) -> Self {
        let lines = reply.lines().skip(1).flat_map(|line| [line, "\n"]);
        Self { text: lines.collect::<String>().into_boxed_str() }
    }

    /// The keywords with their parameters, a line each.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.split_terminator('\n')
    }

    /// The parameters of a keyword, in any case: `None` when it is not offered, `""` when it has
    /// none.
    #[must_use]
    pub fn parameters(&self, keyword: &str) -> Option<&str> {
        self.lines().find_map(|line| {
            let (word, parameters) = line.split_once(' ').unwrap_or((line, ""));
            word.eq_ignore_ascii_case(keyword).then(|| parameters.trim())
        })
    }

    /// Whether a keyword is offered.
    #[must_use]
    pub fn offers(&self, keyword: &str) -> bool {
        self.parameters(keyword).is_some()
    }

    /// What `SIZE` says, if it is offered. Zero, nothing and nonsense mean that no maximum is known.
    #[must_use]
    pub fn size(&self) -> Option<SizeOffer> {
        match self.parameters("SIZE")?.parse() {
            Ok(0) | Err(_) => Some(SizeOffer::NoMaximum),
            Ok(octets) => Some(SizeOffer::AtMost(octets)),
        }
    }

    /// Whether an extension is offered.
    #[must_use]
    pub fn has(&self, extension: Extension) -> bool {
        match extension {
            Extension::Auth => self.auth().next().is_some(),
            extension => self.offers(extension.keyword()),
        }
    }

    /// The SASL mechanisms that are offered, as they came. Behind `AUTH=` they count too: old servers
    /// write that for older clients.
    pub fn auth(&self) -> impl Iterator<Item = &str> {
        let lists = self.lines().filter_map(|line| {
            let (word, rest) = line.split_at_checked(4)?;
            let list = rest.strip_prefix([' ', '=']);
            list.filter(|_| word.eq_ignore_ascii_case("AUTH"))
        });
        lists.flat_map(str::split_ascii_whitespace)
    }

    /// What `LIMITS` says (RFC 9422 §3). Each value that is not in its grammar is ignored, and all of them
    /// where one word is no limit at all (§3.7).
    ///
    /// ```text
    /// limits-param     = limit-name-value 0*[SP limit-name-value]
    /// limit-name-value = limit-name ["=" limit-value]
    /// limit-name       = 1*(ALPHA / DIGIT / "-" / "_")
    /// limit-value      = 1*(%x21-3A / %x3C-7E) ; Any VCHAR except ";"
    /// ```
    #[must_use]
    pub fn limits(&self) -> OfferedLimits {
        let list = self.parameters(Extension::Limits.keyword()).unwrap_or_default();
        let mut offered = OfferedLimits::default();
        if !list.split_ascii_whitespace().all(is_limit) {
            return offered;
        }
        for (name, value) in list.split_ascii_whitespace().filter_map(|word| word.split_once('=')) {
            let number = limit(value);
            if name.eq_ignore_ascii_case("MAILMAX") {
                offered.mail_max = number;
            } else if name.eq_ignore_ascii_case("RCPTMAX") {
                offered.rcpt_max = number;
            } else if name.eq_ignore_ascii_case("RCPTDOMAINMAX") {
                offered.rcpt_domain_max = number;
            }
        }
        offered
    }
}

fn is_limit(word: &str) -> bool {
    let (name, value) =
        word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
    let named = |octet: u8| octet.is_ascii_alphanumeric() || b"-_".contains(&octet);
    let valued = |value: &str| {
        !value.is_empty() && value.bytes().all(|octet| octet.is_ascii_graphic() && octet != b';')
    };
    !name.is_empty() && name.bytes().all(named) && value.is_none_or(valued)
}

/// ```text
/// %x31-39 0*5DIGIT ; "0" not allowed, six-digit maximum
/// ```
fn limit(value: &str) -> Option<u32> {
    let digital = value.bytes().all(|octet| octet.is_ascii_digit());
    let fits = value.len() <= 6 && !value.starts_with('0');
    (digital && fits).then(|| value.parse().ok()).flatten()
}

/// What a server takes in one session (RFC 9422 §4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OfferedLimits {
    /// `MAILMAX`: transactions.
    pub mail_max: Option<u32>,
    /// `RCPTMAX`: recipients of a transaction.
    pub rcpt_max: Option<u32>,
    /// `RCPTDOMAINMAX`: domains of recipients in the session.
    pub rcpt_domain_max: Option<u32>,
}
