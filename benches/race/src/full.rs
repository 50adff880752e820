//! The workload `full`: every leaf with its transfer encoding undone, texts as UTF-8.

use std::hash::{DefaultHasher, Hash, Hasher};

use postrider_mime::{Message, Part};

use crate::structure::MAIL_PARSER;

/// Takes the body of each leaf in order.
pub trait Out {
    fn text(&mut self, text: &str);
    fn octets(&mut self, octets: &[u8]);
}

/// Adds up what was read, so that no reading is optimised away.
#[derive(Default)]
pub struct Sum(pub usize);

impl Out for Sum {
    fn text(&mut self, text: &str) {
        self.0 = self.0.wrapping_add(text.len());
    }

    fn octets(&mut self, octets: &[u8]) {
        self.0 = self.0.wrapping_add(octets.len());
    }
}

/// What a leaf held: whether it is text, octets, and a hash of them.
pub type Leaf = (bool, usize, u64);

impl Out for Vec<Leaf> {
    fn text(&mut self, text: &str) {
        self.push((true, text.len(), hash(text.as_bytes())));
    }

    fn octets(&mut self, octets: &[u8]) {
        self.push((false, octets.len(), hash(octets)));
    }
}

fn hash(octets: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    octets.hash(&mut hasher);
    hasher.finish()
}

pub fn postrider(mail: &[u8], out: &mut impl Out) {
    let Ok(message) = Message::parse(mail) else { return };
    message.parts().for_each(|part| leaf(part, out));
}

/// The body of a part, if it is a leaf.
pub fn leaf(part: Part<'_>, out: &mut impl Out) {
    if part.is_multipart() || part.message().is_some() {
        return;
    }
    match part.text() {
        Some(text) => out.text(&text.value),
        None => out.octets(&part.decoded().value),
    }
}

pub fn mail_parser(mail: &[u8], out: &mut impl Out) {
    let Some(message) = MAIL_PARSER.parse(mail) else { return };
    message.parts().for_each(|part| mail_parser_leaf(part, out));
}

/// The same of mail-parser.
pub fn mail_parser_leaf(part: mail_parser::MessagePart<'_>, out: &mut impl Out) {
    if part.is_multipart() || part.is_message() {
        return;
    }
    match part.text() {
        Some(text) => out.text(&text),
        None => out.octets(&part.decoded()),
    }
}

pub fn mailparse(mail: &[u8], out: &mut impl Out) {
    let Ok(message) = mailparse::parse_mail(mail) else { return };
    message.parts().for_each(|part| mailparse_leaf(part, out));
}

/// The same of mailparse, which enters no nested messages.
pub fn mailparse_leaf(part: &mailparse::ParsedMail<'_>, out: &mut impl Out) {
    if !part.subparts.is_empty() {
        return;
    }
    if part.ctype.mimetype.starts_with("text/") {
        if let Ok(text) = part.get_body() {
            out.text(&text);
        }
    } else if let Ok(octets) = part.get_body_raw() {
        out.octets(&octets);
    }
}
