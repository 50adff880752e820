//! All real mails, down and up.

use std::{collections::BTreeMap, time::Instant};

use postrider::imap::{
    FetchAttribute, FetchItem, Literals, Section, SequenceSet,
    client::{Client, Event, Handle},
};

use crate::{
    rig::{Rig, with_crlf},
    session::{Imap, Tls, items, name},
};

/// Collects bodies by whose they are.
#[derive(Default)]
struct Bodies {
    open: Option<Handle>,
    octets: BTreeMap<Handle, Vec<u8>>,
}

impl Bodies {
    fn take(&mut self, event: &Event) {
        match event {
            Event::BodyBegin { handle, declared, .. } => {
                let handle = handle.expect("it is known whose it is");
                assert!(declared.is_some() && self.octets.insert(handle, Vec::new()).is_none());
                self.open = Some(handle);
            }
            Event::Chunk(chunk) => {
                let octets = self.open.and_then(|handle| self.octets.get_mut(&handle)).unwrap();
                octets.extend_from_slice(chunk);
            }
            Event::BodyEnd => self.open = None,
            Event::Aborted(why) => panic!("{why:?}"),
            _ => {}
        }
    }
}

/// Asks for each mail by a command of its own.
fn fetch_each(imap: &mut Imap, wanted: &[Vec<u8>]) -> f64 {
    let began = Instant::now();
    let handles: Vec<Handle> = (1..=wanted.len())
        .map(|uid| {
            let set = SequenceSet::one(u32::try_from(uid).unwrap()).unwrap();
            imap.client().uid_fetch(set, FetchAttribute::peek(Section::all())).unwrap()
        })
        .collect();
    let (mut bodies, mut done) = (Bodies::default(), 0);
    while done < wanted.len() {
        let event = imap.event();
        bodies.take(&event);
        if let Event::Completed { handle, status, .. } = event {
            // In the order in which they were given.
            assert_eq!(handle, handles[done]);
            assert!(status.is_ok());
            assert_eq!(bodies.octets.remove(&handle).as_ref(), Some(&wanted[done]), "{done}");
            done += 1;
        }
    }
    began.elapsed().as_secs_f64()
}

#[test]
fn all_mails_octet_for_octet_pipelined_and_compressed() {
    let Some(rig) = Rig::get() else { return };
    let mails = rig.mails();
    rig.fill("mails", &mails);
    let wanted: Vec<Vec<u8>> = mails.iter().map(|mail| with_crlf(mail)).collect();
    let limits = || postrider::imap::Limits::new().with_pending(wanted.len());
    for tls in [Tls::Implicit, Tls::StartTls] {
        let mut imap = Imap::connect(&rig, tls, |config| config.with_limits(limits()));
        imap.log_in("mails", &[]);
        let told = imap.select("INBOX");
        assert!(told.contains(&Event::Exists(1396)));
        // Once, so that the server has read them.
        fetch_each(&mut imap, &wanted);
        let pipelined = fetch_each(&mut imap, &wanted).min(fetch_each(&mut imap, &wanted));
        // One command in flight at a time.
        let one = limits().with_in_flight(0);
        let mut slow = Imap::connect(&rig, tls, |config| config.with_limits(one));
        slow.log_in("mails", &[]);
        slow.select("INBOX");
        let single = fetch_each(&mut slow, &wanted).min(fetch_each(&mut slow, &wanted));
        eprintln!(
            "dovecot: {tls:?}: 1396 mails: pipelined {pipelined:.2} s, one by one {single:.2} s, \
             ratio {:.2}",
            single / pipelined
        );
        // And once more through a compressor.
        imap.ok(Client::compress);
        fetch_each(&mut imap, &wanted);
        imap.log_out();
    }
    // All in one command, of which the server tells each; sizes are those of the octets.
    let mut imap = Imap::inbox(&rig, "mails");
    let handle = imap
        .client()
        .uid_fetch(
            SequenceSet::all(),
            vec![FetchAttribute::Rfc822Size, FetchAttribute::peek(Section::all())],
        )
        .unwrap();
    let (mut told, mut octets, mut got) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        match imap.event() {
            Event::Completed { handle: of, status, .. } if of == handle => {
                assert!(status.is_ok());
                break;
            }
            Event::Chunk(chunk) => octets.extend_from_slice(&chunk),
            Event::BodyEnd => got.push(std::mem::take(&mut octets)),
            event => told.push(event),
        }
    }
    assert!(got == wanted);
    for ((_, items), wanted) in items(&told).iter().zip(&wanted) {
        assert!(items.contains(&FetchItem::Rfc822Size(wanted.len() as u64)));
    }
}

#[test]
fn mails_are_appended_with_and_without_waiting() {
    let Some(rig) = Rig::get() else { return };
    let mails: Vec<Vec<u8>> = rig.mails().iter().step_by(14).map(|mail| with_crlf(mail)).collect();
    for (box_name, literals) in [("plus", Literals::Plus), ("wait", Literals::Wait)] {
        let change = |config: postrider::imap::client::Config| config.with_literals(literals);
        let mut imap = Imap::connect(&rig, Tls::Implicit, change);
        imap.log_in("append", &[]);
        imap.ok(|client| client.send(postrider::imap::Create::new(name(box_name))));
        for (n, mail) in mails.iter().enumerate() {
            let status = imap.append(box_name, mail);
            assert!(status.is_ok(), "{status:?}");
            let code = format!("{:?}", status.code);
            assert!(code.contains("AppendUid") && code.contains(&format!("{}", n + 1)), "{code}");
        }
        imap.select(box_name);
        fetch_each(&mut imap, &mails);
        // To a mailbox that is not there.
        let status = imap.append("nowhere", b"Subject: x\r\n\r\n");
        assert!(format!("{:?}", status.code).contains("TryCreate"), "{status:?}");
        imap.log_out();
    }
    // Dovecot keeps them as they are.
    let sizes = rig.doveadm("append", &["fetch", "@", "size.virtual", "mailbox", "plus"]);
    let sizes: Vec<usize> = sizes
        .lines()
        .filter_map(|line| line.strip_prefix("size.virtual: ")?.parse().ok())
        .collect();
    assert_eq!(sizes, mails.iter().map(Vec::len).collect::<Vec<_>>());
}

#[test]
fn three_mails_are_one_command() {
    use bytes::Bytes;
    use postrider::imap::{AppendMessage, Flag};
    let Some(rig) = Rig::get() else { return };
    let mut imap = Imap::open(&rig, "multi");
    let mails: Vec<Vec<u8>> = rig.mails().iter().take(3).map(|mail| with_crlf(mail)).collect();
    let messages = mails
        .iter()
        .map(|mail| AppendMessage::new(mail.len() as u64).with_flags([Flag::Flagged]))
        .collect();
    let handle = imap.client().append(name("INBOX"), messages).unwrap();
    let status = loop {
        match imap.event() {
            Event::AppendBegin { index, .. } => {
                let mut octets = Bytes::copy_from_slice(&mails[index]);
                while !octets.is_empty() {
                    imap.client().write_payload(&mut octets).unwrap();
                    imap.event_within(Some(std::time::Duration::ZERO));
                }
                imap.client().finish_payload().unwrap();
            }
            Event::Completed { handle: of, status, .. } if of == handle => break status,
            _ => {}
        }
    };
    assert!(status.is_ok(), "{status:?}");
    imap.select("INBOX");
    fetch_each(&mut imap, &mails);
    let flags = rig.doveadm("multi", &["fetch", "@", "flags", "mailbox", "INBOX"]);
    assert_eq!(flags.matches("\\Flagged").count(), 3, "{flags}");
}
