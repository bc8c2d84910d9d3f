//! The configuration of git: the URLs in it, and who they log in as.

use std::ops::Range;

use memchr::memmem;

/// A configuration: `.git/config`, `.gitconfig`, `.gitmodules`.
#[derive(Debug)]
pub(crate) struct GitConfig {
    /// URLs that log in, in order.
    pub(crate) logins: Vec<Login>,
}

/// A URL with a user's name in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Login {
    /// Where user and password stand, without `@`.
    pub(crate) span: Range<usize>,
    /// The user.
    pub(crate) user: String,
    /// The password, if there is one.
    pub(crate) password: Option<String>,
    /// The host, in lower case, without the port.
    pub(crate) host: String,
    /// The name of the remote, the submodule or the setting that it stands in.
    pub(crate) of: String,
}

impl GitConfig {
    /// Reads a configuration.
    pub(crate) fn read(text: &[u8]) -> Self {
        let mut logins = Vec::new();
        let mut section = String::new();
        let mut start = 0;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let told = String::from_utf8_lossy(line);
            let trimmed = told.trim();
            if let Some(header) = trimmed.strip_prefix('[') {
                section = name_of(header);
            }
            if !trimmed.starts_with(['#', ';']) {
                logins.extend(login(line, start, &section));
            }
            start += line.len();
        }
        Self { logins }
    }
}

/// What a section is called: `remote "origin"`. One that is called by a URL is not.
fn name_of(header: &str) -> String {
    let name = header.split(']').next().unwrap_or_default();
    match name.split_once(char::is_whitespace) {
        Some((kind, name)) if name.contains("://") => format!("`{kind}`"),
        _ => name.replace('"', "`"),
    }
}

/// The first URL of a line, if it logs in.
fn login(line: &[u8], start: usize, of: &str) -> Option<Login> {
    let authority = memmem::find(line, b"://")? + 3;
    let ends = |byte: &u8| matches!(byte, b'/' | b'?' | b'#' | b'"') || byte.is_ascii_whitespace();
    let rest = &line[authority..];
    let rest = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
    let at = memchr::memrchr(b'@', rest)?;
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut parts = rest[..at].splitn(2, |byte| *byte == b':');
    let user = told(parts.next()?);
    let password = parts.next().map(told);
    let host = told(&rest[at + 1..]).to_ascii_lowercase();
    Some(Login {
        span: start + authority..start + authority + at,
        user,
        password,
        host: host.split(':').next()?.to_owned(),
        of: of.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_log_in_are_read() {
        let text = "[remote \"origin\"]\r\n\turl = https://me:p%40ss@Huggingface.co:443/a/b\r\n\
                    \tpushurl = https://me@hf.co/a\n\
                    ; url = https://x:y@hf.co/\n\
                    [lfs \"https://me:pw@hf.co/a.git/info/lfs\"]\n\taccess = basic\n\
                    [remote \"ssh\"]\n\turl = git@hf.co:a/b\n\turl = https://hf.co/@x\n[broken";
        let logins = GitConfig::read(text.as_bytes()).logins;
        let told = |it: &Login| {
            let (of, password) = (&it.of, it.password.clone().unwrap_or_default());
            format!(
                "{of} {} {password} {} {}",
                it.user,
                it.host,
                &text[it.span.clone()]
            )
        };
        let logins: Vec<_> = logins.iter().map(told).collect();
        let expected = [
            "remote `origin` me p%40ss huggingface.co me:p%40ss",
            "remote `origin` me  hf.co me",
            "`lfs` me pw hf.co me:pw",
        ];
        assert_eq!(logins, expected);
    }
}
