//! What the numbers of a million messages take, and the news of them.

use postrider_imap::Uid;
use postrider_mailbox::view::{Access, Numbering, Permit, Recents, UidRange, View};

const MILLION: u32 = 1_000_000;

fn uid(uid: u32) -> Uid {
    Uid::new(uid).unwrap()
}

/// Heap octets that are held by what `make` returns.
fn held<T>(make: impl FnOnce() -> T) -> (T, usize) {
    let mut made = None;
    let info = allocation_counter::measure(|| made = Some(make()));
    (made.unwrap(), usize::try_from(info.bytes_current).unwrap())
}

/// UIDs with random gaps between them, `mean` apart.
fn scattered(mean: u32) -> impl Iterator<Item = Uid> {
    let (mut random, mut last) = (0x2545_f491_4f6c_dd1d_u64, 0_u32);
    (0..MILLION).map(move |_| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        last += 1 + u32::try_from(random % u64::from(2 * mean - 1)).unwrap();
        uid(last)
    })
}

#[test]
fn a_million_messages_without_gaps_take_less_than_a_bit_each() {
    let (numbering, octets) = held(|| Numbering::new((1..=MILLION).map(uid)).unwrap());
    eprintln!("dense: {octets}");
    assert_eq!(numbering.len(), MILLION);
    assert!(octets < 100_000, "{octets}");
}

#[test]
fn a_million_messages_anywhere_take_at_most_4_2_octets_each() {
    for mean in [2, 4, 7, 8, 9, 16, 100, 2000] {
        let (numbering, octets) = held(|| Numbering::new(scattered(mean)).unwrap());
        eprintln!("every {mean}th: {octets}");
        assert_eq!(numbering.len(), MILLION);
        assert!(octets <= 4_200_000, "{mean}: {octets}");
    }
}

#[test]
fn what_is_left_of_a_million_takes_at_most_6_5_octets_each() {
    for mean in [1, 8, 2000] {
        for keep in [2, 10, 37, 1000] {
            let all: Vec<Uid> = scattered(mean).collect();
            let mut numbering = Numbering::default();
            let (left, octets) = held(|| {
                numbering = Numbering::new(all.iter().copied()).unwrap();
                for (at, &uid) in all.iter().enumerate() {
                    if at % keep != 0 {
                        numbering.remove(uid);
                    }
                }
                numbering.len()
            });
            eprintln!("every {mean}th, one in {keep} left: {left} in {octets}");
            assert_eq!(left as usize, all.len().div_ceil(keep));
            assert!(octets <= left as usize * 65 / 10 + 512, "{mean}, {keep}: {octets}");
        }
    }
}

#[test]
fn news_of_a_million_messages_are_a_few_ranges() {
    let mut view = View::new(Numbering::new(scattered(2000)).unwrap());
    let uids: Vec<Uid> = view.iter().map(|(_, uid)| uid).collect();
    let ((), octets) = held(|| {
        // One by one, in the order that needs the most ranges for a while, and the rest at once.
        for &uid in uids.iter().step_by(2).chain(uids.iter().skip(1).step_by(2)).take(1_000) {
            view.changed(uid);
        }
        uids.iter().take(2_000).for_each(|&uid| view.changed(uid));
        view.changed(UidRange::all());
        uids.iter().skip(500_000).for_each(|&uid| view.expunged(uid));
    });
    eprintln!("queued: {octets}");
    assert!(octets < 1_000, "{octets}");
    assert_eq!(core::iter::from_fn(|| view.tell(Permit::WithoutExpunge)).count(), 500_000);
}

#[test]
fn news_in_the_worst_order_take_at_most_10_octets_for_each_message() {
    let mut view = View::new(Numbering::new((1..=MILLION).map(uid)).unwrap());
    let ((), octets) = held(|| (1..=MILLION / 2).for_each(|at| view.changed(uid(at * 2))));
    eprintln!("every other one changed: {octets}");
    assert!(octets <= 10 * MILLION as usize, "{octets}");
}

#[test]
fn mail_that_comes_and_goes_all_day_leaves_nothing_behind() {
    let recents = Recents::new(None);
    let open = || View::new(Numbering::default()).with_recents(&recents, Access::ReadWrite);
    let (mut view, mut other) = (open(), open());
    let tell = |view: &mut View| while view.tell(Permit::All).is_some() {};
    let ((), octets) = held(|| {
        for at in 1..=100_000 {
            view.appended(uid(at)).unwrap();
            other.appended(uid(at)).unwrap();
            // Every other message is recent here.
            if at % 2 == 0 {
                tell(&mut other);
            }
            tell(&mut view);
            view.changed(uid(at));
            if at > 10 {
                view.expunged(uid(at - 10));
                other.expunged(uid(at - 10));
            }
        }
    });
    eprintln!("left behind: {octets}");
    // 99,990 went after the last call; five of those behind it are odd.
    assert_eq!((view.exists(), view.recent()), (11, 5));
    assert!(octets < 4_000, "{octets}");
}

#[test]
fn a_view_of_no_messages_has_nothing_on_the_heap() {
    let (view, octets) = held(|| View::new(Numbering::default()));
    eprintln!("a view: {}", size_of_val(&view));
    assert_eq!(octets, 0);
    assert!(size_of_val(&view) <= 256);
}
