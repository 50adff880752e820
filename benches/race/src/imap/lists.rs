//! LIST responses: the mailboxes of some users at servers of several kinds.

use super::{
    COUNT, Unit,
    values::{List, Value, string},
};
use crate::dice::Dice;

/// What servers name, with the attribute that tells its use (RFC 6154).
const SPECIAL: [(&str, &str); 8] = [
    ("Sent", "\\Sent"),
    ("Sent Items", "\\Sent"),
    ("Drafts", "\\Drafts"),
    ("Trash", "\\Trash"),
    ("Deleted Messages", "\\Trash"),
    ("Junk", "\\Junk"),
    ("Archive", "\\Archive"),
    ("[Gmail]/All Mail", "\\All"),
];

const WORDS: [&str; 20] = [
    "Work",
    "Projects",
    "lists",
    "rust-users",
    "Family",
    "2023",
    "2024",
    "Invoices",
    "Receipts",
    "Travel",
    "Holidays in Norway",
    "Entw&APw-rfe",
    "&ZeVnLIqe-",
    "Gel&APY-scht",
    "ietf",
    "imapext",
    "Clients & Co",
    "R&-D",
    "To do",
    "misc",
];

/// The units of the workload.
pub fn units() -> Vec<Unit> {
    let mut dice = Dice::new(0xa54f_f53a_5f1d_36f1);
    (0..COUNT).map(|_| unit(&mut dice)).collect()
}

fn unit(dice: &mut Dice) -> Unit {
    let delimiter = dice.of(&['/', '/', '.']);
    let mut attributes = Vec::new();
    attributes.push(dice.of(&["\\HasNoChildren", "\\HasNoChildren", "\\HasChildren"]));
    match dice.roll(8) {
        0 => attributes.push("\\Marked"),
        1 | 2 => attributes.push("\\UnMarked"),
        3 => attributes.push("\\Noselect"),
        _ => {}
    }
    let name = match dice.roll(6) {
        0 => "INBOX".to_owned(),
        1 | 2 => {
            let (name, attribute) = dice.of(&SPECIAL);
            attributes.push(attribute);
            name.to_owned()
        }
        _ => {
            let depth = 1 + dice.roll(3);
            let words: Vec<&str> = (0..depth).map(|_| dice.of(&WORDS)).collect();
            let prefix = dice.of(&["", "", "INBOX", "Shared"]);
            let parts = [prefix].into_iter().filter(|part| !part.is_empty()).chain(words);
            parts.collect::<Vec<_>>().join(&delimiter.to_string())
        }
    };
    // "&" alone begins modified UTF-7.
    let name = name.replace(" & ", " &- ");
    let mut wire = format!("* LIST ({}) \"{delimiter}\" ", attributes.join(" ")).into_bytes();
    let plain = name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"&-./".contains(&octet));
    // Dovecot sends atoms where it can, Gmail quotes all.
    if plain && dice.roll(2) == 0 {
        wire.extend(name.bytes());
    } else {
        string(name.as_bytes(), &mut wire);
    }
    wire.extend(b"\r\n");
    let attributes = attributes.iter().map(|one| one.to_lowercase()).collect();
    let list = List { attributes, delimiter: Some(delimiter as u8), name: name.into_bytes() };
    Unit { wire, value: Value::List(list) }
}
