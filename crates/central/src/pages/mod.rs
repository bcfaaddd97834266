//! Pages as HTML that works without script. They get plain values and decide nothing.

pub mod acts;
pub mod application;
pub mod doubts;
pub mod layout;
pub mod outputs;
pub mod queue;
pub mod sheets;
pub mod sign_in;
pub mod track;
