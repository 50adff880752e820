//! The hardest uses of the IMAP client over loopback sockets, by both drivers, against a server that
//! says what is written down.

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;

use common::{Ended, Made, run_blocking};
use postrider::imap::client::{Client, Config, Event};
use postrider::imap::{
    AppendMessage, CommandName, FetchAttribute, MailboxName, Section, SequenceSet,
};
use postrider::wire::{Bytes, Security, TlsInfo};
use postrider_testkit::embedder;

const MAILS: usize = 1000;
const UPLOAD: usize = 4 << 20;

/// Accepts one client; reads until what was said ends like this, then answers with that.
fn server(steps: Vec<(&'static str, Vec<u8>)>) -> (SocketAddr, JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut heard, mut total) = (Vec::new(), 0);
        let mut room = vec![0; 1 << 16];
        for (wanted, answer) in steps {
            while !heard.ends_with(wanted.as_bytes()) {
                let n = stream.read(&mut room).unwrap();
                assert!(n > 0, "the client left before {wanted:?}");
                total += n;
                heard.extend_from_slice(&room[..n]);
            }
            heard.clear();
            stream.write_all(&answer).unwrap();
        }
        total
    });
    (address, serving)
}

/// Fetches a thousand mails, idles until one comes, appends a large one and leaves.
fn client() -> Made<Client> {
    let mut sent = 0;
    let write = move |client: &mut Client| {
        let mut wrote = false;
        while sent < UPLOAD {
            let mut piece = Bytes::from(vec![b'u'; (UPLOAD - sent).min(16 * 1024)]);
            let Ok(n) = client.write_payload(&mut piece) else { return wrote };
            sent += n;
            wrote |= n > 0;
            if n == 0 {
                return wrote;
            }
        }
        client.finish_payload().is_ok() || wrote
    };
    let on_event = |client: &mut Client, event: &Event| {
        let next = match event {
            Event::Ready => client.select(MailboxName::inbox()).map(drop),
            Event::Completed { command: CommandName::Select, .. } => {
                client.fetch(SequenceSet::all(), FetchAttribute::peek(Section::all())).map(drop)
            }
            Event::Completed { command: CommandName::Fetch, .. } => client.idle().map(drop),
            Event::Exists(1001) => client.done(),
            Event::Completed { command: CommandName::Idle, .. } => client
                .append(MailboxName::inbox(), vec![AppendMessage::new(UPLOAD as u64)])
                .map(drop),
            Event::Completed { command: CommandName::Append, .. } => client.logout().map(drop),
            _ => Ok(()),
        };
        next.unwrap();
    };
    (Client::new(Config::new(Security::Implicit(TlsInfo::new()))), embedder(on_event, write))
}

fn steps() -> Vec<(&'static str, Vec<u8>)> {
    let mut mails = Vec::new();
    for n in 1..=MAILS {
        let body = "m".repeat(1000 + n);
        mails.extend(
            format!("* {n} FETCH (BODY[] {{{}}}\r\n{body} UID {n})\r\n", body.len()).into_bytes(),
        );
        if n == 500 {
            mails.extend_from_slice(b"this is no response\r\n* 12 FETCH (ENVELOPE ((\r\n");
        }
    }
    mails.extend_from_slice(b"a002 OK done\r\n");
    vec![
        ("", b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi\r\n".to_vec()),
        ("a001 SELECT INBOX\r\n", b"* 1000 EXISTS\r\na001 OK done\r\n".to_vec()),
        ("a002 FETCH 1:* BODY.PEEK[]\r\n", mails),
        ("a003 IDLE\r\n", b"+ idling\r\n* 1001 EXISTS\r\n".to_vec()),
        ("DONE\r\n", b"a003 OK done\r\n".to_vec()),
        ("a004 APPEND INBOX {4194304}\r\n", b"* OK [ALERT] full soon\r\n+ go\r\n".to_vec()),
        ("u\r\n", b"* 1002 EXISTS\r\na004 OK done\r\n".to_vec()),
        ("a005 LOGOUT\r\n", b"* BYE bye\r\na005 OK done\r\n".to_vec()),
    ]
}

fn check(ended: &Ended<Client>, heard: usize) {
    assert!(ended.outcome.is_ok(), "{:?}", ended.outcome);
    assert_eq!(ended.payload.len(), (1..=MAILS).map(|n| 1000 + n).sum::<usize>());
    assert!(heard > UPLOAD);
    let count = |wanted: fn(&Event) -> bool| ended.events.iter().filter(|e| wanted(e)).count();
    assert_eq!(count(|event| matches!(event, Event::BodyEnd)), MAILS);
    assert_eq!(count(|event| matches!(event, Event::Unparsed(_))), 1);
    assert_eq!(count(|event| matches!(event, Event::Completed { .. })), 5);
    assert_eq!(count(|event| matches!(event, Event::Lost { .. })), 0);
}

#[test]
fn a_thousand_mails_idle_and_a_large_append_over_the_blocking_driver() {
    let (address, serving) = server(steps());
    let ended = run_blocking(client(), TcpStream::connect(address).unwrap());
    check(&ended, serving.join().unwrap());
}

#[cfg(feature = "tokio")]
#[test]
fn a_thousand_mails_idle_and_a_large_append_over_tokio() {
    let (address, serving) = server(steps());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ended = runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        Box::pin(common::run_tokio(client(), stream)).await
    });
    check(&ended, serving.join().unwrap());
}
