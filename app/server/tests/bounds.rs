//! What a sender cannot do: trickle, overflow, hold on, or keep others out.

use tokio::io::AsyncWriteExt;
use tokio::time::Duration;

use super::support::{Talk, answer, failed_run, head, request, signature};

const SHORT: Duration = Duration::from_millis(150);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_trickles_is_cut() {
    let talk = Talk::start_with(|settings| settings.head_within = SHORT).await;
    let mut stream = talk.connect().await;
    stream
        .write_all(b"POST /webhook HTTP/1.1\r\nhost: x\r\nx-github-event: ")
        .await
        .unwrap();
    // It ends, or this test never does.
    let (status, text) = answer(&mut stream).await;
    assert!(matches!(status, 0 | 408), "{text}");
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_connection_is_closed() {
    let talk = Talk::start_with(|settings| settings.head_within = SHORT).await;
    let mut stream = talk.connect().await;
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let (status, text) = answer(&mut stream).await;
    assert_eq!(status, 200, "{text}");
    assert_eq!(
        answer(&mut talk.connect().await).await.0,
        0,
        "also one that never asks"
    );
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_trickles_is_cut() {
    let talk = Talk::start_with(|settings| settings.body_within = SHORT).await;
    let body = failed_run(1, 1_000);
    let length = format!("content-length: {}", body.len());
    let mut stream = talk.connect().await;
    let head = head("g", "workflow_run", &signature(&body), &length);
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body[..500]).await.unwrap();
    let (status, text) = answer(&mut stream).await;
    assert_eq!(status, 408, "{text}");
    assert!(text.contains("took too long"), "{text}");
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_breaks_off_leaves_nothing() {
    let talk = Talk::start().await;
    let whole = request(
        "g",
        "workflow_run",
        &signature(&failed_run(1, 0)),
        &failed_run(1, 0),
    );
    let mut stream = talk.connect().await;
    stream.write_all(&whole[..whole.len() - 5]).await.unwrap();
    stream.shutdown().await.unwrap();
    let (status, text) = answer(&mut stream).await;
    assert!(matches!(status, 0 | 400), "{text}");
    assert_eq!(talk.running.journal().counts().await.unwrap().deliveries, 0);
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_without_end_is_refused_at_the_bound() {
    let talk = Talk::start().await;
    let stream = talk.connect().await;
    let (mut read, mut write) = stream.into_split();
    let sending = async {
        let head = head("g", "ping", "sha256=00", "transfer-encoding: chunked");
        let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 1 << 20], b"\r\n"].concat();
        let _ = write.write_all(head.as_bytes()).await;
        for _ in 0..40 {
            if write.write_all(&chunk).await.is_err() {
                return;
            }
        }
        let _ = write.write_all(b"0\r\n\r\n").await;
    };
    let mut text = String::new();
    let reading = tokio::io::AsyncReadExt::read_to_string(&mut read, &mut text);
    let _ = tokio::join!(sending, reading);
    assert!(text.starts_with("HTTP/1.1 413"), "{text}");
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_announced_body_is_refused_also_to_one_who_keeps_sending() {
    let talk = Talk::start().await;
    let body = vec![b' '; 26 << 20];
    let request = request("g", "ping", &signature(&body), &body);
    let (status, text) = talk.send(&request).await;
    assert_eq!(status, 413, "{text}");
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_without_end_is_refused() {
    let talk = Talk::start().await;
    let many: String = (0..100).map(|n| format!("x-{n}: y\r\n")).collect();
    let long = format!("x-long: {}\r\n", "y".repeat(40_000));
    for more in [many, long] {
        let request = format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{more}\r\n");
        let (status, text) = talk.send(request.as_bytes()).await;
        assert_eq!(status, 431, "{text}");
    }
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn small_deliveries_pass_while_large_ones_crawl() {
    let talk = Talk::start().await;
    let mut crawling = Vec::new();
    // More than the budget has room for, each with enough on the way to have taken its share.
    for n in 0..5 {
        let mut stream = talk.connect().await;
        let head = head(
            &format!("slow{n}"),
            "ping",
            "sha256=00",
            "content-length: 26000000",
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b' '; 100_000]).await.unwrap();
        crawling.push(stream);
    }
    let (status, text) = talk
        .deliver("quick", "workflow_run", &failed_run(1, 15_000))
        .await;
    assert_eq!(status, 202, "{text}");
    drop(crawling);
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_pool_refuses_at_once_and_stalling_strangers_do_not_fill_it() {
    // The first pool is then 8 MiB: room for 256 bodies of which a little has arrived.
    let talk = Talk::start_with(|settings| settings.body_memory = 48 << 20).await;
    // Forty were enough once, with a megabyte each for the asking.
    let mut stalled = Vec::new();
    let stall = |n: usize| {
        let talk = &talk;
        async move {
            let mut stream = talk.connect().await;
            let length = "content-length: 26000000";
            let head = head(&format!("slow{n}"), "ping", "sha256=00", length);
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&[b' '; 40_000]).await.unwrap();
            stream
        }
    };
    for n in 0..60 {
        stalled.push(stall(n).await);
    }
    let body = failed_run(1, 300_000);
    let (status, text) = talk.deliver("large", "workflow_run", &body).await;
    assert_eq!(status, 202, "{text}");
    for n in 60..300 {
        stalled.push(stall(n).await);
    }
    // The server may not have come to all of them.
    let (mut status, mut text) = (0, String::new());
    for n in 0..200 {
        let guid = format!("larger{n}");
        (status, text) = talk.deliver(&guid, "workflow_run", &body).await;
        if status == 503 {
            break;
        }
    }
    assert_eq!(status, 503, "{text}");
    assert!(text.contains("no room"), "{text}");
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_beyond_the_bound_wait_outside() {
    let talk = Talk::start_with(|settings| settings.connections = 2).await;
    let held = [talk.connect().await, talk.connect().await];
    let mut third = talk.connect().await;
    third
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut waiting = Box::pin(answer(&mut third));
    let early = tokio::time::timeout(SHORT, waiting.as_mut()).await;
    assert!(early.is_err(), "it was let in as the third of two");
    drop(held);
    assert_eq!(waiting.await.0, 200);
    talk.running.stop().await;
}
