/* SPDX-License-Identifier: MIT */
/*
 * Goes through the pieces of a view (store/log_index.h) with the file of texts of each segment beside it.  What has come since the last
 * merge is in no file yet: it is always a candidate.
 */
#include "store/text_candidates.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/event_texts.h"
#include "store/log_index.h"
#include "index/text_file.h"

struct text_candidates {
    struct reader *reader;
    struct arena *arena;
    const struct filter *filter;
    struct str folded; /* the text looked for */

    struct event_walk *walk; /* by SQL; NULL: by the index */
    bool walk_at_end;

    struct log_view *view;
    struct log_piece piece;
    size_t at;                       /* in the piece */
    const struct index_entry *asked; /* the segment whose file was asked last */
    bool has_file, is_nowhere;       /* what came of it */
    struct text_file file;           /* of the piece */
    struct text_index_blocks blocks;
    uint32_t block; /* of the id looked at last */

    uint64_t rest; /* as in struct text_portion, after the last one */
};

/* All that matches from candidates->rest on; a list that is oldest first begins with the whole millisecond. */
static int walk_rest(struct text_candidates *candidates)
{
    struct filter *filter = arena_alloc(candidates->arena, sizeof(*filter));
    int64_t from_ms = event_id_ms(candidates->rest);

    *filter = *candidates->filter;
    if (!filter->oldest_first && (!filter->has_asof || filter->asof > candidates->rest)) {
        filter->has_asof = true;
        filter->asof = candidates->rest;
    } else if (filter->oldest_first && (!filter->has_from || filter->from_ms < from_ms)) {
        filter->has_from = true;
        filter->from_ms = from_ms;
    }
    candidates->walk = event_walk_open(candidates->reader->db, candidates->arena, filter, NULL);
    return candidates->walk ? 0 : -1;
}

struct text_candidates *text_candidates_open(struct reader *reader, struct arena *arena,
                                             const struct filter *filter)
{
    struct text_candidates *candidates = memory_new(sizeof(*candidates));
    int indexed = log_index_ask(reader->sets, reader->db, arena, filter, filter->kind,
                                FILTER_DIMENSION_COUNT, &candidates->view);

    candidates->folded = text_sought(arena, filter).folded;
    candidates->reader = reader;
    candidates->arena = arena;
    candidates->filter = filter;
    candidates->rest = filter->oldest_first ? 0 : UINT64_MAX;
    if (indexed == 1 ||
        ((indexed == 0 || log_index_judge(reader->db) == 0) && walk_rest(candidates) == 0))
        return candidates;
    free(candidates);
    return NULL;
}

bool text_candidates_are_indexed(const struct text_candidates *candidates)
{
    return !candidates->walk;
}

static void close_file(struct text_candidates *candidates)
{
    if (candidates->has_file)
        text_file_close(&candidates->file);
    candidates->has_file = false;
}

void text_candidates_close(struct text_candidates *candidates)
{
    if (!candidates)
        return;
    close_file(candidates);
    event_walk_close(candidates->walk);
    free(candidates);
}

/* The id that comes next in the order of the list. */
static uint64_t behind(const struct text_candidates *candidates, uint64_t id)
{
    return candidates->filter->oldest_first ? id + (id < UINT64_MAX) : id - (id > 0);
}

static int next_by_walk(struct text_candidates *candidates, struct text_portion *portion)
{
    struct event_numbers numbers[TEXT_PORTION_MAX];
    int count;

    portion->count = 0;
    if (candidates->walk_at_end)
        return 0;
    count = event_walk_next(candidates->walk, numbers, TEXT_PORTION_MAX);
    if (count <= 0) {
        candidates->walk_at_end = true;
        return count;
    }
    for (int i = 0; i < count; i++)
        if (!event_walk_before(candidates->filter->oldest_first, numbers[i].id, candidates->rest))
            portion->ids[portion->count++] = numbers[i].id;
    portion->dense = event_walk_is_dense(candidates->walk);
    portion->rest = behind(candidates, numbers[count - 1].id);
    return 1;
}

static void ask_file(struct text_candidates *candidates)
{
    const struct log_piece *piece = &candidates->piece;
    struct text_index_name name = {.account_id = candidates->filter->account_id,
                                   .kind = candidates->filter->kind,
                                   .segment_id = piece->entry->number,
                                   .check = piece->entry->text_check};

    close_file(candidates);
    candidates->asked = piece->entry;
    if (text_file_open(candidates->reader->config, &name, TEXT_FILE_READ, &candidates->file) < 0)
        return;
    candidates->has_file = true;
    candidates->block = text_index_block(&candidates->file.index, piece->ids[0]);
    candidates->is_nowhere =
        text_index_find(&candidates->file.index, candidates->folded, &candidates->blocks) == 0;
}

/* What the file of the piece's segment says, where there is one. */
static void begin_piece(struct text_candidates *candidates)
{
    const struct log_piece *piece = &candidates->piece;

    candidates->at = 0;
    if (!piece->entry || piece->count == 0 || candidates->folded.len < TEXT_INDEX_GRAM)
        return;
    if (piece->entry != candidates->asked)
        ask_file(candidates);
    if (candidates->has_file && candidates->is_nowhere && piece->late_count == 0)
        candidates->at = piece->count;
}

static int by_id(const void *key, const void *row)
{
    uint64_t id = *(const uint64_t *)key, other = ((const struct segment_row *)row)->id;

    return (id > other) - (id < other);
}

/* Whether the id's text must be read; ids are asked for in the order of the list. */
static bool is_candidate(struct text_candidates *candidates, uint64_t id)
{
    const struct text_index *index = &candidates->file.index;
    const struct log_piece *piece = &candidates->piece;

    if (!candidates->has_file)
        return true;
    while (candidates->block && index->first_ids[candidates->block] > id)
        candidates->block--;
    while (candidates->block + 1 < index->blocks && index->first_ids[candidates->block + 1] <= id)
        candidates->block++;
    return text_index_has(&candidates->blocks, candidates->block) ||
           (piece->late_count &&
            bsearch(&id, piece->late, piece->late_count, sizeof(*piece->late), by_id));
}

/*
 * Where every event of the piece matches, a portion ends where candidates do: its range holds nothing else then.  Otherwise its ids are
 * named one by one, so it is filled.
 */
static void take_ids(struct text_candidates *candidates, struct text_portion *portion)
{
    const struct log_piece *piece = &candidates->piece;

    portion->dense = piece->all;
    while (candidates->at < piece->count && portion->count < TEXT_PORTION_MAX) {
        uint64_t id = piece->ids[candidates->at];

        if (is_candidate(candidates, id))
            portion->ids[portion->count++] = id;
        else if (piece->all && portion->count)
            break;
        candidates->at++;
    }
}

static int next_by_index(struct text_candidates *candidates, struct text_portion *portion)
{
    struct log_piece *piece = &candidates->piece;

    portion->count = 0;
    if (candidates->at == piece->count) {
        int more = log_view_next(candidates->view, piece);

        if (more != 1)
            return more;
        begin_piece(candidates);
    }
    take_ids(candidates, portion);
    if (candidates->at < piece->count)
        portion->rest = piece->ids[candidates->at];
    else
        portion->rest =
            behind(candidates, candidates->filter->oldest_first ? piece->last_id : piece->first_id);
    return 1;
}

int text_candidates_next(struct text_candidates *candidates, struct text_portion *portion)
{
    int more = candidates->walk ? 0 : next_by_index(candidates, portion);

    if (more < 0 && (log_index_judge(candidates->reader->db) < 0 || walk_rest(candidates) < 0))
        return -1;
    if (candidates->walk)
        more = next_by_walk(candidates, portion);
    if (more == 1)
        candidates->rest = portion->rest;
    return more;
}

static int next_ids(void *context, uint64_t *ids, size_t max)
{
    struct text_portion portion = {.count = 0};
    size_t count = 0;
    int more = 1;

    while (max - count >= TEXT_PORTION_MAX &&
           (more = text_candidates_next(context, &portion)) == 1) {
        memcpy(ids + count, portion.ids, portion.count * sizeof(*ids));
        count += portion.count;
    }
    return more < 0 ? -1 : (int)count;
}

struct event_ids text_candidates_ids(struct text_candidates *candidates)
{
    return (struct event_ids){next_ids, candidates};
}
