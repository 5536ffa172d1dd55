/* SPDX-License-Identifier: MIT */
/* Pitches of midi/smf to names of drums and to the classes of a table. Sources: drum-hits.tsv names them. */
#include <adit/drums.h>

ADIT_MODULE("drum-hits", "1.0.0")

enum { CLASSES_MAX = 128 };

struct drums {
    struct adit_drums *hits;
    uint16_t channels; /* bit 0: channel 1 */
};

struct counted {
    const char *name;
    uint64_t notes;
};

static bool read_channels(const struct adit_call *job, uint16_t *out)
{
    uint64_t numbers[16];
    size_t count = 0;
    *out = adit_text_is(adit_option(job, "channels"), "all") ? UINT16_MAX : 0;
    if (*out == 0 && !adit_option_numbers(job, "channels", 1, 16, numbers, 16, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        *out |= (uint16_t)(1u << (numbers[i] - 1));
    if (*out == 0)
        adit_warn(job, "option channels: expected all, or numbers from 1 to 16, found none");
    return *out != 0;
}

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    struct drums *d = (struct drums *)calloc(1, sizeof *d);
    if (!d)
        return ADIT_FAILED;
    d->hits = read_channels(job, &d->channels) ? adit_drums_read(job, "hits") : NULL;
    if (!d->hits) {
        free(d);
        return ADIT_FAILED;
    }
    *state = d;
    return ADIT_OK;
}

static uint64_t number_of(const struct adit_call *job, uint32_t node, const char *name)
{
    struct adit_value v = adit_field(job, node, name);
    return v.kind == ADIT_KIND_U64 ? v.as.u64 : UINT64_MAX;
}

/* Notes of each pitch on the channels that play drums. */
static uint64_t count_pitches(const struct adit_call *job, uint16_t channels, uint64_t counts[128])
{
    uint32_t list = adit_child(job, adit_need(job, "smf", 0), "pitches");
    uint64_t sum = 0;
    for (uint32_t at = adit_first(job, list); at; at = adit_next(job, at)) {
        uint64_t channel = number_of(job, at, "channel"), pitch = number_of(job, at, "pitch"),
                 count = number_of(job, at, "count");
        if (channel < 1 || channel > 16 || pitch > 127 || count > UINT32_MAX || !(channels >> (channel - 1) & 1))
            continue;
        counts[pitch] += count;
        sum += count;
    }
    return sum;
}

static void emit_name(const struct adit_call *job, const char *name, const char *text)
{
    if (text[0])
        adit_emit_string(job, name, text);
}

/* Notes by class, in the order in which the table has the classes. */
static void emit_classes(const struct adit_call *job, const char *object, const struct adit_drums *h, int column,
                         const uint64_t counts[128])
{
    struct counted classes[CLASSES_MAX];
    size_t n = 0;
    for (int pitch = 0; pitch < 128; pitch++) {
        const char *name = h->text[pitch][column];
        size_t at = 0;
        if (!name[0])
            continue;
        while (at < n && strcmp(classes[at].name, name) != 0)
            at++;
        if (at == n)
            classes[n++] = (struct counted){name, 0};
        classes[at].notes += counts[pitch];
    }
    adit_begin_object(job, object);
    for (size_t i = 0; i < n; i++)
        if (classes[i].notes > 0)
            adit_emit_u64(job, classes[i].name, classes[i].notes);
    adit_end(job);
}

static int32_t run(void *state, const struct adit_call *job)
{
    const struct drums *d = (const struct drums *)state;
    uint64_t counts[128] = {0}, unknown = 0;
    if (count_pitches(job, d->channels, counts) == 0)
        return ADIT_DECLINED;
    for (unsigned pitch = 0; pitch < 128; pitch++) {
        if (counts[pitch] == 0)
            continue;
        adit_begin_object(job, "hits");
        adit_emit_u64(job, "pitch", pitch);
        adit_emit_u64(job, "count", counts[pitch]);
        emit_name(job, "gm", d->hits->text[pitch][ADIT_DRUM_GM]);
        emit_name(job, "td11", d->hits->text[pitch][ADIT_DRUM_TD11]);
        emit_name(job, "three", d->hits->text[pitch][ADIT_DRUM_THREE]);
        emit_name(job, "eight", d->hits->text[pitch][ADIT_DRUM_EIGHT]);
        emit_name(job, "nine", d->hits->text[pitch][ADIT_DRUM_NINE]);
        adit_end(job);
        unknown += d->hits->known[pitch] ? 0 : counts[pitch];
    }
    emit_classes(job, "three", d->hits, ADIT_DRUM_THREE, counts);
    emit_classes(job, "eight", d->hits, ADIT_DRUM_EIGHT, counts);
    emit_classes(job, "nine", d->hits, ADIT_DRUM_NINE, counts);
    if (unknown > 0)
        adit_emit_u64(job, "unknown", unknown);
    return ADIT_OK;
}

static void close_plugin(void *state)
{
    struct drums *d = (struct drums *)state;
    free(d->hits);
    free(d);
}
ADIT_PLUGIN(open_plugin, run, NULL, close_plugin)
