/* SPDX-License-Identifier: MIT */
/* Every word comes from a stranger: names go through pages_name(), texts through pages_add_pieces(). */
#include "pages/pages_facts.h"

#include "base/clock.h"
#include "base/count.h"
#include "pages/pages_filter.h"
#include "pages/pages_frame.h"
#include "pages/pages_narrow.h"

/* What the functions below fill, from what. */
struct filling {
    struct page *page; /* of the list of facts that is being filled */
    struct arena *arena;
    const struct pages_details *details;
    struct str list_path;   /* of the list that the page was opened from */
    struct params narrowed; /* what links to it begin with */
};

/* ---- One fact ---- */

/* Two columns: what it is, and its value; a button copies `exact` where a page may hold that, else it goes with the whole call. */
static struct page *add_shown(const struct filling *filling, const char *label, struct str shown,
                              struct str exact)
{
    struct page *fact = page_add(filling->page, PAGE_FACT);

    page_set(fact, PAGE_LABEL, str_from(label));
    pages_add_pieces(fact, filling->arena, filling->details->account.slug,
                     filling->details->event.kind, shown.len ? shown : PAGES_MISSING);
    if (exact.len == 0)
        page_show(fact, PAGE_MISSING);
    else if (page_visible_prefix(exact) == exact.len)
        page_set_exact(page_add(fact, PAGE_COPY), PAGE_VALUE, exact);
    return fact;
}

static struct page *add_fact(const struct filling *filling, const char *label, struct str value)
{
    return add_shown(filling, label, value, value);
}

static void add_optional(const struct filling *filling, const char *label, struct str value)
{
    if (value.len)
        add_fact(filling, label, value);
}

static void add_time(const struct filling *filling, const char *label, int64_t ms)
{
    const char *zone = filling->details->params.zone;
    char utc[CLOCK_TEXT_BYTES], local[CLOCK_TEXT_BYTES];

    clock_format(ms, utc);
    clock_format_local(ms, zone, local);
    add_fact(filling, label,
             strcmp(zone, "UTC") == 0
                 ? arena_copy(filling->arena, str_from(utc))
                 : arena_printf(filling->arena, "%s (%s), %s", local, zone, utc));
}

/* ---- Links beside it ---- */

static void add_way(const struct filling *filling, struct page *fact, enum page_key way,
                    const char *what, struct str value, struct str href)
{
    struct page *link;

    if (href.len == 0)
        return;
    link = page_add(fact, way);
    page_set(link, PAGE_LINK_HREF, href);
    page_set(
        link, PAGE_NAME,
        arena_printf(filling->arena, "%s %.*s", what, STR_ARG(value.len ? value : PAGES_MISSING)));
}

/* "only" and "not" of a value that a list filters by. */
static void add_ways(const struct filling *filling, struct page *fact,
                     enum filter_dimension dimension, struct str value)
{
    struct str name = pages_short_name(filling->arena, value);

    add_way(filling, fact, PAGE_ONLY, params_include_name(dimension), name,
            pages_narrow(filling->arena, filling->list_path, &filling->narrowed, dimension, value,
                         PAGES_NARROW_ONLY));
    add_way(filling, fact, PAGE_WITHOUT, params_include_name(dimension), name,
            pages_narrow(filling->arena, filling->list_path, &filling->narrowed, dimension, value,
                         PAGES_NARROW_WITHOUT));
}

/* The same of an id or a name. */
static void add_text_ways(const struct filling *filling, struct page *fact,
                          struct str (*narrow)(struct arena *, struct str, const struct params *,
                                               struct str, enum pages_narrow),
                          const char *what, struct str value)
{
    struct str name = pages_short_name(filling->arena, value);

    add_way(
        filling, fact, PAGE_ONLY, what, name,
        narrow(filling->arena, filling->list_path, &filling->narrowed, value, PAGES_NARROW_ONLY));
    add_way(filling, fact, PAGE_WITHOUT, what, name,
            narrow(filling->arena, filling->list_path, &filling->narrowed, value,
                   PAGES_NARROW_WITHOUT));
}

/* What only a search in texts finds; nothing where there is none. */
static void add_searched(const struct filling *filling, enum filter_in in, const char *what,
                         struct str value)
{
    if (value.len == 0)
        return;
    add_way(filling, add_fact(filling, pages_text_label(in), value), PAGE_ONLY, what,
            pages_short_name(filling->arena, value),
            pages_narrow_text(filling->arena, filling->list_path, &filling->narrowed, value, in));
}

static void add_dimension(const struct filling *filling, const char *label,
                          enum filter_dimension dimension, struct str value)
{
    struct page *fact = add_shown(filling, label, pages_name(filling->arena, value), value);

    add_ways(filling, fact, dimension, value);
}

static void add_entity(const struct filling *filling)
{
    const struct event *event = &filling->details->event;
    struct arena *arena = filling->arena;
    struct page *fact;

    add_dimension(filling, "Entity", FILTER_ENTITY_TYPE, event->entity_type);
    fact = add_shown(filling, "Entity ID", pages_name(arena, event->entity_id), event->entity_id);
    add_text_ways(filling, fact, pages_narrow_entity_id, "entity id", event->entity_id);
    fact = add_shown(filling, "Entity name", pages_name(arena, event->entity_name),
                     event->entity_name);
    add_text_ways(filling, fact, pages_narrow_entity_name, "entity name", event->entity_name);
}

/* ---- The facts ---- */

static void add_webhook(const struct filling *filling)
{
    const struct event *event = &filling->details->event;

    add_optional(filling, "Provider", event->trigger_provider);
    add_optional(filling, "Webhook event", event->trigger_event);
    add_searched(filling, FILTER_IN_DELIVERY_ID, "delivery", event->trigger_delivery_id);
    add_optional(filling, "Signature", event_signature_name(event->trigger_signature));
}

static void fill_facts(const struct filling *filling)
{
    const struct event *event = &filling->details->event;
    struct arena *arena = filling->arena;

    add_dimension(filling, "Action", FILTER_ACTION, event->action);
    add_dimension(filling, "Status", FILTER_STATUS,
                  event->status ? arena_printf(arena, "%u", event->status) : STR(""));
    add_entity(filling);
    add_dimension(filling, "User", FILTER_USER, event->user);
    add_dimension(filling, "Source", FILTER_SOURCE, event_source_name(event->source));
    add_time(filling, "Occurred at", event->occurred_ms);
    add_time(filling, "Received at", event->received_ms);
    add_ways(filling, add_fact(filling, "Method", event->method), FILTER_METHOD,
             event_method_name(event_method_of(event->method)));
    add_searched(filling, FILTER_IN_CLIENT_ADDRESS, "address", event->client_address);
    add_optional(filling, "Forwarded for", event->forwarded_for);
    add_optional(filling, "User agent", event->user_agent);
    add_searched(filling, FILTER_IN_REQUEST_ID, "request", event->request_id);
    add_searched(filling, FILTER_IN_TRACE_ID, "trace", event->trace_id);
    if (event->has_response_time)
        add_fact(filling, "Response time",
                 arena_printf(arena, "%s ms", count_words(arena, event->response_time_ms)));
    if (event->has_response_bytes)
        add_fact(filling, "Response size",
                 arena_printf(arena, "%s bytes", count_words(arena, event->response_bytes)));
    if (event->kind !=
        EVENT_KIND_TRIGGER) /* any event may be sent with these; a trigger has them in its head */
        add_webhook(filling);
    add_searched(filling, FILTER_IN_IDEMPOTENCY_KEY, "key", event->idempotency_key);
    add_fact(filling, "Event ID", arena_printf(arena, "%016llx", (unsigned long long)event->id));
    add_fact(filling, "Account", event->account);
}

/* ---- The head of a trigger ---- */

static void add_signature(const struct filling *filling, enum event_signature signature)
{
    static const enum page_key badges[EVENT_SIGNATURE_COUNT] = {
        [EVENT_SIGNATURE_NONE] = PAGE_MISSING_BADGE,
        [EVENT_SIGNATURE_VALID] = PAGE_SIGNATURE_VALID,
        [EVENT_SIGNATURE_INVALID] = PAGE_SIGNATURE_INVALID,
        [EVENT_SIGNATURE_UNCHECKED] = PAGE_SIGNATURE_UNCHECKED,
    };
    struct page *fact = page_add(filling->page, PAGE_FACT);

    page_set(fact, PAGE_LABEL, STR("Signature"));
    page_show(fact, badges[signature < EVENT_SIGNATURE_COUNT ? signature : EVENT_SIGNATURE_NONE]);
    add_ways(filling, fact, FILTER_SIGNATURE, event_signature_name(signature));
}

/* Without the query: that is among the parts of the call. */
static struct str path_of(struct str url)
{
    const char *mark = url.len ? memchr(url.ptr, '?', url.len) : NULL;

    return mark ? str_slice(url, 0, (size_t)(mark - url.ptr)) : url;
}

static void fill_trigger(const struct filling *filling)
{
    const struct event *trigger = &filling->details->event;
    struct arena *arena = filling->arena;
    struct str path = path_of(trigger->url);

    add_dimension(filling, "Provider", FILTER_PROVIDER, trigger->trigger_provider);
    add_shown(filling, "Webhook event", pages_name(arena, trigger->trigger_event),
              trigger->trigger_event);
    add_way(filling,
            add_shown(filling, "Delivery ID", pages_name(arena, trigger->trigger_delivery_id),
                      trigger->trigger_delivery_id),
            PAGE_ONLY, "delivery", pages_short_name(arena, trigger->trigger_delivery_id),
            pages_narrow_text(arena, filling->list_path, &filling->narrowed,
                              trigger->trigger_delivery_id, FILTER_IN_DELIVERY_ID));
    add_signature(filling, trigger->trigger_signature);
    add_shown(filling, "Webhook address", pages_name(arena, path), path);
}

/* ---- The line below the title ---- */

static void add_who(const struct filling *filling, const char *label, struct str text)
{
    struct page *who;

    if (text.len == 0)
        return;
    who = page_add(filling->page, PAGE_WHO);
    page_set(who, PAGE_LABEL, str_from(label));
    page_set(who, PAGE_NAME, pages_short_name(filling->arena, text));
}

static void fill_who(const struct filling *filling)
{
    const struct event *event = &filling->details->event;

    add_who(filling, "Entity", event->entity_type);
    add_who(filling, event->entity_name.len ? "Entity name" : "Entity ID",
            event->entity_name.len ? event->entity_name : event->entity_id);
    add_who(filling, "User", event->user);
    add_who(filling, "Source", event_source_name(event->source));
}

void pages_fill_facts(struct page *page, struct arena *arena, const struct pages_details *details)
{
    const struct event *event = &details->event;
    struct filling filling = {page, arena, details, {NULL, 0}, details->params};

    filling.list_path = pages_tab_path(
        arena, details->params.all_accounts ? STR(PAGES_ALL_SLUG) : details->account.slug,
        event->kind);
    if (str_equal(event->entity_type, STR(EVENT_TYPE_OWN))) /* the list would leave this call out */
        filling.narrowed.shows_own = true;
    fill_who(&filling);
    fill_facts(&filling);
    if (event->kind == EVENT_KIND_TRIGGER) {
        filling.page = page_add(page, PAGE_TRIGGER);
        fill_trigger(&filling);
    }
}
