//! Feeds the reader with what a fuzzer thinks of:
//! `cargo +nightly fuzz run read seeds ../cases` in `app/readers/log`.
//! Without nightly, `FUZZ_SECONDS=600 cargo test -p waterline-log --test fuzz` throws torn logs at
//! the same entry.
#![no_main]

mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::entry(data));
