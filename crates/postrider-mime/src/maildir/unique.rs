//! A name that no other file has.

use alloc::string::String;
use core::fmt;

/// A name for a new file, of what the caller knows: “Unless you're writing messages to a maildir,
/// the format of a unique name is none of your business.”
///
/// It is `time.parts.host`; the parts are those that are given, in this order, and together must be
/// unique for the host within the second. Random octets alone are enough; so are the number of the
/// process and that of its deliveries with microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unique {
    seconds: u64,
    microseconds: Option<u32>,
    process: Option<u32>,
    deliveries: Option<u32>,
    random: Option<u128>,
    host: String,
    size: Option<u64>,
    lines_size: Option<u64>,
}

impl Unique {
    /// A name of this second since 1970 and this host. What a file name, or this one, cannot have
    /// in the host is escaped: slash as `\057` and colon as `\072`, as Bernstein has it; control
    /// characters, white space, commas and other characters that some file system refuses are left
    /// out, as is what is longer than 64 octets.
    pub fn new(seconds: u64, host: &str) -> Self {
        let mut escaped = String::new();
        for character in host.chars() {
            match character {
                '/' => escaped.push_str("\\057"),
                ':' => escaped.push_str("\\072"),
                ',' | ';' | '!' | '\\' | '<' | '>' | '"' | '|' | '?' | '*' => {}
                _ if character.is_control() || character.is_whitespace() => {}
                _ => escaped.push(character),
            }
            if escaped.len() > 60 {
                break;
            }
        }
        Self {
            seconds,
            microseconds: None,
            process: None,
            deliveries: None,
            random: None,
            host: escaped,
            size: None,
            lines_size: None,
        }
    }

    /// `M`: microseconds of the second.
    pub const fn with_microseconds(mut self, microseconds: u32) -> Self {
        self.microseconds = Some(microseconds);
        self
    }

    /// `P`: the number of the process.
    pub const fn with_process(mut self, process: u32) -> Self {
        self.process = Some(process);
        self
    }

    /// `Q`: messages that this process delivered before.
    pub const fn with_deliveries(mut self, deliveries: u32) -> Self {
        self.deliveries = Some(deliveries);
        self
    }

    /// `R`: random octets, of which 16 are used.
    pub const fn with_random(mut self, seed: &[u8; 32]) -> Self {
        if let Some((random, _)) = seed.split_first_chunk() {
            self.random = Some(u128::from_be_bytes(*random));
        }
        self
    }

    /// `S=`: octets of the file (Maildir++), which a quota is counted by.
    pub const fn with_size(mut self, octets: u64) -> Self {
        self.size = Some(octets);
        self
    }

    /// `W=`: octets of the file where its lines end with CRLF (Dovecot).
    pub const fn with_lines_size(mut self, octets: u64) -> Self {
        self.lines_size = Some(octets);
        self
    }
}

impl fmt::Display for Unique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.", self.seconds)?;
        for (letter, number) in
            [('M', self.microseconds), ('P', self.process), ('Q', self.deliveries)]
        {
            if let Some(number) = number {
                write!(f, "{letter}{number}")?;
            }
        }
        if let Some(random) = self.random {
            write!(f, "R{random:032x}")?;
        }
        write!(f, ".{}", self.host)?;
        for (key, size) in [("S", self.size), ("W", self.lines_size)] {
            if let Some(size) = size {
                write!(f, ",{key}={size}")?;
            }
        }
        Ok(())
    }
}
