//! Where the tests run: the server, the browser and the folders that `cargo xtask test` names in the environment.
//!
//! Nothing here is guessed, and a test never skips: what is missing fails it, and says how to get it.

use anyhow::{Context, Result};
use std::path::PathBuf;

/// The address of a superuser on a PostgreSQL server for tests.
///
/// # Errors
/// When it is not named.
pub fn postgres() -> Result<String> {
    needed("COUNTERFOIL_TEST_POSTGRES")
}

/// The program that steers the browser.
///
/// # Errors
/// When it is not named.
pub fn chromedriver() -> Result<PathBuf> {
    needed("COUNTERFOIL_CHROMEDRIVER").map(PathBuf::from)
}

/// The browser.
///
/// # Errors
/// When it is not named.
pub fn chromium() -> Result<PathBuf> {
    needed("COUNTERFOIL_CHROMIUM").map(PathBuf::from)
}

/// The folder that pictures of pages go into, when somebody wants to look at them.
pub fn pictures() -> Option<PathBuf> {
    given("COUNTERFOIL_PICTURES").map(PathBuf::from)
}

/// The folder of recorded webhooks, when it is named.
pub fn corpus() -> Option<PathBuf> {
    given("COUNTERFOIL_CORPUS").map(PathBuf::from)
}

/// The program as it is released, when a speed is to be shown; `None` means the one that the test was built with.
pub fn program() -> Option<PathBuf> {
    given("COUNTERFOIL_PROGRAM").map(PathBuf::from)
}

/// Whether a claim is to be shown at full size (`cargo xtask prove`) instead of the small size of every day.
pub fn full_size() -> bool {
    given("COUNTERFOIL_PROOF").is_some_and(|size| size == "full")
}

fn needed(name: &str) -> Result<String> {
    given(name).with_context(|| {
        format!(
            "{name} is not set: run this through `cargo xtask test`, or take the lines that `cargo xtask env` prints"
        )
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "where tests run is said in the environment, and read here alone"
)]
fn given(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
