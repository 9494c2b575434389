"""Text of aligned columns, for the terminal; Chinese characters take the width of two."""

import unicodedata


def width(text: str) -> int:
    """Return how many columns a text takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def table(rows: list[list[str]], align: str) -> list[str]:
    """Return rows as lines with aligned columns; `align` has l or r for each, the last column is not padded.

    Parameters
    ----------
    rows : sequence of sequences of str
        The first is the head.
    align : str
        One of l and r a column.
    """
    widths = [max(width(row[place]) for row in rows) for place in range(len(align))]
    lines = []
    for row in rows:
        cells = [
            " " * (size - width(cell)) + cell if side == "r" else cell + " " * (size - width(cell))
            for cell, size, side in zip(row, widths, align, strict=True)
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return lines
