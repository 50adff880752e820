//! What programs that speak IMAP share: the way in, and what is said of refusals.

use postrider::{
    imap::{
        Capabilities, Code as ResponseCode, CommandName, Error, MailboxEncoding, MailboxName,
        PlainCode, State, Status,
        client::{Client, Config, Event, Login, LoginBy, LoginFault},
    },
    wire::{Machine, TlsInfo},
};

use super::{
    failure::{Code, Failure, usage},
    login::{Account, entropy},
};

/// For a session that starts in clear text, or under this TLS.
#[must_use]
pub fn config(account: &Account, tls: Option<TlsInfo>) -> Config {
    Config::new(account.security(tls)).with_clear_text_login(account.clear_text)
}

/// How far the way in has been gone.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Entrance {
    /// The rest is still to come.
    Outside,
    /// Somebody is logged in, and what the server can do is known.
    Inside,
    /// The server refused the login.
    Refused(Status),
    /// The login did not come to a refusal.
    Failed(LoginFault),
}

/// Takes the next step from the greeting to a session that is logged in.
///
/// # Errors
///
/// When the machine takes no more, which is a fault of the program, or there is no randomness.
pub fn enter(client: &mut Client, event: &Event, account: &Account) -> Result<Entrance, Failure> {
    match event {
        Event::Ready if client.state() == State::NotAuthenticated => {
            client.login_with(login(account)?).map_err(misuse)?;
        }
        Event::Ready => return inside(client),
        Event::DeriveKey(due) => client.key(due.derive()).map_err(misuse)?,
        // There is no other: the login fails.
        Event::NeedToken(_) => client.decline(),
        Event::LoginFailed { fault, .. } => return Ok(Entrance::Failed(*fault)),
        Event::Completed {
            command: CommandName::Authenticate | CommandName::Login,
            status,
            ..
        } => {
            return match status.is_ok() {
                true => inside(client),
                false => Ok(Entrance::Refused(status.clone())),
            };
        }
        Event::Completed { command: CommandName::Capability, .. } => return Ok(Entrance::Inside),
        _ => {}
    }
    Ok(Entrance::Outside)
}

/// What the server can do has to be known, and may have changed with the login.
fn inside(client: &mut Client) -> Result<Entrance, Failure> {
    if client.capabilities().is_some() {
        return Ok(Entrance::Inside);
    }
    client.capability().map_err(misuse)?;
    Ok(Entrance::Outside)
}

fn login(account: &Account) -> Result<Login, Failure> {
    let ways = [LoginBy::Authenticate, LoginBy::Login];
    let ways = ways.into_iter().take(if account.old_ways { 2 } else { 1 });
    Ok(Login::new(account.credentials.clone(), entropy()?)
        .with_choice(account.choice.clone())
        .with_login_by(ways))
}

/// The mailbox that is called this, in a session that enabled nothing.
///
/// # Errors
///
/// [`Code::Usage`] for a name with control characters.
pub fn mailbox(text: &str, client: &Client) -> Result<MailboxName, Failure> {
    let capabilities = Capabilities::new(client.capabilities().unwrap_or_default());
    // RFC 9051 §5.1 knows no other encoding than UTF-8, where RFC 3501 is not spoken too.
    let only_new = capabilities.contains("IMAP4rev2") && !capabilities.contains("IMAP4rev1");
    let encoding = if only_new { MailboxEncoding::Utf8 } else { MailboxEncoding::ModifiedUtf7 };
    MailboxName::encode(text, encoding).map_err(|error| usage(format!("the mailbox: {error}")))
}

/// The server answered a command with NO or BAD.
#[must_use]
pub fn refusal(command: CommandName, status: &Status) -> Failure {
    let is_login = matches!(command, CommandName::Authenticate | CommandName::Login);
    let code = match &status.code {
        Some(ResponseCode::Plain(code)) if is_temporary(*code) => Code::TempFail,
        _ if is_login => Code::NoPermission,
        _ => Code::Unavailable,
    };
    let words = words(status);
    Failure::new(
        code,
        match is_login {
            true => format!("the login failed: {words}"),
            false => format!("{command} was refused: {words}"),
        },
    )
}

/// RFC 5530 §3: what may go well later.
fn is_temporary(code: PlainCode) -> bool {
    use PlainCode::{InUse, Limit, ServerBug, TempFail, Unavailable};
    matches!(code, InUse | Limit | ServerBug | TempFail | Unavailable)
}

/// The login did not come to a refusal.
#[must_use]
pub fn no_login(fault: LoginFault) -> Failure {
    let hint = match fault {
        LoginFault::NoMechanism(_) => "; see --mechanism, --starttls and --clear-text-login",
        _ => "",
    };
    Failure::new(Code::NoPermission, format!("the login failed: {fault}{hint}"))
}

/// The server closed the session.
#[must_use]
pub fn bye(status: &Status) -> Failure {
    Failure::new(Code::TempFail, format!("the server closes: {}", words(status)))
}

/// What the server wants people to read (RFC 3501 §7.1), from a session that is logged in.
#[must_use]
pub fn alert(event: &Event) -> Option<Failure> {
    let Event::Status { status, untrusted: false, .. } = event else { return None };
    let is_alert = status.code == Some(ResponseCode::Plain(PlainCode::Alert));
    is_alert.then(|| Failure::new(Code::TempFail, format!("the server says: {}", words(status))))
}

/// The code and the text.
fn words(status: &Status) -> String {
    let text = String::from_utf8_lossy(status.text.as_bytes());
    match &status.code {
        Some(code) => format!("[{code}] {text}"),
        None => text.into_owned(),
    }
}

/// The machine did not take a command: a fault of the program.
#[must_use]
pub fn misuse(error: Error) -> Failure {
    Failure::new(Code::Protocol, error.to_string())
}
