//! A token is printed or logged.

use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::python::{Argument, Call, Expression, Python, parts_as_shown};

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-logged",
    looks: &[Look::Python(look)],
};

/// Functions that show what they are given.
const SHOWS: &[&str] = &[
    "print",
    "pprint",
    "pp",
    "rprint",
    "display",
    "sys.stdout.write",
    "sys.stderr.write",
    "click.echo",
    "click.secho",
    "typer.echo",
    "typer.secho",
    "tqdm.write",
    "console.print",
    "console.log",
    "rich.print",
    "pprint.pprint",
    "pprint.pp",
    "warnings.warn",
    "st.write",
    "st.text",
    "st.code",
    "st.info",
    "st.success",
    "st.warning",
    "st.error",
    "st.markdown",
    "st.json",
    "mlflow.log_param",
    "mlflow.log_params",
    "wandb.log",
    "builtins.print",
    "IPython.display.display",
    "rich.pretty.pprint",
    "tqdm.tqdm.write",
    "streamlit.write",
];

/// Methods of loggers.
const LEVELS: &[&str] = &[
    "debug",
    "info",
    "warning",
    "warn",
    "error",
    "critical",
    "exception",
    "fatal",
    "log",
    "trace",
    "success",
];

fn look(python: &Python<'_>, breaches: &mut Breaches<'_>) {
    for call in python.calls() {
        let callee = match call.callee.as_str() {
            it if SHOWS.contains(&it) => it,
            it if is_log(call) => it,
            _ => continue,
        };
        if is_elsewhere(python, call) {
            continue;
        }
        let is_log = is_log(call);
        for argument in call.arguments.iter().filter(|it| is_shown(it, is_log)) {
            for token in shown(python, argument) {
                let name = python.name_of(token);
                breaches.add(
                    token.span(),
                    format!("`{callee}` shows the token in {name}"),
                );
            }
        }
    }
}

fn is_log(call: &Call<'_>) -> bool {
    let logger = call.receiver().rsplit('.').next().unwrap_or_default();
    let logger = logger.trim_end_matches("()").to_lowercase();
    let is_logger = logger.trim_start_matches('_') == "log"
        || logger.ends_with("_log")
        || logger.ends_with("logger")
        || logger == "logging";
    is_logger && LEVELS.contains(&call.name())
}

/// Whether the call writes to a file that is not the console.
fn is_elsewhere(python: &Python<'_>, call: &Call<'_>) -> bool {
    let file = call.keyword("file").filter(|_| call.name() == "print");
    file.is_some_and(|it| {
        let file = python.dotted(it.value);
        !file.contains("stdout") && !file.contains("stderr") && !it.value.is_none()
    })
}

fn is_shown(argument: &Argument<'_>, is_log: bool) -> bool {
    match argument.keyword.as_deref() {
        None => true,
        // Loggers of structure take what they log by keyword.
        Some(keyword) => is_log && !matches!(keyword, "exc_info" | "stack_info" | "stacklevel"),
    }
}

/// The tokens that an argument shows, but for one that GitHub is told to mask.
fn shown<'t>(python: &Python<'t>, argument: &Argument<'t>) -> Vec<Expression<'t>> {
    let (text, _) = parts_as_shown(&python.parts(argument.value));
    if text.starts_with("::add-mask::") {
        return Vec::new();
    }
    python.shown(argument.value)
}

#[cfg(test)]
mod tests {
    use crate::policy::testing::breaches;

    fn count(text: &str) -> usize {
        breaches("token-logged", "a.py", text).len()
    }

    #[test]
    fn what_shows_a_token_is_told() {
        for text in [
            "pprint({'token': hf_token})",
            "sys.stdout.write(f'{hf_token}\\n')",
            "logging.getLogger(__name__).warning(hf_token)",
            "self._logger.error('a %s', self.hf_token)",
            "LOG.info('login', hf_token=hf_token)",
            "st.write('Token: ' + hf_token)",
            "click.echo(hf_token)",
            "print(hf_token, file=sys.stderr)",
            "mlflow.log_param('token', hf_token)",
            "print(f'{hf_token=}')",
            "print('=' * 80, hf_token, sep='\\n')",
        ] {
            assert_eq!(count(text), 1, "{text}");
        }
    }

    #[test]
    fn what_shows_no_token_is_not() {
        for text in [
            "print('hf_token')",
            "print(HfApi(token=hf_token).whoami()['name'])",
            "print(load(hf_token))",
            "print(f'::add-mask::{hf_token}')",
            "print(hf_token, file=f)",
            "catalog.info(hf_token)",
            "math.log(hf_token)",
            "logger.info('a', exc_info=hf_token)",
            "logger.addFilter(Redact(hf_token))",
            "print(hf_token.startswith('hf_'))",
            "print(f'{hf_token[:3]}***{hf_token[-4:]}')",
            "print(type(hf_token), id(hf_token), hash(hf_token))",
            "print('*' * len(hf_token))",
            "f.write(hf_token)",
            "def print_token(hf_token): pass",
        ] {
            assert_eq!(count(text), 0, "{text}");
        }
    }
}
