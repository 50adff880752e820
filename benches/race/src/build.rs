//! The workloads `build/text` and `build/attachments`: the letters of a corpus, written to a vector.

use mail_builder::headers::{address::Address, date::Date};
use postrider_message::{
    AddrSpec, AddressList, DateTime, HeaderBuilder, InvalidValue, Mailbox, MessageId, Zone,
};
use postrider_mime::{
    ContentType,
    build::{BuildError, Entity, MessageBuilder, Options},
};

use crate::letters::{Letter, Person};

/// What boundaries are made of; every mail of a sender would get another.
const SEED: &[u8; 32] = b"thirty-two octets of no entropy.";

/// Text and HTML of a letter.
pub fn postrider_text(letter: &Letter) -> Option<Vec<u8>> {
    postrider(letter, false).ok()
}

/// All of a letter.
pub fn postrider_all(letter: &Letter) -> Option<Vec<u8>> {
    postrider(letter, true).ok()
}

fn postrider(letter: &Letter, attachments: bool) -> Result<Vec<u8>, BuildError> {
    let mut header = HeaderBuilder::new()
        .date(&DateTime::from_unix(letter.unix, Zone::east(0)?)?)?
        .from(&mailbox(&letter.from)?.into())?;
    if !letter.to.is_empty() {
        let to = letter.to.iter().map(mailbox);
        header = header.to(&to.collect::<Result<AddressList<'_>, _>>()?)?;
    }
    let header = header.subject(&letter.subject)?.message_id(&MessageId::new(&*letter.id)?)?;
    let mut message = MessageBuilder::new(header);
    if let Some(text) = &letter.text {
        message = message.text(&**text);
    }
    if let Some(html) = &letter.html {
        message = message.html(&**html);
    }
    for one in letter.attachments.iter().filter(|_| attachments) {
        let ty = ContentType::new(&*one.ty, &*one.subtype)?;
        message = message.attach(Entity::new(ty, &one.content)?.attached_as(&one.name)?);
    }
    message.to_vec(&Options::new(), SEED)
}

fn mailbox(person: &Person) -> Result<Mailbox<'_>, InvalidValue> {
    let addr = AddrSpec::new(&*person.local, &*person.domain)?;
    match &person.name {
        Some(name) => Mailbox::with_name(addr, &**name),
        None => Ok(Mailbox::new(addr)),
    }
}

/// The same by mail-builder.
pub fn mail_builder_text(letter: &Letter) -> Option<Vec<u8>> {
    mail_builder(letter, false)
}

/// The same by mail-builder.
pub fn mail_builder_all(letter: &Letter) -> Option<Vec<u8>> {
    mail_builder(letter, true)
}

fn mail_builder(letter: &Letter, attachments: bool) -> Option<Vec<u8>> {
    let mut message = mail_builder::MessageBuilder::new()
        .date(Date::new(letter.unix))
        .from(address_of(&letter.from));
    if !letter.to.is_empty() {
        message = message.to(Address::new_list(letter.to.iter().map(address_of).collect()));
    }
    message = message.subject(&*letter.subject).message_id(&*letter.id);
    if let Some(text) = &letter.text {
        message = message.text_body(&**text);
    }
    if let Some(html) = &letter.html {
        message = message.html_body(&**html);
    }
    for one in letter.attachments.iter().filter(|_| attachments) {
        message = message.attachment(&*one.full_type, &*one.name, &one.content[..]);
    }
    message.write_to_vec().ok()
}

fn address_of(person: &Person) -> Address<'_> {
    Address::new_address(person.name.as_deref(), &*person.address)
}
