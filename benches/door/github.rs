//! What stands where GitHub's API would: something that keeps every job short or at bay, so that
//! the door is measured and not the work behind it.

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::http;

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Never. Whoever asks waits: jobs stay in the queue.
    Silent,
    /// At once, with 404: the installation is gone, and with it the job.
    Gone,
}

/// An API; it ends when dropped.
pub(crate) struct GitHub {
    /// Where it is.
    pub(crate) url: String,
    task: JoinHandle<()>,
}

impl GitHub {
    /// Starts one on a free port.
    pub(crate) async fn start(manner: Manner) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, manner));
            }
        });
        Ok(Self { url, task })
    }
}

impl Drop for GitHub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Requests come one by one over a connection that is used again.
async fn answer(mut stream: TcpStream, manner: Manner) {
    const GONE: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\
        Content-Length: 23\r\n\r\n{\"message\":\"Not Found\"}";
    let mut buffer = Vec::with_capacity(16 * 1024);
    while let Ok(1..) = stream.read_buf(&mut buffer).await {
        let Some(request) = http::whole(&buffer) else {
            continue;
        };
        buffer.drain(..request);
        if manner == Manner::Gone && stream.write_all(GONE).await.is_err() {
            break;
        }
    }
}
