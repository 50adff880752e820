//! Response codes and status responses.

use postrider::imap::{Code, Status, StatusKind};
use serde_json::{Map, Value, json};

use super::text::{all_shown, shown, text};

/// The name of a status response.
pub(crate) fn status_name(kind: StatusKind) -> &'static str {
    match kind {
        StatusKind::Ok => "OK",
        StatusKind::No => "NO",
        StatusKind::Bad => "BAD",
        StatusKind::PreAuth => "PREAUTH",
        StatusKind::Bye => "BYE",
    }
}

pub(crate) fn status(status: &Status) -> Map<String, Value> {
    coded(status.code.as_ref(), status.text.as_bytes())
}

/// A text, with a code or without.
pub(crate) fn coded(code: Option<&Code>, words: &[u8]) -> Map<String, Value> {
    let mut value = Map::new();
    if let Some(code) = code {
        value.insert("code".into(), self::code(code));
    }
    value.insert("text".into(), text(words));
    value
}

/// `{"name": .., "value": ..}`, with a value where the code has one.
fn code(code: &Code) -> Value {
    let value = match code {
        Code::Capability(all) => all_shown(all),
        Code::PermanentFlags(flags) => all_shown(flags.iter()),
        Code::UidNext(uid) => uid.get().into(),
        Code::UidValidity(validity) => validity.get().into(),
        Code::Unseen(number) => (*number).into(),
        Code::AppendUid { validity, uids } => {
            json!({"uidvalidity": validity.get(), "uids": shown(uids)})
        }
        Code::CopyUid { validity, from, to } => {
            json!({"uidvalidity": validity.get(), "from": shown(from), "to": shown(to)})
        }
        Code::HighestModSeq(mod_seq) => mod_seq.get().into(),
        Code::Modified(set) => shown(set),
        Code::MailboxId(id) => text(id.as_bytes()),
        Code::MetadataLongEntries(octets) | Code::MetadataMaxSize(octets) => (*octets).into(),
        Code::MessageLimit { limit, uid } => {
            json!({"limit": limit.get(), "uid": uid.map(|uid| uid.get())})
        }
        // As it stands.
        code => {
            let shown = code.to_string();
            let mut words = shown.splitn(2, ' ');
            let name = words.next().unwrap_or_default();
            return match words.next() {
                Some(value) => json!({"name": name, "value": value}),
                None => json!({"name": name}),
            };
        }
    };
    let name = code.to_string();
    let name = name.split(' ').next().unwrap_or_default();
    json!({"name": name, "value": value})
}
