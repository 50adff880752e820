//! FETCH responses with what changes of a message: UID, FLAGS, MODSEQ, as a resynchronisation brings
//! them.

use super::{
    COUNT, Unit,
    values::{Flags, Value},
};
use crate::dice::Dice;

const KEYWORDS: [&str; 8] = [
    "$Forwarded",
    "$MDNSent",
    "$Junk",
    "$NotJunk",
    "NonJunk",
    "$Label1",
    "$Label4",
    "OIB-Seen-INBOX",
];

/// The units of the workload.
pub fn units() -> Vec<Unit> {
    let mut dice = Dice::new(0x3c6e_f372_fe94_f82b);
    let mut number = 0;
    let mut uid = 4000;
    let unit = |_| {
        number += 1 + dice.roll(3) as u32;
        uid += 1 + dice.roll(40) as u32;
        let mut flags: Vec<String> = Vec::new();
        for (flag, of_ten) in
            [("\\Seen", 8), ("\\Answered", 3), ("\\Flagged", 1), ("\\Deleted", 1), ("\\Draft", 1)]
        {
            if dice.roll(10) < of_ten {
                flags.push(flag.into());
            }
        }
        for _ in 0..dice.of(&[0, 0, 1, 1, 2, 3]) {
            let keyword = dice.of(&KEYWORDS).into();
            if !flags.contains(&keyword) {
                flags.push(keyword);
            }
        }
        let modseq = 715_194_045_000 + dice.roll(1 << 20) as u64;
        let list = flags.join(" ");
        let items = match dice.roll(3) {
            0 => format!("FLAGS ({list}) UID {uid} MODSEQ ({modseq})"),
            1 => format!("UID {uid} MODSEQ ({modseq}) FLAGS ({list})"),
            _ => format!("UID {uid} FLAGS ({list}) MODSEQ ({modseq})"),
        };
        let wire = format!("* {number} FETCH ({items})\r\n").into_bytes();
        let flags = flags.iter().map(|flag| flag.to_lowercase()).collect();
        Unit { wire, value: Value::Flags(Flags { number, uid, flags, modseq }) }
    };
    (0..COUNT).map(unit).collect()
}
