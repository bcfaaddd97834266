//! One target; what it does stands in `klampid_fuzz::camera_wire`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| klampid_fuzz::camera_wire(bytes));
