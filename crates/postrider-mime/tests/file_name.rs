//! File names: which one counts, that all are told, and that a safe one is safe.

use postrider_message::{FieldName, ParameterForm};
use postrider_mime::{Message, code, safe_file_name};
use proptest::prelude::*;

fn message(header: &str) -> Message<Vec<u8>> {
    Message::parse(format!("{header}\n\n").into_bytes()).unwrap()
}

/// RFC 8621 §4.1.4: "This is the decoded filename parameter of the Content-Disposition header field
/// per [RFC2231], or (for compatibility with existing systems) if not present, then it's the decoded
/// name parameter of the Content-Type header field per [RFC2047]."
#[test]
fn the_name_is_that_of_the_disposition_else_that_of_the_type() {
    for (header, name) in [
        (
            "Content-Disposition: attachment; filename=a.txt\nContent-Type: x/y; name=b.txt",
            Some("a.txt"),
        ),
        (
            "Content-Type: x/y; name=b.txt\nContent-Disposition: attachment; filename=a.txt",
            Some("a.txt"),
        ),
        ("Content-Disposition: attachment\nContent-Type: x/y; name=b.txt", Some("b.txt")),
        (
            "Content-Disposition: attachment; filename=\"\"\nContent-Type: x/y; name=b.txt",
            Some("b.txt"),
        ),
        ("Content-Type: x/y; name=\"=?iso-8859-1?q?=E9?=.txt\"", Some("é.txt")),
        ("Content-Type: x/y; name*=iso-8859-1''%E9.txt; name=e.txt", Some("é.txt")),
        ("Content-Disposition: inline; filename*1=b.txt; filename*0=a", Some("ab.txt")),
        // The other field's parameter is not the file name.
        ("Content-Disposition: attachment; name=a.txt\nContent-Type: x/y; filename=b.txt", None),
        ("Subject: none", None),
    ] {
        assert_eq!(message(header).root().file_name().as_deref(), name, "{header}");
    }
}

/// The example of RFC 2231 §4 with a file name; that of RFC 2183 §3.
#[test]
fn the_examples_of_the_rfcs_have_their_names() {
    let wide = message(
        "Content-Type: application/x-stuff;\n title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
    );
    assert_eq!(
        wide.root().content_type().value.parameters().text("title").unwrap(),
        "This is ***fun***"
    );
    let jpeg = message(
        "Content-Type: image/jpeg\nContent-Disposition: attachment; filename=genome.jpeg;\n \
         modification-date=\"Wed, 12 Feb 1997 16:29:51 -0500\";\n\
         Content-Description: a complete map of the human genome",
    );
    assert_eq!(jpeg.root().file_name().as_deref(), Some("genome.jpeg"));
    assert!(jpeg.root().disposition().unwrap().defects.is_empty());
}

/// SECURITY, parser differentials: a scanner that knows RFC 2047 and a reader that knows RFC 2231
/// see two names ("Inbox Invasion", CCS 2024).
#[test]
fn names_that_differ_by_rfc_2231_and_rfc_2047_are_an_ambiguity() {
    use ParameterForm::{EncodedWords, Extended, Plain, Sections};
    let (disposition, ty) = (FieldName::ContentDisposition, FieldName::ContentType);
    for (header, names) in [
        (
            "Content-Disposition: attachment; filename=\"=?utf-8?q?a=2Etxt?=\"; filename*=utf-8''a.exe",
            &[("a.exe", disposition, Extended), ("a.txt", disposition, EncodedWords)][..],
        ),
        (
            "Content-Disposition: attachment; filename*0=a.; filename*1=exe; filename=a.txt",
            &[("a.exe", disposition, Sections), ("a.txt", disposition, Plain)],
        ),
        (
            "Content-Disposition: attachment; filename=a.txt; filename=a.exe",
            &[("a.txt", disposition, Plain), ("a.exe", disposition, Plain)],
        ),
        (
            "Content-Type: x/y; name=a.exe\nContent-Disposition: attachment; filename=a.txt",
            &[("a.txt", disposition, Plain), ("a.exe", ty, Plain)],
        ),
        (
            "Content-Disposition: attachment; filename=a.txt\nContent-Disposition: attachment; filename=a.exe",
            &[("a.txt", disposition, Plain), ("a.exe", disposition, Plain)],
        ),
        (
            "Content-Type: x/y; name=a.txt\nContent-Type: x/y; name=a.exe",
            &[("a.txt", ty, Plain), ("a.exe", ty, Plain)],
        ),
    ] {
        let message = message(header);
        let read = message.root().file_names();
        let told: Vec<_> =
            read.value.iter().map(|one| (one.as_str(), one.field(), one.form())).collect();
        assert_eq!(told, names, "{header}");
        assert!(read.defects.has(&code::DIFFERENT_FILE_NAMES), "{header}");
        assert_eq!(read.value.first().unwrap().as_str(), message.root().file_name().unwrap());
    }
    for header in [
        "Content-Disposition: attachment; filename=a.txt\nContent-Type: x/y; name=\"a.txt\"",
        "Content-Disposition: attachment; filename=\"=?utf-8?q?=C3=A9?=\"; filename*=utf-8''%C3%A9",
        "Subject: none",
    ] {
        assert!(message(header).root().file_names().defects.is_empty(), "{header}");
    }
}

#[test]
fn a_name_in_an_unknown_charset_is_not_faithful() {
    for (value, faithful) in [
        ("filename*=utf-8''%C3%A9", true),
        ("filename*=x-none''%C3%A9", false),
        ("filename*=utf-8''%E9", false),
        ("filename=\"=?x-none?q?=C3=A9?=\"", false),
    ] {
        let message = message(&format!("Content-Disposition: attachment; {value}"));
        let names = message.root().file_names().value;
        assert_eq!(names.first().unwrap().is_faithful(), faithful, "{value}");
    }
}

#[test]
fn a_name_that_attacks_is_made_safe() {
    for (name, safe) in [
        // Paths (RFC 2183 §5).
        ("/etc/passwd", Some("passwd")),
        ("..\\..\\windows\\win.ini", Some("win.ini")),
        ("a/..", None),
        ("a/", None),
        ("../", None),
        ("C:\\autoexec.bat", Some("autoexec.bat")),
        ("C:autoexec.bat", Some("C_autoexec.bat")),
        ("\\\\host\\share\\a", Some("a")),
        ("..\u{ff0f}..\u{ff3c}a", Some("_._a")),
        ("a\u{a5}b\u{20a9}c\u{2215}d\u{2044}e", Some("a_b_c_d_e")),
        // Hidden files, empty names.
        (".bashrc", Some("bashrc")),
        ("...", None),
        (". .", None),
        ("", None),
        (" \t\r\n ", None),
        ("\u{202e}\u{200b}", None),
        // Streams and characters that Windows does not allow.
        ("a.txt:evil.exe", Some("a.txt_evil.exe")),
        ("a<b>c\"d|e?f*g", Some("a_b_c_d_e_f_g")),
        ("a.exe. . .", Some("a.exe")),
        ("a..exe", Some("a.exe")),
        // Controls, line ends, escapes of terminals.
        ("a\r\nb\0c\u{1b}[2Jd\u{85}e.txt", Some("a bc[2Jd e.txt")),
        // Direction and invisible characters.
        ("photo_\u{202e}gpj.exe", Some("photo_gpj.exe")),
        ("a\u{2066}b\u{2069}\u{200e}\u{61c}c\u{ad}\u{feff}.txt", Some("abc.txt")),
        ("a.txt\u{a0}\u{2003}          .exe", Some("a.txt .exe")),
        // Joiners are kept: without them this is another word, and another picture.
        ("می\u{200c}خواهم.txt", Some("می\u{200c}خواهم.txt")),
        ("👩\u{200d}🚀.png", Some("👩\u{200d}🚀.png")),
        // Devices.
        ("CON", Some("_CON")),
        ("con.tar.gz", Some("_con.tar.gz")),
        ("Nul .txt", Some("_Nul .txt")),
        ("com1", Some("_com1")),
        ("LPT\u{b3}.pdf", Some("_LPT\u{b3}.pdf")),
        ("conout$", Some("_conout$")),
        ("com10.txt", Some("com10.txt")),
        ("console.txt", Some("console.txt")),
        // Options of programs and homes of users.
        ("-rf", Some("_rf")),
        ("~root", Some("_root")),
        // What is no attack stays.
        ("Résumé (2) 100%.pdf", Some("Résumé (2) 100%.pdf")),
        ("日本語.docx", Some("日本語.docx")),
        ("archive.tar.gz", Some("archive.tar.gz")),
    ] {
        assert_eq!(safe_file_name(name).as_deref(), safe, "{name:?}");
    }
}

#[test]
fn a_long_name_is_cut_and_keeps_its_ending() {
    let safe = safe_file_name(&format!("{}.pdf", "é".repeat(200))).unwrap();
    assert_eq!(safe, format!("{}.pdf", "é".repeat(98)));
    let safe = safe_file_name(&"x".repeat(1000)).unwrap();
    assert_eq!(safe.len(), 200);
    let safe = safe_file_name(&format!("a.{}", "x".repeat(1000))).unwrap();
    assert_eq!(safe, format!("a.{}", "x".repeat(198)));
    // What ends in a dot or a blank when it is cut does not keep it.
    let safe = safe_file_name(&format!("{}. {}.pdf", "x".repeat(195), "y".repeat(9))).unwrap();
    assert_eq!(safe, format!("{}.pdf", "x".repeat(195)));
}

#[test]
fn the_first_name_that_something_is_left_of_is_made_safe() {
    let header = "Content-Disposition: attachment; filename=\"..\"; filename*=''%2F\n\
                  Content-Type: x/y; name=\"a/b.txt\"";
    let message = message(header);
    assert_eq!(message.root().file_name().as_deref(), Some("/"));
    assert_eq!(message.root().safe_file_name().as_deref(), Some("b.txt"));
}

/// What the `.ref` files of MIME-tools tell of their messages: `Filename`, and `BodyFilename` where it
/// is not only made shorter.
#[test]
fn names_of_the_wild_are_read_and_made_safe_as_mime_tools_does() {
    for (file, name, safe) in [
        ("russian", "Список.doc", "Список.doc"),
        ("multi-2evil", "/evil/because:ofpath3d-compress.gif", "because_ofpath3d-compress.gif"),
        ("multi-nested", "/evil/filename", "filename"),
    ] {
        let path = format!("corpora/perl-mime-tools/testmsgs/{file}.msg");
        let Some(mail) = postrider_testkit::read_shared(&path) else { return };
        let message = Message::parse(mail).unwrap();
        let names = message.parts().filter_map(|part| Some((part.file_name()?, part)));
        let found: Vec<_> = names.filter(|(one, _)| one == name).map(|(_, part)| part).collect();
        let [part] = found[..] else { panic!("{file}: {} of {name}", found.len()) };
        assert_eq!(part.safe_file_name().as_deref(), Some(safe));
    }
}

proptest! {
    #[test]
    fn a_safe_name_is_one_that_no_system_takes_for_another_thing(
        name in "(\\PC|[.\\\\/ :~-]|con|nul|lpt1|\\.exe|[\u{0}-\u{20}\u{7f}-\u{a0}\u{202a}-\u{202e}\u{200d}]|é{90}){0,12}"
    ) {
        let Some(safe) = safe_file_name(&name) else { return Ok(()) };
        prop_assert!(!safe.is_empty() && safe.len() <= 200);
        prop_assert!(!safe.contains(['/', '\\', ':', '<', '>', '"', '|', '?', '*']));
        prop_assert!(!safe.contains("..") && !safe.starts_with(['.', ' ', '-', '~']));
        prop_assert!(!safe.ends_with(['.', ' ']) && !safe.contains("  "));
        prop_assert!(!safe.chars().any(char::is_control));
        let turns = |one| matches!(one, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        prop_assert_eq!(safe.chars().find(|&one| turns(one)), None);
        let stem = safe.split('.').next().unwrap().trim().to_ascii_lowercase();
        prop_assert!(!["con", "prn", "aux", "nul", "com1", "lpt1"].contains(&stem.as_str()));
        prop_assert_eq!(safe_file_name(&safe), Some(safe));
    }
}
