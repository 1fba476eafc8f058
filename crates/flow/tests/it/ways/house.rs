//! An organisation at work: a connected number, a colleague, and the loops behind the doors running.

use super::posts::{APP_SECRET, NUMBER, Post};
use crate::harness::{BackDoor, Cell, Opened, Place};
use counterfoil_flow::Flow;
use counterfoil_flow::connections::connect::{Connected, NewConnection, connect};
use counterfoil_flow::custody::sequence::drain;
use counterfoil_flow::intake::accept::accept;
use counterfoil_flow::intake::door::IntakeDoor;
use counterfoil_flow::intake::stats::{IntakeStats, stats};
use counterfoil_flow::organisation::open::{self, For};
use counterfoil_flow::people::invite::invite;
use counterfoil_flow::people::join::join;
use counterfoil_flow::people::session::session;
use counterfoil_flow::people::sign_in::sign_in;
use counterfoil_flow::reading::inbox::{InboxQuery, InboxRow, View, inbox};
use counterfoil_flow::reading::thread::{MessageView, Thread, thread};
use counterfoil_model::body::Body;
use counterfoil_model::person::Role;
use counterfoil_model::{Clock, ConversationId, Secret, Timestamp};
use counterfoil_policy::{Actor, Staff};
use counterfoil_simulator::{SimClock, Simulator, SimulatorOptions};
use std::net::IpAddr;
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long anything may take in true time.
const DEADLINE: Duration = Duration::from_secs(120);
/// How soon to look again when no bell rang.
const LOOK: Duration = Duration::from_millis(20);
/// How long a loop waits at most before it looks by itself.
const POLL: Duration = Duration::from_secs(1);
/// The password of every colleague.
pub(super) const PASSWORD: &str = "a long enough password";

/// The organisation and what it is made of.
pub(super) struct House {
    pub(super) place: Place,
    pub(super) opened: Opened,
    pub(super) flow: Flow,
    pub(super) connected: Connected,
    /// An agent.
    pub(super) staff: Staff,
    loops: Loops,
}

/// What is left of an organisation that does not work.
pub(super) struct Closed {
    pub(super) place: Place,
    pub(super) connected: Connected,
}

/// The loops behind the doors, at work until this goes.
struct Loops {
    running: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl House {
    /// Nobody answers at the provider's address.
    pub(super) async fn open(place: Place) -> Self {
        Self::open_at(place, "http://127.0.0.1:9", ("http://127.0.0.1:9", "token")).await
    }

    /// With a simulated provider and policy administration system, which live in the same time.
    pub(super) async fn with_provider(place: Place) -> (Self, Simulator) {
        let sim = simulator(&place).await;
        let pas = sim.pas();
        let house = Self::open_at(place, &sim.graph_url(), (&pas.url(), pas.token())).await;
        (house, sim)
    }

    /// With these addresses of the provider and of the policy administration system, the latter with its token.
    pub(super) async fn open_at(place: Place, graph_url: &str, (pas_url, pas_token): (&str, &str)) -> Self {
        let opened = place.open().await;
        let (clock, random) = (place.clock.as_ref(), place.random.as_ref());
        open::open(opened.store(), opened.vault(), clock, random, For::Work, "Claims")
            .await
            .unwrap();
        let flow = opened.clone().flow_filing_at(pas_url, pas_token).await;
        let new = NewConnection {
            title: "Claims line".to_owned(),
            app_secret: Secret::new(APP_SECRET.to_owned()),
            previous_app_secret: None,
            verify_token: Secret::new("verify".to_owned()),
            access_token: Secret::new("access".to_owned()),
            graph_url: graph_url.to_owned(),
            graph_version: "v25.0".to_owned(),
            phone_number_id: NUMBER.to_owned(),
            display_number: "+31 20 555 0101".to_owned(),
        };
        let connected = connect(&flow, &Actor::Operator, new).await.unwrap();
        let staff = colleague(&flow, &place, "ada@example.org", &[Role::Agent]).await;
        Self {
            loops: Loops::begin(&flow).await,
            place,
            opened,
            flow,
            connected,
            staff,
        }
    }

    /// Goes on where an organisation was closed. Nobody answers at the provider's address.
    pub(super) async fn again(closed: Closed) -> Self {
        Self::again_filing_at(closed, ("http://127.0.0.1:9", "token")).await
    }

    /// The same with a policy administration system at this address, which knows it by this token.
    pub(super) async fn again_filing_at(closed: Closed, (pas_url, pas_token): (&str, &str)) -> Self {
        let Closed { place, connected } = closed;
        let opened = place.open().await;
        let flow = opened.clone().flow_filing_at(pas_url, pas_token).await;
        let loops = Loops::begin(&flow).await;
        let password = Secret::new(PASSWORD.to_owned());
        let signed_in = sign_in(&flow, "ada@example.org", &password, IpAddr::from([192, 0, 2, 1])).await;
        let staff = session(&flow, &signed_in.unwrap().token).await.unwrap().unwrap();
        Self {
            place,
            opened,
            flow,
            connected,
            staff,
            loops,
        }
    }

    /// Signs all of the log and ends as a server does that is told to stop.
    pub(super) async fn close(self) -> Closed {
        let Self {
            place,
            opened,
            flow,
            connected,
            mut loops,
            ..
        } = self;
        loops.stop.send_replace(true);
        (&mut loops.running).await.unwrap();
        drain(&flow).await.unwrap();
        flow.intake().unwrap().close().await;
        opened.store().close().await;
        Closed { place, connected }
    }

    /// Hands over a post and waits until its items are recorded.
    pub(super) async fn post(&self, post: &Post) {
        self.post_bytes(post.bytes()).await;
    }

    /// Hands over rightly signed bytes and waits until they are worked off.
    pub(super) async fn post_bytes(&self, body: Vec<u8>) {
        let signature = super::posts::signature(&body);
        accept(self.door(), self.connected.connection, Some(&signature), body.into())
            .await
            .unwrap();
        self.until("the post is recorded", async || {
            let stats = self.stats().await;
            (stats.spooled == 0 && stats.waiting == 0).then_some(())
        })
        .await;
    }

    /// The way in.
    pub(super) fn door(&self) -> &IntakeDoor {
        self.flow.intake().unwrap()
    }

    /// What came in.
    pub(super) async fn stats(&self) -> IntakeStats {
        stats(&self.flow).await.unwrap()
    }

    /// How often items of this kind came in again.
    pub(super) async fn repeated(&self) -> u64 {
        self.stats().await.kinds.values().map(|count| count.repeated).sum()
    }

    /// Looks until `found` finds something.
    pub(super) async fn until<T>(&self, what: &str, found: impl AsyncFn() -> Option<T>) -> T {
        let mut bell = self.opened.store().bell().pending.listen();
        let looking = async {
            loop {
                if let Some(found) = found().await {
                    return found;
                }
                let _ = timeout(LOOK, bell.changed()).await;
            }
        };
        match timeout(DEADLINE, looking).await {
            Ok(found) => found,
            Err(_) => panic!("waited in vain until {what}"),
        }
    }

    /// Looks until `found` finds something, and between two looks moves the clock to the next job that is due.
    pub(super) async fn in_time<T>(&self, what: &str, found: impl AsyncFn() -> Option<T>) -> T {
        let door = Mutex::new(BackDoor::data(&self.place).await);
        self.until(what, async || {
            if let Some(found) = found().await {
                return Some(found);
            }
            // A job that runs belongs to a node; time that passed would take it away.
            let sql = "SELECT MIN(run_at) FROM job WHERE node IS NULL";
            if let Cell::Int(due) = door.lock().await.rows(sql, &[]).await[0][0] {
                // One that is due already is taken at the next slow poll.
                let wait = Timestamp::from_micros(due).since(self.place.clock.wall());
                self.pass(wait.max(POLL));
            }
            None
        })
        .await
    }

    /// Looks until `found` finds something, and lets so much time pass before each look: a loop that was in the middle of a step when time
    /// passed goes to rest only then, and waits for more.
    pub(super) async fn as_time_passes<T>(&self, what: &str, step: Duration, found: impl AsyncFn() -> Option<T>) -> T {
        self.until(what, async || {
            self.pass(step);
            found().await
        })
        .await
    }

    /// Lets time pass.
    pub(super) fn pass(&self, time: Duration) {
        self.place.clock.forward(time);
    }

    /// Now, in whole seconds, as the provider writes times.
    pub(super) fn seconds(&self) -> i64 {
        self.place.clock.wall().seconds()
    }

    /// The whole inbox of the agent, newest first.
    pub(super) async fn inbox(&self) -> Vec<InboxRow> {
        let query = InboxQuery {
            view: View::All,
            after: None,
            limit: 100,
        };
        inbox(&self.flow, &self.staff, query).await.unwrap().rows
    }

    /// The one conversation that there is.
    pub(super) async fn conversation(&self) -> ConversationId {
        let rows = self.inbox().await;
        assert_eq!(rows.len(), 1);
        rows[0].conversation
    }

    /// The newest hundred messages of a conversation, as the agent reads them.
    pub(super) async fn thread(&self, conversation: ConversationId) -> Thread {
        thread(&self.flow, &self.staff, conversation, None, 100).await.unwrap()
    }

    /// The text of each message of each conversation, newest conversation first.
    pub(super) async fn texts(&self) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        for row in self.inbox().await {
            all.push(self.thread(row.conversation).await.messages.iter().map(words).collect());
        }
        all
    }

    /// How many rows there are in a table.
    pub(super) async fn count(&self, table: &str) -> i64 {
        let mut door = BackDoor::data(&self.place).await;
        let rows = door.rows(&format!("SELECT COUNT(*) FROM {table}"), &[]).await;
        match rows[0][0] {
            Cell::Int(count) => count,
            ref other => panic!("a count is a number, not {other:?}"),
        }
    }

    /// How many rows there are in each of these tables.
    pub(super) async fn counts<const N: usize>(&self, tables: [&str; N]) -> [i64; N] {
        let mut counts = [0; N];
        for (count, table) in counts.iter_mut().zip(tables) {
            *count = self.count(table).await;
        }
        counts
    }
}

impl Loops {
    async fn begin(flow: &Flow) -> Self {
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn({
            let flow = flow.clone();
            async move { flow.run(stopped).await }
        });
        // Until the loops have begun, posts go by way of the spool, and those that follow may be recorded before them.
        let at_work = async {
            while flow.intake().unwrap().is_spooling() {
                tokio::task::yield_now().await;
            }
        };
        timeout(DEADLINE, at_work).await.expect("the loops begin");
        Self { running, stop }
    }
}

impl Drop for Loops {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// A simulated provider in the time of `place`, whose own pauses take none.
pub(super) async fn simulator(place: &Place) -> Simulator {
    let clock = place.clock.clone();
    let options = SimulatorOptions {
        app_secret: APP_SECRET.to_owned(),
        verify_token: "verify".to_owned(),
        access_token: "access".to_owned(),
        phone_number_id: NUMBER.to_owned(),
        display_phone_number: "31205550101".to_owned(),
        waba_id: "1".to_owned(),
        webhook_url: None,
        clock: SimClock::new(move || clock.wall().micros(), |_| Box::pin(tokio::task::yield_now())),
        seed: 7,
    };
    Simulator::start(options).await.unwrap()
}

/// A colleague with these roles, signed in.
pub(super) async fn colleague(flow: &Flow, place: &Place, login: &str, roles: &[Role]) -> Staff {
    let invitation = invite(flow, &Actor::Operator, "Ada Example", roles).await.unwrap();
    // Nobody joins in the very moment of being invited, and of two states of one moment either may count.
    place.clock.forward(Duration::from_micros(1));
    let password = Secret::new(PASSWORD.to_owned());
    let joined = join(flow, &invitation.token, login, &password).await.unwrap();
    session(flow, &joined.token).await.unwrap().unwrap()
}

/// What a message says.
pub(super) fn words(message: &MessageView) -> String {
    let body = message.body.as_ref().map(|body| body.expose());
    body.and_then(Body::words).unwrap_or_default().to_owned()
}
