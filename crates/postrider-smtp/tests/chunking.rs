//! CHUNKING (RFC 3030) at the server: what is announced is taken off the stream, whatever becomes of
//! it.

use crate::common;

use common::{Sends, client, name, takes_mail};
use postrider_smtp::server::{self, Event, Server};
use postrider_smtp::{Limits, Reply};
use postrider_testkit::{Dialogue, Outcome, Role, Run, Scenario, embedder, laws};
use postrider_wire::dot::BareNewlines;
use postrider_wire::{AbortReason, Machine, Policy, Progress, Security, Side};

fn config() -> server::Config {
    server::Config::new(name("foo.com"), Security::StartTls(Policy::Never))
}

fn small() -> server::Config {
    config().with_limits(Limits::server().with_line(80).with_inbox(128).with_message(64))
}

fn role(event: &Event) -> Role {
    match event {
        Event::DataBegin => Role::Begin,
        Event::DataEnd => Role::End,
        Event::Aborted(_) => Role::Aborted,
        _ => Role::Other,
    }
}

fn scenario(config: server::Config) -> Scenario<Server> {
    let make = move || (Server::new(config.clone()), takes_mail());
    Scenario::new("chunks", make)
        .classify(role)
        .state_limit(12 * 1024)
        .debug()
        .tap(|server: &mut Server, tap| server.set_tap(tap))
}

const ENVELOPE: &str = "MAIL FROM:<a@bar.com>\r\nRCPT TO:<b@foo.com>\r\n";

/// What the server says behind the greeting and the reply to `HELO`.
fn answers(run: &Run<Server>) -> Vec<String> {
    let said = String::from_utf8(run.output().to_vec()).unwrap();
    said.lines().skip(2).map(String::from).collect()
}

fn codes(run: &Run<Server>) -> Vec<String> {
    answers(run).iter().map(|line| line.chars().take(9).collect()).collect()
}

fn aborted(run: &Run<Server>) -> Vec<AbortReason> {
    run.events()
        .filter_map(|e| if let Event::Aborted(why) = e { Some(*why) } else { None })
        .collect()
}

/// RFC 3030 §4.1. The 86 octets are as printed, each line with its CRLF.
const SIMPLE: &str = "\
S: 220 cnri.reston.va.us SMTP service ready
C: EHLO ymir.claremont.edu
S: 250-cnri.reston.va.us says hello
S: 250 CHUNKING
C: MAIL FROM:<Sam@Random.com>
S: 250 <Sam@Random.com> Sender ok
C: RCPT TO:<Susan@Random.com>
S: 250 <Susan@random.com> Recipient ok
C: BDAT 86 LAST
C: To: Susan@random.com
C: From: Sam@random.com
C: Subject: This is a bodyless test message
S: 250 Message OK, 86 octets received
C: QUIT
S: 221 Goodbye
";
const BODYLESS: &[u8] =
    b"To: Susan@random.com\r\nFrom: Sam@random.com\r\nSubject: This is a bodyless test message\r\n";

#[test]
fn the_simple_example_of_rfc_3030() {
    let sends = Sends::new("Sam@Random.com", &["Susan@Random.com"], &[BODYLESS]).in_chunks(1000);
    let client = postrider_smtp::client::Client::new(postrider_smtp::client::Config::new(
        name("ymir.claremont.edu"),
        Security::StartTls(Policy::Never),
    ));
    let dialogue = Dialogue::parse(SIMPLE);
    let run = dialogue.play(Side::Client, client, sends.boxed()).unwrap();
    assert_eq!(run.outcome(), &Outcome::Closed);
    let host = name("cnri.reston.va.us");
    let bare = server::Config::new(host, Security::StartTls(Policy::Never)).with_size(false);
    let bare = bare.with_pipelining(false).with_eight_bit_mime(false);
    let bare = bare.with_enhanced_status_codes(false);
    let server = (Server::new(bare), takes_mail());
    let run = dialogue.loosely().play(Side::Server, server.0, server.1).unwrap();
    assert_eq!((run.payload(), run.outcome()), (BODYLESS.to_vec(), &Outcome::Closed));
}

/// RFC 3030 §4.2 without `BINARYMIME`, which is not offered: two chunks and an empty last one, sent in
/// one go.
#[test]
fn the_pipelining_example_of_rfc_3030() {
    let (first, second) = ("x".repeat(99_998) + "\r\n", "y".repeat(322) + "\r\n");
    let group = format!("BDAT 100000\r\n{first}BDAT 324\r\n{second}BDAT 0 LAST\r\n");
    let run = scenario(config()).turn(format!("HELO b\r\n{ENVELOPE}")).turn(group).run();
    let printed = ["250 2.0.0 100000 octets received", "250 2.0.0 324 octets received"];
    assert_eq!(answers(&run)[2..4], printed);
    assert_eq!(answers(&run)[4..], ["250 2.0.0 OK"]);
    assert_eq!(run.payload(), (first + &second).into_bytes());
    let begun = run.events().filter(|event| **event == Event::DataBegin).count();
    let ended = run.events().filter(|event| **event == Event::DataEnd).count();
    assert_eq!((begun, ended), (1, 1), "one mail");
}

/// What is announced looks like commands; behind it stands `NOOP`.
const COMMANDS: &str = "QUIT\r\nRSET\r\nMAIL FROM:<evil@y>\r\n";

#[test]
fn octets_of_a_refused_chunk_never_become_commands() {
    let n = COMMANDS.len();
    let mail = "MAIL FROM:<a@bar.com>\r\n";
    let table: &[(&str, String, &str)] = &[
        ("before MAIL", String::new(), "503 5.5.1"),
        ("no recipient", mail.into(), "503 5.5.1"),
        ("only refused ones", format!("{mail}RCPT TO:<Green@foo.com>\r\n"), "554 5.5.1"),
        ("too large", format!("{ENVELOPE}BDAT 40\r\n{}", "x".repeat(40)), "552 5.3.4"),
        ("behind the last", format!("{ENVELOPE}BDAT 0 LAST\r\n"), "503 5.5.1"),
        ("behind a bare newline", format!("{ENVELOPE}BDAT 3\r\na\nb"), "503 5.5.1"),
    ];
    for (title, before, code) in table {
        for last in ["", " LAST"] {
            let lines = format!("HELO b\r\n{before}BDAT {n}{last}\r\n{COMMANDS}NOOP\r\n");
            let run = scenario(small()).turn(lines).held_open().run();
            let said = codes(&run);
            assert_eq!(said[said.len() - 2..], [*code, "250 2.0.0"], "{title}: {said:?}");
            assert!(!matches!(run.outcome(), Outcome::Closed), "{title}");
        }
    }
}

#[test]
fn where_chunks_are_not_offered_or_tls_is_due_they_are_swallowed_too() {
    let n = COMMANDS.len();
    let lines = format!("HELO b\r\n{ENVELOPE}BDAT {n} LAST\r\n{COMMANDS}NOOP\r\n");
    let run = scenario(small().with_chunking(false)).turn(lines).held_open().run();
    assert_eq!(codes(&run)[2..], ["502 5.5.1", "250 2.0.0"]);
    let tls = server::Config::new(name("foo.com"), Security::StartTls(Policy::Required));
    let run = scenario(tls).turn(format!("BDAT {n}\r\n{COMMANDS}NOOP\r\n")).held_open().run();
    let said = String::from_utf8(run.output().to_vec()).unwrap();
    let codes: Vec<_> = said.lines().skip(1).map(|line| &line[..9]).collect();
    assert_eq!(codes, ["530 5.7.0", "250 2.0.0"]);
}

/// "It will return a 250 reply code" only to what can be counted: behind anything else nobody knows
/// where the commands go on.
#[test]
fn a_size_that_cannot_be_counted_ends_the_session() {
    let endless = "0".repeat(3000);
    for size in [
        "",
        " ",
        " x",
        " -1",
        " +1",
        " 1.0",
        " 0x10",
        " 5 FIRST",
        " 5 LAST LAST",
        "5",
        " 5LAST",
        " 18446744073709551616",
        " 99999999999999999999999999",
        " 5\0",
        "\x01",
        &endless,
    ] {
        for before in ["", ENVELOPE, &format!("{ENVELOPE}BDAT 2\r\nHi")] {
            let lines = format!("HELO b\r\n{before}BDAT{size}\r\n{COMMANDS}NOOP\r\n");
            let run = scenario(config()).turn(lines).held_open().run();
            assert_eq!(codes(&run).last().unwrap(), "501 5.5.4", "{size:?}");
            assert_eq!(run.outcome(), &Outcome::Closed, "{size:?}");
            let begun = usize::from(before.contains("BDAT"));
            assert_eq!(aborted(&run), vec![AbortReason::Protocol; begun]);
        }
    }
}

#[test]
fn the_largest_size_that_can_be_counted_is_too_large_and_so_is_a_sum_of_two() {
    for size in ["18446744073709551615", "00000000000000000000000000065"] {
        let run = scenario(small())
            .turn(format!("HELO b\r\n{ENVELOPE}BDAT {size}\r\n"))
            .turn("x".repeat(65) + "NOOP\r\n")
            .held_open()
            .run();
        let refused = size.starts_with('0');
        assert_eq!(codes(&run)[2..].len(), if refused { 2 } else { 0 }, "swallows on");
    }
    let huge = u64::MAX;
    let lines = format!("HELO b\r\n{ENVELOPE}BDAT 2\r\nHiBDAT {huge}\r\nx");
    let run = scenario(small()).turn(lines).run();
    assert_eq!(aborted(&run), [AbortReason::TooLarge], "no overflow");
}

#[test]
fn a_mail_is_begun_once_and_ended_once_however_it_ends() {
    let begun = format!("HELO b\r\n{ENVELOPE}BDAT 4\r\nHi\r\n");
    let ends: &[(&str, AbortReason, &str)] = &[
        ("RSET\r\nNOOP\r\n", AbortReason::Withdrawn, "250 2.0.0"),
        ("EHLO b\r\nNOOP\r\n", AbortReason::Withdrawn, "250 2.0.0"),
        ("QUIT\r\n", AbortReason::Withdrawn, "221 2.0.0"),
        ("BDAT 3\r\na\rbNOOP\r\n", AbortReason::BareNewline, "250 2.0.0"),
        ("BDAT 3 LAST\r\na\n\0NOOP\r\n", AbortReason::BareNewline, "250 2.0.0"),
        ("BDAT 2 LAST\r\na\rNOOP\r\n", AbortReason::BareNewline, "250 2.0.0"),
        ("BDAT 61\r\n", AbortReason::TooLarge, "250 2.0.0"),
        ("BDAT 9\r\ncut", AbortReason::Eof, "250 2.0.0"),
        ("BDA", AbortReason::Eof, "250 2.0.0"),
        ("", AbortReason::Eof, "250 2.0.0"),
    ];
    for (end, why, code) in ends {
        let scenario = scenario(small()).turn(format!("{begun}{end}"));
        let run = scenario.run();
        assert_eq!(aborted(&run), [*why], "{end:?}");
        assert_eq!(codes(&run).last().unwrap(), code, "{end:?}");
        assert!(run.payload().starts_with(b"Hi\r\n"));
        assert!(!run.events().any(|event| matches!(event, Event::DataEnd | Event::Reset)));
        laws::all(&scenario);
    }
}

#[test]
fn data_and_bdat_do_not_mix_and_a_mail_goes_on_behind_what_does_not_belong_to_it() {
    let lines = format!(
        "HELO b\r\n{ENVELOPE}BDAT 2\r\naaDATA\r\nRCPT TO:<c@foo.com>\r\nMAIL FROM:<>\r\nNOOP\r\n\
         BDAT 4 LAST\r\nbb\r\n{ENVELOPE}DATA\r\nc\r\n.\r\nBDAT 0 LAST\r\n"
    );
    let scenario = scenario(small()).turn(lines);
    let run = scenario.run();
    let said = codes(&run);
    let chunks = ["250 2.0.0", "503 5.5.1", "503 5.5.1", "503 5.5.1", "250 2.0.0", "250 2.0.0"];
    assert_eq!(said[2..8], chunks);
    assert_eq!(said[10..], ["354 start", "250 2.0.0", "503 5.5.1"]);
    assert_eq!(run.payload(), b"aabb\r\nc\r\n");
    laws::all(&scenario);
}

/// RFC 3030 §2: "the receiver SMTP MUST be prepared to accept and discard additional BDAT chunks
/// already in the pipeline after the failed BDAT".
#[test]
fn chunks_in_the_pipeline_behind_a_refused_one_are_held_against_nobody() {
    let make = || {
        let on_event = |server: &mut Server, event: &Event| {
            let verdict = match event {
                Event::DataBegin => server.reject(Reply::new(451, "later").unwrap()),
                _ => server.accept(),
            };
            verdict.unwrap();
        };
        (Server::new(small()), embedder(on_event, |_: &mut Server| false))
    };
    let chunks = "BDAT 6\r\nQUIT\r\n".repeat(30);
    let lines = format!("HELO b\r\n{ENVELOPE}{chunks}BDAT 0 LAST\r\nRSET\r\n{ENVELOPE}");
    let scenario = Scenario::new("pipeline", make).turn(lines).held_open();
    let run = scenario.run();
    let said = codes(&run);
    assert_eq!(said[2], "451 4.0.0");
    assert!(said[3..33].iter().all(|code| code == "503 5.5.1"), "{said:?}");
    assert_eq!(said[33..], ["250 2.0.0", "250 2.1.0", "250 2.1.5"]);
    assert!(run.payload().is_empty());
    laws::cuts(&scenario);
    laws::flushing(&scenario);
    laws::end_of_input(&scenario);
}

#[test]
fn bare_newlines_in_chunks_are_kept_or_mended_as_in_data() {
    let octets = "a\nb\rc\0\r\n\r";
    for (policy, content) in [
        (BareNewlines::Keep, "a\nb\rc\0\r\n\r"),
        (BareNewlines::Normalize, "a\r\nb\r\nc\0\r\n\r\n"),
    ] {
        for first in 0..octets.len() {
            let (head, tail) = octets.split_at(first);
            let size = tail.len();
            let chunks = format!("BDAT {first}\r\n{head}BDAT {size} LAST\r\n{tail}");
            let lines = format!("HELO b\r\n{ENVELOPE}{chunks}QUIT\r\n");
            let scenario = scenario(small().with_bare_newlines(policy)).turn(lines);
            assert_eq!(scenario.run().payload(), content.as_bytes(), "{policy:?} {first}");
            laws::cuts(&scenario);
        }
    }
}

#[test]
fn a_discarded_mail_is_refused_with_its_chunk_or_the_next() {
    for between in [false, true] {
        let mut server = Server::new(config());
        let mut inbox = server.new_inbox();
        let first = if between { "BDAT 2\r\nHi" } else { "BDAT 9\r\nHi" };
        inbox.extend(format!("HELO b\r\n{ENVELOPE}{first}").as_bytes());
        loop {
            match server.poll(&mut inbox).unwrap() {
                Progress::Event(Event::Chunk(_)) => {}
                Progress::Event(_) => server.accept().unwrap(),
                _ => break,
            }
        }
        server.discard(Reply::new(554, "spam").unwrap()).unwrap();
        let aborted = Event::Aborted(AbortReason::Discarded);
        assert_eq!(server.poll(&mut inbox), Ok(Progress::Event(aborted)));
        let rest = if between { "BDAT 6 LAST\r\nQUIT\r\n" } else { "QUIT\r\n." };
        inbox.extend(format!("{rest}BDAT 6 LAST\r\nRSET\r\nNOOP\r\n").as_bytes());
        assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, app: false }));
        let said = bytes::Buf::chunk(server.outbox()).to_vec();
        let said = String::from_utf8(said).unwrap();
        let end = "554 5.0.0 spam\r\n503 5.5.1 bad sequence of commands\r\n250 2.0.0 OK\r\n";
        assert!(said.ends_with(end), "{between}: {said}");
    }
}

#[test]
fn both_machines_agree_on_chunks_over_any_pipe() {
    use postrider_testkit::{Pair, PairEnd};
    let mail = "Dear Bob\r\n.\r\n..and so on\r\n\r\n".repeat(300).into_bytes();
    for (capacity, chunk) in [(1, 4000), (7, 26), (4096, 1), (4096, 1 << 20)] {
        let mail = if chunk == 1 { mail[..200].to_vec() } else { mail.clone() };
        let expected = [&mail[..], b"no newline"].concat();
        let make = move || {
            let sends = Sends::new("a@bar.com", &["b@foo.com"], &[&mail, b"", b"no newline"]);
            (client(Policy::Never), sends.in_chunks(chunk).boxed())
        };
        let pair = Pair::new(make, || (Server::new(config()), takes_mail())).capacity(capacity);
        let pair = pair.jitter(std::time::Duration::from_millis(200));
        for seed in 0..5 {
            let run = pair.run(seed);
            assert_eq!(run.end, PairEnd::Finished);
            assert_eq!(
                (run.client.outcome(), run.server.outcome()),
                (&Outcome::Closed, &Outcome::Closed)
            );
            assert_eq!(run.server.payload(), expected);
            let ended = run.server.events().filter(|event| **event == Event::DataEnd).count();
            assert_eq!(ended, 3);
        }
    }
}
