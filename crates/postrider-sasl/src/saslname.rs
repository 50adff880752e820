//! Names in the messages of SCRAM and OAUTHBEARER, which comma and equals sign part.

use alloc::borrow::Cow;
use alloc::string::String;

/// ```text
/// saslname = 1*(UTF8-char-safe / "=2C" / "=3D")
/// ```
///
/// RFC 5801 §4, RFC 5802 §7
pub(crate) fn escape(name: &str) -> Cow<'_, str> {
    if name.contains(['=', ',']) {
        Cow::Owned(name.replace('=', "=3D").replace(',', "=2C"))
    } else {
        Cow::Borrowed(name)
    }
}

/// The name; `None` where `=` stands before something else than `2C` or `3D`.
pub(crate) fn unescape(saslname: &str) -> Option<String> {
    let mut name = String::with_capacity(saslname.len());
    let mut rest = saslname;
    while let Some((before, behind)) = rest.split_once('=') {
        name.push_str(before);
        let (c, behind) = match (behind.strip_prefix("2C"), behind.strip_prefix("3D")) {
            (Some(behind), _) => (',', behind),
            (_, Some(behind)) => ('=', behind),
            _ => return None,
        };
        name.push(c);
        rest = behind;
    }
    name.push_str(rest);
    Some(name)
}
