//! The laws of the machine contract, on both machines.

mod common;

use common::{Do, Host, client_config, fetcher, role, server_config};
use postrider_pop3::Limits;
use postrider_pop3::client::{self, Client};
use postrider_pop3::server::{self, Server};
use postrider_testkit::{Outcome, Role, Scenario, laws};
use postrider_wire::dot::BareNewlines;
use postrider_wire::{Policy, Security, TlsInfo};

const MAILS: &[&[u8]] = &[b"Subject: one\r\n\r\n.\r\n..dots\r\n", b"Subject: two\r\n\r\n"];

fn server(name: &str) -> Scenario<Server> {
    Scenario::new(name, || {
        let limits = Limits::server().with_outbox(4096);
        (Server::new(server_config().with_limits(limits)), Host::boxed(MAILS))
    })
    .debug()
    .tap(Server::set_tap)
    .secret(b"tanstaaf")
    .state_limit(16 * 1024)
}

fn client(name: &str, list: &'static [Do]) -> Scenario<Client> {
    Scenario::new(name, || (Client::new(client_config()), fetcher(list)))
        .classify(role)
        .debug()
        .tap(Client::set_tap)
        .secret(b"tanstaaf")
        .state_limit(16 * 1024)
}

#[test]
fn the_server_keeps_the_laws_in_a_whole_session() {
    laws::all(
        &server("whole session")
            .turn("CAPA\r\nUSER mrose\r\n")
            .turn("PASS tanstaaf\r\n")
            .turn("STAT\r\nLIST\r\nUIDL\r\nLIST 2\r\nRETR 1\r\nDELE 1\r\n")
            .turn("LIST 1\r\nRSET\r\nNOOP\r\nDELE 2\r\nQUIT\r\n"),
    );
}

#[test]
fn the_server_keeps_the_laws_when_everything_is_pipelined() {
    laws::all(&server("pipelined").turn(
        "USER mrose\r\nPASS tanstaaf\r\nRETR 1\r\nRETR 2\r\nUIDL\r\nDELE 2\r\nDELE 2\r\nQUIT\r\nNOOP\r\n",
    ));
}

#[test]
fn the_server_keeps_the_laws_when_messages_and_listings_are_asked_for_in_one_breath() {
    laws::all(&server("burst").turn(
        "USER mrose\r\nPASS tanstaaf\r\nTOP 1 0\r\nUIDL\r\nRETR 2\r\nTOP 1 2\r\nRETR 9\r\nLIST\r\nRETR 1\r\nTOP 3 1\r\nQUIT\r\n",
    ));
}

#[test]
fn the_server_keeps_the_laws_against_hostile_input() {
    let mut hostile = vec![b'x'; 700];
    hostile.extend_from_slice(
        b"\r\nPASS tanstaaf\r\npass  tanstaaf\r\nPASStanstaaf\r\nAUTH PLAIN tanstaaf\r\n",
    );
    hostile
        .extend_from_slice(b"tanstaaf\r\n\r\n\0\0\r\nUSER a\nb\r\nLIST 99999999999\r\nRETR 0\r\n");
    laws::all(&server("hostile").turn(hostile));
    let flood = "UIDL\r\nLIST\r\n".repeat(200);
    laws::memory(&server("flood").turn(format!("USER mrose\r\nPASS tanstaaf\r\n{flood}")));
}

#[test]
fn the_server_keeps_the_laws_in_failed_logins() {
    laws::all(&server("logins").turn(
        "USER nobody\r\nPASS tanstaaf\r\nUSER locked\r\nPASS tanstaaf\r\nUSER mrose\r\nPASS tanstaafs\r\nSTAT\r\n",
    ));
}

#[test]
fn the_server_keeps_the_laws_across_the_upgrade() {
    let make = || {
        let config = server::Config::new(Security::StartTls(Policy::Required));
        (Server::new(config), Host::boxed(MAILS))
    };
    laws::all(
        &Scenario::new("upgrade", make)
            .debug()
            .tap(Server::set_tap)
            .secret(b"tanstaaf")
            .turn("USER mrose\r\nCAPA\r\nSTLS\r\n")
            .turn("CAPA\r\nUSER mrose\r\nPASS tanstaaf\r\nRETR 2\r\nQUIT\r\n"),
    );
}

const SESSION: &[Do] = &[
    Do::Capa,
    Do::Login("mrose", "tanstaaf"),
    Do::Stat,
    Do::List(None),
    Do::List(Some(1)),
    Do::Uidl(None),
    Do::Retr(1),
    Do::Dele(1),
    Do::Quit,
];

#[test]
fn the_client_keeps_the_laws_in_a_whole_session() {
    laws::all(
        &client("whole session", SESSION)
            .turn("+OK ready\r\n")
            .turn("+OK\r\nUIDL\r\nSASL PLAIN\r\n.\r\n")
            .turn("+OK\r\n")
            .turn("+OK welcome\r\n")
            .turn("+OK 2 320\r\n")
            .turn("+OK 2 messages\r\n1 120\r\n2 200\r\n.\r\n")
            .turn("+OK 1 120\r\n")
            .turn("+OK\r\n1 whqtswO00WBw418f9t5JxYwZ\r\n2 QhdPYR:00WBw1Ph7x7\r\n.\r\n")
            .turn("+OK 120 octets\r\nSubject: x\r\n\r\n..\r\n...dots\r\n\r\n.\r\n")
            .turn("+OK\r\n")
            .turn("+OK bye\r\n"),
    );
}

const BURST: &[Do] = &[
    Do::Capa,
    Do::Login("mrose", "tanstaaf"),
    Do::Retr(1),
    Do::Uidl(None),
    Do::Top(1, 1),
    Do::Retr(2),
    Do::RetrAndDiscard(3),
    Do::Dele(1),
    Do::List(Some(1)),
    Do::Stat,
    Do::Quit,
];

/// All that is said between login and goodbye is in flight at once.
fn burst(name: &str) -> Scenario<Client> {
    client(name, BURST)
        .classify(role_unless_discarded)
        .turn("+OK ready\r\n")
        .turn("+OK\r\nPIPELINING\r\n.\r\n")
        .turn("+OK\r\n")
        .turn("+OK welcome\r\n")
}

/// The end of what is discarded is not told.
fn role_unless_discarded(event: &client::Event) -> Role {
    match event {
        client::Event::RetrieveBegin { message: 3, .. } => Role::Other,
        event => role(event),
    }
}

#[test]
fn the_client_keeps_the_laws_when_everything_is_in_flight() {
    let scenario = burst("burst").turn(
        "+OK 7 octets\r\n..\r\n.x\r\n.\r\n+OK\r\n1 a\r\n2 b\r\n.\r\n+OK\r\nA: b\r\n\r\n1\r\n.\r\n\
         -ERR no\r\n+OK\r\ngone\r\n.\r\n+OK\r\n-ERR deleted\r\n+OK 1 2\r\n+OK bye\r\n",
    );
    laws::all(&scenario);
    let run = scenario.run();
    let said = String::from_utf8_lossy(run.output()).into_owned();
    assert!(said.ends_with(
        "RETR 1\r\nUIDL\r\nTOP 1 1\r\nRETR 2\r\nRETR 3\r\nDELE 1\r\nLIST 1\r\nSTAT\r\nQUIT\r\n"
    ));
    assert_eq!(run.payload(), b".\r\nx\r\nA: b\r\n\r\n1\r\n");
    assert_eq!(run.outcome(), &Outcome::Closed);
}

#[test]
fn the_client_keeps_the_laws_when_a_burst_breaks_off() {
    laws::all(&burst("malformed").turn("+OK\r\nab\r\n.\r\n+OK\r\nnot a listing\r\n.\r\n"));
    laws::all(&burst("cut").turn("+OK\r\nab\r\n.\r\n+OK\r\n1 a\r\n.\r\n+OK\r\nA: b"));
    laws::all(&burst("silent").turn("+OK\r\nab\r\n.\r\n+OK\r\n1 a\r\n").held_open());
}

#[test]
fn the_client_keeps_the_laws_when_everything_is_refused() {
    let mut scenario = client("refused", SESSION).turn("+OK ready\r\n");
    for _ in SESSION {
        scenario = scenario.turn("-ERR [IN-USE] no, \x07\r\n");
    }
    laws::all(&scenario);
}

#[test]
fn the_client_keeps_the_laws_against_a_hostile_server() {
    const RETR: &[Do] = &[Do::Login("mrose", "tanstaaf"), Do::Retr(1), Do::Stat];
    let start = |name| client(name, RETR).turn("+OK\r\n").turn("+OK\r\n").turn("+OK tanstaa\r\n");
    laws::all(&start("no end").turn("+OK\r\nab\r\n.\rx\n.\n\r\n.\r"));
    laws::all(&start("garbage").turn("+OK\r\nab\r\n.\r\n").turn("+OKAY \0\r\n"));
    laws::all(
        &start("unasked").turn("+OK\r\nab\r\n.\r\n").turn("+OK 1 2\r\n").turn("-ERR bye\r\n"),
    );
    let endless = "+OK ".to_owned() + &"x".repeat(5000);
    laws::all(&start("endless line").turn(endless));
}

#[test]
fn the_client_keeps_the_laws_when_it_throws_mail_away() {
    const RETR: &[Do] =
        &[Do::Login("mrose", "tanstaaf"), Do::RetrAndDiscard(3), Do::Retr(2), Do::Quit];
    let make = || {
        let config = client_config().with_bare_newlines(BareNewlines::Reject);
        (Client::new(config), fetcher(RETR))
    };
    laws::all(
        &Scenario::new("discard", make)
            .classify(role_unless_discarded)
            .turn("+OK\r\n")
            .turn("+OK\r\n")
            .turn("+OK\r\n")
            .turn("+OK\r\nthrown away\r\n.\r\n")
            .turn("+OK\r\nbare\nnewline\r\n.\r\n")
            .turn("+OK\r\n"),
    );
}

#[test]
fn the_client_keeps_the_laws_across_the_upgrade() {
    const LIST: &[Do] = &[Do::Capa, Do::Login("mrose", "tanstaaf"), Do::Quit];
    for policy in [Policy::Required, Policy::Opportunistic] {
        let make = move || {
            let config = client::Config::new(Security::StartTls(policy));
            (Client::new(config), fetcher(LIST))
        };
        laws::all(
            &Scenario::new("upgrade", make)
                .debug()
                .tap(Client::set_tap)
                .secret(b"tanstaaf")
                .turn("+OK ready <1896.697170952@dbc.mtview.ca.us>\r\n")
                .turn("+OK Begin TLS negotiation\r\n")
                .turn("+OK\r\nUSER\r\n.\r\n")
                .turn("+OK\r\n")
                .turn("+OK\r\n")
                .turn("+OK\r\n"),
        );
        let refused = move || {
            let config = client::Config::new(Security::StartTls(policy));
            (Client::new(config), fetcher(LIST))
        };
        laws::all(&Scenario::new("refused", refused).turn("+OK\r\n").turn("-ERR no\r\n"));
    }
}

#[test]
fn a_silent_peer_is_given_up_in_every_state() {
    laws::timeouts(
        &server("silence").turn("USER mrose\r\nPASS tanstaaf\r\nRETR 1\r\n").held_open(),
    );
    let implicit = || {
        let config = client::Config::new(Security::Implicit(TlsInfo::new()));
        (Client::new(config), fetcher(SESSION))
    };
    laws::timeouts(&Scenario::new("silence", implicit).turn("+OK\r\n").turn("+O").held_open());
}

#[test]
fn a_message_of_four_mebibytes_costs_no_more_than_a_short_one() {
    const RETR: &[Do] = &[Do::Login("mrose", "tanstaaf"), Do::Retr(1)];
    let line = "..seventy-six octets of a line that looks like one of an attachment\r\n";
    let mail = line.repeat(4 * 1024 * 1024 / line.len());
    // A read buffer may be told in part while the next one fills.
    let scenario = client("long", RETR)
        .state_limit(64 * 1024)
        .turn("+OK\r\n")
        .turn("+OK\r\n")
        .turn("+OK\r\n")
        .turn(format!("+OK\r\n{mail}.\r\n"));
    laws::memory(&scenario);
    assert_eq!(scenario.run().payload().len(), mail.len() - mail.len() / line.len());
}
