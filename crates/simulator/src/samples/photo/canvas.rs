//! A small canvas: soft fills, lines and grain over RGB in floating point.

use crate::ids::Dice;

/// Red, green and blue in `0.0..=1.0`.
pub(super) type Colour = [f32; 3];

pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pixels: Vec<Colour>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: vec![[0.0; 3]; width * height],
        }
    }

    /// Sets every pixel from its place.
    pub(super) fn fill(&mut self, colour: impl Fn(f32, f32) -> Colour) {
        for y in 0..self.height {
            for x in 0..self.width {
                self.pixels[y * self.width + x] = colour(x as f32, y as f32);
            }
        }
    }

    /// Lays a colour over the pixels of a box, as strongly as `strength` says for each.
    pub(super) fn lay(&mut self, area: [f32; 4], colour: Colour, strength: impl Fn(f32, f32) -> f32) {
        let [left, top, right, bottom] = area;
        let clamp = |value: f32, most: usize| (value.max(0.0) as usize).min(most);
        for y in clamp(top, self.height)..clamp(bottom + 1.0, self.height) {
            for x in clamp(left, self.width)..clamp(right + 1.0, self.width) {
                let amount = strength(x as f32, y as f32).clamp(0.0, 1.0);
                if amount > 0.0 {
                    let pixel = &mut self.pixels[y * self.width + x];
                    for (channel, wanted) in pixel.iter_mut().zip(colour) {
                        *channel += (wanted - *channel) * amount;
                    }
                }
            }
        }
    }

    /// A straight stroke with soft edges.
    pub(super) fn stroke(&mut self, from: (f32, f32), to: (f32, f32), thickness: f32, colour: Colour, strength: f32) {
        let margin = thickness + 1.0;
        let area = [
            from.0.min(to.0) - margin,
            from.1.min(to.1) - margin,
            from.0.max(to.0) + margin,
            from.1.max(to.1) + margin,
        ];
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).max(0.001);
        self.lay(area, colour, |x, y| {
            let along = (((x - from.0) * dx + (y - from.1) * dy) / length).clamp(0.0, 1.0);
            let (ox, oy) = (x - from.0 - along * dx, y - from.1 - along * dy);
            let distance = (ox * ox + oy * oy).sqrt();
            strength * (thickness - distance + 0.5).clamp(0.0, 1.0)
        });
    }

    /// The noise of a small sensor, and corners that are a little darker.
    pub(super) fn grain(&mut self, dice: &mut Dice) {
        let (middle_x, middle_y) = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        for (index, pixel) in self.pixels.iter_mut().enumerate() {
            let (x, y) = ((index % self.width) as f32, (index / self.width) as f32);
            let (dx, dy) = ((x - middle_x) / middle_x, (y - middle_y) / middle_y);
            let shade = 1.0 - 0.12 * (dx * dx + dy * dy);
            let noise = (dice.unit() - 0.5) * 0.045;
            for channel in pixel {
                *channel = *channel * shade + noise;
            }
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.pixels
            .iter()
            .flatten()
            .map(|channel| (channel.clamp(0.0, 1.0) * 255.0) as u8)
            .collect()
    }
}

/// From one colour to another.
pub(super) fn between(from: Colour, to: Colour, part: f32) -> Colour {
    let part = part.clamp(0.0, 1.0);
    [0, 1, 2].map(|channel| from[channel] + (to[channel] - from[channel]) * part)
}

/// Slow, cloudy noise in `0.0..=1.0`: waves of several lengths laid over one another.
pub(super) fn cloud(x: f32, y: f32, phase: f32) -> f32 {
    let wave =
        |scale: f32, turn: f32| ((x * scale + phase * turn).sin() + (y * scale * 1.3 + phase * 1.7 * turn).cos()) / 4.0;
    (0.5 + 0.5 * wave(0.012, 1.0) + 0.3 * wave(0.031, 2.1) + 0.2 * wave(0.083, 3.7)).clamp(0.0, 1.0)
}
