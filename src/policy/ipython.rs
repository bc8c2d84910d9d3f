//! `IPython`: tells apart what of a notebook's cell is Python and what is a shell's.
//!
//! Either comes out as long as the cell, with what is the other's blanked, so that places
//! in it are places in the cell.

use std::ops::Range;

/// The languages of a cell, each as long as the cell.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Languages {
    /// What is Python in it, if it is not another language as a whole.
    pub(crate) python: Option<Vec<u8>>,
    /// What a shell is given, if it is given something.
    pub(crate) shell: Option<Vec<u8>>,
    /// Where `IPython` puts the value of a name into what a shell is given: `{name}`.
    pub(crate) names: Vec<Range<usize>>,
}

/// Magics whose cell is Python all the same.
const PYTHON: &[&[u8]] = &[
    b"time", b"timeit", b"capture", b"prun", b"memit", b"python", b"python3", b"pypy", b"debug",
];

/// Magics whose cell is a shell's.
const SHELL: &[&[u8]] = &[b"bash", b"sh", b"shell", b"zsh", b"system", b"sx", b"!"];

/// The languages of a cell.
pub(crate) fn languages(cell: &[u8]) -> Languages {
    let first = cell.iter().position(|it| !it.is_ascii_whitespace());
    let start = first.unwrap_or(cell.len());
    if !cell[start..].starts_with(b"%%") {
        return by_line(cell);
    }
    let line_end = line_end(cell, start);
    let line = &cell[start + 2..line_end];
    let mut words = line.split(u8::is_ascii_whitespace);
    let name = match words.next().unwrap_or_default() {
        b"script" => words.find(|it| !it.is_empty()).unwrap_or_default(),
        name => name,
    };
    let name = name.rsplit(|it| *it == b'/').next().unwrap_or_default();
    let rest = || [&blank(&cell[..line_end])[..], &cell[line_end..]].concat();
    if PYTHON.contains(&name) {
        return by_line(&rest());
    }
    let is_python_file = name == b"writefile" && line.trim_ascii_end().ends_with(b".py");
    let is_shell_file = name == b"writefile" && line.trim_ascii_end().ends_with(b".sh");
    Languages {
        python: is_python_file.then(rest),
        shell: (is_shell_file || SHELL.contains(&name)).then(rest),
        names: Vec::new(),
    }
}

fn by_line(cell: &[u8]) -> Languages {
    let mut python = cell.to_vec();
    let mut shell = blank(cell);
    let mut has_shell = false;
    let mut names = Vec::new();
    let mut at = 0;
    while at < cell.len() {
        let end = line_end(cell, at);
        let line = &cell[at..end];
        let Some(mark) = mark(line) else {
            at = end + 1;
            continue;
        };
        let place = at + mark.at;
        let mut last = end;
        let mut line_start = place;
        while goes_on(&cell[line_start..last]) && last < cell.len() {
            line_start = last + 1;
            last = line_end(cell, line_start);
        }
        let hidden = blank(&cell[place..last]);
        python[place..last].copy_from_slice(&hidden);
        // A statement stands where one has to.
        python[place] = b'0';
        if mark.is_shell {
            let command = place + mark.length;
            shell[command..last].copy_from_slice(&cell[command..last]);
            has_shell = true;
            names_in(cell, command..last, &mut names);
        }
        at = last + 1;
    }
    Languages {
        python: Some(python),
        shell: has_shell.then_some(shell),
        names,
    }
}

/// Adds where a command has `{name}`, with its braces.
fn names_in(cell: &[u8], command: Range<usize>, names: &mut Vec<Range<usize>>) {
    let is_of_name = |it: &u8| it.is_ascii_alphanumeric() || *it == b'_';
    for open in memchr::memchr_iter(b'{', &cell[command.clone()]) {
        let open = command.start + open;
        let inner = cell[open + 1..command.end].iter();
        let length = inner.take_while(|it| is_of_name(it)).count();
        let close = open + 1 + length;
        let is_shells = open > 0 && cell[open - 1] == b'$';
        if length > 0 && close < command.end && cell[close] == b'}' && !is_shells {
            names.push(open..close + 1);
        }
    }
}

/// Whether the next line is a part of this one.
fn goes_on(line: &[u8]) -> bool {
    line.strip_suffix(b"\r").unwrap_or(line).ends_with(b"\\")
}

/// Where something that is not Python begins in a line.
struct Mark {
    at: usize,
    length: usize,
    is_shell: bool,
}

fn mark(line: &[u8]) -> Option<Mark> {
    let indent = line.len() - line.trim_ascii_start().len();
    let text = &line[indent..];
    let mark = |at, length, is_shell| {
        Some(Mark {
            at,
            length,
            is_shell,
        })
    };
    match text {
        [b'!', b'!', ..] => return mark(indent, 2, true),
        [b'!', ..] => return mark(indent, 1, true),
        [b'%' | b'?', ..] => return mark(indent, 1, false),
        _ => {}
    }
    // `files = !ls`, `files = %sx ls`
    let equals = memchr::memchr(b'=', text)?;
    let target = text[..equals].trim_ascii_end();
    let is_name = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.' | b',' | b' ');
    let behind = &text[equals + 1..];
    let value = behind.trim_ascii_start();
    let at = indent + equals + 1 + (behind.len() - value.len());
    if target.is_empty() || !target.iter().all(is_name) {
        return None;
    }
    match value {
        [b'!', b'=', ..] => None,
        [b'!', ..] => mark(at, 1, true),
        [b'%', next, ..] if next.is_ascii_alphabetic() => mark(at, 1, false),
        _ => None,
    }
}

fn line_end(text: &[u8], from: usize) -> usize {
    let from = from.min(text.len());
    memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |at| from + at)
}

/// As long as `text`, with its lines.
fn blank(text: &[u8]) -> Vec<u8> {
    let blank = |it: &u8| {
        if *it == b'\n' || *it == b'\r' {
            *it
        } else {
            b' '
        }
    };
    text.iter().map(blank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(cell: &str) -> (Option<String>, Option<String>) {
        let languages = languages(cell.as_bytes());
        let text = |it: Vec<u8>| {
            assert_eq!(it.len(), cell.len(), "{cell}");
            String::from_utf8(it).expect("it is text")
        };
        (languages.python.map(text), languages.shell.map(text))
    }

    #[test]
    fn lines_of_a_shell_are_told_from_python() {
        let cell = "x = 1\nif x:\n    !echo $HF_TOKEN\r\n%env A=b\nfiles = !ls\nprint(x)";
        let (python, shell) = told(cell);
        assert_eq!(
            python.expect("there is some"),
            "x = 1\nif x:\n    0              \r\n0       \nfiles = 0  \nprint(x)"
        );
        let shell = shell.expect("there is some");
        assert_eq!(
            shell.split_whitespace().collect::<Vec<_>>(),
            ["echo", "$HF_TOKEN", "ls"]
        );
        assert_eq!(shell.find("echo"), cell.find("echo"));
    }

    #[test]
    fn names_that_are_filled_in_are_told() {
        let cell = "!hf upload {repo} . --token {hf_token} ${A} {a,b} {x.y}\nd = {a}";
        let names = languages(cell.as_bytes()).names;
        let names: Vec<_> = names.into_iter().map(|it| &cell[it]).collect();
        assert_eq!(names, ["{repo}", "{hf_token}"]);
    }

    #[test]
    fn lines_that_go_on_are_one() {
        let (python, shell) = told("!hf upload a \\\n  --token x\ny = 2");
        assert_eq!(
            python.as_deref(),
            Some("0             \n           \ny = 2")
        );
        assert_eq!(
            shell.as_deref(),
            Some(" hf upload a \\\n  --token x\n     ")
        );
        assert_eq!(told("!a \\").0.as_deref(), Some("0   "));
        let (python, _) = told("!a \\\n  \nx = 1\n!b \\\r\n c\ny");
        assert_eq!(python.as_deref(), Some("0   \n  \nx = 1\n0   \r\n  \ny"));
    }

    #[test]
    fn cells_of_another_language_are_told() {
        assert_eq!(
            told("%%bash\necho a"),
            (None, Some("      \necho a".to_owned()))
        );
        assert!(told("%%script bash -e\necho a").1.is_some());
        assert_eq!(told("%%html\n<b>"), (None, None));
        assert_eq!(told("%%time\nx = 1").0.as_deref(), Some("      \nx = 1"));
        assert_eq!(
            told("%%writefile app.py\nx = 1").0.as_deref(),
            Some("                  \nx = 1")
        );
        assert_eq!(told("").0.as_deref(), Some(""));
        assert_eq!(told("%%"), (None, None));
    }

    #[test]
    fn comparisons_and_arithmetic_stay() {
        for cell in [
            "x = a != b",
            "x = 5 % 3",
            "f(a=!1)",
            "x == 1",
            "x = (\n  5\n)",
        ] {
            assert_eq!(told(cell), (Some(cell.to_owned()), None));
        }
    }
}
