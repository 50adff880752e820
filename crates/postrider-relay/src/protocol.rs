//! The words behind `with` (RFC 5321 §4.4).

use core::fmt;
use core::str::FromStr;

macro_rules! protocols {
    ($($(#[$doc:meta])* $variant:ident $word:literal;)*) => {
        /// How the message came: the word behind `with` in a `Received` field (RFC 5321 §4.4, RFC
        /// 3848, RFC 6531 §4.3).
        ///
        /// What `postrider_smtp::server::Server::protocol_keyword` says is one:
        ///
        /// ```
        /// use postrider_relay::Protocol;
        ///
        /// assert_eq!("UTF8SMTPSA".parse(), Ok(Protocol::Utf8Smtpsa));
        /// assert_eq!(Protocol::Esmtpsa.to_string(), "ESMTPSA");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Protocol {
            $(
                $(#[$doc])*
                $variant,
            )*
        }

        impl Protocol {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

protocols! {
    /// `SMTP`: the client said `HELO`.
    Smtp "SMTP";
    /// `ESMTP`: the client said `EHLO`.
    Esmtp "ESMTP";
    /// `ESMTPA`: with a login.
    Esmtpa "ESMTPA";
    /// `ESMTPS`: under TLS.
    Esmtps "ESMTPS";
    /// `ESMTPSA`: under TLS, with a login.
    Esmtpsa "ESMTPSA";
    /// `LMTP` (RFC 2033).
    Lmtp "LMTP";
    /// `LMTPA`: LMTP with a login.
    Lmtpa "LMTPA";
    /// `LMTPS`: LMTP under TLS.
    Lmtps "LMTPS";
    /// `LMTPSA`: LMTP under TLS, with a login.
    Lmtpsa "LMTPSA";
    /// `UTF8SMTP`: with `SMTPUTF8`.
    Utf8Smtp "UTF8SMTP";
    /// `UTF8SMTPA`: with `SMTPUTF8` and a login.
    Utf8Smtpa "UTF8SMTPA";
    /// `UTF8SMTPS`: with `SMTPUTF8` under TLS.
    Utf8Smtps "UTF8SMTPS";
    /// `UTF8SMTPSA`: with `SMTPUTF8` under TLS, with a login.
    Utf8Smtpsa "UTF8SMTPSA";
    /// `UTF8LMTP`: LMTP with `SMTPUTF8`.
    Utf8Lmtp "UTF8LMTP";
    /// `UTF8LMTPA`: LMTP with `SMTPUTF8` and a login.
    Utf8Lmtpa "UTF8LMTPA";
    /// `UTF8LMTPS`: LMTP with `SMTPUTF8` under TLS.
    Utf8Lmtps "UTF8LMTPS";
    /// `UTF8LMTPSA`: LMTP with `SMTPUTF8` under TLS, with a login.
    Utf8Lmtpsa "UTF8LMTPSA";
}

impl Protocol {
    /// Whether the mail came with `SMTPUTF8`, so that its trace fields may have UTF-8 (RFC 6531
    /// §3.7.3).
    #[must_use]
    pub fn is_utf8(self) -> bool {
        self.as_str().starts_with("UTF8")
    }

    /// Whether it came under TLS: the `S` behind `SMTP` or `LMTP`.
    #[must_use]
    pub fn is_secure(self) -> bool {
        self.as_str().ends_with("PS") || self.as_str().ends_with("PSA")
    }

    /// Whether the client had logged in: the `A` at the end.
    #[must_use]
    pub fn is_authenticated(self) -> bool {
        self.as_str().ends_with('A')
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that stands for no way in which mail comes by SMTP or LMTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no protocol of a received field has this name")]
#[non_exhaustive]
pub struct UnknownProtocol;

impl FromStr for Protocol {
    type Err = UnknownProtocol;

    /// In any case of letters.
    fn from_str(word: &str) -> Result<Self, UnknownProtocol> {
        let mut all = Self::ALL.iter().copied();
        all.find(|protocol| protocol.as_str().eq_ignore_ascii_case(word)).ok_or(UnknownProtocol)
    }
}
