/* SPDX-License-Identifier: MIT */
/*
 * Passwords in statements of SQL, as logs of databases hold them: PASSWORD 'x', PASSWORD('x'), SET PASSWORD FOR a = 'x', and behind
 * CREATE USER, ALTER USER and GRANT what follows IDENTIFIED BY.  MySQL, MariaDB, PostgreSQL and Oracle write these.
 */
#include "redaction/redact_text_private.h"

enum {
    STATEMENT_MAX = 256, /* bytes in which the beginning of a statement is looked for */
    ACCOUNT_MAX = 128,   /* bytes of 'user'@'host' */
};

static size_t skip_blanks(struct str text, size_t at, size_t end)
{
    while (at < end && (redact_text_is_space(text.ptr[at]) || redact_text_is_break(text.ptr[at])))
        at++;
    return at;
}

static struct str word_at(struct str text, size_t at, size_t end)
{
    size_t limit = end - at > REDACT_TEXT_LOOKAHEAD ? at + REDACT_TEXT_LOOKAHEAD : end, stop = at;

    while (stop < limit && redact_text_is_name_byte(text.ptr[stop]))
        stop++;
    return str_slice(text, at, stop - at);
}

static bool is_one_of(struct str word, const struct str *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (word.len == words[i].len && str_equal_folded(word, words[i]))
            return true;
    return false;
}

/* Behind one of `words` and the blanks after it, if it stands at `at`; else `at`. */
static size_t behind_word(struct str text, size_t at, size_t end, const struct str *words,
                          size_t count)
{
    struct str word = word_at(text, at, end);

    return is_one_of(word, words, count) ? skip_blanks(text, at + word.len, end) : at;
}

/* Is the word behind `previous` one that people and their passwords stand behind? */
static bool begins_statement(struct str previous, struct str word)
{
    static const struct str makers[] = {STR("create"), STR("alter"), STR("replace")};
    static const struct str owners[] = {STR("user"), STR("role")};
    static const struct str grant = STR("grant"), connect = STR("connect"), to = STR("to");

    return is_one_of(word, &grant, 1) ||
           (is_one_of(word, owners, 2) && is_one_of(previous, makers, 3)) ||
           (is_one_of(word, &to, 1) && is_one_of(previous, &connect, 1));
}

/* Is it SQL in front of `at`?  People also write "the user identified by 'ann' was not found". */
static bool is_statement(struct str text, size_t at)
{
    size_t from = at > STATEMENT_MAX ? at - STATEMENT_MAX : 0;
    struct str previous = {text.ptr, 0};

    while (from < at) {
        struct str word = word_at(text, from, at);

        if (word.len && begins_statement(previous, word))
            return true;
        if (word.len)
            previous = word;
        from += word.len ? word.len : 1;
    }
    return false;
}

/* Behind the name of a plugin, with or without quotes. */
static size_t behind_plugin(struct str text, size_t at, size_t end)
{
    if (at < end && redact_text_is_quote(text.ptr[at]))
        at++;
    at += word_at(text, at, end).len;
    if (at < end && redact_text_is_quote(text.ptr[at]))
        at++;
    return skip_blanks(text, at, end);
}

/* From behind IDENTIFIED to behind BY, WITH plugin BY, WITH plugin AS, VIA plugin USING; 0 where none of these is. */
static size_t behind_by(struct str text, size_t at, size_t end)
{
    static const struct str with[] = {STR("with"), STR("via")};
    static const struct str by[] = {STR("by"), STR("as"), STR("using")};
    size_t plugin = behind_word(text, at, end, with, 2), behind;

    at = plugin > at ? behind_plugin(text, plugin, end) : at;
    behind = behind_word(text, at, end, by, 3);
    return behind > at ? behind : 0;
}

/* Behind the word of BY PASSWORD 'x', USING PASSWORD('x'), BY VALUES 'x'. */
static size_t behind_form(struct str text, size_t at, size_t end)
{
    static const struct str forms[] = {STR("password"), STR("values")};
    size_t behind = behind_word(text, at, end, forms, 2);

    if (behind < end && text.ptr[behind] == '(')
        return skip_blanks(text, behind + 1, end);
    return behind < end && redact_text_is_quote(text.ptr[behind]) ? behind : at;
}

/* Replaces one password at `at`, in quotes or not; where to go on. */
static size_t take_password(struct redact_job *job, const struct redact_view *view, size_t at,
                            size_t end)
{
    struct redact_found found = {.value = at, .sign = ' ', .class = CLASS_SECRET};

    found.begin = found.end = at;
    return redact_text_value(job, view, end, &found);
}

size_t redact_text_sql_identified(struct redact_job *job, const struct redact_view *view,
                                  const struct redact_hit *hit, size_t end)
{
    static const struct str random = STR("random"), replace = STR("replace");
    struct str text = view->text;
    size_t behind = hit->at + hit->len, at = skip_blanks(text, behind, end), old;

    at = job->redactor->names && at > behind ? behind_by(text, at, end) : 0;
    if (at == 0 || !is_statement(text, hit->at) ||
        behind_word(text, at, end, &random, 1) > at) /* the server makes one */
        return behind;
    at = take_password(job, view, behind_form(text, at, end), end);
    old = at < end && redact_text_is_quote(text.ptr[at]) ? at + 1 : at;
    old = skip_blanks(text, old, end);
    behind = behind_word(text, old, end, &replace, 1);
    return behind > old ? take_password(job, view, behind, end) : at;
}

/* Behind "FOR 'user'@'host' =", if that stands at `at`; else `at`. */
static size_t behind_account(struct str text, size_t at, size_t end)
{
    static const struct str word = STR("for");
    size_t account = behind_word(text, at, end, &word, 1);
    size_t limit = end - account > ACCOUNT_MAX ? account + ACCOUNT_MAX : end, sign = account;

    if (account == at)
        return at;
    while (sign < limit && text.ptr[sign] != '=' && !redact_text_is_break(text.ptr[sign]))
        sign++;
    return sign < limit && text.ptr[sign] == '=' ? skip_blanks(text, sign + 1, end) : at;
}

size_t redact_text_sql_password(struct str text, size_t begin, size_t at, size_t end)
{
    static const struct str password = STR("password");
    struct str name = str_slice(text, begin, at - begin);
    bool called;

    if (!is_one_of(name, &password, 1))
        return 0;
    at = behind_account(text, skip_blanks(text, at, end), end);
    called = at < end && text.ptr[at] == '(';
    if (called)
        at = skip_blanks(text, at + 1, end);
    if (end - at > 1 && redact_text_is_one_of(text.ptr[at], "eEnN") && text.ptr[at + 1] == '\'')
        at++;
    return at < end && (text.ptr[at] == '\'' || (called && text.ptr[at] == '"')) ? at : 0;
}
