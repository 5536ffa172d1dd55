/* SPDX-License-Identifier: MIT */
/* ESRI shapefiles: geometry of the main file, and what its companions say: attributes (.dbf), reference system (.prj), encoding (.cpg),
 * index (.shx). Source: ESRI Shapefile Technical Description (1998). */
#include "shapefile_companions.h"
#include "shapefile_records.h"

ADIT_MODULE("shapefile", "1.0.0")

#define KEEP(member) ADIT_KEEP(struct shapefile, member)

/* "Numeric Types": values below -10^38 mean that there is none. */
static void emit_bound(const struct adit_call *job, const char *name, const struct adit_value *value, void *keep)
{
    (void)keep;
    if (isfinite(value->as.f64) && value->as.f64 >= -1e38)
        (void)adit_emit_f64(job, name, value->as.f64);
}

static void emit_z(const struct adit_call *job, const char *name, const struct adit_value *value, void *keep)
{
    const struct shapefile *s = (const struct shapefile *)keep;
    if (form_of(s) & FORM_Z)
        emit_bound(job, name, value, keep);
}

/* Types from 11 on have measures. */
static void emit_m(const struct adit_call *job, const char *name, const struct adit_value *value, void *keep)
{
    const struct shapefile *s = (const struct shapefile *)keep;
    if (s->type > 10)
        emit_bound(job, name, value, keep);
}

/* Table 1: "Description of the Main File Header" */
static const struct adit_row header[] = {
    ADIT_MAGIC("\0\0\x27\x0a"), /* 9994 */
    ADIT_AT(24),
    ADIT_U32BE(NULL, KEEP(words)),
    ADIT_U32LE("version"),
    ADIT_U32LE("shape_type", KEEP(type), ADIT_NAMES("shape_type_name", shapes)),
    ADIT_BEGIN("bounds"),
    ADIT_F64LE("x_min", ADIT_BY(emit_bound)),
    ADIT_F64LE("y_min", ADIT_BY(emit_bound)),
    ADIT_F64LE("x_max", ADIT_BY(emit_bound)),
    ADIT_F64LE("y_max", ADIT_BY(emit_bound)),
    ADIT_F64LE("z_min", ADIT_BY(emit_z)),
    ADIT_F64LE("z_max", ADIT_BY(emit_z)),
    ADIT_F64LE("m_min", ADIT_BY(emit_m)),
    ADIT_F64LE("m_max", ADIT_BY(emit_m)),
    ADIT_END,
};

static int32_t run(void *state, const struct adit_call *job)
{
    struct shapefile s = {.job = job, .status = ADIT_OK};
    struct adit_cursor c = adit_cursor(job);
    (void)state;
    int32_t status = adit_record(&c, ADIT_ROWS(header), &s);
    if (s.words * 2ull != adit_size(job) && (status == ADIT_OK || s.words > 0)) {
        (void)adit_warnf(job, "offset 24: the file should have %llu bytes, it has %llu", LL(s.words * 2ull),
                         LL(adit_size(job)));
        s.status = ADIT_MALFORMED;
    }
    if (status != ADIT_OK) {
        (void)adit_warn(job, "offset 0: expected the file code 9994 and a header of 100 bytes");
        return ADIT_MALFORMED;
    }
    bool whole = read_records(&s, &c, adit_option_u64(job, "max_records", 500000));
    emit_records(&s, whole);
    read_reference(&s);
    read_table(&s, read_encoding(&s), whole);
    return s.status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
