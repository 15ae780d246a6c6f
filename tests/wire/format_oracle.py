# SPDX-License-Identifier: MIT
"""What the audit records of other products say, read a second time: from the vendors' descriptions of their records.

Each function takes one record and gives what the columns must hold; what a record does not say is None."""
import datetime
import json
import re

COLUMNS = ("entity_type", "entity_id", "entity_name", "action", "user", "status", "time", "client_address",
           "user_agent", "request_id", "url")


class Folded(dict):
    """An object of a record that a database has been through: it may have lost the capitals of its names."""

    def __init__(self, members):
        super().__init__({name.lower(): _folded(value) for name, value in members.items()})
        self.names = list(members)


def _folded(value):
    if isinstance(value, dict):
        return Folded(value)
    if isinstance(value, list):
        return [_folded(element) for element in value]
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return _folded(json.loads(value))
        except ValueError:
            pass
    return value


def at(value, *names):
    """The text at a place, "" where there is none."""
    for name in names:
        if isinstance(value, Folded):
            value = value.get(name.lower())
        elif isinstance(value, list) and isinstance(name, int) and -len(value) <= name < len(value):
            value = value[name]
        else:
            return ""
    return text(value)


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return value if isinstance(value, str) else ""


def first(*texts):
    return next((found for found in texts if found), "")


def time(written):
    """Milliseconds since 1970, None where nobody can say."""
    number = re.fullmatch(r"(\d+)(\.\d+)?", written)
    if number:
        value = int(number[1])
        return value * 1000 if len(number[1]) <= 11 else value
    day = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?Z?", written)
    if not day:
        return None
    moment = datetime.datetime.fromisoformat(f"{day[1]}T{day[2]}+00:00")
    return int(moment.timestamp()) * 1000 + int(((day[3] or "") + "000")[:3])


def columns(**found):
    return {name: found.get(name) or None for name in COLUMNS}


# ---- One function a product ----------------------------------------------------------------------


def _named(value, ends, whole, depth=4):
    """The first string, in the order of the record, whose name ends so."""
    if depth == 0:
        return ""
    members = zip(value.names, value.values()) if isinstance(value, Folded) else ()
    for name, member in members:
        if isinstance(member, str) and (name.endswith(ends) or name in whole):
            if member:
                return member
        elif isinstance(member, (Folded, list)):
            found = _named(member, ends, whole, depth - 1)
            if found:
                return found
    for element in value if isinstance(value, list) else ():
        if isinstance(element, (Folded, list)):
            found = _named(element, ends, whole, depth - 1)
            if found:
                return found
    return ""


AWS_CODES = (("internalfailure|internalerror|internalserver", 500), ("serviceunavailable", 503),
             ("throttl|toomanyrequests|requestlimitexceeded", 429),
             ("accessdenied|unauthorized|notauthorized|forbidden|clienttokenid", 403),
             ("nosuch|notfound|doesnotexist", 404), ("dryrunoperation", 412),
             ("failed authentication|failure", 401), ("success", 200), ("", 400))


def cloudtrail(record):
    who = record.get("useridentity") or Folded({})
    said = first(at(record, "errorCode"), at(record, "errorMessage"),
                 *(at(record, "responseElements", name) for name in
                   ("ConsoleLogin", "SwitchRole", "ExitRole", "ExternalIdPDirectoryLogin",
                    "PasswordRecoveryRequested", "CheckMfa"))).lower()
    identifier = at(record, "resources", 0, "ARN")
    name = ""
    for place in ("requestparameters", "responseelements", "serviceeventdetails"):
        if isinstance(record.get(place), (Folded, list)) and not (identifier and place != "requestparameters"):
            identifier = identifier or _named(record[place], ("Arn", "ARN", "Id", "ID", "Identifier"), ("arn", "id"))
            name = _named(record[place], ("Name",), ("name",))
        if identifier or name:
            break
    if not identifier and not name:
        identifier = first(at(record, "recipientAccountId"), at(who, "accountId"))
    return columns(
        entity_type=at(record, "eventSource").removesuffix(".amazonaws.com"), entity_id=identifier,
        entity_name=name, action=at(record, "eventName"),
        user=first(*(at(who, name) for name in ("userName", "arn", "principalId", "invokedBy", "accountId", "type"))),
        status=next(code for words, code in AWS_CODES if re.search(words, said)) if said else 200,
        time=time(at(record, "eventTime")), client_address=at(record, "sourceIPAddress"),
        user_agent=at(record, "userAgent"), request_id=at(record, "requestID"))


def github(record):
    kind = at(record, "action").split(".")[0]
    place = next((name for name in (kind, "repo", "repository", "team", "org", "business", "user")
                  if at(record, name)), None)
    code = at(record, "status_code")
    return columns(
        entity_type=kind, entity_name=at(record, place) if place else "",
        entity_id=first(at(record, kind + "_id"), at(record, f"{place}_id")), action=at(record, "action"),
        user=first(*(at(record, name) for name in
                     ("actor", "external_identity_username", "external_identity_nameid", "user"))),
        status=int(code) if code else 401 if "failed_login" in at(record, "action") else 200,
        time=next((found for found in (time(at(record, name)) for name in
                                       ("@timestamp", "at_sign_timestamp", "created_at")) if found), None),
        client_address=at(record, "actor_ip"), user_agent=at(record, "user_agent"),
        request_id=at(record, "request_id"), url=at(record, "url_path"))


OKTA_RESULTS = {"": 200, "SUCCESS": 200, "ALLOW": 200, "FAILURE": 400, "CHALLENGE": 401, "DENY": 403}


def okta(record):
    kind = at(record, "eventType").split(".")[0]
    target = [at(record, "target", 0, name) for name in ("type", "id", "displayName", "alternateId")]
    if not any(target):
        target = [at(record, "actor", "type")] + [at(record, "actor", name) for name in ("id", "displayName", "alternateId")]
    data = (record.get("debugcontext") or {}).get("debugdata")
    return columns(
        entity_type=target[0] or kind, entity_id=target[1], entity_name=target[2] or target[3],
        action=at(record, "eventType"),
        user=first(*(at(record, "actor", name) for name in ("alternateId", "displayName", "id"))),
        status=OKTA_RESULTS[at(record, "outcome", "result")], time=time(at(record, "published")),
        client_address=at(record, "client", "ipAddress"),
        user_agent=at(record, "client", "userAgent", "rawUserAgent"), request_id=at(data, "requestId"),
        url=first(at(data, "url"), at(data, "requestUri")))


GOOGLE_IDS = "doc_id ROLE_ID APP_ID client_id calendar_id"
GOOGLE_NAMES = ("doc_title USER_EMAIL GROUP_EMAIL ROLE_NAME APPLICATION_NAME ORG_UNIT_NAME DOMAIN_NAME SETTING_NAME "
                "app_name application_name affected_email_address target_user group_email rule_name DEVICE_MODEL "
                "MOBILE_APP_PACKAGE_ID")


def gsuite(record):
    given = record.get("parameters")
    message = given.get("message_info") if isinstance(given, Folded) else None
    action = first(at(record, "name"), at(record, "type"), at(record, "id", "applicationName"))
    succeeded = at(given, "event_info", "success")
    what = [first(*(at(given, name) for name in GOOGLE_IDS.split()), at(message, "rfc2822_message_id"),
                  at(given, "OBFUSCATED_CUSTOMER_TAKEOUT_REQUEST_ID")),
            first(*(at(given, name) for name in GOOGLE_NAMES.split()), at(message, "subject"),
                  at(given, "data_source"), at(given, "orgunit_path"))]
    if not any(what) and at(record, "id", "applicationName") in ("login", "user_accounts", "saml", "logout"):
        what = [at(record, "actor", "profileId"), at(record, "actor", "email")]
    if not any(what):
        what[0] = at(record, "id", "customerId")
    return columns(
        entity_type=first(at(record, "id", "applicationName"), at(record, "type")),
        entity_id=what[0], entity_name=what[1],
        action=action,
        user=first(*(at(record, "actor", name) for name in ("email", "key", "profileId")),
                   at(message, "source", "address")),
        status={"true": 200, "false": 400}.get(succeeded) or
        (401 if "fail" in action.lower() else 403 if "blocked" in action.lower() else 200),
        time=time(at(record, "id", "time")), client_address=at(record, "ipAddress"),
        user_agent=at(given, "user_agent"))


def slack(record):
    kind = at(record, "entity", "type")
    where = record["context"]["location"]
    what = record["entity"][kind] if kind else where
    return columns(
        entity_type=kind or at(where, "type"), entity_id=at(what, "id"),
        entity_name=first(at(what, "email"), at(what, "name")), action=at(record, "action"),
        user=at(record, "actor", "user", "email"), status=200, time=time(at(record, "date_create")),
        client_address=at(record, "context", "ip_address"), user_agent=at(record, "context", "ua"))


def teleport(record):
    kind = at(record, "event").split(".")[0]
    user = first(at(record, "user"), at(record, "updated_by"), at(record, "identity", "user"))
    code = {"I": 200, "W": 403, "E": 400}[at(record, "code")[-1].upper()]
    return columns(
        entity_type=kind, entity_id=first(at(record, "sid"), at(record, "server_id")),
        entity_name=first(at(record, "target", "user"), at(record, "name"), at(record, "server_hostname"),
                          at(record, "identity", "user"), user if kind in ("user", "auth") else ""),
        action=at(record, "event"), user=user,
        status={"true": 200, "false": 403}.get(at(record, "success"), code), time=time(at(record, "time")),
        client_address=first(at(record, "addr.remote"), at(record, "addr_remote"), at(record, "src_addr")),
        user_agent=at(record, "user_agent"))


def kubernetes(record):
    what = record.get("objectref") or Folded({})
    url = at(record, "requestURI")
    name = first(at(what, "name"), at(record, "requestObject", "metadata", "name"))
    kind = at(what, "resource")
    if kind:
        verb = f"{at(record, 'verb') or '(no verb)'} {kind}" + (
            "/" + at(what, "subresource") if at(what, "subresource") else "")
        name = f"{at(what, 'namespace')}/{name}" if at(what, "namespace") else name
    else:
        verb = at(record, "verb") or "(no verb)"
        kind, name = ("nonResourceURL", url.split("?")[0]) if url else ("", "")
    code = at(record, "responseStatus", "code")
    return columns(
        entity_type=kind, entity_id=at(what, "uid"), entity_name=name, action=verb,
        user=first(at(record, "impersonatedUser", "username"), at(record, "user", "username")),
        status=int(code) if code else None,
        time=first(time(at(record, "requestReceivedTimestamp")), time(at(record, "timestamp")),
                   time(at(record, "stageTimestamp"))),
        client_address=at(record, "sourceIPs", -1), user_agent=at(record, "userAgent"),
        request_id=at(record, "auditID"), url=url)


FILES = {"aws.cloudtrail": cloudtrail, "github.audit": github, "okta.systemlog": okta, "gsuite.activityevent": gsuite,
         "slack.auditlogs": slack, "gravitational.teleportaudit": teleport, "amazon.eks.audit": kubernetes,
         "k8s-audit2rbac-demo": kubernetes}


def read(reader, line):
    """The columns of a record, or of the text of one."""
    return reader(Folded(json.loads(line)))
