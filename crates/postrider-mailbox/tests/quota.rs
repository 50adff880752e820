//! The examples of RFC 9208, and arithmetic at the ends of the numbers.

use postrider_imap::{Atom, Limits, PlainCode, Quirks, QuotaLimit, Response};
use postrider_mailbox::quota::{Quota, Quotas, Resource, SetQuotaError, Usage};
use proptest::prelude::*;

const KIB: u64 = 1024;

fn read(line: &str) -> Response {
    Response::parse(line.as_bytes(), &Limits::new(), Quirks::strict()).expect("a response").0
}

fn limit(resource: &str, limit: u64) -> QuotaLimit {
    QuotaLimit { resource: Atom::new(resource.to_owned()).expect("an atom"), limit }
}

fn told(quota: &Quota) -> Response {
    quota.response().into()
}

/// RFC 9208 §4.1.1 and §4.1.2.
#[test]
fn getquotaroot_tells_each_root_of_the_mailbox() {
    let quotas = Quotas::new([
        Quota::new("!partition/sda4")
            .with_limit(Resource::Storage, 10_923_847)
            .with_usage(Usage::messages(0, 104 * KIB)),
        Quota::new("#user/alice")
            .with_limit(Resource::Message, 1000)
            .with_usage(Usage::messages(42, 0)),
    ]);
    let of: Vec<Response> = quotas.of(&["#user/alice", "!partition/sda4"]).map(told).collect();
    assert_eq!(
        of,
        [
            read(r##"* QUOTA "#user/alice" (MESSAGE 42 1000)"##),
            read(r#"* QUOTA "!partition/sda4" (STORAGE 104 10923847)"#),
        ]
    );
    assert_eq!(quotas.of(&["nowhere"]).count(), 0);
}

/// RFC 9208 §4.1.3: "Any previous resource limits … are discarded, even resource limits not explicitly
/// listed in the SETQUOTA command."
#[test]
fn setquota_discards_all_limits_that_it_does_not_name() {
    let alice = Quota::new("#user/alice")
        .with_limit(Resource::Storage, 111)
        .with_limit(Resource::Message, 1000)
        .with_usage(Usage::messages(42, 54 * KIB));
    let mut quotas = Quotas::new([alice]);
    let alice = quotas.get(b"#user/alice").map(told);
    assert_eq!(alice, Some(read(r##"* QUOTA "#user/alice" (STORAGE 54 111 MESSAGE 42 1000)"##)));

    // Meanwhile some messages came; the server of the example rounds 510 to 512 itself.
    quotas.add(&["#user/alice"], Usage::messages(2, 4 * KIB));
    let set = quotas.set(b"#user/alice", &[limit("storage", 512)]).map(told);
    assert_eq!(set, Ok(read(r##"* QUOTA "#user/alice" (STORAGE 58 512)"##)));
    assert_eq!(quotas.fits(&["#user/alice"], Usage::messages(1 << 40, 0)), Ok(()));

    let refused = |limits: &[QuotaLimit]| quotas.clone().set(b"#user/alice", limits).map(told);
    assert_eq!(refused(&[limit("TREES", 1)]), Err(SetQuotaError::UnknownResource));
    let twice = [limit("STORAGE", 1), limit("Storage", 2)];
    assert_eq!(refused(&twice), Err(SetQuotaError::TwoLimits));
    assert_eq!(refused(&[limit("STORAGE", 1 << 63)]), Err(SetQuotaError::OutOfRange));
    assert_eq!(quotas.set(b"nowhere", &[]).map(told), Err(SetQuotaError::NoRoot));
}

#[test]
fn a_refused_setquota_changes_nothing() {
    let before = Quota::new("").with_limit(Resource::Message, 7);
    let mut quota = before.clone();
    assert!(quota.set(&[limit("STORAGE", 1), limit("TREES", 1)]).is_err());
    assert_eq!(quota, before);
}

/// RFC 9208 §4.2.1: "an empty list means there are no administrative resource limits".
#[test]
fn a_root_without_limits_tells_none_and_takes_all() {
    let mut quota = Quota::new("").with_limit(Resource::Storage, 512);
    assert_eq!(
        told(&quota.clone().with_usage(Usage::messages(1, 10 * KIB))),
        read(r#"* QUOTA "" (STORAGE 10 512)"#)
    );
    quota.set(&[]).expect("OK");
    assert!(quota.response().resources.is_empty());
    assert_eq!(quota.fits(Usage::messages(u64::MAX, u64::MAX)), Ok(()));
}

/// RFC 9208 §5.1: units of 1024 octets.
#[test]
fn storage_is_told_in_begun_units_and_limited_in_whole_ones() {
    let quota = |octets| {
        Quota::new("").with_limit(Resource::Storage, 2).with_usage(Usage::messages(1, octets))
    };
    let told = |octets| quota(octets).response().resources[0].usage;
    assert_eq!([0, 1, 1023, 1024, 1025, 2048].map(told), [0, 1, 1, 1, 2, 2]);
    assert_eq!(quota(1024).fits(Usage::messages(1, 1024)), Ok(()));
    let over = quota(1024).fits(Usage::messages(1, 1025)).expect_err("one octet too many");
    assert_eq!((over.resource, over.code()), (Resource::Storage, PlainCode::OverQuota));
    assert_eq!(over.root, "");
}

/// RFC 9208 §3.1.2: "0 indicates that any usage is prohibited."
#[test]
fn a_limit_of_zero_prohibits_all() {
    let quota = Quota::new("").with_limit(Resource::Mailbox, 0);
    assert!(quota.fits(Usage::mailboxes(1)).is_err());
    assert_eq!(quota.fits(Usage::messages(1, 1)), Ok(()));
    let quota = Quota::new("").with_limit(Resource::AnnotationStorage, 1);
    assert_eq!(quota.fits(Usage::NONE.with_annotations(1024)), Ok(()));
    let over = quota.fits(Usage::NONE.with_annotations(1025)).expect_err("one too many");
    assert_eq!(over.to_string(), "over the quota of ANNOTATION-STORAGE");
}

#[test]
fn what_adds_nothing_fits_although_the_limit_was_lowered_below_the_usage() {
    let quota =
        Quota::new("").with_limit(Resource::Storage, 1).with_usage(Usage::messages(9, 9 * KIB));
    assert_eq!(quota.exceeded(), Some(Resource::Storage));
    assert_eq!(quota.fits(Usage::messages(1, 0)), Ok(()));
    assert!(quota.fits(Usage::messages(1, 1)).is_err());
    // RFC 8508 §3.4: "only the net quota consumption is considered".
    let frees = Usage::messages(1, 500);
    assert_eq!(quota.fits_instead(Usage::messages(1, 500), frees), Ok(()));
    assert!(quota.fits_instead(Usage::messages(1, 501), frees).is_err());
}

/// RFC 6851 §4.1: "a MOVE command may succeed where COPY would cause a quota overrun".
#[test]
fn a_move_within_a_root_adds_nothing_to_it() {
    let root = |name: &'static str, messages| {
        Quota::new(name).with_limit(Resource::Message, 10).with_usage(Usage::messages(messages, 0))
    };
    let quotas = Quotas::new([root("user", 10), root("archive", 9)]);
    let (inbox, archive) = (["user"], ["user", "archive"]);
    let one = Usage::messages(1, 100);
    assert!(quotas.fits(&inbox, one).is_err());
    assert_eq!(quotas.fits_move(&inbox[..], &inbox[..], one), Ok(()));
    assert_eq!(quotas.fits_move(&inbox[..], &archive[..], one), Ok(()));
    let two = Usage::messages(2, 100);
    let over = quotas.fits_move(&inbox[..], &archive[..], two).expect_err("the archive is full");
    assert_eq!(over.root, "archive");
    assert_eq!(quotas.fits_replace(&inbox[..], one, &inbox[..], one), Ok(()));
    assert!(quotas.fits_replace(&["archive"][..], one, &inbox[..], one).is_err());
}

#[test]
fn a_root_that_a_mailbox_has_twice_counts_once() {
    let mut quotas = Quotas::new([Quota::new("r").with_limit(Resource::Message, 9)]);
    quotas.add(&["r", "r"], Usage::messages(2, 0));
    assert_eq!(quotas.get(b"r").map(|quota| quota.usage().messages), Some(2));
    quotas.free(&["r", "r"], Usage::messages(1, 0));
    assert_eq!(quotas.get(b"r").map(|quota| quota.usage().messages), Some(1));
    assert_eq!(quotas.of(&["r", "r"]).count(), 1);
}

proptest! {
    /// Beside arithmetic in numbers that are wide enough.
    #[test]
    fn nothing_overflows(
        used in prop_oneof![0..5000_u64, any::<u64>()],
        adds in prop_oneof![0..5000_u64, any::<u64>()],
        frees in prop_oneof![0..5000_u64, any::<u64>()],
        limit in prop_oneof![0..5_u64, any::<u64>()],
    ) {
        let largest = u64::try_from(i64::MAX).expect("positive");
        let quota = Quota::new("")
            .with_limit(Resource::Storage, limit)
            .with_usage(Usage::messages(0, used));
        let net = u128::from(adds).saturating_sub(u128::from(frees));
        let most = u128::from(limit.min(largest)) * 1024;
        // No store has more octets than 64 bits count.
        let fits = net == 0 || u128::from(used) + net <= most || most > u128::from(u64::MAX);
        let result = quota.fits_instead(Usage::messages(0, adds), Usage::messages(0, frees));
        prop_assert_eq!(result.is_ok(), fits);
        let resource = quota.response().resources[0].clone();
        prop_assert_eq!(resource.usage, used.div_ceil(1024));
        prop_assert!(resource.limit <= largest);
    }
}
