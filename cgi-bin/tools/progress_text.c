/* SPDX-License-Identifier: MIT */
/* ASCII alone, so that a byte is a column. */
#include "tools/progress_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum { NUMBER_BYTES = 32, KIB = 1024, PERCENT = 100, SLOW = 10, SECOND_MS = 1000 };

enum part { PART_ROWS = 1, PART_RATE = 2, PART_LEFT = 4, PART_ALL = 7 };

/* 1,234,567 */
static void format_number(uint64_t number, char out[NUMBER_BYTES])
{
    char digits[NUMBER_BYTES];
    int count = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number), len = 0;

    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            out[len++] = ',';
        out[len++] = digits[i];
    }
    out[len] = '\0';
}

/* The unit that a number of bytes is read best in. */
static const char *unit_of(double bytes, double *size)
{
    static const char *const names[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    size_t at = 0;

    *size = 1;
    while (bytes >= *size * KIB && at + 1 < sizeof(names) / sizeof(names[0])) {
        *size *= KIB;
        at++;
    }
    return names[at];
}

static void format_bytes(double bytes, double size, char out[NUMBER_BYTES])
{
    snprintf(out, NUMBER_BYTES, "%.*f", size > 1, bytes / size);
}

static void add(char out[PROGRESS_TEXT_BYTES], const char *separator, const char *text,
                const char *unit)
{
    size_t len = strlen(out);

    snprintf(out + len, PROGRESS_TEXT_BYTES - len, "%s%s%s%s", separator, text,
             unit[0] && unit[0] != '/' ? " " : "", unit);
}

static void add_done(char out[PROGRESS_TEXT_BYTES], const struct progress_view *view, bool is_known)
{
    char done[NUMBER_BYTES], total[NUMBER_BYTES];
    const char *unit = view->unit;
    double size;

    if (unit) {
        format_number(view->done, done);
        format_number(view->total, total);
    } else {
        unit = unit_of((double)(is_known ? view->total : view->done), &size);
        format_bytes((double)view->done, size, done);
        format_bytes((double)view->total, size, total);
    }
    add(out, ": ", done, is_known ? "" : unit);
    if (!is_known)
        return;
    add(out, " of ", total, unit);
    format_number((uint64_t)((double)view->done / (double)view->total * PERCENT), done);
    add(out, ", ", view->done == view->total ? "100" : strcmp(done, "100") == 0 ? "99" : done, "%");
}

static void add_rate(char out[PROGRESS_TEXT_BYTES], const struct progress_view *view)
{
    char rate[NUMBER_BYTES];
    double size;

    if (!view->unit) {
        const char *unit = unit_of(view->rate, &size);

        format_bytes(view->rate, size, rate);
        add(out, ", ", rate, unit);
        add(out, "", "", "/s");
    } else if (view->rate < SLOW) {
        snprintf(rate, sizeof(rate), "%.1f", view->rate);
        add(out, ", ", rate, "/s");
    } else {
        format_number((uint64_t)view->rate, rate);
        add(out, ", ", rate, "/s");
    }
}

static size_t write_parts(const struct progress_view *view, unsigned parts,
                          char out[PROGRESS_TEXT_BYTES])
{
    char text[CLOCK_TEXT_BYTES];

    out[0] = '\0';
    add(out, "", view->word, "");
    add_done(out, view, view->total && view->done <= view->total);
    if (view->rows_unit && (parts & PART_ROWS)) {
        format_number(view->rows, text);
        add(out, ", ", text, view->rows_unit);
    }
    if (view->rate > 0 && (parts & PART_RATE))
        add_rate(out, view);
    if (view->left_ms > 0 && (parts & PART_LEFT)) {
        clock_span((view->left_ms + SECOND_MS - 1) / SECOND_MS * SECOND_MS, text);
        add(out, ", ", text, "left");
    }
    return strlen(out);
}

size_t progress_text(const struct progress_view *view, size_t columns,
                     char out[PROGRESS_TEXT_BYTES])
{
    static const unsigned parts[] = {PART_ALL, PART_ROWS | PART_LEFT, PART_LEFT, 0};
    size_t len = 0;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        len = write_parts(view, parts[i], out);
        if (len <= columns)
            return len;
    }
    out[columns] = '\0'; /* less than `len`, which fits */
    return columns;
}
