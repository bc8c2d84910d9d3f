//! Secrets on the command line, in the environment, and in the files that the command
//! itself is told by: configurations, rules, baselines.

use proptest::prelude::*;
use proptest::sample::select;

use crate::secret::{Form, Written, name_form, secret, written};
use crate::support::Sandbox;
use crate::support::random::cases;
use crate::tree::name;
use crate::watch::Guard;

/// Options that take a value, most of which it does not fit; none shows secrets.
const VALUES: [&str; 24] = [
    "--config",
    "--rules",
    "--baseline",
    "--select",
    "--ignore",
    "--exclude",
    "--explain",
    "--min-confidence",
    "-f",
    "--format",
    "--jobs",
    "-j",
    "--stdin-filename",
    "--range",
    "--since",
    "--color",
    "--containers",
    "--write-baseline",
    "--generate",
    "--max-unpacked",
    "--max-depth",
    "--max-ratio",
    "--history",
    "--unknown",
];

/// How a secret stands in an argument.
const ARGUMENTS: [&str; 10] = [
    "{}",
    "--{}",
    "-{}",
    "a/{}",
    "{}=x",
    "json={}/x",
    "{}..main",
    "HFL-{}",
    "{[",
    "no\x1b[1m{}\n",
];

fn argument() -> impl Strategy<Value = (Vec<String>, Written)> {
    let forms = prop_oneof![
        3 => name_form(),
        1 => (4..30_usize).prop_map(Form::Coloured),
    ];
    let option = prop::option::of(select(VALUES.to_vec()));
    (
        written(forms),
        option,
        any::<bool>(),
        select(ARGUMENTS.to_vec()),
    )
        .prop_map(|(written, option, is_joined, pattern)| {
            let text = String::from_utf8(written.bytes()).unwrap();
            let value = if pattern == "{[" {
                format!("{text}{{[")
            } else {
                pattern.replace("{}", &text)
            };
            let arguments = match option {
                None => vec![value],
                Some(option) if is_joined => vec![format!("{option}={value}")],
                Some(option) => vec![option.to_owned(), value],
            };
            (arguments, written)
        })
}

/// A file that tells the command what to do, with a secret at `{}`.
const SETTINGS: [&str; 12] = [
    "exclude = ['{}', '{}/{{a']",
    "select = ['{}']",
    "min-confidence = '{}'",
    "'{}' = 1",
    "{} = 1",
    "exclude = [ '{}'",
    "baseline = '{}'",
    "rules = ['{}']",
    "containers = ['{}']",
    "[limits]\n{} = 3",
    "[[examples]]\n'{}'",
    "\"\\u{}\" = 'é",
];

/// A rule, with a secret where `{}` is.
const RULE: &str = "id = 'XYZ-1'\nname = 'xyz'\ntitle = 'T {}'\nseverity = 'high'\n\
    cwe = ['CWE-798']\ncapec = ['CAPEC-191']\nattack = ['T1552.001']\n\
    references = ['https://example.org/{}']\ndescription = 'D {}.'\nrevoke = 'R {}.'\n\
    remedies-from = 'hub-token'\nliteral = 'xyz_'\npattern = 'xyz_[a-z]{{4,}}'\nexclude = ['lock']\n\
    [[examples]]\npath = 'a {}'\ntext = 'xyz_abcd {}'\n\
    [[counterexamples]]\npath = 'a'\ntext = 'xyz_abc {}'\nreason = 'R {}'\n";

/// What is changed in the rule.
const FLAWS: [(&str, &str); 9] = [
    ("", ""),
    ("XYZ-1", "{}"),
    ("'xyz'", "'{}'"),
    ("xyz_[a-z]", "{}[z-a]"),
    ("'high'", "'{}'"),
    ("xyz_abcd", "{}"),
    ("xyz_abc ", "xyz_abcd {}"),
    ("cwe = ", "{} = "),
    ("'hub-token'", "'{}'"),
];

const BASELINES: [&str; 5] = [
    "{\"version\": 1, \"findings\": [{\"path\": \"{}\", \"rule\": \"{}\", \"fingerprint\": \"0000\"}]}",
    "{\"version\": 1, \"findings\": [{\"path\": \"{}\", \"rule\": \"{}\", \"fingerprint\": \
     \"0000000000000000000000000000000000000000000000000000000000000000\"}]}",
    "{\"{}\": 1}",
    "{\"version\": \"{}\"}",
    "{}",
];

fn filled(pattern: &str, secret: &str) -> String {
    let pattern = pattern.replace("{{", "\u{1}").replace("}}", "\u{2}");
    pattern
        .replace("{}", secret)
        .replace('\u{1}', "{")
        .replace('\u{2}', "}")
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn no_argument_is_given_away(
        arguments in prop::collection::vec(argument(), 1..3),
        verbose in any::<bool>(),
    ) {
        let sandbox = Sandbox::new();
        sandbox.git(&["init", "-q"]).file("a", "a");
        let guard = Guard::of(arguments.iter().map(|(_, written)| written));
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
        command.args(arguments.iter().flat_map(|(arguments, _)| arguments));
        if verbose {
            command.arg("-v");
        }
        let outcome = guard.run(&sandbox, &mut command, b"");
        prop_assert!(!outcome.stderr.contains("failed at"), "{}", outcome.stderr);
    }

    #[test]
    fn no_setting_is_given_away(
        written in written(name_form()),
        setting in select(SETTINGS.to_vec()),
        name in select(vec!["hfleaks.toml", ".hfleaks.toml", "pyproject.toml"]),
        folder in prop::option::of(name()),
        format in select(vec!["text", "json", "sarif"]),
    ) {
        let sandbox = Sandbox::new();
        let text = filled(setting, &String::from_utf8(written.bytes()).unwrap());
        let folder = folder.unwrap_or_default();
        let place = format!("d{}", folder.text().replace(['/', '\0'], "_"));
        let text = if name == "pyproject.toml" {
            format!("[tool.hfleaks]\n{text}")
        } else {
            text
        };
        sandbox.file(format!("{place}/{name}"), text);
        let guard = Guard::of(folder.secrets().chain([&written]));
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
        command.args(["-v", "-f", format, &place]);
        let outcome = guard.run(&sandbox, &mut command, b"");
        prop_assert!(!outcome.stderr.contains("failed at"), "{}", outcome.stderr);
    }

    #[test]
    fn no_rule_is_given_away(
        written in written(name_form()),
        (from, to) in select(FLAWS.to_vec()),
        arguments in select(vec![
            &["--list-rules"][..], &["--explain", "XYZ-1"], &["-f", "sarif", "."], &["."],
            &["-f", "json", "."], &["-f", "gitlab", "."], &["-f", "markdown", "."],
            &["--select", "NO"], &["-v", "-f", "junit", "."],
        ]),
    ) {
        let sandbox = Sandbox::new();
        let secret = String::from_utf8(written.bytes()).unwrap();
        let rule = RULE.replacen(from, to, usize::from(!from.is_empty()));
        sandbox.file("rules/a.toml", filled(&rule, &secret)).file("a", "a = xyz_abcdef");
        let guard = Guard::of([&written]);
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
        command.args(["--rules", "rules"]).args(arguments);
        let outcome = guard.run(&sandbox, &mut command, b"");
        prop_assert!(!outcome.stderr.contains("failed at"), "{}", outcome.stderr);
    }

    #[test]
    fn no_baseline_is_given_away(
        written in written(name_form()),
        baseline in select(BASELINES.to_vec()),
        format in select(vec!["text", "json", "csv"]),
    ) {
        let sandbox = Sandbox::new();
        let secret = String::from_utf8(written.bytes()).unwrap();
        sandbox.file("baseline", baseline.replace("{}", &secret)).file("a", "a");
        let guard = Guard::of([&written]);
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
        command.args(["--baseline", "baseline", "-v", "-f", format, "a"]);
        guard.run(&sandbox, &mut command, b"");
    }

    #[test]
    fn nothing_of_the_environment_is_given_away(
        secret in secret(),
        name in select(vec![
            "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "HOME", "TMPDIR",
            "GIT_ALTERNATE_OBJECT_DIRECTORIES", "XDG_CONFIG_HOME", "HF_TOKEN", "GIT_NAMESPACE",
            "GIT_CEILING_DIRECTORIES", "COLUMNS", "TERM", "GIT_CONFIG_GLOBAL", "RUST_LOG",
        ]),
        value in select(vec!["{}", "/no/{}", "a/{}:{}"]),
        scan in select(vec![&["."][..], &["--staged"], &["--history"], &["--range", "HEAD"]]),
        verbosity in select(vec!["-q", "-v"]),
    ) {
        let sandbox = crate::support::repository();
        let written = Written { secret, form: Form::Plain };
        let guard = Guard::of([&written]);
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
        command.env(name, value.replace("{}", &secret.text())).env("RUST_BACKTRACE", "full");
        command.arg(verbosity).args(scan);
        let outcome = guard.run(&sandbox, &mut command, b"");
        prop_assert!(!outcome.stderr.contains("failed at"), "{}", outcome.stderr);
    }
}
