"""What a file that is no text is, told by its first bytes, whatever its name says."""

from __future__ import annotations

_KINDS = {
    b"PK\x03\x04": "a ZIP archive: unpack it",
    b"%PDF": "a PDF document: save its text",
    b"\xd0\xcf\x11\xe0": "a document of Microsoft Office (.xls, .doc): save it as CSV or text",
    b"PAR1": "Parquet: give the file the ending .parquet",
    b"ORC": "ORC: convert it to Parquet",
    b"Obj\x01": "Avro: convert it to Parquet",
    b"ARROW1": "Arrow: convert it to Parquet",
    b"SQLite format 3\0": "an SQLite database: export a table as CSV",
    b"\x28\xb5\x2f\xfd": "packed with zstd: unpack it, or use gzip, bzip2 or xz",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive: unpack it",
    b"Rar!\x1a\x07": "a RAR archive: unpack it",
    b"{\\rtf": "a document in RTF: save it as text",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x80\x02": "a pickle of Python: convert it",
    b"\x80\x03": "a pickle of Python: convert it",
    b"\x80\x04": "a pickle of Python: convert it",
    b"\x80\x05": "a pickle of Python: convert it",
    b"\x7fELF": "a program",
}
# The names of members, which a ZIP archive has uncompressed before each.
_IN_ZIP = {
    b"xl/": "an Excel workbook (.xlsx): save it as CSV UTF-8",
    b"word/": "a Word document (.docx): save it as text",
    b"ppt/": "slides (.pptx): save their text",
    b"opendocument.spreadsheet": "an OpenDocument table (.ods): save it as CSV",
    b"Index/": "a document of Numbers or Pages: export it as CSV or text",
    b"opendocument.text": "an OpenDocument text (.odt): save it as text",
    b"epub": "an e-book (.epub): save its text",
}
# Begins with letters that a text may begin with: only with a zero byte after them is it no text.
_LIKE_TEXT = (b"PAR1", b"ORC", b"ARROW1", b"GIF8")
_TAR = 257  # where a TAR archive says what it is


def binary_kind(start: bytes) -> str:
    """What a file is and what to do with it, by its first bytes; empty where it may be text.

    Example:
        >>> binary_kind(b"%PDF-1.7")
        'a PDF document: save its text'
    """
    if start[_TAR : _TAR + 5] == b"ustar":
        return "a TAR archive: unpack it"
    for magic, kind in _KINDS.items():
        if start.startswith(magic) and (magic not in _LIKE_TEXT or b"\0" in start):
            if magic == b"PK\x03\x04":
                return next((what for name, what in _IN_ZIP.items() if name in start), kind)
            return kind
    return ""
