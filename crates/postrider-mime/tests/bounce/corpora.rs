//! The bounces of flufl.bounce, and corpora where few mails are bounces.

use std::{collections::BTreeMap, path::Path};

use postrider_mime::{
    Message,
    bounce::{Action, Bounce, Ground, Source},
};
use postrider_testkit::{Ledger, place_in_corpora, shared_files};

use crate::bounce;

const FLUFL: &str = include_str!("flufl.tsv");
const STATUS: &str = include_str!("status.tsv");

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').collect())
}

fn files() -> Vec<(String, Vec<u8>)> {
    let name = |file: &Path| file.file_name().unwrap().to_str().unwrap().to_owned();
    let files = shared_files("corpora/flufl-bounce/data");
    files.iter().map(|file| (name(file), std::fs::read(file).unwrap())).collect()
}

/// The addresses of an action, in the order of their octets.
fn addresses(bounce: Option<&Bounce>, action: Action) -> String {
    let recipients = bounce.map_or(&[][..], Bounce::recipients).iter();
    let of_action = recipients.filter(|one| one.action() == action);
    let mut addresses: Vec<_> = of_action.filter_map(|one| one.address()).collect();
    addresses.sort_unstable();
    addresses.join(" ")
}

#[test]
fn recipients_are_those_that_flufl_bounce_tells() {
    let files = files();
    let told: BTreeMap<_, _> = rows(FLUFL).map(|row| (row[0], (row[1], row[2]))).collect();
    let mut ledger = Ledger::new(include_str!("../decisions.md"));
    for (name, mail) in &files {
        let (failed, delayed) = told[name.as_str()];
        let bounce = bounce(mail);
        let place = format!("flufl-bounce/data/{name}");
        for (question, theirs, action) in [
            ("failed recipients", failed, Action::Failed),
            ("delayed recipients", delayed, Action::Delayed),
        ] {
            let ours = addresses(bounce.as_ref(), action);
            ledger.compare(&place, question, "flufl.bounce", theirs, &ours);
        }
    }
    if !files.is_empty() {
        assert_eq!(told.len(), files.len());
        ledger.settle_exactly(234, "flufl.bounce");
    }
}

/// `BOUNCE_TABLE=1` prints all that is told, for a reader who checks it against the mails.
#[test]
fn action_and_status_are_those_that_the_mail_tells() {
    let mut expected = rows(STATUS);
    for (name, mail) in files() {
        let bounce = bounce(&mail);
        let recipients = bounce
            .iter()
            .flat_map(|bounce| bounce.recipients().iter().map(|one| (bounce.source(), one)));
        for (source, one) in recipients {
            let written = one.original().or_else(|| one.last()).unwrap_or_default();
            let (action, status) = (one.action().to_string(), one.status().to_string());
            let (source, ground) = (format!("{source:?}"), format!("{:?}", one.ground()));
            if std::env::var_os("BOUNCE_TABLE").is_some() {
                println!(
                    "{name}\t{written}\t{action}\t{status}\t{source}\t{ground}\t{}",
                    one.diagnosis()
                );
                continue;
            }
            let row = expected.next().unwrap();
            assert_eq!(row[..6], [name.as_str(), written, &action, &status, &source, &ground]);
            let words = row[6];
            assert!(words_of(&mail).contains(words), "{name}: {words:?}");
            assert_eq!(words.is_empty(), one.ground() == Ground::Action, "{name}");
        }
    }
}

/// The words of a mail in small letters, one blank between two of them, soft line breaks undone.
fn words_of(mail: &[u8]) -> String {
    let text = String::from_utf8_lossy(mail).replace("=\r\n", "").replace("=\n", "");
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Two files are no bounces: a mail that quotes others (`groupwise_03.txt`) and an answer to one
/// (`qmail_08.txt`).
#[test]
fn what_is_no_bounce_is_told_as_none() {
    let files = files();
    if files.is_empty() {
        return;
    }
    let none = files.iter().filter(|(_, mail)| bounce(mail).is_none());
    let none: Vec<_> = none.map(|(name, _)| name.as_str()).collect();
    assert_eq!(none, ["groupwise_03.txt", "qmail_08.txt"]);
}

/// Each is a bounce, as reading it shows.
const IN_SPAMASSASSIN: &[(&str, Source, &str)] = &[
    // Demon's mail store: “failed because it has not been collected after 30 days”.
    (
        "spamassassin/easy-ham-2/01304.af5f3a2d3a0a19785aeaeeb3d7e36040.txt",
        Source::Sentence,
        "meow1p654@epoq.demon.co.uk failed 4.4.7",
    ),
    // A Postfix delay that a mailing list sent on.
    (
        "spamassassin/easy-ham-2/01311.b6a06b3e24130a32172b4c5225a1d5a6.txt",
        Source::DeliveryStatus,
        "khera@kcilink.com delayed 4.0.0",
    ),
    // Exchange, about a spam with a forged sender.
    (
        "spamassassin/spam-2/00169.86268e75abd1bd4bda4d6c129681df34.txt",
        Source::List,
        "75@tfi.kpn.com failed 5.1.1",
    ),
];

#[test]
fn of_the_mails_of_spamassassin_the_bounces_are_told_and_nothing_else() {
    let mut told = Vec::new();
    let files = shared_files("corpora/spamassassin");
    for file in &files {
        let message = Message::parse(std::fs::read(file).unwrap()).unwrap();
        let Some(bounce) = Bounce::of(&message) else { continue };
        let [one] = bounce.recipients() else { panic!("{}", file.display()) };
        let address = one.address().unwrap_or_default();
        let recipient = format!("{address} {} {}", one.action(), one.status());
        told.push((place_in_corpora(file), bounce.source(), recipient));
    }
    let told: Vec<_> = told.iter().map(|(file, source, one)| (&**file, *source, &**one)).collect();
    assert!(files.is_empty() || told == IN_SPAMASSASSIN, "{told:#?}");
}

/// Bounces among the messages that other libraries are tested with: all by the standard but for one
/// of qmail.
#[test]
fn of_other_corpora_the_bounces_are_told_and_nothing_else() {
    let folders = ["enmime", "isemail", "kmime", "mime4j-mimetools", "mime4j-testmsgs", "mimekit"];
    let more = ["perl-email-mime", "perl-mime-tools", "python-test-email"];
    let (mut told, mut count) = (Vec::new(), 0);
    for folder in folders.into_iter().chain(more) {
        for file in shared_files(&format!("corpora/{folder}")) {
            count += 1;
            let message = Message::parse(std::fs::read(&file).unwrap()).unwrap();
            if let Some(bounce) = Bounce::of(&message) {
                let mark = if bounce.source() == Source::DeliveryStatus { "" } else { "!" };
                told.push(format!("{}{mark}", place_in_corpora(&file)));
            }
        }
    }
    let expected = [
        "enmime/dsn/testdata/delayed_dsn.raw",
        "enmime/dsn/testdata/dsn_with_multipart_alternative.raw",
        "enmime/dsn/testdata/multi_recipient_dsn.raw",
        "enmime/dsn/testdata/simple_dsn.raw",
        "enmime/dsn/testdata/simple_dsn_with_html.raw",
        "mimekit/messages/bounce.txt!",
        "mimekit/messages/delivery-status-multiple-blank-lines.txt",
        "mimekit/messages/delivery-status-no-blank-line.txt",
        "mimekit/messages/delivery-status.anonymized.eml",
        "mimekit/messages/delivery-status.txt",
        "mimekit/messages/delivery-status2.txt",
        "python-test-email/msg_16.txt",
        "python-test-email/msg_43.txt",
    ];
    assert!(count == 0 || told == expected, "{told:#?}");
}
