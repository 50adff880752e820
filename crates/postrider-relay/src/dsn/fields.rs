//! A notice as the part for machines (RFC 3464 §2, RFC 3461 §6.3).

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};

use postrider_message::{DateTime, InvalidValue, Zone};
use postrider_mime::report::{
    Action, DeliveryStatus, DiagnosticCode, MtaName, Recipient, RecipientAddress, Status,
};
use postrider_smtp::{EhloName, ForwardPath, OriginalRecipient};

use super::wrap::DIAGNOSTIC;
use super::{Notice, NoticeKind, NoticeRecipient, Original};
use crate::line::line;
use crate::{DomainName, address_literal, literal};

/// Octets of an address that surely fit on a line with the name of their field.
const ADDRESS: usize = 900;

/// The part for machines. All that comes from outside is cleaned, so that there is always one.
pub(super) fn delivery_status(
    notice: &Notice,
    original: &Original<'_>,
    host: &str,
    zone: Zone,
    utf8: bool,
) -> Result<DeliveryStatus<'static>, InvalidValue> {
    let mut status = DeliveryStatus::new(MtaName::dns(host.to_string())?);
    if let Some(id) = &original.parameters.envid {
        // "the MTA must decode the xtext encoding" (RFC 3461 §6.3 (a)).
        status = status.with_original_envelope_id(id.decoded())?;
    }
    if let Some((name, address)) = &original.received_from {
        let literal = literal::of(*address);
        let mta = match dns_name(name.as_str()) {
            Some(name) => MtaName::dns(name)?.with_comment(literal)?,
            None => MtaName::dns(literal)?,
        };
        status = status.with_received_from_mta(mta);
    }
    if let Ok(date) = DateTime::from_unix(original.arrived, zone) {
        status = status.with_arrival_date(date);
    }
    for one in &notice.recipients {
        status = status.with_recipient(recipient(notice.kind, one, zone, utf8)?);
    }
    Ok(status)
}

fn recipient(
    kind: NoticeKind,
    one: &NoticeRecipient,
    zone: Zone,
    utf8: bool,
) -> Result<Recipient<'static>, InvalidValue> {
    let mut out = Recipient::new(final_recipient(&one.path)?, action(kind), status(kind, one)?);
    // "If the ORCPT parameter was provided for this recipient, the Original-Recipient field MUST be
    // supplied ... If no ORCPT parameter was provided for this recipient, the Original-Recipient field
    // MUST NOT appear" (RFC 3461 §6.3 (d)).
    if let Some(address) = one.original.as_ref().and_then(original_recipient) {
        out = out.with_original_recipient(address);
    }
    if let Some(mta) = one.remote_mta.as_deref().and_then(remote_mta) {
        out = out.with_remote_mta(mta);
    }
    let said = one.diagnostic.as_deref();
    if let Some(said) = said.and_then(|said| line(said, DIAGNOSTIC, utf8)) {
        // "smtp" is a reply of SMTP (RFC 3461 §9.2); words of this host are none.
        let ty = if one.remote_mta.is_some() || is_reply(&said) { "smtp" } else { "x-local" };
        out = out.with_diagnostic_code(DiagnosticCode::new(ty, said)?);
    }
    if let Some(date) = one.last_attempt.and_then(|at| DateTime::from_unix(at, zone).ok()) {
        out = out.with_last_attempt_date(date);
    }
    // "optional for "delay" DSNs, and MUST NOT appear in other DSNs" (RFC 3464 §2.3.9).
    if let NoticeKind::Delayed { until } = kind
        && let Ok(date) = DateTime::from_unix(until, zone)
    {
        out = out.with_will_retry_until(date);
    }
    Ok(out)
}

/// Whether an address must be written in UTF-8 because its form in ASCII (RFC 6533 §3) has no line
/// that is long enough.
pub(super) fn needs_utf8(notice: &Notice) -> bool {
    let is_long = |text: &str| {
        let others = text.chars().filter(|one| !one.is_ascii()).count();
        others > 0 && text.len().saturating_add(others.saturating_mul(10)) > ADDRESS
    };
    notice.recipients.iter().any(|one| {
        let original = one.original.as_ref().map(OriginalRecipient::decoded);
        let mailbox = one.path.mailbox().map_or("", |mailbox| mailbox.as_str());
        is_long(mailbox) || original.is_some_and(|original| is_long(&original))
    })
}

pub(super) const fn action(kind: NoticeKind) -> Action {
    match kind {
        NoticeKind::Failed => Action::Failed,
        NoticeKind::Delayed { .. } => Action::Delayed,
        NoticeKind::Relayed => Action::Relayed,
        NoticeKind::Delivered => Action::Delivered,
        NoticeKind::Expanded => Action::Expanded,
    }
}

/// The status, where it does not say the opposite of the action: "If there is no specific code which
/// suitably describes a delivery failure, either 4.0.0 (temporary failure), or 5.0.0 (permanent failure)
/// MUST be used" (RFC 3461 §6.3 (g)). A failure may have one of class 4: it was temporary for too long.
fn status(kind: NoticeKind, one: &NoticeRecipient) -> Result<Status, InvalidValue> {
    let (class, fits) = match kind {
        NoticeKind::Failed => (5, one.status.class() != 2),
        NoticeKind::Delayed { .. } => (4, one.status.class() == 4),
        NoticeKind::Relayed | NoticeKind::Delivered | NoticeKind::Expanded => {
            (2, one.status.class() == 2)
        }
    };
    if fits {
        Status::new(one.status.class(), one.status.subject(), one.status.detail())
    } else {
        Status::new(class, 0, 0)
    }
}

fn final_recipient(path: &ForwardPath) -> Result<RecipientAddress<'static>, InvalidValue> {
    match path.mailbox() {
        Some(mailbox) => RecipientAddress::rfc822(mailbox.as_str().to_string()),
        None => RecipientAddress::rfc822("Postmaster"),
    }
}

/// Its xtext is undone, as that of ENVID, where the field can have what it stands for: printable
/// ASCII, or UTF-8 of its own type. Else it stays as it stands. `None` for a type that is no atom.
fn original_recipient(original: &OriginalRecipient) -> Option<RecipientAddress<'static>> {
    let (ty, address) = (original.address_type(), original.decoded());
    let is_utf8 = ty.eq_ignore_ascii_case("utf-8");
    let plain = is_utf8 || address.bytes().all(|octet| (32..127).contains(&octet));
    let address = if plain && !address.is_empty() && address.trim() == address {
        Cow::Owned(address)
    } else {
        let text = original.to_string();
        Cow::Owned(text.split_once(';').map_or_else(String::new, |(_, text)| text.into()))
    };
    RecipientAddress::new(String::from(ty), address).ok()
}

/// "dns" where it is such a name (RFC 3461 §9.3), else a name that means something to this host alone.
fn remote_mta(name: &str) -> Option<MtaName<'static>> {
    if let Some(name) = dns_name(name) {
        return MtaName::dns(name).ok();
    }
    MtaName::new("x-local-hostname", line(name, 255, false)?).ok()
}

/// A domain in ASCII, or an address literal.
pub(super) fn dns_name(name: &str) -> Option<String> {
    let is_ascii_host = name.is_ascii() && EhloName::parse(name).is_ok();
    if is_ascii_host || address_literal(name).is_some() {
        return Some(name.into());
    }
    if let Ok(address) = name.parse() {
        return Some(literal::of(address));
    }
    DomainName::parse(name).ok().map(|name| format!("{name}"))
}

/// Whether it begins with a reply code.
fn is_reply(said: &str) -> bool {
    let code = said.as_bytes().first_chunk::<3>();
    let ends = said.as_bytes().get(3).is_none_or(|octet| b" -".contains(octet));
    ends && code.is_some_and(|[class, rest @ ..]| {
        (b'2'..=b'5').contains(class) && rest.iter().all(u8::is_ascii_digit)
    })
}
