//! The scenarios of RFC 5321 Appendix D, each played against both machines: against the client as
//! printed, against the server up to the texts of its replies.

use crate::common;

use common::{Sends, client, name, takes_mail};
use postrider_smtp::server::{self, Server};
use postrider_testkit::{Dialogue, Outcome};
use postrider_wire::{Policy, Security, Side};

const OPENING: &str = "\
S: 220 foo.com Simple Mail Transfer Service Ready
C: EHLO bar.com
S: 250-foo.com greets bar.com
S: 250-8BITMIME
S: 250-SIZE
S: 250-DSN
S: 250 HELP
";

/// What our server offers without `PIPELINING` and enhanced status codes.
const OUR_OPENING: &str = "\
S: 220 foo.com Simple Mail Transfer Service Ready
C: EHLO bar.com
S: 250-foo.com greets bar.com
S: 250-SIZE 104857600
S: 250-8BITMIME
S: 250 CHUNKING
";

const D1: &str = "\
C: MAIL FROM:<Smith@bar.com>
S: 250 OK
C: RCPT TO:<Jones@foo.com>
S: 250 OK
C: RCPT TO:<Green@foo.com>
S: 550 No such user here
C: RCPT TO:<Brown@foo.com>
S: 250 OK
C: DATA
S: 354 Start mail input; end with <CRLF>.<CRLF>
C: Blah blah blah...
C: ...etc. etc. etc.
C: .
S: 250 OK
C: QUIT
S: 221 foo.com Service closing transmission channel
";

const D2: &str = "\
C: MAIL FROM:<Smith@bar.com>
S: 250 OK
C: RCPT TO:<Jones@foo.com>
S: 250 OK
C: RCPT TO:<Green@foo.com>
S: 550 No such user here
C: RSET
S: 250 OK
C: QUIT
S: 221 foo.com Service closing transmission channel
";

const D3: &str = "\
C: MAIL FROM:<JQP@bar.com>
S: 250 OK
C: RCPT TO:<Jones@XYZ.COM>
S: 250 OK
C: DATA
S: 354 Start mail input; end with <CRLF>.<CRLF>
C: Date: Thu, 21 May 1998 05:33:29 -0700
C: From: John Q. Public <JQP@bar.com>
C: Subject: The Next Meeting of the Board
C: To: Jones@xyz.com
C:
C: Bill:
C: The next meeting of the board of directors will be
C: on Tuesday.
C: John.
C: .
S: 250 OK
C: QUIT
S: 221 foo.com Service closing transmission channel
";

const D4: &str = "\
C: VRFY Crispin
S: 252 RFC 5321 has 250 here; our server verifies nothing
C: MAIL FROM:<EAK@bar.com>
S: 250 OK
C: RCPT TO:<Admin.MRC@foo.com>
S: 250 OK
C: DATA
S: 354 Start mail input; end with <CRLF>.<CRLF>
C: Blah blah blah...
C: ...etc. etc. etc.
C: .
S: 250 OK
C: QUIT
S: 221 foo.com Service closing transmission channel
";

const BLAH: &[u8] = b"Blah blah blah...\r\n...etc. etc. etc.\r\n";
const BOARD: &[u8] = b"Date: Thu, 21 May 1998 05:33:29 -0700\r\n\
From: John Q. Public <JQP@bar.com>\r\n\
Subject: The Next Meeting of the Board\r\n\
To: Jones@xyz.com\r\n\
\r\n\
Bill:\r\n\
The next meeting of the board of directors will be\r\n\
on Tuesday.\r\n\
John.\r\n";

/// On the wire a line that begins with a dot has another (RFC 5321 §4.5.2), which the RFC does not
/// print.
fn stuffed(dialogue: &str) -> Dialogue {
    Dialogue::parse(&dialogue.replace("C: ...etc", "C: ....etc"))
}

fn as_server(dialogue: &str) -> Vec<u8> {
    let never = Security::StartTls(Policy::Never);
    let config = server::Config::new(name("foo.com"), never);
    let config = config.with_pipelining(false).with_enhanced_status_codes(false);
    let dialogue = stuffed(&format!("{OUR_OPENING}{dialogue}")).loosely();
    let run = dialogue.play(Side::Server, Server::new(config), takes_mail()).unwrap();
    assert_eq!(run.outcome(), &Outcome::Closed);
    run.payload()
}

fn as_client(dialogue: &str, sends: Sends) {
    let dialogue = stuffed(&format!("{OPENING}{dialogue}"));
    let run = dialogue.play(Side::Client, client(Policy::Never), sends.boxed()).unwrap();
    assert_eq!(run.outcome(), &Outcome::Closed);
}

#[test]
fn d1_a_typical_transaction() {
    let to = ["Jones@foo.com", "Green@foo.com", "Brown@foo.com"];
    as_client(D1, Sends::new("Smith@bar.com", &to, &[BLAH]));
    assert_eq!(as_server(D1), BLAH);
}

/// Its client gives up because one recipient was refused.
#[test]
fn d2_an_aborted_transaction() {
    use postrider_smtp::client::{Client, Event, Outcome as Fate};
    use postrider_smtp::{ForwardPath, MailParameters, ReversePath};
    let on_event = |client: &mut Client, event: &Event| {
        let to = |text| ForwardPath::parse(text).unwrap();
        match event {
            Event::Ready { .. } => {
                client.mail(ReversePath::parse("Smith@bar.com").unwrap(), MailParameters::new())
            }
            Event::Mail(_) => client.rcpt(to("Jones@foo.com")),
            Event::Rcpt { reply, .. } if reply.is_positive() => client.rcpt(to("Green@foo.com")),
            Event::Rcpt { .. } => client.rset(),
            Event::Reset(_) => client.quit(),
            Event::End(outcome) => {
                assert_eq!(outcome, &Fate::NotSent);
                Ok(())
            }
            other => panic!("{other:?}"),
        }
        .unwrap();
    };
    let embedder = postrider_testkit::embedder(on_event, |_: &mut Client| false);
    let dialogue = stuffed(&format!("{OPENING}{D2}"));
    let run = dialogue.play(Side::Client, client(Policy::Never), embedder).unwrap();
    assert_eq!(run.outcome(), &Outcome::Closed);
    assert_eq!(as_server(D2), b"");
}

#[test]
fn d3_relayed_mail() {
    as_client(D3, Sends::new("JQP@bar.com", &["Jones@XYZ.COM"], &[BOARD]));
    assert_eq!(as_server(&D3.replace("C:\n", "C: \n")), BOARD);
}

/// Step 2 of D.3: a server without extensions, whose reply to `EHLO` is one line.
#[test]
fn d3_relayed_mail_step_2() {
    let dialogue = D3.replace("foo.com", "xyz.com");
    let opening = "S: 220 xyz.com Simple Mail Transfer Service Ready\nC: EHLO bar.com\n\
                   S: 250 xyz.com is on the air\n";
    let sends = Sends::new("JQP@bar.com", &["Jones@XYZ.COM"], &[BOARD]);
    let dialogue = Dialogue::parse(&format!("{opening}{dialogue}"));
    dialogue.play(Side::Client, client(Policy::Never), sends.boxed()).unwrap();
}

#[test]
fn d4_verifying_and_sending() {
    assert_eq!(as_server(D4), BLAH);
}
