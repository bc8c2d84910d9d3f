//! Schemas: what the records of a file are made of.

use std::collections::HashMap;

use serde_json::Value;

/// Types of a schema.
const MOST_NODES: usize = 100_000;

/// Types within types.
const DEEPEST: u8 = 64;

/// Bytes of all paths together: names are part of the path of all that is in them.
const MOST_NAMES: usize = 16 << 20;

/// A schema: types, which name others by their numbers.
#[derive(Debug, Default)]
pub(super) struct Schema {
    pub(super) nodes: Vec<Node>,
    /// The paths of the fields that hold text or bytes.
    pub(super) paths: Vec<String>,
    names: HashMap<String, usize>,
    length_of_names: usize,
}

/// A type.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Null,
    Boolean,
    /// Of any size, or a symbol of an enumeration.
    Number,
    Float,
    Double,
    /// Text or bytes, and the number of its path.
    Bytes(usize),
    /// So many bytes, and the number of their path.
    Fixed(usize, usize),
    Array(usize),
    /// Keys are text, and have a path too.
    Map(usize, usize),
    Union(Vec<usize>),
    Record(Vec<usize>),
}

impl Schema {
    /// Reads a schema; its first node is that of a record of the file. None where it is
    /// broken, or larger than anybody's.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        let json = serde_json::from_slice(json).ok()?;
        let mut schema = Self::default();
        schema
            .node(&json, "", DEEPEST)
            .filter(|&first| first == 0)?;
        Some(schema)
    }

    fn node(&mut self, json: &Value, path: &str, deep: u8) -> Option<usize> {
        let deep = deep.checked_sub(1)?;
        (self.nodes.len() < MOST_NODES).then_some(())?;
        match json {
            Value::String(name) => match self.primitive(name, path)? {
                Primitive::Named(number) => Some(number),
                Primitive::Node(node) => Some(self.push(node)),
            },
            Value::Array(members) => {
                let number = self.push(Node::Null);
                let nodes = members.iter().map(|it| self.node(it, path, deep));
                let nodes: Option<Vec<_>> = nodes.collect();
                self.nodes[number] = Node::Union(nodes?);
                Some(number)
            }
            Value::Object(object) => self.complex(object, path, deep),
            _ => None,
        }
    }

    fn complex(
        &mut self,
        object: &serde_json::Map<String, Value>,
        path: &str,
        deep: u8,
    ) -> Option<usize> {
        let Some(Value::String(kind)) = object.get("type") else {
            return self.node(object.get("type")?, path, deep);
        };
        let number = match kind.as_str() {
            "record" | "error" | "enum" | "fixed" | "array" | "map" => self.push(Node::Null),
            _ => return self.node(object.get("type")?, path, deep),
        };
        self.name(object, number);
        self.nodes[number] = match kind.as_str() {
            "array" => Node::Array(self.node(object.get("items")?, path, deep)?),
            "map" => {
                let keys = self.path(path)?;
                Node::Map(keys, self.node(object.get("values")?, path, deep)?)
            }
            "enum" => Node::Number,
            "fixed" => {
                let size = usize::try_from(object.get("size")?.as_u64()?).ok()?;
                Node::Fixed(size, self.path(path)?)
            }
            _ => {
                let mut fields = Vec::new();
                for field in object.get("fields")?.as_array()? {
                    let name = field.get("name")?.as_str()?;
                    let path = match path {
                        "" => name.to_string(),
                        path => format!("{path}.{name}"),
                    };
                    self.length_of_names += path.len();
                    (self.length_of_names < MOST_NAMES).then_some(())?;
                    fields.push(self.node(field.get("type")?, &path, deep)?);
                }
                Node::Record(fields)
            }
        };
        Some(number)
    }

    /// Keeps the name of a type, with and without its namespace.
    fn name(&mut self, object: &serde_json::Map<String, Value>, number: usize) {
        let Some(name) = object.get("name").and_then(Value::as_str) else {
            return;
        };
        if let Some(namespace) = object.get("namespace").and_then(Value::as_str) {
            self.names.insert(format!("{namespace}.{name}"), number);
        }
        self.names.insert(name.to_string(), number);
        if let Some((_, short)) = name.rsplit_once('.') {
            self.names.insert(short.to_string(), number);
        }
    }

    fn primitive(&mut self, name: &str, path: &str) -> Option<Primitive> {
        Some(Primitive::Node(match name {
            "null" => Node::Null,
            "boolean" => Node::Boolean,
            "int" | "long" => Node::Number,
            "float" => Node::Float,
            "double" => Node::Double,
            "string" | "bytes" => Node::Bytes(self.path(path)?),
            name => {
                let short = name.rsplit('.').next()?;
                let number = self.names.get(name).or_else(|| self.names.get(short));
                return Some(Primitive::Named(*number?));
            }
        }))
    }

    fn path(&mut self, path: &str) -> Option<usize> {
        self.length_of_names += path.len();
        (self.length_of_names < MOST_NAMES).then_some(())?;
        self.paths.push(path.to_string());
        Some(self.paths.len() - 1)
    }

    fn push(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }
}

enum Primitive {
    Node(Node),
    /// A type that has been defined before.
    Named(usize),
}
