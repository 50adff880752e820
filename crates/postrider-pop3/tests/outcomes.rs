//! Every command has exactly one outcome before the session is over (law 13), wherever it breaks.

mod common;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use common::{Do, carry_out, client_config};
use postrider_pop3::client::{Client, Event, Pipelining};
use postrider_pop3::{Keyword, Limits};
use postrider_testkit::{Embedder, Outcome, Scenario};
use postrider_wire::{AbortReason, Machine};

/// What was asked for and has no outcome yet, oldest first.
type Ledger = Rc<RefCell<VecDeque<(Keyword, Option<u32>)>>>;

fn entry(command: Do) -> (Keyword, Option<u32>) {
    match command {
        Do::Capa => (Keyword::Capa, None),
        Do::Login(..) => (Keyword::User, None),
        Do::Stat => (Keyword::Stat, None),
        Do::List(n) => (Keyword::List, n),
        Do::Uidl(n) => (Keyword::Uidl, n),
        Do::Retr(n) | Do::RetrAndDiscard(n) => (Keyword::Retr, Some(n)),
        Do::Top(n, _) => (Keyword::Top, Some(n)),
        Do::Dele(n) => (Keyword::Dele, Some(n)),
        Do::Noop => (Keyword::Noop, None),
        Do::Rset => (Keyword::Rset, None),
        Do::Quit => (Keyword::Quit, None),
    }
}

/// What to do in the middle of things.
#[derive(Clone, Copy, PartialEq)]
enum Meddle {
    Nothing,
    /// Shut down when so many events came.
    Shutdown(usize),
    /// Let the first timer run out when so many events came.
    Timeout(usize),
    /// Throw away the message whose events these are.
    Discard,
}

/// Asks for all that the client takes, and crosses off what has its outcome.
struct Clerk {
    todo: VecDeque<Do>,
    ledger: Ledger,
    meddle: Meddle,
    events: usize,
}

impl Clerk {
    fn cross_off(&self, command: Keyword, message: Option<u32>) {
        let oldest = self.ledger.borrow_mut().pop_front();
        let (asked, named) = oldest.unwrap_or_else(|| panic!("{command} was not asked for"));
        // A login is one command that is said in two.
        let same = asked == command || (asked, command) == (Keyword::User, Keyword::Pass);
        assert!(same && named == message, "{asked} {named:?} is due, not {command} {message:?}");
    }

    fn cross_off_message(&self) {
        let oldest = *self.ledger.borrow().front().expect("a message was asked for");
        assert!(matches!(oldest.0, Keyword::Retr | Keyword::Top), "{oldest:?}");
        self.cross_off(oldest.0, oldest.1);
    }
}

impl Embedder<Client> for Clerk {
    fn on_event(&mut self, client: &mut Client, event: &Event) {
        self.events += 1;
        match event {
            Event::Ready { .. }
            | Event::Rejected(_)
            | Event::ScanListing(_)
            | Event::UniqueIdListing { .. }
            | Event::Chunk(_) => {}
            Event::RetrieveBegin { .. } if self.meddle == Meddle::Discard => {
                client.discard().unwrap();
                self.cross_off_message();
            }
            Event::RetrieveBegin { .. } => {}
            Event::RetrieveEnd | Event::Aborted(_) => self.cross_off_message(),
            Event::Refused { command, message, .. }
            | Event::Done { command, message, .. }
            | Event::Lost { command, message, .. } => self.cross_off_any(*command, *message),
            Event::Capabilities(_) => self.cross_off(Keyword::Capa, None),
            Event::LoggedIn(_) => self.cross_off(Keyword::User, None),
            Event::DropListing(_) => self.cross_off(Keyword::Stat, None),
            Event::ListEnd => self.cross_off_listing(Keyword::List),
            Event::UidlEnd => self.cross_off_listing(Keyword::Uidl),
            other => panic!("{other:?}"),
        }
        if self.meddle == Meddle::Shutdown(self.events) {
            client.shutdown();
        }
        if self.meddle == Meddle::Timeout(self.events)
            && let Some(timer) = client.timers().first().copied()
        {
            client.on_timeout(timer);
        }
    }

    fn on_wait(&mut self, client: &mut Client) -> bool {
        let mut acted = false;
        while let Some(&next) = self.todo.front().filter(|_| client.is_ready()) {
            let taken = carry_out(client, next).is_ok();
            if !taken && client.in_flight() > 0 {
                break;
            }
            self.todo.pop_front();
            if taken {
                self.ledger.borrow_mut().push_back(entry(next));
            }
            acted |= taken;
        }
        acted
    }
}

impl Clerk {
    /// `QUIT` may be the client's own, behind a shutdown.
    fn cross_off_any(&self, command: Keyword, message: Option<u32>) {
        let own = command == Keyword::Quit && self.ledger.borrow().is_empty();
        if !(own && matches!(self.meddle, Meddle::Shutdown(_))) {
            self.cross_off(command, message);
        }
    }

    fn cross_off_listing(&self, command: Keyword) {
        let named = self.ledger.borrow().front().and_then(|(_, message)| *message);
        self.cross_off(command, named);
    }
}

const LIST: &[Do] = &[
    Do::Capa,
    Do::Login("mrose", "tanstaaf"),
    Do::Retr(1),
    Do::Retr(2),
    Do::Uidl(None),
    Do::Top(1, 1),
    Do::Dele(1),
    Do::List(None),
    Do::List(Some(2)),
    Do::Uidl(Some(2)),
    Do::Retr(2),
    Do::Stat,
    Do::Noop,
    Do::Capa,
    Do::Rset,
    Do::Quit,
];

/// What the server says to that, a turn for each of its breaths.
const TURNS: &[&str] = &[
    "+OK ready\r\n",
    "+OK\r\nPIPELINING\r\n.\r\n",
    "+OK\r\n",
    "+OK welcome\r\n",
    "+OK 6 octets\r\nab\r\n\r\n.\r\n-ERR no such message\r\n+OK\r\n1 a\r\n2 b\r\n.\r\n+OK\r\nA: b\r\n\r\n.\r\n\
     +OK\r\n+OK\r\n1 6\r\n.\r\n+OK 2 7\r\n+OK 2 b\r\n+OK\r\n..\r\n.\r\n+OK 2 13\r\n+OK\r\n+OK\r\nTOP\r\n.\r\n+OK\r\n+OK bye\r\n",
];

fn run(pipelining: Pipelining, meddle: Meddle, octets: usize, open: bool) -> usize {
    let ledger = Ledger::default();
    let seen = Rc::clone(&ledger);
    let make = move || {
        seen.borrow_mut().clear();
        let limits = Limits::client();
        let config = client_config().with_limits(limits).with_pipelining(pipelining);
        let todo = LIST.iter().copied().collect();
        let clerk = Clerk { todo, ledger: Rc::clone(&seen), meddle, events: 0 };
        (Client::new(config), Box::new(clerk) as Box<dyn Embedder<Client>>)
    };
    let mut scenario = Scenario::new("outcomes", make);
    let mut left = octets;
    for turn in TURNS {
        scenario = scenario.turn(&turn.as_bytes()[..turn.len().min(left)]);
        left = left.saturating_sub(turn.len());
    }
    let scenario = if open { scenario.held_open() } else { scenario };
    let run = scenario.run();
    if !matches!(run.outcome(), Outcome::Waiting { .. }) {
        assert!(ledger.borrow().is_empty(), "without an outcome: {:?}\n{run:?}", ledger.borrow());
    }
    run.events().count()
}

fn all() -> usize {
    TURNS.iter().map(|turn| turn.len()).sum()
}

const KINDS: [Pipelining; 2] = [Pipelining::Offered, Pipelining::Always];

#[test]
fn every_command_has_one_outcome_wherever_the_stream_ends() {
    for kind in KINDS {
        for octets in 0..=all() {
            run(kind, Meddle::Nothing, octets, false);
            run(kind, Meddle::Discard, octets, false);
        }
    }
}

#[test]
fn every_command_has_one_outcome_whenever_time_runs_out_or_the_end_is_called() {
    for kind in KINDS {
        let events = run(kind, Meddle::Nothing, all(), false);
        assert!(events > 20);
        for n in 1..=events {
            run(kind, Meddle::Timeout(n), all(), true);
            for octets in [all(), all() / 2] {
                run(kind, Meddle::Shutdown(n), octets, false);
            }
        }
    }
}

#[test]
fn what_the_connection_took_is_told_in_order_and_before_the_error() {
    let make = || {
        let config = client_config().with_pipelining(Pipelining::Always);
        let list = [Do::Login("mrose", "tanstaaf"), Do::Retr(1), Do::Dele(1), Do::Uidl(None)];
        (Client::new(config), common::fetcher(&list))
    };
    let run = Scenario::new("lost", make)
        .turn("+OK\r\n")
        .turn("+OK\r\n")
        .turn("+OK\r\n")
        .turn("+OK\r\nhalf of a me")
        .run();
    let told: Vec<_> = run.events().skip(3).map(|event| format!("{event:?}")).collect();
    assert_eq!(
        told,
        [
            format!("{:?}", Event::Aborted(AbortReason::Eof)),
            "Lost { command: Dele, message: Some(1) }".to_owned(),
            "Lost { command: Uidl, message: None }".to_owned(),
        ]
    );
    assert!(matches!(run.outcome(), Outcome::Failed(postrider_pop3::Error::Eof { .. })));
}
