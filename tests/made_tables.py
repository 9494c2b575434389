"""One true table, laid out at random as statistical tables are: titles, heads, stubs, totals, notes."""

from __future__ import annotations

import csv
import io
import random

CITIES = ["北京", "上海", "杭州", "深圳", "广州", "成都"]
OUTSIDE = ["温州", "苏州市", "浙江省", "江苏", "义乌市", "香港岛"][:5]
TOTALS = ["全国", "合计", "总计", "全 国", "Total"]
ENGLISH = dict(zip(CITIES, ["Beijing", "Shanghai", "Hangzhou", "Shenzhen", "Guangzhou", "Chengdu"], strict=True))
PROVINCES = dict(zip(CITIES, ["北京市", "上海", "浙江省", "广东", "广东省", "四川"], strict=True))
YEARS = [2015, 2016, 2017]
#: names that a measure may be written by, units of its values (name, factor), measures that are none of the tree
NAMES = {
    "gdp": ["地区生产总值", "GDP", "国内生产总值"],
    "universities": ["双一流高校数", "双一流高校"],
    "institutes": ["专项科研机构数"],
}
UNITS = {
    "gdp": [("亿元", 1), ("万元", 10_000), ("100 million yuan", 1), ("亿元人民币", 1)],
    "universities": [("所", 1)],
    "institutes": [("个", 1)],
}
FOREIGN = ["常住人口（万人）", "地区生产总值增长率（%）", "人均地区生产总值（元）", "GDP排名", "备注", "第三产业占比"]


class Layout:
    """A table and how it is laid out, drawn from a seed."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        draw = self.random
        self.cities = draw.sample(CITIES, draw.randint(2, 6))
        self.form = draw.choice(
            ["measures", "years", "panel", "long", "measure over year", "year over measure", "sections"]
        )
        self.years = [draw.choice(YEARS)] if self.form == "measures" else draw.sample(YEARS, draw.randint(1, 3))
        several = self.form not in ("years", "sections")
        self.measures = draw.sample(list(NAMES), draw.randint(1, 3) if several else 1)
        self.units = {measure: draw.choice(UNITS[measure]) for measure in self.measures}
        self.unit_at = draw.choice(
            ["heading", "row", "corner", "title"] if len(self.measures) == 1 else ["heading", "heading", "row"]
        )
        self.names = {measure: draw.choice(NAMES[measure]) for measure in self.measures}
        self.truth = {
            (city, measure, year): self._number(measure)
            for city in self.cities
            for measure in self.measures
            for year in self.years
        }

    def _number(self, measure: str) -> float:
        draw = self.random
        return round(draw.uniform(200, 30_000), 2) if measure == "gdp" else float(draw.randint(0, 60))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def shown(self, city: str, measure: str, year: int) -> str:
        """Return a value as a cell shows it."""
        value = self.truth[city, measure, year] * self.units[measure][1]
        value = round(value, 2)
        text = f"{value:,}" if self.comma else f"{value:g}" if value == int(value) and value < 1e5 else f"{value}"
        text = text.replace(",", " ") if self.comma and self.spaced else text
        return text + ("①" if self.chance(0.03) else "*" if self.chance(0.03) else "")

    def heading(self, measure: str) -> str:
        name, unit = self.names[measure], self.units[measure][0]
        if self.unit_at != "heading":
            return name
        return self.random.choice(
            [
                f"{name}（{unit}）",
                f"{name}({unit})",
                f"{name}（当年价格）（{unit}）" if measure == "gdp" else f"{name} ({unit})",
            ]
        )

    def city(self, city: str) -> str:
        form = self.random.choice(["{}", "{}", "{}市", " {} ", "{}①"])
        return form.format(city)

    def year(self, year: int) -> str:
        return self.random.choice([f"{year}", f"{year}年", f"{year}.0"])

    def rows(self) -> list[list[str]]:
        """Return the rows of the sheet."""
        self.comma, self.spaced = self.chance(0.3), self.chance(0.3)
        head, body = getattr(self, "_" + self.form.replace(" ", "_"))()
        if self.form not in ("long", "sections"):
            head, body = self._with_columns(head, body)
        body = self._with_rows(body)
        if self.form not in ("long", "panel", "sections") and self.chance(0.25):
            return self._titles() + self._turned(head + body)
        if self.form == "measures" and len(body) > 3 and self.chance(0.25) and self.unit_at != "row":
            half = len(body) // 2
            left, right = head + body[:half], head + body[half:]
            right += [[""] * len(head[0])] * (len(left) - len(right))
            left += [[""] * len(head[0])] * (len(right) - len(left))
            gap = [""] if self.chance(0.3) else []
            return self._titles() + [one + gap + other for one, other in zip(left, right, strict=True)] + self._foot()
        if self.form == "measures" and len(body) > 3 and self.chance(0.25):
            half = len(body) // 2
            return (
                self._titles()
                + head
                + body[:half]
                + ([[""]] if self.chance(0.5) else [])
                + head
                + body[half:]
                + self._foot()
            )
        return self._titles() + head + body + self._foot()

    def _stub(self) -> str:
        return self.random.choice(["城市", "地区", "", "城市名称", "Region"])

    def _unit_row(self, width: int, measures: list[str]) -> list[list[str]]:
        if self.unit_at != "row":
            return []
        return [[""] * (width - len(measures)) + [self.units[measure][0] for measure in measures]]

    def _measures(self):
        year = self.years[0]
        head = [[self._stub(), *map(self.heading, self.measures)]] + self._unit_row(
            len(self.measures) + 1, self.measures
        )
        body = [
            [self.city(city), *(self.shown(city, measure, year) for measure in self.measures)] for city in self.cities
        ]
        return head, body

    def _years(self):
        (measure,) = self.measures
        head = [[self._stub(), *map(self.year, self.years)]] + self._unit_row(
            len(self.years) + 1, [measure] * len(self.years)
        )
        body = [[self.city(city), *(self.shown(city, measure, year) for year in self.years)] for city in self.cities]
        return head, body

    def _panel(self):
        first = self.chance(0.5)
        head = [[*(["年份", self._stub()] if first else [self._stub(), "年份"]), *map(self.heading, self.measures)]]
        head += self._unit_row(len(self.measures) + 2, self.measures)
        body = []
        for city in self.cities:
            for year in self.years:
                labels = [self.year(year), self.city(city)]
                body.append([*(labels if first else labels[::-1]), *(self.shown(city, m, year) for m in self.measures)])
        self.random.shuffle(body)
        return head, body

    def _long(self):
        unit = self.chance(0.5)
        head = [["城市", "指标", "年份", "数值"] + (["单位"] if unit else [])]
        body = [
            [
                self.city(city),
                self.names[m] if unit else f"{self.names[m]}（{self.units[m][0]}）",
                self.year(year),
                self.shown(city, m, year),
            ]
            + ([self.units[m][0]] if unit else [])
            for city in self.cities
            for m in self.measures
            for year in self.years
        ]
        self.unit_at = "heading"
        return head, body

    def _over(self, outer, inner, label, below):
        repeated = self.chance(0.5)
        top, low = [self._stub()], [""]
        for one in outer:
            for number, other in enumerate(inner):
                top.append(label(one) if repeated or number == 0 else "")
                low.append(below(other))
        return [top, low]

    def _measure_over_year(self):
        head = self._over(self.measures, self.years, self.heading, self.year)
        columns = [(m, year) for m in self.measures for year in self.years]
        return self._two(head, columns)

    def _year_over_measure(self):
        head = self._over(self.years, self.measures, self.year, self.heading)
        columns = [(m, year) for year in self.years for m in self.measures]
        return self._two(head, columns)

    def _two(self, head, columns):
        head += self._unit_row(len(columns) + 1, [m for m, _ in columns])
        return head, [[self.city(city), *(self.shown(city, m, year) for m, year in columns)] for city in self.cities]

    def _sections(self):
        (measure,) = self.measures
        body = []
        for year in self.years:
            body += [[f"{year}年", ""]] + [[self.city(city), self.shown(city, measure, year)] for city in self.cities]
        return [[self._stub() or "城市", self.heading(measure)]] + self._unit_row(2, [measure]), body

    def _with_columns(self, head, body):
        """Add columns that are none of the table's: numbers of the rows, other measures, names in English."""
        if self.chance(0.2):
            head = [["序号" if n == 0 else "", *row] for n, row in enumerate(head)]
            body = [[str(n), *row] for n, row in enumerate(body, 1)]
        if self.chance(0.15):
            # names in English behind the values; or the province before the city
            head = [[*row, "City" if n == 0 else ""] for n, row in enumerate(head)]
            body = [[*row, self._other_name(row, ENGLISH)] for row in body]
        elif self.chance(0.15):
            head = [["省份" if n == 0 else "", *row] for n, row in enumerate(head)]
            body = [[self._other_name(row, PROVINCES), *row] for row in body]
        if self.chance(0.3):
            name = self.random.choice(FOREIGN)
            head = [
                [*row, name if n == 0 or (len(head) > 1 and self.chance(0.5) and n == 0) else ""]
                for n, row in enumerate(head)
            ]
            body = [
                [*row, f"{self.random.uniform(0, 900):.1f}" if name != "备注" else self.random.choice(["", "见注"])]
                for row in body
            ]
        return head, body

    def _other_name(self, row, names):
        """Return what the city of a row is called in another column."""
        return next(names[city] for city in CITIES if any(city in text for text in row))

    def _with_rows(self, body):
        """Add rows that are of no city of the list: totals, other places; and districts."""
        width = len(body[0])
        cities = [sum(any(city in row[n] for city in CITIES) for row in body) for n in range(width)]
        # of province and city the later column
        place = max(range(width), key=lambda n: (cities[n], n))
        if not cities[place] or self.form == "sections":
            return body
        for name in self.random.sample([*OUTSIDE, *TOTALS, "杭州市西湖区"], self.random.randint(0, 4)):
            row = list(body[self.random.randrange(len(body))])
            for n in range(place + 1, width):
                if _numeric(row[n]) and not _year(row[n]):
                    row[n] = f"{self.random.uniform(10, 9999):.1f}"
            row = ["" if text in ENGLISH.values() or text in PROVINCES.values() else text for text in row]
            row[place] = name
            body.insert(self.random.choice([0, self.random.randint(0, len(body)), len(body)]), row[:width])
        return body

    def _turned(self, rows):
        return [list(column) for column in zip(*rows, strict=True)]

    def _titles(self):
        draw, rows = self.random, []
        if self.form == "years":
            (measure,) = self.measures
            unit = f"({self.units[measure][0]})" if self.unit_at == "heading" else ""
            rows.append([f"指标：{self.names[measure]}{unit}"])
            rows = ([["数据库：主要城市年度数据"]] if self.chance(0.5) else []) + rows
        elif self.form == "measures":
            rows.append([draw.choice([f"{self.years[0]}年主要城市经济指标", f"各城市主要指标（{self.years[0]}年）"])])
        elif self.chance(0.4):
            rows.append([draw.choice(["主要城市统计", "表1-2 各城市主要指标"])])
        unit = self.units[self.measures[0]][0]
        if self.unit_at == "corner":
            rows.append(["", "", f"单位：{unit}"])
        elif self.unit_at == "title":
            rows.append([f"单位：{unit}"])
        if rows and self.chance(0.2):
            rows.insert(len(rows), [""])
        return rows

    def _foot(self):
        return [
            [draw]
            for draw in self.random.sample(
                ["注：本表按当年价格计算。", "数据来源：国家统计局", "资料来源：各市统计局"], self.random.randint(0, 2)
            )
        ]

    def text(self) -> bytes:
        """Return the table as a CSV file."""
        rows = self.rows()
        width = max(map(len, rows))
        if not self.chance(0.2):
            rows = [row + [""] * (width - len(row)) for row in rows]
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        return out.getvalue().encode(self.random.choice(["utf-8-sig", "utf-8", "gb18030"]))


def _numeric(text: str) -> bool:
    return text[:1].isdigit() and "yuan" not in text


def _year(text: str) -> bool:
    return text in {f"{year}{end}" for year in YEARS for end in ("", "年", ".0")}
