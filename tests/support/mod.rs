//! What a conversation needs: the house with a GitHub before it, and small words for what is
//! said and seen. A conversation runs on SQLite, and on PostgreSQL where the test command has
//! started one; it fails when something unexpected was posted or a job is left over.

pub(crate) mod act;
pub(crate) mod browser;
pub(crate) mod database;
pub(crate) mod house;
pub(crate) mod log;
pub(crate) mod posted;

pub(crate) use browser::Browser;
pub(crate) use database::Database;
pub(crate) use house::{House, Waterline};
pub(crate) use log::failing_log;

/// Runs a conversation on every database at hand.
pub(crate) fn conversation(story: impl AsyncFn(&mut House)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        for database in database::all().await {
            let name = database.name();
            let mut house = House::open(database).await;
            story(&mut house).await;
            house.close(name).await;
        }
    });
}
