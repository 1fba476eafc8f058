//! The policies and claims of an invented insurer, Karoo Mutual: what the simulated PAS holds.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;

use crate::ids::Dice;
use crate::samples::people::{self, Language, SamplePerson};

/// How many policies there are.
const POLICIES: usize = 96;
/// The number of the first policy and the first claim, which the demo's card names.
const FIRST_POLICY: usize = 20_417;
const FIRST_CLAIM: usize = 4_711;

/// One policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// For example `KM-20417`.
    pub number: String,
    /// Who holds it.
    pub holder: SamplePerson,
    /// For example "Motor, comprehensive".
    pub product: &'static str,
    /// What is insured, in words.
    pub insured: String,
    /// The day it began, ISO 8601.
    pub since: String,
    /// What the holder pays of each claim, in rand.
    pub excess_rand: u32,
}

/// How far a claim is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimStatus {
    /// Reported, nobody has looked.
    Open,
    /// With an assessor.
    InAssessment,
    /// Papers are missing.
    WaitingForDocuments,
    /// Paid or declined.
    Closed,
}

impl ClaimStatus {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::InAssessment => "In assessment",
            Self::WaitingForDocuments => "Waiting for documents",
            Self::Closed => "Closed",
        }
    }
}

/// One claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// For example `CLM-2026-004711`.
    pub number: String,
    /// The policy that it is on.
    pub policy: String,
    /// What happened, in a few words.
    pub about: &'static str,
    /// How far it is.
    pub status: ClaimStatus,
    /// How many days before the simulator's first day it was reported.
    pub reported_days_ago: i16,
}

impl Claim {
    /// The day it was reported, where `first_day` is the simulator's first.
    pub fn reported_on(&self, first_day: Date) -> Date {
        first_day.saturating_sub(Span::new().days(self.reported_days_ago))
    }
}

/// All policies and claims.
#[derive(Clone, Debug)]
pub struct Book {
    policies: BTreeMap<String, Policy>,
    claims: BTreeMap<String, Claim>,
}

impl Book {
    /// The invented insurer of this seed. Policy KM-20417 of Thandi Nkosi and her claim CLM-2026-004711 are in each.
    pub fn invented(seed: u64) -> Self {
        let mut book = Self {
            policies: BTreeMap::new(),
            claims: BTreeMap::new(),
        };
        for index in 0..POLICIES {
            let policy = policy(seed, index);
            if let Some(claim) = claim(seed, index, &policy) {
                book.claims.insert(claim.number.clone(), claim);
            }
            book.policies.insert(policy.number.clone(), policy);
        }
        book
    }

    /// One policy.
    pub fn policy(&self, number: &str) -> Option<&Policy> {
        self.policies.get(number)
    }

    /// One claim.
    pub fn claim(&self, number: &str) -> Option<&Claim> {
        self.claims.get(number)
    }

    /// All policies by number.
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.policies.values()
    }

    /// All claims by number.
    pub fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.claims.values()
    }

    /// The claims on one policy.
    pub fn claims_on<'a>(&'a self, policy: &'a str) -> impl Iterator<Item = &'a Claim> {
        self.claims.values().filter(move |claim| claim.policy == policy)
    }
}

const VEHICLES: [&str; 10] = [
    "Toyota Corolla 1.6, 2019, CA 482-119",
    "VW Polo Vivo, 2021, ND 903-771",
    "Ford Ranger 2.2, 2018, HJK 204 GP",
    "Hyundai i20, 2022, FZ 88 LL GP",
    "Suzuki Swift, 2020, CAA 310-554",
    "Nissan NP200, 2017, BX 71 KZ GP",
    "Renault Kwid, 2023, NP 118-402",
    "Isuzu D-Max, 2019, FSB 512 L",
    "Kia Picanto, 2021, CA 771-902",
    "Mazda CX-3, 2018, JR 45 TT GP",
];
const HOMES: [&str; 6] = [
    "House in Graaff-Reinet, tiled roof",
    "Flat in Sea Point, second floor",
    "House in Soweto, Orlando West",
    "House in Pinetown with outbuilding",
    "Flat in Hatfield, contents only",
    "House in Gqeberha, Summerstrand",
];
const LANGUAGES: [Language; 16] = [
    Language::IsiZulu,
    Language::English,
    Language::Afrikaans,
    Language::English,
    Language::Hindi,
    Language::IsiXhosa,
    Language::English,
    Language::Sesotho,
    Language::Arabic,
    Language::IsiZulu,
    Language::English,
    Language::Afrikaans,
    Language::English,
    Language::IsiZulu,
    Language::Portuguese,
    Language::English,
];

fn policy(seed: u64, index: usize) -> Policy {
    let mut dice = Dice::new(seed ^ 0x0B00_C000 ^ index as u64);
    let language = LANGUAGES[index % LANGUAGES.len()];
    let mut holder = people::person(seed, index, language);
    if index == 0 {
        "Thandi Nkosi".clone_into(&mut holder.name);
        "Thandi".clone_into(&mut holder.first_name);
    }
    let motor = index % 3 != 2;
    let (product, insured) = if motor {
        (
            "Motor, comprehensive",
            VEHICLES[if index == 0 { 0 } else { dice.below(VEHICLES.len()) }],
        )
    } else {
        ("Home and contents", HOMES[dice.below(HOMES.len())])
    };
    Policy {
        number: format!("KM-{}", FIRST_POLICY + index * 37),
        holder,
        product,
        insured: insured.to_owned(),
        since: format!("20{}-{:02}-01", 15 + dice.below(10), 1 + dice.below(12)),
        excess_rand: 1_500 + 500 * u32::try_from(dice.below(9)).unwrap_or(0),
    }
}

fn claim(seed: u64, index: usize, policy: &Policy) -> Option<Claim> {
    if index % 4 == 3 {
        return None;
    }
    let mut dice = Dice::new(seed ^ 0xC1A1_4000 ^ index as u64);
    let motor = index % 3 != 2;
    let about = if index == 0 {
        "Windscreen cracked"
    } else if motor {
        [
            "Windscreen cracked",
            "Rear door dented in a car park",
            "Hail damage on roof and bonnet",
            "Collision at a crossing",
        ][dice.below(4)]
    } else {
        [
            "Water stain after a burst pipe",
            "Roof tiles lost in the storm",
            "Burglary, television and laptop",
            "Geyser burst",
        ][dice.below(4)]
    };
    let statuses = [
        ClaimStatus::Open,
        ClaimStatus::InAssessment,
        ClaimStatus::WaitingForDocuments,
        ClaimStatus::Closed,
    ];
    let status = if index == 0 {
        ClaimStatus::Open
    } else {
        statuses[dice.below(4)]
    };
    Some(Claim {
        number: format!("CLM-2026-{:06}", FIRST_CLAIM + index * 13),
        policy: policy.number.clone(),
        about,
        status,
        // The one that the demo's card names is told of today.
        reported_days_ago: if index == 0 {
            0
        } else {
            i16::try_from(1 + dice.below(110)).unwrap_or(1)
        },
    })
}
