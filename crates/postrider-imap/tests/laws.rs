//! The laws of the machine contract, for both machines.

mod common;

use common::{Guest, Host, client_role};
use postrider_imap::client::{self, Client};
use postrider_imap::server::{self, Server};
use postrider_imap::{Limits, SequenceSet};
use postrider_testkit::{Declines, Scenario, laws};
use postrider_wire::{ClearTextLogin, Policy, Security, TlsInfo};

fn clear_server() -> server::Config {
    server::Config::new(Security::StartTls(Policy::Never))
        .with_clear_text_login(ClearTextLogin::Allow)
}

fn server(name: &str, config: impl Fn() -> server::Config + 'static) -> Scenario<Server> {
    Scenario::new(name, move || (Server::new(config()), Box::new(Host::default())))
        .debug()
        .tap(Server::set_tap)
}

fn clear_client() -> client::Config {
    client::Config::new(Security::StartTls(Policy::Never))
        .with_clear_text_login(ClearTextLogin::Allow)
}

fn client(
    name: &str,
    config: impl Fn() -> client::Config + 'static,
    wants: fn() -> Guest,
) -> Scenario<Client> {
    Scenario::new(name, move || (Client::new(config()), Box::new(wants())))
        .classify(client_role)
        .debug()
        .tap(Client::set_tap)
}

#[test]
fn a_server_keeps_the_laws_in_a_whole_session() {
    let session = server("session", clear_server)
        .secret(b"pa55word")
        .turn("a login mrc pa55word\r\n")
        .turn("b select inbox\r\n")
        .turn("c fetch 1:* (flags body[])\r\nd store 1 +flags.silent (\\Seen)\r\n")
        .turn("e noop\r\nf logout\r\n");
    let run = session.run();
    let output = String::from_utf8_lossy(run.output()).into_owned();
    assert!(
        output.contains("* 2 FETCH (FLAGS (\\Seen) BODY[] {16}\r\nSubject: two\r\n\r\n)\r\n"),
        "{output}"
    );
    assert!(output.ends_with("f OK LOGOUT completed\r\n"), "{output}");
    laws::all(&session);
}

#[test]
fn a_server_keeps_the_laws_when_a_login_comes_in_literals() {
    let session = server("literals", clear_server)
        .secret(b"fat man")
        .turn("A001 LOGIN {11}\r\n")
        .turn("FRED FOOBAR {7}\r\n")
        .turn("fat man\r\n")
        .turn("A044 BLURDYBLOOP {102856}\r\n")
        .turn("A045 LOGOUT\r\n");
    let run = session.run();
    let output = String::from_utf8_lossy(run.output()).into_owned();
    assert!(output.contains("+ go ahead\r\nA001 OK [CAPABILITY IMAP4rev1 LITERAL+] logged in\r\n"));
    assert!(output.contains("A044 BAD unknown command\r\nA045") || output.contains("A044 BAD"));
    laws::all(&session);
}

#[test]
fn a_server_keeps_the_laws_under_hostile_input() {
    let config = || clear_server().with_limits(Limits::new().with_unit(600, 600));
    let long = "x".repeat(700);
    let hostile = server("hostile", config)
        .secret(b"hunter2")
        .turn(format!("{long}\r\na login {long} hunter2\r\n"))
        .turn("\r\n*\r\n a noop\r\na\r\n\0\r\na login mrc {4294967295}\r\n")
        .turn("b login {5+}\r\nhunte {7+}\r\nhunter2\r\n")
        .turn("c  login mrc hunter2\r\nd fetch 1 full\r\n");
    laws::all(&hostile);
}

#[test]
fn a_server_keeps_the_laws_across_starttls() {
    let config = || server::Config::new(Security::StartTls(Policy::Required));
    let session = server("starttls", config)
        .secret(b"pa55word")
        .turn("a capability\r\n")
        .turn("b login mrc pa55word\r\n")
        .turn("c starttls\r\n")
        .turn("d login mrc pa55word\r\ne select inbox\r\nf logout\r\n");
    let run = session.run();
    let output = String::from_utf8_lossy(run.output()).into_owned();
    assert!(
        output.contains("* CAPABILITY IMAP4rev1 LITERAL+ STARTTLS LOGINDISABLED\r\n"),
        "{output}"
    );
    assert!(output.contains("b NO [PRIVACYREQUIRED]"), "{output}");
    assert!(output.contains("d OK [CAPABILITY IMAP4rev1 LITERAL+] logged in\r\n"), "{output}");
    laws::all(&session);
}

#[test]
fn a_server_keeps_the_laws_when_everything_is_declined() {
    let session = Scenario::new("declined", || (Server::new(clear_server()), Box::new(Declines)))
        .turn("a login mrc secret\r\nb noop\r\nc select inbox\r\nd logout\r\n");
    laws::all(&session);
}

#[test]
fn a_client_keeps_the_laws_in_a_whole_session() {
    let wants = || Guest::new("mrc", "pa55word", SequenceSet::all());
    let session = client("session", clear_client, wants)
        .secret(b"pa55word")
        .turn("* OK IMAP4rev1 Service Ready\r\n")
        .turn("a001 OK LOGIN completed\r\n")
        .turn("* 2 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UNSEEN 2] x{3}\r\na002 OK [READ-WRITE] done\r\n")
        .turn(
            "* 1 FETCH (FLAGS (\\Seen) BODY[] {5}\r\nHello UID 7)\r\n\
             * 2 FETCH (BODY[] \"a\\\"b\" BODY[TEXT]<3> NIL RFC822.SIZE 7 X (\"y\" {1}\r\n)))\r\n\
             * 1 EXPUNGE\r\na003 OK done\r\n",
        )
        .turn("* BYE bye\r\na004 OK done\r\n");
    let run = session.run();
    assert_eq!(run.payload(), b"Helloa\"b");
    laws::all(&session);
}

#[test]
fn a_client_keeps_the_laws_when_it_logs_in_with_literals() {
    let wants = || Guest::new("mrc", "p\u{e4}55word", SequenceSet::all());
    let session = client("literals", clear_client, wants)
        .secret("p\u{e4}55word".as_bytes())
        .turn("* OK ready\r\n")
        .turn("+ go on\r\n")
        .turn("a001 NO [AUTHENTICATIONFAILED] no\r\n")
        .turn("* BYE bye\r\na002 OK done\r\n");
    let run = session.run();
    assert!(run.output().starts_with("a001 LOGIN mrc {9}\r\np\u{e4}55word\r\n".as_bytes()));
    laws::all(&session);
}

#[test]
fn a_client_keeps_the_laws_across_starttls() {
    let config = || client::Config::new(Security::StartTls(Policy::Required));
    let wants = || Guest::new("mrc", "pa55word", SequenceSet::all());
    let session = client("starttls", config, wants)
        .secret(b"pa55word")
        .turn("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n")
        .turn("a001 OK begin\r\n")
        .turn("* CAPABILITY IMAP4rev1\r\na002 OK done\r\n")
        .turn("a003 OK done\r\n");
    let run = session.run();
    let output = String::from_utf8_lossy(run.output()).into_owned();
    assert_eq!(
        output,
        "a001 STARTTLS\r\na002 CAPABILITY\r\na003 LOGIN mrc pa55word\r\na004 SELECT INBOX\r\n"
    );
    laws::all(&session);
}

#[test]
fn a_client_keeps_the_laws_under_hostile_input() {
    let wants = || Guest::new("mrc", "pa55word", SequenceSet::all());
    let config = || clear_client().with_limits(Limits::new().with_unit(600, 600));
    let tls = || client::Config::new(Security::Implicit(TlsInfo::new()));
    for (name, turn) in [
        (
            "broken item",
            "* 1 FETCH (FLAGS (\\Seen\r\n* 2 FETCH (BODY[] x)  junk\r\na001 BAD no\r\n",
        ),
        ("no literal", "* 1 FETCH (BODY[] {99999999999999999999}\r\n)\r\n"),
        ("big literal", "* LIST () NIL {4294967295}\r\n"),
        ("other tag", "a999 OK done\r\n"),
        ("bye", "* BYE go away\r\n"),
        ("unasked", "+ go on\r\n* 1 EXISTS\r\n"),
        ("no response", "what?\r\n"),
    ] {
        let greeting = if name == "broken item" { "* PREAUTH hi\r\n" } else { "* OK hi\r\n" };
        laws::all(&client(name, config, wants).turn(greeting).turn(turn));
        laws::all(&client(name, tls, wants).turn(greeting).turn(turn));
    }
    let long = format!("* OK hi\r\n* {}\r\n", "x".repeat(700));
    laws::all(&client("long", config, wants).turn(long));
}

#[test]
fn a_body_larger_than_every_buffer_streams_through_bounded_memory() {
    let wants = || Guest::new("mrc", "pa55word", SequenceSet::all());
    let body = "x".repeat(1 << 20);
    let session = client("large", clear_client, wants)
        .turn("* OK hi\r\n")
        .turn("a001 OK done\r\n")
        .turn("a002 OK done\r\n")
        .turn(format!("* 1 FETCH (BODY[] {{{}}}\r\n{body})\r\na003 OK done\r\n", body.len()));
    assert_eq!(session.run().payload().len(), body.len());
    laws::memory(&session.state_limit(64 * 1024));
}

#[test]
fn values_stay_within_a_small_multiple_of_the_unit_they_came_from() {
    let wants = || Guest::new("mrc", "pa55word", SequenceSet::all());
    let config = || clear_client().with_limits(Limits::new().with_unit(4096, 4096));
    let addresses = "(NIL NIL NIL NIL)".repeat(200);
    let item = format!("ENVELOPE (NIL NIL ({addresses}) NIL NIL NIL NIL NIL NIL NIL)");
    let session = client("addresses", config, wants)
        .turn("* PREAUTH hi\r\n")
        .turn(format!("* 1 FETCH ({})\r\n", [item.as_str(); 20].join(" ")));
    laws::memory(&session.state_limit(16 * 2 * 4096));
}
