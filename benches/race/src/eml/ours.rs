//! What we say, in the form of mail-parser's JSON.

use postrider_message::{
    Address, AddressList, DateTime, Field, FieldName, LanguageTags, ListId, ListUrls, Mailbox,
    MessageIdList, Parameters, PhraseList, Received, ReturnPath, Text,
};
use postrider_mime::{ContentType, Disposition, Part};

/// A part with those in it, such as `multipart(text message(html))`.
pub fn shape(part: Part<'_>) -> String {
    if let Some(message) = part.message() {
        return format!("message({})", shape(message));
    }
    if let Some(Ok(message)) = part.encoded_message() {
        return format!("message({})", shape(message.root()));
    }
    if part.is_multipart() {
        let parts: Vec<_> = part.children().map(shape).collect();
        return format!("multipart({})", parts.join(" "));
    }
    let ty = part.content_type().value;
    match (ty.is("text", "html"), ty.is_type("text")) {
        (true, _) => "html".into(),
        (false, true) => "text".into(),
        (false, false) => "binary".into(),
    }
}

/// The parts of a message, each with its path from the root of the message.
pub fn paths(root: Part<'_>) -> Vec<(Part<'_>, String)> {
    let mut paths = vec![(root, "root".to_owned())];
    let mut next = 0;
    while let Some((part, path)) = paths.get(next).cloned() {
        let children = part.children().enumerate();
        paths.extend(children.map(|(index, one)| (one, super::below(&path, index))));
        next += 1;
    }
    paths
}

/// A value by the reader of this name.
pub fn value(field: Field<'_>, kind: &str) -> String {
    match kind {
        "text" => field.read::<Text<'_>>().value.as_str().trim().into(),
        "text_list" => list(field),
        "address" => addresses(field),
        "date_time" => date(field.read().value),
        "content_type" => content_type(field),
        "received" => received(&field.read().value),
        // Whatever we read where they read nothing.
        _ => match field.known() {
            Some(FieldName::Date) => date(field.read().value),
            Some(FieldName::ContentDisposition | FieldName::ContentType) => content_type(field),
            Some(FieldName::MessageId) => list(field),
            Some(FieldName::From) => addresses(field),
            _ => String::from_utf8_lossy(&field.unfolded()).trim().into(),
        },
    }
}

fn list(field: Field<'_>) -> String {
    let items: Vec<String> = match field.known() {
        Some(FieldName::ReturnPath) => match field.read::<Option<ReturnPath<'_>>>().value {
            Some(ReturnPath::Address(addr)) => {
                vec![format!("{}@{}", addr.local_part(), addr.domain())]
            }
            Some(ReturnPath::Null) | None => Vec::new(),
        },
        Some(FieldName::Keywords) => {
            let list = field.read::<PhraseList<'_>>().value;
            list.phrases().iter().map(ToString::to_string).collect()
        }
        Some(FieldName::ContentLanguage) => {
            let tags = field.read::<LanguageTags<'_>>().value;
            tags.tags().iter().map(ToString::to_string).collect()
        }
        _ => {
            let ids = field.read::<MessageIdList<'_>>().value;
            ids.ids().iter().map(|id| id.as_str().to_owned()).collect()
        }
    };
    items.join(", ")
}

fn addresses(field: Field<'_>) -> String {
    let name = field.known().map(FieldName::as_str).unwrap_or_default();
    if name == "List-Id" {
        let id = field.read::<Option<ListId<'_>>>().value;
        let shown = |id: &ListId<'_>| super::mailbox(id.name().unwrap_or_default(), id.as_str());
        return id.as_ref().map(shown).unwrap_or_default();
    }
    if name.starts_with("List-") {
        let list = field.read::<ListUrls<'_>>().value;
        let urls: Vec<_> = list.urls().iter().map(|url| super::mailbox("", url.as_str())).collect();
        return urls.join(", ");
    }
    let list = field.read::<AddressList<'_>>().value;
    let shown = |address: &Address<'_>| match address {
        Address::Mailbox(one) => mailbox(one),
        Address::Group(group) => {
            let members: Vec<String> = group.mailboxes().iter().map(mailbox).collect();
            format!("{}: {};", group.name(), members.join(", "))
        }
    };
    let shown: Vec<String> = list.addresses().iter().map(shown).collect();
    shown.join(", ")
}

fn mailbox(mailbox: &Mailbox<'_>) -> String {
    let addr = mailbox.addr_spec();
    let addr = format!("{}@{}", addr.local_part(), addr.domain());
    super::mailbox(mailbox.name().unwrap_or_default(), &addr)
}

fn date(date: Option<DateTime>) -> String {
    let Some(date) = date else { return String::new() };
    let ((year, month, day), (hour, minute, second)) = (date.date(), date.time());
    let zone = date.zone();
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} {zone}")
}

fn content_type(field: Field<'_>) -> String {
    let pairs = |parameters: &Parameters<'_>| {
        let shown = |name: &str| super::parameter(name, &parameters.text(name).unwrap_or_default());
        let mut pairs: Vec<String> = parameters.names().map(shown).collect();
        pairs.sort();
        pairs.concat()
    };
    if field.known() == Some(FieldName::ContentDisposition) {
        let read = field.read::<Disposition<'_>>().value;
        return read.ty().to_lowercase() + &pairs(read.parameters());
    }
    let read = field.read::<ContentType<'_>>().value;
    format!("{}/{}", read.ty(), read.subtype()).to_lowercase() + &pairs(read.parameters())
}

fn received(received: &Received<'_>) -> String {
    let clauses = [received.from(), received.by(), received.via(), received.with(), received.id()];
    let [from, by, via, with, id] =
        clauses.map(|clause| clause.map(|clause| clause.value().to_owned()).unwrap_or_default());
    let recipient = received.recipient().map(|clause| match received.recipient_addr() {
        Some(addr) => format!("{}@{}", addr.local_part(), addr.domain()),
        None => clause.value().to_owned(),
    });
    super::received([from, by, via, with, id, recipient.unwrap_or_default(), date(received.date())])
}
