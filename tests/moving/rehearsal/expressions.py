"""GitHub's expressions, evaluated: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence

Context = Mapping[str, object]
Evaluated = object

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<op>&&|\|\||==|!=|[!()\[\],.])|(?P<name>[A-Za-z_][\w-]*|\*))"
)
_PLACE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


class _Parser:
    """Recursive descent; every rule gives the value at once."""

    def __init__(self, source: str, context: Context) -> None:
        self.tokens = [found for found in _TOKEN.finditer(source) if found[0].strip()]
        self.at = 0
        self.context = context

    def next_is(self, *texts: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][0].strip() in texts

    def take(self) -> re.Match[str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def either(self) -> Evaluated:
        value = self.both()
        while self.next_is("||"):
            self.take()
            other = self.both()
            value = value if is_true(value) else other
        return value

    def both(self) -> Evaluated:
        value = self.equality()
        while self.next_is("&&"):
            self.take()
            other = self.equality()
            value = other if is_true(value) else value
        return value

    def equality(self) -> Evaluated:
        value = self.unary()
        while self.next_is("==", "!="):
            same = self.take()[0].strip() == "=="
            value = (_plain(value) == _plain(self.unary())) is same
        return value

    def unary(self) -> Evaluated:
        if self.next_is("!"):
            self.take()
            return not is_true(self.unary())
        return self.postfix()

    def postfix(self) -> Evaluated:
        token = self.take()
        if token["op"] == "(":
            value = self.either()
            self.take()
        elif token["text"] is not None:
            value = token["text"][1:-1].replace("''", "'")
        elif token["number"] is not None:
            value = float(token["number"])
        elif self.next_is("("):
            value = self.call(token["name"])
        else:
            name = token["name"]
            value = {"true": True, "false": False, "null": None}.get(name, self.context.get(name.lower()))
        return self.members(value)

    def members(self, value: Evaluated) -> Evaluated:
        while self.next_is(".", "["):
            if self.take()[0].strip() == ".":
                key: Evaluated = self.take()[0].strip()
            else:
                key = self.either()
                self.take()
            value = _member(value, key)
        return value

    def call(self, name: str) -> Evaluated:
        self.take()
        arguments = []
        while not self.next_is(")"):
            arguments.append(self.either())
            if self.next_is(","):
                self.take()
        self.take()
        status = self.context.get("status()")
        if name.lower() in ("success", "failure", "always", "cancelled"):
            return {"always": True, "cancelled": False, "success": status == "success"}.get(
                name.lower(), status == "failure"
            )
        return _FUNCTIONS[name.lower()](arguments)


def evaluate(source: str, context: Context) -> Evaluated:
    """The value of an expression, without `${{ }}` around it."""
    return _Parser(source, context).either()


def fill_in(text: str, context: Context) -> str:
    """A text with all its expressions evaluated."""
    return _PLACE.sub(lambda found: shown(evaluate(found[1], context)), text)


def holds(condition: object, context: Context) -> bool:
    """Whether an `if:` holds; what asks for no status wants success first."""
    text = "success()" if condition is None else str(condition)
    text = "true" if condition is True else "false" if condition is False else text
    whole = re.fullmatch(r"\s*\$\{\{(.*)\}\}\s*", text, re.DOTALL)
    inner = whole[1] if whole is not None and "${{" not in whole[1] else text
    asks = re.search(r"\b(?:success|failure|always|cancelled)\s*\(", inner) is not None
    if not asks and context.get("status()") != "success":
        return False
    if "${{" in inner:
        return fill_in(inner, context) != ""
    return is_true(evaluate(inner, context))


def is_true(value: Evaluated) -> bool:
    return value not in (None, False, "", 0, 0.0)


def shown(value: Evaluated) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _plain(value: Evaluated) -> Evaluated:
    if isinstance(value, str):
        return value.lower()
    return 0.0 if value in (None, False) else 1.0 if value is True else value


def _member(value: Evaluated, key: Evaluated) -> Evaluated:
    if not isinstance(value, Mapping):
        return None
    return next((each for name, each in value.items() if str(name).lower() == shown(key).lower()), None)


def _contains(arguments: Sequence[Evaluated]) -> Evaluated:
    inside, wanted = arguments
    if isinstance(inside, list):
        return shown(wanted).lower() in (shown(each).lower() for each in inside)
    return shown(wanted).lower() in shown(inside).lower()


def _format(arguments: Sequence[Evaluated]) -> Evaluated:
    return shown(arguments[0]).format(*map(shown, arguments[1:]))


_FUNCTIONS: Mapping[str, Callable[[Sequence[Evaluated]], Evaluated]] = {
    "contains": _contains,
    "startswith": lambda given: shown(given[0]).lower().startswith(shown(given[1]).lower()),
    "endswith": lambda given: shown(given[0]).lower().endswith(shown(given[1]).lower()),
    "format": _format,
    "fromjson": lambda given: json.loads(shown(given[0])),
    "tojson": lambda given: json.dumps(given[0]),
    "hashfiles": lambda _given: "0123",
    "join": lambda given: ",".join(map(shown, given[0] if isinstance(given[0], list) else [])),
}
