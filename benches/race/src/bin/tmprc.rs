use postrider_race::smtp::receive;
fn main() {
    let which = std::env::args().nth(1).unwrap();
    let n: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let r = receive::racers();
    for (name, mail, _) in receive::mails() { if name == which { for _ in 0..n { std::hint::black_box((r[0].run)(&mail)); } } }
}
