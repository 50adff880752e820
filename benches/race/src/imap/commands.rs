//! UID FETCH commands as clients send them.

use super::{
    COUNT, Unit,
    values::{Fetch, Value},
};
use crate::dice::Dice;

/// What clients ask for: a list, or one attribute or macro without parentheses where it is alone.
const ITEMS: [&[&str]; 20] = [
    &["FLAGS"],
    &["UID", "FLAGS"],
    &["FLAGS", "MODSEQ"],
    &["ALL"],
    &["FAST"],
    &["FULL"],
    &[
        "UID",
        "RFC822.SIZE",
        "FLAGS",
        "BODY.PEEK[HEADER.FIELDS (From To Cc Bcc Subject Date Message-ID Priority X-Priority References Newsgroups In-Reply-To Content-Type Reply-To)]",
    ],
    &[
        "INTERNALDATE",
        "UID",
        "RFC822.SIZE",
        "FLAGS",
        "BODY.PEEK[HEADER.FIELDS (date subject from to cc message-id in-reply-to references content-type x-priority x-uniform-type-identifier x-universally-unique-identifier list-id list-unsubscribe)]",
    ],
    &["UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE"],
    &["ENVELOPE", "FLAGS", "INTERNALDATE", "RFC822.SIZE"],
    &["UID", "RFC822.SIZE", "BODY[]"],
    &["UID", "BODY.PEEK[]"],
    &["BODY.PEEK[HEADER]", "BODYSTRUCTURE"],
    &["UID", "BODY.PEEK[1.2]<0.32768>"],
    &["BODY.PEEK[1.MIME]", "BODY.PEEK[1]<65536.65536>"],
    &["BODY.PEEK[2.1.HEADER]", "BODY.PEEK[2.1.TEXT]"],
    &["BINARY.PEEK[2]<0.262144>", "BINARY.SIZE[2]"],
    &["UID", "FLAGS", "BODY.PEEK[HEADER.FIELDS (X-TUID)]"],
    &["BODY.PEEK[HEADER.FIELDS.NOT (Received DKIM-Signature Authentication-Results)]"],
    &["RFC822.HEADER"],
];

/// The macros, which stand without parentheses (RFC 3501 §6.4.5).
const MACROS: [&str; 3] = ["ALL", "FAST", "FULL"];

/// The units of the workload.
pub fn units() -> Vec<Unit> {
    let mut dice = Dice::new(0x9b05_688c_2b3e_6c1f);
    (0..COUNT).map(|number| unit(number, &mut dice)).collect()
}

fn unit(number: usize, dice: &mut Dice) -> Unit {
    let tag = match dice.roll(3) {
        0 => format!("{number}"),
        1 => format!("A{number:04}"),
        _ => format!("{number}.{}", dice.roll(1000)),
    };
    let set = set(dice);
    let items = dice.of(&ITEMS);
    let bare = MACROS.contains(&items[0]) || items.len() == 1 && dice.roll(2) == 0;
    let list = items.join(" ");
    let list = if bare { list } else { format!("({list})") };
    let modseq = 715_194_045_000 + dice.roll(1 << 20) as u64;
    let (modifiers, changed_since, vanished) = match dice.roll(8) {
        0 => (format!(" (CHANGEDSINCE {modseq})"), Some(modseq), false),
        1 => (format!(" (CHANGEDSINCE {modseq} VANISHED)"), Some(modseq), true),
        _ => (String::new(), None, false),
    };
    // Thunderbird writes "UID fetch".
    let name = dice.of(&["UID FETCH", "UID FETCH", "UID fetch"]);
    let number = |number: u32| if number == STAR { "*".to_owned() } else { number.to_string() };
    let range = |(first, last): &(u32, u32)| match (*first, *last) {
        (first, last) if first == last => number(first),
        (first, last) => format!("{}:{}", number(first), number(last)),
    };
    let ranges: Vec<String> = set.iter().map(range).collect();
    let wire = format!("{tag} {name} {} {list}{modifiers}\r\n", ranges.join(","));
    let items = items.iter().map(<_>::to_string).collect();
    let value = Value::Fetch(Fetch { tag, set, items, changed_since, vanished });
    Unit { wire: wire.into_bytes(), value }
}

/// `*` in a set of [`Fetch`]; no UID is 0.
pub const STAR: u32 = 0;

/// One message, a page of them, everything since, or what a client misses.
fn set(dice: &mut Dice) -> Vec<(u32, u32)> {
    let mut uid = 1 + dice.roll(90_000) as u32;
    match dice.roll(5) {
        0 => vec![(uid, uid)],
        1 => vec![(uid, uid + 1 + dice.roll(200) as u32)],
        2 => vec![(uid, STAR)],
        3 => vec![(1, STAR)],
        _ => {
            let mut set = vec![(uid, uid)];
            for _ in 0..1 + dice.roll(40) {
                let first = uid + 2 + dice.roll(20) as u32;
                uid = first + if dice.roll(3) == 0 { 1 + dice.roll(9) as u32 } else { 0 };
                set.push((first, uid));
            }
            set
        }
    }
}
