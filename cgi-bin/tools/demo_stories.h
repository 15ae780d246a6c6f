/* SPDX-License-Identifier: MIT */
/*
 * What the demo log is made of: tables alone, no code.  Who works at the invented company and with
 * which programs (demo_stories.c), which calls they make (demo_calls.c), which webhooks arrive
 * (demo_webhooks.c).
 *
 * Paths, queries, bodies, replies and header values are templates: a `$word` of demo_template.h stands
 * for a value of the call, and in JSON a ' stands for a quote.
 */
#ifndef DAYBOOK_TOOLS_DEMO_STORIES_H
#define DAYBOOK_TOOLS_DEMO_STORIES_H

#include "base/event.h"

#include <stdbool.h>
#include <stddef.h>

/* How somebody uses the API. */
enum demo_role_name {
    DEMO_OFFICE,   /* people at the web pages */
    DEMO_TERMINAL, /* people at the command line */
    DEMO_CI,       /* what a webhook sets off */
    DEMO_NIGHTLY,  /* a job at night */
    DEMO_INFRA,    /* tools that keep things as described, all day */
    DEMO_CHAT,     /* commands typed in a chat */
    DEMO_PROBE,    /* monitoring, without a user */
    DEMO_SCANNER,  /* strangers who look for holes */
    DEMO_GITHUB,   /* from here on: senders of webhooks */
    DEMO_GITLAB,
    DEMO_DOCKERHUB,
    DEMO_ROLE_COUNT
};

/* Sets of roles, and of effects. */
#define DEMO_BIT(number) (1u << (number))
#define DEMO_PEOPLE (DEMO_BIT(DEMO_OFFICE) | DEMO_BIT(DEMO_TERMINAL))
#define DEMO_BOTS (DEMO_BIT(DEMO_CI) | DEMO_BIT(DEMO_NIGHTLY) | DEMO_BIT(DEMO_INFRA))
#define DEMO_SENDERS (DEMO_BIT(DEMO_GITHUB) | DEMO_BIT(DEMO_GITLAB) | DEMO_BIT(DEMO_DOCKERHUB))

/* The rhythm of a role: it calls in sessions. */
struct demo_role {
    unsigned calls_min, calls_max; /* of one session */
    unsigned gap_min_s, gap_max_s; /* between two calls */
    const char *hours;             /* when sessions begin: 24 digits, the weight of each hour */
    unsigned weekend_permille;     /* of a weekday's sessions */
    const char *provider;          /* of webhooks */
};
extern const struct demo_role demo_roles[DEMO_ROLE_COUNT];

struct demo_header {
    const char *name, *value;
};

enum { DEMO_HEADERS = 5 };

struct demo_client {
    const char *user_agent;
    enum event_source source;
    bool traced; /* sends a W3C trace id */
    struct demo_header
        headers[DEMO_HEADERS]; /* besides Host, User-Agent, Content-* and X-Request-Id */
};

/* Somebody with one of their programs. */
struct demo_actor {
    const char *user; /* NULL: nobody is logged in */
    enum demo_role_name role;
    const struct demo_client *client;
    const char *address;
    const char *forwarded_for; /* or NULL */
    unsigned weight;           /* share of the sessions */
    unsigned hours_west;       /* how much later the day begins there */
    bool leaves;               /* is blocked one day, and goes on trying */
};
extern const struct demo_actor demo_actors[];
extern const size_t demo_actor_count;

/* What calls are about. */
enum demo_list {
    DEMO_NOTHING,
    DEMO_PIPELINE,
    DEMO_PROJECT,
    DEMO_ENVIRONMENT,
    DEMO_REGISTRY,
    DEMO_CONTEXT,
    DEMO_TEAM,
    DEMO_USER,
    DEMO_AGENT,
    DEMO_HELM_BOARD,
    DEMO_ANNOTATION,
    DEMO_TRIGGER,
    DEMO_GITHUB_REPO,
    DEMO_GITLAB_REPO,
    DEMO_IMAGE_REPO,
    DEMO_GITHUB_ORG,
    DEMO_GITLAB_GROUP,
    DEMO_LIST_COUNT
};

/* The entity type shown; NULL for DEMO_NOTHING. */
extern const char *const demo_types[DEMO_LIST_COUNT];

struct demo_entity {
    enum demo_list list;
    const char *name;
    unsigned weight; /* share of the calls about its list */
    bool exists;     /* when the log begins */
    bool nameless;   /* known by its id alone */
    bool idless;     /* known by its name alone */
};

enum { DEMO_ENTITY_MAX = 128 };
extern const struct demo_entity demo_entities[];
extern const size_t demo_entity_count;

/* What a successful call does to its entity. */
enum demo_effect {
    DEMO_NO_ENTITY, /* a list or a search: about none in particular */
    DEMO_READ,
    DEMO_CREATE,
    DEMO_CHANGE,
    DEMO_RUN, /* starts a build */
    DEMO_DELETE,
    DEMO_EFFECT_COUNT
};

/* What the answer begins with when all went well; NULL: not kept. */
extern const char *const demo_replies[DEMO_EFFECT_COUNT];

enum demo_form { DEMO_JSON, DEMO_YAML, DEMO_FORM, DEMO_GZIP, DEMO_PNG };

struct demo_body {
    enum demo_form form;
    const char *text; /* a template; in base64 for DEMO_GZIP and DEMO_PNG */
};

struct demo_call {
    enum demo_list list;
    const char *action;
    const char *method;
    const char *path; /* each word in it is a path parameter */
    enum demo_effect effect;
    unsigned roles;  /* who makes it */
    unsigned weight; /* how often, compared with their other calls */

    /* What only some have. */
    const char *type; /* where it is not that of the list: what a pipeline's build is called */
    const char *query;
    const struct demo_body *body;
    const char *event; /* of a webhook */
    unsigned status;   /* when all goes well; 0: 200 */
    unsigned time_ms;
};

/* At most this many rows in a table of calls. */
enum { DEMO_CALL_MAX = 128 };
extern const struct demo_call demo_calls[];
extern const size_t demo_call_count;
extern const struct demo_call demo_webhooks[];
extern const size_t demo_webhook_count;

/* How calls go wrong. */
struct demo_failure {
    unsigned status;
    unsigned permille; /* of the calls with one of these roles and effects */
    unsigned roles, effects;
    bool anonymous; /* the user is not known */
    bool misnamed;  /* it names an entity that is gone or, to create, one that is there already */
    bool hides_id;  /* the answer does not say which entity it was */
    unsigned time_ms;
    const char *reply;
};
extern const struct demo_failure demo_failures[];
extern const size_t demo_failure_count;

/* What one gets while the service behind the front is down, most of the time. */
extern const struct demo_failure demo_outages[];
extern const size_t demo_outage_count;

/* What a blocked user gets, always. */
extern const struct demo_failure demo_denial;

/* What the sender of a webhook gets that it sends again. */
extern const struct demo_failure demo_undelivered[];
extern const size_t demo_undelivered_count;

#endif
