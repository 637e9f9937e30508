"""`explain`: what a rule looks for, why, and what it found here."""

from __future__ import annotations

from bot.commands.command import Command, Deed, View, refused
from bot.commands.ignoring import RULE_IDS, nearest_rule
from bot.config import Permission
from bot.messages import code, replies
from bot.rules import RULES


def act(argument: str, view: View) -> Deed:
    word = argument.split(maxsplit=1)[0].lower() if argument else ""
    rule = next((rule for rule in RULES if word == rule.ID), None)
    if rule is None:
        near = nearest_rule(word)
        names = ", ".join(code(name) for name in RULE_IDS)
        known = f"Did you mean {code(near)}?" if near else f"The rules are {names}."
        return refused(f"{code(word)} is no rule. {known}" if word else f"Which rule? {known}")
    found = [each for each in view.decision.findings if each.rule == rule.ID and not each.quiet]
    refusals = [refusal for refusal in view.decision.refusals if refusal.rule == rule.ID]
    return Deed(says=replies.explanation(rule.ID, rule.__doc__ or "", found, refusals))


COMMAND = Command(
    name="explain",
    argument="RULE",
    about="says what a rule looks for, why it matters, and what it found here",
    needs=Permission.TRIAGE,
    act=act,
)
