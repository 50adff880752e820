//! The field names this crate knows.

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

/// The known name of each [`slot`]: no two share one, which the build proves.
const SLOTS: [u8; 256] = {
    let mut slots = [NONE; 256];
    let mut number = 0;
    #[expect(clippy::indexing_slicing, reason = "at build time")]
    while number < FieldName::COUNT {
        let at = slot(FieldName::ALL[number].as_str().as_bytes()) as usize;
        assert!(slots[at] == NONE, "two names share a slot: find other factors");
        #[expect(clippy::cast_possible_truncation, reason = "there are fewer than 255 names")]
        {
            slots[at] = number as u8;
        }
        number += 1;
    }
    slots
};

/// Where a name may be: a hash of its length and of three of its letters, in either case.
const fn slot(name: &[u8]) -> u8 {
    let ([first, ..], [.., last]) = (name, name) else { return 0 };
    #[expect(clippy::indexing_slicing, reason = "half of a length that is not 0 is below it")]
    let middle = name[name.len() / 2];
    #[expect(clippy::cast_possible_truncation, reason = "a hash")]
    let length = name.len() as u8;
    (length.wrapping_mul(3))
        .wrapping_add((*first | 0x20).wrapping_mul(36))
        .wrapping_add((*last | 0x20).wrapping_mul(40))
        .wrapping_add(middle | 0x20)
}

impl FieldName {
    /// How many names there are; each has one slot in the index.
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// The known name that these octets spell, in any case. Time does not depend on how many names
    /// there are: one table lookup, one comparison.
    ///
    /// ```
    /// use postrider_message::FieldName;
    /// assert_eq!(FieldName::of(b"message-id"), Some(FieldName::MessageId));
    /// assert_eq!(FieldName::of(b"X-Face"), None);
    /// ```
    pub fn of(name: &[u8]) -> Option<Self> {
        let number = *SLOTS.get(usize::from(slot(name)))?;
        let known = *Self::ALL.get(usize::from(number))?;
        known.as_str().as_bytes().eq_ignore_ascii_case(name).then_some(known)
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
    }

    #[test]
    fn a_name_that_shares_a_slot_is_not_taken_for_a_known_one() {
        assert_eq!(FieldName::of(b""), None);
        assert_eq!(FieldName::of(b"Subjecu"), None);
        for &name in FieldName::ALL {
            let mut other = name.as_str().as_bytes().to_vec();
            // Not one of the three letters that the hash looks at, where there are more.
            if let Some(octet) = other.get_mut(1) {
                *octet = b'_';
                assert_ne!(FieldName::of(&other), Some(name));
            }
        }
    }
}
