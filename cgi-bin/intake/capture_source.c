/* SPDX-License-Identifier: MIT */
/* ui, cli, integration or webhook: as API or front name it, else guessed by what the client calls itself. */
#include "intake/capture_private.h"

enum match { MATCH_BEGINNING, MATCH_ANYWHERE };

/* The first row that fits a User-Agent; what no row names is a program. */
static const struct {
    const char *text; /* in lower case */
    enum match match;
    enum event_source source;
} agents[] = {
    {"powershell/", MATCH_ANYWHERE, EVENT_SOURCE_CLI}, /* calls itself Mozilla as well */
    {"mozilla/", MATCH_BEGINNING, EVENT_SOURCE_UI},
    {"codefresh-cli", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"curl/", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"wget/", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"httpie/", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"xh/", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"kubectl/", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"oc/", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"helm/", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"aws-cli/", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"azurecli/", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"google-cloud-sdk", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"gcloud/", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"github cli", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"glab/", MATCH_BEGINNING, EVENT_SOURCE_CLI},
    {"docker-client/", MATCH_BEGINNING, EVENT_SOURCE_CLI},
};

enum event_source capture_source(const struct capture_line *line,
                                 const struct capture_headers *headers)
{
    enum event_source source = EVENT_SOURCE_NONE;

    if (event_source_parse(line->api_source, &source) ||
        event_source_parse(line->set_source, &source))
        return source;
    if (str_equal_folded(headers->agent_type, STR("cli")))
        return EVENT_SOURCE_CLI;
    for (size_t i = 0; i < sizeof(agents) / sizeof(agents[0]); i++) {
        struct str text = str_from(agents[i].text);

        if (agents[i].match == MATCH_BEGINNING ? str_starts_folded(headers->user_agent, text)
                                               : str_contains_folded(headers->user_agent, text))
            return agents[i].source;
    }
    return EVENT_SOURCE_INTEGRATION;
}
