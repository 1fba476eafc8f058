//! Conversations of an insurer with its customers, made from the scripts: same seed, same conversations.

use std::time::Duration;

use crate::ids::Dice;
use crate::samples::book::{Book, Claim, Policy};
use crate::samples::people::{self, Language, SamplePerson};
use crate::samples::photo::PhotoKind;
use crate::samples::script::{self, Author, Extra, Fits, Line, Script};

/// How the customer stands to the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It is theirs.
    Holder,
    /// They live or drive with the holder.
    Family,
    /// They write for the holder.
    Broker,
}

/// Who says a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SampleAuthor {
    /// The customer.
    Customer,
    /// An agent, by first name.
    Agent(&'static str),
    /// An agent, to colleagues only.
    Note(&'static str),
}

/// What a line is. Bytes are made on demand from the seed: see `photo`, `voice_note` and `document`.
#[derive(Clone, Debug, PartialEq)]
pub enum SampleContent {
    /// Plain text.
    Text(String),
    /// A picture.
    Photo {
        /// What it shows.
        kind: PhotoKind,
        /// For `photo`.
        seed: u64,
        /// The text under it.
        caption: Option<String>,
    },
    /// A recording.
    Voice {
        /// For `voice_note`.
        seconds: u32,
    },
    /// A PDF.
    Document {
        /// For `document`.
        title: &'static str,
        /// For `document`.
        seed: u64,
        /// Its file name.
        filename: String,
        /// The text under it.
        caption: Option<String>,
    },
    /// A place in degrees north and east.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
    },
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleLine {
    /// Who says it.
    pub author: SampleAuthor,
    /// How long after the line before.
    pub after: Duration,
    /// What it is.
    pub content: SampleContent,
}

/// One conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleConversation {
    /// With whom.
    pub customer: SamplePerson,
    /// How they stand to the policy.
    pub relation: Relation,
    /// The policy's number in the PAS.
    pub policy: String,
    /// The claim's number in the PAS, when the policy has one.
    pub claim: Option<String>,
    /// What it is about, in the customer's language.
    pub topic: &'static str,
    /// The lines in order; the first is the customer's.
    pub lines: Vec<SampleLine>,
}

const PLACES: [&str; 10] = [
    "Pinetown",
    "Sandton",
    "Bellville",
    "Mthatha",
    "Polokwane",
    "Claremont",
    "Soweto",
    "Umhlanga",
    "Centurion",
    "George",
];
const ROADS: [&str; 5] = ["N3", "N2", "R21", "M4", "N1"];
const TIMES: [&str; 8] = ["08:30", "09:15", "10:00", "11:30", "13:00", "14:30", "15:45", "16:00"];
const PLATES: [&str; 5] = ["ND 412-556", "BB 90 RT GP", "CA 118-733", "JDK 551 EC", "HXP 77 GP"];

/// `count` conversations of the insurer of [`Book::invented`] with the same seed. Each customer has one.
pub fn conversations(seed: u64, count: usize) -> impl Iterator<Item = SampleConversation> {
    let book = Book::invented(seed);
    let policies: Vec<Policy> = book.policies().cloned().collect();
    (0..count).filter_map(move |index| {
        let policy = policies.get(index % policies.len())?;
        let claim = book.claims_on(&policy.number).next();
        Some(conversation(seed, index, policies.len(), policy, claim))
    })
}

fn conversation(seed: u64, index: usize, holders: usize, policy: &Policy, claim: Option<&Claim>) -> SampleConversation {
    let mut dice = Dice::new(seed ^ 0x5A3B_1E00 ^ (index as u64).wrapping_mul(0x1_0000_0001));
    let (customer, relation) = match index / holders {
        0 => (policy.holder.clone(), Relation::Holder),
        1 => (people::relative(&policy.holder, seed, index), Relation::Family),
        _ => (
            people::person(seed, index, Language::ALL[dice.below(Language::ALL.len())]),
            Relation::Broker,
        ),
    };
    let script = fitting(&mut dice, customer.language, policy, claim);
    let agent = dice.pick(&people::agents()).copied().unwrap_or("Nomsa");
    let filling = Filling::new(&mut dice, &customer, agent, policy, claim);
    let lines = script
        .lines
        .iter()
        .flat_map(|line| spoken(&mut dice, line, agent, &filling))
        .collect();
    SampleConversation {
        customer,
        relation,
        policy: policy.number.clone(),
        claim: claim.map(|claim| claim.number.clone()),
        topic: script.topic,
        lines,
    }
}

/// A script in the customer's language that the policy can bear; each language has one that any policy can.
fn fitting(dice: &mut Dice, language: Language, policy: &Policy, claim: Option<&Claim>) -> Script {
    let wanted = if policy.product.starts_with("Motor") {
        Fits::Motor
    } else {
        Fits::Home
    };
    let all = script::scripts(language);
    let can = |script: &&Script| {
        (script.fits == Fits::Any || script.fits == wanted) && (claim.is_some() || !script.needs_claim())
    };
    let fitting: Vec<&Script> = all.iter().filter(can).collect();
    let chosen = dice.pick(&fitting).copied().or(all.first());
    chosen.cloned().unwrap_or(Script {
        topic: "",
        fits: Fits::Any,
        lines: Vec::new(),
    })
}

struct Filling {
    pairs: Vec<(&'static str, String)>,
}

impl Filling {
    fn new(dice: &mut Dice, customer: &SamplePerson, agent: &str, policy: &Policy, claim: Option<&Claim>) -> Self {
        let mut one_of = |list: &[&str]| dice.pick(list).copied().unwrap_or_default().to_owned();
        let (place, road, time, plate) = (one_of(&PLACES), one_of(&ROADS), one_of(&TIMES), one_of(&PLATES));
        let day = one_of(days(customer.language));
        let amount = 900 + 10 * dice.below(2_200);
        let small = 15 + dice.below(80);
        let pairs = vec![
            ("{first}", customer.first_name.clone()),
            ("{name}", customer.name.clone()),
            ("{agent}", agent.to_owned()),
            ("{policy}", policy.number.clone()),
            ("{claim}", claim.map(|claim| claim.number.clone()).unwrap_or_default()),
            ("{excess}", policy.excess_rand.to_string()),
            ("{amount}", amount.to_string()),
            ("{small}", small.to_string()),
            ("{place}", place),
            ("{road}", road),
            ("{time}", time),
            ("{plate}", plate),
            ("{day}", day),
        ];
        Self { pairs }
    }

    fn fill(&self, text: &str) -> String {
        self.pairs
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

fn days(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
        Language::Afrikaans => &["Maandag", "Dinsdag", "Woensdag", "Donderdag", "Vrydag"],
        Language::IsiZulu => &["Msombuluko", "Lwesibili", "Lwesithathu", "Lwesine", "Lwesihlanu"],
        Language::IsiXhosa => &["Mvulo", "Lwesibini", "Lwesithathu", "Lwesine", "Lwesihlanu"],
        Language::Sesotho => &["Mantaha", "Labobedi", "Laboraro", "Labone", "Labohlano"],
        Language::Hindi => &["सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार"],
        Language::Arabic => &["الاثنين", "الثلاثاء", "الأربعاء", "الخميس"],
        Language::Portuguese => &[
            "segunda-feira",
            "terça-feira",
            "quarta-feira",
            "quinta-feira",
            "sexta-feira",
        ],
    }
}

fn spoken(dice: &mut Dice, line: &Line, agent: &'static str, filling: &Filling) -> Option<SampleLine> {
    let text = filling.fill(dice.pick(&line.ways).copied().unwrap_or_default());
    let author = match line.author {
        Author::Customer => SampleAuthor::Customer,
        Author::Agent => SampleAuthor::Agent(agent),
        Author::Note => SampleAuthor::Note(agent),
    };
    let seconds = match line.minutes_later {
        Some(minutes) => minutes * 60,
        None => 15 + dice.next() % 400,
    };
    let caption = (!text.is_empty()).then(|| text.clone());
    let seed = dice.next();
    let content = match line.extra {
        None if text.is_empty() => return None,
        None => SampleContent::Text(text),
        Some(Extra::Photo(kind)) => SampleContent::Photo { kind, seed, caption },
        Some(Extra::Voice(seconds)) => SampleContent::Voice { seconds },
        Some(Extra::Document(title)) => {
            let filename = format!("{}.pdf", title.to_lowercase().replace(' ', "-"));
            SampleContent::Document {
                title,
                seed,
                filename,
                caption,
            }
        }
        Some(Extra::Location) => SampleContent::Location {
            latitude: -29.8 + f64::from(dice.unit()) * 0.4,
            longitude: 30.8 + f64::from(dice.unit()) * 0.2,
        },
    };
    Some(SampleLine {
        author,
        after: Duration::from_secs(seconds),
        content,
    })
}
