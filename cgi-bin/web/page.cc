// SPDX-License-Identifier: MIT
//
// The only C++ of the pages and the only user of ctemplate.  A struct page is what ctemplate asks for
// values; it knows each marker by its number, where ctemplate's own dictionaries hash, copy and name
// everything.  Nothing is thrown into C: contained() is noexcept, so want of memory ends the process.
#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <ctemplate/template.h>
#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary_interface.h>
#include <ctemplate/template_emitter.h>

extern "C" {
#include "base/arena.h"
#include "base/count.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "web/page.h"
#include "web/page_source.h"
}

namespace
{

using ctemplate::TemplateCache;
using ctemplate::TemplateDictionaryInterface;
using ctemplate::TemplateId;
using ctemplate::TemplateString;

// STRIP_WHITESPACE would also join the words and attributes of neighbouring lines; see load().
constexpr ctemplate::Strip STRIP = ctemplate::STRIP_BLANK_LINES;
constexpr char REQUIRED[] = "error.tpl"; // the server's own

const struct str key_names[PAGE_KEY_COUNT] = {
#define PAGE_KEY(name) {#name, sizeof(#name) - 1},
#include "web/page_keys.h"
#undef PAGE_KEY
};

// From the number that ctemplate has for a name to ours: open addressing, never near full.
constexpr size_t NUMBERS = 1024;
static_assert(PAGE_KEY_COUNT < NUMBERS / 2, "the numbers fit");
struct Number {
    TemplateId id; // 0: free; ctemplate has no such number
    page_key key;
} numbers[NUMBERS];

// What holds for every page of this process; never freed.
std::string globals[PAGE_KEY_COUNT];

Number &place_of(TemplateId id)
{
    size_t at = static_cast<size_t>(id ^ (id >> 33)) % NUMBERS;

    while (numbers[at].id && numbers[at].id != id)
        at = (at + 1) % NUMBERS;
    return numbers[at];
}

void number_keys()
{
    for (int i = 0; i < PAGE_KEY_COUNT; i++) {
        TemplateId id = GlobalIdForSTS_INIT(TemplateString(key_names[i].ptr, key_names[i].len));

        place_of(id) = {id, static_cast<page_key>(i)};
    }
}

// PAGE_KEY_COUNT: none of ours.
page_key key_of(const TemplateString &name)
{
    const Number &place = place_of(GlobalIdForSTS_INIT(name));

    return place.id ? place.key : PAGE_KEY_COUNT;
}

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
        Emit(&c, 1);
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
        if (out_->capacity - out_->len <= len)
            strbuf_reserve(out_, len);
        std::memcpy(out_->ptr + out_->len, s, len);
        out_->len += len;
    }

  private:
    struct strbuf *out_;
};

// A section that is shown or repeated, or an include.
struct Section {
    Section *next; // of the same page
    page_key key;
    struct page *first, *last; // its repetitions; none: shown once, as the page itself
};

} // namespace

// Values and sections of one page, in the arena of its root.  Nothing is destroyed one by one.
struct page final : public TemplateDictionaryInterface {
  public:
    page(struct arena *memory, struct page *parent, const char *file)
        : arena(memory), parent_(parent), file_(file)
    {
    }

    static struct page *make(struct arena *memory, struct page *parent, const char *file)
    {
        return new (arena_alloc(memory, sizeof(struct page))) page(memory, parent, file);
    }

    struct arena *const arena; // its root's

    void set(page_key key, struct str value)
    {
        if (slots_[key] == 0) {
            values_ = static_cast<struct str *>(
                arena_grow(arena, values_, count_, &capacity_, sizeof(*values_)));
            assert(count_ < UINT8_MAX);
            slots_[key] = static_cast<unsigned char>(++count_);
        }
        values_[slots_[key] - 1] = value;
    }

    Section *show(page_key key)
    {
        Section *section = own(key);

        if (!section) {
            section = static_cast<Section *>(arena_alloc(arena, sizeof(*section)));
            section->key = key;
            section->next = sections_;
            sections_ = section;
            shown_[key / 64] |= uint64_t{1} << key % 64;
        }
        return section;
    }

    struct page *add(page_key key, struct page *child)
    {
        Section *section = show(key);

        (section->last ? section->last->next_ : section->first) = child;
        return section->last = child;
    }

  protected:
    TemplateString GetValue(const TemplateString &name) const override
    {
        page_key key = key_of(name);

        if (key == PAGE_KEY_COUNT)
            return TemplateString("", 0);
        for (const struct page *at = this; at; at = at->parent_)
            if (at->slots_[key])
                return text_of(at->values_[at->slots_[key] - 1]);
        return TemplateString(globals[key].data(), globals[key].size());
    }
    bool IsHiddenSection(const TemplateString &name) const override
    {
        return !find(key_of(name));
    }
    bool IsUnhiddenSection(const TemplateString &name) const override
    {
        return find(key_of(name));
    }
    bool IsHiddenTemplate(const TemplateString &name) const override
    {
        return !find(key_of(name));
    }
    const char *GetIncludeTemplateName(const TemplateString &name, int number) const override
    {
        const Section *section = find(key_of(name));
        const struct page *at = section ? section->first : nullptr;

        while (at && number-- > 0)
            at = at->next_;
        return at ? at->file_ : nullptr;
    }
    Iterator *CreateTemplateIterator(const TemplateString &name) const override
    {
        return repetitions(name);
    }
    Iterator *CreateSectionIterator(const TemplateString &name) const override
    {
        return repetitions(name);
    }
    void DumpToString(std::string *, int) const override
    {
    }

  private:
    class Repetitions final : public Iterator
    {
      public:
        Repetitions(const struct page *first, bool once) : at_(first), once_(once)
        {
        }
        bool HasNext() const override
        {
            return at_;
        }
        const TemplateDictionaryInterface &Next() override
        {
            const struct page *present = at_;

            at_ = once_ ? nullptr : present->next_;
            return *present;
        }

      private:
        const struct page *at_;
        bool once_;
    };

    Section *own(page_key key) const
    {
        Section *section = sections_;

        if (!(shown_[key / 64] >> key % 64 & 1))
            return nullptr;
        while (section->key != key)
            section = section->next;
        return section;
    }

    const Section *find(page_key key) const
    {
        const Section *section = own(key);

        return section || !parent_ ? section : parent_->find(key);
    }

    Iterator *repetitions(const TemplateString &name) const
    {
        page_key key = key_of(name);

        for (const struct page *at = this; at; at = at->parent_)
            if (const Section *section = at->own(key))
                return new Repetitions(section->first ? section->first : at, !section->first);
        return new Repetitions(nullptr, true);
    }

    struct page *parent_;         // whose section this is; NULL for a root and an include
    struct page *next_ = nullptr; // the next repetition
    const char *file_;            // of an include
    struct str *values_ = nullptr;
    size_t count_ = 0, capacity_ = 0;
    Section *sections_ = nullptr;
    uint64_t shown_[PAGE_KEY_COUNT / 64 + 1] = {}; // a bit for each key that `sections_` holds
    unsigned char slots_[PAGE_KEY_COUNT] = {};     // from a key to the place of its value, from 1
};

namespace
{

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
    struct strbuf text;
    bool loaded = false;

    strbuf_init(&text);
    if (page_source_read(file.c_str(), &text) == 0) {
        for (int i = 0; i < PAGE_KEY_COUNT; i++)
            page_source_fill(&text, key_names[i], {globals[i].data(), globals[i].size()});
        loaded = pages->cache.StringToTemplateCache(name, text.ptr, text.len, STRIP);
        if (!loaded) // it has said why
            std::fprintf(stderr, "%s: is not a usable template\n", file.c_str());
    }
    strbuf_release(&text);
    return loaded;
}

int load_all(const char *directory)
{
    std::error_code error;
    int result = 0;

    number_keys();
    pages = std::make_unique<Pages>();
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

int render(const struct page *page, const char *file, struct strbuf *out)
{
    const struct log_field where = {"template", str_from(file)};
    StrbufEmitter emitter(out);
    size_t before = out->len;
    bool whole = pages->cache.ExpandNoLoad(file, STRIP, page, nullptr, &emitter);

    if (!whole) {
        out->len = before; // what was rendered before the missing part
        log_fields(LOG_LEVEL_ERROR, "render_failed", &where, 1);
    }
    out->ptr[out->len] = '\0';
    return whole ? 0 : -1;
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
    contained([&] { globals[key].assign(value.len ? value.ptr : "", value.len); });
}

struct page *page_new(struct arena *arena)
{
    return page::make(arena, nullptr, nullptr);
}

static void set_visible(struct page *page, enum page_key key, struct str value)
{
    struct strbuf visible;

    strbuf_init(&visible);
    page_visible(&visible, value);
    page->set(key, arena_copy(page->arena, strbuf_str(&visible)));
    strbuf_release(&visible);
}

void page_set(struct page *page, enum page_key key, struct str value)
{
    if (page_visible_prefix(value) == value.len)
        page->set(key, value);
    else
        set_visible(page, key, value);
}

void page_set_exact(struct page *page, enum page_key key, struct str value)
{
    if (utf8_is_text(value)) /* no form could send anything else back */
        page->set(key, value);
    else
        set_visible(page, key, value);
}

void page_set_number(struct page *page, enum page_key key, unsigned long long number)
{
    page->set(key, arena_printf(page->arena, "%llu", number));
}

void page_set_count(struct page *page, enum page_key key, unsigned long long count)
{
    page->set(key, str_from(count_words(page->arena, count)));
}

void page_show(struct page *page, enum page_key section)
{
    page->show(section);
}

struct page *page_add(struct page *page, enum page_key section)
{
    return page->add(section, page::make(page->arena, page, nullptr));
}

struct page *page_include(struct page *page, enum page_key include, const char *file)
{
    return page->add(include, page::make(page->arena, nullptr, file));
}

int page_render(const struct page *page, const char *file, struct strbuf *out)
{
    return contained([&] { return render(page, file, out); });
}
