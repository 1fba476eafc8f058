//! Which installation this is. Written once, by inserting its row.

use crate::Store;
use crate::rows::{InstallationRow, Row};
use crate::sql::{ReadError, statements, text};

statements! {
    INSTALLATION = text!("SELECT ", InstallationRow::COLUMNS, " FROM installation WHERE installation.id = 1");
}

impl Store {
    /// This installation, once it is set up.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn installation_get(&self) -> Result<Option<InstallationRow>, ReadError> {
        self.one(INSTALLATION, Vec::new()).await
    }
}
