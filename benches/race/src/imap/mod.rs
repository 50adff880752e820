//! The language of IMAP beside `imap-codec` and `imap-proto`: responses and commands as they stand on
//! the wire, what they say as plain values, and what each library reads.

pub mod commands;
pub mod envelopes;
pub mod flags;
pub mod lists;
pub mod literal;
pub mod ours;
pub mod peers;
pub mod searches;
pub mod serving;
pub mod structures;
pub mod values;
pub mod writing;

use values::Value;

/// One response or command: its octets, and what they say.
pub struct Unit {
    pub wire: Vec<u8>,
    pub value: Value,
}

impl Unit {
    pub fn octets(&self) -> usize {
        self.wire.len()
    }
}

/// How many units a workload has.
pub const COUNT: usize = 512;
