//! A `Debug` that shows the name of a type and nothing of what it holds: chats are full of words, names and numbers of people, and no log
//! line, panic or failed assertion may print them by accident.

/// Gives each named type a `Debug` that prints only its own name.
macro_rules! redacted_debug {
    ($($name:ident),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        })+
    };
}

pub(crate) use redacted_debug;
