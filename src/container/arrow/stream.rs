//! A stream: a schema, then dictionaries and batches of rows, each of them a message
//! with a body.

use arrow_ipc::{KeyValue, Message, MessageHeader, RecordBatch};

use super::batch::{Next, Readers, Walk};
use super::buffer::{Body, Buffers, codec};
use super::rows::Step;
use super::schema::{Field, fields, of_dictionary};
use super::{CONTINUATION, MAGIC, damaged};
use crate::container::block_codec::BlockCodec;
use crate::container::format::{Members, OpenError};
use crate::container::store::Store;
use crate::container::value_list::ValueList;

/// The longest message that is read, without its body.
const LONGEST_MESSAGE: u64 = 64 << 20;

/// Where a message is, and where its body is to be.
struct Place {
    at: u64,
    length: u64,
}

pub(super) fn open(store: &mut Store<'_>, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut at = first_message(store);
    let mut readers = Readers {
        values: Buffers::new(store),
        offsets: Buffers::new(store),
        list: ValueList::default(),
    };
    let mut stream = Stream {
        fields: None,
        rows: 0,
        readers: &mut readers,
        fault: None,
    };
    while let Some(place) = message_at(store, at)? {
        members.budget().in_time()?;
        if place.length > LONGEST_MESSAGE {
            return Err(OpenError::Unsupported("a message of this size".into()));
        }
        let bytes = store
            .read_at(place.at, place.length)
            .map_err(|_| damaged("it is cut off"))?;
        let message =
            arrow_ipc::root_as_message(&bytes).map_err(|_| damaged("a message is broken"))?;
        let body = Body {
            at: place.at + place.length,
            length: u64::try_from(message.bodyLength()).unwrap_or(0),
            codec: BlockCodec::Stored,
        };
        stream.message(&message, body, members)?;
        at = body
            .at
            .checked_add(body.length)
            .ok_or_else(|| damaged("a message is too long"))?;
    }
    if stream.fields.is_none() {
        return Err(damaged("it has no schema"));
    }
    stream.fault.map_or(Ok(()), Err)
}

/// Where the stream begins: in a file, behind the magic number and a few zeros.
fn first_message(store: &mut Store<'_>) -> u64 {
    const MOST_ZEROS: u64 = 4096;
    let mut bytes = [0; 8];
    let mut at = 0;
    while store.read_exact_at(at, &mut bytes).is_ok()
        && (at == 0 && bytes == MAGIC || at > 0 && at < MOST_ZEROS && bytes == [0; 8])
    {
        at += 8;
    }
    at
}

/// The next message, if the stream goes on.
fn message_at(store: &mut Store<'_>, at: u64) -> Result<Option<Place>, OpenError> {
    if at == store.length() {
        return Ok(None);
    }
    let mut header = [0; 8];
    store
        .read_exact_at(at, &mut header)
        .map_err(|_| damaged("it is cut off"))?;
    let [a, b, c, d, behind @ ..] = header;
    let (length, at) = match [a, b, c, d] {
        CONTINUATION => (behind, at + 8),
        // Before Arrow 0.15, a message began with its length.
        length => (length, at + 4),
    };
    let length = u64::try_from(i32::from_le_bytes(length));
    let length = length.map_err(|_| damaged("a message has no length"))?;
    // Where it is zero, the stream ends.
    Ok((length > 0).then_some(Place { at, length }))
}

/// What has been read of a stream.
struct Stream<'t, 's> {
    fields: Option<Vec<Field>>,
    rows: u64,
    readers: &'t mut Readers<'s>,
    fault: Option<OpenError>,
}

impl Stream<'_, '_> {
    fn message(
        &mut self,
        message: &Message<'_>,
        body: Body,
        members: &mut dyn Members,
    ) -> Result<(), OpenError> {
        self.metadata(message.custom_metadata(), members)?;
        match message.header_type() {
            MessageHeader::Schema => {
                self.fields = Some(fields(message, &members.budget())?);
                let schema = message.header_as_schema();
                self.metadata(schema.and_then(|it| it.custom_metadata()), members)?;
                for field in schema.and_then(|it| it.fields()).into_iter().flatten() {
                    self.metadata(field.custom_metadata(), members)?;
                }
            }
            MessageHeader::RecordBatch => {
                let Some(batch) = message.header_as_record_batch() else {
                    return Ok(());
                };
                self.batch(batch, body, None, members)?;
                let rows = u64::try_from(batch.length()).unwrap_or(0);
                self.rows = self.rows.saturating_add(rows);
            }
            MessageHeader::DictionaryBatch => {
                let Some(dictionary) = message.header_as_dictionary_batch() else {
                    return Ok(());
                };
                if let Some(batch) = dictionary.data() {
                    self.batch(batch, body, Some(dictionary.id()), members)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Hands on a batch of rows, or of the values of a dictionary.
    fn batch(
        &mut self,
        batch: RecordBatch<'_>,
        body: Body,
        dictionary: Option<i64>,
        members: &mut dyn Members,
    ) -> Result<(), OpenError> {
        let Some(fields) = &self.fields else {
            return Err(damaged("there are rows before the schema"));
        };
        let body = Body {
            codec: codec(&batch)?,
            ..body
        };
        let budget = members.budget();
        let mut walk = Walk {
            batch,
            body,
            before: dictionary.is_none().then_some(self.rows),
            readers: &mut *self.readers,
            members,
            budget,
            next: Next::default(),
            steps: Vec::<Step>::new(),
            fault: None,
        };
        let walked = match dictionary {
            None => fields.iter().try_for_each(|field| walk.field(field)),
            Some(id) => match of_dictionary(fields, id) {
                Some(field) => walk.values(field),
                None => Err(damaged("a dictionary is of no column")),
            },
        };
        let fault = walk.fault;
        match walked {
            Err(OpenError::Limit(limit)) => return Err(limit.into()),
            Err(error) => self.fault = self.fault.take().or(Some(error)),
            Ok(()) => {}
        }
        self.fault = self.fault.take().or(fault);
        Ok(())
    }

    fn metadata<'m>(
        &mut self,
        stored: Option<impl IntoIterator<Item = KeyValue<'m>>>,
        members: &mut dyn Members,
    ) -> Result<(), OpenError> {
        let list = &mut self.readers.list;
        list.clear();
        for pair in stored.into_iter().flatten() {
            let (key, value) = (pair.key(), pair.value());
            let pair = [key.unwrap_or_default(), value.unwrap_or_default()].join("=");
            // Texts may be shared, and so be longer than the file.
            members.budget().unpacked(pair.len() as u64)?;
            list.push(0, pair.as_bytes());
            if list.is_full() {
                list.hand_on(b"<metadata>", &|_| None, members)?;
            }
        }
        list.hand_on(b"<metadata>", &|_| None, members)
    }
}
