use super::*;
use crate::policy::yaml;

fn named(text: &str, scope: Scope) -> Vec<(Store, String, Role, String)> {
    let root = yaml::read(text.as_bytes()).expect("it is YAML").remove(0);
    references(root.get("k").expect("it has a k"), text.as_bytes(), scope)
        .into_iter()
        .map(|it| (it.store, it.name, it.role, text[it.span].to_owned()))
        .collect()
}

fn one(store: Store, name: &str, role: Role, text: &str) -> (Store, String, Role, String) {
    (store, name.to_owned(), role, text.to_owned())
}

#[test]
fn secrets_are_found_in_templates() {
    use {Role::Value, Store::Secrets};
    let text = "k: |\n  echo ${{ secrets.HF_TOKEN }} ${{secrets['A-B']}}\n  secrets.NO\n";
    assert_eq!(
        named(text, Scope::Templates),
        [
            one(Secrets, "HF_TOKEN", Value, "secrets.HF_TOKEN"),
            one(Secrets, "A-B", Value, "secrets['A-B']"),
        ]
    );
    let text = "k: ${{ format('}}{0}', secrets.A) }}${{ needs.secrets.B || vars.C }}";
    assert_eq!(
        named(text, Scope::Templates),
        [
            one(Secrets, "A", Value, "secrets.A"),
            one(Store::Vars, "C", Value, "vars.C"),
        ]
    );
}

#[test]
fn what_is_compared_is_not_put_in() {
    use {Role::Test, Store::Env};
    let text = "k: env.HF_TOKEN != '' && 'x' == inputs.y";
    assert_eq!(
        named(text, Scope::Condition),
        [
            one(Env, "HF_TOKEN", Test, "env.HF_TOKEN"),
            one(Store::Inputs, "y", Test, "inputs.y"),
        ]
    );
    assert_eq!(named(text, Scope::Templates), []);
    let text = "k: ${{ github.ref == 'x' && secrets.A || '' }}";
    let found = named(text, Scope::Condition);
    assert_eq!(found[0].2, Role::Value);
    let text = "k: ${{ secrets.A && 'yes' || 'no' }}";
    assert_eq!(named(text, Scope::Condition)[0].2, Test);
}

#[test]
fn unfinished_ones_are_nothing() {
    assert_eq!(named("k: 'a ${{ secrets.A'", Scope::Templates), []);
    assert_eq!(
        named("k: '${{ secrets. }} ${{ secrets[''a }}'", Scope::Templates),
        []
    );
    assert_eq!(named("k: ${{ toJSON(secrets) }}", Scope::Templates), []);
}
