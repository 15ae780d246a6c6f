/* SPDX-License-Identifier: MIT */
/* Weighted draws over the tables of demo_stories.h; what is drawn is possible at that moment. */
#include "tools/demo_world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

enum {
    SAME_SESSION = 14, /* how much likelier a session stays with what it has just been about */
};

struct state {
    char id[DEMO_ID_BYTES + 1];
    char build_id[DEMO_ID_BYTES + 1];
    unsigned revision;
    unsigned session; /* the last that was about it */
    bool exists;
};

struct demo_world {
    const struct demo_plan *plan;
    struct demo_random *random;
    struct state states[DEMO_ENTITY_MAX];
};

/* As MongoDB makes them: the seconds, then something random. */
static void make_id(struct demo_world *world, int64_t ms, char id[DEMO_ID_BYTES + 1])
{
    snprintf(id, DEMO_ID_BYTES + 1, "%08x%016llx", (unsigned)(ms / 1000),
             (unsigned long long)demo_random_next(world->random));
}

struct demo_world *demo_world_new(const struct demo_plan *plan, struct demo_random *random)
{
    struct demo_world *world = memory_new(sizeof(*world));
    int64_t begin_ms = plan->count ? plan->slots[0].ms : 0;

    world->plan = plan;
    world->random = random;
    for (size_t i = 0; i < demo_entity_count; i++) {
        struct state *state = &world->states[i];
        int64_t age_ms = (int64_t)demo_random_below(random, 400) * DEMO_DAY_MS;

        make_id(world, begin_ms > age_ms ? begin_ms - age_ms : 0, state->id);
        make_id(world, begin_ms, state->build_id);
        state->revision = demo_random_between(random, 1, 9);
        state->exists = demo_entities[i].exists;
    }
    return world;
}

void demo_world_free(struct demo_world *world)
{
    free(world);
}

/* One that exists, or one that does not; demo_entity_count when the list has none. */
static size_t choose_entity(struct demo_world *world, const struct demo_slot *slot,
                            enum demo_list list, bool exists)
{
    unsigned weights[DEMO_ENTITY_MAX] = {0};

    for (size_t i = 0; i < demo_entity_count; i++) {
        bool fits = demo_entities[i].list == list && world->states[i].exists == exists;

        weights[i] = fits ? demo_entities[i].weight : 0;
        if (world->states[i].session == slot->session)
            weights[i] *= SAME_SESSION;
    }
    return demo_random_weighted(world->random, weights, demo_entity_count);
}

static bool is_possible(const struct demo_world *world, const struct demo_call *call)
{
    bool exists = call->effect != DEMO_CREATE;

    if (call->effect == DEMO_NO_ENTITY)
        return true;
    for (size_t i = 0; i < demo_entity_count; i++)
        if (demo_entities[i].list == call->list && world->states[i].exists == exists)
            return true;
    return false;
}

static const struct demo_call *choose_call(struct demo_world *world, enum demo_role_name role)
{
    bool webhook = DEMO_SENDERS & DEMO_BIT(role);
    const struct demo_call *calls = webhook ? demo_webhooks : demo_calls;
    size_t count = webhook ? demo_webhook_count : demo_call_count;
    unsigned weights[DEMO_CALL_MAX] = {0};
    size_t chosen;

    assert(count <= DEMO_CALL_MAX);
    for (size_t i = 0; i < count; i++) {
        bool fits = calls[i].roles & DEMO_BIT(role) && is_possible(world, &calls[i]);

        weights[i] = fits ? calls[i].weight : 0;
    }
    chosen = demo_random_weighted(world->random, weights, count);
    assert(chosen < count); /* every role has a call that is always possible */
    return &calls[chosen];
}

static const struct demo_failure *draw_failure(struct demo_world *world,
                                               const struct demo_slot *slot,
                                               const struct demo_call *call,
                                               const struct demo_failure *failures, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (failures[i].roles & DEMO_BIT(slot->actor->role) &&
            failures[i].effects & DEMO_BIT(call->effect) &&
            demo_random_permille(world->random, failures[i].permille))
            return &failures[i];
    return NULL;
}

static const struct demo_failure *
choose_failure(struct demo_world *world, const struct demo_slot *slot, const struct demo_call *call)
{
    const struct demo_failure *failure = NULL;

    if (slot->denied)
        return &demo_denial;
    if (slot->undelivered)
        return &demo_undelivered[slot->request % demo_undelivered_count];
    if (slot->delivery)
        return NULL;
    if (slot->ms >= world->plan->outage_from && slot->ms < world->plan->outage_until)
        failure = draw_failure(world, slot, call, demo_outages, demo_outage_count);
    if (!failure)
        failure = draw_failure(world, slot, call, demo_failures, demo_failure_count);
    return failure;
}

/* What the call makes of its entity when it succeeds. */
static void apply(struct demo_world *world, const struct demo_choice *choice, struct state *state)
{
    switch (choice->call->effect) {
    case DEMO_CREATE:
        make_id(world, choice->slot->ms, state->id);
        state->exists = true;
        state->revision = 1;
        break;
    case DEMO_CHANGE:
        state->revision++;
        break;
    case DEMO_RUN:
        make_id(world, choice->slot->ms, state->build_id);
        break;
    case DEMO_DELETE:
        state->exists = false;
        break;
    default:
        break;
    }
}

/* Finds the entity of a call; one whose name should be wrong but cannot be does not fail. */
static size_t settle_entity(struct demo_world *world, struct demo_choice *choice)
{
    const struct demo_call *call = choice->call;
    bool exists = call->effect != DEMO_CREATE;

    if (choice->failure && choice->failure->misnamed) {
        size_t wrong = choose_entity(world, choice->slot, call->list, !exists);

        if (wrong < demo_entity_count)
            return wrong;
        choice->failure = NULL;
    }
    return choose_entity(world, choice->slot, call->list, exists);
}

static bool answer_names_id(const struct demo_choice *choice)
{
    if (choice->entity->idless)
        return false;
    return !choice->failure || !(choice->failure->hides_id || choice->call->effect == DEMO_CREATE);
}

void demo_world_choose(struct demo_world *world, const struct demo_slot *slot,
                       struct demo_choice *choice)
{
    const struct demo_call *call = choose_call(world, slot->actor->role);
    struct state *state;
    size_t index;

    *choice = (struct demo_choice){.slot = slot, .call = call};
    choice->failure = choose_failure(world, slot, call);
    if (call->effect == DEMO_NO_ENTITY)
        return;
    index = settle_entity(world, choice);
    assert(index < demo_entity_count);
    state = &world->states[index];
    choice->entity = &demo_entities[index];
    state->session = slot->session;
    if (!choice->failure)
        apply(world, choice, state);
    choice->revision = state->revision;
    if (choice->failure && call->effect == DEMO_CHANGE)
        choice->revision++;
    choice->id_known = answer_names_id(choice);
    memcpy(choice->id, state->id, sizeof(choice->id));
    memcpy(choice->build_id, state->build_id, sizeof(choice->build_id));
}
