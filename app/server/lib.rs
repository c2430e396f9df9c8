//! The App as a server: routes, durable journal, worker, metrics, pages.
