//! The examples `fetch` and `maildrop` as programs: against each other, and `fetch` against servers that break
//! off or refuse. Real programs are in `tests/interop`.

mod kept;
mod programs;
mod refused;
mod script;
