//! Bytes as people look at them: offset, hex, and what would be readable if anything were.

use std::fmt::Write;

/// At most `most` of `bytes`, sixteen a line.
pub(crate) fn dump(bytes: &[u8], most: usize) -> String {
    let mut text = String::new();
    for (line, chunk) in bytes[..bytes.len().min(most)].chunks(16).enumerate() {
        let hex: String = chunk.iter().map(|byte| format!("{byte:02x} ")).collect();
        let shown: String = chunk
            .iter()
            .map(|byte| {
                if (0x21..0x7f).contains(byte) {
                    char::from(*byte)
                } else {
                    '·'
                }
            })
            .collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:06x}  {hex:<48} {shown}", line * 16);
    }
    if bytes.len() > most {
        let _ = writeln!(text, "… and {} more", bytes.len() - most);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_stand_sixteen_a_line_and_the_rest_is_counted() {
        let text = dump(b"0123456789abcdef\x00A\xff", 18);
        assert_eq!(
            text,
            "000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef\n\
             000010  00 41                                            ·A\n… and 1 more\n"
        );
    }
}
