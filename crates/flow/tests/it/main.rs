//! The use cases at their boundary, on both engines. A test is a function over a fresh [`harness::Place`]; [`on_both`] runs it on SQLite
//! in a folder of its own and on PostgreSQL in schemas of its own, dropped with it.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, reason = "a proof prints its figures")]

/// Makes a test on each engine out of each function.
macro_rules! on_both {
    ($($name:ident)+) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(crate::harness::Place::sqlite()).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(crate::harness::Place::postgres().await).await;
                }
            )+
        }
    };
}

mod custody;
mod harness;
mod ways;
