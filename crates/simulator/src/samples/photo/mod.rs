//! Pictures drawn by code, as a phone might have taken them: a cracked windscreen, a dented door, a water stain, a form.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder as _};

use crate::ids::Dice;

mod canvas;
mod scenes;

use canvas::Canvas;

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoKind {
    /// A windscreen with a crack, seen from the driver's seat.
    Windscreen,
    /// A car door with a dent.
    Door,
    /// A ceiling with a water stain.
    WaterStain,
    /// A filled-in form on a table.
    Form,
}

impl PhotoKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Windscreen, Self::Door, Self::WaterStain, Self::Form];
}

const WIDTH: usize = 800;
const HEIGHT: usize = 600;
const QUALITY: u8 = 82;

/// A JPEG of 800 by 600 pixels; the same seed draws the same picture.
pub fn photo(seed: u64, kind: PhotoKind) -> Vec<u8> {
    let mut dice = Dice::new(seed ^ 0xF070);
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    match kind {
        PhotoKind::Windscreen => scenes::windscreen(&mut canvas, &mut dice),
        PhotoKind::Door => scenes::door(&mut canvas, &mut dice),
        PhotoKind::WaterStain => scenes::water_stain(&mut canvas, &mut dice),
        PhotoKind::Form => scenes::form(&mut canvas, &mut dice),
    }
    canvas.grain(&mut dice);
    encode(&canvas)
}

fn encode(canvas: &Canvas) -> Vec<u8> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, QUALITY)
        .write_image(&canvas.bytes(), WIDTH as u32, HEIGHT as u32, ExtendedColorType::Rgb8)
        .expect("a picture of a fixed size is written to memory");
    file
}
