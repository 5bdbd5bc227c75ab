//! The one door for writes.
//!
//! Who may call this: the folders of this crate. What must stay true: a change begins only after
//! the policy said yes; it holds the one writing connection, in turn; it commits only together
//! with its audit entry; dropped before that, nothing happened. A request that comes again with the
//! same Idempotency-Key is done once.

use jiff::Timestamp;
use sea_orm::prelude::*;
use sea_orm::{
    DatabaseTransaction, Set, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::MutexGuard;

use crate::actor::{Actor, Through};
use crate::clock;
use crate::error::{self, Error, Result};
use crate::governance::audit::{self, Entry};
use crate::governance::policy::{self, Action, Decision, Scope};
use crate::handle::Network;
use crate::thing::Thing;

mod answered {
    use sea_orm::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "answered_request")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub asker: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub body_hash: String,
        pub on_kind: String,
        pub on_id: String,
        pub at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A change that is being made. Dropped without [`Write::commit`], nothing happened.
pub(crate) struct Write<'n> {
    network: &'n Network,
    // Before the turn, so that a dropped change is rolled back before the next one begins.
    transaction: DatabaseTransaction,
    _turn: MutexGuard<'n, ()>,
    actor: Actor,
    action: Action,
    scope: Scope,
    /// When the change is made; one time for all of it.
    pub(crate) at: Timestamp,
}

impl Network {
    /// Opens the door: asks the policy, waits its turn, begins a transaction.
    pub(crate) async fn write(
        &self,
        actor: &Actor,
        action: Action,
        scope: Scope,
    ) -> Result<Write<'_>> {
        if actor.through == (Through::Token { may_write: false }) {
            // A reading token learns no more than the policy would say.
            return Err(match policy::decide(actor, action, scope) {
                Decision::Hidden => Error::NotFound,
                _ => Error::not_allowed(
                    "This API token can only read. Make one that can write, and use that.",
                ),
            });
        }
        policy::ask(actor, action, scope)?;
        if !self.takes_changes() {
            return Err(Error::Halted);
        }
        let turn = self.queue().lock().await;
        let transaction = self
            .writer()
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await?;
        let write = Write {
            network: self,
            transaction,
            _turn: turn,
            actor: actor.clone(),
            action,
            scope,
            at: self.now(),
        };
        refuse_repeats(write.on(), actor).await?;
        Ok(write)
    }

    /// Says whether the actor's request came before: [`Error::AlreadyDone`] with what it was about,
    /// or [`Error::KeyReused`]. The door asks this itself; whoever works for long before the door
    /// asks first.
    ///
    /// # Errors
    /// The two above, or when the database can't be read.
    pub async fn refuse_repeats(&self, actor: &Actor) -> Result<()> {
        refuse_repeats(self.read(), actor).await
    }

    /// A write that nobody decided, such as when a device was last used: in turn like every other,
    /// without an entry.
    pub(crate) async fn without_entry(
        &self,
        change: impl AsyncFnOnce(&DatabaseConnection) -> Result<()>,
    ) -> Result<()> {
        let _turn = self.queue().lock().await;
        change(self.writer()).await
    }
}

impl Write<'_> {
    /// The transaction, for the stores.
    pub(crate) const fn on(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// Commits the change with its entry.
    pub(crate) async fn commit(self, entry: Entry) -> Result<()> {
        self.remember_answer(&entry.on).await?;
        audit::append(
            self.network,
            &self.transaction,
            &self.actor,
            self.action,
            self.scope,
            self.at,
            entry,
        )
        .await?;
        self.transaction.commit().await.map_err(|fault| {
            if error::is_io_fault(&fault) {
                // A failed sync that "succeeds" next time may have lost this one: stop here.
                self.network.halt();
                return Error::Halted;
            }
            Error::from(fault)
        })
    }

    async fn remember_answer(&self, on: &Thing) -> Result<()> {
        let Some((asker, retry)) = self.actor.retry() else {
            return Ok(());
        };
        answered::Entity::insert(answered::ActiveModel {
            asker: Set(asker),
            key: Set(retry.key.clone()),
            body_hash: Set(retry.body_hash.clone()),
            on_kind: Set(on.kind.clone()),
            on_id: Set(on.id.clone()),
            at: Set(clock::stored(self.at)),
        })
        .exec_without_returning(&self.transaction)
        .await?;
        Ok(())
    }
}

async fn refuse_repeats(on: &impl ConnectionTrait, actor: &Actor) -> Result<()> {
    let Some((asker, retry)) = actor.retry() else {
        return Ok(());
    };
    let key = (asker, retry.key.clone());
    match answered::Entity::find_by_id(key).one(on).await? {
        None => Ok(()),
        Some(row) if row.body_hash == retry.body_hash => Err(Error::AlreadyDone {
            on: Thing {
                kind: row.on_kind,
                id: row.on_id,
            },
        }),
        Some(_) => Err(Error::KeyReused),
    }
}
