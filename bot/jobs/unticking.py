"""Checkboxes that were answered are made empty again, so that they can be ticked again."""

from __future__ import annotations

from bot.events.speaking import Source, Speech
from bot.github import Desk
from bot.messages.checkboxes import Box, ticked, unticked

_STAYS = frozenset({Box.REGISTERED})
"""A fact, not an order: where it was noted, the body shows it ticked."""


async def is_ours(desk: Desk, speech: Speech, source: Source) -> bool:
    """Whether the boxes are ours to answer: anybody can write one into a comment of theirs."""
    if source.ticked is None or source.comment is None:
        return True
    return await desk.own_comment(speech.thread, source.comment) is not None


async def untick(desk: Desk, speech: Speech, source: Source, *, done: bool) -> None:
    """Empty the boxes of `source`, in the body or the comment where they are; nothing where they are empty.

    `done`: what they ask for was carried out.
    """
    if source.ticked is None:
        return
    boxes = {box for box in Box if box.value in source.boxes} - (_STAYS if done else frozenset())
    if source.comment is None:
        body = await desk.pull_body(speech.number)
        if ticked(body) & boxes:
            await desk.update_pull(speech.number, body=unticked(body, boxes))
        return
    text = await desk.own_comment(speech.thread, source.comment)
    if text is not None and ticked(text) & boxes:
        await desk.edit_comment(speech.thread, source.comment, unticked(text, boxes))
