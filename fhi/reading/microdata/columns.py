"""A column of texts as places in one stretch of bytes: compared and counted without making a text of each cell.

Parsing a million cells one by one takes seconds; most repeat (a city, a class, a round sum). So each text gets a
64-bit number from its bytes, eight at a time for all rows together, and only one cell of each number is made a text
and parsed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

#: bytes that a column's stretch needs after its last cell
PAD = b"\0" * 8
_MASKS = np.array([(1 << (8 * kept)) - 1 for kept in range(9)], dtype=np.uint64)
_ODD, _SHIFT, _LAST = np.uint64(0x9E3779B97F4A7C15), np.uint64(32), np.uint64(0xD6E8FEB86659FD93)


class Column:
    """The cells of a column.

    Parameters
    ----------
    stretch : bytes
        UTF-8, with `PAD` at its end.
    starts, ends : array of int
        Where each cell begins and ends in it.
    """

    def __init__(self, stretch: bytes, starts: np.ndarray, ends: np.ndarray):
        self.stretch, self.starts, self.ends = stretch, starts, ends

    @classmethod
    def of(cls, texts: Sequence[str]) -> Column:
        """Return a column of texts."""
        cells = [text.encode() for text in texts]
        lengths = np.array([len(cell) for cell in cells], dtype=np.int64)
        ends = np.cumsum(lengths)
        return cls(b"".join(cells) + PAD, ends - lengths, ends)

    def __len__(self) -> int:
        return len(self.starts)

    def texts(self, places: Sequence[int] | np.ndarray) -> list[str]:
        """Return the texts of the cells at these places."""
        starts, ends = self.starts[places].tolist(), self.ends[places].tolist()
        return [self.stretch[start:end].decode() for start, end in zip(starts, ends, strict=True)]

    def numbers(self) -> np.ndarray:
        """Return a 64-bit number of each cell, the same for the same text.

        Two of n different texts share one with a probability of about n²/2⁶⁵: 3 in a million for ten million.
        """
        total = np.zeros(len(self), dtype=np.uint64)
        lengths = self.ends - self.starts
        words = np.ndarray((len(self.stretch) - 7,), dtype="<u8", buffer=self.stretch, strides=(1,))
        for done in range(0, int(lengths.max(initial=0)), 8):
            # a cell that has ended is left as it is, whatever the length of the others
            longer = np.flatnonzero(lengths > done)
            part = slice(None) if len(longer) == len(total) else longer
            word = words[self.starts[part] + done] & _MASKS[np.minimum(lengths[part] - done, 8)]
            word = (total[part] ^ word) * _ODD
            total[part] = word ^ (word >> _SHIFT)
        total = (total ^ lengths.astype(np.uint64)) * _LAST
        return total ^ (total >> _SHIFT)

    def distinct(self) -> tuple[np.ndarray, list[str]]:
        """Return the place of each cell's text in the list of different texts after it, in order of appearance."""
        codes, found = pd.factorize(self.numbers())
        first = np.zeros(len(found), dtype=np.int64)
        # written from the last to the first, so that the first of each stays
        first[codes[::-1]] = np.arange(len(codes))[::-1]
        return codes, self.texts(first)
