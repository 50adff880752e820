//! Against Apache mime4j: the fields of every header section that its `.xml` files tell.

use postrider_message::HeaderSection;

use crate::{Ledger, files, ledger, place};

/// The header sections of one file, each a list of raw fields.
fn sections(xml: &str) -> Vec<Vec<String>> {
    let sections = xml.split("<header>").skip(1).map(|rest| {
        let section = rest.split_once("</header>").expect("it is closed").0;
        let fields = section.split("<field>").skip(1).map(|rest| {
            let field = rest.split_once("</field>").expect("it is closed").0;
            let field = field.strip_prefix("\r\n").or_else(|| field.strip_prefix('\n'));
            field
                .expect("a field stands on lines of its own")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
        });
        fields.collect()
    });
    sections.collect()
}

/// The raw fields without their last line end. Octets that are not ASCII stand for their number, as
/// in the `.xml` files, which are not UTF-8.
fn ours(octets: &[u8]) -> Vec<String> {
    let section = HeaderSection::parse(octets);
    let raw = section.headers().fields().map(|field| latin_1(field.raw()));
    raw.map(|field| field.trim_end_matches(['\r', '\n']).to_owned()).collect()
}

fn latin_1(octets: &[u8]) -> String {
    octets.iter().copied().map(char::from).collect()
}

/// Every field that mime4j sees is, octet for octet and in order, one of ours; the number of ours is
/// what may differ.
fn compare(ledger: &mut Ledger, place: &str, theirs: &[String], octets: &[u8]) {
    let ours = ours(octets);
    let mut rest = ours.iter();
    assert!(theirs.iter().all(|field| rest.any(|other| other == field)), "{place}: {ours:?}");
    let count = |fields: &[String]| format!("{} fields", fields.len());
    ledger.compare(place, "all", "mime4j", &count(theirs), &count(&ours));
}

#[test]
fn header_sections_have_the_fields_that_mime4j_sees() {
    let mut ledger = ledger();
    let mut all = files("mime4j-testmsgs", &["msg"]);
    all.extend(files("mime4j-mimetools", &["msg"]));
    let here = !all.is_empty();
    for file in all {
        let place = place(&file);
        let told = sections(&latin_1(&std::fs::read(file.with_extension("xml")).unwrap()));
        let (root, nested) = told.split_first().expect("a message has a header section");
        compare(&mut ledger, &place, root, &std::fs::read(&file).unwrap());
        for (number, fields) in nested.iter().enumerate() {
            let octets: Vec<u8> = fields.join("\r\n").chars().map(|char| char as u8).collect();
            compare(&mut ledger, &format!("{place}#{}", number + 1), fields, &octets);
        }
    }
    if here {
        ledger.settle_exactly(250, "mime4j");
    }
}
