/* SPDX-License-Identifier: MIT */
/*
 * URL parameters and the filter they mean, both ways: params_parse() reads a query string, params_append() writes one that
 * reads back the same.  man/daybook-urls.7 describes each parameter.
 */
#ifndef DAYBOOK_PARAMS_H
#define DAYBOOK_PARAMS_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "store/filter.h"

#include <stdbool.h>
#include <stdint.h>

/* How many rows a follower may take at a time. */
enum { PARAMS_LIMIT_MAX = 10000 };

/* How long a text may be that is searched for. */
enum { PARAMS_TEXT_BYTES_MIN = 3, PARAMS_TEXT_BYTES_MAX = 200 };

/* Which parameters a page takes. */
enum params_set {
    PARAMS_LIST,          /* the filter, paging, and `menu` */
    PARAMS_LIST_ALL,      /* and which accounts: of all that there are */
    PARAMS_DETAILS,       /* those of the list it was opened from, and `part` and `view` */
    PARAMS_DOWNLOAD,      /* the filter, and `raw`, `trailer` and `bom`; no paging */
    PARAMS_DOWNLOAD_ALL,  /* and which accounts */
    PARAMS_FEED_DOWNLOAD, /* as PARAMS_DOWNLOAD, and `after` and `limit` */
    PARAMS_VIEWS, /* those of the list that can be saved, and `kind`, which is filter.kind */
};

/* What of an event a details URL asks for. */
enum params_part { PARAMS_PART_PAGE, PARAMS_PART_BODY, PARAMS_PART_CURL, PARAMS_PART_JSON };

/* Where the text of a search is wrong, in bytes, and one sentence that says what is accepted there; that is empty while all is well. */
struct query_mistake {
    size_t at, len;
    struct str sentence;
};

struct params {
    struct filter filter; /* account_id and kind are the caller's to set */
    struct str from, to;  /* as given */
    bool shows_own;       /* calls to Daybook itself are not left out */
    const char *zone;     /* IANA name; "UTC" when not given */
    bool names_zone;      /* links name the zone even when it is UTC */
    bool remembers_zone;  /* this browser has chosen one before: params_remember_zone() */
    struct str
        chosen_zone; /* list: what a form asks to be shown in from now on, its whole name; empty: nothing new */
    struct str from_was,
        to_was;    /* list: what stood in `from` and `to` of that form when it was shown */
    unsigned show; /* rows a page */
    uint64_t page; /* from 1 */
    bool
        has_menu; /* list: the values of this menu are wanted; never written into a link of the list */
    enum filter_dimension menu;
    bool histogram_table; /* list: so is the table of the histogram */
    bool raw, trailer, bom;
    bool has_after;
    uint64_t after[EVENT_KIND_COUNT]; /* in the order of arrival: the last number that is known */
    size_t limit;
    bool all_accounts; /* the list is that of all accounts; of details: it was opened from that */
    bool view_raw;     /* details: texts as they stand, not indented */
    enum params_part part;
    struct str
        query; /* the text of a search, as given; what it asks for is in `filter`, from and to */
    struct query_mistake mistake; /* in it */
    uint32_t view;  /* the number of a saved view, which has the filter; 0: none is asked for */
    bool says_none; /* the tab opens with a saved view: a link to all of it says `view=none` */
};

/* The page sizes on offer, ended by 0; the first is the default. */
extern const unsigned params_page_sizes[];

/* The name of a dimension's parameter ("entity"), and that of its exclusion ("not_entity"). */
const char *params_include_name(enum filter_dimension dimension);
const char *params_exclude_name(enum filter_dimension dimension);

/* The value of parameter `in`: "client_address". */
const char *params_place_name(enum filter_in in);

/*
 * Reads a query string; everything is in the arena.  `now_ms` is what relative times count from.  True; or false and one
 * sentence that names the parameter and says what is accepted.  If that is about the text of a search, params->mistake says where, and
 * everything else in `params` is what the other parameters say.
 */
bool params_parse(struct arena *arena, struct str query, enum params_set set, int64_t now_ms,
                  struct params *params, struct str *complaint);

/* A parameter that cannot be taken: its name and value, as far as they can be read, and what params_parse() says of it. */
struct params_wrong {
    struct str name, value, sentence;
};

/*
 * The same of a query string that is refused: takes what can be taken, in the order given.  The others, `count` of them, at least one; of
 * more than 100 parameters nothing is taken, and one stands for all.
 */
struct params_wrong *params_take(struct arena *arena, struct str query, enum params_set set,
                                 int64_t now_ms, struct params *params, size_t *count);

/* Sets filter.without_own by shows_own and the entity types that are asked for. */
void params_settle(struct params *params);

/*
 * The time that stands for a moment as `from` or `to`: local, or in UTC (with Z) where the clock shows it twice.  0 to CLOCK_MAX_MS;
 * in the arena.
 */
struct str params_time_text(struct arena *arena, int64_t ms, const char *zone);

/* Asks for a range: by days where it is made of whole ones. */
void params_set_range(struct arena *arena, struct params *params, int64_t from_ms, int64_t to_ms);

/* What params_append() writes; never the text of a search, which is in the filter. */
enum params_scope {
    PARAMS_FILTER, /* filter, order and zone: for downloads */
    PARAMS_VIEW,   /* and the page size: for a list from its first page, live */
    PARAMS_PLACE,  /* and page and asof: for this very page */
    PARAMS_FEED,   /* what a follower asks for again, but `after`: the filter, `raw` and `limit` */
    PARAMS_BACK,   /* and which list it is: for what leads back to it */
};

/*
 * Appends "?name=value&…", or nothing when everything is at its default: then a PARAMS_VIEW or PARAMS_PLACE of what says_none is
 * "?view=none".
 */
void params_append(struct strbuf *out, const struct params *params, enum params_scope scope);

/* To a link that params_append() wrote: what is asked for beside the rows, "menu=user" and "histogram=table", with `?` or `&` before it. */
void params_append_asked(struct strbuf *out, const struct params *params);

/* The zone that somebody chose last, in his browser. */
/*
 * Goes on in params->chosen_zone.  A time that the form was shown with stays the same moment; one that was typed, and a day, is meant in that
 * zone.
 */
void params_choose_zone(struct arena *arena, struct params *params);

#define PARAMS_ZONE_COOKIE "daybook-zone"

/*
 * Shows times in the zone that this person chose last (`remembered`, as it came; empty: none), where the query named none.  What the query
 * selects stays the same: its times were meant in UTC, and `from` and `to` say the same moments in that zone.
 */
void params_remember_zone(struct arena *arena, struct params *params, struct str remembered);

/* Is anything filtered at all? */
bool params_filtered(const struct params *params);

#endif
