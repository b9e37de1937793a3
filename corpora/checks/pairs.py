"""What ruins a translator's training: empty sides, copies, leaks, sides that do not match."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from statistics import median

from textrnn.corpora.checks.findings import (
    CheckReport,
    Finding,
    garbled_text,
    is_garbled,
    make_report,
    short_key,
)
from textrnn.corpora.copies import text_key
from textrnn.corpora.files.reading import read_lines
from textrnn.corpora.pairs import Pair, PairSource, every_pair, read_pairs

_FAR = 4.0  # times as long or as short as the median of the file: mostly a line that slipped
_LONG = 20  # characters of the longer side: short ones say little
_SAYS = 10  # letters: fewer may be a name, which stays as it is


def check_pairs(source: PairSource, *, against: Iterable[PairSource] = ()) -> CheckReport:
    """Check pairs of texts, line by line.

    Sources are compared by :func:`textrnn.corpora.text_key`. Memory grows by some bytes a pair.

    Args:
        source: the file, or files.
        against: other splits, whose sources must not be in it.

    Raises:
        InputError: a file cannot be read or is malformed.
    """
    known = {short_key(text_key(text)) for other in against for text in _sources(other)}
    check = _Check(known)
    for pair in every_pair(source):
        check.add(pair)
    return make_report(source.file, check.count, {}, check.findings(), unit="pair")


def _sources(source: PairSource) -> Iterator[str]:
    """The texts that are translated in another split, of which one file is enough."""
    if source.target_file:
        return (line.text for line in read_lines(source.file, encoding=source.encoding))
    return (pair.source for pair in read_pairs(source))


class _Check:
    """The findings on the way through the pairs."""

    def __init__(self, known: set[bytes]) -> None:
        self._known, self.count = known, 0
        self._seen: set[bytes] = set()
        self._lengths: list[tuple[str, int, int]] = []  # of pairs that are long enough
        self._ratios = array("f")  # of the same
        self._empty = Finding("empty texts", "pairs with an empty side: no training reads them")
        self._leaks = Finding("overlap", "texts that another split has too: drop them here")
        self._same = Finding("same on both sides", "texts that are their own translation")
        self._doubles = Finding("duplicates", "pairs that came before: drop the copies")
        self._garbled = garbled_text()

    def add(self, pair: Pair) -> None:
        """Check a pair."""
        self.count += 1
        place = pair.place.rpartition(": ")[2].removeprefix("line ").removeprefix("record ")
        source, target = (side.strip() or "(nothing)" for side in (pair.source, pair.target))
        shown = f"{source} = {target}"
        if is_garbled(pair.source) or is_garbled(pair.target):
            self._garbled.add(place, shown)
        if not (pair.source.strip() and pair.target.strip()):
            self._empty.add(place, shown)
            return
        source, target = text_key(pair.source), text_key(pair.target)
        if short_key(source) in self._known:
            self._leaks.add(place, pair.source)
        if source == target and len(source) >= _SAYS:
            self._same.add(place, pair.source)
        both = short_key(f"{source}\n{target}")
        if both in self._seen:
            self._doubles.add(place, shown)
        self._seen.add(both)
        lengths = len(pair.source), len(pair.target)
        if max(lengths) >= _LONG:
            self._lengths.append((place, *lengths))
            self._ratios.append(lengths[1] / lengths[0])

    def findings(self) -> list[Finding]:
        """What was found, the gravest first."""
        message = "there is no pair in the file: was it written?"
        nothing = Finding("no pairs", message, int(not self.count))
        return [
            nothing, self._leaks, self._empty, self._far(), self._same, self._doubles,
            self._garbled,
        ]  # fmt: skip

    def _far(self) -> Finding:
        """Pairs whose lengths do not match as those of the others do."""
        finding = Finding("lengths", "")
        usual = median(self._ratios) if self._ratios else 1.0
        finding.message = (
            f"translations more than {_FAR:g} times as long or as short as the others, which have "
            f"{usual:.2g} characters for each of the source: see whether they belong together"
        )
        for (place, source, target), ratio in zip(self._lengths, self._ratios, strict=True):
            if not usual / _FAR <= ratio <= usual * _FAR:
                finding.add(place, f"{source:,} characters, {target:,} in the translation")
        return finding
