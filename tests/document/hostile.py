"""Files as attackers send them: what is refused, and what only a person can judge."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib

from odoo.addons.invoicing_clerk.rules.limits import maximum
from odoo.addons.invoicing_clerk.tests.common import blank_pdf

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
SCRIPT = b"<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>"
HTML = b"<html><body>" + SCRIPT + b"</body></html>"
LINK, PIPE, MODE = 0o120777 << 16, 0o010644 << 16, 0o100644 << 16


def workbook(size=10, link=False, macro=False, more=(), packing=zipfile.ZIP_DEFLATED):
    """Return what looks like a spreadsheet, of a few bytes, with hostile members.

    :param more: names, contents and attributes of further members
    """
    more = [
        *([("xl/link", "/etc/passwd", LINK)] if link else []),
        *([("xl/vbaProject.bin", "x", MODE)] if macro else []),
        *more,
    ]
    with io.BytesIO() as content:
        with zipfile.ZipFile(content, "w", packing) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("xl/workbook.xml", b"0" * size)
            for name, text, attributes in more:
                member = zipfile.ZipInfo(name)
                member.external_attr = attributes
                member.compress_type = packing
                archive.writestr(member, text)
        return content.getvalue()


def member(name, text="x", attributes=MODE):
    """Return a spreadsheet with one more member."""
    return workbook(more=[(name, text, attributes)])


def _archive(name, content):
    with io.BytesIO() as packed:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        return packed.getvalue()


def _tar():
    with io.BytesIO() as packed:
        with tarfile.open(fileobj=packed, mode="w") as archive:
            link = tarfile.TarInfo("link")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(link)
        return packed.getvalue()


def _lying():
    """Return a spreadsheet with a member that unpacks to more than its list says."""
    content = bytearray(workbook(1 << 20))
    size = struct.pack("<I", 1 << 20)
    while size in content:
        place = content.index(size)
        content[place : place + 4] = struct.pack("<I", 10)
    return bytes(content)


def _protected():
    """Return a spreadsheet whose members claim a password."""
    content = bytearray(workbook())
    place = 0
    while (place := content.find(b"PK\x01\x02", place + 1)) >= 0:
        content[place + 8] |= 1
    return bytes(content)


def _changed():
    content = bytearray(workbook(3000, packing=zipfile.ZIP_STORED))
    place = content.index(b"0000")
    content[place + 7] ^= 1
    return bytes(content)


def pdf_bomb(times=1):
    """Return a PDF whose table of objects unpacks to much more than it is.

    :param times: how often it is packed
    """
    packed = b"0" * (32 << 20)
    for _time in range(times):
        packed = zlib.compress(packed)
    filters = b"[" + b"/FlateDecode " * times + b"]"
    head = b"%PDF-1.5\n1 0 obj << /Type /XRef /Filter " + filters + b" /Length "
    return head + b"%d >> stream\n" % len(packed) + packed + b"\nendstream\n%%EOF"


def _pdf(pages, more=b"", catalog=b"", note=b""):
    """Return a PDF of which the tree of pages, what is run and a note are given."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>", pages, more]
    body, places = b"%PDF-1.4\n%" + note + b"\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj %s endobj\n" % (number, each or b"null")
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 4\n0000000000 65535 f \n"
        + table
        + b"trailer << /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )


PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
PAGES = b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"


def _png(width, height, tail=b""):
    return PNG + struct.pack(">II", width, height) + b"\x08\x06\0\0\0" + tail


def _jpeg(width, height, comment=b"ab"):
    note = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    head = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    return head + note + b"\xff\xc0" + struct.pack(">HBHH", 11, 8, height, width)


def _filled(content, size):
    return content + b"\n" * (size - len(content))


LIMIT = maximum("document")
PARTS = {
    f"PDF cut at {part} %": blank_pdf()[: len(blank_pdf()) * part // 100]
    for part in (10, 50, 90)
}
REFUSED = {
    # Pages and programs
    "HTML": HTML,
    "HTML with a mark of bytes": b"\xef\xbb\xbf" + HTML,
    "HTML before a PDF": HTML + blank_pdf(),
    "SVG": SVG,
    "SVG with a prolog": b'<?xml version="1.0"?>\n' + SVG,
    "packed SVG": gzip.compress(SVG),
    "XML bomb": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "MHTML": b"MIME-Version: 1.0\nContent-Type: text/html\n\n" + HTML,
    "EXE": b"MZ" + b"\0" * 64,
    "EXE with a PDF": b"MZ" + b"\0" * 64 + blank_pdf(),
    "ELF": b"\x7fELF\x02\x01\x01" + b"\0" * 64,
    "shell script": b"#!/bin/sh\nrm -rf /\n",
    "JavaScript": b"alert(document.cookie)",
    "PHP": b"<?php system($_GET['c']);",
    "HTA": b"<hta:application/>" + SCRIPT,
    "shortcut": b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F",
    "old office file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1024,
    "RTF": b"{\\rtf1 {\\object\\objdata 01}}",
    "text": b"hello",
    "CSV with a formula": b'=cmd|" /C calc"!A0,1\n',
    "empty": b"",
    "blanks": b" " * 100,
    "zeros": b"\0" * 1000,
    "GIF": b"GIF89a" + b"\x01\0\x01\0\x80\0\0" + b"\0" * 20,
    "GIF with a script": b"GIF89a/*" + SCRIPT,
    "TIFF": b"II*\0\x08\0\0\0" + b"\0" * 20,
    "BMP": b"BM" + b"\0" * 60,
    "WEBP": b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 30,
    # Archives
    "ZIP": _archive("a.pdf", blank_pdf()),
    "ZIP in ZIP": _archive("a.zip", _archive("b.zip", b"0" * 100_000)),
    "ZIP without contents": b"PK\x05\x06" + b"\0" * 18,
    "start of a ZIP": b"PK\x03\x04" + b"\0" * 60,
    "ZIP bomb": _archive("a", b"0" * (80 << 20)),
    "TAR with a link": _tar(),
    "GZIP bomb": gzip.compress(b"0" * (32 << 20)),
    "7Z": b"7z\xbc\xaf\x27\x1c\0\x04" + b"\0" * 60,
    "RAR": b"Rar!\x1a\x07\x01\0" + b"\0" * 60,
    "JAR": _archive("META-INF/MANIFEST.MF", b"Main-Class: A"),
    "text document": _archive("word/document.xml", b"<w/>"),
    # Spreadsheets
    "workbook bomb": workbook(80 << 20),
    "workbook of many files": workbook(
        more=[(f"x/{n}", "", MODE) for n in range(1001)]
    ),
    "workbook that lies": _lying(),
    "workbook with a password": _protected(),
    "workbook that is damaged": _changed(),
    "workbook in BZ2": workbook(packing=zipfile.ZIP_BZIP2),
    "workbook in LZMA": workbook(packing=zipfile.ZIP_LZMA),
    "workbook that is cut": workbook()[:-30],
    "workbook with a link": workbook(link=True),
    "workbook with a pipe": member("xl/pipe", "", PIPE),
    "workbook with macros": workbook(macro=True),
    "workbook with signed macros": member("xl/vbaProjectSignature.bin"),
    "workbook with ActiveX": member("xl/activeX/activeX1.bin"),
    "workbook with an object": member("xl/embeddings/oleObject1.bin"),
    "workbook with EXE": member("xl/a.EXE"),
    "workbook with ZIP": member("xl/media/a.zip", _archive("b", b"c")),
    "workbook in a workbook": member("xl/media/a.xlsx", workbook()),
    "workbook of the root": member("/etc/cron.d/a"),
    "workbook of above": member("xl/../../a"),
    "workbook of above, other slashes": member("..\\..\\a"),
    "workbook of a drive": member("C:/a"),
    # Pictures
    "huge PNG": _png(65536, 65536),
    "PNG without size": _png(0, 9),
    "cut PNG": PNG,
    "PNG of 7 bytes": PNG[:7],
    "huge JPEG": _jpeg(65535, 65535),
    "JPEG without size": _jpeg(0, 9),
    "cut JPEG": _jpeg(9, 9)[:-6],
    # PDF
    **PARTS,
    "PDF bomb": pdf_bomb(),
    "PDF bomb, packed twice": pdf_bomb(2),
    "PDF header": b"%PDF-1.7\n%%EOF",
    "PDF with HTML only": b"%PDF-1.7\n" + HTML + b"\n%%EOF",
    "PDF without pages": _pdf(b"<< /Type /Pages /Count 0 /Kids [] >>"),
    "PDF with a loop": _pdf(b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"),
    "PDF of too many pages": _pdf(
        b"<< /Type /Pages /Count 10001 /Kids [" + b"3 0 R " * 10_001 + b"] >>", PAGE
    ),
    # Sizes
    "PDF, a byte too large": _filled(blank_pdf(), LIMIT + 1),
    "PNG, a byte too large": _filled(_png(9, 9), LIMIT + 1),
    "workbook, a byte too large": workbook() + b"\0" * (LIMIT + 1 - len(workbook())),
}
# Of a permitted type and not damaged: kept in quarantine, and shown by no browser.
QUARANTINED = {
    "PDF with JavaScript": _pdf(
        PAGES, PAGE, b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    ),
    "PDF that starts a program": _pdf(
        PAGES, PAGE, b"/OpenAction << /S /Launch /F (calc.exe) >>"
    ),
    "PDF with HTML": _pdf(PAGES, PAGE, note=HTML),
    "PDF and ZIP": _pdf(PAGES, PAGE)[:-1] + _archive("a", b"b")[:500] + b"\n%%EOF",
    "PNG with a script": _png(9, 9, HTML),
    "PNG and ZIP": _png(9, 9, _archive("a.exe", b"MZ")),
    "JPEG with PHP": _jpeg(9, 9, b"<?php system($_GET['c']); ?>"),
    "workbook with a formula": member("xl/worksheets/sheet1.xml", '=cmd|"/C calc"!A0'),
    "PDF of almost the limit": _pdf(PAGES, PAGE, note=b"0" * (LIMIT - 999)),
    "PNG of the limit": _filled(_png(9, 9), LIMIT),
}
NAMES = [
    *("scan.pdf", "photo.png", "sheet.xlsx", "photo.jpg"),
    *("page.html", "picture.svg", "program.exe", "invoice.pdf.exe"),
    *("../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "C:\\a.pdf"),
    *("%2e%2e%2fpasswd", ".htaccess", "CON.pdf", "fdp\u202eexe.pdf"),
    *("a\u200b\u2066.pdf", "<img src=x onerror=alert(1)>.pdf", '";rm -rf.pdf'),
    *("a\r\nSet-Cookie: b=c.pdf", "\U0001f4c4.pdf", " ", "a" * 251 + ".pdf"),
]
# With which nothing is taken, whatever it is.
BAD_NAMES = ["a" * 252 + ".pdf", "a\0.pdf", "a\ud800.pdf"]
DECLARED = [
    *("application/pdf", "image/png", "text/html", "image/svg+xml"),
    *("application/octet-stream", "", "multipart/mixed", "image/jpeg; a=b"),
]
