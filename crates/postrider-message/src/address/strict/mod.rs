//! Telling what an `addr-spec` is by the letter of the RFCs: [`Diagnosis`] and [`Validity`].

mod literal;
mod scan;

use core::fmt;

use crate::{AddrSpec, unquote, write::has_unseen};

use scan::Scan;

/// What an address is good for, from best to worst: the strictest grammar that still has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Validity {
    /// A `Mailbox` of RFC 5321 §4.1.2 without anything unusual.
    Valid,
    /// A `Mailbox` of RFC 5321 §4.1.2 that many programs do not expect.
    Rfc5321,
    /// Good in a message; comments and white space must go before SMTP has it (RFC 5322 §3.2.2).
    Cfws,
    /// An obsolete form (RFC 5322 §4): must be read, must not be written.
    Deprecated,
    /// An `addr-spec` of RFC 5322 §3.4.1 that SMTP or DNS cannot have.
    Rfc5322,
    /// No `addr-spec` at all.
    Invalid,
}

macro_rules! diagnoses {
    ($($name:ident $validity:ident $reference:literal $text:literal;)*) => {
        /// The worst that is to be said of an address, from best to worst.
        ///
        /// `Display` says it in words. Nothing is asked of DNS.
        ///
        /// ```
        /// use postrider_message::{Diagnosis, Validity};
        /// assert_eq!(Diagnosis::of("john.doe@example.org"), Diagnosis::Valid);
        /// assert_eq!(Diagnosis::of("john(x)@example.org"), Diagnosis::CfwsNearAt);
        ///
        /// let dots = Diagnosis::of("john..doe@example.org");
        /// assert_eq!(dots.validity(), Validity::Invalid);
        /// assert_eq!(dots.reference(), "RFC 5322 §3.2.3");
        /// assert_eq!(dots.to_string(), "two dots in a row");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Diagnosis {
            $(
                #[doc = concat!($text, " (", $reference, ").")]
                $name,
            )*
        }

        impl Diagnosis {
            /// What the address is good for.
            pub const fn validity(self) -> Validity {
                match self { $(Self::$name => Validity::$validity,)* }
            }

            /// The rule that says so, such as `RFC 5322 §3.4.1`.
            pub const fn reference(self) -> &'static str {
                match self { $(Self::$name => $reference,)* }
            }

            const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

diagnoses! {
    Valid Valid "RFC 5321 §4.1.2" "a plain address";

    TopLevelDomain Rfc5321 "RFC 5321 §2.3.5" "a domain of one label";
    NumericTopLevelDomain Rfc5321 "RFC 1123 §2.1" "a top-level domain that begins with a digit";
    QuotedString Rfc5321 "RFC 5321 §4.1.2" "a local part that is a quoted string";
    AddressLiteral Rfc5321 "RFC 5321 §4.1.3" "an address literal in place of a domain";

    Comment Cfws "RFC 5322 §3.2.2" "a comment";
    FoldingWhiteSpace Cfws "RFC 5322 §3.2.2" "folding white space";

    Ipv6OneGroup Deprecated "RFC 5321 §4.1.3" "an IPv6 address whose :: stands for one group";
    ObsLocalPart Deprecated "RFC 5322 §4.4" "a local part of several words, some quoted or with comments";
    ObsFws Deprecated "RFC 5322 §4.2" "folding white space with a blank line, or around a dot";
    ObsQtext Deprecated "RFC 5322 §4.1" "a control character in a quoted string";
    ObsQp Deprecated "RFC 5322 §4.1" "a control character behind a backslash";
    ObsComment Deprecated "RFC 5322 §4.4" "a comment behind a dot";
    ObsCtext Deprecated "RFC 5322 §4.1" "a control character in a comment";
    CfwsNearAt Deprecated "RFC 5322 §3.4.1" "a comment or white space beside the at sign";

    DomainCharacter Rfc5322 "RFC 5321 §4.1.2" "a character in the domain that no host name has";
    AddrSpecTooLong Rfc5322 "RFC 5321 §4.5.3.1.3" "an address of more than 254 octets";
    LocalPartTooLong Rfc5322 "RFC 5321 §4.5.3.1.1" "a local part of more than 64 octets";
    DomainTooLong Rfc5322 "RFC 5321 §4.5.3.1.2" "a domain of more than 255 octets";
    LabelTooLong Rfc5322 "RFC 1035 §2.3.4" "a label of more than 63 octets in the domain";
    DomainLiteral Rfc5322 "RFC 5321 §4.1.3" "a domain literal that is no address literal";
    ObsDtext Rfc5322 "RFC 5322 §4.4" "a control character or a quoted pair in a domain literal";
    Ipv6GroupCount Rfc5322 "RFC 5321 §4.1.3" "an IPv6 address of too many or too few groups";
    Ipv6TwoElisions Rfc5322 "RFC 5321 §4.1.3" "an IPv6 address with :: more than once";
    Ipv6Group Rfc5322 "RFC 5321 §4.1.3" "a group of an IPv6 address that is not up to four hexadecimal digits";
    Ipv6TooManyGroups Rfc5322 "RFC 5321 §4.1.3" "an IPv6 address with :: and too many groups beside it";
    Ipv6ColonStart Rfc5322 "RFC 5321 §4.1.3" "an IPv6 address that begins with a single colon";
    Ipv6ColonEnd Rfc5322 "RFC 5321 §4.1.3" "an IPv6 address that ends in a single colon";

    ExpectedDtext Invalid "RFC 5322 §3.4.1" "a character that no domain literal may have";
    NoLocalPart Invalid "RFC 5322 §3.4.1" "no local part";
    NoDomain Invalid "RFC 5322 §3.4.1" "no domain";
    ConsecutiveDots Invalid "RFC 5322 §3.2.3" "two dots in a row";
    AtextAfterCfws Invalid "RFC 5322 §3.2.3" "text behind a comment or white space";
    AtextAfterQuotedString Invalid "RFC 5322 §3.2.4" "text behind a quoted string";
    AtextAfterDomainLiteral Invalid "RFC 5322 §3.4.1" "text behind a domain literal";
    ExpectedQuotedPair Invalid "RFC 5322 §3.2.1" "a character that may not follow a backslash";
    ExpectedAtext Invalid "RFC 5322 §3.2.3" "a character that no atom may have";
    ExpectedQtext Invalid "RFC 5322 §3.2.4" "a character that no quoted string may have";
    ExpectedCtext Invalid "RFC 5322 §3.2.2" "a character that no comment may have";
    LoneBackslash Invalid "RFC 5322 §3.2.1" "a backslash at the end";
    DotStart Invalid "RFC 5322 §3.2.3" "a dot at the start of a part";
    DotEnd Invalid "RFC 5322 §3.2.3" "a dot at the end of a part";
    HyphenStart Invalid "RFC 5321 §4.1.2" "a label that begins with a hyphen";
    HyphenEnd Invalid "RFC 5321 §4.1.2" "a label that ends in a hyphen";
    UnclosedQuotedString Invalid "RFC 5322 §3.2.4" "a quoted string that is not closed";
    UnclosedComment Invalid "RFC 5322 §3.2.2" "a comment that is not closed";
    UnclosedDomainLiteral Invalid "RFC 5322 §3.4.1" "a domain literal that is not closed";
    FoldedTwice Invalid "RFC 5322 §3.2.2" "two line ends in a row";
    FoldedEnd Invalid "RFC 5322 §3.2.2" "a line end without white space behind it";
    BareCr Invalid "RFC 5322 §2.2" "a CR without LF";
}

impl Diagnosis {
    /// What the text is, taken as one whole `addr-spec` of ASCII (RFC 5322 §3.4.1, RFC 5321
    /// §4.1.2). Linear in the length of the text.
    pub fn of(addr_spec: &str) -> Self {
        Scan::new(addr_spec, false).diagnosis()
    }

    /// The same with the UTF-8 that RFC 6531 §3.3 and RFC 6532 §3.2 add, its control characters
    /// aside. Whether a label is a valid U-label is not looked at.
    ///
    /// ```
    /// use postrider_message::Diagnosis;
    /// assert_eq!(Diagnosis::of("jörg@müller.example"), Diagnosis::ExpectedAtext);
    /// assert_eq!(Diagnosis::of_utf8("jörg@müller.example"), Diagnosis::Valid);
    /// ```
    pub fn of_utf8(addr_spec: &str) -> Self {
        Scan::new(addr_spec, true).diagnosis()
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl core::error::Error for Diagnosis {}

impl<'a> AddrSpec<'a> {
    /// Reads a text that is one address and nothing else, as a form or a configuration file has
    /// it: what SMTP can carry as it stands, [`Validity::Valid`] or [`Validity::Rfc5321`], of
    /// ASCII. For anything else the error says what it is.
    ///
    /// ```
    /// use postrider_message::{AddrSpec, Diagnosis};
    /// let addr = AddrSpec::parse_strict("\"john doe\"@example.org")?;
    /// assert_eq!((addr.local_part(), addr.domain()), ("john doe", "example.org"));
    /// assert_eq!(AddrSpec::parse_strict("a@b, c@d"), Err(Diagnosis::ExpectedAtext));
    /// # Ok::<(), Diagnosis>(())
    /// ```
    ///
    /// SMTP carries more than a web form expects: it has host names of one label, address
    /// literals, and local parts that are quoted, even empty. For plain addresses alone, ask for
    /// [`Diagnosis::Valid`]:
    ///
    /// ```
    /// use postrider_message::{AddrSpec, Diagnosis};
    /// for unusual in ["john@localhost", "john@[127.0.0.1]", "\"\"@example.org"] {
    ///     assert!(AddrSpec::parse_strict(unusual).is_ok());
    ///     assert_ne!(Diagnosis::of(unusual), Diagnosis::Valid);
    /// }
    /// assert_eq!(Diagnosis::of("john@example.org"), Diagnosis::Valid);
    /// ```
    pub fn parse_strict(text: &'a str) -> Result<Self, Diagnosis> {
        Self::of_diagnosed(text, Diagnosis::of(text))
    }

    /// The same with the UTF-8 of RFC 6531; see [`Diagnosis::of_utf8`].
    pub fn parse_strict_utf8(text: &'a str) -> Result<Self, Diagnosis> {
        Self::of_diagnosed(text, Diagnosis::of_utf8(text))
    }

    fn of_diagnosed(text: &'a str, diagnosis: Diagnosis) -> Result<Self, Diagnosis> {
        if diagnosis.validity() > Validity::Rfc5321 {
            return Err(diagnosis);
        }
        // Neither a domain nor an address literal has an at sign.
        let (local, domain) = text.rsplit_once('@').ok_or(Diagnosis::NoDomain)?;
        let quoted = local.strip_prefix('"').and_then(|local| local.strip_suffix('"'));
        let local = match quoted {
            Some(quoted) => super::spec::text(unquote(quoted.as_bytes())),
            // Invisible characters make it another one in the next program; `new` would quote them.
            None => Some(local.into()).filter(|_| !has_unseen(local)),
        };
        let spec = local.and_then(|local| Self::new(local, domain).ok());
        spec.ok_or(Diagnosis::ExpectedAtext)
    }
}
