// SPDX-License-Identifier: MIT
//
// Loaded before a client (node --require): it may talk to this machine alone. Whatever else it tries
// to reach ends it with status 86 and a line that says what that was.
"use strict";

const dns = require("node:dns");
const net = require("node:net");
const fs = require("node:fs");

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

function refuse(host) {
  fs.writeSync(2, `loopback-only: ${host} is not this machine\n`);
  process.exit(86);
}

function guard(module, name, hostOf) {
  const original = module[name];
  module[name] = function guarded(...args) {
    const host = hostOf(args);
    if (host !== undefined && !LOOPBACK.has(host)) refuse(host);
    return original.apply(this, args);
  };
}

// connect() takes (options), (port, host), (path), or all that as one normalised array.
function hostOfConnect(args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (first !== null && typeof first === "object") {
    return first.path ? undefined : first.host;
  }
  return typeof second === "string" ? second : undefined;
}

guard(net.Socket.prototype, "connect", hostOfConnect);
guard(dns, "lookup", ([host]) => host);
guard(dns.promises, "lookup", ([host]) => host);
