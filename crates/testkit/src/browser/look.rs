//! How a page is looked at: on a wide screen or a phone, in light or dark.

use serde_json::{Value, json};
use std::fmt;

/// The size of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// 1440 by 900 points.
    Wide,
    /// 390 by 844 points, touched.
    Phone,
}

/// What the machine prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// Both together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The size.
    pub screen: Screen,
    /// The colours.
    pub paint: Paint,
}

impl Look {
    /// A wide screen in light.
    pub const WIDE: Self = Self {
        screen: Screen::Wide,
        paint: Paint::Light,
    };
    /// A phone in light.
    pub const PHONE: Self = Self {
        screen: Screen::Phone,
        paint: Paint::Light,
    };
    /// Every look.
    pub const ALL: [Self; 4] = [Self::WIDE, Self::WIDE.dark(), Self::PHONE, Self::PHONE.dark()];

    /// The same in dark.
    #[must_use]
    pub const fn dark(self) -> Self {
        Self {
            paint: Paint::Dark,
            ..self
        }
    }

    /// The commands of the DevTools protocol (Emulation domain) that make a page look so.
    pub(super) fn commands(self) -> [(&'static str, Value); 3] {
        let (width, height, phone) = match self.screen {
            Screen::Wide => (1440, 900, false),
            Screen::Phone => (390, 844, true),
        };
        let scheme = match self.paint {
            Paint::Light => "light",
            Paint::Dark => "dark",
        };
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone});
        // A picture taken in the middle of a fade shows what nobody ever sees.
        let features = [("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")];
        let media = json!({"features": features.map(|(name, value)| json!({"name": name, "value": value}))});
        [
            ("Emulation.setDeviceMetricsOverride", metrics),
            ("Emulation.setTouchEmulationEnabled", json!({"enabled": phone})),
            ("Emulation.setEmulatedMedia", media),
        ]
    }
}

impl fmt::Display for Look {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let screen = match self.screen {
            Screen::Wide => "wide",
            Screen::Phone => "phone",
        };
        let paint = match self.paint {
            Paint::Light => "light",
            Paint::Dark => "dark",
        };
        write!(out, "{screen}-{paint}")
    }
}
