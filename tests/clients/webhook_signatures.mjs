// SPDX-License-Identifier: MIT
//
// Signs webhooks as their senders do: reads bodies from stdin, base64, one a line, and prints for each body and scheme a line
//   {"scheme", "provider", "secret", "headers": [[name, value], ...], "body_base64"}
// with a secret of its own. Where a sender has published a library that signs, that library signs; the others are written here after
// their manuals. Arguments choose schemes; a body that is no UTF-8 is left out for libraries that sign strings.
import {createHmac, randomBytes, randomUUID} from "node:crypto";
import {createInterface} from "node:readline";
import {Webhooks} from "@octokit/webhooks";
import {Webhook} from "standardwebhooks";
import Stripe from "stripe";

const stripe = new Stripe("sk_test_unused");
const now = () => Math.floor(Date.now() / 1000);
const hmac = (secret, ...pieces) => pieces.reduce((mac, piece) => mac.update(piece), createHmac("sha256", secret));
const word = () => randomBytes(18).toString("base64url");

function standard(secret, text, options) {
  const id = `msg_${word()}`;
  const date = new Date();

  return [
    ["webhook-id", id],
    ["webhook-timestamp", String(Math.floor(date.getTime() / 1000))],
    ["webhook-signature", new Webhook(secret, options).sign(id, date, text)],
  ];
}

// name: [provider, makes a secret, makes headers of (secret, body, text)]; text is undefined for a body that is none (octokit signs no empty one).
const SCHEMES = {
  github: ["github", word, async (secret, body, text) => text && [
    ["X-GitHub-Event", "push"],
    ["X-GitHub-Delivery", randomUUID()],
    ["X-Hub-Signature-256", await new Webhooks({secret}).sign(text)],
  ]],
  "github-form": ["github", word, (secret, body) => [
    ["Content-Type", "application/x-www-form-urlencoded"],
    ["X-GitHub-Event", "push"],
    ["X-GitHub-Delivery", randomUUID()],
    ["X-Hub-Signature", `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`],
    ["X-Hub-Signature-256", `sha256=${hmac(secret, body).digest("hex")}`],
  ]],
  "github-sha1": ["github", word, (secret, body) => [
    ["X-GitHub-Event", "push"],
    ["X-GitHub-Delivery", randomUUID()],
    ["X-Hub-Signature", `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`],
  ]],
  gitlab: ["gitlab", word, secret => [
    ["X-Gitlab-Event", "Push Hook"],
    ["Idempotency-Key", randomUUID()],
    ["X-Gitlab-Token", secret],
  ]],
  "gitlab-signing": ["gitlab", () => `whsec_${randomBytes(32).toString("base64")}`, (secret, body, text) =>
    text !== undefined && [["X-Gitlab-Event", "Push Hook"], ...standard(secret, text)]],
  bitbucket: ["bitbucket", word, (secret, body) => [
    ["X-Event-Key", "repo:push"],
    ["X-Hook-UUID", randomUUID()],
    ["X-Request-UUID", randomUUID()],
    ["X-Hub-Signature", `sha256=${hmac(secret, body).digest("hex")}`],
  ]],
  "bitbucket-server": ["bitbucket-server", word, (secret, body) => [
    ["X-Event-Key", "repo:refs_changed"],
    ["X-Request-Id", randomUUID()],
    ["X-Hub-Signature", `sha256=${hmac(secret, body).digest("hex")}`],
  ]],
  gogs: ["gogs", word, (secret, body) => [
    ["X-Gogs-Event", "push"],
    ["X-Gogs-Delivery", randomUUID()],
    ["X-Gogs-Signature", hmac(secret, body).digest("hex")],
  ]],
  gitea: ["gitea", word, (secret, body) => gitea("Gitea", randomUUID(), hmac(secret, body).digest("hex"))],
  forgejo: ["forgejo", word, (secret, body) => {
    const id = randomUUID();
    const digest = hmac(secret, body).digest("hex");

    return [...gitea("Gitea", id, digest), ...gitea("Forgejo", id, digest).slice(0, 3)];
  }],
  gitee: ["gitee", word, secret => {
    const time = String(Date.now());

    return [
      ["X-Gitee-Event", "Push Hook"],
      ["X-Gitee-Timestamp", time],
      ["X-Gitee-Token", hmac(secret, `${time}\n${secret}`).digest("base64")],
    ];
  }],
  "gitee-password": ["gitee", word, secret => [
    ["X-Gitee-Event", "Push Hook"],
    ["X-Gitee-Timestamp", String(Date.now())],
    ["X-Gitee-Token", secret],
  ]],
  stripe: ["stripe", () => `whsec_${word()}`, (secret, body, text) => text !== undefined && [
    ["Stripe-Signature", stripe.webhooks.generateTestHeaderString({payload: text, secret})],
  ]],
  slack: ["slack", word, (secret, body) => {
    const time = String(now());

    return [
      ["X-Slack-Request-Timestamp", time],
      ["X-Slack-Signature", `v0=${hmac(secret, `v0:${time}:`, body).digest("hex")}`],
    ];
  }],
  standard: ["standard-webhooks", () => `whsec_${randomBytes(24).toString("base64")}`, (secret, body, text) =>
    text !== undefined && standard(secret, text)],
  "standard-raw": ["standard-webhooks", word, (secret, body, text) =>
    text !== undefined && standard(secret, text, {format: "raw"})],
  "azure-devops": ["azure-devops", () => `${word()}:${word()}`, secret => [
    ["Authorization", `Basic ${Buffer.from(secret).toString("base64")}`],
  ]],
  bearer: ["unknown", word, secret => [["Authorization", `Bearer ${secret}`]]],
};

// Gitea sends what Gogs and GitHub send beside its own.
function gitea(name, id, digest) {
  return [
    [`X-${name}-Event`, "push"],
    [`X-${name}-Delivery`, id],
    [`X-${name}-Signature`, digest],
    ["X-Gogs-Event", "push"],
    ["X-Gogs-Delivery", id],
    ["X-Gogs-Signature", digest],
    ["X-Hub-Signature-256", `sha256=${digest}`],
    ["X-GitHub-Event", "push"],
    ["X-GitHub-Delivery", id],
  ];
}

function textOf(body) {
  try {
    return new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(body);
  } catch {
    return undefined;
  }
}

const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SCHEMES);
for await (const line of createInterface({input: process.stdin, crlfDelay: Infinity})) {
  const body = Buffer.from(line, "base64");

  for (const scheme of chosen) {
    if (!(scheme in SCHEMES)) throw new Error(`no scheme ${scheme}; there are: ${Object.keys(SCHEMES).join(", ")}`);
    const [provider, makeSecret, makeHeaders] = SCHEMES[scheme];
    const secret = makeSecret();
    const headers = await makeHeaders(secret, body, textOf(body));

    if (headers) {
      process.stdout.write(`${JSON.stringify({scheme, provider, secret, headers, body_base64: body.toString("base64")})}\n`);
    }
  }
}
