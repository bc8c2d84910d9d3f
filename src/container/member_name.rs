//! Member names: what is inside a compression that does not say what it is called.

use std::path::Path;

/// The name of what `container` unpacks to: without the first of the endings it has, or
/// with what stands for it; `<format>` where it has none. Endings are compared whatever
/// their case.
pub(crate) fn unpacked_name(container: &Path, format: &str, endings: &[(&str, &str)]) -> Vec<u8> {
    let name = container.as_os_str().as_encoded_bytes();
    for (ending, instead) in endings {
        let Some(stem) = name.len().checked_sub(ending.len()) else {
            continue;
        };
        if stem > 0 && name[stem..].eq_ignore_ascii_case(ending.as_bytes()) {
            return [&name[..stem], instead.as_bytes()].concat();
        }
    }
    format!("<{format}>").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_give_way() {
        let name = |container| {
            let endings = [(".gz", ""), (".tgz", ".tar")];
            String::from_utf8(unpacked_name(Path::new(container), "gzip", &endings))
        };
        assert_eq!(name("a.tar.gz").as_deref(), Ok("a.tar"));
        assert_eq!(name("a.TGZ").as_deref(), Ok("a.tar"));
        assert_eq!(name("events.log").as_deref(), Ok("<gzip>"));
        assert_eq!(name(".gz").as_deref(), Ok("<gzip>"));
        assert_eq!(name("").as_deref(), Ok("<gzip>"));
    }
}
