//! The field names this crate knows.

macro_rules! names {
    ($($variant:ident $text:literal $once:literal;)*) => {
        /// A known field name. Lookup by it compares no strings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum FieldName {
            $(
                #[doc = concat!("`", $text, "`")]
                $variant,
            )*
        }

        impl FieldName {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name as its RFC spells it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Whether a header section may have it at most once (RFC 5322 §3.6, RFC 2045 §3).
            pub const fn is_single(self) -> bool {
                match self { $(Self::$variant => $once,)* }
            }
        }
    };
}

names! {
    Bcc "Bcc" true;
    Cc "Cc" true;
    Comments "Comments" false;
    ContentDescription "Content-Description" true;
    ContentDisposition "Content-Disposition" true;
    ContentId "Content-ID" true;
    ContentLanguage "Content-Language" true;
    ContentLocation "Content-Location" true;
    ContentMd5 "Content-MD5" true;
    ContentTransferEncoding "Content-Transfer-Encoding" true;
    ContentType "Content-Type" true;
    Date "Date" true;
    From "From" true;
    InReplyTo "In-Reply-To" true;
    Keywords "Keywords" false;
    MessageId "Message-ID" true;
    MimeVersion "MIME-Version" true;
    Received "Received" false;
    References "References" true;
    ReplyTo "Reply-To" true;
    ResentBcc "Resent-Bcc" false;
    ResentCc "Resent-Cc" false;
    ResentDate "Resent-Date" false;
    ResentFrom "Resent-From" false;
    ResentMessageId "Resent-Message-ID" false;
    ResentSender "Resent-Sender" false;
    ResentTo "Resent-To" false;
    ReturnPath "Return-Path" false;
    Sender "Sender" true;
    Subject "Subject" true;
    To "To" true;
}

impl FieldName {
    /// How many names there are; each has one slot in the index.
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// The known name that these octets spell, in any case.
    ///
    /// ```
    /// use postrider_message::FieldName;
    /// assert_eq!(FieldName::of(b"message-id"), Some(FieldName::MessageId));
    /// assert_eq!(FieldName::of(b"X-Mailer"), None);
    /// ```
    pub fn of(name: &[u8]) -> Option<Self> {
        // The length tells almost all names apart; at most four share one.
        let candidates: &[Self] = match name.len() {
            2 => &[Self::Cc, Self::To],
            3 => &[Self::Bcc],
            4 => &[Self::Date, Self::From],
            6 => &[Self::Sender],
            7 => &[Self::Subject],
            8 => &[Self::Comments, Self::Keywords, Self::Received, Self::ReplyTo],
            9 => &[Self::ResentCc, Self::ResentTo],
            10 => &[Self::ContentId, Self::MessageId, Self::References, Self::ResentBcc],
            11 => &[
                Self::ContentMd5,
                Self::InReplyTo,
                Self::ResentDate,
                Self::ResentFrom,
                Self::ReturnPath,
            ],
            12 => &[Self::ContentType, Self::MimeVersion],
            13 => &[Self::ResentSender],
            16 => &[Self::ContentLanguage, Self::ContentLocation],
            17 => &[Self::ResentMessageId],
            19 => &[Self::ContentDescription, Self::ContentDisposition],
            25 => &[Self::ContentTransferEncoding],
            _ => &[],
        };
        candidates
            .iter()
            .copied()
            .find(|known| known.as_str().as_bytes().eq_ignore_ascii_case(name))
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
        }
    }
}
