//! What holds of values for all octets: a line that is a command is written as one that reads the same,
//! and so are replies, headers of the PROXY protocol, status codes and xtext.

use bytes::Buf;
use postrider_smtp::client::{self, Client};
use postrider_smtp::proxy::{Header, LARGEST, Parsed};
use postrider_smtp::server::{self, Server};
use postrider_smtp::{
    AuthParameter, Command, EhloName, EnhancedStatusCode, EnvelopeId, ForwardPath, MailParameters,
    OriginalRecipient, Reply, ReversePath, syntax, xtext,
};
use postrider_wire::{Machine, Policy, Progress, Security};

/// The octets are taken for each of these in turn.
pub(crate) fn check(data: &[u8]) {
    command(data);
    header(data);
    encoded(data);
    if let Ok(text) = str::from_utf8(data) {
        values(text);
        reply(text);
    }
}

fn command(line: &[u8]) {
    let read = Command::parse(line);
    borrowed(line, &read);
    let Ok(command) = read else { return };
    let written = command.to_line();
    let text = written.strip_suffix("\r\n").expect("it ends with CRLF");
    assert!(!text.contains(['\r', '\n', '\0']), "{written:?} is one line");
    let again = Command::parse(text.as_bytes()).expect("what is written is a command");
    assert_eq!(again, command, "{written:?}");
    assert_eq!(again.to_line(), written);
}

/// The borrowed grammar finds the same paths, and refuses no more than the owned one.
fn borrowed(line: &[u8], read: &Result<Command, postrider_smtp::CommandFault>) {
    match read {
        Ok(Command::Mail(path, _)) => {
            let mail = syntax::mail(line).expect("it is MAIL");
            let mailbox = path.mailbox();
            assert_eq!(mail.path.local_part(), mailbox.map(|mailbox| mailbox.local_part()));
            assert_eq!(mail.path.domain(), mailbox.map(|mailbox| mailbox.domain()));
        }
        Ok(Command::Rcpt(path, _)) => {
            let rcpt = syntax::rcpt(line).expect("it is RCPT");
            let mailbox = path.mailbox();
            assert_eq!(rcpt.path.local_part(), mailbox.map(|mailbox| mailbox.local_part()));
            assert_eq!(rcpt.path.domain(), mailbox.map(|mailbox| mailbox.domain()));
        }
        Ok(_) => assert!(syntax::mail(line).is_err() && syntax::rcpt(line).is_err()),
        Err(_) => {}
    }
}

fn header(octets: &[u8]) {
    let whole = Header::parse_within(octets, LARGEST);
    // Where a header stands is known when its last octet is here, and not before.
    if let Parsed::Complete { header, octets: taken } = &whole {
        assert_eq!(Header::parse_within(&octets[..*taken], LARGEST), whole);
        assert_eq!(Header::parse_within(&octets[..taken - 1], LARGEST), Parsed::Partial);
        let written = header.write();
        let again = Header::parse_within(&written, LARGEST);
        assert_eq!(again, Parsed::Complete { header: header.clone(), octets: written.len() });
    }
}

fn encoded(octets: &[u8]) {
    if let Some(decoded) = xtext::decode(octets)
        && let Ok(text) = String::from_utf8(decoded)
    {
        let encoded = xtext::encode(&text);
        assert_eq!(xtext::decode(encoded.as_bytes()), Some(text.into_bytes()));
    }
}

/// Values that are made of a text say it again.
fn values(text: &str) {
    let encoded = xtext::encode(text);
    assert!(xtext::is_xtext(&encoded));
    assert_eq!(xtext::decode(encoded.as_bytes()).as_deref(), Some(text.as_bytes()));
    if let Ok(status) = EnhancedStatusCode::parse(text) {
        assert_eq!(EnhancedStatusCode::parse(&status.to_string()), Ok(status));
    }
    if let Ok(id) = EnvelopeId::encode(text) {
        assert_eq!(id.decoded(), text);
        assert_eq!(EnvelopeId::parse(id.as_xtext()), Ok(id));
    }
    if let Ok(auth) = AuthParameter::encode(text) {
        assert_eq!(auth.mailbox().as_deref(), Some(text));
    }
    for address_type in ["rfc822", "utf-8"] {
        if let Ok(recipient) = OriginalRecipient::new(address_type, text) {
            assert_eq!(recipient.decoded(), text);
            assert_eq!(OriginalRecipient::parse(&recipient.to_string()), Ok(recipient));
        }
    }
    if let Ok(path) = ForwardPath::parse(text) {
        let line = format!("RCPT TO:{path}");
        assert!(
            matches!(Command::parse(line.as_bytes()), Ok(Command::Rcpt(read, _)) if read == path)
        );
    }
    if let Ok(path) = ReversePath::parse(text) {
        let line = format!("MAIL FROM:{path}");
        assert!(
            matches!(Command::parse(line.as_bytes()), Ok(Command::Mail(read, _)) if read == path)
        );
    }
    if let Ok(name) = EhloName::parse(text) {
        assert_eq!(Command::parse(format!("EHLO {name}").as_bytes()), Ok(Command::Ehlo(name)));
    }
}

/// The lines are a reply code, an enhanced status code, and the text. What a server says to a recipient
/// is what a client hears.
fn reply(text: &str) {
    let mut lines = text.split('\n');
    let code = lines.next().and_then(|code| code.parse().ok());
    let status = lines.next().and_then(|status| status.parse().ok());
    let (Some(code), Some(status)) = (code, status) else { return };
    // 421 ends a session, and is no word on a recipient; UTF-8 is only for those who ask for it.
    if code == 421 || !text.is_ascii() {
        return;
    }
    let first = Reply::new(code, lines.next().unwrap_or_default());
    let Ok(reply) = first.and_then(|reply| reply.with_enhanced(status)) else { return };
    let Ok(reply) = lines.take(3).try_fold(reply, |reply, line| reply.with_line(line)) else {
        return;
    };
    if let Some(heard) = heard(&reply) {
        assert_eq!(heard, reply);
    }
}

/// What a client hears of a recipient when a server says this; `None` where it can be said of none.
fn heard(said: &Reply) -> Option<Reply> {
    let never = || Security::StartTls(Policy::Never);
    let name = || EhloName::parse("a.example").expect("it is a name");
    let mut server = Server::new(server::Config::new(name(), never()));
    let mut client = Client::new(client::Config::new(name(), never()));
    let (mut to_server, mut to_client) = (server.new_inbox(), client.new_inbox());
    // Greeting, EHLO, MAIL, RCPT: each takes a few turns at most.
    for _ in 0..40 {
        match server.poll(&mut to_server).expect("the client is well-behaved") {
            Progress::Event(server::Event::Rcpt { .. }) => {
                let given = if said.is_refusal() {
                    server.reject(said.clone())
                } else {
                    server.accept_with(said.clone())
                };
                given.ok()?;
            }
            Progress::Event(_) => server.accept().expect("it was asked"),
            _ => {
                let octets = server.outbox().remaining();
                to_client.extend(&server.outbox().copy_to_bytes(octets));
            }
        }
        match client.poll(&mut to_client).expect("the server is well-behaved") {
            Progress::Event(client::Event::Ready { .. }) => {
                client.mail(ReversePath::null(), MailParameters::new()).expect("it is time");
            }
            Progress::Event(client::Event::Mail(_)) => {
                client.rcpt(ForwardPath::postmaster()).expect("it is time");
            }
            Progress::Event(client::Event::Rcpt { reply, .. }) => return Some(reply),
            Progress::Event(_) => {}
            _ => {
                let octets = client.outbox().remaining();
                to_server.extend(&client.outbox().copy_to_bytes(octets));
            }
        }
    }
    panic!("nothing was heard of {said}");
}
