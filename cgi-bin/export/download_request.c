/* SPDX-License-Identifier: MIT */
/* The way is known by the beginning of the path, what is wanted by its end. */
#include "export/download_request.h"

#include "query/audit_params.h"
#include "base/clock.h"
#include "pages/pages.h"

enum download_way download_way(const struct request *request)
{
    if (str_equal(request->path, STR("/api/audit/download")))
        return DOWNLOAD_CODEFRESH;
    if (str_starts(request->path, STR("/api/v1/")))
        return DOWNLOAD_API;
    if (str_starts(request->path, STR("/" PAGES_ALL_SLUG "/")))
        return DOWNLOAD_ALL;
    return DOWNLOAD_ACCOUNT;
}

void download_speak(const struct request *request, struct response *response)
{
    if (download_way(request) == DOWNLOAD_CODEFRESH)
        response_speak_json_message(response);
    else if (download_way(request) == DOWNLOAD_API)
        response_speak_json(response);
}

/* Kind and format from the last segment, such as "events.csv"; false when it is none. */
static bool read_path(const struct request *request, struct download_request *download)
{
    static const struct {
        struct str name;
        enum event_kind kind;
        enum export_format format;
    } files[] = {
        {STR("events.csv"), EVENT_KIND_EVENT, EXPORT_CSV},
        {STR("events.ndjson"), EVENT_KIND_EVENT, EXPORT_NDJSON},
        {STR("triggers.csv"), EVENT_KIND_TRIGGER, EXPORT_CSV},
        {STR("triggers.ndjson"), EVENT_KIND_TRIGGER, EXPORT_NDJSON},
        {STR("all.csv"), EVENT_KIND_ALL, EXPORT_CSV},
        {STR("all.ndjson"), EVENT_KIND_ALL, EXPORT_NDJSON},
    };
    struct str segments[3];
    size_t count = request_segments(request, segments, 3);

    if (count != (download->way == DOWNLOAD_API ? 3 : 2))
        return false;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (str_equal(segments[count - 1], files[i].name)) {
            download->params.filter.kind = files[i].kind;
            download->format = files[i].format;
            return true;
        }
    }
    return false;
}

static bool read_params(struct request *request, struct download_request *download,
                        struct str *complaint)
{
    static const enum params_set sets[] = {
        [DOWNLOAD_ACCOUNT] = PARAMS_DOWNLOAD,
        [DOWNLOAD_ALL] = PARAMS_DOWNLOAD_ALL,
        [DOWNLOAD_API] = PARAMS_FEED_DOWNLOAD,
    };
    enum event_kind kind = download->params.filter.kind;
    bool fine;

    if (download->way == DOWNLOAD_CODEFRESH)
        return audit_params_parse(request->arena, request->query, &download->params, complaint);
    fine = params_parse(request->arena, request->query, sets[download->way], clock_now_ms(),
                        &download->params, complaint);
    download->params.filter.kind = kind;
    if (fine && download->params.bom && download->format != EXPORT_CSV) {
        *complaint =
            STR("Parameter \"bom\" goes with CSV alone: NDJSON begins with its first row.");
        return false;
    }
    return fine;
}

void download_request_refuse(struct response *response, struct str complaint)
{
    response_error_link(response, 400, complaint, STR("events"), STR("Go to the log"));
}

bool download_request_read(struct request *request, struct response *response,
                           struct download_request *download)
{
    struct str complaint;

    *download = (struct download_request){.way = download_way(request), .format = EXPORT_CSV};
    if (download->way != DOWNLOAD_CODEFRESH && !read_path(request, download)) {
        response_error_link(response, 404, STR("There is no such file."), STR("/"),
                            STR("Go to your log"));
        return false;
    }
    if (read_params(request, download, &complaint))
        return true;
    download_request_refuse(response, complaint);
    return false;
}
