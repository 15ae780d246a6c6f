/* SPDX-License-Identifier: MIT */
/*
 * What is made visible, and what ctemplate does to a value by the place where it stands: the
 * authors of templates rely on both.  Runs in the root of the source tree.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/count.h"
#include "base/strbuf.h"
#include "web/page.h"

#include "capture.h"
#include "check.h"

#define PRAGMA "{{%AUTOESCAPE context=\"HTML\"}}\n"

static void test_visible(void **state)
{
    static const struct {
        struct str text;
        const char *visible; /* NULL: the same */
    } cases[] = {
        {TEXT(""), NULL},
        {TEXT("a <b> \"'& \t\n~"), NULL},
        {TEXT("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xef\xbf\xbd"), NULL},
        {TEXT("\0\x01\x1f\x7f"), "\xe2\x90\x80\xe2\x90\x81\xe2\x90\x9f\xe2\x90\xa1"},
        {TEXT("a\r\nb\rc\r"), "a\nb\xe2\x90\x8d"
                              "c\xe2\x90\x8d"},
        {TEXT("\xff\xc3"), "\xef\xbf\xbd\xef\xbf\xbd"},
        {TEXT("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {TEXT("a\u202e"
              "b"),
         "a[U+202E]b"},
        {TEXT("\xc2\x80\xc2\x9f\u00a0"), "[U+0080][U+009F]\u00a0"},
        {TEXT("\xef\xbf\xbe\xf4\x8f\xbf\xbf\xef\xb7\x90"), "[U+FFFE][U+10FFFF][U+FDD0]"},
        {TEXT("\u00ad\u200b\u200e\u2066\ufeff\u3164\u2028"),
         "[U+00AD][U+200B][U+200E][U+2066][U+FEFF][U+3164][U+2028]"},
        {TEXT("\U000e0041"), "[U+E0041]"},
        /* joiners and selectors: as emoji and Persian use them, then as a forger would */
        {TEXT("\u2764\ufe0f\u200d\U0001f525"), NULL},
        {TEXT("\u0645\u06cc\u200c\u062e\u0648"), NULL},
        {TEXT("ann\u200d"), "ann[U+200D]"},
        {TEXT("\u0645\u200c"), "\u0645[U+200C]"},
        {TEXT("\u200c\u0645"), "[U+200C]\u0645"},
        {TEXT("\u0645\u200c\u200c\u0645"), "\u0645[U+200C][U+200C]\u0645"},
        {TEXT("a\ufe0f"), "a[U+FE0F]"},
        {TEXT("\u2764\ufe0f\ufe0f"), "\u2764\ufe0f[U+FE0F]"},
        {TEXT("\u0645\u200d\xff"), "\u0645[U+200D]\xef\xbf\xbd"},
    };
    struct strbuf out;

    (void)state;
    strbuf_init(&out);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *expected = cases[i].visible ? cases[i].visible : cases[i].text.ptr;
        struct str text = exact_copy(cases[i].text);

        strbuf_reset(&out);
        EXPECT(expected, page_visible(&out, text) == (cases[i].visible != NULL));
        if (!str_equal(strbuf_str(&out), str_from(expected)))
            fail_msg("expected %s, got %s", expected, out.ptr);
        EXPECT(expected, (page_visible_prefix(text) == text.len) == (cases[i].visible == NULL));
        free_copy(text);
    }
    strbuf_release(&out);
}

/* A template directory for one test. */
static char directory[32];

static void write_template(const char *name, const char *pragma, const char *body)
{
    char path[64];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s%s", pragma, body);
    fclose(file);
}

static int make_directory(void **state)
{
    (void)state;
    memcpy(directory, "/tmp/daybook-test-XXXXXX", 25);
    assert_non_null(mkdtemp(directory));
    write_template("error.tpl", PRAGMA, "{{ERROR_TITLE}}");
    return 0;
}

static int remove_directory(void **state)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;

    (void)state;
    pages_free();
    while ((entry = readdir(dir)))
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    return rmdir(directory);
}

/* Runs pages_load() with what it writes to stderr, ctemplate's own lines too, in `capture`. */
static int load_captured(const char *from, struct capture *capture)
{
    int result;

    capture_begin(capture);
    result = pages_load(from);
    capture_end(capture);
    return result;
}

static void check_render(const char *label, const struct page *page, const char *file,
                         const char *expected)
{
    struct strbuf out;

    strbuf_init(&out);
    strbuf_add_cstr(&out, "before ");
    EXPECT(label, page_render(page, file, &out) == 0);
    if (strcmp(out.ptr + 7, expected) != 0)
        fail_msg("%s: expected %s, got %s", label, expected, out.ptr + 7);
    strbuf_release(&out);
}

/* One value, in every place where a template may put it. */
static void test_places(void **state)
{
    static const char text[] = "1\n2\t3 <\"'&>";
    static const char link[] = "/acme/events?user=a%20b%2Fc&from=-24h";
    static const struct {
        const char *body, *value, *expected;
    } cases[] = {
        /* Line feeds and tabs survive with :p alone, in text and attributes alike. */
        {"{{LINK}}", text, "1 2 3 &lt;&quot;&#39;&amp;&gt;"},
        {"{{LINK:p}}", text, "1\n2\t3 &lt;&quot;&#39;&amp;&gt;"},
        {"<i title=\"{{LINK}}\">", text, "<i title=\"1 2 3 &lt;&quot;&#39;&amp;&gt;\">"},
        {"<i title=\"{{LINK:p}}\">", text, "<i title=\"1\n2\t3 &lt;&quot;&#39;&amp;&gt;\">"},
        {"<input value=\"{{LINK:p}}\">", text,
         "<input value=\"1\n2\t3 &lt;&quot;&#39;&amp;&gt;\">"},
        {"<pre>{{LINK}}</pre>", text, "<pre>1 2 3 &lt;&quot;&#39;&amp;&gt;</pre>"},
        /* A parser drops a line feed right behind <pre>, so the template brings one. */
        {"<pre>\n{{LINK:p}}</pre>", "\n1", "<pre>\n\n1</pre>"},
        {"<textarea>\n{{LINK:p}}</textarea>", text,
         "<textarea>\n1\n2\t3 &lt;&quot;&#39;&amp;&gt;</textarea>"},
        /* A percent-encoded path stays; a scheme does not. */
        {"<a href=\"{{LINK}}\">", link, "<a href=\"/acme/events?user=a%20b%2Fc&amp;from=-24h\">"},
        {"<form action=\"{{LINK}}\">", link,
         "<form action=\"/acme/events?user=a%20b%2Fc&amp;from=-24h\">"},
        {"<a href=\"{{LINK}}\">", "javascript:alert(1)", "<a href=\"#\">"},
        {"<a href=\"{{LINK}}\">", "?q=a:b", "<a href=\"#\">"},
        {"<a href=\"{{LINK}}\">", "/x?q=a:b", "<a href=\"/x?q=a:b\">"},
        {"<a href=\"{{LINK}}\">", "//elsewhere/x", "<a href=\"//elsewhere/x\">"},
        {"<a href=\"/x?q={{LINK:u}}\">", "a b&c", "<a href=\"/x?q=a+b%26c\">"},
        /* Blank lines and indentation of the template go, other white space of it stays. */
        {"<a\n  class=\"x\">one\n\n  two {{LINK}}\n</a>\n", "\n",
         "<a\nclass=\"x\">one\ntwo  \n</a>\n"},
    };
    struct arena *arena = arena_new();
    char name[32];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        snprintf(name, sizeof(name), "case%zu.tpl", i);
        write_template(name, PRAGMA, cases[i].body);
    }
    assert_int_equal(pages_load(directory), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct page *page = page_new(arena);

        snprintf(name, sizeof(name), "case%zu.tpl", i);
        page_set(page, PAGE_LINK, str_from(cases[i].value));
        check_render(cases[i].body, page, name, cases[i].expected);
    }
    arena_free(arena);
}

static void test_structure(void **state)
{
    struct arena *arena = arena_new();
    struct page *page, *row, *part;

    (void)state;
    write_template("list.tpl", PRAGMA,
                   "{{ERROR_TITLE}} {{ERROR_STATUS}} {{STYLE_URL}}\n"
                   "{{#LINK}}\n{{LINK_LABEL}} {{ERROR_TITLE}}\n{{/LINK}}\n"
                   "{{#REQUEST_ID}}\nshown {{ERROR_TITLE}}\n{{/REQUEST_ID}}\n"
                   "{{>SCRIPT_URL}}\n");
    write_template("part.tpl", PRAGMA, "[{{LINK_LABEL}}|{{ERROR_TITLE}}|{{STYLE_URL}}]");
    assert_int_equal(pages_load(directory), 0);
    pages_set_global(PAGE_STYLE_URL, STR("/s.css"));
    assert_true(pages_have("part.tpl"));
    assert_false(pages_have("par"));

    page = page_new(arena);
    page_set(page, PAGE_ERROR_TITLE, STR("first"));
    page_set(page, PAGE_ERROR_TITLE, STR("a\x01"));
    page_set_number(page, PAGE_ERROR_STATUS, 18446744073709551615u);
    page_set(page_add(page, PAGE_LINK), PAGE_LINK_LABEL, STR("1"));
    row = page_add(page, PAGE_LINK);
    page_set(row, PAGE_LINK_LABEL, (struct str){NULL, 0});
    page_set_exact(row, PAGE_ERROR_TITLE, STR("\x02<"));
    page_show(page, PAGE_REQUEST_ID);
    for (int i = 0; i < 2; i++) {
        part = page_include(page, PAGE_SCRIPT_URL, "part.tpl");
        page_set(part, PAGE_LINK_LABEL, STR("<in>"));
    }
    check_render("list", page, "list.tpl",
                 "a\u2401 18446744073709551615 /s.css\n"
                 "1 a\u2401\n \x02&lt;\nshown a\u2401\n"
                 "[&lt;in&gt;||/s.css][&lt;in&gt;||/s.css]");

    arena_free(arena);
}

static void test_counts(void **state)
{
    struct arena *arena = arena_new();
    struct page *page = page_new(arena);

    (void)state;
    write_template("count.tpl", PRAGMA, "{{ERROR_STATUS}} of {{LINK_LABEL}}");
    assert_int_equal(pages_load(directory), 0);
    page_set_count(page, PAGE_ERROR_STATUS, 999);
    page_set_count(page, PAGE_LINK_LABEL, 18446744073709551615u);
    check_render("count", page, "count.tpl", "999 of 18,446,744,073,709,551,615");
    assert_string_equal(count_words(arena, 0), "0");
    assert_string_equal(count_words(arena, 1000), "1,000");
    assert_string_equal(count_words(arena, 100000), "100,000");
    assert_string_equal(count_words(arena, 1000000), "1,000,000");
    arena_free(arena);
}

static void test_missing(void **state)
{
    struct arena *arena = arena_new();
    struct page *page = page_new(arena);
    struct capture capture;
    struct strbuf out;

    (void)state;
    write_template("list.tpl", PRAGMA, "some {{>SCRIPT_URL}}");
    assert_int_equal(pages_load(directory), 0);
    page_include(page, PAGE_SCRIPT_URL, "missing.tpl");
    strbuf_init(&out);
    strbuf_add_cstr(&out, "kept");
    capture_begin(&capture);
    assert_int_equal(page_render(page, "missing.tpl", &out), -1);
    assert_int_equal(page_render(page, "list.tpl", &out), -1);
    capture_end(&capture);
    assert_string_equal(out.ptr, "kept");
    assert_non_null(strstr(capture.text, "event=render_failed template=missing.tpl\n"));
    assert_non_null(strstr(capture.text, "event=render_failed template=list.tpl\n"));
    strbuf_release(&out);
    arena_free(arena);
}

static void test_refused(void **state)
{
    static const struct {
        const char *pragma, *body, *why;
    } cases[] = {
        {"", "<p>{{LINK}}</p>", "does not begin with"},
        {" ", PRAGMA, "does not begin with"},
        {"{{%AUTOESCAPE context=\"JSON\"}}", "{{LINK}}", "does not begin with"},
        {PRAGMA, "{{#LINK}}", "before all sections were closed"},
        {PRAGMA, "<p <b>{{LINK}}", "Failed parsing"},
        {PRAGMA, "<a href={{LINK}}>", "must be enclosed in quotes"},
        {PRAGMA, "{{LINK:nonsense}}", "Unknown modifier"},
    };
    struct capture capture;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_template("case.tpl", cases[i].pragma, cases[i].body);
        EXPECT(cases[i].body, load_captured(directory, &capture) == -1);
        EXPECT(cases[i].body, strstr(capture.text, "case.tpl: "));
        EXPECT(cases[i].body, strstr(capture.text, cases[i].why));
        pages_free();
    }
    assert_int_equal(load_captured("/nonexistent", &capture), -1);
    assert_string_equal(capture.text, "/nonexistent/error.tpl: No such file or directory\n");
}

static const char *const key_names[PAGE_KEY_COUNT] = {
#define PAGE_KEY(name) #name,
#include "web/page_keys.h"
#undef PAGE_KEY
};

/* Marks the keys that `text` names; a name that is no key fails. */
static void mark_keys(const char *label, char *text, bool *used)
{
    for (char *at = strstr(text, "{{"); at; at = strstr(at, "{{")) {
        size_t len, key = 0;

        at += 2;
        if (*at == '%' || *at == '!')
            continue;
        at += strspn(at, "#/>");
        len = strcspn(at, ":}");
        while (key < PAGE_KEY_COUNT &&
               (strlen(key_names[key]) != len || memcmp(key_names[key], at, len) != 0))
            key++;
        if (key == PAGE_KEY_COUNT)
            fail_msg("%s: %.*s is not in page_keys.h", label, (int)len, at);
        used[key] = true;
    }
}

static void test_keys_of_our_templates(void **state)
{
    static char text[256 * 1024];
    bool used[PAGE_KEY_COUNT] = {false};
    DIR *dir = opendir("templates");
    struct capture capture;
    struct dirent *entry;

    (void)state;
    assert_non_null(dir);
    assert_int_equal(load_captured("templates", &capture), 0);
    assert_string_equal(capture.text, "");
    while ((entry = readdir(dir))) {
        int fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC);
        ssize_t len = read(fd, text, sizeof(text) - 1);

        text[len > 0 ? len : 0] = '\0';
        mark_keys(entry->d_name, text, used);
        close(fd);
    }
    closedir(dir);
    for (int i = 0; i < PAGE_KEY_COUNT; i++)
        if (!used[i])
            fail_msg("%s of page_keys.h is in no template", key_names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_visible),
        cmocka_unit_test_setup_teardown(test_places, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_structure, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_counts, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_missing, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_refused, make_directory, remove_directory),
        cmocka_unit_test(test_keys_of_our_templates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
