use super::{Fault, Yaml, read};

fn only(text: &str) -> Yaml {
    let documents = read(text.as_bytes()).expect("it is YAML");
    documents.into_iter().next().expect("it has a document")
}

fn fault(bytes: &[u8]) -> Fault {
    read(bytes).expect_err("it is no YAML")
}

fn child(node: &Yaml, key: &str) -> Yaml {
    node.get(key).expect("it is there").clone()
}

fn texts(text: &str) -> Vec<(String, String)> {
    let said = |it: &Yaml| {
        let value = it.as_str().expect("a scalar has a text").to_owned();
        (value, text[it.span.clone()].to_owned())
    };
    let documents = read(text.as_bytes()).expect("it is YAML");
    documents.iter().flat_map(Yaml::scalars).map(said).collect()
}

fn pair(value: &str, text: &str) -> (String, String) {
    (value.to_owned(), text.to_owned())
}

#[test]
fn scalars_know_where_they_stand() {
    let text =
        "\u{feff}# größe\r\nä: 'it''s'   # ü\r\nb: &x !!str \"\\x41\" # c\r\nc: [p q, *x]\r\n";
    assert_eq!(
        texts(text),
        [
            pair("ä", "ä"),
            pair("it's", "'it''s'"),
            pair("b", "b"),
            pair("A", "\"\\x41\""),
            pair("c", "c"),
            pair("p q", "p q"),
            pair("A", "\"\\x41\""),
        ]
    );
}

#[test]
fn collections_end_with_their_last_child() {
    let text = "a:\n  b: 1\n  c: [2, 3 ]  # d\n\ne: {f: 4}\n";
    let root = only(text);
    let span = |it: Option<&Yaml>| text[it.expect("there").span.clone()].to_owned();
    assert_eq!(span(root.get("a")), "b: 1\n  c: [2, 3 ]");
    assert_eq!(span(root.get("e")), "{f: 4}");
}

#[test]
fn entries_are_merged_behind_a_nodes_own() {
    let root = only("x: &x {a: 1, b: 2}\ny: &y {c: 3}\nz: {b: 5, <<: [*x, *y], a: 6, a: 7}\n");
    let z = root.get("z").expect("it is there");
    let value = |key| z.get(key).and_then(Yaml::as_str);
    assert_eq!(value("a"), Some("7"));
    assert_eq!(value("b"), Some("5"));
    assert_eq!(value("c"), Some("3"));
    assert_eq!(value("d"), None);
    let keys: Vec<_> = z.entries().iter().filter_map(|it| it.0.as_str()).collect();
    assert_eq!(keys, ["b", "a", "a", "c"]);
}

#[test]
fn documents_and_tags_are_read() {
    let all =
        read(b"---\na: 1\n---\n- !reference [.x, script]\n- !!int 3\n...\n").expect("it is YAML");
    assert_eq!(all.len(), 2);
    assert!(all[1].items()[0].is_empty());
    assert!(read(b"").expect("it is YAML").is_empty());
    assert!(child(&only("a:\n"), "a").is_empty());
}

#[test]
fn brackets_may_close_where_the_key_stands() {
    let text =
        "a:\n  b: [\n    \"x\",  # one\n    y\n  ]\n  c: {\n    d: 1 # two\n  }\ne: [\r\n]\r\n";
    let root = only(text);
    let a = child(&root, "a");
    let y = child(&a, "b").items()[1].clone();
    assert_eq!((y.as_str(), &text[y.span.clone()]), (Some("y"), "y"));
    let d = child(&child(&a, "c"), "d");
    assert_eq!((d.as_str(), &text[d.span.clone()]), (Some("1"), "1"));
    assert!(child(&root, "e").items().is_empty());
    assert_eq!(fault(b"a:\n  b: [\n  ]\nc: [\n").line, 3);
}

#[test]
fn what_is_no_yaml_says_where() {
    assert_eq!(fault(b"a: 1\nb: [\n").line, 3);
    assert_eq!(fault(b"a: 1\nb: \xff\n").line, 2);
    assert!(read(b"a: *x").is_err());
    assert!(read(b"a: &x [*x]").is_err());
}

#[test]
fn nests_and_bombs_are_refused() {
    assert!(read("[".repeat(5000).as_bytes()).is_err());
    assert!(read("- ".repeat(5000).as_bytes()).is_err());
    let mut bomb = "a0: &a0 [x, x]\n".to_owned();
    for level in 1..64 {
        let below = level - 1;
        bomb.push_str(&format!("a{level}: &a{level} [*a{below}, *a{below}]\n"));
    }
    assert!(fault(bomb.as_bytes()).reason.contains("too many"));
    let mut chain = "- &a0 [x]\n".to_owned();
    for level in 1..300 {
        chain.push_str(&format!("- &a{level} [*a{}]\n", level - 1));
    }
    assert!(fault(chain.as_bytes()).reason.contains("too deep"));
}
