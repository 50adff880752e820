//! The dialogues that RFCs print, played on the server: it hears each command, its embedder is asked
//! for just that, and what the RFC prints as the answer is said through the server's own methods.

mod answer;
mod login;
pub(crate) mod mail;
mod session;
mod state;

use postrider_imap::server::Event;
use postrider_imap::{
    Command, CommandName, Limits, Quirks, Response, Status, StatusKind, Tag, TaggedCommand,
};
use postrider_testkit::Ledger;

use crate::printed::Printed;
use crate::unit::{Side, Unit};
use answer::Said;
use session::Session;

/// Who plays.
pub(crate) const MACHINE: &str = "our server in play";

/// Arguments that no feature has: those of ANNOTATE (RFC 5257), and an item that RFC 2060 left out.
const ELSEWHERE: [&str; 2] = ["ANNOTAT", "RFC822.HEADER.LINES"];

/// How the commands went. Every one that is printed is in one of these.
#[derive(Debug, Default)]
pub(crate) struct Served {
    /// Played to the end.
    pub(crate) done: usize,
    /// Those of `done` whose whole answer is the printed one octet for octet.
    pub(crate) exact: usize,
    /// The machine answers by itself, as is printed by kind: CAPABILITY, ENABLE and their like, and
    /// what is refused.
    pub(crate) own: usize,
    /// Asked of the embedder, and no tagged response is printed.
    pub(crate) open: usize,
    /// AUTHENTICATE, word by word.
    pub(crate) logins: usize,
    /// AUTHENTICATE with a mechanism that is not ours, refused.
    pub(crate) mechanisms: usize,
    /// AUTHENTICATE whose words depend on a nonce, up to the challenge.
    pub(crate) nonces: usize,
    /// APPEND, REPLACE, CATENATE, octet for octet.
    pub(crate) mails: usize,
    /// A command that breaks the grammar, or has a name or an argument that no feature has: BAD.
    pub(crate) refused: usize,
    /// Some of the printed answer cannot be read: played without that.
    pub(crate) misprints: usize,
    /// Responses that are printed beside all commands, told as news under NOTIFY.
    pub(crate) news: usize,
    /// Something else is said than is printed: it has its row in `decisions.md`.
    pub(crate) differing: usize,
}

/// How one went.
enum Outcome {
    Done {
        exact: bool,
    },
    Own,
    Open,
    Login,
    Mechanism,
    Nonce,
    Mail,
    Refused,
    Misprint,
    /// What is printed, and what ours says.
    Differs(String, String),
}

/// What stands behind a command.
struct Answers {
    /// What can be read of the untagged ones.
    untagged: Vec<Said>,
    /// How the command ends, if that is printed.
    end: Option<Status>,
    /// The octets of all of them.
    octets: Vec<u8>,
    /// Whether all of them can be read.
    whole: bool,
}

/// A printed command with what stands around it.
struct Printing<'a> {
    unit: &'a Unit,
    behind: &'a [Unit],
    /// Lines of the client in the middle of AUTHENTICATE.
    lines: Vec<&'a [u8]>,
    /// Where IDLE ends.
    done: Option<usize>,
    /// NOTIFY that holds here.
    notify: Option<&'a Unit>,
}

/// The dialogues of one file.
pub(crate) fn play(file: &Printed, served: &mut Served, ledger: &mut Ledger) {
    let mut notify = None;
    for (at, unit) in file.units.iter().enumerate().filter(|(_, unit)| unit.side == Side::Client) {
        let behind = &file.units[at + 1..];
        let lines = file.lines_behind(at).map(|(_, line)| line).collect();
        let outcome = Printing { unit, behind, lines, done: file.done_behind(at), notify }.play();
        if unit.name() == "NOTIFY" {
            notify = Some(unit);
        }
        let (theirs, ours) = match outcome {
            Outcome::Differs(theirs, ours) => {
                served.differing += 1;
                assert_ne!(cell(&theirs), cell(&ours), "{}", unit.shown());
                (theirs, ours)
            }
            outcome => {
                served.count(&outcome);
                (String::new(), String::new())
            }
        };
        ledger.compare(&unit.place, &unit.shown(), MACHINE, &cell(&theirs), &cell(&ours));
    }
    play_news(&file.units, served, ledger);
}

fn cell(text: &str) -> String {
    let text = text.trim_ascii().escape_debug().to_string();
    text.replace('|', "\\x7c").replace('`', "\\x60").chars().take(120).collect()
}

impl Served {
    fn count(&mut self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::Done { exact } => {
                self.exact += usize::from(*exact);
                &mut self.done
            }
            Outcome::Own => &mut self.own,
            Outcome::Open => &mut self.open,
            Outcome::Login => &mut self.logins,
            Outcome::Mechanism => &mut self.mechanisms,
            Outcome::Nonce => &mut self.nonces,
            Outcome::Mail => &mut self.mails,
            Outcome::Refused => &mut self.refused,
            Outcome::Misprint => &mut self.misprints,
            Outcome::Differs(..) => &mut self.differing,
        };
        *count += 1;
    }
}

/// What answers the command of this tag. Where several commands were said in one breath, what comes
/// between the end of one and the end of the next is of the next.
fn answers_to(tag: &[u8], behind: &[Unit]) -> Answers {
    let tagged = [tag, b" "].concat();
    let run = |units: &'_ [Unit]| units.iter().take_while(|unit| unit.side == Side::Server).count();
    let is_end = |unit: &Unit| !matches!(unit.octets[0], b'*' | b'+');
    let next = behind.iter().take_while(|unit| unit.side == Side::Client).count();
    let all = &behind[next..next + run(&behind[next..])];
    let end = all.iter().position(|unit| unit.octets.starts_with(&tagged));
    let all = match end {
        Some(end) => {
            let begin = all[..end].iter().rposition(is_end).map_or(0, |at| at + 1);
            &all[begin..=end]
        }
        // It does not end: what stands right behind it is its answer.
        None => {
            let all = &behind[..run(behind)];
            &all[..all.iter().position(is_end).unwrap_or(all.len())]
        }
    };
    // `+` is no answer.
    let all: Vec<&Unit> = all.iter().filter(|unit| unit.octets[0] != b'+').collect();
    let good: Vec<&Unit> =
        all.iter().filter(|unit| answer::read(&unit.octets).is_some()).copied().collect();
    let octets: Vec<u8> = good.iter().flat_map(|unit| unit.octets.iter().copied()).collect();
    let mut untagged = answer::read(&octets).unwrap_or_default();
    let end = match untagged.pop() {
        Some(Said::Response(Response::Tagged(_, end))) => Some(end),
        other => {
            untagged.extend(other);
            None
        }
    };
    Answers { untagged, end, octets, whole: good.len() == all.len() }
}

impl Printing<'_> {
    fn play(&self) -> Outcome {
        let parsed = TaggedCommand::parse(&self.unit.octets, &Limits::new(), Quirks::strict());
        let Ok((TaggedCommand { tag, command }, _)) = parsed else {
            return match mail::pieces(&self.unit.octets, Quirks::strict()) {
                Some(mail) => self.mail(&mail),
                None => self.broken(),
            };
        };
        let tag = tag.as_bytes();
        match &command {
            Command::Authenticate { mechanism, .. } => self.login(tag, mechanism),
            Command::Idle => self.idle(tag),
            _ => self.command(tag, &command),
        }
    }

    /// What is no command is answered by BAD, whatever is printed; `decisions.md` has its row.
    fn broken(&self) -> Outcome {
        let mut session = Session::new(session::config(session::features()));
        session.log_in();
        session.select();
        session.hear_command(&self.unit.octets);
        let said = session.take();
        match answer::read(&said).as_deref() {
            Some([Said::Response(Response::Tagged(_, end) | Response::Status(end))])
                if end.kind == StatusKind::Bad && session.events.is_empty() =>
            {
                Outcome::Refused
            }
            _ => Outcome::Differs("BAD".to_owned(), said.escape_ascii().to_string()),
        }
    }

    fn command(&self, tag: &[u8], command: &Command) -> Outcome {
        let answers = answers_to(tag, self.behind);
        let outcome = self.attempt(command, &answers, None);
        match (&outcome, self.notify) {
            // What is told of another mailbox needs the NOTIFY that stands before.
            (Outcome::Differs(..), Some(notify)) => {
                match self.attempt(command, &answers, Some(notify)) {
                    Outcome::Differs(..) => outcome,
                    other => other,
                }
            }
            _ => outcome,
        }
    }

    fn attempt(&self, command: &Command, answers: &Answers, notify: Option<&Unit>) -> Outcome {
        let name = CommandName::of(command);
        let Answers { untagged, end, octets, whole } = answers;
        let mut session = state::prepare(command, answers, notify);
        session.hear_command(&self.unit.octets);
        let asked = session.events.pop();
        session.events.retain(|event| !matches!(event, Event::Enabled(_)));
        assert!(session.events.is_empty(), "{}: {:?}", self.unit.shown(), session.events);
        match asked {
            Some(Event::Command(asked)) if asked == *command => {}
            Some(Event::Login { user, password, .. }) => {
                assert_eq!(Command::Login { user, password }, *command);
            }
            None | Some(Event::Enabled(_)) => return self.own(command, answers, &session.take()),
            other => return Outcome::Differs(name.to_string(), format!("{other:?}")),
        }
        let (mut printed, mut rest) = (untagged.clone(), untagged.clone());
        if matches!(name, CommandName::Select | CommandName::Examine)
            && end.as_ref().is_none_or(Status::is_ok)
        {
            let (data, behind) = answer::mailbox(untagged, end.as_ref());
            session.server.begin_select(&data).expect("SELECT");
            rest = behind;
        }
        for said in &rest {
            if let Err(error) = session.give(said) {
                return Outcome::Differs(answer::name(said), error.to_string());
            }
        }
        let Some(end) = end else {
            session.server.accept().expect("an end");
            let heard = answer::read(&session.take()).expect("what can be read");
            let selects = matches!(name, CommandName::Select | CommandName::Examine);
            let alike = selects || heard.get(..untagged.len()) == Some(untagged);
            return match (alike, whole) {
                (true, true) => Outcome::Open,
                (true, false) => Outcome::Misprint,
                _ => Outcome::Differs(format!("{untagged:?}"), format!("{heard:?}")),
            };
        };
        if let Err(error) = session.end(end) {
            return Outcome::Differs(format!("{end:?}"), error.to_string());
        }
        let said = session.take();
        let heard = answer::read(&said).expect("what can be read");
        printed.push(Said::Response(Response::Tagged(self.tag(), end.clone())));
        match answer::alike(name, &printed, &heard) {
            Ok(()) if !whole => Outcome::Misprint,
            Ok(()) => Outcome::Done { exact: said == *octets },
            Err(ours) => Outcome::Differs(end.to_string(), ours),
        }
    }

    fn tag(&self) -> Tag {
        let tag = self.unit.octets.split(|&octet| octet == b' ').next().unwrap_or_default();
        Tag::new(tag.to_vec()).expect("a tag")
    }

    /// The machine answered.
    fn own(&self, command: &Command, answers: &Answers, said: &[u8]) -> Outcome {
        let said = answer::read(said).expect("what can be read");
        let Some(Said::Response(Response::Tagged(tag, ours))) = said.last() else {
            return Outcome::Differs("an answer".to_owned(), format!("{said:?}"));
        };
        assert_eq!(*tag, self.tag());
        let shown = String::from_utf8_lossy(&self.unit.octets).to_ascii_uppercase();
        let elsewhere = matches!(command, Command::Other { .. })
            || ELSEWHERE.iter().any(|word| shown.contains(word));
        if elsewhere && ours.kind == StatusKind::Bad {
            return Outcome::Refused;
        }
        let Some(end) = &answers.end else {
            // What has no end must be good all the same.
            return match ours.kind {
                StatusKind::Ok => Outcome::Open,
                _ => Outcome::Differs("OK".to_owned(), ours.to_string()),
            };
        };
        let mut printed = answer::names(&answers.untagged);
        printed.push(crate::kinds::of_response(&Response::Status(end.clone())));
        let names = answer::names(&said);
        if printed == names {
            Outcome::Own
        } else {
            Outcome::Differs(printed.join(" "), format!("{} {ours}", names.join(" ")))
        }
    }

    /// IDLE, what is told before `+` and behind it, DONE, and the answer.
    fn idle(&self, tag: &[u8]) -> Outcome {
        let mut session = Session::new(session::config(session::features()));
        session.log_in();
        session.select();
        session.hear_command(&self.unit.octets);
        assert_eq!(session.events, [Event::Command(Command::Idle)]);
        let Some(done) = self.done else {
            session.server.accept().expect("IDLE");
            assert!(session.take().starts_with(b"+ "));
            return Outcome::Open;
        };
        let mut printed = Vec::new();
        for unit in &self.behind[..done] {
            if unit.octets[0] == b'+' {
                session.server.accept().expect("IDLE");
                session.hear(b"");
                printed.push(None);
                continue;
            }
            let Some(all) = answer::read(&unit.octets) else { return Outcome::Misprint };
            for said in all {
                if let Err(error) = session.give(&said) {
                    return Outcome::Differs(answer::name(&said), error.to_string());
                }
                printed.push(Some(said));
            }
        }
        session.events.clear();
        session.hear(b"DONE\r\n");
        assert_eq!(session.events, [Event::IdleEnd]);
        let said = session.take();
        let Answers { untagged, end: Some(end), .. } = answers_to(tag, &self.behind[done..]) else {
            return Outcome::Differs("an end".to_owned(), said.escape_ascii().to_string());
        };
        assert!(untagged.is_empty() && end.is_ok());
        printed.push(Some(Said::Response(Response::Tagged(self.tag(), Status::ok("")))));
        let heard = answer::read(&said).expect("what can be read");
        let heard: Vec<Option<Said>> = heard
            .iter()
            .map(|said| match said {
                Said::Response(Response::Continue(_)) => None,
                Said::Response(Response::Tagged(..)) => Some(answer::without_text(said)),
                said => Some(said.clone()),
            })
            .collect();
        if heard == printed {
            Outcome::Done { exact: false }
        } else {
            Outcome::Differs(format!("{printed:?}"), format!("{heard:?}"))
        }
    }
}

/// What is printed beside all commands, told as news to a client that wants to hear of everything.
fn play_news(units: &[Unit], served: &mut Served, ledger: &mut Ledger) {
    let mut beside = true;
    for unit in units {
        match (unit.side, unit.octets[0]) {
            (Side::Client, _) => beside = false,
            (Side::Server, b'+') => {}
            (Side::Server, b'*') if beside => {
                let Some(all) = answer::read(&unit.octets) else { continue };
                if !all.iter().all(answer::is_told_unasked) {
                    continue;
                }
                let mut session = state::notified(&all);
                let given = all.iter().try_for_each(|said| session.give(said));
                let heard = answer::read(&session.take()).expect("what can be read");
                let ours = match given {
                    Ok(()) if heard == all => "told".to_owned(),
                    Ok(()) if answer::merged(&heard) == answer::merged(&all) => {
                        format!("told in {} responses", heard.len())
                    }
                    Ok(()) => format!("{heard:?}"),
                    Err(error) => error.to_string(),
                };
                served.news += usize::from(ours == "told");
                served.differing += usize::from(ours != "told");
                ledger.compare(&unit.place, &unit.shown(), MACHINE, "told", &cell(&ours));
            }
            (Side::Server, b'*') => {}
            (Side::Server, _) => beside = true,
        }
    }
}
