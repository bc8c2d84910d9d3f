//! An ORC file: its footers, and one column after the other of each stripe.

use std::io::Read;

use super::chunks::Chunks;
use super::column::{Column, Rows};
use super::footer::{Footer, Kind, Packing, Postscript, Stripe, StripeFooter};
use super::{FORMAT, damaged};
use crate::container::format::{Members, OpenError};
use crate::container::store::Store;
use crate::container::value_list::ValueList;

/// The longest footer that is unpacked.
const LONGEST_FOOTER: u64 = 64 << 20;

pub(super) fn open(store: &mut Store<'_>, members: &mut dyn Members) -> Result<(), OpenError> {
    let is_cut_off = |_| damaged("it is cut off");
    let end = store.length().saturating_sub(1);
    let length = store.read_at(end, 1).map_err(is_cut_off)?;
    let length = u64::from(length.first().copied().unwrap_or(0));
    let start = end.checked_sub(length);
    let start = start.ok_or_else(|| damaged("the postscript is longer than the file"))?;
    let postscript = store.read_at(start, length).map_err(is_cut_off)?;
    let postscript = Postscript::read(&postscript)?;
    let at = start.checked_sub(postscript.footer_length);
    let at = at.ok_or_else(|| damaged("the footer is longer than the file"))?;
    let packing = postscript.packing;
    let bytes = unpacked(store, at, postscript.footer_length, packing, members)?;
    let footer = Footer::read(&bytes)?;
    hand_on_metadata(&footer, members)?;
    if footer.is_encrypted {
        members.fault(b"<encrypted columns>", OpenError::Encrypted);
    }
    let mut rows = 0_u64;
    let mut list = ValueList::default();
    for stripe in &footer.stripes {
        members.budget().in_time()?;
        match open_stripe(store, stripe, &footer, packing, rows, &mut list, members) {
            Ok(()) => {}
            Err(OpenError::Limit(limit)) => return Err(limit.into()),
            Err(error) => members.fault(b"<stripe>", error),
        }
        rows = rows.saturating_add(stripe.rows);
    }
    Ok(())
}

fn open_stripe(
    store: &Store<'_>,
    stripe: &Stripe,
    footer: &Footer<'_>,
    packing: Packing,
    before: u64,
    list: &mut ValueList,
    members: &mut dyn Members,
) -> Result<(), OpenError> {
    let at = stripe.at.checked_add(stripe.index_length);
    let at = at.and_then(|at| at.checked_add(stripe.data_length));
    let at = at.filter(|&at| at <= store.length());
    let at = at.ok_or_else(|| damaged("a stripe is outside of the file"))?;
    let bytes = unpacked(store, at, stripe.footer_length, packing, members)?;
    let streams = StripeFooter::read(&bytes, stripe)?;
    let columns = footer.columns.iter().enumerate();
    for (number, _) in columns.filter(|(_, column)| column.kind == Kind::Bytes) {
        members.budget().in_time()?;
        let name = footer.path(number);
        // What is missing in a structure is not even missing in its columns.
        let is_row = footer.parents(number).all(|(parent, _)| {
            footer.columns[parent].kind == Kind::Struct && streams.stream(parent, 0).is_none()
        });
        let rows = if is_row {
            let count = stripe.rows;
            Rows::Told { before, count }
        } else {
            Rows::Unknown
        };
        let column = Column {
            store,
            packing,
            footer: &streams,
            number,
            rows,
            budget: members.budget(),
        };
        match column.hand_on(&name, list, members) {
            Ok(()) => {}
            Err(OpenError::Limit(limit)) => return Err(limit.into()),
            Err(error) => members.fault(&name, error),
        }
    }
    Ok(())
}

/// A footer, which is packed like a stream.
fn unpacked(
    store: &Store<'_>,
    at: u64,
    length: u64,
    packing: Packing,
    members: &dyn Members,
) -> Result<Vec<u8>, OpenError> {
    let mut bytes = Vec::new();
    let chunks = Chunks::new(store, at, length, packing, &members.budget());
    let mut chunks = chunks.take(LONGEST_FOOTER);
    chunks
        .read_to_end(&mut bytes)
        .map_err(OpenError::read(FORMAT.name))?;
    Ok(bytes)
}

fn hand_on_metadata(footer: &Footer<'_>, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut text = Vec::new();
    for &(key, value) in &footer.metadata {
        text.extend_from_slice(&[key, b"=", value, b"\n"].concat());
    }
    if text.is_empty() {
        return Ok(());
    }
    members.text(b"<metadata>", &text, &|_| None)
}
