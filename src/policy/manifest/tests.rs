use super::*;

fn told(text: &str, kind: ManifestFile) -> Vec<(String, Kept, String, String)> {
    let manifests = Manifests::read(text.as_bytes(), kind).expect("it is YAML");
    let told = |it: ManifestValue| {
        assert_eq!(text[it.span].trim_matches('"'), it.name);
        (it.object, it.kept, it.name, it.value)
    };
    manifests.values.into_iter().map(told).collect()
}

fn value(object: &str, kept: Kept, name: &str, value: &str) -> (String, Kept, String, String) {
    (object.to_owned(), kept, name.to_owned(), value.to_owned())
}

#[test]
fn documents_and_lists_are_read() {
    let text = "apiVersion: v1\r\nkind: List\r\nitems:\r\n- apiVersion: apps/v1\r\n  kind: Deployment\r\n  \
        metadata: {name: app}\r\n  spec:\r\n    env:\r\n    - name: A\r\n      value: \"1\"\r\n    - name: B\r\n      \
        valueFrom: {secretKeyRef: {name: x, key: y}}\r\n---\r\napiVersion: v1\r\nkind: Secret\r\n\
        metadata: {name: s}\r\ndata: {C: Mg==, D: '?'}\r\nstringData:\r\n  \"E\": three\r\n---\r\n\
        kind: ConfigMap\r\ndata:\r\n  F: four\r\n";
    assert_eq!(
        told(text, ManifestFile::Manifests),
        [
            value("Deployment app", Kept::Variable, "A", "1"),
            value("Secret s", Kept::Secret, "E", "three"),
            value("Secret s", Kept::Secret, "C", "2"),
            value("ConfigMap", Kept::ConfigMap, "F", "four"),
        ]
    );
}

#[test]
fn generators_and_values_are_read() {
    let text = "secretGenerator:\n- name: hf\n  literals:\n  - A=1\n  - B\n";
    assert_eq!(
        told(text, ManifestFile::Manifests),
        [value("secretGenerator hf", Kept::Secret, "A", "1")]
    );
    let text = "app:\n  token: x\n  env:\n  - name: A\n    value: y\n";
    let values = told(text, ManifestFile::ChartValues);
    assert!(values.contains(&value("the chart's values", Kept::Variable, "A", "y")));
    assert!(values.contains(&value("the chart's values", Kept::ChartValue, "token", "x")));
}

#[test]
fn what_is_no_yaml_is_nothing() {
    for text in [
        "a: {{ .Values.x }}\nb: [",
        "{{- if .Values.x }}\nkind: Secret\n{{- end }}",
    ] {
        assert!(Manifests::read(text.as_bytes(), ManifestFile::Manifests).is_err());
    }
    let sealed = "kind: SealedSecret\nspec: {encryptedData: {HF_TOKEN: AgBy}}\n";
    assert_eq!(told(sealed, ManifestFile::Manifests), []);
}
