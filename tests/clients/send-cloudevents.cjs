// SPDX-License-Identifier: MIT
//
// Sends CloudEvents with the cloudevents package of npm, as its manual shows it. On standard input:
//   {"url", "token", "modes": ["binary", "structured"], "events": [...]}
// and on standard output the status and body of each answer, one JSON line each.
"use strict";

const { CloudEvent, Mode, emitterFor, httpTransport } = require("cloudevents");

async function main() {
  const job = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  for (const mode of job.modes) {
    const emit = emitterFor(httpTransport(job.url), {
      mode: mode === "binary" ? Mode.BINARY : Mode.STRUCTURED,
    });
    for (const event of job.events) {
      const answer = await emit(new CloudEvent(event), {
        headers: { Authorization: `Bearer ${job.token}` },
      });
      process.stdout.write(JSON.stringify(answer) + "\n");
    }
  }
}

main();
