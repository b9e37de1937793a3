"""Lines of a file that are of another encoding, or end in another way, than the others."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter
from pathlib import Path

from textrnn.corpora.checks.findings import Finding
from textrnn.corpora.files.opening import open_binary
from textrnn.corpora.files.reading import check_readable, is_marked, probable_encoding
from textrnn.corpora.formats.records import record_format


def check_encoding(path: str | Path) -> list[Finding]:
    """Look for lines of a file that are not UTF-8, and for line ends of several kinds.

    Of UTF-16 and UTF-32, which their byte-order marks tell, and of Parquet there is nothing to say.

    Raises:
        InputError: the file cannot be read, or is no text.
    """
    form = record_format(path)
    if form == "parquet":
        return []
    check_readable(path)
    strange = Finding("mixed encodings", "lines that are not UTF-8 among others that are")
    ends: Counter[str] = Counter()
    probable: Counter[str] = Counter()
    is_utf8 = False  # any line that is more than ASCII
    quoted = False  # within a quoted cell, whose line ends are the text's
    with open_binary(path) as file:
        if is_marked(file.peek(4)):
            return []
        for number, line in enumerate(file, start=1):
            if form in ("csv", "tsv") and line.count(b'"') % 2:
                quoted = not quoted
            if not quoted:
                ends["CR LF" if line.endswith(b"\r\n") else "LF"] += line.endswith(b"\n")
            try:
                is_utf8 |= not line.removeprefix(BOM_UTF8).decode("utf-8").isascii()
            except UnicodeDecodeError as error:
                encoding = probable_encoding(line)
                probable[encoding] += 1
                says = line.decode(encoding, "replace").strip()[:20]
                byte = f"byte {error.start} is 0x{line[error.start]:02x}"
                strange.add(number, f"{byte}, in {encoding} it says {says!r}")
    if probable and not is_utf8:
        strange.kind = "encoding"
        found = probable.most_common(1)[0][0]
        strange.message = f"no UTF-8: give the file's encoding, perhaps encoding={found!r}"
    return [finding for finding in (strange, *_line_ends(ends)) if finding.count]


def _line_ends(ends: Counter[str]) -> list[Finding]:
    kinds = [f"{count:,} {name}" for name, count in ends.items() if count]
    if len(kinds) < 2:
        return []
    message = f"{' and '.join(kinds)}: two files were joined; texts are read right all the same"
    return [Finding("line ends", message, 1, [])]
