/* SPDX-License-Identifier: MIT */
/* Finds one member in a text that may be cut off.  Values are skipped by the reader itself: no second set of rules. */
#include "base/json.h"

static bool take(struct str *rest, char c)
{
    size_t at = 0;

    while (at < rest->len && strchr(" \n\r\t", rest->ptr[at]) && rest->ptr[at])
        at++;
    if (at == rest->len || rest->ptr[at] != c)
        return false;
    *rest = str_slice(*rest, at + 1, rest->len);
    return true;
}

static bool is_name(struct str quoted, struct str name)
{
    struct strbuf text;
    bool same;

    if (!memchr(quoted.ptr, '\\', quoted.len))
        return str_equal(str_slice(quoted, 1, quoted.len - 2), name);
    strbuf_init(&text);
    same = json_decode(quoted, &text) == JSON_DECODED && str_equal(strbuf_str(&text), name);
    strbuf_release(&text);
    return same;
}

/*
 * The text from the value of member `name` on, in `rest` that begins with an object.  Of several the last, as most
 * programs take it; one that is cut off is the last in any case.
 */
static bool find_member(struct str *rest, struct str name)
{
    struct str found = {NULL, 0}, at = *rest;
    struct json_error error;
    struct json_value value;

    if (!take(&at, '{'))
        return false;
    do {
        if (!json_read_first(at, &value, &at, &error) || value.type != JSON_STRING ||
            !take(&at, ':'))
            break;
        if (is_name(value.text, name))
            found = at;
    } while (json_read_first(at, &value, &at, &error) && take(&at, ','));
    *rest = found;
    return found.ptr != NULL;
}

bool json_find(struct str text, struct str path, struct json_value *value)
{
    struct str name, rest = text;
    struct json_error error;
    bool is_open;

    while (str_next(&path, '.', &name))
        if (!find_member(&rest, name))
            return false;
    if (!json_read_first(rest, value, &rest, &error))
        return false;
    is_open = value->type != JSON_STRING && value->type != JSON_OBJECT && value->type != JSON_ARRAY;
    return rest.len > 0 || !is_open;
}
