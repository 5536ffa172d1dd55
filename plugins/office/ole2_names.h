/* SPDX-License-Identifier: MIT */
/* The properties of documents by number ([MS-OSHARED] 2.3.3.2.1.1 and 2.3.3.2.2.1), and what a compound file is by its root's class or
 * by the names of its streams. */
#ifndef OFFICE_OLE2_NAMES_H
#define OFFICE_OLE2_NAMES_H

#include <adit/ole2.h>
#include <adit/oleps.h>
#include <adit/tag.h>

/* What a property has to be. */
enum ole2_form { OLE2_TEXT, OLE2_NUMBER, OLE2_BOOL, OLE2_TIME, OLE2_DURATION, OLE2_VERSION, OLE2_SIZE, OLE2_PAIRS };

static const struct adit_tag ole2_summary[] = {
    {0x02, OLE2_TEXT, "title"},          {0x03, OLE2_TEXT, "subject"},         {0x04, OLE2_TEXT, "author"},
    {0x05, OLE2_TEXT, "keywords"},       {0x06, OLE2_TEXT, "comments"},        {0x07, OLE2_TEXT, "template"},
    {0x08, OLE2_TEXT, "last_author"},    {0x09, OLE2_TEXT, "revision_number"}, {0x0a, OLE2_DURATION, "edit_time"},
    {0x0b, OLE2_TIME, "last_printed"},   {0x0c, OLE2_TIME, "created"},         {0x0d, OLE2_TIME, "last_saved"},
    {0x0e, OLE2_NUMBER, "page_count"},   {0x0f, OLE2_NUMBER, "word_count"},    {0x10, OLE2_NUMBER, "char_count"},
    {0x11, OLE2_SIZE, "thumbnail_size"}, {0x12, OLE2_TEXT, "application"},     {0x13, OLE2_NUMBER, "document_security"},
    {0x80000000, OLE2_NUMBER, "locale"},
};

static const struct adit_tag ole2_document[] = {
    {0x02, OLE2_TEXT, "category"},
    {0x03, OLE2_TEXT, "presentation_format"},
    {0x04, OLE2_NUMBER, "byte_count"},
    {0x05, OLE2_NUMBER, "line_count"},
    {0x06, OLE2_NUMBER, "paragraph_count"},
    {0x07, OLE2_NUMBER, "slide_count"},
    {0x08, OLE2_NUMBER, "note_count"},
    {0x09, OLE2_NUMBER, "hidden_slide_count"},
    {0x0a, OLE2_NUMBER, "multimedia_clip_count"},
    {0x0b, OLE2_BOOL, "scale_crop"},
    {0x0c, OLE2_PAIRS, "heading_pairs"},
    {0x0d, OLE2_TEXT, "titles_of_parts"},
    {0x0e, OLE2_TEXT, "manager"},
    {0x0f, OLE2_TEXT, "company"},
    {0x10, OLE2_BOOL, "links_dirty"},
    {0x11, OLE2_NUMBER, "char_count_with_spaces"},
    {0x13, OLE2_BOOL, "shared_document"},
    {0x14, OLE2_TEXT, "hyperlink_base"},
    {0x16, OLE2_BOOL, "hyperlinks_changed"},
    {0x17, OLE2_VERSION, "application_version"},
    {0x18, OLE2_SIZE, "digital_signature_size"},
    {0x1a, OLE2_TEXT, "content_type"},
    {0x1b, OLE2_TEXT, "content_status"},
    {0x1c, OLE2_TEXT, "language"},
    {0x1d, OLE2_TEXT, "document_version"},
};

/* The first that holds counts. Classes: [MS-DOC] 2.1, [MS-XLS] 2.1, [MS-PPT] 2.1, [MS-OXMSG] 2.4, and what the programs register. */
static const struct ole2_kind {
    const char *media, *class_id, *stream; /* class NULL: known by a stream at the root alone */
} ole2_kinds[] = {
    {"application/msword", "00020906-0000-0000-c000-000000000046", "WordDocument"},
    {"application/msword", "00020900-0000-0000-c000-000000000046", NULL}, /* Word 6 and 95 */
    {"application/vnd.ms-excel", "00020820-0000-0000-c000-000000000046", "Workbook"},
    {"application/vnd.ms-excel", "00020810-0000-0000-c000-000000000046", "Book"}, /* Excel 5 and 95 */
    {"application/vnd.ms-powerpoint", "64818d10-4f9b-11cf-86ea-00aa00b929e8", "PowerPoint Document"},
    {"application/vnd.ms-powerpoint", "ea7bae70-fb3b-11cd-a903-00aa00510ea3", "PP40"}, /* PowerPoint 95 and 4 */
    {"application/vnd.ms-outlook", "00020d0b-0000-0000-c000-000000000046", "__properties_version1.0"},
    {"application/x-msi", "000c1084-0000-0000-c000-000000000046", NULL},
    {"application/x-msi", "000c1086-0000-0000-c000-000000000046", NULL}, /* a patch */
    {"application/x-msi", "000c1082-0000-0000-c000-000000000046", NULL}, /* a transform */
    {"application/vnd.visio", "00021a14-0000-0000-c000-000000000046", "VisioDocument"},
    {"application/vnd.ms-publisher", "00021201-0000-0000-00c0-000000000046", "Quill/QuillSub/CONTENTS"},
    {"application/vnd.ms-project", "74b78f3a-c8c8-11d1-be11-00c04fb6faf1", NULL},
    {"application/vnd.ms-works", "28cddbc2-0ae2-11ce-a29a-00aa004a1a72", "MatOST"},
    {"image/vnd.fpx", "56616700-c154-11ce-8553-00aa00a1f95b", NULL},
    {"application/vnd.stardivision.writer", NULL, "StarWriterDocument"},
    {"application/vnd.stardivision.calc", NULL, "StarCalcDocument"},
    {"application/vnd.stardivision.draw", NULL, "StarDrawDocument3"},
    {"application/x-hwp", NULL, "HwpSummaryInformation"},
    {"application/x-hwp", NULL, "\005HwpSummaryInformation"},
    {"application/vnd.ms-thumbs", NULL, "Catalog"},
};

#endif
