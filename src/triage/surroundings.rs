//! What stands around a match and tells what kind of place it is in, whatever
//! the file is called: a URL, an argument, a manifest.

use std::ops::Range;
use std::path::Path;

/// Whether a match is the user or the password of a URL: `//hf_…@` or
/// `//user:hf_…@`.
pub(super) fn is_userinfo(bytes: &[u8], span: &Range<usize>) -> bool {
    /// A user name longer than this is none.
    const LONGEST_USER: usize = 64;
    if bytes.get(span.end) != Some(&b'@') {
        return false;
    }
    let before = &bytes[span.start.saturating_sub(LONGEST_USER)..span.start];
    let Some(slashes) = memchr::memmem::rfind(before, b"//") else {
        return false;
    };
    let user = &before[slashes + 2..];
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(byte);
    match user {
        [] => true,
        [user @ .., b':'] => user.iter().all(is_plain),
        _ => false,
    }
}

/// Whether a match is the value of an option: `--token hf_…`, `--hf-token="hf_…`.
pub(super) fn is_argument(bytes: &[u8], span: &Range<usize>) -> bool {
    /// An option longer than this is none.
    const LONGEST_OPTION: usize = 64;
    let before = &bytes[span.start.saturating_sub(LONGEST_OPTION)..span.start];
    let is_between = |byte: &u8| b" \t=\"'".contains(byte);
    let end = before.iter().rposition(|byte| !is_between(byte));
    let Some(end) = end.filter(|end| end + 1 < before.len()) else {
        return false;
    };
    let option = &before[..=end];
    let is_of_option = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    let start = option.iter().rposition(|byte| !is_of_option(byte));
    let option = &option[start.map_or(0, |start| start + 1)..];
    option.starts_with(b"--") && option.len() > 2
}

/// Whether a match is in a manifest of Kubernetes: YAML or JSON that says which
/// kind of thing it describes, in which version of the interface.
pub(super) fn is_manifest(path: &Path, bytes: &[u8], span: &Range<usize>) -> bool {
    /// The head of a document is this near.
    const NEAR: usize = 16 << 10;
    let extension = path.extension().and_then(|extension| extension.to_str());
    if !extension.is_some_and(|extension| ["yaml", "yml", "json"].contains(&extension)) {
        return false;
    }
    let near = span.start.saturating_sub(NEAR)..bytes.len().min(span.end + NEAR);
    let near = &bytes[near];
    ["apiVersion", "kind"]
        .iter()
        .all(|key| memchr::memmem::find(near, key.as_bytes()).is_some())
}
