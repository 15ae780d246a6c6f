// SPDX-License-Identifier: MIT
//
// The only C++ of the pages and the only user of ctemplate.  A struct page is a TemplateDictionary
// under another name.  Nothing is thrown into C: contained() is noexcept, so what is thrown (no
// memory is left) ends the process, and its supervisor starts it again.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <ctemplate/template.h>
#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary.h>
#include <ctemplate/template_emitter.h>

extern "C" {
#include "base/log.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "web/page.h"
}

namespace
{

using ctemplate::StaticTemplateString;
using ctemplate::TemplateCache;
using ctemplate::TemplateDictionary;
using ctemplate::TemplateString;

// STRIP_WHITESPACE would also join the words and attributes of neighbouring lines.
constexpr ctemplate::Strip STRIP = ctemplate::STRIP_BLANK_LINES;
constexpr char PRAGMA[] = "{{%AUTOESCAPE context=\"HTML\"}}";
constexpr char REQUIRED[] = "error.tpl"; // the server's own

const StaticTemplateString keys[PAGE_KEY_COUNT] = {
#define PAGE_KEY(name) {{#name, sizeof(#name) - 1, 0}},
#include "web/page_keys.h"
#undef PAGE_KEY
};

struct Pages {
    TemplateCache cache;
    std::vector<std::string> names; // sorted
};

std::unique_ptr<Pages> pages; // empty until pages_load() and after pages_free()

// What a C function calls does not throw.
template <typename Body> auto contained(Body body) noexcept
{
    return body();
}

TemplateDictionary *dictionary(struct page *page)
{
    return reinterpret_cast<TemplateDictionary *>(page);
}

struct page *page_of(TemplateDictionary *dictionary)
{
    return reinterpret_cast<struct page *>(dictionary);
}

TemplateString text_of(struct str s)
{
    return TemplateString(s.len ? s.ptr : "", s.len);
}

class StrbufEmitter : public ctemplate::ExpandEmitter
{
  public:
    explicit StrbufEmitter(struct strbuf *out) : out_(out)
    {
    }
    void Emit(char c) override
    {
        strbuf_add_char(out_, c);
    }
    void Emit(const std::string &s) override
    {
        Emit(s.data(), s.size());
    }
    void Emit(const char *s) override
    {
        Emit(s, std::strlen(s));
    }
    void Emit(const char *s, size_t len) override
    {
        strbuf_add(out_, {s, len});
    }

  private:
    struct strbuf *out_;
};

bool begins_with_pragma(const std::filesystem::path &file)
{
    char head[sizeof(PRAGMA) - 1] = {};

    std::ifstream(file, std::ios::binary).read(head, sizeof(head));
    return std::memcmp(head, PRAGMA, sizeof(head)) == 0;
}

// Names without directory, sorted, so that complaints come in the same order everywhere.
std::vector<std::string> find_templates(const char *directory, std::error_code &error)
{
    std::vector<std::string> names;

    for (const auto &entry : std::filesystem::directory_iterator(directory, error))
        if (entry.path().extension() == ".tpl")
            names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

bool load(const char *directory, const std::string &name)
{
    std::filesystem::path file = std::filesystem::path(directory) / name;

    if (!begins_with_pragma(file)) {
        std::fprintf(stderr, "%s: does not begin with %s\n", file.c_str(), PRAGMA);
        return false;
    }
    if (!pages->cache.LoadTemplate(name, STRIP)) { // it has said why
        std::fprintf(stderr, "%s: is not a usable template\n", file.c_str());
        return false;
    }
    return true;
}

int load_all(const char *directory)
{
    std::error_code error;
    int result = 0;

    for (const StaticTemplateString &key : keys)
        ctemplate::StaticTemplateStringInitializer initializer(&key);
    pages = std::make_unique<Pages>();
    pages->cache.SetTemplateRootDirectory(directory);
    pages->names = find_templates(directory, error);
    for (const std::string &name : pages->names)
        if (!load(directory, name))
            result = -1;
    if (error || !pages_have(REQUIRED)) {
        std::fprintf(stderr, "%s/%s: %s\n", directory, REQUIRED,
                     error ? error.message().c_str() : "no such template");
        result = -1;
    }
    pages->cache.Freeze();
    return result;
}

int render(const TemplateDictionary *dictionary, const char *file, struct strbuf *out)
{
    StrbufEmitter emitter(out);
    size_t before = out->len;

    if (pages->cache.ExpandNoLoad(file, STRIP, dictionary, nullptr, &emitter))
        return 0;
    out->len = before; // what was rendered before the missing part
    out->ptr[before] = '\0';
    const struct log_field template_field = {"template", str_from(file)};
    log_fields(LOG_LEVEL_ERROR, "render_failed", &template_field, 1);
    return -1;
}

} // namespace

int pages_load(const char *directory)
{
    return contained([&] { return load_all(directory); });
}

void pages_free(void)
{
    pages.reset();
}

bool pages_have(const char *file)
{
    return contained(
        [&] { return std::binary_search(pages->names.begin(), pages->names.end(), file); });
}

void pages_set_global(enum page_key key, struct str value)
{
    contained([&] { TemplateDictionary::SetGlobalValue(keys[key], text_of(value)); });
}

struct page *page_new(void)
{
    return contained([] { return page_of(new TemplateDictionary("page")); });
}

void page_free(struct page *page)
{
    delete dictionary(page);
}

static void set_borrowed(struct page *page, enum page_key key, struct str value)
{
    contained([&] { dictionary(page)->SetValueWithoutCopy(keys[key], text_of(value)); });
}

static void set_visible(struct page *page, enum page_key key, struct str value)
{
    struct strbuf visible;

    strbuf_init(&visible);
    page_visible(&visible, value);
    contained([&] { dictionary(page)->SetValue(keys[key], text_of(strbuf_str(&visible))); });
    strbuf_release(&visible);
}

void page_set(struct page *page, enum page_key key, struct str value)
{
    if (page_visible_prefix(value) == value.len)
        set_borrowed(page, key, value);
    else
        set_visible(page, key, value);
}

void page_set_exact(struct page *page, enum page_key key, struct str value)
{
    if (utf8_is_text(value)) /* no form could send anything else back */
        set_borrowed(page, key, value);
    else
        set_visible(page, key, value);
}

void page_set_number(struct page *page, enum page_key key, unsigned long long number)
{
    contained([&] { dictionary(page)->SetValue(keys[key], std::to_string(number)); });
}

void page_show(struct page *page, enum page_key section)
{
    contained([&] { dictionary(page)->ShowSection(keys[section]); });
}

struct page *page_add(struct page *page, enum page_key section)
{
    return contained(
        [&] { return page_of(dictionary(page)->AddSectionDictionary(keys[section])); });
}

struct page *page_include(struct page *page, enum page_key include, const char *file)
{
    return contained([&] {
        TemplateDictionary *included = dictionary(page)->AddIncludeDictionary(keys[include]);

        included->SetFilename(file);
        return page_of(included);
    });
}

int page_render(const struct page *page, const char *file, struct strbuf *out)
{
    return contained(
        [&] { return render(reinterpret_cast<const TemplateDictionary *>(page), file, out); });
}
