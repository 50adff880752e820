//! Against Apache mime4j: the structure of each message, and the octets of its fields, preambles,
//! epilogues and bodies, as its `.xml` files tell them, and the files that hold decoded bodies.
//!
//! An `.xml` file holds the octets of the message as they are, in no charset, but for `&amp;`,
//! `&lt;` and `&gt;`. Each tag and each CRLF behind one belong to the file.

use std::path::Path;

use postrider_mime::Message;

use crate::{
    entity::{Content, Entity, compare},
    files, ledger, place,
};

/// The rest of a file that is read tag by tag.
struct Xml<'a> {
    rest: &'a [u8],
    /// Where the decoded bodies lie that the file names.
    folder: &'a Path,
}

impl<'a> Xml<'a> {
    /// Steps over this tag, or stays.
    fn skip(&mut self, tag: &str) -> bool {
        let rest = self.rest.strip_prefix(tag.as_bytes());
        let Some(rest) = rest else { return false };
        self.rest = rest.strip_prefix(b"\r\n").unwrap_or(rest);
        true
    }

    fn expect(&mut self, tag: &str) {
        assert!(self.skip(tag), "{tag} before {}", self.rest.escape_ascii());
    }

    /// Steps over `<tag>octets</tag>`, or stays.
    fn octets(&mut self, tag: &str) -> Option<Vec<u8>> {
        self.skip(&format!("<{tag}>")).then(|| {
            let text = self.until(b"<");
            self.expect(&format!("</{tag}>"));
            unescaped(text)
        })
    }

    fn until(&mut self, end: &[u8]) -> &'a [u8] {
        let at = self.rest.windows(end.len()).position(|octets| octets == end);
        let (octets, rest) = self.rest.split_at(at.expect("it is closed"));
        self.rest = rest;
        octets
    }

    /// What stands between the tags of a message or of a part.
    fn entity(&mut self) -> Entity {
        self.expect("<header>");
        let fields = std::iter::from_fn(|| self.octets("field")).collect();
        self.expect("</header>");
        Entity { fields, content: self.content() }
    }

    fn content(&mut self) -> Content {
        if self.skip("<message>") {
            let message = self.entity();
            self.expect("</message>");
            return Content::Message(Box::new(message));
        }
        if self.skip("<multipart>") {
            let preamble = self.octets("preamble").unwrap_or_default();
            let mut parts = Vec::new();
            while self.skip("<body-part>") {
                parts.push(self.entity());
                self.expect("</body-part>");
            }
            let epilogue = self.octets("epilogue").unwrap_or_default();
            self.expect("</multipart>");
            return Content::Multipart { preamble, parts, epilogue };
        }
        if let Some(raw) = self.octets("body") {
            return Content::Leaf { raw, decoded: Vec::new() };
        }
        assert!(self.skip("<text-body name=\"") || self.skip("<binary-body name=\""));
        let name = str::from_utf8(self.until(b"\"")).unwrap();
        let decoded = std::fs::read(self.folder.join(name)).unwrap();
        self.expect("\"/>");
        Content::Leaf { raw: Vec::new(), decoded }
    }
}

fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut octets = text.to_vec();
    // `&amp;` last, so that what it makes is not read again.
    for (name, octet) in [("&lt;", b'<'), ("&gt;", b'>'), ("&amp;", b'&')] {
        let mut rest = &octets[..];
        let mut new = Vec::new();
        while let Some(at) = rest.windows(name.len()).position(|found| found == name.as_bytes()) {
            new.extend_from_slice(&rest[..at]);
            new.push(octet);
            rest = &rest[at + name.len()..];
        }
        new.extend_from_slice(rest);
        octets = new;
    }
    octets
}

fn told(xml: &Path) -> Entity {
    let octets = std::fs::read(xml).unwrap();
    let mut xml = Xml { rest: &octets, folder: xml.parent().unwrap() };
    xml.expect("<message>");
    let entity = xml.entity();
    xml.expect("</message>");
    assert!(xml.rest.is_empty());
    entity
}

/// Moves the decoded bodies of the one file to the raw bodies of the other, which has all else too.
fn join(raw: &mut Entity, decoded: Entity) {
    assert_eq!(raw.fields, decoded.fields);
    match (&mut raw.content, decoded.content) {
        (Content::Leaf { decoded, .. }, Content::Leaf { decoded: told, .. }) => *decoded = told,
        (Content::Message(raw), Content::Message(decoded)) => join(raw, *decoded),
        (Content::Multipart { parts: raw, .. }, Content::Multipart { parts: decoded, .. }) => {
            assert_eq!(raw.len(), decoded.len());
            raw.iter_mut().zip(decoded).for_each(|(raw, decoded)| join(raw, decoded));
        }
        (raw, decoded) => panic!("{raw:?} {decoded:?}"),
    }
}

#[test]
fn messages_are_what_mime4j_says_octet_by_octet() {
    let mut ledger = ledger();
    let mut all = files("mime4j-testmsgs", &["msg"]);
    all.extend(files("mime4j-mimetools", &["msg"]));
    let here = !all.is_empty();
    for file in all {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let mut theirs = told(&file.with_extension("xml"));
        join(&mut theirs, told(&file.with_file_name(format!("{name}_decoded.xml"))));
        let message = Message::parse(std::fs::read(&file).unwrap()).unwrap();
        compare(&mut ledger, &place(&file), "mime4j", &theirs, &Entity::of(message.root()));
    }
    if here {
        ledger.settle_exactly(780, "mime4j");
    }
}
