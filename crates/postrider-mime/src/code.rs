//! The kinds of defects this crate tells of, beside those of `postrider-message`.

use postrider_message::{
    Code,
    Severity::{Ambiguous, Limit, Malformed},
};

pub use postrider_message::code::{
    AFTER_VALUE, DUPLICATE_PARAMETER, ENCODED_WORD_IN_PARAMETER, MISSING_SECTION,
    MISSING_SEMICOLON, MIXED_PARAMETER, NOT_A_PARAMETER, TOO_MANY_PARAMETERS, UNQUOTED_VALUE,
};

macro_rules! codes {
    ($($name:ident $id:literal $severity:ident $reference:literal $text:literal;)*) => {
        #[cfg(test)]
        pub(crate) const ALL: &[&Code] = &[$(&$name),*];

        $(
            #[doc = concat!($text, " (", $reference, ").")]
            pub const $name: Code = Code::new($id, $severity, $reference, $text);
        )*
    };
}

codes! {
    NOT_A_TYPE "not-a-type" Malformed "RFC 2045 §5.2" "a Content-Type without type and subtype, taken as text/plain";
    NO_DISPOSITION_TYPE "no-disposition-type" Malformed "RFC 2183 §2" "a Content-Disposition that begins with a parameter";
    DIFFERENT_FILE_NAMES "different-file-names" Ambiguous "RFC 2183 §2.3" "file names that differ in one part; the first of `filename*`, `filename`, `name*`, `name` counts";
    NO_BOUNDARY "no-boundary" Ambiguous "RFC 2046 §5.1.1" "a multipart without a boundary parameter, or with an empty one; it has no parts";
    BOUNDARY_TOO_LONG "boundary-too-long" Limit "RFC 2046 §5.1.1" "a multipart with a boundary of more than 994 octets, which no line can hold; it has no parts";
    BOUNDARY_SPACE "boundary-space" Ambiguous "RFC 2046 §5.1.1" "a boundary that ends in white space, which is not compared";
    EXTENDED_BOUNDARY "extended-boundary" Ambiguous "RFC 2231 §3" "a boundary in sections or with percent signs, which older readers do not find";
    UNCLOSED_MULTIPART "unclosed-multipart" Malformed "RFC 2046 §5.1.1" "a multipart without its closing delimiter";
    ENCODED_CONTAINER "encoded-container" Ambiguous "RFC 2045 §6.4" "a multipart with an encoding it must not have; its octets are taken as they stand";
    ENCODED_MESSAGE "encoded-message" Ambiguous "RFC 2046 §5.2.1" "a message/rfc822 with an encoding it must not have, which some readers undo";
    MISPLACED_BOUNDARY "misplaced-boundary" Ambiguous "RFC 2046 §5.1.1" "a boundary where no delimiter is: more follows it, or the multipart is closed or lacks a delimiter; some readers split there";
    SIMILAR_BOUNDARY "similar-boundary" Ambiguous "RFC 2046 §5.1" "a multipart whose boundary is that of a multipart around it, or begins it or begins with it";
    UNDECLARED_8BIT "undeclared-8bit" Malformed "RFC 2045 §2.7" "8-bit octets in a body that is said to be 7bit";
    LONG_FIELD "long-field" Limit "RFC 2045 §5" "a Content-Type or Content-Transfer-Encoding longer than the limit, taken as not there";
    TOO_DEEP "too-deep" Limit "RFC 2046 §5.1" "parts nested deeper than the limit; the rest is one leaf";
    TOO_MANY_PARTS "too-many-parts" Limit "RFC 2046 §5.1" "more parts than the limit; the rest is not told apart";
    UNKNOWN_ENCODING "unknown-encoding" Malformed "RFC 2045 §6.4" "an unknown transfer encoding; the octets are taken as they stand";
    AFTER_ENCODING "after-encoding" Ambiguous "RFC 2045 §6.1" "text behind the name of a transfer encoding, ignored";
    NOT_BASE64 "not-base64" Ambiguous "RFC 2045 §6.8" "an octet outside the base64 alphabet, ignored";
    AFTER_PADDING "after-padding" Ambiguous "RFC 2045 §6.8" "base64 that goes on after its padding, decoded too";
    INCOMPLETE_BASE64 "incomplete-base64" Malformed "RFC 2045 §6.8" "base64 whose last quantum lacks symbols or padding";
    NOT_QUOTED_PRINTABLE "not-quoted-printable" Malformed "RFC 2045 §6.7" "an equals sign that starts no escape, kept as it stands";
    NOT_UUENCODE "not-uuencode" Malformed "RFC 2045 §6.3" "a line of uuencoded data with other characters, or more than its length tells";
    OUTSIDE_UUENCODE "outside-uuencode" Malformed "RFC 2045 §6.3" "text before or behind uuencoded data, ignored";
    INCOMPLETE_UUENCODE "incomplete-uuencode" Malformed "RFC 2045 §6.3" "uuencoded data without its begin line or end line";
    NOT_TWO_PARTS "not-two-parts" Ambiguous "RFC 1847 §2" "a multipart/signed or multipart/encrypted that has not exactly two parts";
    OTHER_PROTOCOL "other-protocol" Malformed "RFC 1847 §2" "a multipart/signed or multipart/encrypted whose protocol is not the type of its part of control information";
    NOT_A_FRAGMENT "not-a-fragment" Malformed "RFC 2046 §5.2.2" "a message/partial without identifier or number, or with numbers that do not count";
    NO_FROM_LINE "no-from-line" Malformed "RFC 4155 Appendix A" "a mailbox that begins without a separator line; what stands there is a mail";
    NO_EMPTY_LINE "no-empty-line" Malformed "RFC 4155 Appendix A" "a separator line of a mailbox without an empty line before it";
    CONTENT_LENGTH "content-length" Ambiguous "RFC 4155 §2" "a Content-Length of a mail in a mailbox that is no number, or that tells no place where another mail or the end is";
    UNFAITHFUL_CHARSET "unfaithful-charset" Malformed "RFC 2046 §4.1.2" "text in an unknown charset, or octets that are not of its charset";
    NO_TYPE_SUBFIELD "no-type-subfield" Malformed "RFC 3464 §2.1.2" "a field of a report without the type before its text, taken as of the type unknown";
    NOT_AN_ACTION "not-an-action" Malformed "RFC 3464 §2.3.3" "an Action that is none of the five words; some other words are taken for failed";
    NOT_A_STATUS "not-a-status" Malformed "RFC 3464 §2.3.4" "a Status that is not three numbers and a comment; of a reply code the class counts";
    ENCODED_GROUPS "encoded-groups" Malformed "RFC 3464 §2.1" "a delivery status whose groups behind the first one are encoded, as if they were parts";
    JOINED_GROUPS "joined-groups" Malformed "RFC 3464 §2.1" "fields of a recipient without an empty line before them";
    SPLIT_GROUP "split-group" Malformed "RFC 3464 §2.1" "an empty line between the fields of one recipient";
    MISSING_STATUS_FIELD "missing-status-field" Malformed "RFC 3464 §2.1" "a delivery status without Reporting-MTA or recipient, or a recipient without Final-Recipient, Action or Status";
    TOO_MANY_RECIPIENTS "too-many-recipients" Limit "RFC 3464 §2.1" "more recipients than the limit of addresses; the rest is not read";
    NOT_A_DISPOSITION "not-a-disposition" Malformed "RFC 8098 §3.2.6" "a Disposition without both modes and a known type, or with more behind";
    MISSING_DISPOSITION_FIELD "missing-disposition-field" Malformed "RFC 8098 §3.1" "a disposition notification without Final-Recipient or Disposition";
    MISSING_FEEDBACK_FIELD "missing-feedback-field" Malformed "RFC 5965 §3.1" "a feedback report without Feedback-Type, User-Agent or Version";
    NOT_A_FEEDBACK_VALUE "not-a-feedback-value" Malformed "RFC 5965 §3.5" "a field of a feedback report that is not of its grammar, ignored";
    REPORT_TYPE "report-type" Malformed "RFC 6522 §3" "a report whose report-type is missing or not the subtype of its second part, or that is no multipart/report";
    REPORT_PART_TYPE "report-part-type" Malformed "RFC 6522 §3" "a part of a report that is known by its fields, not by its type";
    REPORT_PART_ORDER "report-part-order" Malformed "RFC 6522 §3" "a report without a text for people first, its machine-readable part second";
    NOT_A_TLS_REPORT "not-a-tls-report" Malformed "RFC 8460 §4.4" "a report on TLS that is no object of JSON";
    BROKEN_GZIP "broken-gzip" Malformed "RFC 8460 §5.2" "gzip that is cut, damaged or followed by other octets; what could be inflated is read";
    LARGE_TLS_REPORT "large-tls-report" Limit "RFC 8460 §5.2" "a report on TLS larger than the limit; it is not read";
}
