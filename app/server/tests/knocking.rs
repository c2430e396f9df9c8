//! Knocking at the door: what is let in, and what is told why not.

use super::support::{Talk, failed_run, head, request, signature};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_is_stored_answered_and_worked_off() {
    let talk = Talk::start().await;
    let body = failed_run(42, 9_000);
    let (status, text) = talk.deliver("g-1", "workflow_run", &body).await;
    assert_eq!(status, 202, "{text}");
    assert!(text.ends_with(r#"{"accepted":true,"jobs":1}"#), "{text}");
    let counts = talk.until(|counts| counts.done == 1).await;
    assert_eq!((counts.deliveries, counts.queued, counts.dead), (1, 0, 0));
    let begun = talk.work.begun.lock().unwrap().clone();
    assert_eq!(begun, [("diagnose".to_owned(), "g-1".to_owned())]);
    assert_eq!(
        talk.running
            .journal()
            .payload("g-1")
            .await
            .unwrap()
            .unwrap(),
        body
    );

    let (status, text) = talk.deliver("g-1", "workflow_run", &body).await;
    assert_eq!(status, 202);
    assert!(text.contains("nothing is done twice"), "{text}");
    assert_eq!(talk.names().len(), 1);
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_refused_with_one_sentence_and_leaves_nothing() {
    let talk = Talk::start().await;
    let body = failed_run(42, 0);
    let good = signature(&body);
    let length = format!("content-length: {}", body.len());
    let without = |name: &str| {
        let head = head("g", "workflow_run", &good, &length);
        let lines = head
            .split_inclusive("\r\n")
            .filter(|line| !line.starts_with(name));
        [lines.collect::<String>().as_bytes(), &body].concat()
    };
    let other = |from: &str, to: &str| {
        let head = head("g", "workflow_run", &good, &length).replace(from, to);
        [head.as_bytes(), &body].concat()
    };
    let broken = b"{\"action\": ".to_vec();
    for (wanted, request, word) in [
        (
            401,
            request("g", "workflow_run", &signature(b"other"), &body),
            "does not fit",
        ),
        (
            401,
            request("g", "workflow_run", "sha256=zz", &body),
            "does not fit",
        ),
        (400, without("x-github-event"), "X-GitHub-Event"),
        (400, without("x-github-delivery"), "X-GitHub-Delivery"),
        (400, without("x-hub-signature-256"), "X-Hub-Signature-256"),
        (
            400,
            request("g", "workflow_run", &signature(&broken), &broken),
            "JSON",
        ),
        (
            400,
            request("g", "ping", &signature(b"[1]"), b"[1]"),
            "object",
        ),
        (
            415,
            other("application/json", "text/plain"),
            "application/json",
        ),
        (413, other(&length, "content-length: 26214401"), "25 MB"),
        (404, other("/webhook", "/elsewhere"), "nothing here"),
        (405, other("POST", "PUT"), "method"),
    ] {
        let (status, text) = talk.send(&request).await;
        assert_eq!(status, wanted, "{text}");
        let (_, said) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            said.starts_with("{\"error\":\"") && said.contains(word),
            "{word}: {said}"
        );
    }
    let counts = talk.running.journal().counts().await.unwrap();
    assert_eq!(counts, crate::journal::Counts::default());
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_we_do_not_know_is_no_error_and_costs_no_row() {
    let talk = Talk::start().await;
    for (event, body) in [
        ("ping", &b"{\"zen\":\"Keep it logically awesome.\"}"[..]),
        ("", b"{}"),
        ("invented_yesterday", b"{\"action\":\"frobbed\"}"),
        (
            "workflow_run",
            b"{\"action\":\"requested\",\"workflow_run\":{\"id\":1}}",
        ),
    ] {
        let (status, text) = talk.deliver("g", event, body).await;
        assert_eq!(status, 202, "{event}: {text}");
        assert!(text.contains("nothing to do"), "{event}: {text}");
    }
    assert_eq!(talk.running.journal().counts().await.unwrap().deliveries, 0);
    let (_, page) = talk.get("/").await;
    assert!(
        page.contains("invented_yesterday") && page.contains("frobbed"),
        "{page}"
    );
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_and_a_chunked_body_are_as_good() {
    let talk = Talk::start().await;
    let json: String = String::from_utf8(failed_run(1, 100)).unwrap();
    let form = format!(
        "payload={}",
        json.bytes()
            .map(|b| format!("%{b:02X}"))
            .collect::<String>()
    );
    let length = format!("content-length: {}", form.len());
    let form_head = head("form", "workflow_run", &signature(form.as_bytes()), &length)
        .replace("application/json", "application/x-www-form-urlencoded");
    let (status, text) = talk.send(format!("{form_head}{form}").as_bytes()).await;
    assert_eq!(status, 202, "{text}");
    assert_eq!(
        talk.running
            .journal()
            .payload("form")
            .await
            .unwrap()
            .unwrap(),
        json.as_bytes()
    );

    let body = failed_run(2, 200_000);
    let mut chunked = head(
        "chunked",
        "workflow_run",
        &signature(&body),
        "transfer-encoding: chunked",
    )
    .into_bytes();
    for piece in body.chunks(7_001) {
        chunked.extend(format!("{:x}\r\n", piece.len()).bytes());
        chunked.extend(piece);
        chunked.extend(b"\r\n");
    }
    chunked.extend(b"0\r\n\r\n");
    let (status, text) = talk.send(&chunked).await;
    assert_eq!(status, 202, "{text}");
    assert_eq!(
        talk.running
            .journal()
            .payload("chunked")
            .await
            .unwrap()
            .unwrap(),
        body
    );
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_delivery_sent_a_thousand_times_runs_once() {
    let talk = Talk::start().await;
    let body = failed_run(1, 2_000);
    let all = futures_util::future::join_all(
        (0..1_000).map(|_| talk.deliver("one", "workflow_run", &body)),
    );
    let statuses: Vec<u16> = all.await.into_iter().map(|(status, _)| status).collect();
    assert!(statuses.iter().all(|status| *status == 202), "{statuses:?}");
    let counts = talk
        .until(|counts| counts.queued + counts.leased == 0)
        .await;
    assert_eq!((counts.done, counts.deliveries), (1, 1));
    assert_eq!(talk.names().len(), 1);
    talk.running.stop().await;
}
