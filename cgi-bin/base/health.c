/* SPDX-License-Identifier: MIT */
/* States and words of capturing.  Pure: knows neither database nor page, and asks no clock. */
#include "base/health.h"

#include "base/clock.h"

/* Since the newest line, or since the follower began where there was none. */
static int64_t silence_ms(const struct health_source *source, int64_t now_ms)
{
    return now_ms - (source->last_line_ms ? source->last_line_ms : source->started_ms);
}

enum health_state health_state(const struct health_source *source, int64_t now_ms)
{
    if (source->stopped_ms)
        return HEALTH_STOPPED;
    if (now_ms - source->seen_ms > HEALTH_UNSEEN_MS)
        return HEALTH_UNSEEN;
    if (source->silent_after_ms && silence_ms(source, now_ms) > source->silent_after_ms)
        return HEALTH_SILENT;
    return HEALTH_RUNNING;
}

static void add_span(struct strbuf *out, const char *before, int64_t ms)
{
    char span[CLOCK_TEXT_BYTES];

    clock_span(ms, span);
    strbuf_add_cstr(out, before);
    strbuf_add_cstr(out, span);
}

static void add_silence(struct strbuf *out, const struct health_source *source, int64_t now_ms)
{
    if (source->whole) {
        add_span(out, "silent: no call for ", silence_ms(source, now_ms));
        add_span(out, ", although one is expected every ", source->silent_after_ms);
    } else {
        add_span(out, "silent: no call, although one is expected every ", source->silent_after_ms);
    }
}

void health_state_words(struct strbuf *out, const struct health_source *source, int64_t now_ms)
{
    char utc[CLOCK_TEXT_BYTES];

    switch (health_state(source, now_ms)) {
    case HEALTH_RUNNING:
        strbuf_add_cstr(out, "running");
        break;
    case HEALTH_STOPPED:
        clock_format(source->stopped_ms, utc);
        strbuf_printf(out, "stopped in order at %.10s %.8s UTC", utc, utc + 11);
        break;
    case HEALTH_UNSEEN:
        add_span(out, "not seen for ", now_ms - source->seen_ms);
        break;
    case HEALTH_SILENT:
        add_silence(out, source, now_ms);
        break;
    }
}

bool health_has_new_troubles(const struct health_whole *whole)
{
    for (const struct health_trouble *trouble = whole->troubles; trouble; trouble = trouble->next)
        if (trouble->count > trouble->acknowledged)
            return true;
    return false;
}

bool health_needs_attention(const struct health_source *source, int64_t now_ms)
{
    enum health_state state = health_state(source, now_ms);

    return state == HEALTH_UNSEEN || state == HEALTH_SILENT ||
           (source->whole && health_has_new_troubles(source->whole));
}

uint64_t health_count(const struct health_whole *whole, enum capture_trouble reason)
{
    for (const struct health_trouble *trouble = whole->troubles; trouble; trouble = trouble->next)
        if (trouble->reason == reason)
            return trouble->count;
    return 0;
}
