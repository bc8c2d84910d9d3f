//! An expression of GitHub, `${{ … }}`, in a script: which token it puts there.

use std::ops::Range;

use crate::policy::names::{is_secret_name, is_token_name};

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expression {
    /// Where it stands, with its braces.
    pub(crate) span: Range<usize>,
    /// The text, with its braces.
    pub(crate) text: String,
}

impl Expression {
    /// The name of the token whose value it is: `secrets.HF_TOKEN`, also where there is
    /// another value for want of it. A comparison has no token's value.
    pub(crate) fn token(&self) -> Option<&str> {
        let of_any = self.names().find(|name| is_token_name(name));
        of_any.or_else(|| self.secret().filter(|name| is_secret_name(name)))
    }

    /// The name of the secret whose value it is.
    pub(crate) fn secret(&self) -> Option<&str> {
        let mut secrets = self.operands().filter(|it| it.starts_with("secrets"));
        secrets.find_map(name_of)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.operands().filter_map(name_of)
    }

    fn operands(&self) -> impl Iterator<Item = &str> {
        let inner = self.text.trim_start_matches("${{").trim_end_matches("}}");
        inner.split("||").map(str::trim)
    }
}

/// The last name of a reference: of `secrets.X`, `secrets['X']`, `steps.a.outputs.X`.
fn name_of(operand: &str) -> Option<&str> {
    let is_name = |it: &str| {
        !it.is_empty()
            && it
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    if let Some((of, rest)) = operand.split_once("['") {
        let name = rest.strip_suffix("']")?;
        return (of.split('.').all(is_name) && is_name(name)).then_some(name);
    }
    let (of, name) = operand.rsplit_once('.')?;
    (of.split('.').all(is_name) && is_name(name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> Option<String> {
        let (span, text) = (0..text.len(), text.to_owned());
        Expression { span, text }.token().map(str::to_owned)
    }

    #[test]
    fn a_token_is_told_from_what_is_said_of_it() {
        for text in [
            "${{ secrets.HF_TOKEN }}",
            "${{secrets.HF_TOKEN}}",
            "${{ env.HF_TOKEN }}",
            "${{ secrets['HF_TOKEN'] }}",
            "${{ inputs.key || secrets.HF_TOKEN }}",
        ] {
            assert_eq!(token(text).as_deref(), Some("HF_TOKEN"), "{text}");
        }
        for text in [
            "${{ secrets.HF_TOKEN != '' }}",
            "${{ secrets.HF_TOKEN && 'yes' || 'no' }}",
            "${{ secrets.GITHUB_TOKEN }}",
            "${{ github.sha }}",
            "${{ }}",
            "${{ format('{0}', 'secrets.HF_TOKEN') }}",
        ] {
            assert_eq!(token(text), None, "{text}");
        }
    }
}
