//! Commands of IMAP.

use postrider::imap::{
    AppendTarget, Command, Create, EventGroup, GetMetadata, ListCommand, ListReturn, ListSelection,
    MetadataDepth, NotifyCommand, NotifyEvent, NotifyMailboxes, RightsChange, SelectParameters,
    StoreCommand, StoreMode, StoreValue, TaggedCommand,
};
use serde_json::{Map, Value, json};

use super::fetch::{attribute, attributes, modifiers, others};
use super::response::{entries, id};
use super::search::{esearch, search, set, sort, thread};
use super::text::{SECRET, all_shown, shown, text, texts};
use crate::decode::unit::Said;

/// What a command says: passwords and the answers of a login are not among it. `trusted`: what has no
/// name here may be shown as it stands.
pub(crate) fn command(it: &TaggedCommand, trusted: bool) -> Said {
    if let (Command::Other { arguments, .. }, false) = (&it.command, trusted) {
        // Part of a login perhaps, word by word.
        return Said::new("unknown", json!({"octets": arguments.as_bytes().len()}));
    }
    let (kind, arguments) = arguments(&it.command);
    let mut value = Map::new();
    value.insert("tag".into(), text(it.tag.as_bytes()));
    if let Value::Object(arguments) = arguments {
        value.extend(arguments);
    }
    Said::new(kind, value.into())
}

/// `UID` before the name, where it stands there.
fn by_uid(name: &str, uid: bool) -> String {
    if uid { format!("UID {name}") } else { name.into() }
}

fn arguments(command: &Command) -> (String, Value) {
    let mailbox = |name: &postrider::imap::MailboxName| text(name.as_bytes());
    let (name, value): (&str, Value) = match command {
        Command::Capability => ("CAPABILITY", Value::Null),
        Command::Noop => ("NOOP", Value::Null),
        Command::Logout => ("LOGOUT", Value::Null),
        Command::Id(parameters) => ("ID", json!({"parameters": id(parameters)})),
        Command::StartTls => ("STARTTLS", Value::Null),
        Command::Authenticate { mechanism, initial } => {
            let initial = initial.as_ref().map(|_| SECRET);
            ("AUTHENTICATE", json!({"mechanism": shown(mechanism), "initial": initial}))
        }
        Command::Login { user, .. } => ("LOGIN", json!({"user": text(user), "password": SECRET})),
        Command::Enable(all) => ("ENABLE", json!({"capabilities": all_shown(all)})),
        Command::Select { mailbox: name, parameters } => {
            ("SELECT", select(mailbox(name), parameters))
        }
        Command::Examine { mailbox: name, parameters } => {
            ("EXAMINE", select(mailbox(name), parameters))
        }
        Command::Create(it) => ("CREATE", create(it)),
        Command::Delete(name) => ("DELETE", json!({"mailbox": mailbox(name)})),
        Command::Rename { from, to } => {
            ("RENAME", json!({"from": mailbox(from), "to": mailbox(to)}))
        }
        Command::Subscribe(name) => ("SUBSCRIBE", json!({"mailbox": mailbox(name)})),
        Command::Unsubscribe(name) => ("UNSUBSCRIBE", json!({"mailbox": mailbox(name)})),
        Command::List(it) => ("LIST", list(it)),
        Command::Lsub { reference, pattern } => {
            ("LSUB", json!({"reference": mailbox(reference), "patterns": [text(pattern)]}))
        }
        Command::Xlist { reference, pattern } => {
            ("XLIST", json!({"reference": mailbox(reference), "patterns": [text(pattern)]}))
        }
        Command::Namespace => ("NAMESPACE", Value::Null),
        Command::Status { mailbox: name, items } => {
            ("STATUS", json!({"mailbox": mailbox(name), "items": all_shown(items)}))
        }
        Command::Idle => ("IDLE", Value::Null),
        Command::Notify(it) => ("NOTIFY", notify(it)),
        Command::Compress(mechanism) => ("COMPRESS", json!({"mechanism": shown(mechanism)})),
        Command::Unauthenticate => ("UNAUTHENTICATE", Value::Null),
        Command::GetJmapAccess => ("GETJMAPACCESS", Value::Null),
        Command::Check => ("CHECK", Value::Null),
        Command::Close => ("CLOSE", Value::Null),
        Command::Unselect => ("UNSELECT", Value::Null),
        Command::Expunge => ("EXPUNGE", Value::Null),
        Command::UidExpunge(uids) => ("UID EXPUNGE", json!({"set": set(uids)})),
        Command::Search(it) => return (by_uid("SEARCH", it.uid), search(it).into()),
        Command::Sort(it) => return (by_uid("SORT", it.uid), sort(it).into()),
        Command::Thread(it) => return (by_uid("THREAD", it.uid), thread(it).into()),
        Command::Esearch(it) => ("ESEARCH", esearch(it).into()),
        Command::CancelUpdate(tags) => ("CANCELUPDATE", json!({"tags": texts(tags)})),
        Command::Fetch { set: of, uid, attributes: asked, modifiers: how } => {
            let mut value = Map::new();
            value.insert("set".into(), set(of));
            value.insert("attributes".into(), attributes(asked));
            let how = modifiers(how);
            if how.as_object().is_some_and(|how| !how.is_empty()) {
                value.insert("modifiers".into(), how);
            }
            return (by_uid("FETCH", *uid), value.into());
        }
        Command::Store(it) => return (by_uid("STORE", it.uid), store(it)),
        Command::Copy { set: of, uid, mailbox: name } => {
            return (by_uid("COPY", *uid), json!({"set": set(of), "mailbox": mailbox(name)}));
        }
        Command::Move { set: of, uid, mailbox: name } => {
            return (by_uid("MOVE", *uid), json!({"set": set(of), "mailbox": mailbox(name)}));
        }
        Command::UidBatches(it) => {
            let range = it.range.map(|(first, last)| format!("{first}:{last}"));
            ("UIDBATCHES", json!({"size": it.size.get(), "range": range}))
        }
        Command::GetQuota(root) => ("GETQUOTA", json!({"root": text(root)})),
        Command::GetQuotaRoot(name) => ("GETQUOTAROOT", json!({"mailbox": mailbox(name)})),
        Command::SetQuota { root, limits } => {
            let limits = limits.iter();
            let limits =
                limits.map(|limit| json!({"name": shown(&limit.resource), "limit": limit.limit}));
            let limits: Value = limits.collect();
            ("SETQUOTA", json!({"root": text(root), "limits": limits}))
        }
        Command::SetAcl { mailbox: name, identifier, rights } => {
            let rights = match rights {
                RightsChange::Replace(rights) => rights.to_string(),
                RightsChange::Add(rights) => format!("+{rights}"),
                RightsChange::Remove(rights) => format!("-{rights}"),
            };
            let value = json!({
                "mailbox": mailbox(name),
                "identifier": text(identifier),
                "rights": rights,
            });
            ("SETACL", value)
        }
        Command::DeleteAcl { mailbox: name, identifier } => {
            ("DELETEACL", json!({"mailbox": mailbox(name), "identifier": text(identifier)}))
        }
        Command::GetAcl(name) => ("GETACL", json!({"mailbox": mailbox(name)})),
        Command::ListRights { mailbox: name, identifier } => {
            ("LISTRIGHTS", json!({"mailbox": mailbox(name), "identifier": text(identifier)}))
        }
        Command::MyRights(name) => ("MYRIGHTS", json!({"mailbox": mailbox(name)})),
        Command::GetMetadata(it) => ("GETMETADATA", get_metadata(it)),
        Command::SetMetadata { mailbox: name, entries: all } => {
            ("SETMETADATA", json!({"mailbox": mailbox(name), "entries": entries(all)}))
        }
        Command::Other { uid, name, arguments } => {
            let name = name.to_string().to_ascii_uppercase();
            let value = if !holds_secrets(&name) {
                json!({"unparsed": text(arguments.as_bytes())})
            } else {
                json!({"octets": arguments.as_bytes().len()})
            };
            return (by_uid(&name, *uid), value);
        }
        other => ("other", json!({"unparsed": format!("{other:?}")})),
    };
    (name.into(), value)
}

/// URLs that authorise whoever has them (RFC 4467), and whatever sets a password.
fn holds_secrets(name: &str) -> bool {
    ["GENURLAUTH", "URLFETCH", "RESETKEY", "SETPASS", "LOGIN", "AUTHENTICATE", "XAPPLEPUSHSERVICE"]
        .iter()
        .any(|secret| name.contains(secret))
}

/// APPEND or REPLACE, with what is told of each message.
pub(crate) fn append(tag: Value, target: &AppendTarget, messages: Vec<Value>) -> Said {
    match target {
        AppendTarget::Append(mailbox) => Said::new(
            "APPEND",
            json!({"tag": tag, "mailbox": text(mailbox.as_bytes()), "messages": messages}),
        ),
        AppendTarget::Replace { uid, message, mailbox } => Said::new(
            by_uid("REPLACE", *uid),
            json!({
                "tag": tag,
                "message": shown(message),
                "mailbox": text(mailbox.as_bytes()),
                "messages": messages,
            }),
        ),
    }
}

fn select(mailbox: Value, parameters: &SelectParameters) -> Value {
    let mut value = Map::new();
    value.insert("mailbox".into(), mailbox);
    if parameters.condstore {
        value.insert("CONDSTORE".into(), true.into());
    }
    if let Some(qresync) = &parameters.qresync {
        let mut known = Map::new();
        known.insert("uidvalidity".into(), qresync.validity.get().into());
        known.insert("modseq".into(), qresync.mod_seq.get().into());
        if let Some(uids) = &qresync.known {
            known.insert("uids".into(), shown(uids));
        }
        if let Some(matched) = &qresync.matched {
            let pair = json!([shown(matched.numbers()), shown(matched.uids())]);
            known.insert("matched".into(), pair);
        }
        value.insert("QRESYNC".into(), known.into());
    }
    others(&mut value, &parameters.others);
    value.into()
}

fn create(it: &Create) -> Value {
    let mut value = Map::new();
    value.insert("mailbox".into(), text(it.mailbox.as_bytes()));
    if let Some(uses) = &it.special_use {
        value.insert("USE".into(), all_shown(uses));
    }
    others(&mut value, &it.others);
    value.into()
}

fn list(it: &ListCommand) -> Value {
    let mut value = Map::new();
    let option = |name: &dyn ToString, raw: &Option<postrider::imap::Raw>| match raw {
        Some(raw) => json!({name.to_string(): text(raw.as_bytes())}),
        None => shown(name.to_string()),
    };
    if let Some(selection) = &it.selection {
        let all = selection.iter().map(|one| match one {
            ListSelection::Subscribed => "SUBSCRIBED".into(),
            ListSelection::Remote => "REMOTE".into(),
            ListSelection::RecursiveMatch => "RECURSIVEMATCH".into(),
            ListSelection::SpecialUse => "SPECIAL-USE".into(),
            ListSelection::Other(name, raw) => option(name, raw),
            other => format!("{other:?}").into(),
        });
        value.insert("select".into(), all.collect());
    }
    value.insert("reference".into(), text(it.reference.as_bytes()));
    value.insert("patterns".into(), texts(&it.patterns));
    if let Some(returns) = &it.returns {
        let all = returns.iter().map(|one| match one {
            ListReturn::Subscribed => "SUBSCRIBED".into(),
            ListReturn::Children => "CHILDREN".into(),
            ListReturn::SpecialUse => "SPECIAL-USE".into(),
            ListReturn::Status(items) => json!({"STATUS": all_shown(items)}),
            ListReturn::MyRights => "MYRIGHTS".into(),
            ListReturn::Metadata(entries) => json!({"METADATA": texts(entries)}),
            ListReturn::Other(name, raw) => option(name, raw),
            other => format!("{other:?}").into(),
        });
        value.insert("return".into(), all.collect());
    }
    value.into()
}

fn notify(it: &NotifyCommand) -> Value {
    match it {
        NotifyCommand::None => json!({"events": "NONE"}),
        NotifyCommand::Set { status, groups } => {
            let groups: Value = groups.iter().map(event_group).collect();
            json!({"status": status, "groups": groups})
        }
    }
}

fn event_group(it: &EventGroup) -> Value {
    let names =
        |all: &[postrider::imap::MailboxName]| texts(all.iter().map(|name| name.as_bytes()));
    let mailboxes = match &it.mailboxes {
        NotifyMailboxes::Selected => "SELECTED".into(),
        NotifyMailboxes::SelectedDelayed => "SELECTED-DELAYED".into(),
        NotifyMailboxes::Inboxes => "INBOXES".into(),
        NotifyMailboxes::Personal => "PERSONAL".into(),
        NotifyMailboxes::Subscribed => "SUBSCRIBED".into(),
        NotifyMailboxes::Subtree(all) => json!({"SUBTREE": names(all)}),
        NotifyMailboxes::SubtreeOne(all) => json!({"SUBTREE-ONE": names(all)}),
        NotifyMailboxes::Mailboxes(all) => json!({"MAILBOXES": names(all)}),
        NotifyMailboxes::Other(name) => shown(name),
        other => format!("{other:?}").into(),
    };
    let event = |event: &NotifyEvent| match event {
        NotifyEvent::MessageNew(asked) if !asked.is_empty() => {
            json!({"MessageNew": asked.iter().map(attribute).collect::<Value>()})
        }
        event => text(event.name()),
    };
    let events = match &it.events {
        Some(all) => all.iter().map(event).collect(),
        None => Value::from("NONE"),
    };
    json!({"mailboxes": mailboxes, "events": events})
}

fn store(it: &StoreCommand) -> Value {
    let mut value = Map::new();
    value.insert("set".into(), set(&it.set));
    if let Some(mod_seq) = it.unchanged_since {
        value.insert("UNCHANGEDSINCE".into(), mod_seq.get().into());
    }
    let mode = match it.mode {
        StoreMode::Replace => "replace",
        StoreMode::Add => "add",
        StoreMode::Remove => "remove",
    };
    value.insert("mode".into(), mode.into());
    value.insert("silent".into(), it.silent.into());
    let (name, what) = match &it.what {
        StoreValue::Flags(flags) => ("FLAGS".into(), all_shown(flags.iter())),
        StoreValue::GmailLabels(labels) => ("X-GM-LABELS".into(), texts(labels)),
        StoreValue::Other(name, raw) => (name.to_string(), text(raw.as_bytes())),
        other => ("unparsed".into(), format!("{other:?}").into()),
    };
    value.insert(name, what);
    value.into()
}

fn get_metadata(it: &GetMetadata) -> Value {
    let mut value = Map::new();
    value.insert("mailbox".into(), text(it.mailbox.as_bytes()));
    if let Some(octets) = it.max_size {
        value.insert("MAXSIZE".into(), octets.into());
    }
    if let Some(depth) = it.depth {
        let depth = match depth {
            MetadataDepth::Zero => "0",
            MetadataDepth::One => "1",
            MetadataDepth::Infinity => "infinity",
        };
        value.insert("DEPTH".into(), depth.into());
    }
    others(&mut value, &it.others);
    value.insert("entries".into(), texts(&it.entries));
    value.into()
}
