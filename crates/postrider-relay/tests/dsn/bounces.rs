//! Notifications of every kind. Our reader reads them here; where `BOUNCES_DIR` names a folder they are
//! written there with what they say, for `tests/interop/bounces.sh`, by which other programs read them.

use std::{env, fs, path::Path};

use postrider_mime::bounce::Action;
use postrider_relay::dsn::{Notice, NoticeKind, NoticeRecipient, Returned};
use postrider_smtp::{EnvelopeId, MailParameters, Ret};
use serde_json::{Value, json};

use crate::{ARRIVED, SEED, original, recipient, writer};

const MAILS: [(&str, &[u8]); 4] = [
    ("plain", b"From: alice@example.org\r\nTo: joe@example.com\r\nMessage-ID: <1@example.org>\r\nSubject: Lunch\r\n\r\nAt one?\r\n"),
    ("eight", "From: alice@example.org\r\nMessage-ID: <2@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u{fc}\u{df}e\r\n".as_bytes()),
    ("utf8", "From: alice@example.org\r\nMessage-ID: <3@example.org>\r\nSubject: Gr\u{fc}\u{df}e\r\n\r\nHi\r\n".as_bytes()),
    ("long", b"From: alice@example.org\r\nMessage-ID: <4@example.org>\r\nX-Long: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n\r\n--\r\n.\r\nFrom me\r\n"),
];

fn people(kind: NoticeKind, count: usize) -> Vec<NoticeRecipient> {
    let class = match kind {
        NoticeKind::Failed => 5,
        NoticeKind::Relayed | NoticeKind::Delivered | NoticeKind::Expanded => 2,
        _ => 4,
    };
    let all = [
        ("joe@example.com", "rfc822;joe@example.com", "550 5.1.1 <joe@example.com>: user unknown"),
        ("bob+list@sub.example.net", "", "mailbox full (quota exceeded); try again later"),
        ("o'brien@example.com", "rfc822;pat+2Bx@example.net", "552-5.2.2 a 552 5.2.2 b"),
        ("eve@example.com", "", "550 5.7.1\r\nFinal-Recipient: rfc822; mallory@example.com"),
    ];
    let people = all.into_iter().take(count).map(|(address, orcpt, said)| {
        let mut one = recipient(address, orcpt, &format!("{class}.1.1"));
        one.remote_mta = Some("mx.example.com".into());
        one.diagnostic = Some(said.into());
        one.last_attempt = Some(ARRIVED + 30);
        one
    });
    people.collect()
}

/// The name of each, its octets and what they say.
fn bounces() -> Vec<(String, Vec<u8>, Value)> {
    let kinds = [
        ("failed", NoticeKind::Failed),
        ("delayed", NoticeKind::delayed(ARRIVED + 432_000)),
        ("relayed", NoticeKind::Relayed),
        ("delivered", NoticeKind::Delivered),
        ("expanded", NoticeKind::Expanded),
    ];
    let mut bounces = Vec::new();
    for (word, kind) in kinds {
        for (name, mail) in MAILS {
            for (count, ret) in [(1, None), (4, Some(Ret::Full)), (2, Some(Ret::Headers))] {
                let mut parameters =
                    MailParameters::new().with_envid(EnvelopeId::encode("Q 1+2").unwrap());
                parameters.ret = ret;
                let original = original("alice@example.org", parameters).with_message(mail);
                let people = people(kind, count);
                // The address that the sender knows is what a list looks for.
                let addresses: Vec<_> = people
                    .iter()
                    .map(|one| match &one.original {
                        Some(original) => original.decoded(),
                        None => one.path.mailbox().unwrap().to_string(),
                    })
                    .collect();
                let dsn = writer("mx.example.net")
                    .write(&Notice::new(kind, people), &original, &SEED)
                    .unwrap();
                let id = postrider_message::HeaderSection::parse(mail);
                let id = id.headers().message_id().unwrap().value.ids()[0].as_str().to_owned();
                let says = json!({
                    "action": word, "recipients": addresses, "envid": "Q 1+2",
                    "to": "alice@example.org", "about": id, "id": dsn.message_id(),
                    "full": kind == NoticeKind::Failed && ret != Some(Ret::Headers),
                    "global": name == "utf8",
                });
                bounces.push((format!("{word}-{name}-{count}"), dsn.to_vec().unwrap(), says));
            }
        }
    }
    bounces
}

#[test]
fn notifications_of_every_kind_are_read_as_they_were_meant() {
    let bounces = bounces();
    assert_eq!(bounces.len(), 60);
    for (name, octets, says) in bounces {
        let message = postrider_mime::Message::parse(octets).unwrap();
        let returned = Returned::read(&message).expect(&name);
        let action = Action::of(says["action"].as_str().unwrap()).unwrap();
        assert!(returned.recipients.iter().all(|one| one.action == action), "{name}");
        let addresses: Vec<_> =
            returned.recipients.iter().map(|one| one.address().unwrap()).collect();
        assert_eq!(json!(addresses), says["recipients"], "{name}");
        assert_eq!(returned.message_id.as_deref(), says["about"].as_str(), "{name}");
        assert_eq!(returned.envelope_id.as_deref(), Some("Q 1+2"), "{name}");
    }
}

#[test]
fn notifications_are_written_for_others_to_read() {
    let Some(folder) = env::var_os("BOUNCES_DIR") else { return };
    for (name, octets, says) in bounces() {
        let path = Path::new(&folder).join(name);
        fs::write(path.with_extension("eml"), octets).unwrap();
        fs::write(path.with_extension("json"), says.to_string()).unwrap();
    }
}
