//! The classes of differences: what was read, who is right, and which sentence says so.

use postrider_message::FieldName;
use postrider_mime::{Message, Part};

use super::Difference;
use crate::classes::Decision;

/// One kind of difference.
pub struct Class {
    pub name: &'static str,
    pub decision: Decision,
    /// Where the sentence stands, such as `RFC 5322 §3.4`.
    pub reference: &'static str,
    /// The sentence or the rule, word for word; blanks and line ends aside.
    pub quote: &'static str,
    /// Why the sentence decides, or what we chose and why.
    pub because: &'static str,
    /// Whether a difference is of this kind.
    pub holds: fn(&Difference) -> bool,
}

/// The classes of a difference: one, if all is well.
pub fn of(difference: &Difference) -> Vec<&'static Class> {
    CLASSES.iter().filter(|class| (class.holds)(difference)).collect()
}

pub const CLASSES: &[Class] = &[
    Class {
        name: "the line end before a delimiter",
        decision: Decision::Against,
        reference: "RFC 2046 §5.1.1",
        quote: "the initial CRLF is considered to be attached to the boundary delimiter line rather \
                than part of the preceding part.",
        because: "Where one line end stands between a header section and a delimiter, it belongs to \
                  the delimiter behind it. We take it for the empty line that ends the header \
                  section, and so does Dovecot 2.3.19 where the section is that of a nested message.",
        holds: |it| match it.question.as_str() {
            "body" | "end" => matches!(it.later(), Some(1 | 2)),
            "text" => matches!(it.ours.strip_prefix(&it.theirs), Some("\n" | "\r\n")),
            _ => false,
        },
    },
    Class {
        name: "a multipart without parts",
        decision: Decision::Open,
        reference: "RFC 2046 §5.1",
        quote: "In the case of multipart entities, in which one or more different sets of data are \
                combined in a single body, a \"multipart\" media type field must appear in the \
                entity's header.",
        because: "No delimiter of the multipart stands in it, or it has no boundary. They make it a \
                  leaf. To us it is a multipart that has no parts: its type says so, and its octets \
                  are its preamble.",
        holds: |it| {
            it.question == "structure"
                && shapes_but(it, "multipart()", &["text", "binary"])
                && !repeats_type(it)
        },
    },
    Class {
        name: "a delimiter behind the last part",
        decision: Decision::Open,
        reference: "RFC 2046 §5.1.1",
        quote: "The boundary delimiter line following the last body part is a distinguished \
                delimiter that indicates that no further body parts will follow.",
        because: "The last delimiter has no `--`, so that it opens a part, and nothing follows. They \
                  leave the part out. We have it, empty: a part may be cut off anywhere.",
        holds: |it| {
            let parts = |shape: &str| shape.matches("text").count();
            it.question == "structure"
                && it.theirs.matches("multipart").count() == it.ours.matches("multipart").count()
                && !it.ours.contains("multipart()")
                && parts(&it.ours) == parts(&it.theirs) + 1
                && !it.ours.contains("message")
                && !repeats_type(it)
        },
    },
    Class {
        name: "text behind a boundary",
        decision: Decision::Open,
        reference: "RFC 2046 §5.1.1",
        quote: "The boundary may be followed by zero or more characters of linear whitespace. It is \
                then terminated by either another CRLF and the header fields for the next part, or \
                by two CRLFs",
        because: "A line begins with the boundary and goes on. They take it for a delimiter where \
                  there is no other; a note of the same section allows it. We do not: where one \
                  boundary begins with another, it cannot be told whose the line is.",
        holds: |it| it.question == "structure" && it.opened() && it.line_begins_with_boundary(),
    },
    Class {
        name: "a delimiter inside a line",
        decision: Decision::Ours,
        reference: "RFC 2046 §5.1.1",
        quote: "The boundary delimiter MUST occur at the beginning of a line, i.e., following a CRLF",
        because: "They look for a boundary anywhere in a line where none begins one. Text that \
                  quotes a delimiter would then be cut.",
        holds: |it| match it.question.as_str() {
            "structure" => it.opened() && !it.line_begins_with_boundary(),
            "text" => it.ours.strip_prefix(&it.theirs).is_some_and(|rest| rest.starts_with("--")),
            "end" => it.later().is_some_and(|more| more > 2),
            _ => false,
        },
    },
    Class {
        name: "two Content-Type fields",
        decision: Decision::Open,
        reference: "RFC 2045 §3",
        quote: "entity-headers := [ content CRLF ]",
        because: "The grammar has one. They take the last, we the first, and tell of it.",
        holds: |it| it.question == "structure" && repeats_type(it),
    },
    Class {
        name: "a message without a header section",
        decision: Decision::Open,
        reference: "RFC 2046 §5.2.1",
        quote: "A media type of \"message/rfc822\" indicates that the body contains an encapsulated \
                message, with the syntax of an RFC 822 message.",
        because: "The part has this type, and what it holds has no field. They make it a leaf. It \
                  is a message to us: whether it is one does not hang on what stands in it.",
        holds: |it| {
            it.question == "structure" && shapes_but(it, "message(text)", &["text", "binary"])
        },
    },
    Class {
        name: "a Content-Type without a subtype",
        decision: Decision::Ours,
        reference: "RFC 2045 §5.2",
        quote: "It is also recommend that this default be assumed when a syntactically invalid \
                Content-Type header field is encountered.",
        because: "The value is `multipart;boundary=b5`. They read it as it stands.",
        holds: |it| {
            let typeless = |part: Part<'_>| {
                let read = part.content_type();
                read.defects.iter().any(|defect| defect.code().name() == "not-a-type")
            };
            match it.question.as_str() {
                "structure" => it.any_part(typeless),
                "content-type" => !it.theirs.split(';').next().is_some_and(|ty| ty.contains('/')),
                _ => false,
            }
        },
    },
    Class {
        name: "a line without a colon in a header section",
        decision: Decision::Open,
        reference: "RFC 5322 §2.1",
        quote: "The body is simply a sequence of characters that follows the header section and is \
                separated from the header section by an empty line",
        because: "Both of us go on to the empty line. They leave the line out; we keep it as a field \
                  without a name, so that it is written again as it was.",
        holds: |it| {
            let named = |list: &str| list.split(", ").filter(|name| !name.is_empty()).count();
            it.question == "fields"
                && it.ours.split(", ").any(str::is_empty)
                && named(&it.ours) == named(&it.theirs)
        },
    },
    Class {
        name: "a field without a name",
        decision: Decision::Ours,
        reference: "RFC 5322 §2.2",
        quote: "Header fields are lines beginning with a field name, followed by a colon (\":\"), \
                followed by a field body, and terminated by CRLF.",
        because: "They read a field where a line begins with a colon, and one where a line without a \
                  colon is continued by one that has it. A continuation begins no field, and no name \
                  has a colon.",
        holds: |it| {
            let named = |list: &str| list.split(", ").filter(|name| !name.is_empty()).count();
            it.question == "fields" && named(&it.ours) < named(&it.theirs)
        },
    },
    Class {
        name: "octets of another charset than is told",
        decision: Decision::Open,
        reference: "RFC 7103 §7.6",
        quote: "apply heuristics to determine the most likely character set and, if successful, \
                proceed using that information",
        because: "The octets are neither ASCII nor UTF-8, and no charset is told. They give U+FFFD \
                  for each; we read windows-1252, and tell that it is a guess.",
        holds: |it| {
            it.theirs.contains('\u{fffd}')
                && it.theirs.chars().count() == it.ours.chars().count()
                && it.theirs.chars().zip(it.ours.chars()).all(|(theirs, ours)| {
                    theirs == ours || (theirs == '\u{fffd}' && !ours.is_ascii())
                })
        },
    },
    Class {
        name: "uuencode",
        decision: Decision::Open,
        reference: "RFC 2045 §6.3",
        quote: "Implementors may, if necessary, define private Content-Transfer-Encoding values, \
                but must use an x-token",
        because: "The encoding is told to be `x-uuencode`. They give the encoded lines, we the file.",
        holds: |it| {
            matches!(it.question.as_str(), "text" | "octets")
                && ["begin ", "\\nbegin ", "\\r\\nbegin "]
                    .iter()
                    .any(|begin| it.theirs.trim_start().starts_with(begin))
        },
    },
    Class {
        name: "a disposition without a type",
        decision: Decision::Open,
        reference: "RFC 2183 §2",
        quote: "disposition := \"Content-Disposition\" \":\" disposition-type *(\";\" disposition-parm)",
        because: "The type is missing, and parameters follow. They read nothing; we read the \
                  parameters, as the file name is among them.",
        holds: |it| {
            it.theirs.is_empty()
                && (it.question == "content-disposition"
                    || (it.question == "file name"
                        && it.raw_text().contains("Content-Disposition: ;")))
        },
    },
    Class {
        name: "a text in no body",
        decision: Decision::Ours,
        reference: "RFC 8621 §4.1.4",
        quote: "not of type \"multipart/*\" and not included in \"textBody\" or \"htmlBody\"",
        because: "That is what an attachment is. A text behind both a plain and an HTML text, all in \
                  one alternative, comes into neither body by the algorithm that the section \
                  suggests. They leave it out of every list, as that algorithm does; we have it \
                  among the attachments, so that it can be seen.",
        holds: |it| match it.question.as_str() {
            "attachments" => {
                let theirs: Vec<&str> = it.theirs.split(' ').collect();
                let more = it.ours.split(' ').filter(|one| !theirs.contains(one)).count();
                more == 1 && it.ours.starts_with(&it.theirs)
            }
            "has attachment" => it.ours == "true",
            _ => false,
        },
    },
    Class {
        name: "a zone of zero",
        decision: Decision::Ours,
        reference: "RFC 5322 §3.3",
        quote: "The form \"+0000\" SHOULD be used to indicate a time zone at Universal Time. Though \
                \"-0000\" also indicates Universal Time, it is",
        because: "The sentence goes on: used to tell that nothing is known of the local time zone. \
                  `GMT` is +0000; the military letters are as -0000 (§4.3), and so is a zone that is \
                  missing. They give the one where the other is said.",
        holds: |it| {
            let signless = |text: &str| text.replace("-0000", "+0000");
            let ours = signless(&it.ours);
            matches!(it.question.as_str(), "date" | "received") && ours == signless(&it.theirs)
        },
    },
    Class {
        name: "words without an address",
        decision: Decision::Ours,
        reference: "RFC 5322 §3.4.1",
        quote: "An addr-spec is a specific Internet identifier that contains a locally interpreted \
                string followed by the at-sign character (\"@\", ASCII value 64) followed by an \
                Internet domain.",
        because: "There is no at-sign. They give the words as a name without an address, or as an \
                  address.",
        holds: |it| it.is_address() && it.ours.is_empty() && !it.theirs.contains('@'),
    },
    Class {
        name: "a comment in a name",
        decision: Decision::Ours,
        reference: "RFC 5322 §3.2.2",
        quote: "Runs of FWS, comment, or CFWS that occur between lexical tokens in a structured \
                header field are semantically interpreted as a single space character.",
        because: "A display name is a phrase, which is made of words. The comment is none of them.",
        holds: |it| {
            let without = || {
                let (name, rest) = it.theirs.split_once(" (")?;
                Some(format!("{name}{}", rest.split_once(')')?.1))
            };
            it.is_address() && without().is_some_and(|theirs| theirs == it.ours)
        },
    },
    Class {
        name: "groups without a comma between",
        decision: Decision::Open,
        reference: "RFC 5322 §3.4",
        quote: "address-list = (address *(\",\" address)) / obs-addr-list",
        because: "A second group follows the first without a comma. They read both; we read up to \
                  the next comma what it is not: the group and its first member are lost to us, \
                  which we tell.",
        holds: |it| {
            it.is_address() && it.theirs.matches(";").count() > it.ours.matches(";").count()
        },
    },
    Class {
        name: "a charset in a later section of a parameter",
        decision: Decision::Ours,
        reference: "RFC 2231 §4.1",
        quote: "Language and character set information only appear at the beginning of a given \
                parameter value.",
        because: "The last of three sections begins with `utf-8''`. They take it for the charset; it \
                  is text of the value.",
        holds: |it| {
            matches!(it.question.as_str(), "content-type" | "file name")
                && it.ours.contains("utf-8''")
        },
    },
    Class {
        name: "encoded words in fields that others defined",
        decision: Decision::Ours,
        reference: "RFC 2047 §5",
        quote: "any extension message header field, or any MIME body part field for which the field \
                body is defined as '*text'",
        because: "They decode encoded words in the fields that they know. A field that no RFC \
                  defines is an extension field.",
        holds: |it| it.theirs.starts_with("=?") && !it.ours.contains("=?"),
    },
    Class {
        name: "line ends in a value",
        decision: Decision::Ours,
        reference: "RFC 5322 §2.2.3",
        quote: "Unfolding is accomplished by simply removing any CRLF that is immediately followed \
                by WSP.",
        because: "They give fields that they do not know as they stand. The text of a field is \
                  what it is unfolded; its octets can be asked for.",
        holds: |it| it.theirs.contains('\n') && it.theirs.replace(['\r', '\n'], "") == it.ours,
    },
    Class {
        name: "a parameter given twice",
        decision: Decision::Open,
        reference: "RFC 2045 §5.1",
        quote: "parameter := attribute \"=\" value",
        because: "`comment` is given twice, without the semicolon that belongs between parameters. \
                  They take the last, we the first, and tell of it.",
        holds: |it| it.question == "content-type" && it.raw_text().matches("comment=").count() == 2,
    },
    Class {
        name: "a protocol that is not registered",
        decision: Decision::Ours,
        reference: "RFC 5321 §4.4",
        quote: "Protocol = \"ESMTP\" / \"SMTP\" / Attdl-Protocol Attdl-Protocol = Atom",
        because: "The clause says `with NNFMP`. They give the protocols that they know.",
        holds: |it| {
            let ours = it.ours.replace("with NNFMP ", "").replace("-0000", "+0000");
            it.question == "received" && it.ours.contains("with NNFMP ") && ours == it.theirs
        },
    },
    Class {
        name: "a time of day that is none",
        decision: Decision::Ours,
        reference: "RFC 5322 §3.3",
        quote: "hour = 2DIGIT / obs-hour",
        because: "The time is `l8:14:23`, with a letter. They read 14 hours, 23 minutes and 232 \
                  seconds.",
        holds: |it| it.question == "received" && it.theirs.contains(":232 "),
    },
];

impl Difference {
    /// How many octets later ours is than theirs.
    fn later(&self) -> Option<usize> {
        let number = |text: &str| text.parse::<usize>().ok();
        number(&self.ours)?.checked_sub(number(&self.theirs)?)
    }

    fn is_address(&self) -> bool {
        matches!(self.question.as_str(), "from" | "to" | "cc")
    }

    /// Whether only they found parts in a multipart.
    fn opened(&self) -> bool {
        self.ours == "multipart()" && self.theirs.starts_with("multipart(")
    }

    fn raw_text(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    fn any_part(&self, is_it: impl Fn(Part<'_>) -> bool) -> bool {
        Message::parse(&self.raw).is_ok_and(|message| message.parts().any(is_it))
    }

    /// Whether a line begins with a boundary and goes on, with more than a delimiter has.
    fn line_begins_with_boundary(&self) -> bool {
        self.any_part(|part| {
            let ty = part.content_type().value;
            ty.boundary().is_some_and(|boundary| {
                let delimiter = [b"--", &boundary[..]].concat();
                let mut lines = part.raw_body().split(|&octet| octet == b'\n');
                let rest = |line: &[u8]| {
                    let rest = line.strip_prefix(&delimiter[..])?.trim_ascii_end();
                    Some(!matches!(rest, b"" | b"--"))
                };
                lines.any(|line| rest(line).unwrap_or_default())
            })
        })
    }
}

/// Whether a part of the mail has more than one Content-Type.
fn repeats_type(it: &Difference) -> bool {
    it.any_part(|part| part.headers().all(FieldName::ContentType).count() > 1)
}

/// Whether the structures are the same but that some of what is this shape to us is one of those to
/// them.
fn shapes_but(it: &Difference, ours: &str, theirs: &[&str]) -> bool {
    let words = |shape: &str| -> Vec<String> {
        shape
            .split_inclusive(['(', ')', ' '])
            .map(|word| word.trim_matches(' ').to_owned())
            .collect()
    };
    let (mine, other) =
        (words(&it.ours.replace(ours, "SHAPE")), words(&it.theirs.replace(ours, "SHAPE")));
    let same = |(mine, other): (&String, &String)| {
        mine == other || theirs.iter().any(|one| mine.replace("SHAPE", one) == *other)
    };
    mine.len() == other.len() && mine.iter().zip(&other).all(same)
}
