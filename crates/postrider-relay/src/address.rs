//! Addresses of the envelope and of header fields, and when two of them are one.

use alloc::borrow::ToOwned;
use alloc::string::String;

use postrider_message::{AddrSpec, InvalidValue, unquote};
use postrider_smtp::Mailbox;

use crate::{DomainName, address_literal, literal};

/// The address in a header field (RFC 5322 §3.4.1) of this mailbox of an envelope (RFC 5321 §4.1.2). Some
/// no field may have, such as one with an encoded word in it.
pub(crate) fn addr_spec(mailbox: &Mailbox) -> Result<AddrSpec<'static>, InvalidValue> {
    AddrSpec::new(local_part(mailbox), mailbox.domain().to_owned())
}

/// The local part without its quotation marks.
pub(crate) fn local_part(mailbox: &Mailbox) -> String {
    let local = mailbox.local_part();
    match local.strip_prefix('"').and_then(|local| local.strip_suffix('"')) {
        Some(inside) => String::from_utf8_lossy(&unquote(inside.as_bytes())).into_owned(),
        None => local.to_owned(),
    }
}

/// What a domain is compared by: its A-labels in lower case, or the address of a literal; of what is
/// neither the text in lower case.
pub(crate) fn domain_key(domain: &str) -> String {
    match (DomainName::parse(domain), address_literal(domain)) {
        (Ok(name), _) => name.as_str().to_owned(),
        (Err(_), Some(address)) => literal::of(address),
        (Err(_), None) => domain.to_ascii_lowercase(),
    }
}

/// An address without what its writing adds: quotation marks, the case of the domain, U-labels. The
/// case of the local part stays, since it may matter (RFC 5321 §2.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Same {
    local: String,
    domain: String,
}

impl Same {
    pub(crate) fn of(addr: &AddrSpec<'_>) -> Self {
        Self { local: addr.local_part().to_owned(), domain: domain_key(addr.domain()) }
    }

    pub(crate) fn of_mailbox(mailbox: &Mailbox) -> Self {
        Self { local: local_part(mailbox), domain: domain_key(mailbox.domain()) }
    }

    /// The same for hosts that do not tell local parts apart by case.
    pub(crate) fn in_any_case(mut self) -> Self {
        self.local = self.local.to_lowercase();
        self
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use alloc::string::ToString;

    use postrider_smtp::Mailbox;

    use super::{Same, addr_spec};

    #[test]
    fn a_mailbox_of_an_envelope_is_written_into_a_field_as_the_same_mailbox() {
        let table = [
            "joe@example.com",
            "\"two words\"@example.com",
            r#""a\"b"@example.com"#,
            "joe@[192.0.2.1]",
            "joe@[IPv6:2001:db8::1]",
            "k\u{f6}n@b\u{fc}cher.example",
        ];
        for text in table {
            let mailbox = Mailbox::parse(text).unwrap();
            let addr = addr_spec(&mailbox).unwrap();
            assert_eq!(addr.to_string(), text);
            assert_eq!(Same::of(&addr), Same::of_mailbox(&mailbox), "{text}");
        }
        let encoded = Mailbox::parse("=?utf-8?q?a?=@example.com").unwrap();
        assert!(addr_spec(&encoded).is_err());
    }

    #[test]
    fn writing_does_not_tell_two_addresses_apart() {
        let same = |text: &str| Same::of_mailbox(&Mailbox::parse(text).unwrap());
        assert_eq!(same("\"j\\oe\"@B\u{fc}cher.example"), same("joe@xn--bcher-kva.EXAMPLE"));
        assert_eq!(same("joe@[IPv6:2001:DB8:0::1]"), same("joe@[IPv6:2001:db8::1]"));
        assert_ne!(same("Joe@example.com"), same("joe@example.com"));
        assert_eq!(same("Joe@example.com").in_any_case(), same("joe@example.com"));
    }
}
