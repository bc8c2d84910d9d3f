use super::*;

/// What the first argument of every call of `show` is to `told`.
fn of_shown<T>(source: &str, told: impl Fn(&Python<'_>, Expression<'_>) -> T) -> Vec<T> {
    let tree = parse(source.as_bytes()).expect("it can be parsed");
    let python = Python::read(&tree, source.as_bytes(), &Known::default(), Runs::Anywhere);
    let calls = python.calls().iter().filter(|it| it.callee == "show");
    let values = calls.map(|it| it.arguments[0].value);
    values.map(|it| told(&python, it)).collect()
}

fn tokens_shown(source: &str) -> Vec<String> {
    let shown = of_shown(source, |python, it| {
        let tokens = python.shown(it);
        let text = |it: &Expression<'_>| source[it.span()].to_owned();
        tokens.iter().map(text).collect::<Vec<_>>()
    });
    shown.concat()
}

fn is_token(source: &str) -> bool {
    let told = of_shown(source, |python, it| python.is_token(it.bare()));
    *told.last().expect("it is shown")
}

#[test]
fn tokens_are_told_by_their_names_and_sources() {
    for expression in [
        "hf_token",
        "HF_TOKEN",
        "self.hf_token",
        "args.hf_token",
        "os.environ['HF_TOKEN']",
        "os.environ.get('HF_TOKEN')",
        "os.getenv(\"HUGGING_FACE_HUB_TOKEN\", '')",
        "userdata.get('HF_TOKEN')",
        "st.secrets[\"HF_TOKEN\"]",
        "(hf_token)",
        "hf_token.strip()",
        "settings.hf_token.get_secret_value()",
        "hf_token or ''",
        "hf_token if hf_token else None",
        "(t := hf_token)",
    ] {
        assert!(is_token(&format!("show({expression})")), "{expression}");
    }
    for expression in [
        "token",
        "hf_tokens",
        "hf_token_id",
        "hf_eos_token",
        "hf_token[:4]",
        "hf_token[0]",
        "len(hf_token)",
        "bool(hf_token)",
        "mask(hf_token)",
        "hf_token is None",
        "hf_token == other",
        "not hf_token",
        "hf_token and 'set'",
        "'set' if hf_token else 'missing'",
        "\"HF_TOKEN\"",
        "HF_TOKEN in os.environ",
        "hf_token.startswith('hf_')",
        "os.environ['HF_HOME']",
        "tokenizer.get('HF_HOME')",
        "hf_token.id",
    ] {
        assert!(!is_token(&format!("show({expression})")), "{expression}");
    }
}

#[test]
fn names_hold_what_they_are_assigned() {
    for source in [
        "token = os.environ['HF_TOKEN']\nshow(token)",
        "token = None\nif x:\n    token = os.getenv('HF_TOKEN')\nshow(token)",
        "token = os.getenv('HF_TOKEN') or getpass()\nshow(token)",
        "from huggingface_hub import get_token\ntoken = get_token()\nshow(token)",
        "import huggingface_hub as hub\ntoken = hub.get_token()\nshow(token)",
        "from huggingface_hub import HfFolder\nt: str = HfFolder.get_token()\nshow(t)",
        "a = b = os.environ['HF_TOKEN']\nshow(a)",
        "a, b = 1, os.environ['HF_TOKEN']\nshow(b)",
        "token = os.environ['HF_TOKEN']\ndef f():\n    show(token)",
        "class A:\n    def __init__(self):\n        self.token = os.environ['HF_TOKEN']\n    \
            def f(self):\n        show(self.token)",
        "def f(hf_token):\n    show(hf_token)",
        "hf_token = load()\nshow(hf_token)",
        "\u{feff}token = os.environ['HF_TOKEN']\r\nshow(token)\r\n",
    ] {
        assert!(is_token(source), "{source}");
    }
    for source in [
        "token = os.environ['HF_TOKEN']\ntoken = token[:4]\nshow(token)",
        "token = os.environ['HF_TOKEN']\ndef f(token):\n    show(token)",
        "def f():\n    token = os.environ['HF_TOKEN']\nshow(token)",
        "class A:\n    token = os.environ['HF_TOKEN']\n    def f(self):\n        show(token)",
        "hf_token = 'YOUR_TOKEN'\nshow(hf_token)",
        "HF_TOKEN = 'HF_TOKEN'\nshow(HF_TOKEN)",
        "HF_TOKEN = bool(os.environ.get('HF_TOKEN'))\nshow(HF_TOKEN)",
        "hf_token = hf_tokenizer.decode(x)\nshow(hf_token)",
        "hf_token = modal.Secret.from_name('hf')\nshow(hf_token)",
        "hf_token = hf_tokens[0]\nshow(hf_token)",
        "for hf_token in x:\n    show(hf_token)",
        "[show(hf_token) for hf_token, y in x]",
        "def f(hf_token: SecretStr):\n    show(hf_token)",
        "hf_token: SecretStr = load()\nshow(settings.hf_token)",
        "import other\ntoken = other.get_token()\nshow(token)",
        "hf_token = parser.add_argument('--hf_token')\nshow(hf_token)",
    ] {
        assert!(!is_token(source), "{source}");
    }
}

#[test]
fn texts_show_what_is_put_into_them() {
    for expression in [
        "f'a {hf_token} b'",
        "f'{hf_token!r}'",
        "f'{hf_token:>40}'",
        "f\"{f'{hf_token}'}\"",
        "'a ' 'b' f'{hf_token}'",
        "'a ' + hf_token",
        "'a ' + str(hf_token) + '.'",
        "'a %s' % hf_token",
        "'a %d %s' % (1, hf_token)",
        "'a %(t)s' % {'t': hf_token}",
        "'a {} {}'.format(1, hf_token)",
        "'{1} {0}'.format(hf_token, 1)",
        "'a {t}'.format(t=hf_token)",
        "json.dumps({'token': hf_token})",
        "[1, hf_token]",
        "dict(token=hf_token)",
        "', '.join([a, hf_token])",
        "base64.b64encode(hf_token.encode())",
    ] {
        let source = format!("show({expression})");
        let shown = tokens_shown(&source);
        assert!(
            matches!(&*shown, [it] if it.contains("hf_token")),
            "{expression}: {shown:?}"
        );
    }
    for expression in [
        "f'{hf_token[:4]}…'",
        "f'{hf_token:.4}'",
        "f'{len(hf_token)}'",
        "f'{\"set\" if hf_token else \"missing\"}'",
        "'{hf_token}'",
        "'%.4s' % hf_token",
        "'{:.4}'.format(hf_token)",
        "'{} {{}}'.format(1, hf_token)",
        "whoami(token=hf_token)",
        "{hf_token: 1}",
        "lambda: hf_token",
        "url.replace(hf_token, '***')",
        "[x for x in y if x != hf_token]",
    ] {
        let source = format!("show({expression})");
        assert_eq!(tokens_shown(&source), [""; 0], "{expression}");
    }
}

#[test]
fn calls_are_taken_down_as_they_are_written() {
    let source = "logging.getLogger(__name__).info('a', *b, c=d, **e)\nx[0].y()\n(lambda: 1)()\n\
        print 'a', b\nprint >>sys.stderr, c\nprint >>f, d";
    let tree = parse(source.as_bytes()).expect("it can be parsed");
    let python = Python::read(&tree, source.as_bytes(), &Known::default(), Runs::Anywhere);
    let mut callees: Vec<_> = python.calls().iter().map(|it| &*it.callee).collect();
    callees.sort_unstable();
    assert_eq!(
        callees,
        [
            "",
            "logging.getLogger",
            "logging.getLogger().info",
            "print",
            "print",
            "x[].y"
        ]
    );
    let mut calls = python.calls().iter();
    let call = calls.find(|it| it.name() == "info").expect("it is a call");
    assert_eq!(call.receiver(), "logging.getLogger()");
    let argument = call.keyword("c").expect("it is given");
    assert_eq!(&source[argument.span.clone()], "c=d");
    assert_eq!(call.positional().count(), 3);
}

#[test]
fn names_of_tokens_are_no_values() {
    let names = |source: &str| of_shown(source, |python, it| python.name_of(it.bare()));
    assert_eq!(names("show(self.hf_token)"), ["self.hf_token"]);
    assert_eq!(names("show(os.getenv('HF_TOKEN', 'abc'))"), ["HF_TOKEN"]);
    assert_eq!(names("show(os.environ['HF_TOKEN'])"), ["HF_TOKEN"]);
    assert_eq!(names("show(hf_token or 'abc')"), ["hf_token"]);
    assert_eq!(names("show(hf_token.strip('abc'))"), ["hf_token"]);
    assert_eq!(names("show(get_token('abc'))"), ["get_token()"]);
}

#[test]
fn a_source_knows_what_one_before_it_does() {
    let first = "from huggingface_hub import get_token\ntoken = get_token()";
    let tree = parse(first.as_bytes()).expect("it can be parsed");
    let known = Python::read(&tree, first.as_bytes(), &Known::default(), Runs::Anywhere).known();
    let second = "show(token)\nshow(get_token())";
    let tree = parse(second.as_bytes()).expect("it can be parsed");
    let python = Python::read(&tree, second.as_bytes(), &known, Runs::Anywhere);
    let shown = python.calls().iter().filter(|it| it.callee == "show");
    assert!(
        shown
            .map(|it| it.arguments[0].value)
            .all(|it| python.is_token(it))
    );
}

#[test]
fn source_that_is_broken_or_made_to_hurt_is_read_all_the_same() {
    let deep = |open: &str, close: &str| {
        let count = 20_000;
        format!(
            "show({}hf_token{})",
            open.repeat(count),
            close.repeat(count)
        )
    };
    for source in [
        "show(hf_token".to_owned(),
        "show('hf_token".to_owned(),
        "show(f'{hf_token".to_owned(),
        "show(f'{".to_owned(),
        "def f(:\n  show(hf_token)\n".to_owned(),
        "show('%' % hf_token)".to_owned(),
        "show('{' .format(hf_token))".to_owned(),
        "show('%(a' % hf_token)".to_owned(),
        "show('é%é' % hf_token)\nshow('{é!é:é}'.format(hf_token))".to_owned(),
        deep("(", ")"),
        deep("[", "]"),
        deep("x(", ")"),
        deep("'a' + ", ""),
        deep("not ", ""),
        deep("", ".a"),
        deep("", " or b"),
        "if a:\n".to_owned()
            + &(1..500)
                .map(|it| " ".repeat(it) + "if a:\n")
                .collect::<String>(),
        "class A:\n def f(self):\n  ".repeat(2000),
    ] {
        if let Some(tree) = parse(source.as_bytes()) {
            let bytes = source.as_bytes();
            let python = Python::read(&tree, bytes, &Known::default(), Runs::Anywhere);
            for call in python.calls() {
                for argument in &call.arguments {
                    python.shown(argument.value);
                }
            }
            for text in python.texts() {
                parts_as_shown(&python.parts(*text));
            }
        }
    }
    let bytes = b"show(hf_token)\n\xff\xfe = '\xff' + hf_token\n";
    let tree = parse(bytes).expect("it can be parsed");
    let python = Python::read(&tree, bytes, &Known::default(), Runs::Anywhere);
    assert!(!python.calls().is_empty());
}

#[test]
fn most_source_is_not_worth_reading() {
    assert!(can_matter(b"x = os.environ['HF_TOKEN']"));
    assert!(can_matter(b"f(use_auth_token=True)"));
    assert!(!can_matter(b"print(token)"));
    assert!(!can_matter(&b"HF_TOKEN ".repeat(1 << 18)));
}
