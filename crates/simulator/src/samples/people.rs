//! Invented people: names as they are common where the language is spoken, numbers that follow one another.

use crate::ids::{CustomerId, Dice};

/// The languages of the sample conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
    /// Afrikaans.
    Afrikaans,
    /// isiZulu.
    IsiZulu,
    /// isiXhosa.
    IsiXhosa,
    /// Sesotho.
    Sesotho,
    /// Hindi.
    Hindi,
    /// Arabic.
    Arabic,
    /// Portuguese, as across the border in Mozambique.
    Portuguese,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::English,
        Self::Afrikaans,
        Self::IsiZulu,
        Self::IsiXhosa,
        Self::Sesotho,
        Self::Hindi,
        Self::Arabic,
        Self::Portuguese,
    ];

    /// The BCP 47 tag, for example `zu`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Afrikaans => "af",
            Self::IsiZulu => "zu",
            Self::IsiXhosa => "xh",
            Self::Sesotho => "st",
            Self::Hindi => "hi",
            Self::Arabic => "ar",
            Self::Portuguese => "pt",
        }
    }

    fn first_names(self) -> &'static [&'static str] {
        match self {
            Self::English => &[
                "Grace", "Michael", "Ayesha", "Daniel", "Refilwe", "Peter", "Naledi", "Kevin", "Lerato", "Joan",
                "Imraan", "Candice", "Themba", "Ruth", "Yusuf", "Bronwyn",
            ],
            Self::Afrikaans => &[
                "Annelie",
                "Johan",
                "Marietjie",
                "Pieter",
                "Elsabé",
                "Hennie",
                "Riana",
                "Dawid",
                "Chantelle",
                "Koos",
            ],
            Self::IsiZulu => &[
                "Thandi", "Sipho", "Nomvula", "Bongani", "Zanele", "Mandla", "Ntombi", "Sibusiso", "Hlengiwe",
                "Jabulani",
            ],
            Self::IsiXhosa => &[
                "Nosipho",
                "Lwazi",
                "Ayanda",
                "Mzwandile",
                "Nomfundo",
                "Luyolo",
                "Zukiswa",
                "Sandile",
            ],
            Self::Sesotho => &[
                "Palesa", "Tshepo", "Dineo", "Thabo", "Keneuoe", "Lebohang", "Mpho", "Teboho",
            ],
            Self::Hindi => &["प्रिया", "राहुल", "सुनीता", "अमित", "कविता", "विजय", "अंजलि", "संजय"],
            Self::Arabic => &["فاطمة", "أحمد", "مريم", "خالد", "ليلى", "يوسف", "سارة", "عمر"],
            Self::Portuguese => &[
                "Graça",
                "João",
                "Conceição",
                "Álvaro",
                "Inês",
                "Tomás",
                "Luísa",
                "Nélson",
            ],
        }
    }

    fn surnames(self) -> &'static [&'static str] {
        match self {
            Self::English => &[
                "Adams",
                "Molefe",
                "Patel",
                "Jacobs",
                "Williams",
                "Osei",
                "Davids",
                "Baker",
                "Govender",
                "Hendricks",
                "Sithole",
                "Murray",
                "Okafor",
            ],
            Self::Afrikaans => &[
                "van der Merwe",
                "Botha",
                "du Plessis",
                "Nel",
                "Coetzee",
                "Swanepoel",
                "Pretorius",
            ],
            Self::IsiZulu => &[
                "Nkosi",
                "Dlamini",
                "Mthembu",
                "Zulu",
                "Khumalo",
                "Cele",
                "Ngcobo",
                "Buthelezi",
            ],
            Self::IsiXhosa => &["Mbeki-Ntuli", "Jonas", "Gqirana", "Mabandla", "Ndamase", "Sobukwana"],
            Self::Sesotho => &["Mokoena", "Motaung", "Lekhooa", "Mofokeng", "Tlali", "Phiri"],
            Self::Hindi => &["शर्मा", "वर्मा", "पाटिल", "गुप्ता", "यादव", "नायर"],
            Self::Arabic => &["الحداد", "منصور", "العلي", "النجار", "سليمان"],
            Self::Portuguese => &["Machava", "Tembe", "dos Santos", "Cossa", "Magalhães"],
        }
    }

    /// Country code and the first digits of the numbers that are given out here; four digits follow.
    fn number_prefix(self) -> &'static str {
        match self {
            Self::English => "2782555",
            Self::Afrikaans => "2783555",
            Self::IsiZulu => "2772555",
            Self::IsiXhosa => "2773555",
            Self::Sesotho => "2776555",
            Self::Hindi => "91985550",
            Self::Arabic => "97150555",
            Self::Portuguese => "25884555",
        }
    }
}

/// One invented person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamplePerson {
    /// First name and surname, as they write it.
    pub name: String,
    /// The first name alone.
    pub first_name: String,
    /// The phone number.
    pub number: CustomerId,
    /// The language that they write.
    pub language: Language,
}

/// The person with this index: the same index gives the same person, different ones have different numbers.
pub(crate) fn person(seed: u64, index: usize, language: Language) -> SamplePerson {
    let mut dice = Dice::new(seed ^ (index as u64).wrapping_mul(0xA5A5_1234_5678_9ABD));
    let first_name = (*dice.pick(language.first_names()).unwrap_or(&"Thandi")).to_owned();
    let surname = *dice.pick(language.surnames()).unwrap_or(&"Nkosi");
    SamplePerson {
        name: format!("{first_name} {surname}"),
        first_name,
        number: number(language, index),
        language,
    }
}

/// A person of the same family: another first name and number.
pub(crate) fn relative(of: &SamplePerson, seed: u64, index: usize) -> SamplePerson {
    let other = person(seed, index, of.language);
    let surname = of.name.strip_prefix(of.first_name.as_str()).unwrap_or_default().trim();
    SamplePerson {
        name: format!("{} {surname}", other.first_name),
        ..other
    }
}

fn number(language: Language, index: usize) -> CustomerId {
    let digits = format!("{}{:04}", language.number_prefix(), (index + 101) % 10_000);
    CustomerId::parse(&digits).expect("a prefix of eight digits at most and four more are a number")
}

/// The people behind the counter in the sample conversations.
pub fn agents() -> [&'static str; 6] {
    ["Nomsa", "Riaan", "Zodwa", "Fatima", "Lindiwe", "Craig"]
}
