//! Power failures: the program is killed under load, started again, and killed again.
//!
//! Whatever was acknowledged must have been done in the end, and nothing said twice, although
//! kills strike between any two steps: before and after a commit, while a comment is on its way.
//! `WATERLINE_CRASH=full` runs it in the size that a release is held to.

mod mail;
mod town;

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use tokio::task::block_in_place;

use self::town::Town;
use crate::support::house::Waterline;
use crate::support::{Database, database};

/// The repository where all of it happens.
const HOME: &str = "octo/shop";

/// Deliveries under way at once.
const CALLERS: usize = 32;

/// How many deliveries, and how many kills.
fn size() -> (usize, usize) {
    match std::env::var("WATERLINE_CRASH").as_deref() {
        Ok("full") => (20_000, 10),
        _ => (1_200, 3),
    }
}

/// Strikes a program again and again while deliveries come and jobs are done, and starts it anew
/// a while later. In the end, looks at what became of all of it.
async fn storm(database: Database, programs: usize, strike: fn(Waterline)) {
    let name = database.name();
    let (deliveries, strikes) = size();
    let town = Town::found(database, deliveries, programs).await;
    let calls: Vec<_> = (0..CALLERS)
        .map(|_| tokio::spawn(Arc::clone(&town).call()))
        .collect();
    let step = 2 * deliveries / (strikes + 1);
    for number in 1..=strikes {
        town.reach(step * number).await;
        let door = number % programs;
        let struck = town.take(door);
        block_in_place(|| strike(struck));
        if programs > 1 {
            // The others go on alone for a while.
            town.reach(step * number + step / 2).await;
        }
        town.start(door);
    }
    for call in calls {
        call.await.unwrap();
    }
    town.reach(2 * deliveries).await;
    let log = town.log();
    for door in 0..programs {
        let program = town.take(door);
        assert_eq!(block_in_place(|| program.stop()), Some(0), "{log}");
    }
    town.nothing_is_lost().await;
    town.nothing_is_said_twice();
    eprintln!(
        "{name}, {programs} at work: {deliveries} acknowledged, {strikes} strikes, {} sent again, \
         0 lost, 0 said twice",
        town.again.load(Relaxed)
    );
}

fn on(databases: impl AsyncFn() -> Vec<Database>, programs: usize, strike: fn(Waterline)) {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        for database in databases().await {
            storm(database, programs, strike).await;
        }
    });
}

#[test]
fn kills_lose_nothing_and_double_nothing() {
    on(database::all, 1, Waterline::kill);
}

#[test]
fn of_two_replicas_one_is_killed_and_the_other_goes_on() {
    let postgres = async || {
        let found = Database::postgres().await;
        if found.is_none() {
            eprintln!(
                "without PostgreSQL there are no replicas: WATERLINE_TEST_POSTGRES is not set"
            );
        }
        found.into_iter().collect()
    };
    on(postgres, 2, Waterline::kill);
}

#[test]
fn a_stop_under_load_is_clean_and_loses_nothing() {
    on(database::all, 1, |program| {
        let log = program.log();
        assert_eq!(program.stop(), Some(0), "{log}");
    });
}
