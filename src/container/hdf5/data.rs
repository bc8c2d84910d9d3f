//! Data: the elements of a dataset, from wherever they are kept.

use std::io::{self, Read};
use std::vec;

use super::chunk_index::{self, Chunk, Index};
use super::datatype::{Class, Datatype};
use super::file::{File, LARGEST_CHUNK, Sizes, damaged, fields};
use super::filter::{self, Filter};
use super::header::{self, Message, kind};
use crate::container::format::OpenError;

/// What is read at once where there are no chunks, in bytes.
const PIECE: u64 = 1 << 20;

/// What is said of a dataset.
pub(super) struct Dataset {
    pub(super) datatype: Datatype,
    pub(super) shape: Vec<u64>,
    pub(super) layout: Layout,
    pub(super) filters: Vec<Filter>,
}

/// How its elements are kept (section IV.A.2.i).
pub(super) enum Layout {
    /// In the header.
    Compact(Vec<u8>),
    /// In a row.
    Contiguous { address: u64, length: u64 },
    /// In chunks of some elements in each dimension.
    Chunked { index: Index, dimensions: Vec<u64> },
    /// Nowhere, or in other files.
    Absent,
}

impl Dataset {
    /// The dataset that an object is, if it is one that may have text.
    pub(super) fn of_object(
        file: &mut File<'_, '_>,
        messages: &[Message],
    ) -> Result<Option<Self>, OpenError> {
        let Some(layout) = header::find(file, messages, kind::LAYOUT)? else {
            return Ok(None);
        };
        let Some(datatype) = header::find(file, messages, kind::DATATYPE)? else {
            return Ok(None);
        };
        let datatype = Datatype::read(&datatype)?;
        if !datatype.has_text() {
            return Ok(None);
        }
        let dataspace = header::find(file, messages, kind::DATASPACE)?;
        let filters = header::find(file, messages, kind::FILTERS)?;
        Ok(Some(Self {
            shape: shape(file.sizes(), &dataspace.unwrap_or_default()).unwrap_or_default(),
            layout: layout_of(file.sizes(), &layout)?,
            filters: filters.map_or(Ok(Vec::new()), |body| filter::pipeline(&body))?,
            datatype,
        }))
    }
}

impl Dataset {
    /// Makes one text of those characters that are elements of their own, as netCDF
    /// writes texts: of as many as stand side by side in a chunk, or in all.
    fn join_characters(&mut self, in_chunk: Option<u64>) {
        if !matches!(self.datatype.class, Class::Text) || self.datatype.size != 1 {
            return;
        }
        match *self.shape.as_slice() {
            [] => {}
            [_] => self.datatype.class = Class::Byte,
            [.., in_all] => {
                self.datatype.size = in_chunk.unwrap_or(in_all);
                self.shape.pop();
            }
        }
    }
}

/// The dimensions that a dataspace message tells (IV.A.2.b).
pub(super) fn shape(sizes: Sizes, body: &[u8]) -> Result<Vec<u64>, OpenError> {
    let mut body = fields(body);
    let version = body.u8()?;
    let rank = body.u8()?;
    body.take(if version == 1 { 6 } else { 2 })?;
    (0..rank).map(|_| sizes.length(&mut body)).collect()
}

/// Reads a data layout message.
fn layout_of(sizes: Sizes, body: &[u8]) -> Result<Layout, OpenError> {
    let mut body = fields(body);
    let version = body.u8()?;
    if version < 3 {
        return old_layout(sizes, body.rest());
    }
    match body.u8()? {
        0 => {
            let length = u64::from(body.u16()?);
            body.take(length).map(|data| Layout::Compact(data.to_vec()))
        }
        1 => {
            let address = sizes.address(&mut body)?;
            let length = sizes.length(&mut body)?;
            Ok(contiguous(address, length))
        }
        2 if version == 3 => {
            let rank = body.u8()?;
            let index = sizes.address(&mut body)?;
            let dimensions = (0..rank).map(|_| body.u32().map(u64::from));
            let dimensions = dimensions.collect::<Result<_, _>>()?;
            Ok(chunked(index.map(Index::Tree), dimensions))
        }
        2 => {
            let flags = body.u8()?;
            let rank = body.u8()?;
            let width = u64::from(body.u8()?);
            let dimensions = (0..rank).map(|_| body.uint(width));
            let dimensions = dimensions.collect::<Result<_, _>>()?;
            let index = chunk_index::read(sizes, flags, body.rest())?;
            Ok(chunked(index, dimensions))
        }
        _ => Ok(Layout::Absent),
    }
}

/// Reads what is behind the version of a data layout message before version 3.
fn old_layout(sizes: Sizes, body: &[u8]) -> Result<Layout, OpenError> {
    let mut body = fields(body);
    let rank = body.u8()?;
    let class = body.u8()?;
    body.take(5)?;
    let address = match class {
        0 => None,
        _ => sizes.address(&mut body)?,
    };
    let dimensions = (0..rank).map(|_| body.u32().map(u64::from));
    let dimensions: Vec<u64> = dimensions.collect::<Result<_, _>>()?;
    match class {
        0 => {
            body.u32()?;
            let length = u64::from(body.u32()?);
            body.take(length).map(|data| Layout::Compact(data.to_vec()))
        }
        1 => {
            let length = dimensions.iter().copied().reduce(u64::saturating_mul);
            let element = body.u32().map_or(1, u64::from);
            Ok(contiguous(
                address,
                length.unwrap_or(1).saturating_mul(element),
            ))
        }
        _ => Ok(chunked(address.map(Index::Tree), dimensions)),
    }
}

fn contiguous(address: Option<u64>, length: u64) -> Layout {
    address.map_or(Layout::Absent, |address| Layout::Contiguous {
        address,
        length,
    })
}

fn chunked(index: Option<Index>, dimensions: Vec<u64>) -> Layout {
    index.map_or(Layout::Absent, |index| Layout::Chunked {
        index,
        dimensions,
    })
}

/// The elements of a dataset, piece by piece.
pub(super) struct Data {
    dataset: Dataset,
    pieces: Pieces,
}

enum Pieces {
    Chunks {
        chunks: vec::IntoIter<Chunk>,
        length: u64,
    },
    Row {
        address: u64,
        left: u64,
        row: u64,
    },
    Memory(Option<Vec<u8>>),
}

/// Some elements.
pub(super) struct Piece {
    /// The row of the first one, from 1.
    pub(super) first_row: u64,
    pub(super) bytes: Vec<u8>,
}

impl Data {
    /// The elements of a dataset; none if they are no text, or a picture.
    pub(super) fn of(
        file: &mut File<'_, '_>,
        mut dataset: Dataset,
    ) -> Result<Option<Self>, OpenError> {
        let is_picture = dataset.datatype.is_bytes() && dataset.shape.len() > 2;
        if !dataset.datatype.has_text() || is_picture {
            return Ok(None);
        }
        let layout = std::mem::replace(&mut dataset.layout, Layout::Absent);
        let in_chunk = match &layout {
            Layout::Chunked { dimensions, .. } => dimensions.iter().rev().nth(1).copied(),
            _ => None,
        };
        let pieces = match layout {
            Layout::Absent => return Ok(None),
            Layout::Compact(data) => Pieces::Memory(Some(data)),
            Layout::Contiguous { address, length } => Pieces::Row {
                address,
                left: length,
                row: 1,
            },
            Layout::Chunked { index, dimensions } => {
                let length = dimensions.iter().copied().reduce(u64::saturating_mul);
                let length = length.unwrap_or_default();
                if length > LARGEST_CHUNK {
                    let reason = format!("chunks of {length} bytes in HDF5");
                    return Err(OpenError::Unsupported(reason));
                }
                let chunks = index.chunks(file, &dataset.shape, &dimensions, length)?;
                Pieces::Chunks {
                    chunks: chunks.into_iter(),
                    length,
                }
            }
        };
        dataset.join_characters(in_chunk);
        Ok(Some(Self { dataset, pieces }))
    }

    pub(super) fn datatype(&self) -> &Datatype {
        &self.dataset.datatype
    }

    /// Whether all of it is a sequence of bytes.
    pub(super) fn is_bytes(&self) -> bool {
        self.dataset.datatype.is_bytes()
    }

    /// Whether it has one dimension, so that an element is a row.
    pub(super) fn is_column(&self) -> bool {
        self.dataset.shape.len() == 1
    }

    /// The size of an element.
    fn element(&self) -> u64 {
        self.dataset.datatype.size.max(1)
    }

    /// The elements of a piece.
    pub(super) fn elements<'p>(&self, piece: &'p [u8]) -> std::slice::ChunksExact<'p, u8> {
        piece.chunks_exact(usize::try_from(self.element()).unwrap_or(usize::MAX))
    }

    /// The next piece; none where there are no more.
    ///
    /// After an error, the piece behind is the next one.
    pub(super) fn next_piece(
        &mut self,
        file: &mut File<'_, '_>,
    ) -> Result<Option<Piece>, OpenError> {
        let element = self.element();
        match &mut self.pieces {
            Pieces::Memory(data) => Ok(data.take().map(|bytes| Piece {
                first_row: 1,
                bytes,
            })),
            Pieces::Row { address, left, row } => {
                let length = (PIECE / element).max(1).saturating_mul(element).min(*left);
                if length == 0 {
                    return Ok(None);
                }
                let (from, first_row) = (*address, *row);
                *left -= length;
                *address = address.saturating_add(length);
                *row = row.saturating_add(length / element);
                let read = file.read_uncounted(from, length);
                // What is behind a hole is no longer in the file.
                let bytes = read.inspect_err(|_| *left = 0)?;
                Ok(Some(Piece { first_row, bytes }))
            }
            Pieces::Chunks { chunks, length } => {
                let Some(chunk) = chunks.next() else {
                    return Ok(None);
                };
                let bytes = file.read_chunk(chunk.address, chunk.length)?;
                let filters = &self.dataset.filters;
                let bytes = filter::undo(file, filters, chunk.left_out, bytes, *length)?;
                Ok(Some(Piece {
                    first_row: chunk.row,
                    bytes,
                }))
            }
        }
    }

    /// All of it, as a stream.
    pub(super) fn bytes<'d, 'f, 's>(self, file: &'d mut File<'f, 's>) -> Bytes<'d, 'f, 's> {
        Bytes {
            data: self,
            file,
            piece: io::Cursor::default(),
        }
    }
}

/// A stream of the bytes of a dataset.
pub(super) struct Bytes<'d, 'f, 's> {
    data: Data,
    file: &'d mut File<'f, 's>,
    piece: io::Cursor<Vec<u8>>,
}

impl Read for Bytes<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let piece = self.data.next_piece(self.file).map_err(io::Error::other)?;
            let Some(piece) = piece else {
                return Ok(0);
            };
            self.piece = io::Cursor::new(piece.bytes);
        }
    }
}

/// The bytes of a chunk of some dimensions.
pub(super) fn product(dimensions: &[u64]) -> Result<u64, OpenError> {
    let product = dimensions
        .iter()
        .try_fold(1_u64, |all, one| all.checked_mul(*one));
    product.ok_or_else(|| damaged("a dataset is too large"))
}
