/* SPDX-License-Identifier: MIT */
/* Extensions of certificates: RFC 5280 4.2. What is not read here is named by its identifier alone. */
#ifndef CRYPTO_X509_EXTENSIONS_H
#define CRYPTO_X509_EXTENSIONS_H

#include "x509_parts.h"

/* 4.2.1.6: an alternative name as "DNS:example.org", "IP:192.0.2.1", "email:", "URI:", "DN:", "RID:". */
static inline void x509_general_name(struct x509 *m, const char *field, const struct adit_der_item *name, bool labelled)
{
    static const char *const labels[] = {"other", "email:", "DNS:", "X400", "DN:", "EDI", "URI:", "IP:", "RID:"};
    uint32_t kind = name->tag & 0x3fffffff;
    char *out = m->text;
    size_t n = 0, room = sizeof m->text;
    struct adit_der_item inner;
    struct adit_der d = adit_der(name->content);
    if (kind > 8)
        return;
    n = labelled ? (size_t)snprintf(out, room, "%s", labels[kind]) : 0;
    if (kind == 1 || kind == 2 || kind == 6) {
        struct adit_der_item text = {ADIT_DER_IA5_STRING, false, name->content, name->whole};
        size_t size = adit_der_text(&text, out + n, room - n);
        n += size < room - n ? size : 0;
    } else if (kind == 4 && adit_der_expect(&d, ADIT_DER_SEQUENCE, &inner)) {
        n = x509_name(inner.content, out, n, room);
    } else if (kind == 7 && (name->content.size == 4 || name->content.size == 16)) {
        struct adit_cursor c = adit_cursor_memory(name->content.data, name->content.size);
        bool four = name->content.size == 4;
        for (const char *dot = ""; adit_left(&c) > 0; dot = four ? "." : ":")
            n += four ? (size_t)snprintf(out + n, room - n, "%s%u", dot, adit_read_u8(&c))
                      : (size_t)snprintf(out + n, room - n, "%s%x", dot, adit_read_u16be(&c));
    } else if (kind == 8) {
        n += adit_der_oid(name->content, out + n, room - n);
    } else if (!labelled) {
        return;
    }
    (void)adit_emit_text(m->job, field, adit_text_of(out, n));
}

static inline void x509_general_names(struct x509 *m, const char *field, struct adit_text names)
{
    struct adit_der d = adit_der(names);
    struct adit_der_item name;
    while (adit_der_next(&d, &name))
        x509_general_name(m, field, &name, true);
}

/* 4.2.2.1: where to ask about revocation, and for the issuer. */
static inline void x509_access(struct x509 *m, struct adit_text content)
{
    struct adit_der list = adit_der(content);
    struct adit_der_item access, method, name;
    char oid[ADIT_DER_OID_TEXT];
    while (adit_der_next(&list, &access)) {
        struct adit_der d = adit_der(access.content);
        if (!adit_der_expect(&d, ADIT_DER_OID, &method) || !adit_der_next(&d, &name) ||
            !adit_der_oid(method.content, oid, sizeof oid))
            continue;
        if (strcmp(oid, "1.3.6.1.5.5.7.48.1") == 0)
            x509_general_name(m, "ocsp", &name, false);
        else if (strcmp(oid, "1.3.6.1.5.5.7.48.2") == 0)
            x509_general_name(m, "ca_issuers", &name, false);
    }
}

/* 4.2.1.13: DistributionPoint { [0] { [0] GeneralNames } … } */
static inline void x509_crl_points(struct x509 *m, struct adit_text content)
{
    struct adit_der list = adit_der(content);
    struct adit_der_item point, place, names, name;
    while (adit_der_next(&list, &point)) {
        struct adit_der d = adit_der(point.content);
        if (!adit_der_optional(&d, ADIT_DER_CONTEXT(0), &place))
            continue;
        d = adit_der(place.content);
        if (!adit_der_optional(&d, ADIT_DER_CONTEXT(0), &names))
            continue;
        d = adit_der(names.content);
        while (adit_der_next(&d, &name))
            x509_general_name(m, "crl", &name, false);
    }
}

/* 4.2.1.4 and 4.2.1.12: identifiers, by name where there is a table; those of policies lie in a SEQUENCE each. */
static inline void x509_oids(struct x509 *m, const char *field, struct adit_text content, const struct x509_oid *table,
                             size_t n)
{
    struct adit_der list = adit_der(content);
    struct adit_der_item item, inner;
    while (adit_der_next(&list, &item)) {
        struct adit_der d = adit_der(item.content);
        if (item.tag == ADIT_DER_SEQUENCE && adit_der_expect(&d, ADIT_DER_OID, &inner))
            item = inner;
        if (item.tag == ADIT_DER_OID)
            x509_emit_oid(m, field, item.content, table, n);
    }
}

static inline void x509_basic_constraints(struct x509 *m, struct adit_text content)
{
    struct adit_der d = adit_der(content);
    struct adit_der_item item;
    uint64_t length;
    bool ca = adit_der_optional(&d, ADIT_DER_BOOLEAN, &item) && item.content.size == 1 && item.content.data[0] != 0;
    (void)adit_emit_bool(m->job, "ca", ca);
    if (adit_der_optional(&d, ADIT_DER_INTEGER, &item) && adit_der_u64(item.content, &length))
        (void)adit_emit_u64(m->job, "path_length", length);
}

/* What an extension says; `value` is the content of its OCTET STRING. */
static inline void x509_extension(struct x509 *m, const char *oid, struct adit_text value)
{
    struct adit_der d = adit_der(value);
    struct adit_der_item item, key;
    if (!adit_der_next(&d, &item)) {
        adit_complain(&m->report, "extension %s: %s", oid, d.fault ? d.fault : "it is empty");
        return;
    }
    if (strcmp(oid, "2.5.29.17") == 0)
        x509_general_names(m, "subject_alt_names", item.content);
    else if (strcmp(oid, "2.5.29.18") == 0)
        x509_general_names(m, "issuer_alt_names", item.content);
    else if (strcmp(oid, "2.5.29.19") == 0)
        x509_basic_constraints(m, item.content);
    else if (strcmp(oid, "2.5.29.37") == 0)
        x509_oids(m, "extended_key_usage", item.content, X509_TABLE(x509_purposes));
    else if (strcmp(oid, "2.5.29.32") == 0)
        x509_oids(m, "policies", item.content, NULL, 0);
    else if (strcmp(oid, "2.5.29.31") == 0)
        x509_crl_points(m, item.content);
    else if (strcmp(oid, "1.3.6.1.5.5.7.1.1") == 0)
        x509_access(m, item.content);
    else if (strcmp(oid, "2.5.29.14") == 0)
        x509_emit_hex(m, "subject_key_id", item.content);
    else if (strcmp(oid, "2.5.29.35") == 0) {
        d = adit_der(item.content);
        if (adit_der_optional(&d, ADIT_DER_CONTEXT(0), &key))
            x509_emit_hex(m, "authority_key_id", key.content);
    } else if (strcmp(oid, "2.5.29.15") == 0) {
        for (uint32_t i = 0; i < sizeof x509_usages / sizeof *x509_usages; i++)
            if (adit_der_bit(item.content, i))
                (void)adit_emit_string(m->job, "key_usage", x509_usages[i]);
    }
}

/* 4.1.2.9: each is an identifier, whether it is critical, and a value. */
static inline void x509_extensions(struct x509 *m, struct adit_text list_content)
{
    struct adit_der list = adit_der(list_content);
    struct adit_der_item extension, id, critical, value;
    char oid[ADIT_DER_OID_TEXT];
    while (adit_der_next(&list, &extension)) {
        struct adit_der d = adit_der(extension.content);
        if (!adit_der_expect(&d, ADIT_DER_OID, &id) || !adit_der_oid(id.content, oid, sizeof oid))
            continue;
        bool is_critical = adit_der_optional(&d, ADIT_DER_BOOLEAN, &critical) && critical.content.size == 1 &&
                           critical.content.data[0] != 0;
        (void)adit_begin_object(m->job, "extensions");
        (void)adit_emit_string(m->job, "oid", oid);
        (void)adit_emit_bool(m->job, "critical", is_critical);
        (void)adit_end(m->job);
        if (adit_der_expect(&d, ADIT_DER_OCTET_STRING, &value))
            x509_extension(m, oid, value.content);
    }
    if (list.fault)
        adit_complain(&m->report, "extensions: %s", list.fault);
}

#endif
