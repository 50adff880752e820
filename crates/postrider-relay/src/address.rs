//! Addresses of the envelope as addresses of header fields.

use alloc::borrow::ToOwned;
use alloc::string::String;

use postrider_message::{AddrSpec, unquote};
use postrider_smtp::Mailbox;

/// The address in a header field (RFC 5322 §3.4.1) of this mailbox of an envelope (RFC 5321 §4.1.2).
/// `None` for one that no field may have, such as one with an encoded word in it.
pub(crate) fn addr_spec(mailbox: &Mailbox) -> Option<AddrSpec<'static>> {
    let local = mailbox.local_part();
    let quoted = local.strip_prefix('"').and_then(|local| local.strip_suffix('"'));
    let local = match quoted {
        Some(inside) => String::from_utf8(unquote(inside.as_bytes()).into_owned()).ok()?,
        None => local.to_owned(),
    };
    AddrSpec::new(local, mailbox.domain().to_owned()).ok()
}

#[cfg(test)]
mod tests {
    extern crate std;
    use alloc::string::ToString;

    use postrider_smtp::Mailbox;

    use super::addr_spec;

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
            assert_eq!(addr_spec(&mailbox).unwrap().to_string(), text);
        }
        let encoded = Mailbox::parse("=?utf-8?q?a?=@example.com").unwrap();
        assert_eq!(addr_spec(&encoded), None);
    }
}
