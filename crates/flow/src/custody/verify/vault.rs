//! The keys: every row of the vault store must open.

use super::report::{VaultCount, What};
use super::{Run, Stage};
use crate::context::Unavailable;

/// Has the vault open each of its rows.
pub(super) async fn check(run: &mut Run<'_>) -> Result<(), Unavailable> {
    let check = run
        .flow
        .vault()
        .check()
        .await
        .map_err(|error| Unavailable(Box::new(error)))?;
    run.report.vault = VaultCount {
        epochs: check.epochs,
        secrets: check.secrets,
        trees: check.trees,
    };
    run.at(Stage::Keys, check.epochs + check.secrets + check.trees, None);
    if let Some(broken) = check.broken {
        let place = format!("{} {} of the vault store", broken.table, broken.id);
        run.differs(place, broken.table, broken.id, None, What::Altered);
        run.report
            .note("The vault store was read up to the first row that does not open; there may be more behind it.");
    }
    Ok(())
}
