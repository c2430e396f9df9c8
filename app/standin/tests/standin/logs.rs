//! Job logs: a redirect to another host, without our token, within a minute.

use jiff::SignedDuration;
use waterline_standin::{FinishedJob, Host, Log, RunOn};

use crate::client::House;

async fn house_with_job(log: Log) -> (House, String) {
    let house = House::new().await;
    let shop = house.github.home();
    let run = shop.start_run(RunOn::PullRequest(1)).await.unwrap();
    let jobs = vec![FinishedJob::ended("build", "failure", log)];
    let job = shop.finish_run(run, "failure", jobs).await.unwrap()[0];
    (house, format!("/repos/octo/shop/actions/jobs/{job}/logs"))
}

#[tokio::test]
async fn a_log_is_fetched_from_storage_without_the_token() {
    let (house, path) = house_with_job(Log::from("line 1\nerror: no\n")).await;
    let token = house.token();
    let answer = house.get(&path, &token).await;
    assert_eq!(answer.status, 302);
    let url = answer.header("location").to_owned();
    assert!(url.starts_with("http://localhost:"), "{url}");
    assert!(
        !url.contains(
            house
                .github
                .url()
                .split(':')
                .nth(2)
                .unwrap()
                .split('/')
                .next()
                .unwrap()
        )
    );
    assert_eq!(house.get(&url, "").await.bytes, b"line 1\nerror: no\n");
    assert_eq!(
        house.get(&url, &token).await.status,
        400,
        "the token was given away"
    );
    let leaked = house.github.exchanges().into_iter();
    let leaked = leaked.filter(|e| e.host == Host::Storage && e.header("authorization").is_some());
    assert_eq!(leaked.count(), 1);
    house.github.world().clock.skew = SignedDuration::from_secs(61);
    assert_eq!(house.get(&url, "").await.status, 403, "a minute is over");
    house.done();
}

#[tokio::test]
async fn an_old_log_is_gone() {
    let (house, path) = house_with_job(Log::Expired).await;
    assert_eq!(house.get(&path, &house.token()).await.status, 410);
    let (house, path) = house_with_job(Log::Missing).await;
    assert_eq!(house.get(&path, &house.token()).await.status, 404);
}
