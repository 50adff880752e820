//! `route` and `relay` as programs, in the world of a zone file.

mod arrivals;
mod broken;
mod programs;
mod routes;
