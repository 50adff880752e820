//! Notifications of other programs: those of flufl.bounce, and what flufl.bounce finds in them.

use std::collections::BTreeMap;
use std::path::Path;

use postrider_mime::Message;
use postrider_mime::bounce::Action;
use postrider_relay::dsn::{MatchedBy, Returned, SentMail};
use postrider_testkit::{Ledger, read_shared, shared_files};

fn beside(path: &str) -> String {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    std::fs::read_to_string(crates.join("postrider-mime/tests").join(path)).unwrap()
}

fn addresses(returned: Option<&Returned>, action: Action) -> String {
    let recipients = returned.map_or(&[][..], |returned| &returned.recipients).iter();
    let of_action = recipients.filter(|one| one.action == action);
    let mut found: Vec<_> = of_action.filter_map(|one| one.address()).collect();
    found.retain(|address| address.contains('@'));
    found.sort_unstable();
    found.dedup();
    found.join(" ")
}

/// The differences from flufl.bounce are those of the reader of the MIME crate, which has told why in
/// its own ledger, and no others.
#[test]
fn recipients_are_those_that_flufl_bounce_tells() {
    let table = beside("bounce/flufl.tsv");
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let rows = rows.map(|line| line.split('\t').collect::<Vec<_>>());
    let told: BTreeMap<_, _> = rows.map(|row| (row[0].to_owned(), row)).collect();
    let decisions = beside("decisions.md");
    let mut ledger = Ledger::new(Box::leak(decisions.into_boxed_str()));
    let files = shared_files("corpora/flufl-bounce/data");
    for file in &files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let message = Message::parse(std::fs::read(file).unwrap()).unwrap();
        let returned = Returned::read(&message);
        let place = format!("flufl-bounce/data/{name}");
        for (question, column, action) in
            [("failed recipients", 1, Action::Failed), ("delayed recipients", 2, Action::Delayed)]
        {
            let ours = addresses(returned.as_ref(), action);
            ledger.compare(&place, question, "flufl.bounce", told[name][column], &ours);
        }
    }
    if !files.is_empty() {
        ledger.settle_exactly(234, "flufl.bounce");
    }
}

/// As the files have them: of what came back, in a part or in the text, and not of the notification.
#[test]
fn the_identifiers_of_the_mail_are_found() {
    let table = [
        ("flufl-bounce/data/dsn_01.txt", "F1218V8zDv60gxapzha000001ae@hotmail.com", None),
        ("flufl-bounce/data/dsn_05.txt", "pfchbtkf3j0p7prf0sp45vi21fro3bs7ad@4ax.com", None),
        ("flufl-bounce/data/exim_01.txt", "19990920022322.A19735@stereo.rotzorg.org", None),
        ("mimekit/messages/delivery-status.txt", "31FC7EB4.41C6@netscape.com", None),
        (
            "python-test-email/msg_16.txt",
            "002001c144a6$8752e060$56104586@oxy.edu",
            Some("0GK500B4HD0888@cougar.noc.ucla.edu"),
        ),
    ];
    for (file, id, envelope_id) in table {
        let Some(octets) = read_shared(&format!("corpora/{file}")) else { continue };
        let message = Message::parse(octets).unwrap();
        let returned = Returned::read(&message).expect(file);
        assert_eq!(returned.message_id.as_deref(), Some(id), "{file}");
        assert_eq!(returned.envelope_id.as_deref(), envelope_id, "{file}");
        let sent = SentMail::new(vec![]).with_message_id(id);
        assert_eq!(returned.matched(&sent).map(|found| found.by), Some(MatchedBy::MessageId));
    }
}
