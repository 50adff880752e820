//! Each bound of a server at its value, below and above it, and the timers.

use std::time::Duration;

use crate::serving::{Make, Session, accepts, auth, capabilities, open, waits, with, within};
use bytes::Bytes;
use postrider_imap::server::{Config, Event, Feature};
use postrider_imap::{
    BodySection, Error, FetchItem, Limits, Literals, MessageNumber, Misuse, Response, Section,
    Status,
};
use postrider_sasl::line;
use postrider_wire::{AbortReason, Machine, TimerKind};

/// How a command is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Taken,
    /// `BAD [TOOBIG]`
    TooBig,
    /// Another BAD.
    Bad,
    /// `NO [TOOBIG]`
    NoTooBig,
    /// The session ends.
    Bye,
}

use Answer::{Bad, Bye, NoTooBig, Taken, TooBig};

/// Says a command with the tag `c`, and sees that the session goes on unless it is said to end.
fn answer(session: &mut Session, command: &str) -> Answer {
    let said = session.say(command);
    let line = said.lines().find(|line| line.starts_with("c ")).unwrap_or_default();
    let answer = match line.get(2..4) {
        _ if said.contains("* BYE ") => {
            assert!(matches!(session.error, Some(Error::Limit { .. })), "{:?}", session.error);
            return Bye;
        }
        Some("OK") => Taken,
        Some("NO") if line.starts_with("c NO [TOOBIG]") => NoTooBig,
        Some("BA") if line.starts_with("c BAD [TOOBIG]") => TooBig,
        Some("BA") => Bad,
        _ => panic!("{command}: {said}"),
    };
    assert!(session.say("d noop\r\n").ends_with("d OK NOOP completed\r\n"), "{command}");
    answer
}

/// What a bound below, at and above its value comes to.
fn around(bound: usize, mut answer: impl FnMut(usize) -> Answer) -> [Answer; 3] {
    [bound - 1, bound, bound + 1].map(&mut answer)
}

/// A line of so many octets, with its line end.
fn line_of(octets: usize, front: &str, back: &str) -> String {
    let room = octets - front.len() - back.len() - 2;
    format!("{front}{}{back}\r\n", "x".repeat(room))
}

fn all_of(members: usize, member: &str) -> String {
    vec![member; members].join(" ")
}

#[test]
fn a_command_before_login_has_its_own_bound() {
    let unit = |session: fn() -> Session| {
        move |octets| answer(&mut session(), &line_of(octets, "c id (\"k\" \"", "\")"))
    };
    let small = || Session::new(within(Limits::new().with_unit(600, 4000)));
    let least = || Session::new(within(Limits::new().with_unit(1, 4000)));
    let usual = || Session::new(within(Limits::new()));
    assert_eq!(around(600, unit(small)), [Taken, Taken, TooBig]);
    assert_eq!(around(512, unit(least)), [Taken, Taken, TooBig], "never below 512");
    assert_eq!(around(8192, unit(usual)), [Taken, Taken, TooBig]);
    // With AUTHENTICATE the longest line of a login has room.
    let longer = || Session::new(within(Limits::new()).with_auth(auth()));
    assert_eq!(around(line::LONGEST + 512, unit(longer)), [Taken, Taken, TooBig]);
}

#[test]
fn a_command_after_login_has_another() {
    let make = || Session::logged_in(within(Limits::new().with_unit(600, 4000)));
    let whole = |octets| answer(&mut make(), &line_of(octets, "c create ", ""));
    assert_eq!(around(4000, whole), [Taken, Taken, TooBig]);
    // The line, its literal and the line end.
    let literal = |octets: usize| {
        let front = "c create {3983+}\r\n";
        let size = octets - front.len();
        answer(&mut make(), &format!("c create {{{size}+}}\r\n{}\r\n", "x".repeat(size)))
    };
    // What is announced is seen before its line end is.
    assert_eq!(around(3998, literal), [Taken, Taken, TooBig]);
    assert_eq!(literal(3999 + 600), TooBig, "and swallowed");
}

#[test]
fn a_message_comes_in_pieces_of_the_size_that_is_read_at_once() {
    for read in [1, 4, 10, 11] {
        let mut session = Session::logged_in(within(Limits::new().with_read(read)));
        assert_eq!(session.say("c append inbox {10}\r\n"), "+ go ahead\r\n");
        assert!(session.say("0123456789\r\n").contains("c OK"));
        let chunk = |event: &Event| match event {
            Event::Chunk(chunk) => Some(chunk.len()),
            _ => None,
        };
        let sizes: Vec<usize> = session.events.iter().filter_map(chunk).collect();
        assert_eq!(sizes.iter().sum::<usize>(), 10);
        assert!(sizes.iter().all(|size| *size <= read), "{read}: {sizes:?}");
    }
}

#[test]
fn what_is_said_waits_for_room_in_the_outbox() {
    let config = || within(Limits::new().with_outbox(64));
    // Commands stay in the inbox as long as nobody reads the answers.
    let mut session = Session::logged_in(config());
    session.inbox.extend("c noop\r\n".repeat(50).as_bytes());
    loop {
        let Ok(progress) = session.server.poll(&mut session.inbox) else { panic!() };
        match progress {
            postrider_wire::Progress::Event(event) => accepts(&mut session.server, &event),
            _ => break,
        }
    }
    let (out, left) = (session.server.outbox().len(), session.inbox.len());
    assert!((64..64 + "c OK NOOP completed\r\n".len()).contains(&out), "{out}");
    assert!(left > 8 * 45, "{left}");
    assert_eq!(session.go_on().matches("c OK NOOP completed\r\n").count(), 50);
    // What is told of a command goes until it is full.
    let mut session = Session::selected(config());
    session.ask("c noop\r\n");
    assert_eq!(session.server.room(), 64);
    let mut told = 0;
    while session.server.update(&Response::Exists(4)).is_ok() {
        told += 1;
    }
    // The last of them finds room for an octet.
    assert_eq!(told, 64_usize.div_ceil("* 4 EXISTS\r\n".len()));
    assert_eq!(session.server.room(), 0);
    let full = Err(Error::Misuse(Misuse::Full));
    assert_eq!(session.server.update(&Response::Exists(4)), full);
    assert_eq!(session.server.respond(&Response::Status(Status::ok("working"))), full);
    session.server.accept().unwrap();
    assert!(session.go_on().ends_with("EXISTS\r\nc OK NOOP completed\r\n"));
    // A payload is taken as far as it fits.
    let mut session = Session::selected(config());
    session.ask("c fetch 1 body[]\r\n");
    let one = MessageNumber::new(1).unwrap();
    let section = BodySection::Section(Section::all());
    session.server.body_begin(one, &section, None, 1000).unwrap();
    let mut payload = Bytes::from(vec![b'x'; 1000]);
    let room = session.server.room();
    assert_eq!(session.server.write_payload(&mut payload), Ok(room));
    assert_eq!(session.server.write_payload(&mut payload), Ok(0));
    session.on_event = waits;
    session.go_on();
    assert_eq!(session.server.write_payload(&mut payload), Ok(64));
}

#[test]
fn so_many_literals_stand_in_a_command() {
    let keys = |literals| format!("c search {}\r\n", all_of(literals, "subject {1+}\r\nx"));
    let names = |literals| format!("c id ({})\r\n", all_of(literals, "{1+}\r\nx"));
    let after = |most: Option<usize>| {
        let limits = most.map_or_else(Limits::new, |most| Limits::new().with_literals(most));
        move |literals| answer(&mut Session::selected(within(limits)), &keys(literals))
    };
    assert_eq!(around(16, after(None)), [Taken, Taken, TooBig]);
    assert_eq!(around(2, after(Some(2))), [Taken, Taken, TooBig]);
    assert_eq!(around(40, after(Some(40))), [Taken, Taken, TooBig]);
    let before = |most: usize| {
        let limits = Limits::new().with_literals(most);
        move |literals: usize| {
            // An even number of strings.
            let rest = if literals.is_multiple_of(2) { "" } else { " \"x\"" };
            let command = names(literals).replace(')', &format!("{rest})"));
            answer(&mut Session::new(within(limits)), &command)
        }
    };
    assert_eq!(around(4, before(16)), [Taken, Taken, TooBig], "before login never more than 4");
    assert_eq!(around(3, before(3)), [Taken, Taken, TooBig]);
}

#[test]
fn all_messages_of_an_append_have_so_many_octets() {
    // RFC 7889 §4, RFC 5530 §3 and RFC 9051 §6.3.12: TOOBIG.
    let make = || Session::logged_in(within(Limits::new().with_append(20)));
    for wait in ["", "+"] {
        let one = |octets: usize| {
            let mut session = make();
            let said = session.say(format!("c append inbox {{{octets}{wait}}}\r\n"));
            if wait.is_empty() && !said.starts_with("+ ") {
                session.say("d noop\r\n");
                return if said.starts_with("c NO [TOOBIG]") { NoTooBig } else { Bad };
            }
            let before = said.starts_with("c NO [TOOBIG]");
            let said = format!("{said}{}", session.say(format!("{}\r\n", "x".repeat(octets))));
            assert!(session.say("d noop\r\n").starts_with("d OK"));
            match said.contains("c OK") {
                true => Taken,
                false if before => NoTooBig,
                false => Bad,
            }
        };
        assert_eq!(around(20, one), [Taken, Taken, NoTooBig], "{wait}");
    }
    let several = |octets: usize| {
        let mut session = make();
        let (first, second) = (11, octets - 11);
        let answered = answer(
            &mut session,
            &format!(
                "c append inbox {{{first}+}}\r\n{} {{{second}+}}\r\n{}\r\n",
                "x".repeat(first),
                "y".repeat(second)
            ),
        );
        let aborted = session.events.contains(&Event::Aborted(AbortReason::TooLarge));
        assert_eq!(aborted, answered == NoTooBig);
        answered
    };
    assert_eq!(around(20, several), [Taken, Taken, NoTooBig]);
    // Of one message in pieces (RFC 4469), likewise.
    let pieces = |octets: usize| {
        let mut session = Session::logged_in(
            with([Feature::Catenate]).with_limits(Limits::new().with_append(20)),
        );
        let (first, second) = (11, octets - 11);
        let texts = format!(
            "c append inbox catenate (text {{{first}+}}\r\n{} text {{{second}+}}\r\n{})\r\n",
            "x".repeat(first),
            "y".repeat(second)
        );
        answer(&mut session, &texts)
    };
    assert_eq!(around(20, pieces), [Taken, Taken, NoTooBig]);
    let features = [Feature::AppendLimit];
    let mut session = Session::logged_in(with(features).with_limits(Limits::new().with_append(20)));
    assert!(capabilities(&mut session).contains(&"APPENDLIMIT=20".into()));
    let mut session = Session::logged_in(with([]));
    assert!(!capabilities(&mut session).iter().any(|word| word.contains("APPENDLIMIT")));
}

#[test]
fn what_is_refused_is_swallowed_up_to_a_bound() {
    let limits = || Limits::new().with_unit(600, 800).with_swallow(1000);
    let payload = |front: &str, octets: usize| {
        format!("{front} {{{octets}+}}\r\n{}\r\n", "c noop\r\n".repeat(300).get(..octets).unwrap())
    };
    let after =
        |octets| answer(&mut Session::logged_in(within(limits())), &payload("c create", octets));
    assert_eq!(around(1000, after), [TooBig, TooBig, Bye]);
    let message = |octets| {
        let config = within(limits().with_append(20));
        answer(&mut Session::logged_in(config), &payload("c append inbox", octets))
    };
    assert_eq!(around(1000, message), [NoTooBig, NoTooBig, Bye]);
    // Before login never more than a unit.
    let before = |swallow| {
        let config = within(limits().with_swallow(swallow));
        move |octets| answer(&mut Session::new(config.clone()), &payload("c create", octets))
    };
    assert_eq!(around(600, before(1000)), [Bad, Bad, Bye]);
    assert_eq!(around(100, before(100)), [Bad, Bad, Bye]);
    // A client that waits has nothing to swallow.
    let mut session = Session::new(within(limits()));
    assert_eq!(answer(&mut session, "c create {99999999}\r\n"), Bad);
}

#[test]
fn so_many_bad_commands_are_taken() {
    let ends = |mut session: Session, command: &str| {
        (1..40).find(|_| session.say(command).contains("* BYE too many bad commands\r\n"))
    };
    let own = |before, after| within(Limits::new().with_bad_commands(before, after));
    for command in [
        "x\r\n",
        "a foo\r\n",
        "a select inbox\r\n",
        "a login {x\r\n",
        "a login {9+}\r\n123456789\r\n",
    ] {
        assert_eq!(ends(Session::new(within(Limits::new())), command), Some(6), "{command}");
        assert_eq!(ends(Session::new(own(3, 20)), command), Some(4), "{command}");
        assert_eq!(ends(Session::new(own(0, 20)), command), Some(1), "{command}");
    }
    for command in ["x\r\n", "a foo\r\n", "a fetch 1 all\r\n", "a fetch {x\r\n", "a idle\r\nx\r\n"]
    {
        let logged_in = |config| Session::logged_in(config);
        assert_eq!(ends(logged_in(within(Limits::new())), command), Some(11), "{command}");
        assert_eq!(ends(logged_in(own(3, 20)), command), Some(21), "{command}");
        assert_eq!(ends(logged_in(own(3, 0)), command), Some(1), "{command}");
    }
    // What was bad before login is forgiven with it.
    let mut session = Session::new(own(3, 3));
    session.say("x\r\nx\r\nx\r\na login tim tanstaaftanstaaf\r\n");
    assert_eq!(ends(session, "x\r\n"), Some(4));
}

#[test]
fn a_delay_is_no_longer_than_the_longest() {
    let seconds = Duration::from_secs;
    for (first, most, expected) in [(0, 30, 0), (2, 1, 1), (5, 5, 5), (5, 6, 5)] {
        let limits = Limits::new().with_login_delay(seconds(first), seconds(most));
        let mut session = Session::new(within(limits));
        assert_eq!(session.say("a login tim wrong\r\n"), "");
        assert_eq!(session.held(), Some(seconds(expected)));
        assert_eq!(session.fire(TimerKind::Delay), "a NO sorry\r\n");
    }
}

#[test]
fn keys_of_a_search_nest_so_deep() {
    let nested = |limits: Limits, open: &'static str, close: &'static str| {
        move |depth: usize| {
            let command = format!("c search {}all{}\r\n", open.repeat(depth), close.repeat(depth));
            answer(&mut Session::selected(within(limits)), &command)
        }
    };
    for (open, close) in [("not ", ""), ("(", ")"), ("or all ", "")] {
        assert_eq!(around(100, nested(Limits::new(), open, close)), [Taken, Taken, Bad], "{open}");
        let shallow = Limits::new().with_depth(3);
        assert_eq!(around(3, nested(shallow, open, close)), [Taken, Taken, Bad], "{open}");
        let deep = Limits::new().with_depth(5000);
        assert_eq!(around(1000, nested(deep, open, close)), [Taken, Taken, Bad], "{open}");
    }
}

#[test]
fn lists_are_so_long() {
    let fetch = |limits: Limits| {
        move |members| {
            let command = format!("c fetch 1 ({})\r\n", all_of(members, "uid"));
            answer(&mut Session::selected(within(limits)), &command)
        }
    };
    assert_eq!(around(256, fetch(Limits::new())), [Taken, Taken, Bad]);
    assert_eq!(around(2, fetch(Limits::new().with_attributes(2))), [Taken, Taken, Bad]);
    assert_eq!(around(1, fetch(Limits::new().with_attributes(1)))[1..], [Taken, Bad]);
    let store = |limits: Limits| {
        move |members| {
            let command = format!("c store 1 flags ({})\r\n", all_of(members, "k"));
            answer(&mut Session::selected(within(limits)), &command)
        }
    };
    assert_eq!(around(4096, store(Limits::new())), [Taken, Taken, Bad]);
    assert_eq!(around(20, store(Limits::new().with_list(20))), [Taken, Taken, Bad]);
    // Before login never more than 64, but the one list that there is has its own bound (RFC 2971
    // §3.3).
    let id = |limits: Limits| {
        move |pairs| {
            let command = format!("c id ({})\r\n", all_of(pairs, "\"k\" \"v\""));
            answer(&mut Session::new(within(limits)), &command)
        }
    };
    assert_eq!(around(30, id(Limits::new())), [Taken, Taken, Bad]);
    assert_eq!(around(10, id(Limits::new().with_list(10))), [Taken, Taken, Bad]);
}

#[test]
fn which_literals_need_not_wait_is_the_same_for_strings_and_messages() {
    // RFC 7888 §5: "non-synchronizing literals ... longer than 4096 octets" are not LITERAL-'s.
    let string = |config: Config| {
        move |octets: usize| {
            let command = format!("c create {{{octets}+}}\r\n{}\r\n", "x".repeat(octets));
            answer(&mut Session::logged_in(config.clone()), &command)
        }
    };
    let message = |config: Config| {
        move |octets: usize| {
            let command = format!("c append inbox {{{octets}+}}\r\n{}\r\n", "x".repeat(octets));
            answer(&mut Session::logged_in(config.clone()), &command)
        }
    };
    let waiting = |config: Config, command: &str| {
        Session::logged_in(config).say(format!("c {command} {{4097}}\r\n"))
    };
    let rev2 = || with([Feature::Imap4Rev2]).with_literals(Literals::Wait);
    for (config, word, expected) in [
        (open(), Some("LITERAL+"), [Taken, Taken, Taken]),
        (open().with_literals(Literals::Minus), Some("LITERAL-"), [Taken, Taken, TooBig]),
        // RFC 9051 §4.3 has LITERAL- in it.
        (rev2(), Some("LITERAL-"), [Taken, Taken, TooBig]),
        (open().with_literals(Literals::Wait), None, [TooBig, TooBig, TooBig]),
    ] {
        assert_eq!(around(4096, string(config.clone())), expected, "{word:?}");
        assert_eq!(around(4096, message(config.clone())), expected, "{word:?}");
        for command in ["create", "append inbox"] {
            assert_eq!(waiting(config.clone(), command), "+ go ahead\r\n", "{word:?}");
        }
        let said = capabilities(&mut Session::new(config));
        let said: Vec<&str> =
            said.iter().map(String::as_str).filter(|word| word.starts_with("LITERAL")).collect();
        assert_eq!(said, Vec::from_iter(word));
    }
    let none = || open().with_literals(Literals::Wait);
    assert_eq!(string(none())(1), TooBig);
    assert_eq!(answer(&mut Session::logged_in(none()), "c create {0+}\r\n\r\n"), TooBig);
}

const BYE: &str = "* BYE autologout\r\n";

#[test]
fn a_silent_client_is_logged_out() {
    // RFC 9051 §5.4: "MUST be at least 30 minutes" after login.
    let (minutes, half_hour) = (Duration::from_secs(3 * 60), Duration::from_secs(30 * 60));
    let own = || within(Limits::new()).with_idle(Duration::from_secs(5), Duration::from_secs(7));
    let places: [(&str, Make, &str, bool); 6] = [
        ("greeted", Session::new, "", false),
        ("half a command", Session::new, "a log", false),
        ("a literal", Session::new, "a login {3}\r\n", false),
        ("logged in", Session::logged_in, "", true),
        ("selected", Session::selected, "", true),
        ("idling", Session::selected, "c idle\r\n", true),
    ];
    for (name, make, turn, after) in places {
        let mut session = make(within(Limits::new()));
        session.say(turn);
        let usual = if after { half_hour } else { minutes };
        assert_eq!(session.timer(TimerKind::Idle), Some(usual), "{name}");
        let mut session = make(own());
        session.say(turn);
        let set = Duration::from_secs(if after { 7 } else { 5 });
        assert_eq!(session.timer(TimerKind::Idle), Some(set), "{name}");
        assert_eq!(session.fire(TimerKind::Idle), BYE, "{name}");
        assert_eq!(session.error, Some(Error::Timeout), "{name}");
        let ended = session.events.last() == Some(&Event::IdleEnd);
        assert_eq!(ended, name == "idling");
    }
    // While the embedder is asked, the client has nothing to say.
    let mut session = Session::logged_in(own());
    session.ask("c noop\r\n");
    assert_eq!(session.timer(TimerKind::Idle), None);
}

#[test]
fn octets_of_half_a_command_do_not_keep_a_client_alive() {
    let mut session = Session::new(within(Limits::new()));
    let timer = *session.server.timers().first().unwrap();
    session.say("a lo");
    session.say("gin");
    assert_eq!(session.server.timers(), [timer], "the same timer, not a new one");
    session.say(" tim wrong\r\n");
    assert!(!session.server.timers().contains(&timer));
}

#[test]
fn a_client_that_does_not_read_or_sends_no_message_is_given_up() {
    let config = || within(Limits::new()).with_progress(Duration::from_secs(9));
    // A message stands still.
    let mut session = Session::logged_in(config());
    session.say("c append inbox {9+}\r\nabc");
    assert_eq!(session.timer(TimerKind::Idle), None);
    let before = session.server.timers().to_vec();
    assert_eq!(session.timer(TimerKind::Progress), Some(Duration::from_secs(9)));
    session.say("d");
    assert_ne!(session.server.timers(), before, "each octet starts it anew");
    assert_eq!(session.fire(TimerKind::Progress), BYE);
    assert_eq!(session.error, Some(Error::Timeout));
    assert_eq!(session.events.last(), Some(&Event::Aborted(AbortReason::Timeout)));
    // Nobody reads.
    let mut session = Session::selected(config());
    session.ask("c fetch 1 flags\r\n");
    let one = MessageNumber::new(1).unwrap();
    session.server.fetch_items(one, &[FetchItem::Rfc822Size(9)]).unwrap();
    session.server.accept().unwrap();
    assert!(session.server.poll(&mut session.inbox).is_ok());
    let timer = session.server.timers().iter().find(|timer| timer.kind == TimerKind::Progress);
    let timer = *timer.unwrap();
    assert_eq!(timer.after, Duration::from_secs(9));
    session.server.on_timeout(timer);
    assert!(session.go_on().ends_with(BYE));
    assert_eq!(session.error, Some(Error::Timeout));
}
