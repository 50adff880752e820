//! The mechanisms.

use alloc::string::String;

use postrider_sasl::{Error, plain};
use postrider_wire::Secret;

/// PLAIN, from end to end.
pub fn sasl(name: &str, password: &Secret<String>) -> Result<bool, Error> {
    let response = plain::Client::new(name, password)?.initial_response()?;
    let _ = plain::Server::new().receive(response.expose())?;
    Ok(true)
}
