//! `Delivered-To` (RFC 9228).

use alloc::format;
use alloc::string::String;

use postrider_message::Headers;
use postrider_smtp::Mailbox;

use super::MailLoop;
use crate::address::Same;

/// Fields that are read, the newest.
const READ: usize = 1_000;

/// ```text
/// "Delivered-To:" FWS Mailbox FWS CRLF
/// ```
///
/// To be put on top of a message at each delivery to a mailbox, above the fields of earlier ones
/// (RFC 9228 §3); beside [`return_path`](crate::return_path), in either order. One field for one
/// recipient: a copy for several must tell none of them of the others (RFC 5321 §7.2). It makes the
/// address public to whom the message is sent on to.
///
/// ```
/// use postrider_relay::loops::delivered_to;
/// use postrider_smtp::Mailbox;
///
/// let bob = Mailbox::parse("bob@example.net")?;
/// assert_eq!(delivered_to(&bob), "Delivered-To: bob@example.net\r\n");
/// # Ok::<(), postrider_smtp::ValueError>(())
/// ```
#[must_use]
pub fn delivered_to(recipient: &Mailbox) -> String {
    // A mailbox holds no CR, LF or NUL, and is never folded.
    format!("Delivered-To: {recipient}\r\n")
}

/// Refuses a message that was delivered to this mailbox before: one of its `Delivered-To` fields
/// names it. The domain is compared as the DNS does, the local part octet by octet.
///
/// Call it with the address that the field would be written with, before any alias is looked up:
/// what a mailbox forwards to is another address.
///
/// # Errors
///
/// [`MailLoop::Delivered`].
pub fn check_delivered_to(headers: Headers<'_>, recipient: &Mailbox) -> Result<(), MailLoop> {
    let recipient = Same::of_mailbox(recipient);
    let mut before = headers.delivered_to().take(READ);
    let again = before.any(|field| {
        field.value.mailboxes().any(|mailbox| Same::of(mailbox.addr_spec()) == recipient)
    });
    if again { Err(MailLoop::Delivered) } else { Ok(()) }
}
