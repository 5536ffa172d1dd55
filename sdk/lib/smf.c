/* SPDX-License-Identifier: MIT */
#include <adit/array.h>
#include <adit/emit.h>
#include <adit/smf.h>
#include <adit/varint.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TEMPO = 500000, CHUNK_HEAD = 8, SEARCH = 4096 };
static const uint64_t MOST_UNITS = UINT64_C(1) << 63;

/* ---- chunks ---- */

/* RMID: a RIFF whose `data` chunk is the file. */
static bool find_in_riff(struct adit_smf *s)
{
    struct adit_cursor c = adit_cursor_at(s->job, s->source, 12, UINT64_MAX);
    while (adit_left(&c) >= CHUNK_HEAD) {
        bool data = adit_match_literal(&c, "data");
        if (!data)
            adit_skip(&c, 4);
        uint32_t size = adit_read_u32le(&c);
        if (data) {
            s->start = 12 + adit_tell(&c);
            s->end = size < s->end - s->start ? s->start + size : s->end;
            return true;
        }
        adit_skip(&c, (uint64_t)size + (size & 1));
    }
    return false;
}

/* RP-001, "Header Chunks": the sign of the division says whether it is metrical. */
static int32_t read_division(struct adit_smf *s, uint16_t division)
{
    if (!(division & 0x8000)) {
        s->ticks = division;
        s->units_of_second = (uint64_t)division * 1000000;
    } else {
        s->frames = (uint8_t)(256 - (division >> 8));
        s->ticks = division & 0xff;
        s->units_of_tick = s->frames == 29 ? 1001 : 1;
        s->units_of_second = (uint64_t)s->ticks * (s->frames == 29 ? 30000u : s->frames);
    }
    bool known = s->frames == 0 || s->frames == 24 || s->frames == 25 || s->frames == 29 || s->frames == 30;
    if (known && s->ticks > 0)
        return ADIT_OK;
    adit_warnf(s->job, "division 0x%04x: expected ticks of a quarter note, or 24, 25, 29 or 30 frames a second and their ticks",
               division);
    return ADIT_MALFORMED;
}

int32_t adit_smf_open(const struct adit_call *job, adit_source source, struct adit_smf *s)
{
    *s = (struct adit_smf){.job = job, .source = source, .end = adit_source_size(job, source)};
    struct adit_cursor riff = adit_cursor_at(job, source, 0, 12);
    if (adit_match_literal(&riff, "RIFF")) {
        adit_skip(&riff, 4);
        if (!adit_match_literal(&riff, "RMID"))
            return ADIT_DECLINED;
        if (!find_in_riff(s)) {
            adit_warn(job, "RMID without a data chunk");
            return ADIT_MALFORMED;
        }
    }
    struct adit_cursor c = adit_cursor_at(job, source, s->start, s->end - s->start);
    if (!adit_match_literal(&c, "MThd"))
        return ADIT_DECLINED;
    uint32_t size = adit_read_u32be(&c);
    s->format = adit_read_u16be(&c);
    s->declared_tracks = adit_read_u16be(&c);
    uint16_t division = adit_read_u16be(&c);
    if (!adit_ok(&c) || size < 6) {
        adit_warnf(job, "header chunk of %u bytes: expected at least 6, all in the file", size);
        return ADIT_MALFORMED;
    }
    uint64_t head = CHUNK_HEAD + (uint64_t)size; /* longer ones of later versions are to be honoured */
    if (size > 6 && adit_match_literal(&c, "MTrk")) {
        adit_warnf(job, "header chunk of %u bytes: expected 6, which is where a track begins", size);
        head = CHUNK_HEAD + 6;
    }
    s->start = head < s->end - s->start ? s->start + head : s->end;
    s->next = s->start;
    if (s->format > 2) {
        adit_warnf(job, "format %u: expected 0, 1 or 2", s->format);
        return ADIT_UNSUPPORTED;
    }
    return read_division(s, division);
}

void adit_smf_close(struct adit_smf *s)
{
    free(s->tempo);
    s->tempo = NULL;
    s->tempo_count = s->tempo_room = 0;
}

void adit_smf_rewind(struct adit_smf *s)
{
    s->next = s->start;
    s->tracks = s->alien_chunks = 0;
    s->garbage = 0;
}

/* A chunk of another kind: four printable letters, and all of it in the file. */
static bool is_alien(const uint8_t head[CHUNK_HEAD], uint64_t left)
{
    for (int i = 0; i < 4; i++)
        if (head[i] < 0x20 || head[i] > 0x7e)
            return false;
    return adit_number(head + 4, 4, true) <= left - CHUNK_HEAD;
}

/* Offset of the next "MTrk" from `at` on, or the end. */
static uint64_t search(const struct adit_smf *s, uint64_t at)
{
    uint8_t block[SEARCH];
    while (at < s->end) {
        uint64_t left = s->end - at;
        int64_t got = adit_read(s->job, s->source, at, block, left < SEARCH ? (size_t)left : SEARCH);
        if (got < CHUNK_HEAD)
            return s->end;
        for (int64_t i = 0; i + 4 <= got; i++)
            if (memcmp(block + i, "MTrk", 4) == 0)
                return at + (uint64_t)i;
        at += (uint64_t)got - 3;
    }
    return s->end;
}

bool adit_smf_next_track(struct adit_smf *s, struct adit_smf_track *t)
{
    uint8_t head[CHUNK_HEAD] = {0};
    while (s->next < s->end) {
        uint64_t at = s->next, left = s->end - at;
        bool whole = left >= CHUNK_HEAD && adit_read(s->job, s->source, at, head, CHUNK_HEAD) == CHUNK_HEAD;
        uint64_t next = at + CHUNK_HEAD + adit_number(head + 4, 4, true);
        if (whole && memcmp(head, "MTrk", 4) == 0) {
            bool truncated = next > s->end;
            s->next = truncated ? s->end : next;
            *t = (struct adit_smf_track){.number = s->tracks++, .truncated = truncated};
            t->c = adit_cursor_at(s->job, s->source, at + CHUNK_HEAD, s->next - at - CHUNK_HEAD);
            return true;
        }
        if (whole && is_alien(head, left)) {
            s->alien_chunks++;
            s->next = next;
            continue;
        }
        s->next = search(s, at + 1);
        if (s->garbage == 0)
            s->garbage_at = at;
        s->garbage += s->next - at;
    }
    return false;
}

/* ---- events ---- */

static void read_long(struct adit_smf_track *t, struct adit_smf_event *e)
{
    e->size = adit_read_vlq(&t->c);
    e->payload = t->c.at;
    adit_skip(&t->c, e->size);
    if (t->running)
        t->cancelled = t->running;
    t->running = 0; /* RP-001, "MTrk event": sysex and meta events cancel it */
}

/* Voice messages with a status of their own, or under the running one. */
static void read_voice(struct adit_smf_track *t, struct adit_smf_event *e, uint8_t first)
{
    bool given = (first & 0x80) != 0;
    if (!given && !t->running && t->cancelled) { /* many writers go on all the same */
        t->running = t->cancelled;
        t->borrowed++;
    }
    if (given)
        t->running = first;
    e->status = t->running;
    if (!e->status) {
        adit_fail(&t->c);
        return;
    }
    uint8_t kind = e->status & 0xf0;
    e->data[0] = given ? adit_read_u8(&t->c) : first;
    if (kind != 0xc0 && kind != 0xd0)
        e->data[1] = adit_read_u8(&t->c);
    if ((e->data[0] | e->data[1]) & 0x80)
        adit_fail(&t->c);
}

int adit_smf_next(struct adit_smf_track *t, struct adit_smf_event *e)
{
    while (!t->ended && adit_left(&t->c) > 0) {
        *e = (struct adit_smf_event){.at = t->c.at};
        uint32_t delta = adit_read_vlq(&t->c);
        uint8_t first = adit_read_u8(&t->c);
        if (adit_ok(&t->c))
            t->tick += delta; /* four bytes each: no file is long enough to overflow */
        e->tick = t->tick;
        if (first == ADIT_SMF_META) {
            e->status = first;
            e->type = adit_read_u8(&t->c);
            read_long(t, e);
            t->ended = adit_ok(&t->c) && e->type == 0x2f;
        } else if (first == ADIT_SMF_SYSEX || first == ADIT_SMF_ESCAPE) {
            e->status = first;
            read_long(t, e);
        } else if (first > 0xf0) {
            t->strays++; /* belongs into an escape; its data bytes go with it */
            adit_skip(&t->c, first == 0xf2 ? 2 : first == 0xf1 || first == 0xf3);
            if (adit_ok(&t->c))
                continue;
        } else {
            read_voice(t, e, first);
        }
        return adit_ok(&t->c) ? 1 : -1;
    }
    return t->c.failed ? -1 : 0;
}

/* ---- time ---- */

static bool add_tempo(struct adit_smf *s, uint64_t tick, uint32_t microseconds)
{
    if (s->tempo_count == ADIT_SMF_TEMPOS) {
        s->tempo_cut = true;
        return true;
    }
    struct adit_smf_tempo *more =
        (struct adit_smf_tempo *)adit_grow(s->tempo, &s->tempo_room, s->tempo_count, sizeof *more, ADIT_SMF_TEMPOS);
    if (!more)
        return false;
    s->tempo = more;
    s->tempo[s->tempo_count] = (struct adit_smf_tempo){tick, 0, microseconds, (uint32_t)s->tempo_count};
    s->tempo_count++;
    return true;
}

static int by_tick(const void *a, const void *b)
{
    const struct adit_smf_tempo *x = (const struct adit_smf_tempo *)a, *y = (const struct adit_smf_tempo *)b;
    if (x->tick != y->tick)
        return x->tick < y->tick ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static uint64_t after(uint64_t units, uint64_t ticks, uint32_t units_of_tick)
{
    uint64_t more, sum;
    bool over = __builtin_mul_overflow(ticks, (uint64_t)units_of_tick, &more) || __builtin_add_overflow(units, more, &sum);
    return over || sum > MOST_UNITS ? MOST_UNITS : sum;
}

/* The tempo events of one track. False: memory is short. */
static bool read_tempo(struct adit_smf *s, struct adit_smf_track *t)
{
    struct adit_smf_event e;
    while (adit_smf_next(t, &e) == 1) {
        if (e.status != ADIT_SMF_META || e.type != 0x51 || e.size != 3)
            continue;
        struct adit_cursor c = adit_cursor_at(s->job, s->source, e.payload, 3);
        uint32_t microseconds = adit_read_u24be(&c);
        if (adit_ok(&c) && !add_tempo(s, e.tick, microseconds))
            return false;
    }
    return true;
}

bool adit_smf_map(struct adit_smf *s, const struct adit_smf_track *track)
{
    struct adit_smf_track t;
    s->tempo_count = 0;
    bool fits = add_tempo(s, 0, DEFAULT_TEMPO);
    if (track) {
        t = *track;
        fits = fits && (s->frames > 0 || read_tempo(s, &t));
    } else {
        adit_smf_rewind(s);
        while (fits && s->frames == 0 && adit_smf_next_track(s, &t))
            fits = read_tempo(s, &t);
        adit_smf_rewind(s);
    }
    if (!fits)
        return false;
    qsort(s->tempo, s->tempo_count, sizeof *s->tempo, by_tick);
    size_t n = 0;
    for (size_t i = 0; i < s->tempo_count; i++) {
        struct adit_smf_tempo next = s->tempo[i];
        if (n > 0)
            next.units = after(s->tempo[n - 1].units, next.tick - s->tempo[n - 1].tick, s->tempo[n - 1].microseconds);
        if (n > 0 && s->tempo[n - 1].tick == next.tick)
            n--; /* the last of those at one tick holds */
        s->tempo[n++] = next;
    }
    s->tempo_count = n;
    return true;
}

uint64_t adit_smf_units(const struct adit_smf *s, uint64_t tick)
{
    if (s->frames > 0)
        return after(0, tick, s->units_of_tick);
    size_t low = 0, high = s->tempo_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (s->tempo[middle].tick <= tick)
            low = middle;
        else
            high = middle;
    }
    if (s->tempo_count == 0)
        return after(0, tick, DEFAULT_TEMPO);
    return after(s->tempo[low].units, tick - s->tempo[low].tick, s->tempo[low].microseconds);
}

uint64_t adit_smf_sample(const struct adit_smf *s, uint64_t units, uint64_t rate)
{
    __extension__ typedef unsigned __int128 wide;
    wide sample = ((wide)units * rate * 2 + s->units_of_second) / ((wide)s->units_of_second * 2);
    return sample > UINT64_MAX ? UINT64_MAX : (uint64_t)sample;
}

double adit_smf_seconds(const struct adit_smf *s, uint64_t units)
{
    return (double)units / (double)s->units_of_second;
}
