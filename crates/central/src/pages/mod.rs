//! Pages as HTML that works without script. They get plain values and decide nothing.

pub mod acts;
pub mod application;
pub mod layout;
pub mod queue;
pub mod sign_in;
pub mod track;
