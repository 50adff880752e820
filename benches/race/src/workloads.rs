//! What is raced.

use crate::{build, everything, full, headers, letters::Letter, race::Racer, stream, structure};

/// Reads with one library and adds up.
macro_rules! racer {
    ($library:literal, $sum:path, $read:path) => {
        Racer {
            library: $library,
            run: |mail| {
                let mut sum = <$sum>::default();
                $read(mail, &mut sum);
                sum.0
            },
        }
    };
}

/// Builds with one library and tells how long the mail is.
macro_rules! builder {
    ($library:literal, $build:path) => {
        Racer { library: $library, run: |letter| $build(letter).map_or(0, |mail| mail.len()) }
    };
}

/// Every workload of writing with its racers, ourselves first, and whether it has attachments.
pub fn writing() -> [(&'static str, bool, Vec<Racer<Letter>>); 2] {
    let texts = vec![
        builder!("postrider", build::postrider_text),
        builder!("mail-builder", build::mail_builder_text),
    ];
    let all = vec![
        builder!("postrider", build::postrider_all),
        builder!("mail-builder", build::mail_builder_all),
    ];
    [("build/text", false, texts), ("build/attachments", true, all)]
}

/// Every workload of reading with its racers, ourselves first.
pub fn workloads() -> [(&'static str, Vec<Racer<Vec<u8>>>); 5] {
    [
        (
            "headers",
            vec![
                racer!("postrider", headers::Sum, headers::postrider),
                racer!("mail-parser", headers::Sum, headers::mail_parser),
                racer!("mail-parser (parse_headers)", headers::Sum, headers::mail_parser_headers),
                racer!("mailparse", headers::Sum, headers::mailparse),
            ],
        ),
        (
            "structure",
            vec![
                racer!("postrider", structure::Sum, structure::postrider),
                racer!("mail-parser", structure::Sum, structure::mail_parser),
                racer!("mailparse", structure::Sum, structure::mailparse),
            ],
        ),
        (
            "full",
            vec![
                racer!("postrider", full::Sum, full::postrider),
                racer!("mail-parser", full::Sum, full::mail_parser),
                racer!("mailparse", full::Sum, full::mailparse),
            ],
        ),
        (
            "everything",
            vec![
                racer!("postrider", full::Sum, everything::postrider),
                racer!("mail-parser", full::Sum, everything::mail_parser),
                racer!("mailparse", full::Sum, everything::mailparse),
            ],
        ),
        (
            "stream",
            vec![
                racer!("postrider", full::Sum, stream::postrider),
                racer!("postrider (full)", full::Sum, full::postrider),
            ],
        ),
    ]
}
