//! Lossy text: bytes that arrive in pieces, read as UTF-8 with a replacement
//! character for whatever is not.
//!
//! The result is the same wherever the pieces are cut.

/// Reads pieces of bytes as text.
#[derive(Debug, Default, Clone)]
pub(crate) struct LossyDecoder {
    /// The start of a character whose rest has not arrived.
    started: Vec<u8>,
}

impl LossyDecoder {
    /// Reads the next piece and hands out its characters.
    pub(crate) fn push(&mut self, bytes: &[u8], mut each: impl FnMut(char)) {
        if self.started.is_empty() {
            self.started = decode(bytes, &mut each).to_vec();
        } else {
            let mut joined = std::mem::take(&mut self.started);
            joined.extend_from_slice(bytes);
            self.started = decode(&joined, &mut each).to_vec();
        }
    }

    /// Whether the bytes so far end in the middle of a character.
    pub(crate) fn is_inside_character(&self) -> bool {
        !self.started.is_empty()
    }

    /// Ends the text; half a character becomes a replacement character.
    pub(crate) fn finish(self, mut each: impl FnMut(char)) {
        if self.is_inside_character() {
            each(char::REPLACEMENT_CHARACTER);
        }
    }
}

/// Hands out the characters of `bytes` and gives back the half one at the end.
fn decode<'a>(bytes: &'a [u8], each: &mut impl FnMut(char)) -> &'a [u8] {
    let mut read = 0;
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(&mut *each);
        read += chunk.valid().len() + chunk.invalid().len();
        if chunk.invalid().is_empty() {
            continue;
        }
        let half = std::str::from_utf8(chunk.invalid());
        if read == bytes.len() && half.is_err_and(|error| error.error_len().is_none()) {
            return chunk.invalid();
        }
        each(char::REPLACEMENT_CHARACTER);
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pieces: &[&[u8]]) -> String {
        let mut decoder = LossyDecoder::default();
        let mut text = String::new();
        for piece in pieces {
            decoder.push(piece, |character| text.push(character));
        }
        decoder.finish(|character| text.push(character));
        text
    }

    #[test]
    fn pieces_may_be_cut_anywhere() {
        let bytes = b"a\xc3\xa9\xf0\x9f\x98\x80\xff\xe2\x82b\xe2\x82\xac\xe2\x82";
        let whole = String::from_utf8_lossy(bytes);
        for cut in 0..=bytes.len() {
            for second in cut..=bytes.len() {
                let pieces = [&bytes[..cut], &bytes[cut..second], &bytes[second..]];
                assert_eq!(text(&pieces), whole, "{cut} {second}");
            }
        }
    }
}
