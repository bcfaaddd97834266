//! One target; what it does stands in `klampid_fuzz::ipp_response`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| klampid_fuzz::ipp_response(bytes));
