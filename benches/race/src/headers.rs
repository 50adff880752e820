//! The workload `headers`: Subject, first From, Date and Message-ID of a mail.

use mail_parser::{Message, MessageParser};
use postrider_message::{FieldName, HeaderSection};

/// The fields of the workload.
pub const FIELDS: [FieldName; 4] =
    [FieldName::Subject, FieldName::From, FieldName::Date, FieldName::MessageId];

/// What is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers {
    pub subject: Option<String>,
    /// Name and address of the first mailbox.
    pub from: Option<(Option<String>, String)>,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub date: Option<i64>,
    pub message_id: Option<String>,
}

/// Hands what was read to `out`, borrowed where the library lends it.
pub trait Out {
    fn subject(&mut self, text: &str);
    fn from(&mut self, name: Option<&str>, local: &str, domain: &str);
    fn date(&mut self, unix: i64);
    fn message_id(&mut self, id: &str);
}

/// Adds up what was read, so that no reading is optimised away.
#[derive(Default)]
pub struct Sum(pub usize);

impl Out for Sum {
    fn subject(&mut self, text: &str) {
        self.0 = self.0.wrapping_add(text.len());
    }

    fn from(&mut self, name: Option<&str>, local: &str, domain: &str) {
        let name = name.map_or(0, str::len);
        self.0 = self.0.wrapping_add(name).wrapping_add(local.len()).wrapping_add(domain.len());
    }

    fn date(&mut self, unix: i64) {
        self.0 = self.0.wrapping_add(unix as usize);
    }

    fn message_id(&mut self, id: &str) {
        self.0 = self.0.wrapping_add(id.len());
    }
}

impl Out for Headers {
    fn subject(&mut self, text: &str) {
        self.subject = Some(text.into());
    }

    fn from(&mut self, name: Option<&str>, local: &str, domain: &str) {
        let at = if domain.is_empty() { "" } else { "@" };
        self.from = Some((name.map(Into::into), format!("{local}{at}{domain}")));
    }

    fn date(&mut self, unix: i64) {
        self.date = Some(unix);
    }

    fn message_id(&mut self, id: &str) {
        self.message_id = Some(id.into());
    }
}

pub fn postrider(mail: &[u8], out: &mut impl Out) {
    let section = HeaderSection::parse(mail);
    let headers = section.headers();
    if let Some(subject) = headers.subject() {
        out.subject(subject.value.as_str());
    }
    if let Some(from) = headers.from()
        && let Some(mailbox) = from.value.mailboxes().next()
    {
        let addr = mailbox.addr_spec();
        out.from(mailbox.name(), addr.local_part(), addr.domain());
    }
    if let Some(date) = headers.date().and_then(|date| date.value) {
        out.date(date.unix());
    }
    if let Some(ids) = headers.message_id()
        && let Some(id) = ids.value.ids().first()
    {
        out.message_id(id.as_str());
    }
}

pub fn mail_parser(mail: &[u8], out: &mut impl Out) {
    read(MessageParser::default().parse(mail), out);
}

pub fn mail_parser_headers(mail: &[u8], out: &mut impl Out) {
    read(MessageParser::default().parse_headers(mail), out);
}

fn read(message: Option<Message<'_>>, out: &mut impl Out) {
    let Some(message) = message else { return };
    if let Some(subject) = message.subject() {
        out.subject(subject);
    }
    if let Some(first) = message.from().and_then(|from| from.first())
        && let Some(address) = first.address()
    {
        out.from(first.name(), address, "");
    }
    if let Some(date) = message.date() {
        out.date(date.to_timestamp());
    }
    if let Some(id) = message.message_id() {
        out.message_id(id);
    }
}

pub fn mailparse(mail: &[u8], out: &mut impl Out) {
    use mailparse::{MailAddr, MailHeaderMap};
    let Ok((headers, _)) = mailparse::parse_headers(mail) else { return };
    if let Some(subject) = headers.get_first_header("Subject") {
        out.subject(&subject.get_value());
    }
    if let Some(from) = headers.get_first_header("From")
        && let Ok(list) = mailparse::addrparse_header(from)
    {
        let first = list.iter().find_map(|one| match one {
            MailAddr::Single(single) => Some(single),
            MailAddr::Group(group) => group.addrs.first(),
        });
        if let Some(single) = first {
            out.from(single.display_name.as_deref(), &single.addr, "");
        }
    }
    if let Some(date) = headers.get_first_header("Date")
        && let Ok(unix) = mailparse::dateparse(&date.get_value())
    {
        out.date(unix);
    }
    if let Some(id) = headers.get_first_header("Message-ID")
        && let Ok(ids) = mailparse::msgidparse(&id.get_value())
        && let Some(id) = ids.first()
    {
        out.message_id(id);
    }
}
