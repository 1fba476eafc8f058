//! Zip files for tests, also such as no honest program writes.

use counterfoil_simulator::exported;

/// A zip file of entries with their names as they are, also names that climb out of a folder.
pub(crate) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    exported::zip(entries).unwrap()
}

/// Fields of an entry in the directory at the end of a zip file, by where they stand.
#[derive(Clone, Copy)]
pub(crate) enum Field {
    /// Bit 0 says that the entry is encrypted.
    Flags = 8,
    Method = 10,
    Size = 24,
    Place = 42,
}

/// Reads a field of the directory's n-th entry.
pub(crate) fn field(zip: &[u8], n: usize, field: Field) -> u32 {
    let start = directory_entry(zip, n) + field as usize;
    u32::from_le_bytes(zip[start..start + 4].try_into().unwrap())
}

/// Writes one.
pub(crate) fn set(zip: &mut [u8], n: usize, field: Field, value: u32) {
    let start = directory_entry(zip, n) + field as usize;
    let width = if matches!(field, Field::Flags | Field::Method) {
        2
    } else {
        4
    };
    zip[start..start + width].copy_from_slice(&value.to_le_bytes()[..width]);
}

fn directory_entry(zip: &[u8], n: usize) -> usize {
    let signs = zip.windows(4).enumerate().filter(|(_, bytes)| *bytes == b"PK\x01\x02");
    signs.map(|(place, _)| place).nth(n).unwrap()
}
