"""The web server: webhook, health, metrics and pages; `bot.events` decides what a delivery asks for."""

from __future__ import annotations

from bot.web.delivery import Secrets
from bot.web.metrics import Metrics
from bot.web.server import Ready, Web, make_metrics, make_setup, make_web, serving
from bot.web.webhook import Inbox

__all__ = ["Inbox", "Metrics", "Ready", "Secrets", "Web", "make_metrics", "make_setup", "make_web", "serving"]
