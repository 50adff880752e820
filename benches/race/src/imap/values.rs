//! What responses say, in no library's types: whoever reads one must come to the same.

use std::collections::BTreeSet;

/// A string, or `NIL`.
pub type NString = Option<Vec<u8>>;

/// What a response says.
#[derive(Debug, PartialEq, Eq)]
pub enum Value {
    Envelope(Envelope),
    BodyStructure(Body),
    Flags(Flags),
    List(List),
    Search(Vec<u32>),
    Fetch(Fetch),
}

/// ENVELOPE (RFC 3501 §7.4.2).
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    pub date: NString,
    pub subject: NString,
    /// From, Sender, Reply-To, To, Cc, Bcc.
    pub addresses: [Vec<Address>; 6],
    pub in_reply_to: NString,
    pub message_id: NString,
}

/// The name, the source route, the mailbox and the host of an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address(pub [NString; 4]);

/// The parameters of a type or disposition.
pub type Parameters = Vec<(Vec<u8>, Vec<u8>)>;

/// BODYSTRUCTURE (RFC 3501 §7.4.2).
#[derive(Debug, PartialEq, Eq)]
pub enum Body {
    Single(Single),
    Multi { parts: Vec<Body>, subtype: Vec<u8>, parameters: Parameters, extension: Extension },
}

/// A part that is no multipart.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Single {
    /// In capitals.
    pub media_type: Vec<u8>,
    pub subtype: Vec<u8>,
    pub parameters: Parameters,
    pub id: NString,
    pub description: NString,
    /// In capitals.
    pub encoding: Vec<u8>,
    pub octets: u64,
    /// Of a message: its envelope and its structure.
    pub message: Option<Box<(Envelope, Body)>>,
    /// Of a text or message.
    pub lines: Option<u64>,
    pub md5: NString,
    pub extension: Extension,
}

/// What a part and a multipart have in common at their ends; absent is the same as `NIL`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Extension {
    pub disposition: Option<(Vec<u8>, Parameters)>,
    pub language: Vec<Vec<u8>>,
    pub location: NString,
}

/// FLAGS, UID and MODSEQ of a message.
#[derive(Debug, PartialEq, Eq)]
pub struct Flags {
    pub number: u32,
    pub uid: u32,
    /// In small letters: a flag is one in any case of letters, and their order says nothing.
    pub flags: BTreeSet<String>,
    pub modseq: u64,
}

/// LIST.
#[derive(Debug, PartialEq, Eq)]
pub struct List {
    /// In small letters, with their backslash.
    pub attributes: BTreeSet<String>,
    pub delimiter: Option<u8>,
    /// As it stands on the wire, in modified UTF-7.
    pub name: Vec<u8>,
}

/// A UID FETCH command.
#[derive(Debug, PartialEq, Eq)]
pub struct Fetch {
    pub tag: String,
    /// From the first of each pair to the last; `*` is 0.
    pub set: Vec<(u32, u32)>,
    /// Each attribute as its library writes it, or the name of a macro.
    pub items: Vec<String>,
    /// CHANGEDSINCE, and whether VANISHED is with it (RFC 7162).
    pub changed_since: Option<u64>,
    pub vanished: bool,
}

impl Envelope {
    /// RFC 3501 §9: `envelope`.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(b'(');
        nstring(&self.date, out);
        out.push(b' ');
        nstring(&self.subject, out);
        for list in &self.addresses {
            out.extend(if list.is_empty() { &b" NIL"[..] } else { b" (" });
            for Address(parts) in list {
                out.push(b'(');
                joined(parts, out, nstring);
                out.push(b')');
            }
            out.extend(if list.is_empty() { &b""[..] } else { b")" });
        }
        out.push(b' ');
        nstring(&self.in_reply_to, out);
        out.push(b' ');
        nstring(&self.message_id, out);
        out.push(b')');
    }
}

impl Body {
    /// RFC 3501 §9: `body`. Types and encodings are in small letters where `small` says so, as Dovecot
    /// has them.
    pub fn write(&self, small: bool, out: &mut Vec<u8>) {
        let cased = |text: &[u8]| if small { text.to_ascii_lowercase() } else { text.to_vec() };
        out.push(b'(');
        let extension = match self {
            Self::Single(part) => {
                string(&cased(&part.media_type), out);
                out.push(b' ');
                string(&part.subtype, out);
                out.push(b' ');
                parameters(&part.parameters, out);
                for text in [&part.id, &part.description] {
                    out.push(b' ');
                    nstring(text, out);
                }
                out.push(b' ');
                string(&cased(&part.encoding), out);
                out.extend(format!(" {}", part.octets).bytes());
                if let Some(message) = &part.message {
                    out.push(b' ');
                    message.0.write(out);
                    out.push(b' ');
                    message.1.write(small, out);
                }
                if let Some(lines) = part.lines {
                    out.extend(format!(" {lines}").bytes());
                }
                out.push(b' ');
                nstring(&part.md5, out);
                &part.extension
            }
            Self::Multi { parts, subtype, parameters: list, extension } => {
                for part in parts {
                    part.write(small, out);
                }
                out.push(b' ');
                string(subtype, out);
                out.push(b' ');
                parameters(list, out);
                extension
            }
        };
        extension.write(out);
        out.push(b')');
    }
}

impl Extension {
    fn write(&self, out: &mut Vec<u8>) {
        match &self.disposition {
            None => out.extend(b" NIL"),
            Some((kind, list)) => {
                out.extend(b" (");
                string(kind, out);
                out.push(b' ');
                parameters(list, out);
                out.push(b')');
            }
        }
        if self.language.is_empty() {
            out.extend(b" NIL");
        } else {
            out.extend(b" (");
            joined(&self.language, out, |one, out| string(one, out));
            out.push(b')');
        }
        out.push(b' ');
        nstring(&self.location, out);
    }
}

/// RFC 3501 §9: `body-fld-param`.
fn parameters(list: &Parameters, out: &mut Vec<u8>) {
    if list.is_empty() {
        return out.extend(b"NIL");
    }
    out.push(b'(');
    joined(list, out, |(name, value), out| {
        string(name, out);
        out.push(b' ');
        string(value, out);
    });
    out.push(b')');
}

fn joined<T>(list: &[T], out: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>)) {
    for (at, one) in list.iter().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        write(one, out);
    }
}

pub fn nstring(text: &NString, out: &mut Vec<u8>) {
    match text {
        None => out.extend(b"NIL"),
        Some(text) => string(text, out),
    }
}

/// RFC 3501 §9: `string`. Quoted where it can be, as servers do it.
pub fn string(text: &[u8], out: &mut Vec<u8>) {
    if text.iter().all(|octet| octet.is_ascii() && !matches!(octet, b'\r' | b'\n' | 0)) {
        out.push(b'"');
        for octet in text {
            if matches!(octet, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(*octet);
        }
        out.push(b'"');
    } else {
        out.extend(format!("{{{}}}\r\n", text.len()).bytes());
        out.extend(text);
    }
}
