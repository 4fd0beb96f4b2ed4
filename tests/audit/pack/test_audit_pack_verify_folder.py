import contextlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.audit.pack import audit_pack_verify as verify
from odoo.addons.invoicing_clerk.tests.audit.pack.test_audit_pack_verify import (
    PROGRAM,
    build,
)

SECONDS = 60
PLANTED = b"import sys\nsys.stdout.write('PLANTED')\nsys.exit(0)\n"
# Modules that the script or Python's own modules import.
IMPORTED = (
    *("__future__", "hashlib", "json", "os", "re", "stat", "struct", "unicodedata"),
    *("zipfile", "zlib", "collections", "typing", "_hashlib", "abc", "io", "enum"),
    *("shutil", "threading", "random", "codecs", "encodings", "functools", "ntpath"),
    *("warnings", "sitecustomize", "usercustomize", "site", "runpy", "verify", "sys"),
)
FILES = {
    "index.html": b"<html></html>",
    "items/00001 INV_1/cover.pdf": b"%PDF-1.4 cover",
    "items/00002 \u00c4/\u00fc.txt": b"text",
}


def odd(*paths, **sizes):
    """Return a manifest that lists these paths, with sizes and a root hash that fit."""
    files = [
        {"path": path, "size": sizes.get("size", 1), "sha256": "0" * 64}
        for path in paths
    ]
    content = {
        "format": verify.FORMAT,
        "created": "2026-01-31T23:59:58Z",
        "files": files,
        "missing": [],
    }
    return verify.dump({**content, "root_hash": verify.root_hash(content)})


@tagged("post_install", "-at_install")
class TestAuditPackVerifyFolder(BaseCase):
    """The script in a pack is run as users do, in folders that somebody prepared."""

    def _folder(self):
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        pack, _manifest = build({**FILES, "verify.py": Path(PROGRAM).read_bytes()})
        (folder / "pack.zip").write_bytes(pack)
        with zipfile.ZipFile(io.BytesIO(pack)) as archive:
            archive.extractall(folder / "pack")
        return folder / "pack"

    def _run(self, *arguments, folder=None, **variables):
        """Run Python; it must end, without an error of Python."""
        ran = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **variables},
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        output = ran.stdout.decode(errors="replace")
        self.assertNotIn(b"Traceback", ran.stderr, arguments)
        return ran.returncode, output

    def test_files_beside_the_script_are_not_imported(self):
        """A file beside the script ran instead of it and said that all is well.

        29 modules, each as a file, a folder and a compiled file, in four ways to call.
        """
        folder = self._folder()
        for name in IMPORTED:
            (folder / f"{name}.py").write_bytes(PLANTED)
            (folder / name).mkdir()
            (folder / name / "__init__.py").write_bytes(PLANTED)
            (folder / f"{name}.pyc").write_bytes(PLANTED)
        shutil.copy(PROGRAM, folder / "verify.py")
        for arguments, variables in (
            (["-I", "verify.py"], {"PYTHONPATH": str(folder)}),
            (["verify.py"], {}),
            (["-P", "verify.py"], {}),
            (["-E", folder / "verify.py", folder], {}),
            (["-S", "verify.py", "."], {}),
        ):
            with self.subTest(arguments=arguments):
                code, output = self._run(*arguments, folder=folder, **variables)
                self.assertEqual(code, 1, output)
                self.assertIn("hashlib.py: the file was added", output)
                self.assertNotIn("PLANTED", output)

    def test_path_of_the_environment(self):
        """A folder in ``PYTHONPATH`` came before Python's own."""
        folder = self._folder()
        for name in ("hashlib", "json", "zipfile", "typing", "struct"):
            (folder / f"{name}.py").write_bytes(PLANTED)
        for arguments in (["verify.py"], ["-s", "verify.py"], ["-", folder]):
            ran = subprocess.run(
                [sys.executable, *map(str, arguments)],
                cwd=folder,
                input=Path(PROGRAM).read_bytes() if arguments[0] == "-" else None,
                env={**os.environ, "PYTHONPATH": f".{os.pathsep}{folder}"},
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
            self.assertNotIn(b"PLANTED", ran.stdout)
            self.assertNotEqual(ran.returncode, 0)

    def test_sound_folder_in_each_way(self):
        folder = self._folder()
        for arguments in (
            ["-I", "verify.py"],
            ["verify.py"],
            ["-I", "verify.py", "."],
            ["-I", "verify.py", "../pack.zip"],
            ["-I", "-S", "-B", folder / "verify.py"],
        ):
            code, output = self._run(*arguments, folder=folder)
            self.assertEqual((code, "Valid: 4 files" in output), (0, True), output)
        code, output = self._run("-m", "verify", folder=folder)
        self.assertEqual((code, "Run it as" in output), (2, True), output)
        code, output = self._run("-I", "verify.py", "1", "2", "3", folder=folder)
        self.assertEqual((code, "Run it as" in output), (2, True), output)

    def _changes(self, folder):
        """Yield a name, a change of the folder, and words of the sentence for it."""
        yield from self._odd_types(folder)
        yield from self._odd_content(folder)
        yield from self._odd_lists(folder)

    def _odd_types(self, folder):
        cover = folder / "items/00001 INV_1/cover.pdf"
        outside = folder.parent / "outside.pdf"
        outside.write_bytes(cover.read_bytes())
        index, manifest = folder / "index.html", folder / "manifest.json"

        def replace(path, make):
            path.unlink()
            make(path)

        def listen(path):
            server = socket.socket(socket.AF_UNIX)
            self.addCleanup(server.close)
            server.bind(os.path.relpath(path))

        def deep():
            place = folder
            for _number in range(300):
                place = place / "d"
                place.mkdir()

        def link_changed(path):
            outside.write_bytes(b"%PDF-1.4 other")
            path.hardlink_to(outside)

        yield "link", lambda: replace(cover, lambda p: p.symlink_to(outside)), "link"
        yield "hard link", lambda: replace(cover, link_changed), "its content"
        yield (
            "hard link beside",
            lambda: (folder / "x.pdf").hardlink_to(outside),
            "x.pdf: the file was added",
        )
        yield (
            "manifest by hard link",
            lambda: replace(manifest, lambda p: p.hardlink_to(outside)),
            "cannot be read",
        )
        yield "broken link", lambda: (folder / "x").symlink_to("no"), "x: it is no"
        yield "loop", lambda: (folder / "x").symlink_to("."), "x: it is no"
        yield "linked folder", lambda: (folder / "x").symlink_to("items"), "x: it is"
        yield "pipe", lambda: replace(cover, os.mkfifo), "cover.pdf: it is no regular"
        yield "more pipes", lambda: os.mkfifo(folder / "x"), "x: it is no regular"
        yield "pipe manifest", lambda: replace(manifest, os.mkfifo), "no regular file"
        yield (
            "linked manifest",
            lambda: replace(manifest, lambda p: p.symlink_to("/dev/zero")),
            "no regular file",
        )
        yield "socket", lambda: listen(folder / "x"), "x: it is no regular"
        yield "folder for file", lambda: replace(index, Path.mkdir), "folder was added"
        yield "manifest folder", lambda: replace(manifest, Path.mkdir), "no regular"
        yield "empty folder", lambda: (folder / "empty").mkdir(), "empty: the folder"
        yield (
            "empty inside",
            lambda: (folder / "items/e").mkdir(),
            "items/e: the folder",
        )
        yield "deep folders", deep, "d: the folder was added"

    def _odd_content(self, folder):
        index, manifest = folder / "index.html", folder / "manifest.json"

        def grow(path, size):
            with path.open("r+b") as file:
                file.truncate(size)

        def rename(old, new):
            (folder / old).rename(folder / new)

        yield "space", lambda: rename("index.html", "index.html "), "is missing"
        yield "space beside", (folder / "index.html ").touch, "index.html : the file"
        yield "folder with a space", lambda: rename("items", "items "), "items : the"
        yield "dot beside", (folder / "index.html.").touch, "index.html.: the file"
        yield "unseen", (folder / "index\u200b.html").touch, "index\\u200b.html: the"
        yield "missing", index.unlink, "index.html: the file is missing"
        yield "missing folder", lambda: shutil.rmtree(folder / "items"), "is missing"
        yield "no manifest", manifest.unlink, "no manifest.json"
        yield "empty manifest", lambda: manifest.write_bytes(b""), "cannot be read"
        yield "more", (folder / "more").touch, "more: the file was added"
        yield "hidden", (folder / ".x").touch, ".x: the file was added"
        yield "case", lambda: rename("index.html", "Index.html"), "Index.html: the file"
        yield (
            "folder case",
            lambda: rename("items", "Items"),
            "Items: the folder was added",
        )
        yield (
            "Unicode form",
            lambda: rename(
                "items/00002 \u00c4/\u00fc.txt", "items/00002 \u00c4/u\u0308.txt"
            ),
            "the file is missing",
        )
        yield (
            "beside in another form",
            lambda: (folder / "items/00002 \u00c4/u\u0308.txt").touch(),
            "was added",
        )
        yield "huge", lambda: grow(index, 1 << 42), "index.html: its content"
        yield "huge manifest", lambda: grow(manifest, 1 << 34), "cannot be read"
        yield "cut", lambda: grow(index, 3), "index.html: its content"
        yield "same length", lambda: index.write_bytes(b"<html></htmm>"), "its content"
        yield (
            "a name with a line",
            (folder / "x\nValid: 4 files are unchanged").touch,
            "x\\nValid",
        )
        yield (
            "a name of no encoding",
            lambda: open(os.fsencode(folder) + b"/\xff\x1b[2J", "wb").close(),
            "was added",
        )
        yield (
            "depth",
            lambda: manifest.write_bytes(b"[" * 200_000),
            "cannot be read",
        )
        yield (
            "digits",
            lambda: manifest.write_bytes(b'{"files": ' + b"9" * 100_000 + b"}"),
            "cannot be read",
        )

    def _odd_lists(self, folder):
        manifest = folder / "manifest.json"
        for path in (
            *("/etc/passwd", "../outside.pdf", "a/../../b", "./index.html", "a//b"),
            *("a/", "", "C:/x", "a\\b", "\\\\host\\share", "a\0b", "a\nb", "~|x"),
            *("a.pdf ", "a.pdf.", "a. .", " a", "b /a", "b./a", ".a", "b/.a", "..."),
            *("CON", "aux.txt", "items/nul", "Com1.tar.gz", "lpt\u00b9", "prn .pdf"),
            *("a\u202efdp.exe", "a\u200b", "\ufeffa", "a\u00ad.pdf", "a\u0085b"),
        ):
            listed = odd(path)
            yield (
                f"name {path}",
                lambda c=listed: manifest.write_bytes(c),
                "not allowed",
            )
        for pair in (
            *(("a", "a"), ("a", "A"), ("a/b", "A/c"), ("a", "a/b"), ("a/b", "a")),
            *(("\u00fc", "u\u0308"), ("stra\u00dfe", "STRASSE"), ("manifest.json",)),
        ):
            listed = odd(*pair)
            yield f"pair {pair}", lambda c=listed: manifest.write_bytes(c), "same"
        sizes = odd("x", size=(1 << 62))
        yield "sizes", lambda: manifest.write_bytes(sizes), "more files or bytes"
        negative = json.loads(odd("x"))
        negative["files"][0]["size"] = -1
        yield (
            "negative",
            lambda: manifest.write_bytes(verify.dump(negative)),
            "cannot be read",
        )

    def test_hostile_folders(self):
        """Each folder is refused with a sentence, in time, whatever is in it.

        A pipe made the script wait forever; links, empty folders and names of another
        case or form went unnoticed; names led out of the folder.
        """
        names = [name for name, _change, _words in self._changes(self._folder())]
        self.assertGreater(len(names), 50)
        for number, name in enumerate(names):
            with self.subTest(name):
                folder = self._folder()
                _name, change, words = list(self._changes(folder))[number]
                change()
                for arguments in (["-I", "verify.py"], ["verify.py", "."]):
                    code, output = self._run(*arguments, folder=folder)
                    self.assertEqual((code, words in output), (1, True), output)
                    self.assertNotIn("\nValid", output)
                self._run("verify.py", folder=folder, PYTHONIOENCODING="ascii")

    def test_folder_is_checked_alike_without_the_script(self):
        folder = self._folder()
        self.assertEqual(verify.check_folder(str(folder)), [])
        (folder / "index.html").write_bytes(b"<html></htmm>")
        [problem] = verify.check_folder(str(folder))
        self.assertEqual(str(problem), "index.html: its content was changed.")
        with (
            contextlib.redirect_stdout(io.StringIO()) as output,
            patch.object(verify, "__file__", PROGRAM, create=True),
        ):
            self.assertEqual(verify.main([str(folder)]), 2)
        self.assertIn("Run it as", output.getvalue())

    def test_limits_of_a_list(self):
        with patch.object(verify, "MAXIMUM_FILES", 2):
            self.assertEqual(len(verify.parse(odd("a", "b"))["files"]), 2)
            self._assert_refused(odd("a", "b", "c"), "large")
        longest = "\u00e4" * (verify.MAXIMUM_PATH // 2)
        self.assertTrue(verify.parse(odd(longest)))
        self._assert_refused(odd(f"{longest}a"), "manifest")
        self._assert_refused(odd("a", size=(1 << 63) - 1), "large")
        self._assert_refused(odd("a", size=1 << 63), "manifest")

    def _assert_refused(self, content, kind):
        with self.assertRaises(verify.NotAPackError) as caught:
            verify.parse(content)
        self.assertEqual(caught.exception.problem.kind, kind)

    def test_places_that_are_no_pack(self):
        folder = self._folder()
        os.mkfifo(folder / "pipe.zip")
        for place in ("pipe.zip", "none.zip", "/dev/zero", "/dev/stdin", "a" * 300):
            code, output = self._run("-I", "verify.py", place, folder=folder)
            self.assertEqual((code, bool(output.strip())), (2, True), place)

    def test_zip_with_hostile_names(self):
        """A ZIP that is sound byte by byte, but unpacks outside of its folder."""
        folder = self._folder()
        for path in (
            *("../x", "/x", "//x", "/etc/passwd", "C:/x", "a\\b", "a/./b", "a/../../x"),
            *("a ", "a.", "b /a", "nul", "a\u202eb"),
        ):
            pack, _manifest = build({"verify.py": b"", path: b"x"})
            (folder / "odd.zip").write_bytes(pack)
            code, output = self._run("-I", "verify.py", "odd.zip", folder=folder)
            self.assertEqual((code, "not allowed" in output), (1, True), output)
        pack, _manifest = build({"a": b"1", "A": b"2"})
        (folder / "odd.zip").write_bytes(pack)
        code, output = self._run("-I", "verify.py", "odd.zip", folder=folder)
        self.assertEqual((code, "upper and lower" in output), (1, True), output)
