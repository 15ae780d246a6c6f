// SPDX-License-Identifier: MIT
//
// Reports events with the @retracedhq/retraced package of npm, which throws unless the answer holds the
// hash that it computes itself. On standard input: {"endpoint", "project", "key", "events": [...]}.
// Each event is reported alone, then all at once; the ids go to standard output, one JSON line.
"use strict";

const { Client } = require("@retracedhq/retraced");

async function main() {
  const job = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const client = new Client({
    apiKey: job.key,
    projectId: job.project,
    endpoint: job.endpoint,
    component: job.component,
    version: job.version,
  });
  const single = [];
  for (const event of job.events) single.push(await client.reportEvent(event));
  const bulk = await client.reportEvents(job.events);
  process.stdout.write(JSON.stringify({ single, bulk }) + "\n");
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
