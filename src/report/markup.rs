//! Markup: texts in Markdown in which nothing that a stranger wrote is markup, a link or a
//! mention.

/// The text of a rule, in which code and addresses may stand, but no other markup: a
/// pull request may bring a rule of its own.
pub(super) fn prose(rule: &str) -> String {
    let parts: Vec<&str> = rule.split('`').collect();
    // Between two of them is code, where nothing else is markup.
    let is_code = |place: usize| place % 2 == 1 && place + 1 < parts.len();
    let shown = parts.iter().enumerate().map(|(place, part)| {
        if is_code(place) {
            format!("`{part}`")
        } else {
            without_markup(part)
        }
    });
    shown.collect()
}

fn without_markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' | '>' | '&' | '[' | ']' | '!' | '|' | '*' | '~' | '@' | '\\' => {
                escaped.push_str(&format!("&#{};", u32::from(character)));
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

/// A stranger's text as code: between backticks, where that can hold it.
pub(super) fn code(stranger: &str) -> String {
    let is_plain = !stranger.contains(['`', '|', '\n', '\r']);
    let is_kept = !stranger.is_empty() && stranger.trim() == stranger;
    if is_plain && is_kept {
        format!("`{stranger}`")
    } else {
        format!("<code>{}</code>", text(stranger))
    }
}

/// A text in which nothing is Markdown or HTML: all but letters, digits and what
/// never is markup are character references.
pub(super) fn text(plain: &str) -> String {
    let mut escaped = String::with_capacity(plain.len());
    for character in plain.chars() {
        match character {
            ' ' | ',' | '/' => escaped.push(character),
            _ if character.is_alphanumeric() => escaped.push(character),
            _ => escaped.push_str(&format!("&#{};", u32::from(character))),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_strangers_text_is_markup() {
        assert_eq!(code("a|b"), "<code>a&#124;b</code>");
        assert_eq!(code(" a`"), "<code> a&#96;</code>");
        assert_eq!(code("a/<b>.py"), "`a/<b>.py`");
        assert_eq!(text("</code>@x"), "&#60;/code&#62;&#64;x");
        assert_eq!(
            text("[a](b) `c` *d* é"),
            "&#91;a&#93;&#40;b&#41; &#96;c&#96; &#42;d&#42; é"
        );
    }

    #[test]
    fn a_rule_may_have_code_and_nothing_else() {
        assert_eq!(prose("run `a[1] <b>` [x] `"), "run `a[1] <b>` &#91;x&#93; ");
        assert_eq!(prose("`"), "");
    }
}
