//! A voice note without a voice: an OGG file with Opus frames of silence, as a phone would send it.
//!
//! Sources: RFC 7845 (Ogg encapsulation for Opus), RFC 6716 section 3 (the table of contents byte).

use std::io::Cursor;

use ogg::PacketWriter;
use ogg::writing::PacketWriteEndInfo;

/// One frame of 20 ms of silence: mono, full band, CELT only (TOC 0xF8) and an empty range coder.
const SILENCE: [u8; 3] = [0xF8, 0xFF, 0xFE];
const FRAMES_PER_SECOND: u32 = 50;
/// Opus counts samples at 48 kHz, whatever it was made from.
const SAMPLES_PER_FRAME: u64 = 960;
/// Samples that a decoder throws away at the start.
const PRE_SKIP: u16 = 312;
const SERIAL: u32 = 0x4B4D_4F50;
/// Longer notes are cut: 15 minutes.
const LONGEST_SECONDS: u32 = 900;

/// An OGG/Opus file of that many seconds (at least one).
pub fn voice_note(seconds: u32) -> Vec<u8> {
    let frames = seconds.clamp(1, LONGEST_SECONDS) * FRAMES_PER_SECOND;
    let mut file = Cursor::new(Vec::new());
    let mut writer = PacketWriter::new(&mut file);
    let mut write = |packet: Vec<u8>, end, position| {
        writer
            .write_packet(packet, SERIAL, end, position)
            .expect("writing to memory does not fail");
    };
    write(head(), PacketWriteEndInfo::EndPage, 0);
    write(tags(), PacketWriteEndInfo::EndPage, 0);
    for frame in 1..=frames {
        let end = if frame == frames {
            PacketWriteEndInfo::EndStream
        } else if frame % FRAMES_PER_SECOND == 0 {
            PacketWriteEndInfo::EndPage
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        write(
            SILENCE.to_vec(),
            end,
            u64::from(frame) * SAMPLES_PER_FRAME + u64::from(PRE_SKIP),
        );
    }
    file.into_inner()
}

/// `OpusHead`: version 1, one channel, pre-skip, 16 kHz at the source, no gain, mapping family 0.
fn head() -> Vec<u8> {
    let mut packet = b"OpusHead\x01\x01".to_vec();
    packet.extend_from_slice(&PRE_SKIP.to_le_bytes());
    packet.extend_from_slice(&16_000_u32.to_le_bytes());
    packet.extend_from_slice(&[0, 0, 0]);
    packet
}

/// `OpusTags`: a vendor and no comments.
fn tags() -> Vec<u8> {
    let vendor = b"counterfoil simulator";
    let mut packet = b"OpusTags".to_vec();
    packet.extend_from_slice(&u32::try_from(vendor.len()).unwrap_or(0).to_le_bytes());
    packet.extend_from_slice(vendor);
    packet.extend_from_slice(&0_u32.to_le_bytes());
    packet
}
