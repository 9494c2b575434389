"""What can be measured of a printed report: blank at the foot, the smallest letter, what is said on each page.

As a program: ``python tests/paper.py reports/baseline`` prints the figures of both PDFs.
"""

import io
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

TOOLS = ("pdftotext", "pdffonts", "pdfinfo", "pdftoppm", "pdftohtml")
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
#: resolution of the picture that the blank is measured on, and what top and foot of a page hold beside the text, in mm
DPI, TOP, FOOT = 25, 18, 13
#: pdftohtml gives sizes in whole pixels; it enlarges at most so much
ZOOM = 3


def tool(name: str, *arguments) -> bytes:
    return subprocess.run([name, *map(str, arguments)], capture_output=True, check=True).stdout


def texts(path, *how: str) -> list[str]:
    """Return the text of each page, in reading order or, with ``-raw``, as in the file: slanted words whole."""
    return tool("pdftotext", *how, path, "-").decode("utf-8").split("\f")[:-1]


def blanks(path) -> list[float]:
    """Return the share of the text's height that is blank at the foot of each page."""
    raw, found = tool("pdftoppm", "-r", DPI, "-gray", path), []
    stream = io.BytesIO(raw)
    while stream.tell() < len(raw):
        assert stream.readline() == b"P5\n"
        width, height = map(int, stream.readline().split())
        stream.readline()
        pixels = np.frombuffer(stream.read(width * height), np.uint8).reshape(height, width)
        top, foot = (round(edge / 25.4 * DPI) for edge in (TOP, FOOT))
        inked = np.flatnonzero((pixels[top : height - foot] < 235).any(axis=1))
        room = height - foot - top
        found.append(1 - (inked[-1] + 1) / room if len(inked) else 1.0)
    return found


def smallest(path) -> list[float]:
    """Return the size in points of the smallest letter of each page; pages without text have infinity."""
    xml = tool("pdftohtml", "-xml", "-i", "-stdout", "-zoom", ZOOM, path).decode("utf-8", "replace")
    sizes = {font: int(size) / ZOOM for font, size in re.findall(r'<fontspec id="(\d+)" size="(\d+)"', xml)}
    pages = re.split(r"<page ", xml)[1:]
    found = []
    for page in pages:
        used = {font for font, text in re.findall(r'<text [^>]*font="(\d+)"[^>]*>(.*?)</text>', page) if text.strip()}
        found.append(min((sizes[font] for font in used), default=float("inf")))
    return found


def chapter_ends(path) -> set[int]:
    """Return the pages, from 0, that are followed by the first page of a chapter by the bookmarks, or by nothing."""
    xml = tool("pdftohtml", "-xml", "-i", "-stdout", path).decode("utf-8", "replace")
    found, depth = set(), 0
    for mark, number in re.findall(r'<(/?outline|item page="(\d+)")', xml):
        depth += {"outline": 1, "/outline": -1}.get(mark, 0)
        if number and depth == 1:
            found.add(int(number) - 2)
    return found | {xml.count("<page ") - 1}


def main(folder: str) -> None:
    for path in sorted(Path(folder).glob("report.*.pdf")):
        blank, small, said = blanks(path), smallest(path), texts(path)
        han = [place for place, text in enumerate(said, start=1) if HAN.search(text)]
        print(f"{path.name}: {len(blank)} pages, blank {np.mean(blank):.1%}, smallest letter {min(small):.2f} pt")
        ends = chapter_ends(path)
        over = [(place + 1, f"{share:.0%}") for place, share in enumerate(blank) if share > 0.35 and place not in ends]
        print("  blank over 35 % but at a chapter's end:", over)
        print("  letters under 7 pt:", [(place, round(size, 2)) for place, size in enumerate(small, 1) if size < 6.99])
        print("  pages with Chinese:", han if ".en." in path.name else len(han))


if __name__ == "__main__":
    main(sys.argv[1])
