"""Lists as files: CSV for spreadsheets, JSON for scripts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from aiohttp import web

from bot.store.views import Row
from bot.web.dashboard.pages import moment

_COLUMNS = ("repository", "public", "status", "standing", "findings", "refusals", "outcome", "scanned_at")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(rows: Sequence[Row]) -> str:
    """RFC 4180, with what a spreadsheet would take for a formula made text.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        writer.writerow([_harmless(str(value)) for value in _values(row).values()])
    return out.getvalue()


def as_json(account: str, rows: Sequence[Row]) -> str:
    return json.dumps({"schema": 1, "account": account, "repositories": [_values(row) for row in rows]}, indent=1)


def download(text: str, name: str, content_type: str) -> web.Response:
    safe = "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter in "._-"))
    headers = {"Content-Disposition": f'attachment; filename="{safe}"'}
    return web.Response(text=text, content_type=content_type, charset="utf-8", headers=headers)


def _values(row: Row) -> dict[str, object]:
    return {
        "repository": row.full_name,
        "public": row.public,
        "status": row.status or "skipped",
        "standing": row.kind.value,
        "findings": row.findings,
        "refusals": row.refusals,
        "outcome": row.outcome,
        "scanned_at": moment(row.scanned_at),
    }


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
