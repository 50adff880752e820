//! The server machine: its bounds, logins, features and states, what may be told when, and what attackers
//! tried.

mod attack;
mod calls;
mod features;
mod foreign;
mod limits;
mod login;
mod news;
mod serving;
mod states;
mod timing;
