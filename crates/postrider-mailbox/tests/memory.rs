//! Two sessions over one account: what each is told, and when.

use postrider_imap::{
    Code, Create, FetchItem, Flag, FlagSet, InternalDate, Keyword, MailboxName, MessageNumber,
    MessageSet, ModSeq, PlainCode, Qresync, SequenceSet, StatusItem, StatusKind, StatusValue,
    StoreCommand, StoreMode, StoreValue, Uid, UidSet,
};
use postrider_mailbox::maildrop::{InUse, Policy};
use postrider_mailbox::memory::{Account, NewMessage, SessionId};
use postrider_mailbox::quota::{Quota, Resource};
use postrider_mailbox::view::{Access, Extension, Permit, Update};
use postrider_mailbox::{Messages, Refused};

const MAIL: &str = "Subject: one\r\n\r\nHello\r\n";

fn mail() -> NewMessage {
    NewMessage::new(MAIL, InternalDate::from_unix(837_596_665, 0).unwrap())
}

fn name(name: &'static str) -> MailboxName {
    MailboxName::new(name).unwrap()
}

fn uid(uid: u32) -> Uid {
    Uid::new(uid).unwrap()
}

fn number(number: u32) -> MessageNumber {
    MessageNumber::new(number).unwrap()
}

fn set(set: &str) -> MessageSet {
    SequenceSet::parse(set).unwrap().into()
}

fn add(messages: &str, flags: impl Into<FlagSet>) -> StoreCommand {
    StoreCommand::new(set(messages), StoreMode::Add, StoreValue::Flags(flags.into()))
}

fn code(refused: &Refused) -> Option<PlainCode> {
    match refused.status().code {
        Some(Code::Plain(code)) => Some(code),
        _ => None,
    }
}

/// An account with so many messages, and two sessions that have INBOX selected and heard of all.
fn two(messages: u32) -> (Account, SessionId, SessionId) {
    let mut account = Account::new(1000);
    for _ in 0..messages {
        account.deliver(&MailboxName::inbox(), mail()).unwrap();
    }
    let (a, b) = (account.open(), account.open());
    for session in [a, b] {
        account.select(session, &MailboxName::inbox(), Access::ReadWrite, None).unwrap();
    }
    (account, a, b)
}

fn told(account: &mut Account, session: SessionId, permit: Permit) -> Vec<Update> {
    core::iter::from_fn(|| account.tell(session, permit)).collect()
}

fn expunges(of: u32, times: usize) -> Vec<Update> {
    vec![Update::Expunge(number(of)); times]
}

fn delete(account: &mut Account, session: SessionId, messages: &str) {
    account.store(session, &add(messages, [Flag::Deleted])).unwrap();
    account.expunge(session, None).unwrap();
}

#[test]
fn flags_are_seen_by_the_other_session_and_not_told_twice_to_the_own() {
    let (mut account, a, b) = two(3);
    let stored = account.store(a, &add("2", [Flag::Flagged])).unwrap();
    let flags: FlagSet = [Flag::Flagged, Flag::Recent].into();
    assert_eq!(stored.told, [(number(2), vec![FetchItem::Flags(flags)])]);
    assert_eq!(told(&mut account, a, Permit::All), []);
    // The other hears of it even while nothing may be expunged.
    let news = told(&mut account, b, Permit::WithoutExpunge);
    assert_eq!(news, [Update::Fetch { number: number(2), uid: uid(2) }]);
    // What was recent for the one is not for the other.
    let messages = account.opened(b).unwrap().messages();
    let Ok(metadata) = messages.metadata(uid(2));
    assert_eq!(metadata.unwrap().flags, [Flag::Flagged].into());
}

#[test]
fn a_message_that_is_gone_keeps_its_number_until_that_may_be_told() {
    let (mut account, a, b) = two(4);
    delete(&mut account, a, "2:3");
    // Fewer messages are recent now.
    assert_eq!(told(&mut account, a, Permit::All)[..2], expunges(2, 2));
    assert_eq!(told(&mut account, b, Permit::WithoutExpunge), []);
    // B still names the fourth message so.
    let stored = account.store(b, &add("4", [Flag::Seen])).unwrap();
    assert_eq!(stored.status.kind, StatusKind::Ok);
    assert!(
        account
            .mailbox(&MailboxName::inbox())
            .unwrap()
            .get(uid(4))
            .unwrap()
            .flags
            .contains(&Flag::Seen)
    );
    // RFC 2180 §4.2.3: NO for a number that is gone, and the others are stored.
    let stored = account.store(b, &add("1:2", [Flag::Seen])).unwrap();
    assert_eq!(stored.status.kind, StatusKind::No);
    assert_eq!(stored.told.len(), 1);
    let refused = account.copy(b, &set("1:2"), false, &MailboxName::inbox()).unwrap_err();
    assert_eq!(code(&refused), Some(PlainCode::ExpungeIssued));
    let news = told(&mut account, b, Permit::All);
    assert_eq!(news, expunges(2, 2));
    assert_eq!(account.opened(b).unwrap().view().number(uid(4)), Some(number(2)));
}

#[test]
fn mail_comes_to_both_sessions_and_is_recent_for_the_first() {
    let (mut account, a, b) = two(0);
    account.deliver(&MailboxName::inbox(), mail()).unwrap();
    assert_eq!(told(&mut account, b, Permit::All), [Update::Exists(1), Update::Recent(1)]);
    assert_eq!(told(&mut account, a, Permit::All), [Update::Exists(1)]);
}

/// RFC 3501 §2.3.1.1: a mailbox that is deleted and created again has a greater UIDVALIDITY, unless no
/// UID is ever used twice.
#[test]
fn a_mailbox_that_is_created_again_has_a_greater_uidvalidity() {
    let (mut account, a, b) = two(0);
    let work = name("work");
    account.create(&Create::new(work.clone())).unwrap();
    account.deliver(&work, mail()).unwrap();
    let before = account.select(a, &work, Access::ReadWrite, None).unwrap();
    account.delete(&work).unwrap();
    // The session that has it selected can still read what it saw.
    assert_eq!(account.opened(a).unwrap().mailbox().len(), 1);
    let refused = account.select(b, &work, Access::ReadWrite, None).unwrap_err();
    assert_eq!(code(&refused), Some(PlainCode::NonExistent));
    account.create(&Create::new(work.clone())).unwrap();
    let after = account.select(b, &work, Access::ReadWrite, None).unwrap();
    assert!(after.uid_validity > before.uid_validity);
    assert_eq!(after.exists, 0);
    account.close(a);
    assert_eq!(account.mailbox(&work).unwrap().len(), 0);
}

#[test]
fn a_mailbox_that_takes_a_used_name_gets_a_greater_uidvalidity() {
    let (mut account, a, _) = two(0);
    for one in ["one", "two"] {
        account.create(&Create::new(name(one))).unwrap();
    }
    let two = account.select(a, &name("two"), Access::ReadWrite, None).unwrap();
    account.delete(&name("two")).unwrap();
    account.rename(&name("one"), &name("two")).unwrap();
    let renamed = account.select(a, &name("two"), Access::ReadWrite, None).unwrap();
    assert!(renamed.uid_validity > two.uid_validity);
}

/// RFC 9051 §6.3.6: "Renaming INBOX […] moves all messages in INBOX to a new mailbox with the given
/// name, leaving INBOX empty."
#[test]
fn renaming_inbox_moves_its_messages() {
    let (mut account, a, _) = two(3);
    account.create(&Create::new(name("INBOX/below"))).unwrap();
    account.rename(&MailboxName::inbox(), &name("old")).unwrap();
    assert_eq!(account.mailbox(&name("old")).unwrap().len(), 3);
    assert_eq!(account.mailbox(&MailboxName::inbox()).unwrap().len(), 0);
    // "If the server implementation supports inferior hierarchical names of INBOX, these are unaffected
    // by a rename of INBOX."
    assert!(account.mailbox(&name("INBOX/below")).is_some());
    let news = told(&mut account, a, Permit::All);
    assert_eq!(news[..3], expunges(1, 3));
}

/// RFC 9051 §6.3.3: "No changes to the permanent state of the mailbox, including per-user state, are
/// permitted".
#[test]
fn examine_changes_nothing() {
    let (mut account, a, b) = two(1);
    let examined = account.select(b, &MailboxName::inbox(), Access::ReadOnly, None).unwrap();
    assert!(examined.permanent.is_empty());
    let refused = account.store(b, &add("1", [Flag::Seen])).unwrap_err();
    assert_eq!(refused.status().kind, StatusKind::No);
    assert!(account.expunge(b, None).is_err() && account.seen(b, uid(1)).is_err());
    account.deliver(&MailboxName::inbox(), mail()).unwrap();
    // Told to the one that only looks, it is recent for the other all the same.
    assert_eq!(told(&mut account, b, Permit::All), [Update::Exists(2), Update::Recent(1)]);
    assert_eq!(told(&mut account, a, Permit::All), [Update::Exists(2), Update::Recent(2)]);
}

/// RFC 4315 §2.1: "permanently removes all messages that both have the \Deleted flag set and have a UID
/// that is included in the specified sequence set".
#[test]
fn uid_expunge_takes_what_is_deleted_and_named() {
    let (mut account, a, b) = two(4);
    account.store(a, &add("1,3", [Flag::Deleted])).unwrap();
    account.expunge(a, Some(&set("2:4"))).unwrap();
    assert_eq!(told(&mut account, a, Permit::All).first(), Some(&Update::Expunge(number(3))));
    assert_eq!(told(&mut account, b, Permit::All).first(), Some(&Update::Expunge(number(3))));
}

/// RFC 9051 §6.4.7: "the server MUST return an error […] send the response code "[TRYCREATE]"".
#[test]
fn copying_to_a_mailbox_that_is_not_there_says_try_create() {
    let (mut account, a, _) = two(1);
    for refused in [
        account.copy(a, &set("1"), false, &name("none")).unwrap_err(),
        account.relocate(a, &set("1"), false, &name("none")).unwrap_err(),
        account.append(&name("none"), vec![mail()]).unwrap_err(),
    ] {
        assert_eq!(code(&refused), Some(PlainCode::TryCreate));
    }
    assert_eq!(account.opened(a).unwrap().mailbox().len(), 1);
}

#[test]
fn copies_keep_flags_dates_and_email_ids() {
    let (mut account, a, _) = two(2);
    account.create(&Create::new(name("work"))).unwrap();
    account.store(a, &add("2", [Flag::Flagged])).unwrap();
    let moved = account.copy(a, &set("1:2"), false, &name("work")).unwrap();
    let work = account.mailbox(&name("work")).unwrap();
    let validity = work.uid_validity();
    let uids = || UidSet::new([uid(1), uid(2)].into_iter().collect()).unwrap();
    assert_eq!(moved.code(), Some(Code::CopyUid { validity, from: uids(), to: uids() }));
    let inbox = account.mailbox(&MailboxName::inbox()).unwrap();
    let (copy, original) = (work.get(uid(2)).unwrap(), inbox.get(uid(2)).unwrap());
    assert_eq!(copy.flags, [Flag::Flagged].into());
    assert_eq!(copy.internal_date, original.internal_date);
    // RFC 8474 §5.1: "The server MUST return the same EMAILID" for a copy.
    assert!(copy.email_id.is_some() && copy.email_id == original.email_id);
    assert_ne!(inbox.get(uid(1)).unwrap().email_id, original.email_id);
}

#[test]
fn what_is_moved_is_gone_for_both() {
    let (mut account, a, b) = two(3);
    account.create(&Create::new(name("work"))).unwrap();
    let moved = account.relocate(a, &set("2"), false, &name("work")).unwrap();
    assert_eq!(moved.copied.len(), 1);
    for session in [a, b] {
        assert_eq!(told(&mut account, session, Permit::All)[0], Update::Expunge(number(2)));
    }
    assert_eq!(account.mailbox(&name("work")).unwrap().len(), 1);
}

/// RFC 3502 §6.3.11: "If any of the messages cannot be appended, none are."
#[test]
fn several_messages_are_appended_together_or_not_at_all() {
    let mut account = Account::new(1).with_append_limit(30);
    let long = NewMessage::new(MAIL.repeat(2), InternalDate::from_unix(0, 0).unwrap());
    let refused = account.append(&MailboxName::inbox(), vec![mail(), long]).unwrap_err();
    assert_eq!(code(&refused), Some(PlainCode::TooBig));
    let inbox = account.mailbox(&MailboxName::inbox()).unwrap();
    assert!(inbox.is_empty() && inbox.uid_next() == uid(1));
    let code = account.append(&MailboxName::inbox(), vec![mail(), mail()]).unwrap();
    let validity = account.mailbox(&MailboxName::inbox()).unwrap().uid_validity();
    let uids = UidSet::new([uid(1), uid(2)].into_iter().collect()).unwrap();
    assert_eq!(code, Some(Code::AppendUid { validity, uids }));
}

/// RFC 8508 §3.2: the new message is there, and the old one is gone.
#[test]
fn a_message_is_replaced_by_another() {
    let (mut account, a, _) = two(2);
    let new = NewMessage::new("Subject: two\r\n\r\n", InternalDate::from_unix(0, 0).unwrap());
    let code = account.replace(a, uid(1), &MailboxName::inbox(), new).unwrap();
    assert!(matches!(code, Some(Code::AppendUid { .. })));
    let news = told(&mut account, a, Permit::All);
    assert_eq!(news[..2], [Update::Expunge(number(1)), Update::Exists(2)]);
    let refused = account.replace(a, uid(1), &MailboxName::inbox(), mail()).unwrap_err();
    assert_eq!(self::code(&refused), Some(PlainCode::ExpungeIssued));
}

/// RFC 7162 §3.2.5.1, between two sessions.
#[test]
fn a_session_that_comes_back_is_told_what_changed() {
    let (mut account, a, b) = two(5);
    let before = account.select(b, &MailboxName::inbox(), Access::ReadWrite, None).unwrap();
    account.close(b);
    account.store(a, &add("5", [Flag::Flagged])).unwrap();
    delete(&mut account, a, "2,4");
    account.deliver(&MailboxName::inbox(), mail()).unwrap();

    let b = account.open();
    account.enable(b, Extension::Qresync);
    let known = UidSet::new((1..=5).map(uid).collect()).unwrap();
    let qresync = Qresync::new(before.uid_validity, before.highest_mod_seq).with_known(known);
    let inbox = MailboxName::inbox();
    let after = account.select(b, &inbox, Access::ReadWrite, Some(&qresync)).unwrap();
    assert_eq!(after.vanished.map(|gone| gone.to_string()).as_deref(), Some("2,4"));
    assert_eq!(after.changed, [(number(3), uid(5))]);
    assert!(after.highest_mod_seq > before.highest_mod_seq);
    // From now on VANISHED stands for EXPUNGE.
    delete(&mut account, a, "1");
    let Update::Vanished(uids) = &told(&mut account, b, Permit::All)[0] else {
        panic!("a message is gone")
    };
    assert_eq!(uids.to_string(), "1");
}

#[test]
fn keywords_that_one_session_makes_are_told_to_the_other() {
    let (mut account, a, b) = two(1);
    assert_eq!(account.new_flags(b), None);
    let keyword = Flag::Keyword(Keyword::new("own").unwrap());
    account.store(a, &add("1", [keyword.clone()])).unwrap();
    for session in [a, b] {
        let (flags, permanent) = account.new_flags(session).unwrap();
        assert!(flags.contains(&keyword) && permanent.contains(&keyword));
        assert_eq!(account.new_flags(session), None);
    }
}

#[test]
fn every_change_has_a_higher_modseq() {
    let (mut account, a, _) = two(2);
    let highest = |account: &Account| account.opened(a).unwrap().mailbox().highest_mod_seq();
    let mut last = highest(&account);
    let mut rises = |account: &Account, what: &str| {
        let now = highest(account);
        assert!(now > last, "{what}");
        last = now;
    };
    account.store(a, &add("1", [Flag::Seen])).unwrap();
    rises(&account, "STORE");
    account.seen(a, uid(2)).unwrap();
    rises(&account, "FETCH");
    account.deliver(&MailboxName::inbox(), mail()).unwrap();
    rises(&account, "APPEND");
    account.store(a, &add("1", [Flag::Deleted])).unwrap();
    rises(&account, "STORE");
    assert_eq!(account.expunge(a, None).unwrap(), Some(highest(&account)));
    rises(&account, "EXPUNGE");
    // Where nothing changes, nothing rises.
    let before = highest(&account);
    account.store(a, &add("1", [Flag::Seen])).unwrap();
    account.seen(a, uid(2)).unwrap();
    assert_eq!(account.expunge(a, None).unwrap(), None);
    assert_eq!(highest(&account), before);
}

/// RFC 7162 §3.1.3, example 6: the client hears what others have changed.
#[test]
fn a_conditional_store_tells_what_others_have_changed() {
    let (mut account, a, b) = two(2);
    let since = account.opened(a).unwrap().mailbox().highest_mod_seq();
    account.store(b, &add("2", [Flag::Seen])).unwrap();
    let command = add("1:2", [Flag::Deleted]).with_silent();
    let stored = account.store(a, &command.with_unchanged_since(since)).unwrap();
    assert_eq!(stored.status.code, Some(Code::Modified(SequenceSet::parse("2").unwrap())));
    let mod_seq = |one| FetchItem::ModSeq(ModSeq::new(one).unwrap());
    let changed = (number(1), vec![mod_seq(since.get() + 2)]);
    let flags = FetchItem::Flags([Flag::Seen, Flag::Recent].into());
    let modified = (number(2), vec![flags, mod_seq(since.get() + 1)]);
    assert_eq!(stored.told, [changed, modified]);
    assert_eq!(told(&mut account, a, Permit::All), []);
}

#[test]
fn status_counts_what_is_there() {
    let (mut account, a, _) = two(4);
    account.store(a, &add("1:2", [Flag::Seen])).unwrap();
    account.store(a, &add("2", [Flag::Deleted])).unwrap();
    account.deliver(&MailboxName::inbox(), mail()).unwrap();
    let items = [
        StatusItem::Messages,
        StatusItem::Recent,
        StatusItem::UidNext,
        StatusItem::Unseen,
        StatusItem::Deleted,
        StatusItem::Size,
        StatusItem::DeletedStorage,
    ];
    let status = account.status(&MailboxName::inbox(), &items).unwrap();
    let size = u64::try_from(MAIL.len()).unwrap();
    assert_eq!(
        status.items,
        [
            StatusValue::Messages(5),
            // What no session was told of.
            StatusValue::Recent(1),
            StatusValue::UidNext(uid(6)),
            StatusValue::Unseen(3),
            StatusValue::Deleted(1),
            StatusValue::Size(5 * size),
            StatusValue::DeletedStorage(size),
        ]
    );
    let refused = account.status(&name("none"), &items).unwrap_err();
    assert_eq!(code(&refused), Some(PlainCode::NonExistent));
}

#[test]
fn commands_without_a_mailbox_are_bad() {
    let mut account = Account::new(1);
    let session = account.open();
    assert_eq!(account.expunge(session, None).unwrap_err().status().kind, StatusKind::Bad);
    account.select(session, &MailboxName::inbox(), Access::ReadWrite, None).unwrap();
    // RFC 9051 §9 `seq-number`: a number that no message has.
    let refused = account.store(session, &add("1", [Flag::Seen])).unwrap_err();
    assert_eq!(refused.status().kind, StatusKind::Bad);
    // A SELECT that fails leaves nothing selected (RFC 9051 §6.3.2).
    assert!(account.select(session, &name("none"), Access::ReadWrite, None).is_err());
    assert_eq!(account.expunge(session, None).unwrap_err().status().kind, StatusKind::Bad);
}

/// RFC 9208 §4.3.1: APPEND and COPY are refused with OVERQUOTA; what goes makes room.
#[test]
fn what_does_not_fit_is_refused_as_a_whole() {
    let quota = Quota::new("").with_limit(Resource::Message, 3);
    let mut account = Account::new(1).with_quota(quota);
    let inbox = MailboxName::inbox();
    account.append(&inbox, vec![mail(), mail()]).unwrap();
    let refused = account.append(&inbox, vec![mail(), mail()]).unwrap_err();
    assert_eq!(code(&refused), Some(PlainCode::OverQuota));
    let a = account.open();
    account.select(a, &inbox, Access::ReadWrite, None).unwrap();
    account.create(&Create::new(name("work"))).unwrap();
    let refused = account.copy(a, &set("1:2"), false, &name("work")).unwrap_err();
    assert_eq!(code(&refused), Some(PlainCode::OverQuota));
    // RFC 6851 §4.1 asks that MOVE may succeed where COPY would not.
    account.append(&inbox, vec![mail()]).unwrap();
    assert_eq!(account.relocate(a, &set("1:2"), false, &name("work")).unwrap().copied.len(), 2);
    told(&mut account, a, Permit::All);
    account.replace(a, uid(3), &inbox, mail()).unwrap();
    assert_eq!(account.quota().usage().messages, 3);
    account.delete(&name("work")).unwrap();
    assert_eq!(account.quota().usage().messages, 1);
    account.append(&inbox, vec![mail(), mail()]).unwrap();
}

/// RFC 1939 §3: "the POP3 server then acquires an exclusive-access lock on the maildrop", and §6: the
/// messages marked as deleted are removed in the UPDATE state alone.
#[test]
fn pop3_sees_the_same_messages_and_removes_them_at_the_end() {
    let (mut account, a, _) = two(3);
    let drop = account.maildrop(Policy::new()).unwrap();
    assert_eq!(account.maildrop(Policy::new()).unwrap_err(), InUse);
    assert_eq!(drop.snapshot().maildrop().len(), 3);
    assert_eq!(account.retrieve(&drop, 2).unwrap(), MAIL);
    account.give_up(drop);
    assert_eq!(account.opened(a).unwrap().mailbox().len(), 3);
    let drop = account.maildrop(Policy::new()).unwrap();
    // What IMAP expunges meanwhile cannot be retrieved, and is deleted without harm.
    delete(&mut account, a, "1");
    assert_eq!(account.retrieve(&drop, 1), None);
    account.commit(drop, &[1, 3]).unwrap();
    let inbox = account.mailbox(&MailboxName::inbox()).unwrap();
    assert_eq!(inbox.iter().map(|one| one.uid).collect::<Vec<_>>(), [uid(2)]);
    // The session of IMAP hears of it.
    let news = told(&mut account, a, Permit::All);
    assert_eq!(news[..2], [Update::Expunge(number(1)), Update::Expunge(number(2))]);
    assert!(account.maildrop(Policy::new()).is_ok());
}

/// RFC 3501 §6.4.6: "Regardless of whether or not the ".SILENT" suffix was used, the server SHOULD send
/// an untagged FETCH response if a change to a message's flags from an external source is observed."
#[test]
fn a_silent_store_hides_nothing_that_others_did() {
    let (mut account, a, b) = two(1);
    account.store(a, &add("1", [Flag::Deleted])).unwrap();
    let silent = add("1", [Flag::Flagged]).with_silent().with_unchanged_since(ModSeq::MAX);
    let stored = account.store(b, &silent).unwrap();
    assert!(
        matches!(stored.told[..], [(_, ref items)] if matches!(items[..], [FetchItem::ModSeq(_)]))
    );
    let news = told(&mut account, b, Permit::All);
    assert_eq!(news, [Update::Fetch { number: number(1), uid: uid(1) }]);
}

/// RFC 7162 §3.2.4: with QRESYNC "all subsequent untagged FETCH responses" have UID and MODSEQ, "whether
/// they were caused by a regular STORE/UID STORE"; §3.1: UNCHANGEDSINCE enables CONDSTORE.
#[test]
fn changes_are_told_with_what_the_session_has_enabled() {
    let (mut account, a, b) = two(1);
    account.enable(a, Extension::Qresync);
    account.enable(a, Extension::Qresync);
    let shape = |items: &[FetchItem]| {
        let is = |test: fn(&FetchItem) -> bool| items.iter().any(test);
        (is(|one| matches!(one, FetchItem::Uid(_))), is(|one| matches!(one, FetchItem::ModSeq(_))))
    };
    let stored = account.store(a, &add("1", [Flag::Seen])).unwrap();
    assert_eq!(shape(&stored.told[0].1), (true, true));
    // Silent is silent all the same.
    let silent = account.store(a, &add("1", [Flag::Draft]).with_silent()).unwrap();
    assert!(silent.told.is_empty());
    let stored = account.store(b, &add("1", [Flag::Seen])).unwrap();
    assert_eq!(shape(&stored.told[0].1), (false, false));
    let conditional = add("1", [Flag::Answered]).with_unchanged_since(ModSeq::MAX);
    account.store(b, &conditional).unwrap();
    let stored = account.store(b, &add("1", [Flag::Flagged])).unwrap();
    assert_eq!(shape(&stored.told[0].1), (false, true));
    let tells = account.opened(b).unwrap().view().tells();
    let items = account.news_of(b, uid(1), tells).unwrap();
    assert_eq!(shape(&items), (false, true));
}

#[test]
fn a_rename_that_is_refused_changes_nothing() {
    let mut account = Account::new(u32::MAX - 2);
    account.create(&Create::new(name("a"))).unwrap();
    account.create(&Create::new(name("b"))).unwrap();
    account.delete(&name("b")).unwrap();
    // No UIDVALIDITY is left for the name that may have been used.
    let refused = account.rename(&name("a"), &name("x/c")).unwrap_err();
    assert_eq!(code(&refused), Some(PlainCode::Limit));
    assert!(account.mailbox(&name("a")).is_some() && account.mailbox(&name("x")).is_none());
    assert!(account.create(&Create::new(name("x/y"))).is_err());
    assert!(account.mailbox(&name("x")).is_none());
}

/// RFC 7889 limits what is uploaded.
#[test]
fn what_is_there_may_be_copied_whatever_its_size() {
    let (mut account, a, _) = two(1);
    account = account.with_append_limit(3);
    account.create(&Create::new(name("work"))).unwrap();
    account.copy(a, &set("1"), false, &name("work")).unwrap();
    account.rename(&MailboxName::inbox(), &name("old")).unwrap();
    let refused = account.deliver(&MailboxName::inbox(), mail()).unwrap_err();
    assert_eq!(code(&refused), Some(PlainCode::TooBig));
}

/// RFC 6154 §3: a use that cannot be honoured makes no mailbox; a parameter that is not known is BAD.
#[test]
fn a_mailbox_is_made_for_a_use_or_not_at_all() {
    use postrider_imap::{Atom, ListAttribute};
    let mut account = Account::new(1);
    let create = |uses| Create::new(name("x")).with_special_use(uses);
    let refused = account.create(&create(vec![ListAttribute::NonExistent])).unwrap_err();
    assert_eq!(code(&refused), Some(PlainCode::UseAttr));
    let odd = Create::new(name("x")).with_others(vec![(Atom::new("ODD").unwrap(), None)]);
    assert_eq!(account.create(&odd).unwrap_err().status().kind, StatusKind::Bad);
    assert!(account.mailbox(&name("x")).is_none());
    account.create(&create(vec![ListAttribute::Sent])).unwrap();
    assert!(account.mailbox(&name("x")).is_some());
}

/// RFC 3501 §5.1: INBOX is the same in any case of letters, also as the first level.
#[test]
fn names_below_inbox_are_found_in_any_case() {
    let (mut account, a, _) = two(0);
    account.create(&Create::new(name("inbox/x"))).unwrap();
    account.select(a, &name("Inbox/x"), Access::ReadWrite, None).unwrap();
    account.subscribe(&name("iNBOX/x")).unwrap();
    account.delete(&name("inBox/x")).unwrap();
    assert!(account.mailbox(&name("INBOX/x")).is_none());
}

/// RFC 9208 §5.3: "This MUST be an exact number".
#[test]
fn mailboxes_are_counted() {
    let quota = Quota::new("").with_limit(Resource::Mailbox, 3);
    let mut account = Account::new(1).with_quota(quota);
    let refused = account.create(&Create::new(name("a/b/c"))).unwrap_err();
    assert_eq!(code(&refused), Some(PlainCode::OverQuota));
    assert_eq!(account.quota().usage().mailboxes, 1);
    account.create(&Create::new(name("a/b"))).unwrap();
    assert_eq!(account.quota().usage().mailboxes, 3);
    account.delete(&name("a/b")).unwrap();
    assert_eq!(account.quota().usage().mailboxes, 2);
}

#[test]
fn a_message_that_the_session_was_not_told_of_is_not_touched() {
    let (mut account, a, _) = two(1);
    account.deliver(&MailboxName::inbox(), mail()).unwrap();
    let refused = account.replace(a, uid(2), &MailboxName::inbox(), mail()).unwrap_err();
    assert_eq!(code(&refused), Some(PlainCode::ExpungeIssued));
    account.seen(a, uid(2)).unwrap();
    assert!(account.mailbox(&MailboxName::inbox()).unwrap().get(uid(2)).unwrap().flags.is_empty());
}

#[test]
fn status_tells_each_item_once() {
    let account = Account::new(1);
    let status = account.status(&MailboxName::inbox(), &vec![StatusItem::Messages; 100]).unwrap();
    assert_eq!(status.items, [StatusValue::Messages(0)]);
}

/// RFC 3501 §5.1.3: CREATE verifies modified UTF-7; after ENABLE UTF8=ACCEPT an `&` is an `&` (RFC 9755 §3).
#[test]
fn names_are_made_in_the_encoding_of_the_account() {
    use postrider_imap::MailboxEncoding;
    let create = Create::new(name("R&D"));
    assert_eq!(code(&Account::new(1).create(&create).unwrap_err()), Some(PlainCode::Cannot));
    let mut account = Account::new(1).with_encoding(MailboxEncoding::Utf8);
    account.create(&create).unwrap();
    assert!(account.mailbox(&name("R&D")).is_some());
}
