//! One target; what it does stands in `klampid_fuzz::qr_payload`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| klampid_fuzz::qr_payload(bytes));
