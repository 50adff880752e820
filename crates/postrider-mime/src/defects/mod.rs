//! All that is wrong with a message, and all places where readers disagree about it.

mod choice;

use alloc::vec::Vec;

use postrider_message::{Ambiguities, Defect, Defects, FieldName, FieldValue};

use crate::{Message, Part, TransferEncoding, code, tree::Kind};
use choice::ambiguity;

impl<B: AsRef<[u8]>> Message<B> {
    /// What is wrong with the structure, then with each header section, in the order of
    /// [`parts`](Self::parts). Header sections are looked through for it, one after the other; no
    /// value and no body is read. [`all_defects`](Self::all_defects) tells those of them, too.
    pub fn section_defects(&self) -> impl Iterator<Item = Defect> {
        let sections = self.parts().flat_map(|part| part.headers().defects());
        self.defects().iter().copied().chain(sections)
    }

    /// All that is wrong with the message, in the order of the octets, each once: with the structure,
    /// every header section, every value that has a type, file names, every body (decoded, text by
    /// its charset), and what [`check`](Self::check) finds. Advice is not among it; see
    /// [`Headers::lint`](postrider_message::Headers::lint).
    ///
    /// It reads the whole message and decodes it, one body after the other. Of each of these sources
    /// it keeps no more than [`Limits::defects`](crate::Limits::defects). What is in an encoded
    /// message is not told: that is a [`Message`] of its own.
    ///
    /// ```
    /// use postrider_mime::Message;
    ///
    /// let mail = "From: Joe <a@b> <c@d>\nSubject : Hello\nContent-Type: multipart/mixed; boundary=x\n\n\
    ///     --x\nContent-Transfer-Encoding: base64\n\naGVs*bG8=\n--x--\n--xy\n";
    /// let message = Message::parse(mail)?;
    /// let told: Vec<_> = message
    ///     .all_defects()
    ///     .iter()
    ///     .map(|one| (one.code().name(), &mail[one.span().range()]))
    ///     .collect();
    /// assert_eq!(
    ///     told,
    ///     [
    ///         ("after-address", "<c@d>"),
    ///         ("space-before-colon", "Subject"),
    ///         ("not-base64", "*"),
    ///         ("misplaced-boundary", "--x"),
    ///     ],
    /// );
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn all_defects(&self) -> Defects {
        self.collect(
            |_| true,
            |part, to| {
                to.append(&part.headers().defects());
                to.append(&part.headers().value_defects());
            },
        )
    }

    /// The places where deployed readers are known to disagree, so that a filter and a mail program
    /// may see two messages, each with the choice made here: of the structure, every header section
    /// ([`Headers::ambiguities`](postrider_message::Headers::ambiguities)), types and file names,
    /// encoded bodies, and what [`check`](Self::check) finds. In the order of the octets, each once.
    /// Who must be sure refuses a message that has any.
    ///
    /// It reads the whole message and decodes it, as [`all_defects`](Self::all_defects). What is in an
    /// [encoded message](Part::encoded_message) is not told; that it is there is an ambiguity.
    ///
    /// ```
    /// use postrider_mime::{Message, code};
    ///
    /// let mail = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a--\n--a\n\ntwo\n";
    /// let message = Message::parse(mail)?;
    /// let ambiguities = message.ambiguities();
    /// assert_eq!(ambiguities.len(), 1);
    /// assert_eq!(*ambiguities[0].defect().code(), code::MISPLACED_BOUNDARY);
    /// assert_eq!(ambiguities[0].defect().span().range(), 58..61);
    /// assert_eq!(ambiguities[0].choice(), "it is text, and nothing is split there");
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn ambiguities(&self) -> Ambiguities {
        let found = self.collect(
            |defect| ambiguity(*defect).is_some(),
            |part, to| {
                let found = part.headers().ambiguities();
                for one in &found {
                    to.push(one.defect().code(), one.defect().span());
                }
                to.append(&Defects::default().with_dropped(found.dropped()));
            },
        );
        let dropped = found.dropped();
        Ambiguities::new(found.into_iter().filter_map(ambiguity).collect::<Vec<_>>(), dropped)
    }

    /// What all sources tell, of each no more than the limit.
    fn collect(
        &self,
        wanted: impl Fn(&Defect) -> bool,
        mut section: impl FnMut(Part<'_>, &mut Defects),
    ) -> Defects {
        let limit = self.root().limits().defects;
        let [mut sections, mut values, mut bodies] = [(); 3].map(|()| Defects::with_limit(limit));
        let keep = |to: &mut Defects, from: &Defects| to.append_if(from, &wanted);
        for part in self.parts() {
            section(part, &mut sections);
            part_values(part, |found| keep(&mut values, found));
            if part.kind() == Kind::Leaf {
                keep(&mut bodies, &body(part));
            }
        }
        let mut all = Defects::with_limit(limit.saturating_mul(5));
        all.append(&sections);
        for found in [self.defects(), &values, &bodies, &self.check().defects] {
            keep(&mut all, found);
        }
        all.in_order()
    }
}

/// What is wrong with the fields that MIME has types for.
fn part_values(part: Part<'_>, mut tell: impl FnMut(&Defects)) {
    tell(&part.content_type().defects);
    if let Some(disposition) = part.disposition() {
        tell(&disposition.defects);
    }
    if let Some(field) = part.headers().get(FieldName::ContentTransferEncoding) {
        tell(&TransferEncoding::read(field.raw_value()).defects);
    }
    tell(&part.file_names().defects);
}

/// What is wrong with the body of a leaf, its unknown encoding aside: the field tells it.
fn body(part: Part<'_>) -> Defects {
    let defects = part.text().map_or_else(|| part.decoded().defects, |text| text.defects);
    let mut kept = Defects::with_limit(defects.len());
    kept.append_if(&defects, |one| *one.code() != code::UNKNOWN_ENCODING);
    kept
}
