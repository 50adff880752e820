//! Envelopes as nearly all clients write them: what a search for every mark would find octet by octet,
//! guessing wrong at most of them, is found sixteen octets at a time and hardly with a branch.
//!
//! What these functions take, the grammar of the RFC takes in the same way; what they leave is not
//! wrong, but for that grammar to judge.

use wide::u8x16;

/// Octets that are looked at at once.
const STEP: usize = 16;
/// A bit for each of them.
const ALL: u32 = 0xffff;
/// Octets of a local part or a domain that there are bits for, its end included. What is shorter cannot
/// hold a label that is too long (RFC 1035 §2.3.4).
const WORD: usize = 64;
/// Octets of a list of parameters that there are bits for.
const LIST: usize = 128;

/// Where the `@` and the `>` stand in a mailbox that begins at `from`, is ASCII, and has a dot-string and
/// a domain.
#[inline(always)]
pub(super) fn mailbox(line: &[u8], from: usize) -> Option<(usize, usize)> {
    let at = local_part(line, from)?;
    let end = domain(line, at.checked_add(1)?)?;
    Some((at, end))
}

/// Where the dot-string ends that begins at `from`: at an `@`.
///
/// ```text
/// Dot-string = Atom *("."  Atom)
/// ```
#[inline(always)]
fn local_part(line: &[u8], from: usize) -> Option<usize> {
    let (mut taken, mut dots) = (0_u64, 0_u64);
    for base in (0..WORD).step_by(STEP) {
        let step = Step::of(line, from.checked_add(base)?)?;
        let octets = step.octets;
        let dot = octets.simd_eq(u8x16::splat(b'.'));
        // What else may stand in an atom is rare.
        let others = octets.simd_eq(u8x16::splat(b'+'))
            | octets.simd_eq(u8x16::splat(b'-'))
            | octets.simd_eq(u8x16::splat(b'='))
            | octets.simd_eq(u8x16::splat(b'_'))
            | in_range(octets, b'#', b'\'');
        let these = step.bits(alphanumeric(octets) | dot | others);
        taken |= u64::from(these) << base;
        dots |= u64::from(step.bits(dot)) << base;
        if these != ALL {
            break;
        }
    }
    let length = taken.trailing_ones();
    if length as usize == WORD {
        return None;
    }
    let end = from.checked_add(length as usize)?;
    // Neither at an end nor beside each other.
    let separators = (dots & below(length)) | bit(length);
    let wrong = separators & (separators << 1 | 1);
    (wrong == 0 && line.get(end) == Some(&b'@')).then_some(end)
}

/// Where the domain ends that begins at `from`: at a `>`.
///
/// ```text
/// Domain     = sub-domain *("." sub-domain)
/// sub-domain = Let-dig [Ldh-str]
/// ```
#[inline(always)]
fn domain(line: &[u8], from: usize) -> Option<usize> {
    let (mut taken, mut dots, mut hyphens) = (0_u64, 0_u64, 0_u64);
    for base in (0..WORD).step_by(STEP) {
        let step = Step::of(line, from.checked_add(base)?)?;
        let octets = step.octets;
        let dot = octets.simd_eq(u8x16::splat(b'.'));
        let hyphen = octets.simd_eq(u8x16::splat(b'-'));
        let these = step.bits(alphanumeric(octets) | dot | hyphen);
        taken |= u64::from(these) << base;
        dots |= u64::from(step.bits(dot)) << base;
        hyphens |= u64::from(step.bits(hyphen)) << base;
        if these != ALL {
            break;
        }
    }
    let length = taken.trailing_ones();
    if length as usize == WORD {
        return None;
    }
    let end = from.checked_add(length as usize)?;
    // No label is empty, and none begins or ends with a hyphen.
    let separators = (dots & below(length)) | bit(length);
    let beside = separators << 1 | 1 | separators >> 1;
    let wrong = (separators & (separators << 1 | 1)) | (hyphens & below(length) & beside);
    (wrong == 0 && line.get(end) == Some(&b'>')).then_some(end)
}

/// Where the blanks and equal signs of a list of parameters stand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ListMarks {
    blanks: u128,
    equals: u128,
}

impl ListMarks {
    /// Reads the list that `line` holds from `from` on, where all of it is ASCII without TAB.
    ///
    /// ```text
    /// *( 1*SP esmtp-keyword ["=" esmtp-value] )
    /// ```
    #[inline(always)]
    pub(super) fn of(line: &[u8], from: usize) -> Option<Self> {
        let length = line.len().checked_sub(from)?;
        if length == 0 {
            return Some(Self::default());
        }
        if length > LIST {
            return None;
        }
        let [mut blanks, mut equals, mut graphic, mut words, mut hyphens] = [0_u128; 5];
        for half in [0, WORD] {
            if half >= length {
                break;
            }
            let marks = HalfMarks::of(line, from.checked_add(half)?)?;
            blanks |= u128::from(marks.blanks) << half;
            equals |= u128::from(marks.equals) << half;
            graphic |= u128::from(marks.graphic) << half;
            words |= u128::from(marks.words) << half;
            hyphens |= u128::from(marks.hyphens) << half;
        }
        let starts = graphic & (blanks << 1);
        let text = graphic & !equals;
        // A bit that is added where a keyword begins runs as a carry through all of it.
        let sum = text.wrapping_add(starts);
        let (keywords, values) = (text & !sum, text & sum);
        let wrong = (starts & (equals | hyphens))
            | (keywords & !words)
            | (equals & !(keywords << 1))
            | (equals & !(values >> 1));
        let all = u128::MAX.checked_shr((LIST.wrapping_sub(length)) as u32)?;
        let good = blanks & 1 == 1 && blanks | graphic == all && wrong == 0;
        good.then_some(Self { blanks, equals })
    }

    /// The first parameter: where it begins, where its keyword ends, and where it ends, in a list of this
    /// length.
    #[inline(always)]
    pub(super) fn first(self, length: usize) -> (usize, usize, usize) {
        let start = self.blanks.trailing_ones();
        let past = u128::MAX.checked_shl(start).unwrap_or_default();
        let end = ((self.blanks & past).trailing_zeros() as usize).min(length);
        let equals = (self.equals.trailing_zeros() as usize).min(end);
        (start as usize, equals, end)
    }

    /// What is left of them behind so many octets.
    #[inline(always)]
    pub(super) fn behind(self, octets: usize) -> Self {
        let shifted = |bits: u128| bits.checked_shr(octets as u32).unwrap_or_default();
        Self { blanks: shifted(self.blanks), equals: shifted(self.equals) }
    }
}

/// What the octets of a list are, a bit for each.
#[derive(Default)]
struct HalfMarks {
    blanks: u64,
    equals: u64,
    graphic: u64,
    words: u64,
    hyphens: u64,
}

impl HalfMarks {
    #[inline(always)]
    fn of(line: &[u8], from: usize) -> Option<Self> {
        let mut marks = Self::default();
        let length = line.len().saturating_sub(from).min(WORD);
        let mut base = 0_usize;
        while base < length {
            let step = Step::of(line, from.checked_add(base)?)?;
            let octets = step.octets;
            let is = |octet: u8| octets.simd_eq(u8x16::splat(octet));
            let place = |lanes| u64::from(step.bits(lanes)) << (base & 63);
            let hyphen = is(b'-');
            marks.blanks |= place(is(b' '));
            marks.equals |= place(is(b'='));
            marks.graphic |= place(in_range(octets, b'!', b'~'));
            marks.words |= place(alphanumeric(octets) | hyphen);
            marks.hyphens |= place(hyphen);
            base = base.wrapping_add(STEP);
        }
        Some(marks)
    }
}

/// A bit for the octet with this number; none behind the last.
#[inline(always)]
fn bit(number: u32) -> u64 {
    1_u64.checked_shl(number).unwrap_or_default()
}

/// Bits for so many octets.
#[inline(always)]
fn below(octets: u32) -> u64 {
    bit(octets).wrapping_sub(1)
}

/// Sixteen octets of a line.
struct Step {
    octets: u8x16,
    /// How many of them stand before those that are looked at.
    before: u32,
}

impl Step {
    /// The octets at `at`, at least one. The last ones of a line are read together with some before
    /// them; a line of fewer than sixteen is left.
    #[inline(always)]
    fn of(line: &[u8], at: usize) -> Option<Self> {
        let rest = line.get(at..)?;
        match rest.first_chunk::<STEP>() {
            Some(octets) => Some(Self { octets: u8x16::from(*octets), before: 0 }),
            None if rest.is_empty() => None,
            None => {
                let octets = u8x16::from(*line.last_chunk::<STEP>()?);
                Some(Self { octets, before: STEP.wrapping_sub(rest.len()) as u32 })
            }
        }
    }

    /// A bit for each of them.
    #[inline(always)]
    fn bits(&self, lanes: u8x16) -> u32 {
        lanes.to_bitmask() >> (self.before & 15)
    }
}

#[inline(always)]
fn in_range(octets: u8x16, first: u8, last: u8) -> u8x16 {
    #[expect(clippy::arithmetic_side_effects, reason = "lanes wrap around")]
    let behind = octets - u8x16::splat(first);
    behind.min(u8x16::splat(last.wrapping_sub(first))).simd_eq(behind)
}

#[inline(always)]
fn alphanumeric(octets: u8x16) -> u8x16 {
    // The bit that lower case has over upper case.
    in_range(octets | u8x16::splat(0x20), b'a', b'z') | in_range(octets, b'0', b'9')
}

#[cfg(test)]
mod tests {
    extern crate std;
    use alloc::string::String;
    use alloc::vec::Vec;
    use std::format;

    use proptest::prelude::*;

    use crate::CommandFault;
    use crate::syntax::address::Path;
    use crate::syntax::command::{Mail, Rcpt, any_mail, any_rcpt, mail, plain, rcpt};
    use crate::syntax::parameter::{Parameter, Parameters};

    type Read<'a> = Result<(Path<'a>, Vec<Parameter<'a>>), CommandFault>;

    fn all<'a>(path: Path<'a>, parameters: Parameters<'a>) -> (Path<'a>, Vec<Parameter<'a>>) {
        (path, parameters.collect())
    }

    fn of_mail(mail: Result<Mail<'_>, CommandFault>) -> Read<'_> {
        mail.map(|mail| all(mail.path, mail.parameters))
    }

    fn of_rcpt(rcpt: Result<Rcpt<'_>, CommandFault>) -> Read<'_> {
        rcpt.map(|rcpt| all(rcpt.path, rcpt.parameters))
    }

    /// Reads a line in both ways, as `MAIL` and as `RCPT`; they must agree.
    fn check(line: &[u8]) {
        let shown = line.escape_ascii();
        assert_eq!(of_mail(mail(line)), of_mail(any_mail(line)), "{shown}");
        assert_eq!(of_rcpt(rcpt(line)), of_rcpt(any_rcpt(line)), "{shown}");
    }

    fn is_plain(line: &str) -> bool {
        plain(line.as_bytes(), b"MAIL FROM:<").is_some()
    }

    const LINES: &[&str] = &[
        "MAIL FROM:<> SIZE=1 BODY=8BITMIME",
        "MAIL FROM:<anna.o'neill+list=example.com@mail.example.net> SIZE=12345",
        "MAIL FROM:<a@b-c.de>  RET=FULL   ENVID=QQ314159 SMTPUTF8",
        "RCPT TO:<Jones@XYZ.COM> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Jones+2Bx@XYZ.COM",
        "Mail From: <a.b@c-d.example> SIZE=5",
        "rcpt to:<a.b@c-d.example>",
        "RCPT TO: <a@b.example>",
        "RCPT TO:<a@b>",
    ];

    #[test]
    fn any_octet_anywhere_is_read_alike() {
        for line in LINES {
            let mut line = Vec::from(line.as_bytes());
            for at in 0..line.len() {
                let was = line[at];
                for octet in 0..=u8::MAX {
                    line[at] = octet;
                    check(&line);
                }
                line[at] = was;
                check(&line[..at]);
            }
        }
    }

    #[test]
    fn usual_envelopes_are_plain() {
        for line in LINES.iter().take(3) {
            assert!(is_plain(line), "{line}");
        }
    }

    #[test]
    fn what_there_are_no_bits_for_is_left() {
        for n in [62, 63, 64, 65, 127, 128, 129] {
            let word = "x".repeat(n);
            let at_end = format!("{}.", "x".repeat(n - 1));
            let path = |local: &str, domain: &str| format!("MAIL FROM:<{local}@{domain}> SIZE=1");
            assert_eq!(is_plain(&path(&word, "b")), n <= 63, "{n}");
            assert_eq!(is_plain(&path("a", &word)), n <= 63, "{n}");
            for line in [path(&word, "b"), path("a", &word), path(&at_end, "b"), path("a", &at_end)]
            {
                check(line.as_bytes());
            }
            // A list of so many octets.
            let list = format!("MAIL FROM:<a@b> AUTH={}", "x".repeat(n - 6));
            assert_eq!(is_plain(&list), n <= 128, "{n}");
            check(list.as_bytes());
            assert_eq!(mail(list.as_bytes()).unwrap().parameters.count(), 1);
            check(format!("MAIL FROM:<a@b>{} A", " ".repeat(n - 2)).as_bytes());
            check(format!("MAIL FROM:<a@b> A={} B", "x".repeat(n - 5)).as_bytes());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn both_grammars_agree(
            start in prop::sample::select(std::vec!["MAIL FROM:<", "RCPT TO:<", "mail FROM: <", "RCPT TO:  <"]),
            local in prop_oneof![
                4 => "[a-z0-9_+=#-]{1,20}(\\.[a-z0-9'-]{1,20}){0,3}",
                1 => "[a-z.+'_@\"\\\\ \u{e9}=&-]{0,3}[a-z0-9.-]{0,70}",
            ],
            domain in prop_oneof![
                4 => "@[a-z0-9-]{1,20}(\\.[a-z0-9]{1,20}){0,3}",
                1 => "(@|@@|)[a-z0-9.\\[-]{0,30}[a-z0-9.\u{e9}-]{0,30}",
            ],
            end in prop_oneof![
                4 => Just(">"),
                1 => prop::sample::select(std::vec!["> ", "", "> \t", ">>", ">x"]),
            ],
            list in prop_oneof![
                4 => "( {1,2}(SIZE|[A-Z0-9][A-Z-]{1,9})(=[!-<>-~]{1,40}|)){0,5}",
                1 => "(( {1,2}|\t)(SIZE|[A-Z-]{1,9})(=|==|)[!-~\u{e9}]{0,40}){0,4} ?",
            ],
        ) {
            let line: String = [start, &local, &domain, end, &list].concat();
            check(line.as_bytes());
        }
    }
}
