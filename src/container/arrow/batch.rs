//! A batch: some rows of a table, in buffers that follow the schema.

use arrow_ipc::RecordBatch;

use super::buffer::{Body, Buffers, Place};
use super::column::{Column, Layout, view_of};
use super::damaged;
use super::rows::{Rows, Step};
use super::schema::{Field, Kind};
use crate::budget::Budget;
use crate::container::format::{Members, OpenError};
use crate::container::value_list::ValueList;

/// A shorter value of fixed length is a number, an identifier or a hash.
const SHORTEST: usize = 17;

/// What batches are read with.
pub(super) struct Readers<'s> {
    pub(super) values: Buffers<'s>,
    pub(super) offsets: Buffers<'s>,
    pub(super) list: ValueList,
}

/// Goes through the buffers of a batch.
pub(super) struct Walk<'w, 's> {
    pub(super) batch: RecordBatch<'w>,
    pub(super) body: Body,
    /// Rows in the batches before; none where they are no rows.
    pub(super) before: Option<u64>,
    pub(super) readers: &'w mut Readers<'s>,
    pub(super) members: &'w mut dyn Members,
    pub(super) budget: Budget,
    pub(super) next: Next,
    /// How the columns lie in one another, down to the one that is read.
    pub(super) steps: Vec<Step>,
    pub(super) fault: Option<OpenError>,
}

/// What comes next in a batch.
#[derive(Debug, Default)]
pub(super) struct Next {
    node: usize,
    buffer: usize,
    variadic: usize,
}

impl Walk<'_, '_> {
    /// Hands on the values of a column, and of those in it.
    pub(super) fn field(&mut self, field: &Field) -> Result<(), OpenError> {
        // Its values are in its dictionary.
        if field.dictionary.is_some() {
            self.node()?;
            self.buffers(2)?;
            return Ok(());
        }
        self.values(field)
    }

    /// The same, though they may be those of a dictionary.
    pub(super) fn values(&mut self, field: &Field) -> Result<(), OpenError> {
        let rows = self.node()?;
        let step = match field.kind {
            Kind::Bytes(width) => {
                let places = self.buffers(3)?;
                let layout = Layout::Offsets(places[1], width);
                let handed_on = self.column(field, rows, places[2], layout);
                return self.keep(handed_on);
            }
            Kind::FixedBytes(length) => {
                let places = self.buffers(2)?;
                if length < SHORTEST {
                    return Ok(());
                }
                let handed_on = self.column(field, rows, places[1], Layout::Fixed(length));
                return self.keep(handed_on);
            }
            Kind::Views => {
                let places = self.buffers(2)?;
                let data = self.variadic()?;
                let data = self.buffers(data)?;
                let handed_on = self.views(field, rows, places[1], &data);
                return self.keep(handed_on);
            }
            Kind::List(width) => Step::Offsets(self.buffers(2)?[1], width),
            Kind::FixedList(length) => {
                self.buffers(1)?;
                Step::Fixed(length)
            }
            Kind::Struct => {
                self.buffers(1)?;
                Step::Same
            }
            Kind::Other(buffers) => {
                self.buffers(buffers)?;
                Step::Unknown
            }
        };
        self.steps.push(step);
        for child in &field.children {
            self.field(child)?;
        }
        self.steps.pop();
        Ok(())
    }

    /// Goes on behind a column that is broken.
    fn keep(&mut self, result: Result<(), OpenError>) -> Result<(), OpenError> {
        match result {
            Err(OpenError::Limit(limit)) => return Err(limit.into()),
            Err(error) if self.fault.is_none() => self.fault = Some(error),
            _ => {}
        }
        Ok(())
    }

    fn node(&mut self) -> Result<usize, OpenError> {
        let nodes = self.batch.nodes();
        let node = nodes.filter(|nodes| self.next.node < nodes.len());
        let node = node.map(|nodes| nodes.get(self.next.node).length());
        self.next.node += 1;
        let length = node.and_then(|length| usize::try_from(length).ok());
        length.ok_or_else(|| damaged("a batch has too few columns"))
    }

    fn buffers(&mut self, count: usize) -> Result<Vec<Place>, OpenError> {
        let buffers = self.batch.buffers();
        let first = self.next.buffer;
        let end = first.checked_add(count);
        let (Some(buffers), Some(end)) = (buffers, end) else {
            return Err(damaged("a batch has no buffers"));
        };
        if end > buffers.len() {
            return Err(damaged("a batch has too few buffers"));
        }
        self.next.buffer = end;
        let places = (first..end).map(|at| self.body.place(*buffers.get(at)));
        let places: Option<Vec<_>> = places.collect();
        places.ok_or_else(|| damaged("a buffer is outside of its batch"))
    }

    fn variadic(&mut self) -> Result<usize, OpenError> {
        let counts = self.batch.variadicBufferCounts();
        let count = counts.filter(|counts| self.next.variadic < counts.len());
        let count = count.map(|counts| counts.get(self.next.variadic));
        self.next.variadic += 1;
        let count = count.and_then(|count| usize::try_from(count).ok());
        count.ok_or_else(|| damaged("a batch does not count its buffers"))
    }

    /// Hands on values that are one behind the other.
    fn column(
        &mut self,
        field: &Field,
        rows: usize,
        values: Place,
        layout: Layout,
    ) -> Result<(), OpenError> {
        // Nothing, or a single offset: writers do not agree.
        if rows == 0 {
            return Ok(());
        }
        let Readers {
            values: reader,
            offsets,
            list,
        } = &mut *self.readers;
        let mut column = Column {
            path: &field.path,
            rows,
            members: &mut *self.members,
            list,
            budget: &self.budget,
        };
        let again = reader.again();
        let finder = Rows::new(&self.steps, &again, &self.budget, self.before.unwrap_or(0));
        let row = |number| self.before.and_then(|_| finder.of(number));
        if values.is_stored() {
            let extents = layout.extents(offsets, &self.budget)?;
            return column.stored(reader, values, extents, &row);
        }
        let bytes = reader.read(values, &self.budget)?;
        if !column.members.is_worth_a_look(bytes) {
            return Ok(());
        }
        let extents = layout.extents(offsets, &self.budget)?;
        column.hand_on(bytes, 0, 0..rows, extents, &row)
    }

    /// Hands on the values that are in one of several buffers. Those of up to twelve
    /// bytes are not: they are shorter than anything that is found.
    fn views(
        &mut self,
        field: &Field,
        rows: usize,
        views: Place,
        data: &[Place],
    ) -> Result<(), OpenError> {
        let Readers {
            values,
            offsets,
            list,
        } = &mut *self.readers;
        let again = values.again();
        let finder = Rows::new(&self.steps, &again, &self.budget, self.before.unwrap_or(0));
        let row = |number| self.before.and_then(|_| finder.of(number));
        let views = offsets.read(views, &self.budget)?;
        let (views, _) = views.as_chunks::<16>();
        for (place, at) in data.iter().zip(0_u32..) {
            self.budget.in_time()?;
            let bytes = values.read(*place, &self.budget)?;
            if !self.members.is_worth_a_look(bytes) {
                continue;
            }
            list.clear();
            for (view, number) in views.iter().take(rows).zip(0..) {
                let Some(value) = view_of(view, at, bytes) else {
                    continue;
                };
                // Views may share what they show.
                self.budget.unpacked(value.len() as u64)?;
                list.push(number, value);
                if list.is_full() {
                    list.hand_on(field.path.as_bytes(), &row, self.members)?;
                }
            }
            list.hand_on(field.path.as_bytes(), &row, self.members)?;
        }
        Ok(())
    }
}
