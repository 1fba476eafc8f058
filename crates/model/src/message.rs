//! Messages: one item in a conversation.

use crate::codes::codes;

codes! {
    /// Which way a message goes.
    Direction {
        /// From the contact.
        Inbound = 1 "inbound",
        /// To the contact.
        Outbound = 2 "outbound",
        /// Between staff, in a room or a direct conversation.
        Internal = 3 "internal",
        /// A private note of staff inside a customer conversation.
        Note = 4 "note",
        /// A line that the system wrote, such as a changed number.
        System = 5 "system",
    }
}

codes! {
    /// By which way a message came to be here, and so how much its being here proves.
    Origin {
        /// Received or sent here, at the time.
        Live = 1 "live",
        /// Typed on the WhatsApp Business app that shares the number; WhatsApp says so, and not by whom.
        PhoneApp = 2 "phone_app",
        /// Said while another service had the conversation, by the contact or by that service.
        OtherService = 3 "other_service",
        /// Handed over by WhatsApp afterwards, when a shared number joined.
        History = 4 "history",
        /// Brought by a person from an exported chat; nobody vouches for it.
        Import = 5 "import",
    }
}

codes! {
    /// What sort of content a message has; the content itself is sealed.
    MessageKind {
        /// Text.
        Text = 1 "text",
        /// A picture.
        Image = 2 "image",
        /// A film.
        Video = 3 "video",
        /// Sound, a voice note among it.
        Audio = 4 "audio",
        /// A document.
        Document = 5 "document",
        /// A sticker.
        Sticker = 6 "sticker",
        /// A place.
        Location = 7 "location",
        /// Contact cards.
        Contacts = 8 "contacts",
        /// The answer to buttons, a list, a form or a permission request.
        Interactive = 9 "interactive",
        /// A tap on a template's quick reply.
        Button = 10 "button",
        /// A reaction to another message, or its removal.
        Reaction = 11 "reaction",
        /// An order from a catalogue.
        Order = 12 "order",
        /// A change that WhatsApp tells about, such as a new number.
        System = 13 "system",
        /// Something was sent that WhatsApp does not deliver to businesses.
        Unsupported = 14 "unsupported",
        /// The contact opened the chat for the first time.
        Welcome = 15 "welcome",
        /// An edit of an earlier message.
        Edit = 16 "edit",
        /// A withdrawal of an earlier message.
        Withdrawal = 17 "withdrawal",
        /// A template.
        Template = 18 "template",
        /// Something about a call.
        Call = 19 "call",
        /// A file that WhatsApp may hand over later, or never.
        Placeholder = 20 "placeholder",
    }
}
