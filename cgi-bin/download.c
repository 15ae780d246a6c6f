/* SPDX-License-Identifier: MIT */
/*
 * /{account}/events.csv, triggers.csv, all.csv, and .ndjson: everything that matches, streamed, in the order of the list.
 * /-/events.csv … : the same of all accounts, for operators.
 * /api/v1/events.csv … : the same for programs; the account is the token's.
 * /api/audit/download: events.csv, or triggers.csv, for the clients of Codefresh; its parameters are in query/audit_params.c.
 * Parameters: the filter of the list; `raw=1` leaves CSV cells as they are; `bom=1` begins CSV with a byte order mark; `trailer=1` adds a closing line with count and SHA-256
 * (always there with `q`, where the count is not known before).
 */
#include <stdio.h>
#include <stdlib.h>

#include "access.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/memory.h"
#include "base/turns.h"
#include "export/download_request.h"
#include "export/download_source.h"
#include "export/feed.h"
#include "pages/list_all.h"
#include "pages/saved_views.h"
#include "store/reader.h"
#include "web/handler.h"

enum { PATH_BYTES = 4096 };

/* Both kinds at once need two readers, each with a connection of its own. */
struct context {
    struct reader *reader[2];
    struct turns
        *turns; /* with the other downloads, so that pages stay quick beside them; may be NULL */
};

struct download {
    struct account account;
    struct download_request asked;
    bool trailer;
    uint64_t rows; /* announced */
    uint64_t written;
    struct digest *digest;
    struct strbuf buffer;
    struct response *response;
    struct turns *turns;
};

static void *start(const struct config *config)
{
    struct context *context = memory_new(sizeof(*context));

    for (size_t i = 0; i < 2; i++) {
        context->reader[i] = reader_open(config);
        if (!context->reader[i]) {
            reader_close(context->reader[0]);
            free(context);
            return NULL;
        }
    }
    memory_give_back_large(); /* bodies */
    return context;
}

static void stop(void *opaque)
{
    struct context *context = opaque;

    reader_close(context->reader[0]);
    reader_close(context->reader[1]);
    turns_close(context->turns);
    free(context);
}

/* The folder is made with the first segment, which may come after this process. */
static struct turns *turns_of(struct context *context)
{
    const struct config *config = context->reader[0]->config;
    char path[PATH_BYTES];

    if (!context->turns && config->cache_dir[0] &&
        snprintf(path, sizeof(path), "%s/turns", config->cache_dir) < (int)sizeof(path))
        context->turns = turns_open(path);
    return context->turns;
}

static bool of_kind(const struct filter *filter, enum event_kind kind)
{
    return filter->kind == EVENT_KIND_ALL || filter->kind == kind;
}

/*
 * Asked between rows.  A search that finds nothing for long writes nothing, and so would not learn that nobody waits any more, nor
 * end its turn.
 */
static bool is_over(void *opaque)
{
    struct download *download = opaque;

    turns_give(download->turns);
    turns_take(download->turns);
    return response_is_client_gone(download->response);
}

/* One kind of what is asked for.  0 or -1. */
static int open_source(struct download *download, struct reader *reader, struct arena *arena,
                       enum event_kind kind, struct download_source *source)
{
    const struct download_watch watch = {is_over, download};
    struct filter *one = arena_alloc(arena, sizeof(*one));
    struct merged_log *log = arena_alloc(arena, sizeof(*log));

    if (download->asked.params.all_accounts)
        return list_all_choose(reader->db, arena, &download->asked.params, kind, false, log) < 0
                   ? -1
                   : download_source_open_merged(source, reader, arena, log, &watch,
                                                 &download->rows);
    *one = download->asked.params.filter;
    one->kind = kind;
    return download_source_open(source, reader, arena, one, &watch, &download->rows);
}

static struct str file_name(const struct download *download, struct request *request)
{
    static const char *const kinds[] = {"all", "events", "triggers"};
    char today[CLOCK_TEXT_BYTES];
    bool csv = download->asked.format == EXPORT_CSV;
    struct str count = {NULL, 0};
    struct str whose =
        download->asked.params.all_accounts ? STR("all-accounts") : download->account.slug;

    clock_format(clock_now_ms(), today);
    if (download->asked.params.filter.text.len == 0)
        count = arena_printf(request->arena, "-%llu-rows", (unsigned long long)download->rows);
    return arena_printf(request->arena, "attachment; filename=\"%.*s-%s-%.10s%.*s%s.%s\"",
                        STR_ARG(whose), kinds[download->asked.params.filter.kind], today,
                        STR_ARG(count), csv && download->asked.params.raw ? "-raw" : "",
                        csv ? "csv" : "ndjson");
}

static void send_head(struct download *download, struct request *request)
{
    struct response *response = download->response;

    response_header(response, "Content-Disposition", file_name(download, request));
    response_header(response, "X-Accel-Buffering", STR("no"));
    if (download->asked.params.filter.text.len == 0)
        response_header(response, "Daybook-Rows",
                        arena_printf(request->arena, "%llu", (unsigned long long)download->rows));
    response_begin(response, download->asked.format == EXPORT_CSV
                                 ? "text/csv; charset=utf-8; header=present"
                                 : "application/x-ndjson");
}

/* Hands on what has gathered.  -1 when the client is gone. */
static int flush(struct download *download)
{
    struct str bytes = strbuf_str(&download->buffer);
    int result;

    if (download->digest)
        digest_add(download->digest, bytes);
    turns_give(download->turns); /* a client may be slow */
    result = response_write(download->response, bytes);
    turns_take(download->turns);
    strbuf_reset(&download->buffer);
    return result;
}

/* Which of the two comes next in the order of the list; on a tie the event before the trigger. */
static struct download_source *next_source(struct download_source sources[2], bool oldest_first)
{
    struct download_source *first = &sources[0], *second = &sources[1];

    if (first->more != 1)
        return second->more == 1 ? second : NULL;
    if (second->more != 1 || first->event.id == second->event.id)
        return first;
    return (first->event.id < second->event.id) == oldest_first ? first : second;
}

/* 0: all written; -1: the client or the database is gone. */
static int write_rows(struct download *download, struct download_source sources[2])
{
    struct download_source *source;

    turns_take(download->turns);
    if (download->asked.params.bom)
        strbuf_add_cstr(&download->buffer, "\xef\xbb\xbf");
    export_header(&download->buffer, download->asked.format);
    while ((source = next_source(sources, download->asked.params.filter.oldest_first))) {
        export_event(&download->buffer, download->asked.format, download->asked.params.raw,
                     &source->event);
        download->written++;
        if (download->buffer.len >= RESPONSE_PIECE_BYTES && flush(download) < 0)
            return -1;
        download_source_next(source);
        if (source->more != 0 && source->more != 1)
            return -1;
    }
    return flush(download);
}

static int write_trailer(struct download *download)
{
    unsigned char sha256[DIGEST_BYTES];
    struct strbuf hex;
    int result;

    if (!download->trailer)
        return 0;
    digest_finish(download->digest, sha256);
    download->digest = NULL;
    strbuf_init(&hex);
    digest_append_hex(&hex, (struct str){(const char *)sha256, sizeof(sha256)});
    export_trailer(&download->buffer, download->asked.format, download->written, strbuf_str(&hex));
    strbuf_release(&hex);
    result = response_write(download->response, strbuf_str(&download->buffer));
    return result;
}

/*
 * A transfer that ends early, or with another count than announced, must fail for the client.  One of Codefresh would take a closing
 * line for an event.
 */
static void stream(struct download *download, struct download_source sources[2],
                   struct request *request)
{
    bool counted = download->asked.params.filter.text.len == 0;
    bool complete;

    download->trailer =
        download->asked.way != DOWNLOAD_CODEFRESH && (download->asked.params.trailer || !counted);
    download->digest = download->trailer ? digest_new() : NULL;
    strbuf_init(&download->buffer);
    send_head(download, request);
    complete = request->method == METHOD_HEAD ||
               (write_rows(download, sources) == 0 &&
                (!counted || download->written == download->rows) && write_trailer(download) == 0);
    turns_give(download->turns);
    response_count_rows(download->response, download->written);
    if (complete)
        response_end(download->response);
    else
        response_abort(download->response);
    digest_free(download->digest);
    strbuf_release(&download->buffer);
}

static void serve_rows(struct context *context, struct download *download, struct request *request)
{
    const struct filter *filter = &download->asked.params.filter;
    struct download_source sources[2] = {{.more = 0}, {.more = 0}};
    bool events = of_kind(filter, EVENT_KIND_EVENT), triggers = of_kind(filter, EVENT_KIND_TRIGGER);
    struct reader *first = context->reader[0];
    bool alone = !events || !triggers || download->asked.params.all_accounts;
    struct reader *second = alone ? first : context->reader[1];
    bool opened = (!events || open_source(download, first, request->arena, EVENT_KIND_EVENT,
                                          &sources[0]) == 0) &&
                  (alone || db_begin(second->db, DB_READ) == 0) &&
                  (!triggers || open_source(download, second, request->arena, EVENT_KIND_TRIGGER,
                                            &sources[1]) == 0);

    if (opened)
        stream(download, sources, request);
    download_source_close(&sources[0]);
    download_source_close(&sources[1]);
    db_rollback(second->db);
    if (opened)
        db_rollback(first->db);
    else
        access_database_down(first->db, download->response);
    memory_give_back();
}

/* Finds whose log it is, and may be.  False: the answer has been sent. */
static bool let_in(struct download *download, struct db *db, struct request *request,
                   struct response *response)
{
    enum download_way way = download->asked.way;

    if (way == DOWNLOAD_ALL)
        return access_begin_operator(db, request, response);
    if (!(way == DOWNLOAD_ACCOUNT
              ? access_begin(db, request, response, &download->account)
              : access_token(db, TOKEN_READ, true, request, response, &download->account)))
        return false;
    if (!saved_views_fill(db, &download->account, request, response, &download->asked.params))
        return false;
    access_bound(&download->account, &download->asked.params.filter);
    return true;
}

/* A search over too many accounts.  True: the answer has been sent. */
static bool refuse(struct download *download, struct db *db, struct request *request,
                   struct response *response)
{
    const char *complaint = NULL;
    struct merged_log log;

    if (!download->asked.params.all_accounts)
        return false;
    if (list_all_choose(db, request->arena, &download->asked.params, EVENT_KIND_EVENT, false,
                        &log) < 0) {
        access_database_down(db, response);
        return true;
    }
    complaint = list_all_complaint(&download->asked.params, &log);
    if (complaint) {
        db_rollback(db);
        download_request_refuse(response, str_from(complaint));
    }
    return complaint != NULL;
}

static void serve(void *opaque, struct request *request, struct response *response)
{
    struct context *context = opaque;
    struct download download = {.response = response};
    struct db *db = context->reader[0]->db;

    if (!download_request_read(request, response, &download.asked) ||
        !let_in(&download, db, request, response) || refuse(&download, db, request, response))
        return;
    if (download.asked.params.has_after) {
        const struct feed feed = {context->reader[0], &download.account, &download.asked.params,
                                  download.asked.format};

        feed_serve(&feed, request, response);
        return;
    }
    download.turns = turns_of(context);
    serve_rows(context, &download, request);
    turns_give(context->turns);
}

const struct page_handler page_handler = {
    .name = "download",
    .methods = METHOD_GET,
    .speak = download_speak,
    .start = start,
    .serve = serve,
    .stop = stop,
};
