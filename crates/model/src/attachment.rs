//! Attachments: files of messages, and how far they have come.

use crate::codes::codes;

codes! {
    /// One step in the life of an attachment. The state that people see is the latest of fetched and failed.
    AttachmentStep {
        /// Its bytes are here, sealed, and agree with the digest that was announced.
        Fetched = 1 "fetched",
        /// Its bytes could not be fetched, finally.
        Unfetched = 2 "unfetched",
        /// The provider's copy was deleted.
        DeletedAtProvider = 3 "deleted_at_provider",
        /// The provider would not delete its copy; it falls away by itself after its term.
        StaysAtProvider = 4 "stays_at_provider",
        /// Its bytes were put at the provider to be sent.
        Uploaded = 5 "uploaded",
    }
}

codes! {
    /// Why an attachment could not be fetched.
    FetchFailure {
        /// The provider does not know it, or no longer.
        Gone = 1 "gone",
        /// The bytes do not agree with the announced digest.
        DigestDiffers = 2 "digest_differs",
        /// It is larger than the provider's limit or ours.
        TooLarge = 3 "too_large",
        /// The provider refused our token.
        Refused = 4 "refused",
        /// The provider could not be reached often enough.
        Unreachable = 5 "unreachable",
        /// The update named no file to fetch.
        Unnamed = 6 "unnamed",
    }
}
