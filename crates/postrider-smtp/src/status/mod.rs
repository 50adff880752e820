//! Enhanced status codes (RFC 3463, RFC 2034, RFC 5248).

mod registry;

use core::fmt;

use crate::ValueError;
use crate::syntax::reply as grammar;

/// Largest subject and detail (RFC 3463 §2).
const MOST: u16 = 999;

/// `class.subject.detail`, such as `5.1.1`: why, where a reply code says only whether.
///
/// ```
/// use postrider_smtp::EnhancedStatusCode;
///
/// let status: EnhancedStatusCode = "5.1.1".parse()?;
/// assert_eq!(status, EnhancedStatusCode::NO_SUCH_MAILBOX);
/// assert_eq!(status.meaning(), Some("no such mailbox"));
/// # Ok::<(), postrider_smtp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnhancedStatusCode {
    class: u8,
    subject: u16,
    detail: u16,
}

impl EnhancedStatusCode {
    /// A code of its three numbers: class 2, 4 or 5, subject and detail up to 999.
    ///
    /// # Errors
    ///
    /// [`ValueError::Range`].
    pub const fn new(class: u8, subject: u16, detail: u16) -> Result<Self, ValueError> {
        if !matches!(class, 2 | 4 | 5) || subject > MOST || detail > MOST {
            return Err(ValueError::Range);
        }
        Ok(Self { class, subject, detail })
    }

    pub(crate) const fn own(class: u8, subject: u16, detail: u16) -> Self {
        Self { class, subject, detail }
    }

    /// Reads a code as it stands in a reply or a `Status` field.
    ///
    /// # Errors
    ///
    /// [`ValueError::Syntax`] for anything else than three numbers of at most three digits, the first
    /// of them 2, 4 or 5, with dots between.
    pub fn parse(value: &str) -> Result<Self, ValueError> {
        match grammar::status_code(value.as_bytes()) {
            Ok((b"", status)) if !value.ends_with(' ') => Ok(status),
            _ => Err(ValueError::Syntax),
        }
    }

    /// What subject and detail mean, in a few words, if they are registered with IANA (RFC 5248).
    #[must_use]
    pub fn meaning(self) -> Option<&'static str> {
        self.row().map(|(_, _, meaning, _)| *meaning)
    }

    /// The number of the RFC that defines subject and detail, if one does.
    #[must_use]
    pub fn rfc(self) -> Option<u16> {
        self.row().map(|(.., rfc)| *rfc).filter(|rfc| *rfc != 0)
    }

    fn row(self) -> Option<&'static registry::Row> {
        let wanted = (self.subject, self.detail);
        let at = registry::ROWS
            .binary_search_by_key(&wanted, |(subject, detail, ..)| (*subject, *detail));
        registry::ROWS.get(at.ok()?)
    }

    /// 2 for success, 4 for a failure that may pass, 5 for one that does not.
    #[must_use]
    pub const fn class(self) -> u8 {
        self.class
    }

    /// What the status is about: 1 addresses, 2 mailboxes, 3 the mail system, 4 the network, 5 the
    /// protocol, 6 content, 7 security.
    #[must_use]
    pub const fn subject(self) -> u16 {
        self.subject
    }

    /// The condition itself.
    #[must_use]
    pub const fn detail(self) -> u16 {
        self.detail
    }
}

/// The common codes, in the class that is usual for them. Where no RFC is named it is RFC 3463 §3.
impl EnhancedStatusCode {
    /// 2.0.0: Done.
    pub const OK: Self = Self::own(2, 0, 0);
    /// 2.1.0: The address of the sender is good.
    pub const SENDER_OK: Self = Self::own(2, 1, 0);
    /// 2.1.5: The address of the recipient is good.
    pub const RECIPIENT_OK: Self = Self::own(2, 1, 5);
    /// 2.7.0: Authentication succeeded (RFC 4954 §6).
    pub const AUTHENTICATED: Self = Self::own(2, 7, 0);
    /// 4.0.0: It went wrong, and may pass; no more is known.
    pub const TEMPORARY: Self = Self::own(4, 0, 0);
    /// 4.2.2: The mailbox is full; it may be emptied.
    pub const MAILBOX_FULL: Self = Self::own(4, 2, 2);
    /// 4.3.1: The mail system is full.
    pub const SYSTEM_FULL: Self = Self::own(4, 3, 1);
    /// 4.3.2: The mail system takes no mail now.
    pub const SHUTTING_DOWN: Self = Self::own(4, 3, 2);
    /// 4.4.1: The host does not answer.
    pub const NO_ANSWER: Self = Self::own(4, 4, 1);
    /// 4.4.2: The connection broke, or timed out.
    pub const CONNECTION_BROKE: Self = Self::own(4, 4, 2);
    /// 4.4.3: DNS or another directory does not answer.
    pub const DIRECTORY_FAILURE: Self = Self::own(4, 4, 3);
    /// 4.4.7: The mail is too old to be tried again.
    pub const EXPIRED: Self = Self::own(4, 4, 7);
    /// 4.5.0: Something else about the protocol.
    pub const TEMPORARY_PROTOCOL: Self = Self::own(4, 5, 0);
    /// 4.5.3: Too many recipients for one transaction; the others may follow.
    pub const TOO_MANY_RECIPIENTS: Self = Self::own(4, 5, 3);
    /// 4.7.0: Authentication or policy cannot be decided now (RFC 4954 §6).
    pub const TEMPORARY_SECURITY: Self = Self::own(4, 7, 0);
    /// 4.7.5: What should protect the mail on its way does not stand now.
    pub const TEMPORARY_CRYPTOGRAPHIC: Self = Self::own(4, 7, 5);
    /// 5.0.0: It went wrong, for good; no more is known.
    pub const FAILED: Self = Self::own(5, 0, 0);
    /// 5.1.1: No such mailbox.
    pub const NO_SUCH_MAILBOX: Self = Self::own(5, 1, 1);
    /// 5.1.2: No such domain, or none that takes mail.
    pub const NO_SUCH_SYSTEM: Self = Self::own(5, 1, 2);
    /// 5.1.3: The address of a recipient is malformed.
    pub const RECIPIENT_SYNTAX: Self = Self::own(5, 1, 3);
    /// 5.1.7: The address of the sender is malformed.
    pub const SENDER_SYNTAX: Self = Self::own(5, 1, 7);
    /// 5.1.8: No such domain of the sender.
    pub const SENDER_SYSTEM: Self = Self::own(5, 1, 8);
    /// 5.1.10: The domain of the recipient takes no mail (RFC 7505 §4.2).
    pub const NULL_MX: Self = Self::own(5, 1, 10);
    /// 5.2.1: The mailbox is disabled.
    pub const MAILBOX_DISABLED: Self = Self::own(5, 2, 1);
    /// 5.2.3: The mail is too large for the mailbox.
    pub const TOO_LARGE_FOR_MAILBOX: Self = Self::own(5, 2, 3);
    /// 5.3.2: The host takes no mail from the network.
    pub const NO_MAIL_TAKEN: Self = Self::own(5, 3, 2);
    /// 5.3.4: The mail is too large.
    pub const TOO_LARGE: Self = Self::own(5, 3, 4);
    /// 5.4.4: No route to the destination.
    pub const NO_ROUTE: Self = Self::own(5, 4, 4);
    /// 5.4.6: The mail goes round in a loop.
    pub const ROUTING_LOOP: Self = Self::own(5, 4, 6);
    /// 5.5.1: A command is unknown, or out of order.
    pub const INVALID_COMMAND: Self = Self::own(5, 5, 1);
    /// 5.5.2: A command cannot be read.
    pub const SYNTAX_ERROR: Self = Self::own(5, 5, 2);
    /// 5.5.4: The arguments of a command are wrong.
    pub const INVALID_ARGUMENTS: Self = Self::own(5, 5, 4);
    /// 5.5.6: A line of an authentication is too long (RFC 4954 §6).
    pub const AUTH_LINE_TOO_LONG: Self = Self::own(5, 5, 6);
    /// 5.6.0: Something else about the content.
    pub const BAD_CONTENT: Self = Self::own(5, 6, 0);
    /// 5.6.3: The content would have to be converted (RFC 6152 §3).
    pub const CONVERSION_UNSUPPORTED: Self = Self::own(5, 6, 3);
    /// 5.6.7: An address outside ASCII is not permitted (RFC 6531 §3.5).
    pub const NON_ASCII_ADDRESS: Self = Self::own(5, 6, 7);
    /// 5.6.9: A header section in UTF-8 cannot be passed on (RFC 6531 §3.5).
    pub const UTF8_HEADER: Self = Self::own(5, 6, 9);
    /// 5.7.0: Authentication is required (RFC 4954 §6), or something else about security.
    pub const AUTHENTICATION_REQUIRED: Self = Self::own(5, 7, 0);
    /// 5.7.1: The delivery is not authorized.
    pub const NOT_AUTHORIZED: Self = Self::own(5, 7, 1);
    /// 5.7.8: The credentials are wrong (RFC 4954 §6).
    pub const BAD_CREDENTIALS: Self = Self::own(5, 7, 8);
    /// 5.7.9: The authentication mechanism is too weak (RFC 4954 §6).
    pub const MECHANISM_TOO_WEAK: Self = Self::own(5, 7, 9);
    /// 5.7.10: Authentication needs encryption first (RFC 5248 §2.4).
    pub const ENCRYPTION_NEEDED: Self = Self::own(5, 7, 10);
    /// 5.7.11: The authentication mechanism needs encryption (RFC 4954 §6).
    pub const ENCRYPTION_REQUIRED: Self = Self::own(5, 7, 11);
    /// 5.7.13: The account is disabled (RFC 5248 §2.4).
    pub const ACCOUNT_DISABLED: Self = Self::own(5, 7, 13);
    /// 5.7.30: No next server supports REQUIRETLS (RFC 8689 §5).
    pub const REQUIRE_TLS: Self = Self::own(5, 7, 30);
}

impl fmt::Display for EnhancedStatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl core::str::FromStr for EnhancedStatusCode {
    type Err = ValueError;

    fn from_str(value: &str) -> Result<Self, ValueError> {
        Self::parse(value)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::format;

    use super::EnhancedStatusCode as Status;
    use super::registry::ROWS;
    use crate::ValueError;

    /// How many details each subject has in the registry, from X.0 on.
    const DETAILS: [u16; 8] = [1, 11, 5, 7, 8, 7, 11, 31];

    #[test]
    fn every_registered_code_has_a_meaning() {
        for (subject, details) in (0..).zip(DETAILS) {
            for class in [2, 4, 5] {
                for detail in 0..details {
                    let status = Status::new(class, subject, detail).unwrap();
                    assert!(status.meaning().is_some_and(|words| !words.is_empty()), "{status}");
                }
                let next = Status::new(class, subject, details).unwrap();
                assert_eq!((next.meaning(), next.rfc()), (None, None), "{next}");
            }
        }
        assert_eq!(ROWS.len(), usize::from(DETAILS.into_iter().sum::<u16>()));
        assert!(ROWS.is_sorted_by_key(|(subject, detail, ..)| (*subject, *detail)));
        assert_eq!(Status::new(5, 8, 0).unwrap().meaning(), None);
    }

    #[test]
    fn the_rfc_is_that_of_the_registry() {
        let table = [
            ("5.1.1", Some(3463)),
            ("2.1.9", Some(3886)),
            ("5.6.6", Some(4468)),
            ("5.7.14", Some(5248)),
            ("5.7.8", Some(4954)),
            ("5.6.7", Some(6531)),
            ("2.3.6", Some(6710)),
            ("4.7.15", Some(6710)),
            ("5.7.17", Some(7293)),
            ("5.7.23", Some(7372)),
            ("5.1.10", Some(7505)),
            ("5.7.27", Some(7505)),
            ("4.7.28", None),
            ("5.7.29", Some(8617)),
            ("5.7.30", Some(8689)),
        ];
        for (code, rfc) in table {
            let status: Status = code.parse().unwrap();
            assert_eq!(status.rfc(), rfc, "{code}");
            assert_eq!(format!("{status}"), code);
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let texts = [
            "",
            "5",
            "5.1",
            "5.1.",
            "5.1.1.",
            "5.1.1 ",
            " 5.1.1",
            "5.1.1 no",
            "3.0.0",
            "1.0.0",
            "6.0.0",
            "5.1.1000",
            "5.1000.1",
            "05.1.1",
            "5..1",
            "5.1.-1",
            "5.1.+1",
            "5,1,1",
            "x.1.1",
            "5.1.1\r\n",
            "5.1.\u{661}",
        ];
        for text in texts {
            assert_eq!(Status::parse(text), Err(ValueError::Syntax), "{text:?}");
        }
        assert_eq!(Status::parse("5.999.999"), Status::new(5, 999, 999));
    }

    #[test]
    fn the_constants_are_registered() {
        assert_eq!(format!("{}", Status::MAILBOX_FULL), "4.2.2");
        assert_eq!(Status::REQUIRE_TLS.meaning(), Some("no next server supports REQUIRETLS"));
        assert_eq!(Status::NULL_MX.rfc(), Some(7505));
    }
}
