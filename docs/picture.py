"""Draws the README's picture: the diff of a real proposal, for a sample that uploads with a stored token."""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path

from bot import report
from bot.cli import looking
from bot.demo.samples import samples
from bot.report.people import Line, Role

SAMPLE = "lathe"
TITLE = "Publish to PyPI without a stored token"
_WIDTH, _LEFT, _LINE, _TOP = 760, 16, 18, 70
NBSP = "\N{NO-BREAK SPACE}"
"""Blanks at the start of a line, and several in a row, would be dropped by some who draw the picture."""
_PAINT = {
    Role.ADDED: ("#dafbe1", "#116329"),
    Role.REMOVED: ("#ffebe9", "#82071e"),
    Role.HUNK: ("#ddf4ff", "#0550ae"),
    Role.QUIET: (None, "#1f2328"),
}


def picture() -> str:
    """An SVG of what `pubflow fix` shows for the sample, as it is today."""
    lines = [line for line in _patch() if line.role is not Role.TITLE]
    added = sum(line.role is Role.ADDED for line in lines)
    removed = sum(line.role is Role.REMOVED for line in lines)
    height = _TOP + len(lines) * _LINE + 12
    rows = "\n".join(_row(number, line) for number, line in enumerate(lines))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="t">
<!-- Made by docs/generate.py from the sample repository {SAMPLE} of the demonstration. -->
<title id="t">The diff of a pull request: {TITLE}</title>
<rect x=".5" y=".5" width="{_WIDTH - 1}" height="{height - 1}" rx="8" fill="#fff" stroke="#d1d9e0"/>
<g font-family="-apple-system,Segoe UI,Helvetica,Arial,sans-serif" fill="#1f2328">
<text x="{_LEFT}" y="30" font-size="17" font-weight="600">{TITLE}
<tspan fill="#59636e" font-weight="400">#1</tspan></text>
<text x="{_LEFT}" y="54" font-size="12" fill="#59636e">.github/workflows/release.yml
<tspan fill="#116329" font-weight="600">+{added}</tspan>
<tspan fill="#82071e" font-weight="600">-{removed}</tspan></text>
</g>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="12.5">
{rows}
</g>
</svg>
"""


def _row(number: int, line: Line) -> str:
    back, ink = _PAINT[line.role]
    y = _TOP + number * _LINE
    band = f'<rect x="1" y="{y}" width="{_WIDTH - 2}" height="{_LINE}" fill="{back}"/>' if back else ""
    return f'{band}<text x="{_LEFT}" y="{y + 13}" fill="{ink}">{escape(line.text).replace(" ", NBSP)}</text>'


def _patch() -> tuple[Line, ...]:
    sample = next(each for each in samples("https://github.com") if each.name == SAMPLE)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in sample.files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        decision = looking.look(looking.Question(path=Path(folder), only="token-upload", offline=True))
    return report.as_diff(report.report(decision, path="."))
