/* SPDX-License-Identifier: MIT */
/*
 * Measures search in the names of entities, in memory and without a database: `make build/test/entity_search &&
 * build/test/entity_search [ENTITIES [ROUNDS]]`.  Prints milliseconds of processor time, best of ROUNDS, over all blocks.
 */
#include "index/entity_block.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"

enum { NAME_ROOM = 40, EXTERNAL_BYTES = 24 };

static uint64_t seed = 1;

static uint32_t draw(uint32_t bound)
{
    seed = seed * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)((seed >> 32) * bound >> 32);
}

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static const char *const words[] = {"demo", "build",  "deploy", "payments", "web", "api",    "test",
                                    "prod", "orders", "search", "login",    "db",  "nightly"};

/* Such as "payments/deploy-31337": some 20 bytes; and 24 hexadecimal digits. */
static void draw_texts(char *name, char *external_id, struct entity_entry *entry)
{
    uint32_t count = sizeof(words) / sizeof(words[0]);
    int len = snprintf(name, NAME_ROOM, "%s/%s-%u", words[draw(count)], words[draw(count)],
                       draw(1000000));

    entry->name = entry->written = (struct str){name, (size_t)len};
    for (int i = 0; i < EXTERNAL_BYTES; i++)
        external_id[i] = "0123456789abcdef"[draw(16)];
    entry->external_id = (struct str){external_id, EXTERNAL_BYTES};
}

static size_t make_blocks(uint32_t entities, struct entity_block *blocks)
{
    struct entity_entry *entries = memory_new(ENTITY_BLOCK_MAX * sizeof(*entries));
    char *texts = memory_new((size_t)ENTITY_BLOCK_MAX * (NAME_ROOM + EXTERNAL_BYTES));
    double plain_bytes = 0, packed_bytes = 0, build_ms = 0, open_ms = 0;
    size_t count = 0;

    for (uint32_t made = 0; made < entities; count++) {
        struct strbuf plain, packed;
        double times[3];
        size_t here = 0;

        for (; here < ENTITY_BLOCK_MAX && made < entities; here++) {
            char *text = texts + here * (NAME_ROOM + EXTERNAL_BYTES);

            entries[here].id = ++made;
            draw_texts(text, text + NAME_ROOM, &entries[here]);
        }
        strbuf_init(&plain);
        strbuf_init(&packed);
        times[0] = now_ms();
        entity_block_build(entries, here, &plain);
        entity_block_pack(strbuf_str(&plain), &packed);
        times[1] = now_ms();
        if (entity_block_open(strbuf_str(&plain), &blocks[count]) < 0)
            abort();
        times[2] = now_ms();
        build_ms += times[1] - times[0];
        open_ms += times[2] - times[1];
        plain_bytes += (double)plain.len;
        packed_bytes += (double)packed.len;
        strbuf_release(&packed); /* the plain form is kept until the end */
    }
    printf("%u entities, %zu blocks; bytes an entity: %.1f plain, %.1f packed\n", entities, count,
           plain_bytes / entities, packed_bytes / entities);
    printf("ms a block: build and pack %.2f, open %.3f\n", build_ms / (double)count,
           open_ms / (double)count);
    free(entries);
    free(texts);
    return count;
}

static const struct search {
    const char *text;
    enum { NAME, EXACT, PREFIX } where;
} searches[] = {
    {"payments/deploy-31337", NAME},
    {"31337", NAME},
    {"-7", NAME},
    {"nightly", NAME},
    {"e", NAME},
    {"absent from all", NAME},
    {"5cc8", PREFIX},
    {"5cc8f0a1b2c3d4e5f6a7b8c9", EXACT},
};

int main(int argc, char **argv)
{
    uint32_t entities = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 5000000;
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    struct entity_block *blocks = memory_new((entities / ENTITY_BLOCK_MAX + 1) * sizeof(*blocks));
    size_t count = make_blocks(entities, blocks);

    printf("%-26s %12s %9s\n", "search", "entities", "ms");
    for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]); i++) {
        struct str text = str_from(searches[i].text);
        struct entity_ids ids = {NULL, 0, 0};
        double best = 1e9;

        for (int round = 0; round < rounds; round++) {
            double begin = now_ms(), took;

            ids.count = 0;
            for (size_t block = 0; block < count; block++) {
                if (searches[i].where == NAME)
                    entity_block_search_name(&blocks[block], text, &ids);
                else
                    entity_block_search_external(&blocks[block], text, searches[i].where == PREFIX,
                                                 &ids);
            }
            took = now_ms() - begin;
            best = took < best ? took : best;
        }
        printf("%-26s %12zu %9.2f\n", searches[i].text, ids.count, best);
        entity_ids_release(&ids);
    }
    free(blocks);
    return 0;
}
