//! The state in which a printed command may be given, and its printed answers may be told.

use postrider_imap::server::{Event, Feature, Features};
use postrider_imap::{Code, Command, CommandName, FetchedMessage, PlainCode, Response, Status};

use super::Answers;
use super::answer::Said;
use super::session::{self, Session};
use crate::unit::Unit;

/// A session for this command. `notify` holds before, if it is given.
pub(super) fn prepare(command: &Command, answers: &Answers, notify: Option<&Unit>) -> Session {
    let name = CommandName::of(command);
    let Answers { untagged, end, .. } = answers;
    let tells = |is: fn(&Response) -> bool| tells(untagged, is);
    let selects = matches!(name, CommandName::Select | CommandName::Examine);
    if name == CommandName::StartTls {
        return Session::clear();
    }
    let mut session = Session::new(session::config(features_for(command, untagged)));
    if name == CommandName::Login {
        return session;
    }
    session.log_in();
    let uid_required = Some(Code::Plain(PlainCode::UidRequired));
    let vanished = tells(|response| matches!(response, Response::Vanished { .. }));
    if names_by_uid(untagged) || end.as_ref().is_some_and(|end| end.code == uid_required) {
        session.enable("UIDONLY");
    } else if vanished || asks_vanished(command) {
        session.enable("QRESYNC");
    }
    if selects && tells(|response| matches!(response, Response::List(_))) {
        session.enable("IMAP4rev2");
    }
    let closed = tells(|response| code_of(response) == Some(&Code::Plain(PlainCode::Closed)));
    let news = !selects && untagged.iter().any(is_of_the_selected);
    if !session.server.state().allows(name) || closed || news {
        session.select();
    }
    if let Some(notify) = notify {
        hear_notify(&mut session, &notify.octets);
    }
    if name == CommandName::Compress && end.as_ref().is_some_and(|end| !end.is_ok()) {
        // It is compressed already.
        session.compress();
    }
    session
}

/// A session of a client that wants to hear of everything, and of these.
pub(super) fn notified(news: &[Said]) -> Session {
    let mut session = Session::new(session::config(session::features()));
    session.log_in();
    if names_by_uid(news) {
        session.enable("UIDONLY");
    } else {
        session.enable("QRESYNC");
    }
    session.select();
    hear_notify(
        &mut session,
        b"x4 NOTIFY SET (SELECTED (MessageNew MessageExpunge FlagChange)) (PERSONAL (MessageNew \
          MessageExpunge MailboxName SubscriptionChange MailboxMetadataChange))\r\n",
    );
    session
}

fn hear_notify(session: &mut Session, octets: &[u8]) {
    session.hear_command(octets);
    if let Some(Event::Command(_)) = session.events.last() {
        session.server.accept().expect("NOTIFY");
        session.hear(b"");
    }
    session.forget();
}

fn tells(all: &[Said], is: fn(&Response) -> bool) -> bool {
    all.iter().any(|said| matches!(said, Said::Response(response) if is(response)))
}

fn names_by_uid(all: &[Said]) -> bool {
    all.iter().any(|said| {
        matches!(
            said,
            Said::Fetch(FetchedMessage::Uid(_), _) | Said::Response(Response::UidFetch { .. })
        )
    })
}

pub(super) fn is_of_the_selected(said: &Said) -> bool {
    matches!(
        said,
        Said::Fetch(..)
            | Said::Response(
                Response::Exists(_)
                    | Response::Recent(_)
                    | Response::Flags(_)
                    | Response::Expunge(_)
                    | Response::Vanished { .. }
                    | Response::Fetch { .. }
                    | Response::UidFetch { .. }
            )
    )
}

fn code_of(response: &Response) -> Option<&Code> {
    match response {
        Response::Status(Status { code, .. }) => code.as_ref(),
        _ => None,
    }
}

fn asks_vanished(command: &Command) -> bool {
    match command {
        Command::Select { parameters, .. } | Command::Examine { parameters, .. } => {
            parameters.qresync.is_some()
        }
        Command::Fetch { modifiers, .. } => modifiers.vanished,
        _ => false,
    }
}

/// All, but where a printed SELECT tells nothing of CONDSTORE its server has none.
fn features_for(command: &Command, untagged: &[Said]) -> Features {
    let (Command::Select { parameters, .. } | Command::Examine { parameters, .. }) = command else {
        return session::features();
    };
    let told = tells(untagged, |response| {
        matches!(
            (response, code_of(response)),
            (Response::Vanished { .. }, _)
                | (_, Some(Code::HighestModSeq(_) | Code::Plain(PlainCode::NoModSeq)))
        )
    });
    if told || parameters.condstore || parameters.qresync.is_some() {
        session::features()
    } else {
        session::features().without(Feature::CondStore)
    }
}
