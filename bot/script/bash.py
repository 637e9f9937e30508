"""Bash by tree-sitter: commands anywhere in the tree, words without their quotes, exact spans.

The grammar does not know GitHub's `${{ }}`, and it counts bytes. Both are settled before it sees the text: every
character of an expression and every one beyond ASCII is masked by a letter, so that offsets are code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from bot.script.command import Assignment, Command, Script, Word

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

EXPRESSION = re.compile(r"\$\{\{(?:[^'}$]|'[^']*'|\}(?!\})|\$(?!\{\{))*+\}\}")
"""GitHub's expressions; a `}}` inside a quoted string does not end one. They do not nest: without that, and without a
possessive repetition, a hundred thousand `${{` would take a minute."""
_BEYOND = re.compile(r"[^\x00-\x7f]|\x00")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED_IN_QUOTES = re.compile(r'\\([\\"$`\n])')
_WORDS = frozenset(
    {"word", "string", "raw_string", "concatenation", "simple_expansion", "expansion", "number", "ansi_c_string"}
    | {"command_substitution", "process_substitution", "translated_string", "arithmetic_expansion", "brace_expression"}
)
_LEAVES = frozenset({"word", "raw_string", "variable_name", "string_content", "comment"})
"""Nodes below which nothing stands: most."""
_EXPANSIONS = frozenset({"simple_expansion", "expansion"})


def mask(text: str) -> str:
    """`text` as the grammar may see it: pure ASCII, of the same length, without GitHub's expressions."""
    masked = EXPRESSION.sub(lambda found: "X" * len(found[0]), text) if "${{" in text else text
    masked = masked if masked.isascii() and "\x00" not in masked else _BEYOND.sub("x", masked)
    return masked.replace("\\\r\n", " \\\n").replace("\r\n", " \n") if "\r" in masked else masked


@cache
def _parser() -> Parser:
    """Loaded with the first script: in most repositories none is worth parsing, and the grammar is half a megabyte."""
    import tree_sitter_bash  # noqa: PLC0415
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_bash.language()))


def read_bash(text: str) -> Script:
    """Every simple command of a script of bash or sh, and what the script assigns; never raises."""
    tree = _parser().parse(mask(text).encode("ascii"))
    found = sorted(_commands(tree.root_node, text), key=lambda command: command.start)
    variables = {item.name: item.value for command in found if not command.words for item in command.assignments}
    return Script(commands=tuple(found), variables=variables)


def _commands(root: Node, text: str) -> Iterator[Command]:
    stack: list[tuple[Node, tuple[Node, ...]]] = [(root, ())]
    while stack:
        node, around = stack.pop()
        kind = node.type  # made anew at each look, as the children are
        if kind in _LEAVES:
            continue
        if kind == "redirected_statement":
            around = (*around, node)
        elif kind == "command":
            yield _command(node, around, text)
        elif kind in ("variable_assignment", "declaration_command"):
            yield _assigning(node, around, text)
            if kind == "declaration_command":
                continue
        stack.extend([(child, around) for child in node.named_children])


def _command(node: Node, around: tuple[Node, ...], text: str) -> Command:
    words: list[Word] = []
    assignments: list[Assignment] = []
    body: str | None = None
    end = node.end_byte
    for child in node.named_children:
        kind = child.type
        if kind in _WORDS:
            words.append(_word(child, text, kind))
        elif kind == "command_name" and child.named_children:
            words.append(_word(child.named_children[0], text))
        elif kind == "variable_assignment":
            assignments.append(_assignment(child, text))
        elif kind == "herestring_redirect" and child.named_children:
            body = _word(child.named_children[0], text).text
    inner = around[-1] if around else None
    body = body if body is not None else _heredoc(inner, text)
    words.extend(_after_redirection(inner, text))
    return Command(
        words=tuple(words),
        assignments=tuple(assignments),
        start=node.start_byte,
        end=max(end, words[-1].end) if words else end,
        whole=(inner.start_byte, inner.end_byte)
        if inner is not None and _is_alone(node, inner)
        else (node.start_byte, end),
        writes=tuple(target for outer in around for target in _targets(outer, text)),
        body=body,
    )


def _is_alone(node: Node, outer: Node) -> bool:
    return outer.start_byte == node.start_byte and bool(outer.named_children) and outer.named_children[0] == node


def _assigning(node: Node, around: tuple[Node, ...], text: str) -> Command:
    parts = [node] if node.type == "variable_assignment" else node.named_children
    return Command(
        words=(),
        assignments=tuple(_assignment(part, text) for part in parts if part.type == "variable_assignment"),
        start=node.start_byte,
        end=node.end_byte,
        whole=(node.start_byte, node.end_byte),
        writes=tuple(target for outer in around for target in _targets(outer, text)),
    )


def _assignment(node: Node, text: str) -> Assignment:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    return Assignment(
        name=text[name.start_byte : name.end_byte] if name is not None else "",
        value=_word(value, text).text if value is not None else "",
        start=node.start_byte,
        end=node.end_byte,
    )


def _targets(node: Node, text: str) -> Iterator[str]:
    for child in node.named_children:
        if child.type == "file_redirect":
            yield from (_word(part, text).text for part in child.children_by_field_name("destination")[:1])
        elif child.type == "heredoc_redirect":  # `cat <<EOF > file`: what follows hangs below
            yield from _targets(child, text)


def _heredoc(node: Node | None, text: str) -> str | None:
    if node is None:
        return None
    for child in node.named_children:
        if child.type == "heredoc_redirect":
            found = next((part for part in child.named_children if part.type == "heredoc_body"), None)
            return "" if found is None else text[found.start_byte : found.end_byte]
    return None


def _after_redirection(node: Node | None, text: str) -> Iterator[Word]:
    """Words that the grammar hangs below a redirection: `twine upload > log dist/*`."""
    for child in node.named_children if node is not None else ():
        if child.type == "file_redirect":
            yield from (_word(part, text) for part in child.children_by_field_name("destination")[1:])


def _word(node: Node, text: str, kind: str = "") -> Word:
    kind, start, end = kind or node.type, node.start_byte, node.end_byte
    return Word(text=_decoded(node, text[start:end], kind, text), start=start, end=end, split=kind in _EXPANSIONS)


def _decoded(node: Node, source: str, kind: str, text: str) -> str:
    match kind:
        case "word":
            return _ESCAPED.sub(r"\1", source).replace("\n", "") if "\\" in source else source
        case "raw_string":
            return source[1:-1]
        case "ansi_c_string":
            return source[2:-1]
        case "translated_string" | "string":
            return _ESCAPED_IN_QUOTES.sub(lambda found: "" if found[1] == "\n" else found[1], source.lstrip("$")[1:-1])
        case "concatenation":
            return "".join(_word(child, text).text for child in node.named_children)
        case _:
            return source
