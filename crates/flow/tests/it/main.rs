//! Journeys through the pure machine, one file per kind of story. `world` carries out effects the way the app would.

mod faults;
mod follow_up;
mod journeys;
mod papers;
mod random;
mod slip;
mod timeouts;
mod visits;
mod world;
