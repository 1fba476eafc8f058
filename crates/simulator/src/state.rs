//! What the simulator knows, behind one lock, and the channel that says whose conversation changed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, watch};

use crate::background::Background;
use crate::clock::SimClock;
use crate::faults::FaultPlan;
use crate::ids::{CustomerId, Dice, Wamid};
use crate::limits::Throughput;
use crate::message::Direction;
use crate::phone::{CustomerProfile, Pace, Phone};
use crate::requests::RequestLog;
use crate::shelf::Shelf;
use crate::simulator::SimulatorOptions;
use crate::webhooks::Outbox;

/// How many customers are kept; the one added first goes first.
const MOST_CUSTOMERS: usize = 20_000;
/// How many changes a slow handset page may fall behind before it is told to look at everything.
const CHANGES_KEPT: usize = 256;

/// Everything that the ports and the background tasks share.
pub(crate) struct Shared {
    pub(crate) options: SimulatorOptions,
    pub(crate) clock: SimClock,
    /// Where the Graph API answers: file addresses begin with it.
    pub(crate) graph_url: String,
    pub(crate) outbox: Outbox,
    pub(crate) background: Background,
    /// Where webhooks go; what is to be posted waits until there is such a place.
    pub(crate) webhook_url: watch::Sender<Option<String>>,
    changes: broadcast::Sender<CustomerId>,
    state: Mutex<State>,
}

/// The part behind the lock. Nobody awaits while holding it.
pub(crate) struct State {
    pub(crate) dice: Dice,
    pub(crate) shelf: Shelf,
    pub(crate) requests: RequestLog,
    pub(crate) faults: FaultPlan,
    pub(crate) pace: Pace,
    pub(crate) throughput: Throughput,
    /// The names of the templates that the provider holds for marketing.
    pub(crate) marketing_templates: BTreeSet<String>,
    pub(crate) storage: StorageSetting,
    /// Whether an app is attached to the account; without it no webhook is sent.
    pub(crate) subscribed: bool,
    phones: BTreeMap<CustomerId, Phone>,
    order: VecDeque<CustomerId>,
    user_seed: u64,
}

/// Where the provider says that it keeps content (`storage_configuration`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StorageSetting {
    pub(crate) status: String,
    pub(crate) region: Option<String>,
    pub(crate) retention_minutes: Option<u32>,
}

impl Shared {
    pub(crate) fn new(options: SimulatorOptions, graph_url: String, outbox: Outbox) -> Self {
        let clock = options.clock.clone();
        // The start time is part of the seed so that two runs never give the same message id to two messages.
        let seed = options.seed ^ clock.now_micros().cast_unsigned();
        let state = State {
            dice: Dice::new(seed),
            shelf: Shelf::default(),
            requests: RequestLog::default(),
            faults: FaultPlan::default(),
            pace: Pace::default(),
            throughput: Throughput::default(),
            marketing_templates: BTreeSet::new(),
            storage: StorageSetting {
                status: "DEFAULT".to_owned(),
                region: None,
                retention_minutes: None,
            },
            subscribed: true,
            phones: BTreeMap::new(),
            order: VecDeque::new(),
            user_seed: options.seed,
        };
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        Self {
            webhook_url: watch::Sender::new(options.webhook_url.clone()),
            options,
            clock,
            graph_url,
            outbox,
            background: Background::default(),
            changes,
            state: Mutex::new(state),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the handset pages that this customer's conversation changed.
    pub(crate) fn changed(&self, customer: &CustomerId) {
        // An error only says that no page is open.
        let _ = self.changes.send(customer.clone());
    }

    pub(crate) fn watch(&self) -> broadcast::Receiver<CustomerId> {
        self.changes.subscribe()
    }
}

impl State {
    /// This customer's phone; a number never seen before gets one.
    pub(crate) fn phone(&mut self, customer: &CustomerId) -> &mut Phone {
        if !self.phones.contains_key(customer) {
            if self.order.len() == MOST_CUSTOMERS
                && let Some(first) = self.order.pop_front()
            {
                self.phones.remove(&first);
            }
            self.order.push_back(customer.clone());
        }
        let seed = self.user_seed;
        self.phones.entry(customer.clone()).or_insert_with(|| {
            let digits = customer.as_str();
            let last_four = digits.get(digits.len().saturating_sub(4)..).unwrap_or(digits);
            Phone::new(
                CustomerProfile::named(format!("Customer {last_four}")),
                user_id(customer, seed),
            )
        })
    }

    pub(crate) fn phone_if_known(&self, customer: &CustomerId) -> Option<&Phone> {
        self.phones.get(customer)
    }

    /// All customers in the order in which they were added.
    pub(crate) fn customers(&self) -> impl Iterator<Item = (&CustomerId, &Phone)> {
        self.order
            .iter()
            .filter_map(|customer| self.phones.get_key_value(customer))
    }

    /// Whose message this is; nobody's when it is unknown or was written by the business.
    pub(crate) fn author(&self, id: &Wamid) -> Option<CustomerId> {
        let wrote = |phone: &Phone| {
            phone
                .message(id)
                .is_some_and(|message| message.direction == Direction::FromCustomer)
        };
        let named = id
            .customer()
            .filter(|customer| self.phones.get(customer).is_some_and(wrote));
        named.or_else(|| {
            self.phones
                .iter()
                .find(|(_, phone)| wrote(phone))
                .map(|(customer, _)| customer.clone())
        })
    }

    /// Finds a customer by business-scoped user id.
    pub(crate) fn customer_by_user_id(&self, user_id: &str) -> Option<CustomerId> {
        self.phones
            .iter()
            .find(|(_, phone)| phone.user_id == user_id)
            .map(|(customer, _)| customer.clone())
    }
}

/// A business-scoped user id: country, dot, digits. The same number gets the same id in every run of one seed.
fn user_id(customer: &CustomerId, seed: u64) -> String {
    const COUNTRIES: [(&str, &str); 8] = [
        ("27", "ZA"),
        ("91", "IN"),
        ("971", "AE"),
        ("44", "GB"),
        ("49", "DE"),
        ("55", "BR"),
        ("234", "NG"),
        ("254", "KE"),
    ];
    let digits = customer.as_str();
    let country = COUNTRIES
        .iter()
        .find(|(prefix, _)| digits.starts_with(prefix))
        .map_or("US", |(_, country)| country);
    let number = digits.bytes().fold(0_u64, |sum, digit| {
        sum.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'))
    });
    format!("{country}.{}", Dice::new(seed ^ number).twenty_digits())
}
