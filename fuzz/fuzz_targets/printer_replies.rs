//! One target; what it does stands in `klampid_fuzz::printer_replies`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| klampid_fuzz::printer_replies(bytes));
