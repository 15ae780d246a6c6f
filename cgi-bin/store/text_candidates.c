/* SPDX-License-Identifier: MIT */
/*
 * Goes through the pieces of a view (store/log_index.h) with the file of texts of each segment beside it.  What has come since the last
 * merge is in no file yet: it is always a candidate.
 */
#include "store/text_candidates.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/log_index.h"
#include "store/text_file.h"

struct text_candidates {
    const struct config *config;
    uint32_t account_id;
    enum event_kind kind;
    bool oldest_first;
    struct str folded; /* the text looked for */

    struct event_walk *walk; /* by SQL; NULL: by the index */
    bool walk_at_end;

    struct log_view *view;
    struct log_piece piece;
    size_t at; /* in the piece */
    bool has_file;
    struct text_file file; /* of the piece */
    struct text_index_blocks blocks;
    uint32_t block; /* of the id looked at last */
};

static struct text_candidates *candidates_new(const struct filter *filter, struct arena *arena)
{
    struct text_candidates *candidates = memory_new(sizeof(*candidates));
    char *folded = arena_alloc(arena, filter->text.len + 1);

    str_fold(filter->text, folded);
    candidates->folded = (struct str){folded, filter->text.len};
    candidates->account_id = filter->account_id;
    candidates->kind = filter->kind;
    candidates->oldest_first = filter->oldest_first;
    return candidates;
}

int text_candidates_open(struct reader *reader, struct arena *arena, const struct filter *filter,
                         struct text_candidates **candidates)
{
    struct log_view *view;
    int indexed = log_index_ask(reader->sets, reader->db, arena, filter, filter->kind,
                                FILTER_DIMENSION_COUNT, &view);

    *candidates = NULL;
    if (indexed != 1)
        return indexed;
    *candidates = candidates_new(filter, arena);
    (*candidates)->config = reader->config;
    (*candidates)->view = view;
    return 1;
}

struct text_candidates *text_candidates_open_plain(struct db *db, struct arena *arena,
                                                   const struct filter *filter)
{
    struct text_candidates *candidates = candidates_new(filter, arena);

    candidates->walk = event_walk_open(db, arena, filter, NULL);
    if (candidates->walk)
        return candidates;
    free(candidates);
    return NULL;
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
    return candidates->oldest_first ? id + (id < UINT64_MAX) : id - (id > 0);
}

static int next_by_walk(struct text_candidates *candidates, struct text_portion *portion)
{
    struct event_numbers numbers[TEXT_PORTION_MAX];
    int count;

    if (candidates->walk_at_end)
        return 0;
    count = event_walk_next(candidates->walk, numbers, TEXT_PORTION_MAX);
    if (count <= 0) {
        candidates->walk_at_end = true;
        return count;
    }
    for (int i = 0; i < count; i++)
        portion->ids[i] = numbers[i].id;
    portion->count = (size_t)count;
    portion->dense = event_walk_is_dense(candidates->walk);
    portion->rest = behind(candidates, portion->ids[count - 1]);
    return 1;
}

/* Asks the file of the piece's segment, where there is one. */
static void ask_file(struct text_candidates *candidates)
{
    const struct log_piece *piece = &candidates->piece;
    struct text_index_name name = {.account_id = candidates->account_id, .kind = candidates->kind};

    close_file(candidates);
    if (!piece->entry || piece->count == 0 || candidates->folded.len < TEXT_INDEX_GRAM)
        return;
    name.segment_id = piece->entry->number;
    name.check = piece->entry->text_check;
    if (text_file_open(candidates->config, &name, TEXT_FILE_READ, &candidates->file) < 0)
        return;
    candidates->has_file = true;
    candidates->block = text_index_block(&candidates->file.index, piece->ids[0]);
    if (text_index_find(&candidates->file.index, candidates->folded, &candidates->blocks) == 0 &&
        piece->late_count == 0)
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

    if (candidates->at == piece->count) {
        int more = log_view_next(candidates->view, piece);

        if (more != 1)
            return more;
        candidates->at = 0;
        ask_file(candidates);
    }
    take_ids(candidates, portion);
    if (candidates->at < piece->count)
        portion->rest = piece->ids[candidates->at];
    else
        portion->rest =
            behind(candidates, candidates->oldest_first ? piece->last_id : piece->first_id);
    return 1;
}

int text_candidates_next(struct text_candidates *candidates, struct text_portion *portion)
{
    portion->count = 0;
    return candidates->walk ? next_by_walk(candidates, portion)
                            : next_by_index(candidates, portion);
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
