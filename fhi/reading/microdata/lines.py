"""A text file in blocks of whole lines, in UTF-8, whatever it is written in; memory is bounded."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from fhi.engine.errors import DataError, Problem

#: bytes read at once; a line may not be longer than LONGEST, nor a cell over several lines than TALLEST
BLOCK, LONGEST, TALLEST = 4 << 20, 1 << 20, 16 << 20
HEAD = 1 << 16
#: what stands in UTF-8 for bytes that could not be decoded
UNREADABLE = "\ufffd".encode()
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_BINARY = {b"PK\x03\x04": "a workbook (.xlsx)", b"\xd0\xcf\x11\xe0": "an old workbook (.xls)", b"%PDF": "a PDF"}


def blocks(path: Path, file: str) -> Iterator[tuple[int, bytes]]:
    """Yield the number of the first line and the bytes of successive blocks: whole lines in UTF-8, ended by ``\\n``.

    UTF-8 (with or without mark), UTF-16 (with mark), GBK and GB18030 are read; line ends may be of any kind. A block is
    cut where no quoted cell is open. Bytes that cannot be decoded become `UNREADABLE`.

    Raises
    ------
    DataError
        If the file is no text, or a line or quoted cell has no end.
    """
    line, encoding = 1, None
    for block in _whole_lines(_chunks(path, file), file):
        if encoding is None and not block.isascii():
            encoding = _encoding(block, file)
        block = _decoded(block, encoding)
        if b"\0" in block:
            raise _not_text(file, "a byte 0")
        yield line, block
        line += block.count(b"\n")


def _chunks(path: Path, file: str) -> Iterator[bytes]:
    """Yield the bytes of a file without its mark, those of UTF-16 as UTF-8, with ``\\n`` at the ends of lines."""
    with path.open("rb") as stream:
        head = stream.read(4)
        for magic, what in _BINARY.items():
            if head.startswith(magic):
                raise _not_text(file, what)
        mark, encoding = next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", ""))
        decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding.startswith("utf-16") else None
        chunk, pending = head[len(mark) :] + stream.read(BLOCK), b""
        while chunk:
            after = stream.read(BLOCK)
            text = pending + (decoder.decode(chunk, not after).encode() if decoder else chunk)
            # a \r at the end of a chunk may be half of a \r\n
            pending = b"\r" if text.endswith(b"\r") and after else b""
            text = text[: len(text) - len(pending)]
            yield text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text
            chunk = after


def _whole_lines(chunks: Iterator[bytes], file: str) -> Iterator[bytes]:
    rest, line = b"", 1
    for chunk in chunks:
        rest += chunk
        cut = rest.rfind(b"\n") + 1
        if len(rest) - cut > LONGEST:
            last = line + rest.count(b"\n", 0, cut)
            expected = f"lines of at most {LONGEST:,} bytes"
            remedy = "save the file anew as CSV, one row a line"
            raise DataError([Problem(file, last, None, _shown(rest[cut : cut + 20]), expected, remedy)])
        if rest.count(b'"', 0, cut) % 2:
            # a quoted cell is open: take what follows with it
            if len(rest) > TALLEST:
                raise _open_quote(rest, line, file)
            continue
        if cut:
            yield rest[:cut]
            line += rest.count(b"\n", 0, cut)
            rest = rest[cut:]
    if rest.count(b'"') % 2:
        raise _open_quote(rest, line, file)
    if rest:
        yield rest if rest.endswith(b"\n") else rest + b"\n"


def _open_quote(rest: bytes, line: int, file: str) -> DataError:
    lines = rest.split(b"\n")
    first = next(place for place, text in enumerate(lines) if text.count(b'"') % 2)
    shown, expected = _shown(lines[first][:60]), "an end of every quoted cell"
    return DataError([Problem(file, line + first, None, shown, expected, 'close or remove the odd "')])


def _encoding(block: bytes, file: str) -> str:
    """Return the encoding in which a block with other than ASCII characters can be read."""
    for name in ("utf-8", "gb18030"):
        try:
            block.decode(name)
            return name
        except UnicodeDecodeError:
            pass
    # a few bad bytes do not change what the rest is
    bad = {name: block.decode(name, "replace").count("\ufffd") for name in ("utf-8", "gb18030")}
    best = min(bad, key=bad.__getitem__)
    if bad[best] > len(block) / 100 + 1:
        raise _not_text(file, _shown(block[:20]))
    return best


def _decoded(block: bytes, encoding: str | None) -> bytes:
    if encoding == "gb18030":
        return block.decode("gb18030", "replace").encode()
    if encoding == "utf-8":
        try:
            block.decode()
        except UnicodeDecodeError:
            return block.decode("utf-8", "replace").encode()
    return block


def _shown(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _not_text(file: str, found: str) -> DataError:
    remedy = "save it as CSV in UTF-8, or as .xlsx under a name that ends so"
    return DataError([Problem(file, None, None, found, "a text file in UTF-8, UTF-16, GBK or GB18030", remedy)])
