//! Data: records as they are written, one behind the other, without names.

use super::schema::{Node, Schema};
use crate::container::format::OpenError;

/// Data within data: a type may be part of itself.
const DEEPEST: u8 = 64;

/// Takes a text, or bytes, and the number of its path.
pub(super) type Take<'t> = &'t mut dyn FnMut(usize, &[u8]) -> Result<(), OpenError>;

/// Why data cannot be read.
pub(super) enum DatumError {
    /// It is not of its schema.
    Broken,
    /// No more of it is wanted.
    Open(OpenError),
}

impl From<OpenError> for DatumError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

/// Reads the records of a block.
pub(super) struct Data<'d> {
    schema: &'d Schema,
    bytes: &'d [u8],
    /// Types that may yet be met. Types can be many that have no bytes.
    steps: u64,
}

impl<'d> Data<'d> {
    pub(super) fn new(schema: &'d Schema, bytes: &'d [u8]) -> Self {
        Self {
            schema,
            bytes,
            steps: 100_000 + 16 * bytes.len() as u64,
        }
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Reads a record.
    pub(super) fn record(&mut self, take: Take<'_>) -> Result<(), DatumError> {
        self.datum(0, take, DEEPEST)
    }

    fn datum(&mut self, node: usize, take: Take<'_>, deep: u8) -> Result<(), DatumError> {
        let deep = deep.checked_sub(1).ok_or(DatumError::Broken)?;
        self.steps = self.steps.checked_sub(1).ok_or(DatumError::Broken)?;
        let schema = self.schema;
        match schema.nodes.get(node).ok_or(DatumError::Broken)? {
            Node::Null => {}
            Node::Boolean => drop(self.cut(1)?),
            Node::Number => drop(self.long()?),
            Node::Float => drop(self.cut(4)?),
            Node::Double => drop(self.cut(8)?),
            Node::Bytes(path) => take(*path, self.text()?)?,
            Node::Fixed(length, path) => take(*path, self.cut(*length)?)?,
            Node::Union(members) => {
                let member = usize::try_from(self.long()?).ok();
                let member = member.and_then(|member| members.get(member));
                self.datum(*member.ok_or(DatumError::Broken)?, take, deep)?;
            }
            Node::Record(fields) => {
                for field in fields {
                    self.datum(*field, take, deep)?;
                }
            }
            Node::Array(items) => self.blocks(&mut |data| data.datum(*items, take, deep))?,
            Node::Map(keys, values) => self.blocks(&mut |data| {
                take(*keys, data.text()?)?;
                data.datum(*values, take, deep)
            })?,
        }
        Ok(())
    }

    /// Reads the items of an array or a map, which come in blocks.
    fn blocks(
        &mut self,
        item: &mut dyn FnMut(&mut Self) -> Result<(), DatumError>,
    ) -> Result<(), DatumError> {
        loop {
            let count = self.long()?;
            if count < 0 {
                // The bytes of the block, for those who want to skip it.
                self.long()?;
            }
            if count == 0 {
                return Ok(());
            }
            for _ in 0..count.unsigned_abs() {
                item(self)?;
            }
        }
    }

    fn text(&mut self) -> Result<&'d [u8], DatumError> {
        let length = usize::try_from(self.long()?).map_err(|_| DatumError::Broken)?;
        self.cut(length)
    }

    fn cut(&mut self, length: usize) -> Result<&'d [u8], DatumError> {
        self.bytes.split_off(..length).ok_or(DatumError::Broken)
    }

    fn long(&mut self) -> Result<i64, DatumError> {
        long(&mut self.bytes)
    }
}

/// A number, whose sign is its lowest bit.
pub(super) fn long(bytes: &mut &[u8]) -> Result<i64, DatumError> {
    let mut coded = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first().ok_or(DatumError::Broken)?;
        coded |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok((coded >> 1).cast_signed() ^ -(coded & 1).cast_signed());
        }
    }
    Err(DatumError::Broken)
}
