//! The order in which a mail is asked.

use alloc::string::String;
use alloc::vec::Vec;

use postrider_message::{AddressList, AutoSubmitted, FieldName, Headers, ReturnPath};
use postrider_mime::ContentType;
use postrider_smtp::{ForwardPath, Mailbox, ReversePath};

use super::{AutoReply, NoReply, Responder, ResponderKind, senders};
use crate::address::{Same, local_part};
use crate::threading::Threading;

/// Characters of a subject that an answer repeats.
const SUBJECT: usize = 200;
/// Octets of a field that are looked at.
const FIELD: usize = 1024;
/// What marks an answer, with the blank behind it (RFC 3834 §3.1.5).
const PREFIX: &str = "Auto: ";

pub(super) fn decide<'a>(
    responder: &Responder,
    headers: Headers<'a>,
    return_path: Option<&ReversePath>,
) -> Result<AutoReply<'a>, NoReply> {
    let read;
    let path = match return_path {
        Some(path) => path,
        None => {
            read = read_return_path(headers).ok_or(NoReply::NoReturnPath)?;
            &read
        }
    };
    let sender = path.mailbox().ok_or(NoReply::NullReturnPath)?;
    let same = |mailbox: &Mailbox| Same::of_mailbox(mailbox).in_any_case();
    if responder.own.iter().any(|own| same(own) == same(sender)) {
        return Err(NoReply::OwnAddress);
    }
    if senders::is_machine(&local_part(sender)) {
        return Err(NoReply::MachineSender);
    }
    refuse_machines(responder.kind, headers)?;
    let addressed = addressed(responder, headers);
    if addressed.is_none() && responder.kind != ResponderKind::Service {
        return Err(NoReply::NotAddressed);
    }
    Ok(AutoReply {
        to: ForwardPath::from(sender.clone()),
        addressed,
        subject: subject(headers),
        threading: Threading::answering(headers),
    })
}

/// What the fields say of who sent it.
fn refuse_machines(kind: ResponderKind, headers: Headers<'_>) -> Result<(), NoReply> {
    let mut automatic = headers.all(FieldName::AutoSubmitted);
    if automatic.any(|field| field.read::<AutoSubmitted<'_>>().value.is_automatic()) {
        return Err(NoReply::AutoSubmitted);
    }
    let is_list = |name: &[u8]| LIST.iter().any(|list| name.eq_ignore_ascii_case(list.as_bytes()));
    if headers.fields().any(|field| is_list(field.name())) {
        return Err(NoReply::MailingList);
    }
    let says = |name: &'static str, words: &'static [&'static str]| {
        headers.named(name).any(|field| {
            let value = field.value();
            let value = value.get(..FIELD).unwrap_or(value);
            let value = String::from_utf8_lossy(value);
            let mut told = value.split([',', ';', ' ', '\t', '\r', '\n', '(', ')']);
            told.any(|told| words.iter().any(|word| told.eq_ignore_ascii_case(word)))
        })
    };
    if says("Precedence", &["bulk", "junk", "list", "auto_reply", "auto-reply"]) {
        return Err(NoReply::Precedence);
    }
    // [MS-OXCMAIL] §2.1.3.2.20: OOF are notices of persons who are away.
    let suppressed: &[&str] = match kind {
        ResponderKind::Service => &["All", "AutoReply"],
        ResponderKind::Personal | ResponderKind::Group => &["All", "AutoReply", "OOF"],
    };
    if says("X-Auto-Response-Suppress", suppressed) {
        return Err(NoReply::Suppressed);
    }
    let ty = headers.read::<ContentType<'_>>(FieldName::ContentType);
    let is_report = |ty: &ContentType<'_>| {
        ty.is("multipart", "report") || REPORTS.iter().any(|subtype| ty.is("message", subtype))
    };
    if ty.is_some_and(|ty| is_report(&ty.value)) {
        return Err(NoReply::Report);
    }
    Ok(())
}

/// The fields of RFC 2369, RFC 2919 and RFC 8058, and what lists wrote before them.
const LIST: [&str; 10] = [
    "List-Id",
    "List-Help",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Subscribe",
    "List-Post",
    "List-Owner",
    "List-Archive",
    "Mailing-List",
    "X-Mailing-List",
];

const REPORTS: [&str; 5] = [
    "delivery-status",
    "global-delivery-status",
    "disposition-notification",
    "global-disposition-notification",
    "feedback-report",
];

fn read_return_path(headers: Headers<'_>) -> Option<ReversePath> {
    let field = headers.get(FieldName::ReturnPath)?;
    let read = field.read::<Option<ReturnPath<'_>>>().value?;
    match read {
        ReturnPath::Null => Some(ReversePath::null()),
        ReturnPath::Address(address) => {
            Mailbox::parse(&alloc::format!("{address}")).ok().map(ReversePath::from)
        }
    }
}

/// The first of the responder's addresses that a recipient field names.
fn addressed(responder: &Responder, headers: Headers<'_>) -> Option<Mailbox> {
    use FieldName as N;
    let names = [N::To, N::Cc, N::Bcc, N::ResentTo, N::ResentCc, N::ResentBcc];
    // The host of a responder is hardly one that tells local parts apart by case.
    let own: Vec<_> =
        responder.own.iter().map(|own| (Same::of_mailbox(own).in_any_case(), own)).collect();
    let fields =
        headers.fields().filter(|field| field.known().is_some_and(|name| names.contains(&name)));
    for field in fields {
        let list = field.read::<AddressList<'_>>().value;
        for named in list.mailboxes() {
            let named = Same::of(named.addr_spec()).in_any_case();
            if let Some((_, own)) = own.iter().find(|(same, _)| *same == named) {
                return Some((*own).clone());
            }
        }
    }
    None
}

/// The mark, and what fits of the subject of the mail (RFC 3834 §3.1.5).
fn subject(headers: Headers<'_>) -> String {
    let told = headers.subject().map(|read| read.value.into_cow()).unwrap_or_default();
    let blank = |one: char| one.is_control() || matches!(one, '\u{2028}' | '\u{2029}' | ' ');
    let words = told.split(blank).filter(|word| !word.is_empty());
    let mut subject = String::from(PREFIX.trim_end());
    let mut left = SUBJECT;
    let mut first = true;
    for word in words {
        // No mark is set before a mark.
        if core::mem::take(&mut first) && word.eq_ignore_ascii_case(PREFIX.trim_end()) {
            continue;
        }
        let cut: String = word.chars().take(left).collect();
        left = left.saturating_sub(cut.chars().count());
        if cut.is_empty() {
            break;
        }
        subject.push(' ');
        subject.push_str(&cut);
    }
    if subject.len() < PREFIX.len() {
        subject.push_str(" your message");
    }
    subject
}
