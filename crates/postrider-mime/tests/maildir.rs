//! Names of Maildir as others write them.

use postrider_mime::maildir::{
    Flag, Flags, InvalidFolder, Name, Unique, folder_levels, folder_name,
};
use proptest::prelude::*;

#[test]
fn names_that_others_write_are_read() {
    for (name, time, host, size, lines_size, letters) in [
        // Dovecot: doc/wiki MailboxFormat.Maildir
        ("1035478339.27041_118.foo.org:2,S", Some(1_035_478_339), Some("foo.org"), None, None, "S"),
        (
            "1129500000.M123456P78901.host,S=1234,W=1256:2,FSabc",
            Some(1_129_500_000),
            Some("host"),
            Some(1234),
            Some(1256),
            "FSabc",
        ),
        // Courier: number of the process, inode and device in hexadecimal
        (
            "1047327410.M612355P24066V0000000000000803I000C1A9C_0.mail.example,S=2345:2,",
            Some(1_047_327_410),
            Some("mail.example"),
            Some(2345),
            None,
            "",
        ),
        // qmail
        (
            "1015862400.12345.mail.example",
            Some(1_015_862_400),
            Some("mail.example"),
            None,
            None,
            "",
        ),
        // CPython's mailbox.Maildir
        ("1093455600.M1P2Q3.host:2,RST", Some(1_093_455_600), Some("host"), None, None, "RST"),
        // The wrong order, a letter twice, what is no letter, and fields of others
        ("1.a.b:2,TSS9,X=y", Some(1), Some("b"), None, None, "ST"),
        ("1.a.b\\057c\\072d:1,S", Some(1), Some("b/c:d"), None, None, ""),
        ("msg.AbC,S=x,S=7", None, None, Some(7), None, ""),
        ("", None, None, None, None, ""),
        (":2,S", None, None, None, None, "S"),
    ] {
        let read = Name::new(name.as_bytes());
        assert_eq!(
            (read.time(), read.size(), read.lines_size()),
            (time, size, lines_size),
            "{name}"
        );
        assert_eq!(read.host().as_deref(), host.map(str::as_bytes), "{name}");
        assert_eq!(read.flags().letters().collect::<Vec<_>>(), letters.as_bytes(), "{name}");
    }
}

#[test]
fn flags_change_nothing_else_of_a_name() {
    let name = Name::new(b"1.a.b,S=3:2,FS,X=y");
    assert_eq!(name.with_flags(name.flags()), b"1.a.b,S=3:2,FS,X=y");
    assert_eq!(name.with_flags(name.flags().without(Flag::Flagged)), b"1.a.b,S=3:2,S,X=y");
    let flags =
        [Flag::Keyword(25), Flag::Trashed, Flag::Draft, Flag::Other(b'Q'), Flag::Keyword(0)];
    let flags = flags.into_iter().fold(Flags::NONE, Flags::with);
    assert_eq!(name.with_flags(flags), b"1.a.b,S=3:2,DQTaz,X=y");
    assert_eq!(Name::with_separator(b"1.a.b;2,S", b';').with_flags(Flags::NONE), b"1.a.b;2,");
    assert_eq!(Name::new(b"1.a.b").with_flags(Flags::NONE), b"1.a.b:2,");
    for nothing in [Flag::Keyword(26), Flag::Other(b'/'), Flag::Other(b':'), Flag::Other(b'a')] {
        assert_eq!(Flags::NONE.with(nothing), Flags::NONE);
    }
}

#[test]
fn flags_are_shown_by_their_names() {
    let flags = Name::new(b"1.a.b:2,aSR").flags();
    assert_eq!(format!("{flags:?}"), "{Replied, Seen, Keyword(0)}");
}

#[test]
fn a_new_name_is_one_file_whatever_the_host_is_called() {
    let unique = Unique::new(1_234_567_890, "a/../b:2,S,S=1\n\0c");
    let name = unique.with_microseconds(5).with_process(6).with_deliveries(7).to_string();
    assert_eq!(name, "1234567890.M5P6Q7.a\\057..\\057b\\0722SS=1c");
    let read = Name::new(name.as_bytes());
    assert_eq!((read.base(), read.flags(), read.size()), (name.as_bytes(), Flags::NONE, None));
    let long = Unique::new(u64::MAX, &"/".repeat(1000)).with_random(&[255; 32]).with_size(u64::MAX);
    let long = long.with_microseconds(u32::MAX).with_process(u32::MAX).with_deliveries(u32::MAX);
    // With all flags it has at most the 255 octets that file systems take.
    assert!(long.with_lines_size(u64::MAX).to_string().len() + ":2,".len() + 52 <= 255);
}

#[test]
fn a_folder_stays_in_its_maildir() {
    assert_eq!(folder_name(["Entw&APw-rfe"]).unwrap(), ".Entw&APw-rfe");
    for (levels, error) in [
        (&[][..], InvalidFolder::Empty),
        (&[""], InvalidFolder::Empty),
        (&["a", ""], InvalidFolder::Empty),
        (&["."], InvalidFolder::Character),
        (&["a.b"], InvalidFolder::Character),
        (&["../x"], InvalidFolder::Character),
        (&["a\0"], InvalidFolder::Character),
        (&["a\n"], InvalidFolder::Character),
    ] {
        assert_eq!(folder_name(levels.iter().copied()), Err(error), "{levels:?}");
    }
    assert_eq!(folder_name(["a".repeat(255).as_str()]), Err(InvalidFolder::TooLong));
    for name in ["", ".", "..", "...", ".a..b", ".a.", "new", ".a/b"] {
        assert!(folder_levels(name).is_none(), "{name:?}");
    }
}

proptest! {
    #[test]
    fn a_name_is_its_parts(name in prop::collection::vec(prop::sample::select(&b"1.,:2SabW=\\057\xff"[..]), 0..30)) {
        let read = Name::new(&name);
        let whole = match read.info() {
            Some(info) => [read.base(), b":", info].concat(),
            None => read.base().to_vec(),
        };
        prop_assert_eq!(&whole, &name);
        let flags = read.flags().with(Flag::Seen);
        let changed = read.with_flags(flags);
        let again = Name::new(&changed);
        prop_assert_eq!((again.base(), again.flags()), (read.base(), flags));
    }

    #[test]
    fn a_folder_has_its_levels(levels in prop::collection::vec("[^./\\pC]{1,10}", 1..5)) {
        let name = folder_name(levels.iter().map(String::as_str)).unwrap();
        prop_assert!(folder_levels(&name).unwrap().eq(levels.iter().map(String::as_str)));
    }
}
