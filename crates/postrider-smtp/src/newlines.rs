//! The line ends of octets that come without dots: the chunks of `BDAT` (RFC 3030 §2).

/// Follows a mail over all of its chunks, for a CR or LF that stands alone. Without `BINARYMIME` a
/// mail is made of lines here too (RFC 5321 §2.3.8).
#[derive(Clone, Debug)]
pub(crate) struct Newlines {
    place: Place,
    nul: Nul,
    offset: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Anywhere but behind a CR.
    Text,
    /// Behind a CR, which was taken.
    Cr,
}

/// Whether a NUL offends too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nul {
    Offends,
    Passes,
}

impl Newlines {
    pub(crate) fn new(nul: Nul) -> Self {
        Self { place: Place::Text, nul, offset: 0 }
    }

    /// Takes octets from the front up to one that offends, and returns how many. A CR is taken
    /// before it is known to be bare; what offends then is the octet behind it.
    pub(crate) fn take(&mut self, octets: &[u8]) -> usize {
        let mut at = 0_usize;
        while let Some(&octet) = octets.get(at) {
            match (self.place, octet) {
                (Place::Cr, b'\n') => {
                    at = at.saturating_add(1);
                    self.place = Place::Text;
                }
                (Place::Cr, _) | (Place::Text, b'\n') => break,
                (Place::Text, 0) if self.nul == Nul::Offends => break,
                (Place::Text, b'\r') => {
                    at = at.saturating_add(1);
                    self.place = Place::Cr;
                }
                // The first octet is content, whatever stops the run behind it.
                (Place::Text, _) => {
                    let rest = octets.get(at.saturating_add(1)..).unwrap_or_default();
                    let run = match self.nul {
                        Nul::Offends => memchr::memchr3(b'\r', b'\n', 0, rest),
                        Nul::Passes => memchr::memchr2(b'\r', b'\n', rest),
                    };
                    at = at.saturating_add(1).saturating_add(run.unwrap_or(rest.len()));
                }
            }
        }
        self.offset = self.offset.saturating_add(at as u64);
        at
    }

    /// Whether the last octet was a CR that has no LF yet.
    pub(crate) fn is_behind_cr(&self) -> bool {
        self.place == Place::Cr
    }

    /// The bare CR was made good: what follows stands on its own.
    pub(crate) fn mend(&mut self) {
        self.place = Place::Text;
    }

    /// Where the bare CR or LF stands that [`Newlines::take`] stopped at, in octets of the mail.
    pub(crate) fn blamed(&self) -> u64 {
        self.offset.saturating_sub(u64::from(self.is_behind_cr()))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use alloc::vec::Vec;

    use super::{Newlines, Nul};

    /// Where the first offence is, however the octets are cut.
    fn offence(octets: &[u8], nul: Nul) -> Option<u64> {
        let mut found = Vec::new();
        for cut in 0..=octets.len() {
            let mut newlines = Newlines::new(nul);
            let (first, second) = octets.split_at(cut);
            let whole =
                newlines.take(first) == first.len() && newlines.take(second) == second.len();
            found.push((!whole).then(|| newlines.blamed()));
        }
        found.dedup();
        assert_eq!(found.len(), 1, "{octets:?}: {found:?}");
        found[0]
    }

    #[test]
    fn only_a_cr_or_lf_that_stands_alone_offends() {
        let table: &[(&[u8], Option<u64>)] = &[
            (b"", None),
            (b"text", None),
            (b"a\r\nb\r\n\r\n", None),
            (b"a\nb", Some(1)),
            (b"a\rb", Some(1)),
            (b"\n", Some(0)),
            (b"a\r\r\n", Some(1)),
            (b"a\r\n\n", Some(3)),
        ];
        for (octets, at) in table {
            assert_eq!(offence(octets, Nul::Passes), *at, "{octets:?}");
            assert_eq!(offence(octets, Nul::Offends), *at, "{octets:?}");
        }
        assert_eq!(offence(b"ab\0\r\n", Nul::Offends), Some(2));
        assert_eq!(offence(b"\0", Nul::Offends), Some(0));
        assert_eq!(offence(b"ab\0\0\r\n", Nul::Passes), None);
    }

    #[test]
    fn a_cr_at_the_end_is_open() {
        let mut newlines = Newlines::new(Nul::Offends);
        assert_eq!(newlines.take(b"a\r"), 2);
        assert!(newlines.is_behind_cr() && newlines.blamed() == 1);
        assert_eq!(newlines.take(b"\n"), 1);
        assert!(!newlines.is_behind_cr());
    }
}
