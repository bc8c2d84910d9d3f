//! The schema of a stream: its columns, and how many buffers each has in a batch.

use arrow_ipc::{Field as Stored, Message, MessageHeader, MetadataVersion, Type, UnionMode};

use super::damaged;
use crate::budget::Budget;
use crate::container::format::OpenError;

/// Columns within columns.
const DEEPEST: u8 = 32;

/// A column, or what is in one.
#[derive(Debug)]
pub(super) struct Field {
    /// Its name, and before it those of the columns it is in.
    pub(super) path: String,
    pub(super) kind: Kind,
    pub(super) children: Vec<Field>,
    /// Where its values are numbers of a dictionary: which one.
    pub(super) dictionary: Option<i64>,
}

/// What is in the buffers of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Bytes, whose offsets are numbers of so many bytes.
    Bytes(usize),
    /// Bytes of one length.
    FixedBytes(usize),
    /// Bytes, in as many buffers as a batch says.
    Views,
    /// A list for each row, whose offsets are numbers of so many bytes.
    List(usize),
    /// A list of one length for each row.
    FixedList(u64),
    /// A value for each row, in each of its children.
    Struct,
    /// So many buffers, of numbers, and children whose rows are not told.
    Other(usize),
}

/// Whether a message is a schema.
pub(super) fn is_schema(message: &[u8]) -> bool {
    arrow_ipc::root_as_message(message)
        .is_ok_and(|message| message.header_type() == MessageHeader::Schema)
}

/// The columns of a schema.
pub(super) fn fields(message: &Message<'_>, budget: &Budget) -> Result<Vec<Field>, OpenError> {
    let schema = message.header_as_schema();
    let stored = schema.and_then(|schema| schema.fields());
    let stored = stored.ok_or_else(|| damaged("the schema has no columns"))?;
    let version = message.version();
    let fields = stored
        .iter()
        .map(|it| field(&it, "", version, budget, DEEPEST));
    fields.collect()
}

fn field(
    stored: &Stored<'_>,
    parent: &str,
    version: MetadataVersion,
    budget: &Budget,
    deep: u8,
) -> Result<Field, OpenError> {
    let deep = deep
        .checked_sub(1)
        .ok_or_else(|| OpenError::Unsupported("columns that are nested so deep".into()))?;
    let name = stored.name().unwrap_or_default();
    // Names may be shared, and so be longer than the file.
    budget.unpacked((parent.len() + name.len()) as u64)?;
    let path = match parent {
        "" => name.to_string(),
        parent => format!("{parent}.{name}"),
    };
    let mut children = Vec::new();
    for child in stored.children().into_iter().flatten() {
        children.push(field(&child, &path, version, budget, deep)?);
    }
    Ok(Field {
        path,
        kind: kind(stored, version)?,
        children,
        dictionary: stored.dictionary().map(|dictionary| dictionary.id()),
    })
}

fn kind(stored: &Stored<'_>, version: MetadataVersion) -> Result<Kind, OpenError> {
    let has_no_length = || damaged("a type has no length");
    Ok(match stored.type_type() {
        Type::Utf8 | Type::Binary => Kind::Bytes(4),
        Type::LargeUtf8 | Type::LargeBinary => Kind::Bytes(8),
        Type::Utf8View | Type::BinaryView => Kind::Views,
        Type::FixedSizeBinary => {
            let stored = stored.type_as_fixed_size_binary();
            let length = stored.and_then(|it| usize::try_from(it.byteWidth()).ok());
            Kind::FixedBytes(length.ok_or_else(has_no_length)?)
        }
        Type::List | Type::Map => Kind::List(4),
        Type::LargeList => Kind::List(8),
        Type::FixedSizeList => {
            let stored = stored.type_as_fixed_size_list();
            let length = stored.and_then(|it| u64::try_from(it.listSize()).ok());
            Kind::FixedList(length.ok_or_else(has_no_length)?)
        }
        Type::Struct_ => Kind::Struct,
        Type::Null | Type::RunEndEncoded => Kind::Other(0),
        Type::ListView | Type::LargeListView => Kind::Other(3),
        Type::Union => {
            let mode = stored.type_as_union().map(|union| union.mode());
            // Types; offsets if it is dense; once there was a bitmap of what is there.
            let buffers = 1
                + usize::from(mode == Some(UnionMode::Dense))
                + usize::from(version < MetadataVersion::V5);
            Kind::Other(buffers)
        }
        Type::Int
        | Type::FloatingPoint
        | Type::Bool
        | Type::Decimal
        | Type::Date
        | Type::Time
        | Type::Timestamp
        | Type::Interval
        | Type::Duration => Kind::Other(2),
        Type(other) => return Err(OpenError::Unsupported(format!("the type {other}"))),
    })
}

/// The column whose values are in a dictionary.
pub(super) fn of_dictionary(fields: &[Field], id: i64) -> Option<&Field> {
    fields.iter().find_map(|field| {
        let is_it = field.dictionary == Some(id);
        is_it
            .then_some(field)
            .or_else(|| of_dictionary(&field.children, id))
    })
}
