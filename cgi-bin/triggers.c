/* SPDX-License-Identifier: MIT */
/* /{account}/triggers: the tab Triggers (pages/list.h); /-/triggers: the same of all accounts, for operators (pages/list_all.h). */
#include "pages/list_all.h"
#include "web/handler.h"

static void *start(const struct config *config)
{
    return list_open(config);
}

static void stop(void *context)
{
    list_close(context);
}

static void serve(void *context, struct request *request, struct response *response)
{
    struct str segments[2];

    if (request_segments(request, segments, 2) != 2 || !str_equal(segments[1], STR("triggers")))
        response_error_link(response, 404, STR("There is no such page."), STR("/"),
                            STR("Go to your log"));
    else if (str_equal(segments[0], STR("-")))
        list_all_serve(context, EVENT_KIND_TRIGGER, request, response);
    else
        list_serve(context, EVENT_KIND_TRIGGER, request, response);
}

static const char *const templates[] = {"layout.tpl", "list.tpl",    "_ticks.tpl",  "_text.tpl",
                                        "_dates.tpl", "_search.tpl", "mistake.tpl", NULL};

const struct page_handler page_handler = {
    .name = "triggers",
    .methods = METHOD_GET,
    .templates = templates,
    .start = start,
    .serve = serve,
    .stop = stop,
};
