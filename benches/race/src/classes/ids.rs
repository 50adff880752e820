//! Message identifiers.

use postrider_message::FieldName;

use super::{BOTH, Class, Decision, MAIL_PARSER, MAILPARSE};
use crate::case::Case;

const MESSAGE_ID: &[FieldName] = &[FieldName::MessageId];
const REPLY: &[FieldName] = &[FieldName::InReplyTo, FieldName::References];
const FIELDS: &[FieldName] = &[FieldName::MessageId, FieldName::InReplyTo, FieldName::References];

const MSG_ID: &str = r#"msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]"#;
const PHRASES: &str = "For purposes of interpretation, the phrases in the \"In-Reply-To:\" and \
                       \"References:\" fields are ignored.";

pub(super) const CLASSES: &[Class] = &[
    Class {
        name: "words instead of an identifier",
        libraries: MAIL_PARSER,
        fields: REPLY,
        decision: Decision::Ours,
        reference: "RFC 5322 §4.5.4",
        quote: PHRASES,
        because: "There is no identifier in the field. mail-parser gives all of its text as one.",
        example: b"In-Reply-To: Your message of \"Thu, 01 Aug 2002 17:15:27 BST.\"\n",
        holds: |case| whole_text(case) && !case.text().contains('<'),
    },
    Class {
        name: "words beside identifiers",
        libraries: MAILPARSE,
        fields: REPLY,
        decision: Decision::Ours,
        reference: "RFC 5322 §4.5.4",
        quote: PHRASES,
        because: "The words are ignored, and the identifiers are read. mailparse gives up the \
                  whole field.",
        example: b"In-Reply-To: Message from Joe <joe@a.example> of \"Fri\" <1@a.example>\n",
        holds: |case| {
            let beside = Beside::of(case);
            given_up(case) && beside.words && !beside.specials
        },
    },
    Class {
        name: "a comment beside an identifier",
        libraries: MAILPARSE,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.6.4",
        quote: MSG_ID,
        because: "Comments may stand around an identifier. mailparse gives up the whole field.",
        example: b"Message-ID: <1@a.example> (added by b.example)\n",
        holds: |case| {
            let beside = Beside::of(case);
            given_up(case) && beside.comment && !beside.words && !beside.specials
        },
    },
    Class {
        name: "other text beside identifiers",
        libraries: MAILPARSE,
        fields: REPLY,
        decision: Decision::Open,
        reference: "RFC 5322 §4.5.4",
        quote: r#"obs-in-reply-to = "In-Reply-To" *WSP ":" *(phrase / msg-id) CRLF"#,
        because: "Outside the grammar: what stands beside the identifiers has \";\", \",\", \":\" \
                  or \"@\" and is no phrase. We pass it over like one, as mail-parser does; \
                  mailparse gives up the whole field.",
        example: b"In-Reply-To: <1@a.example>; from joe@a.example on Fri, Jul 19, 2002\n",
        holds: |case| given_up(case) && Beside::of(case).specials,
    },
    Class {
        name: "an identifier without an \"@\"",
        libraries: MAILPARSE,
        fields: REPLY,
        decision: Decision::Open,
        reference: "RFC 5322 §3.6.4",
        quote: MSG_ID,
        because: "Outside the grammar. We give what is in the brackets with a defect, as \
                  mail-parser does, because a thread holds together by it all the same; mailparse \
                  gives up the whole field for the words beside it.",
        example: b"In-Reply-To: Message from Joe <joe> of \"Wed, 24 Jul 2002 17:06:49 PDT.\"\n",
        holds: |case| {
            written(case)
                && case.theirs.is_empty()
                && matches!(&*case.ours, [id] if !id.contains(['@', '<']))
        },
    },
    Class {
        name: "no brackets around an identifier",
        libraries: MAIL_PARSER,
        fields: MESSAGE_ID,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.6.4",
        quote: MSG_ID,
        because: "The brackets are of the form. mail-parser takes any text for an identifier, \
                  such as `PM20004:51:06 PM`; mailparse and we do not.",
        example: b"Message-ID: joe@a.example\n",
        holds: |case| whole_text(case) && !case.text().contains('<'),
    },
    Class {
        name: "blanks or specials in an identifier",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.6.4",
        quote: "id-left = dot-atom-text / obs-id-left id-right = dot-atom-text / no-fold-literal \
                / obs-id-right",
        because: "Neither side has blanks between words, \"\\\" or \":\". They give the text, \
                  mail-parser with the line ends in it.",
        example: b"Message-ID: <0001@C:\\Documents and Settings\\list.txt>\n",
        holds: |case| {
            let text = case.text();
            let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
            inner.is_some_and(|inner| {
                case.ours.is_empty()
                    && matches!(&*case.theirs, [id] if words(id) == words(inner))
                    && inner.trim().contains(' ')
                    && !inner.contains(['<', '>'])
            })
        },
    },
    Class {
        name: "blanks at the end of an identifier",
        libraries: MAILPARSE,
        fields: MESSAGE_ID,
        decision: Decision::Ours,
        reference: "RFC 5322 §4.5.4",
        quote: "Semantically, none of the optional CFWS in the local-part and the domain is part \
                of the obs-id-left and obs-id-right, respectively.",
        because: "The blanks are not of the identifier (which has no right side and is told of).",
        example: b"Message-ID: <0001@   >\n",
        holds: |case| match (&*case.ours, &*case.theirs) {
            ([ours], [theirs]) => {
                ours != theirs && ours == theirs.trim_end() && case.text().ends_with(" >")
            }
            _ => false,
        },
    },
    Class {
        name: "empty brackets",
        libraries: MAILPARSE,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.6.4",
        quote: MSG_ID,
        because: "There is nothing in the brackets. mailparse gives an empty identifier, which \
                  would be the same in all such mails.",
        example: b"Message-ID: <>\n",
        holds: |case| case.text() == "<>" && case.ours.is_empty() && case.theirs == [""],
    },
    Class {
        name: "brackets in brackets",
        libraries: MAIL_PARSER,
        fields: MESSAGE_ID,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.6.4",
        quote: MSG_ID,
        because: "Brackets are specials (RFC 5322 §3.2.3), and neither side has one. mail-parser \
                  gives the text with a bracket in it; mailparse and we give nothing.",
        example: b"Message-ID: <1.\"Super Signal\"<service@a.example>>\n",
        holds: |case| {
            let text = case.text();
            nested(&text)
                && text.ends_with(">>")
                && case.ours.is_empty()
                && matches!(&*case.theirs, [id] if id.contains('<'))
        },
    },
    Class {
        name: "a bracket that is not closed",
        libraries: BOTH,
        fields: REPLY,
        decision: Decision::Open,
        reference: "RFC 5322 §3.6.4",
        quote: MSG_ID,
        because: "Outside the grammar: neither side has a bracket. We begin anew at the second \
                  one; they give a text with a bracket in it.",
        example: b"References: <1@a.example> <\"from <2@a.example>\n",
        holds: |case| {
            let (ours, theirs) = case.only();
            nested(&case.text())
                && written(case)
                && matches!((&*ours, &*theirs), ([ours], [theirs]) if theirs.ends_with(&format!("<{ours}")))
        },
    },
];

/// We give nothing, and they give the text as it stands.
fn whole_text(case: &Case) -> bool {
    case.ours.is_empty() && matches!(&*case.theirs, [id] if words(id) == words(&case.text()))
}

/// We give identifiers with an `@`, and they give nothing.
fn given_up(case: &Case) -> bool {
    case.theirs.is_empty()
        && !case.ours.is_empty()
        && written(case)
        && case.ours.iter().all(|id| id.contains('@'))
        && !nested(&case.text())
}

/// Whether each of our identifiers stands in brackets as it is.
fn written(case: &Case) -> bool {
    let text = case.text();
    case.ours.iter().all(|id| text.contains(&format!("<{id}>")))
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// Whether a bracket opens before the one before it is closed.
fn nested(text: &str) -> bool {
    let mut open = false;
    text.chars().any(|one| match one {
        '<' => std::mem::replace(&mut open, true),
        '>' => {
            open = false;
            false
        }
        _ => false,
    })
}

/// What stands outside of brackets and quotes.
#[derive(Default)]
struct Beside {
    words: bool,
    comment: bool,
    /// Characters that a phrase has in quotes only (RFC 5322 §3.2.3).
    specials: bool,
}

impl Beside {
    fn of(case: &Case) -> Self {
        let mut beside = Self::default();
        let (mut bracket, mut quote, mut depth) = (false, false, 0_usize);
        for octet in case.text().chars() {
            match octet {
                '>' if bracket => bracket = false,
                _ if bracket => {}
                '"' => {
                    quote = !quote;
                    beside.words |= depth == 0;
                }
                _ if quote => {}
                '(' => {
                    depth += 1;
                    beside.comment = true;
                }
                ')' => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                '<' => bracket = true,
                ';' | ',' | ':' | '@' | '\\' | '[' | ']' | '>' => beside.specials = true,
                _ => beside.words |= !octet.is_whitespace(),
            }
        }
        beside
    }
}
