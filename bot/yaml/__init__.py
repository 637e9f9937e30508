"""Surgical edits of a YAML text. Knows neither GitHub nor PyPI."""

from bot.yaml.document import parse
from bot.yaml.nodes import Document, Kind, Node, Plain, ScalarStyle

__all__ = ["Document", "Kind", "Node", "Plain", "ScalarStyle", "parse"]
