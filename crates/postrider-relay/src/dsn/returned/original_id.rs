//! The identifier of the mail that a notification is about.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;

use postrider_message::{FieldName, HeaderSection, Headers, MessageIdList};
use postrider_mime::Part;

/// Parts that are looked at.
const PARTS: usize = 64;
/// Characters of a text that are looked at.
const TEXT: usize = 64 << 10;

/// That of a header section.
pub(super) fn of_field(headers: Headers<'_>) -> Option<String> {
    first(headers, FieldName::MessageId)
}

/// That of the first part that is a message or the fields of one, else of the first text with a line
/// that looks like the field, else what the message answers to.
pub(super) fn find(root: Part<'_>) -> Option<String> {
    let parts = || parts(root);
    let returned = parts().find_map(|part| match part.message() {
        Some(message) => of_field(message.headers()),
        None if is_header(part) => {
            let section = HeaderSection::parse(part.decoded().value);
            of_field(section.headers())
        }
        None => None,
    });
    let quoted = || parts().filter_map(text).find_map(|text| of_text(&text));
    let answered = || {
        first(root.headers(), FieldName::InReplyTo).or_else(|| {
            let references = root.headers().read::<MessageIdList<'_>>(FieldName::References)?.value;
            references.ids().last().map(|id| id.as_str().to_owned())
        })
    };
    returned.or_else(quoted).or_else(answered)
}

/// The parts that are no multiparts, nested messages unopened.
fn parts(root: Part<'_>) -> impl Iterator<Item = Part<'_>> {
    let mut open = alloc::vec![root];
    core::iter::from_fn(move || {
        let part = open.pop()?;
        if part.is_multipart() {
            let first = open.len();
            open.extend(part.children().take(PARTS));
            open.get_mut(first..).unwrap_or_default().reverse();
        }
        Some(part)
    })
    .take(PARTS)
    .filter(|part| !part.is_multipart())
}

fn is_header(part: Part<'_>) -> bool {
    let ty = part.media_type();
    ty.is("text", "rfc822-headers") || ty.is("message", "global-headers")
}

fn text(part: Part<'_>) -> Option<Cow<'_, str>> {
    part.text_prefix(TEXT)
}

/// The identifier of the first line that looks like the field, quoted or indented or not.
fn of_text(text: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let line = line.trim_start_matches(['>', '|', ' ', '\t']);
        let name = line.get(..NAME.len())?;
        let value = line.get(NAME.len()..).filter(|_| name.eq_ignore_ascii_case(NAME))?;
        let (_, behind) = value.split_once('<')?;
        let (id, _) = behind.split_once('>')?;
        let plain = |octet: u8| octet.is_ascii_graphic();
        (id.contains('@') && id.bytes().all(plain)).then(|| id.to_owned())
    })
}

const NAME: &str = "Message-ID:";

fn first(headers: Headers<'_>, name: FieldName) -> Option<String> {
    let list = headers.read::<MessageIdList<'_>>(name)?.value;
    list.ids().first().map(|id| id.as_str().to_owned())
}
