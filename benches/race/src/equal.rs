//! What is checked before anything is timed: that the libraries read the same.

use std::collections::BTreeMap;

use mail_parser::MessagePart;
use postrider_message::charset;
use postrider_mime::{Message, Part};

use crate::{
    build,
    case::Case,
    classes,
    corpus::Corpus,
    everything::{self, Everything, Read},
    full::{self, Leaf},
    headers::{self, Headers},
    letters::{Letter, Said},
    stream,
    structure::{self, MAIL_PARSER},
    values::Library,
};

/// Tells how many mails are read alike, and how many of the others differ in ways that are written
/// down: in `differential.md`, or at the functions here.
pub fn tell(workload: &str, corpus: &Corpus) {
    let mails = &corpus.mails;
    if workload == "stream" {
        let same = mails.iter().filter(|mail| stream(mail)).count();
        return println!("stream: of {} mails, the same as full in {same}", mails.len());
    }
    let (mut same, mut known, mut third) = (0, 0, 0);
    let mut differing: BTreeMap<String, usize> = BTreeMap::new();
    for mail in mails {
        let (equal, explained, mailparse) = match workload {
            "headers" => headers(mail),
            "structure" => structure(mail),
            "everything" => everything(mail, &mut differing),
            _ => full(mail),
        };
        same += usize::from(equal);
        known += usize::from(equal || explained);
        third += usize::from(mailparse);
    }
    println!(
        "{workload}: of {} mails, the same as mail-parser in {same}, the same or differing as \
         written down in {known}{}",
        mails.len(),
        match workload {
            "everything" => String::new(),
            _ => format!("; the same as mailparse in {third}"),
        },
    );
    if !differing.is_empty() {
        let told: Vec<String> =
            differing.into_iter().map(|(name, count)| format!("{name} {count}")).collect();
        println!("  fields that differ: {}", told.join(", "));
    }
}

/// Tells how many letters are built by both libraries so that mail-parser reads in them what they say.
pub fn tell_built(workload: &str, attachments: bool, letters: &[Letter]) {
    let (ours, theirs): (Build, Build) = match attachments {
        true => (build::postrider_all, build::mail_builder_all),
        false => (build::postrider_text, build::mail_builder_text),
    };
    let says = |letter: &Letter, mail: Option<Vec<u8>>| {
        let said = mail.and_then(|mail| Said::of(&mail));
        said.is_some_and(|said| said == Said::of_letter(letter, attachments))
    };
    let count = |build: Build| letters.iter().filter(|one| says(one, build(one))).count();
    println!(
        "{workload}: of {} letters, mail-parser reads what they say in {} of postrider, in {} of \
         mail-builder",
        letters.len(),
        count(ours),
        count(theirs),
    );
}

type Build = fn(&Letter) -> Option<Vec<u8>>;

fn headers(mail: &[u8]) -> (bool, bool, bool) {
    let (mut ours, mut theirs, mut third) =
        (Headers::default(), Headers::default(), Headers::default());
    headers::postrider(mail, &mut ours);
    headers::mail_parser(mail, &mut theirs);
    headers::mailparse(mail, &mut third);
    (ours == theirs, differs_as_known(mail, &headers::FIELDS), ours == third)
}

fn stream(mail: &[u8]) -> bool {
    let (mut leaves, mut whole) = (stream::Leaves::default(), Vec::new());
    stream::postrider(mail, &mut leaves);
    full::postrider(mail, &mut whole);
    leaves.told() == whole
}

/// Whether each disagreement about these fields is of one class, and there is one.
fn differs_as_known(mail: &[u8], fields: &[postrider_message::FieldName]) -> bool {
    let mut cases = Case::of(mail);
    cases.retain(|case| case.library == Library::MailParser && fields.contains(&case.field));
    !cases.is_empty() && cases.iter().all(|case| classes::of(case).len() == 1)
}

/// A `Content-Type` that breaks the grammar counts as text/plain for us (RFC 2045 §5.2);
/// mail-parser takes what it can from it.
fn structure(mail: &[u8]) -> (bool, bool, bool) {
    let [mut ours, mut theirs, mut third] = [const { Vec::new() }; 3];
    structure::postrider(mail, &mut ours);
    structure::mail_parser(mail, &mut theirs);
    structure::mailparse(mail, &mut third);
    let broken = pairs(mail, |ours, theirs| {
        let (mut one, mut other) = (Vec::new(), Vec::new());
        let ty = ours.content_type();
        structure::Out::part(&mut one, ty.value.ty(), ty.value.subtype());
        let (ty_of_other, subtype) = structure::type_of(&theirs);
        structure::Out::part(&mut other, ty_of_other, subtype);
        one == other || !ty.defects.is_empty()
    });
    (ours == theirs, broken, ours == third)
}

/// The octets are the same where the text is not; then they are no UTF-8, and no charset that is
/// told makes text of them (mail-parser puts U+FFFD there, we take windows-1252). Or it is a
/// multipart without a boundary, which mail-parser takes for text.
fn full(mail: &[u8]) -> (bool, bool, bool) {
    let [mut ours, mut theirs, mut third]: [Vec<Leaf>; 3] = [const { Vec::new() }; 3];
    full::postrider(mail, &mut ours);
    full::mail_parser(mail, &mut theirs);
    full::mailparse(mail, &mut third);
    let known = pairs(mail, |ours, theirs| {
        let (mut one, mut other): (Vec<Leaf>, Vec<Leaf>) = (Vec::new(), Vec::new());
        full::leaf(ours, &mut one);
        full::mail_parser_leaf(theirs, &mut other);
        one == other || is_without_charset(ours, theirs) || ours.is_multipart()
    });
    (ours == theirs, known, ours == third)
}

fn is_without_charset(ours: Part<'_>, theirs: MessagePart<'_>) -> bool {
    let octets = ours.decoded().value;
    let ty = ours.content_type().value;
    let label = ty.charset().unwrap_or_default();
    let unfaithful = !charset::decode(&label, &octets).faithful;
    octets == theirs.decoded() && core::str::from_utf8(&octets).is_err() && unfaithful
}

/// Whether a sentence holds of each part of a mail, as both libraries see it.
fn pairs(mail: &[u8], holds: impl Fn(Part<'_>, MessagePart<'_>) -> bool) -> bool {
    let (Ok(ours), Some(theirs)) = (Message::parse(mail), MAIL_PARSER.parse(mail)) else {
        return false;
    };
    ours.parts().len() == theirs.parts().len()
        && ours.parts().zip(theirs.parts()).all(|(one, other)| holds(one, other))
}

/// Fields are compared one by one, in order. A field of `differential.md` that differs is explained
/// where all of its name are of its classes; others are named and counted. The same in mailparse is
/// not compared: it has no readers for many of them.
fn everything(mail: &[u8], differing: &mut BTreeMap<String, usize>) -> (bool, bool, bool) {
    let (mut ours, mut theirs) = (Everything::default(), Everything::default());
    everything::postrider(mail, &mut ours);
    everything::mail_parser(mail, &mut theirs);
    theirs.fields.retain(|(name, _)| everything::is_typed(name));
    let leaves = ours.leaves == theirs.leaves;
    let fields = ours.fields.len() == theirs.fields.len();
    let mut explained = fields && (leaves || full(mail).1);
    let mut same = fields && leaves;
    for (one, other) in ours.fields.iter().zip(&theirs.fields) {
        let (one, other) = (comparable(one), comparable(other));
        if one != other {
            same = false;
            *differing.entry(one.0.clone()).or_default() += 1;
            explained &= postrider_message::FieldName::of(one.0.as_bytes())
                .is_some_and(|name| differs_as_known(mail, &[name]));
        }
    }
    (same, explained, false)
}

/// What both libraries tell in the same shape. Of a `Received` that is the date, as in
/// `differential.md`: hosts, addresses and protocols are read by both, and mail-parser has them as
/// enumerations, where we have the words of the field.
fn comparable((name, values): &Read) -> Read {
    let date = |value: &&String| value.parse::<i64>().is_ok();
    let kept = match &**name {
        "Received" => values.iter().filter(date).cloned().collect(),
        _ => values.clone(),
    };
    // The libraries spell `List-Id` in two ways.
    (name.to_ascii_lowercase(), kept)
}
