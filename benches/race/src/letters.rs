//! What the mails of a corpus say, for builders to say it again.

use postrider_message::{AddrSpec, Mailbox, MessageId, Text};
use postrider_mime::{ContentType, Message, Part};

use crate::corpus::Corpus;

/// A mailbox: name, local part and domain, and the address as one string.
pub struct Person {
    pub name: Option<String>,
    pub local: String,
    pub domain: String,
    pub address: String,
}

/// A part that is no text of the letter.
pub struct Attachment {
    pub ty: String,
    pub subtype: String,
    /// The same as one string.
    pub full_type: String,
    pub name: String,
    pub content: Vec<u8>,
}

/// What a mail says.
pub struct Letter {
    pub from: Person,
    pub to: Vec<Person>,
    pub subject: String,
    pub unix: i64,
    pub id: String,
    pub text: Option<String>,
    pub html: Option<String>,
    pub attachments: Vec<Attachment>,
}

impl Letter {
    /// Octets of what the parts hold.
    pub fn octets(&self) -> usize {
        let texts = [&self.text, &self.html].into_iter().flatten().map(String::len).sum::<usize>();
        texts + self.attachments.iter().map(|one| one.content.len()).sum::<usize>()
    }

    /// What a mail says, where it can be written: `None` for a mail without an author.
    fn of(mail: &[u8], number: usize) -> Option<Self> {
        let message = Message::parse(mail).ok()?;
        let headers = message.headers();
        let people =
            |list: Option<postrider_message::Parsed<'_, postrider_message::AddressList<'_>>>| {
                let list =
                    list.as_ref().map(|list| list.value.mailboxes().filter_map(person).collect());
                list.unwrap_or_else(Vec::new)
            };
        let subject = headers.subject().map(|text| text.value.as_str().to_owned());
        let ids = headers.message_id();
        let id = ids.as_ref().and_then(|ids| Some(ids.value.ids().first()?.as_str().to_owned()));
        let mut letter = Self {
            from: people(headers.from()).into_iter().next()?,
            to: people(headers.to()),
            subject: subject.filter(|text| Text::new(&**text).is_ok()).unwrap_or_default(),
            unix: headers.date().and_then(|date| date.value).map_or(0, |date| date.unix()),
            id: id
                .filter(|id| id.is_ascii() && MessageId::new(&**id).is_ok())
                .unwrap_or_else(|| format!("{number}@letters.example")),
            text: None,
            html: None,
            attachments: Vec::new(),
        };
        message.parts().for_each(|part| letter.take(part));
        Some(letter)
    }

    fn take(&mut self, part: Part<'_>) {
        if part.is_multipart() || part.message().is_some() {
            return;
        }
        let ty = part.media_type();
        let place = match (ty.is("text", "plain"), ty.is("text", "html")) {
            (true, _) => Some(&mut self.text),
            (_, true) => Some(&mut self.html),
            _ => None,
        };
        if let Some(place @ None) = place
            && let Some(text) = part.text()
        {
            *place = Some(text.value.into_owned());
            return;
        }
        let (ty, subtype) = (ty.ty().to_ascii_lowercase(), ty.subtype().to_ascii_lowercase());
        let known = ContentType::new(&*ty, &*subtype).is_ok() && ty != "message";
        let (ty, subtype) = if known {
            (ty, subtype)
        } else {
            ("application".to_owned(), "octet-stream".to_owned())
        };
        self.attachments.push(Attachment {
            full_type: format!("{ty}/{subtype}"),
            ty,
            subtype,
            name: part.safe_file_name().unwrap_or_else(|| "attachment".into()).to_string(),
            content: part.decoded().value.into_owned(),
        });
    }
}

fn person(mailbox: &Mailbox<'_>) -> Option<Person> {
    let addr = mailbox.addr_spec();
    let (local, domain) = (addr.local_part().to_owned(), addr.domain().to_owned());
    // mail-builder quotes no local part.
    let plain =
        |octet: u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&octet);
    let writable = local.bytes().all(plain) && domain.is_ascii();
    let name = mailbox.name().map(str::to_owned);
    let name = name.filter(|name| Mailbox::with_name(addr.clone(), &**name).is_ok());
    AddrSpec::new(&*local, &*domain).ok().filter(|_| writable)?;
    Some(Person { name, address: format!("{local}@{domain}"), local, domain })
}

/// The letters of a corpus: those with text, or with attachments.
pub fn letters(corpus: &Corpus, attachments: bool) -> Vec<Letter> {
    let mails = corpus.mails.iter().enumerate();
    let letters = mails.filter_map(|(number, mail)| Letter::of(mail, number));
    let has_it = |letter: &Letter| match attachments {
        true => !letter.attachments.is_empty(),
        false => letter.text.is_some() || letter.html.is_some(),
    };
    letters.filter(has_it).collect()
}

/// What is read of a built mail by mail-parser, who wrote neither library's reader of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    pub fields: Vec<String>,
    /// Type, file name and content of each leaf; texts with LF line ends.
    pub leaves: Vec<(String, String, Vec<u8>)>,
}

impl Said {
    /// Of a built mail.
    pub fn of(mail: &[u8]) -> Option<Self> {
        let message = crate::structure::MAIL_PARSER.parse(mail)?;
        let people = |list: Option<mail_parser::AddressList<'_>>| {
            let mailboxes = list.iter().flat_map(|list| list.mailboxes());
            let shown = mailboxes.map(|one| {
                let name = one.name().unwrap_or_default();
                format!("{name} <{}>", one.address().unwrap_or_default())
            });
            shown.collect::<Vec<_>>().join(", ")
        };
        let fields = vec![
            people(message.from()),
            people(message.to()),
            message.subject().unwrap_or_default().to_owned(),
            message.date().map(|date| date.to_timestamp()).unwrap_or_default().to_string(),
            message.message_id().unwrap_or_default().to_owned(),
        ];
        let leaves = message.parts().filter(|part| !part.is_multipart()).map(|part| {
            let (ty, subtype) = crate::structure::type_of(&part);
            let content = part.decoded().to_vec();
            let content = if ty == "text" { with_lf(&content) } else { content };
            let name = part.attachment_name().unwrap_or_default().to_owned();
            (format!("{ty}/{subtype}"), name, content)
        });
        Some(Self { fields, leaves: leaves.collect() })
    }

    /// What the letter says in the same form.
    pub fn of_letter(letter: &Letter, attachments: bool) -> Self {
        let shown =
            |one: &Person| format!("{} <{}>", one.name.as_deref().unwrap_or_default(), one.address);
        let fields = vec![
            shown(&letter.from),
            letter.to.iter().map(shown).collect::<Vec<_>>().join(", "),
            letter.subject.clone(),
            letter.unix.to_string(),
            letter.id.clone(),
        ];
        let texts = [("text/plain", &letter.text), ("text/html", &letter.html)];
        let texts = texts.into_iter().filter_map(|(ty, text)| {
            Some((ty.to_owned(), String::new(), with_lf(text.as_ref()?.as_bytes())))
        });
        let attached = letter.attachments.iter().filter(|_| attachments).map(|one| {
            let content =
                if one.ty == "text" { with_lf(&one.content) } else { one.content.clone() };
            (one.full_type.clone(), one.name.clone(), content)
        });
        Self { fields, leaves: texts.chain(attached).collect() }
    }
}

fn with_lf(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (at, octet) in text.iter().enumerate() {
        if *octet != b'\r' || text.get(at + 1) != Some(&b'\n') {
            out.push(*octet);
        }
    }
    out
}
