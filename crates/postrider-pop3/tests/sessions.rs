//! The sessions that RFC 1939 and RFC 2449 print, through both machines.

mod common;

use common::{Do, Host, client_config, fetcher, server_config};
use postrider_pop3::client::{Client, Event};
use postrider_pop3::server::Server;
use postrider_pop3::{Keyword, State};
use postrider_testkit::{Dialogue, Outcome, read_shared};
use postrider_wire::Side;

/// 120 octets, with a line that is dot-stuffed on the wire.
const ONE: &[u8] = b"Subject: one\r\n\r\n.dotted\r\n\
    ..........................................................................\r\nabcdefghijklmno\r\n\r\n";
/// 200 octets.
const TWO: &[u8] = b"Subject: two\r\n\r\n\
    ------------------------------------------------------------------------------\r\n\
    ------------------------------------------------------------------------------\r\n\
    0123456789012345678901\r\n";

/// A message as the printed sessions stand for it: dots doubled, without its last CRLF.
fn stuffed(mail: &[u8]) -> String {
    let text = std::str::from_utf8(mail).unwrap().strip_suffix("\r\n").unwrap();
    let lines = text.split("\r\n").map(|line| match line.strip_prefix('.') {
        Some(rest) => format!("S: ..{rest}"),
        None => format!("S: {line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The text of a printed session, its stage directions left out and its messages written in.
fn printed(path: &str) -> Option<String> {
    let Some(octets) = read_shared(&format!("vectors/rfc-sessions/{path}")) else {
        eprintln!("skipped: no {path}");
        return None;
    };
    let text = String::from_utf8(octets).unwrap();
    let direction =
        |line: &&str| line.starts_with('#') || line.contains(" connection") || line.trim() == "...";
    let lines = text.lines().filter(|line| !direction(line)).map(|line| {
        let (speaker, said) = line.split_at(2);
        match (said.trim(), speaker) {
            (
                "<the POP3 server sends message 1>"
                | "<the POP3 server sends the entire message here>",
                _,
            ) => stuffed(ONE),
            ("<the POP3 server sends message 2>", _) => stuffed(TWO),
            (said, _) => format!("{speaker} {said}"),
        }
    });
    Some(lines.collect::<Vec<_>>().join("\n"))
}

const LOGIN: &str = "C: USER mrose\nS: +OK\nC: PASS tanstaaf\n\
                     S: +OK mrose's maildrop has 2 messages (320 octets)\n";
const GREETING: &str = "S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\n";

fn dewey() -> Server {
    let config = server_config()
        .with_name("dewey POP3 server")
        .and_then(|config| {
            config.with_greeting("POP3 server ready <1896.697170952@dbc.mtview.ca.us>")
        })
        .and_then(|config| config.with_implementation("Shlemazle-Plotz-v302"));
    Server::new(config.unwrap())
}

/// RFC 1939 §10, with the login of §7 in the place of `APOP`.
fn section_10() -> Option<String> {
    let text = printed("rfc1939-17.txt")?;
    let (before, after) = text.split_once("C: APOP").unwrap();
    let (_, after) = after.split_once("(320 octets)\n").unwrap();
    Some(format!("{before}{LOGIN}{after}"))
}

#[test]
fn the_server_speaks_the_session_of_rfc_1939_section_10() {
    let Some(text) = section_10() else { return };
    let run = Dialogue::parse(&text).play(Side::Server, dewey(), Host::boxed(&[ONE, TWO])).unwrap();
    assert_eq!(run.outcome(), &Outcome::Closed);
    assert_eq!(run.events().count(), 4, "a login, two retrievals, a commit");
}

#[test]
fn the_client_speaks_the_session_of_rfc_1939_section_10() {
    let Some(text) = section_10() else { return };
    let list = &[
        Do::Login("mrose", "tanstaaf"),
        Do::Stat,
        Do::List(None),
        Do::Retr(1),
        Do::Dele(1),
        Do::Retr(2),
        Do::Dele(2),
        Do::Quit,
    ];
    let client = Client::new(client_config());
    let run = Dialogue::parse(&text).play(Side::Client, client, fetcher(list)).unwrap();
    assert_eq!(run.outcome(), &Outcome::Closed);
    assert_eq!(run.payload(), [ONE, TWO].concat());
    let declared = run.events().filter_map(|event| match event {
        Event::RetrieveBegin { declared, .. } => *declared,
        _ => None,
    });
    assert_eq!(declared.collect::<Vec<_>>(), [120, 200]);
}

/// `QUIT` in the place of what the example goes on with, so that the session ends.
fn play_on_server(example: &str) {
    let end = "C: QUIT\nS: +OK dewey POP3 server signing off (2 messages left)\n";
    let text = format!("{GREETING}{LOGIN}{example}\n{end}");
    let run = Dialogue::parse(&text).play(Side::Server, dewey(), Host::boxed(&[ONE, TWO]));
    let run = run.unwrap_or_else(|mismatch| panic!("{example}: {mismatch}"));
    assert_eq!(run.outcome(), &Outcome::Closed);
}

#[test]
fn the_server_speaks_the_examples_of_the_transaction_state() {
    for n in [2, 3, 4, 5, 6, 8, 9] {
        let Some(text) = printed(&format!("rfc1939-{n:02}.txt")) else { return };
        play_on_server(&text);
    }
}

/// The text of the reply is that of the possible responses of RFC 1939 §7, and of the second mail ten
/// lines are all there is.
#[test]
fn the_server_and_the_client_speak_the_examples_of_top() {
    let Some(text) = printed("rfc1939-11.txt") else { return };
    let (first, rest) = text.split_once("S: <the POP3 server sends the headers of the").unwrap();
    let (_, rest) = rest.split_once("of the body of the message>\n").unwrap();
    // "careful to byte-stuff the termination character (as with all multi-line responses)"
    let (first, rest) = (first.replace("TOP 1 10", "TOP 2 10"), rest);
    let text = format!("{first}{}\n{rest}", stuffed(TWO));
    let client = Client::new(client_config());
    let list = [Do::Login("mrose", "tanstaaf"), Do::Top(2, 10), Do::Top(100, 3)];
    let dialogue = Dialogue::parse(&format!("{GREETING}{LOGIN}{text}\n"));
    let run = dialogue.play(Side::Client, client, fetcher(&list)).unwrap();
    assert_eq!(run.payload(), TWO);
    let text = text.replace("S: +OK\n", "S: +OK top of message follows\n");
    play_on_server(
        &text.replace("-ERR no such message", "-ERR no such message, only 2 messages in maildrop"),
    );
}

#[test]
fn the_server_speaks_the_examples_of_dele_and_both_ways_to_quit() {
    let (Some(dele), Some(quit), Some(first)) =
        (printed("rfc1939-07.txt"), printed("rfc1939-10.txt"), printed("rfc1939-01.txt"))
    else {
        return;
    };
    let play = |text: &str, mails: &[&'static [u8]]| {
        Dialogue::parse(text).play(Side::Server, dewey(), Host::boxed(mails)).unwrap()
    };
    // DELE 2 is refused because it was deleted already.
    let text = dele.replace("C: DELE 2", "C: DELE 2\nS: +OK message 2 deleted\nC: DELE 2");
    let (empty, left) = quit.split_once("(maildrop empty)\n").unwrap();
    play(&format!("{GREETING}{LOGIN}{text}\n{empty}(maildrop empty)\n"), &[ONE, TWO]);
    play(&format!("{GREETING}{LOGIN}{left}\n"), &[ONE, TWO]);
    play(&format!("{GREETING}{first}\n"), &[]);
}

/// The unique-ids are those of the host of these tests; the shape is that of the RFC.
#[test]
fn the_server_speaks_the_examples_of_uidl() {
    let Some(text) = printed("rfc1939-12.txt") else { return };
    let text = text.replace("whqtswO00WBw418f9t5JxYwZ", "uid-0");
    play_on_server(&text.replace("QhdPYR:00WBw1Ph7x7", "uid-1"));
}

/// RFC 1939 §7: the texts of `USER` and the lock are the embedder's, or none.
#[test]
fn the_server_speaks_the_examples_of_user_and_pass() {
    let (Some(locked), Some(open)) = (printed("rfc1939-14.txt"), printed("rfc1939-15.txt")) else {
        return;
    };
    let plain = |text: &str| {
        text.replace("+OK mrose is a real hoopy frood", "+OK")
            .replace("PASS secret", "PASS tanstaaf")
    };
    let locked = plain(&locked).replace("USER mrose", "USER locked").replace(
        "-ERR maildrop already locked",
        // RFC 2449 §8, the second example, behind another command.
        "-ERR [IN-USE] Do you have another POP session running?",
    );
    let text = format!("{GREETING}{locked}\n{}\n", plain(&open));
    let run = Dialogue::parse(&text).play(Side::Server, dewey(), Host::boxed(&[ONE, TWO])).unwrap();
    assert!(matches!(run.outcome(), Outcome::Waiting { input: true, app: false, .. }));
}

#[test]
fn the_client_reads_the_capabilities_of_rfc_2449_section_5() {
    let Some(text) = printed("rfc2449-01.txt") else { return };
    let text = format!("{GREETING}{text}\n");
    let client = Client::new(client_config());
    let run = Dialogue::parse(&text).play(Side::Client, client, fetcher(&[Do::Capa])).unwrap();
    let Some(Event::Capabilities(capabilities)) = run.events().last() else {
        panic!("{:?}", run.told());
    };
    assert_eq!(capabilities.len(), 9);
    let sasl = capabilities.find("sasl").unwrap();
    assert_eq!(sasl.params().collect::<Vec<_>>(), ["CRAM-MD5", "KERBEROS_V4"]);
    assert_eq!(capabilities.find("EXPIRE").unwrap().params().next(), Some("60"));
    assert!(capabilities.has("PIPELINING") && !capabilities.has("STLS"));
}

#[test]
fn the_client_speaks_the_examples_of_the_transaction_state() {
    let cases: [(&[u8], &[Do]); 8] = [
        (b"02", &[Do::Stat]),
        (b"03", &[Do::List(None)]),
        (b"04", &[Do::List(Some(2))]),
        (b"05", &[Do::List(Some(3))]),
        (b"06", &[Do::Retr(1)]),
        (b"08", &[Do::Noop]),
        (b"09", &[Do::Rset]),
        (b"12", &[Do::Uidl(None), Do::Uidl(Some(2)), Do::Uidl(Some(3))]),
    ];
    for (n, list) in cases {
        let n = std::str::from_utf8(n).unwrap();
        let Some(text) = printed(&format!("rfc1939-{n}.txt")) else { return };
        let text = format!("{GREETING}{LOGIN}{text}\n");
        let list = [&[Do::Login("mrose", "tanstaaf")], list].concat();
        let run = Dialogue::parse(&text)
            .play(Side::Client, Client::new(client_config()), fetcher(&list))
            .unwrap_or_else(|mismatch| panic!("{n}: {mismatch}"));
        assert!(matches!(run.outcome(), Outcome::Waiting { input: true, app: true, .. }), "{n}");
        let refused = run.events().any(|event| matches!(event, Event::Refused { .. }));
        assert_eq!(refused, text.contains("-ERR"), "{n}");
    }
}

#[test]
fn a_response_code_is_told_apart_from_its_text() {
    let text = format!(
        "{GREETING}C: USER mrose\nS: +OK\nC: PASS tanstaaf\n\
         S: -ERR [in-use] Do you have another POP session running?\n"
    );
    let list = &[Do::Login("mrose", "tanstaaf")];
    let run = Dialogue::parse(&text)
        .play(Side::Client, Client::new(client_config()), fetcher(list))
        .unwrap();
    let Some(Event::Refused { command: Keyword::Pass, reply, .. }) = run.events().last() else {
        panic!("{:?}", run.told());
    };
    assert_eq!(reply.code(), Some(&postrider_pop3::ResponseCode::InUse));
    assert_eq!(reply.text(), "Do you have another POP session running?");
}

/// The transcript of a Dovecot, as far as this client speaks.
#[test]
fn the_client_understands_what_dovecot_says() {
    let text = "S: +OK Dovecot (Debian) ready. <6da.3.6b04542c.g40MJFt142WfOnHLM5wJsA==@vm>\n\
        C: CAPA\nS: +OK\nS: CAPA\nS: TOP\nS: UIDL\nS: RESP-CODES\nS: AUTH-RESP-CODE\nS: STLS\nS: .\n\
        C: USER bob\nS: +OK\nC: PASS wrong\nS: -ERR [AUTH] Authentication failed.\n\
        C: USER bob\nS: +OK\nC: PASS builder\nS: +OK Logged in.\n\
        C: STAT\nS: +OK 118 60462\nC: LIST\nS: +OK 118 messages:\nS: 1 632\nS: .\n\
        C: QUIT\nS: +OK Logging out.\n";
    let list = &[
        Do::Capa,
        Do::Login("bob", "wrong"),
        Do::Login("bob", "builder"),
        Do::Stat,
        Do::List(None),
        Do::Quit,
    ];
    let client = Client::new(client_config());
    assert_eq!(client.state(), State::Authorization);
    let run = Dialogue::parse(text).play(Side::Client, client, fetcher(list)).unwrap();
    assert_eq!(run.outcome(), &Outcome::Closed);
}
