//! Deliveries, what their items became, what is kept whole, what was seen before.

use crate::Store;
use crate::rows::{DeliveryRow, IntakeItemRow, ItemMark, ItemOutcome, KeptRow, PostponedRow, Row, SeenRow, Weight};
use crate::sql::value::args;
use crate::sql::{Cells, Field, ReadError, statements, text};
use counterfoil_model::{DeliveryId, KeptId, Timestamp};
use counterfoil_vault::Keyed;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// How many items are counted in one go, and those of the delivery that is the last of them.
const STRETCH: i64 = 20_000;

statements! {
    POSITIONS = "SELECT intake_item.delivery_id, intake_item.position FROM intake_item WHERE intake_item.delivery_id IN ({list})";
    DELIVERY_WAITING = "SELECT delivery.id, CAST(coalesce(length(delivery.sealed), 0) AS BIGINT) FROM delivery WHERE delivery.state = 1 \
        AND NOT EXISTS (SELECT 1 FROM postponed WHERE postponed.delivery_id = delivery.id \
            AND postponed.try_at > $1 AND postponed.try_at <= $2) \
        ORDER BY delivery.id LIMIT $3";
    DELIVERIES = text!("SELECT ", DeliveryRow::COLUMNS, " FROM delivery WHERE delivery.id IN ({list})");
    POSTPONED_OF = text!("SELECT ", PostponedRow::COLUMNS, " FROM postponed WHERE postponed.delivery_id IN ({list})");
    POSTPONED_COUNT = "SELECT count(*) FROM postponed";
    POSTPONED_OLDEST = text!("SELECT ", PostponedRow::COLUMNS, " FROM postponed ORDER BY postponed.since, postponed.delivery_id LIMIT 1");
    DELIVERY = text!("SELECT ", DeliveryRow::COLUMNS, " FROM delivery WHERE delivery.id = $1");
    // An id holds the time at which its delivery came in, so the first by id is the oldest.
    DELIVERY_OLDEST_WAITING = "SELECT delivery.received_at FROM delivery WHERE delivery.state = 1 ORDER BY delivery.id LIMIT 1";
    INTAKE_ITEMS_OF = text!("SELECT ", IntakeItemRow::COLUMNS, " FROM intake_item \
        WHERE intake_item.delivery_id = $1 ORDER BY intake_item.position");
    // In stretches of deliveries, so that what the engine sorts by kind stays small however much came in.
    INTAKE_STRETCH = "SELECT stretch.delivery_id FROM (SELECT intake_item.delivery_id FROM intake_item \
        WHERE intake_item.delivery_id > $1 ORDER BY intake_item.delivery_id LIMIT $2) AS stretch ORDER BY stretch.delivery_id DESC LIMIT 1";
    INTAKE_STATS = "SELECT intake_item.kind, intake_item.outcome, count(*) FROM intake_item \
        WHERE intake_item.delivery_id > $1 AND intake_item.delivery_id <= $2 GROUP BY intake_item.kind, intake_item.outcome";
    POSTS = "SELECT count(*), CAST(coalesce(sum(CASE WHEN delivery.state = 1 THEN 1 ELSE 0 END), 0) AS BIGINT) FROM delivery";
    SEEN = "SELECT seen.mark FROM seen WHERE seen.mark IN ({list})";
    SEEN_WITHOUT_TIME = text!("SELECT ", SeenRow::COLUMNS, " FROM seen WHERE seen.mark >= $1 LIMIT 1");
    KEPT_COUNT = "SELECT count(*) FROM kept";
    KEPT_BY_REASON = "SELECT kept.reason, count(*) FROM kept GROUP BY kept.reason ORDER BY kept.reason";
    KEPT_TOLD = text!("SELECT ", KeptRow::COLUMNS, " FROM kept WHERE kept.kind IN ({list}) AND kept.weight >= $1 AND kept.id < $2 \
        ORDER BY kept.id DESC LIMIT $3");
    KEPT_LIST = text!("SELECT ", KeptRow::COLUMNS, " FROM kept WHERE kept.id > $1 ORDER BY kept.id LIMIT $2");
}

/// What came in and what became of it, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeStats {
    /// Posts accepted.
    pub posts: i64,
    /// Posts of which not all items are accounted for.
    pub waiting: i64,
    /// Of these, how many failed and are tried again later.
    pub postponed: i64,
    /// Items by kind and outcome, in that order.
    pub items: Vec<(String, ItemOutcome, i64)>,
}

impl Store {
    /// Deliveries whose items are not all accounted for and that are not postponed beyond `now`, oldest first, without `besides`: at most `limit` of them, and
    /// at most `bytes` of sealed posts unless the first alone has more.
    ///
    /// None is ever postponed by more than `longest`: what seems to be shows that the clock was set back, and is due.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn delivery_waiting(
        &self,
        now: Timestamp,
        longest: Duration,
        besides: &[DeliveryId],
        limit: usize,
        bytes: i64,
    ) -> Result<Vec<DeliveryId>, ReadError> {
        let besides: HashSet<&DeliveryId> = besides.iter().collect();
        let most = i64::try_from(limit + besides.len()).unwrap_or(i64::MAX);
        let (mut ids, mut total): (Vec<DeliveryId>, i64) = (Vec::new(), 0);
        for row in self
            .database()
            .rows(DELIVERY_WAITING, args![now, now.plus(longest), most])
            .await?
        {
            let mut cells = Cells::new(row);
            let (id, length): (DeliveryId, i64) = (cells.take("delivery", "id")?, cells.take("delivery", "sealed")?);
            if besides.contains(&id) {
                continue;
            }
            total = total.saturating_add(length);
            if ids.len() == limit || (total > bytes && !ids.is_empty()) {
                break;
            }
            ids.push(id);
        }
        Ok(ids)
    }

    /// Those of these deliveries that there are, in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn deliveries_get(&self, ids: &[DeliveryId]) -> Result<Vec<DeliveryRow>, ReadError> {
        self.all_of(DELIVERIES, Vec::new(), ids.iter().copied()).await
    }

    /// Which of these deliveries failed before, in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn postponed_of(&self, deliveries: &[DeliveryId]) -> Result<Vec<PostponedRow>, ReadError> {
        self.all_of(POSTPONED_OF, Vec::new(), deliveries.iter().copied()).await
    }

    /// The delivery that has been in trouble for longest.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn postponed_oldest(&self) -> Result<Option<PostponedRow>, ReadError> {
        self.one(POSTPONED_OLDEST, Vec::new()).await
    }

    /// How many deliveries are tried again later.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn postponed_count(&self) -> Result<i64, ReadError> {
        let rows = self.database().rows(POSTPONED_COUNT, Vec::new()).await?;
        Cells::new(rows.into_iter().next().unwrap_or_default()).take("postponed", "count")
    }

    /// When the oldest delivery that waits came in; which intake keys are still needed.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn delivery_oldest_waiting(&self) -> Result<Option<Timestamp>, ReadError> {
        let mut rows = self.database().rows(DELIVERY_OLDEST_WAITING, Vec::new()).await?;
        rows.pop()
            .map_or(Ok(None), |row| Cells::new(row).take("delivery", "received_at"))
    }

    /// A delivery.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn delivery_get(&self, id: DeliveryId) -> Result<Option<DeliveryRow>, ReadError> {
        self.one(DELIVERY, args![id]).await
    }

    /// The items of a delivery that are accounted for, in their order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn intake_items_of(&self, delivery: DeliveryId) -> Result<Vec<IntakeItemRow>, ReadError> {
        self.all(INTAKE_ITEMS_OF, args![delivery]).await
    }

    /// What came in and what became of it, in numbers.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn intake_stats(&self) -> Result<IntakeStats, ReadError> {
        // What waits comes first: what is recorded meanwhile is then counted among the items, and nothing is in neither.
        let postponed = self.postponed_count().await?;
        let posts = self.database().rows(POSTS, Vec::new()).await?;
        let mut posts = Cells::new(posts.into_iter().next().unwrap_or_default());
        let (posts, waiting) = (posts.take("delivery", "count")?, posts.take("delivery", "waiting")?);
        Ok(IntakeStats {
            posts,
            waiting,
            postponed,
            items: self.intake_kinds().await?,
        })
    }

    /// Items by kind and outcome, in the order of both.
    async fn intake_kinds(&self) -> Result<Vec<(String, ItemOutcome, i64)>, ReadError> {
        let mut counted: BTreeMap<(String, ItemOutcome), i64> = BTreeMap::new();
        let mut after = Vec::new();
        loop {
            let stretch = self
                .database()
                .rows(INTAKE_STRETCH, args![after.clone(), STRETCH])
                .await?;
            let Some(end) = stretch.into_iter().next() else { break };
            let end: Vec<u8> = Cells::new(end).take("intake_item", "delivery_id")?;
            for row in self.database().rows(INTAKE_STATS, args![after, end.clone()]).await? {
                let mut cells = Cells::new(row);
                let of = (
                    cells.take("intake_item", "kind")?,
                    cells.take("intake_item", "outcome")?,
                );
                *counted.entry(of).or_default() += cells.take::<i64>("intake_item", "count")?;
            }
            after = end;
        }
        let items = counted.into_iter();
        Ok(items.map(|((kind, outcome), count)| (kind, outcome, count)).collect())
    }

    /// Those of these marks that items bear which were taken, in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn seen(&self, marks: &[ItemMark]) -> Result<Vec<ItemMark>, ReadError> {
        let marks = marks.iter().map(|mark| mark.into_value()).collect();
        let rows = self.database().listed(SEEN, Vec::new(), marks).await?;
        let marks = rows.into_iter().map(|row| Cells::new(row).take("seen", "mark"));
        marks.collect()
    }

    /// Whether there are marks without a time, of items that came before marks had one.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn seen_without_time(&self) -> Result<bool, ReadError> {
        let first = ItemMark::without_time(Keyed::from_bytes([0; 32]));
        let found: Vec<SeenRow> = self.all(SEEN_WITHOUT_TIME, args![first]).await?;
        Ok(!found.is_empty())
    }

    /// How much is kept whole.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn kept_count(&self) -> Result<i64, ReadError> {
        let rows = self.database().rows(KEPT_COUNT, Vec::new()).await?;
        Cells::new(rows.into_iter().next().unwrap_or_default()).take("kept", "count")
    }

    /// How much is kept whole, by reason.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn kept_by_reason(&self) -> Result<Vec<(i64, i64)>, ReadError> {
        let rows = self.database().rows(KEPT_BY_REASON, Vec::new()).await?;
        rows.into_iter()
            .map(|row| {
                let mut cells = Cells::new(row);
                Ok((cells.take("kept", "reason")?, cells.take("kept", "count")?))
            })
            .collect()
    }

    /// What is kept whole, oldest first, after `after`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn kept_list(&self, after: Option<KeptId>, limit: usize) -> Result<Vec<KeptRow>, ReadError> {
        let after = after.unwrap_or(KeptId::from_bytes([0; 16]));
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(KEPT_LIST, args![after, most]).await
    }

    /// What is kept whole of these kinds and weighs `least` or more, newest first, older than `before`, `limit` at most.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn kept_told(
        &self,
        kinds: &[&str],
        least: Weight,
        before: Option<KeptId>,
        limit: usize,
    ) -> Result<Vec<KeptRow>, ReadError> {
        let before = before.unwrap_or(KeptId::from_bytes([0xff; 16]));
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let kinds = kinds.iter().map(|kind| (*kind).to_owned());
        // A long list is asked for in pieces, each of which answers with its newest.
        let mut rows: Vec<KeptRow> = self.all_of(KEPT_TOLD, args![least, before, most], kinds).await?;
        rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
        rows.truncate(limit);
        Ok(rows)
    }

    /// Which items of these deliveries are accounted for already.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn intake_positions(&self, deliveries: &[DeliveryId]) -> Result<HashSet<(DeliveryId, i64)>, ReadError> {
        let list = deliveries.iter().map(|id| id.into_value()).collect();
        let rows = self.database().listed(POSITIONS, Vec::new(), list).await?;
        rows.into_iter()
            .map(|row| {
                let mut cells = Cells::new(row);
                Ok((
                    cells.take("intake_item", "delivery_id")?,
                    cells.take("intake_item", "position")?,
                ))
            })
            .collect()
    }
}
