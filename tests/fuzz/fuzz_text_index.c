/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a text index.  The first byte says how many blocks a header of the right size is put in front for (0: the input is the whole
 * file), so that what stands behind the header is reached too.  What opens must be asked and added to without leaving its bytes.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "index/text_index.h"

static const struct text_index_name name = {1, 2, 3, 4};

static void use(const struct text_index *index, struct str text)
{
    struct text_index_blocks blocks;
    char folded[64];
    struct str query = str_slice(text, 0, sizeof(folded));
    uint32_t marked = 0;

    str_fold(query, folded);
    query.ptr = folded;
    text_index_add(index, index->first_ids[index->blocks - 1], &text, 1);
    assert(text_index_find(index, query, &blocks) >= 1);
    assert(text_index_has(&blocks, index->blocks - 1));
    for (uint32_t i = 0; i < index->blocks; i++) {
        marked += text_index_has(&blocks, i);
        assert(text_index_block(index, index->first_ids[i]) == i);
    }
    assert(marked == text_index_find(index, query, &blocks));
}

/* A whole index of a few blocks, with `text` over its ids and the beginning of its rows. */
static size_t make(unsigned count, struct str text, char **bytes)
{
    struct text_index_builder *builder = text_index_builder_new(count);
    struct strbuf plain;
    size_t size, ids = 32;

    strbuf_init(&plain);
    for (unsigned i = 0; i < count * 256; i++)
        text_index_builder_add(builder, i, &text, 1);
    text_index_builder_finish(builder, &name, &plain);
    text_index_builder_free(builder);
    size = plain.len;
    *bytes = malloc(size);
    assert(*bytes);
    memcpy(*bytes, plain.ptr, size);
    if (text.len)
        memcpy(*bytes + ids, text.ptr, text.len < size - ids ? text.len : size - ids);
    strbuf_release(&plain);
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data + 1, size ? size - 1 : 0};
    struct text_index index;
    char *bytes;

    if (size == 0)
        return 0;
    if (data[0] % 12) {
        size = make(data[0] % 12, text, &bytes);
    } else {
        size = text.len;
        bytes = malloc(size ? size : 1);
        assert(bytes);
        memcpy(bytes, text.ptr, size);
    }
    if (text_index_open(bytes, size, &name, &index) == 0)
        use(&index, text);
    free(bytes);
    return 0;
}
