//! Writing values: the counterpart of `syntax`. Nothing here fails; what could not be written was
//! refused when the value was made.

use alloc::string::ToString;
use alloc::vec::Vec;

use crate::value::{
    Address, AppendMessage, BodySection, BodyStructure, Capability, Code, Content, Disposition,
    Envelope, FetchAttribute, FetchAttributes, FetchItem, Flag, InternalDate, MultipartExtension,
    Parameters, Part, PartExtension, Partial, Section, SectionText, SequenceSet, Status,
    StatusKind,
};

/// Longer strings travel as literals: old readers have line buffers (RFC 2683 §3.2.1.5).
const QUOTED_MOST: usize = 512;

/// How a string may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Quoted,
    Literal,
}

/// `string = quoted / literal`: quoted holds 7-bit TEXT-CHARs only (RFC 3501 §9).
pub(crate) fn form(octets: &[u8]) -> Form {
    let plain = octets.iter().all(|octet| octet.is_ascii() && !matches!(octet, b'\r' | b'\n' | 0));
    if plain && octets.len() <= QUOTED_MOST { Form::Quoted } else { Form::Literal }
}

pub(crate) fn quoted(out: &mut Vec<u8>, octets: &[u8]) {
    out.push(b'"');
    for &octet in octets {
        if matches!(octet, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(octet);
    }
    out.push(b'"');
}

pub(crate) fn literal_head(out: &mut Vec<u8>, octets: u64) {
    out.push(b'{');
    number(out, octets);
    out.extend_from_slice(b"}\r\n");
}

/// Whether the reader of a literal is waited for (RFC 7888).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LiteralForm {
    /// `{n}`: the writer waits for `+`.
    Synchronizing,
    /// `{n+}`: it does not.
    NonSynchronizing,
}

/// ```text
/// append-message = [SP flag-list] [SP date-time] SP append-data
/// ```
///
/// (RFC 3502 §6.3.11), up to the announcement of the literal that is the message.
pub(crate) fn append_message(out: &mut Vec<u8>, message: &AppendMessage, form: LiteralForm) {
    if !message.flags.is_empty() {
        out.push(b' ');
        flags(out, &message.flags);
    }
    if let Some(when) = message.date {
        out.push(b' ');
        date(out, when);
    }
    out.extend_from_slice(b" {");
    number(out, message.octets);
    out.extend_from_slice(match form {
        LiteralForm::Synchronizing => b"}\r\n",
        LiteralForm::NonSynchronizing => b"+}\r\n",
    });
}

/// A string in a response, where literals need no permission. NUL, which no string may hold
/// (RFC 3501 §9 `CHAR8`), becomes `?`.
fn string(out: &mut Vec<u8>, octets: &[u8]) {
    match form(octets) {
        Form::Quoted => quoted(out, octets),
        Form::Literal => {
            literal_head(out, octets.len() as u64);
            out.extend(octets.iter().map(|&octet| if octet == 0 { b'?' } else { octet }));
        }
    }
}

fn nstring(out: &mut Vec<u8>, octets: Option<&bytes::Bytes>) {
    match octets {
        Some(octets) => string(out, octets),
        None => out.extend_from_slice(b"NIL"),
    }
}

pub(crate) fn number(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(number.to_string().as_bytes());
}

/// Whether these octets read back as an atom, so that no quotes are needed. `NIL` does not.
pub(crate) fn is_atom(octets: &[u8]) -> bool {
    !octets.is_empty()
        && octets.iter().all(|&octet| crate::syntax::is_atom_octet(octet))
        && !octets.eq_ignore_ascii_case(b"NIL")
}

/// Items between parentheses.
fn list<T>(out: &mut Vec<u8>, items: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    out.push(b'(');
    spaced(out, items, write);
    out.push(b')');
}

fn spaced<T>(out: &mut Vec<u8>, items: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        write(out, item);
    }
}

fn flag(out: &mut Vec<u8>, flag: &Flag) {
    let (before, name) = flag.pieces();
    out.extend_from_slice(before);
    out.extend_from_slice(name);
}

pub(crate) fn flags(out: &mut Vec<u8>, flags: &[Flag]) {
    list(out, flags, flag);
}

pub(crate) fn capabilities(out: &mut Vec<u8>, capabilities: &[Capability]) {
    spaced(out, capabilities, |out, capability| out.extend_from_slice(capability.name()));
}

pub(crate) fn set(out: &mut Vec<u8>, set: &SequenceSet) {
    out.extend_from_slice(set.to_string().as_bytes());
}

pub(crate) fn envelope(out: &mut Vec<u8>, envelope: &Envelope) {
    out.push(b'(');
    nstring(out, envelope.date.as_ref());
    out.push(b' ');
    nstring(out, envelope.subject.as_ref());
    let lists = [
        &envelope.from,
        &envelope.sender,
        &envelope.reply_to,
        &envelope.to,
        &envelope.cc,
        &envelope.bcc,
    ];
    for addresses in lists {
        out.push(b' ');
        address_list(out, addresses);
    }
    out.push(b' ');
    nstring(out, envelope.in_reply_to.as_ref());
    out.push(b' ');
    nstring(out, envelope.message_id.as_ref());
    out.push(b')');
}

fn address_list(out: &mut Vec<u8>, addresses: &[Address]) {
    if addresses.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    out.push(b'(');
    for address in addresses {
        let parts = [&address.name, &address.route, &address.mailbox, &address.host];
        list(out, &parts, |out, part| nstring(out, part.as_ref()));
    }
    out.push(b')');
}

/// What is still to be written of a structure. A stack of these takes the place of recursion.
enum Step<'a> {
    Body(&'a BodyStructure),
    /// Behind the parts of a multipart.
    CloseMulti(&'a crate::value::Multipart),
    /// Behind the structure of an attached message.
    CloseMessage(&'a Part, u64),
}

/// Whether extension data is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extensions {
    Leave,
    Write,
}

pub(crate) fn body(out: &mut Vec<u8>, body: &BodyStructure, extensions: Extensions) {
    let mut steps = Vec::from([Step::Body(body)]);
    while let Some(step) = steps.pop() {
        match step {
            Step::Body(BodyStructure::Multi(multi)) => {
                out.push(b'(');
                steps.push(Step::CloseMulti(multi));
                steps.extend(multi.parts.iter().rev().map(Step::Body));
                if multi.parts.is_empty() {
                    out.extend_from_slice(br#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)"#);
                }
            }
            Step::Body(BodyStructure::Single(part)) => {
                part_head(out, part);
                match &part.content {
                    Content::Message(message) => {
                        out.push(b' ');
                        envelope(out, &message.envelope);
                        out.push(b' ');
                        steps.push(Step::CloseMessage(part, message.lines));
                        steps.push(Step::Body(&message.body));
                    }
                    Content::Text { lines } => {
                        out.push(b' ');
                        number(out, *lines);
                        close_part(out, part, extensions);
                    }
                    Content::Basic => close_part(out, part, extensions),
                }
            }
            Step::CloseMulti(multi) => {
                out.push(b' ');
                string(out, &multi.subtype);
                if let (Extensions::Write, Some(extension)) = (extensions, &multi.extension) {
                    multipart_extension(out, extension);
                }
                out.push(b')');
            }
            Step::CloseMessage(part, lines) => {
                out.push(b' ');
                number(out, lines);
                close_part(out, part, extensions);
            }
        }
    }
}

fn part_head(out: &mut Vec<u8>, part: &Part) {
    out.push(b'(');
    string(out, &part.media_type);
    out.push(b' ');
    string(out, &part.subtype);
    out.push(b' ');
    parameters(out, &part.parameters);
    out.push(b' ');
    nstring(out, part.id.as_ref());
    out.push(b' ');
    nstring(out, part.description.as_ref());
    out.push(b' ');
    string(out, &part.encoding);
    out.push(b' ');
    number(out, part.octets);
}

fn close_part(out: &mut Vec<u8>, part: &Part, extensions: Extensions) {
    if let (Extensions::Write, Some(extension)) = (extensions, &part.extension) {
        part_extension(out, extension);
    }
    out.push(b')');
}

fn part_extension(out: &mut Vec<u8>, extension: &PartExtension) {
    out.push(b' ');
    nstring(out, extension.md5.as_ref());
    extension_tail(out, extension.disposition.as_ref(), &extension.language);
    nstring(out, extension.location.as_ref());
}

fn multipart_extension(out: &mut Vec<u8>, extension: &MultipartExtension) {
    out.push(b' ');
    parameters(out, &extension.parameters);
    extension_tail(out, extension.disposition.as_ref(), &extension.language);
    nstring(out, extension.location.as_ref());
}

/// Disposition and language, and the space before the location.
fn extension_tail(out: &mut Vec<u8>, disposition: Option<&Disposition>, language: &[bytes::Bytes]) {
    out.push(b' ');
    match disposition {
        None => out.extend_from_slice(b"NIL"),
        Some(disposition) => {
            out.push(b'(');
            string(out, &disposition.kind);
            out.push(b' ');
            parameters(out, &disposition.parameters);
            out.push(b')');
        }
    }
    out.push(b' ');
    match language {
        [] => out.extend_from_slice(b"NIL"),
        [one] => string(out, one),
        several => list(out, several, |out, one| string(out, one)),
    }
    out.push(b' ');
}

fn parameters(out: &mut Vec<u8>, parameters: &Parameters) {
    if parameters.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    list(out, parameters, |out, (name, value)| {
        string(out, name);
        out.push(b' ');
        string(out, value);
    });
}

/// What stands between the brackets.
pub(crate) fn section(out: &mut Vec<u8>, section: &Section) {
    for (at, part) in section.part().iter().enumerate() {
        if at > 0 {
            out.push(b'.');
        }
        number(out, (*part).into());
    }
    let Some(piece) = section.piece() else { return };
    if !section.part().is_empty() {
        out.push(b'.');
    }
    match piece {
        SectionText::Header => out.extend_from_slice(b"HEADER"),
        SectionText::Text => out.extend_from_slice(b"TEXT"),
        SectionText::Mime => out.extend_from_slice(b"MIME"),
        SectionText::HeaderFields(names) => {
            out.extend_from_slice(b"HEADER.FIELDS ");
            field_names(out, names);
        }
        SectionText::HeaderFieldsNot(names) => {
            out.extend_from_slice(b"HEADER.FIELDS.NOT ");
            field_names(out, names);
        }
    }
}

fn field_names(out: &mut Vec<u8>, names: &[crate::value::FieldName]) {
    list(out, names, |out, name| {
        if is_atom(name.as_bytes()) {
            out.extend_from_slice(name.as_bytes());
        } else {
            quoted(out, name.as_bytes());
        }
    });
}

/// The name of a streamed item, with the origin of a partial one.
pub(crate) fn body_section(out: &mut Vec<u8>, name: &BodySection, origin: Option<u64>) {
    match name {
        BodySection::Section(spec) => {
            out.extend_from_slice(b"BODY[");
            section(out, spec);
            out.push(b']');
        }
        BodySection::Rfc822 => out.extend_from_slice(b"RFC822"),
        BodySection::Rfc822Header => out.extend_from_slice(b"RFC822.HEADER"),
        BodySection::Rfc822Text => out.extend_from_slice(b"RFC822.TEXT"),
    }
    if let Some(origin) = origin {
        out.push(b'<');
        number(out, origin);
        out.push(b'>');
    }
}

pub(crate) fn attributes(out: &mut Vec<u8>, attributes: &FetchAttributes) {
    match attributes {
        FetchAttributes::All => out.extend_from_slice(b"all"),
        FetchAttributes::Fast => out.extend_from_slice(b"fast"),
        FetchAttributes::Full => out.extend_from_slice(b"full"),
        FetchAttributes::List(attributes) => match attributes.as_slice() {
            [one] => attribute(out, one),
            several => list(out, several, attribute),
        },
    }
}

/// In lower case, like the sample session of RFC 3501 §8.
fn attribute(out: &mut Vec<u8>, attribute: &FetchAttribute) {
    let name: &[u8] = match attribute {
        FetchAttribute::Envelope => b"envelope",
        FetchAttribute::Flags => b"flags",
        FetchAttribute::InternalDate => b"internaldate",
        FetchAttribute::Rfc822Size => b"rfc822.size",
        FetchAttribute::Uid => b"uid",
        FetchAttribute::Body => b"body",
        FetchAttribute::BodyStructure => b"bodystructure",
        FetchAttribute::Rfc822 => b"rfc822",
        FetchAttribute::Rfc822Header => b"rfc822.header",
        FetchAttribute::Rfc822Text => b"rfc822.text",
        FetchAttribute::BodySection { section, peek, partial } => {
            return section_attribute(out, section, *peek, *partial);
        }
    };
    out.extend_from_slice(name);
}

fn section_attribute(out: &mut Vec<u8>, spec: &Section, peek: bool, partial: Option<Partial>) {
    out.extend_from_slice(if peek { b"body.peek[" } else { b"body[" });
    let from = out.len();
    section(out, spec);
    let named = matches!(
        spec.piece(),
        Some(SectionText::HeaderFields(_) | SectionText::HeaderFieldsNot(_))
    );
    if let Some(written) = out.get_mut(from..).filter(|_| !named) {
        written.make_ascii_lowercase();
    }
    out.push(b']');
    if let Some(partial) = partial {
        out.push(b'<');
        number(out, partial.origin());
        out.push(b'.');
        number(out, partial.octets());
        out.push(b'>');
    }
}

pub(crate) fn date(out: &mut Vec<u8>, date: InternalDate) {
    quoted(out, date.to_string().as_bytes());
}

/// An inline item of a FETCH response. [`FetchItem::Unparsed`] writes nothing; callers refuse it.
pub(crate) fn item(out: &mut Vec<u8>, item: &FetchItem) {
    match item {
        FetchItem::Envelope(value) => {
            out.extend_from_slice(b"ENVELOPE ");
            envelope(out, value);
        }
        FetchItem::Flags(value) => {
            out.extend_from_slice(b"FLAGS ");
            flags(out, value);
        }
        FetchItem::InternalDate(value) => {
            out.extend_from_slice(b"INTERNALDATE ");
            date(out, *value);
        }
        FetchItem::Rfc822Size(value) => {
            out.extend_from_slice(b"RFC822.SIZE ");
            number(out, *value);
        }
        FetchItem::Uid(value) => {
            out.extend_from_slice(b"UID ");
            number(out, (*value).into());
        }
        FetchItem::Body(value) => {
            out.extend_from_slice(b"BODY ");
            body(out, value, Extensions::Leave);
        }
        FetchItem::BodyStructure(value) => {
            out.extend_from_slice(b"BODYSTRUCTURE ");
            body(out, value, Extensions::Write);
        }
        FetchItem::Unparsed(_) => {}
    }
}

/// A status with its code and text, without tag and line end.
pub(crate) fn status(out: &mut Vec<u8>, status: &Status) {
    let kind: &[u8] = match status.kind {
        StatusKind::Ok => b"OK",
        StatusKind::No => b"NO",
        StatusKind::Bad => b"BAD",
        StatusKind::PreAuth => b"PREAUTH",
        StatusKind::Bye => b"BYE",
    };
    out.extend_from_slice(kind);
    if let Some(written) = status.code.as_ref().and_then(code) {
        out.extend_from_slice(b" [");
        out.extend_from_slice(&written);
        out.push(b']');
    }
    out.push(b' ');
    out.extend_from_slice(status.text.as_bytes());
}

fn code(code: &Code) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (name, value): (&[u8], Option<u32>) = match code {
        Code::Alert => (b"ALERT", None),
        Code::ReadOnly => (b"READ-ONLY", None),
        Code::ReadWrite => (b"READ-WRITE", None),
        Code::PrivacyRequired => (b"PRIVACYREQUIRED", None),
        Code::AuthenticationFailed => (b"AUTHENTICATIONFAILED", None),
        Code::Unavailable => (b"UNAVAILABLE", None),
        Code::NonExistent => (b"NONEXISTENT", None),
        Code::TooBig => (b"TOOBIG", None),
        Code::TryCreate => (b"TRYCREATE", None),
        Code::CompressionActive => (b"COMPRESSIONACTIVE", None),
        Code::UidNext(value) => (b"UIDNEXT ", Some(*value)),
        Code::UidValidity(value) => (b"UIDVALIDITY ", Some(*value)),
        Code::Unseen(value) => (b"UNSEEN ", Some(*value)),
        Code::Capability(list) => {
            out.extend_from_slice(b"CAPABILITY ");
            capabilities(&mut out, list);
            return Some(out);
        }
        Code::PermanentFlags(list) => {
            out.extend_from_slice(b"PERMANENTFLAGS ");
            flags(&mut out, list);
            return Some(out);
        }
        Code::AppendUid { validity, uids } => {
            out.extend_from_slice(b"APPENDUID ");
            number(&mut out, (*validity).into());
            out.push(b' ');
            set(&mut out, uids);
            return Some(out);
        }
        Code::Other(_) => return None,
    };
    out.extend_from_slice(name);
    if let Some(value) = value {
        number(&mut out, value.into());
    }
    Some(out)
}
