"""Lines of a file that are of another encoding, or end in another way, than the others."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from textrnn.corpora.checks.findings import Finding
from textrnn.corpora.files.opening import open_binary
from textrnn.corpora.files.reading import is_marked
from textrnn.corpora.formats.records import record_format


def check_encoding(path: str | Path) -> list[Finding]:
    """Look for lines of a file that are not UTF-8, and for line ends of several kinds.

    Of UTF-16 and UTF-32, which their byte-order marks tell, and of Parquet there is nothing to say.

    Raises:
        InputError: the file cannot be read.
    """
    strange = Finding("mixed encodings", "lines that are not UTF-8 among others that are")
    whole = Finding("encoding", "")
    ends: Counter[str] = Counter()
    number, form = 0, record_format(path)
    quoted = False  # within a quoted cell, whose line ends are the text's
    if form == "parquet":
        return []
    with open_binary(path) as file:
        if is_marked(file.peek(4)):
            return []
        for number, line in enumerate(file, start=1):
            if form in ("csv", "tsv") and line.count(b'"') % 2:
                quoted = not quoted
            if not quoted:
                ends["CR LF" if line.endswith(b"\r\n") else "LF"] += line.endswith(b"\n")
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                guess = _guess(line)
                strange.add(number, f"byte {error.start} is 0x{line[error.start]:02x}{guess}")
    findings = [strange]
    if strange.count == number and number > 1:
        whole.count, whole.examples = 1, strange.examples[:1]
        whole.message = "no line is UTF-8: name the encoding with --encoding"
        findings = [whole]
    kinds = [f"{count:,} {name}" for name, count in ends.items() if count]
    if len(kinds) > 1:
        message = f"{' and '.join(kinds)}: two files were joined; texts are read right all the same"
        findings.append(Finding("line ends", message, 1, []))
    return [finding for finding in findings if finding.count]


def _guess(line: bytes) -> str:
    for encoding in ("gb18030", "cp1252"):
        try:
            return f", in {encoding} it says {line.decode(encoding).strip()[:20]!r}"
        except UnicodeDecodeError:
            continue
    return ""
