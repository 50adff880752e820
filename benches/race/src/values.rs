//! What the libraries read of a mail's best-known fields, as lists of strings to compare.

use mail_parser::{AddressList as Theirs, MessageParser, TextList};
use mailparse::{MailAddr, MailHeader, MailHeaderMap, SingleInfo};
use postrider_message::{AddressList, FieldName, Headers, HeaderSection, MessageIdList, Parsed};

/// The fields that are compared.
pub const FIELDS: [FieldName; 9] = [
    FieldName::Subject,
    FieldName::From,
    FieldName::To,
    FieldName::Cc,
    FieldName::ReplyTo,
    FieldName::Date,
    FieldName::MessageId,
    FieldName::InReplyTo,
    FieldName::References,
];

/// The values of [`FIELDS`]: a text, seconds since 1970, or mailboxes and identifiers in order.
pub type Values = [Vec<String>; FIELDS.len()];

pub fn postrider(mail: &[u8]) -> Values {
    let section = HeaderSection::parse(mail);
    let headers = section.headers();
    FIELDS.map(|field| match field {
        FieldName::Subject => {
            headers.subject().map(|text| text.value.as_str().into()).into_iter().collect()
        }
        FieldName::Date => {
            let date = headers.date().and_then(|date| date.value);
            date.map(|date| date.unix().to_string()).into_iter().collect()
        }
        FieldName::MessageId | FieldName::InReplyTo | FieldName::References => {
            ids(headers, field)
        }
        _ => mailboxes(headers, field),
    })
}

fn ids(headers: Headers<'_>, field: FieldName) -> Vec<String> {
    let list: Option<Parsed<'_, MessageIdList<'_>>> = headers.read(field);
    let ids = list.iter().flat_map(|list| list.value.ids());
    ids.map(|id| id.as_str().into()).collect()
}

fn mailboxes(headers: Headers<'_>, field: FieldName) -> Vec<String> {
    let list: Option<Parsed<'_, AddressList<'_>>> = headers.read(field);
    let mailboxes = list.iter().flat_map(|list| list.value.mailboxes());
    mailboxes
        .map(|mailbox| {
            let addr = mailbox.addr_spec();
            shown(mailbox.name(), &format!("{}@{}", addr.local_part(), addr.domain()))
        })
        .collect()
}

/// A name and an address as one string; no name and an empty one are told apart by nobody.
fn shown(name: Option<&str>, address: &str) -> String {
    format!("{}|{address}", name.unwrap_or_default())
}

pub fn mail_parser(mail: &[u8]) -> Values {
    let Some(message) = MessageParser::default().parse_headers(mail) else {
        return Values::default();
    };
    let ids = |list: Option<TextList<'_>>| {
        list.iter().flat_map(|list| list.iter()).map(Into::into).collect()
    };
    FIELDS.map(|field| match field {
        FieldName::Subject => message.subject().map(Into::into).into_iter().collect(),
        FieldName::From => theirs(message.from()),
        FieldName::To => theirs(message.to()),
        FieldName::Cc => theirs(message.cc()),
        FieldName::ReplyTo => theirs(message.reply_to()),
        FieldName::Date => {
            message.date().map(|date| date.to_timestamp().to_string()).into_iter().collect()
        }
        FieldName::MessageId => message.message_id().map(Into::into).into_iter().collect(),
        FieldName::InReplyTo => ids(message.in_reply_to()),
        _ => ids(message.references()),
    })
}

fn theirs(list: Option<Theirs<'_>>) -> Vec<String> {
    let mailboxes = list.iter().flat_map(|list| list.mailboxes());
    mailboxes
        .map(|mailbox| shown(mailbox.name(), mailbox.address().unwrap_or_default()))
        .collect()
}

pub fn mailparse(mail: &[u8]) -> Values {
    let Ok((headers, _)) = mailparse::parse_headers(mail) else { return Values::default() };
    FIELDS.map(|field| {
        let Some(header) = headers.get_first_header(field.as_str()) else { return Vec::new() };
        match field {
            FieldName::Subject => vec![header.get_value()],
            FieldName::Date => {
                let date = mailparse::dateparse(&header.get_value());
                date.map(|unix| unix.to_string()).into_iter().collect()
            }
            FieldName::MessageId | FieldName::InReplyTo | FieldName::References => {
                let ids = mailparse::msgidparse(&header.get_value());
                ids.map(|ids| ids.to_vec()).unwrap_or_default()
            }
            _ => singles(header),
        }
    })
}

fn singles(header: &MailHeader<'_>) -> Vec<String> {
    let Ok(list) = mailparse::addrparse_header(header) else { return Vec::new() };
    let show = |single: &SingleInfo| shown(single.display_name.as_deref(), &single.addr);
    let mut out = Vec::new();
    for address in list.iter() {
        match address {
            MailAddr::Single(single) => out.push(show(single)),
            MailAddr::Group(group) => out.extend(group.addrs.iter().map(show)),
        }
    }
    out
}
