/* SPDX-License-Identifier: MIT */
/*
 * The access log of Apache and nginx:
 *
 *     ADDRESS IDENT USER [TIME] "REQUEST" STATUS BYTES "REFERER" "USER AGENT"
 *
 * The last two are missing in the form `common`; what stands behind them is kept in extra.  Inside quotes servers write bytes as \xHH.
 */
#include "intake/access_log.h"

#include "base/parse.h"

/* Up to the next space. */
static bool take_word(struct str *rest, struct str *word)
{
    return str_next(rest, ' ', word) && word->len > 0;
}

/* Up to `close`, where a backslash takes the next byte with it; the space behind it as well. */
static bool take_enclosed(struct str *rest, char open, char close, struct str *inside)
{
    size_t at = 1;

    if (rest->len == 0 || rest->ptr[0] != open)
        return false;
    while (at < rest->len && rest->ptr[at] != close)
        at += rest->ptr[at] == '\\' && at + 1 < rest->len ? 2 : 1;
    if (at >= rest->len)
        return false;
    *inside = str_slice(*rest, 1, at - 1);
    *rest = str_slice(*rest, at + 1, rest->len);
    if (rest->len && rest->ptr[0] == ' ')
        *rest = str_slice(*rest, 1, rest->len);
    return true;
}

/* The byte that an escape stands for, and its length; 0: it is none. */
static size_t unescape_one(struct str text, char *byte)
{
    static const char letters[] = "nrtbfv\"\\", bytes[] = "\n\r\t\b\f\v\"\\";
    const char *letter;
    int high, low;

    if (text.len < 2 || text.ptr[0] != '\\')
        return 0;
    if (text.len >= 4 && text.ptr[1] == 'x') {
        high = parse_hex_digit(text.ptr[2]);
        low = parse_hex_digit(text.ptr[3]);
        if (high < 0 || low < 0)
            return 0;
        *byte = (char)(high << 4 | low);
        return 4;
    }
    letter = text.ptr[1] ? strchr(letters, text.ptr[1]) : NULL;
    if (!letter)
        return 0;
    *byte = bytes[letter - letters];
    return 2;
}

static struct str unescape(struct arena *arena, struct str text)
{
    char *out;
    size_t len = 0;

    if (text.len == 0 || !memchr(text.ptr, '\\', text.len))
        return text;
    out = arena_alloc(arena, text.len);
    for (size_t at = 0; at < text.len;) {
        size_t escape = unescape_one(str_slice(text, at, text.len), &out[len]);

        if (escape == 0)
            out[len] = text.ptr[at];
        at += escape ? escape : 1;
        len++;
    }
    return (struct str){out, len};
}

/* A user's name may hold spaces: it ends where the time begins. */
static bool take_user(struct str *rest, struct str *user)
{
    const char *bracket = rest->len ? memmem(rest->ptr, rest->len, " [", 2) : NULL;

    if (!bracket)
        return false;
    *user = str_slice(*rest, 0, (size_t)(bracket - rest->ptr));
    *rest = str_slice(*rest, user->len + 1, rest->len);
    return true;
}

/* What stands behind the user agent, in forms that add to this one. */
static struct str extra_of(const struct intake *intake, struct str ident, struct str rest)
{
    struct strbuf extra;
    struct str members;

    strbuf_init(&extra);
    strbuf_add_char(&extra, '{');
    access_log_write(intake, &extra, "ident", ident);
    access_log_write(intake, &extra, "rest", str_trim(rest));
    members = arena_copy(intake->arena, str_slice(strbuf_str(&extra), 1, extra.len));
    strbuf_release(&extra);
    return members;
}

static struct str headers_of(const struct intake *intake, struct str referer, struct str user_agent)
{
    struct strbuf headers;
    struct str json;

    strbuf_init(&headers);
    access_log_header(intake, &headers, STR("Referer"), referer);
    access_log_header(intake, &headers, STR("User-Agent"), user_agent);
    json = access_log_headers_end(intake, &headers);
    strbuf_release(&headers);
    return json;
}

static bool split(const struct intake *intake, struct str rest, struct access_line *line)
{
    struct str ident, referer = {NULL, 0}, user_agent = {NULL, 0};

    if (!take_word(&rest, &line->client_address) || !take_word(&rest, &ident) ||
        !take_user(&rest, &line->user) || !take_enclosed(&rest, '[', ']', &line->time) ||
        !take_enclosed(&rest, '"', '"', &line->request) || !take_word(&rest, &line->status))
        return false;
    str_next(&rest, ' ', &line->response_bytes);
    if (take_enclosed(&rest, '"', '"', &referer) && !take_enclosed(&rest, '"', '"', &user_agent) &&
        rest.len && rest.ptr[0] == '"') {
        user_agent = str_slice(rest, 1, rest.len); /* the line was cut */
        rest.len = 0;
    }
    line->user = unescape(intake->arena, line->user);
    line->request = unescape(intake->arena, line->request);
    line->user_agent = unescape(intake->arena, user_agent);
    line->headers = headers_of(intake, unescape(intake->arena, referer), line->user_agent);
    line->extra = extra_of(intake, ident, rest);
    return true;
}

bool format_combined_read(const struct intake *intake, const struct format_record *record,
                          struct format_item *item, struct intake_complaint *complaint)
{
    struct access_line line = {.format = "combined"};

    if (split(intake, record->text, &line))
        return access_log_read(intake, &line, item, complaint);
    complaint->sentence = STR("This is no line of the form ADDRESS IDENT USER [TIME] "
                              "\"REQUEST\" STATUS BYTES \"REFERER\" \"USER AGENT\".");
    return false;
}
