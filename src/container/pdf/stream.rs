//! A stream of a PDF document: its dictionary, and where its bytes are.

use memchr::memmem;

use crate::container::store::Store;

/// The longest dictionary in front of a stream, in bytes.
pub(super) const LONGEST_DICTIONARY: usize = 8 << 10;

/// A stream in a document.
pub(super) struct Stream<'d> {
    /// Where its bytes start.
    pub(super) start: u64,
    dictionary: &'d [u8],
    /// The number of its object, if that can be told.
    pub(super) number: Option<u64>,
}

impl<'d> Stream<'d> {
    /// The stream whose keyword is at `place`, between these bytes, if it is one.
    pub(super) fn at(place: u64, before: &'d [u8], behind: &[u8]) -> Option<Self> {
        let line_feed = line_feed(behind)?;
        let (dictionary, number) = dictionary(before)?;
        Some(Self {
            start: place + line_feed,
            dictionary,
            number,
        })
    }

    /// What stands behind a key of its dictionary.
    pub(super) fn value(&self, key: &str) -> Option<&[u8]> {
        let places = memmem::find_iter(self.dictionary, key);
        let mut values = places.filter_map(|place| self.dictionary.get(place + key.len()..));
        // `/Length1` is not `/Length`.
        let value = values.find(|value| !value.first().is_some_and(u8::is_ascii_alphanumeric));
        value.map(<[u8]>::trim_ascii_start)
    }

    fn has(&self, text: &str) -> bool {
        memmem::find(self.dictionary, text.as_bytes()).is_some()
    }

    /// The names of its filters, as they stand in the dictionary.
    pub(super) fn filters(&self) -> Vec<&[u8]> {
        let Some(value) = self.value("/Filter") else {
            return Vec::new();
        };
        let one_or_more = if let Some(array) = value.strip_prefix(b"[") {
            array.split(|byte| *byte == b']').next().unwrap_or_default()
        } else {
            let name = value.get(1..).unwrap_or_default();
            let end = name.iter().position(|byte| !byte.is_ascii_alphanumeric());
            value.get(..=end.unwrap_or(name.len())).unwrap_or(value)
        };
        let names = one_or_more.split(|byte| *byte == b'/').skip(1);
        names.map(<[u8]>::trim_ascii).collect()
    }

    /// Its length, if the dictionary says so itself.
    pub(super) fn length(&self) -> Option<u64> {
        let value = self.value("/Length")?;
        let digits = value
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (digits, behind) = value.split_at(digits);
        // `12 0 R` is the number of another object.
        let next = behind.trim_ascii_start().first();
        if next.is_some_and(u8::is_ascii_digit) {
            return None;
        }
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    /// Where it ends, if its length is true.
    pub(super) fn end(&self, store: &mut Store<'_>) -> Option<u64> {
        let end = self.start.checked_add(self.length()?)?;
        let behind = store.read_at(end, 11).ok()?;
        behind
            .trim_ascii_start()
            .starts_with(b"endstream")
            .then_some(end)
    }

    /// Whether it may be what a page shows.
    pub(super) fn is_page(&self) -> bool {
        let is_form = self.has("/Form");
        let is_other = ["/Type", "/Length1", "/Subtype", "/FunctionType"];
        is_form || !is_other.iter().any(|key| self.value(key).is_some())
    }

    /// Whether it holds pixels, or places of objects.
    pub(super) fn is_passed(&self) -> bool {
        self.value("/Subtype")
            .is_some_and(|it| it.starts_with(b"/Image"))
            || self
                .value("/Type")
                .is_some_and(|it| it.starts_with(b"/XRef"))
    }
}

/// How far behind the keyword the bytes of a stream start.
fn line_feed(behind: &[u8]) -> Option<u64> {
    match behind.get("stream".len()..)? {
        [b'\r', b'\n', ..] => Some(8),
        [b'\n' | b'\r', ..] => Some(7),
        _ => None,
    }
}

/// The dictionary in front of a stream, and the number of the object.
fn dictionary(before: &[u8]) -> Option<(&[u8], Option<u64>)> {
    let start = before.len().saturating_sub(LONGEST_DICTIONARY);
    let before = before.get(start..)?;
    let object = memmem::rfind(before, b"obj")?;
    let (head, dictionary) = before.split_at(object);
    let dictionary = dictionary.get("obj".len()..)?;
    let is_one = dictionary.trim_ascii_start().starts_with(b"<<")
        && dictionary.trim_ascii_end().ends_with(b">>");
    // In front of the keyword there are the number and the generation.
    let mut words = head
        .rsplit(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let number = words.nth(1).and_then(|word| {
        let digits = word
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let digits = word.get(word.len() - digits..)?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    });
    is_one.then_some((dictionary, number))
}
