/* SPDX-License-Identifier: MIT */
/*
 * The forms in which other products keep their audit records, one row each in formats.c: how one record becomes an event.  They come in files
 * (tools/load.c) and by HTTP (format_message.h).  Pure: knows no table, file or socket.
 */
#ifndef DAYBOOK_INTAKE_FORMAT_H
#define DAYBOOK_INTAKE_FORMAT_H

#include "base/json.h"
#include "intake/intake.h"

struct record;

enum format_unit {
    FORMAT_JSON,      /* a record is a JSON object */
    FORMAT_JSON_LINE, /* the same, but lines that are not UTF-8 are read as Latin-1 */
    FORMAT_LINE,      /* a record is a line of text */
};

/* One record as it stood. */
struct format_record {
    struct str text;
    struct json_value whole;     /* of JSON: an object */
    struct json_value part;      /* the element of its parts, or `whole` */
    size_t part_number;          /* of that element, from 0 */
    const struct record *opened; /* `whole`, when it has several parts; else NULL */
};

/* What became of it. */
struct format_item {
    struct event event; /* through intake_complete(); without a key where the record has no id */

    /* Of a call that is reported in stages: */
    unsigned stage; /* a greater one takes the place of a smaller */
    bool is_early;  /* a greater one is still to come */

    bool is_left_out; /* the rules of the account do not keep such a call */
};

struct format {
    const char *name;
    const char *summary; /* for people: "Okta System Log" */
    enum format_unit unit;

    /* Of JSON, paths (record.h) separated by |: where in an object a list of records, or a single one, may stand.  NULL: nowhere. */
    const char *lists;

    /* Path of a list in a record each of whose elements is an event of its own; NULL: a record is one event. */
    const char *parts;
    bool has_stages;

    /* False and the complaint's field and sentence: it is no record of this format. */
    bool (*read)(const struct intake *intake, const struct format_record *record,
                 struct format_item *item, struct intake_complaint *complaint);
};

/* The row of that name, or NULL; the first row is the native form. */
const struct format *format_find(struct str name);

/* All names, "native, cloudtrail, …", in the arena: for complaints. */
struct str format_names(struct arena *arena);

/* Row `at` from 0; NULL behind the last. */
const struct format *format_at(size_t at);

/*
 * Calls `each` for every record in `text`, in order: JSON values one after another, an array of them, objects that hold a list; or lines.
 * False when `each` returned false, or with complaint->sentence for a text that is of no such form; without a record it is true.
 */
bool format_walk(const struct format *format, struct arena *arena, struct str text,
                 bool (*each)(void *context, const struct format_record *record), void *context,
                 struct intake_complaint *complaint);

/*
 * The keys of records.  Before intake_complete(): "NAME:" and the record's own id; nothing when `id` is empty.  After it: a digest behind it
 * of `same` (what is the same whenever that record is sent), so that one id on different records loses none of them.
 */
void format_key_start(struct arena *arena, const char *name, struct str id, struct event *event);
void format_key_finish(struct arena *arena, struct str same, struct event *event);

/* What an event that came from a record without an id is known by, secrets replaced; in the arena. */
struct str format_holds(struct arena *arena, const struct event *event);

/* 32 hexadecimal digits of the SHA-256 of `text`, in the arena. */
struct str format_digest(struct arena *arena, struct str text);

/* The rows' functions, one file each: format_NAME.c. */
typedef bool format_read(const struct intake *intake, const struct format_record *record,
                         struct format_item *item, struct intake_complaint *complaint);
format_read format_cloudtrail_read, format_github_read, format_okta_read, format_gsuite_read,
    format_slack_read, format_teleport_read, format_kubernetes_read, format_vault_read,
    format_combined_read, format_nginx_json_read;

#endif
