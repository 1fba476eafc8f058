//! Opening a file: whole, or the range that a player asks for.

use super::ReadError;
use crate::Flow;
use bytes::Bytes;
use counterfoil_model::{AttachmentId, Opened};
use counterfoil_policy::Staff;
use futures_util::stream::BoxStream;
use std::ops::RangeInclusive;

/// A file as it is handed to a page.
pub struct AttachmentContent {
    /// What its bytes are, from the bytes themselves and not from what the sender said.
    pub media_type: String,
    /// Whether a page may show it in place; everything else is offered as a plain file.
    pub inline: bool,
    /// Its name, cleaned of anything that a path or a header could misread.
    pub file_name: Option<Opened<String>>,
    /// How many bytes the whole file has.
    pub length: u64,
    /// Which bytes the stream carries.
    pub range: RangeInclusive<u64>,
    /// The bytes, opened piece by piece.
    pub bytes: BoxStream<'static, Result<Bytes, ReadError>>,
}

/// Opens a file for `staff`. `range` is the first byte and, if given, the last one; `None` for the whole. Leaves a reading leaf
/// before it returns.
///
/// # Errors
/// As [`super::thread::thread`]; [`ReadError::NotFound`] also while the file is not here.
pub async fn attachment(
    flow: &Flow,
    staff: &Staff,
    attachment: AttachmentId,
    range: Option<(u64, Option<u64>)>,
) -> Result<AttachmentContent, ReadError> {
    let _ = (flow, staff, attachment, range);
    todo!()
}
