//! A database for one test, and the few verbs that the tests speak.

use std::future::Future;
use std::pin::Pin;

use futures_util::FutureExt;
use sqlx::{AnyConnection, Connection, SqlSafeStr};
use tempfile::TempDir;
use waterline_core::event::{Job, Task, Trigger};
use waterline_core::model::Subject;

use crate::journal::{Error, Journal, Lease, NewDelivery, Options, random, sql};

/// Declares a test that runs on both databases.
macro_rules! on_both {
    ($(#[$doc:meta])* async fn $name:ident($bench:ident: Bench) $body:block) => {
        mod $name {
            use super::*;
            async fn test($bench: &$crate::journal::tests::bench::Bench) $body
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                test(&$crate::journal::tests::bench::Bench::sqlite()).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let test = |bench| async move {
                    test(&bench).await;
                    bench
                };
                $crate::journal::tests::bench::with_postgres(stringify!($name), test).await;
            }
        }
    };
}
pub(super) use on_both;

/// A database of one test's own.
pub(crate) struct Bench {
    pub(crate) place: String,
    dir: Option<TempDir>,
}

impl Bench {
    pub(crate) fn sqlite() -> Self {
        let dir = TempDir::new().unwrap();
        Self {
            place: dir.path().join("w.db").display().to_string(),
            dir: Some(dir),
        }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.dir.is_some()
    }

    /// A journal together with the folder that it needs.
    pub(crate) async fn open_kept(self) -> (Journal, Self) {
        (self.open().await, self)
    }

    pub(crate) async fn open(&self) -> Journal {
        self.open_with(Options::default()).await
    }

    /// Holds the tables, so that whoever writes gets no answer until this connection ends.
    pub(crate) async fn silence(&self) -> AnyConnection {
        let mut conn = AnyConnection::connect(&self.place).await.unwrap();
        let lock = "BEGIN; LOCK TABLE deliveries, jobs, marks IN ACCESS EXCLUSIVE MODE";
        sqlx::raw_sql(lock).execute(&mut conn).await.unwrap();
        conn
    }

    pub(crate) async fn open_with(&self, options: Options) -> Journal {
        Journal::open(&self.place, options).await.unwrap()
    }
}

/// Runs a test on a new database of the server that the environment names, or says that it did
/// not. The database goes when the test succeeds.
pub(crate) async fn with_postgres<F>(name: &str, test: impl FnOnce(Bench) -> F)
where
    F: Future<Output = Bench>,
{
    let Ok(server) = std::env::var("WATERLINE_TEST_POSTGRES") else {
        println!("NOT RUN on PostgreSQL: {name} (set WATERLINE_TEST_POSTGRES to a server's URL)");
        return;
    };
    let database = format!("waterline_test_{:016x}", random());
    admin(&server, &format!("CREATE DATABASE {database}")).await;
    let (base, query) = server
        .split_once('?')
        .map_or((server.as_str(), None), |(b, q)| (b, Some(q)));
    let root = match base.splitn(4, '/').collect::<Vec<_>>()[..] {
        [scheme, empty, host, ..] => format!("{scheme}/{empty}/{host}"),
        _ => panic!("WATERLINE_TEST_POSTGRES is no URL"),
    };
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    test(Bench {
        place: format!("{root}/{database}{query}"),
        dir: None,
    })
    .await;
    admin(&server, &format!("DROP DATABASE {database} WITH (FORCE)")).await;
}

/// Runs a statement on a connection of its own.
pub(crate) async fn admin(server: &str, statement: &str) {
    sqlx::any::install_default_drivers();
    let mut conn = AnyConnection::connect(server).await.unwrap();
    let statement = sql::ours(statement.to_owned()).into_sql_str();
    sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// A job in the lane of `o/r#number`.
pub(crate) fn job(number: u64) -> Job {
    named_job(number, "diagnose")
}

/// The same, with another capability.
pub(crate) fn named_job(number: u64, capability: &str) -> Job {
    Job {
        task: Task::Perform {
            capability: capability.to_owned(),
            args: Vec::new(),
        },
        subject: Subject::Issue {
            repo: "o/r".parse().unwrap(),
            number: waterline_core::model::IssueNumber(number),
        },
        trigger: Trigger::Event,
        installation: None,
        due: None,
    }
}

/// A delivery with one job for each number.
pub(crate) fn delivery(guid: &str, lanes: &[u64]) -> NewDelivery {
    NewDelivery {
        guid: guid.to_owned(),
        event: "workflow_run".to_owned(),
        action: "completed".to_owned(),
        repo: "o/r".to_owned(),
        payload: format!("{{\"guid\":\"{guid}\"}}").into(),
        jobs: lanes.iter().map(|&lane| job(lane)).collect(),
    }
}

impl Lease {
    /// Delivery and lane, to compare with.
    pub(super) fn what(&self) -> (String, String) {
        (self.delivery.clone(), self.job.lane())
    }
}

/// A job that somebody waits for.
pub(crate) struct Waiting<'a>(
    Pin<Box<dyn Future<Output = Result<Lease, Error>> + Send + 'a>>,
    &'a Journal,
);

/// Waits for a job without blocking the test.
pub(crate) fn waiting(journal: &Journal) -> Waiting<'_> {
    Waiting(Box::pin(journal.next()), journal)
}

impl Waiting<'_> {
    /// The job, if there is one that may run.
    pub(crate) async fn now(&mut self) -> Option<Lease> {
        // The first poll hands the wish in; what is written after it shares a transaction with it
        // or comes later, so after the answer the wish has been looked at.
        if let Some(lease) = self.0.as_mut().now_or_never() {
            return Some(lease.unwrap());
        }
        self.1.look().await;
        self.0.as_mut().now_or_never().map(Result::unwrap)
    }
}

impl Journal {
    /// Has the writer look at once for leases that ran out and jobs that came due.
    pub(crate) async fn look(&self) {
        self.inner
            .ops
            .send(crate::journal::writer::Op::Look)
            .await
            .unwrap();
        self.set_mark("test", 0).await.unwrap();
        self.set_mark("test", 0).await.unwrap();
    }

    /// The next job, if one may run.
    pub(crate) async fn next_now(&self) -> Option<Lease> {
        waiting(self).now().await
    }

    /// Ends without a word, as a killed process does.
    pub(crate) async fn kill(self) {
        let writer = self.inner.writer.lock().await.take().unwrap();
        writer.abort();
        let _ = writer.await;
    }
}
