//! Responses of IMAP.

use postrider::imap::{
    EsearchItem, EsearchResponse, IdParameters, ListExtended, ListKind, ListResponse,
    MailboxStatus, MetadataEntry, MetadataResponse, Namespace, NumberList, Response, StatusValue,
    Thread,
};
use serde_json::{Map, Value, json};

use super::code::{coded, status, status_name};
use super::fetch::{item, partial_range};
use super::text::{SECRET, all_shown, maybe, shown, text, texts};
use crate::decode::unit::Said;

/// What a response says. `in_login`: a challenge may be due, which is secret.
pub(crate) fn response(response: &Response, in_login: bool) -> Said {
    let (kind, value) = match response {
        Response::Tagged(tag, it) => {
            let mut value = Map::new();
            value.insert("tag".into(), text(tag.as_bytes()));
            value.extend(status(it));
            (status_name(it.kind), value.into())
        }
        Response::Status(it) => (status_name(it.kind), status(it).into()),
        Response::Continue(it) => {
            let is_secret = in_login && it.base64().is_some_and(|text| !text.is_empty());
            let words = if is_secret { SECRET.as_bytes() } else { it.text.as_bytes() };
            ("+", coded(it.code.as_ref(), words).into())
        }
        Response::Capability(all) => ("CAPABILITY", all_shown(all)),
        Response::Enabled(all) => ("ENABLED", all_shown(all)),
        Response::Id(parameters) => ("ID", id(parameters)),
        Response::Flags(flags) => ("FLAGS", all_shown(flags.iter())),
        Response::Exists(n) => ("EXISTS", (*n).into()),
        Response::Recent(n) => ("RECENT", (*n).into()),
        Response::Expunge(n) => ("EXPUNGE", n.get().into()),
        Response::Vanished { earlier, uids } => {
            ("VANISHED", json!({"earlier": earlier, "uids": shown(uids)}))
        }
        Response::Fetch { number, items } => {
            let items: Value = items.iter().map(item).collect();
            ("FETCH", json!({"message": number.get(), "items": items}))
        }
        Response::UidFetch { uid, items } => {
            let items: Value = items.iter().map(item).collect();
            ("UIDFETCH", json!({"uid": uid.get(), "items": items}))
        }
        Response::List(it) => list(it),
        Response::Namespace(it) => {
            let all = |all: &Vec<Namespace>| all.iter().map(namespace).collect::<Value>();
            let [personal, other_users, shared] =
                [all(&it.personal), all(&it.other_users), all(&it.shared)];
            let value = json!({"personal": personal, "other-users": other_users, "shared": shared});
            ("NAMESPACE", value)
        }
        Response::MailboxStatus(it) => ("STATUS", mailbox_status(it)),
        Response::Search { numbers, mod_seq } => ("SEARCH", found(numbers, *mod_seq)),
        Response::Sort { numbers, mod_seq } => ("SORT", found(numbers, *mod_seq)),
        Response::Thread(it) => ("THREAD", thread(it)),
        Response::Esearch(it) => ("ESEARCH", esearch(it)),
        Response::UidBatches { tag, batches } => {
            let batches = batches.iter().map(|batch| format!("{}:{}", batch.first, batch.last));
            let batches: Value = batches.map(Value::from).collect();
            ("UIDBATCHES", json!({"tag": text(tag), "batches": batches}))
        }
        Response::Quota(it) => {
            let resources = it.resources.iter().map(|resource| {
                json!({
                    "name": shown(&resource.resource),
                    "usage": resource.usage,
                    "limit": resource.limit,
                })
            });
            let resources: Value = resources.collect();
            ("QUOTA", json!({"root": text(&it.root), "resources": resources}))
        }
        Response::QuotaRoot(it) => (
            "QUOTAROOT",
            json!({"mailbox": text(it.mailbox.as_bytes()), "roots": texts(&it.roots)}),
        ),
        Response::Acl(it) => {
            let entries = it.entries.iter();
            let entries = entries.map(
                |(who, rights)| json!({"identifier": text(who), "rights": rights.to_string()}),
            );
            let entries: Value = entries.collect();
            ("ACL", json!({"mailbox": text(it.mailbox.as_bytes()), "entries": entries}))
        }
        Response::ListRights(it) => {
            let value = json!({
                "mailbox": text(it.mailbox.as_bytes()),
                "identifier": text(&it.identifier),
                "required": it.required.to_string(),
                "optional": all_shown(&it.optional),
            });
            ("LISTRIGHTS", value)
        }
        Response::MyRights(it) => {
            let rights = it.rights.to_string();
            ("MYRIGHTS", json!({"mailbox": text(it.mailbox.as_bytes()), "rights": rights}))
        }
        Response::Metadata(it) => ("METADATA", metadata(it)),
        Response::JmapAccess(url) => ("JMAPACCESS", text(url)),
        Response::Other(raw) => return other(raw.as_bytes()),
        other => ("other", format!("{other:?}").into()),
    };
    Said::new(kind, value)
}

/// A response that has no name here: the first word that is no number, and all of it.
fn other(raw: &[u8]) -> Said {
    let words = raw.split(|octet| *octet == b' ');
    let mut names = words.filter(|word| !word.iter().all(u8::is_ascii_digit));
    let name = names.next().and_then(|name| str::from_utf8(name).ok());
    let is_name = |name: &&str| name.len() <= 32 && name.chars().all(|c| c.is_ascii_graphic());
    let name = name.filter(is_name).unwrap_or("other").to_ascii_uppercase();
    Said::new(name, json!({"unparsed": text(raw)}))
}

pub(crate) fn id(parameters: &IdParameters) -> Value {
    let Some(parameters) = parameters else { return Value::Null };
    let pairs = parameters.iter();
    pairs.map(|(name, value)| json!({"name": text(name), "value": maybe(value.as_ref())})).collect()
}

fn list(it: &ListResponse) -> (&'static str, Value) {
    let kind = match it.kind {
        ListKind::List => "LIST",
        ListKind::Lsub => "LSUB",
        ListKind::Xlist => "XLIST",
    };
    let mut value = Map::new();
    value.insert("attributes".into(), all_shown(it.attributes.iter()));
    value.insert("delimiter".into(), it.delimiter.map_or(Value::Null, shown));
    value.insert("mailbox".into(), text(it.mailbox.as_bytes()));
    for item in &it.extended {
        let (name, what) = match item {
            ListExtended::ChildInfo(all) => ("CHILDINFO".into(), all_shown(all)),
            ListExtended::OldName(name) => ("OLDNAME".into(), text(name.as_bytes())),
            ListExtended::Other(name, raw) => {
                (String::from_utf8_lossy(name).into_owned(), text(raw.as_bytes()))
            }
            ListExtended::Unparsed(raw) => ("unparsed".into(), text(raw.as_bytes())),
            other => ("unparsed".into(), format!("{other:?}").into()),
        };
        value.insert(name, what);
    }
    (kind, value.into())
}

fn namespace(it: &Namespace) -> Value {
    let mut value = Map::new();
    value.insert("prefix".into(), text(&it.prefix));
    value.insert("delimiter".into(), it.delimiter.map_or(Value::Null, shown));
    for (name, values) in &it.extensions {
        value.insert(String::from_utf8_lossy(name).into_owned(), texts(values));
    }
    value.into()
}

fn mailbox_status(it: &MailboxStatus) -> Value {
    let items = it.items.iter().map(|item| {
        let (name, value): (&str, Value) = match item {
            StatusValue::Messages(n) => ("MESSAGES", (*n).into()),
            StatusValue::Recent(n) => ("RECENT", (*n).into()),
            StatusValue::UidNext(uid) => ("UIDNEXT", uid.get().into()),
            StatusValue::UidValidity(validity) => ("UIDVALIDITY", validity.get().into()),
            StatusValue::Unseen(n) => ("UNSEEN", (*n).into()),
            StatusValue::Deleted(n) => ("DELETED", (*n).into()),
            StatusValue::Size(octets) => ("SIZE", (*octets).into()),
            StatusValue::HighestModSeq(mod_seq) => ("HIGHESTMODSEQ", mod_seq.get().into()),
            StatusValue::AppendLimit(octets) => ("APPENDLIMIT", (*octets).into()),
            StatusValue::MailboxId(id) => ("MAILBOXID", text(id)),
            StatusValue::DeletedStorage(octets) => ("DELETED-STORAGE", (*octets).into()),
            StatusValue::Unparsed(raw) => ("unparsed", text(raw.as_bytes())),
            other => ("unparsed", format!("{other:?}").into()),
        };
        json!({ name: value })
    });
    let items: Value = items.collect();
    json!({"mailbox": text(it.mailbox.as_bytes()), "items": items})
}

/// Numbers in ranges, as a set has them.
fn found(numbers: &NumberList, mod_seq: Option<postrider::imap::ModSeq>) -> Value {
    let mut value = Map::new();
    value.insert("numbers".into(), shown(numbers));
    if let Some(mod_seq) = mod_seq {
        value.insert("modseq".into(), mod_seq.get().into());
    }
    value.into()
}

/// A flat list: how many places are above each, and its number.
fn thread(it: &Thread) -> Value {
    let nodes = it.nodes().iter();
    nodes.map(|node| json!([node.depth, node.number.map(std::num::NonZeroU32::get)])).collect()
}

fn esearch(it: &EsearchResponse) -> Value {
    let mut value = Map::new();
    if let Some(tag) = &it.tag {
        value.insert("tag".into(), text(tag));
    }
    if let Some((mailbox, validity)) = &it.mailbox {
        value.insert("mailbox".into(), text(mailbox.as_bytes()));
        value.insert("uidvalidity".into(), validity.get().into());
    }
    value.insert("uid".into(), it.uid.into());
    let updates = |all: &[(u32, NumberList)]| -> Value {
        all.iter().map(|(at, numbers)| json!([at, numbers.to_string()])).collect()
    };
    let items = it.items.iter().map(|item| {
        let (name, value): (&str, Value) = match item {
            EsearchItem::Min(n) => ("MIN", n.get().into()),
            EsearchItem::Max(n) => ("MAX", n.get().into()),
            EsearchItem::All(numbers) => ("ALL", shown(numbers)),
            EsearchItem::Count(n) => ("COUNT", (*n).into()),
            EsearchItem::ModSeq(mod_seq) => ("MODSEQ", mod_seq.get().into()),
            EsearchItem::Partial(range, numbers) => {
                let numbers = numbers.as_ref().map(ToString::to_string);
                ("PARTIAL", json!([partial_range(*range), numbers]))
            }
            EsearchItem::AddTo(all) => ("ADDTO", updates(all)),
            EsearchItem::RemoveFrom(all) => ("REMOVEFROM", updates(all)),
            EsearchItem::Relevancy(scores) => ("RELEVANCY", scores.clone().into()),
            EsearchItem::Unparsed(raw) => ("unparsed", text(raw.as_bytes())),
            other => ("unparsed", format!("{other:?}").into()),
        };
        json!({ name: value })
    });
    value.insert("items".into(), items.collect());
    value.into()
}

fn metadata(it: &MetadataResponse) -> Value {
    match it {
        MetadataResponse::Values { mailbox, entries } => {
            json!({"mailbox": text(mailbox.as_bytes()), "entries": self::entries(entries)})
        }
        MetadataResponse::Changed { mailbox, entries } => {
            json!({"mailbox": text(mailbox.as_bytes()), "changed": texts(entries)})
        }
        other => format!("{other:?}").into(),
    }
}

pub(crate) fn entries(entries: &[MetadataEntry]) -> Value {
    let entries = entries.iter();
    entries
        .map(|entry| json!({"name": text(&entry.name), "value": maybe(entry.value.as_ref())}))
        .collect()
}
