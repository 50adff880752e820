//! Which transfer encoding whole content takes, by one look that ends where the answer is known.

use memchr::memchr;
use wide::u8x16;

use super::{
    Lines, Scan, TransferEncoding, Transport,
    scan::{BLOCK, LINE, base64_len, length, most_quoted, padded},
};

/// Octets that are counted in octets, so that the compiler counts many at once.
const LANE: usize = 128;

/// Octets after which is asked whether more can change the answer.
const STRETCH: usize = 4 << 10;

/// The same at first: of small pictures this is enough.
const FIRST: usize = 256;

/// Octets in which pictures, archives and the like have a NUL.
const START: usize = 1 << 10;

/// Octets that the last line of quoted-printable and its growth beyond an estimate may take.
const SLACK: usize = 256;

/// What was found out about whole content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) encoding: TransferEncoding,
    /// Whether all octets are ASCII, where that was seen.
    pub(crate) is_ascii: Option<bool>,
    /// Whether no line of text ends in a bare LF, where that was seen.
    pub(crate) is_canonical: Option<bool>,
    /// Octets of what is written, about; never fewer but of quoted-printable.
    pub(crate) room: usize,
}

impl Scan {
    /// What [`best`](Self::best) says of whole content, without looking at more than the answer
    /// needs: of octets that are no text, a fraction.
    pub fn best_of(content: &[u8], transport: Transport, lines: Lines) -> TransferEncoding {
        Whole::of(content, transport, lines).encoding
    }
}

impl Whole {
    /// Looks at content that such a way is to carry.
    pub(crate) fn of(content: &[u8], transport: Transport, lines: Lines) -> Self {
        let start = content.get(..START).unwrap_or(content);
        let is_binary = lines == Lines::Octets && transport != Transport::Binary;
        if is_binary && memchr(0, start).is_some() {
            return Self { room: base64_room(length(content)), ..Self::OCTETS };
        }
        if transport == Transport::SevenBit {
            return match plain_lines(content, lines) {
                Some(bare) => Self::plain(content, bare),
                None => Self::encoded(content, Scan::new(), lines),
            };
        }
        let (mut scan, mut rest) = (Scan::new(), content);
        for stretch in content.chunks(STRETCH) {
            scan.push(stretch);
            rest = rest.get(stretch.len()..).unwrap_or_default();
            if transport == Transport::EightBit && !scan.may_be_lines(lines) {
                return Self::encoded(rest, scan, lines);
            }
        }
        Self::scanned(&scan, transport, lines)
    }

    /// What a scan found.
    pub(crate) fn scanned(scan: &Scan, transport: Transport, lines: Lines) -> Self {
        let encoding = scan.best(transport, lines);
        let octets = scan.octets;
        Self {
            encoding,
            is_ascii: Some(!scan.high),
            is_canonical: Some(scan.lf == scan.crlf),
            room: match encoding {
                TransferEncoding::Base64 => base64_room(octets.saturating_add(scan.lf)),
                TransferEncoding::QuotedPrintable => quoted_room(scan, octets, lines),
                _ => size(octets.saturating_add(scan.lf.saturating_sub(scan.crlf))),
            },
        }
    }

    fn plain(content: &[u8], bare_lfs: usize) -> Self {
        Self {
            encoding: TransferEncoding::SevenBit,
            is_ascii: Some(true),
            is_canonical: Some(bare_lfs == 0),
            room: content.len().saturating_add(bare_lfs),
        }
    }

    /// Of octets that are no text.
    const OCTETS: Self =
        Self { encoding: TransferEncoding::Base64, is_ascii: None, is_canonical: None, room: 0 };

    /// Goes on where only the length of the encodings is still to be known.
    fn encoded(mut rest: &[u8], mut scan: Scan, lines: Lines) -> Self {
        let octets = scan.octets.saturating_add(length(rest));
        let most = most_quoted(base64_len(octets), lines);
        let mut most_at_once = FIRST;
        while let Some((stretch, behind)) = rest.split_at_checked(most_at_once.min(rest.len()))
            && !stretch.is_empty()
        {
            most_at_once = STRETCH;
            scan.count(stretch);
            rest = behind;
            let quoted = octets.saturating_add(scan.growth(lines));
            match lines {
                Lines::Octets if scan.nul || quoted > most => {
                    return Self { room: base64_room(octets), ..Self::OCTETS };
                }
                // Each octet that is left adds two at most; LFs make base64 longer too.
                Lines::Text if quoted.saturating_add(length(rest).saturating_mul(2)) <= most => {
                    break;
                }
                _ => {}
            }
        }
        let encoding = match rest {
            [] => scan.encoding(lines),
            _ => TransferEncoding::QuotedPrintable,
        };
        Self {
            encoding,
            is_ascii: Some(!scan.high && rest.is_ascii()),
            is_canonical: None,
            room: match encoding {
                TransferEncoding::Base64 => base64_room(octets.saturating_add(scan.lf)),
                _ => quoted_room(&scan, octets, lines),
            },
        }
    }
}

impl Scan {
    /// Counts what quoted-printable makes longer.
    fn count(&mut self, piece: &[u8]) {
        for chunk in piece.chunks(LANE) {
            let mut counts = [0_u8; 5];
            let [encoded, cr, lf, nul, high] = &mut counts;
            for octet in chunk {
                let is_end = matches!(octet, b'\r' | b'\n');
                let is_literal = matches!(octet, b' '..=b'~' | b'\t') & (*octet != b'=');
                *encoded = encoded.wrapping_add(u8::from(!is_literal & !is_end));
                *cr = cr.wrapping_add(u8::from(*octet == b'\r'));
                *lf = lf.wrapping_add(u8::from(*octet == b'\n'));
                *nul = nul.wrapping_add(u8::from(*octet == 0));
                *high |= octet & 0x80;
            }
            let [encoded, cr, lf, nul, high] = counts;
            if cr != 0 || self.after_cr {
                self.count_pairs(chunk);
            }
            self.encoded = self.encoded.saturating_add(encoded.into());
            self.cr = self.cr.saturating_add(cr.into());
            self.lf = self.lf.saturating_add(lf.into());
            self.nul |= nul != 0;
            self.high |= high != 0;
        }
        self.octets = self.octets.saturating_add(length(piece));
    }

    /// Counts CRLF.
    fn count_pairs(&mut self, chunk: &[u8]) {
        let behind = chunk.iter().zip(chunk.get(1..).unwrap_or_default());
        let pairs = behind.fold(0_u8, |count, (one, other)| {
            count.wrapping_add(u8::from((*one == b'\r') & (*other == b'\n')))
        });
        let first = self.after_cr && chunk.first() == Some(&b'\n');
        self.crlf = self.crlf.saturating_add(u64::from(pairs).saturating_add(first.into()));
        self.after_cr = chunk.last() == Some(&b'\r');
    }
}

/// The number of bare LFs, where content is lines of ASCII of at most 78 octets, without NUL or bare
/// CR, and of [`Lines::Octets`] without bare LF.
fn plain_lines(content: &[u8], lines: Lines) -> Option<usize> {
    let mut seen = PlainLines::default();
    let (blocks, tail) = content.as_chunks::<BLOCK>();
    for block in blocks {
        if !seen.block(block, BLOCK as u64) {
            return None;
        }
    }
    if !tail.is_empty() && !seen.block(&padded(tail), length(tail)) {
        return None;
    }
    let is_plain = !seen.after_cr && seen.line <= LINE;
    (is_plain && (lines == Lines::Text || seen.bare_lf == 0)).then(|| size(seen.bare_lf))
}

#[derive(Debug, Default)]
struct PlainLines {
    bare_lf: u64,
    /// Octets of the present line.
    line: u64,
    after_cr: bool,
}

impl PlainLines {
    /// Looks at a block; false where it is not plain.
    #[inline]
    fn block(&mut self, block: &[u8; BLOCK], octets: u64) -> bool {
        let splat = u8x16::splat;
        let (mut all, mut least) = (splat(0), splat(u8::MAX));
        let (mut lf, mut cr) = (0_u64, 0_u64);
        for (number, sixteen) in block.as_chunks::<16>().0.iter().enumerate() {
            let octets = u8x16::from(*sixteen);
            let place =
                |bits: u8x16| u64::from(bits.to_bitmask()) << (number.wrapping_mul(16) & 63);
            lf |= place(octets.simd_eq(splat(b'\n')));
            cr |= place(octets.simd_eq(splat(b'\r')));
            all |= octets;
            least = least.min(octets);
        }
        if (all | least.simd_eq(splat(0))).to_bitmask() != 0 {
            return false;
        }
        let before = cr << 1 | u64::from(self.after_cr);
        self.after_cr = cr >> (octets.saturating_sub(1) & 63) & 1 == 1;
        // A CR that no LF follows.
        let inside = u64::MAX >> (64_u64.saturating_sub(octets) & 63);
        if before & inside & !lf != 0 {
            return false;
        }
        if lf == 0 {
            self.line = self.line.saturating_add(octets);
            // An LF behind a CR may still come.
            return self.line <= LINE.saturating_add(1);
        }
        let bare = lf & !before;
        if bare != 0 {
            self.bare_lf = self.bare_lf.saturating_add(u64::from(bare.count_ones()));
        }
        // Lines inside a block are shorter than any bound.
        let first = lf.trailing_zeros();
        let line = self.line.saturating_add(u64::from(first)).saturating_sub(before >> first & 1);
        self.line = octets.saturating_add(u64::from(lf.leading_zeros())).saturating_sub(64);
        line <= LINE
    }
}

/// Octets of base64, with the line end that the encoder puts behind the last line.
fn base64_room(octets: u64) -> usize {
    size(base64_len(octets)).saturating_add(2)
}

/// About the octets of quoted-printable, where a part of so many was counted.
fn quoted_room(scan: &Scan, octets: u64, lines: Lines) -> usize {
    let growth = scan.growth(lines).saturating_mul(octets).checked_div(scan.octets);
    let quoted = size(octets.saturating_add(growth.unwrap_or_default()));
    // A soft line break for each line of 76, and as much again.
    quoted.saturating_add(quoted / 12).saturating_add(SLACK)
}

fn size(octets: u64) -> usize {
    usize::try_from(octets).unwrap_or(usize::MAX)
}
