//! The examples `send` and `receive` as programs: against each other, and `send` against servers that
//! refuse, break off or talk nonsense. Real programs are in `tests/interop`.

mod arrivals;
mod codes;
mod logins;
mod programs;
mod script;
