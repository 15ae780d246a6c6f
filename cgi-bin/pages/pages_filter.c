/* SPDX-License-Identifier: MIT */
/*
 * A filter that is in use is a chip; the others wait behind "Add filter".  Both open the same panel, and all panels are in one
 * form, so applying one keeps the others.
 */
#include "pages/pages_filter.h"

#include "pages/pages_frame.h"
#include "pages/pages_search.h"

/* How many values a chip names before it only counts the rest. */
enum { CHIP_VALUES_MAX = 2 };

/* A menu stays a menu: no more bytes of names than this. */
enum { MENU_NAME_BYTES = 64 * 1024 };

static const char *const dimension_labels[FILTER_ALL_COUNT] = {
    [FILTER_ENTITY_TYPE] = "Entity", [FILTER_ACTION] = "Action",       [FILTER_USER] = "User",
    [FILTER_STATUS] = "Status",      [FILTER_SOURCE] = "Source",       [FILTER_METHOD] = "Method",
    [FILTER_PROVIDER] = "Provider",  [FILTER_SIGNATURE] = "Signature", [FILTER_ACCOUNT] = "Account",
};

/* Statuses are also asked for by class; these stand above those that occur. */
static const struct str status_classes[] = {STR("ok"),  STR("failed"), STR("2xx"),
                                            STR("3xx"), STR("4xx"),    STR("5xx")};

/* What can be typed where not every value is one; the pattern lets nothing through less than the parameter takes. */
static const char name_hint[] = "A whole name, or its beginning with * at the end.";

static const struct {
    const char *pattern, *hint; /* NULL: none */
} accepted_values[FILTER_ALL_COUNT] = {
    [FILTER_ENTITY_TYPE] = {NULL, name_hint},
    [FILTER_ACTION] = {NULL, name_hint},
    [FILTER_USER] = {NULL, name_hint},
    [FILTER_PROVIDER] = {NULL, name_hint},
    [FILTER_STATUS] = {"[1-5](\\d\\d|xx)|\\d{3}-\\d{3}|ok|failed|---",
                       "404, 4xx, 404-499, ok, failed, or --- for none."},
    [FILTER_SOURCE] = {"ui|cli|integration|webhook|---",
                       "ui, cli, integration, webhook, or --- for none."},
    [FILTER_METHOD] = {"[A-Z]+|other|---", "In capitals, such as PATCH; other, or --- for none."},
    [FILTER_SIGNATURE] = {"valid|invalid|unchecked|---",
                          "valid, invalid, unchecked, or --- for none."},
};

/* Three bytes: of what is not ASCII fewer characters may do. */
static const char text_pattern[] = "...+|.*[^ -~].*";

static const char *const text_labels[FILTER_IN_COUNT] = {
    [FILTER_IN_ANY] = "Contains",
    [FILTER_IN_CLIENT_ADDRESS] = "Client address",
    [FILTER_IN_REQUEST_ID] = "Request ID",
    [FILTER_IN_TRACE_ID] = "Trace ID",
    [FILTER_IN_DELIVERY_ID] = "Delivery ID",
    [FILTER_IN_IDEMPOTENCY_KEY] = "Idempotency key",
};

const char *pages_text_label(enum filter_in in)
{
    return text_labels[in];
}

const char *pages_dimension_label(enum filter_dimension dimension)
{
    return dimension_labels[dimension];
}

/* What every chip needs. */
struct bar {
    struct page *page;
    struct arena *arena;
    const struct pages_list *list;
};

/* "pipeline, project +3" */
static void add_summary(struct arena *arena, struct strbuf *text,
                        const struct filter_values *values)
{
    for (size_t i = 0; i < values->count && i < CHIP_VALUES_MAX; i++) {
        strbuf_add_cstr(text, i ? ", " : "");
        strbuf_add(text, pages_short_name(arena, values->items[i]));
    }
    if (values->count > CHIP_VALUES_MAX)
        strbuf_printf(text, " +%zu", values->count - CHIP_VALUES_MAX);
}

struct str pages_dimension_summary(struct arena *arena, const struct filter_values *include,
                                   const struct filter_values *exclude)
{
    struct strbuf text;
    struct str summary;

    strbuf_init(&text);
    add_summary(arena, &text, include);
    if (exclude->count) {
        strbuf_add_cstr(&text, include->count ? "; not " : "not ");
        add_summary(arena, &text, exclude);
    }
    summary = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return summary;
}

struct str pages_text_summary(struct arena *arena, struct str asked,
                              const struct filter_values *left_out)
{
    const struct filter_values one = {.items = &asked, .count = asked.len > 0};

    return pages_dimension_summary(arena, &one, left_out);
}

/* The list without what `params` has lost, from its first page. */
static struct str link_without(const struct bar *bar, const struct params *params)
{
    return pages_view_link(bar->arena, bar->list->account.slug, params);
}

/* Is this the menu whose values the page brings? */
static bool is_opened(const struct bar *bar, enum filter_dimension dimension)
{
    return bar->list->params.has_menu && bar->list->params.menu == dimension;
}

/*
 * A chip that says `summary`, with the way out (`without`; NULL: none), or an entry behind "Add filter" when there is nothing
 * to say; open or not.  Returns the page of its panel.
 */
static struct page *add_chip(const struct bar *bar, const char *label, struct str summary,
                             const struct params *without, bool opened, const char *panel)
{
    bool used = summary.len > 0;
    struct page *chip = page_add(bar->page, used ? PAGE_CHIP : PAGE_OFFER);

    page_set(chip, PAGE_LABEL, str_from(label));
    if (used)
        page_set(chip, PAGE_SUMMARY, summary);
    if (used && without)
        page_set(page_add(chip, PAGE_CLEAR), PAGE_CLEAR_HREF, link_without(bar, without));
    if (opened)
        page_show(chip, PAGE_OPENED);
    if (opened && !used)
        page_show(bar->page, PAGE_OFFERS_OPENED);
    return page_include(chip, PAGE_PANEL, panel);
}

/* A value to tick; `count`: how many of the matching events have it, NULL where that was not asked. */
static void add_tick(struct page *ticks, const struct bar *bar, enum filter_dimension dimension,
                     struct str value, const uint64_t *count)
{
    const struct filter *filter = &bar->list->params.filter;
    struct page *tick = page_add(ticks, PAGE_TICK);

    page_set(tick, PAGE_PARAM, str_from(params_include_name(dimension)));
    page_set(tick, PAGE_NOT_PARAM, str_from(params_exclude_name(dimension)));
    page_set_exact(tick, PAGE_VALUE, value);
    page_set(tick, PAGE_VALUE_TEXT, pages_short_name(bar->arena, value));
    if (count)
        page_set_count(page_add(tick, PAGE_HITS), PAGE_NUMBER, *count);
    if (filter_values_have(&filter->include[dimension], value))
        page_show(tick, PAGE_INCLUDED);
    if (filter_values_have(&filter->exclude[dimension], value))
        page_show(tick, PAGE_EXCLUDED);
}

/* A value that is shown whether it occurs or not. */
static void add_constant_tick(struct page *ticks, const struct bar *bar,
                              enum filter_dimension dimension, struct str value)
{
    uint64_t count;

    if (is_opened(bar, dimension) &&
        event_facets_count(&bar->list->facets, dimension, value, &count))
        add_tick(ticks, bar, dimension, value, &count);
    else
        add_tick(ticks, bar, dimension, value, NULL);
}

/* The others, as they were counted; how many of all were shown. */
static size_t fill_counted(struct page *ticks, const struct bar *bar,
                           enum filter_dimension dimension)
{
    const struct filter *filter = &bar->list->params.filter;
    const struct event_facets *facets = &bar->list->facets;
    size_t shown = 0;

    for (size_t bytes = 0; shown < facets->count && bytes < MENU_NAME_BYTES; shown++) {
        const struct event_facet *facet = &facets->items[shown];

        bytes += facet->value.len;
        if (!filter_values_have(&filter->include[dimension], facet->value) &&
            !filter_values_have(&filter->exclude[dimension], facet->value))
            add_tick(ticks, bar, dimension, facet->value, &facet->count);
    }
    return shown;
}

/* Ticked values stand first, also those that no longer occur or lie beyond the end of the list. */
static void fill_ticks(struct page *panel, const struct bar *bar, enum filter_dimension dimension)
{
    const struct filter_values *include = &bar->list->params.filter.include[dimension],
                               *exclude = &bar->list->params.filter.exclude[dimension];
    const struct event_facets *facets = &bar->list->facets;
    bool opened = is_opened(bar, dimension);
    size_t shown = 0;
    struct page *ticks;

    if (opened && facets->count == 0)
        page_show(panel, PAGE_EMPTY);
    if (include->count == 0 && exclude->count == 0 && dimension != FILTER_STATUS &&
        (!opened || facets->count == 0))
        return;
    ticks = page_add(panel, PAGE_TICKS);
    for (size_t i = 0; i < include->count; i++)
        add_constant_tick(ticks, bar, dimension, include->items[i]);
    for (size_t i = 0; i < exclude->count; i++)
        if (!filter_values_have(include, exclude->items[i]))
            add_constant_tick(ticks, bar, dimension, exclude->items[i]);
    for (size_t i = 0; i < sizeof(status_classes) / sizeof(status_classes[0]); i++)
        if (dimension == FILTER_STATUS && !filter_values_have(include, status_classes[i]) &&
            !filter_values_have(exclude, status_classes[i]))
            add_constant_tick(ticks, bar, dimension, status_classes[i]);
    if (opened)
        shown = fill_counted(ticks, bar, dimension);
    if (opened && (facets->more || shown < facets->count))
        page_set_count(page_add(panel, PAGE_MORE), PAGE_NUMBER, shown);
}

/* The list as it stands, with the values of one menu. */
static struct str menu_link(const struct bar *bar, enum filter_dimension dimension)
{
    struct params params = bar->list->params;

    params.has_menu = true;
    params.menu = dimension;
    params.histogram_table = false;
    return pages_asking_link(bar->arena, bar->list, &params);
}

/* What no event of this tab can have is shown only where it is asked for all the same. */
static void add_dimension(const struct bar *bar, enum filter_dimension dimension)
{
    struct params without = bar->list->params;
    struct str summary = pages_dimension_summary(bar->arena, &without.filter.include[dimension],
                                                 &without.filter.exclude[dimension]);
    bool offered = filter_has_dimension(without.filter.kind, dimension),
         opened = is_opened(bar, dimension);
    const char *param = params_include_name(dimension);
    bool wrong = pages_is_wrong_first(bar->list, param);
    struct page *panel;

    if (summary.len == 0 && !offered)
        return;
    without.filter.include[dimension].count = without.filter.exclude[dimension].count = 0;
    panel = add_chip(bar, dimension_labels[dimension], summary, &without, opened || wrong,
                     "_ticks.tpl");
    page_set(panel, PAGE_LABEL, str_from(dimension_labels[dimension]));
    page_set(panel, PAGE_PARAM, str_from(param));
    page_set_exact(panel, PAGE_VALUE,
                   pages_fill_wrong(panel, bar->arena, bar->list, param, STR("")));
    if (accepted_values[dimension].pattern)
        page_set(page_add(panel, PAGE_PATTERNED), PAGE_PATTERN,
                 str_from(accepted_values[dimension].pattern));
    if (accepted_values[dimension].hint)
        page_set(page_add(panel, PAGE_ACCEPTED), PAGE_HINT,
                 str_from(accepted_values[dimension].hint));
    if (opened)
        page_show(panel, PAGE_COUNTED);
    else if (offered)
        page_set(page_add(panel, PAGE_ASK), PAGE_LINK_HREF, menu_link(bar, dimension));
    if (opened && without.filter.text.len)
        page_show(panel, PAGE_TEXT_ASIDE);
    fill_ticks(panel, bar, dimension);
}

/* What is typed in one line; a value that no such field can hold is kept by one that nobody sees. */
static void set_field(struct page *field, struct str value)
{
    bool has_lines =
        value.len && (memchr(value.ptr, '\n', value.len) || memchr(value.ptr, '\r', value.len));

    page_set(field, PAGE_FIELD_TYPE, has_lines ? STR("hidden") : STR("text"));
    if (has_lines)
        page_show(field, PAGE_LINES);
    page_set_exact(field, PAGE_VALUE, value);
}

/* `left_out`: texts that nothing may have, with their parameter; NULL: there can be none. */
static void add_text(const struct bar *bar, const char *label, const char *param, const char *hint,
                     struct str value, const struct filter_values *left_out,
                     const struct params *without)
{
    struct str summary = left_out ? pages_text_summary(bar->arena, value, left_out) : value;
    struct page *panel =
        add_chip(bar, label, summary, without, pages_is_wrong_first(bar->list, param), "_text.tpl");

    page_set(panel, PAGE_LABEL, str_from(label));
    page_set(panel, PAGE_PARAM, str_from(param));
    page_set(panel, PAGE_HINT, str_from(hint));
    if (!left_out)
        page_set(page_add(panel, PAGE_PATTERNED), PAGE_PATTERN, str_from(text_pattern));
    set_field(page_add(panel, PAGE_ONLY),
              pages_fill_wrong(panel, bar->arena, bar->list, param, value));
    for (size_t i = 0; left_out && i <= left_out->count; i++) {
        struct page *field = page_add(panel, PAGE_WITHOUT);

        page_set(field, PAGE_NOT_PARAM, arena_printf(bar->arena, "not_%s", param));
        set_field(field, i < left_out->count ? left_out->items[i] : STR(""));
    }
}

enum filter_in pages_text_place(const struct pages_list *list)
{
    bool has_text = list->params.filter.text.len > 0;

    for (size_t i = 0; i < list->wrong_count && !has_text; i++)
        has_text = str_equal(list->wrong[i].name, STR("q"));
    return has_text ? list->params.filter.text_in : FILTER_IN_ANY;
}

static void add_texts(const struct bar *bar)
{
    const struct params *params = &bar->list->params;
    enum filter_in in = pages_text_place(bar->list);
    struct params without = *params;

    without.filter.entity_id.len = without.filter.without_id.count = 0;
    add_text(bar, "Entity ID", "entity_id", "The whole ID, or its beginning with * at the end.",
             params->filter.entity_id, &params->filter.without_id, &without);
    without = *params;
    without.filter.entity_name.len = without.filter.without_name.count = 0;
    add_text(bar, "Entity name", "entity_name", "Any part of the name; A and a are the same.",
             params->filter.entity_name, &params->filter.without_name, &without);
    without = *params;
    without.filter.text.len = 0;
    add_text(bar, pages_text_label(in), "q",
             in == FILTER_IN_ANY
                 ? "Any part of URL, headers, body, answer, ids …; at least 3 characters."
                 : "All of it, or its beginning with * at the end; at least 3 characters.",
             params->filter.text, NULL, &without);
}

/* The range always stands in the bar, as on any log. */
static void add_dates(const struct bar *bar)
{
    struct params without = bar->list->params;
    bool used = without.from.len || without.to.len,
         wrong = pages_is_wrong_first(bar->list, "from") || pages_is_wrong_first(bar->list, "to") ||
                 pages_is_wrong_first(bar->list, "zone");
    struct str summary = pages_dates_summary(bar->arena, &without);

    without.from.len = without.to.len = 0;
    pages_fill_dates(add_chip(bar, "Date", summary, used ? &without : NULL, wrong, "_dates.tpl"),
                     bar->arena, bar->list);
}

/* How many rows a page may have. */
static void fill_sizes(const struct bar *bar)
{
    struct params params = bar->list->params;
    unsigned chosen = params.show;

    for (size_t i = 0; params_page_sizes[i]; i++) {
        struct page *size = page_add(bar->page, PAGE_SIZE);

        params.show = params_page_sizes[i];
        page_set_number(size, PAGE_NUMBER, params.show);
        page_set(size, PAGE_LINK_HREF,
                 pages_view_link(bar->arena, bar->list->account.slug, &params));
        if (params.show == chosen)
            page_show(size, PAGE_SELECTED);
    }
}

/* The log about the log is left out unless it is asked for: this says so, and is the way to it and back. */
static void add_own(const struct bar *bar)
{
    struct params other = bar->list->params;
    struct page *chip;

    if (!other.shows_own && !other.filter.without_own)
        return; /* asked for as an entity type */
    chip = page_add(bar->page, PAGE_OWN);
    page_show(chip, other.shows_own ? PAGE_OWN_SHOWN : PAGE_OWN_HIDDEN);
    other.shows_own = !other.shows_own;
    page_set(chip, PAGE_LINK_HREF, link_without(bar, &other));
}

/* Whoever opens the tab has to see that it is not all of the log. */
static void add_view(const struct bar *bar, struct str everything)
{
    const struct view *view = &bar->list->view;
    struct page *chip;

    if (view->id == 0 || !params_filtered(&bar->list->params))
        return;
    chip = page_add(bar->page, PAGE_VIEW_SHOWN);
    page_set(chip, PAGE_NAME, pages_short_name(bar->arena, view->name));
    page_set(chip, PAGE_LINK_HREF, everything);
    if (view->owner.len == 0)
        page_show(chip, PAGE_SHARED);
}

void pages_fill_filter(struct page *page, struct arena *arena, const struct pages_list *list)
{
    const struct bar bar = {page, arena, list};
    struct str path = pages_tab_path(arena, list->account.slug, list->params.filter.kind);

    page_set(page, PAGE_FORM_ACTION, path);
    pages_fill_kept(page, arena, &list->params);
    pages_fill_place(page, pages_text_place(list));
    add_own(&bar);
    add_dates(&bar);
    if (list->params.all_accounts)
        add_dimension(&bar, FILTER_ACCOUNT);
    for (int i = 0; i < FILTER_DIMENSION_COUNT; i++)
        add_dimension(&bar, (enum filter_dimension)i);
    add_texts(&bar);
    fill_sizes(&bar);
    if (params_filtered(&list->params)) {
        struct params none = {.zone = list->params.zone,
                              .names_zone = list->params.names_zone,
                              .show = list->params.show,
                              .page = 1};

        none.filter.kind = list->params.filter.kind;
        none.says_none = list->params.says_none;
        none.filter.oldest_first = list->params.filter.oldest_first;
        page_set(page_add(page, PAGE_CLEAR_ALL), PAGE_LINK_HREF, link_without(&bar, &none));
        add_view(&bar, link_without(&bar, &none));
    }
}
