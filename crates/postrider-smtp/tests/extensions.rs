//! The examples of the extensions: RFC 1870 §8, RFC 2034 §6, RFC 2920 §4, RFC 3207 §5; and the
//! greetings of servers in the field.

use crate::common;

use common::{Sends, members, name};
use postrider_smtp::client::{Client, Config, Event, Outcome};
use postrider_smtp::server::{self, Server};
use postrider_smtp::{MailParameters, Reply};
use postrider_testkit::{Dialogue, Outcome as End, Role, Run, Scenario, embedder, read_shared};
use postrider_wire::{Policy, Security, Side};

fn client(host: &str, policy: Policy) -> Client {
    Client::new(Config::new(name(host), Security::StartTls(policy)))
}

fn play(dialogue: &str, client: Client, sends: Sends) -> Run<Client> {
    let run = Dialogue::parse(dialogue).play(Side::Client, client, sends.boxed()).unwrap();
    assert_eq!(run.outcome(), &End::Closed);
    run
}

/// The replies to `RCPT`, and the end.
fn replies(run: &Run<Client>) -> Vec<String> {
    let told = run.events().filter_map(|event| match event {
        Event::Rcpt { reply, .. } => Some(reply),
        Event::End(Outcome::Accepted(reply) | Outcome::Refused(reply)) => Some(reply),
        _ => None,
    });
    told.map(Reply::to_string).collect()
}

const SIZE: &str = "\
S: 220 sigurd.innosoft.com -- Server SMTP (PMDF V4.2-6 #1992)
C: EHLO ymir.claremont.edu
S: 250-sigurd.innosoft.com
S: 250-EXPN
S: 250-HELP
S: 250 SIZE 1000000
C: MAIL FROM:<ned@thor.innosoft.com> SIZE=500000
S: 250 Address Ok.
C: RCPT TO:<ned@innosoft.com>
S: 250 ned@innosoft.com OK; can accomodate 500000 byte message
C: RCPT TO:<ned@ymir.claremont.edu>
S: 552 Channel size limit exceeded: ned@YMIR.CLAREMONT.EDU
C: RCPT TO:<ned@hmcvax.claremont.edu>
S: 452 Insufficient channel storage: ned@hmcvax.CLAREMONT.EDU
C: DATA
S: 354 Send message, ending in CRLF.CRLF.
C: .
S: 250 Some recipients OK
C: QUIT
S: 221 Goodbye
";

#[test]
fn the_example_of_size() {
    let to = ["ned@innosoft.com", "ned@ymir.claremont.edu", "ned@hmcvax.claremont.edu"];
    let mut sends = Sends::new("ned@thor.innosoft.com", &to, &[b""]);
    sends.parameters = MailParameters::new().with_size(500_000);
    let run = play(SIZE, client("ymir.claremont.edu", Policy::Never), sends);
    assert_eq!(replies(&run).last().unwrap(), "250 Some recipients OK");
}

const ENHANCED: &str = "\
S: 220 dbc.mtview.ca.us SMTP service ready
C: EHLO ymir.claremont.edu
S: 250-dbc.mtview.ca.us says hello
S: 250 ENHANCEDSTATUSCODES
C: MAIL FROM:<ned@ymir.claremont.edu>
S: 250 2.1.0 Originator <ned@ymir.claremont.edu> ok
C: RCPT TO:<mrose@dbc.mtview.ca.us>
S: 250 2.1.5 Recipient <mrose@dbc.mtview.ca.us> ok
C: RCPT TO:<nosuchuser@dbc.mtview.ca.us>
S: 550 5.1.1 Mailbox \"nosuchuser\" does not exist
C: RCPT TO:<remoteuser@isi.edu>
S: 551-5.7.1 Forwarding to remote hosts disabled
S: 551 5.7.1 Select another host to act as your forwarder
C: DATA
S: 354 Send message, ending in CRLF.CRLF.
C: .
S: 250 2.6.0 Message accepted
C: QUIT
S: 221 2.0.0 Goodbye
";

#[test]
fn the_example_of_enhanced_status_codes() {
    let to = ["mrose@dbc.mtview.ca.us", "nosuchuser@dbc.mtview.ca.us", "remoteuser@isi.edu"];
    let sends = Sends::new("ned@ymir.claremont.edu", &to, &[b""]);
    let run = play(ENHANCED, client("ymir.claremont.edu", Policy::Never), sends);
    let expected = [
        "250 2.1.5 Recipient <mrose@dbc.mtview.ca.us> ok",
        "550 5.1.1 Mailbox \"nosuchuser\" does not exist",
        "551 5.7.1 Forwarding to remote hosts disabled Select another host to act as your forwarder",
        "250 2.6.0 Message accepted",
    ];
    assert_eq!(replies(&run), expected);
}

const START_TLS: &str = "\
S: 220 mail.imc.org SMTP service ready
C: EHLO mail.example.com
S: 250-mail.imc.org offers a warm hug of welcome
S: 250-8BITMIME
S: 250-STARTTLS
S: 250 DSN
C: STARTTLS
S: 220 Go ahead
   <TLS established>
C: EHLO mail.example.com
S: 250-mail.imc.org touches your hand gently for a moment
S: 250-8BITMIME
S: 250 DSN
C: QUIT
S: 221 bye
";

#[test]
fn the_example_of_starttls() {
    let sends = Sends::new("", &[], &[]);
    let run = play(START_TLS, client("mail.example.com", Policy::Required), sends);
    let [Event::Ready { capabilities, .. }] = run.events().collect::<Vec<_>>()[..] else {
        panic!("{run:?}")
    };
    assert!(capabilities.offers("8BITMIME") && !capabilities.offers("STARTTLS"));
}

/// RFC 2920 §4, as a client sends it: the groups are answered in order.
const GROUPS: &str = "\
S: 220 innosoft.com SMTP service ready
C: EHLO dbc.mtview.ca.us
S: 250-innosoft.com
S: 250-PIPELINING
S: 250-SIZE 104857600
S: 250 8BITMIME
C: MAIL FROM:<mrose@dbc.mtview.ca.us>
C: RCPT TO:<ned@innosoft.com>
C: RCPT TO:<dan@innosoft.com>
C: RCPT TO:<kvc@innosoft.com>
C: DATA
S: 250 sender <mrose@dbc.mtview.ca.us> OK
S: 250 recipient <ned@innosoft.com> OK
S: 250 recipient <dan@innosoft.com> OK
S: 250 recipient <kvc@innosoft.com> OK
S: 354 enter mail, end with line containing only \".\"
C: Hi
C: .
C: QUIT
S: 250 message sent
S: 221 goodbye
";

/// RFC 2920 §4: no recipient is accepted, so `DATA` is refused though it came in the same group.
const NOBODY: &str = "\
C: MAIL FROM:<mrose@dbc.mtview.ca.us>
C: RCPT TO:<nsb@thumper.bellcore.com>
C: RCPT TO:<galvin@tis.com>
C: DATA
S: 250 sender <mrose@dbc.mtview.ca.us> OK
S: 550 remote mail to <nsb@thumper.bellore.com> not allowed
S: 550 remote mail to <galvin@tis.com> not allowed
S: 554 no valid recipients given
C: QUIT
S: 221 goodbye
";

fn pipelining_server() -> Server {
    let config = server::Config::new(name("innosoft.com"), Security::StartTls(Policy::Never));
    Server::new(config.with_enhanced_status_codes(false).with_chunking(false))
}

/// What our server says to the groups of a dialogue, each sent in one go: the code of each line.
fn codes_in_groups(dialogue: &str, accept: bool) -> Vec<String> {
    let make = move || {
        let decide = move |server: &mut Server, event: &server::Event| {
            let verdict = match event {
                server::Event::Chunk(_) => return,
                server::Event::Rcpt { .. } if !accept => {
                    server.reject(Reply::new(550, "not allowed").unwrap())
                }
                _ => server.accept(),
            };
            verdict.unwrap();
        };
        (pipelining_server(), embedder(decide, |_| false))
    };
    let mut scenario = Scenario::new("groups", make);
    let mut group = String::new();
    for line in dialogue.lines() {
        match line.strip_prefix("C: ") {
            Some(said) => group += &format!("{said}\r\n"),
            None => scenario = scenario.turn(std::mem::take(&mut group)),
        }
    }
    let run = scenario.turn(group).run();
    assert_eq!(run.outcome(), &End::Closed);
    String::from_utf8(run.output().to_vec()).unwrap().lines().map(|line| line[..3].into()).collect()
}

fn printed_codes(dialogue: &str) -> Vec<String> {
    dialogue.lines().filter_map(|line| Some(line.strip_prefix("S: ")?[..3].into())).collect()
}

#[test]
fn the_examples_of_pipelining() {
    assert_eq!(codes_in_groups(GROUPS, true), printed_codes(GROUPS));
    let opening: String = GROUPS.split_inclusive('\n').take(6).collect();
    let nobody = opening + NOBODY;
    assert_eq!(codes_in_groups(&nobody, false), printed_codes(&nobody));
}

/// The opening lines of real servers, as recorded, are those of a session.
#[test]
fn real_servers_are_understood() {
    for server in
        ["postfix-3.7.11-mx", "exim-4.96", "aiosmtpd-1.4.6", "nodemailer-smtp-server-3.21.6"]
    {
        let Some(recorded) = read_shared(&format!("vectors/live/{server}.txt")) else { return };
        let recorded = String::from_utf8(recorded).unwrap();
        let said = |line: &str| line.strip_prefix("S: ").map(|line| format!("{line}\r\n"));
        let opening: Vec<String> = recorded
            .lines()
            .skip_while(|line| !line.starts_with("C: EHLO"))
            .skip(1)
            .map_while(said)
            .collect();
        let make =
            || (client("client.test.example", Policy::Never), Sends::new("", &[], &[]).boxed());
        let run = Scenario::new(server, make)
            .classify(|_| Role::Other)
            .turn(recorded.lines().find_map(said).unwrap())
            .turn(opening.concat())
            .run();
        let ready = run.events().find_map(|event| match event {
            Event::Ready { capabilities, .. } => Some(capabilities),
            _ => None,
        });
        let capabilities = ready.expect(server);
        assert_eq!(capabilities.lines().count(), opening.len() - 1, "{server}");
        assert!(capabilities.size().is_some() && capabilities.offers("8bitmime"), "{server}");
    }
}

#[test]
fn recorded_greetings_are_taken_or_refused() {
    let Some(json) = read_shared("vectors/smtp/greetings.json") else { return };
    let greetings = members(&String::from_utf8(json).unwrap(), "greeting");
    let mut refused = 0;
    for greeting in greetings.iter().filter(|greeting| *greeting != "null") {
        let make = || (client("bar.com", Policy::Never), Sends::new("", &[], &[]).boxed());
        let scenario = Scenario::new(greeting, make).classify(|_| Role::Other);
        let run = scenario.turn(greeting.replace("\\n", "\r\n") + "\r\n").held_open().run();
        let ours = if greeting.starts_with('2') { &b"EHLO bar.com\r\n"[..] } else { b"QUIT\r\n" };
        let ours = if greeting.starts_with("421") { b"" } else { ours };
        assert_eq!(run.output(), ours, "{greeting}");
        refused += run.events().filter(|event| matches!(event, Event::Refused(_))).count();
    }
    assert_eq!(refused, 2);
    assert!(greetings.len() >= 17);
}
