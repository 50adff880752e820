//! Where a part stands: its number and its depth; and how a message and its parts show themselves.

use alloc::vec::Vec;
use core::fmt;

use crate::{Message, Part};

impl Part<'_> {
    /// Parts around this one: 0 for the message itself. Takes time by the depth.
    pub fn depth(self) -> usize {
        core::iter::successors(self.parent(), |part| part.parent()).count()
    }

    /// The number by which IMAP names it (RFC 9051 §6.4.5.1): [`Message::part`] of it is this part.
    /// `None` for a multipart that is a whole message or a nested one, which no number names.
    ///
    /// Takes time by the depth and the parts beside it; who numbers all parts counts along.
    ///
    /// ```
    /// use postrider_mime::Message;
    ///
    /// let mail = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n\
    ///     --a\nContent-Type: message/rfc822\n\nSubject: two\n\nHello\n--a--\n";
    /// let message = Message::parse(mail)?;
    /// let numbers: Vec<_> = message.parts().map(|part| part.number()).collect();
    /// assert_eq!(numbers, [None, Some(vec![1]), Some(vec![2]), Some(vec![2, 1])]);
    /// assert_eq!(message.part(&[2, 1]), message.parts().last());
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn number(self) -> Option<Vec<u32>> {
        let (mut number, mut part) = (Vec::new(), self);
        loop {
            let around = part.parent();
            match around.filter(|around| around.is_multipart()) {
                Some(multipart) => {
                    let before = multipart.children().take_while(|one| *one != part).count();
                    number.push(u32::try_from(before).ok()?.checked_add(1)?);
                }
                // A message; one that is no multipart has one part, itself.
                None if !part.is_multipart() => number.push(1),
                None if part == self => return None,
                None => {}
            }
            match around {
                Some(around) => part = around,
                None => break,
            }
        }
        number.reverse();
        Some(number)
    }
}

/// What it is and where it lies; not its octets.
impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("media_type", &format_args!("{}", self.media_type()))
            .field("header", &self.header_span().range())
            .field("body", &self.body_span().range())
            .finish_non_exhaustive()
    }
}

/// How large it is and what its parts are; not its octets.
impl<B: AsRef<[u8]>> fmt::Debug for Message<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("octets", &self.as_bytes().len())
            .field("root", &self.root())
            .field("parts", &self.parts().len())
            .field("defects", self.defects())
            .finish_non_exhaustive()
    }
}
