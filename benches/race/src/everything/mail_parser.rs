//! mail-parser's reading of everything.

use mail_parser::{Header, HeaderName, HeaderValue, Host, Received};

use super::Out;
use crate::{full, structure::MAIL_PARSER};

pub fn mail_parser(mail: &[u8], out: &mut impl Out) {
    let Some(message) = MAIL_PARSER.parse(mail) else { return };
    for part in message.parts() {
        for header in part.headers() {
            read(&header, out);
        }
        full::mail_parser_leaf(part, out);
    }
}

/// What it has read already, by the form of its value. Fields that it does not type are texts too;
/// leaving them out would cost it more than handing them over.
fn read(header: &Header<'_>, out: &mut impl Out) {
    out.field(|| header.name().as_str().into());
    match header.value() {
        HeaderValue::Text(text) => out.value("", text),
        HeaderValue::TextList(list) => list.iter().for_each(|item| out.value("", item)),
        HeaderValue::Address(list) => list.mailboxes().for_each(|mailbox| {
            out.mailbox(mailbox.name(), mailbox.address().unwrap_or_default(), "");
        }),
        HeaderValue::DateTime(date) => out.date(date.to_timestamp()),
        HeaderValue::ContentType(ty) => {
            out.value("type ", ty.ctype());
            if let Some(subtype) = ty.subtype() {
                out.value("subtype ", subtype);
            }
            for (name, value) in ty.attributes() {
                out.value("name ", name);
                out.value("is ", value);
            }
        }
        HeaderValue::Received(one) => received(&one, out),
        HeaderValue::Empty => {}
    }
}

fn received(received: &Received<'_>, out: &mut impl Out) {
    let host = |what, host: Option<Host<'_>>, out: &mut _| match host {
        Some(Host::Name(name)) => Out::value(out, what, name),
        Some(Host::IpAddr(address)) => Out::ip(out, address),
        None => {}
    };
    host("from ", received.from(), out);
    host("by ", received.by(), out);
    received.via().into_iter().for_each(|via| out.value("via ", via));
    received.with().into_iter().for_each(|with| out.value("with ", with.as_str()));
    received.id().into_iter().for_each(|id| out.value("id ", id));
    received.for_().into_iter().for_each(|addr| out.mailbox(None, addr, ""));
    received.from_ip().into_iter().for_each(|address| out.ip(address));
    received.from_iprev().into_iter().for_each(|name| out.value("name ", name));
    received.ident().into_iter().for_each(|ident| out.value("ident ", ident));
    host("helo ", received.helo(), out);
    received.tls_version().into_iter().for_each(|tls| out.value("version ", tls.as_str()));
    received.tls_cipher().into_iter().for_each(|cipher| out.value("cipher ", cipher));
    received.date().into_iter().for_each(|date| out.date(date.to_timestamp()));
}

/// Whether mail-parser gives the field a type, by its own table of default forms.
pub fn is_typed(name: &str) -> bool {
    use HeaderName as Name;
    matches!(
        HeaderName::parse(name),
        Some(
            Name::Subject
                | Name::Comments
                | Name::ContentDescription
                | Name::ContentLocation
                | Name::ContentTransferEncoding
                | Name::From
                | Name::To
                | Name::Cc
                | Name::Bcc
                | Name::ReplyTo
                | Name::Sender
                | Name::ResentTo
                | Name::ResentFrom
                | Name::ResentBcc
                | Name::ResentCc
                | Name::ResentSender
                | Name::ListArchive
                | Name::ListHelp
                | Name::ListId
                | Name::ListOwner
                | Name::ListPost
                | Name::ListSubscribe
                | Name::ListUnsubscribe
                | Name::Date
                | Name::ResentDate
                | Name::MessageId
                | Name::References
                | Name::InReplyTo
                | Name::ReturnPath
                | Name::ContentId
                | Name::ResentMessageId
                | Name::Keywords
                | Name::ContentLanguage
                | Name::Received
                | Name::ContentType
                | Name::ContentDisposition
        )
    )
}
