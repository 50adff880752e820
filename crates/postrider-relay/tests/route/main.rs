//! Routes: from the domain of a recipient to hosts, in order, with what is demanded of them.

mod addresses;
mod dialogue;
mod mx;
mod policies;
mod vectors;
mod world;

#[path = "../checks/route.rs"]
mod check;

proptest::proptest! {
    #[test]
    fn whatever_a_resolver_answers_a_route_ends_and_is_safe_to_follow(data: Vec<u8>) {
        check::check(&data);
    }
}
