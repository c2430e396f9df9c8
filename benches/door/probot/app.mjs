// The smallest App there is: Probot listens to one event and does nothing about it.
// Configured by Probot's own variables; see `subject.rs` beside this folder.
import { run } from "probot";

const server = await run((app) => {
  app.on("workflow_run", async () => {});
});
console.log(`Probot listens on http://127.0.0.1:${server.port}`);
