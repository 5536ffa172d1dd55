/* SPDX-License-Identifier: MIT */
/*
 * Standard MIDI Files, event by event: chunks, running status, tempo maps, and notes at exact sample positions. For
 * plugins of such files, and for those that read one beside a recording. In libadit-sdk. [run]
 *
 *     struct adit_smf smf;
 *     int32_t status = adit_smf_open(job, ADIT_SOURCE_MAIN, &smf);
 *     struct adit_smf_notes notes;
 *     if (status == ADIT_OK && (status = adit_smf_notes(&smf, 100000, &notes)) == ADIT_OK)
 *         … adit_smf_sample(&smf, notes.list[0].start, 44100) …
 *     adit_smf_notes_free(&notes);
 *     adit_smf_close(&smf);
 *
 * Time is counted in units that keep it exact: with a metrical division a unit is a microsecond divided by the ticks of
 * a quarter note, with SMPTE a tick (for 29.97 frames a second a 1001st of one). A file of more than 2^63 units, nine
 * years at the finest division, stands still at its end.
 *
 * Sources: Standard MIDI Files 1.0 (RP-001, 1996), "Chunks", "Header Chunks", "Track Chunks", "Meta-Events"; MIDI 1.0
 * Detailed Specification 4.2.1, "Running Status"; Multimedia Programming Interface 1.0, "RMID".
 */
#ifndef ADIT_SMF_H
#define ADIT_SMF_H

#include <adit/abi.h>
#include <adit/cursor.h>

/* From this tick on the tempo holds. */
struct adit_smf_tempo {
    uint64_t tick, units;        /* the moment, both ways */
    uint32_t microseconds;       /* of a quarter note */
    uint32_t order;
};

struct adit_smf {
    const struct adit_call *job;
    adit_source source;
    uint64_t start, end;         /* of the MIDI data: not the source's where they are in a RIFF RMID */
    uint64_t next;               /* where the next chunk is looked for */
    uint16_t format;             /* 0: one track; 1: tracks at once; 2: patterns of their own */
    uint16_t declared_tracks;
    uint16_t ticks;              /* of a quarter note, or of a frame */
    uint8_t frames;              /* SMPTE: 24, 25, 29 (30 drop: 30000/1001 a second), 30; 0: metrical */
    uint32_t units_of_tick;      /* SMPTE */
    uint64_t units_of_second;
    uint32_t tracks;             /* found so far */
    uint32_t alien_chunks;       /* of other types, which the standard says to pass over */
    uint64_t garbage;            /* bytes between chunks that are none */
    uint64_t garbage_at;         /* where the first of them stands */
    bool tempo_cut;              /* more than ADIT_SMF_TEMPOS changes of tempo */
    struct adit_smf_tempo *tempo;
    size_t tempo_count, tempo_room;
};
enum { ADIT_SMF_TEMPOS = 262144 };

struct adit_smf_track {
    struct adit_cursor c;        /* over the chunk */
    uint64_t tick;
    uint32_t number;             /* from 0 */
    uint8_t running, cancelled;  /* status bytes; 0: none */
    bool ended;                  /* by an End of Track */
    bool truncated;              /* the chunk goes on beyond the end of the file */
    uint32_t borrowed;           /* data bytes under a running status that a sysex or meta event had cancelled */
    uint32_t strays;             /* system messages that cannot stand in a file */
};

enum { ADIT_SMF_SYSEX = 0xf0, ADIT_SMF_ESCAPE = 0xf7, ADIT_SMF_META = 0xff };

struct adit_smf_event {
    uint64_t tick;
    uint64_t at;                 /* offset in the source, of the delta time */
    uint8_t status;              /* 0x80..0xef with the channel, ADIT_SMF_SYSEX, ADIT_SMF_ESCAPE, ADIT_SMF_META */
    uint8_t type;                /* of a meta event */
    uint8_t data[2];
    uint64_t payload;            /* sysex and meta events: offset in the source */
    uint32_t size;
};

struct adit_smf_note {
    uint64_t start, end;         /* units */
    uint64_t tick, end_tick;
    uint32_t next;               /* for adit_smf_notes' own use */
    uint16_t track;
    uint8_t channel, pitch, velocity, off_velocity; /* channel 0..15 */
    bool unended;                /* ends with its track */
    bool overlapping;            /* begins while one of its pitch and channel sounds */
};

struct adit_smf_notes {
    struct adit_smf_note *list;  /* by start; those that start together in the order of the file */
    uint32_t count;
    uint32_t left_out;           /* beyond the most that was asked for */
    uint32_t stray_offs;         /* that no note answers to */
    bool malformed;              /* a track broke off; what stood before is there */
};

#ifdef __cplusplus
extern "C" {
#endif

/* Reads the header. ADIT_OK, ADIT_DECLINED (none of both magics), ADIT_MALFORMED, ADIT_UNSUPPORTED; says why by
 * adit_warn. */
int32_t adit_smf_open(const struct adit_call *job, adit_source source, struct adit_smf *smf);
void adit_smf_close(struct adit_smf *smf);

/* The next track chunk, passing over what is none. False: there are no more. adit_smf_rewind goes back to the first. */
bool adit_smf_next_track(struct adit_smf *smf, struct adit_smf_track *track);
void adit_smf_rewind(struct adit_smf *smf);

/* 1: *event is the track's next; 0: it has ended; -1: the bytes at event->at are no event, or break off. */
int adit_smf_next(struct adit_smf_track *track, struct adit_smf_event *event);

/* Makes the tempo map: of all tracks, rewinding (NULL), or of one that nothing was read from yet, as format 2 has it.
 * False: memory is short. Before the first change a quarter note takes 500,000 µs. */
bool adit_smf_map(struct adit_smf *smf, const struct adit_smf_track *track);

/* Moments by the map. A sample position is rounded to the nearest, halves up, from the exact quotient. */
uint64_t adit_smf_units(const struct adit_smf *smf, uint64_t tick);
uint64_t adit_smf_sample(const struct adit_smf *smf, uint64_t units, uint64_t rate);
double adit_smf_seconds(const struct adit_smf *smf, uint64_t units);

/* The notes of all tracks, at most `max`. Makes maps, from the first track on. A note-off ends the oldest sounding note of its track,
 * channel and pitch; a note-on of velocity 0 is a note-off of velocity 64. ADIT_OK, or ADIT_FAILED when memory is short. */
int32_t adit_smf_notes(struct adit_smf *smf, uint32_t max, struct adit_smf_notes *notes);
void adit_smf_notes_free(struct adit_smf_notes *notes);

#ifdef __cplusplus
}
#endif

#endif
