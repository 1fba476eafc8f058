//! Filings: putting a message and its attachments on a reference in another system.

use crate::codes::codes;

codes! {
    /// One step in the life of a filing. The state that people see is the latest.
    FilingStep {
        /// Asked for; the other system has not answered.
        ToBeFiled = 1 "to_be_filed",
        /// The other system has taken it and gave its own id.
        Filed = 2 "filed",
        /// The other system refused it, finally.
        Refused = 3 "refused",
    }
}
