//! A token that a recipe makes a variable or an argument of the image.

use crate::policy::File;
use crate::policy::breaches::Breaches;
use crate::policy::dockerfile::{Dockerfile, Instruction};
use crate::policy::names::is_token_name;
use crate::policy::practice::{Look, Practice};
use crate::policy::value::Value;

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-in-image",
    looks: &[Look::Dockerfile(look)],
};

fn look(recipe: &Dockerfile, _: &File<'_>, breaches: &mut Breaches<'_>) {
    for instruction in &recipe.instructions {
        for setting in instruction.settings() {
            let value = setting.value.as_deref().map(Value::of);
            if is_token_name(&setting.key) && stays(instruction, value) {
                let key = &setting.key;
                let message = match &*instruction.keyword {
                    "ARG" => {
                        format!("{key} is a build argument, which stays in the image's history")
                    }
                    _ => format!(
                        "{key} is a variable of the image, which everyone who has it can read"
                    ),
                };
                if value == Some(Value::Literal) {
                    breaches.add_with_secret(setting.key_span, setting.value_span, message);
                } else {
                    breaches.add(setting.key_span, message);
                }
            }
        }
    }
}

/// Whether a value stays in the image. What is empty or says what belongs there only tells
/// that the variable is read; a build argument is there to be given a value.
fn stays(instruction: &Instruction, value: Option<Value>) -> bool {
    instruction.keyword == "ARG" || matches!(value, Some(Value::Reference | Value::Literal))
}
