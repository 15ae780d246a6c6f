/* SPDX-License-Identifier: MIT */
/*
 * A line is read as a message of its own.  Only when the first line of a file is not JSON by itself is the whole file taken as one message: then it is
 * JSON that somebody has indented.
 */
#define _GNU_SOURCE
#include "tools/load_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "intake/native.h"

#define WHOLE_FILE_MAX (UINT64_C(1) << 30)

/* A file that is open, and what stops it. */
struct reading {
    struct load *load;
    FILE *file;
    struct intake_complaint complaint;
    bool is_said; /* the complaint was made on stderr where it was met */
    uint64_t end; /* of the message that is read, among the bytes of the load */
};

static bool is_blank(struct str line)
{
    return str_trim(line).len == 0;
}

/* The closing line of an export: `{"end": true, "rows": …, "sha256": …}`. */
static bool is_trailer(struct str line)
{
    return str_starts(line, STR("{\"end\": true,"));
}

static int complain(const struct load *load, struct str why)
{
    char record[64] = "";

    if (load->record > 1)
        snprintf(record, sizeof(record), " record %llu:", load->record);
    fprintf(stderr, "%s:%lu:%s %.*s What stands before line %lu is stored.\n", load->path,
            load->line, record, STR_ARG(why), load->first_line);
    return 1;
}

/* Daybook's own form: each line one event. */
static int read_native(struct load *load, struct str line)
{
    struct intake_complaint complaint = {0};
    struct format_item item = {0};
    struct intake intake;
    struct event *events;
    size_t count;

    line = arena_copy(load->texts, line);
    if (load_intake(load, &intake) != 0)
        return 1;
    if (!native_read(&intake, line, &events, &count, &complaint) || count != 1)
        return complain(load, complaint.sentence.len ? complaint.sentence
                                                     : STR("A line must hold one event."));
    item.event = events[0];
    return load_add(load, &item, line, line.len);
}

static bool take_record(void *context, const struct format_record *record)
{
    struct reading *reading = context;
    struct load *load = reading->load;
    struct format_item item = {0};
    struct intake intake;

    load->record++;
    if (load->seen < reading->end)
        load_saw(load, record->text.len < reading->end - load->seen ? record->text.len
                                                                    : reading->end - load->seen);
    if (load_intake(load, &intake) != 0 ||
        !load->format->read(&intake, record, &item, &reading->complaint)) {
        reading->is_said = reading->complaint.sentence.len == 0;
        return false;
    }
    reading->is_said =
        load_add(load, &item, format_holds(load->arena, &item.event), record->text.len) != 0;
    return !reading->is_said;
}

/* `message` lives until the step is stored. */
static int read_message(struct reading *reading, struct str message)
{
    struct load *load = reading->load;
    bool read;

    load->record = 0;
    load->in_message = true;
    reading->end = load->seen + message.len;
    reading->is_said = false;
    reading->complaint = (struct intake_complaint){0};
    read =
        format_walk(load->format, load->texts, message, take_record, reading, &reading->complaint);
    load->in_message = false;
    load_saw(load, reading->end - load->seen);
    if (!read && !reading->is_said)
        complain(load, reading->complaint.sentence);
    return read ? 0 : 1;
}

static bool is_json(struct str line)
{
    struct json_value value;
    struct json_error error;

    return json_read(line, &value, &error);
}

/* The rest of the file behind its first line. */
static int read_whole(struct reading *reading, struct str first)
{
    struct strbuf all;
    size_t got = 0;
    int status;

    strbuf_init(&all);
    strbuf_add(&all, first);
    strbuf_add_char(&all, '\n');
    do {
        char *room = strbuf_reserve(&all, LOAD_STEP_BYTES);

        got = fread(room, 1, LOAD_STEP_BYTES, reading->file);
        all.len += got;
    } while (got > 0 && all.len <= WHOLE_FILE_MAX);
    all.ptr[all.len] = '\0';
    status = all.len > WHOLE_FILE_MAX
                 ? complain(reading->load, STR("JSON over several lines may be at most 1 GiB long; "
                                               "put each record on a line."))
                 : read_message(reading, strbuf_str(&all));
    if (status == 0)
        status = load_store(reading->load);
    strbuf_release(&all);
    return status;
}

static int read_line(struct reading *reading, struct str line, bool is_first)
{
    struct load *load = reading->load;

    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    if (is_blank(line) || is_trailer(line))
        return 0;
    if (load->format == format_at(0))
        return read_native(load, line);
    if (is_first && load->format->unit == FORMAT_JSON && !is_json(line))
        return read_whole(reading, line);
    return read_message(reading, arena_copy(load->texts, line));
}

static int read_lines(struct reading *reading)
{
    struct load *load = reading->load;
    bool is_first = true;
    char *text = NULL;
    size_t capacity = 0;
    ssize_t len;
    int status = 0;

    load->line = 0;
    load->first_line = 1;
    while (status == 0 && (len = getline(&text, &capacity, reading->file)) >= 0) {
        struct str line = {text, (size_t)len};
        uint64_t end = load->seen + line.len;

        load->line++;
        if (line.len > 0 && line.ptr[line.len - 1] == '\n')
            line.len--;
        status = read_line(reading, line, is_first);
        load_saw(load, load->seen < end ? end - load->seen : 0);
        is_first = is_first && is_blank(line);
    }
    if (status == 0 && ferror(reading->file)) {
        fprintf(stderr, "%s: %s\n", load->path, strerror(errno));
        status = 1;
    }
    free(text);
    return status;
}

int load_file(struct load *load, const char *path)
{
    bool standard_input = strcmp(path, "-") == 0;
    struct reading reading = {.load = load, .file = standard_input ? stdin : fopen(path, "re")};
    int status;

    if (!reading.file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    load->path = path;
    status = read_lines(&reading);
    if (status == 0)
        status = load_store(load);
    if (!standard_input)
        fclose(reading.file);
    return status;
}

bool load_file_bytes(const char *path, uint64_t *bytes)
{
    bool standard_input = strcmp(path, "-") == 0;
    struct stat file;
    off_t at = 0;

    if ((standard_input ? fstat(STDIN_FILENO, &file) : stat(path, &file)) < 0 ||
        !S_ISREG(file.st_mode))
        return false;
    if (standard_input)
        at = lseek(STDIN_FILENO, 0, SEEK_CUR);
    *bytes = at >= 0 && at < file.st_size ? (uint64_t)(file.st_size - at) : 0;
    return true;
}
