//! A part as an owned tree, by whichever program, and two such trees compared.

use postrider_mime::Part;
use postrider_testkit::Ledger;

/// A header section and what stands behind it.
#[derive(Debug)]
pub(crate) struct Entity {
    /// The fields as they stand, without the line end of the last one.
    pub(crate) fields: Vec<Vec<u8>>,
    pub(crate) content: Content,
}

#[derive(Debug)]
pub(crate) enum Content {
    Leaf { raw: Vec<u8>, decoded: Vec<u8> },
    Multipart { preamble: Vec<u8>, parts: Vec<Entity>, epilogue: Vec<u8> },
    Message(Box<Entity>),
}

impl Entity {
    /// Our tree. A message that is encoded is opened, as others do.
    pub(crate) fn of(part: Part<'_>) -> Self {
        let fields = part.headers().fields().map(|field| without_line_end(field.raw()).to_vec());
        Self { fields: fields.collect(), content: content(part) }
    }

    /// The tree in one line, such as `multipart(leaf message(leaf))`.
    pub(crate) fn shape(&self) -> String {
        match &self.content {
            Content::Leaf { .. } => "leaf".to_owned(),
            Content::Message(message) => format!("message({})", message.shape()),
            Content::Multipart { parts, .. } => {
                let parts: Vec<_> = parts.iter().map(Self::shape).collect();
                format!("multipart({})", parts.join(" "))
            }
        }
    }
}

fn without_line_end(octets: &[u8]) -> &[u8] {
    let octets = octets.strip_suffix(b"\n").unwrap_or(octets);
    octets.strip_suffix(b"\r").unwrap_or(octets)
}

fn content(part: Part<'_>) -> Content {
    if let Some(message) = part.message() {
        return Content::Message(Box::new(Entity::of(message)));
    }
    if part.is_multipart() {
        return Content::Multipart {
            preamble: part.preamble().to_vec(),
            parts: part.children().map(Entity::of).collect(),
            epilogue: part.epilogue().unwrap_or_default().to_vec(),
        };
    }
    if let Some(message) = part.encoded_message() {
        return Content::Message(Box::new(Entity::of(message.unwrap().root())));
    }
    let decoded = part.decoded().value.into_owned();
    Content::Leaf { raw: part.raw_body().to_vec(), decoded }
}

/// Compares the trees, and all octets of what stands at the same place in both.
pub(crate) fn compare(ledger: &mut Ledger, file: &str, by: &str, theirs: &Entity, ours: &Entity) {
    ledger.compare(file, "structure", by, &theirs.shape(), &ours.shape());
    let mut pairs = vec![(String::new(), theirs, ours)];
    while let Some((number, theirs, ours)) = pairs.pop() {
        let place = format!("{file}{number}");
        let mut octets = |question: &str, theirs: &[u8], ours: &[u8]| {
            ledger.compare_octets(&place, question, by, theirs, ours);
        };
        octets("fields", &theirs.fields.join(&b'\n'), &ours.fields.join(&b'\n'));
        match (&theirs.content, &ours.content) {
            (
                Content::Leaf { raw, decoded },
                Content::Leaf { raw: ours, decoded: ours_decoded },
            ) => {
                octets("body", raw, ours);
                octets("decoded body", decoded, ours_decoded);
            }
            (Content::Message(theirs), Content::Message(ours)) => {
                pairs.push((format!("{number}#message"), theirs, ours));
            }
            (
                Content::Multipart { preamble, parts, epilogue },
                Content::Multipart { preamble: ours, parts: our_parts, epilogue: our_epilogue },
            ) => {
                octets("preamble", preamble, ours);
                octets("epilogue", epilogue, our_epilogue);
                for (index, (theirs, ours)) in parts.iter().zip(our_parts).enumerate() {
                    pairs.push((format!("{number}#{}", index + 1), theirs, ours));
                }
            }
            // The structure tells it.
            _ => {}
        }
    }
}
