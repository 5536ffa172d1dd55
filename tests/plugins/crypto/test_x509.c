/* SPDX-License-Identifier: MIT */
/* Certificates that are put together here. openssl(1) 3.0 says the same of these bytes (X509_DUMP=FOLDER writes them; x509 -text, -serial,
 * -dates, -nameopt RFC2253, which has names from their end), but where a comment tells. */
#include "../image/plugin_test.h"

enum { MOST = 4096 };

struct bytes {
    uint8_t data[MOST];
    size_t size;
};

static void add(struct bytes *b, const void *data, size_t n)
{
    assert_true(n <= MOST - b->size);
    memcpy(b->data + b->size, data, n);
    b->size += n;
}

static unsigned digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* DER as text: bytes are two digits or 'text'; {} around content puts its length before it, so that "02{01}" is an INTEGER. */
static const char *make(const char *s, struct bytes *out)
{
    while (*s && *s != '}') {
        const char *end = s;
        if (*s == ' ') {
            s++;
        } else if (*s == '\'') {
            end = strchr(s + 1, '\'');
            add(out, s + 1, (size_t)(end - s) - 1);
            s = end + 1;
        } else if (*s == '{') {
            struct bytes in = {.size = 0};
            s = make(s + 1, &in) + 1;
            uint8_t head[3] = {(uint8_t)in.size};
            size_t n = 1;
            if (in.size > 255) {
                memcpy(head, (uint8_t[]){0x82, (uint8_t)(in.size >> 8), (uint8_t)in.size}, 3);
                n = 3;
            } else if (in.size > 127) {
                memcpy(head, (uint8_t[]){0x81, (uint8_t)in.size}, 2);
                n = 2;
            }
            add(out, head, n);
            add(out, in.data, in.size);
        } else {
            add(out, &(uint8_t){(uint8_t)(digit(s[0]) << 4 | digit(s[1]))}, 1);
            s += 2;
        }
    }
    return s;
}

#define CN(type_and_value) "31{30{06{550403}" type_and_value "}}"
#define NAME CN("0c{'Test'}")
#define YEAR "17{'260101000000Z'}17{'270101000000Z'}"
#define ALGORITHM "30{06{2a8648ce3d040302}}" /* ecdsaWithSHA256 */
#define ED25519 "30{30{06{2b6570}}03{00 4141414141414141414141414141414141414141414141414141414141414141}}"
#define RSA                                                                                                            \
    "30{30{06{2a864886f70d010101}0500}03{00 30{02{00 c1414141414141414141414141414141414141414141414141414141414141"   \
    "41}02{010001}}}}"
#define CERTIFICATE(serial, issuer, validity, subject, key, extensions)                                                \
    "30{30{a0{02{02}}02{" serial "}" ALGORITHM "30{" issuer "}30{" validity "}30{" subject "}" key extensions          \
    "}" ALGORITHM "03{00 30{02{01}02{01}}}}"
#define EXTENSION(id_and_critical, value) "a3{30{30{06{" id_and_critical "04{" value "}}}}"

static void run(struct module_test *t, const char *text)
{
    struct bytes b = {.size = 0};
    assert_int_equal(*make(text, &b), '\0');
    const char *folder = getenv("X509_DUMP"); /* for openssl(1) */
    static unsigned number;
    if (folder) {
        char path[256];
        (void)snprintf(path, sizeof path, "%s/%02u.der", folder, number++);
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(b.data, 1, b.size, f), b.size);
        (void)fclose(f);
    }
    uint8_t *exact = malloc(b.size ? b.size : 1);
    assert_non_null(exact);
    memcpy(exact, b.data, b.size);
    module_run(t, exact, b.size);
    free(exact);
}

/* RFC 5280 4.1.2.5: years of two digits are 1950 to 2049, and from 2050 on there are four. */
static void test_times(void **state)
{
    static const struct {
        const char *validity, *not_before, *not_after;
    } cases[] = {
        {"17{'491231235959Z'}18{'20500101000000Z'}", "2049-12-31T23:59:59Z", "2050-01-01T00:00:00Z"},
        {"17{'500101000000Z'}17{'491231235959Z'}", "1950-01-01T00:00:00Z", "2049-12-31T23:59:59Z"},
        {"17{'991231235959Z'}17{'000101000000Z'}", "1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z"},
        {"17{'700101000000Z'}18{'99991231235959Z'}", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"},
        {"18{'20491231235959Z'}18{'20000229120000Z'}", "2049-12-31T23:59:59Z", "2000-02-29T12:00:00Z"},
    };
    struct module_test *t = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1024], line[64];
        (void)snprintf(text, sizeof text, CERTIFICATE("01", NAME, "%s", NAME, ED25519, ""), cases[i].validity);
        run(t, text);
        assert_int_equal(t->status, ADIT_OK);
        (void)snprintf(line, sizeof line, "not_before = %s", cases[i].not_before);
        expect_line(t, line);
        (void)snprintf(line, sizeof line, "not_after = %s", cases[i].not_after);
        expect_line(t, line);
    }
}

/* openssl: "Bad time value", and of text that is no time at all, no certificate; the other time is told. */
static void test_bad_times(void **state)
{
    static const char *const bad[] = {
        "17{'261301000000Z'}", "17{'260230000000Z'}", "17{'260101240000Z'}", "17{'26010100000'}", "17{''}",
        "0c{'260101000000Z'}", "18{'2026'}",          "17{'26 101000000Z'}"};
    struct module_test *t = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[1024];
        (void)snprintf(text, sizeof text, CERTIFICATE("01", NAME, "%s17{'270101000000Z'}", NAME, ED25519, ""), bad[i]);
        run(t, text);
        assert_int_equal(t->status, ADIT_MALFORMED);
        expect_none(t, "not_before");
        expect_line(t, "not_after = 2027-01-01T00:00:00Z");
        expect_line(t, "warning validity: not_before is no time (RFC 5280 4.1.2.5)");
    }
}

/* Types of strings, attributes in one set, attributes without a name, what RFC 4514 2.4 escapes. */
static void test_names(void **state)
{
    static const struct {
        const char *name, *text, *common;
    } cases[] = {
        {CN("13{'printable'}"), "CN=printable", "printable"},
        {CN("1e{004200e4007220ac}"), "CN=B\u00e4r\u20ac", "B\u00e4r\u20ac"},
        {CN("1c{000000420001f600}"), "CN=B\U0001f600", "B\U0001f600"},
        {CN("0c{'a,b+c\"d'}"), "CN=a\\,b\\+c\\\"d", "a,b+c\"d"},
        {CN("14{'x'e4}"), "CN=x\u00e4", "x\u00e4"},
        {"31{30{06{550406}13{'DE'}}}31{30{06{55040a}0c{'O'}}30{06{550403}0c{'N'}}}", "C=DE, O=O+CN=N", "N"},
        {"31{30{06{2a0304}0c{'v'}}}", "1.2.3.4=v", NULL}, /* openssl: "#0C0176" */
        {CN("0c{'outer'}") CN("0c{'inner'}"), "CN=outer, CN=inner", "inner"},
        {"31{30{06{0992268993f22c640119}16{'org'}}}31{30{06{0992268993f22c640119}16{'example'}}}", "DC=org, DC=example",
         NULL},
    };
    struct module_test *t = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1024], line[128];
        (void)snprintf(text, sizeof text, CERTIFICATE("01", "%s", YEAR, NAME, ED25519, ""), cases[i].name);
        run(t, text);
        assert_int_equal(t->status, ADIT_OK);
        (void)snprintf(line, sizeof line, "issuer = %s", cases[i].text);
        expect_line(t, line);
        (void)snprintf(line, sizeof line, "issuer_common_name = %s", cases[i].common ? cases[i].common : "");
        if (cases[i].common)
            expect_line(t, line);
        else
            expect_none(t, line);
        expect_line(t, "self_issued = false");
        expect_line(t, "subject = CN=Test");
    }
    run(t, CERTIFICATE("01", NAME, YEAR, NAME, ED25519, ""));
    expect_line(t, "self_issued = true");
}

static void test_numbers_and_keys(void **state)
{
    struct module_test *t = *state;
    run(t, CERTIFICATE("00 ff00000000000000000000000000000000000001", NAME, YEAR, NAME, RSA, ""));
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "version = 3");
    expect_line(t, "serial_number = FF00000000000000000000000000000000000001");
    expect_line(t, "signature_algorithm = ecdsaWithSHA256");
    expect_line(t, "public_key_algorithm = rsaEncryption");
    expect_line(t, "public_key_bits = 256"); /* c1… has its highest bit set */
    expect_line(t, "rsa_exponent = 65537");
    run(t, CERTIFICATE("00", NAME, YEAR, NAME, ED25519, ""));
    expect_line(t, "serial_number = 00");
    expect_line(t, "public_key_algorithm = Ed25519");
    expect_line(t, "public_key_bits = 256");
    /* Version 1 has no number of its own (4.1.2.1). */
    run(t, "30{30{02{7f}" ALGORITHM "30{" NAME "}30{" YEAR "}30{" NAME "}" ED25519 "}" ALGORITHM "03{00}}");
    expect_line(t, "version = 1");
    expect_line(t, "serial_number = 7F");
}

static void test_extensions(void **state)
{
    struct module_test *t = *state;
#define RUN(id_and_critical, value)                                                                                    \
    run(t, CERTIFICATE("01", NAME, YEAR, NAME, ED25519, EXTENSION(id_and_critical, value)))
    RUN("551d13}01{ff}", "30{01{ff}02{00}}");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "extensions.oid = 2.5.29.19");
    expect_line(t, "extensions.critical = true");
    expect_line(t, "ca = true");
    expect_line(t, "path_length = 0");
    RUN("551d13}", "30{}"); /* CA:FALSE */
    expect_line(t, "extensions.critical = false");
    expect_line(t, "ca = false");
    expect_none(t, "path_length");
    RUN("551d0f}", "03{05a0}"); /* Digital Signature, Key Encipherment */
    expect_line(t, "key_usage = digitalSignature");
    expect_line(t, "key_usage = keyEncipherment");
    expect_none(t, "key_usage = nonRepudiation");
    expect_none(t, "key_usage = dataEncipherment");
    RUN("551d0f}", "03{070080}"); /* bit 8: Decipher Only */
    expect_line(t, "key_usage = decipherOnly");
    expect_none(t, "key_usage = digitalSignature");
    RUN("551d11}", "30{82{'a.example'}81{'b@example'}86{'ldap://c'}87{c0000201}"
                   "87{20010db8000000000000000000000001}88{2a0304}a4{30{" NAME "}}87{0102}}");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "subject_alt_names = DNS:a.example");
    expect_line(t, "subject_alt_names = email:b@example");
    expect_line(t, "subject_alt_names = URI:ldap://c");
    expect_line(t, "subject_alt_names = IP:192.0.2.1");
    expect_line(t, "subject_alt_names = IP:2001:db8:0:0:0:0:0:1");
    expect_line(t, "subject_alt_names = RID:1.2.3.4");
    expect_line(t, "subject_alt_names = DN:CN=Test");
    expect_line(t, "subject_alt_names = IP:"); /* openssl: "<invalid length=2>" */
    RUN("551d25}", "30{06{2b06010505070301}06{2a0304}}");
    expect_line(t, "extended_key_usage = serverAuth");
    expect_line(t, "extended_key_usage = 1.2.3.4");
    RUN("551d23}", "30{80{0102ff}}");
    expect_line(t, "authority_key_id = 0102FF");
    RUN("551d0e}", "04{0102ff}");
    expect_line(t, "subject_key_id = 0102FF");
    RUN("2a030405}01{ff}", "ff"); /* not known: its value may be anything */
    expect_line(t, "extensions.oid = 1.2.3.4.5");
    expect_line(t, "extensions.critical = true");
#undef RUN
}

/* Structures that are none: told where they are wrong, declined where they are something else. */
static void test_malformed(void **state)
{
    static const struct {
        const char *text;
        int32_t status;
    } cases[] = {
        {"", ADIT_DECLINED},
        {"02{01}", ADIT_DECLINED},
        {"3003", ADIT_MALFORMED},                   /* goes on beyond the end */
        {"3084ffffffff", ADIT_MALFORMED},           /* so does this, by 4 GiB */
        {"3089010000000000000000", ADIT_MALFORMED}, /* a length of more than 64 bits */
        {"3080", ADIT_MALFORMED},                   /* no end */
        {"30{}", ADIT_DECLINED},
        {"30{30{02{01}}30{}03{00}}", ADIT_DECLINED},                        /* no algorithm */
        {"30{30{02{01}" ALGORITHM "}" ALGORITHM "03{00}}", ADIT_MALFORMED}, /* and then nothing */
        {"30{30{06{2a864886f70d010101}0500}03{00}}", ADIT_DECLINED},        /* a public key */
    };
    struct module_test *t = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run(t, cases[i].text);
        if (t->status != cases[i].status)
            print_error("%s\n", cases[i].text);
        assert_int_equal(t->status, cases[i].status);
        if (t->status == ADIT_MALFORMED)
            expect_beginning(t, "warning certificate: ");
    }
    /* Of an extension that is malformed the rest of the certificate is told. */
    run(t, CERTIFICATE("01", NAME, YEAR, NAME, ED25519, EXTENSION("551d13}", "3005")));
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "subject = CN=Test");
    expect_line(t, "extensions.oid = 2.5.29.19");
    expect_none(t, "ca =");
    expect_beginning(t, "warning extension 2.5.29.19: ");
    expect_beginning(t, "fingerprint_sha256 = ");
}

/* Cut at any length, it is never taken for whole. */
static void test_cut(void **state)
{
    struct module_test *t = *state;
    struct bytes b = {.size = 0};
    (void)make(CERTIFICATE("01", NAME, YEAR, NAME, RSA, EXTENSION("551d11}", "30{82{'a.example'}}")), &b);
    for (size_t n = 1; n < b.size; n++) {
        module_run(t, b.data, n);
        assert_int_equal(t->status, ADIT_MALFORMED);
        expect_none(t, "fingerprint");
    }
    module_run(t, b.data, b.size);
    assert_int_equal(t->status, ADIT_OK);
    add(&b, "\0\1\2", 3);
    module_run(t, b.data, b.size);
    expect_line(t, "trailing_size = 3");
}

/* RFC 7468 5.1; of the sample "openssl x509 -fingerprint -sha256" and "-sha1" say so. */
static void test_pem(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, "tests/plugins/crypto/x509/chain.crt");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "fingerprint_sha256 = ACEF343D8D622FB48AF3F720AA5DFA8DD3AF73431C5B0CB7E20C87DDC159F370");
    expect_line(t, "fingerprint_sha1 = C356A97032C48094E580053FF1DE1C80273BDAA1");
    expect_beginning(t, "stream certificate-2 application/pkix-cert ");
    static const char none[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    module_run(t, none, sizeof none - 1);
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_beginning(t, "warning PEM: ");
    static const char key[] = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    module_run(t, key, sizeof key - 1);
    assert_int_equal(t->status, ADIT_DECLINED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),      cmocka_unit_test(test_bad_times),
        cmocka_unit_test(test_names),      cmocka_unit_test(test_numbers_and_keys),
        cmocka_unit_test(test_extensions), cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_cut),        cmocka_unit_test(test_pem),
    };
    return module_tests("crypto/x509", tests);
}
