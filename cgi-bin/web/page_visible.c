/* SPDX-License-Identifier: MIT */
/*
 * What may stand in a page as it is, and what stands there instead of the rest.  Escaping for HTML
 * comes later.
 */
#define _GNU_SOURCE
#include "web/page.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

enum {
    REPLACEMENT = 0xfffd,
    PICTURES = 0x2400,
    PICTURE_OF_DEL = 0x2421,
    FIRST_JOINABLE = 0x0300,  /* Latin needs no joiner */
    FIRST_SELECTABLE = 0x2010 /* symbols, emoji, Han */
};

/*
 * Characters without a shape, in order: C1 controls, Default_Ignorable_Code_Point of Unicode 15,
 * line and paragraph separator, interlinear annotation, noncharacters.  The last two of each plane
 * are left to the code.
 */
static const struct {
    uint32_t first, last;
} hidden[] = {
    {0x80, 0x9f},     {0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},     {0x115f, 0x1160},
    {0x17b4, 0x17b5}, {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},
    {0x3164, 0x3164}, {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
    {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};
enum { HIDDEN_COUNT = sizeof(hidden) / sizeof(hidden[0]) };

static bool is_hidden(uint32_t point)
{
    if ((point & 0xfffe) == 0xfffe)
        return true;
    for (int i = 0; i < HIDDEN_COUNT && point >= hidden[i].first; i++)
        if (point <= hidden[i].last)
            return true;
    return false;
}

static bool is_joiner(uint32_t point)
{
    return point == 0x200c || point == 0x200d;
}

static bool is_selector(uint32_t point)
{
    return point >= 0xfe00 && point <= 0xfe0f;
}

/*
 * A joiner stands between two visible characters, a selector behind one; neither can be heaped up.
 */
static bool stays(uint32_t point, uint32_t before, struct str after)
{
    uint32_t next;

    if (!is_hidden(point))
        return true;
    if (is_selector(point))
        return before >= FIRST_SELECTABLE && !is_hidden(before);
    if (!is_joiner(point) || before < FIRST_JOINABLE || is_joiner(before))
        return false;
    return after.len && utf8_decode(after, 0, &next) && next >= FIRST_JOINABLE && !is_hidden(next);
}

static bool is_plain(unsigned char c)
{
    return (c >= ' ' && c <= '~') || c == '\t' || c == '\n';
}

/* Are these eight bytes all from ' ' to '~'?  Each is looked at by its topmost bit; a doubt is a no. */
static bool are_plain(const char *bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t eight;

    memcpy(&eight, bytes, sizeof(eight));
    return (((eight - ones * ' ') | (eight + ones) | eight) & (ones * 0x80)) == 0;
}

/* Where the plain bytes end that begin at `at`: most text is these alone. */
static size_t plain_end(struct str text, size_t at)
{
    while (text.len - at >= sizeof(uint64_t) && are_plain(text.ptr + at))
        at += sizeof(uint64_t);
    while (at < text.len && is_plain((unsigned char)text.ptr[at]))
        at++;
    return at;
}

size_t page_visible_prefix(struct str text)
{
    uint32_t before = 0;
    size_t at = 0;

    for (;;) {
        size_t first = at, bytes;
        uint32_t point;

        at = plain_end(text, at);
        if (at > first)
            before = (unsigned char)text.ptr[at - 1];
        if (at == text.len || (unsigned char)text.ptr[at] < 0x80)
            return at;
        bytes = utf8_decode(text, at, &point);
        if (bytes == 0 || !stays(point, before, str_slice(text, at + bytes, text.len)))
            return at;
        before = point;
        at += bytes;
    }
}

/* Appends what stands for the first character, which is not one that stays.  Its length. */
static size_t add_visible(struct strbuf *out, struct str text)
{
    uint32_t point;
    size_t bytes = utf8_decode(text, 0, &point);

    if (bytes == 0) {
        utf8_append(out, REPLACEMENT);
        return 1;
    }
    if (point == '\r' && text.len > 1 && text.ptr[1] == '\n')
        return bytes;
    if (point < ' ')
        utf8_append(out, PICTURES + point);
    else if (point == 0x7f)
        utf8_append(out, PICTURE_OF_DEL);
    else
        strbuf_printf(out, "[U+%04X]", (unsigned)point);
    return bytes;
}

bool page_visible(struct strbuf *out, struct str text)
{
    bool changed = false;

    while (text.len) {
        size_t kept = page_visible_prefix(text);

        strbuf_add(out, str_slice(text, 0, kept));
        text = str_slice(text, kept, text.len);
        if (text.len) {
            text = str_slice(text, add_visible(out, text), text.len);
            changed = true;
        }
    }
    return changed;
}
