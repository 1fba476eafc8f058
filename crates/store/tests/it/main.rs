//! One behaviour suite for both engines. A test is a function over a fresh store; [`on_both`] runs it on SQLite in a folder of its
//! own and on PostgreSQL in a schema of its own, dropped with it.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, reason = "a proof prints its figures")]

/// Makes a test on each engine out of each function.
macro_rules! on_both {
    ($($name:ident)+) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(crate::fresh::Fresh::sqlite()).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(crate::fresh::Fresh::postgres().await).await;
                }
            )+
        }
    };
}

mod blobs;
mod columns;
mod commit;
mod copy;
mod durability;
mod fresh;
mod holds;
mod intake;
mod keys;
mod lists;
mod log;
mod lookup;
mod made;
mod opening;
mod pages;
mod people;
mod retention;
mod scan;
mod spool;
mod thread;
mod vault;
mod work;
