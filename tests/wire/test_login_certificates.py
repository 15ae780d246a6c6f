# SPDX-License-Identifier: MIT
"""deploy/nginx/login/certificates.conf, with certificates that openssl makes: which open pages, as whom, and which do not."""
import secrets
import subprocess
import tempfile
import unittest
from pathlib import Path

from daybook import TestCase
from each_claim import CLOSED, OPEN, Claims
from login_site import Site, client_context

PERSON = "ann" + secrets.token_hex(4)

# The subject of a certificate ({p}: a person's name), and whom it names; nobody without a name. `,` and `+`
# within a value are values, not ends.
NAMES = {
    "/O=Acme/CN={p}": "{p}",
    "/CN={p}/O=Acme": "{p}",
    "/CN={p}/emailAddress=eve@example.com": "{p}",
    "/CN=eve/CN={p}": "{p}",  # the most specific one
    "/O=Acme/CN={p}@example.com": "{p}@example.com",
    "/O=Acme/CN=Ann Lee": "Ann Lee",
    "/O=x,CN={p}/CN=mallory": "mallory",
    "/CN=mallory/O=x,CN={p}": "mallory",
    "/CN=mallory/O=x\\\\,CN={p}": "mallory",
    "/O=CN={p}/CN=mallory": "mallory",
    "/O=Acme": None,
    "/O=x,CN={p}": None,
    "/OU=CN={p}": None,
    "/CN={p},x": None,
    "/CN=x,CN={p}": None,
    "/CN={p},": None,
    "/CN=\\\\{p}": None,
    "/CN={p}/CN=jos\u00e9": None,
    "/O=x/CN={p}+OU=y": None,
}


class Authority:
    """A CA below `folder`, and what it issues."""

    def __init__(self, folder, name):
        self.folder = Path(folder) / name
        self.folder.mkdir()
        self.certificate = self.folder / "ca.pem"
        self.revoked = self.folder / "revoked.pem"
        (self.folder / "index.txt").touch()
        (self.folder / "serial").write_text("1000\n")
        (self.folder / "number").write_text("01\n")
        (self.folder / "ca.conf").write_text(
            "[ca]\ndefault_ca = x\n[x]\ndir = .\ndatabase = index.txt\nserial = serial\ncrlnumber = number\n"
            "certificate = ca.pem\nprivate_key = ca.key\nnew_certs_dir = .\ndefault_md = sha256\npolicy = any\n"
            "unique_subject = no\n[any]\n")
        self.run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30",
                 "-subj", f"/CN={name}")
        self.count = 0

    def run(self, *command):
        done = subprocess.run(["openssl", *command], cwd=self.folder, check=False, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()

    def issue(self, subject, *options):
        """Files of certificate and key."""
        self.count += 1
        name = str(self.count)
        self.run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-utf8",
                 "-multivalue-rdn", "-subj", subject)
        self.run("ca", "-batch", "-notext", "-preserveDN", "-config", "ca.conf", "-in", f"{name}.csr", "-out", f"{name}.pem",
                 *(options or ("-days", "20")))
        return str(self.folder / f"{name}.pem"), str(self.folder / f"{name}.key")

    def revoke(self, certificate):
        self.run("ca", "-config", "ca.conf", "-revoke", certificate[0])

    def write_revoked(self):
        self.run("ca", "-config", "ca.conf", "-gencrl", "-crldays", "20", "-out", "revoked.pem")


class Certificates(Claims, TestCase):
    refused_status = (403,)

    @classmethod
    def setUpClass(cls):
        cls.make_account(PERSON)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.people, cls.others = (Authority(folder.name, name) for name in ("people", "others"))
        server = cls.others.issue("/CN=localhost")
        cls.ann = cls.people.issue(f"/O=Acme/CN={PERSON}")
        cls.revoked = cls.people.issue(f"/O=Acme/CN={PERSON}")
        cls.people.revoke(cls.revoked)
        cls.people.write_revoked()
        cls.site = Site("certificates", {
            "/etc/nginx/daybook-people.pem": cls.people.certificate,
            "#ssl_crl /etc/nginx/daybook-revoked.pem": f"ssl_crl {cls.people.revoked}",
        }, "ssl", f"ssl_certificate {server[0]}; ssl_certificate_key {server[1]};")
        cls.addClassCleanup(cls.site.close)

    def get_as(self, certificate, target="/{0}/events"):
        return self.site.get(self.path(target), context=client_context(certificate))

    def test_it_opens_pages(self):
        for target in CLOSED[1:8]:
            self.assertEqual(200, self.get_as(self.ann, target).status, target)
        answer = self.get_as(self.ann)
        self.assertIn("closed", answer.text)
        self.assertNotIn("Sign out", answer.text)

    def test_claims_of_somebody_else(self):
        self.try_claims(statuses=(403, 404), context=client_context(self.people.issue("/CN=mallory")))

    def test_whom_it_names(self):
        for subject, name in NAMES.items():
            subject, name = subject.format(p=PERSON), name and name.format(p=PERSON)
            with self.subTest(subject):
                answer = self.get_as(self.people.issue(subject), "/")
                if name == PERSON:
                    self.assertEqual((303, f"/{self.account.slug}/events"), (answer.status, answer.headers["Location"]))
                elif name:
                    self.assertEqual(403, answer.status)
                    self.assertIn(f"signed in as &quot;{name}&quot;", answer.text)
                else:
                    self.assertEqual(403, answer.status)
                    self.assertIn("certificate", answer.text)
                    self.assertNotIn("X-Request-ID", answer.headers, "no handler was asked")

    def test_what_is_not_accepted(self):
        """Of another CA, made by oneself, expired, not valid yet, revoked: for any address, and nginx says why to people."""
        cases = {
            "another CA": self.others.issue(f"/O=Acme/CN={PERSON}"),
            "expired": self.people.issue(f"/O=Acme/CN={PERSON}", "-startdate", "200101000000Z", "-enddate", "210101000000Z"),
            "not yet": self.people.issue(f"/O=Acme/CN={PERSON}", "-startdate", "490101000000Z", "-enddate", "491231000000Z"),
            "revoked": self.revoked,
        }
        for name, certificate in cases.items():
            for target in (*CLOSED, *OPEN):
                answer = self.get_as(certificate, target)
                self.assertClosed(answer, (403,), target, name)
                self.assertIn("certificate", answer.text)

    def test_without_tls_there_is_nobody(self):
        """As if `ssl` had been forgotten behind the port."""
        with Site("certificates", {"/etc/nginx/daybook-people.pem": self.people.certificate}) as site:
            for target in CLOSED:
                self.assertClosed(site.get(self.path(target)), (403,), target, "plain")


if __name__ == "__main__":
    unittest.main()
