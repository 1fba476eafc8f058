//! Small closed lists, each value with a number (as stored) and a name (as written).

/// Makes an enum whose values have a stored number and a written name, both fixed for ever.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $code:literal $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$item_doc])* #[serde(rename = $text)] $item,)+
        }

        impl $name {
            /// All values, in order.
            pub const ALL: &'static [Self] = &[$(Self::$item),+];

            /// The stored number. Never change one; add another.
            pub const fn code(self) -> i64 {
                match self { $(Self::$item => $code),+ }
            }

            /// The value with this stored number.
            pub const fn from_code(code: i64) -> Option<Self> {
                match code { $($code => Some(Self::$item),)+ _ => None }
            }

            /// The written name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$item => $text),+ }
            }

            /// The value with this written name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$item),)+ _ => None }
            }
        }
    };
}
pub(crate) use codes;
