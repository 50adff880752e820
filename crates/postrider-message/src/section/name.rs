//! The field names this crate knows.

use core::fmt;

macro_rules! names {
    ($($variant:ident $text:literal $once:literal $reference:literal;)*) => {
        /// A known field name. Lookup by it compares no strings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum FieldName {
            $(
                #[doc = concat!("`", $text, "` (", $reference, ").")]
                $variant,
            )*
        }

        impl FieldName {
            /// All names that are known.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name as its RFC spells it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Whether a header section may have it at most once, by the RFC that defines it.
            pub const fn is_single(self) -> bool {
                match self { $(Self::$variant => $once,)* }
            }

            /// The RFC section that defines it.
            pub const fn reference(self) -> &'static str {
                match self { $(Self::$variant => $reference,)* }
            }
        }
    };
}

names! {
    ArchivedAt "Archived-At" false "RFC 5064 §2";
    ArcAuthenticationResults "ARC-Authentication-Results" false "RFC 8617 §4.1.1";
    ArcMessageSignature "ARC-Message-Signature" false "RFC 8617 §4.1.2";
    ArcSeal "ARC-Seal" false "RFC 8617 §4.1.3";
    AuthenticationResults "Authentication-Results" false "RFC 8601 §2";
    AutoSubmitted "Auto-Submitted" false "RFC 3834 §5";
    Autocrypt "Autocrypt" false "Autocrypt Level 1";
    AutocryptGossip "Autocrypt-Gossip" false "Autocrypt Level 1";
    Bcc "Bcc" true "RFC 5322 §3.6.3";
    Cc "Cc" true "RFC 5322 §3.6.3";
    Comments "Comments" false "RFC 5322 §3.6.5";
    ContentDescription "Content-Description" true "RFC 2045 §8";
    ContentDisposition "Content-Disposition" true "RFC 2183 §2";
    ContentId "Content-ID" true "RFC 2045 §7";
    ContentLanguage "Content-Language" true "RFC 3282 §2";
    ContentLocation "Content-Location" true "RFC 2557 §4";
    ContentMd5 "Content-MD5" true "RFC 1864 §2";
    ContentTransferEncoding "Content-Transfer-Encoding" true "RFC 2045 §6";
    ContentType "Content-Type" true "RFC 2045 §5";
    Date "Date" true "RFC 5322 §3.6.1";
    DeliveredTo "Delivered-To" false "RFC 9228 §3";
    DispositionNotificationTo "Disposition-Notification-To" true "RFC 8098 §2.1";
    DkimSignature "DKIM-Signature" false "RFC 6376 §3.5";
    ErrorsTo "Errors-To" false "RFC 2076 §3.5";
    From "From" true "RFC 5322 §3.6.2";
    Importance "Importance" true "RFC 2156 §5.3.4";
    InReplyTo "In-Reply-To" true "RFC 5322 §3.6.4";
    Keywords "Keywords" false "RFC 5322 §3.6.5";
    ListArchive "List-Archive" true "RFC 2369 §3.6";
    ListHelp "List-Help" true "RFC 2369 §3.1";
    ListId "List-Id" true "RFC 2919 §3";
    ListOwner "List-Owner" true "RFC 2369 §3.5";
    ListPost "List-Post" true "RFC 2369 §3.4";
    ListSubscribe "List-Subscribe" true "RFC 2369 §3.3";
    ListUnsubscribe "List-Unsubscribe" true "RFC 2369 §3.2";
    ListUnsubscribePost "List-Unsubscribe-Post" true "RFC 8058 §3.1";
    MessageId "Message-ID" true "RFC 5322 §3.6.4";
    MimeVersion "MIME-Version" true "RFC 2045 §4";
    OriginalRecipient "Original-Recipient" true "RFC 8098 §2.3";
    Precedence "Precedence" true "RFC 2076 §3.9";
    Priority "Priority" true "RFC 2156 §5.3.6";
    Received "Received" false "RFC 5321 §4.4";
    ReceivedSpf "Received-SPF" false "RFC 7208 §9.1";
    References "References" true "RFC 5322 §3.6.4";
    ReplyTo "Reply-To" true "RFC 5322 §3.6.2";
    ResentBcc "Resent-Bcc" false "RFC 5322 §3.6.6";
    ResentCc "Resent-Cc" false "RFC 5322 §3.6.6";
    ResentDate "Resent-Date" false "RFC 5322 §3.6.6";
    ResentFrom "Resent-From" false "RFC 5322 §3.6.6";
    ResentMessageId "Resent-Message-ID" false "RFC 5322 §3.6.6";
    ResentReplyTo "Resent-Reply-To" false "RFC 5322 §4.5.6";
    ResentSender "Resent-Sender" false "RFC 5322 §3.6.6";
    ResentTo "Resent-To" false "RFC 5322 §3.6.6";
    ReturnPath "Return-Path" false "RFC 5322 §3.6.7";
    Sender "Sender" true "RFC 5322 §3.6.2";
    Sensitivity "Sensitivity" true "RFC 2156 §5.3.4";
    Subject "Subject" true "RFC 5322 §3.6.5";
    TlsRequired "TLS-Required" true "RFC 8689 §5";
    To "To" true "RFC 5322 §3.6.3";
    UserAgent "User-Agent" false "RFC 5536 §3.2.13";
    XMailer "X-Mailer" false "RFC 2076 §3.4";
    XPriority "X-Priority" false "RFC 2076 §3.9";
}

/// No name.
const NONE: u8 = u8::MAX;

/// The bit that is the case of a letter, in each octet of a word.
const CASE: u64 = 0x2020_2020_2020_2020;

/// The known name of each slot: no two share one, which the build proves.
const SLOTS: [u8; 256] = {
    let mut slots = [NONE; 256];
    let mut number = 0;
    #[expect(clippy::indexing_slicing, reason = "at build time")]
    while number < FieldName::COUNT {
        let at = SPELLINGS[number].slot() as usize;
        assert!(slots[at] == NONE, "two names share a slot: find another factor");
        #[expect(clippy::cast_possible_truncation, reason = "there are fewer than 255 names")]
        {
            slots[at] = number as u8;
        }
        number += 1;
    }
    slots
};

/// How each known name is spelled.
static SPELLINGS: [Spelling; FieldName::COUNT] = {
    let mut spellings = [Spelling { first: 0, second: 0, length: 0 }; FieldName::COUNT];
    let mut number = 0;
    #[expect(clippy::indexing_slicing, reason = "at build time")]
    while number < FieldName::COUNT {
        spellings[number] = Spelling::of(FieldName::ALL[number].as_str().as_bytes());
        number += 1;
    }
    spellings
};

/// The first sixteen octets of a name, which are all of most names, filled up with zeros.
#[derive(Clone, Copy)]
struct Spelling {
    first: u64,
    second: u64,
    length: usize,
}

impl Spelling {
    /// Octets that it holds.
    const LENGTH: usize = 16;

    const fn of(name: &[u8]) -> Self {
        let mut text = [0; Self::LENGTH];
        let mut at = 0;
        #[expect(clippy::indexing_slicing, reason = "it is below both lengths")]
        while at < name.len() && at < Self::LENGTH {
            text[at] = name[at];
            at = at.wrapping_add(1);
        }
        Self::at_start(&text, name.len())
    }

    /// The spelling of a name of this length that the text begins with.
    const fn at_start(text: &[u8; Self::LENGTH], length: usize) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *text;
        let first = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let second = u64::from_le_bytes([i, j, k, l, m, n, o, p]);
        let behind = length.saturating_sub(8);
        Self { first: first & octets(length), second: second & octets(behind), length }
    }

    /// Where a name may be: a hash of it, in either case.
    const fn slot(&self) -> u8 {
        let both = (self.first | CASE) ^ (self.second | CASE).rotate_left(23);
        (both ^ self.length as u64).wrapping_mul(0x362283de4a724049).to_be_bytes()[0]
    }

    /// Whether this is a known name, in any case, as far as a spelling tells.
    const fn is(&self, known: &Self) -> bool {
        let length = (self.length ^ known.length) as u64;
        differ(self.first, known.first) | differ(self.second, known.second) | length == 0
    }
}

/// A mask of this many octets, at most eight.
const fn octets(length: usize) -> u64 {
    const MASKS: [u64; 9] = [0, 0xff, 0xffff, 0xff_ffff, !0 >> 32, !0 >> 24, !0 >> 16, !0 >> 8, !0];
    #[expect(clippy::indexing_slicing, reason = "it is at most eight")]
    MASKS[if length < 8 { length } else { 8 }]
}

/// Where eight octets differ in more than the case of letters: in the bit 0x20, where the known
/// octet has the bit 0x40, as letters have and hyphens and digits have not.
const fn differ(word: u64, known: u64) -> u64 {
    (word ^ known) & !((known >> 1) & CASE)
}

impl FieldName {
    /// How many names there are; each has one slot in the index.
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// The known name that these octets spell, in any case. Time does not depend on how many names
    /// there are: one lookup in a table, and a comparison of eight octets at a time.
    ///
    /// ```
    /// use postrider_message::FieldName;
    /// assert_eq!(FieldName::of(b"message-id"), Some(FieldName::MessageId));
    /// assert_eq!(FieldName::of(b"X-Face"), None);
    /// ```
    pub fn of(name: &[u8]) -> Option<Self> {
        Self::spelled(&Spelling::of(name), name)
    }

    /// As [`of`](Self::of), of a name of this length that `text` begins with. What stands behind it
    /// spares a copy.
    #[inline]
    pub(super) fn at_start(text: &[u8], length: usize) -> Option<Self> {
        match text.first_chunk() {
            Some(start) => Self::spelled(&Spelling::at_start(start, length), text),
            None => Self::of(text.get(..length)?),
        }
    }

    /// The known name of a spelling, if it is also what the text begins with.
    #[inline]
    fn spelled(spelling: &Spelling, text: &[u8]) -> Option<Self> {
        let number = usize::from(*SLOTS.get(usize::from(spelling.slot()))?);
        if !spelling.is(SPELLINGS.get(number)?) {
            return None;
        }
        let known = *Self::ALL.get(number)?;
        (spelling.length <= Spelling::LENGTH || known.is_at_start(text)).then_some(known)
    }

    #[cold]
    fn is_at_start(self, text: &[u8]) -> bool {
        let known = self.as_str().as_bytes();
        text.get(..known.len()).is_some_and(|name| name.eq_ignore_ascii_case(known))
    }
}

/// The name as its RFC spells it.
impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl AsRef<str> for FieldName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// What kind of value a field has.
impl FieldName {
    /// Whether the field is a list of addresses.
    pub(crate) const fn is_address(self) -> bool {
        matches!(
            self,
            Self::From
                | Self::Sender
                | Self::ReplyTo
                | Self::To
                | Self::Cc
                | Self::Bcc
                | Self::ResentFrom
                | Self::ResentSender
                | Self::ResentReplyTo
                | Self::ResentTo
                | Self::ResentCc
                | Self::ResentBcc
                | Self::DispositionNotificationTo
        )
    }

    /// Whether the field is a list of message identifiers.
    pub(crate) const fn is_message_id(self) -> bool {
        matches!(
            self,
            Self::MessageId
                | Self::InReplyTo
                | Self::References
                | Self::ResentMessageId
                | Self::ContentId
        )
    }

    /// Whether its value has one address, identifier or key word at least: "the Bcc field may be
    /// empty" (RFC 5322 §3.6.3), and what is unstructured.
    pub(crate) const fn needs_value(self) -> bool {
        match self {
            Self::Bcc | Self::ResentBcc => false,
            _ => self.is_address() || self.is_message_id() || matches!(self, Self::Keywords),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FieldName;

    #[test]
    fn every_known_name_is_found_by_its_spelling_in_any_case() {
        for &name in FieldName::ALL {
            assert_eq!(FieldName::of(name.as_str().as_bytes()), Some(name));
            assert_eq!(FieldName::of(name.as_str().to_uppercase().as_bytes()), Some(name));
            assert_eq!(FieldName::of(name.as_str().to_lowercase().as_bytes()), Some(name));
        }
        assert_eq!(FieldName::of(b""), None);
    }

    #[test]
    fn an_octet_that_differs_from_a_letter_or_hyphen_by_the_bit_of_case_is_not_taken_for_it() {
        for &name in FieldName::ALL {
            let name = name.as_str().as_bytes();
            for at in 0..name.len() {
                for octet in 0..=u8::MAX {
                    let mut other = name.to_vec();
                    other[at] = octet;
                    let known = FieldName::ALL
                        .iter()
                        .find(|known| other.eq_ignore_ascii_case(known.as_str().as_bytes()));
                    assert_eq!(FieldName::of(&other).as_ref(), known);
                    let text = [&other[..], b": and more"].concat();
                    assert_eq!(FieldName::at_start(&text, other.len()).as_ref(), known);
                }
            }
        }
    }
}
