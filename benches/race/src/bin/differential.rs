use std::{collections::BTreeMap, env, error::Error};
use postrider_race::{corpus::corpora, headers, values::{self, FIELDS}};
fn main() -> Result<(), Box<dyn Error>> {
    let mut corpora = corpora()?;
    let corpus = corpora.swap_remove(0);
    let mut count = BTreeMap::<String, usize>::new();
    let arg = env::args().nth(1);
    for mail in &corpus.mails {
        let ours = values::postrider(mail);
        for (name, theirs) in [("mail-parser", values::mail_parser(mail)), ("mailparse", values::mailparse(mail))] {
            for (i, field) in FIELDS.iter().enumerate() {
                if ours[i] != theirs[i] {
                    let what = format!("{name} {}", field.as_str());
                    *count.entry(what.clone()).or_default() += 1;
                    if arg.as_ref().is_some_and(|a| &what == a) {
                        println!("  raw {:?}\n  we  {:?}\n  they {:?}\n", headers::raw(mail, *field), ours[i], theirs[i]);
                    }
                }
            }
        }
    }
    println!("{count:#?}");
    Ok(())
}
