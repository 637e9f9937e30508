"""Every sentence that we write to people on GitHub, and the hidden marker by which we know our own pull requests.

One module and one template in `templates/messages` for each kind of pull request. Text that comes from a repository
is never trusted with Markdown: it passes through `code` or `prose`.
"""

from __future__ import annotations

from bot.messages.addition import Addition, Package
from bot.messages.frame import Frame
from bot.messages.markdown import code, prose
from bot.messages.marker import (
    Marker,
    describes,
    is_withdrawn,
    marker,
    read_marker,
    read_replaced,
    remark_marker,
    replaced_marker,
    same_text,
    withdrawn,
)
from bot.messages.mend import Mend
from bot.messages.move import Move
from bot.messages.proposal import Message, body, title
from bot.messages.publisher import Places, Publisher

__all__ = [
    "Addition",
    "Frame",
    "Marker",
    "Mend",
    "Message",
    "Move",
    "Package",
    "Places",
    "Publisher",
    "body",
    "code",
    "describes",
    "is_withdrawn",
    "marker",
    "prose",
    "read_marker",
    "read_replaced",
    "remark_marker",
    "replaced_marker",
    "same_text",
    "title",
    "withdrawn",
]
