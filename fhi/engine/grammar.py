"""The grammar of expressions: from a text to a tree of parts. What the parts mean is in `fhi.engine.expressions`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from fhi.engine.errors import FhiError

WORDS = {"where", "by", "desc", "and", "or", "not", "in", "contains"}
#: signs that mean the same, such as those of a Chinese keyboard
SAME = {"（": "(", "）": ")", "，": ",", "＝": "=", "==": "=", "≤": "<=", "≥": ">=", "≠": "!=", "−": "-", "×": "*"}
SAME |= {"÷": "/", "＋": "+", "＜": "<", "＞": ">", "<>": "!="}
TOKEN = re.compile(
    r"""(?P<text>"[^"]*"|'[^']*'|“[^”]*”|‘[^’]*’)|(?P<number>[0-9]+(?:\.[0-9]+)?(?![\w.]))"""
    r"""|(?P<name>[^\W\d]\w*|`[^`]+`)|(?P<sign><=|>=|!=|==|<>|[-+*/=<>(),.≤≥≠−×÷＋＜＞（），＝])|(?P<blank>\s+)"""
)
TESTS = {"=", "!=", "<", "<=", ">", ">=", "contains", "in", "not"}
#: from the loosest to the closest
LEVELS = ({"or"}, {"and"}, TESTS, {"+", "-"}, {"*", "/"})
TESTING = 2
#: brackets within brackets, and parts below parts; what is deeper is refused before Python's own limit
MOST_BRACKETS, DEEPEST = 30, 100


class ExpressionError(FhiError):
    """An expression that cannot be read or computed: the part that is wrong, what was expected and what to do."""

    def __init__(self, part: str, expected: str, remedy: str):
        self.part, self.expected, self.remedy = part, expected, remedy
        super().__init__(f"in an expression: {part!r}; expected {expected}; remedy: {remedy}")


class Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Node:
    """A part of an expression: its kind, what it holds, the parts below it, and where in the text it stands."""

    kind: str
    held: object
    parts: tuple[Node | None, ...]
    start: int
    end: int
    depth: int


@lru_cache(4096)
def parse(text: str) -> Node:
    """Return the tree of an expression; raise `ExpressionError` where it does not follow the grammar."""
    return _Parser(text).whole()


def _tokens(text: str) -> list[Token]:
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise ExpressionError(text[at : at + 12], "a number, a 'text', a name or a sign", "put a text in quotes")
        if match.lastgroup != "blank":
            sign = SAME.get(match[0], match[0]) if match.lastgroup == "sign" else match[0]
            found.append(Token(match.lastgroup, sign, at, match.end()))
        at = match.end()
    return [*found, Token("end", "", len(text), len(text))]


class _Parser:
    """Recursive descent: one method a rule of the language."""

    def __init__(self, text: str):
        self.text, self.tokens, self.at, self.depth = text, _tokens(text), 0, 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def whole(self) -> Node:
        node = self.level(0)
        if self.next.kind != "end":
            self.unexpected("the end, or a sign between two parts")
        return node

    def unexpected(self, expected: str):
        part = self.text[self.next.start :] or "the end"
        raise ExpressionError(part, expected, f"correct {self.text!r} from there on")

    def part(self, kind: str, held, parts: tuple, start: int, end: int) -> Node:
        depth = 1 + max((part.depth for part in parts if part), default=0)
        if depth > DEEPEST:
            self.unexpected(f"at most {DEEPEST} parts below one another")
        return Node(kind, held, parts, start, end, depth)

    def take(self, *wanted: str) -> Token | None:
        """Take the next token if it is one of these signs or words."""
        token = self.next
        if token.kind in ("sign", "name") and token.text in wanted:
            self.at += 1
            return token
        return None

    def need(self, sign: str) -> Token:
        return self.take(sign) or self.unexpected(repr(sign))

    def level(self, number: int) -> Node:
        if number == len(LEVELS):
            return self.signed()
        if number == TESTING:
            return self.test()
        node = self.level(number + 1)
        while sign := self.take(*LEVELS[number]):
            right = self.level(number + 1)
            node = self.part("both" if number < TESTING else "sum", sign.text, (node, right), node.start, right.end)
        return node

    def test(self) -> Node:
        if sign := self.take("not"):
            with_not = self.nested(TESTING)
            return self.part("not", None, (with_not,), sign.start, with_not.end)
        left = self.level(TESTING + 1)
        sign = self.take(*TESTS)
        if sign is None:
            return left
        if sign.text == "not":
            self.need("in")
        open_ = self.next.text != "("
        right = self.level(TESTING + 1)
        kind = "in" if sign.text in ("in", "not") else "compared"
        if kind == "in" and open_ and right.kind == "chosen" and any(right.parts):
            part = self.text[right.start : right.end]
            raise ExpressionError(part, "a list in brackets after in", f"write in ({part}), or in (…) by …")
        node = self.part(kind, sign.text, (left, right), left.start, right.end)
        return self.part("not", None, (node,), node.start, node.end) if sign.text == "not" else node

    def signed(self) -> Node:
        if sign := self.take("-"):
            node = self.nested(len(LEVELS))
            return self.part("minus", None, (node,), sign.start, node.end)
        return self.primary()

    def nested(self, level: int) -> Node:
        self.depth += 1
        if self.depth > MOST_BRACKETS:
            self.unexpected(f"at most {MOST_BRACKETS} brackets within one another")
        node = self.level(level)
        self.depth -= 1
        return node

    def primary(self) -> Node:
        token = self.next
        if token.kind in ("number", "text"):
            self.at += 1
            held = float(token.text) if token.kind == "number" else token.text[1:-1]
            return self.part("plain", held, (), token.start, token.end)
        if self.take("("):
            parts = self.arguments()
            end = self.need(")").end
            return parts[0] if len(parts) == 1 else self.part("listed", None, parts, token.start, end)
        if token.kind == "name" and token.text not in WORDS:
            return self.named()
        return self.unexpected("a number, a 'text', table.column or a function")

    def arguments(self) -> tuple[Node, ...]:
        parts = [self.nested(0)]
        while self.take(","):
            parts.append(self.nested(0))
        return tuple(parts)

    def name(self) -> Token:
        if self.next.kind != "name":
            self.unexpected("a name")
        self.at += 1
        token = self.tokens[self.at - 1]
        return token._replace(text=token.text.strip("`"))

    def named(self) -> Node:
        token = self.name()
        if self.take("("):
            parts = () if self.next.text == ")" else self.arguments()
            return self.part("call", token.text, parts, token.start, self.need(")").end)
        column = self.name() if self.take(".") else None
        condition = self.nested(0) if self.take("where") else None
        key = self.nested(TESTING + 1) if self.take("by") else None
        falling = bool(key and self.take("desc"))
        end = self.tokens[self.at - 1].end
        if column is None and condition is None and key is None:
            return self.part("name", token.text, (), token.start, end)
        chosen = (token.text, column.text if column else None, falling)
        return self.part("chosen", chosen, (condition, key), token.start, end)
