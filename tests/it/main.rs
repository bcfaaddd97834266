//! The whole kiosk over real wires: serial port, frames, HTTPS to a real central. Only the window is missing, since pages
//! have their own tests; a resident here touches by intents and sees scenes. One file per family of faults.

mod catalogues;
mod codes;
mod every_service;
mod journey;
mod network;
mod paper;
mod power;
mod privacy;
mod scans;
mod settings;
mod stand;
mod store;
mod visits;
