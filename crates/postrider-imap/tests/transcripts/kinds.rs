//! Which value a name on the wire stands for, and what is in scope.

use postrider_imap::{Command, ListKind, Response, StatusKind};

/// Names of responses that this crate does not know: other protocols, drafts, the second tier.
const RESPONSES_ELSEWHERE: [&str; 15] = [
    "XPIG-LATIN",
    "MAILBOX",
    "COPY",
    "STORE",
    "ANNOTATION",
    "LANGUAGE",
    "COMPARATOR",
    "CONVERSION",
    "CONVERTED",
    "URLFETCH",
    "GENURLAUTH",
    "NOOP",
    "UID",
    "SELECT",
    "*",
];

/// Names of commands that this crate does not know.
const COMMANDS_ELSEWHERE: [&str; 10] = [
    "XPIG-LATIN",
    "BLURDYBLOOP",
    "PARTIAL",
    "FIND",
    "LANGUAGE",
    "COMPARATOR",
    "CONVERSIONS",
    "CONVERT",
    "BOGUS",
    "URLFETCH",
];

/// Items of FETCH that this crate does not know.
const ITEMS_ELSEWHERE: [&str; 6] = [
    "ANNOTATION",
    "BODYPARTSTRUCTURE",
    "RFC822.HEADER.LINES",
    "X-GM-EXT",
    "INTERNALUID",
    "SNIPPET",
];

/// The octets of a message are no part of a unit; they are for the reader that streams.
pub(crate) fn streams(command: &str) -> bool {
    ["APPEND", "REPLACE"].contains(&command)
}

/// As [`streams`], for an item of FETCH.
pub(crate) fn item_streams(name: &str) -> bool {
    name.starts_with("BODY[")
        || name.starts_with("BINARY[")
        || ["RFC822", "RFC822.HEADER", "RFC822.TEXT"].contains(&name)
}

/// The kind that a response of this name must have.
pub(crate) fn expected_response(name: &str) -> &str {
    if RESPONSES_ELSEWHERE.contains(&name) { "no name of ours" } else { name }
}

/// The kind that a command of this name must have.
pub(crate) fn expected_command(name: &str) -> &str {
    if COMMANDS_ELSEWHERE.contains(&name) { "no name of ours" } else { name }
}

/// The name under which a response of this kind is written.
pub(crate) fn of_response(response: &Response) -> String {
    match response {
        Response::Tagged(_, status) | Response::Status(status) => match status.kind {
            StatusKind::PreAuth => "PREAUTH".to_owned(),
            kind => variant(&kind),
        },
        Response::Continue(_) => "+".to_owned(),
        Response::MailboxStatus(_) => "STATUS".to_owned(),
        Response::List(list) => match list.kind {
            ListKind::List => "LIST".to_owned(),
            ListKind::Lsub => "LSUB".to_owned(),
            ListKind::Xlist => "XLIST".to_owned(),
        },
        Response::Other(_) => "no name of ours".to_owned(),
        other => variant(other),
    }
}

/// The name under which a command of this kind is written.
pub(crate) fn of_command(command: &Command) -> String {
    match command {
        Command::UidExpunge(_) => "EXPUNGE".to_owned(),
        Command::Other { .. } => "no name of ours".to_owned(),
        other => variant(other),
    }
}

/// Words of our values that stand for none of the protocol: shapes, and names that IMAP writes in
/// another way.
const SHAPES: [&str; 69] = [
    "Add",
    "Address",
    "And",
    "Any",
    "Basic",
    "Between",
    "BodySection",
    "Changed",
    "Continuation",
    "Continue",
    "Date",
    "Disposition",
    "EsearchOptions",
    "EsearchResponse",
    "EventGroup",
    "FetchModifiers",
    "First",
    "GmailLabels",
    "GmailMessageId",
    "GmailThreadId",
    "InitialResponse",
    "Keyword",
    "Last",
    "List",
    "ListCommand",
    "ListResponse",
    "MailboxStatus",
    "MessageNumber",
    "MetadataEntry",
    "ModSeq",
    "Multipart",
    "Namespaces",
    "None",
    "Number",
    "NumberList",
    "NumberRange",
    "Numbers",
    "One",
    "Other",
    "Part",
    "Partial",
    "Plain",
    "QuotaLimit",
    "QuotaResource",
    "QuotaResponse",
    "QuotaRoots",
    "Remove",
    "Replace",
    "Rights",
    "Saved",
    "SearchCommand",
    "Section",
    "SelectParameters",
    "SequenceMatch",
    "SequenceSet",
    "Set",
    "Some",
    "SortCommand",
    "SortCriterion",
    "Status",
    "StoreCommand",
    "Tagged",
    "TaggedCommand",
    "ThreadCommand",
    "ThreadNode",
    "UidSet",
    "UidValidity",
    "Unparsed",
    "Values",
];

/// The names in a value that are not on the wire. A `SentBefore` that was written `SENTSINCE` is
/// found so, although it is written back as it was read.
pub(crate) fn not_on_the_wire(value: &impl std::fmt::Debug, unit: &[u8]) -> Vec<String> {
    let wire = unit.iter().filter(|octet| octet.is_ascii_alphanumeric());
    let wire: String = wire.map(|octet| char::from(octet.to_ascii_uppercase())).collect();
    let shown = format!("{value:?}");
    let mut missing = Vec::new();
    // What stands in quotes is no name.
    for outside in outside_of_quotes(&shown) {
        let words = outside.split(|c: char| !c.is_ascii_alphanumeric());
        for word in words.filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase())) {
            // A SAVEDATE is a date of that form, and ANNOTATIONS has no word for its size.
            let is_said = match word {
                "InternalDate" => wire.contains("DATE"),
                "Size" => wire.contains("SIZE") || wire.contains("ANNOTATIONS"),
                _ => SHAPES.contains(&word) || wire.contains(&word.to_ascii_uppercase()),
            };
            if !is_said {
                missing.push(word.to_owned());
            }
        }
    }
    missing.sort();
    missing.dedup();
    missing
}

/// The pieces of a text between what it has in quotes.
fn outside_of_quotes(text: &str) -> Vec<&str> {
    let (mut from, mut quoted, mut escaped) = (0, false, false);
    let mut pieces = Vec::new();
    for (at, c) in text.char_indices() {
        if c == '"' && !escaped {
            if !quoted {
                pieces.push(&text[from..at]);
            }
            quoted = !quoted;
            from = at + 1;
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    pieces.push(&text[from..]);
    pieces
}

fn variant(value: &impl std::fmt::Debug) -> String {
    let shown = format!("{value:?}");
    let end = shown.find([' ', '(', '{']).unwrap_or(shown.len());
    shown[..end].to_ascii_uppercase()
}

/// The names of what a value holds uninterpreted: variants for what this crate does not know, and
/// for what breaks the grammar.
pub(crate) fn uninterpreted(value: &impl std::fmt::Debug) -> Vec<String> {
    let shown = format!("{value:?}");
    let mut names = Vec::new();
    let mut rest = &*shown;
    let mut variant = false;
    while let Some(at) = rest.find('"') {
        let opens = &rest[..at];
        variant |= opens.ends_with("Other(b") || opens.ends_with("Unparsed(b");
        let string = &rest[at + 1..];
        let mut escaped = false;
        let end = string.find(|c| {
            let closes = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        });
        let (string, behind) = string.split_at(end.expect("a string has an end"));
        if std::mem::take(&mut variant) {
            let string = string.trim_start_matches('(');
            let end = string.find([' ', '(']).unwrap_or(string.len());
            names.push(string[..end].to_ascii_uppercase());
        }
        rest = &behind[1..];
    }
    names.retain(|name| {
        !item_streams(name) && !ITEMS_ELSEWHERE.iter().any(|one| name.starts_with(one))
    });
    names.sort();
    names.dedup();
    names
}
