#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the samples of crypto/x509, with the openssl that is installed: x509.py, from the project's root. Keys are made, used and
thrown away, so each run writes others."""
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path("tests/plugins/crypto/x509")
SEEDS = pathlib.Path("tests/fuzz/corpus/der")
EXTENSIONS = [
    "basicConstraints=critical,CA:true,pathlen:1", "keyUsage=critical,keyCertSign,cRLSign", "extendedKeyUsage=serverAuth,1.2.3.4",
    "subjectAltName=DNS:example.org,IP:192.0.2.1,IP:2001:db8::1,email:a@example.org,URI:https://example.org/,RID:1.2.3,dirName:dir",
    "authorityInfoAccess=OCSP;URI:http://ocsp.example.org/,caIssuers;URI:http://example.org/ca.crt",
    "crlDistributionPoints=URI:http://example.org/ca.crl", "certificatePolicies=2.5.29.32.0,1.2.3.4.5"]


def certificate(folder, name, key, subject, extensions):
    config = folder / "config"
    config.write_text("[req]\ndistinguished_name=dn\n[dn]\n[dir]\nCN=directory\nO=Example, Inc.\n")
    command = ["openssl", "req", "-x509", "-config", config, "-newkey", *key, "-nodes", "-keyout", folder / "key", "-utf8", "-subj", subject,
               "-days", "3650", "-set_serial", "0xC0FFEE0123456789", "-outform", "DER", "-out", folder / name]
    for e in extensions:
        command += ["-addext", e]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return (folder / name).read_bytes()


def pem(der):
    return subprocess.run(["openssl", "x509", "-inform", "DER"], input=der, stdout=subprocess.PIPE, check=True).stdout


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    SEEDS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        ec = certificate(folder, "ec", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
                         "/C=DE/O=Grüße, \"GmbH\"/OU=One/OU=Two/CN=Sample CA", EXTENSIONS)
        rsa = certificate(folder, "rsa", ["rsa:1024"], "/CN=Small RSA+UID=7", [])
        ed = certificate(folder, "ed", ["ed25519"], "/O=Nobody", [])
    (HERE / "extensions.crt").write_bytes(ec)
    (HERE / "chain.crt").write_bytes(pem(rsa) + b"between\n" + pem(ed))
    (HERE / "cut.crt").write_bytes(ec[:400])
    broken = bytearray(ec)
    at = broken.index(b"\x17\x0d")
    broken[at + 4:at + 6] = b"99"  # the month
    (HERE / "month.crt").write_bytes(broken)
    (SEEDS / "extensions").write_bytes(ec)
    (SEEDS / "rsa").write_bytes(rsa)
    (SEEDS / "indefinite").write_bytes(bytes.fromhex("308024800401780000020107000005001f8101013080a0800c01617800000000"))


main()
