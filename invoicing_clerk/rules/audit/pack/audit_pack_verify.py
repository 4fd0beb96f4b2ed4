#!/usr/bin/env python3
"""Check an evidence pack. Needs Python 3.9 or newer and nothing else.

    python3 verify.py PACK.zip [ROOT_HASH]   a pack as it was downloaded
    python3 verify.py FOLDER [ROOT_HASH]     a pack that was unpacked
    python3 verify.py                        the folder in which this file lies

It ends with 0 when everything is as it was made, with 1 when anything differs (each
difference is a line), with 2 when there is nothing to check. The root hash that Odoo
shows beside the pack proves that nobody made the pack anew: give it, or compare it with
the one printed. Who doubts this file takes it from another pack, or from the source of
the addon.

How a pack is built
    ``manifest.json`` is the first file. It is JSON in UTF-8, its keys sorted, indented
    by one space, with a newline at the end. ``files`` lists all others in their order,
    each with path, size in bytes and SHA-256. ``root_hash`` is the SHA-256 of the
    manifest written in this very way without ``root_hash``: it stands for every byte of
    every file, and for what the manifest says of query, user, time and totals.

    The ZIP holds the manifest and then the files, none compressed, all with the time
    that the manifest calls ``created``, and ZIP64 records only where they are needed.
    So each of its bytes follows from the files, and none can be changed unnoticed.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple

MANIFEST = "manifest.json"
FORMAT = "odoo-invoicing-clerk-evidence-pack/1"
CHUNK = 1 << 20
# From here on a number does not fit into the ZIP of 1989, and ZIP64 takes it.
LIMIT_32 = 0xFFFFFFFF
LIMIT_16 = 0xFFFF
# Bytes of a manifest, which is read at once; a pack of a million files has less.
MOST_MANIFEST = 1 << 29
# Bytes of a path; a ZIP has no room for more.
MOST_PATH = 0xFFFF
LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
END_64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR_64 = struct.Struct("<4sLQL")
# Where the checksum of the content stands in a local header.
CRC = slice(14, 18)
UTF_8 = 0x800
REGULAR_FILE = 0o100644 << 16
# What zipfile may stumble over when a file was cut or written over.
UNREADABLE = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    ValueError,
    struct.error,
)


# What may differ, in words. Whoever speaks another language goes by the key.
WORDS = {
    "no_pack": "The file does not begin with %(manifest)s: it is no evidence pack, or "
    "was written over.",
    "no_manifest": "%(path)s: there is no %(manifest)s.",
    "manifest": "%(manifest)s was changed: it cannot be read as one.",
    "before_manifest": "The ZIP was changed before %(manifest)s.",
    "root": "%(manifest)s was changed: its root hash should be %(root)s, it says "
    "%(said)s.",
    "other_pack": "It is another pack, or was made anew by somebody: its root hash is "
    "%(root)s, not %(said)s.",
    "content": "%(path)s: its content was changed.",
    "header": "%(path)s: the ZIP was changed before it.",
    "place": "From byte %(at)s on the ZIP is not as it was made, where %(path)s should "
    "be.",
    "directory": "From byte %(at)s on the ZIP is not as it was made, in its directory.",
    "cut": "Its directory cannot be read: it was cut off or damaged.",
    "after": "Something was added after the end of the ZIP, at byte %(at)s.",
    "gone": "%(path)s: it is gone.",
    "added": "%(path)s: it was added, or is there twice.",
}


class Problem(NamedTuple):
    """Something that is not as it was made.

    >>> str(Problem("gone", path="index.csv"))
    'index.csv: it is gone.'
    """

    kind: str
    path: str = ""
    at: int = 0
    root: str = ""
    said: str = ""

    def __str__(self) -> str:
        return self.fill(WORDS[self.kind])

    def fill(self, words: str) -> str:
        return words % {"manifest": MANIFEST, **self._asdict()}


class NotAPackError(Exception):
    """There is no manifest that could be read; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Entry(NamedTuple):
    """A file as the ZIP speaks of it. ``crc`` is the CRC-32 of its content."""

    path: str
    size: int
    crc: int


# Manifest and root hash


def dump(manifest: dict[str, Any]) -> bytes:
    """The one way in which a manifest is written."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode() + b"\n"


def root_hash(manifest: dict[str, Any]) -> str:
    """SHA-256 of the manifest without its root hash.

    >>> root_hash({"files": []}) == root_hash({"files": [], "root_hash": "any"})
    True
    >>> root_hash({"files": []})[:12]
    '86d1d9658c68'
    """
    rest = {key: value for key, value in manifest.items() if key != "root_hash"}
    return hashlib.sha256(dump(rest)).hexdigest()


def parse(content: bytes) -> dict[str, Any]:
    """The manifest that these bytes are.

    :raises NotAPackError: they are none, or not written in the one way
    """
    try:
        manifest = json.loads(content)
        sound = dump(manifest) == content and _is_manifest(manifest)
    except (ValueError, RecursionError):
        sound = False
    if not sound:
        raise NotAPackError(Problem("manifest"))
    return dict(manifest)


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
        and len(file["path"].encode()) <= MOST_PATH
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
    """Time and date of a UTC time as a ZIP writes them, to two seconds.

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
    """What stands before the content of a file."""
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
    """What stands after the last file: one row for each, and where it all begins."""
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
    """The manifest at the beginning of a ZIP, which is then read up to its end.

    :raises NotAPackError: there is none
    """
    head = pack.read(LOCAL.size)
    name = pack.read(len(MANIFEST))
    if len(head) < LOCAL.size or head[:4] != b"PK\3\4" or name != MANIFEST.encode():
        raise NotAPackError(Problem("no_pack"))
    size = LOCAL.unpack(head)[8]
    if size > MOST_MANIFEST:
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
    """Say what differs from the pack as it was made; nothing when it is sound.

    The pack is read once, piece by piece, from where it stands.

    :param expected_root: the root hash that Odoo keeps of it
    """
    try:
        manifest = read_manifest(pack)
    except NotAPackError as error:
        return [error.problem]
    content = dump(manifest)
    first = Entry(MANIFEST, len(content), zlib.crc32(content))
    return check_root(manifest, expected_root) + _check_files(pack, manifest, first)


def check_root(manifest: dict[str, Any], expected: str = "") -> list[Problem]:
    """Whether a manifest is the one that its root hash, and Odoo's, stand for."""
    root, said = root_hash(manifest), manifest["root_hash"]
    problems = []
    if said != root:
        problems.append(Problem("root", root=root, said=said))
    if expected and expected.strip().lower() != root:
        problems.append(Problem("other_pack", root=root, said=expected))
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
        said = struct.unpack("<L", head[CRC])[0]
        if digest != file["sha256"]:
            problems.append(Problem("content", file["path"]))
        elif said != crc:
            problems.append(Problem("header", file["path"]))
        entries.append(Entry(file["path"], size, said))
        at += len(head) + size
    for row in directory(entries, created):
        if pack.read(len(row)) != row:
            return [*problems, *_odd_structure(pack, manifest, "", at)]
        at += len(row)
    if pack.read(1):
        problems.append(Problem("after", at=at))
    return problems


def digest_of(stream: BinaryIO, most: int) -> tuple[int, int, str]:
    """Size, CRC-32 and SHA-256 of what is left of a stream, up to so many bytes."""
    size = crc = 0
    digest = hashlib.sha256()
    while chunk := stream.read(min(CHUNK, most - size)):
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        digest.update(chunk)
    return size, crc, digest.hexdigest()


def _odd_structure(
    pack: BinaryIO, manifest: dict[str, Any], path: str, at: int
) -> list[Problem]:
    """Words for files that are not where they should be."""
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
    """The same for a pack that was unpacked: what differs in the folder."""
    try:
        with open(os.path.join(folder, MANIFEST), "rb") as file:
            manifest = parse(file.read())
    except OSError:
        return [Problem("no_manifest", folder)]
    except NotAPackError as error:
        return [error.problem]
    problems = check_root(manifest, expected_root)
    found = Counter(_paths_in(folder))
    problems += _compare_names(manifest, found)
    for entry in manifest["files"]:
        if found[entry["path"]]:
            with open(os.path.join(folder, entry["path"]), "rb") as file:
                size, _crc, digest = digest_of(file, entry["size"] + 1)
            if (size, digest) != (entry["size"], entry["sha256"]):
                problems.append(Problem("content", entry["path"]))
    return problems


def _paths_in(folder: str) -> Iterator[str]:
    for place, _folders, names in os.walk(folder):
        for name in names:
            path = os.path.relpath(os.path.join(place, name), folder)
            yield path.replace(os.sep, "/")


# From the command line


def _say(words: object) -> None:
    sys.stdout.write(f"{words}\n")


def main(arguments: list[str]) -> int:
    place = arguments[0] if arguments else os.path.dirname(os.path.abspath(__file__))
    root = arguments[1] if len(arguments) > 1 else ""
    try:
        problems, manifest = _check_place(place, root)
    except OSError as error:
        _say(f"{place}: {error.strerror or error}")
        return 2
    for problem in problems:
        _say(problem)
    if problems:
        _say("NOT as it was made.")
        return 1
    files, missing = manifest["files"], manifest["missing"]
    _say(f"Sound: {len(files)} files are as they were when the pack was made.")
    _say(f"Missing then, and listed in {MANIFEST}: {len(missing)}.")
    _say(f"Root hash {manifest['root_hash']}")
    _say("as given." if root else "Compare it with the one that Odoo shows.")
    return 0


def _check_place(place: str, root: str) -> tuple[list[Problem], dict[str, Any]]:
    if os.path.isdir(place):
        problems = check_folder(place, root)
        if problems:
            return problems, {}
        with open(os.path.join(place, MANIFEST), "rb") as file:
            return [], parse(file.read())
    with open(place, "rb") as pack:
        problems = check(pack, root)
        if problems:
            return problems, {}
        pack.seek(0)
        return [], read_manifest(pack)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
