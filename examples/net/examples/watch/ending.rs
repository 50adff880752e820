//! How a session ended.

use postrider::{
    drive::DriveError,
    imap::{
        CommandName, Error, Status,
        client::{Ended, LoginFault},
    },
};
use postrider_net::program::{
    failure::{Code, Failure, broken},
    imap as told,
};

#[derive(Debug)]
pub(crate) enum Ending {
    /// There was no connection, or it was of no use. Another may be.
    Network(Failure),
    /// It broke.
    Error(Error, Failure),
    /// The server closed it, and said this; `true`: or anybody did.
    Bye(Status, bool),
    LoginRefused(Status),
    LoginFailed(LoginFault),
    /// Another would end in the same way.
    ForGood(Failure),
}

impl Ending {
    pub(crate) fn broken(error: &DriveError<Error>) -> Self {
        match error {
            DriveError::Machine { error: machine, .. } => Self::Error(*machine, broken(error)),
            _ => Self::Network(broken(error)),
        }
    }

    /// What was refused may be granted later.
    pub(crate) fn refused(command: CommandName, status: &Status) -> Self {
        let failure = told::refusal(command, status);
        match failure.code {
            Code::TempFail => Self::Network(failure),
            _ => Self::ForGood(failure),
        }
    }

    /// What decides whether to connect again; nothing where that is no question.
    pub(crate) fn ended(&self) -> Option<Ended<'_>> {
        Some(match self {
            Self::Network(_) => Ended::Network,
            Self::Error(error, _) => Ended::Error(error),
            Self::Bye(status, untrusted) => Ended::bye(status, *untrusted),
            Self::LoginRefused(status) => Ended::LoginRefused(status),
            Self::LoginFailed(fault) => Ended::LoginFailed(*fault),
            Self::ForGood(_) => return None,
        })
    }

    /// What is said of it.
    pub(crate) fn failure(&self) -> Failure {
        match self {
            Self::Network(failure) | Self::Error(_, failure) | Self::ForGood(failure) => {
                failure.clone()
            }
            Self::Bye(status, _) => told::bye(status),
            Self::LoginRefused(status) => told::refusal(CommandName::Login, status),
            Self::LoginFailed(fault) => told::no_login(*fault),
        }
    }
}

impl From<Failure> for Ending {
    /// A fault of this program, or of the system.
    fn from(failure: Failure) -> Self {
        Self::ForGood(failure)
    }
}
