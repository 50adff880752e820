//! A POP3 client against any server.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postrider::pop3::client::{Client, Config, Event, Login, LoginBy, Pipelining};
use postrider::pop3::{Error, LanguageRange, State};
use postrider::wire::{ClearTextLogin, Machine, Policy, Secret, Security};
use postrider_sasl::client::{Choice, Credentials};

/// What is said once somebody is logged in, as much at once as the client takes.
const LIST: [fn(&mut Client) -> Result<(), Error>; 14] = [
    |client| client.lang(None),
    |client| client.lang(Some(LanguageRange::Preferred)),
    Client::stat,
    |client| client.list(None),
    |client| client.uidl(None),
    |client| client.retr(1),
    |client| client.top(2, 3),
    |client| client.dele(1),
    |client| client.retr(2),
    |client| client.list(Some(2)),
    |client| client.uidl(Some(2)),
    Client::capa,
    Client::noop,
    Client::rset,
];

/// `USER` and `PASS`, or whatever else there is: SCRAM, LOGIN, CRAM-MD5, PLAIN, APOP, or a token.
fn log_in(client: &mut Client, knobs: u8) -> Result<(), Error> {
    let password = || Secret::new("secret".into());
    let credentials = match knobs & 3 {
        0 => return client.login("mrose", password()),
        1 => Credentials::token_on_demand("mrose"),
        _ => Credentials::password("mrose", password()),
    };
    let choice = Choice::default()
        .with_clear_text(ClearTextLogin::Allow)
        .with_cram_md5(ClearTextLogin::Allow);
    let ways = [LoginBy::Auth, LoginBy::Apop, LoginBy::UserPass];
    let login = Login::new(credentials.unwrap(), [knobs; 32]).with_choice(choice);
    client.login_with(login.with_login_by(ways))
}

fuzz_target!(|data: &[u8]| {
    let Some((&knobs, octets)) = data.split_first() else { return };
    let policy = [Policy::Never, Policy::Opportunistic, Policy::Required][usize::from(knobs % 3)];
    let pipelining = [Pipelining::Never, Pipelining::Offered, Pipelining::Always];
    let config = Config::new(Security::StartTls(policy))
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_pipelining(pipelining[usize::from(knobs / 3 % 3)]);
    let mut todo = LIST.iter();
    let (mut begun, mut asked, mut answered) = (0_u32, 0_u32, 0_u32);
    postrider_fuzz::feed(Client::new(config), octets, |client, event| {
        match &event {
            Some(Event::RetrieveBegin { .. }) => begun += 1,
            Some(Event::RetrieveEnd | Event::Aborted(_)) => {
                assert_eq!(begun, 1, "one end for each beginning");
                begun = 0;
            }
            _ => {}
        }
        answered += u32::from(matches!(
            event,
            Some(
                Event::LoggedIn(_)
                    | Event::LoginFailed(_)
                    | Event::LangEnd
                    | Event::Refused { .. }
                    | Event::Done { .. }
                    | Event::Lost { .. }
                    | Event::Capabilities(_)
                    | Event::DropListing(_)
                    | Event::ListEnd
                    | Event::UidlEnd
                    | Event::RetrieveEnd
                    | Event::Aborted(_)
            )
        ));
        let logged_in = client.state() == State::Transaction;
        match event {
            Some(Event::Ready { .. }) => asked += u32::from(client.capa().is_ok()),
            Some(Event::Capabilities(_)) if !logged_in => {
                asked += u32::from(log_in(client, knobs).is_ok());
            }
            Some(Event::DeriveKey(due)) => client.key(due.derive()).unwrap(),
            Some(Event::NeedToken(None)) => client.token(Secret::new("token".into())).unwrap(),
            Some(Event::NeedToken(Some(_))) => client.decline(),
            Some(Event::RetrieveBegin { .. }) if knobs > 200 => {
                client.discard().unwrap();
                begun = 0;
                answered += 1;
            }
            _ if logged_in && client.is_ready() => match todo.next() {
                Some(say) => asked += u32::from(say(client).is_ok()),
                None => asked += u32::from(client.quit().is_ok()),
            },
            Some(_) => {}
            None => client.shutdown(),
        }
        // The client says QUIT by itself behind a shutdown.
        assert!(answered <= asked + 1, "one outcome for each command");
    });
});
