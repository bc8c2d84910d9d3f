//! One decoder, fed with whatever the fuzzer thinks of: the one that the target is named
//! after.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let target = env!("CARGO_BIN_NAME");
    let decoder = target.strip_prefix("decode-").expect("targets are named so");
    hfleaks::fuzzing::decode(decoder, bytes);
});
