"""Bodies and comments as GitHub shows them: its Markdown, and of HTML only what can do nothing but fold.

Everything else of HTML is shown as the text that it is, and comments are not shown:
https://docs.github.com/en/get-started/writing-on-github
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

_TAGS = re.compile(r"(<!--.*?-->|</?(?:details|summary)>|<br ?/?>)", re.DOTALL)
_BOX = re.compile(r"\[([ xX])\] ")
_IN_ITEM = ("list_item_open", "paragraph_open", "inline")


def shown(text: str | None) -> Markup:
    """`text`, which may be anybody's, as HTML that holds no script, no style and no address that runs something."""
    return Markup(_markdown().render(text or ""))  # noqa: S704 - what renders it escapes all that is not its own


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
    made.core.ruler.push("boxes", _find_boxes)
    for kind, rule in (("html_block", _html), ("html_inline", _html), ("box", _box), ("image", _image)):
        made.add_render_rule(kind, rule)
    return made


def _html(_: RendererHTML, tokens: Sequence[Token], index: int, *_more: object) -> str:
    parts = _TAGS.split(tokens[index].content)
    return "".join(_tag(part) if number % 2 else html.escape(part) for number, part in enumerate(parts))


def _tag(part: str) -> str:
    return "" if part.startswith("<!--") else part


def _image(_: RendererHTML, tokens: Sequence[Token], index: int, *_more: object) -> str:
    """Pages here load nothing from elsewhere."""
    return html.escape(tokens[index].content)


def _box(_: RendererHTML, tokens: Sequence[Token], index: int, *_more: object) -> str:
    return f'<input type="checkbox" disabled{" checked" if tokens[index].meta["ticked"] else ""} aria-label="box"> '


def _find_boxes(state: StateCore) -> None:
    """`[ ] ` at the start of a list's entry; and columns of tables lose the style that no page here may have."""
    for token in state.tokens:
        token.attrs.pop("style", None)
    for number, token in enumerate(state.tokens[2:], 2):
        around = tuple(one.type for one in state.tokens[number - 2 : number + 1])
        first = token.children[0] if token.children else None
        if around != _IN_ITEM or first is None or (found := _BOX.match(first.content)) is None:
            continue
        first.content = first.content[found.end() :]
        box = Token("box", "", 0, meta={"ticked": found[1] != " "})
        token.children = [box, *(token.children or [])]
