//! Every field of every file of the corpora, as every structured type.

#[path = "checks/fields.rs"]
mod check;

use postrider_message::HeaderSection;
use postrider_testkit::shared;

#[test]
fn what_holds_of_structured_fields_holds_of_the_corpora() {
    let Some(root) = shared("corpora") else {
        eprintln!("skipped: ../shared/corpora is not here");
        return;
    };
    let (mut folders, mut fields) = (vec![root], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let octets = std::fs::read(&path).unwrap();
            for field in HeaderSection::parse(&octets[..]).headers().fields() {
                check::check(field.value());
                fields += 1;
            }
        }
    }
    assert!(fields > 50_000, "{fields}");
}
