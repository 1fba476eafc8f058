//! The four pictures.

use super::canvas::{Canvas, Colour, between, cloud};
use crate::ids::Dice;

const TAU: f32 = std::f32::consts::TAU;

/// Sky, veld and road through the glass, the dashboard below, and a star of cracks.
pub(super) fn windscreen(canvas: &mut Canvas, dice: &mut Dice) {
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    let phase = dice.unit() * 40.0;
    let horizon = height * (0.46 + 0.06 * dice.unit());
    canvas.fill(|x, y| {
        if y < horizon {
            let sky = between([0.42, 0.62, 0.84], [0.86, 0.90, 0.93], y / horizon);
            return between(sky, [0.96, 0.96, 0.97], (cloud(x, y * 2.0, phase) - 0.52) * 1.6);
        }
        let depth = (y - horizon) / (height - horizon);
        let veld = between(
            [0.66, 0.60, 0.42],
            [0.50, 0.46, 0.30],
            depth + 0.2 * cloud(x, y * 3.0, phase),
        );
        let road_half = 14.0 + depth * width * 0.62;
        let off = (x - width * 0.52).abs();
        if off < road_half {
            let tar = between([0.47, 0.47, 0.48], [0.30, 0.30, 0.31], depth);
            let line = off < 1.5 + depth * 9.0 && (depth.sqrt() * 9.0 + phase).fract() < 0.55;
            if line { [0.90, 0.89, 0.82] } else { tar }
        } else {
            veld
        }
    });
    let hills = horizon - 26.0;
    canvas.lay([0.0, hills - 30.0, width, horizon], [0.40, 0.45, 0.50], |x, y| {
        let top = hills + 22.0 * (x * 0.011 + phase).sin() + 10.0 * (x * 0.027).cos();
        if y > top { 0.85 } else { 0.0 }
    });
    star(canvas, dice, width, height);
    dashboard(canvas, width, height);
}

fn dashboard(canvas: &mut Canvas, width: f32, height: f32) {
    canvas.lay([0.0, height * 0.70, width, height], [0.07, 0.07, 0.08], |x, y| {
        let edge = height * 0.80 + 46.0 * ((x - width * 0.5) / width).powi(2) * 4.0 - 22.0;
        ((y - edge) / 5.0).clamp(0.0, 1.0)
    });
    canvas.lay([0.0, 0.0, width, 60.0], [0.05, 0.05, 0.06], |x, y| {
        let edge = 16.0 + 40.0 * ((x - width * 0.5) / width * 2.0).powi(2);
        ((edge - y) / 4.0).clamp(0.0, 1.0)
    });
    for (from, to) in [((0.0, 0.0), (60.0, height)), ((width, 0.0), (width - 40.0, height))] {
        canvas.stroke(from, to, 34.0, [0.05, 0.05, 0.06], 1.0);
    }
    canvas.stroke(
        (width * 0.40, 30.0),
        (width * 0.60, 30.0),
        20.0,
        [0.08, 0.08, 0.09],
        1.0,
    );
    canvas.stroke(
        (width * 0.415, 30.0),
        (width * 0.585, 30.0),
        12.0,
        [0.36, 0.40, 0.44],
        1.0,
    );
}

/// The point of impact, rays that wander, and broken rings around it.
fn star(canvas: &mut Canvas, dice: &mut Dice, width: f32, height: f32) {
    let centre = (
        width * (0.30 + 0.22 * dice.unit()),
        height * (0.34 + 0.12 * dice.unit()),
    );
    let light: Colour = [0.97, 0.98, 0.99];
    let dark: Colour = [0.16, 0.18, 0.20];
    for ray in 0..11 {
        let mut heading = TAU * (ray as f32 + 0.5 * dice.unit()) / 11.0;
        let mut at = centre;
        let steps = 7 + dice.below(16);
        for step in 0..steps {
            heading += (dice.unit() - 0.5) * 0.34;
            let length = 12.0 + 14.0 * dice.unit();
            let next = (at.0 + heading.cos() * length, at.1 + heading.sin() * length);
            let thickness = 1.9 - 1.4 * step as f32 / steps as f32;
            canvas.stroke(
                (at.0 + 1.4, at.1 + 1.4),
                (next.0 + 1.4, next.1 + 1.4),
                thickness,
                dark,
                0.55,
            );
            canvas.stroke(at, next, thickness, light, 0.92);
            if dice.below(6) == 0 {
                let side = heading + if dice.below(2) == 0 { 0.7 } else { -0.7 };
                let tip = (at.0 + side.cos() * 36.0, at.1 + side.sin() * 36.0);
                canvas.stroke(at, tip, 0.8, light, 0.8);
            }
            at = next;
        }
    }
    for ring in 1..4 {
        let radius = 16.0 * ring as f32 + 8.0 * dice.unit();
        for part in 0..18 {
            if dice.below(4) == 0 {
                continue;
            }
            let point = |turn: f32| (centre.0 + turn.cos() * radius, centre.1 + turn.sin() * radius);
            let (from, to) = (TAU * part as f32 / 18.0, TAU * (part as f32 + 0.9) / 18.0);
            canvas.stroke(point(from), point(to), 0.9, light, 0.75);
        }
    }
    canvas.lay(
        [centre.0 - 14.0, centre.1 - 14.0, centre.0 + 14.0, centre.1 + 14.0],
        [0.93, 0.95, 0.96],
        |x, y| {
            let distance = ((x - centre.0).powi(2) + (y - centre.1).powi(2)).sqrt();
            (1.0 - distance / 13.0) * 0.95
        },
    );
}

/// A painted door with handle, seams and reflections, and a dent with scratches.
pub(super) fn door(canvas: &mut Canvas, dice: &mut Dice) {
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    let paints: [Colour; 4] = [
        [0.62, 0.10, 0.12],
        [0.16, 0.28, 0.46],
        [0.74, 0.75, 0.77],
        [0.20, 0.36, 0.28],
    ];
    let paint = paints[dice.below(4)];
    let phase = dice.unit() * 20.0;
    canvas.fill(|x, y| {
        let fold = (-((y - height * 0.52) / 26.0).powi(2)).exp();
        let gleam = 0.5 + 0.5 * (y / height * 4.4 + x / width * 0.8 + phase * 0.02).sin();
        let base = between([paint[0] * 0.55, paint[1] * 0.55, paint[2] * 0.55], paint, gleam);
        let base = between(base, [0.97, 0.97, 0.98], 0.24 * fold + 0.10 * cloud(x, y, phase));
        if y < height * 0.22 {
            between([0.10, 0.12, 0.14], [0.34, 0.40, 0.46], cloud(x, y * 2.0, phase))
        } else {
            base
        }
    });
    canvas.stroke(
        (0.0, height * 0.22),
        (width, height * 0.20),
        7.0,
        [0.08, 0.08, 0.09],
        1.0,
    );
    for place in [0.12, 0.90] {
        canvas.stroke(
            (width * place, height * 0.22),
            (width * (place + 0.02), height),
            2.2,
            [0.05, 0.05, 0.06],
            0.9,
        );
    }
    canvas.stroke(
        (width * 0.72, height * 0.335),
        (width * 0.84, height * 0.33),
        11.0,
        [paint[0] * 0.7, paint[1] * 0.7, paint[2] * 0.7],
        1.0,
    );
    canvas.stroke(
        (width * 0.72, height * 0.325),
        (width * 0.84, height * 0.32),
        3.0,
        [0.95, 0.95, 0.96],
        0.6,
    );
    let centre = (width * (0.34 + 0.2 * dice.unit()), height * (0.58 + 0.12 * dice.unit()));
    let (wide, tall) = (120.0 + 50.0 * dice.unit(), 70.0 + 24.0 * dice.unit());
    let area = [
        centre.0 - wide * 1.6,
        centre.1 - tall * 1.6,
        centre.0 + wide * 1.6,
        centre.1 + tall * 1.6,
    ];
    let hollow = |x: f32, y: f32, shift: f32| {
        let (dx, dy) = ((x - centre.0) / wide, (y - centre.1 + shift) / tall);
        (-(dx * dx + dy * dy) * 1.6).exp()
    };
    canvas.lay(area, [0.03, 0.03, 0.04], |x, y| 0.75 * hollow(x, y, 14.0));
    canvas.lay(area, [0.98, 0.98, 0.99], |x, y| {
        0.50 * (hollow(x, y, -34.0) - 0.5 * hollow(x, y, 10.0)).max(0.0)
    });
    for _ in 0..14 {
        let start = (
            centre.0 + (dice.unit() - 0.6) * wide * 1.5,
            centre.1 + (dice.unit() - 0.5) * tall,
        );
        let end = (
            start.0 + 40.0 + 90.0 * dice.unit(),
            start.1 + (dice.unit() - 0.5) * 16.0,
        );
        canvas.stroke(start, end, 0.8, [0.88, 0.87, 0.85], 0.7);
    }
}

/// A white ceiling with brown tide marks, a cornice and a lamp.
pub(super) fn water_stain(canvas: &mut Canvas, dice: &mut Dice) {
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    let phase = dice.unit() * 30.0;
    canvas.fill(|x, y| {
        let light = 0.80 + 0.12 * (1.0 - ((x - width * 0.7).powi(2) + (y - height * 0.2).powi(2)).sqrt() / width);
        let plaster = light + 0.03 * cloud(x * 6.0, y * 6.0, phase);
        [plaster, plaster * 0.985, plaster * 0.95]
    });
    for line in 0..4 {
        let y = height * 0.86 + 13.0 * line as f32;
        canvas.stroke((0.0, y), (width, y - 34.0), 1.6, [0.55, 0.54, 0.51], 0.7);
    }
    for _ in 0..3 {
        let centre = (
            width * (0.25 + 0.35 * dice.unit()),
            height * (0.28 + 0.28 * dice.unit()),
        );
        let radius = 70.0 + 80.0 * dice.unit();
        let turn = dice.unit() * TAU;
        let area = [
            centre.0 - radius * 1.7,
            centre.1 - radius * 1.7,
            centre.0 + radius * 1.7,
            centre.1 + radius * 1.7,
        ];
        let edge = |x: f32, y: f32| {
            let (dx, dy) = (x - centre.0, y - centre.1);
            let angle = dy.atan2(dx);
            let wobble = 1.0 + 0.16 * (angle * 3.0 + turn).sin() + 0.08 * (angle * 7.0 + turn * 2.0).cos();
            (dx * dx + dy * dy).sqrt() / (radius * wobble)
        };
        canvas.lay(area, [0.78, 0.66, 0.44], |x, y| {
            let place = edge(x, y);
            if place < 1.0 {
                0.22 + 0.30 * place * cloud(x * 2.0, y * 2.0, phase)
            } else {
                0.0
            }
        });
        canvas.lay(area, [0.48, 0.34, 0.18], |x, y| {
            0.75 * (-((edge(x, y) - 1.0) / 0.045).powi(2)).exp()
        });
        canvas.lay(area, [0.56, 0.42, 0.24], |x, y| {
            0.35 * (-((edge(x, y) - 0.72) / 0.05).powi(2)).exp()
        });
    }
    canvas.stroke(
        (width * 0.82, height * 0.16),
        (width * 0.83, height * 0.16),
        44.0,
        [0.99, 0.98, 0.93],
        1.0,
    );
    canvas.stroke(
        (width * 0.82, height * 0.16),
        (width * 0.83, height * 0.16),
        12.0,
        [0.70, 0.68, 0.62],
        1.0,
    );
}

/// A sheet of paper on a wooden table: printed rows and handwriting that says nothing.
pub(super) fn form(canvas: &mut Canvas, dice: &mut Dice) {
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    let phase = dice.unit() * 30.0;
    canvas.fill(|x, y| {
        let grain = 0.5 + 0.5 * (y * 0.16 + 9.0 * cloud(x * 0.6, y * 0.2, phase)).sin();
        between([0.42, 0.28, 0.17], [0.56, 0.39, 0.24], grain)
    });
    let (left, top, right, bottom) = (width * 0.17, 26.0, width * 0.85, height + 40.0);
    let lean = 0.035;
    let on_sheet = |x: f32, y: f32| {
        let shifted = x - (y - top) * lean;
        shifted > left && shifted < right && y > top && y < bottom
    };
    canvas.lay([left, top, right + 60.0, height], [0.06, 0.04, 0.03], |x, y| {
        if on_sheet(x - 9.0, y - 9.0) { 0.45 } else { 0.0 }
    });
    canvas.lay([left, top, right + 60.0, height], [0.95, 0.94, 0.91], |x, y| {
        if on_sheet(x, y) { 1.0 } else { 0.0 }
    });
    let at = |x: f32, y: f32| (left + x + y * lean, top + y);
    canvas.stroke(at(36.0, 46.0), at(290.0, 46.0), 7.0, [0.13, 0.30, 0.33], 1.0);
    canvas.stroke(at(36.0, 68.0), at(190.0, 68.0), 2.5, [0.45, 0.46, 0.47], 1.0);
    for row in 0..10 {
        let y = 112.0 + 46.0 * row as f32;
        canvas.stroke(
            at(36.0, y),
            at(96.0 + 50.0 * dice.unit(), y),
            2.2,
            [0.40, 0.41, 0.42],
            1.0,
        );
        canvas.stroke(at(36.0, y + 24.0), at(505.0, y + 24.0), 0.7, [0.62, 0.63, 0.64], 1.0);
        let length = 120.0 + 170.0 * dice.unit();
        handwriting(canvas, dice, at(190.0, y + 14.0), length);
    }
    canvas.stroke(at(430.0, 40.0), at(500.0, 40.0), 1.0, [0.6, 0.12, 0.12], 0.9);
    canvas.stroke(at(430.0, 66.0), at(500.0, 66.0), 1.0, [0.6, 0.12, 0.12], 0.9);
}

fn handwriting(canvas: &mut Canvas, dice: &mut Dice, start: (f32, f32), length: f32) {
    let ink: Colour = [0.12, 0.17, 0.44];
    let mut at = start;
    let mut turn = dice.unit() * TAU;
    while at.0 < start.0 + length {
        turn += 0.7 + 0.5 * dice.unit();
        let next = (
            at.0 + 1.6 + 2.2 * dice.unit(),
            start.1 + 6.5 * turn.sin() * (0.5 + dice.unit() * 0.5),
        );
        if dice.below(14) != 0 {
            canvas.stroke(at, next, 0.9, ink, 0.9);
        } else {
            at.0 += 5.0;
        }
        at = (next.0.max(at.0), next.1);
    }
}
