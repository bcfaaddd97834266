//! Central through real HTTPS: every test starts its own central in its own folder and moves its own clock.

#![expect(clippy::disallowed_methods, reason = "each test is a runtime of its own, and owns the requests it sends at once")]

mod browser;
mod bundles;
mod doubts;
mod follow_up;
mod harness;
mod init;
mod looks;
mod migration;
mod officer;
mod outputs;
mod patch;
mod privacy;
mod restart;
mod robot;
mod settings;
mod submissions;
mod surroundings;
mod visits;
