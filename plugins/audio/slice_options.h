/* SPDX-License-Identifier: MIT */
/* What [options] says of slices: the .conf explains each. */
#ifndef PLUGINS_AUDIO_SLICE_OPTIONS_H
#define PLUGINS_AUDIO_SLICE_OPTIONS_H

#include <adit/adit.h>
#include <adit/drums.h>

enum { CHOKE_GROUPS = 8 };
enum ending { ENDING_FIXED, ENDING_ONSET, ENDING_OFF };
enum encoding { ENCODE_AUTO, ENCODE_FLAC, ENCODE_WAV, ENCODE_FLOAT16, ENCODE_INDEX };

static const char *const ending_names[] = {"fixed", "next-onset", "note-off", NULL};
static const char *const encoding_names[] = {"auto", "flac", "wav", "float16", "index", NULL};

struct slice_options {
    struct adit_drums *hits;
    int class_column; /* of hits; -1: none */
    enum ending ending;
    enum encoding encoding;
    double length, longest, pre, post, latency, fade_in, fade_out; /* seconds */
    uint64_t level, least_velocity;
    bool mono, refer;
    uint8_t choke[128]; /* the group of a pitch, from 1; 0: none */
};

/* Pitches between blanks; "|" between groups. */
static inline bool read_choke(const struct adit_call *job, uint8_t groups[128])
{
    struct adit_text text = adit_option(job, "choke");
    unsigned group = 1, pitch = 0;
    bool number = false;
    for (size_t i = 0; i <= text.size; i++) {
        char c = i < text.size ? text.data[i] : ' ';
        if (c >= '0' && c <= '9') {
            pitch = pitch * 10 + (unsigned)(c - '0');
            number = true;
        } else if (number) {
            groups[pitch] = (uint8_t)group;
            pitch = 0;
            number = false;
        }
        group += c == '|';
        if (pitch > 127 || group > CHOKE_GROUPS || !((c >= '0' && c <= '9') || c == ' ' || c == '|')) {
            adit_warnf(job, "option choke: expected pitches from 0 to 127, and | between at most %d groups, found '%.*s'", CHOKE_GROUPS,
                       (int)text.size, text.data);
            return false;
        }
    }
    return true;
}

static inline bool read_options(const struct adit_call *job, struct slice_options *o)
{
    static const char *const columns[] = {"gm", "td11", "nine", "eight", "three", "none", NULL};
    static const char *const duplicates[] = {"write", "refer", NULL};
    const struct {
        const char *key;
        double least, otherwise;
        double *out;
    } seconds[] = {{"length", 0.001, 2.5, &o->length}, {"longest", 0.001, 10, &o->longest}, {"pre", 0, 0, &o->pre},
                   {"post", 0, 0, &o->post},           {"latency", -3600, 0, &o->latency},  {"fade_in", 0, 0, &o->fade_in},
                   {"fade_out", 0, 0, &o->fade_out}};
    unsigned window = ENDING_FIXED, encoding = ENCODE_AUTO, column = 2, twice = 0;
    o->mono = adit_option_bool(job, "mono", false);
    o->level = adit_option_u64(job, "level", 5);
    o->least_velocity = adit_option_u64(job, "least_velocity", 1);
    if (o->level > 8) {
        adit_warnf(job, "option level: expected 0 to 8, found %llu", (unsigned long long)o->level);
        return false;
    }
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        *seconds[i].out = seconds[i].otherwise;
        if (!adit_option_f64(job, seconds[i].key, seconds[i].least, 3600, seconds[i].out))
            return false;
    }
    if (!adit_option_choice(job, "window", ending_names, &window) || !adit_option_choice(job, "encoding", encoding_names, &encoding) ||
        !adit_option_choice(job, "classes", columns, &column) || !adit_option_choice(job, "duplicates", duplicates, &twice))
        return false;
    o->ending = (enum ending)window;
    o->encoding = (enum encoding)encoding;
    o->class_column = column < ADIT_DRUM_COLUMNS ? (int)column : -1;
    o->refer = twice == 1;
    return read_choke(job, o->choke);
}

#endif
