//! Numbers and tokens that look random and are the same wherever a benchmark runs.

/// A generator of numbers that is fast, good enough, and the same everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).expect("a limit fits 64 bits");
        usize::try_from(self.next() % limit).expect("it is below a usize")
    }

    pub fn token(&mut self) -> String {
        const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let letters = (0..34).map(|_| char::from(LETTERS[self.below(LETTERS.len())]));
        format!("hf_{}", letters.collect::<String>())
    }
}
