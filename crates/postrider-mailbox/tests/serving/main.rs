//! Two sessions at a time, through the server machine: who hears what, and when. The tables say what
//! RFC 9051, 3501, 7162, 6851, 4315 and 9586 have a server say.

mod attack;
mod rig;

use postrider_imap::MailboxName;

use rig::{Rig, Row, mail};

/// Those that every mailbox has.
const FLAGS: &str = "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)";

const PERMANENT: &str = "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)]";

/// To who may change nothing.
const NONE_PERMANENT: &str = "* OK [PERMANENTFLAGS ()]";

const OK: &[&str] = &["x OK"];

/// SELECT of three messages that nobody has seen, by the first who does.
const SELECTED: &[&str] = &[
    "* 3 EXISTS",
    FLAGS,
    "* 3 RECENT",
    "* OK [UNSEEN 1]",
    "* OK [UIDVALIDITY 1000]",
    "* OK [UIDNEXT 4]",
    PERMANENT,
    "* OK [HIGHESTMODSEQ 4]",
    "* OK [MAILBOXID (F1)]",
    "x OK [READ-WRITE]",
];

/// The same by another.
const SELECTED_TOO: &[&str] = &[
    "* 3 EXISTS",
    FLAGS,
    "* 0 RECENT",
    "* OK [UNSEEN 1]",
    "* OK [UIDVALIDITY 1000]",
    "* OK [UIDNEXT 4]",
    PERMANENT,
    "* OK [HIGHESTMODSEQ 4]",
    "* OK [MAILBOXID (F1)]",
    "x OK [READ-WRITE]",
];

fn play(messages: u32, rows: &[Row]) {
    Rig::new(messages).play(rows);
}

/// RFC 9051 §7.5.1: an EXPUNGE waits while the client has numbers in the air.
#[test]
fn a_message_that_goes_while_the_other_fetches_keeps_its_number() {
    play(
        3,
        &[
            ('a', "SELECT INBOX", SELECTED),
            ('b', "SELECT INBOX", SELECTED_TOO),
            (
                'a',
                "STORE 1 +FLAGS (\\Deleted)",
                &["* 1 FETCH (FLAGS (\\Deleted \\Recent))", "x OK"],
            ),
            ('a', "EXPUNGE", &["* 1 EXPUNGE", "* 2 RECENT", "x OK"]),
            // Nothing by itself: no command is in progress.
            ('b', "", &[]),
            ('b', "FETCH 2 (UID)", &["* 2 FETCH (UID 2)", "x OK"]),
            ('b', "STORE 3 +FLAGS (\\Seen)", &["* 3 FETCH (FLAGS (\\Seen))", "x OK"]),
            ('b', "SEARCH ALL", &["* SEARCH 2 3", "x OK"]),
            // RFC 2180 §4.1.3: a message that is gone and whose number is given.
            ('b', "FETCH 1:2 (UID)", &["* 2 FETCH (UID 2)", "x NO [EXPUNGEISSUED]"]),
            // COPY is none of the three that RFC 9051 §7.5.1 names.
            ('b', "COPY 1 INBOX", &["* 1 EXPUNGE", "x NO [EXPUNGEISSUED]"]),
            ('b', "FETCH 1:* (UID)", &["* 1 FETCH (UID 2)", "* 2 FETCH (UID 3)", "x OK"]),
            (
                'a',
                "UID STORE 2 +FLAGS.SILENT (\\Deleted)",
                &["* 2 FETCH (FLAGS (\\Seen \\Recent))", "x OK"],
            ),
            ('a', "EXPUNGE", &["* 1 EXPUNGE", "* 1 RECENT", "x OK"]),
            ('b', "UID SEARCH 1:2", &["* SEARCH 3", "x OK"]),
            (
                'b',
                "UID FETCH 1:* (FLAGS)",
                &["* 2 FETCH (UID 3 FLAGS (\\Seen))", "* 1 EXPUNGE", "x OK"],
            ),
            ('b', "FETCH 1:* (UID)", &["* 1 FETCH (UID 3)", "x OK"]),
        ],
    );
}

#[test]
fn numbers_move_up_in_the_order_in_which_they_are_told() {
    play(
        5,
        &[
            (
                'a',
                "EXAMINE INBOX",
                &[
                    "* 5 EXISTS",
                    FLAGS,
                    "* 5 RECENT",
                    "* OK [UNSEEN 1]",
                    "* OK [UIDVALIDITY 1000]",
                    "* OK [UIDNEXT 6]",
                    NONE_PERMANENT,
                    "* OK [HIGHESTMODSEQ 6]",
                    "* OK [MAILBOXID (F1)]",
                    "x OK [READ-ONLY]",
                ],
            ),
            (
                'b',
                "STATUS INBOX (MESSAGES UIDNEXT)",
                &["* STATUS INBOX (MESSAGES 5 UIDNEXT 6)", "x OK"],
            ),
        ],
    );
    let mut rig = Rig::new(5);
    rig.play(&[
        ('a', "ENABLE IMAP4rev2", &["* ENABLED IMAP4rev2", "x OK"]),
        (
            'a',
            "SELECT INBOX",
            &[
                "* 5 EXISTS",
                FLAGS,
                "* OK [UIDVALIDITY 1000]",
                "* OK [UIDNEXT 6]",
                PERMANENT,
                "* OK [HIGHESTMODSEQ 6]",
                "* OK [MAILBOXID (F1)]",
                "* LIST () \"/\" INBOX",
                "x OK [READ-WRITE]",
            ],
        ),
        ('a', "STORE 2,4:5 +FLAGS.SILENT (\\Deleted)", OK),
        ('a', "EXPUNGE", &["* 2 EXPUNGE", "* 3 EXPUNGE", "* 3 EXPUNGE", "x OK"]),
        ('a', "FETCH 1:* UID", &["* 1 FETCH (UID 1)", "* 2 FETCH (UID 3)", "x OK"]),
        ('a', "FETCH 3 UID", &["x BAD"]),
        // RFC 9051 §6.4.4: SEARCH is answered by ESEARCH.
        ('a', "SEARCH ALL", &["* ESEARCH (TAG \"x\") ALL 1:2", "x OK"]),
        ('a', "UID SEARCH DELETED", &["* ESEARCH (TAG \"x\") UID", "x OK"]),
    ]);
}

#[test]
fn flags_are_heard_by_the_other_with_its_next_command_and_by_the_own_at_once() {
    play(
        3,
        &[
            ('a', "SELECT INBOX", SELECTED),
            ('b', "SELECT INBOX", SELECTED_TOO),
            (
                'a',
                "STORE 2 +FLAGS (\\Flagged)",
                &["* 2 FETCH (FLAGS (\\Flagged \\Recent))", "x OK"],
            ),
            ('b', "", &[]),
            ('b', "FETCH 3 (UID)", &["* 3 FETCH (UID 3)", "* 2 FETCH (FLAGS (\\Flagged))", "x OK"]),
            ('b', "NOOP", OK),
            ('a', "NOOP", OK),
            ('a', "STORE 1 +FLAGS.SILENT (\\Answered)", OK),
            ('b', "NOOP", &["* 1 FETCH (FLAGS (\\Answered))", "x OK"]),
            // BODY[] sets \Seen, and the FETCH response that comes of it says so.
            (
                'b',
                "FETCH 2 BODY[TEXT]",
                &["* 2 FETCH (BODY[TEXT] {8}", "Text 2", " FLAGS (\\Flagged \\Seen))", "x OK"],
            ),
            ('a', "CHECK", &["* 2 FETCH (FLAGS (\\Flagged \\Seen \\Recent))", "x OK"]),
            // A keyword of one session is a flag of the mailbox for all.
            (
                'a',
                "STORE 3 +FLAGS (todo)",
                &[
                    "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft todo)",
                    "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\* todo)]",
                    "* 3 FETCH (FLAGS (\\Recent todo))",
                    "x OK",
                ],
            ),
            (
                'b',
                "NOOP",
                &[
                    "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft todo)",
                    "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\* todo)]",
                    "* 3 FETCH (FLAGS (todo))",
                    "x OK",
                ],
            ),
        ],
    );
}

#[test]
fn who_idles_hears_at_once() {
    let mut rig = Rig::new(1);
    rig.play(&[
        ('a', "UNSELECT", &["x BAD"]),
        ('a', "STATUS INBOX (UNSEEN)", &["* STATUS INBOX (UNSEEN 1)", "x OK"]),
        ('b', "IDLE", &["+"]),
        ('b', "DONE", OK),
    ]);
    let mut rig = Rig::new(3);
    rig.play(&[
        ('a', "SELECT INBOX", SELECTED),
        ('b', "SELECT INBOX", SELECTED_TOO),
        ('b', "IDLE", &["+"]),
        ('b', "", &[]),
        ('a', "STORE 2 +FLAGS.SILENT (\\Deleted)", OK),
        ('b', "", &["* 2 FETCH (FLAGS (\\Deleted))"]),
        ('a', "UID EXPUNGE 1:2", &["* 2 EXPUNGE", "* 2 RECENT", "x OK"]),
        ('b', "", &["* 2 EXPUNGE"]),
        ('b', "DONE", OK),
    ]);
    rig.account.deliver(&MailboxName::inbox(), mail(4)).expect("room");
    rig.play(&[
        ('b', "", &[]),
        ('b', "IDLE", &["+", "* 3 EXISTS", "* 1 RECENT"]),
        ('a', "NOOP", &["* 3 EXISTS", "x OK"]),
        ('b', "DONE", OK),
    ]);
}

/// RFC 3501 §2.3.1.1, §6.3.3
#[test]
fn a_mailbox_that_is_deleted_and_created_again_has_a_greater_uidvalidity() {
    play(
        0,
        &[
            ('a', "CREATE work", &["x OK [MAILBOXID (F2)]"]),
            ('a', "STATUS work (UIDVALIDITY)", &["* STATUS work (UIDVALIDITY 1001)", "x OK"]),
            ('a', "APPEND work {15+}\r\nSubject: x\r\n\r\ny", &["x OK [APPENDUID 1001 1]"]),
            (
                'b',
                "EXAMINE work",
                &[
                    "* 1 EXISTS",
                    FLAGS,
                    "* 1 RECENT",
                    "* OK [UNSEEN 1]",
                    "* OK [UIDVALIDITY 1001]",
                    "* OK [UIDNEXT 2]",
                    NONE_PERMANENT,
                    "* OK [HIGHESTMODSEQ 2]",
                    "* OK [MAILBOXID (F2)]",
                    "x OK [READ-ONLY]",
                ],
            ),
            ('a', "DELETE work", OK),
            // RFC 2180 §3.3: who has it open keeps it.
            ('b', "FETCH 1 UID", &["* 1 FETCH (UID 1)", "x OK"]),
            ('a', "STATUS work (UIDVALIDITY)", &["x NO [NONEXISTENT]"]),
            ('a', "CREATE work", &["x OK [MAILBOXID (F3)]"]),
            (
                'a',
                "STATUS work (MESSAGES UIDVALIDITY)",
                &["* STATUS work (MESSAGES 0 UIDVALIDITY 1002)", "x OK"],
            ),
            ('b', "FETCH 1 UID", &["* 1 FETCH (UID 1)", "x OK"]),
            (
                'b',
                "SELECT work",
                &[
                    "* OK [CLOSED]",
                    "* 0 EXISTS",
                    FLAGS,
                    "* 0 RECENT",
                    "* OK [UIDVALIDITY 1002]",
                    "* OK [UIDNEXT 1]",
                    PERMANENT,
                    "* OK [HIGHESTMODSEQ 1]",
                    "* OK [MAILBOXID (F3)]",
                    "x OK [READ-WRITE]",
                ],
            ),
        ],
    );
}

/// RFC 9051 §6.3.6: "Renaming INBOX is permitted and does not result in a tagged BAD response, and it has
/// special behavior: It moves all messages in INBOX to a new mailbox with the given name, leaving INBOX
/// empty."
#[test]
fn rename_of_inbox_takes_its_messages_along() {
    play(
        3,
        &[
            ('b', "SELECT INBOX", SELECTED),
            ('a', "RENAME INBOX old", OK),
            (
                'a',
                "LIST \"\" *",
                &[
                    "* LIST (\\HasNoChildren) \"/\" INBOX",
                    "* LIST (\\HasNoChildren) \"/\" old",
                    "x OK",
                ],
            ),
            ('a', "STATUS old (MESSAGES)", &["* STATUS old (MESSAGES 3)", "x OK"]),
            ('a', "STATUS INBOX (MESSAGES)", &["* STATUS INBOX (MESSAGES 0)", "x OK"]),
            ('b', "NOOP", &["* 1 EXPUNGE", "* 1 EXPUNGE", "* 1 EXPUNGE", "* 0 RECENT", "x OK"]),
            ('a', "RENAME nothing else", &["x NO [NONEXISTENT]"]),
            ('a', "RENAME old INBOX", &["x NO [ALREADYEXISTS]"]),
        ],
    );
}

#[test]
fn who_only_examines_changes_nothing() {
    play(
        1,
        &[
            (
                'a',
                "EXAMINE INBOX",
                &[
                    "* 1 EXISTS",
                    FLAGS,
                    "* 1 RECENT",
                    "* OK [UNSEEN 1]",
                    "* OK [UIDVALIDITY 1000]",
                    "* OK [UIDNEXT 2]",
                    NONE_PERMANENT,
                    "* OK [HIGHESTMODSEQ 2]",
                    "* OK [MAILBOXID (F1)]",
                    "x OK [READ-ONLY]",
                ],
            ),
            ('a', "STORE 1 +FLAGS (\\Seen)", &["x NO [READ-ONLY]"]),
            ('a', "EXPUNGE", &["x NO [READ-ONLY]"]),
            ('a', "UID MOVE 1 INBOX", &["x NO [READ-ONLY]"]),
            ('a', "FETCH 1 BODY[TEXT]", &["* 1 FETCH (BODY[TEXT] {8}", "Text 1", ")", "x OK"]),
            ('a', "FETCH 1 FLAGS", &["* 1 FETCH (FLAGS (\\Recent))", "x OK"]),
            // RFC 3501 §6.3.2: EXAMINE takes no \Recent away from others.
            ('b', "STATUS INBOX (RECENT)", &["* STATUS INBOX (RECENT 1)", "x OK"]),
            ('a', "CLOSE", OK),
            ('a', "FETCH 1 FLAGS", &["x BAD"]),
        ],
    );
}

/// RFC 4315 §2.1
#[test]
fn uid_expunge_leaves_what_others_deleted() {
    play(
        3,
        &[
            ('a', "SELECT INBOX", SELECTED),
            ('b', "SELECT INBOX", SELECTED_TOO),
            ('a', "STORE 1:2 +FLAGS.SILENT (\\Deleted)", OK),
            (
                'b',
                "STORE 3 +FLAGS.SILENT (\\Deleted)",
                &["* 1 FETCH (FLAGS (\\Deleted))", "* 2 FETCH (FLAGS (\\Deleted))", "x OK"],
            ),
            (
                'a',
                "UID EXPUNGE 1:2",
                &[
                    "* 1 EXPUNGE",
                    "* 1 EXPUNGE",
                    "* 1 RECENT",
                    "* 1 FETCH (FLAGS (\\Deleted \\Recent))",
                    "x OK",
                ],
            ),
            ('a', "FETCH 1:* UID", &["* 1 FETCH (UID 3)", "x OK"]),
            ('b', "NOOP", &["* 1 EXPUNGE", "* 1 EXPUNGE", "x OK"]),
            // CLOSE expunges, and says nothing of it (RFC 9051 §6.4.1).
            ('b', "CLOSE", OK),
            ('a', "NOOP", &["* 1 EXPUNGE", "* 0 RECENT", "x OK"]),
        ],
    );
}

/// RFC 9051 §6.4.7, RFC 6851 §3.3, RFC 8508 §3.4
#[test]
fn messages_are_copied_and_moved_or_the_client_may_create_where_to() {
    play(
        3,
        &[
            ('a', "SELECT INBOX", SELECTED),
            ('b', "SELECT INBOX", SELECTED_TOO),
            ('a', "COPY 1 work", &["x NO [TRYCREATE]"]),
            ('a', "MOVE 1 work", &["x NO [TRYCREATE]"]),
            ('a', "APPEND work {15+}\r\nSubject: x\r\n\r\ny", &["x NO [TRYCREATE]"]),
            ('a', "CREATE work", &["x OK [MAILBOXID (F2)]"]),
            ('a', "COPY 1:2 work", &["x OK [COPYUID 1001 1:2 1:2]"]),
            ('a', "MOVE 2 work", &["* OK [COPYUID 1001 2 3]", "* 2 EXPUNGE", "* 2 RECENT", "x OK"]),
            (
                'b',
                "UID MOVE 2:3 work",
                &["* OK [COPYUID 1001 3 4]", "* 2 EXPUNGE", "* 2 EXPUNGE", "x OK"],
            ),
            ('a', "NOOP", &["* 2 EXPUNGE", "* 1 RECENT", "x OK"]),
            (
                'a',
                "UID REPLACE 1 INBOX {15+}\r\nSubject: x\r\n\r\ny",
                &["* OK [APPENDUID 1000 4]", "* 1 EXPUNGE", "* 1 EXISTS", "x OK"],
            ),
        ],
    );
}

/// RFC 7162 §3.2
#[test]
fn a_client_that_was_away_hears_what_went_and_what_changed() {
    play(
        3,
        &[
            ('a', "ENABLE QRESYNC", &["* ENABLED QRESYNC", "x OK"]),
            ('a', "SELECT INBOX", SELECTED),
            ('b', "SELECT INBOX", SELECTED_TOO),
            ('b', "STORE 3 +FLAGS (\\Flagged)", &["* 3 FETCH (FLAGS (\\Flagged))", "x OK"]),
            // RFC 7162 §3.2.4: with UID and MODSEQ, whatever the command is.
            ('a', "NOOP", &["* 3 FETCH (UID 3 FLAGS (\\Flagged \\Recent) MODSEQ (5))", "x OK"]),
            ('a', "UNSELECT", OK),
            ('b', "STORE 1 +FLAGS.SILENT (\\Deleted)", OK),
            ('b', "EXPUNGE", &["* 1 EXPUNGE", "x OK"]),
            ('b', "STORE 1 +FLAGS.SILENT (\\Seen)", OK),
            (
                'a',
                "SELECT INBOX (QRESYNC (1000 5 1:3))",
                &[
                    "* 2 EXISTS",
                    FLAGS,
                    "* 0 RECENT",
                    "* OK [UNSEEN 2]",
                    "* OK [UIDVALIDITY 1000]",
                    "* OK [UIDNEXT 4]",
                    PERMANENT,
                    "* OK [HIGHESTMODSEQ 8]",
                    "* OK [MAILBOXID (F1)]",
                    "* VANISHED (EARLIER) 1",
                    "* 1 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (8))",
                    "x OK [READ-WRITE]",
                ],
            ),
            // Another mailbox by now: nothing of what the client knows holds.
            (
                'a',
                "SELECT INBOX (QRESYNC (999 5 1:3))",
                &[
                    "* OK [CLOSED]",
                    "* 2 EXISTS",
                    FLAGS,
                    "* 0 RECENT",
                    "* OK [UNSEEN 2]",
                    "* OK [UIDVALIDITY 1000]",
                    "* OK [UIDNEXT 4]",
                    PERMANENT,
                    "* OK [HIGHESTMODSEQ 8]",
                    "* OK [MAILBOXID (F1)]",
                    "x OK [READ-WRITE]",
                ],
            ),
            ('b', "STORE 2 +FLAGS.SILENT (\\Deleted)", OK),
            ('b', "EXPUNGE", &["* 2 EXPUNGE", "x OK"]),
            ('a', "NOOP", &["* VANISHED 3", "x OK"]),
            (
                'a',
                "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 5 VANISHED)",
                &[
                    "* VANISHED (EARLIER) 1,3",
                    "* 1 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (8))",
                    "x OK",
                ],
            ),
        ],
    );
}

/// RFC 7162 §3.1.3: a message that another one has changed is left alone.
#[test]
fn a_conditional_store_does_not_overwrite_what_another_session_did() {
    play(
        3,
        &[
            ('a', "SELECT INBOX", SELECTED),
            ('b', "SELECT INBOX", SELECTED_TOO),
            ('a', "STORE 1 +FLAGS.SILENT (\\Flagged)", OK),
            (
                'b',
                "STORE 1:2 (UNCHANGEDSINCE 4) +FLAGS (\\Seen)",
                &[
                    "* 1 FETCH (FLAGS (\\Flagged) MODSEQ (5))",
                    "* 2 FETCH (FLAGS (\\Seen) MODSEQ (6))",
                    "x OK [MODIFIED 1]",
                ],
            ),
            ('a', "NOOP", &["* 2 FETCH (FLAGS (\\Seen \\Recent))", "x OK"]),
        ],
    );
}

/// RFC 9586: no numbers any more.
#[test]
fn a_session_with_uidonly_hears_uids_alone() {
    play(
        3,
        &[
            ('a', "ENABLE UIDONLY", &["* ENABLED UIDONLY", "x OK"]),
            ('a', "SELECT INBOX", SELECTED),
            ('b', "SELECT INBOX", SELECTED_TOO),
            ('a', "FETCH 1 FLAGS", &["x BAD [UIDREQUIRED]"]),
            ('a', "UID SEARCH 1:2", &["x BAD [UIDREQUIRED]"]),
            ('a', "UID FETCH 2 FLAGS", &["* 2 UIDFETCH (UID 2 FLAGS (\\Recent))", "x OK"]),
            ('b', "STORE 2 +FLAGS.SILENT (\\Deleted)", OK),
            ('a', "NOOP", &["* 2 UIDFETCH (UID 2 FLAGS (\\Deleted \\Recent))", "x OK"]),
            ('b', "EXPUNGE", &["* 2 EXPUNGE", "x OK"]),
            ('a', "NOOP", &["* VANISHED 2", "* 2 RECENT", "x OK"]),
        ],
    );
}

/// RFC 9051 §6.4.5: octets as a whole, each alone and together.
#[test]
fn a_message_is_told_whole_and_in_part() {
    play(
        3,
        &[
            ('b', "SELECT INBOX", SELECTED),
            ('a', "SELECT INBOX", SELECTED_TOO),
            (
                'a',
                "FETCH 1 BODY.PEEK[]",
                &["* 1 FETCH (BODY[] {27}", "Subject: mail 1", "", "Text 1", ")", "x OK"],
            ),
            ('a', "FETCH 1 BODY.PEEK[]<9.4>", &["* 1 FETCH (BODY[]<9> {4}", "mail)", "x OK"]),
            (
                'a',
                "FETCH 1 RFC822.HEADER",
                &["* 1 FETCH (RFC822.HEADER {19}", "Subject: mail 1", "", ")", "x OK"],
            ),
            (
                'a',
                "FETCH 1 (BINARY.PEEK[1] BINARY.SIZE[1])",
                &["* 1 FETCH (BINARY[1] {8}", "Text 1", " BINARY.SIZE[1] 8)", "x OK"],
            ),
            (
                'a',
                "FETCH 2:3 (RFC822.SIZE BODY.PEEK[TEXT]<0.4>)",
                &[
                    "* 2 FETCH (RFC822.SIZE 27 BODY[TEXT]<0> {4}",
                    "Text)",
                    "* 3 FETCH (RFC822.SIZE 27 BODY[TEXT]<0> {4}",
                    "Text)",
                    "x OK",
                ],
            ),
            (
                'a',
                "FETCH 1 RFC822",
                &[
                    "* 1 FETCH (RFC822 {27}",
                    "Subject: mail 1",
                    "",
                    "Text 1",
                    " FLAGS (\\Seen))",
                    "x OK",
                ],
            ),
        ],
    );
}
