//! SEARCH, SORT, THREAD and ESEARCH: what is asked.

use postrider::imap::{
    EntryType, EsearchOptions, MessageSet, SearchCommand, SearchKey, SearchReturn, SortCommand,
    SortKey, ThreadCommand,
};
use serde_json::{Map, Value, json};

use super::fetch::{attribute, partial_range};
use super::text::{shown, text};

pub(crate) fn set(set: &MessageSet) -> Value {
    match set {
        MessageSet::Set(set) => shown(set),
        // RFC 5182 §2.1: the saved result.
        MessageSet::Saved => "$".into(),
    }
}

pub(crate) fn search(it: &SearchCommand) -> Map<String, Value> {
    let mut value = Map::new();
    returns(&mut value, it.returns.as_deref());
    if let Some(charset) = &it.charset {
        value.insert("charset".into(), shown(charset));
    }
    value.insert("keys".into(), keys(&it.keys));
    value
}

pub(crate) fn sort(it: &SortCommand) -> Map<String, Value> {
    let mut value = Map::new();
    returns(&mut value, it.returns.as_deref());
    let criteria = it.criteria.iter().map(|criterion| {
        let name = match &criterion.key {
            SortKey::Arrival => "ARRIVAL".into(),
            SortKey::Cc => "CC".into(),
            SortKey::Date => "DATE".into(),
            SortKey::From => "FROM".into(),
            SortKey::Size => "SIZE".into(),
            SortKey::Subject => "SUBJECT".into(),
            SortKey::To => "TO".into(),
            SortKey::DisplayFrom => "DISPLAYFROM".into(),
            SortKey::DisplayTo => "DISPLAYTO".into(),
            SortKey::Relevancy => "RELEVANCY".into(),
            SortKey::Other(name) => name.to_string(),
            other => format!("{other:?}"),
        };
        Value::from(if criterion.reverse { format!("REVERSE {name}") } else { name })
    });
    value.insert("criteria".into(), criteria.collect());
    value.insert("charset".into(), shown(&it.charset));
    value.insert("keys".into(), keys(&it.keys));
    value
}

pub(crate) fn thread(it: &ThreadCommand) -> Map<String, Value> {
    let mut value = Map::new();
    value.insert("algorithm".into(), shown(&it.algorithm));
    value.insert("charset".into(), shown(&it.charset));
    value.insert("keys".into(), keys(&it.keys));
    value
}

pub(crate) fn esearch(it: &EsearchOptions) -> Map<String, Value> {
    let mut value = Map::new();
    if let Some(source) = &it.source {
        value.insert("in".into(), text(source.as_bytes()));
    }
    returns(&mut value, it.returns.as_deref());
    if let Some(charset) = &it.charset {
        value.insert("charset".into(), shown(charset));
    }
    value.insert("keys".into(), keys(&it.keys));
    value
}

fn returns(value: &mut Map<String, Value>, returns: Option<&[SearchReturn]>) {
    let Some(returns) = returns else { return };
    let all = returns.iter().map(|one| match one {
        SearchReturn::Min => "MIN".into(),
        SearchReturn::Max => "MAX".into(),
        SearchReturn::All => "ALL".into(),
        SearchReturn::Count => "COUNT".into(),
        SearchReturn::Save => "SAVE".into(),
        SearchReturn::Update(asked) if asked.is_empty() => "UPDATE".into(),
        SearchReturn::Update(asked) => {
            json!({"UPDATE": asked.iter().map(attribute).collect::<Value>()})
        }
        SearchReturn::Context => "CONTEXT".into(),
        SearchReturn::Partial(range) => json!({"PARTIAL": partial_range(*range)}),
        SearchReturn::Relevancy => "RELEVANCY".into(),
        SearchReturn::Other(name, None) => shown(name),
        SearchReturn::Other(name, Some(raw)) => json!({name.to_string(): text(raw.as_bytes())}),
        other => format!("{other:?}").into(),
    });
    value.insert("return".into(), all.collect());
}

fn keys(keys: &[SearchKey]) -> Value {
    keys.iter().map(key).collect()
}

/// A key by its name, with its argument as `{"NAME": argument}`. Keys are as deep as the limits let
/// them be.
fn key(it: &SearchKey) -> Value {
    let plain = |name: &str| Value::from(name);
    match it {
        SearchKey::Numbers(numbers) => set(numbers),
        SearchKey::Uid(uids) => json!({"UID": set(uids)}),
        SearchKey::All => plain("ALL"),
        SearchKey::Answered => plain("ANSWERED"),
        SearchKey::Deleted => plain("DELETED"),
        SearchKey::Draft => plain("DRAFT"),
        SearchKey::Flagged => plain("FLAGGED"),
        SearchKey::New => plain("NEW"),
        SearchKey::Old => plain("OLD"),
        SearchKey::Recent => plain("RECENT"),
        SearchKey::Seen => plain("SEEN"),
        SearchKey::Unanswered => plain("UNANSWERED"),
        SearchKey::Undeleted => plain("UNDELETED"),
        SearchKey::Undraft => plain("UNDRAFT"),
        SearchKey::Unflagged => plain("UNFLAGGED"),
        SearchKey::Unseen => plain("UNSEEN"),
        SearchKey::Keyword(flag) => json!({"KEYWORD": shown(flag)}),
        SearchKey::Unkeyword(flag) => json!({"UNKEYWORD": shown(flag)}),
        SearchKey::Bcc(it) => json!({"BCC": text(it)}),
        SearchKey::Body(it) => json!({"BODY": text(it)}),
        SearchKey::Cc(it) => json!({"CC": text(it)}),
        SearchKey::From(it) => json!({"FROM": text(it)}),
        SearchKey::Subject(it) => json!({"SUBJECT": text(it)}),
        SearchKey::Text(it) => json!({"TEXT": text(it)}),
        SearchKey::To(it) => json!({"TO": text(it)}),
        SearchKey::Header(name, it) => json!({"HEADER": [shown(name), text(it)]}),
        SearchKey::Before(date) => json!({"BEFORE": shown(date)}),
        SearchKey::On(date) => json!({"ON": shown(date)}),
        SearchKey::Since(date) => json!({"SINCE": shown(date)}),
        SearchKey::SentBefore(date) => json!({"SENTBEFORE": shown(date)}),
        SearchKey::SentOn(date) => json!({"SENTON": shown(date)}),
        SearchKey::SentSince(date) => json!({"SENTSINCE": shown(date)}),
        SearchKey::SavedBefore(date) => json!({"SAVEDBEFORE": shown(date)}),
        SearchKey::SavedOn(date) => json!({"SAVEDON": shown(date)}),
        SearchKey::SavedSince(date) => json!({"SAVEDSINCE": shown(date)}),
        SearchKey::SaveDateSupported => plain("SAVEDATESUPPORTED"),
        SearchKey::Larger(octets) => json!({"LARGER": octets}),
        SearchKey::Smaller(octets) => json!({"SMALLER": octets}),
        SearchKey::Older(seconds) => json!({"OLDER": seconds.get()}),
        SearchKey::Younger(seconds) => json!({"YOUNGER": seconds.get()}),
        SearchKey::ModSeq { entry: None, mod_seq } => json!({"MODSEQ": mod_seq.get()}),
        SearchKey::ModSeq { entry: Some((name, of)), mod_seq } => {
            let of = match of {
                EntryType::Private => "priv",
                EntryType::Shared => "shared",
                EntryType::All => "all",
            };
            json!({"MODSEQ": [text(name), of, mod_seq.get()]})
        }
        SearchKey::EmailId(id) => json!({"EMAILID": text(id)}),
        SearchKey::ThreadId(id) => json!({"THREADID": text(id)}),
        SearchKey::Filter(name) => json!({"FILTER": shown(name)}),
        SearchKey::GmailRaw(it) => json!({"X-GM-RAW": text(it)}),
        SearchKey::GmailMessageId(id) => json!({"X-GM-MSGID": id}),
        SearchKey::GmailThreadId(id) => json!({"X-GM-THRID": id}),
        SearchKey::GmailLabels(it) => json!({"X-GM-LABELS": text(it)}),
        SearchKey::Fuzzy(of) => json!({"FUZZY": key(of)}),
        SearchKey::Not(of) => json!({"NOT": key(of)}),
        SearchKey::Or(one, other) => json!({"OR": [key(one), key(other)]}),
        SearchKey::And(all) => json!({"AND": keys(all)}),
        SearchKey::Other(name, raw) => json!({name.to_string(): text(raw.as_bytes())}),
        other => format!("{other:?}").into(),
    }
}
