//! What an IMAP server says.

use postrider::imap::{BodySection, FetchedMessage, Limits, Quirks, ResponsePart, ResponseReader};
use serde_json::{Value, json};

use super::unit::{Decoder, Said, Step};
use super::value::fetch::{item, octets};
use super::value::response::response;

/// Octets of the items of one FETCH response that are shown; those beyond are counted.
const SHOWN: usize = 4 << 20;

/// Reads responses, each whole, and octets of messages as they come.
#[derive(Debug)]
pub(crate) struct ImapResponses {
    reader: ResponseReader,
    quirks: Quirks,
    fetch: Option<Fetch>,
    body: Option<Body>,
    /// What is passed over ends soon.
    passed: Option<String>,
    /// Nothing is read any more.
    lost: bool,
    /// Whether a challenge may come: always, where nothing is known of the client.
    pub(crate) in_login: bool,
}

#[derive(Debug)]
struct Fetch {
    message: FetchedMessage,
    items: Vec<Value>,
    weight: usize,
    left_out: u64,
}

#[derive(Debug)]
struct Body {
    section: BodySection,
    origin: Option<u64>,
    octets: Option<u64>,
}

impl ImapResponses {
    pub(crate) fn new(forgiven: Quirks) -> Self {
        Self {
            reader: ResponseReader::new(&Limits::new(), forgiven),
            quirks: Quirks::strict(),
            fetch: None,
            body: None,
            passed: None,
            lost: false,
            in_login: true,
        }
    }

    /// Whether octets of a message are due.
    pub(crate) fn in_payload(&self) -> bool {
        self.reader.in_payload()
    }

    fn meet(&mut self) {
        for quirk in self.reader.quirks().iter() {
            self.quirks = self.quirks.with(quirk);
        }
    }

    fn fetch(&mut self, message: FetchedMessage) -> &mut Fetch {
        self.fetch.get_or_insert(Fetch { message, items: Vec::new(), weight: 0, left_out: 0 })
    }

    fn part(&mut self, part: &ResponsePart, consumed: usize) -> Option<Said> {
        match part {
            ResponsePart::Response(it) => {
                self.meet();
                let met = std::mem::replace(&mut self.quirks, Quirks::strict());
                return Some(response(it, self.in_login).forgiven(met));
            }
            ResponsePart::FetchItems { message, items, .. } => {
                self.meet();
                let fetch = self.fetch(*message);
                items.iter().for_each(|one| fetch.put(item(one)));
            }
            ResponsePart::BodyBegin { message, section, origin, declared, .. } => {
                self.fetch(*message);
                let octets = declared.map(|_| 0);
                self.body = Some(Body { section: section.clone(), origin: *origin, octets });
            }
            ResponsePart::Chunk => self.count(consumed),
            ResponsePart::Quoted(octets) => self.count(octets.len()),
            ResponsePart::BodyEnd => {
                if let (Some(fetch), Some(body)) = (&mut self.fetch, self.body.take()) {
                    fetch.put(octets(&body.section, body.origin, body.octets));
                }
            }
            ResponsePart::FetchEnd { .. } => {
                self.meet();
                let met = std::mem::replace(&mut self.quirks, Quirks::strict());
                return self.fetch.take().map(|fetch| fetch.said().forgiven(met));
            }
            ResponsePart::Unparsed(error) => return Some(Said::Unreadable(error.to_string())),
            ResponsePart::TooLong { message: Some(message), .. } => {
                self.fetch(*message).put(json!({"unparsed": null}));
            }
            ResponsePart::TooLong { .. } => self.passed = Some("too long, passed over".into()),
            ResponsePart::Endless => {
                self.passed = None;
                self.lost = true;
            }
            other => self.passed = Some(format!("{other:?}")),
        }
        None
    }

    fn count(&mut self, octets: usize) {
        if let Some(Body { octets: Some(count), .. }) = &mut self.body {
            *count += octets as u64;
        }
    }
}

impl Fetch {
    fn put(&mut self, item: Value) {
        self.weight += item.to_string().len();
        if self.weight <= SHOWN { self.items.push(item) } else { self.left_out += 1 }
    }

    fn said(self) -> Said {
        let (kind, key, number) = match self.message {
            FetchedMessage::Number(number) => ("FETCH", "message", number.get()),
            FetchedMessage::Uid(uid) => ("UIDFETCH", "uid", uid.get()),
        };
        let mut value = json!({ key: number, "items": self.items });
        if self.left_out > 0 {
            value["left-out"] = self.left_out.into();
        }
        Said::new(kind, value)
    }
}

impl Decoder for ImapResponses {
    fn step(&mut self, octets: &[u8]) -> Step {
        if self.lost {
            return Step { octets: octets.len(), said: None };
        }
        let mut consumed = 0;
        loop {
            let step = self.reader.read(&octets[consumed..]);
            consumed += step.octets;
            let mut said = step.part.as_ref().and_then(|part| self.part(part, step.octets));
            if said.is_none() && self.passed.is_some() && self.reader.is_between() {
                said = self.passed.take().map(Said::Unreadable);
            }
            if said.is_some() || step.is_starved() || self.lost {
                return Step { octets: consumed, said };
            }
        }
    }

    fn is_lost(&self) -> bool {
        self.lost
    }
}
