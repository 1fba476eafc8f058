//! Taking over what a gate acknowledged: durable here before it is answered, and doing it again changes nothing.

use super::admit::Admitted;
use super::wire::Taken;
use crate::Flow;
use crate::attachment::fetch::LIMIT_BYTES;
use crate::context::Unavailable;
use crate::intake::accept::put;
use crate::intake::early::blob_name;
use bytes::Bytes;
use counterfoil_store::SpooledPost;
use counterfoil_store::spool::SpooledFile;
use counterfoil_vault::{INTAKE_FILE_HEADER, IntakeFileShape};
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};

/// How many posts wait for the writer at a time; it groups them.
const SIDE_BY_SIDE: usize = 256;

/// Why something was not taken over.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The bytes are not what they should be; nothing of them is kept.
    #[error("what was handed over does not verify")]
    Malformed,
    /// The gate broke off; nothing of it is kept.
    #[error("the gate broke off")]
    BrokenOff,
    /// A part of the installation did not answer. What was handed over may be kept or not: it will be handed over again.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Puts posts into the database, in their order. When this returns, each is there or can never be.
///
/// # Errors
/// [`ReceiveError::Malformed`], [`ReceiveError::Unavailable`].
pub async fn posts(flow: &Flow, _from: &Admitted, packed: &[u8]) -> Result<Taken, ReceiveError> {
    let posts = SpooledPost::unpack(packed).ok_or(ReceiveError::Malformed)?;
    let mut kept = stream::iter(posts)
        .map(|post| {
            let store = flow.store().clone();
            async move { put(&store, &post).await.map(|kept| (post.delivery, kept)) }
        })
        .buffered(SIDE_BY_SIDE);
    let mut taken = Taken {
        kept: 0,
        refused: Vec::new(),
    };
    while let Some((delivery, kept)) = kept.try_next().await? {
        if kept {
            taken.kept += 1;
        } else {
            taken.refused.push(delivery);
        }
    }
    metrics::counter!("counterfoil_gate_posts_total").increment(taken.kept);
    Ok(taken)
}

/// Whether a file is here already.
///
/// # Errors
/// [`ReceiveError::Unavailable`].
pub async fn has_file(flow: &Flow, _from: &Admitted, file: SpooledFile) -> Result<bool, ReceiveError> {
    let size = flow.blobs().size(&blob_name(file)).await.map_err(Unavailable::from)?;
    Ok(size.is_some())
}

/// Puts a sealed file where the job that fetches files looks for it. One that is here already stays as it is, since that job may be reading it.
///
/// # Errors
/// See [`ReceiveError`].
pub async fn file<E>(
    flow: &Flow,
    from: &Admitted,
    file: SpooledFile,
    sealed: impl Stream<Item = Result<Bytes, E>>,
) -> Result<(), ReceiveError> {
    let mut sealed = std::pin::pin!(sealed);
    if has_file(flow, from, file).await? {
        // Read to its end, so that the gate hears the answer.
        while sealed.next().await.is_some_and(|piece| piece.is_ok()) {}
        return Ok(());
    }
    let mut writer = flow.blobs().begin(&blob_name(file)).await.map_err(Unavailable::from)?;
    let (mut bytes, mut start) = (0_u64, Vec::new());
    let outcome = loop {
        match sealed.next().await {
            Some(Ok(piece)) => {
                let missing = INTAKE_FILE_HEADER.saturating_sub(start.len()).min(piece.len());
                start.extend_from_slice(&piece[..missing]);
                bytes += piece.len() as u64;
                // What sealing adds is far less than another half.
                if bytes > LIMIT_BYTES + LIMIT_BYTES / 2 {
                    break Err(ReceiveError::Malformed);
                }
                if let Err(error) = writer.push(piece).await {
                    break Err(Unavailable::from(error).into());
                }
            }
            Some(Err(_)) => break Err(ReceiveError::BrokenOff),
            None if IntakeFileShape::day(&start).is_some() && IntakeFileShape::of(bytes).is_some() => break Ok(()),
            None => break Err(ReceiveError::Malformed),
        }
    };
    match outcome {
        Ok(()) => {
            writer.finish().await.map_err(Unavailable::from)?;
            metrics::counter!("counterfoil_gate_files_total").increment(1);
            Ok(())
        }
        Err(error) => {
            writer.abandon().await.map_err(Unavailable::from)?;
            Err(error)
        }
    }
}
