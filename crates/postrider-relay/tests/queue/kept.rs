//! What a store keeps.

use postrider_relay::queue::{QueueItem, RecipientState};
use postrider_smtp::{ForwardPath, MailParameters, RcptParameters, ReversePath};

/// An item as it is kept. Whoever changes this, changes what queues of users hold.
const KEPT: &str = r#"{
  "id": "Q1",
  "sender": "alice@a.example",
  "parameters": "RET=HDRS ENVID=QQ1",
  "arrived": 1800000000,
  "tls_optional": false,
  "notice_of": null,
  "notices": 1,
  "recipients": [
    {
      "path": "bob@b.example",
      "parameters": "NOTIFY=FAILURE,DELAY ORCPT=rfc822;bob@b.example",
      "state": {
        "Waiting": {
          "attempts": 2,
          "next": 1800003600,
          "last": {
            "status": "4.2.1",
            "host": "mx1.b.example",
            "words": "450 4.2.1 later",
            "is_reply": true,
            "at": 1800000000
          },
          "late_told": false
        }
      }
    },
    {
      "path": "carol@b.example",
      "parameters": "",
      "state": {
        "Delivered": {
          "host": "mx1.b.example",
          "at": 1800000000,
          "to_tell": false
        }
      }
    }
  ]
}"#;

#[test]
fn an_item_is_read_back_as_it_was_kept() {
    let item: QueueItem = serde_json::from_str(KEPT).unwrap();
    assert_eq!(serde_json::to_string_pretty(&item).unwrap(), KEPT);
    assert!(!item.is_done());
    assert!(matches!(item.recipients[0].state, RecipientState::Waiting { attempts: 2, .. }));
}

#[test]
fn what_an_older_version_did_not_keep_is_not_missed() {
    let old = r#"{"id":"Q1","sender":"","arrived":5,"recipients":[{"path":"bob@b.example",
        "state":{"Waiting":{"attempts":0,"next":5,"last":null,"late_told":false}}}]}"#;
    let item: QueueItem = serde_json::from_str(old).unwrap();
    assert_eq!(
        item,
        QueueItem::new("Q1", ReversePath::null(), 5)
            .to(ForwardPath::parse("bob@b.example").unwrap())
    );
}

#[test]
fn what_is_damaged_is_not_read() {
    for (from, to) in [
        ("alice@a.example", "alice@a.example> SIZE=1"),
        ("bob@b.example\",", "bob@b.example\\r\\nDATA\","),
        ("RET=HDRS", "RET=HDRS\\r\\nDATA"),
        ("\"4.2.1\"", "\"4.2.1\\r\\n\""),
    ] {
        let damaged = KEPT.replacen(from, to, 1);
        assert_ne!(damaged, KEPT);
        assert!(serde_json::from_str::<QueueItem>(&damaged).is_err(), "{to}");
    }
}

#[test]
fn a_mail_is_split_by_domain_and_nothing_else_is_changed() {
    let to = |path: &str| ForwardPath::parse(path).unwrap();
    let item = QueueItem::new("Q1", ReversePath::parse("a@a.example").unwrap(), 5)
        .with_parameters(MailParameters::new().with_size(17))
        .to(to("bob@B.example"))
        .to(to("k@b\u{fc}cher.example"))
        .with_recipient(to("carol@b.Example"), RcptParameters::new())
        .to(to("k@xn--bcher-kva.example"))
        .to(to("k@[192.0.2.1]"));
    let parts = item.clone().split_by_domain();
    let shown: Vec<_> = parts
        .iter()
        .map(|part| {
            (
                part.id.as_str(),
                part.recipients.iter().map(|one| one.path.to_string()).collect::<Vec<_>>(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("Q1", vec!["<bob@B.example>".to_owned(), "<carol@b.Example>".into()]),
            ("Q1.2", vec!["<k@b\u{fc}cher.example>".into(), "<k@xn--bcher-kva.example>".into()]),
            ("Q1.3", vec!["<k@[192.0.2.1]>".into()]),
        ]
    );
    assert!(
        parts.iter().all(|part| part.parameters == item.parameters && part.sender == item.sender)
    );
}
