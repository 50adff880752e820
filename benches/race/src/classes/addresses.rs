//! Lists of addresses. An entry is `name|address`.

use postrider_message::FieldName;

use super::{BOTH, Class, Decision, MAIL_PARSER, MAILPARSE};
use crate::{case::Case, values::Library};

const FIELDS: &[FieldName] = &[
    FieldName::From,
    FieldName::Sender,
    FieldName::ReplyTo,
    FieldName::To,
    FieldName::Cc,
    FieldName::Bcc,
    FieldName::ResentFrom,
    FieldName::ResentTo,
];

/// The rule that says what an address is made of.
const ADDR_SPEC: &str = r#"addr-spec = local-part "@" domain local-part = dot-atom / quoted-string / obs-local-part domain = dot-atom / domain-literal / obs-domain"#;
const MAILBOX: &str = r#"mailbox = name-addr / addr-spec name-addr = [display-name] angle-addr angle-addr = [CFWS] "<" addr-spec ">" [CFWS] / obs-angle-addr"#;

pub(super) const CLASSES: &[Class] = &[
    Class {
        name: "a field more than once",
        libraries: MAIL_PARSER,
        fields: FIELDS,
        decision: Decision::Open,
        reference: "RFC 5322 §4.5",
        quote: "Except for destination address fields (described in section 4.5.3), the \
                interpretation of multiple occurrences of fields is unspecified.",
        because: "We read the first and tell of the others; all of them are there to be read. \
                  mail-parser reads the last. Some filters read one and some the other \
                  (RFC 7103 §7.5), and to read them as one is the caller's choice (§7.5.1).",
        example: b"Reply-To: a@a.example\nReply-To: b@b.example\n",
        holds: |case| case.raw.len() > 1 && case.theirs == case.ours_of_last,
    },
    Class {
        name: "a name in a comment, dropped",
        libraries: MAILPARSE,
        fields: FIELDS,
        decision: Decision::Open,
        reference: "RFC 5322 §3.4",
        quote: "Since the meaning of the information in a comment is unspecified, \
                implementations SHOULD use the full name-addr form of the mailbox, instead of the \
                legacy form, to specify the display name associated with a mailbox.",
        because: "The same note says that senders did put the name there. We show it, as \
                  mail-parser does; mailparse drops it.",
        example: b"From: jdoe@machine.example (John Doe)\n",
        holds: |case| {
            pairs(case, |text, ours, theirs| {
                theirs.0.is_empty()
                    && !ours.0.is_empty()
                    && text.contains(&format!("{} ({})", ours.1, ours.0))
            })
        },
    },
    Class {
        name: "a comment behind the words of a name",
        libraries: MAIL_PARSER,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.2.2",
        quote: "Runs of FWS, comment, or CFWS that occur between lexical tokens in a structured \
                header field are semantically interpreted as a single space character.",
        because: "A display name is a phrase, which is made of words. The comment is none of \
                  them.",
        example: b"To: List (Request) <list@a.example>\n",
        holds: |case| {
            pairs(case, |text, ours, theirs| {
                theirs.0.starts_with(&format!("{} (", ours.0))
                    && text.contains(&format!("{} <{}>", theirs.0, ours.1))
            })
        },
    },
    Class {
        name: "an encoded word in a quoted string",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 2047 §5",
        quote: "An 'encoded-word' MUST NOT appear within a 'quoted-string'.",
        because: "What is in quotes is text, whatever it looks like (RFC 2047 §6.1 finds encoded \
                  words in phrases by their words). They decode it.",
        example: b"To: \"=?iso-8859-1?Q?RPM=2DList?=\" <list@a.example>\n",
        holds: |case| {
            pairs(case, |text, ours, theirs| {
                ours.0.starts_with("=?")
                    && text.contains(&format!("\"{}\"", ours.0))
                    && !theirs.0.contains("=?")
            })
        },
    },
    Class {
        name: "blanks in quotes",
        libraries: MAIL_PARSER,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.2.4",
        quote: "Semantically, neither the optional CFWS outside of the quote characters nor the \
                quote characters themselves are part of the quoted-string; the quoted-string is \
                what is contained between the two quote characters.",
        because: "Blanks between the quotes are of the name.",
        example: b"From: \"\" Angles \" Saxon\" <a@a.example>\n",
        holds: |case| {
            pairs(case, |text, ours, theirs| {
                text.contains('"')
                    && ours.0 != theirs.0
                    && ours.0.split_whitespace().eq(theirs.0.split_whitespace())
            })
        },
    },
    Class {
        name: "blanks between the words of a name",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.2.2",
        quote: "Runs of FWS, comment, or CFWS that occur between lexical tokens in a structured \
                header field are semantically interpreted as a single space character.",
        because: "The words are tokens, and one space stands for all blanks between two of them. \
                  They keep the blanks.",
        example: b"From: Virus  Newsletter <a@a.example>\n",
        holds: |case| {
            pairs(case, |text, ours, theirs| {
                !text.contains('"')
                    && theirs.0.contains("  ")
                    && theirs.0.split_whitespace().collect::<Vec<_>>().join(" ") == ours.0
            })
        },
    },
    Class {
        name: "a quoted local part",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.4.1",
        quote: ADDR_SPEC,
        because: "A quoted string before the \"@\" is the local part. mail-parser takes it for \
                  a name and leaves an address without one; mailparse gives up the whole field.",
        example: b"From: \"joe@b.example\"@a.example\n",
        holds: |case| {
            let (ours, theirs) = (case.only().0, case.only().1);
            ours.iter().any(|entry| {
                let Some((local, domain)) = split(entry).1.rsplit_once('@') else { return false };
                case.text().contains(&format!("\"{local}\"@{domain}"))
                    && (case.theirs.is_empty() || theirs == [format!("{local}|@{domain}")])
            })
        },
    },
    Class {
        name: "two \"@\" in an address",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.4.1",
        quote: ADDR_SPEC,
        because: "Neither a dot-atom nor a domain has an \"@\". There is no telling which one the \
                  sender meant.",
        example: b"To: a@b@c.example\n",
        holds: |case| {
            theirs_alone(case).is_some_and(|one| {
                address(&one).matches('@').count() > 1 && case.text() == one[1..]
            })
        },
    },
    Class {
        name: "a square bracket in a local part",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.4.1",
        quote: ADDR_SPEC,
        because: "\"[\" and \"]\" are specials (RFC 5322 §3.2.3), which a local part has in \
                  quotes only.",
        example: b"To: [b.example]@a.example\n",
        holds: |case| {
            theirs_alone(case).is_some_and(|one| one.starts_with("|[") && one.contains("]@"))
        },
    },
    Class {
        name: "text behind a domain literal",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.4.1",
        quote: r#"domain-literal = [CFWS] "[" *([FWS] dtext) [FWS] "]" [CFWS]"#,
        because: "The literal ends at the \"]\". They have what follows it in the domain.",
        example: b"Sender: joe@[192.0.2.1] [x]\n",
        holds: |case| {
            theirs_alone(case).is_some_and(|one| one[1..] == case.text() && one.contains("] ["))
        },
    },
    Class {
        name: "octets that are no UTF-8 in an address",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 7103 §7.7",
        quote: "Otherwise, in most cases, it is best to exclude the address from any sort of \
                processing",
        because: "RFC 6532 §3.2 lets UTF-8 into an address, and nothing else. They give an \
                  address of other characters.",
        example: b"From: \xa4\xcfe@a.example\n",
        holds: |case| {
            str::from_utf8(case.octets()).is_err()
                && theirs_alone(case).is_some_and(|one| !address(&one).is_ascii())
        },
    },
    Class {
        name: "blanks or specials in angle brackets",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.4",
        quote: MAILBOX,
        because: "Between the angle brackets stands an addr-spec, which has \":\", \";\" and \
                  blanks in quotes only. They give the text as an address.",
        example: b"To: <Undisclosed Recipients@a.example>\n",
        holds: |case| {
            theirs_alone(case).is_some_and(|one| {
                case.text() == format!("<{}>", &one[1..]) && one.contains([' ', ':', ';'])
            })
        },
    },
    Class {
        name: "no local part",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.4.1",
        quote: ADDR_SPEC,
        because: "A local part has at least one character, or quotes.",
        example: b"To: @a.example\n",
        holds: |case| {
            theirs_alone(case).is_some_and(|one| one.starts_with("|@") && case.text() == one[1..])
        },
    },
    Class {
        name: "words behind the closing bracket",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.4",
        quote: MAILBOX,
        because: "A name stands before the bracket. We give the addresses without one; \
                  mail-parser makes a name of the words, and mailparse gives up the whole field.",
        example: b"To: <joe@a.example>b.example, <jane@a.example>b.example\n",
        holds: |case| {
            let (ours, theirs) = case.only();
            let text = case.text();
            let words = |entry: &&str| {
                text.split(&format!("<{}>", address(entry)))
                    .nth(1)
                    .is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
            };
            !ours.is_empty()
                && ours.iter().all(words)
                && (case.theirs.is_empty()
                    || ours.iter().map(address).eq(theirs.iter().map(address)))
        },
    },
    Class {
        name: "a quoted string in a domain",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.4.1",
        quote: ADDR_SPEC,
        because: "No form of a domain has quotes.",
        example: b"To: a@a.example, joe@a.\"example\"\n",
        holds: |case| {
            theirs_alone(case).is_some_and(|one| {
                let Some((local, _)) = one.trim_start_matches('|').split_once('@') else {
                    return false;
                };
                let quoted = |part: &str| {
                    let domain = part.trim().strip_prefix(local);
                    domain.is_some_and(|rest| rest.starts_with('@') && rest.contains(".\""))
                };
                case.text().split(',').any(quoted)
            })
        },
    },
    Class {
        name: "a quoted string that touches an address",
        libraries: MAIL_PARSER,
        fields: FIELDS,
        decision: Decision::Open,
        reference: "RFC 5322 §4.4",
        quote: r#"obs-local-part = word *("." word)"#,
        because: "Outside the grammar: two words of a local part have a dot between them, and a \
                  name has an angle bracket behind it. mail-parser reads name and address; \
                  mailparse and we read neither, lest a part of a local part become an address.",
        example: b"Reply-To: \"joe\"jane@a.example\n",
        holds: |case| {
            theirs_alone(case).is_some_and(|one| {
                let (name, address) = split(one);
                !name.is_empty() && case.text() == format!("\"{name}\"{address}")
            })
        },
    },
    Class {
        name: "words without an address",
        libraries: MAIL_PARSER,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.4",
        quote: MAILBOX,
        because: "A mailbox has an address, and there is none (RFC 7103 §7.1.7 would have the \
                  receiving host make one up).",
        example: b"To: Deal Shopper\n",
        holds: |case| {
            theirs_alone(case).is_some_and(|one| {
                let (name, address) = split(one);
                address.is_empty() && !case.text().contains('@') && case.text().starts_with(name)
            })
        },
    },
    Class {
        name: "a dot at the end of a domain",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.2.3",
        quote: r#"dot-atom-text = 1*atext *("." 1*atext)"#,
        because: "A dot has text on both of its sides.",
        example: b"To: joe@a.example.\n",
        holds: |case| {
            theirs_alone(case).is_some_and(|one| one.ends_with('.') && case.text() == one[1..])
        },
    },
    Class {
        name: "a group with an address for a name",
        libraries: MAILPARSE,
        fields: FIELDS,
        decision: Decision::Open,
        reference: "RFC 5322 §3.4",
        quote: r#"group = display-name ":" [group-list] ";" [CFWS] display-name = phrase"#,
        because: "Outside the grammar: an address is no phrase, and no semicolon ends the group. \
                  We give the mailboxes that are whole, as mail-parser does; mailparse gives up \
                  the whole field.",
        example: b"From: News@a.example,\n\t\"Update@a.example\"@b.example: <info@b.example>\n",
        holds: |case| {
            let text = case.text();
            case.theirs.is_empty()
                && !case.ours.is_empty()
                && !text.contains(';')
                && text.split_once(": <").is_some_and(|(before, _)| before.contains("\"@"))
        },
    },
    Class {
        name: "a group without an end",
        libraries: MAILPARSE,
        fields: FIELDS,
        decision: Decision::Open,
        reference: "RFC 5322 §3.4",
        quote: r#"group = display-name ":" [group-list] ";" [CFWS] display-name = phrase"#,
        because: "Outside the grammar: no semicolon ends the group. We give its mailboxes, as \
                  mail-parser does; mailparse gives up the whole field.",
        example: b"From: abC:\"\\My Documents\\names.txt\" <joe@a.example>\n",
        holds: |case| {
            let text = case.text();
            case.library == Library::Mailparse
                && case.theirs.is_empty()
                && !case.ours.is_empty()
                && !text.contains(';')
                && text
                    .split_once(":\"")
                    .is_some_and(|(name, _)| name.chars().all(char::is_alphanumeric))
        },
    },
];

/// A name and an address.
type Entry<'a> = (&'a str, &'a str);

/// Name and address of an entry.
fn split(entry: &str) -> Entry<'_> {
    entry.rsplit_once('|').unwrap_or(("", entry))
}

/// The address of an entry; none of a text that is no entry.
pub(super) fn address(entry: &&str) -> String {
    entry.rsplit_once('|').map(|(_, address)| address.to_owned()).unwrap_or_default()
}

/// The only entry that the two lists do not share, if it is theirs.
fn theirs_alone(case: &Case) -> Option<&str> {
    match case.only() {
        (ours, theirs) if ours.is_empty() && theirs.len() == 1 => theirs.first().copied(),
        _ => None,
    }
}

/// Whether what differs are the names of the same addresses, each in this way.
fn pairs(case: &Case, differ: fn(&str, Entry<'_>, Entry<'_>) -> bool) -> bool {
    let (ours, theirs) = case.only();
    let text = case.text();
    !ours.is_empty()
        && ours.len() == theirs.len()
        && ours.iter().zip(&theirs).all(|(ours, theirs)| {
            let (ours, theirs) = (split(ours), split(theirs));
            ours.1 == theirs.1 && differ(&text, ours, theirs)
        })
}
