//! Texts that the grammar forbids and every reader of workflows takes: a bracket that closes
//! where the line of its key begins.
//!
//! The line is joined to the one before by blanks, so that every byte stays where it is.

use super::Yaml;
use super::layout::Places;
use super::reader::{Unread, parse};

/// How many lines of a file are joined before it is given up.
const MOST: usize = 32;

/// Reads a text that was not read because of `unread`, or says that again.
pub(super) fn parse_lenient(text: &str, base: usize, unread: Unread) -> Result<Vec<Yaml>, Unread> {
    let mut joined = text.to_owned();
    let mut place = unread.place;
    let mut is_indentation = is_indentation(&unread);
    for _ in 0..MOST {
        let next = is_indentation.then(|| join(&joined, place)).flatten();
        let Some(next) = next else { break };
        joined = next;
        match parse(&joined, base) {
            Ok(documents) => return Ok(documents),
            Err(again) => {
                is_indentation = again.place > place && self::is_indentation(&again);
                place = again.place;
            }
        }
    }
    Err(unread)
}

fn is_indentation(unread: &Unread) -> bool {
    unread.fault.reason.contains("invalid indentation")
}

/// The text with the line of a character, which begins with a closing bracket or is one
/// within brackets, joined to the line before.
fn join(text: &str, character: usize) -> Option<String> {
    let place = Places::new(text).byte(character);
    let start = text[..place].rfind('\n')? + 1;
    let is_blank = text[start..place].bytes().all(|byte| byte == b' ');
    let before = text[..start].trim_end_matches(['\n', '\r', ' ']);
    let line = before.rfind('\n').map_or(0, |it| it + 1);
    let end = match before[line..].find(" #") {
        Some(comment) => line + comment,
        None => before.len(),
    };
    if !is_blank || text[end..start].contains(['"', '\'']) {
        return None;
    }
    let blanks = " ".repeat(start - end);
    Some(format!("{}{blanks}{}", &text[..end], &text[start..]))
}
