//! Erasing for good: what is erased, why, and where copies of it stand elsewhere.

use crate::codes::codes;

codes! {
    /// What an erasure is of.
    ErasureTarget {
        /// One message with its files.
        Message = 1 "message",
        /// One file of a message; its words stay.
        Attachment = 2 "attachment",
        /// Everything in a conversation.
        Conversation = 3 "conversation",
        /// A contact with all of their conversations.
        Contact = 4 "contact",
    }
}

codes! {
    /// Why something is erased.
    ErasureReason {
        /// Its subject asked for it.
        Request = 1 "request",
        /// Its term is over.
        Retention = 2 "retention",
        /// It came here or was written here by mistake.
        Mistake = 3 "mistake",
        /// A court or an authority ordered it.
        Order = 4 "order",
    }
}

codes! {
    /// What is known of a copy in another system.
    CopyState {
        /// It stands there; nobody has asked for it back.
        Stands = 1 "stands",
        /// The other system was still to be asked to take it, and will not be.
        NotHandedOver = 2 "not_handed_over",
    }
}

codes! {
    /// Where the challenger looks for what was erased.
    AttemptPlace {
        /// The records' database: rows, and on SQLite its free pages and write-ahead log.
        Records = 1 "records",
        /// The vault's database: whether a key is left, in its rows, and on SQLite in free pages and the write-ahead log.
        Vault = 2 "vault",
        /// The sealed files.
        Files = 3 "files",
        /// The spool.
        Spool = 4 "spool",
        /// A backup in the catalogue.
        Backup = 5 "backup",
        /// A file or folder that was named.
        Elsewhere = 6 "elsewhere",
    }
}

codes! {
    /// What the challenger could do in one place.
    AttemptOutcome {
        /// No key that is held opens what was found there, if anything was.
        NothingOpens = 1 "nothing_opens",
        /// A key that is held opens some of what was found there.
        Opens = 2 "opens",
        /// It could not be looked through.
        NotReached = 3 "not_reached",
        /// It could not be looked through, and the root keys of all epochs that it needs are destroyed.
        KeyDestroyed = 4 "key_destroyed",
    }
}
