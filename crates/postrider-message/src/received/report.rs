//! A journey, written for a person.

use core::fmt::{self, Write};

use super::{Encryption, Finding, Hop, Trace};
use crate::write::{is_control, is_invisible};

/// Characters of a name that are shown.
const SHOWN: usize = 80;

/// What strangers wrote, safe to show: cut, and without the characters that move a cursor, turn the
/// direction of writing, or are not seen.
struct Safe<'s>(&'s str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(SHOWN) {
            let unsafe_to_show = is_control(character) || is_invisible(character);
            f.write_char(if unsafe_to_show { '\u{fffd}' } else { character })?;
        }
        if characters.next().is_some() { f.write_char('…') } else { Ok(()) }
    }
}

/// Seconds, as in `1 d 2 h 3 min 4 s`, units of zero left out.
struct Duration(u64);

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(seconds) = *self;
        if seconds == 0 {
            return f.write_str("0 s");
        }
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        let mut blank = "";
        for (count, unit) in [(days, "d"), (hours, "h"), (minutes, "min"), (seconds % 60, "s")] {
            if count > 0 {
                write!(f, "{blank}{count} {unit}")?;
                blank = " ";
            }
        }
        Ok(())
    }
}

/// One line for each hop, one for the whole, one for each [`Finding`]. Names are cut after 80
/// characters; control characters in them are replaced.
impl fmt::Display for Trace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, hop) in self.hops().iter().enumerate() {
            write_hop(f, index, hop)?;
        }
        match self.hops().len() {
            1 => f.write_str("1 hop")?,
            hops => write!(f, "{hops} hops")?,
        }
        if let Some(total) = self.total() {
            write!(f, ", {} in all", Duration(total.unsigned_abs()))?;
        }
        if !self.defects().is_empty() {
            f.write_str(", older ones not read")?;
        }
        f.write_char('\n')?;
        for finding in self.findings() {
            writeln!(f, "{finding}")?;
        }
        Ok(())
    }
}

fn write_hop(f: &mut fmt::Formatter<'_>, index: usize, hop: &Hop<'_>) -> fmt::Result {
    let received = &hop.received().value;
    write!(f, "{}. ", index.saturating_add(1))?;
    match (hop.from(), unnamed(hop)) {
        (Some(""), Some(comment)) => write!(f, "({})", Safe(comment))?,
        (None | Some(""), _) => f.write_str("(not told)")?,
        (Some(from), _) => write!(f, "{}", Safe(from))?,
    }
    if let Some(info) = received.tcp_info() {
        match info.name() {
            Some(name) => write!(f, " ({} [{}])", Safe(name), info.address())?,
            None => write!(f, " ([{}])", info.address())?,
        }
    }
    write!(f, " -> {}", Safe(hop.by().filter(|by| !by.is_empty()).unwrap_or("(not told)")))?;
    if let Some(protocol) = hop.protocol() {
        write!(f, ", {}", Safe(protocol))?;
    }
    match hop.encryption() {
        Encryption::Yes => f.write_str(", encrypted")?,
        Encryption::No => f.write_str(", not encrypted")?,
        Encryption::Unknown => {}
    }
    if let Some(version) = received.tls_info().and_then(|info| info.version()) {
        write!(f, " with {}", Safe(version))?;
    }
    if let Some(date) = hop.date() {
        write!(f, ", {date}")?;
    }
    if let Some(delay) = hop.delay() {
        let sign = if delay < 0 { '-' } else { '+' };
        write!(f, " ({sign}{})", Duration(delay.unsigned_abs()))?;
    }
    f.write_char('\n')
}

/// What a `from` clause without a name says in its first comment, as in `from (host) [192.0.2.1]`. A
/// comment with the address is read as TCP-info.
fn unnamed<'h>(hop: &'h Hop<'_>) -> Option<&'h str> {
    let comment = hop.received().value.from()?.comments().first()?;
    (!comment.is_empty() && !comment.contains('[')).then_some(&**comment)
}

/// One line in English; hops count from 1.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |seconds: i64| Duration(seconds.unsigned_abs());
        let number = |hop: usize| hop.saturating_add(1);
        match *self {
            Self::Written { hop, seconds: before } => {
                let side = if before < 0 { "after" } else { "before" };
                write!(f, "the Date is {} {side} hop {}", seconds(before), number(hop))
            }
            Self::NoDate { hop } => write!(f, "hop {} has no date that can be read", number(hop)),
            Self::ClockSkew { hop, seconds: by } => {
                let side = if by < 0 { "behind" } else { "ahead" };
                let by = seconds(by);
                write!(f, "the clock of hop {} is {side} by {by} at least", number(hop))
            }
            Self::Return { hop, earlier, same_id } => {
                let id = if same_id { " with the same id" } else { "" };
                write!(
                    f,
                    "hop {} reaches the host of hop {} again{id}",
                    number(hop),
                    number(earlier)
                )
            }
            Self::PrivateAddress { hop, address } => {
                write!(
                    f,
                    "hop {} comes from {address}, an address of a private network",
                    number(hop)
                )
            }
            Self::Slowest { hop, seconds: lost } => {
                write!(f, "hop {} lost most time: {}", number(hop), seconds(lost))
            }
        }
    }
}
