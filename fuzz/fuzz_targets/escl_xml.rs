//! One target; what it does stands in `klampid_fuzz::escl_xml`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| klampid_fuzz::escl_xml(bytes));
