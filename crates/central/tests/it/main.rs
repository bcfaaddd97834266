//! Central through real HTTPS: every test starts its own central in its own folder and moves its own clock.

mod browser;
mod follow_up;
mod harness;
mod init;
mod looks;
mod officer;
mod patch;
mod privacy;
mod restart;
mod settings;
mod submissions;
mod surroundings;
