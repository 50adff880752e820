//! What the libraries read of a mail's best-known fields, as lists of strings to compare.

use mail_parser::{AddressList as Theirs, DateTime, MessageParser, TextList};
use mailparse::{MailAddr, MailHeader, MailHeaderMap, SingleInfo};
use postrider_message::{AddressList, FieldName, HeaderSection, Headers, MessageIdList, Parsed};

/// The fields that are compared. Of `Received` it is the date, of each one by itself.
pub const FIELDS: [FieldName; 14] = [
    FieldName::Subject,
    FieldName::From,
    FieldName::Sender,
    FieldName::ReplyTo,
    FieldName::To,
    FieldName::Cc,
    FieldName::Bcc,
    FieldName::ResentFrom,
    FieldName::ResentTo,
    FieldName::Date,
    FieldName::Received,
    FieldName::MessageId,
    FieldName::InReplyTo,
    FieldName::References,
];

/// Whom we are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Library {
    MailParser,
    Mailparse,
}

impl Library {
    pub const ALL: [Self; 2] = [Self::MailParser, Self::Mailparse];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MailParser => "mail-parser",
            Self::Mailparse => "mailparse",
        }
    }

    /// What it reads of a field: a text, seconds since 1970, or mailboxes or identifiers in order.
    pub fn read(self, mail: &[u8], field: FieldName) -> Vec<String> {
        match self {
            Self::MailParser => mail_parser(mail, field),
            Self::Mailparse => mailparse(mail, field),
        }
    }
}

/// What we read of a field, in the same shape.
pub fn postrider(mail: &[u8], field: FieldName) -> Vec<String> {
    let section = HeaderSection::parse(mail);
    let headers = section.headers();
    let unix = |date: postrider_message::DateTime| date.unix().to_string();
    match field {
        FieldName::Subject => {
            headers.subject().map(|text| text.value.as_str().into()).into_iter().collect()
        }
        FieldName::Date => {
            headers.date().and_then(|date| date.value).map(unix).into_iter().collect()
        }
        FieldName::Received => {
            let first = headers.received().next();
            first.and_then(|received| received.value.date()).map(unix).into_iter().collect()
        }
        FieldName::MessageId | FieldName::InReplyTo | FieldName::References => ids(headers, field),
        _ => mailboxes(headers, field),
    }
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

/// A name and an address as one string. No name and an empty one are the same here: mail-parser
/// has no way to tell them apart.
fn shown(name: Option<&str>, address: &str) -> String {
    format!("{}|{address}", name.unwrap_or_default())
}

fn mail_parser(mail: &[u8], field: FieldName) -> Vec<String> {
    let Some(message) = MessageParser::default().parse_headers(mail) else { return Vec::new() };
    let ids = |list: Option<TextList<'_>>| {
        list.iter().flat_map(|list| list.iter()).map(Into::into).collect()
    };
    let unix = |date: Option<DateTime>| {
        date.map(|date| date.to_timestamp().to_string()).into_iter().collect()
    };
    match field {
        FieldName::Subject => message.subject().map(Into::into).into_iter().collect(),
        FieldName::From => theirs(message.from()),
        FieldName::Sender => theirs(message.sender()),
        FieldName::ReplyTo => theirs(message.reply_to()),
        FieldName::To => theirs(message.to()),
        FieldName::Cc => theirs(message.cc()),
        FieldName::Bcc => theirs(message.bcc()),
        FieldName::ResentFrom => theirs(message.root().headers().resent_from()),
        FieldName::ResentTo => theirs(message.root().headers().resent_to()),
        FieldName::Date => unix(message.date()),
        FieldName::Received => unix(message.received().and_then(|received| received.date())),
        FieldName::MessageId => message.message_id().map(Into::into).into_iter().collect(),
        FieldName::InReplyTo => ids(message.in_reply_to()),
        FieldName::References => ids(message.references()),
        _ => Vec::new(),
    }
}

fn theirs(list: Option<Theirs<'_>>) -> Vec<String> {
    let mailboxes = list.iter().flat_map(|list| list.mailboxes());
    mailboxes.map(|mailbox| shown(mailbox.name(), mailbox.address().unwrap_or_default())).collect()
}

fn mailparse(mail: &[u8], field: FieldName) -> Vec<String> {
    let Ok((headers, _)) = mailparse::parse_headers(mail) else { return Vec::new() };
    let Some(header) = headers.get_first_header(field.as_str()) else { return Vec::new() };
    let value = || header.get_value();
    let unix =
        |text: &str| mailparse::dateparse(text).map(|unix| unix.to_string()).into_iter().collect();
    match field {
        FieldName::Subject => vec![value()],
        FieldName::Date => unix(&value()),
        // It has no reader of Received: its reader of dates gets what follows the last semicolon.
        FieldName::Received => {
            value().rsplit_once(';').map(|(_, date)| unix(date.trim())).unwrap_or_default()
        }
        FieldName::MessageId | FieldName::InReplyTo | FieldName::References => {
            mailparse::msgidparse(&value()).map(|ids| ids.to_vec()).unwrap_or_default()
        }
        _ => singles(header),
    }
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
