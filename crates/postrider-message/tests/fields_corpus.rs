//! Every field of every file of the corpora, as every structured type.

#[path = "checks/fields.rs"]
mod check;

use postrider_message::HeaderSection;
use postrider_testkit::shared_files;

#[test]
fn what_holds_of_structured_fields_holds_of_the_corpora() {
    let paths = shared_files("corpora");
    let mut fields = 0;
    for path in &paths {
        let octets = std::fs::read(path).unwrap();
        for field in HeaderSection::parse(&octets[..]).headers().fields() {
            check::check(field.value());
            fields += 1;
        }
    }
    assert!(paths.is_empty() || fields > 50_000, "{fields}");
}
