//! The one door for writes.
//!
//! Who may call this: the folders of this crate. What must stay true: a change begins only after
//! the policy said yes; it holds the one writing connection, in turn; it commits only together
//! with its audit entry; dropped before that, nothing happened. A request that comes again with the
//! same Idempotency-Key is done once.

use jiff::Timestamp;
use sea_orm::prelude::*;
use sea_orm::{
    DatabaseBackend, DatabaseTransaction, Set, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::MutexGuard;

use crate::actor::{Actor, Through};
use crate::clock;
use crate::database::postgres;
use crate::error::{self, Error, Result};
use crate::governance::audit::{self, Entry};
use crate::governance::policy::{self, Action, Decision, Scope};
use crate::handle::Network;
use crate::thing::Thing;

pub(crate) mod answered {
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
        if transaction.get_database_backend() == DatabaseBackend::Postgres {
            // Other processes wait here too.
            postgres::take_turn(&transaction).await?;
        }
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
            if error::is_lost_connection(&fault) {
                return Error::Unsure;
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use sea_orm::ConnectionTrait;

    use crate::people::{self, Founding, NewPerson};
    use crate::places::{self, About, PlaceProfile};
    use crate::{Actor, Error, Network, Settings};

    async fn founded() -> (tempfile::TempDir, Network, Actor) {
        founded_in(testkit::a_database()).await
    }

    async fn founded_in(database: Option<String>) -> (tempfile::TempDir, Network, Actor) {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::new(folder.path());
        settings.database = database;
        settings.second_step = false;
        let network = Network::open(settings).await.unwrap();
        let password = "blue kettle on the hill";
        let founding = Founding {
            about: About {
                name: "Aireford Learning Network".to_owned(),
                purpose: "Every child known.".to_owned(),
                contact_name: "Ruth Adeyemi".to_owned(),
                contact_phone: "0113 496 0118".to_owned(),
                ..About::default()
            },
            lead: NewPerson {
                name: "Ruth Adeyemi".to_owned(),
                email: "ruth@example.org".to_owned(),
                password: Some(password.to_owned()),
            },
            ..Founding::default()
        };
        people::found(&network, &Actor::operator(), &founding)
            .await
            .unwrap();
        let ruth = people::sign_in(&network, "ruth@example.org", password, "x")
            .await
            .unwrap();
        (folder, network, ruth.actor)
    }

    async fn limit_pages(network: &Network, pages: &str) {
        let sql = format!("PRAGMA max_page_count = {pages}");
        network.writer().execute_unprepared(&sql).await.unwrap();
    }

    #[tokio::test]
    async fn a_full_disk_is_a_message_and_room_cures_it_without_a_restart() {
        let (_folder, network, ruth) = founded_in(None).await;
        limit_pages(&network, "1").await; // SQLite takes the pages in use as the least
        let profile = PlaceProfile {
            name: "A place with a name that is long enough to fill a page soon ".repeat(2),
            kind: "school".to_owned(),
            ..PlaceProfile::default()
        };
        let mut acknowledged = 0;
        let full = loop {
            let slug = format!("place-{acknowledged}");
            match places::add_place(&network, &ruth, &slug, &profile).await {
                Ok(_) => acknowledged += 1,
                Err(fault) => break fault,
            }
            assert!(acknowledged < 500, "the disk never gets full");
        };
        assert!(matches!(full, Error::DiskFull), "{full:?}");
        assert!(
            full.to_string()
                .starts_with("The disk is full, so this was not saved.")
        );
        assert_eq!(
            places::all(&network).await.unwrap().len(),
            acknowledged,
            "reading works"
        );
        assert!(network.takes_changes());

        limit_pages(&network, "1000000").await;
        places::add_place(&network, &ruth, "room-again", &profile)
            .await
            .unwrap();
        assert_eq!(places::all(&network).await.unwrap().len(), acknowledged + 1);
        let chain = crate::governance::audit::verify(&network, &[])
            .await
            .unwrap();
        assert_eq!(chain.broken, None);
    }

    #[tokio::test]
    async fn after_a_failed_sync_changes_stop_and_pages_are_still_read() {
        let (_folder, network, ruth) = founded().await;
        network.halt();
        let tried = places::add_place(&network, &ruth, "a", &PlaceProfile::default()).await;
        assert!(
            matches!(tried, Err(Error::Invalid(_))),
            "what was typed is checked first"
        );
        let profile = PlaceProfile {
            name: "Thornbeck".to_owned(),
            kind: "school".to_owned(),
            ..PlaceProfile::default()
        };
        let tried = places::add_place(&network, &ruth, "thornbeck", &profile).await;
        assert!(matches!(tried, Err(Error::Halted)));
        assert!(places::network_profile(&network).await.is_ok());
    }

    #[tokio::test]
    async fn a_change_that_is_dropped_did_not_happen() {
        let (_folder, network, ruth) = founded().await;
        let profile = PlaceProfile {
            name: "Thornbeck".to_owned(),
            kind: "school".to_owned(),
            ..PlaceProfile::default()
        };
        // A browser that goes away in the middle of a request: the future is dropped while it waits.
        for _ in 0..20 {
            let adding = places::add_place(&network, &ruth, "thornbeck", &profile);
            let soon = std::time::Duration::from_micros(200);
            if tokio::time::timeout(soon, adding).await.is_ok() {
                break;
            }
        }
        // One that was dropped while it committed may still be committing; the one writing
        // connection answers this only afterwards.
        let settled = network.without_entry(async |writer| {
            writer.execute_unprepared("SELECT 1").await?;
            Ok(())
        });
        settled.await.unwrap();
        let here = places::all(&network).await.unwrap().len();
        places::add_place(&network, &ruth, "kirkfold", &profile)
            .await
            .unwrap();
        assert_eq!(places::all(&network).await.unwrap().len(), here + 1);
        let entries = crate::governance::audit::entries(&network, &ruth, None, None, 100)
            .await
            .unwrap();
        let added = entries.iter().filter(|e| e.what == "added a place").count();
        assert_eq!(
            added,
            here + 1,
            "an entry for each change, and no change without one"
        );
    }
}
