//! Unstructured text, and octets that are no UTF-8 wherever a name or a text may stand.

use postrider_message::FieldName;

use super::{BOTH, Class, Decision, MAIL_PARSER, MAILPARSE, addresses};
use crate::case::Case;

const SUBJECT: &[FieldName] = &[FieldName::Subject];

pub(super) const CLASSES: &[Class] = &[
    Class {
        name: "blanks of a folded line",
        libraries: BOTH,
        fields: SUBJECT,
        decision: Decision::Ours,
        reference: "RFC 5322 §2.2.3",
        quote: "Unfolding is accomplished by simply removing any CRLF that is immediately \
                followed by WSP.",
        because: "The line end goes and the blanks stay. They put one space for all of them.",
        example: b"Subject: Reminder of\n   tomorrow\n",
        holds: |case| {
            let text = case.text();
            let (ours, theirs) = (one(&case.ours), one(&case.theirs));
            ours.is_some_and(|ours| ours == text)
                && theirs.is_some_and(|theirs| theirs != text && theirs == one_space(case))
        },
    },
    Class {
        name: "blanks at the end of a text",
        libraries: MAILPARSE,
        fields: SUBJECT,
        decision: Decision::Against,
        reference: "RFC 5322 §2.2.1",
        quote: "Semantically, unstructured field bodies are simply to be treated as a single \
                line of characters with no further processing",
        because: "By the letter the blanks at both ends are text, also the one behind the colon. \
                  mailparse drops those before the text and keeps those behind it; mail-parser \
                  and we drop both. The octets stand beside our value.",
        example: b"Subject: Hello \n",
        holds: |case| match (one(&case.ours), one(&case.theirs)) {
            (Some(ours), Some(theirs)) => {
                ours != theirs && theirs.trim_end() == ours && case.octets().ends_with(b" ")
            }
            _ => false,
        },
    },
    Class {
        name: "adjacent encoded words of ISO-2022-JP",
        libraries: MAIL_PARSER,
        fields: SUBJECT,
        decision: Decision::Ours,
        reference: "RFC 2047 §3",
        quote: "it MUST contain additional control codes such that ASCII mode is again selected \
                at the end of the 'encoded-word'. (This rule applies separately to each \
                'encoded-word', including adjacent 'encoded-word's within a single header field.)",
        because: "Each word is whole and is decoded by itself. mail-parser decodes both as one run \
                  of octets, and puts U+FFFD where they meet.",
        example: b"Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=\n\
                   \x20=?iso-2022-jp?B?GyRCJE5EKxsoQg==?=\n",
        holds: |case| match (one(&case.ours), one(&case.theirs)) {
            (Some(ours), Some(theirs)) => {
                case.text().matches("=?iso-2022-jp?").count() > 1
                    && !ours.contains('\u{fffd}')
                    && theirs.contains('\u{fffd}')
                    && theirs.replace('\u{fffd}', "") == ours
            }
            _ => false,
        },
    },
    Class {
        name: "octets that are no UTF-8, as Latin letters",
        libraries: MAILPARSE,
        fields: &[
            FieldName::Subject,
            FieldName::From,
            FieldName::To,
            FieldName::Cc,
            FieldName::ReplyTo,
        ],
        decision: Decision::Open,
        reference: "RFC 7103 §7.7",
        quote: "Alternatively, 8-bit characters can be removed or replaced with some other \
                character.",
        because: "Outside the grammar: RFC 6532 §3.1 has UTF-8 only. The charset is unknown, so \
                  we put U+FFFD and keep the octets beside; mailparse takes all for Windows-1252, \
                  which most of these are not.",
        example: b"Subject: S\xe9bastien\n",
        holds: |case| {
            let (ours, theirs) = case.only();
            let ascii = |text: &&str| text.chars().filter(char::is_ascii).collect::<String>();
            str::from_utf8(case.octets()).is_err()
                && !ours.is_empty()
                && ours.iter().all(|text| text.contains('\u{fffd}'))
                && theirs.iter().all(|text| !text.contains('\u{fffd}'))
                && ours.iter().map(ascii).eq(theirs.iter().map(ascii))
                && ours.iter().map(addresses::address).eq(theirs.iter().map(addresses::address))
        },
    },
];

fn one(values: &[String]) -> Option<&str> {
    match values {
        [value] => Some(value),
        _ => None,
    }
}

/// The text with each fold as one space.
fn one_space(case: &Case) -> String {
    let text = String::from_utf8_lossy(case.octets());
    let lines: Vec<&str> = text.split('\n').map(str::trim).collect();
    lines.join(" ").trim().into()
}
