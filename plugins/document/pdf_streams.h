/* SPDX-License-Identifier: MIT */
/* Streams of a document that are given away: as ranges of the file where nothing has to be decoded, else decoded piece by piece. */
#ifndef DOCUMENT_PDF_STREAMS_H
#define DOCUMENT_PDF_STREAMS_H

#include "pdf_pipe.h"
#include <stdio.h>

/* Its decoded bytes, up to the bound on output. */
static inline void pdf_write_stream(struct pdf *d, struct pdf_pipe *p, struct adit_text name, const char *media)
{
    uint8_t piece[PDF_PIECE];
    uint64_t written = 0;
    int64_t got = 0;
    bool cut = false;
    if (adit_open_stream(d->job, name, media) != 0)
        return;
    while (!cut && (got = adit_read_next(p->last, piece, sizeof piece)) > 0) {
        cut = written >= d->most_output || !pdf_work(d, (uint64_t)got) || adit_write(d->job, piece, (size_t)got) != 0;
        written += (uint64_t)got;
    }
    (void)(cut || got < 0 ? adit_close_truncated(d->job) : adit_close(d->job));
}

/* Gives a stream away, unless there were enough of them. `o` is the resolved object. False: it could not be done. */
static inline bool pdf_give_stream(struct pdf *d, const struct pdf_object *o, struct adit_text name, const char *media)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_pipe *p = pdf_take(&d->arena, sizeof *p);
    if (!p || !o || !o->stream || d->exhausted || d->streams_given >= d->most_streams) {
        pdf_release(&d->arena, mark);
        return false;
    }
    bool opened = pdf_open_pipe(d, o, p);
    if (opened) {
        d->streams_given++;
        if (p->raw)
            (void)adit_emit_range(d->job, name, media, p->offset, p->size);
        else if (p->rest.size == 0)
            pdf_write_stream(d, p, name, media);
    }
    pdf_close_pipe(p);
    pdf_release(&d->arena, mark);
    return opened;
}

/* 8.9.5: an image whose bytes are a file of their own, DCTDecode (JPEG) or JPXDecode (JPEG 2000). */
static inline void pdf_give_image(struct pdf *d, const struct pdf_object *o, uint32_t number)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_pipe *p = pdf_take(&d->arena, sizeof *p);
    char name[32];
    if (!p || !o || !o->stream || d->exhausted) {
        pdf_release(&d->arena, mark);
        return;
    }
    bool opened = pdf_open_pipe(d, o, p);
    bool jpeg = adit_text_is(p->rest, "DCTDecode") || adit_text_is(p->rest, "DCT"),
         jpx = adit_text_is(p->rest, "JPXDecode");
    if (opened && (jpeg || jpx) && d->images_given < d->most_images) {
        d->images_given++;
        (void)snprintf(name, sizeof name, "image-%u", number);
        const char *media = jpeg ? "image/jpeg" : NULL; /* JPX: a JP2, a JPX, or a bare codestream */
        if (p->raw)
            (void)adit_emit_range(d->job, adit_text_c(name), media, p->offset, p->size);
        else
            pdf_write_stream(d, p, adit_text_c(name), media);
    }
    pdf_close_pipe(p);
    pdf_release(&d->arena, mark);
}

#endif
