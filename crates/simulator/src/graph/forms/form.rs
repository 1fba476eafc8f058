//! The names of the forms.

/// A form of what may be posted to a number's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Plain text.
    Text,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A sound or a voice note.
    Audio,
    /// Any other file.
    Document,
    /// A sticker.
    Sticker,
    /// A place.
    Location,
    /// Contact cards.
    Contacts,
    /// An emoji on a message.
    Reaction,
    /// A message of a group pinned or unpinned.
    Pin,
    /// Up to three reply buttons.
    Buttons,
    /// A list to choose from.
    List,
    /// A button that opens an address.
    Link,
    /// A button that opens a flow.
    Flow,
    /// A button that asks where the customer is.
    LocationRequest,
    /// A button that asks for a postal address.
    AddressRequest,
    /// One product of a catalog.
    Product,
    /// Several products of a catalog.
    ProductList,
    /// A button that opens the catalog.
    Catalog,
    /// Cards side by side.
    Carousel,
    /// A question whether the business may call.
    CallPermissionRequest,
    /// A button that calls the business.
    VoiceCall,
    /// A button that asks for the customer's number.
    ContactInfoRequest,
    /// A template of text or media, with or without buttons.
    Template,
    /// A template with a countdown.
    TemplateLimitedTimeOffer,
    /// A template with cards.
    TemplateCarousel,
    /// A template that shows products.
    TemplateCommerce,
    /// A template that carries a one-time code, as far as a body shows it.
    TemplateOneTimeCode,
    /// A read mark.
    ReadMark,
    /// A read mark with "typing".
    Typing,
}

/// Every form with its stable word. A message's word is its type; after a dot follows what it is among its kind.
const WORDS: [(Form, &str); 30] = [
    (Form::Text, "text"),
    (Form::Image, "image"),
    (Form::Video, "video"),
    (Form::Audio, "audio"),
    (Form::Document, "document"),
    (Form::Sticker, "sticker"),
    (Form::Location, "location"),
    (Form::Contacts, "contacts"),
    (Form::Reaction, "reaction"),
    (Form::Pin, "pin"),
    (Form::Buttons, "interactive.button"),
    (Form::List, "interactive.list"),
    (Form::Link, "interactive.cta_url"),
    (Form::Flow, "interactive.flow"),
    (Form::LocationRequest, "interactive.location_request_message"),
    (Form::AddressRequest, "interactive.address_message"),
    (Form::Product, "interactive.product"),
    (Form::ProductList, "interactive.product_list"),
    (Form::Catalog, "interactive.catalog_message"),
    (Form::Carousel, "interactive.carousel"),
    (Form::CallPermissionRequest, "interactive.call_permission_request"),
    (Form::VoiceCall, "interactive.voice_call"),
    (Form::ContactInfoRequest, "interactive.request_contact_info"),
    (Form::Template, "template"),
    (Form::TemplateLimitedTimeOffer, "template.limited_time_offer"),
    (Form::TemplateCarousel, "template.carousel"),
    (Form::TemplateCommerce, "template.commerce"),
    (Form::TemplateOneTimeCode, "template.one_time_code"),
    (Form::ReadMark, "read_mark"),
    (Form::Typing, "typing"),
];

impl Form {
    /// Every form, each once.
    pub const ALL: [Self; WORDS.len()] = {
        let mut all = [Self::Text; WORDS.len()];
        let mut index = 0;
        while index < WORDS.len() {
            all[index] = WORDS[index].0;
            index += 1;
        }
        all
    };

    /// The form's stable word, such as `interactive.list`.
    pub fn word(self) -> &'static str {
        WORDS
            .iter()
            .find(|(form, _)| *form == self)
            .map_or("", |(_, word)| word)
    }

    /// The form with this word.
    pub fn of_word(word: &str) -> Option<Self> {
        WORDS.iter().find(|(_, known)| *known == word).map(|(form, _)| *form)
    }
}
