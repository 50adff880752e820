//! FETCH responses with the ENVELOPE of a mail: of real mails where they are here, else made up.

use std::borrow::Cow;

use postrider_message::HeaderSection;
use postrider_mime::imap;

use super::{
    COUNT, Unit,
    values::{Address, Envelope, NString, Value},
};
use crate::{corpus, dice::Dice};

/// The units of the workload.
pub fn units() -> Vec<Unit> {
    let mut dice = Dice::new(0x6a09_e667_f3bc_c908);
    let envelopes = match corpus::spamassassin() {
        Ok(corpus) => real(&corpus.mails),
        Err(_) => {
            eprintln!("skipped: SpamAssassin's mails are not here; racing on envelopes made up");
            (0..COUNT).map(|_| made_up(&mut dice)).collect()
        }
    };
    let unit = |(number, envelope): (usize, Envelope)| {
        let mut wire = format!("* {} FETCH (ENVELOPE ", number * 37 + 1).into_bytes();
        envelope.write(&mut wire);
        wire.extend(b")\r\n");
        Unit { wire, value: Value::Envelope(envelope) }
    };
    envelopes.into_iter().enumerate().map(unit).collect()
}

/// Of mails that lie evenly among all. IMAP has no string with a NUL.
fn real(mails: &[Vec<u8>]) -> Vec<Envelope> {
    let step = (mails.len() / COUNT).max(1);
    let without_nul =
        mails.iter().map(Vec::as_slice).filter(|mail| !mail.contains(&0)).step_by(step);
    without_nul.take(COUNT).map(of).collect()
}

fn of(mail: &[u8]) -> Envelope {
    let section = HeaderSection::parse(mail);
    let view = imap::Envelope::of(section.headers());
    let own = |text: Option<Cow<'_, [u8]>>| text.map(Cow::into_owned);
    Envelope {
        date: own(view.date()),
        subject: own(view.subject()),
        addresses: [
            view.from().map(address).collect(),
            view.sender().map(address).collect(),
            view.reply_to().map(address).collect(),
            view.to().map(address).collect(),
            view.cc().map(address).collect(),
            view.bcc().map(address).collect(),
        ],
        in_reply_to: own(view.in_reply_to()),
        message_id: own(view.message_id()),
    }
}

fn address(view: imap::Address<'_>) -> Address {
    let own = |text: Option<Cow<'_, [u8]>>| text.map(Cow::into_owned);
    Address([own(view.name), own(view.adl), own(view.mailbox), view.host.map(<[u8]>::to_vec)])
}

const FIRST: [&str; 12] = [
    "Anna", "James", "Maria", "Wei", "Olga", "Kofi", "Fatima", "Hans", "Yuki", "Pierre", "Li",
    "Sofia",
];
const LAST: [&str; 12] = [
    "Smith",
    "Mueller",
    "Garcia",
    "O'Neill",
    "Kowalski",
    "Tanaka",
    "Ng",
    "Rossi",
    "Ivanova",
    "Johansson",
    "Nguyen",
    "Silva",
];
const HOSTS: [&str; 10] = [
    "example.com",
    "example.org",
    "mail.example.net",
    "gmail.example",
    "foo.de",
    "cs.university.example.edu",
    "a.co",
    "lists.example.org",
    "acme.example",
    "163.example",
];
const SUBJECTS: [&str; 10] = [
    "Re: minutes of the meeting on Thursday",
    "[lists] Re: Fwd: patch for the build on older machines, second try",
    "Your order has been shipped",
    "=?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus_M=C3=BCnchen?=",
    "=?utf-8?B?5Lya6K2w44Gu6K2w5LqL6Yyy44KS44GK6YCB44KK44GX44G+44GZ?=",
    "Invoice 2024-03-1187",
    "Weekly digest: 14 new posts, 3 answers to yours",
    "lunch?",
    "Re: the \"final\" draft",
    "",
];

/// An envelope as a client meets it.
pub fn made_up(dice: &mut Dice) -> Envelope {
    let from = vec![person(dice)];
    let sender = if dice.roll(6) == 0 { vec![person(dice)] } else { from.clone() };
    let reply_to = if dice.roll(6) == 0 { vec![person(dice)] } else { from.clone() };
    let people = |dice: &mut Dice, sides: &[usize]| -> Vec<Address> {
        let count = dice.of(sides);
        (0..count).map(|_| person(dice)).collect()
    };
    let to = people(dice, &[1, 1, 1, 2, 3]);
    let cc = people(dice, &[0, 0, 0, 1, 4]);
    let answer = dice.roll(2) == 0;
    Envelope {
        date: text(format!(
            "{}, {} {} 2024 {:02}:{:02}:{:02} +0{}00",
            dice.of(&["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]),
            1 + dice.roll(28),
            dice.of(&["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep"]),
            dice.roll(24),
            dice.roll(60),
            dice.roll(60),
            dice.roll(10),
        )),
        subject: text(dice.of(&SUBJECTS)),
        addresses: [from, sender, reply_to, to, cc, Vec::new()],
        in_reply_to: answer.then(|| identifier(dice)),
        message_id: Some(identifier(dice)),
    }
}

fn person(dice: &mut Dice) -> Address {
    let (first, last) = (dice.of(&FIRST), dice.of(&LAST));
    let name = match dice.roll(5) {
        0 => None,
        1 => text(format!("{last}, {first}")),
        _ => text(format!("{first} {last}")),
    };
    let local = format!("{}.{}", first.to_lowercase(), last.to_lowercase().replace('\'', ""));
    Address([name, None, text(local), text(dice.of(&HOSTS))])
}

/// A Message-ID.
pub fn identifier(dice: &mut Dice) -> Vec<u8> {
    let (left, right) = (dice.roll(1 << 30), dice.roll(1 << 30));
    format!("<{left:08X}.{right:x}@{}>", dice.of(&HOSTS)).into_bytes()
}

fn text(text: impl Into<String>) -> NString {
    Some(text.into().into_bytes())
}
