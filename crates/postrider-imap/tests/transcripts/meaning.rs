//! Whether each field of a value holds what stands at its place in the tokens: two fields that were
//! taken for one another would be written back as they were read.

use postrider_imap::{
    Addresses, EnvelopeView, EsearchItem, FetchItem, InternalDate, ListResponse, MailboxStatus,
    Parameters, Part, PartKind, Response, StatusValue,
};

use crate::tokens::{Token, folded};

/// Whether a response says what its tokens say, as far as its kind is looked into here.
pub(crate) fn agrees(response: &Response, all: &[Token]) -> bool {
    match response {
        Response::Fetch { number, items } => {
            is_number(number.get().into(), &all[1]) && is_fetch(items, all.last())
        }
        Response::UidFetch { uid, items } => {
            is_number(uid.get().into(), &all[1]) && is_fetch(items, all.last())
        }
        Response::Exists(number) | Response::Recent(number) => is_number((*number).into(), &all[1]),
        Response::Expunge(number) => is_number(number.get().into(), &all[1]),
        Response::MailboxStatus(status) => is_status(status, all),
        Response::List(list) => is_list(list, all),
        Response::Esearch(found) => found.items.iter().all(|item| is_found(item, all)),
        Response::Search { numbers, .. } | Response::Sort { numbers, .. } => {
            let leaves = all[2..].iter().filter_map(number);
            numbers.iter().map(u64::from).eq(leaves)
        }
        Response::Flags(flags) => {
            let flags = flags.iter().map(|flag| flag.to_string().into_bytes());
            is_set(flags.collect(), &all[2])
        }
        _ => true,
    }
}

fn list(token: &Token) -> &[Token] {
    match token {
        Token::List(list) => list,
        _ => &[],
    }
}

fn number(token: &Token) -> Option<u64> {
    std::str::from_utf8(token.leaf()?).ok()?.parse().ok()
}

fn is_number(value: u64, token: &Token) -> bool {
    number(token) == Some(value)
}

fn is_text(text: &[u8], token: &Token) -> bool {
    token.leaf() == Some(&*folded(text))
}

fn is_text_or_nil(text: Option<&[u8]>, token: &Token) -> bool {
    text.map_or(*token == Token::Nil, |text| is_text(text, token))
}

/// Words in any order.
fn is_set(words: Vec<Vec<u8>>, token: &Token) -> bool {
    let mut words: Vec<_> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
    words.sort();
    let leaves: Vec<_> = list(token).iter().filter_map(Token::leaf).collect();
    words == leaves
}

fn is_fetch(items: &[FetchItem], pairs: Option<&Token>) -> bool {
    let pairs = pairs.map_or(&[][..], list);
    pairs.len() == 2 * items.len()
        && items.iter().zip(pairs.chunks(2)).all(|(item, pair)| is_item(item, &pair[0], &pair[1]))
}

fn is_item(item: &FetchItem, name: &Token, value: &Token) -> bool {
    let is = |word: &str| name.leaf() == Some(word.as_bytes());
    match item {
        FetchItem::Envelope(one) => is("envelope") && is_envelope(one.view(), value),
        FetchItem::Flags(flags) => {
            let flags = flags.iter().map(|flag| flag.to_string().into_bytes());
            is("flags") && is_set(flags.collect(), value)
        }
        FetchItem::InternalDate(Some(date)) => is("internaldate") && is_date(date, value),
        FetchItem::Rfc822Size(size) => is("rfc822.size") && is_number(*size, value),
        FetchItem::Uid(uid) => is("uid") && is_number(uid.get().into(), value),
        FetchItem::Body(body) => is("body") && is_structure(body.root(), value),
        FetchItem::BodyStructure(body) => is("bodystructure") && is_structure(body.root(), value),
        FetchItem::BinarySize(part, size) => {
            let part: Vec<_> = part.iter().map(u32::to_string).collect();
            is(&format!("binary.size[{}]", part.join("."))) && is_number(*size, value)
        }
        FetchItem::ModSeq(seq) => is("modseq") && is_number(seq.get(), &list(value)[0]),
        FetchItem::EmailId(id) => is("emailid") && is_text(id, &list(value)[0]),
        FetchItem::ThreadId(Some(id)) => is("threadid") && is_text(id, &list(value)[0]),
        FetchItem::ThreadId(None) => is("threadid") && *value == Token::Nil,
        FetchItem::SaveDate(Some(date)) => is("savedate") && is_date(date, value),
        FetchItem::SaveDate(None) => is("savedate") && *value == Token::Nil,
        FetchItem::Preview(text) => is("preview") && is_text_or_nil(text.as_deref(), value),
        FetchItem::GmailMessageId(id) => is("x-gm-msgid") && is_number(*id, value),
        FetchItem::GmailThreadId(id) => is("x-gm-thrid") && is_number(*id, value),
        FetchItem::GmailLabels(labels) => {
            is("x-gm-labels") && is_set(labels.iter().map(|label| label.to_vec()).collect(), value)
        }
        FetchItem::Unparsed(raw) => {
            let name = name.leaf().unwrap_or_default();
            let raw = raw.as_bytes().iter().filter(|octet| **octet != b'"').copied();
            raw.collect::<Vec<_>>().to_ascii_lowercase().starts_with(name)
        }
        _ => false,
    }
}

/// `dd-mon-yyyy hh:mm:ss +zzzz`
fn is_date(date: &InternalDate, token: &Token) -> bool {
    const MONTHS: &str = "janfebmaraprmayjunjulaugsepoctnovdec";
    let text = String::from_utf8_lossy(token.leaf().unwrap_or_default()).into_owned();
    let parts: Vec<&str> = text.split(['-', ' ', ':']).collect();
    let [day, month, year, hour, minute, second, ..] = parts[..] else { return false };
    let month = MONTHS.find(month).map(|at| at / 3 + 1);
    let zone: i16 = text[text.len() - 5..].parse().unwrap_or(i16::MAX);
    let number = |text: &str| text.parse::<u16>().ok();
    date.date().map(Some) == [number(year), month.and_then(|n| u16::try_from(n).ok()), number(day)]
        && date.time().map(|n| Some(u16::from(n))) == [hour, minute, second].map(number)
        && date.zone() == zone / 100 * 60 + zone % 100
}

fn is_envelope(envelope: EnvelopeView<'_>, token: &Token) -> bool {
    let [date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id] = list(token)
    else {
        return false;
    };
    is_text_or_nil(envelope.date(), date)
        && is_text_or_nil(envelope.subject(), subject)
        && are_addresses(envelope.from(), from)
        && are_addresses(envelope.sender(), sender)
        && are_addresses(envelope.reply_to(), reply_to)
        && are_addresses(envelope.to(), to)
        && are_addresses(envelope.cc(), cc)
        && are_addresses(envelope.bcc(), bcc)
        && is_text_or_nil(envelope.in_reply_to(), in_reply_to)
        && is_text_or_nil(envelope.message_id(), message_id)
}

fn are_addresses(mut addresses: Addresses<'_>, token: &Token) -> bool {
    let tokens = list(token);
    addresses.len() == tokens.len()
        && tokens.iter().all(|token| {
            let ([name, route, mailbox, host], Some(address)) = (list(token), addresses.next())
            else {
                return false;
            };
            is_text_or_nil(address.name, name)
                && is_text_or_nil(address.route, route)
                && is_text_or_nil(address.mailbox, mailbox)
                && is_text_or_nil(address.host, host)
        })
}

fn is_structure(part: Part<'_>, token: &Token) -> bool {
    let all = list(token);
    if part.kind() == PartKind::Multipart {
        let count = all.iter().take_while(|token| matches!(token, Token::List(_))).count();
        let (tokens, rest) = all.split_at(count);
        let Some((subtype, extension)) = rest.split_first() else { return false };
        return part.parts().count() == tokens.len()
            && part.parts().zip(tokens).all(|(part, token)| is_structure(part, token))
            && is_text(part.subtype(), subtype)
            && extension.first().is_none_or(|token| are_parameters(part.parameters(), token))
            && is_extension(part, extension);
    }
    let [kind, subtype, parameters, id, description, encoding, octets, rest @ ..] = all else {
        return false;
    };
    let (content, extension) = match (part.kind(), rest) {
        (PartKind::Text, [count, extension @ ..]) => {
            (part.lines().is_some_and(|lines| is_number(lines, count)), extension)
        }
        (PartKind::Message, [envelope, body, count, extension @ ..]) => {
            let is = part.envelope().is_some_and(|one| is_envelope(one, envelope))
                && part.parts().next().is_some_and(|one| is_structure(one, body))
                && part.lines().is_some_and(|lines| is_number(lines, count));
            (is, extension)
        }
        (_, extension) => (part.kind() == PartKind::Basic, extension),
    };
    is_text(part.media_type(), kind)
        && is_text(part.subtype(), subtype)
        && are_parameters(part.parameters(), parameters)
        && is_text_or_nil(part.id(), id)
        && is_text_or_nil(part.description(), description)
        && is_text(part.encoding(), encoding)
        && is_number(part.octets(), octets)
        && content
        && extension.first().is_none_or(|token| is_text_or_nil(part.md5(), token))
        && is_extension(part, extension)
}

fn are_parameters(mut parameters: Parameters<'_>, token: &Token) -> bool {
    let mut pairs = list(token).chunks(2);
    parameters.len() == pairs.len()
        && pairs.all(|pair| {
            parameters
                .next()
                .is_some_and(|(name, value)| is_text(name, &pair[0]) && is_text(value, &pair[1]))
        })
}

/// Disposition, language and location, which stand behind the first value of extension data.
fn is_extension(part: Part<'_>, tokens: &[Token]) -> bool {
    let is_disposition = |token: &Token| match (part.disposition(), list(token)) {
        (None, []) => *token == Token::Nil,
        (Some(one), [kind, parameters]) => {
            is_text(one.kind, kind) && are_parameters(one.parameters, parameters)
        }
        _ => false,
    };
    let is_language = |token: &Token| {
        let mut language = part.language();
        match token {
            Token::Nil => language.len() == 0,
            Token::Leaf(_) => {
                language.len() == 1 && language.next().is_some_and(|one| is_text(one, token))
            }
            Token::List(all) => {
                all.len() == language.len()
                    && all
                        .iter()
                        .all(|token| language.next().is_some_and(|one| is_text(one, token)))
            }
        }
    };
    part.has_extension() != tokens.is_empty()
        && tokens.get(1).map_or_else(|| part.disposition().is_none(), is_disposition)
        && tokens.get(2).map_or_else(|| part.language().len() == 0, is_language)
        && tokens.get(3).map_or_else(
            || part.location().is_none(),
            |token| is_text_or_nil(part.location(), token),
        )
}

fn is_status(status: &MailboxStatus, all: &[Token]) -> bool {
    let [_, _, mailbox, items] = all else { return false };
    let pairs = list(items).chunks(2);
    let is = |(item, pair): (&StatusValue, &[Token])| {
        let [name, value] = pair else { return false };
        let is = |word: &str, number: u64| {
            name.leaf() == Some(word.as_bytes()) && is_number(number, value)
        };
        match item {
            StatusValue::Messages(count) => is("messages", (*count).into()),
            StatusValue::Recent(count) => is("recent", (*count).into()),
            StatusValue::UidNext(uid) => is("uidnext", uid.get().into()),
            StatusValue::UidValidity(validity) => is("uidvalidity", validity.get().into()),
            StatusValue::Unseen(count) => is("unseen", (*count).into()),
            StatusValue::Deleted(count) => is("deleted", (*count).into()),
            StatusValue::Size(size) => is("size", *size),
            StatusValue::HighestModSeq(seq) => is("highestmodseq", seq.get()),
            StatusValue::AppendLimit(Some(limit)) => is("appendlimit", *limit),
            StatusValue::AppendLimit(None) => {
                name.leaf() == Some(b"appendlimit") && *value == Token::Nil
            }
            StatusValue::MailboxId(id) => {
                name.leaf() == Some(b"mailboxid") && is_text(id, &list(value)[0])
            }
            StatusValue::DeletedStorage(size) => is("deleted-storage", *size),
            _ => true,
        }
    };
    is_name(status.mailbox.as_bytes(), mailbox)
        && status.items.len() == pairs.len()
        && status.items.iter().zip(pairs).all(is)
}

/// A mailbox may be called NIL, without quotes.
fn is_name(name: &[u8], token: &Token) -> bool {
    is_text(name, token) || (name.eq_ignore_ascii_case(b"NIL") && *token == Token::Nil)
}

fn is_list(response: &ListResponse, all: &[Token]) -> bool {
    let [_, _, attributes, delimiter, mailbox, ..] = all else { return false };
    let delimiter = match response.delimiter {
        None => *delimiter == Token::Nil,
        Some(octet) => is_text(&[octet.get()], delimiter),
    };
    list(attributes).len() == response.attributes.iter().count()
        && delimiter
        && is_name(response.mailbox.as_bytes(), mailbox)
}

fn is_found(item: &EsearchItem, all: &[Token]) -> bool {
    let behind = |name: &str| {
        let at = all.iter().position(|token| token.leaf() == Some(name.as_bytes()));
        at.and_then(|at| all.get(at + 1))
    };
    let is = |name: &str, number: u64| behind(name).is_some_and(|token| is_number(number, token));
    match item {
        EsearchItem::Min(number) => is("min", number.get().into()),
        EsearchItem::Max(number) => is("max", number.get().into()),
        EsearchItem::Count(count) => is("count", (*count).into()),
        EsearchItem::ModSeq(seq) => is("modseq", seq.get()),
        EsearchItem::All(numbers) => {
            behind("all").is_some_and(|token| is_text(numbers.to_string().as_bytes(), token))
        }
        _ => true,
    }
}
