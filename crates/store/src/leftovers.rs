//! Rows of key trees as they lie in the files of an engine: also those that were overwritten or deleted, if the file still has them.
//!
//! Stands behind the challenge of an erasure: an older row of a tree in a free page or in a write-ahead log may have the keys that the living one has
//! forgotten. Rows are found by the id of their tree; whether one is what it looks like shows when it is opened. Never used to read what lives.

use counterfoil_model::TreeId;
use counterfoil_vault::TreeRow;

/// How many bytes before the id of a tree are needed to see its row.
pub const BEFORE: usize = 10;
/// How many bytes from the id of a tree on are needed to see its row, unless its frontier has more nodes than fit a page of a file.
pub const AFTER: usize = 8 << 10;

/// Bytes of a wrapped frontier without its nodes: version, nonce, tag, and the head of the frontier (`docs/formats/frontier.md`).
const WRAPPED: usize = 1 + 12 + 16 + 5;
/// Bytes of one node.
const NODE: usize = 37;

/// The rows that the bytes around `at`, where the id of a tree stands, may be. Most often there is none.
pub fn tree_rows_at(bytes: &[u8], at: usize) -> Vec<TreeRow> {
    let lengths = [1, 2, 3];
    let sqlite = lengths.into_iter().filter_map(|length| sqlite_row(bytes, at, length));
    sqlite.chain(postgres_row(bytes, at)).collect()
}

/// A record of SQLite, whose last serial type, that of the wrapped frontier, has `length` bytes (file format, section 2.1). The bytes before the types may have been
/// overwritten when the cell was freed, so they are not looked at.
fn sqlite_row(bytes: &[u8], at: usize, length: usize) -> Option<TreeRow> {
    let types = bytes.get(at.checked_sub(4 + length)?..at)?;
    let (integers, last) = types.split_at(4);
    let last = varint(last)?;
    let mut rest = bytes.get(at..)?;
    let id = take(&mut rest, 16)?.try_into().ok()?;
    let mut numbers = [0; 4];
    for (number, kind) in numbers.iter_mut().zip(integers) {
        *number = integer(*kind, &mut rest)?;
    }
    let size = usize::try_from(last.checked_sub(12)?).ok()?;
    if size % 2 != 0 {
        return None;
    }
    row(id, numbers, take(&mut rest, size / 2)?)
}

/// A tuple of PostgreSQL (storage page layout): the id with a short head, then four aligned integers in the machine's order, then the wrapped frontier with
/// a short head or an aligned long one.
fn postgres_row(bytes: &[u8], at: usize) -> Option<TreeRow> {
    if bytes.get(at.checked_sub(1)?) != Some(&0x23) {
        return None;
    }
    let mut rest = bytes.get(at..)?;
    let id = take(&mut rest, 16)?.try_into().ok()?;
    take(&mut rest, 7)?;
    let mut numbers = [0; 4];
    for number in &mut numbers {
        *number = i64::from_ne_bytes(take(&mut rest, 8)?.try_into().ok()?);
    }
    let head = *rest.first()?;
    let size = match head & 1 {
        1 => {
            take(&mut rest, 1)?;
            usize::from(head >> 1).checked_sub(1)?
        }
        _ => {
            let head = u32::from_ne_bytes(take(&mut rest, 4)?.try_into().ok()?);
            usize::try_from(head >> 2).ok()?.checked_sub(4)?
        }
    };
    row(id, numbers, take(&mut rest, size)?)
}

/// The row, if its columns can be those of one.
fn row(id: [u8; 16], [kind, epoch, generation, next_index]: [i64; 4], wrapped: &[u8]) -> Option<TreeRow> {
    let nodes = wrapped.len().checked_sub(WRAPPED)?;
    let can_be = nodes % NODE == 0
        && wrapped.first() == Some(&1)
        && (1..=0xff).contains(&kind)
        && epoch >= 1
        && generation >= 1
        && (0..=1 << 32).contains(&next_index);
    can_be.then(|| TreeRow {
        id: TreeId::from_bytes(id),
        kind,
        epoch,
        generation,
        next_index,
        wrapped: wrapped.to_vec(),
    })
}

/// A variable-length integer that is exactly these bytes (SQLite file format, section 1.6).
fn varint(bytes: &[u8]) -> Option<u64> {
    let (last, before) = bytes.split_last()?;
    if last & 0x80 != 0 || before.iter().any(|byte| byte & 0x80 == 0) {
        return None;
    }
    Some(bytes.iter().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f)))
}

/// An integer of this serial type.
fn integer(kind: u8, rest: &mut &[u8]) -> Option<i64> {
    let size = match kind {
        1..=4 => usize::from(kind),
        5 => 6,
        6 => 8,
        8 => return Some(0),
        9 => return Some(1),
        _ => return None,
    };
    let bytes = take(rest, size)?;
    let sign = if bytes.first()? & 0x80 == 0 { 0 } else { -1 };
    Some(bytes.iter().fold(sign, |value, byte| value << 8 | i64::from(*byte)))
}

fn take<'b>(rest: &mut &'b [u8], size: usize) -> Option<&'b [u8]> {
    let (taken, left) = rest.split_at_checked(size)?;
    *rest = left;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: [u8; 16] = [0xab; 16];

    fn wrapped(nodes: usize) -> Vec<u8> {
        let mut wrapped = vec![0x5a; WRAPPED + nodes * NODE];
        wrapped[0] = 1;
        wrapped
    }

    fn expected(nodes: usize) -> TreeRow {
        TreeRow {
            id: TreeId::from_bytes(ID),
            kind: 2,
            epoch: 1,
            generation: 300,
            next_index: 64,
            wrapped: wrapped(nodes),
        }
    }

    /// A record as SQLite writes it, with something before it.
    fn sqlite(nodes: usize) -> Vec<u8> {
        let size = 12 + 2 * (WRAPPED + nodes * NODE) as u64;
        let last = match size {
            0..0x80 => vec![size as u8],
            _ => vec![0x80 | (size >> 7) as u8, (size & 0x7f) as u8],
        };
        let types = [&[0x2c, 1, 9, 2, 1], &last[..]].concat();
        let head = [&[types.len() as u8 + 1], &types[..]].concat();
        [
            b"before",
            &head[..],
            &ID,
            &[2],
            &300_u16.to_be_bytes(),
            &[64],
            &wrapped(nodes),
        ]
        .concat()
    }

    fn postgres(nodes: usize) -> Vec<u8> {
        let numbers = [2_i64, 1, 300, 64].map(i64::to_ne_bytes).concat();
        let size = WRAPPED + nodes * NODE;
        let head = match size {
            0..126 => vec![((size + 1) << 1 | 1) as u8],
            _ => (((size + 4) << 2) as u32).to_ne_bytes().to_vec(),
        };
        [&[0x23], &ID[..], &[0; 7], &numbers, &head, &wrapped(nodes)].concat()
    }

    fn at(bytes: &[u8]) -> usize {
        bytes
            .windows(16)
            .position(|window| window == ID)
            .expect("the id is there")
    }

    #[test]
    fn a_row_is_seen_in_the_file_of_either_engine() {
        for nodes in [0, 1, 2, 33] {
            for bytes in [sqlite(nodes), postgres(nodes)] {
                assert_eq!(tree_rows_at(&bytes, at(&bytes)), [expected(nodes)]);
            }
        }
    }

    #[test]
    fn what_is_no_row_is_none() {
        let whole = sqlite(1);
        let place = at(&whole);
        assert_eq!(tree_rows_at(&whole[..whole.len() - 1], place), []);
        assert_eq!(tree_rows_at(&whole[place..], 0), []);
        assert_eq!(tree_rows_at(&ID, 0), []);
        let mut other = whole;
        other[place - 5] = 7;
        assert_eq!(tree_rows_at(&other, place), [], "a number that is none");
    }
}
