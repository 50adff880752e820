//! The laws for the hardest uses of a client: IDLE, APPEND, COMPRESS, and servers that are careless.

mod common;

use std::collections::VecDeque;

use bytes::Bytes;
use common::{client_role, message};
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZFlush};
use postrider_imap::client::{Client, Config, Event};
use postrider_imap::{
    AppendMessage, Command, CommandName, Error, Fault, FetchAttribute, Limits, MailboxName, Misuse,
    Section, SequenceSet, StatusKind,
};
use postrider_testkit::{Embedder, Outcome, Run, Scenario, laws};
use postrider_wire::{Secret, Security, TlsInfo};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Do {
    Select,
    Fetch,
    Idle,
    Done,
    Compress,
    Append(&'static [&'static [u8]]),
    Abort,
    Logout,
}

/// Does one thing after the other, each when the one before it is completed. DONE follows IDLE when
/// the first EXISTS comes; payload is written when it is due.
struct Doer {
    todo: VecDeque<Do>,
    mails: &'static [&'static [u8]],
}

impl Doer {
    fn next(&mut self, client: &mut Client) {
        let Some(what) = self.todo.pop_front() else { return };
        let done = match what {
            Do::Select => client.select(MailboxName::inbox()).map(drop),
            Do::Fetch => {
                let attributes = FetchAttribute::peek(Section::all());
                client.fetch(SequenceSet::all(), attributes).map(drop)
            }
            Do::Idle => client.idle().map(drop),
            Do::Done => client.done(),
            Do::Compress => client.compress().map(drop),
            Do::Abort => client.abort(),
            Do::Append(mails) => {
                self.mails = mails;
                let messages = mails.iter().map(|mail| AppendMessage::new(mail.len() as u64));
                client.append(MailboxName::inbox(), messages.collect()).map(drop)
            }
            Do::Logout => client.logout().map(drop),
        };
        // A late embedder may have missed the end of the session.
        if done != Err(Misuse::NotNow.into()) && done != Err(Misuse::NothingPending.into()) {
            done.expect("allowed here");
        }
    }
}

impl Embedder<Client> for Doer {
    fn on_event(&mut self, client: &mut Client, event: &Event) {
        match event {
            Event::Ready | Event::Completed { .. } => self.next(client),
            Event::Exists(_) if self.todo.front() == Some(&Do::Done) => self.next(client),
            Event::AppendBegin { index, octets, .. } => {
                if self.todo.front() == Some(&Do::Abort) {
                    return self.next(client);
                }
                let mut mail = Bytes::from_static(self.mails[*index]);
                assert_eq!(mail.len() as u64, *octets);
                // Not due when the session ended while this embedder was away.
                if client.write_payload(&mut mail).is_ok() {
                    assert!(mail.is_empty(), "it fits into the outbox");
                    client.finish_payload().expect("whole");
                }
            }
            _ => {}
        }
    }
}

fn config() -> Config {
    Config::new(Security::Implicit(TlsInfo::new()))
}

fn scenario(name: &str, offers: &str, todo: &[Do]) -> Scenario<Client> {
    with(config, name, offers, todo)
}

fn with(config: fn() -> Config, name: &str, offers: &str, todo: &[Do]) -> Scenario<Client> {
    let todo: VecDeque<Do> = todo.iter().copied().collect();
    let make = move || {
        let doer = Doer { todo: todo.clone(), mails: &[] };
        (Client::new(config()), Box::new(doer) as Box<dyn Embedder<Client>>)
    };
    Scenario::new(name, make)
        .classify(client_role)
        .debug()
        .tap(Client::set_tap)
        .turn(format!("* PREAUTH [CAPABILITY IMAP4rev1 {offers}] hi\r\n"))
}

fn said(run: &Run<Client>) -> String {
    String::from_utf8_lossy(run.output()).into_owned()
}

/// How every command ended: `Some` as the server said, `None` when that was lost.
fn outcomes(run: &Run<Client>) -> Vec<(CommandName, Option<StatusKind>)> {
    let outcome = |event: &Event| match event {
        Event::Completed { command, status, .. } => Some((*command, Some(status.kind))),
        Event::Lost { command, .. } => Some((*command, None)),
        _ => None,
    };
    run.events().filter_map(outcome).collect()
}

const OK: Option<StatusKind> = Some(StatusKind::Ok);
const NO: Option<StatusKind> = Some(StatusKind::No);

// --- careless servers ---

#[test]
fn what_is_malformed_or_too_long_harms_nothing_around_it() {
    let small = || config().with_limits(Limits::new().with_unit(512, 512));
    let long = "y".repeat(700);
    let session = with(small, "careless", "", &[Do::Select, Do::Fetch])
        .turn("a001 OK [READ-WRITE] done\r\n")
        .turn(format!(
            "* 1 FETCH (BODY[] {{3}}\r\none X \"{long}\" UID 1)\r\n\
             what is this?\r\n\
             * 2 FETCH (X ({long} {{2}}\r\n)) \"a\\\"\") BODY[] {{3}}\r\ntwo)\r\n\
             * LIST {long} {{4}}\r\n\r\n(\r\n* 3 EXISTS\r\n\
             * 3 FETCH (ENVELOPE (((\r\n* 3 FETCH (BODY[] {{5}}\r\nthree)\r\na002 OK done\r\n"
        ));
    let run = session.run();
    assert_eq!(run.payload(), b"onetwothree");
    assert_eq!(outcomes(&run), [(CommandName::Select, OK), (CommandName::Fetch, OK)]);
    let long: Vec<_> = run
        .events()
        .filter_map(|event| match event {
            Event::TooLong { message, .. } => Some(*message),
            _ => None,
        })
        .collect();
    assert_eq!(long, [Some(message(1)), Some(message(2)), None]);
    assert!(run.events().any(|event| *event == Event::Unparsed(Bytes::from("what is this?"))));
    assert!(run.events().any(|event| *event == Event::Exists(3)));
    laws::all(&session);
}

// --- IDLE ---

#[test]
fn idle_tells_what_is_new_until_done() {
    let session = scenario("idle", "IDLE", &[Do::Idle, Do::Done, Do::Logout])
        .turn("* 3 EXISTS\r\n+ idling\r\n* 1 EXPUNGE\r\n")
        .turn("a001 OK done\r\n")
        .turn("* BYE bye\r\na002 OK bye\r\n");
    let run = session.run();
    // DONE was wished for before the server agreed.
    assert_eq!(said(&run), "a001 IDLE\r\nDONE\r\na002 LOGOUT\r\n");
    assert!(!run.events().any(|event| *event == Event::IdleBegun));
    laws::all(&session);

    let session = scenario("idle", "IDLE", &[Do::Idle, Do::Done, Do::Logout])
        .turn("+ idling\r\n")
        .turn("* 2 RECENT\r\n* 4 EXISTS\r\n")
        .turn("a001 OK done\r\n");
    let run = session.run();
    assert_eq!(run.events().filter(|event| **event == Event::IdleBegun).count(), 1);
    assert_eq!(outcomes(&run), [(CommandName::Idle, OK), (CommandName::Logout, None)]);
    laws::all(&session);
}

#[test]
fn idle_ends_with_one_outcome_when_it_is_refused_or_the_server_leaves() {
    let refused = scenario("refused", "IDLE", &[Do::Idle]).turn("a001 NO no\r\n");
    assert_eq!(outcomes(&refused.run()), [(CommandName::Idle, NO)]);
    let left = scenario("bye", "IDLE", &[Do::Idle]).turn("+ go\r\n* BYE too long\r\n");
    assert_eq!(outcomes(&left.run()), [(CommandName::Idle, None)]);
    let cut = scenario("cut", "IDLE", &[Do::Idle]).turn("+ go\r\n* 1 EXIS");
    assert_eq!(outcomes(&cut.run()), [(CommandName::Idle, None)]);
    let silent = scenario("silent", "IDLE", &[Do::Idle]).turn("+ go\r\n").held_open();
    for session in [refused, left, cut, silent] {
        laws::all(&session);
    }
}

// --- APPEND ---

#[test]
fn append_waits_for_permission_unless_none_is_needed() {
    let session = scenario("synchronising", "", &[Do::Append(&[b"Hello\r\n"])])
        .turn("* 5 EXISTS\r\n* OK [ALERT] full soon\r\n+ go\r\n")
        .turn("* 6 EXISTS\r\na001 OK [APPENDUID 38505 3955] done\r\n");
    let run = session.run();
    assert_eq!(said(&run), "a001 APPEND INBOX {7}\r\nHello\r\n\r\n");
    assert_eq!(outcomes(&run), [(CommandName::Append, OK)]);
    laws::all(&session);

    for offer in ["LITERAL+", "LITERAL-"] {
        let session = scenario(offer, offer, &[Do::Append(&[b"Hello\r\n"])])
            .turn("* 6 EXISTS\r\na001 OK done\r\n");
        assert_eq!(said(&session.run()), "a001 APPEND INBOX {7+}\r\nHello\r\n\r\n");
        laws::all(&session);
    }
}

#[test]
fn ten_messages_are_one_command_where_the_server_offers_that() {
    const TEN: &[&[u8]] = &[b"1", b"22", b"3", b"4", b"", b"6", b"7", b"8", b"9", b"ten"];
    let session =
        scenario("ten", "LITERAL+ MULTIAPPEND", &[Do::Append(TEN)]).turn("a001 OK done\r\n");
    assert_eq!(
        said(&session.run()),
        "a001 APPEND INBOX {1+}\r\n1 {2+}\r\n22 {1+}\r\n3 {1+}\r\n4 {0+}\r\n {1+}\r\n6 {1+}\r\n7 \
         {1+}\r\n8 {1+}\r\n9 {3+}\r\nten\r\n"
    );
    laws::all(&session);
    let mut session = scenario("ten waits", "MULTIAPPEND", &[Do::Append(TEN)]);
    for _ in TEN {
        session = session.turn("+ go\r\n");
    }
    let session = session.turn("a001 OK done\r\n");
    assert_eq!(outcomes(&session.run()), [(CommandName::Append, OK)]);
    laws::all(&session);
}

#[test]
fn a_refused_append_has_one_outcome_and_sends_no_octet_in_vain() {
    let early = scenario("early", "", &[Do::Append(&[b"Hello"]), Do::Logout])
        .turn("* OK [ALERT] full\r\na001 NO [TRYCREATE] no\r\n");
    let run = early.run();
    assert_eq!(said(&run), "a001 APPEND INBOX {5}\r\na002 LOGOUT\r\n");
    let bye = scenario("bye", "", &[Do::Append(&[b"Hello"])]).turn("+ go\r\n* BYE full\r\n");
    assert_eq!(outcomes(&bye.run()), [(CommandName::Append, None)]);
    let abort = scenario("abort", "", &[Do::Append(&[b"Hello"]), Do::Abort]).turn("+ go\r\n");
    let run = abort.run();
    assert_eq!(outcomes(&run), [(CommandName::Append, None)]);
    assert_eq!(run.outcome(), &Outcome::Closed);
    for session in [early, bye, abort] {
        laws::all(&session);
    }
}

// --- COMPRESS ---

/// One stream of DEFLATE, in pieces that can each be read whole.
fn deflated(plain: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut deflater = CompressorOxide::new(create_comp_flags_from_zip_params(6, -15, 0));
    let piece = |plain: &&[u8]| {
        let mut out = Vec::new();
        compress_to_output(&mut deflater, plain, TDEFLFlush::Sync, |ready| {
            out.extend_from_slice(ready);
            true
        });
        out
    };
    plain.iter().map(piece).collect()
}

/// What a server reads: behind the command, what was compressed.
fn read(output: &[u8]) -> Vec<u8> {
    const LINE: &[u8] = b"COMPRESS DEFLATE\r\n";
    let Some(at) = output.windows(LINE.len()).position(|window| window == LINE) else {
        return output.to_vec();
    };
    let (plain, wire) = output.split_at(at + LINE.len());
    let mut all = plain.to_vec();
    let mut state = InflateState::new_boxed(DataFormat::Raw);
    let mut room = vec![0; 1 << 16];
    let made = inflate(&mut state, wire, &mut room, MZFlush::None);
    all.extend_from_slice(&room[..made.bytes_written]);
    all
}

#[test]
fn a_compressed_session_is_a_session() {
    let offers = "IDLE LITERAL+ COMPRESS=DEFLATE";
    let append = Do::Append(&[b"Hello"]);
    let todo = [Do::Compress, Do::Select, Do::Fetch, append, Do::Idle, Do::Done, Do::Logout];
    let turns = deflated(&[
        b"* OK from here on compressed\r\n",
        b"* 9 EXISTS\r\na002 OK done\r\n",
        b"* 1 FETCH (BODY[] {5}\r\nHello UID 1)\r\na003 OK done\r\n",
        b"* 10 EXISTS\r\na004 OK done\r\n",
        b"+ idling\r\n",
        b"* 11 EXISTS\r\n",
        b"a005 OK done\r\n",
        b"* BYE bye\r\na006 OK done\r\n",
    ]);
    // The first compressed octets come in one breath with the answer that turns it on.
    let mut session = scenario("compressed", offers, &todo)
        .read_output(read)
        .turn([b"a001 OK active\r\n", &turns[0][..]].concat());
    for turn in &turns[1..] {
        session = session.turn(turn.clone());
    }
    let run = session.run();
    assert_eq!(
        said(&run),
        "a001 COMPRESS DEFLATE\r\na002 SELECT INBOX\r\na003 FETCH 1:* BODY.PEEK[]\r\n\
         a004 APPEND INBOX {5+}\r\nHello\r\na005 IDLE\r\nDONE\r\na006 LOGOUT\r\n"
    );
    assert_eq!(run.payload(), b"Hello");
    assert_eq!(run.outcome(), &Outcome::Closed);
    assert_eq!(outcomes(&run).len(), 6);
    laws::all(&session.state_limit(1 << 20));
}

#[test]
fn a_corrupt_or_explosive_stream_ends_or_is_read_in_bounded_memory() {
    let corrupt = scenario("corrupt", "COMPRESS=DEFLATE", &[Do::Compress, Do::Select])
        .read_output(read)
        .turn(
            [&b"a001 OK active\r\n"[..], &deflated(&[b"* 9 EXISTS\r\n"])[0], &[0xff; 4]].concat(),
        );
    let run = corrupt.run();
    let fault =
        matches!(run.outcome(), Outcome::Failed(Error::Protocol { fault: Fault::Compression, .. }));
    assert!(fault, "{:?}", run.outcome());
    assert!(run.events().any(|event| *event == Event::Exists(9)));
    laws::all(&corrupt.state_limit(1 << 20));

    let bomb = format!("* LIST {}\r\n* 7 EXISTS\r\n", "x".repeat(16 << 20));
    let bomb = scenario("bomb", "COMPRESS=DEFLATE", &[Do::Compress])
        .read_output(read)
        .turn([&b"a001 OK active\r\n"[..], &deflated(&[bomb.as_bytes()])[0]].concat());
    let run = bomb.run();
    assert!(run.events().any(|event| *event == Event::Exists(7)));
    laws::memory(&bomb.state_limit(1 << 20));
}

// --- every method in every state ---

#[test]
fn a_method_that_may_not_be_called_now_is_misuse_and_sends_nothing() {
    use postrider_wire::{Machine, Progress};
    let turns: [&[u8]; 4] = [b"", b"* PREAUTH [CAPABILITY IDLE] hi\r\n", b"+ go\r\n", b"* BYE\r\n"];
    let mut client = Client::new(config());
    let mut inbox = client.new_inbox();
    for (at, turn) in turns.into_iter().enumerate() {
        inbox.extend(turn);
        while let Ok(Progress::Event(_)) = client.poll(&mut inbox) {}
        if at == 1 {
            client.idle().unwrap();
        }
        let before = client.outbox().len();
        let not_now = Error::Misuse(Misuse::NotNow);
        let nothing = Error::Misuse(Misuse::NothingPending);
        assert_eq!(client.write_payload(&mut Bytes::from_static(b"x")), Err(nothing));
        assert_eq!(client.finish_payload(), Err(nothing));
        assert_eq!(client.abort(), Err(nothing));
        assert_eq!(client.token(Secret::new(String::new())), Err(nothing));
        // No mailbox is selected, nor will be.
        assert_eq!(client.fetch(SequenceSet::all(), FetchAttribute::Flags), Err(not_now));
        assert_eq!(client.send(Command::StartTls), Err(not_now));
        client.discard();
        client.decline();
        if at == 0 || at == 3 {
            assert_eq!(client.noop(), Err(not_now));
            let mails = vec![AppendMessage::new(1)];
            assert_eq!(client.append(MailboxName::inbox(), mails), Err(not_now));
            assert_eq!(client.select(MailboxName::inbox()), Err(not_now));
            assert!(client.idle().is_err() && client.compress().is_err());
            assert_eq!(client.done(), Err(not_now));
        }
        assert_eq!(client.outbox().len(), before);
    }
}

#[test]
fn idle_is_renewed_unseen_and_the_server_may_talk_meanwhile() {
    use bytes::Buf;
    use postrider_wire::{Machine, Progress, TimerKind};
    let mut client = Client::new(config());
    let mut inbox = client.new_inbox();
    let mut events = Vec::new();
    let mut poll = |client: &mut Client, octets: &[u8]| {
        inbox.extend(octets);
        while let Ok(Progress::Event(event)) = client.poll(&mut inbox) {
            events.push(event);
        }
        let n = client.outbox().len();
        String::from_utf8(client.outbox().copy_to_bytes(n).to_vec()).unwrap()
    };
    poll(&mut client, b"* PREAUTH [CAPABILITY IDLE] hi\r\n");
    client.idle().unwrap();
    assert_eq!(poll(&mut client, b""), "a001 IDLE\r\n");
    poll(&mut client, b"+ go\r\n");
    let [timer] = client.timers() else { panic!("{:?}", client.timers()) };
    // RFC 2177 §3: "re-issue it at least every 29 minutes".
    assert_eq!((timer.kind, timer.after.as_secs()), (TimerKind::Renewal, 29 * 60));
    let timer = *timer;
    client.on_timeout(timer);
    assert_eq!(poll(&mut client, b"* 3 EXI"), "DONE\r\n");
    assert_eq!(poll(&mut client, b"STS\r\na001 OK done\r\n"), "a002 IDLE\r\n");
    assert_eq!(poll(&mut client, b"+ go\r\n* 4 EXISTS\r\n"), "");
    client.on_timeout(timer);
    assert_eq!(poll(&mut client, b""), "", "that timer is stale");
    client.done().unwrap();
    assert_eq!(client.done(), Err(Error::Misuse(Misuse::NotNow)));
    assert_eq!(poll(&mut client, b"a002 OK done\r\n"), "DONE\r\n");
    let count = |wanted: fn(&Event) -> bool| events.iter().filter(|event| wanted(event)).count();
    assert_eq!(count(|event| *event == Event::IdleBegun), 1);
    assert_eq!(count(|event| matches!(event, Event::Completed { .. })), 1);
    assert_eq!(count(|event| matches!(event, Event::Exists(3 | 4))), 2);
    assert!(client.timers().is_empty());
}
