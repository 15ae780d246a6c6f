# SPDX-License-Identifier: MIT
"""What a webhook says of itself, read independently of cgi-bin/intake/webhook*: by Python's json, one function a provider.

told(headers, body) gives a Told; `headers` is a list of (name, value), `body` the bytes as sent. It knows GitHub, GitLab, Bitbucket, Gitea and
its kin, Docker, Stripe, Slack, CloudEvents and standard-webhooks; of anything else only that it is "unknown".
"""
import json
from typing import NamedTuple
from urllib.parse import parse_qs, unquote


class Told(NamedTuple):
    provider: str
    event: str = ""
    delivery_id: str = ""
    entity_id: str = ""
    entity_name: str = ""
    user: str = ""


class Value:
    """A JSON value that can be asked for members that are not there."""

    def __init__(self, value=None):
        self.value = value

    def __getitem__(self, name):
        if isinstance(self.value, dict):
            return Value(self.value.get(name))
        if isinstance(self.value, list) and isinstance(name, int) and len(self.value) > name:
            return Value(self.value[name])
        return Value()

    def __bool__(self):
        return self.value is not None

    def __str__(self):
        """A string or number as text, anything else as none."""
        if isinstance(self.value, bool) or not isinstance(self.value, (str, int, float)):
            return ""
        return str(self.value)


def first(*values):
    """The first of them that is a text."""
    return next((text for text in map(str, values) if text), "")


def payload_of(headers, body):
    form = headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded")
    if form and not body.lstrip(b" \t\r\n").startswith(b"{"):
        fields = {name: values[0] for name, values in parse_qs(body.decode("latin-1"), True).items()}
        if "payload" not in fields:
            return Value(fields)
        body = fields["payload"].encode("latin-1")
    try:
        return Value(json.loads(body))
    except ValueError:
        return Value()


def github(headers, payload):
    # Who it is about, from the smallest thing to the largest.
    for owner in ("repository", "organization", "installation", "enterprise"):
        about = payload[owner]
        name = first(about["full_name"], about["login"], about["account"]["login"], about["slug"])
        if name:
            break
    else:
        about, name = {
            "sponsorship": (Value({"id": payload["sponsorship"]["node_id"].value}),
                            str(payload["sponsorship"]["sponsorable"]["login"])),
            "marketplace_purchase": (payload["marketplace_purchase"]["account"],
                                     str(payload["marketplace_purchase"]["account"]["login"])),
            "security_advisory": (Value({"id": payload["security_advisory"]["ghsa_id"].value}),
                                  str(payload["security_advisory"]["summary"])),
            "ping": (Value({"id": payload["hook_id"].value}), str(payload["hook"]["type"])),
        }.get(headers["x-github-event"], (payload["sender"], str(payload["sender"]["login"])))
    return Told("github", headers["x-github-event"], headers.get("x-github-delivery", ""), str(about["id"]), name,
                str(payload["sender"]["login"]))


def gitlab(headers, payload):
    event = headers["x-gitlab-event"]
    kind = first(payload["event_name"], payload["object_kind"])
    if event == "System Hook" and kind:
        event = kind
    delivery = next((headers[name] for name in ("idempotency-key", "webhook-id", "x-gitlab-event-uuid")
                     if name in headers), "")
    entity = ("", "")
    if kind.startswith("group_") or kind.endswith("_group"):
        entity = (payload["group_id"], first(payload["full_path"], payload["group_path"], payload["path"]))
    elif kind.startswith("key_"):
        entity = (payload["id"], payload["username"])
    elif kind.startswith("user_") and not kind.endswith("_team"):
        entity = (payload["user_id"], payload["username"])
    else:
        entity = (first(payload["project"]["id"], payload["project_id"],
                        payload["object_attributes"]["target_project_id"],
                        payload["object_attributes"]["project_id"]),
                  first(payload["project"]["path_with_namespace"], payload["path_with_namespace"],
                        payload["project_path_with_namespace"], payload["project_name"]))
    # Of a system hook the names in it are of whom it happened to; who pushed is named beside the ref.
    user = first(payload["user"]["username"], payload["user"]["name"])
    if not user and kind in ("push", "tag_push", "repository_update"):
        user = first(payload["user_username"], payload["user_name"])
    return Told("gitlab", event, delivery, str(entity[0]), str(entity[1]), user)


def bitbucket(headers, payload):
    repository = payload["repository"]
    return Told("bitbucket", headers["x-event-key"], headers.get("x-request-uuid", ""), str(repository["uuid"]),
                str(repository["full_name"]),
                first(payload["actor"]["nickname"], payload["actor"]["username"], payload["actor"]["display_name"]))


def bitbucket_server(headers, payload):
    repository = payload["repository"] or payload["pullRequest"]["toRef"]["repository"] or payload["new"]
    name = f"{repository['project']['key']}/{repository['slug']}" if repository["slug"] else ""
    return Told("bitbucket-server", headers["x-event-key"], headers.get("x-request-id", ""), str(repository["id"]), name,
                first(payload["actor"]["name"], payload["actor"]["displayName"]))


def like_gogs(name):
    def read(headers, payload):
        about = payload["repository"] or payload["organization"]
        return Told(name, headers[f"x-{name}-event"], headers.get(f"x-{name}-delivery", ""), str(about["id"]),
                    first(about["full_name"], about["username"], about["login"]),
                    first(payload["sender"]["login"], payload["sender"]["username"]))
    return read


def stripe(headers, payload):
    thing = payload["data"]["object"]
    return Told("stripe", str(payload["type"]), str(payload["id"]), str(thing["id"]),
                first(thing["name"], thing["number"], thing["object"]))


def slack(headers, payload):
    if payload["command"]:
        return Told("slack", str(payload["command"]), str(payload["trigger_id"]), str(payload["channel_id"]),
                    str(payload["channel_name"]), str(payload["user_name"]))
    event = payload["event"] or payload
    channel = event["channel"]["id"] or event["channel"]
    entity = (str(channel), str(event["channel"]["name"])) if channel else (
        first(payload["team_id"], payload["team"]["id"]), str(payload["team"]["domain"]))
    return Told("slack", str(event["type"]), first(payload["event_id"], payload["trigger_id"]), *entity,
                first(event["user"]["username"], event["user"]["name"], event["user"], event["user"]["id"]))


def cloudevents(headers, payload):
    about = payload[0] if isinstance(payload.value, list) else payload
    if "ce-id" in headers:
        about = Value({name[3:]: unquote(value) for name, value in headers.items() if name.startswith("ce-")})
    return Told("cloudevents", str(about["type"]), str(about["id"]), str(about["source"]),
                first(about["subject"], about["source"]), str(about["authid"]))


def standard(headers, payload):
    data = payload["data"]
    return Told("standard-webhooks", first(payload["type"], payload["event_type"], payload["event"]),
                headers.get("webhook-id") or headers.get("svix-id", ""), str(data["id"]),
                first(data["name"], data["object"]),
                first(data["user"]["username"], data["user"]["email"], data["user"]["id"]))


def docker(headers, payload):
    if payload["push_data"]:
        return Told("docker", "push", "", "", str(payload["repository"]["repo_name"]),
                    str(payload["push_data"]["pusher"]))
    event = payload["events"][0]
    return Told("docker", str(event["action"]), str(event["id"]), str(event["target"]["digest"]),
                str(event["target"]["repository"]), str(event["actor"]["name"]))


BY_HEADER = [("x-forgejo-event", like_gogs("forgejo")), ("x-gitea-event", like_gogs("gitea")),
             ("x-gogs-event", like_gogs("gogs")), ("x-github-event", github), ("x-gitlab-event", gitlab),
             ("x-hook-uuid", bitbucket), ("x-event-key", bitbucket_server), ("stripe-signature", stripe),
             ("x-slack-signature", slack), ("ce-id", cloudevents), ("webhook-signature", standard),
             ("svix-signature", standard)]


def told(headers, body):
    headers = {name.lower(): value.strip() for name, value in reversed(list(headers))}
    payload = payload_of(headers, body)
    for name, read in BY_HEADER:
        if name in headers:
            return read(headers, payload)
    if payload["specversion"] or payload[0]["specversion"]:
        return cloudevents(headers, payload)
    if payload["push_data"] or payload["events"][0]["target"]:
        return docker(headers, payload)
    return Told("unknown")
