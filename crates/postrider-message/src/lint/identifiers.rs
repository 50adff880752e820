//! `Message-ID`, `In-Reply-To` and `References` (RFC 5322 §3.6.4).

use core::net::IpAddr;

use memchr::memmem;

use super::Findings;
use crate::{FieldName, Headers, Lexer, MessageIdList, code};

/// `message-id = "Message-ID:" msg-id CRLF`: one, no more and no less.
pub(super) fn message_id(headers: Headers<'_>, to: &mut Findings) {
    for name in [FieldName::MessageId, FieldName::ResentMessageId] {
        for field in headers.all(name) {
            let count = field.read::<MessageIdList<'_>>().value.ids().len();
            // That it is empty is told elsewhere.
            let empty = Lexer::new(field.raw_value()).next_solid().is_none();
            if count != 1 && !empty {
                to.tell(&code::ID_COUNT, field.span());
            }
        }
    }
}

/// "it is RECOMMENDED that the right-hand side contain some domain identifier (either of the host
/// itself or otherwise) such that the generator of the message identifier can guarantee the
/// uniqueness". What this message refers to is not its own doing.
pub(super) fn uniqueness(headers: Headers<'_>, to: &mut Findings) {
    for name in [FieldName::MessageId, FieldName::ResentMessageId] {
        for field in headers.all(name) {
            let list = field.read::<MessageIdList<'_>>().value;
            let raw = field.raw_value();
            let mut at = 0;
            for id in list.ids().iter().filter(|id| is_local(id.as_str())) {
                let rest = raw.bytes().get(at..).unwrap_or_default();
                // An identifier with white space or comments in it does not stand there as it is.
                let Some(found) = memmem::find(rest, id.as_str().as_bytes()) else {
                    to.tell(&code::LOCAL_ID, raw.slice(at..raw.bytes().len()).span());
                    break;
                };
                let start = at.saturating_add(found);
                at = start.saturating_add(id.as_str().len());
                to.tell(&code::LOCAL_ID, raw.slice(start..at).span());
            }
        }
    }
}

/// Whether the right side names a host that every network has, or none.
fn is_local(id: &str) -> bool {
    const NAMES: [&str; 6] = ["localhost", "localdomain", "local", "lan", "internal", "invalid"];
    let right = id.rsplit('@').next().unwrap_or_default();
    if let Some(literal) = right.strip_prefix('[').and_then(|right| right.strip_suffix(']')) {
        let literal = literal.strip_prefix("IPv6:").unwrap_or(literal);
        return match literal.parse() {
            Ok(IpAddr::V4(v4)) => v4.is_loopback() || v4.is_private() || v4.is_unspecified(),
            Ok(IpAddr::V6(v6)) => v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local(),
            Err(_) => false,
        };
    }
    match right.rsplit_once('.') {
        Some((_, top)) => NAMES.iter().any(|name| top.eq_ignore_ascii_case(name)),
        None => true,
    }
}

/// An identifier twice in `References`, and the message's own among those it replies to.
pub(super) fn repeated(headers: Headers<'_>, to: &mut Findings) {
    let own = headers.thread_ids();
    for name in [FieldName::References, FieldName::InReplyTo] {
        for field in headers.all(name) {
            let list = field.read::<MessageIdList<'_>>().value;
            let mut ids: alloc::vec::Vec<_> = list.ids().iter().map(|id| id.normalized()).collect();
            if ids.iter().any(|id| own.message_id() == Some(id.as_ref())) {
                to.tell(&code::OWN_ID, field.span());
            }
            ids.sort_unstable();
            let twice = ids.iter().zip(ids.iter().skip(1)).any(|(before, after)| before == after);
            if twice && name == FieldName::References {
                to.tell(&code::REPEATED_ID, field.span());
            }
        }
    }
}

/// "reply messages SHOULD have In-Reply-To: and References: fields as appropriate". By the rules for
/// making them, a reply that has one has both, unless the message it replies to had no identifier.
pub(super) fn replies(headers: Headers<'_>, to: &mut Findings) {
    let parent = headers.get(FieldName::InReplyTo);
    let ancestors = headers.get(FieldName::References);
    match (parent, ancestors) {
        (Some(field), None) => to.tell(&code::NO_REFERENCES, field.span()),
        (None, Some(field)) => to.tell(&code::NO_IN_REPLY_TO, field.span()),
        (None, None) => {
            let Some(field) = headers.get(FieldName::Subject) else { return };
            let start = field.value().trim_ascii_start().get(..3).unwrap_or_default();
            if start.eq_ignore_ascii_case(b"re:") {
                to.tell(&code::UNTHREADED_REPLY, field.span());
            }
        }
        (Some(_), Some(_)) => {}
    }
}
