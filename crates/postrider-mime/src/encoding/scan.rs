//! Which transfer encoding content takes: what it holds, found in one pass, 64 octets at a time.

use memchr::memchr_iter;
use wide::u8x16;

use super::{Lines, TransferEncoding};

/// Octets that are looked at at once.
pub(super) const BLOCK: usize = 64;

/// "Each line of characters MUST be no more than 998 characters, and SHOULD be no more than 78
/// characters, excluding the CRLF" (RFC 5322 §2.1.1). A SHOULD that an encoding can keep is kept.
pub(super) const LINE: u64 = 78;

const FROM: &[u8; 5] = b"From ";

/// What the way that a message takes carries (RFC 2045 §2.7–2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::exhaustive_enums, reason = "RFC 2045 has three kinds of data")]
pub enum Transport {
    /// Lines of ASCII: what every way carries.
    #[default]
    SevenBit,
    /// Lines of any octets but NUL: SMTP with 8BITMIME (RFC 6152).
    EightBit,
    /// Any octets: SMTP with BINARYMIME (RFC 3030), and stores.
    Binary,
}

/// What decides which transfer encoding is best for content: taken in pieces, or
/// [of the whole](Self::of).
///
/// ```
/// use postrider_mime::{TransferEncoding, encoding::{Lines, Scan, Transport}};
///
/// let best = |content: &str, way| Scan::of(content.as_bytes()).best(way, Lines::Text);
/// assert_eq!(best("Hello\nWorld\n", Transport::SevenBit), TransferEncoding::SevenBit);
/// assert_eq!(best("One café more\n", Transport::SevenBit), TransferEncoding::QuotedPrintable);
/// assert_eq!(best("One café more\n", Transport::EightBit), TransferEncoding::EightBit);
/// assert_eq!(best("Grüße aus Köln", Transport::SevenBit), TransferEncoding::QuotedPrintable);
/// assert_eq!(best("Привет, мир", Transport::SevenBit), TransferEncoding::Base64);
/// assert_eq!(best(&"long ".repeat(20), Transport::SevenBit), TransferEncoding::QuotedPrintable);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Scan {
    pub(super) octets: u64,
    /// Octets that quoted-printable encodes wherever they are; CR and LF are counted apart.
    pub(super) encoded: u64,
    pub(super) cr: u64,
    pub(super) lf: u64,
    pub(super) crlf: u64,
    /// Octets of the present line.
    line: u64,
    /// Octets of the longest line that ended, where they are 64 or more.
    longest: u64,
    pub(super) high: bool,
    pub(super) nul: bool,
    /// The last octet was a CR.
    pub(super) after_cr: bool,
    /// What is looked for in content that is to be signed.
    signing: Option<Signing>,
}

/// What agents on the way change in lines of ASCII.
#[derive(Debug, Clone, Default)]
struct Signing {
    found: bool,
    /// The last octet, but for a CR behind it, was a space or a tab.
    after_blank: bool,
    /// So many octets of `From ` were at the start of the line, and the piece ended.
    from: Option<usize>,
}

impl Scan {
    /// At the start of content.
    pub fn new() -> Self {
        Self::default()
    }

    /// For content that is to be signed, which must be 7bit, with no white space at the end of a
    /// line and none that starts with `From ` (RFC 3156 §3) or a dot (RFC 2049 §3).
    pub fn for_signing() -> Self {
        let from = Some(0);
        Self { signing: Some(Signing { from, ..Signing::default() }), ..Self::default() }
    }

    /// Of whole content.
    pub fn of(content: &[u8]) -> Self {
        let mut scan = Self::new();
        scan.push(content);
        scan
    }

    /// Looks at a piece of the content.
    pub fn push(&mut self, piece: &[u8]) {
        if let Some(signing) = &mut self.signing {
            signing.push(piece);
        }
        let (blocks, tail) = piece.as_chunks::<BLOCK>();
        for block in blocks {
            self.block(block, BLOCK);
        }
        if !tail.is_empty() {
            self.block(&padded(tail), tail.len());
        }
    }

    /// Octets that were looked at.
    pub const fn octets(&self) -> u64 {
        self.octets
    }

    /// The plainest encoding of those that such a way carries: the content as it stands where its
    /// lines allow it, and else quoted-printable or base64.
    ///
    /// Of [`Lines::Text`], quoted-printable is taken unless it is more than a third longer than
    /// base64: "If the data being encoded are mostly US-ASCII text, the encoded form of the data
    /// remains largely recognizable by humans" (RFC 2045 §6.7). Of [`Lines::Octets`] the shorter one
    /// is taken.
    ///
    /// As it stands, content has lines of at most 78 octets, which end in CRLF (of [`Lines::Text`]
    /// in LF too), and no other CR, LF or NUL (RFC 2045 §2.7–2.8, RFC 5322 §2.1.1); `binary` has no
    /// such rules.
    pub fn best(&self, transport: Transport, lines: Lines) -> TransferEncoding {
        let signing = self.signing.is_some();
        match (transport, self.is_lines(lines)) {
            (_, true) if !self.high && !self.is_changed() => TransferEncoding::SevenBit,
            (Transport::EightBit | Transport::Binary, true) if !signing => {
                TransferEncoding::EightBit
            }
            (Transport::Binary, false) if !signing => TransferEncoding::Binary,
            _ => self.encoding(lines),
        }
    }

    /// The encoding that makes ASCII. Octets with a NUL among them are no text, which people could
    /// read in quoted-printable.
    pub(super) fn encoding(&self, lines: Lines) -> TransferEncoding {
        let binary = self.nul && lines == Lines::Octets;
        match binary || self.quoted(lines) > most_quoted(self.base64(lines), lines) {
            true => TransferEncoding::Base64,
            false => TransferEncoding::QuotedPrintable,
        }
    }

    /// Whether it is lines that need no encoding but for octets beyond ASCII.
    fn is_lines(&self, lines: Lines) -> bool {
        !self.after_cr && self.may_be_lines(lines)
    }

    /// The same where the LF behind a last CR may still come.
    pub(super) fn may_be_lines(&self, lines: Lines) -> bool {
        let bare_lf = lines == Lines::Octets && self.lf != self.crlf;
        let bare_cr = self.cr.saturating_sub(u64::from(self.after_cr)) != self.crlf;
        !self.nul && !bare_lf && !bare_cr && self.longest.max(self.line) <= LINE
    }

    /// Whether agents on the way change content that ends here.
    pub(crate) fn is_changed(&self) -> bool {
        self.signing.as_ref().is_some_and(|signing| signing.found || signing.after_blank)
    }

    /// Whether they change it however it goes on.
    pub(crate) fn has_changed_line(&self) -> bool {
        self.signing.as_ref().is_some_and(|signing| signing.found)
    }

    /// The length in quoted-printable, without soft line breaks.
    fn quoted(&self, lines: Lines) -> u64 {
        self.octets.saturating_add(self.growth(lines))
    }

    /// Octets that quoted-printable adds.
    pub(super) fn growth(&self, lines: Lines) -> u64 {
        let (bare_cr, bare_lf) =
            (self.cr.saturating_sub(self.crlf), self.lf.saturating_sub(self.crlf));
        match lines {
            Lines::Text => {
                self.encoded.saturating_add(bare_cr).saturating_mul(2).saturating_add(bare_lf)
            }
            Lines::Octets => {
                self.encoded.saturating_add(self.cr).saturating_add(self.lf).saturating_mul(2)
            }
        }
    }

    fn base64(&self, lines: Lines) -> u64 {
        let octets = match lines {
            Lines::Text => self.octets.saturating_add(self.lf.saturating_sub(self.crlf)),
            Lines::Octets => self.octets,
        };
        base64_len(octets)
    }

    #[inline]
    fn block(&mut self, block: &[u8; BLOCK], octets: usize) {
        let masks = Masks::of(block);
        if masks.encoded != 0 {
            self.encoded = self.encoded.saturating_add(u64::from(masks.encoded.count_ones()));
            self.high |= masks.high;
            self.nul |= masks.nul;
        }
        let size = u64::try_from(octets).unwrap_or(u64::MAX);
        self.octets = self.octets.saturating_add(size);
        if masks.lf | masks.cr == 0 {
            self.line = self.line.saturating_add(size);
            self.after_cr = false;
            return;
        }
        self.line_ends(&masks, size);
    }

    #[inline]
    fn line_ends(&mut self, masks: &Masks, size: u64) {
        let before = masks.cr << 1 | u64::from(self.after_cr);
        let count = |mask: u64| u64::from(mask.count_ones());
        self.lf = self.lf.saturating_add(count(masks.lf));
        self.cr = self.cr.saturating_add(count(masks.cr));
        self.crlf = self.crlf.saturating_add(count(masks.lf & before));
        self.after_cr = masks.cr >> size.saturating_sub(1) & 1 == 1;
        if masks.lf == 0 {
            self.line = self.line.saturating_add(size);
            return;
        }
        // Lines inside a block are shorter than any bound.
        let first = masks.lf.trailing_zeros();
        let line = self.line.saturating_add(u64::from(first)).saturating_sub(before >> first & 1);
        self.longest = self.longest.max(line);
        let behind = u64::from(masks.lf.leading_zeros());
        self.line = size.saturating_add(behind).saturating_sub(64);
    }
}

impl Signing {
    fn push(&mut self, piece: &[u8]) {
        if let Some(matched) = self.from {
            self.begin_line(matched, piece);
        }
        for lf in memchr_iter(b'\n', piece) {
            let (line, rest) = piece.split_at_checked(lf).unwrap_or((piece, &[]));
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            self.found |= line.last().map_or(self.after_blank, is_blank);
            self.begin_line(0, rest.get(1..).unwrap_or_default());
        }
        let end = piece.strip_suffix(b"\r").unwrap_or(piece);
        self.after_blank = end.last().map_or(self.after_blank, is_blank);
    }

    /// A line goes on, or begins, with these octets.
    fn begin_line(&mut self, matched: usize, octets: &[u8]) {
        let expected = FROM.get(matched..).unwrap_or_default();
        let seen = octets.get(..expected.len()).unwrap_or(octets);
        self.found |= seen == expected || (matched == 0 && seen.starts_with(b"."));
        let is_open = seen.len() < expected.len() && expected.starts_with(seen);
        self.from = is_open.then(|| matched.saturating_add(seen.len()));
    }
}

const fn is_blank(octet: &u8) -> bool {
    matches!(*octet, b' ' | b'\t')
}

/// Which octets of a block are what, a bit for each.
struct Masks {
    lf: u64,
    cr: u64,
    /// What quoted-printable encodes wherever it is, but for CR and LF.
    encoded: u64,
    /// There is an octet beyond ASCII.
    high: bool,
    nul: bool,
}

impl Masks {
    #[inline]
    fn of(block: &[u8; BLOCK]) -> Self {
        let splat = u8x16::splat;
        let (first, last) = (splat(b' '), splat(b'~'));
        let mut masks = Self { lf: 0, cr: 0, encoded: 0, high: false, nul: false };
        let (mut high, mut least) = (splat(0), splat(u8::MAX));
        for (number, sixteen) in block.as_chunks::<16>().0.iter().enumerate() {
            let octets = u8x16::from(*sixteen);
            let place =
                |bits: u8x16| u64::from(bits.to_bitmask()) << (number.wrapping_mul(16) & 63);
            let (lf, cr) = (octets.simd_eq(splat(b'\n')), octets.simd_eq(splat(b'\r')));
            let printable = octets.max(first).simd_eq(octets) & octets.min(last).simd_eq(octets);
            let literal =
                (printable | octets.simd_eq(splat(b'\t')) | lf | cr) & !octets.simd_eq(splat(b'='));
            masks.lf |= place(lf);
            masks.cr |= place(cr);
            masks.encoded |= place(!literal);
            high |= octets;
            least = least.min(octets);
        }
        masks.high = high.to_bitmask() != 0;
        masks.nul = least.simd_eq(splat(0)).to_bitmask() != 0;
        masks
    }
}

/// A block that begins with these octets.
pub(super) fn padded(octets: &[u8]) -> [u8; BLOCK] {
    let mut block = [b'x'; BLOCK];
    if let Some(start) = block.get_mut(..octets.len()) {
        start.copy_from_slice(octets);
    }
    block
}

/// How long quoted-printable may be where base64 has this length.
pub(super) fn most_quoted(base64: u64, lines: Lines) -> u64 {
    match lines {
        Lines::Text => base64.saturating_add(base64 / 3),
        Lines::Octets => base64,
    }
}

/// Octets of base64 in lines of 76, with no line end behind the last.
pub(super) fn base64_len(octets: u64) -> u64 {
    let symbols = octets.div_ceil(3).saturating_mul(4);
    let ends = symbols.div_ceil(76).saturating_sub(1).saturating_mul(2);
    symbols.saturating_add(ends)
}

pub(super) fn length(octets: &[u8]) -> u64 {
    u64::try_from(octets.len()).unwrap_or(u64::MAX)
}
