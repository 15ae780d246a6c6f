/* SPDX-License-Identifier: MIT */
/* The only main() of the pages: start-up and the clean end around serve(). */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#include "base/config.h"
#include "static_names.h"
#include "web/handler.h"
#include "web/page.h"
#include "web/serve.h"

static int load_pages(const char *directory)
{
    static const char *const none[] = {NULL};
    const char *const *file = page_handler.templates ? page_handler.templates : none;

    pages_set_global(PAGE_ICONS_URL, STR(STATIC_ICONS_SVG));
    pages_set_global(PAGE_SCRIPT_URL, STR(STATIC_APP_JS));
    pages_set_global(PAGE_STYLE_URL, STR(STATIC_STYLE_CSS));
    pages_set_global(PAGE_PAGES_STYLE_URL, STR(STATIC_PAGES_CSS));
    if (pages_load(directory) < 0)
        return -1;
    for (; *file; file++)
        if (!pages_have(*file)) {
            fprintf(stderr, "%s/%s: no such template\n", directory, *file);
            return -1;
        }
    return 0;
}

int main(void)
{
    const char *path = getenv("DAYBOOK_CONF");
    int status = EX_CONFIG;
    struct config config = {0};
    void *context;

    setenv("TZ", "UTC", 1);
    tzset();
    if (!path) {
        fputs("DAYBOOK_CONF does not name a configuration file\n", stderr);
        return status;
    }
    if (config_load(&config, path) < 0)
        return status;
    if (load_pages(config.templates_dir) == 0) {
        context = page_handler.start(&config);
        if (context) {
            status = serve(&page_handler, context);
            page_handler.stop(context);
        }
    }
    pages_free();
    config_release(&config);
    return status;
}
