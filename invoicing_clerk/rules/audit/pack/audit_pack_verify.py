#!/usr/bin/env python3
"""Check an evidence pack. Needs Python 3.9 or newer and nothing else.

    python3 -I verify.py PACK.zip [ROOT_HASH]   a pack as downloaded
    python3 -I verify.py FOLDER [ROOT_HASH]     an unpacked pack
    python3 -I verify.py                        the folder that contains this file

With ``-I``, Python imports nothing from the current folder, the folder of this file or
``PYTHONPATH``, so that no file which somebody put there runs instead of this check.

The exit status is 0 if the pack is unchanged, 1 if anything differs (one line for each
difference), and 2 if there is nothing to check. The root hash that Odoo shows for the
pack proves that the pack was not rebuilt by somebody else: pass it, or compare it with
the one printed. If in doubt about this file, use the one of another pack, or the source
code of the addon.

Structure of a pack
    ``manifest.json`` is the first file. It is JSON in UTF-8 with sorted keys, indented
    by one space, with a newline at the end. ``files`` lists all other files in their
    order, each with path, size in bytes and SHA-256. ``root_hash`` is the SHA-256 of
    the manifest in the same format without ``root_hash``: it covers every byte of every
    file, and query, user, time and totals in the manifest.

    The ZIP contains the manifest and then the files, uncompressed, all with the time
    ``created`` of the manifest, and ZIP64 records only where they are needed. So each
    byte of it follows from the files, and no change goes unnoticed.
"""

import sys

if __name__ == "__main__" and not sys.flags.isolated:
    # Only folders of Python itself: a file beside this one must not be imported. There
    # is no import from __future__ either, as it reads a file.
    sys.path[:] = [
        place
        for place in sys.path
        for prefix in (sys.base_prefix, sys.base_exec_prefix)
        for folder in (sys.platlibdir, "lib", "Lib")
        for version in (f"python{sys.version_info[0]}.{sys.version_info[1]}",)
        if place
        in (
            f"{prefix}/{folder}/{version}",
            f"{prefix}/{folder}/{version}/lib-dynload",
            f"{prefix}\\{folder}",
            f"{prefix}\\DLLs",
        )
    ]

import hashlib
import json
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple

MANIFEST = "manifest.json"
FORMAT = "odoo-invoicing-clerk-evidence-pack/1"
CHUNK = 1 << 20
# Numbers from here on need ZIP64.
LIMIT_32 = 0xFFFFFFFF
LIMIT_16 = 0xFFFF
# Bytes of a manifest, which is read at once; that of 200,000 files is smaller.
MAXIMUM_MANIFEST = 1 << 27
MAXIMUM_FILES = 200_000
# Bytes of all files.
MAXIMUM_BYTES = 1 << 36
# Bytes of a path.
MAXIMUM_PATH = 1_000
# Lines of differences that are printed, and characters of one.
MAXIMUM_LINES = 1_000
MAXIMUM_LINE = 1_000
LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
END_64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR_64 = struct.Struct("<4sLQL")
# Position of the checksum of the content in a local header.
CRC = slice(14, 18)
UTF_8 = 0x800
REGULAR_FILE = 0o100644 << 16
# Errors of zipfile when a file was truncated or overwritten.
UNREADABLE = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    ValueError,
    struct.error,
)


# Messages by kind of problem. The addon translates them by the kind.
MESSAGES = {
    "no_pack": "The file does not begin with %(manifest)s: it is not an evidence pack, "
    "or it was overwritten.",
    "no_manifest": "%(path)s: there is no %(manifest)s.",
    "manifest": "%(manifest)s was changed and cannot be read.",
    "before_manifest": "The ZIP was changed before %(manifest)s.",
    "root": "%(manifest)s was changed: its root hash should be %(root)s, but is "
    "%(stated)s.",
    "other_pack": "This is a different pack, or it was altered: its root hash is "
    "%(root)s, not %(stated)s.",
    "content": "%(path)s: its content was changed.",
    "header": "%(path)s: its entry in the ZIP was changed.",
    "place": "The ZIP was changed from byte %(at)s on, where %(path)s should be.",
    "directory": "The directory of the ZIP was changed from byte %(at)s on.",
    "cut": "The directory of the ZIP cannot be read: it is truncated or damaged.",
    "after": "Data was added after the end of the ZIP, at byte %(at)s.",
    "gone": "%(path)s: the file is missing.",
    "added": "%(path)s: the file was added or duplicated.",
    "folder": "%(path)s: the folder was added.",
    "type": "%(path)s: it is no regular file, but a link, a pipe or a device.",
    "unreadable": "%(path)s: it cannot be read.",
    "name": "%(manifest)s lists a file whose name is not allowed: %(path)s.",
    "alike": "%(manifest)s lists two files whose names are the same, or differ only by "
    "upper and lower case or by their accents: %(path)s.",
    "large": "%(manifest)s lists more files or bytes than a pack can contain.",
}
FORBIDDEN_CHARACTERS = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*]')
# Control characters, and those that change how others are shown: some file systems drop
# them, and a name with them is shown as another one.
UNSEEN = {"Cc", "Cf"}
# Names that Windows reserves for devices, with any extension.
DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in "123456789¹²³"
}


class Problem(NamedTuple):
    """A difference from the pack as it was built.

    >>> str(Problem("gone", path="index.csv"))
    'index.csv: the file is missing.'
    """

    kind: str
    path: str = ""
    at: int = 0
    root: str = ""
    stated: str = ""

    def __str__(self) -> str:
        return self.fill(MESSAGES[self.kind])

    def fill(self, message: str) -> str:
        return message % {"manifest": MANIFEST, **self._asdict()}


class NotAPackError(Exception):
    """There is no readable manifest; ``problem`` is the reason."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Entry(NamedTuple):
    """A file of the ZIP. ``crc`` is the CRC-32 of its content."""

    path: str
    size: int
    crc: int


# Manifest and root hash


def dump(manifest: dict[str, Any]) -> bytes:
    """Return the canonical form of a manifest."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode() + b"\n"


def root_hash(manifest: dict[str, Any]) -> str:
    """Return the SHA-256 of the manifest without its root hash.

    >>> root_hash({"files": []}) == root_hash({"files": [], "root_hash": "any"})
    True
    >>> root_hash({"files": []})[:12]
    '86d1d9658c68'
    """
    content = {key: value for key, value in manifest.items() if key != "root_hash"}
    return hashlib.sha256(dump(content)).hexdigest()


def parse(content: bytes) -> dict[str, Any]:
    """Return the manifest in these bytes.

    :raises NotAPackError: there is none, or it is not in canonical form
    """
    try:
        manifest = json.loads(content)
        sound = dump(manifest) == content and _is_manifest(manifest)
    except (ValueError, RecursionError):
        sound = False
    if not sound:
        raise NotAPackError(Problem("manifest"))
    if problem := _odd_list(manifest["files"]):
        raise NotAPackError(problem)
    return dict(manifest)


def _odd_list(files: list[dict[str, Any]]) -> Any:
    """Return the problem of a list of files that no pack has, or None.

    >>> def odd(*paths):
    ...     return str(_odd_list([{"path": path, "size": 1} for path in paths]) or "")
    >>> odd("index.csv", "items/a.pdf"), odd("../a")
    ('', 'manifest.json lists a file whose name is not allowed: ../a.')
    >>> "differ only" in odd("a/B.pdf", "a/b.pdf"), "differ only" in odd("a", "A/b")
    (True, True)
    """
    if len(files) > MAXIMUM_FILES or sum(file["size"] for file in files) > (
        MAXIMUM_BYTES
    ):
        return Problem("large")
    # A folder may contain many files, but no file has the name of a folder.
    taken = {_folded(MANIFEST): ""}
    for file in files:
        *folders, _name = parts = file["path"].split("/")
        if any(map(_is_odd, parts)) or FORBIDDEN_CHARACTERS.search(file["path"]):
            return Problem("name", file["path"])
        for number in range(1, len(folders) + 1):
            folder = "/".join(parts[:number]) + "/"
            if taken.setdefault(_folded(folder[:-1]), folder) != folder:
                return Problem("alike", file["path"])
        if taken.setdefault(_folded(file["path"]), file["path"]) != file["path"]:
            return Problem("alike", file["path"])
        taken[_folded(file["path"])] = ""
    return None


def _is_odd(name: str) -> bool:
    """Return whether a part of a path leaves its folder, or a system reads it as
    another name: Windows drops dots and spaces at the end, for example.

    >>> [_is_odd(name) for name in ("a b.pdf", "00007 INV.1", "console.txt")]
    [False, False, False]
    >>> [_is_odd(name) for name in ("", "..", "a.pdf ", "a.pdf.", ".a", "a\\u200b.pdf")]
    [True, True, True, True, True, True]
    >>> [_is_odd(name) for name in ("NUL", "con .txt", "LPT1.tar.gz")]
    [True, True, True]
    """
    return (
        name.strip(" .") != name
        or name.partition(".")[0].strip().lower() in DEVICES | {""}
        or any(unicodedata.category(each) in UNSEEN for each in name)
    )


def _folded(path: str) -> str:
    """Return the form in which some file systems compare names."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _is_manifest(manifest: Any) -> bool:
    return (
        isinstance(manifest, dict)
        and manifest.get("format") == FORMAT
        and isinstance(manifest.get("root_hash"), str)
        and isinstance(manifest.get("missing"), list)
        and isinstance(manifest.get("files"), list)
        and all(map(_is_file, manifest["files"]))
        and _is_time(manifest.get("created"))
    )


def _is_file(file: Any) -> bool:
    return (
        isinstance(file, dict)
        and isinstance(file.get("path"), str)
        and len(file["path"].encode()) <= MAXIMUM_PATH
        and type(file.get("size")) is int
        and 0 <= file["size"] < 1 << 63
        and isinstance(file.get("sha256"), str)
    )


def _is_time(created: Any) -> bool:
    try:
        dos_time(created)
    except (AttributeError, TypeError, ValueError, struct.error):
        return False
    return True


# The ZIP around the files


def dos_time(created: str) -> tuple[int, int]:
    """Return time and date of a UTC time in the format of ZIP, to two seconds.

    >>> dos_time("2026-01-31T23:59:59Z")
    (49021, 23615)
    """
    day, _, clock = created.rstrip("Z").partition("T")
    year, month, date = map(int, day.split("-"))
    hour, minute, second = map(int, clock.split(":"))
    words = hour << 11 | minute << 5 | second // 2, year - 1980 << 9 | month << 5 | date
    struct.pack("<2H", *words)
    return words


def local_header(entry: Entry, created: str) -> bytes:
    """Return the header before the content of a file."""
    path, sizes, extra = entry.path.encode(), (entry.size,) * 2, b""
    if entry.size >= LIMIT_32:
        extra = struct.pack("<2H2Q", 1, 16, *sizes)
        sizes = (0xFFFFFFFF,) * 2
    head = LOCAL.pack(
        b"PK\3\4",
        *(45 if extra else 20, UTF_8, 0, *dos_time(created), entry.crc, *sizes),
        *(len(path), len(extra)),
    )
    return head + path + extra


def directory(entries: Iterable[Entry], created: str) -> Iterator[bytes]:
    """Yield the directory after the last file: a row for each, and the end record."""
    offset = count = size = 0
    for entry in entries:
        row = _central_header(entry, created, offset)
        offset += len(local_header(entry, created)) + entry.size
        count, size = count + 1, size + len(row)
        yield row
    yield _end(count, size, offset)


def _central_header(entry: Entry, created: str, offset: int) -> bytes:
    path, large = entry.path.encode(), []
    numbers = [entry.size, entry.size, offset]
    for index, number in enumerate(numbers):
        if number >= LIMIT_32:
            large.append(number)
            numbers[index] = 0xFFFFFFFF
    extra = struct.pack(f"<2H{len(large)}Q", 1, 8 * len(large), *large) * bool(large)
    version = 45 if extra else 20
    head = CENTRAL.pack(
        b"PK\1\2",
        *(3 << 8 | version, version, UTF_8, 0, *dos_time(created), entry.crc),
        *(*numbers[:2], len(path), len(extra), 0, 0, 0, REGULAR_FILE, numbers[2]),
    )
    return head + path + extra


def _end(count: int, size: int, offset: int) -> bytes:
    head = b""
    if count >= LIMIT_16 or size >= LIMIT_32 or offset >= LIMIT_32:
        head = END_64.pack(
            b"PK\6\6", 44, 3 << 8 | 45, 45, 0, 0, count, count, size, offset
        ) + LOCATOR_64.pack(b"PK\6\7", 0, offset + size, 1)
        count, size, offset = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
    return head + END.pack(b"PK\5\6", 0, 0, count, count, size, offset, 0)


# Checking


def read_manifest(pack: BinaryIO) -> dict[str, Any]:
    """Read the manifest at the beginning of a ZIP, up to its end.

    :raises NotAPackError: there is none
    """
    head = pack.read(LOCAL.size)
    name = pack.read(len(MANIFEST))
    if len(head) < LOCAL.size or head[:4] != b"PK\3\4" or name != MANIFEST.encode():
        raise NotAPackError(Problem("no_pack"))
    size = LOCAL.unpack(head)[8]
    if size > MAXIMUM_MANIFEST:
        raise NotAPackError(Problem("manifest"))
    content = pack.read(size)
    manifest = parse(content)
    expected = local_header(
        Entry(MANIFEST, len(content), zlib.crc32(content)), manifest["created"]
    )
    if head + name != expected:
        raise NotAPackError(Problem("before_manifest"))
    return manifest


def check(pack: BinaryIO, expected_root: str = "") -> list[Problem]:
    """Return the differences from the pack as built; none if it is unchanged.

    The pack is read once, in chunks, from its current position.

    :param expected_root: the root hash stored in Odoo
    """
    try:
        manifest = read_manifest(pack)
    except NotAPackError as error:
        return [error.problem]
    content = dump(manifest)
    first = Entry(MANIFEST, len(content), zlib.crc32(content))
    return check_root(manifest, expected_root) + _check_files(pack, manifest, first)


def check_root(manifest: dict[str, Any], expected: str = "") -> list[Problem]:
    """Compare a manifest with its root hash and with the one stored in Odoo."""
    root, stated = root_hash(manifest), manifest["root_hash"]
    problems = []
    if stated != root:
        problems.append(Problem("root", root=root, stated=stated))
    if expected and expected.strip().lower() != root:
        problems.append(Problem("other_pack", root=root, stated=expected))
    return problems


def _check_files(
    pack: BinaryIO, manifest: dict[str, Any], first: Entry
) -> list[Problem]:
    problems: list[Problem] = []
    entries, created = [first], manifest["created"]
    at = len(local_header(first, created)) + first.size
    for file in manifest["files"]:
        expected = local_header(Entry(file["path"], file["size"], 0), created)
        head = pack.read(len(expected))
        size, crc, digest = digest_of(pack, file["size"])
        masked = head[: CRC.start] + bytes(4) + head[CRC.stop :]
        if masked != expected or size < file["size"]:
            return [*problems, *_odd_structure(pack, manifest, file["path"], at)]
        header_crc = struct.unpack("<L", head[CRC])[0]
        if digest != file["sha256"]:
            problems.append(Problem("content", file["path"]))
        elif header_crc != crc:
            problems.append(Problem("header", file["path"]))
        entries.append(Entry(file["path"], size, header_crc))
        at += len(head) + size
    for row in directory(entries, created):
        if pack.read(len(row)) != row:
            return [*problems, *_odd_structure(pack, manifest, "", at)]
        at += len(row)
    if pack.read(1):
        problems.append(Problem("after", at=at))
    return problems


def digest_of(stream: BinaryIO, limit: int) -> tuple[int, int, str]:
    """Return size, CRC-32 and SHA-256 of the next bytes of a stream."""
    size = crc = 0
    digest = hashlib.sha256()
    while chunk := stream.read(min(CHUNK, limit - size)):
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        digest.update(chunk)
    return size, crc, digest.hexdigest()


def _odd_structure(
    pack: BinaryIO, manifest: dict[str, Any], path: str, at: int
) -> list[Problem]:
    """Return the problems of files that are not where they should be."""
    problems = [Problem("place" if path else "directory", path, at)]
    try:
        with zipfile.ZipFile(pack) as archive:
            found = Counter(archive.namelist())
    except UNREADABLE:
        return [*problems, Problem("cut")]
    return problems + _compare_names(manifest, found)


def _compare_names(manifest: dict[str, Any], found: Counter[str]) -> list[Problem]:
    expected = Counter([MANIFEST, *(file["path"] for file in manifest["files"])])
    gone, added = expected - found, found - expected
    return [Problem("gone", path) for path in gone] + [
        Problem("added", path) for path in added
    ]


def check_folder(folder: str, expected_root: str = "") -> list[Problem]:
    """Return the differences of an unpacked pack from the pack as built."""
    try:
        manifest = read_folder_manifest(folder)
    except NotAPackError as error:
        return [error.problem]
    problems = check_root(manifest, expected_root)
    expected = {file["path"] for file in manifest["files"]}
    folders = {path[:at] for path in expected for at in _slashes(path)}
    found: Counter[str] = Counter()
    problems += _odd_places(folder, folders, expected, found)
    problems += _compare_names(manifest, found)
    for file in manifest["files"]:
        if found[file["path"]] and not _is_same(folder, file):
            problems.append(Problem("content", file["path"]))
    return problems


def read_folder_manifest(folder: str) -> dict[str, Any]:
    """Read the manifest of an unpacked pack.

    :raises NotAPackError: there is none, or it cannot be read
    """
    try:
        with open_regular(os.path.join(folder, MANIFEST)) as file:
            content = file.read(MAXIMUM_MANIFEST + 1)
    except FileNotFoundError as error:
        raise NotAPackError(Problem("no_manifest", folder)) from error
    except OSError as error:
        raise NotAPackError(Problem("type", MANIFEST)) from error
    if len(content) > MAXIMUM_MANIFEST:
        raise NotAPackError(Problem("manifest"))
    return parse(content)


def open_regular(path: str) -> BinaryIO:
    """Open a regular file; never wait for a pipe, and never follow a link.

    :raises OSError: it is something else, or cannot be read
    """
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise OSError("no regular file")
    # It may have become something else since.
    names = ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK")
    flags = [getattr(os, name, 0) for name in names]
    number = os.open(path, os.O_RDONLY | flags[0] | flags[1] | flags[2])
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError("no regular file")
    return os.fdopen(number, "rb")


def _slashes(path: str) -> Iterator[int]:
    return (at for at, character in enumerate(path) if character == "/")


def _odd_places(
    top: str, folders: set[str], expected: set[str], found: "Counter[str]"
) -> Iterator[Problem]:
    """Yield anything that is not a file of a known folder, and count the files.

    Only folders of the pack are read, so that no depth or loop keeps it busy.
    """
    waiting = [""]
    while waiting:
        place = waiting.pop()
        try:
            entries = sorted(os.scandir(os.path.join(top, place)), key=lambda e: e.name)
        except OSError:
            yield Problem("unreadable", place)
            continue
        for entry in entries:
            path = f"{place}/{entry.name}" if place else entry.name
            if entry.is_symlink():
                yield Problem("type", path)
            elif entry.is_dir(follow_symlinks=False):
                if path in folders:
                    waiting.append(path)
                else:
                    yield Problem("folder", path)
            elif entry.is_file(follow_symlinks=False):
                found[path] += 1
            else:
                yield Problem("type", path)


def _is_same(folder: str, file: dict[str, Any]) -> bool:
    try:
        with open_regular(os.path.join(folder, *file["path"].split("/"))) as source:
            if os.fstat(source.fileno()).st_size != file["size"]:
                return False
            size, _crc, digest = digest_of(source, file["size"] + 1)
    except OSError:
        return False
    return (size, digest) == (file["size"], file["sha256"])


# From the command line


def printable(line: object) -> str:
    """Return a line without characters that a terminal obeys or cannot show.

    >>> printable("a\\nValid: all"), printable("größer"), printable("\\udc80")
    ('a\\\\nValid: all', 'größer', '\\\\udc80')
    """
    text = str(line)
    if len(text) > MAXIMUM_LINE:
        text = f"{text[:MAXIMUM_LINE]}…"
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _print(line: object) -> None:
    encoding = sys.stdout.encoding or "ascii"
    text = printable(line).encode(encoding, "backslashreplace").decode(encoding)
    sys.stdout.write(f"{text}\n")


def main(arguments: list[str]) -> int:
    if __spec__ is not None or not globals().get("__file__") or len(arguments) > 2:
        _print("Run it as: python3 -I verify.py [PACK.zip or FOLDER] [ROOT_HASH]")
        return 2
    place = arguments[0] if arguments else os.path.dirname(os.path.abspath(__file__))
    root = arguments[1] if len(arguments) > 1 else ""
    try:
        problems, manifest = _check_place(place, root)
    except OSError as error:
        _print(f"{place}: {error.strerror or error}")
        return 2
    for problem in problems[:MAXIMUM_LINES]:
        _print(problem)
    if len(problems) > MAXIMUM_LINES:
        _print(f"… and {len(problems) - MAXIMUM_LINES} more differences.")
    if problems:
        _print("NOT identical to the pack as built.")
        return 1
    files, missing = manifest["files"], manifest["missing"]
    _print(f"Valid: {len(files)} files are unchanged since the pack was built.")
    _print(f"Missing documents, listed in {MANIFEST}: {len(missing)}.")
    _print(f"Root hash {manifest['root_hash']}")
    _print(
        "It is the root hash given."
        if root
        else "Compare it with the one shown in Odoo."
    )
    return 0


def _check_place(place: str, root: str) -> tuple[list[Problem], dict[str, Any]]:
    if os.path.isdir(place):
        problems = check_folder(place, root)
        return problems, {} if problems else read_folder_manifest(place)
    with open_regular(os.path.realpath(place)) as pack:
        problems = check(pack, root)
        if problems:
            return problems, {}
        pack.seek(0)
        return [], read_manifest(pack)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
