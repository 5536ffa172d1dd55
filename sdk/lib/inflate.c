/* SPDX-License-Identifier: MIT */
/* deflate, zlib and gzip, by zlib. */
#include <adit/inflate.h>
#include <zlib.h>

static bool begin(void *state, int variant)
{
    static const int window_bits[] = {-15, 15, 15 + 16};
    return inflateInit2((z_stream *)state, window_bits[variant]) == Z_OK; /* zalloc and zfree are NULL: malloc */
}

static enum adit_inflate_result step(void *state, struct adit_codec_buffers *b, bool *last, const char **message)
{
    z_stream *stream = (z_stream *)state;
    stream->next_in = (z_const Bytef *)b->in;
    stream->avail_in = (uInt)b->in_left;
    stream->next_out = b->out;
    stream->avail_out = (uInt)b->out_left;
    int code = inflate(stream, Z_NO_FLUSH);
    *b = (struct adit_codec_buffers){stream->next_in, stream->avail_in, stream->next_out, stream->avail_out};
    *last = code == Z_STREAM_END;
    switch (code) {
    case Z_NEED_DICT:
        *message = "a preset dictionary is needed";
        return ADIT_INFLATE_UNSUPPORTED;
    case Z_MEM_ERROR:
        *message = "out of memory";
        return ADIT_INFLATE_FAILED;
    case Z_DATA_ERROR: /* zlib's messages are literals */
        *message = stream->msg ? stream->msg : "invalid compressed data";
        return ADIT_INFLATE_CORRUPT;
    default: /* Z_OK, Z_STREAM_END, or Z_BUF_ERROR where there was nothing left to read */
        return ADIT_INFLATE_DONE;
    }
}

static void end(void *state)
{
    (void)inflateEnd((z_stream *)state);
}

const struct adit_codec adit_codec_deflate = {sizeof(z_stream), begin, step, end};
