//! What the RFC prints as the answer, given back through the server's own methods, and what it says.

use bytes::Bytes;
use postrider_imap::server::SelectData;
use postrider_imap::{
    BodySection, Code, CommandName, Error, FetchItem, FetchedMessage, Limits, PlainCode, Quirks,
    Response, ResponsePart, ResponseReader, Status, StatusKind,
};

use super::session::Session;
use super::state::is_of_the_selected;

/// A response with the octets of messages in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    Response(Response),
    Fetch(FetchedMessage, Vec<Told>),
}

/// What FETCH tells of a message.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    Item(FetchItem),
    /// No octets for `NIL`.
    Body(BodySection, Option<u64>, Option<Vec<u8>>),
}

/// The responses in these octets. `None` where they cannot be read.
pub(super) fn read(octets: &[u8]) -> Option<Vec<Said>> {
    let mut reader = ResponseReader::new(&Limits::new(), Quirks::tolerant());
    let (mut all, mut told, mut at) = (Vec::new(), Vec::new(), 0);
    loop {
        let step = reader.read(&octets[at..]);
        if step.is_starved() {
            break;
        }
        let consumed = &octets[at..at + step.octets];
        at += step.octets;
        match step.part {
            None | Some(ResponsePart::BodyEnd) => {}
            Some(ResponsePart::Response(response)) => all.push(Said::Response(response)),
            Some(ResponsePart::FetchItems { items, .. }) => {
                told.extend(items.into_iter().map(Told::Item));
            }
            Some(ResponsePart::BodyBegin { section, origin, declared, .. }) => {
                told.push(Told::Body(section, origin, declared.map(|_| Vec::new())));
            }
            Some(ResponsePart::Chunk) => append(&mut told, consumed)?,
            Some(ResponsePart::Quoted(text)) => append(&mut told, &text)?,
            Some(ResponsePart::FetchEnd { message, .. }) => {
                let told = std::mem::take(&mut told);
                match all.last_mut() {
                    // What follows each other of one message is one response to us.
                    Some(Said::Fetch(of, before)) if *of == message => before.extend(told),
                    _ => all.push(Said::Fetch(message, told)),
                }
            }
            Some(_) => return None,
        }
    }
    (at == octets.len()).then_some(all)
}

fn append(told: &mut [Told], octets: &[u8]) -> Option<()> {
    let Some(Told::Body(_, _, Some(body))) = told.last_mut() else { return None };
    body.extend_from_slice(octets);
    Some(())
}

impl Session {
    /// Says what is printed.
    pub(super) fn give(&mut self, said: &Said) -> Result<(), Error> {
        match said {
            Said::Response(response) if is_news(response) => {
                let told = self.server.update(response);
                told.or_else(|_| self.server.respond(response))?;
            }
            Said::Response(response) => {
                let told = self.server.respond(response);
                told.or_else(|_| self.server.update(response))?;
            }
            Said::Fetch(message, told) => self.give_fetch(*message, told)?,
        }
        self.flush();
        Ok(())
    }

    fn give_fetch(&mut self, message: FetchedMessage, told: &[Told]) -> Result<(), Error> {
        for one in told {
            match one {
                Told::Item(item) => {
                    self.server.fetch_items(message, std::slice::from_ref(item))?;
                }
                Told::Body(section, origin, None) => {
                    self.server.body_nil(message, section, *origin)?;
                }
                Told::Body(section, origin, Some(octets)) => {
                    let (size, binary) = (octets.len() as u64, octets.contains(&0));
                    if binary {
                        self.server.binary_begin(message, section, *origin, size)?;
                    } else {
                        self.server.body_begin(message, section, *origin, size)?;
                    }
                    let mut octets = Bytes::from(octets.clone());
                    while !octets.is_empty() {
                        self.server.write_payload(&mut octets)?;
                        self.flush();
                    }
                    self.server.finish_payload()?;
                }
            }
        }
        Ok(())
    }

    /// Ends the command by the status that is printed.
    pub(super) fn end(&mut self, status: &Status) -> Result<(), Error> {
        match (&status.kind, &status.code) {
            (StatusKind::Ok, Some(Code::AppendUid { validity, uids })) => {
                self.server.accept_append(*validity, uids.clone())
            }
            (StatusKind::Ok, _) => self.server.accept_with(status.clone()),
            _ => self.server.reject(status.clone()),
        }
    }
}

/// Whether it tells of the selected mailbox rather than of what was asked.
fn is_news(response: &Response) -> bool {
    matches!(response, Response::Exists(_) | Response::Recent(_) | Response::Flags(_))
}

/// Whether this is news: what is told although nothing was asked.
pub(super) fn is_told_unasked(said: &Said) -> bool {
    let earlier = matches!(said, Said::Response(Response::Vanished { earlier: true, .. }));
    let of_others = matches!(
        said,
        Said::Response(
            Response::Esearch(_)
                | Response::MailboxStatus(_)
                | Response::List(_)
                | Response::Metadata(_)
        )
    );
    (is_of_the_selected(said) && !earlier) || of_others
}

/// What a printed SELECT tells of the mailbox, and the rest of what it says.
pub(super) fn mailbox(answers: &[Said], end: Option<&Status>) -> (SelectData, Vec<Said>) {
    let mut data = SelectData::new(0);
    let mut rest = Vec::new();
    let read_only = Some(Code::Plain(PlainCode::ReadOnly));
    data.read_write = end.is_none_or(|end| end.code != read_only);
    for said in answers {
        let Said::Response(response) = said else {
            rest.push(said.clone());
            continue;
        };
        match response {
            Response::Exists(exists) => data.exists = *exists,
            Response::Recent(recent) => data.recent = *recent,
            Response::Flags(flags) => data.flags = flags.clone(),
            Response::List(list) => data.list = Some(list.clone()),
            Response::Status(Status { kind: StatusKind::Ok, code: Some(code), .. }) => match code {
                Code::Unseen(unseen) => data.unseen = Some(*unseen),
                Code::UidValidity(validity) => data.uid_validity = Some(*validity),
                Code::UidNext(next) => data.uid_next = Some(*next),
                Code::PermanentFlags(flags) => data.permanent_flags = Some(flags.clone()),
                Code::HighestModSeq(highest) => data.highest_mod_seq = Some(*highest),
                Code::MailboxId(id) => data.mailbox_id = Some(id.clone()),
                Code::Plain(PlainCode::NoModSeq | PlainCode::Closed) => {}
                _ => rest.push(said.clone()),
            },
            _ => rest.push(said.clone()),
        }
    }
    (data, rest)
}

/// What a response of SELECT is about, where the machine tells it in its own order and words.
fn topic(said: &Said) -> Option<&'static str> {
    let Said::Response(response) = said else { return None };
    Some(match response {
        Response::Exists(_) => "EXISTS",
        Response::Recent(_) => "RECENT",
        Response::Flags(_) => "FLAGS",
        Response::List(_) => "LIST",
        Response::Status(Status { kind: StatusKind::Ok, code: Some(code), .. }) => match code {
            Code::Unseen(_) => "UNSEEN",
            Code::UidValidity(_) => "UIDVALIDITY",
            Code::UidNext(_) => "UIDNEXT",
            Code::PermanentFlags(_) => "PERMANENTFLAGS",
            Code::HighestModSeq(_) | Code::Plain(PlainCode::NoModSeq) => "HIGHESTMODSEQ",
            Code::MailboxId(_) => "MAILBOXID",
            Code::Plain(PlainCode::Closed) => "CLOSED",
            _ => return None,
        },
        _ => return None,
    })
}

/// A status by its kind and code alone.
pub(super) fn without_text(said: &Said) -> Said {
    let mut said = said.clone();
    if let Said::Response(Response::Status(status) | Response::Tagged(_, status)) = &mut said {
        status.text = "".into();
    }
    said
}

/// Whether SELECT says all that is printed of the mailbox, the rest in its order, and of what is not
/// printed only what the machine tells in any case.
pub(super) fn selects_alike(printed: &[Said], said: &[Said]) -> Result<(), String> {
    let rest = |all: &[Said]| -> Vec<Said> {
        all.iter().filter(|one| topic(one).is_none()).cloned().collect()
    };
    for one in printed.iter().filter(|one| topic(one).is_some()) {
        // Where an example tells something twice, the last is what holds.
        let last = printed.iter().rfind(|other| topic(other) == topic(one));
        let found =
            said.iter().any(|other| without_text(other) == without_text(last.unwrap_or(one)));
        if !found {
            return Err(format!("no {}", topic(one).unwrap_or_default()));
        }
    }
    for one in said.iter().filter_map(topic) {
        let is_printed = printed.iter().any(|other| topic(other) == Some(one));
        if !is_printed && !["EXISTS", "RECENT", "FLAGS", "HIGHESTMODSEQ"].contains(&one) {
            return Err(format!("{one} as well"));
        }
    }
    let ([before @ .., end], [said @ .., ours]) = (&rest(printed)[..], &rest(said)[..]) else {
        return Err("nothing".to_owned());
    };
    if before != said {
        return Err(format!("{said:?}"));
    }
    let (Said::Response(Response::Tagged(tag, end)), Said::Response(Response::Tagged(of, ours))) =
        (end, ours)
    else {
        return Err("no end".to_owned());
    };
    let code = ours.code == end.code
        || end.code.is_none()
            && matches!(&ours.code, Some(Code::Plain(PlainCode::ReadWrite | PlainCode::ReadOnly)));
    if (tag, end.kind, &end.text) == (of, ours.kind, &ours.text) && code {
        Ok(())
    } else {
        Err(format!("{:?} [{:?}]", ours.kind, ours.code))
    }
}

/// Whether it says what is printed.
pub(super) fn alike(name: CommandName, printed: &[Said], said: &[Said]) -> Result<(), String> {
    let is_ok =
        matches!(printed.last(), Some(Said::Response(Response::Tagged(_, end))) if end.is_ok());
    match name {
        CommandName::Select | CommandName::Examine if is_ok => selects_alike(printed, said),
        // The text of an APPEND with UIDs is the machine's.
        CommandName::Append | CommandName::Replace => {
            let plain = |all: &[Said]| all.iter().map(without_text).collect::<Vec<_>>();
            if plain(printed) == plain(said) { Ok(()) } else { Err(format!("{said:?}")) }
        }
        _ if printed == said => Ok(()),
        _ => Err(format!("{said:?}")),
    }
}

/// What FETCH tells, without regard to how many responses it tells that in.
pub(super) fn merged(all: &[Said]) -> Vec<Said> {
    let mut merged: Vec<Said> = Vec::new();
    for said in all {
        let said = match said {
            Said::Response(Response::Fetch { number, items }) => {
                let told = items.iter().cloned().map(Told::Item).collect();
                Said::Fetch((*number).into(), told)
            }
            said => said.clone(),
        };
        match (merged.last_mut(), said) {
            (Some(Said::Fetch(of, before)), Said::Fetch(message, told)) if *of == message => {
                before.extend(told);
            }
            (_, said) => merged.push(said),
        }
    }
    merged
}

/// The name of a response.
pub(super) fn name(said: &Said) -> String {
    match said {
        Said::Response(response) => crate::kinds::of_response(response),
        Said::Fetch(..) => "FETCH".to_owned(),
    }
}

pub(super) fn names(all: &[Said]) -> Vec<String> {
    all.iter().map(name).collect()
}
