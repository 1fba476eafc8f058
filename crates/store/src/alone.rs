//! Writing outside the group: the few writes whose answer the caller needs in the same breath (claims, leases, the log).

/// How often a transaction is run again when another is in the way.
pub(crate) const TRIES: usize = 8;

/// Runs a block in a write transaction of its own, again when another is in the way, and commits it.
///
/// The block gets `$session` and ends in `Result<_, Failure>`-compatible `?`s; it may run more than once.
macro_rules! alone {
    ($database:expr, |$session:ident| $body:block) => {{
        let mut tries = 1;
        loop {
            let attempt = async {
                let mut $session = $database.begin().await?;
                let answer = $body;
                $session.commit().await?;
                Ok::<_, $crate::sql::Failure>(answer)
            };
            match attempt.await {
                Err(failure) if failure.may_try_again() && tries < $crate::alone::TRIES => tries += 1,
                outcome => break outcome,
            }
        }
    }};
}
pub(crate) use alone;
