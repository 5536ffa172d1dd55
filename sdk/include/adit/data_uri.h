/* SPDX-License-Identifier: MIT */
/*
 * "data:image/png;base64,iVBORw0…": content in the place of a link, as in SVG, HTML, CSS, glTF. In libadit-sdk. [run]
 *
 *     if (adit_data_uri(href, &uri))
 *         adit_emit_data_uri(job, ADIT_TEXT("image"), &uri);
 *     else
 *         adit_emit_text(job, "links", href);
 *
 * Source: RFC 2397; percent-encoding: RFC 3986 2.1.
 */
#ifndef ADIT_DATA_URI_H
#define ADIT_DATA_URI_H

#include <adit/abi.h>
#include <adit/text.h>
#include <adit/transfer.h>

/* Its parts, within the text that it was read from. */
struct adit_data_uri {
    struct adit_text media; /* without parameters; empty: text/plain */
    struct adit_text data;  /* as written */
    bool base64;
    size_t at; /* of the data, how far it was read */
    struct adit_base64 decoder;
};

#ifdef __cplusplus
extern "C" {
#endif
/* False: it is no data URI. */
bool adit_data_uri(struct adit_text text, struct adit_data_uri *out);
/* Decodes the next bytes into out[room], room > 0. Returns how many; 0: that was all. */
size_t adit_data_uri_read(struct adit_data_uri *uri, char *out, size_t room);
/* As a stream of the type that it says, where that is one. Results as those of adit_open_stream and adit_write. */
int adit_emit_data_uri(const struct adit_call *job, struct adit_text name, struct adit_data_uri *uri);
#ifdef __cplusplus
}
#endif

#endif
