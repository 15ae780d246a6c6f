/* SPDX-License-Identifier: MIT */
/*
 * One pass; at each byte that a value may begin with, the text is read in four ways, as it stands, with %XX, with escapes of JSON,
 * and with both.  Each way reads a byte in one way only, so no text makes it slow.
 */
#include "base/erase_text.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/parse.h"
#include "base/utf8.h"

enum {
    PERCENT = 1,
    ESCAPES = 2,
    WAYS = 4,
    UNIT_BYTES = 4,
    HEX_DIGITS = 4,
    RUN_MAX = 16 /* backslashes that are looked at */
};

/* What is read at one place: a byte, or the bytes of an escaped character. */
struct unit {
    unsigned char bytes[UNIT_BYTES];
    size_t count;
    size_t taken; /* bytes of the text */
};

/* ---- Reading ----------------------------------------------------------------------------------- */

/* The byte that %XX at `at` stands for, or the same encoded once more: %25XX.  How long that is; 0: it is none. */
static size_t read_percent(struct str text, size_t at, unsigned char *byte)
{
    size_t digits = at + 1;
    int high, low;

    if (text.ptr[at] != '%')
        return 0;
    while (str_starts(str_slice(text, digits, text.len), STR("25")) && text.len - digits > 3)
        digits += 2;
    if (text.len - digits < 2)
        return 0;
    high = parse_hex_digit(text.ptr[digits]);
    low = parse_hex_digit(text.ptr[digits + 1]);
    if (high < 0 || low < 0)
        return 0;
    *byte = (unsigned char)(high << 4 | low);
    return digits + 2 - at;
}

/* Four hexadecimal digits; -1: they are none. */
static int32_t read_hex(struct str text, size_t at)
{
    int32_t number = 0;

    if (at > text.len || text.len - at < HEX_DIGITS)
        return -1;
    for (size_t i = at; i < at + HEX_DIGITS; i++) {
        int digit = parse_hex_digit(text.ptr[i]);

        if (digit < 0)
            return -1;
        number = number << 4 | digit;
    }
    return number;
}

static size_t backslashes(struct str text, size_t at)
{
    size_t end = at;

    while (end < text.len && end - at < RUN_MAX && text.ptr[end] == '\\')
        end++;
    return end - at;
}

/* \uXXXX, behind any number of backslashes; how long it is, 0: it is none. */
static size_t read_unicode(struct str text, size_t at, int32_t *point)
{
    size_t run = backslashes(text, at);

    if (run == 0 || at + run == text.len || text.ptr[at + run] != 'u')
        return 0;
    *point = read_hex(text, at + run + 1);
    return *point < 0 ? 0 : run + 1 + HEX_DIGITS;
}

/* The same with the other half of a surrogate pair. */
static size_t read_character(struct str text, size_t at, uint32_t *point)
{
    int32_t high, low;
    size_t len = read_unicode(text, at, &high), more;

    if (len == 0)
        return 0;
    *point = (uint32_t)high;
    if (high < 0xd800 || high > 0xdfff)
        return len;
    more = at + len < text.len ? read_unicode(text, at + len, &low) : 0;
    if (high > 0xdbff || more == 0 || low < 0xdc00 || low > 0xdfff)
        return 0;
    *point = 0x10000 + ((uint32_t)(high - 0xd800) << 10 | (uint32_t)(low - 0xdc00));
    return len + more;
}

static void set_point(struct unit *unit, uint32_t point)
{
    struct strbuf utf8;

    strbuf_init(&utf8);
    utf8_append(&utf8, point);
    unit->count = utf8.len;
    memcpy(unit->bytes, utf8.ptr, utf8.len);
    strbuf_release(&utf8);
}

/* An escape of JSON, which may itself stand in a string of JSON. */
static bool read_escape(struct str text, size_t at, struct unit *unit)
{
    static const char letters[] = "nrtbf", controls[] = "\n\r\t\b\f";
    size_t run = backslashes(text, at), behind = at + run, len;
    const char *letter;
    uint32_t point;

    if (run == 0)
        return false;
    len = read_character(text, at, &point);
    if (len) {
        unit->taken = len;
        set_point(unit, point);
        return true;
    }
    unit->count = 1;
    if (behind < text.len && (text.ptr[behind] == '"' || text.ptr[behind] == '/')) {
        unit->bytes[0] = (unsigned char)text.ptr[behind];
        unit->taken = run + 1;
        return true;
    }
    letter = behind < text.len && run % 2 ? memchr(letters, text.ptr[behind], sizeof(letters) - 1)
                                          : NULL;
    if (letter && run == 1) {
        unit->bytes[0] = (unsigned char)controls[letter - letters];
        unit->taken = 2;
        return true;
    }
    unit->bytes[0] = '\\';
    unit->taken = 2;
    return run >= 2;
}

static struct unit read_unit(struct str text, size_t at, unsigned way)
{
    struct unit unit = {.count = 1, .taken = 1};

    if (way & ESCAPES && read_escape(text, at, &unit))
        return unit;
    unit = (struct unit){{(unsigned char)text.ptr[at]}, 1, 1};
    if (way & PERCENT) {
        size_t len = read_percent(text, at, &unit.bytes[0]);

        unit.taken = len ? len : 1;
    }
    return unit;
}

/* Does the value go on at `done` with what was read at `at`?  A space may stand as +. */
static bool goes_with(struct str value, size_t done, struct unit *unit, unsigned way)
{
    if (way & PERCENT && unit->bytes[0] == '+' && unit->taken == 1 && value.ptr[done] == ' ')
        unit->bytes[0] = ' ';
    return unit->count <= value.len - done &&
           memcmp(unit->bytes, value.ptr + done, unit->count) == 0;
}

/* Where the value ends that begins at `at` with `unit`; 0: it does not. */
static size_t match(struct str text, size_t at, struct unit unit, struct str value, unsigned way)
{
    size_t done = 0;

    while (goes_with(value, done, &unit, way)) {
        done += unit.count;
        at += unit.taken;
        if (done == value.len)
            return at;
        if (at >= text.len)
            return 0;
        unit = read_unit(text, at, way);
    }
    return 0;
}

/* ---- Words ------------------------------------------------------------------------------------- */

/* Letters and digits; of what is no ASCII, all but the blocks of signs. */
static bool is_word_point(uint32_t point)
{
    if (point < 0x80)
        return (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') ||
               (point >= 'A' && point <= 'Z') || point == '_';
    if (point < 0x2000)
        return point >= 0xc0 && point != 0xd7 && point != 0xf7;
    return point >= 0x2c00 && !(point >= 0x3000 && point < 0x3040) &&
           !(point >= 0xff00 && point < 0xff10) && !(point >= 0xe000 && point < 0xf900);
}

/* Of the first character in `bytes`, or the last; what is no UTF-8 is taken for a letter. */
static bool is_word_at(struct str bytes, bool last)
{
    uint32_t point;
    size_t begin = 0;

    if (last) {
        begin = bytes.len - 1;
        while (begin > 0 && ((unsigned char)bytes.ptr[begin] & 0xc0) == 0x80)
            begin--;
    }
    return utf8_decode(bytes, begin, &point) == 0 || is_word_point(point);
}

/* Does a word stand right behind `end`? */
static bool goes_on(struct str text, size_t end)
{
    struct str plain = str_slice(text, end, UNIT_BYTES);
    unsigned char bytes[UNIT_BYTES];
    struct str read = {(const char *)bytes, 0};
    uint32_t point;
    size_t len;

    if (plain.len == 0)
        return false;
    if (read_character(text, end, &point))
        return is_word_point(point);
    while (read.len < UNIT_BYTES && end < text.len &&
           (len = read_percent(text, end, &bytes[read.len]))) {
        read.len++;
        end += len;
    }
    return is_word_at(read.len ? read : plain, false);
}

/* How many bytes before `at` are written as %XX; they go to the end of `bytes`. */
static size_t read_percent_back(struct str text, size_t at, unsigned char bytes[UNIT_BYTES])
{
    size_t count = 0;

    while (count < UNIT_BYTES && at >= 3 &&
           read_percent(str_slice(text, 0, at), at - 3, &bytes[UNIT_BYTES - 1 - count]) == 3) {
        count++;
        at -= 3;
    }
    return count;
}

static bool is_escaped(struct str text, size_t at)
{
    size_t run = 0;

    while (run < at && text.ptr[at - 1 - run] == '\\')
        run++;
    return run % 2;
}

/* And right before `at`? */
static bool comes_from(struct str text, size_t at)
{
    size_t from = at > UNIT_BYTES ? at - UNIT_BYTES : 0, count;
    unsigned char bytes[UNIT_BYTES];
    int32_t point;

    if (at == 0)
        return false;
    count = read_percent_back(text, at, bytes);
    if (count)
        return is_word_at((struct str){(const char *)bytes + UNIT_BYTES - count, count}, true);
    if (at > HEX_DIGITS + 1 &&
        read_unicode(str_slice(text, 0, at), at - HEX_DIGITS - 2, &point) == HEX_DIGITS + 2)
        return is_word_point((uint32_t)point);
    if (memchr("nrtbf", text.ptr[at - 1], 5) && is_escaped(text, at - 1))
        return false;
    return is_word_at(str_slice(text, from, at - from), true);
}

/* ---- JSON -------------------------------------------------------------------------------------- */

/* Where in JSON the present byte stands. */
struct place {
    bool is_json, in_string, escaped;
};

static bool begins_like_json(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!memchr(" \t\r\n", text.ptr[i], 4))
            return text.ptr[i] == '{' || text.ptr[i] == '[';
    return false;
}

static void pass(struct place *place, struct str bytes)
{
    for (size_t i = 0; i < bytes.len && place->is_json; i++) {
        char c = bytes.ptr[i];

        if (place->escaped)
            place->escaped = false;
        else if (c == '"')
            place->in_string = !place->in_string;
        else
            place->escaped = place->in_string && c == '\\';
    }
}

static bool is_number(struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (!memchr("0123456789+-.eE", value.ptr[i], 15))
            return false;
    return true;
}

static bool is_literal(struct str value)
{
    return str_equal(value, STR("true")) || str_equal(value, STR("false")) ||
           str_equal(value, STR("null"));
}

/* ---- Replacing --------------------------------------------------------------------------------- */

/* Whole in the text?  Outside of strings of JSON, a whole number. */
static bool is_whole(struct str text, size_t at, size_t end, struct str value,
                     const struct place *place)
{
    if ((is_word_at(value, false) && comes_from(text, at)) ||
        (is_word_at(value, true) && goes_on(text, end)))
        return false;
    if (!place->is_json || place->in_string)
        return true;
    if (is_literal(value))
        return false;
    return !is_number(value) || ((at == 0 || !is_number(str_slice(text, at - 1, 1))) &&
                                 (end == text.len || !is_number(str_slice(text, end, 1))));
}

/* The value that begins at `at`, whose end goes to `end`; NULL: none. */
static const struct erase_value *find(const struct erase_values *values, struct str text, size_t at,
                                      const struct place *place, size_t *end)
{
    struct unit first[WAYS];

    for (unsigned way = 0; way < WAYS; way++)
        first[way] = read_unit(text, at, way);
    for (size_t i = 0; i < values->count; i++) {
        struct str plain = values->items[i].plain;

        for (unsigned way = 0; way < WAYS; way++) {
            *end = match(text, at, first[way], plain, way);
            if (*end && is_whole(text, at, *end, plain, place))
                return &values->items[i];
        }
    }
    return NULL;
}

static void put(struct strbuf *out, const struct erase_value *value, const struct place *place)
{
    bool bare = place->is_json && !place->in_string && is_number(value->plain);

    if (bare)
        strbuf_add(out, STR("\""));
    strbuf_add(out, value->mark);
    if (bare)
        strbuf_add(out, STR("\""));
}

static void note_beginnings(const struct erase_values *values, bool begins[UINT8_MAX + 1])
{
    memset(begins, 0, UINT8_MAX + 1);
    begins['%'] = begins['\\'] = begins['+'] = true;
    for (size_t i = 0; i < values->count; i++)
        begins[(unsigned char)values->items[i].plain.ptr[0]] = true;
}

bool erase_text(const struct erase_values *values, struct str text, struct strbuf *out)
{
    struct place place = {.is_json = begins_like_json(text)};
    bool begins[UINT8_MAX + 1];
    size_t at = 0, kept = 0, end;

    strbuf_reset(out);
    note_beginnings(values, begins);
    while (at < text.len) {
        const struct erase_value *value = NULL;

        if (begins[(unsigned char)text.ptr[at]] && !place.escaped)
            value = find(values, text, at, &place, &end);
        if (!value) {
            pass(&place, str_slice(text, at++, 1));
            continue;
        }
        strbuf_add(out, str_slice(text, kept, at - kept));
        put(out, value, &place);
        pass(&place, str_slice(text, at, end - at));
        kept = at = end;
    }
    if (kept == 0)
        return false;
    strbuf_add(out, str_slice(text, kept, text.len));
    return true;
}

static int by_length(const void *a, const void *b)
{
    const struct erase_value *x = a, *y = b;

    return (x->plain.len < y->plain.len) - (x->plain.len > y->plain.len);
}

void erase_values_sort(struct erase_values *values)
{
    if (values->count)
        qsort(values->items, values->count, sizeof(*values->items), by_length);
}
