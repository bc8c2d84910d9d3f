use crate::policy::yaml::read;

/// What stands in the file where `part` stands in the scalar of key `k`.
fn source_of(text: &str, value: &str, part: &str) -> String {
    let root = read(text.as_bytes()).expect("it is YAML").remove(0);
    let mapped = root.get("k").expect("it is there").passage(text.as_bytes());
    let said = std::str::from_utf8(&mapped.bytes).expect("it is text");
    assert_eq!(said, value, "{text}");
    let start = said.find(part).expect("it is in the scalar");
    text[mapped.source_of(&(start..start + part.len()))].to_owned()
}

#[test]
fn words_of_block_scalars_are_found() {
    let text = "# ü\nk: |\n\n  öne $TWO\n    three\n\n  four\n\nz: four\n";
    let value = "\nöne $TWO\n  three\n\nfour\n";
    for word in ["öne", "$TWO", "three", "four"] {
        assert_eq!(source_of(text, value, word), word);
        let crlf = text.replace('\n', "\r\n");
        assert_eq!(source_of(&crlf, value, word), word);
    }
    assert_eq!(source_of(text, value, "three\n\nfour"), "three\n\n  four");
    assert_eq!(source_of(text, value, "four\n"), "four\n");
}

#[test]
fn indicators_and_anchors_are_no_text() {
    let text = "k: |2-   # why\n    one\n  two\n\n\nz: 1\n";
    assert_eq!(source_of(text, "  one\ntwo", "two"), "two");
    let text = "k: &x !!str |+\n\n   one\n   two\n\nz: 1\n";
    assert_eq!(source_of(text, "\none\ntwo\n\n", "two"), "two");
    let text = "k: |\n  !one\n  &two";
    assert_eq!(source_of(text, "!one\n&two\n", "&two"), "&two");
    let text = "k: |\n  one\n     \n  two\n";
    assert_eq!(source_of(text, "one\n   \ntwo\n", "two"), "two");
}

#[test]
fn words_of_folded_scalars_are_found() {
    let text = "k: >-\n  one\n  two\n\n  three\n    four\n  five\n\n\n";
    let value = "one two\nthree\n  four\nfive";
    for word in ["one", "two", "three", "four", "five"] {
        assert_eq!(source_of(text, value, word), word);
        assert_eq!(source_of(&text.replace('\n', "\r\n"), value, word), word);
    }
    assert_eq!(source_of(text, value, "one two"), "one\n  two");
}

#[test]
fn words_of_flow_scalars_are_found() {
    let text = "k: one   two\n  three\n\n  four # five\n";
    let value = "one   two three\nfour";
    for word in ["one", "two", "three", "four"] {
        assert_eq!(source_of(text, value, word), word);
    }
    let text = "k: 'it''s\n  two\\n'\n";
    assert_eq!(source_of(text, "it's two\\n", "two\\n"), "two\\n");
    assert_eq!(source_of(text, "it's two\\n", "it's"), "it''s");
    let text = "k: \"a\\tb \\u00fcc\\\n   \\ d \\\"e\\\"\"\n";
    let value = "a\tb üc d \"e\"";
    assert_eq!(source_of(text, value, "ü"), "\\u00fc");
    assert_eq!(source_of(text, value, "\"e\""), "\\\"e\\\"");
}
