//! The base subject of RFC 5256 §2.1, by its steps, its grammar (§5) and by what two programs that
//! implement it are tested with.

use postrider_message::{HeaderSection, base_subject};

/// Subject, base subject, whether it is a reply or was forwarded.
type Row = (&'static str, &'static str, bool);

fn check(rows: &[Row]) {
    for &(subject, expected, reply) in rows {
        let base = base_subject(subject);
        assert_eq!((base.as_str(), base.is_reply_or_forward()), (expected, reply), "{subject:?}");
    }
}

#[test]
fn tabs_continuations_and_runs_of_spaces_become_one_space() {
    check(&[
        ("a\tb", "a b", false),
        ("a \t  b", "a b", false),
        ("a\r\n b", "a b", false),
        ("a b", "a b", false),
        ("", "", false),
        ("   ", "", false),
    ]);
}

#[test]
fn trailers_are_removed_until_there_are_none() {
    // subj-trailer = "(fwd)" / WSP
    check(&[
        ("a (fwd)", "a", true),
        ("a (FWD) (fwd)\t", "a", true),
        ("a(fwd)(fwd)", "a", true),
        ("(fwd)", "", true),
        ("a (fwd) b", "a (fwd) b", false),
        ("a (fw)", "a (fw)", false),
        ("a ", "a", false),
    ]);
}

#[test]
fn leaders_are_removed_with_the_blobs_before_and_in_them() {
    // subj-leader = (*subj-blob subj-refwd) / WSP
    // subj-refwd  = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
    check(&[
        ("re: a", "a", true),
        ("RE:a", "a", true),
        ("fw: a", "a", true),
        ("Fwd : a", "a", true),
        ("re[2]: a", "a", true),
        ("re [2] : a", "a", true),
        ("re [2][3]: a", "re [2][3]: a", false),
        ("[x] [y] re: a", "a", true),
        ("[x]re:[y]fwd: a", "a", true),
        ("re : re: re:a", "a", true),
        ("re", "re", false),
        ("re a", "re a", false),
        ("rea: b", "rea: b", false),
        ("fwdd: b", "fwdd: b", false),
        ("AW: b", "AW: b", false),
        ("re[a: b", "re[a: b", false),
    ]);
}

#[test]
fn a_blob_is_removed_if_something_is_left() {
    // subj-blob = "[" *BLOBCHAR "]" *WSP ; BLOBCHAR: any CHAR8 except '[' and ']'
    // "last subj-blob is subj-base if subj-base would otherwise be empty"
    check(&[
        ("[x] a", "a", false),
        ("[x][y]a", "a", false),
        ("[] a", "a", false),
        ("[x]", "[x]", false),
        ("[x] [y]", "[y]", false),
        ("re: [x] ", "[x]", true),
        ("[x[y] a", "[x[y] a", false),
        ("[x a", "[x a", false),
        ("a [x]", "a [x]", false),
        ("[x]] a", "] a", false),
        ("[a\0b] c", "[a\0b] c", false),
        ("[é] ü", "ü", false),
    ]);
}

#[test]
fn brackets_of_a_forwarded_message_are_removed_and_the_steps_begin_again() {
    // subj-fwd-hdr = "[fwd:" ; subj-fwd-trl = "]"
    check(&[
        ("[fwd: a]", "a", true),
        ("[FWD:a]", "a", true),
        ("[fwd: re: a (fwd)]", "a", true),
        ("[fwd: [fwd: a]]", "a", true),
        ("[x] [fwd: [y] a] (fwd)", "a", true),
        ("[fwd:]", "", true),
        ("[fwd: a] b", "b", false),
        ("[fwd: a", "[fwd: a", false),
        ("re: [fwd: [x]]", "[x]", true),
    ]);
}

/// The subjects that the tests of Horde's IMAP client (`SubjectParseTest`) hold.
#[test]
fn subjects_of_a_deployed_client_have_the_base_it_expects() {
    for subject in [
        "Test",
        "Re: Test",
        "re: Test",
        "Fwd: Test",
        "fwd: Test",
        " Fw: Test",
        "fw:  Test",
        "fwd [foo] :  Test",
        "Fwd: Re: Test",
        "Fwd: Re: Test (fwd)",
        "  re    :   Test  (fwd)",
        "  re :   [foo]Test(Fwd)",
        "re \t: \tTest",
        "Re: re:re: fwd:[fwd: \t  Test]  (fwd)  (fwd)(fwd) ",
    ] {
        assert_eq!(base_subject(subject).as_str(), "Test", "{subject:?}");
    }
    for subject in ["Re:", " RE :  ", "Fwd:", "  FWD  :   "] {
        assert_eq!(base_subject(subject).as_str(), "", "{subject:?}");
    }
    assert_eq!(base_subject("fwd").as_str(), "fwd");
}

/// The subjects that the tests of the IETF's mail archive (`test_get_base_subject`) hold.
#[test]
fn subjects_of_a_mail_archive_have_the_base_it_expects() {
    let table = [
        (
            "[ANCP] =?iso-8859-1?q?R=FCckruf=3A_Welcome_to_the_=22ANCP=22_mail?=\n\t=?iso-8859-1?q?ing_list?=",
            "Rückruf: Welcome to the \"ANCP\" mailing list",
        ),
        ("Re: [IAB] Presentation at IAB Tech Chat (fwd)", "Presentation at IAB Tech Chat"),
        ("Re: [82companions] [Bulk]  Afternoon North Coast tour", "Afternoon North Coast tour"),
        (
            "[cdni-footprint] Fwd: Re: [CDNi] Rough Agenda for today's \"CDNI Team Call\"",
            "Rough Agenda for today's \"CDNI Team Call\"",
        ),
        (
            "[dccp] [Fwd: Re: [Tsvwg] Fwd: WGLC for draft-ietf-dccp-quickstart-03.txt]",
            "WGLC for draft-ietf-dccp-quickstart-03.txt",
        ),
        ("[ANCP] Fw: note the boilerplate change", "note the boilerplate change"),
        ("Re: [ANCP] RE: draft-ieft-ancp-framework-00.txt", "draft-ieft-ancp-framework-00.txt"),
    ];
    for (subject, expected) in table {
        let text = format!("Subject: {subject}\n\n");
        let section = HeaderSection::parse(&text);
        assert_eq!(section.headers().base_subject().as_str(), expected);
    }
}

#[test]
fn a_message_without_a_subject_has_an_empty_base_subject() {
    let section = HeaderSection::parse("To: a@b\n\n");
    let base = section.headers().base_subject();
    assert_eq!((base.as_str(), base.is_reply_or_forward()), ("", false));
}

#[test]
fn a_subject_of_a_hundred_thousand_marks_is_taken_apart() {
    let many = |text: &str| text.repeat(100_000);
    assert_eq!(base_subject(many("Re: ") + "a").as_str(), "a");
    assert_eq!(base_subject(many("[x]") + "a").as_str(), "a");
    assert_eq!(base_subject(many("[x] ")).as_str(), "[x]");
    assert_eq!(base_subject(many("[fwd:") + "a" + &many("]")).as_str(), "a");
    assert_eq!(base_subject(String::from("a") + &many(" (fwd)")).as_str(), "a");
    for family in ["[", "]", "[fwd:", "[fwd: re: ", "re[", "re [", "(fwd", "\0[", "[x"] {
        let text = many(family);
        assert_eq!(base_subject(&*text).as_str(), text.trim_end_matches(' '), "{family}");
    }
    assert_eq!(base_subject(many("[x] re")).as_str(), &many("[x] re")["[x] ".len()..]);
}
