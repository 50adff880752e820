//! mailparse's reading of everything. It has fewer readers: `Received` is read for its date alone,
//! and the fields of mailing lists are texts.

use mailparse::{MailAddr, MailHeader};
use postrider_message::FieldName;

use super::Out;
use crate::full;

pub fn mailparse(mail: &[u8], out: &mut impl Out) {
    let Ok(message) = mailparse::parse_mail(mail) else { return };
    for part in message.parts() {
        for header in &part.headers {
            if let Some(name) = FieldName::of(header.get_key_raw()) {
                read(name, header, out);
            }
        }
        full::mailparse_leaf(part, out);
    }
}

fn read(name: FieldName, header: &MailHeader<'_>, out: &mut impl Out) {
    let begin = |out: &mut _| Out::field(out, || name.as_str().into());
    match name {
        FieldName::Subject
        | FieldName::Comments
        | FieldName::ContentDescription
        | FieldName::ContentLocation
        | FieldName::ContentTransferEncoding
        | FieldName::ListArchive
        | FieldName::ListHelp
        | FieldName::ListId
        | FieldName::ListOwner
        | FieldName::ListPost
        | FieldName::ListSubscribe
        | FieldName::ListUnsubscribe
        | FieldName::Keywords
        | FieldName::ContentLanguage => {
            begin(out);
            out.value("", &header.get_value());
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
            for address in mailparse::addrparse_header(header).iter().flat_map(|list| list.iter()) {
                let singles = match address {
                    MailAddr::Single(single) => core::slice::from_ref(single),
                    MailAddr::Group(group) => &group.addrs,
                };
                for single in singles {
                    out.mailbox(single.display_name.as_deref(), &single.addr, "");
                }
            }
        }
        FieldName::Date | FieldName::ResentDate => {
            begin(out);
            if let Ok(unix) = mailparse::dateparse(&header.get_value()) {
                out.date(unix);
            }
        }
        FieldName::Received => {
            begin(out);
            let value = header.get_value();
            let date = value.rsplit_once(';').map(|(_, date)| mailparse::dateparse(date.trim()));
            if let Some(Ok(unix)) = date {
                out.date(unix);
            }
        }
        FieldName::MessageId
        | FieldName::References
        | FieldName::InReplyTo
        | FieldName::ContentId
        | FieldName::ReturnPath
        | FieldName::ResentMessageId => {
            begin(out);
            if let Ok(ids) = mailparse::msgidparse(&header.get_value()) {
                ids.iter().for_each(|id| out.value("", id));
            }
        }
        FieldName::ContentType => {
            begin(out);
            let ty = mailparse::parse_content_type(&header.get_value());
            out.value("type ", &ty.mimetype);
            for (name, value) in &ty.params {
                out.value("name ", name);
                out.value("is ", value);
            }
        }
        FieldName::ContentDisposition => {
            begin(out);
            let disposition = mailparse::parse_content_disposition(&header.get_value());
            for (name, value) in &disposition.params {
                out.value("name ", name);
                out.value("is ", value);
            }
        }
        _ => {}
    }
}
