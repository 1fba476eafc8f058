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
