//! What is wrong with an encoded body, while it is decoded.

use postrider_message::Code;

/// Something in an encoded body that does not belong there, and where.
///
/// ```
/// use postrider_mime::{code, encoding::Decoder, TransferEncoding};
///
/// let (mut decoder, mut out) = (Decoder::new(TransferEncoding::Base64), Vec::new());
/// decoder.decode(b"aGVs*bG8=", &mut out);
/// let problem = decoder.problems().next().unwrap();
/// assert_eq!((problem.code(), problem.offset()), (&code::NOT_BASE64, 4));
/// assert_eq!(out, b"hello");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    code: &'static Code,
    offset: u64,
}

impl Problem {
    /// Which rule is broken; compare with the constants of [`code`](crate::code).
    pub const fn code(&self) -> &'static Code {
        self.code
    }

    /// Where, in octets from the start of the encoded body. What is missing is told at the place
    /// where it should stand, which may be the end of the body.
    pub const fn offset(&self) -> u64 {
        self.offset
    }
}

/// The first problem of each kind. No encoding has more than three kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Problems([Option<Problem>; 3]);

impl Problems {
    /// Notes a problem, unless one of its kind is noted.
    pub(super) fn tell(&mut self, code: &'static Code, offset: u64) {
        for slot in &mut self.0 {
            match slot {
                Some(told) if told.code == code => return,
                Some(_) => {}
                None => {
                    *slot = Some(Problem { code, offset });
                    return;
                }
            }
        }
    }

    pub(super) fn has(&self, code: &Code) -> bool {
        self.iter().any(|told| told.code == code)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Problem> {
        self.0.into_iter().flatten()
    }
}
