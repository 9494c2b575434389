"""A list of firms of any length, from the file to the indicators: seconds and peak memory of a process of its own.

Run by ``tests/bench.py``; alone it times a folder: ``python tests/bench_microdata.py <folder>``, and fills one with so
many million rows: ``… <folder> <millions>``.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

MILLION = 1_000_000
HEAD = "name,city,class,founded,financing,currency,round,date\n"
MARK = "甲"


def million_rows(seed: int = 2018) -> bytes:
    """Return a million rows as staff might write them: eight columns, some thousand amounts, firms repeated."""
    stream = np.random.default_rng(seed)
    cities = np.array(["北京", "上海市", "Hangzhou", "440300", "南京", "成都市", "武汉", "西安", "广州", "其他"])
    classes = np.array(["网贷", "众筹", "第三方支付", "区块链", "云计算", "理财", "征信"])
    rounds = np.array(["天使轮", "A轮", "B轮", "C轮", ""])
    amounts = [f"{units / 10:g}亿元" for units in range(1, 500)] + [f"{units}万元" for units in range(100, 9000, 10)]
    amounts = np.array(
        [*amounts, *(f"{units}万美元" for units in range(100, 3000, 25)), "未披露", "数千万", "超100亿元"]
    )
    firms = stream.integers(0, 3 * MILLION // 4, MILLION)
    year, month, day = (
        stream.integers(2010, 2018, MILLION),
        stream.integers(1, 13, MILLION),
        stream.integers(1, 29, MILLION),
    )
    picked = (stream.choice(values, MILLION) for values in (cities, classes, amounts, rounds))
    columns = (values.tolist() for values in (firms, *picked, year, month, day))
    lines = (
        f"{MARK}企业{firm:07d},{city},{kind},{y - 3}.{m},{amount},,{step},{y}-{m:02d}-{d:02d}"
        for firm, city, kind, amount, step, y, m, d in zip(*columns, strict=True)
    )
    return ("\n".join(lines) + "\n").encode()


def write(folder: Path, millions: int) -> None:
    """Write a list of firms: the same million again and again, each time of other firms."""
    rows = million_rows()
    with (folder / "firms.csv").open("wb") as file:
        file.write(HEAD.encode())
        for number in range(millions):
            file.write(rows.replace(MARK.encode(), chr(ord(MARK) + number).encode()))


def measure(millions: int) -> tuple[float, float]:
    """Return seconds from the file to the indicators, and the peak of a process that does nothing else, in MB."""
    with tempfile.TemporaryDirectory(prefix="fhi-bench-") as folder:
        # the peak of a process counts what its parent held when it began: the rows are made in another one
        for arguments in ([folder, str(millions)], [folder]):
            done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=True)
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def main(folder: str) -> None:
    from fhi.editions import load
    from fhi.engine.framework import Framework
    from fhi.paths import RAW
    from fhi.reading import microdata

    whole = load()
    tables = {name: whole[name] for name in ("cities", "vocabulary", "public/exchange_rates")}
    framework = Framework.from_csv(RAW / "report2018" / "framework.csv")
    started = time.perf_counter()
    # public rates are of one year: those of the others are taken from it, so that no row is refused
    found = microdata.collect(Path(folder), tables, framework, year=2018, rate_gap=9)
    seconds = time.perf_counter() - started
    assert found.refused.empty or set(found.refused["expected"]) == {"a row that is not there already"}
    assert len(found.panel) > 20
    # kilobytes on Linux, bytes on a Mac
    unit = 1024 if sys.platform.startswith("linux") else 1024**2
    print(f"{seconds:.3f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit:.1f}")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        write(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        main(sys.argv[1])
