"""Checksums of a file page by page, each looked at when something of its page is first read.

So a file of any size opens at once, and nothing that was damaged is taken for what was written.
"""

from __future__ import annotations

import mmap
import zlib

import numpy as np
from numpy.typing import NDArray

PAGE_BYTES = 1 << 14


def page_sums(content: memoryview | mmap.mmap, begin: int, end: int) -> NDArray[np.uint32]:
    """CRC-32 of each page between two places of a file; the last may be shorter."""
    places = range(begin, end, PAGE_BYTES)
    view = memoryview(content)
    try:
        sums = [zlib.crc32(view[place : min(place + PAGE_BYTES, end)]) for place in places]
    finally:
        view.release()
    return np.array(sums, "<u4")


class Pages:
    """The pages of a mapped file.

    Args:
        content: the file.
        begin: where the first page begins.
        end: where the last ends.
        sums: their checksums.
    """

    def __init__(self, content: mmap.mmap, begin: int, end: int, sums: NDArray[np.uint32]) -> None:
        self._content, self._begin, self._end, self._sums = content, begin, end, sums
        self._seen = bytearray(len(sums))  # 1 where a page was found whole

    def are_whole(self, begin: int, end: int) -> bool:
        """Whether the bytes between two places of the file are as they were written."""
        if end <= begin:
            return True
        first = (begin - self._begin) // PAGE_BYTES
        last = (end - 1 - self._begin) // PAGE_BYTES
        while (page := self._seen.find(0, first, last + 1)) >= 0:
            place = self._begin + page * PAGE_BYTES
            found = page_sums(self._content, place, min(place + PAGE_BYTES, self._end))
            if found[0] != self._sums[page]:
                return False
            self._seen[page] = 1
            first = page + 1
        return True

    def rows_are_whole(self, rows: NDArray[np.int64], begin: int, width: int) -> bool:
        """The same for rows of so many bytes each, the first of which begins at ``begin``."""
        if not width or not len(rows):
            return True
        starts = begin + rows * width
        if len(rows) == 1 or width > PAGE_BYTES:
            return all(self.are_whole(start, start + width) for start in starts.tolist())
        ends = np.stack([starts, starts + width - 1])
        pages = np.unique((ends - self._begin) // PAGE_BYTES)
        places = (self._begin + pages * PAGE_BYTES).tolist()
        return all(self.are_whole(place, place + 1) for place in places)
