//! What can be wrong with a header section or a value: every [`Code`] of this crate.
//!
//! ```
//! use postrider_message::{Severity, code};
//! assert_eq!(code::BARE_CR.name(), "bare-cr");
//! assert_eq!(code::BARE_CR.severity(), Severity::Ambiguous);
//! assert_eq!(code::BARE_CR.reference(), "RFC 5322 §2.2");
//! ```

use crate::{
    Code,
    Severity::{Advice, Ambiguous, Limit, Malformed, Obsolete},
};

macro_rules! codes {
    ($($name:ident $id:literal $severity:ident $reference:literal $text:literal;)*) => {
        $(
            #[doc = concat!(
                "`", $id, "`, [`", stringify!($severity), "`](crate::Severity::", stringify!($severity),
                "): ", $text, " (", $reference, ")."
            )]
            pub const $name: Code = Code::new($id, $severity, $reference, $text);
        )*

        #[cfg(test)]
        pub(crate) const ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    // The header section.
    BARE_CR "bare-cr" Ambiguous "RFC 5322 §2.2" "a CR without LF, which some readers take for a line end";
    NUL "nul" Ambiguous "RFC 5322 §4" "a NUL octet";
    MIXED_LINE_ENDS "mixed-line-ends" Ambiguous "RFC 5322 §2.1" "lines end in CRLF and in bare LF";
    BYTE_ORDER_MARK "byte-order-mark" Ambiguous "RFC 5322 §2.2" "a byte order mark before the first field, which some readers take for part of its name";
    MBOX_FROM "mbox-from" Malformed "RFC 4155" "an mbox `From ` line stands before the header section";
    NO_COLON "no-colon" Ambiguous "RFC 5322 §2.2" "a line of the header section without a colon, kept as a field without a name";
    STRAY_CONTINUATION "stray-continuation" Ambiguous "RFC 5322 §2.2.3" "a continuation line with nothing to continue";
    SPACE_BEFORE_COLON "space-before-colon" Obsolete "RFC 5322 §4.5" "white space before the colon";
    INVALID_FIELD_NAME "invalid-field-name" Malformed "RFC 5322 §2.2" "a field name that is empty or has other than printable ASCII";
    DUPLICATE_FIELD "duplicate-field" Ambiguous "RFC 5322 §3.6" "a field that may occur once occurs again; the first one counts";
    NO_BLANK_LINE "no-blank-line" Malformed "RFC 5322 §2.1" "the header section is not ended by an empty line";
    TOO_MANY_FIELDS "too-many-fields" Limit "RFC 5322 §2.2" "more fields than the limit; the rest is not indexed";
    TOO_LARGE "too-large" Limit "RFC 5322 §2.1" "a header section of 4 GiB or more; the rest is not indexed";

    // Tokens and text.
    UNCLOSED_QUOTE "unclosed-quote" Ambiguous "RFC 5322 §3.2.4" "a quotation mark without its closing one, taken as a character, or dropped before a name";
    UNCLOSED_COMMENT "unclosed-comment" Ambiguous "RFC 5322 §3.2.2" "a comment that is not closed; it takes the rest of the value";
    UNCLOSED_LITERAL "unclosed-literal" Malformed "RFC 5322 §3.4.1" "a square bracket that is not closed, taken as a character";
    INVALID_UTF8 "invalid-utf8" Malformed "RFC 6532 §3.2" "8-bit octets that are not UTF-8";
    ADJOINED_WORD "adjoined-word" Malformed "RFC 2047 §5" "an encoded word that no white space parts from the text beside it; decoded all the same";
    BROKEN_WORD "broken-word" Malformed "RFC 2047 §6.3" "an encoded word with characters that its encoding does not have, left as it is";
    UNKNOWN_CHARSET "unknown-charset" Malformed "RFC 2047 §2" "an encoded word in an unknown charset, taken as UTF-8 or windows-1252";
    NOT_OF_CHARSET "not-of-charset" Malformed "RFC 2047 §5" "an encoded word with octets that are no character of its charset";
    SPACE_IN_WORD "space-in-word" Ambiguous "RFC 2047 §2" "an encoded word with white space in it, where none may be; decoded all the same";
    CUT_WORD "cut-word" Malformed "RFC 2045 §6.8" "an encoded word whose base64 ends in six bits of an octet, which are lost";
    UNKNOWN_ENCODING "unknown-encoding" Malformed "RFC 2047 §4" "an encoded word in an encoding other than B and Q, left as it is";

    // Addresses.
    NOT_AN_ADDRESS "not-an-address" Malformed "RFC 5322 §3.4" "text that is not an address";
    EMPTY_ELEMENT "empty-element" Obsolete "RFC 5322 §4.4" "an empty list element";
    ROUTE "route" Obsolete "RFC 5322 §4.4" "a source route before the address, which is not part of it";
    OBSOLETE_SPACE "obsolete-space" Obsolete "RFC 5322 §4.4" "white space or a comment around a dot or an at sign";
    DOT_PLACEMENT "dot-placement" Malformed "RFC 5322 §3.2.3" "a dot at the edge of a local part, or two in a row";
    ENCODED_WORD_IN_ADDRESS "encoded-word-in-address" Ambiguous "RFC 2047 §5" "an encoded word inside an address, left as it is";
    UNQUOTED_PHRASE "unquoted-phrase" Malformed "RFC 5322 §3.2.5" "a special character in a display name without quotation marks";
    AT_SIGN_IN_PHRASE "at-sign-in-phrase" Ambiguous "RFC 5322 §3.2.5" "an at sign in a display name without quotation marks, which some readers take for the address";
    PHRASE_DOT "phrase-dot" Obsolete "RFC 5322 §4.1" "a dot in a display name without quotation marks";
    UNCLOSED_ANGLE "unclosed-angle" Ambiguous "RFC 5322 §3.4" "an angle bracket that is not closed";
    UNOPENED_ANGLE "unopened-angle" Ambiguous "RFC 5322 §3.4" "an angle bracket that closes none, ignored";
    EXTRA_BRACKETS "extra-brackets" Ambiguous "RFC 5322 §3.4" "more than one pair of angle brackets around an address";
    AFTER_ADDRESS "after-address" Ambiguous "RFC 5322 §3.4" "text behind an address, ignored up to the next comma";
    MISSING_COMMA "missing-comma" Ambiguous "RFC 5322 §3.4" "two mailboxes without a comma between them";
    MISSING_BRACKETS "missing-brackets" Ambiguous "RFC 5322 §3.4" "a display name before an address without angle brackets";
    SQUARE_BRACKETS "square-brackets" Malformed "RFC 5322 §3.4" "square brackets around an address in place of angle brackets";
    UNCLOSED_GROUP "unclosed-group" Malformed "RFC 5322 §3.4" "a group that is not ended by a semicolon";
    NESTED_GROUP "nested-group" Malformed "RFC 5322 §3.4" "a colon inside a group; what stands before it is ignored";
    STRAY_SEMICOLON "stray-semicolon" Malformed "RFC 5322 §3.4" "a semicolon that ends no group, taken as a comma";
    TOO_MANY_WORDS "too-many-words" Limit "RFC 5322 §3.4" "an address of more tokens than are kept; it is no address, or its name is cut";
    NAME_TOO_LONG "name-too-long" Limit "RFC 5322 §3.4" "a display name of more than 10,000 octets, cut";
    TOO_MANY_ADDRESSES "too-many-addresses" Limit "RFC 5322 §3.4" "more addresses than the limit; the rest is not read";

    // Dates.
    NOT_A_DATE "not-a-date" Malformed "RFC 5322 §3.3" "text that is not a date and time";
    DATE_OUT_OF_RANGE "date-out-of-range" Malformed "RFC 5322 §3.3" "a date or time that does not exist";
    OBSOLETE_YEAR "obsolete-year" Obsolete "RFC 5322 §4.3" "a year of two or three digits";
    DATE_FORM "date-form" Malformed "RFC 5322 §3.3" "a date and time in another form than the grammar's, read all the same";
    DATE_SPACE "date-space" Obsolete "RFC 5322 §4.3" "comments inside a date, or white space where only the obsolete grammar has it";
    OBSOLETE_ZONE "obsolete-zone" Obsolete "RFC 5322 §4.3" "a zone given by name";
    ZONE_FORM "zone-form" Malformed "RFC 5322 §3.3" "a zone in another form than the grammar's, read all the same";
    ZONE_SPACE "zone-space" Malformed "RFC 5322 §3.3" "a zone without white space before it";
    UNKNOWN_ZONE "unknown-zone" Malformed "RFC 5322 §4.3" "a zone whose meaning is not known, taken as -0000";
    NO_ZONE "no-zone" Malformed "RFC 5322 §3.3" "a time without a zone, taken as -0000";
    WRONG_WEEKDAY "wrong-weekday" Malformed "RFC 5322 §3.3" "the day of the week does not belong to the date";
    AFTER_DATE "after-date" Malformed "RFC 5322 §3.3" "text behind the date, ignored";

    // Message identifiers.
    NOT_A_MESSAGE_ID "not-a-message-id" Malformed "RFC 5322 §3.6.4" "text that is not a message identifier";
    NO_AT_SIGN "no-at-sign" Malformed "RFC 5322 §3.6.4" "a message identifier without an at sign";
    AT_SIGN_PLACEMENT "at-sign-placement" Malformed "RFC 5322 §3.6.4" "a message identifier with several at signs, or with nothing on one side of it";
    SPACE_IN_ID "space-in-id" Obsolete "RFC 5322 §4.5.4" "white space or a comment inside a message identifier, which is not part of it";
    QUOTED_ID "quoted-id" Obsolete "RFC 5322 §4.5.4" "a quoted string in a message identifier";
    FOLDED_ID "folded-id" Ambiguous "RFC 5322 §3.6.4" "a message identifier that is folded inside a word, which is joined again";
    OUTSIDE_IDS "outside-ids" Malformed "RFC 5322 §3.6.4" "what is no word between message identifiers, ignored";
    PHRASE_IN_IDS "phrase-in-ids" Obsolete "RFC 5322 §4.5.4" "words between message identifiers, ignored";
    TOO_MANY_IDS "too-many-ids" Limit "RFC 5322 §3.6.4" "more message identifiers than the limit; the rest is not read";

    // Received.
    NO_RECEIVED_DATE "no-received-date" Malformed "RFC 5322 §3.6.7" "a Received field without a semicolon and a date";
    NO_SEMICOLON "no-semicolon" Malformed "RFC 5321 §4.4" "a date of a Received field without a semicolon before it";
    REPEATED_CLAUSE "repeated-clause" Ambiguous "RFC 5321 §4.4" "a clause of Received that occurs again; the first one counts";
    CLAUSE_FORM "clause-form" Malformed "RFC 5321 §4.4" "characters in a clause of Received that cannot stand there without quotation marks, kept as they are";
    OUTSIDE_CLAUSES "outside-clauses" Malformed "RFC 5321 §4.4" "words of Received that belong to no clause";
    TOO_MANY_COMMENTS "too-many-comments" Limit "RFC 5322 §3.2.2" "more comments in a Received field than the limit; the rest is not kept";
    TOO_MANY_HOPS "too-many-hops" Limit "RFC 5321 §6.3" "more Received fields than the limit; the older ones are not read";

    // Parameters and other fields.
    NOT_A_PARAMETER "not-a-parameter" Malformed "RFC 2045 §5.1" "text that is not a parameter, ignored";
    UNQUOTED_VALUE "unquoted-value" Ambiguous "RFC 2045 §5.1" "a parameter value with special characters and without quotation marks";
    AFTER_VALUE "after-value" Ambiguous "RFC 2045 §5.1" "text between a value and the next semicolon, ignored";
    MISSING_SEMICOLON "missing-semicolon" Ambiguous "RFC 2045 §5.1" "a parameter without a semicolon before it";
    DUPLICATE_PARAMETER "duplicate-parameter" Ambiguous "RFC 2045 §5" "a parameter that is given again; the first one counts";
    TOO_MANY_PARAMETERS "too-many-parameters" Limit "RFC 2045 §5.1" "more parameters than the limit; the rest is not read";
    MIXED_PARAMETER "mixed-parameter" Ambiguous "RFC 2231 §3" "a parameter given in more than one of the forms `name`, `name*` and `name*0`; that of RFC 2231 counts";
    MISSING_SECTION "missing-section" Ambiguous "RFC 2231 §3" "a section of a parameter whose predecessor is missing, ignored";
    NOT_A_SECTION "not-a-section" Malformed "RFC 2231 §7" "an asterisk in a parameter name that starts no section number, taken as a character";
    QUOTED_EXTENDED_VALUE "quoted-extended-value" Malformed "RFC 2231 §7" "an extended parameter value in quotation marks";
    NO_CHARSET "no-charset" Malformed "RFC 2231 §4" "an extended parameter value without the two apostrophes behind charset and language";
    STRAY_PERCENT "stray-percent" Malformed "RFC 2231 §7" "a percent sign that starts no octet, taken as a character";
    ENCODED_WORD_IN_PARAMETER "encoded-word-in-parameter" Ambiguous "RFC 2047 §5" "an encoded word in a parameter, decoded where the text is asked for";
    NOT_A_TAG "not-a-tag" Malformed "RFC 6376 §3.2" "text that is not a tag, ignored";
    BAD_TAG_VALUE "bad-tag-value" Malformed "RFC 6376 §3.2" "a control character in the value of a tag";
    DUPLICATE_TAG "duplicate-tag" Ambiguous "RFC 6376 §3.2" "a tag that is given again, which makes the whole list invalid";
    TOO_MANY_TAGS "too-many-tags" Limit "RFC 6376 §3.2" "more tags than the limit of parameters; the rest is not read";
    MISSING_TAG "missing-tag" Malformed "RFC 6376 §3.5" "a tag that must be there is not";
    INVALID_TAG "invalid-tag" Malformed "RFC 6376 §3.5" "a tag whose value its definition does not allow";
    NO_AUTHSERV_ID "no-authserv-id" Malformed "RFC 8601 §2.2" "authentication results that do not name who found them";
    NOT_A_RESULT "not-a-result" Malformed "RFC 8601 §2.2" "text that is not an authentication method and its result";
    NOT_A_PROPERTY "not-a-property" Malformed "RFC 8601 §2.2" "a property of an authentication result without a type, or text that is none";
    TOO_MANY_RESULTS "too-many-results" Limit "RFC 8601 §2.2" "more results and properties than the limit of parameters; the rest is not read";
    NO_INSTANCE "no-instance" Malformed "RFC 8617 §4.2.1" "a field of ARC without an instance from 1 to 50";
    TOO_MANY_ITEMS "too-many-items" Limit "RFC 5322 §3.6" "more items in a list than the limit; the rest is not read";
    NOT_A_URL "not-a-url" Malformed "RFC 2369 §2" "text that is not a URL in angle brackets; it and what follows is ignored";
    AFTER_URL "after-url" Malformed "RFC 2369 §2" "text behind a URL, ignored up to the next comma";
    BAD_URL "bad-url" Malformed "RFC 3986 §2" "a URL with characters it cannot have";
    BAD_LIST_ID "bad-list-id" Malformed "RFC 2919 §2" "a list identifier that is not dot-separated atoms of at most 255 octets";
    NO_LIST_ID "no-list-id" Malformed "RFC 2919 §3" "a List-Id without an identifier in angle brackets";
    AFTER_LIST_ID "after-list-id" Malformed "RFC 2919 §3" "text behind a list identifier, ignored";
    NOT_ONE_CLICK "not-one-click" Malformed "RFC 8058 §3.1" "a List-Unsubscribe-Post that is not `List-Unsubscribe=One-Click`";
    UNKNOWN_KEYWORD "unknown-keyword" Malformed "RFC 5322 §3.6.8" "a field whose value is not a word that it may have";
    NOT_A_VERSION "not-a-version" Malformed "RFC 2045 §4" "a MIME version that is not two numbers";
    NOT_A_DIGEST "not-a-digest" Malformed "RFC 1864 §2" "a Content-MD5 that is not base64 of 16 octets";
    NOT_A_LANGUAGE "not-a-language" Malformed "RFC 3282 §2" "text that is not a language tag, ignored";
    NOT_A_PATH "not-a-path" Malformed "RFC 5322 §3.6.7" "a return path that is neither empty nor one address";
    NO_ANGLE "no-angle" Malformed "RFC 5322 §3.6.7" "an address without the angle brackets it should have";
    CRITICAL_ATTRIBUTE "critical-attribute" Malformed "Autocrypt Level 1 §2.1" "an unknown attribute without an underscore in front, for which the field is to be ignored";
    MISSING_ATTRIBUTE "missing-attribute" Malformed "Autocrypt Level 1 §2.1" "a key without address or an address without key";
    NOT_KEY_DATA "not-key-data" Malformed "Autocrypt Level 1 §2.1" "key data that is not base64";

    // Lint.
    MISSING_DATE "missing-date" Malformed "RFC 5322 §3.6" "no Date field, which every message must have";
    MISSING_FROM "missing-from" Malformed "RFC 5322 §3.6" "no From field, which every message must have";
    NO_DESTINATION "no-destination" Advice "RFC 822 §4.1" "no recipient in To or Cc, and no Bcc field: RFC 822 asks for one of them, RFC 5322 for none";
    MISSING_MESSAGE_ID "missing-message-id" Advice "RFC 5322 §3.6.4" "no Message-ID field, which every message should have";
    EMPTY_FIELD "empty-field" Malformed "RFC 5322 §3.6" "a field that needs a value and has none";
    BCC_DISCLOSED "bcc-disclosed" Advice "RFC 5322 §3.6.3" "a message that was received names recipients in Bcc";
    SENDER_NEEDED "sender-needed" Malformed "RFC 5322 §3.6.2" "several mailboxes in From, and no Sender field";
    SENDER_NOT_ONE "sender-not-one" Malformed "RFC 5322 §3.6.2" "a Sender that is not one address";
    SENDER_IS_FROM "sender-is-from" Advice "RFC 5322 §3.6.2" "a Sender that is the mailbox of From and says nothing";
    GROUP_IN_ORIGINATOR "group-in-originator" Advice "RFC 6854 §3" "a group in From or Sender, which is for limited use";
    ID_COUNT "id-count" Malformed "RFC 5322 §3.6.4" "a Message-ID field that has not one message identifier";
    LOCAL_ID "local-id" Advice "RFC 5322 §3.6.4" "a message identifier whose right side is no domain of the Internet, so that another may be equal";
    REPEATED_ID "repeated-id" Advice "RFC 5322 §3.6.4" "a message identifier that is given again in References";
    OWN_ID "own-id" Malformed "RFC 5322 §3.6.4" "a message that is a reply to itself";
    NO_REFERENCES "no-references" Advice "RFC 5322 §3.6.4" "an In-Reply-To field without a References field";
    NO_IN_REPLY_TO "no-in-reply-to" Advice "RFC 5322 §3.6.4" "a References field without an In-Reply-To field";
    UNTHREADED_REPLY "unthreaded-reply" Advice "RFC 5322 §3.6.4" "the subject of a reply, and neither In-Reply-To nor References";
    LINE_TOO_LONG "line-too-long" Malformed "RFC 5322 §2.1.1" "a line of more than 998 octets";
    LONG_LINE "long-line" Advice "RFC 5322 §2.1.1" "a line of more than 78 characters";
    WHITE_LINE "white-line" Ambiguous "RFC 5322 §4.2" "a continuation line of white space alone, which some readers take for the end of the header section";
    CONTROL_CHARACTER "control-character" Obsolete "RFC 5322 §4.1" "a control character";
    UTF8_HEADER "utf8-header" Advice "RFC 6532 §3" "UTF-8 in a field, which is for messages sent with SMTPUTF8";
    RAW_8BIT "raw-8bit" Ambiguous "RFC 5322 §2.2" "8-bit octets in a field that are not UTF-8, so that nobody can tell what they mean";
    RESENT_INCOMPLETE "resent-incomplete" Malformed "RFC 5322 §3.6.6" "a block of Resent fields without Resent-Date or Resent-From";
    RESENT_SENDER_NEEDED "resent-sender-needed" Malformed "RFC 5322 §3.6" "several mailboxes in Resent-From, and no Resent-Sender field in its block";
    RESENT_NO_ID "resent-no-id" Advice "RFC 5322 §3.6.6" "a block of Resent fields without Resent-Message-ID";
    RESENT_REPLY_TO "resent-reply-to" Obsolete "RFC 5322 §4.5.6" "a Resent-Reply-To field";
    LATE_TRACE "late-trace" Obsolete "RFC 5322 §4.5" "a trace or Resent field behind the fields of the message itself";
    ENCODED_WORD_LENGTH "encoded-word-length" Malformed "RFC 2047 §2" "an encoded word of more than 75 characters";
    ENCODED_WORD_LINE "encoded-word-line" Malformed "RFC 2047 §2" "a line of more than 76 characters with an encoded word";
    ENCODED_WORD_QUOTED "encoded-word-quoted" Ambiguous "RFC 2047 §5" "an encoded word in a quoted string, which some readers decode";
    ENCODED_WORD_MISPLACED "encoded-word-misplaced" Malformed "RFC 2047 §5" "an encoded word in a field where none may stand";
    AT_IN_LOCAL_PART "at-in-local-part" Ambiguous "RFC 5322 §3.4.1" "an at sign in a quoted local part, which some readers take for the one before the domain";
    MISSING_MIME_VERSION "missing-mime-version" Malformed "RFC 2045 §4" "Content fields without a MIME-Version field";
    OTHER_MIME_VERSION "other-mime-version" Malformed "RFC 2045 §4" "a MIME-Version that is not 1.0";
}
