//! How many random cases a property gets, and from which seed. As they stand they are the
//! same in every run, so that a run says something of the change and not of luck.
//!
//! `PROPTEST_CASES=1000 cargo test --test leaks` tries as many others, new ones each time.
//! What fails tells its seed: the same number of cases with `PROPTEST_RNG_SEED` set to it
//! fails again.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use proptest::test_runner::{Config, RngSeed};

/// So many cases, always the same, or what the environment says.
pub fn cases(default: u32) -> Config {
    const SEED: u64 = 0;
    let number = |name: &str| {
        let text = std::env::var(name).ok()?;
        Some(
            text.parse()
                .unwrap_or_else(|_| panic!("{name} is no number: {text}")),
        )
    };
    let asked: Option<u64> = number("PROPTEST_CASES");
    let seed = number("PROPTEST_RNG_SEED").unwrap_or_else(|| match asked {
        Some(_) => RandomState::new().hash_one(()),
        None => SEED,
    });
    let cases = asked.map_or(default, |asked| u32::try_from(asked).expect("cases fit"));
    // Shown where the test fails.
    println!("run it again with PROPTEST_CASES={cases} PROPTEST_RNG_SEED={seed}");
    Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        // What shrinks a case runs the command each time.
        max_shrink_time: 30_000,
        failure_persistence: None,
        ..Config::default()
    }
}
