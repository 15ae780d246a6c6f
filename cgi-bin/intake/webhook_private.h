/* SPDX-License-Identifier: MIT */
/* The parts of the webhook's reader: one row for each provider, and how a row says where something stands. */
#ifndef DAYBOOK_INTAKE_WEBHOOK_PRIVATE_H
#define DAYBOOK_INTAKE_WEBHOOK_PRIVATE_H

#include "base/json.h"
#include "intake/webhook.h"

/* Ways to sign, each a bit. */
enum webhook_scheme {
    SCHEME_HUB = 1 << 0,           /* X-Hub-Signature-256, X-Hub-Signature */
    SCHEME_HEX = 1 << 1,           /* X-Gitea-Signature and its kin, else as SCHEME_HUB */
    SCHEME_GITLAB = 1 << 2,        /* X-Gitlab-Token */
    SCHEME_GITEE = 1 << 3,         /* X-Gitee-Token */
    SCHEME_STRIPE = 1 << 4,        /* Stripe-Signature */
    SCHEME_SLACK = 1 << 5,         /* X-Slack-Signature */
    SCHEME_STANDARD = 1 << 6,      /* webhook-signature, svix-signature */
    SCHEME_AUTHORIZATION = 1 << 7, /* Authorization: basic, or the secret itself */
    SCHEME_ANY = (1 << 8) - 1,
};

/*
 * Where something stands: alternatives separated by `|`, the first that is a text counts.  Each is one of
 *   @Name        the header of that name
 *   %Name        the same, percent-decoded
 *   "text"       that text
 *   a.b.c        a string or number in the payload; of a form without a JSON payload, the field `a`
 *   a.b[].c      within the first element of an array
 *   a.b:c.d      `c.d` is the name of one member
 *   p/q          two or more of the payload's texts, joined by a slash: all or none
 * and in front of it there can be conditions, each ended by `?`: a header or place where something must be, whatever it is; with `=` and
 * a text behind it, where that text must be.
 */
struct webhook_entity {
    const char *id, *name;
};

enum { WEBHOOK_ENTITY_MAX = 8 };

struct webhook_provider {
    struct str name;
    const char *marks; /* it is this provider where one of these is, as places above */
    const char *event, *delivery_id, *user;
    struct webhook_entity entities[WEBHOOK_ENTITY_MAX]; /* the first of which something is there */
    unsigned schemes;                                   /* of enum webhook_scheme */
};

/* Rows in the order in which they are tried; the last is "unknown". */
extern const struct webhook_provider webhook_provider_table[];
extern const size_t webhook_provider_count;

/* The row of that name, or NULL. */
const struct webhook_provider *webhook_provider_named(struct str name);

/* A member of the payload's object, and the text from its value on; or a field of a form, and its value, not decoded. */
struct webhook_field {
    struct str name, text;
};

enum { WEBHOOK_FIELDS_MAX = 4096 }; /* the first ones of a payload; others are not looked for */

/* The payload, made ready so that a question does not read all of it again. */
struct webhook_payload {
    struct arena *arena;
    const struct webhook_call *call;
    bool is_form;    /* its fields are the payload, */
    struct str json; /* else this is */
    struct webhook_field *fields;
    size_t field_count, field_capacity;
};

void webhook_payload_init(struct webhook_payload *payload, struct arena *arena,
                          const struct webhook_call *call);

/* Is something at one of `places`? */
bool webhook_payload_has(const struct webhook_payload *payload, const char *places);

/* The text at the first of `places` that has one, or the empty text.  NULL is no place. */
struct str webhook_payload_text(const struct webhook_payload *payload, const char *places);

/* The first header of that name; NULL without one. */
const struct webhook_header *webhook_header_named(const struct webhook_call *call, struct str name);

#endif
