/* SPDX-License-Identifier: MIT */
/* What is said about saved views in a query string.  Which views there are, and whose, is not known here. */
#include "query/params_private.h"

#include "base/parse.h"

_Static_assert(LIST_VIEW != DOWNLOAD_VIEW, "the place of `view` tells a list from a download");

/* Is it one of those that a download may have beside a view? */
static bool goes_along(unsigned spec, unsigned view)
{
    return spec == view ||
           (view == DOWNLOAD_VIEW &&
            (spec == RAW || spec == TRAILER || spec == BOM || spec == AFTER || spec == LIMIT));
}

bool params_read_view(struct arena *arena, const struct fields *fields, unsigned spec,
                      struct params *params, struct str *complaint)
{
    const struct field *view = fields_find(fields, spec);
    uint64_t number;

    if (!view || str_equal(view->text, STR("none")))
        return true;
    if (!parse_u64(view->text, 1, UINT32_MAX, &number)) {
        *complaint = STR("Parameter \"view\" must be the number of a saved view, or none.");
        return false;
    }
    for (size_t i = 0; i < fields->count; i++) {
        if (!goes_along(fields->items[i].spec, spec)) {
            *complaint = arena_printf(arena,
                                      "Parameter \"view\" does not go with \"%s\": the saved view "
                                      "has the filter.",
                                      fields->specs[fields->items[i].spec].name);
            return false;
        }
    }
    params->view = (uint32_t)number;
    return true;
}

bool params_read_kind(const struct fields *fields, struct params *params, struct str *complaint)
{
    const struct field *kind = fields_find(fields, KIND);

    if (kind)
        params->filter.kind = kind->number ? EVENT_KIND_TRIGGER : EVENT_KIND_EVENT;
    if (kind || fields->count == 0)
        return true;
    *complaint = STR("Parameter \"kind\" is missing: it says of which list this is the filter, "
                     "events or triggers.");
    return false;
}
