//! The same units through the readers that frame and stream: each ends where the splitter has its
//! end, is the value that the grammar alone reads, and its octets of messages are those on the wire.

use postrider_imap::{
    AppendTarget, CommandPart, CommandReader, FetchItem, Limits, Quirks, Response, ResponsePart,
    ResponseReader, TaggedCommand,
};

use crate::check::{CLIENT, Counts, SERVER};
use crate::kinds;
use crate::tokens::{Token, folded, tokens};
use crate::unit::{Side, Unit};

/// What is to be said of every unit.
const READ: &str = "read by the reader";

/// What a reader tells, without regard to how the octets came.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    Response(Response),
    Items(Vec<FetchItem>),
    /// Octets of a message; none for `NIL`.
    Body(Option<Vec<u8>>),
    FetchEnd,
    Command(TaggedCommand),
    /// APPEND or REPLACE, and the mailbox.
    Append(Vec<u8>),
    Message(usize),
    Url(Vec<u8>),
    /// What is no unit, or none that this transcript should have.
    Otherwise(String),
}

/// The units of one file through one reader each side.
pub(crate) fn check(units: &[Unit], counts: &mut Counts) {
    let limits = Limits::new();
    let mut client = ResponseReader::new(&limits, Quirks::tolerant());
    let mut server = CommandReader::new(&limits, Quirks::strict());
    let (mut heard, mut whole) = (Vec::new(), true);
    for unit in units {
        match unit.side {
            Side::Server => {
                let (told, ends) = hear(&mut client, &unit.octets, usize::MAX);
                if ends && is_response(&told, unit) {
                    heard.extend(told);
                    counts.compare(unit, CLIENT, READ, READ);
                } else {
                    whole = false;
                    client = ResponseReader::new(&limits, Quirks::tolerant());
                    counts.compare(unit, CLIENT, READ, &named(&told));
                }
            }
            Side::Client => {
                let (told, ends) = serve(&mut server, &unit.octets);
                if ends && is_command(&told, unit) {
                    counts.compare(unit, SERVER, READ, READ);
                } else {
                    server = CommandReader::new(&limits, Quirks::strict());
                    counts.compare(unit, SERVER, READ, &named(&told));
                }
            }
        }
    }
    if whole {
        let said = units.iter().filter(|unit| unit.side == Side::Server);
        let wire: Vec<u8> = said.flat_map(|unit| unit.octets.iter().copied()).collect();
        for piece in [1, 7, 1000] {
            let mut client = ResponseReader::new(&limits, Quirks::tolerant());
            let (told, ends) = hear(&mut client, &wire, piece);
            assert!(ends && told == heard, "{} in pieces of {piece}", units[0].place);
        }
    }
}

/// What a unit came to, in one cell of a table.
fn named(told: &[Told]) -> String {
    let all = told.iter().map(|one| match one {
        Told::Otherwise(what) => what.clone(),
        other => format!("{other:?}").chars().take_while(char::is_ascii_alphabetic).collect(),
    });
    all.collect::<Vec<_>>().join(", ").to_lowercase()
}

/// What `octets` tell when they come in pieces, and whether a response ends with them.
fn hear(reader: &mut ResponseReader, octets: &[u8], piece: usize) -> (Vec<Told>, bool) {
    let (mut told, mut at, mut come) = (Vec::new(), 0, 0);
    loop {
        let step = reader.read(&octets[at..come]);
        if step.is_starved() {
            if come == octets.len() {
                break;
            }
            come = come.saturating_add(piece).min(octets.len());
            continue;
        }
        let consumed = &octets[at..at + step.octets];
        at += step.octets;
        match step.part {
            None | Some(ResponsePart::BodyEnd) => {}
            Some(ResponsePart::Response(response)) => told.push(Told::Response(response)),
            Some(ResponsePart::FetchItems { items, .. }) => match told.last_mut() {
                Some(Told::Items(all)) => all.extend(items),
                _ => told.push(Told::Items(items)),
            },
            Some(ResponsePart::BodyBegin { declared, .. }) => {
                told.push(Told::Body(declared.map(|_| Vec::new())));
            }
            Some(ResponsePart::Chunk) => append(&mut told, consumed),
            Some(ResponsePart::Quoted(text)) => append(&mut told, &text),
            Some(ResponsePart::FetchEnd { .. }) => told.push(Told::FetchEnd),
            Some(other) => told.push(otherwise(&other)),
        }
    }
    (told, at == octets.len() && reader.is_between())
}

fn append(told: &mut [Told], octets: &[u8]) {
    match told.last_mut() {
        Some(Told::Body(Some(body))) => body.extend_from_slice(octets),
        other => panic!("octets of nothing: {other:?}"),
    }
}

fn otherwise(part: &impl std::fmt::Debug) -> Told {
    let name: String = format!("{part:?}").chars().take_while(char::is_ascii_alphabetic).collect();
    Told::Otherwise(name)
}

/// What `octets` tell when every literal is welcome, and whether a command ends with them.
fn serve(reader: &mut CommandReader, octets: &[u8]) -> (Vec<Told>, bool) {
    let (mut told, mut at) = (Vec::new(), 0);
    loop {
        let step = reader.read(&octets[at..]);
        if step.is_starved() {
            break;
        }
        let consumed = &octets[at..at + step.octets];
        at += step.octets;
        match step.part {
            None => {}
            Some(CommandPart::Literal(_)) => reader.accept(),
            Some(CommandPart::Command(command)) => told.push(Told::Command(command)),
            Some(CommandPart::AppendBegin { target, .. }) => {
                let (AppendTarget::Append(mailbox) | AppendTarget::Replace { mailbox, .. }) =
                    target;
                told.push(Told::Append(mailbox.as_bytes().to_vec()));
            }
            Some(CommandPart::Message(message)) => {
                told.push(Told::Message(message.flags.len()));
                if message.octets().is_some() {
                    told.push(Told::Body(Some(Vec::new())));
                }
            }
            Some(CommandPart::Url(url)) => told.push(Told::Url(url.to_vec())),
            Some(CommandPart::Chunk) => match told.last_mut() {
                Some(Told::Body(Some(body))) => body.extend_from_slice(consumed),
                _ => told.push(Told::Body(Some(consumed.to_vec()))),
            },
            Some(CommandPart::LiteralEnd | CommandPart::MessageEnd | CommandPart::AppendEnd) => {}
            Some(other) => told.push(otherwise(&other)),
        }
    }
    (told, at == octets.len() && reader.is_between())
}

/// Whether a unit is passed over, so that what follows it is in order.
fn is_unparsed(told: &[Told]) -> bool {
    matches!(told, [Told::Otherwise(what)] if what == "Unparsed")
}

/// Whether a response is what the grammar reads of it, and its octets are on the wire.
fn is_response(told: &[Told], unit: &Unit) -> bool {
    let read = Response::parse(&unit.octets, &Limits::new(), Quirks::tolerant());
    let Ok((response, _)) = read else {
        return is_unparsed(told);
    };
    if let [Told::Response(one)] = told {
        return *one == response;
    }
    let (Response::Fetch { items, .. } | Response::UidFetch { items, .. }) = response else {
        return false;
    };
    let streams = |item: &FetchItem| match item {
        FetchItem::Unparsed(raw) => {
            let name = raw.as_bytes().split(|octet| b" (".contains(octet)).next();
            let name = String::from_utf8_lossy(name.unwrap_or_default()).to_ascii_uppercase();
            kinds::item_streams(&name) && raw.as_bytes().contains(&b' ')
        }
        _ => false,
    };
    let inline: Vec<FetchItem> = told
        .iter()
        .flat_map(|one| match one {
            Told::Items(items) => items.clone(),
            _ => Vec::new(),
        })
        .collect();
    let expected: Vec<_> = items.iter().filter(|item| !streams(item)).cloned().collect();
    told.last() == Some(&Told::FetchEnd) && inline == expected && are_bodies(told, unit)
}

/// Whether the octets of the message are those that stand behind the names of sections.
fn are_bodies(told: &[Told], unit: &Unit) -> bool {
    let all = tokens(&unit.octets).unwrap_or_default();
    let Some(Token::List(pairs)) = all.last() else { return false };
    let bodies = told.iter().filter_map(|one| match one {
        Told::Body(body) => {
            Some(body.as_ref().map_or(Token::Nil, |body| Token::Leaf(folded(body))))
        }
        _ => None,
    });
    let named = pairs.windows(2).filter_map(|pair| {
        let name = String::from_utf8_lossy(pair[0].leaf()?).to_ascii_uppercase();
        kinds::item_streams(&name).then(|| pair[1].clone())
    });
    named.collect::<Vec<_>>() == bodies.collect::<Vec<_>>()
}

/// Whether a command is what the grammar reads of it, or an APPEND with what stands on the wire.
fn is_command(told: &[Told], unit: &Unit) -> bool {
    if let [Told::Command(command)] = told {
        let read = TaggedCommand::parse(&unit.octets, &Limits::new(), Quirks::strict());
        return read.is_ok_and(|(value, _)| value == *command);
    }
    if is_unparsed(told) {
        return TaggedCommand::parse(&unit.octets, &Limits::new(), Quirks::strict()).is_err();
    }
    let [Told::Append(mailbox), messages @ ..] = told else { return false };
    let all = tokens(&unit.octets).unwrap_or_default();
    let leaves: Vec<&[u8]> = flat(&all);
    let has = |octets: &[u8]| leaves.contains(&&*folded(octets));
    let is_there = |one: &Told| match one {
        Told::Body(Some(octets)) => has(octets),
        Told::Url(url) => has(url),
        Told::Message(flags) => all.iter().any(|token| match token {
            Token::List(list) => list.len() == *flags,
            Token::Leaf(_) => *flags == 0,
            Token::Nil => false,
        }),
        _ => false,
    };
    has(mailbox) && messages.len() > 1 && messages.iter().all(is_there)
}

fn flat(all: &[Token]) -> Vec<&[u8]> {
    let leaves = all.iter().flat_map(|token| match token {
        Token::List(list) => flat(list),
        other => other.leaf().into_iter().collect(),
    });
    leaves.collect()
}
