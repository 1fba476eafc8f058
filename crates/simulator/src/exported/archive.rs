//! The zip file that holds a chat and its media.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::path::EntryPath;
use rawzip::{CompressionMethod, ZipArchiveWriter};

/// A zip file of entries with their names as they are, also names that no app gives.
///
/// # Errors
/// When the entries cannot be packed.
pub fn zip(entries: &[(&str, &[u8])]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, content) in entries {
        let file = archive.new_file(EntryPath::verbatim(name.as_bytes()));
        let method = file.compression_method(CompressionMethod::DEFLATE);
        let (mut entry, config) = method.start().map_err(io::Error::other)?;
        let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::default()));
        writer.write_all(content)?;
        let (encoder, descriptor) = writer.finish().map_err(io::Error::other)?;
        encoder.finish()?;
        entry.finish(descriptor).map_err(io::Error::other)?;
    }
    archive.finish().map_err(io::Error::other)?;
    Ok(bytes)
}
