//! What is said of refusals and of the end, and the exit code that follows.

use postrider::pop3::{Keyword, Reply, ResponseCode, client::LoginFault};
use postrider_net::program::failure::{Code, Failure};

/// The server said `-ERR` to this command, or to the session.
pub(crate) fn refusal(command: Option<Keyword>, message: Option<u32>, reply: &Reply) -> Failure {
    use Keyword::{Apop, Auth, Pass, User};
    let code = match (reply.code(), command) {
        (Some(code), _) if code.is_temporary() => Code::TempFail,
        (Some(ResponseCode::Auth), _) | (None, Some(Apop | Auth | Pass | User)) => {
            Code::NoPermission
        }
        // RFC 1939 has no word for why.
        (None, None) => Code::TempFail,
        _ => Code::Unavailable,
    };
    let coded = reply.code().map(|code| format!("[{}] ", code.as_str())).unwrap_or_default();
    let words = format!("{coded}{}", reply.text());
    let text = match (command, message) {
        (Some(Apop | Auth | Pass | User), _) => format!("the login failed: {words}"),
        (Some(command), Some(message)) => format!("{command} {message} was refused: {words}"),
        (Some(command), None) => format!("{command} was refused: {words}"),
        (None, _) => format!("the server refuses: {words}"),
    };
    Failure::new(code, text)
}

/// The login did not come to a refusal.
pub(crate) fn no_login(fault: LoginFault) -> Failure {
    let hint = match fault {
        LoginFault::NoMechanism(_) => "; see --mechanism, --starttls and --clear-text-login",
        _ => "",
    };
    Failure::new(Code::NoPermission, format!("the login failed: {fault}{hint}"))
}
