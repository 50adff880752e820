//! The workload `structure`: type and subtype of every part, nested messages included.
//!
//! A transfer-encoded nested message is a leaf for us until it is asked for; mail-parser is set to
//! do the same, so that both read the same parts.

use std::sync::LazyLock;

use mail_parser::{MessageParser, MessagePart};
use mailparse::ParsedMail;
use postrider_mime::Message;

/// mail-parser, made once, as its documentation advises.
pub static MAIL_PARSER: LazyLock<MessageParser> =
    LazyLock::new(|| MessageParser::new().max_encoded_nesting(0));

/// Takes the type of each part in order.
pub trait Out {
    fn part(&mut self, ty: &str, subtype: &str);
}

/// Adds up what was read, so that no reading is optimised away.
#[derive(Default)]
pub struct Sum(pub usize);

impl Out for Sum {
    fn part(&mut self, ty: &str, subtype: &str) {
        self.0 = self.0.wrapping_add(ty.len()).wrapping_add(subtype.len());
    }
}

/// The types in lower case.
impl Out for Vec<String> {
    fn part(&mut self, ty: &str, subtype: &str) {
        self.push(format!("{ty}/{subtype}").to_ascii_lowercase());
    }
}

pub fn postrider(mail: &[u8], out: &mut impl Out) {
    let Ok(message) = Message::parse(mail) else { return };
    for part in message.parts() {
        let ty = part.media_type();
        out.part(ty.ty(), ty.subtype());
    }
}

pub fn mail_parser(mail: &[u8], out: &mut impl Out) {
    let Some(message) = MAIL_PARSER.parse(mail) else { return };
    for part in message.parts() {
        let (ty, subtype) = type_of(&part);
        out.part(ty, subtype);
    }
}

/// It tells nothing where the field is missing or broken; the default is then the reader's.
pub fn type_of<'m>(part: &MessagePart<'m>) -> (&'m str, &'m str) {
    match part.content_type() {
        Some(ty) => (ty.ctype(), ty.subtype().unwrap_or_default()),
        None if part.is_message() => ("message", "rfc822"),
        None => ("text", "plain"),
    }
}

pub fn mailparse(mail: &[u8], out: &mut impl Out) {
    let Ok(message) = mailparse::parse_mail(mail) else { return };
    let parts = message.parts();
    parts.for_each(|part: &ParsedMail<'_>| {
        let (ty, subtype) = part.ctype.mimetype.split_once('/').unwrap_or_default();
        out.part(ty, subtype);
    });
}
