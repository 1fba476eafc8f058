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
        /// Every message that occurred before a moment, wherever it is.
        Older = 5 "older",
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
        /// The other system was still to be asked to take it, will not be, and knows nothing of it.
        NotHandedOver = 2 "not_handed_over",
        /// The other system is asked to withdraw it, and has not answered.
        Asked = 3 "asked",
        /// The other system has acknowledged that it withdrew it.
        Withdrawn = 4 "withdrawn",
        /// The other system will not withdraw it.
        Refused = 5 "refused",
        /// The other system took it once and knows nothing of it now.
        NotThere = 6 "not_there",
    }
}

impl CopyState {
    /// Whether a copy may still lie there.
    pub const fn may_stand(self) -> bool {
        matches!(self, Self::Stands | Self::Asked | Self::Refused)
    }
}

codes! {
    /// One step in asking another system to withdraw a copy.
    WithdrawalStep {
        /// It is to be asked, or was asked in vain.
        Asked = 1 "asked",
        /// It has acknowledged that it withdrew the copy.
        Withdrawn = 2 "withdrawn",
        /// It refused, finally.
        Refused = 3 "refused",
        /// It cannot be asked: it withdraws nothing, or there is no such system any more.
        NotOffered = 4 "not_offered",
        /// It knows of no such copy.
        NotThere = 5 "not_there",
    }
}

codes! {
    /// Why something stays that an erasure is of.
    KeptGround {
        /// A hold is on it, or on a part of it.
        Hold = 1 "hold",
        /// Whoever decided the erasure left it out.
        Decision = 2 "decision",
        /// Something that belongs to it stays.
        Part = 3 "part",
    }
}

codes! {
    /// A record of an erasure that a restore lost, and of which its leaf tells.
    ErasureLost {
        /// The decision.
        Decision = 1 "decision",
        /// Something that stays.
        Kept = 2 "kept",
        /// What the challenger found in one place.
        Attempt = 3 "attempt",
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
