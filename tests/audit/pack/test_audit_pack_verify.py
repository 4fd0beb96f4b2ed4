import ast
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

from odoo.addons.invoicing_clerk.rules.audit.pack import audit_pack as rules
from odoo.addons.invoicing_clerk.rules.audit.pack import audit_pack_verify as verify
from odoo.addons.invoicing_clerk.tests.properties import property_of

CREATED = "2026-01-31T23:59:58Z"
PROGRAM = file_path("invoicing_clerk/rules/audit/pack/audit_pack_verify.py")
FILES = {
    "verify.py": b"print('sound')",
    "index.html": b"<html></html>",
    "items/00001 INV_1/cover.pdf": b"%PDF-1.4 cover",
    "items/00001 INV_1/empty.csv": b"",
    "items/00002 Ä/ü.txt": "größer".encode(),
}


def build(files=None, **about):
    """Return a small pack, built like a real one."""
    files = FILES if files is None else files
    out, entries, rows = io.BytesIO(), [], []
    for path, content in files.items():
        written = rules.write_entry(out, path, io.BytesIO(content), CREATED)
        entries.append(verify.Entry(path, written.size, written.crc))
        rows.append({"path": path, "size": written.size, "sha256": written.sha256})
    manifest = rules.manifest(about, CREATED, rows, [])
    head, content = io.BytesIO(), verify.dump(manifest)
    own = rules.write_entry(head, verify.MANIFEST, io.BytesIO(content), CREATED)
    entries.insert(0, verify.Entry(verify.MANIFEST, own.size, own.crc))
    tail = b"".join(verify.directory(entries, CREATED))
    return head.getvalue() + out.getvalue() + tail, manifest


def differences(content, root=""):
    return [str(each) for each in verify.check(io.BytesIO(content), root)]


PACK, MANIFEST = build()
ROOT = MANIFEST["root_hash"]
END = len(PACK)


@tagged("post_install", "-at_install")
class TestAuditPackVerify(BaseCase):
    """Verification detects and describes every change of a pack."""

    def test_pack_is_valid_and_a_standard_zip(self):
        self.assertEqual(differences(PACK, ROOT), [])
        with zipfile.ZipFile(io.BytesIO(PACK)) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(archive.namelist(), [verify.MANIFEST, *FILES])
            for path, content in FILES.items():
                self.assertEqual(archive.read(path), content)
            info = archive.getinfo("verify.py")
        self.assertEqual(info.date_time, (2026, 1, 31, 23, 59, 58))

    def test_same_files_give_the_same_bytes(self):
        self.assertEqual(build()[0], PACK)

    @property_of(400)
    @example(at=0, bit=0)
    @example(at=END - 1, bit=7)
    @given(at=st.integers(0, END - 1), bit=st.integers(0, 7))
    def test_flipped_bit_is_detected(self, at, bit):
        changed = bytearray(PACK)
        changed[at] ^= 1 << bit
        self.assertTrue(differences(bytes(changed)))

    def test_every_single_byte_counts(self):
        for at in range(END):
            changed = PACK[:at] + bytes([PACK[at] ^ 0xFF]) + PACK[at + 1 :]
            self.assertTrue(differences(changed), at)

    @property_of(300)
    @given(
        begin=st.integers(0, END),
        length=st.integers(0, 60),
        put=st.binary(max_size=60),
    )
    @example(begin=END, length=0, put=b"\0")
    @example(begin=0, length=0, put=b"PK")
    @example(begin=END - 22, length=22, put=b"")
    def test_replaced_removed_or_inserted_bytes_are_detected(self, begin, length, put):
        changed = PACK[:begin] + put + PACK[begin + length :]
        self.assertEqual(bool(differences(changed)), changed != PACK)

    @property_of(100)
    @given(kept=st.integers(0, END - 1))
    def test_truncation_is_detected(self, kept):
        self.assertTrue(differences(PACK[:kept]))

    @property_of(100)
    @given(
        action=st.sampled_from(["remove", "add", "rename", "swap", "change", "repack"]),
        which=st.sampled_from([verify.MANIFEST, *FILES]),
        compression=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
    )
    def test_changes_by_a_zip_program_are_detected(self, action, which, compression):
        with zipfile.ZipFile(io.BytesIO(PACK)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        names = list(members)
        if action == "remove":
            names.remove(which)
        elif action == "add":
            members["more.txt"] = b"more"
            names.append("more.txt")
        elif action == "rename":
            members["other name"] = members[which]
            names[names.index(which)] = "other name"
        elif action == "swap":
            names.reverse()
        elif action == "change":
            members[which] += b" "
        changed = io.BytesIO()
        with zipfile.ZipFile(changed, "w", compression) as archive:
            for name in names:
                archive.writestr(zipfile.ZipInfo(name), members[name])
        self.assertTrue(differences(changed.getvalue()))

    @property_of(60)
    @given(
        paths=st.lists(
            st.text(min_size=1, max_size=30).map(rules.safe_name),
            unique_by=str.casefold,
            max_size=6,
        ),
        contents=st.lists(st.binary(max_size=50), min_size=6, max_size=6),
    )
    def test_any_files_make_a_valid_pack(self, paths, contents):
        files = dict(zip(paths, contents, strict=False))
        content, manifest = build(files)
        self.assertEqual(differences(content, manifest["root_hash"]), [])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.assertEqual({p: archive.read(p) for p in files}, files)

    # Words

    def test_problems_are_described(self):
        at = PACK.index(b"<html>")
        self.assertEqual(
            differences(PACK[:at] + b"[" + PACK[at + 1 :]),
            ["index.html: its content was changed."],
        )
        self.assertEqual(
            differences(PACK + b"more"),
            [f"Data was added after the end of the ZIP, at byte {END}."],
        )
        self.assertIn("not an evidence pack", differences(b"Hello")[0])
        self.assertIn("truncated", differences(PACK[:-30])[-1])

    def test_missing_and_added_files_are_named(self):
        files = {**FILES, "new.txt": b"new"}
        del files["index.html"]
        changed, _manifest = build(files)
        problems = differences(
            PACK[: PACK.index(b"PK", 9)] + self._after_manifest(changed)
        )
        self.assertIn("index.html: the file is missing.", problems)
        self.assertIn("new.txt: the file was added or duplicated.", problems)

    def _after_manifest(self, pack):
        return pack[pack.index(b"PK", 9) :]

    def test_rebuilt_pack_has_another_root(self):
        forged, manifest = build({**FILES, "index.html": b"<html>forged</html>"})
        self.assertEqual(differences(forged), [])
        [problems] = differences(forged, ROOT)
        self.assertIn("a different pack", problems)
        self.assertIn(manifest["root_hash"], problems)

    def test_forged_root_is_detected(self):
        content = verify.dump({**MANIFEST, "root_hash": "0" * 64})
        begin = len(PACK) - len(self._after_manifest(PACK))
        head = verify.local_header(
            verify.Entry(verify.MANIFEST, len(content), verify.zlib.crc32(content)),
            CREATED,
        )
        self.assertEqual(len(head) + len(content), begin)
        problems = differences(head + content + PACK[begin:])
        self.assertIn(f"root hash should be {ROOT}", problems[0])

    def test_invalid_manifests(self):
        for content in (b"[]", b"{", b"[" * 100_000, b'{"a": NaN}', b"\xff", b"{}\n"):
            with self.assertRaises(verify.NotAPackError):
                verify.parse(content)

    # Large ones

    def test_large_numbers_use_zip64(self):
        """A smaller limit gives the same records as a file of 4 GiB."""
        with (
            patch.object(verify, "LIMIT_32", 5000),
            patch.object(verify, "LIMIT_16", 3),
        ):
            files = {"large": b"x" * 6000, **FILES}
            content, manifest = build(files)
            self.assertEqual(differences(content, manifest["root_hash"]), [])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(archive.read("large"), b"x" * 6000)
        self.assertIn(b"PK\6\6", content)

    def test_more_files_than_zip_without_zip64(self):
        files = {f"{number}.txt": b"" for number in range(65_540)}
        content, manifest = build(files)
        self.assertEqual(differences(content, manifest["root_hash"]), [])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.assertEqual(len(archive.namelist()), 65_541)

    # The program

    def _folder(self):
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        (folder / "pack.zip").write_bytes(PACK)
        return folder

    def _program(self, *arguments):
        # Isolated: nothing but the standard library can be imported.
        ran = subprocess.run(
            [sys.executable, "-I", "-S", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(ran.stderr, "")
        return ran.returncode, ran.stdout

    def test_script_verifies_a_zip(self):
        pack = self._folder() / "pack.zip"
        code, output = self._program(PROGRAM, pack)
        self.assertEqual((code, ROOT in output), (0, True), output)
        self.assertEqual(self._program(PROGRAM, pack, ROOT.upper())[0], 0)
        self.assertEqual(self._program(PROGRAM, pack, "0" * 64)[0], 1)
        pack.write_bytes(PACK[:-1])
        code, output = self._program(PROGRAM, pack)
        self.assertEqual(
            (code, "NOT identical to the pack as built" in output), (1, True)
        )
        code, output = self._program(PROGRAM, pack.with_name("none.zip"))
        self.assertEqual((code, "No such file" in output), (2, True))

    def test_script_verifies_an_unpacked_pack(self):
        folder = self._folder() / "unpacked"
        content, _manifest = build({**FILES, "verify.py": Path(PROGRAM).read_bytes()})
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(folder)
        self.assertEqual(self._program(folder / "verify.py")[0], 0)
        index = folder / "index.html"
        for change, words in (
            (lambda: index.write_bytes(b"<html></htmm>"), "content was changed"),
            (lambda: index.write_bytes(b"<html></html>more"), "content was changed"),
            (lambda: index.unlink(), "index.html: the file is missing"),
            (lambda: (folder / "more").touch(), "more: the file was added"),
            (lambda: (folder / "manifest.json").unlink(), "no manifest.json"),
        ):
            change()
            code, output = self._program(folder / "verify.py")
            self.assertEqual((code, words in output), (1, True), output)

    def test_script_runs_on_python_3_9(self):
        ast.parse(Path(PROGRAM).read_text(), feature_version=(3, 9))
