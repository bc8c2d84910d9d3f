//! One kind of target, which the binary is named after, fed with whatever the fuzzer thinks
//! of. The environment says for which of its subjects: `SUBJECT=zip` of `decode`.

#![no_main]

use std::sync::LazyLock;

use hfleaks::fuzzing::{self, Kind};

static TARGET: LazyLock<(Kind, String)> = LazyLock::new(|| {
    let subject = std::env::var("SUBJECT").unwrap_or_default();
    (fuzzing::kind(env!("CARGO_BIN_NAME"), &subject), subject)
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (kind, subject) = &*TARGET;
    (kind.run)(subject, bytes);
});
