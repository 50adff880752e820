//! Our reading of everything.

use postrider_message::{
    AddressList, DateTime, Field, FieldName, FieldValue, LanguageTags, ListId, ListUrls,
    MessageIdList, Parameters, PhraseList, Received, ReturnPath, Text,
};
use postrider_mime::{ContentType, Disposition, Message};

use super::Out;
use crate::full;

pub fn postrider(mail: &[u8], out: &mut impl Out) {
    let Ok(message) = Message::parse(mail) else { return };
    for part in message.parts() {
        for field in part.headers().fields() {
            if let Some(name) = field.known() {
                read(name, field, out);
            }
        }
        full::leaf(part, out);
    }
}

fn read(name: FieldName, field: Field<'_>, out: &mut impl Out) {
    let begin = |out: &mut _| Out::field(out, || name.as_str().into());
    match name {
        FieldName::Subject
        | FieldName::Comments
        | FieldName::ContentDescription
        | FieldName::ContentLocation
        | FieldName::ContentTransferEncoding => {
            begin(out);
            out.value("", value::<Text<'_>>(field).as_str());
        }
        FieldName::From
        | FieldName::To
        | FieldName::Cc
        | FieldName::Bcc
        | FieldName::ReplyTo
        | FieldName::Sender
        | FieldName::ResentTo
        | FieldName::ResentFrom
        | FieldName::ResentBcc
        | FieldName::ResentCc
        | FieldName::ResentSender => {
            begin(out);
            for mailbox in value::<AddressList<'_>>(field).mailboxes() {
                let addr = mailbox.addr_spec();
                out.mailbox(mailbox.name(), addr.local_part(), addr.domain());
            }
        }
        FieldName::ListArchive
        | FieldName::ListHelp
        | FieldName::ListOwner
        | FieldName::ListPost
        | FieldName::ListSubscribe
        | FieldName::ListUnsubscribe => {
            begin(out);
            value::<ListUrls<'_>>(field).urls().iter().for_each(|url| out.value("", url.as_str()));
        }
        FieldName::ListId => {
            begin(out);
            if let Some(id) = value::<Option<ListId<'_>>>(field) {
                out.mailbox(id.name(), id.as_str(), "");
            }
        }
        FieldName::Date | FieldName::ResentDate => {
            begin(out);
            if let Some(date) = value::<Option<DateTime>>(field) {
                out.date(date.unix());
            }
        }
        FieldName::MessageId
        | FieldName::References
        | FieldName::InReplyTo
        | FieldName::ContentId
        | FieldName::ResentMessageId => {
            begin(out);
            value::<MessageIdList<'_>>(field)
                .ids()
                .iter()
                .for_each(|id| out.value("", id.as_str()));
        }
        FieldName::ReturnPath => {
            begin(out);
            if let Some(ReturnPath::Address(addr)) = value::<Option<ReturnPath<'_>>>(field) {
                out.mailbox(None, addr.local_part(), addr.domain());
            }
        }
        FieldName::Keywords => {
            begin(out);
            let list = value::<PhraseList<'_>>(field);
            list.phrases().iter().for_each(|phrase| out.value("", phrase));
        }
        FieldName::ContentLanguage => {
            begin(out);
            value::<LanguageTags<'_>>(field).tags().iter().for_each(|tag| out.value("", tag));
        }
        FieldName::Received => {
            begin(out);
            received(&value(field), out);
        }
        FieldName::ContentType => {
            begin(out);
            let ty = value::<ContentType<'_>>(field);
            out.value("type ", ty.ty());
            out.value("subtype ", ty.subtype());
            parameters(ty.parameters(), out);
        }
        FieldName::ContentDisposition => {
            begin(out);
            let disposition = value::<Disposition<'_>>(field);
            out.value("type ", disposition.ty());
            parameters(disposition.parameters(), out);
        }
        _ => {}
    }
}

fn value<'a, T: FieldValue<'a>>(field: Field<'a>) -> T {
    field.read().value
}

fn parameters(parameters: &Parameters<'_>, out: &mut impl Out) {
    for name in parameters.names() {
        out.value("name ", name);
        out.value("is ", &parameters.text(name).unwrap_or_default());
    }
}

fn received(received: &Received<'_>, out: &mut impl Out) {
    let clauses = [
        ("from ", received.from()),
        ("by ", received.by()),
        ("via ", received.via()),
        ("with ", received.with()),
        ("id ", received.id()),
    ];
    for (what, clause) in clauses {
        if let Some(clause) = clause {
            out.value(what, clause.value());
        }
    }
    if let Some(addr) = received.recipient_addr() {
        out.mailbox(None, addr.local_part(), addr.domain());
    }
    if let Some(tcp) = received.tcp_info() {
        out.ip(tcp.address());
        tcp.name().into_iter().for_each(|name| out.value("name ", name));
        tcp.ident().into_iter().for_each(|ident| out.value("ident ", ident));
    }
    if let Some(helo) = received.helo() {
        out.value("helo ", helo);
    }
    if let Some(tls) = received.tls_info() {
        tls.version().into_iter().for_each(|version| out.value("version ", version));
        tls.cipher().into_iter().for_each(|cipher| out.value("cipher ", cipher));
    }
    if let Some(date) = received.date() {
        out.date(date.unix());
    }
}
