//! `From` and `Sender` (RFC 5322 §3.6.2, RFC 6854).

use super::Findings;
use crate::{Address, AddressList, FieldName, Headers, code};

/// "If the from field contains more than one mailbox specification in the mailbox-list, then the
/// sender field, containing the field name Sender and a single mailbox specification, MUST appear in
/// the message"; where author and transmitter are identical, it "SHOULD NOT be used".
pub(super) fn sender(headers: Headers<'_>, to: &mut Findings) {
    let from = headers.from().map(|parsed| parsed.value).unwrap_or_default();
    let authors = from.mailboxes().take(2).count();
    let Some(field) = headers.get(FieldName::Sender) else {
        if authors > 1
            && let Some(field) = headers.get(FieldName::From)
        {
            to.tell(&code::SENDER_NEEDED, field.span());
        }
        return;
    };
    let sender = field.read::<AddressList<'_>>().value;
    let mailbox = match sender.addresses() {
        [Address::Mailbox(mailbox)] => mailbox,
        // `sender = "Sender:" (mailbox / address) CRLF` (RFC 6854 §2.1)
        [Address::Group(_)] => return,
        _ => {
            to.tell(&code::SENDER_NOT_ONE, field.span());
            return;
        }
    };
    let mailbox = mailbox.addr_spec();
    let same = from.mailboxes().next().is_some_and(|author| {
        let author = author.addr_spec();
        author.local_part() == mailbox.local_part()
            && author.domain().eq_ignore_ascii_case(mailbox.domain())
    });
    if same && authors == 1 {
        to.tell(&code::SENDER_IS_FROM, field.span());
    }
}

/// RFC 6854 lets groups stand in `From` and `Sender`, where RFC 5322 does not.
pub(super) fn groups(headers: Headers<'_>, to: &mut Findings) {
    for name in [FieldName::From, FieldName::Sender, FieldName::ResentFrom, FieldName::ResentSender]
    {
        for field in headers.all(name) {
            let list = field.read::<AddressList<'_>>().value;
            if list.addresses().iter().any(|address| matches!(address, Address::Group(_))) {
                to.tell(&code::GROUP_IN_ORIGINATOR, field.span());
            }
        }
    }
}
