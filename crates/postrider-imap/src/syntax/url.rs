//! IMAP URLs (RFC 5092 §11).

use core::num::NonZeroU64;

use bytes::Bytes;

use super::base::{failure, number, number64, nz_number, octet, uid, while_octets, word};
use super::{Parsed, whole};
use crate::value::{
    Atom, ImapUrl, InvalidValue, MailboxName, UidValidity, UrlAccess, UrlAuth, UrlBase, UrlMailbox,
    UrlMechanism, UrlPartial, UrlServer, UrlTarget, UrlVerifier, decoded, is_address_octet,
};

/// ```text
/// imapurl        = "imap://" iserver ipath-query
/// imapurl-rel    = inetwork-path / iabsolute-path / irelative-path / ipath-empty
/// inetwork-path  = "//" iserver ipath-query
/// iabsolute-path = "/" [icommand]
/// ipath-query    = ["/" [icommand]]
/// ```
pub(crate) fn url(input: &[u8]) -> Result<ImapUrl, InvalidValue> {
    let (rest, base) = base(input).map_err(|_| InvalidValue::Octet)?;
    let target = match rest {
        [] => UrlTarget::Nothing,
        rest => {
            let read = whole(rest, |i| target(base == UrlBase::Relative, i));
            read.ok_or(InvalidValue::Octet)?
        }
    };
    ImapUrl::new(base, target)
}

/// All up to the target, with the slash before it.
fn base(input: &[u8]) -> Parsed<'_, UrlBase> {
    let (rest, absolute) = match word(input, b"IMAP://") {
        Ok((rest, ())) => (rest, true),
        Err(_) => match input {
            [b'/', b'/', rest @ ..] => (rest, false),
            [b'/', rest @ ..] => return Ok((rest, UrlBase::Path)),
            _ => return Ok((input, UrlBase::Relative)),
        },
    };
    let (rest, server) = server(rest)?;
    let rest = match rest.split_first() {
        // `icommand` does not begin with a slash.
        Some((b'/', rest)) if rest.first() != Some(&b'/') => rest,
        None => rest,
        Some(_) => return failure(rest),
    };
    Ok((rest, if absolute { UrlBase::Absolute(server) } else { UrlBase::Network(server) }))
}

/// ```text
/// iserver   = [iuserinfo "@"] host [":" port]
/// iuserinfo = enc-user [iauth] / [enc-user] iauth
/// iauth     = ";AUTH=" ("*" / enc-auth-type)
/// ```
fn server(input: &[u8]) -> Parsed<'_, UrlServer> {
    let (authority, rest) = while_octets(input, |octet| !matches!(octet, b'/' | b'?'));
    let (user, auth, host) = match memchr::memchr(b'@', authority) {
        Some(at) => {
            let (user, host) = authority.split_at_checked(at).unwrap_or_default();
            let (behind, user) = optional(user, is_achar)?;
            let (behind, auth) = match behind {
                [] => (behind, None),
                _ => mechanism(behind).map(|(rest, auth)| (rest, Some(auth)))?,
            };
            if !behind.is_empty() || (user.is_none() && auth.is_none()) {
                return failure(input);
            }
            (user, auth, host.get(1..).unwrap_or_default())
        }
        None => (None, None, authority),
    };
    let (behind, host) = host_name(host)?;
    let port = match behind {
        [] | [b':'] => None,
        [b':', port @ ..] => match whole(port, number).and_then(|port| u16::try_from(port).ok()) {
            Some(port) => Some(port),
            None => return failure(input),
        },
        _ => return failure(input),
    };
    Ok((rest, UrlServer { user, auth, host, port }))
}

fn mechanism(input: &[u8]) -> Parsed<'_, UrlMechanism> {
    let (rest, ()) = word(input, b";AUTH=")?;
    if rest == b"*" {
        return Ok((&[], UrlMechanism::Any));
    }
    let (rest, name) = text(rest, is_achar)?;
    match Atom::new(name) {
        Ok(name) => Ok((rest, UrlMechanism::Named(name))),
        Err(_) => failure(input),
    }
}

/// `host = IP-literal / IPv4address / reg-name` (RFC 3986 §3.2.2)
fn host_name(input: &[u8]) -> Parsed<'_, Bytes> {
    if input.first() != Some(&b'[') {
        return text(input, |octet| is_achar(octet) || octet == b';');
    }
    let (inside, rest) = while_octets(input.get(1..).unwrap_or_default(), is_address_octet);
    let (rest, ()) = octet(rest, b']')?;
    let len = inside.len().saturating_add(2);
    Ok((rest, Bytes::copy_from_slice(input.get(..len).unwrap_or_default())))
}

/// ```text
/// icommand       = imessagelist / imessagepart [iurlauth]
/// imessagelist   = imailbox-ref ["?" enc-search]
/// imessagepart   = imailbox-ref iuid [isection] [ipartial]
/// irelative-path = imessagelist / imsg-or-part
/// imsg-or-part   = (imailbox-ref "/" iuid-only ["/" isection-only] ["/" ipartial-only]) /
///                  (iuid-only ["/" isection-only] ["/" ipartial-only]) /
///                  (isection-only ["/" ipartial-only]) / ipartial-only
/// ```
fn target(relative: bool, input: &[u8]) -> Parsed<'_, UrlTarget> {
    if relative && input.first() == Some(&b';') {
        return part(input);
    }
    let (mut name, rest) = while_octets(input, is_bchar);
    // `path-noscheme` of RFC 3986 §3.3: what stands before a colon there is another scheme.
    let first = name.split(|&octet| octet == b'/').next().unwrap_or_default();
    if relative && first.contains(&b':') {
        return failure(input);
    }
    if starts(rest, b";UID=") {
        // The slash before it belongs to it.
        name = match name.strip_suffix(b"/") {
            Some(name) => name,
            None => return failure(rest),
        };
    }
    let (rest, validity) = match word(rest, b";UIDVALIDITY=") {
        Ok((rest, ())) => {
            let (rest, validity) = nz_number(rest)?;
            (rest, Some(UidValidity::new(validity.get())))
        }
        Err(_) => (rest, None),
    };
    if has_dots(name, validity.is_some()) {
        return failure(input);
    }
    let name = decoded(name).and_then(|name| MailboxName::new(name).ok());
    let Some(name) = name else { return failure(input) };
    let mailbox = UrlMailbox { name, validity };
    let rest = match rest {
        [] => return Ok((rest, UrlTarget::Mailbox { mailbox, search: None })),
        [b'?', rest @ ..] => {
            let (rest, search) = text(rest, is_bchar)?;
            return Ok((rest, UrlTarget::Mailbox { mailbox, search: Some(search) }));
        }
        [b'/', rest @ ..] if validity.is_some() => rest,
        rest if validity.is_none() => rest,
        rest => return failure(rest),
    };
    let (rest, ()) = word(rest, b";UID=")?;
    let (rest, uid) = uid(rest)?;
    let (rest, section) = slash(rest, section)?;
    let (rest, partial) = slash(rest, partial)?;
    let (rest, auth) = match rest {
        [] => (rest, None),
        _ => url_auth(rest).map(|(rest, auth)| (rest, Some(auth)))?,
    };
    Ok((rest, UrlTarget::Message { mailbox, uid, section, partial, auth }))
}

/// Whether there is a dot segment (RFC 3986 §3.3). A UIDVALIDITY belongs to the last segment (RFC
/// 5092 §9.1).
fn has_dots(name: &[u8], validity: bool) -> bool {
    let mut segments = name.split(|&octet| octet == b'/');
    if validity {
        segments.next_back();
    }
    segments.any(|segment| matches!(segment, b"." | b".."))
}

/// What a relative URL names of what is at hand.
fn part(input: &[u8]) -> Parsed<'_, UrlTarget> {
    if let Ok((rest, ())) = word(input, b";UID=") {
        let (rest, uid) = uid(rest)?;
        let (rest, section) = slash(rest, section)?;
        let (rest, partial) = slash(rest, partial)?;
        return Ok((rest, UrlTarget::Uid(uid, section, partial)));
    }
    if starts(input, b";SECTION=") {
        let (rest, section) = section(input)?;
        let (rest, partial) = slash(rest, partial)?;
        return Ok((rest, UrlTarget::Section(section, partial)));
    }
    partial(input).map(|(rest, partial)| (rest, UrlTarget::Partial(partial)))
}

/// `["/" …]`, if what stands behind the slash begins like it.
fn slash<'a, T>(
    input: &'a [u8],
    read: impl Fn(&'a [u8]) -> Parsed<'a, T>,
) -> Parsed<'a, Option<T>> {
    match input.split_first() {
        Some((b'/', rest)) => match read(rest) {
            Ok((rest, value)) => Ok((rest, Some(value))),
            Err(_) => Ok((input, None)),
        },
        _ => Ok((input, None)),
    }
}

/// `isection-only = ";SECTION=" enc-section`, without the slash before `;PARTIAL=`.
fn section(input: &[u8]) -> Parsed<'_, Bytes> {
    let (from, ()) = word(input, b";SECTION=")?;
    let (mut octets, rest) = while_octets(from, is_bchar);
    if starts(rest, b";PARTIAL=") {
        octets = octets.strip_suffix(b"/").unwrap_or(octets);
    }
    match decoded(octets).filter(|section| !section.is_empty()) {
        Some(section) => Ok((from.get(octets.len()..).unwrap_or_default(), section)),
        None => failure(input),
    }
}

/// ```text
/// ipartial-only = ";PARTIAL=" partial-range
/// partial-range = number64 ["." nz-number64]
/// ```
///
/// (RFC 9051 §9 has it of 64 bits)
fn partial(input: &[u8]) -> Parsed<'_, UrlPartial> {
    let (rest, ()) = word(input, b";PARTIAL=")?;
    let (rest, offset) = number64(rest)?;
    let Some((b'.', behind)) = rest.split_first() else {
        return Ok((rest, UrlPartial { offset, length: None }));
    };
    let (rest, length) = number64(behind)?;
    match NonZeroU64::new(length) {
        Some(length) => Ok((rest, UrlPartial { offset, length: Some(length) })),
        None => failure(behind),
    }
}

/// ```text
/// iurlauth      = iurlauth-rump iua-verifier
/// iurlauth-rump = [expire] ";URLAUTH=" access
/// expire        = ";EXPIRE=" date-time
/// access        = ("submit+" enc-user) / ("user+" enc-user) / "authuser" / "anonymous"
/// iua-verifier  = ":" uauth-mechanism ":" enc-urlauth
/// ```
fn url_auth(input: &[u8]) -> Parsed<'_, UrlAuth> {
    let (rest, expire) = match word(input, b";EXPIRE=") {
        Ok((rest, ())) => {
            let (expire, rest) = while_octets(rest, |octet| octet != b';');
            (rest, Some(Bytes::copy_from_slice(expire)))
        }
        Err(_) => (input, None),
    };
    let (rest, ()) = word(rest, b";URLAUTH=")?;
    let (rest, access) = access(rest)?;
    let (rest, verifier) = match rest.split_first() {
        Some((b':', rest)) => {
            let (mechanism, rest) = while_octets(rest, |octet| octet != b':');
            let (rest, ()) = octet(rest, b':')?;
            let (token, rest) = while_octets(rest, |octet| octet.is_ascii_hexdigit());
            let Ok(mechanism) = Atom::new(Bytes::copy_from_slice(mechanism)) else {
                return failure(input);
            };
            let token = Bytes::copy_from_slice(token);
            (rest, Some(UrlVerifier { mechanism, token }))
        }
        _ => (rest, None),
    };
    Ok((rest, UrlAuth { expire, access, verifier }))
}

fn access(input: &[u8]) -> Parsed<'_, UrlAccess> {
    if let Ok((rest, ())) = word(input, b"SUBMIT+") {
        return text(rest, is_achar).map(|(rest, user)| (rest, UrlAccess::Submit(user)));
    }
    if let Ok((rest, ())) = word(input, b"USER+") {
        return text(rest, is_achar).map(|(rest, user)| (rest, UrlAccess::User(user)));
    }
    if let Ok((rest, ())) = word(input, b"AUTHUSER") {
        return Ok((rest, UrlAccess::AuthUser));
    }
    word(input, b"ANONYMOUS").map(|(rest, ())| (rest, UrlAccess::Anonymous))
}

/// Octets of this kind, decoded; at least one.
fn text(input: &[u8], good: impl Fn(u8) -> bool) -> Parsed<'_, Bytes> {
    match optional(input, good)? {
        (rest, Some(text)) => Ok((rest, text)),
        _ => failure(input),
    }
}

/// Octets of this kind, decoded, if there are any.
fn optional(input: &[u8], good: impl Fn(u8) -> bool) -> Parsed<'_, Option<Bytes>> {
    match while_octets(input, good) {
        ([], _) => Ok((input, None)),
        (octets, rest) => {
            decoded(octets).map_or_else(|| failure(input), |text| Ok((rest, Some(text))))
        }
    }
}

/// Whether it begins with this word, in any case of letters.
fn starts(input: &[u8], with: &[u8]) -> bool {
    word(input, with).is_ok()
}

/// ```text
/// uchar = unreserved / sub-delims-sh / pct-encoded
/// achar = uchar / "&" / "="
/// ```
fn is_achar(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~!$'()*+,%&=".contains(&octet)
}

/// `bchar = achar / ":" / "@" / "/"`
fn is_bchar(octet: u8) -> bool {
    is_achar(octet) || matches!(octet, b':' | b'@' | b'/')
}
