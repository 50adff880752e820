//! When a policy is fetched, kept and applied (RFC 8461 §3.3, §5.1, §8.3, §10.2).

use postrider_relay::dns::{Answer, FetchFault, Outcome, PolicyFetch};
use postrider_relay::tls::sts::{
    Cached, InvalidPolicy, Mode, Policy, StsDecision, StsFault, StsMemory, decide, fetched,
};
use proptest::prelude::*;

const T: i64 = 1_500_000_000;
const WEEK: u32 = 604_800;

fn policy(mode: Mode) -> Policy {
    Policy::new(mode, ["mx.example.com".parse().unwrap()], WEEK)
}

fn kept(id: &str, mode: Mode, at: i64) -> StsMemory {
    let mut memory = StsMemory::default();
    memory.cached = Some(Cached::new(id, policy(mode), at));
    memory
}

fn failed(mut memory: StsMemory, id: &str, at: i64) -> StsMemory {
    memory.failed = Some((id.into(), at));
    memory
}

fn txt(id: &str) -> Answer<Vec<u8>> {
    Answer::records(vec![format!("v=STSv1; id={id};").into_bytes()], 300)
}

/// A decision in a word: which policy applies, what is fetched.
fn told(memory: &StsMemory, txt: &Answer<Vec<u8>>, now: i64) -> String {
    match decide(memory, txt, now) {
        StsDecision::NoPolicy => "none".into(),
        StsDecision::Use(cached) => format!("use {}", cached.id),
        StsDecision::Fetch { id, meanwhile: None, .. } => format!("fetch {id}"),
        StsDecision::Fetch { id, meanwhile: Some(cached), .. } => {
            format!("fetch {id}, meanwhile {}", cached.id)
        }
        _ => panic!(),
    }
}

#[test]
fn a_policy_is_fetched_applied_or_not_there() {
    let nothing = StsMemory::default();
    let enforce = kept("a", Mode::Enforce, T);
    let testing = kept("a", Mode::Testing, T);
    let none = kept("a", Mode::None, T);
    let absent = Answer::nothing(Outcome::NoData);
    let no_name = Answer::nothing(Outcome::NoSuchDomain);
    let unknown = Answer::nothing(Outcome::Failed);
    let spf = Answer::records(vec![b"v=spf1 -all".to_vec()], 300);
    let twice = Answer::records(vec![b"v=STSv1; id=b;".to_vec(); 2], 300);
    let last = T + i64::from(WEEK);
    let table = [
        // Nothing is known, and nothing is there: "as though the domain has not implemented MTA-STS".
        (&nothing, &absent, T, "none"),
        (&nothing, &no_name, T, "none"),
        (&nothing, &unknown, T, "none"),
        (&nothing, &spf, T, "none"),
        (&nothing, &twice, T, "none"),
        (&nothing, &txt("a"), T, "fetch a"),
        // "if no "live" policy can be discovered via DNS [...] but a valid (non-expired) policy exists
        // in the sender's cache, the sender MUST apply that cached policy".
        (&enforce, &absent, T + 1, "use a"),
        (&enforce, &no_name, T + 1, "use a"),
        (&enforce, &unknown, T + 1, "use a"),
        (&enforce, &spf, T + 1, "use a"),
        (&enforce, &twice, T + 1, "use a"),
        (&testing, &absent, T + 1, "use a"),
        (&enforce, &txt("a"), T + 1, "use a"),
        (&enforce, &txt("b"), T + 1, "fetch b, meanwhile a"),
        // "time-since-fetch has not exceeded its "max_age"" (§5.1).
        (&enforce, &absent, last, "use a"),
        (&enforce, &absent, last + 1, "none"),
        // "a suggested refresh frequency is once per day" (§3.3).
        (&enforce, &txt("a"), T + 86_399, "use a"),
        (&enforce, &txt("a"), T + 86_400, "fetch a, meanwhile a"),
        (&enforce, &txt("a"), last, "fetch a, meanwhile a"),
        (&enforce, &txt("a"), last + 1, "fetch a"),
        (&enforce, &txt("b"), last + 1, "fetch b"),
        // Mode none: "as though it does not have any active policy" (§5).
        (&none, &absent, T + 1, "none"),
        (&none, &txt("a"), T + 1, "none"),
        (&none, &txt("b"), T + 1, "fetch b"),
        // A clock that was set back gives no policy more time than it has.
        (&enforce, &absent, T - 1, "use a"),
        (&enforce, &absent, T - i64::from(WEEK) - 1, "none"),
        (&enforce, &absent, i64::MIN, "none"),
    ];
    for (number, (memory, txt, now, expected)) in table.into_iter().enumerate() {
        assert_eq!(told(memory, txt, now), expected, "{number}");
    }
}

/// "implementers SHOULD limit further attempts to a period of five minutes or longer per version ID"
/// (§3.3).
#[test]
fn what_could_not_be_fetched_is_left_alone_for_five_minutes() {
    let nothing = failed(StsMemory::default(), "b", T);
    let enforce = failed(kept("a", Mode::Enforce, T), "b", T);
    let table = [
        (&nothing, "b", T, "none"),
        (&nothing, "b", T + 299, "none"),
        (&nothing, "b", T + 300, "fetch b"),
        (&nothing, "c", T + 1, "fetch c"),
        (&enforce, "b", T + 299, "use a"),
        (&enforce, "b", T + 300, "fetch b, meanwhile a"),
        (&enforce, "c", T + 1, "fetch c, meanwhile a"),
        (&enforce, "a", T + 1, "use a"),
        // A failure of the future.
        (&nothing, "b", T - 300, "fetch b"),
    ];
    for (memory, id, now, expected) in table {
        assert_eq!(told(memory, &txt(id), now), expected, "{id} {now}");
    }
}

#[test]
fn a_policy_that_is_fetched_takes_the_place_of_the_one_before() {
    let before = failed(kept("a", Mode::Enforce, T), "b", T);
    let text = policy(Mode::Testing).to_string();
    let (memory, result) = fetched(&before, "b", &PolicyFetch::body(text), T + 400);
    let cached = Cached::new("b", policy(Mode::Testing), T + 400);
    assert_eq!(result, Ok(cached.clone()));
    assert_eq!((memory.cached.as_ref(), memory.failed.as_ref()), (Some(&cached), None));
    assert_eq!(memory.policy(T + 400), Some(&policy(Mode::Testing)));
    assert_eq!(told(&memory, &txt("b"), T + 401), "use b");
}

/// §8.3: "the "none" mode, which allows validated policies to indicate authoritatively that the Policy
/// Domain wishes to no longer implement MTA-STS".
#[test]
fn the_mode_none_ends_the_policy_before_it() {
    let before = kept("a", Mode::Enforce, T);
    let body = PolicyFetch::body("version: STSv1\nmode: none\nmax_age: 86400\n");
    let (memory, result) = fetched(&before, "b", &body, T + 1);
    assert_eq!(result.unwrap().policy.mode, Mode::None);
    assert_eq!(memory.policy(T + 1), None);
    assert_eq!(memory.renew_at(), None);
    // It is not fetched for each mail, and the record may go.
    assert_eq!(told(&memory, &txt("b"), T + 2), "none");
    assert_eq!(told(&memory, &Answer::nothing(Outcome::NoData), T + 2), "none");
    assert!(!memory.is_stale(T + 86_401) && memory.is_stale(T + 86_402));
}

#[test]
fn a_fetch_that_fails_leaves_a_valid_policy_and_takes_an_expired_one() {
    let missing = StsFault::Invalid(InvalidPolicy::Missing { field: "version" });
    let table = [
        (PolicyFetch::Failed(FetchFault::Unreachable), StsFault::Fetch(FetchFault::Unreachable)),
        (PolicyFetch::Failed(FetchFault::Certificate), StsFault::Fetch(FetchFault::Certificate)),
        (PolicyFetch::Failed(FetchFault::Status(301)), StsFault::Fetch(FetchFault::Status(301))),
        (PolicyFetch::Failed(FetchFault::TooLarge), StsFault::Fetch(FetchFault::TooLarge)),
        (PolicyFetch::body(""), missing),
        (PolicyFetch::body("x: y\n"), missing),
        (PolicyFetch::body(vec![b' '; 65_537]), StsFault::Invalid(InvalidPolicy::TooLarge)),
    ];
    let before = kept("a", Mode::Enforce, T);
    for (fetch, fault) in table {
        let (memory, result) = fetched(&before, "b", &fetch, T + 9);
        assert_eq!(result, Err(fault));
        assert_eq!(memory, failed(before.clone(), "b", T + 9));
        assert_eq!(memory.policy(T + 9), Some(&policy(Mode::Enforce)));
        let late = T + i64::from(WEEK) + 1;
        let (memory, _) = fetched(&before, "b", &fetch, late);
        assert_eq!(memory, failed(StsMemory::default(), "b", late));
        assert_eq!(memory.policy(late), None);
        assert!(!memory.is_stale(late + 299) && memory.is_stale(late + 300));
    }
}

/// "a suggested refresh frequency is once per day" (§3.3).
#[test]
fn a_policy_is_renewed_after_a_day_or_half_its_time() {
    assert_eq!(StsMemory::default().renew_at(), None);
    let mut memory = kept("a", Mode::Enforce, T);
    assert_eq!(memory.renew_at(), Some(T + 86_400));
    memory.cached.as_mut().unwrap().policy.max_age = 3600;
    assert_eq!(memory.renew_at(), Some(T + 1800));
    // Not at once again, when it failed.
    assert_eq!(failed(memory.clone(), "a", T + 1800).renew_at(), Some(T + 2100));
    // The same policy again has its whole time again.
    let text = policy(Mode::Enforce).to_string();
    let (memory, _) = fetched(&memory, "a", &PolicyFetch::body(text), T + 1800);
    assert_eq!(memory.renew_at(), Some(T + 1800 + 86_400));
}

/// A policy whose identifier stays is fetched before its time is over: whoever takes the record away at that
/// moment would take the policy (§10.2).
#[test]
fn a_policy_that_is_due_is_fetched_though_its_identifier_is_the_same() {
    let memory = kept("a", Mode::Enforce, T);
    assert_eq!(told(&memory, &txt("a"), T + 86_400), "fetch a, meanwhile a");
    // It failed: not at once again, and what is kept applies.
    let memory = failed(memory, "a", T + 86_400);
    assert_eq!(told(&memory, &txt("a"), T + 86_401), "use a");
    assert_eq!(told(&memory, &txt("a"), T + 86_700), "fetch a, meanwhile a");
}

#[test]
fn of_two_memories_the_later_policy_is_kept_whatever_the_order() {
    let (none, old, new) =
        (StsMemory::default(), kept("a", Mode::Enforce, T), kept("b", Mode::Testing, T + 60));
    for (one, other) in [(&none, &new), (&old, &new), (&failed(old.clone(), "b", T + 30), &new)] {
        let mut first = one.clone();
        first.learn(other);
        let mut second = other.clone();
        second.learn(one);
        assert_eq!(first, second);
        assert_eq!(first.cached, new.cached);
    }
}

#[cfg(feature = "tls-report")]
#[test]
fn each_fault_has_its_word_in_a_report() {
    // RFC 8460 §4.3.2.2.
    for (fault, word) in [
        (StsFault::Fetch(FetchFault::Unreachable), "sts-policy-fetch-error"),
        (StsFault::Fetch(FetchFault::Status(404)), "sts-policy-fetch-error"),
        (StsFault::Fetch(FetchFault::TooLarge), "sts-policy-fetch-error"),
        (StsFault::Fetch(FetchFault::Certificate), "sts-webpki-invalid"),
        (StsFault::Invalid(InvalidPolicy::TooMany), "sts-policy-invalid"),
    ] {
        assert_eq!(fault.result_type().as_str(), word);
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_memory_is_stored_and_had_back_its_policy_as_text() {
    let memory = failed(kept("a", Mode::Testing, T), "b", T);
    let json = serde_json::to_value(&memory).unwrap();
    let text = "version: STSv1\nmode: testing\nmx: mx.example.com\nmax_age: 604800\n";
    assert_eq!(json["cached"]["policy"], text);
    assert_eq!(serde_json::from_value::<StsMemory>(json.clone()).unwrap(), memory);
    let mut broken = json;
    broken["cached"]["policy"] = "mode: testing".into();
    assert!(serde_json::from_value::<StsMemory>(broken).is_err());
}

/// Whether a policy in force ever gives way to anything but time or another policy: what an attacker on
/// the way can do is all that is here, but a valid file (§10.2).
#[derive(Clone, Debug)]
enum Event {
    Txt(Option<u8>),
    Fault,
    Broken,
    Pass(u16),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        prop::option::of(0u8..3).prop_map(Event::Txt),
        Just(Event::Fault),
        Just(Event::Broken),
        any::<u16>().prop_map(Event::Pass),
    ]
}

proptest! {
    #[test]
    fn nobody_takes_a_policy_away_without_another(events in prop::collection::vec(event(), 0..40)) {
        let mut memory = kept("a", Mode::Enforce, T);
        let mut now = T;
        let last = T + i64::from(WEEK);
        for event in events {
            match event {
                Event::Pass(seconds) => now += i64::from(seconds),
                Event::Fault => {
                    let fetch = PolicyFetch::Failed(FetchFault::Unreachable);
                    memory = fetched(&memory, "b", &fetch, now).0;
                }
                Event::Broken => {
                    memory = fetched(&memory, "b", &PolicyFetch::body("version: STSv1"), now).0;
                }
                Event::Txt(id) => {
                    let answer = match id {
                        Some(id) => txt(&id.to_string()),
                        None => Answer::nothing(Outcome::Failed),
                    };
                    let applies = match decide(&memory, &answer, now) {
                        StsDecision::Use(cached) => Some(cached),
                        StsDecision::Fetch { meanwhile, .. } => meanwhile,
                        _ => None,
                    };
                    prop_assert_eq!(applies.is_some(), now <= last);
                }
            }
            prop_assert_eq!(memory.policy(now).is_some(), now <= last);
        }
    }
}
