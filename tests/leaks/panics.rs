//! Panics, forced where a token is at hand: their messages hold it, and nobody reads them.
//! Only a build with debug assertions can be made to panic.

#![cfg(debug_assertions)]

use proptest::prelude::*;
use proptest::sample::select;

use crate::secret::{Form, Written, secret};
use crate::support::random::cases;
use crate::support::{commit, repository};
use crate::watch::Guard;

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn no_panic_gives_a_secret_away(
        secret in secret(),
        stage in select(vec!["usage", "scan", "report"]),
        scan in select(vec![&["."][..], &["--history"], &["--staged"], &["--range", "HEAD"], &["-"]]),
        format in select(vec!["text", "jsonl=../report", "sarif=../report"]),
        jobs in select(vec!["1", "3"]),
        verbosity in select(vec!["-q", "-v"]),
    ) {
        let sandbox = repository();
        let text = format!("a = '{}'\n", secret.text());
        commit(&sandbox, "a", &text, "a");
        sandbox.file("b", &text).git(&["add", "b"]);
        let guard = Guard::of([&Written { secret, form: Form::Plain }]);
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
        command
            .env("HFLEAKS_FORCED_PANIC", stage)
            .env("RUST_BACKTRACE", "full")
            .args(["-f", format, "-j", jobs, verbosity, "--exclude", &secret.text()])
            .args(scan);
        let outcome = guard.run(&sandbox, &mut command, text.as_bytes());
        prop_assert_eq!(outcome.status, 2);
        prop_assert!(outcome.stderr.contains("hfleaks failed at src/forced.rs"), "{}", outcome.stderr);
    }
}
