//! The LIST examples of the RFCs, and patterns beside a matcher that is too simple to be wrong.

use std::time::{Duration, Instant};

use postrider_imap::{
    Command, Delimiter, Limits, ListAttribute, ListCommand, ListExtended, ListReturn,
    ListSelection, MailboxEncoding, MailboxName, PlainCode, Quirks, Response, StatusItem,
    TaggedCommand,
};
use postrider_mailbox::list::{
    Deletion, Hierarchy, ListError, Listed, Listing, Mailbox, NameError, Pattern,
};
use proptest::prelude::*;

fn name(name: &str) -> MailboxName {
    MailboxName::new(name.as_bytes().to_vec()).expect("a name")
}

fn delimiter(octet: u8) -> Option<Delimiter> {
    Some(Delimiter::new(octet).expect("a delimiter"))
}

/// Mailboxes of these names that can be selected.
fn plain<const N: usize>(names: [&str; N]) -> Vec<Mailbox> {
    names.map(|text| Mailbox::new(name(text))).into()
}

fn subscribed<const N: usize>(names: [&str; N]) -> Vec<Mailbox> {
    names.map(|text| Mailbox::subscription(name(text))).into()
}

fn listing(command: &str, octet: u8) -> Result<Listing, ListError> {
    let unit = format!("A01 {command}");
    let parsed = TaggedCommand::parse(unit.as_bytes(), &Limits::new(), Quirks::tolerant());
    match parsed.expect("a command of the grammar").0.command {
        Command::List(list) => Listing::new(&list, delimiter(octet)),
        Command::Lsub { reference, pattern } => {
            Ok(Listing::lsub(&reference, pattern, delimiter(octet)))
        }
        Command::Xlist { reference, pattern } => {
            Ok(Listing::xlist(&reference, pattern, delimiter(octet)))
        }
        other => panic!("no LIST: {other:?}"),
    }
}

/// The responses of a transcript, of which the order means nothing.
fn sorted(mut responses: Vec<Response>) -> Vec<String> {
    let mut lines: Vec<String> = responses
        .drain(..)
        .map(|response| {
            let mut line = Vec::new();
            response.write(&mut line);
            String::from_utf8(line).expect("text")
        })
        .collect();
    lines.sort();
    lines
}

fn read(expected: &[&str]) -> Vec<String> {
    sorted(
        expected
            .iter()
            .map(|line| {
                let read = Response::parse(line.as_bytes(), &Limits::new(), Quirks::tolerant());
                read.expect("a response of the grammar").0
            })
            .collect(),
    )
}

fn told(listing: &Listing, mailboxes: &[Mailbox]) -> Vec<String> {
    sorted(listing.answer(mailboxes.to_vec()).map(|listed| listed.response.into()).collect())
}

/// Runs a command of an example with its answer.
#[track_caller]
fn example(command: &str, mailboxes: &[Mailbox], expected: &[&str]) {
    let octet = if expected.iter().any(|line| line.contains(" \".\" ")) { b'.' } else { b'/' };
    let listing = listing(command, octet).expect("no BAD");
    assert_eq!(told(&listing, mailboxes), read(expected), "{command}");
}

// RFC 3501 §6.3.8, and the same in RFC 9051 §6.3.9.8.

#[test]
fn an_empty_pattern_asks_for_the_delimiter_and_the_root_of_the_reference() {
    example(r#"LIST "" """#, &[], &[r#"* LIST (\Noselect) "/" """#]);
    example(r##"LIST #news.comp.mail.misc """##, &[], &[r##"* LIST (\Noselect) "." #news."##]);
    example(r#"LIST /usr/staff/jones """#, &[], &[r#"* LIST (\Noselect) "/" /"#]);
    let flat = Listing::new(&ListCommand::new(name(""), ""), None).expect("no BAD");
    assert_eq!(told(&flat, &[]), read(&[r#"* LIST (\Noselect) NIL """#]));
}

/// RFC 5258 §3: an extended LIST must not treat the empty name as a special request.
#[test]
fn an_empty_pattern_of_the_extended_syntax_is_ignored() {
    let boxes = plain(["INBOX", "foo"]);
    example(r#"LIST () "" """#, &boxes, &[]);
    example(r#"LIST "" ("")"#, &boxes, &[]);
    example(r#"LIST "" ("" "foo")"#, &boxes, &[r#"* LIST () "/" foo"#]);
}

#[test]
fn a_level_that_is_no_mailbox_is_told_where_the_pattern_ends_in_percent() {
    let boxes = plain(["~/Mail/foo/bar", "~/Mail/meetings"]);
    example(
        "LIST ~/Mail/ %",
        &boxes,
        &[r#"* LIST (\Noselect) "/" ~/Mail/foo"#, r#"* LIST () "/" ~/Mail/meetings"#],
    );
}

/// RFC 3501 §6.3.8 and RFC 9051 Table 1.
#[test]
fn reference_and_pattern_are_interpreted_as_on_a_unix_server() {
    for (reference, pattern, canonical) in [
        ("~smith/Mail/", "foo.*", "~smith/Mail/foo.*"),
        ("archive/", "%", "archive/%"),
        ("#news.", "comp.mail.*", "#news.comp.mail.*"),
        ("~smith/Mail/", "/usr/doc/foo", "/usr/doc/foo"),
        ("archive/", "~fred/Mail/*", "~fred/Mail/*"),
    ] {
        let pattern =
            Pattern::with_break_outs(&name(reference), pattern.as_bytes(), delimiter(b'/'), b"/~#");
        let instance = canonical.replace(['*', '%'], "x");
        assert!(pattern.matches(&name(&instance)), "{canonical}");
        assert!(!pattern.matches(&name(&format!("y{instance}"))), "{canonical}");
    }
}

// RFC 3501 §6.3.9.

#[test]
fn lsub_tells_the_subscribed_names_that_match() {
    let news = subscribed(["#news.comp.mail.mime", "#news.comp.mail.misc"]);
    example(
        r##"LSUB "#news." "comp.mail.*""##,
        &news,
        &[r##"* LSUB () "." #news.comp.mail.mime"##, r##"* LSUB () "." #news.comp.mail.misc"##],
    );
}

#[test]
fn lsub_with_percent_tells_what_is_above_a_subscribed_name_with_noselect() {
    let news = subscribed(["#news.comp.mail.mime", "#news.comp.mail.misc"]);
    example(r##"LSUB "#news." "comp.%""##, &news, &[r##"* LSUB (\NoSelect) "." #news.comp.mail"##]);
    // "foo/bar" is subscribed but "foo" is not, which is a mailbox.
    let mut boxes = plain(["foo", "foo/bar", "qux"]);
    boxes.extend(subscribed(["foo/bar"]));
    example(r#"LSUB "" "%""#, &boxes, &[r#"* LSUB (\Noselect) "/" foo"#]);
    example(r#"LSUB "" "*""#, &boxes, &[r#"* LSUB () "/" foo/bar"#]);
}

// RFC 3501 §6.3.4 and §6.3.5.

#[test]
fn the_names_of_the_examples_of_delete_and_rename_are_told() {
    let mut boxes = plain(["blurdybloop", "foo/bar"]);
    boxes.push(Mailbox::new(name("foo")).no_select());
    example(
        r#"LIST "" *"#,
        &boxes,
        &[
            r#"* LIST () "/" blurdybloop"#,
            r#"* LIST (\Noselect) "/" foo"#,
            r#"* LIST () "/" foo/bar"#,
        ],
    );
    let boxes = plain(["foo.bar"]);
    example(r#"LIST "" *"#, &boxes, &[r#"* LIST () "." foo.bar"#]);
    example(r#"LIST "" %"#, &boxes, &[r#"* LIST (\Noselect) "." foo"#]);
}

#[test]
fn a_name_with_inferiors_that_cannot_be_selected_is_not_deleted() {
    let slash = Hierarchy::new(delimiter(b'/'));
    let (foo, there) = (name("foo"), Mailbox::new(name("foo")));
    let no_select = there.clone().no_select();
    // A684 DELETE foo: NO Name "foo" has inferior hierarchical names
    let refused = slash.delete(&foo, Some(&no_select), true);
    assert_eq!(refused.map_err(NameError::code), Err(PlainCode::HasChildren));
    assert_eq!(slash.delete(&foo, None, true), Err(NameError::HasInferiors));
    // A687 DELETE foo: OK, once foo/bar is gone.
    assert_eq!(slash.delete(&foo, Some(&no_select), false), Ok(Deletion::Remove));
    // A84 DELETE foo: "the name will acquire the \Noselect mailbox name attribute".
    assert_eq!(slash.delete(&foo, Some(&there), true), Ok(Deletion::KeepName));
    assert_eq!(slash.delete(&foo, Some(&there), false), Ok(Deletion::Remove));
    // "It is an error to attempt to delete INBOX or a mailbox name that does not exist."
    let inbox = Mailbox::new(name("inbox"));
    assert_eq!(slash.delete(&inbox.name, Some(&inbox), false), Err(NameError::Inbox));
    let gone = slash.delete(&foo, None, false);
    assert_eq!(gone.map_err(NameError::code), Err(PlainCode::NonExistent));
    let subscription = Mailbox::subscription(name("foo"));
    assert_eq!(slash.delete(&foo, Some(&subscription), false), Err(NameError::NonExistent));
}

/// What a store with these mailboxes finds.
fn find(boxes: &[Mailbox]) -> impl Fn(&MailboxName) -> Option<Mailbox> {
    move |name| boxes.iter().find(|mailbox| mailbox.name == *name).cloned()
}

fn names(boxes: &[Mailbox]) -> Vec<MailboxName> {
    boxes.iter().map(|mailbox| mailbox.name.clone()).collect()
}

/// RFC 3501 §6.3.3.
#[test]
fn create_makes_the_superior_names_that_are_not_there() {
    let slash = Hierarchy::new(delimiter(b'/'));
    let create = |text: &str, boxes: &[Mailbox]| slash.create(&name(text), find(boxes));
    // "an attempt to create "foo/bar/zap" … SHOULD create foo/ and foo/bar/"
    assert_eq!(
        create("foo/bar/zap", &[]),
        Ok(vec![name("foo"), name("foo/bar"), name("foo/bar/zap")])
    );
    assert_eq!(
        create("foo/bar/zap", &plain(["foo"])),
        Ok(vec![name("foo/bar"), name("foo/bar/zap")])
    );
    // "In any case, the name created is without the trailing hierarchy delimiter."
    assert_eq!(create("owatagusiam/", &[]), Ok(vec![name("owatagusiam")]));
    assert_eq!(
        create("owatagusiam/blurdybloop", &plain(["owatagusiam"])),
        Ok(vec![name("owatagusiam/blurdybloop")])
    );
    // "Otherwise, two mailboxes at the same hierarchy level are created."
    let dot = Hierarchy::new(delimiter(b'.'));
    assert_eq!(dot.create(&name("owatagusiam/"), |_| None), Ok(vec![name("owatagusiam/")]));
    // "It is an error to attempt to create INBOX or a mailbox … that refers to an extant mailbox."
    assert_eq!(create("Inbox", &[]).map_err(NameError::code), Err(PlainCode::AlreadyExists));
    assert_eq!(create("foo", &plain(["foo"])), Err(NameError::AlreadyExists));
    assert_eq!(create("foo/", &plain(["foo"])), Err(NameError::AlreadyExists));
    // A name that cannot be selected becomes a mailbox; so does one that is but subscribed.
    let level = [Mailbox::new(name("foo")).no_select()];
    assert_eq!(create("foo", &level), Ok(vec![name("foo")]));
    assert_eq!(create("foo", &subscribed(["foo"])), Ok(vec![name("foo")]));
    assert_eq!(create("inbox/x", &[]), Ok(vec![name("INBOX/x")]));
}

#[test]
fn names_with_an_empty_level_or_too_many_or_below_noinferiors_are_refused() {
    let slash = Hierarchy::new(delimiter(b'/'));
    for text in ["", "/", "a//b", "/a", "a//"] {
        let refused = slash.create(&name(text), |_| None);
        assert_eq!(refused.map_err(NameError::code), Err(PlainCode::Cannot), "{text:?}");
    }
    assert_eq!(Hierarchy::new(None).check(&name("a//b")), Ok(()));
    assert_eq!(slash.check(&name(&vec!["a"; 100].join("/"))), Ok(()));
    assert_eq!(slash.check(&name(&vec!["a"; 101].join("/"))), Err(NameError::TooDeep));
    assert_eq!(slash.with_most_levels(1).check(&name("a/b")), Err(NameError::TooDeep));
    let boxes = [Mailbox::new(name("a")).no_inferiors()];
    assert_eq!(slash.create(&name("a/b"), find(&boxes)), Err(NameError::NoInferiors));
}

/// RFC 3501 §6.3.5.
#[test]
fn rename_renames_the_inferior_names_and_makes_the_superior_ones() {
    let slash = Hierarchy::new(delimiter(b'/'));
    let rename = |from: &str, to: &str, boxes: &[Mailbox]| {
        slash.rename(&name(from), &name(to), names(boxes), find(boxes))
    };
    let pair = |from: &str, to: &str| (name(from), name(to));
    let mut boxes = plain(["blurdybloop", "foo/bar", "food"]);
    boxes.push(Mailbox::new(name("foo")).no_select());

    let done = rename("blurdybloop", "sarasoop", &boxes).expect("OK");
    assert_eq!(done.renamed, [pair("blurdybloop", "sarasoop")]);
    let done = rename("foo", "zowie", &boxes).expect("OK");
    assert_eq!(done.renamed, [pair("foo", "zowie"), pair("foo/bar", "zowie/bar")]);
    assert_eq!((done.created, done.inbox), (vec![], false));

    // "an attempt to rename "foo/bar/zap" to baz/rag/zowie … SHOULD create baz/ and baz/rag/"
    let done = rename("foo/bar/zap", "baz/rag/zowie", &plain(["foo/bar/zap"])).expect("OK");
    assert_eq!(done.created, [name("baz"), name("baz/rag")]);
    assert_eq!(done.renamed, [pair("foo/bar/zap", "baz/rag/zowie")]);

    // "an error to attempt to rename from a mailbox name that does not exist or to … already exists"
    assert_eq!(rename("nix", "zap", &boxes), Err(NameError::NonExistent));
    assert_eq!(rename("foo", "food", &boxes), Err(NameError::AlreadyExists));
    assert_eq!(rename("foo", "inbox", &boxes), Err(NameError::AlreadyExists));
    assert_eq!(rename("foo", "foo", &boxes), Err(NameError::AlreadyExists));
    assert_eq!(rename("foo", "foo/sub", &boxes), Err(NameError::BelowItself));
    let taken = plain(["foo", "foo/bar", "zap/bar"]);
    assert_eq!(rename("foo", "zap", &taken), Err(NameError::AlreadyExists));
}

#[test]
fn a_rename_of_inbox_leaves_it_and_what_is_below_it() {
    let boxes = plain(["INBOX", "INBOX.bar"]);
    let dot = Hierarchy::new(delimiter(b'.'));
    let done = dot.rename(&name("inbox"), &name("old-mail"), names(&boxes), find(&boxes));
    let done = done.expect("OK");
    assert!(done.inbox);
    assert_eq!(done.renamed, [(name("INBOX"), name("old-mail"))]);
    // What is below INBOX has a name like any other.
    let done = dot.rename(&name("INBOX.bar"), &name("bar"), names(&boxes), find(&boxes));
    assert_eq!(done.expect("OK").renamed, [(name("INBOX.bar"), name("bar"))]);
}

// RFC 9051 §6.3.9.8 and RFC 5258 §5, with their numbers in RFC 9051.

/// The hierarchy of example 1, with the remote mailboxes and the subscriptions that follow from
/// examples 2 to 6.
fn fruit() -> Vec<Mailbox> {
    let mut boxes = plain([
        "Fruit",
        "Fruit/Apple",
        "Fruit/Banana",
        "Tofu",
        "Vegetable",
        "Vegetable/Broccoli",
        "Vegetable/Corn",
    ]);
    boxes.push(Mailbox::new(name("inbox")).no_inferiors().marked(true));
    boxes.push(Mailbox::new(name("Bread")).remote());
    boxes.push(Mailbox::new(name("Meat")).remote().with_hidden_children());
    boxes.extend(subscribed([
        "INBOX",
        "Fruit/Banana",
        "Fruit/Peach",
        "Vegetable",
        "Vegetable/Broccoli",
        "Bread",
    ]));
    boxes
}

#[test]
fn example_1_local_mailboxes() {
    example(
        r#"LIST "" "*""#,
        &fruit(),
        &[
            r#"* LIST (\Marked \NoInferiors) "/" "inbox""#,
            r#"* LIST () "/" "Fruit""#,
            r#"* LIST () "/" "Fruit/Apple""#,
            r#"* LIST () "/" "Fruit/Banana""#,
            r#"* LIST () "/" "Tofu""#,
            r#"* LIST () "/" "Vegetable""#,
            r#"* LIST () "/" "Vegetable/Broccoli""#,
            r#"* LIST () "/" "Vegetable/Corn""#,
        ],
    );
}

#[test]
fn example_2_subscribed_mailboxes() {
    example(
        r#"LIST (SUBSCRIBED) "" "*""#,
        &fruit(),
        &[
            r#"* LIST (\Marked \NoInferiors \Subscribed) "/" "inbox""#,
            r#"* LIST (\Subscribed) "/" "Fruit/Banana""#,
            r#"* LIST (\Subscribed \NonExistent) "/" "Fruit/Peach""#,
            r#"* LIST (\Subscribed) "/" "Vegetable""#,
            r#"* LIST (\Subscribed) "/" "Vegetable/Broccoli""#,
        ],
    );
}

#[test]
fn example_3_children() {
    example(
        r#"LIST () "" "%" RETURN (CHILDREN)"#,
        &fruit(),
        &[
            r#"* LIST (\Marked \NoInferiors) "/" "inbox""#,
            r#"* LIST (\HasChildren) "/" "Fruit""#,
            r#"* LIST (\HasNoChildren) "/" "Tofu""#,
            r#"* LIST (\HasChildren) "/" "Vegetable""#,
        ],
    );
}

#[test]
fn example_4_remote_mailboxes() {
    example(
        r#"LIST (REMOTE) "" "%" RETURN (CHILDREN)"#,
        &fruit(),
        &[
            r#"* LIST (\Marked \NoInferiors) "/" "inbox""#,
            r#"* LIST (\HasChildren) "/" "Fruit""#,
            r#"* LIST (\HasNoChildren) "/" "Tofu""#,
            r#"* LIST (\HasChildren) "/" "Vegetable""#,
            r#"* LIST (\Remote \HasNoChildren) "/" "Bread""#,
            r#"* LIST (\HasChildren \Remote) "/" "Meat""#,
        ],
    );
}

#[test]
fn example_5_remote_and_subscribed() {
    let expected = [
        r#"* LIST (\Marked \NoInferiors \Subscribed) "/" "inbox""#,
        r#"* LIST (\Subscribed) "/" "Fruit/Banana""#,
        r#"* LIST (\Subscribed \NonExistent) "/" "Fruit/Peach""#,
        r#"* LIST (\Subscribed) "/" "Vegetable""#,
        r#"* LIST (\Subscribed) "/" "Vegetable/Broccoli""#,
        r#"* LIST (\Remote \Subscribed) "/" "Bread""#,
    ];
    example(r#"LIST (REMOTE SUBSCRIBED) "" "*""#, &fruit(), &expected);
    // RFC 5258 §3: twice is as once, in any order.
    example(r#"LIST (SUBSCRIBED REMOTE SUBSCRIBED) "" "*""#, &fruit(), &expected);
}

#[test]
fn example_6_subscriptions_of_all() {
    example(
        r#"LIST (REMOTE) "" "*" RETURN (SUBSCRIBED)"#,
        &fruit(),
        &[
            r#"* LIST (\Marked \NoInferiors \Subscribed) "/" "inbox""#,
            r#"* LIST () "/" "Fruit""#,
            r#"* LIST () "/" "Fruit/Apple""#,
            r#"* LIST (\Subscribed) "/" "Fruit/Banana""#,
            r#"* LIST () "/" "Tofu""#,
            r#"* LIST (\Subscribed) "/" "Vegetable""#,
            r#"* LIST (\Subscribed) "/" "Vegetable/Broccoli""#,
            r#"* LIST () "/" "Vegetable/Corn""#,
            r#"* LIST (\Remote \Subscribed) "/" "Bread""#,
            r#"* LIST (\Remote) "/" "Meat""#,
        ],
    );
}

#[test]
fn the_order_in_which_mailboxes_and_subscriptions_are_given_means_nothing() {
    let mut turned = fruit();
    turned.reverse();
    for command in [
        r#"LIST (REMOTE SUBSCRIBED) "" "*" RETURN (CHILDREN)"#,
        r#"LIST (SUBSCRIBED) "" "*""#,
        r#"LIST "" "%" RETURN (SUBSCRIBED)"#,
    ] {
        let listing = listing(command, b'/').expect("no BAD");
        assert_eq!(told(&listing, &turned), told(&listing, &fruit()), "{command}");
    }
}

/// Example 7 of RFC 5258.
#[test]
fn several_patterns_are_one_list() {
    let mut boxes = plain(["INBOX", "Sent/March2004", "Sent/August2004", "Trash"]);
    boxes.push(Mailbox::new(name("Drafts")).no_inferiors());
    boxes.push(Mailbox::new(name("Sent/December2003")).marked(true));
    example(
        r#"LIST "" ("INBOX" "Drafts" "Sent/%")"#,
        &boxes,
        &[
            r#"* LIST () "/" "INBOX""#,
            r#"* LIST (\NoInferiors) "/" "Drafts""#,
            r#"* LIST () "/" "Sent/March2004""#,
            r#"* LIST (\Marked) "/" "Sent/December2003""#,
            r#"* LIST () "/" "Sent/August2004""#,
        ],
    );
    // A name that matches several patterns is told once.
    example(
        r#"LIST "" ("Tr*" "%" "T*h" "Trash")"#,
        &plain(["Trash"]),
        &[r#"* LIST () "/" "Trash""#],
    );
}

/// Example 7 of RFC 9051, 8 of RFC 5258.
fn foo() -> Vec<Mailbox> {
    let mut boxes = plain(["Foo", "Foo/Bar", "Foo/Baz", "Moo"]);
    boxes.push(Mailbox::new(name("inbox")).no_inferiors().marked(true));
    boxes
}

fn with(mut boxes: Vec<Mailbox>, more: Vec<Mailbox>) -> Vec<Mailbox> {
    boxes.extend(more);
    boxes
}

#[test]
fn example_7_children_and_childinfo() {
    example(
        r#"LIST "" "%" RETURN (CHILDREN)"#,
        &foo(),
        &[
            r#"* LIST (\Marked \NoInferiors) "/" "inbox""#,
            r#"* LIST (\HasChildren) "/" "Foo""#,
            r#"* LIST (\HasNoChildren) "/" "Moo""#,
        ],
    );
    let recursive = r#"LIST (SUBSCRIBED RECURSIVEMATCH) "" "%""#;
    let childinfo = r#"* LIST () "/" "Foo" ("CHILDINFO" ("SUBSCRIBED"))"#;

    let a = with(foo(), subscribed(["Foo/Baz"]));
    example(r#"LIST (SUBSCRIBED) "" "*""#, &a, &[r#"* LIST (\Subscribed) "/" "Foo/Baz""#]);
    // "the server will return no mailboxes"
    example(r#"LIST (SUBSCRIBED) "" "%""#, &a, &[]);
    example(recursive, &a, &[childinfo]);

    let a1 = with(a.clone(), subscribed(["Foo"]));
    example(recursive, &a1, &[r#"* LIST (\Subscribed) "/" "Foo" ("CHILDINFO" ("SUBSCRIBED"))"#]);

    let a2: Vec<_> = a.into_iter().filter(|mailbox| mailbox.name != name("Foo")).collect();
    example(recursive, &a2, &[r#"* LIST (\NonExistent) "/" "Foo" ("CHILDINFO" ("SUBSCRIBED"))"#]);

    // B: "will return no responses, as there are no subscribed children"
    example(recursive, &foo(), &[]);

    let c = with(foo(), subscribed(["Foo", "Moo"]));
    example(
        &format!("{recursive} RETURN (CHILDREN)"),
        &c,
        &[
            r#"* LIST (\HasChildren \Subscribed) "/" "Foo""#,
            r#"* LIST (\HasNoChildren \Subscribed) "/" "Moo""#,
        ],
    );
}

/// Example 8 of RFC 9051, 9 of RFC 5258.
fn foo2() -> Vec<Mailbox> {
    let mut boxes = plain([
        "foo2",
        "foo2/bar1",
        "foo2/bar2",
        "baz2",
        "baz2/bar2",
        "baz2/bar22",
        "baz2/bar222",
        "eps2",
        "eps2/mamba",
        "qux2/bar2",
    ]);
    boxes.push(Mailbox::new(name("inbox")).no_inferiors().marked(true));
    with(
        boxes,
        subscribed([
            "foo2/bar1",
            "foo2/bar2",
            "baz2/bar2",
            "baz2/bar22",
            "baz2/bar222",
            "eps2",
            "eps2/mamba",
            "qux2/bar2",
        ]),
    )
}

#[test]
fn example_8_childinfo_whether_or_not_children_match() {
    example(
        r#"LIST (RECURSIVEMATCH SUBSCRIBED) "" "*2""#,
        &foo2(),
        &[
            r#"* LIST () "/" "foo2" ("CHILDINFO" ("SUBSCRIBED"))"#,
            r#"* LIST (\Subscribed) "/" "foo2/bar2""#,
            r#"* LIST (\Subscribed) "/" "baz2/bar2""#,
            r#"* LIST (\Subscribed) "/" "baz2/bar22""#,
            r#"* LIST (\Subscribed) "/" "baz2/bar222""#,
            r#"* LIST (\Subscribed) "/" "eps2" ("CHILDINFO" ("SUBSCRIBED"))"#,
            r#"* LIST (\Subscribed) "/" "qux2/bar2""#,
        ],
    );
}

/// The last answer of example 8 has foo2 and baz2 too, although all subscribed names below them are
/// told, and says that this is redundant. §6.3.9.3, 2.B, has no reason to tell them, and §6.3.9.6
/// says "servers SHOULD suppress redundant CHILDINFO responses".
#[test]
fn example_8_redundant_childinfo_is_not_told() {
    example(
        r#"LIST (RECURSIVEMATCH SUBSCRIBED) "" "*""#,
        &foo2(),
        &[
            r#"* LIST (\Subscribed) "/" "foo2/bar1""#,
            r#"* LIST (\Subscribed) "/" "foo2/bar2""#,
            r#"* LIST (\Subscribed) "/" "baz2/bar2""#,
            r#"* LIST (\Subscribed) "/" "baz2/bar22""#,
            r#"* LIST (\Subscribed) "/" "baz2/bar222""#,
            r#"* LIST (\Subscribed) "/" "eps2" ("CHILDINFO" ("SUBSCRIBED"))"#,
            r#"* LIST (\Subscribed) "/" "eps2/mamba""#,
            r#"* LIST (\Subscribed) "/" "qux2/bar2""#,
        ],
    );
}

#[test]
fn example_9_childinfo_does_not_imply_haschildren() {
    let boxes = with(plain(["foo"]), subscribed(["foo/bar"]));
    let foo = [r#"* LIST () "/" foo"#];
    example(r#"LIST "" ("foo")"#, &boxes, &foo);
    example(r#"LIST "" ("foo" "foo/*")"#, &boxes, &foo);
    example(
        r#"LIST (SUBSCRIBED) "" "foo/*""#,
        &boxes,
        &[r#"* LIST (\Subscribed \NonExistent) "/" foo/bar"#],
    );
    example(
        r#"LIST (SUBSCRIBED RECURSIVEMATCH) "" foo RETURN (CHILDREN)"#,
        &boxes,
        &[r#"* LIST (\HasNoChildren) "/" foo ("CHILDINFO" ("SUBSCRIBED"))"#],
    );
}

#[test]
fn example_10_missing_levels_are_signalled() {
    let mut boxes = plain(["music/rock"]);
    boxes.push(Mailbox::new(name("also/jazz")).remote());
    example(
        r#"LIST (REMOTE) "" *"#,
        &boxes,
        &[r#"* LIST () "/" music/rock"#, r#"* LIST (\Remote) "/" also/jazz"#],
    );
    let music = r#"* LIST (\NonExistent \HasChildren) "/" music"#;
    example(r#"LIST () "" %"#, &boxes, &[music]);
    let also = r#"* LIST (\NonExistent \HasChildren) "/" also"#;
    example(r#"LIST (REMOTE) "" %"#, &boxes, &[music, also]);
    // The example has the second alone: "there's no need for the server to also return "music".
    // However, clients must handle both cases."
    let rock = r#"* LIST () "/" music/rock"#;
    example(r#"LIST "" (% music/rock)"#, &boxes, &[music, rock]);
}

/// RFC 5819 §3, example 11 of RFC 9051, and RFC 8440 §4.
#[test]
fn status_and_myrights_follow_what_meets_the_criteria_and_can_be_selected() {
    let with_status = |command: &str, boxes: &[Mailbox]| {
        let listing = listing(command, b'.').expect("no BAD");
        let follows = |listed: &Listed| (listed.status, listed.my_rights, listed.metadata);
        let listed: Vec<Listed> = listing.answer(boxes.to_vec()).collect();
        let items = listing.status_items().to_vec();
        let lines = sorted(listed.iter().map(|one| one.response.clone().into()).collect());
        let follows: Vec<_> =
            listed.iter().map(|one| (one.response.mailbox.to_string(), follows(one))).collect();
        (lines, follows, items)
    };
    let mut boxes = plain(["INBOX", "foo"]);
    boxes.push(Mailbox::new(name("bar")).no_select());
    let (lines, follows, items) =
        with_status(r#"LIST "" % RETURN (STATUS (MESSAGES UNSEEN))"#, &boxes);
    assert_eq!(
        lines,
        read(&[
            r#"* LIST () "." "INBOX""#,
            r#"* LIST () "." "foo""#,
            r#"* LIST (\NoSelect) "." "bar""#,
        ])
    );
    assert_eq!(items, [StatusItem::Messages, StatusItem::Unseen]);
    let status = |name: &str, status| (name.to_owned(), (status, false, false));
    assert_eq!(follows, [status("INBOX", true), status("bar", false), status("foo", true)]);

    let boxes = with(plain(["INBOX", "foo", "foo.sub"]), subscribed(["INBOX", "foo.sub"]));
    let expected = read(&[
        r#"* LIST (\Subscribed) "." "INBOX""#,
        r#"* LIST () "." "foo" (CHILDINFO ("SUBSCRIBED"))"#,
    ]);
    let (lines, follows, _) =
        with_status(r#"LIST (SUBSCRIBED RECURSIVEMATCH) "" % RETURN (STATUS (MESSAGES))"#, &boxes);
    assert_eq!(lines, expected);
    assert_eq!(follows, [status("INBOX", true), status("foo", false)]);

    let (lines, follows, _) =
        with_status(r#"LIST (SUBSCRIBED RECURSIVEMATCH) "" % RETURN (MYRIGHTS)"#, &boxes);
    assert_eq!(lines, expected);
    let rights = |name: &str, rights| (name.to_owned(), (false, rights, false));
    assert_eq!(follows, [rights("INBOX", true), rights("foo", false)]);
    // "the "bar" mailbox doesn't exist, so it has no MYRIGHTS reply"
    let boxes = plain(["INBOX", "foo", "bar.x"]);
    let (_, follows, _) = with_status(r#"LIST "" % RETURN (MYRIGHTS)"#, &boxes);
    assert_eq!(follows, [rights("INBOX", true), rights("bar", false), rights("foo", true)]);
    let (_, follows, _) = with_status(r#"LIST "" % RETURN (METADATA ("/shared/vendor"))"#, &boxes);
    assert_eq!(follows[0], ("INBOX".to_owned(), (false, false, true)));
    assert_eq!(follows[1], ("bar".to_owned(), (false, false, false)));
}

/// RFC 5819 §2.
#[test]
fn a_mailbox_whose_status_fails_is_told_with_noselect_and_without_status() {
    let listing = listing(r#"LIST "" % RETURN (STATUS (MESSAGES))"#, b'/').expect("no BAD");
    let listed = listing.answer(plain(["foo"])).next().expect("foo").unselectable();
    assert!(!listed.status);
    assert!(listed.response.attributes.contains(&ListAttribute::NoSelect));
}

/// RFC 3348 §3, example 3.1.
#[test]
fn a_server_of_rfc_3348_always_tells_children() {
    let mut boxes = plain(["INBOX", "ITEM_1", "ITEM_1/ITEM_1A"]);
    boxes.push(Mailbox::new(name("ITEM_2")).with_hidden_children());
    let listing = listing(r#"LIST "" *"#, b'/').expect("no BAD").telling_children();
    assert_eq!(
        told(&listing, &boxes),
        read(&[
            r#"* LIST (\HasNoChildren) "/" INBOX"#,
            r#"* LIST (\HasChildren) "/" ITEM_1"#,
            r#"* LIST (\HasNoChildren) "/" ITEM_1/ITEM_1A"#,
            r#"* LIST (\HasChildren) "/" ITEM_2"#,
        ])
    );
}

/// "in the case where a mailbox has child mailboxes that are available only via referral"
#[test]
fn remote_children_count_under_remote_alone() {
    let mut boxes = plain(["a"]);
    boxes.push(Mailbox::new(name("a/b")).remote());
    example(r#"LIST "" % RETURN (CHILDREN)"#, &boxes, &[r#"* LIST (\HasNoChildren) "/" a"#]);
    example(r#"LIST (REMOTE) "" % RETURN (CHILDREN)"#, &boxes, &[r#"* LIST (\HasChildren) "/" a"#]);
}

/// RFC 6154 §5.1 and §5.2.
#[test]
fn special_uses_are_told_and_selected() {
    let mut boxes = plain(["ToDo", "Projects", "Projects/x"]);
    boxes.push(Mailbox::new(name("Inbox")).marked(true));
    boxes.push(Mailbox::new(name("SentMail")).for_use(ListAttribute::Sent));
    boxes.push(Mailbox::new(name("MyDrafts")).marked(true).for_use(ListAttribute::Drafts));
    boxes.push(Mailbox::new(name("Trash")).for_use(ListAttribute::Trash));
    let plain = listing(r#"LIST "" "%""#, b'/').expect("no BAD");
    assert_eq!(
        told(&plain.telling_children().telling_special_uses(), &boxes),
        read(&[
            r#"* LIST (\Marked \HasNoChildren) "/" Inbox"#,
            r#"* LIST (\HasNoChildren) "/" ToDo"#,
            r#"* LIST (\HasChildren) "/" Projects"#,
            r#"* LIST (\Sent \HasNoChildren) "/" SentMail"#,
            r#"* LIST (\Marked \Drafts \HasNoChildren) "/" MyDrafts"#,
            r#"* LIST (\Trash \HasNoChildren) "/" Trash"#,
        ])
    );
    example(
        r#"LIST "" "%" RETURN (SPECIAL-USE)"#,
        &boxes,
        &[
            r#"* LIST (\Marked) "/" Inbox"#,
            r#"* LIST () "/" ToDo"#,
            r#"* LIST () "/" Projects"#,
            r#"* LIST (\Sent) "/" SentMail"#,
            r#"* LIST (\Marked \Drafts) "/" MyDrafts"#,
            r#"* LIST (\Trash) "/" Trash"#,
        ],
    );
    let selected = [
        r#"* LIST (\Sent) "/" SentMail"#,
        r#"* LIST (\Marked \Drafts) "/" MyDrafts"#,
        r#"* LIST (\Trash) "/" Trash"#,
    ];
    example(r#"LIST (SPECIAL-USE) "" "*""#, &boxes, &selected);
    // RFC 5258 §3: all criteria must be met.
    boxes.extend(subscribed(["Trash", "ToDo"]));
    example(
        r#"LIST (SPECIAL-USE SUBSCRIBED) "" "*""#,
        &boxes,
        &[r#"* LIST (\Trash \Subscribed) "/" Trash"#],
    );
}

#[test]
fn xlist_has_its_own_names_for_special_uses() {
    let mut boxes = plain(["INBOX"]);
    boxes.push(Mailbox::new(name("[Gmail]/All Mail")).for_use(ListAttribute::All));
    boxes.push(Mailbox::new(name("[Gmail]/Spam")).for_use(ListAttribute::Junk));
    example(
        r#"XLIST "" "*""#,
        &boxes,
        &[
            r#"* XLIST (\HasNoChildren \Inbox) "/" "INBOX""#,
            r#"* XLIST (\HasNoChildren \AllMail) "/" "[Gmail]/All Mail""#,
            r#"* XLIST (\HasNoChildren \Spam) "/" "[Gmail]/Spam""#,
        ],
    );
}

/// RFC 6154 §2 and RFC 5258 §3.5: the criteria may be special use too, and both together.
#[test]
fn recursivematch_tells_what_is_above_a_special_use() {
    let drafts = Mailbox::new(name("a/b/Drafts")).for_use(ListAttribute::Drafts);
    let boxes = [Mailbox::new(name("a")), drafts, Mailbox::new(name("c"))];
    let command = |selection, pattern: &'static str| {
        ListCommand::new(name(""), pattern).with_selection(selection)
    };
    let told_by = |command: ListCommand, boxes: &[Mailbox]| {
        told(&Listing::new(&command, delimiter(b'/')).expect("no BAD"), boxes)
    };
    use ListSelection::{RecursiveMatch, SpecialUse, Subscribed};
    assert_eq!(
        told_by(command(vec![RecursiveMatch, SpecialUse], "%"), &boxes),
        read(&[r#"* LIST () "/" a ("CHILDINFO" ("SPECIAL-USE"))"#])
    );
    // Without RECURSIVEMATCH a level that is missing is signalled (§3.5), and one that is there is not.
    assert_eq!(
        told_by(command(vec![SpecialUse], "a/%"), &boxes),
        read(&[r#"* LIST (\NonExistent \HasChildren) "/" a/b"#])
    );
    assert_eq!(told_by(command(vec![SpecialUse], "%"), &boxes), Vec::<String>::new());
    let all = || vec![SpecialUse, RecursiveMatch, Subscribed];
    assert_eq!(told_by(command(all(), "%"), &boxes), Vec::<String>::new());
    let boxes = with(boxes.to_vec(), subscribed(["a/b/Drafts", "c"]));
    assert_eq!(
        told_by(command(all(), "%"), &boxes),
        read(&[r#"* LIST () "/" a ("CHILDINFO" ("SUBSCRIBED" "SPECIAL-USE"))"#])
    );
}

/// RFC 9051 §6.3.9.7.
#[test]
fn a_mailbox_is_announced_with_its_old_name_or_as_missing() {
    let announced =
        |mailbox: Mailbox, octet| sorted(vec![mailbox.announcement(delimiter(octet)).into()]);
    let renamed = Mailbox::new(name("NewMailbox")).with_old_name(name("OldMailbox"));
    assert_eq!(
        announced(renamed.clone(), b'/'),
        read(&[r#"* LIST () "/" "NewMailbox" ("OLDNAME" ("OldMailbox"))"#])
    );
    let mut deleted = Mailbox::new(name("INBOX.DeletedMailbox"));
    deleted.exists = false;
    assert_eq!(
        announced(deleted, b'.'),
        read(&[r#"* LIST (\NonExistent) "." "INBOX.DeletedMailbox""#])
    );
    let subscribed = Mailbox::new(name("a")).subscribed();
    assert_eq!(announced(subscribed, b'/'), read(&[r#"* LIST (\Subscribed) "/" a"#]));
    // RFC 5258 §3: extended items go to those alone who use the extended syntax.
    let boxes = [renamed];
    example(r#"LIST "" *"#, &boxes, &[r#"* LIST () "/" NewMailbox"#]);
    let old = r#"* LIST () "/" NewMailbox ("OLDNAME" ("OldMailbox"))"#;
    example(r#"LIST () "" *"#, &boxes, &[old]);
}

#[test]
fn wildcards_in_a_reference_stand_for_themselves() {
    let boxes = plain(["a%b/c", "axb/c"]);
    example(r#"LIST "a%b/" "*""#, &boxes, &[r#"* LIST () "/" "a%b/c""#]);
    let listing = |octets: &'static [u8]| {
        let command = ListCommand::new(name("archive/"), "#news.*");
        Listing::new(&command, delimiter(b'.')).expect("no BAD").with_break_outs(octets)
    };
    let news = plain(["#news.comp"]);
    assert_eq!(listing(b"#").answer(news.clone()).count(), 1);
    assert_eq!(listing(b"").answer(news).count(), 0);
}

/// RFC 3501 §5.1.3: the characters count, not what they are encoded to.
#[test]
fn wildcards_stand_for_characters_where_the_encoding_is_known() {
    let encoding = MailboxEncoding::ModifiedUtf7;
    let encode = |text: &str| MailboxName::encode(text, encoding).expect("a name");
    let boxes = || ["台北/日本語/x", "台南", "R&D"].map(|text| Mailbox::new(encode(text)));
    let told = |reference: &str, pattern: &str| -> Vec<String> {
        let command = ListCommand::new(encode(reference), encode(pattern));
        let listing = Listing::new(&command, delimiter(b'/')).expect("no BAD");
        let listing = listing.with_encoding(encoding);
        let answers = listing.answer(boxes());
        answers
            .map(|listed| listed.response.mailbox.decode(encoding).expect("an encoded name"))
            .collect()
    };
    let sorted: std::collections::BTreeSet<String> = told("", "台%").into_iter().collect();
    assert_eq!(sorted, ["台北", "台南"].map(str::to_owned).into());
    assert_eq!(told("台", "北/日%"), ["台北/日本語"]);
    assert_eq!(told("台北/", "*語/*"), ["台北/日本語/x"]);
    assert_eq!(told("", "%&%"), ["R&D"]);
    // What is in no encoding is compared as it is.
    let broken = Mailbox::new(name("&broken/x"));
    let listing = |pattern: &'static str| {
        let command = ListCommand::new(name(""), pattern);
        Listing::new(&command, delimiter(b'/')).expect("no BAD").with_encoding(encoding)
    };
    assert_eq!(listing("&broken/%").answer([broken.clone()]).count(), 1);
    assert_eq!(listing("*").answer([broken]).count(), 1);
}

/// RFC 5258 §3 and §3.1.
#[test]
fn what_the_grammar_or_the_rfc_does_not_allow_is_bad() {
    let command = || ListCommand::new(name(""), "*");
    let bad = |command: ListCommand| Listing::new(&command, delimiter(b'/')).err();
    let select = |options: Vec<ListSelection>| bad(command().with_selection(options));
    use ListSelection::{RecursiveMatch, Remote, Subscribed};
    assert_eq!(select(vec![RecursiveMatch]), Some(ListError::RecursiveMatchAlone));
    assert_eq!(select(vec![Remote, RecursiveMatch]), Some(ListError::RecursiveMatchAlone));
    assert_eq!(select(vec![Remote, RecursiveMatch, Subscribed]), None);
    let unknown = listing(r#"LIST (FOO) "" *"#, b'/').err();
    assert_eq!(unknown, Some(ListError::UnknownSelection));
    let unknown = listing(r#"LIST "" * RETURN (FOO)"#, b'/').err();
    assert_eq!(unknown, Some(ListError::UnknownReturn));
    assert_eq!(bad(command().with_returns(vec![ListReturn::Children])), None);
}

#[test]
fn inbox_comes_first_and_parents_before_their_children_whatever_octets_follow() {
    let boxes = plain(["a.b", "a/b", "a", "a-b", "Inbox/x", "INBOX", "a/b/c", "A"]);
    let listing = listing(r#"LIST "" *"#, b'/').expect("no BAD");
    let order: Vec<_> =
        listing.answer(boxes).map(|listed| listed.response.mailbox.to_string()).collect();
    assert_eq!(order, ["INBOX", "INBOX/x", "A", "a", "a/b", "a/b/c", "a-b", "a.b"]);
}

#[test]
fn a_pattern_is_compared_with_inbox_in_any_case_in_the_first_level_alone() {
    let matches = |pattern: &str, text: &str| {
        Pattern::new(&name(""), pattern.as_bytes(), delimiter(b'/')).matches(&name(text))
    };
    assert!(matches("inbox", "INBOX") && matches("iNB%", "INBOX") && matches("%x", "INBOX"));
    assert!(matches("inbox/Foo", "INBOX/Foo") && matches("INBOX/*", "Inbox/Foo"));
    assert!(!matches("inbox/foo", "INBOX/Foo"));
    assert!(!matches("inboxes", "INBOXES") && !matches("a/inbox", "a/INBOX"));
}

/// A matcher too simple to be wrong.
fn naive(pattern: &[u8], text: &[u8], delimiter: u8) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((wildcard @ (b'*' | b'%'), rest)) => {
            let within = text.iter().take_while(|octet| *wildcard == b'*' || **octet != delimiter);
            (0..=within.count()).any(|taken| naive(rest, &text[taken..], delimiter))
        }
        Some((octet, rest)) => text
            .split_first()
            .is_some_and(|(first, text)| first == octet && naive(rest, text, delimiter)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_pattern_matches_what_a_naive_matcher_says(
        reference in "[ab/]{0,3}",
        pattern in "[ab/%*]{0,8}",
        text in "[ab/]{0,10}",
    ) {
        let made = Pattern::new(&name(&reference), pattern.as_bytes(), delimiter(b'/'));
        let canonical = format!("{reference}{pattern}");
        let expected = naive(canonical.as_bytes(), text.as_bytes(), b'/');
        prop_assert_eq!(made.matches(&name(&text)), expected, "{} {}", canonical, text);

        let mut levels = Vec::new();
        for (at, _) in text.match_indices('/').filter(|(at, _)| *at > 0) {
            let level = &text[..at];
            if canonical.ends_with('%') && naive(canonical.as_bytes(), level.as_bytes(), b'/') {
                levels.push(name(level));
            }
        }
        // A `%` in the reference is none.
        if pattern.ends_with('%') || levels.is_empty() {
            prop_assert_eq!(made.levels(&name(&text)), levels);
        }
    }

    /// Patterns that take more than one word of bits.
    #[test]
    fn long_patterns_match_as_short_ones_do(
        pattern in "([ab]{20,70}[%*/]){1,6}",
        cut in 0_usize..9,
    ) {
        let text = pattern.replace(['*', '%'], &"b".repeat(cut));
        for text in [text.clone(), format!("{text}a"), text.replacen('a', "b", 1)] {
            let made = Pattern::new(&name(""), pattern.as_bytes(), delimiter(b'/'));
            let expected = naive(pattern.as_bytes(), text.as_bytes(), b'/');
            prop_assert_eq!(made.matches(&name(&text)), expected);
        }
    }

    /// What LIST tells with several patterns is what each tells alone.
    #[test]
    fn a_list_of_patterns_tells_what_each_of_them_tells(
        patterns in prop::collection::vec("[ab/%*]{1,5}", 1..5),
        names in prop::collection::btree_set("[ab]{1,2}(/[ab]{1,2}){0,3}", 0..12),
    ) {
        let boxes: Vec<Mailbox> = names.iter().map(|text| Mailbox::new(name(text))).collect();
        let list = |patterns: &[String]| -> std::collections::BTreeSet<String> {
            let patterns = patterns.iter().map(|text| text.clone().into()).collect();
            let command = ListCommand::new(name(""), "").with_patterns(patterns).expect("some");
            let listing = Listing::new(&command, delimiter(b'/')).expect("no BAD");
            let answers = listing.answer(boxes.clone());
            let lines: Vec<_> = answers
                .map(|listed| format!("{:?}", listed.response))
                .collect();
            let set: std::collections::BTreeSet<_> = lines.iter().cloned().collect();
            assert_eq!(set.len(), lines.len(), "each name once");
            set
        };
        let together = list(&patterns);
        let mut each = std::collections::BTreeSet::new();
        for pattern in &patterns {
            each.append(&mut list(std::slice::from_ref(pattern)));
        }
        prop_assert_eq!(together, each);
    }

    /// Which names LIST tells, and whether they have children, beside loops over all pairs.
    #[test]
    fn a_plain_list_tells_the_names_and_levels_that_a_naive_one_tells(
        pattern in "[ab/%*]{1,5}",
        names in prop::collection::btree_set("[ab]{1,2}(/[ab]{1,2}){0,3}", 0..12),
    ) {
        let boxes: Vec<Mailbox> = names.iter().map(|text| Mailbox::new(name(text))).collect();
        let listing = Listing::new(&ListCommand::new(name(""), pattern.clone()), delimiter(b'/'))
            .expect("no BAD").telling_children();
        let told: std::collections::BTreeSet<_> = listing.answer(boxes).map(|listed| {
            let attributes = &listed.response.attributes;
            let has = attributes.contains(&ListAttribute::HasChildren);
            assert_ne!(has, attributes.contains(&ListAttribute::HasNoChildren));
            (listed.response.mailbox.to_string(), attributes.contains(&ListAttribute::NoSelect), has)
        }).collect();

        let mut levels: std::collections::BTreeSet<(String, bool)> = Default::default();
        for text in &names {
            for (at, _) in text.match_indices('/') {
                if !names.contains(&text[..at]) && pattern.ends_with('%') {
                    levels.insert((text[..at].to_owned(), true));
                }
            }
            levels.insert((text.clone(), false));
        }
        let expected = levels.into_iter()
            .filter(|(text, _)| naive(pattern.as_bytes(), text.as_bytes(), b'/'))
            .map(|(text, missing)| {
                let below = format!("{text}/");
                let has = names.iter().any(|other| other.starts_with(&below));
                (text, missing, has)
            })
            .collect();
        prop_assert_eq!(told, expected);
    }
}

/// What the tables of RFC 5258 §3.5 and of RFC 9051 §6.3.9.6 say of one name, with loops over all
/// pairs. Name, whether it exists, whether it is told as subscribed, and whether with CHILDINFO.
type Told = std::collections::BTreeSet<(String, bool, bool, bool)>;

fn naive_subscribed(
    pattern: &str,
    recursive: bool,
    existing: &std::collections::BTreeSet<String>,
    subscribed: &std::collections::BTreeSet<String>,
) -> Told {
    let mut all: std::collections::BTreeSet<String> = existing | subscribed;
    for text in all.clone() {
        all.extend(text.match_indices('/').map(|(at, _)| text[..at].to_owned()));
    }
    let matches = |text: &str| naive(pattern.as_bytes(), text.as_bytes(), b'/');
    let mut told = Told::new();
    for text in &all {
        let meets = subscribed.contains(text);
        let below = format!("{text}/");
        let mut children = subscribed.iter().filter(|other| other.starts_with(&below)).peekable();
        let has_child = children.peek().is_some();
        // "at least one descendant … that satisfies the selection criteria and that doesn't match
        // the canonical LIST pattern"
        let has_other = children.any(|other| !matches(other));
        if matches(text) && (meets || recursive && has_other) {
            let exists = existing.contains(text);
            told.insert((text.clone(), exists, meets, recursive && has_child));
        }
    }
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn subscribed_and_recursivematch_follow_the_table(
        pattern in "[ab/%*]{1,5}",
        existing in prop::collection::btree_set("[ab]{1,2}(/[ab]{1,2}){0,3}", 0..8),
        subscribed in prop::collection::btree_set("[ab]{1,2}(/[ab]{1,2}){0,3}", 0..8),
        recursive in any::<bool>(),
    ) {
        let mut selection = vec![ListSelection::Subscribed];
        selection.extend(recursive.then_some(ListSelection::RecursiveMatch));
        let command = ListCommand::new(name(""), pattern.clone()).with_selection(selection);
        let listing = Listing::new(&command, delimiter(b'/')).expect("no BAD");
        let boxes = existing.iter().map(|text| Mailbox::new(name(text)));
        let subscriptions = subscribed.iter().map(|text| Mailbox::subscription(name(text)));
        let told: Told = listing.answer(boxes.chain(subscriptions)).map(|listed| {
            let response = &listed.response;
            let has = |attribute| response.attributes.contains(&attribute);
            let childinfo = matches!(response.extended[..], [ListExtended::ChildInfo(_)]);
            assert!(childinfo || response.extended.is_empty());
            (
                response.mailbox.to_string(),
                !has(ListAttribute::NonExistent),
                has(ListAttribute::Subscribed),
                childinfo,
            )
        }).collect();
        prop_assert_eq!(told, naive_subscribed(&pattern, recursive, &existing, &subscribed));
    }
}

fn within(limit: Duration, what: impl FnOnce()) {
    let start = Instant::now();
    what();
    let took = start.elapsed();
    assert!(took < limit, "took {took:?}");
}

#[test]
fn a_pattern_of_wildcards_takes_no_more_time_than_another_of_its_length() {
    let text = name(&"a/".repeat(2000));
    for wildcards in ["%*", "*a", "%a", "*%a*", "a*"] {
        let bomb = format!("{}b", wildcards.repeat(4000 / wildcards.len()));
        within(Duration::from_millis(500), || {
            let pattern = Pattern::new(&name(""), bomb.as_bytes(), delimiter(b'/'));
            assert!(!pattern.matches(&text));
        });
    }
}

#[test]
fn ten_thousand_patterns_over_a_thousand_mailboxes_take_seconds_at_most() {
    let patterns = (0..10_000).map(|n| format!("*{n}%*b").into()).collect();
    let command = ListCommand::new(name(""), "").with_patterns(patterns).expect("some");
    let listing = Listing::new(&command, delimiter(b'/')).expect("no BAD");
    let boxes = (0..1_000).map(|n| Mailbox::new(name(&format!("box/{n}/sub"))));
    within(Duration::from_secs(10), || {
        assert!(
            listing.answer(boxes).all(|listed| listed.response.mailbox.as_bytes().ends_with(b"b"))
        );
    });
}

#[test]
fn names_of_thousands_of_levels_take_memory_for_their_levels_alone() {
    // 200 names of 4000 levels: as texts of their own, the levels would have 3 GB.
    let boxes = (0..200).map(|n| Mailbox::new(name(&format!("{n}{}", "/a".repeat(4000)))));
    let listing = listing(r#"LIST "" "*%""#, b'/').expect("no BAD");
    within(Duration::from_secs(10), || {
        assert_eq!(listing.answer(boxes).take(1000).count(), 1000);
    });
}

#[test]
fn a_hundred_thousand_mailboxes_are_listed_within_a_second_or_two() {
    let boxes = (0..100_000_u32).map(|n| {
        let n = n.wrapping_mul(2_654_435_761);
        Mailbox::new(name(&format!("users/{}/{}/{}", n % 10, n % 1000, n)))
    });
    let listing = listing(r#"LIST "" "*" RETURN (CHILDREN)"#, b'/').expect("no BAD");
    within(Duration::from_secs(5), || {
        assert_eq!(listing.answer(boxes).count(), 100_000);
    });
}

/// Different patterns of three or four octets, of many different octets.
fn short_patterns(count: u32) -> Vec<bytes::Bytes> {
    let octet = |n: u32| b'0' + u8::try_from(n % 75).expect("below 75");
    (0..count).map(|n| vec![octet(n), octet(n / 75), octet(n * 7), b'%'].into()).collect()
}

/// The most octets that were in use at once while this was done.
fn most_octets(what: impl FnOnce()) -> u64 {
    allocation_counter::measure(what).bytes_max
}

#[test]
fn a_long_reference_is_not_kept_with_each_of_many_patterns() {
    let reference = "r".repeat(4000);
    let patterns = short_patterns(4000);
    let command_octets =
        4000 + patterns.iter().map(|pattern| pattern.len() as u64 + 1).sum::<u64>();
    let inside = format!("{reference}00");
    for (encoding, told) in [(None, 1), (Some(MailboxEncoding::ModifiedUtf7), 1)] {
        let most = most_octets(|| {
            let command = ListCommand::new(name(&reference), "").with_patterns(patterns.clone());
            let command = command.expect("some");
            let mut listing = Listing::new(&command, delimiter(b'/')).expect("no BAD");
            if let Some(encoding) = encoding {
                listing = listing.with_encoding(encoding);
            }
            // One that begins as the reference does, one that does not, and the reference itself.
            let there = format!("{inside}0tail");
            let boxes = [there.as_str(), &inside.replacen('r', "q", 1), &reference];
            let answers: Vec<_> = listing.answer(plain(boxes)).collect();
            assert_eq!(answers.len(), told);
            assert_eq!(answers[0].response.mailbox, name(&there));
        });
        assert!(most < 64 * command_octets, "{most} octets for {command_octets}");
    }
}

#[test]
fn a_reference_that_ends_within_inbox_matches_it_in_any_case_of_letters() {
    for (reference, pattern) in [("inb", "ox"), ("INB", "oX"), ("inbox", "*"), ("Inbox/", "%")] {
        let command = ListCommand::new(name(reference), pattern);
        let listing = Listing::new(&command, delimiter(b'/')).expect("no BAD");
        let boxes = plain(["Inbox/foo", "INBOX", "inbx", "INB/ox"]);
        let first = listing.answer(boxes).next().expect("INBOX or what is below it");
        assert!(first.response.mailbox.as_bytes().starts_with(b"INBOX"), "{reference} {pattern}");
    }
    let command = ListCommand::new(name("a/inb"), "ox");
    let listing = Listing::new(&command, delimiter(b'/')).expect("no BAD");
    assert_eq!(listing.answer(plain(["a/INBOX", "INBOX"])).count(), 0);
}

#[test]
fn patterns_longer_than_the_longest_name_take_no_memory() {
    let patterns = (0..1000).map(|n| format!("*{n:0>59}").into()).collect();
    let command = ListCommand::new(name(""), "").with_patterns(patterns).expect("some");
    let listing = Listing::new(&command, delimiter(b'/')).expect("no BAD");
    let boxes = plain(["box", "00000"]);
    let most = most_octets(|| assert_eq!(listing.answer(boxes.clone()).count(), 0));
    assert!(most < 8_000, "{most} octets for patterns of 60,000");
    // One with as many octets as the name, and wildcards, is looked at.
    let command = ListCommand::new(name("00"), "%%**000%%");
    let listing = Listing::new(&command, delimiter(b'/')).expect("no BAD");
    assert_eq!(listing.answer(boxes).count(), 1);
}

#[test]
fn a_pattern_may_have_more_octets_decoded_than_the_name_has_encoded() {
    // 48 bits are eight letters of base64, and nine octets of UTF-8.
    let encoding = MailboxEncoding::ModifiedUtf7;
    let (text, pattern) = ("\u{53f0}".repeat(90), format!("{}*", "\u{53f0}".repeat(89)));
    let encoded = MailboxName::encode(&text, encoding).expect("a name");
    assert!(encoded.as_bytes().len() < 89 * 3);
    let pattern = MailboxName::encode(&pattern, encoding).expect("a name");
    let command = ListCommand::new(name(""), pattern);
    let listing = Listing::new(&command, delimiter(b'/')).expect("no BAD").with_encoding(encoding);
    assert_eq!(listing.answer([Mailbox::new(encoded)]).count(), 1);
}

#[test]
fn what_is_asked_for_twice_is_told_once_and_in_linear_time() {
    let entry = |n: u32| bytes::Bytes::from(format!("/private/comment/{n:0>8}"));
    let entries: Vec<_> = (0..200_000).rev().map(entry).collect();
    let items = vec![StatusItem::UidNext, StatusItem::Messages, StatusItem::UidNext];
    let command = ListCommand::new(name(""), "%").with_returns(vec![
        ListReturn::Metadata(entries.clone()),
        ListReturn::Status(items),
        ListReturn::Metadata(entries.clone()),
        ListReturn::Status(vec![StatusItem::Size, StatusItem::Messages]),
    ]);
    within(Duration::from_secs(3), || {
        let listing = Listing::new(&command, delimiter(b'/')).expect("no BAD");
        assert!(listing.metadata_entries() == entries);
        let items = [StatusItem::UidNext, StatusItem::Messages, StatusItem::Size];
        assert_eq!(listing.status_items(), items);
    });
}

#[test]
fn new_names_must_be_in_the_encoding_of_the_session() {
    // RFC 3501 §5.1.3 and its examples: "in the correctly modified UTF-7 syntax, has no superfluous
    // shifts, and has no encoding in modified UTF-7 of any printing US-ASCII character".
    let slash = Hierarchy::new(delimiter(b'/'));
    for valid in ["~peter/mail/&U,BTFw-/&ZeVnLIqe-", "&Jjo-!", "&U,BTF2XlZyyKng-", "R&-D"] {
        assert!(slash.create(&name(valid), |_| None).is_ok(), "{valid}");
        assert!(slash.rename(&name("a"), &name(valid), [], find(&plain(["a"]))).is_ok(), "{valid}");
    }
    for invalid in ["&Jjo!", "&U,BTFw-&ZeVnLIqe-", "a/R&D", "&AGE-", "&Jjo-/&Jjo/a"] {
        let refused = slash.create(&name(invalid), |_| None);
        assert_eq!(refused, Err(NameError::Encoding), "{invalid}");
        let refused = slash.rename(&name("a"), &name(invalid), [], find(&plain(["a"])));
        assert_eq!(refused.map_err(NameError::code), Err(PlainCode::Cannot), "{invalid}");
    }
    // A delimiter out of base64 would part a character.
    let comma = Hierarchy::new(delimiter(b','));
    assert_eq!(comma.check(&name("&U,BTFw-")), Err(NameError::Encoding));

    let utf8 = slash.with_encoding(MailboxEncoding::Utf8);
    assert_eq!(utf8.check(&name("R&D/&Jjo!/\u{53f0}\u{5317}")), Ok(()));
    let broken = MailboxName::new(&b"a\xff"[..]).expect("no control character");
    assert_eq!(utf8.check(&broken), Err(NameError::Encoding));
    // What is there is renamed, whatever it is called.
    let boxes = plain(["a", "a/R&D"]);
    let renamed = slash.rename(&name("a"), &name("b"), names(&boxes), find(&boxes));
    assert_eq!(renamed.expect("both").renamed.len(), 2);
}

#[test]
fn no_name_with_a_wildcard_is_created() {
    let slash = Hierarchy::new(delimiter(b'/'));
    for text in ["a*", "%", "a/%b/c"] {
        assert_eq!(slash.create(&name(text), |_| None), Err(NameError::Wildcard));
        let refused = slash.rename(&name("a"), &name(text), [], find(&plain(["a"])));
        assert_eq!(refused, Err(NameError::Wildcard));
    }
}

#[test]
fn a_name_is_looked_up_with_inbox_in_capitals_and_without_a_delimiter_at_the_end() {
    // RFC 3501 §5.1: INBOX is "case-insensitive"; §6.3.3: the name created is without the trailing
    // hierarchy delimiter.
    let slash = Hierarchy::new(delimiter(b'/'));
    for (given, normal) in
        [("inbox/x", "INBOX/x"), ("iNbOx/", "INBOX"), ("foo/", "foo"), ("a/inbox", "a/inbox")]
    {
        assert_eq!(slash.normal(&name(given)), name(normal));
    }
    assert_eq!(Hierarchy::new(None).normal(&name("inbox/x/")), name("inbox/x/"));
}
