//! What an address is sorted by (RFC 5256 §3 and RFC 5957 §3).

use alloc::{borrow::Cow, string::String};

use postrider_message::{FieldValue, RawValue, Text};
use postrider_mime::imap::Address;

/// "`addr-mailbox` of the first … address" (RFC 5256 §3); empty where there is none.
pub(super) fn mailbox(first: Option<&Address<'_>>) -> String {
    first.and_then(|address| address.mailbox.as_deref()).map(text).unwrap_or_default().into_owned()
}

/// The DISPLAY sort value of the first address (RFC 5957 §3): its decoded `addr-name` where that is
/// not empty, else `addr-mailbox@addr-host`, else `addr-mailbox`, else nothing.
pub(super) fn display(first: Option<&Address<'_>>) -> String {
    let Some(address) = first else { return String::new() };
    if let Some(name) = &address.name {
        let name = Text::read(RawValue::new(name)).value.into_cow();
        if !name.is_empty() {
            return name.into_owned();
        }
    }
    let mut out = mailbox(first);
    if let (Some(_), Some(host)) = (&address.mailbox, address.host) {
        out.push('@');
        out.push_str(&text(host));
    }
    out
}

fn text(octets: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(octets)
}
