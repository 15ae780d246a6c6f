/* SPDX-License-Identifier: MIT */
/* Only times and people are drawn here; what each call does is decided later, in order of time. */
#include "tools/demo_plan.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

#define HOUR_MS (INT64_C(60) * 60 * 1000)
#define MINUTE_MS (INT64_C(60) * 1000)

enum {
    HOURS = 24,
    ACTOR_MAX = 64,
    TRIGGER_PERCENT = 15,
    BUILD_PERMILLE = 450, /* of the webhooks that set off a build */
    RETRY_PERMILLE = 70,  /* of the attempts that fail and are repeated */
    ATTEMPT_MAX = 4,
    OUTAGE_DAYS_AGO = 6,
    OUTAGE_SHARE = 60, /* one call of so many is made during the outage */
    BLOCK_DAYS_AGO = 11,
    BLOCK_SHARE = 120,
};

struct draft {
    struct demo_plan *plan;
    struct demo_random *random;
    size_t wanted;
    size_t triggers; /* among the slots so far */
    unsigned sessions;
    int64_t from, until;
    int64_t blocked_from;
};

static const unsigned working_roles = DEMO_PEOPLE | DEMO_BIT(DEMO_NIGHTLY) | DEMO_BIT(DEMO_INFRA) |
                                      DEMO_BIT(DEMO_CHAT) | DEMO_BIT(DEMO_PROBE) |
                                      DEMO_BIT(DEMO_SCANNER);

/* Days are counted from 1970-01-01, a Thursday. */
static bool is_weekend(int64_t day)
{
    return (day + 3) % 7 >= 5;
}

/* The last working day that lies at least `days` before the end. */
static int64_t workday_before(int64_t until, int days)
{
    int64_t day = until / DEMO_DAY_MS - days;

    while (is_weekend(day))
        day--;
    return day * DEMO_DAY_MS;
}

const struct demo_actor *demo_plan_draw_actor(struct demo_random *random, unsigned roles)
{
    unsigned weights[ACTOR_MAX] = {0};

    assert(demo_actor_count <= ACTOR_MAX);
    for (size_t i = 0; i < demo_actor_count; i++)
        if (roles & DEMO_BIT(demo_actors[i].role))
            weights[i] = demo_actors[i].weight;
    return &demo_actors[demo_random_weighted(random, weights, demo_actor_count)];
}

static const struct demo_actor *find_leaver(void)
{
    size_t i = 0;

    while (!demo_actors[i].leaves)
        i++;
    return &demo_actors[i];
}

static int64_t draw_hour_ms(struct draft *draft, const struct demo_actor *actor)
{
    unsigned weights[HOURS];
    size_t hour;

    for (size_t i = 0; i < HOURS; i++)
        weights[i] = (unsigned)(demo_roles[actor->role].hours[i] - '0');
    hour = demo_random_weighted(draft->random, weights, HOURS);
    return (int64_t)(hour + actor->hours_west) * HOUR_MS;
}

/* A moment when this actor begins to work. */
static int64_t draw_start(struct draft *draft, const struct demo_actor *actor)
{
    const unsigned weekend_permille = demo_roles[actor->role].weekend_permille;
    int64_t day, ms;

    do {
        do
            day = (draft->until - 1) / DEMO_DAY_MS -
                  demo_random_below(draft->random, DEMO_WINDOW_DAYS + 1);
        while (is_weekend(day) && !demo_random_permille(draft->random, weekend_permille));
        ms = day * DEMO_DAY_MS + draw_hour_ms(draft, actor);
        ms += demo_random_below(draft->random, (unsigned)HOUR_MS);
    } while (ms < draft->from || ms >= draft->until);
    return ms;
}

static bool is_full(const struct draft *draft)
{
    return draft->plan->count == draft->wanted;
}

static bool is_allowed(const struct draft *draft, const struct demo_slot *slot)
{
    bool blocked = slot->actor->leaves && slot->ms >= draft->blocked_from;

    return slot->ms >= draft->from && slot->ms < draft->until && blocked == slot->denied;
}

static void add_slot(struct draft *draft, struct demo_slot slot)
{
    if (is_full(draft) || !is_allowed(draft, &slot))
        return;
    slot.session = draft->sessions;
    slot.order = draft->plan->count;
    draft->plan->slots[draft->plan->count++] = slot;
    if (DEMO_SENDERS & DEMO_BIT(slot.actor->role))
        draft->triggers++;
}

/* A session from `first` on: its calls are as the first one. */
static void add_session(struct draft *draft, struct demo_slot first)
{
    const struct demo_role *role = &demo_roles[first.actor->role];
    unsigned calls = demo_random_between(draft->random, role->calls_min, role->calls_max);
    struct demo_slot slot = first;

    draft->sessions++;
    for (unsigned i = 0; i < calls; i++) {
        add_slot(draft, slot);
        slot.ms += demo_random_between(draft->random, role->gap_min_s * 1000 + 40,
                                       role->gap_max_s * 1000 + 900);
    }
}

/* The sender tries again a little later, and longer after each attempt.  Returns the attempt that went well. */
static struct demo_slot add_attempts(struct draft *draft, struct demo_slot webhook)
{
    unsigned wait_s = 15;

    for (int i = 1; i < ATTEMPT_MAX && demo_random_permille(draft->random, RETRY_PERMILLE * i);
         i++) {
        webhook.delivery = webhook.delivery ? webhook.delivery : demo_random_next(draft->random);
        webhook.undelivered = true;
        add_session(draft, webhook);
        webhook.request = demo_random_next(draft->random);
        webhook.ms += demo_random_between(draft->random, wait_s * 1000, wait_s * 4000);
        wait_s *= 6;
    }
    webhook.undelivered = false;
    add_session(draft, webhook);
    return webhook;
}

static void add_webhook(struct draft *draft, const struct demo_actor *sender, int64_t start)
{
    const struct demo_actor *builder = demo_plan_draw_actor(draft->random, DEMO_BIT(DEMO_CI));
    struct demo_slot slot = {
        .ms = start, .actor = sender, .request = demo_random_next(draft->random)};

    slot = add_attempts(draft, slot);
    slot.ms += demo_random_between(draft->random, 600, 9000);
    slot.actor = builder;
    slot.delivery = 0;
    if (demo_random_permille(draft->random, BUILD_PERMILLE))
        add_session(draft, slot);
}

/* Everybody who is there in that hour tries; many come back and try again. */
static void add_outage(struct draft *draft)
{
    const unsigned roles = DEMO_PEOPLE | DEMO_BOTS | DEMO_SENDERS;
    size_t budget = draft->wanted / OUTAGE_SHARE;

    while (draft->plan->count < budget) {
        const struct demo_actor *actor = demo_plan_draw_actor(draft->random, roles);

        add_session(draft,
                    (struct demo_slot){.ms = draft->plan->outage_from +
                                             demo_random_below(draft->random, (unsigned)HOUR_MS),
                                       .actor = actor});
    }
}

/* The blocked user goes on for some minutes, faster and faster. */
static void add_denials(struct draft *draft)
{
    size_t calls = draft->wanted / BLOCK_SHARE;
    int64_t ms = draft->blocked_from + demo_random_below(draft->random, 1000);

    draft->sessions++;
    for (size_t i = 0; i < calls; i++) {
        add_slot(draft, (struct demo_slot){.ms = ms, .actor = find_leaver(), .denied = true});
        ms += (int64_t)demo_random_between(draft->random, 2000, 2000 + 60000 / (unsigned)(i + 1));
    }
}

static int compare_slots(const void *left, const void *right)
{
    const struct demo_slot *a = left, *b = right;

    if (a->ms != b->ms)
        return a->ms < b->ms ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

void demo_plan_make(struct demo_plan *plan, struct demo_random *random, size_t count,
                    int64_t until_ms)
{
    struct draft draft = {
        .plan = plan,
        .random = random,
        .wanted = count,
        .from = until_ms - DEMO_WINDOW_DAYS * DEMO_DAY_MS,
        .until = until_ms,
        .blocked_from = workday_before(until_ms, BLOCK_DAYS_AGO) + 9 * HOUR_MS + 37 * MINUTE_MS,
    };

    assert(draft.from >= 0);
    *plan = (struct demo_plan){.slots = memory_new(count * sizeof(*plan->slots))};
    plan->outage_from = workday_before(until_ms, OUTAGE_DAYS_AGO) + 14 * HOUR_MS + 10 * MINUTE_MS;
    plan->outage_until = plan->outage_from + HOUR_MS;
    add_outage(&draft);
    add_denials(&draft);
    while (!is_full(&draft)) {
        bool webhook = draft.triggers * 100 < plan->count * TRIGGER_PERCENT;
        const struct demo_actor *actor =
            demo_plan_draw_actor(random, webhook ? DEMO_SENDERS : working_roles);
        int64_t start = draw_start(&draft, actor);

        if (webhook)
            add_webhook(&draft, actor, start);
        else
            add_session(&draft, (struct demo_slot){.ms = start, .actor = actor});
    }
    qsort(plan->slots, plan->count, sizeof(*plan->slots), compare_slots);
}

void demo_plan_release(struct demo_plan *plan)
{
    free(plan->slots);
    *plan = (struct demo_plan){0};
}
