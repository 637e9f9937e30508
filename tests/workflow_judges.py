"""Three judges of workflow files that we did not write: zizmor, actionlint and GitHub's own language service.

All work without the network. The first two come as wheels with their binaries; the third lies in `.cache/judges/node`,
where `python tests/ensure_judges.py` puts it. A judge that is absent skips the test that asks it, with the reason, or
fails it where `JUDGES=required` is in the environment; one that breaks raises `Broken`, so that it is never taken for
"nothing found".
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.programs import absent, program

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "judges"
NODE = CACHE / "node"
PERSONAS = ("regular", "pedantic", "auditor")
_SECONDS = 120

# The npm package imports JSON without the attribute that Node asks for; this hook serves it as a module.
_HOOK = """
import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(`
  import { readFile } from 'node:fs/promises';
  export async function load(url, context, next) {
    if (url.startsWith('file:') && url.endsWith('.json'))
      return { format: 'module', shortCircuit: true, source: 'export default ' + await readFile(new URL(url), 'utf8') };
    return next(url, context);
  }`));
"""
# Results are cached by address, so every file gets one of its own.
_DRIVER = """
import { readFileSync } from 'node:fs';
import { validate } from '@actions/languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
const out = [];
for (const [n, file] of process.argv.slice(1).entries()) {
  const doc = TextDocument.create(`file:///w/${n}/.github/workflows/w.yml`, 'yaml', 1, readFileSync(file, 'utf8'));
  for (const d of await validate(doc, {})) out.push({ file, line: d.range.start.line + 1, text: d.message });
}
console.log(JSON.stringify(out));
"""


class Broken(Exception):
    """A judge is there and could not do its work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One finding of a judge, of whatever level; `line` counts from 1."""

    judge: str
    file: str
    line: int
    text: str


def everything(paths: Iterable[Path]) -> tuple[Complaint, ...]:
    """What all three judges say, zizmor in each of its personas."""
    files = tuple(paths)
    found = [complaint for persona in PERSONAS for complaint in zizmor(files, persona=persona)]
    return (*found, *actionlint(files), *languageservice(files))


def zizmor(paths: Iterable[Path], *, persona: str = "auditor") -> tuple[Complaint, ...]:
    """Every audit's findings; a file that zizmor does not read as a workflow is a complaint too."""
    files = tuple(paths)
    done = _zizmor(files, persona)
    if done.returncode in (1, 2, 3) and len(files) > 1:  # one that it cannot read hides the others
        return tuple(complaint for file in files for complaint in zizmor([file], persona=persona))
    if done.returncode in (1, 2, 3):
        return (Complaint(judge="zizmor", file=str(files[0]), line=1, text=f"not a workflow: {done.stderr}"),)
    if done.returncode != 0 and not 10 <= done.returncode <= 14:
        raise Broken(f"zizmor exited {done.returncode}: {done.stderr}")
    return tuple(_hit(hit, persona) for hit in json.loads(done.stdout or "[]") if not hit.get("ignored"))


def _zizmor(files: Sequence[Path], persona: str) -> subprocess.CompletedProcess[str]:
    options = ["--offline", "--quiet", "--no-progress", "--no-config", "--persona", persona, "--format", "json-v1"]
    return _run([program("zizmor"), *options, *map(str, files)])


def _hit(hit: Mapping[str, Any], persona: str) -> Complaint:
    spot = next((s for s in hit["locations"] if s["symbolic"].get("kind") == "Primary"), hit["locations"][0])
    return Complaint(
        judge="zizmor",
        file=spot["symbolic"]["key"]["Local"]["verbatim_path"],
        line=spot["concrete"]["location"]["start_point"]["row"] + 1,
        text=f"{hit['ident']} ({persona}): {hit['desc']}",
    )


def actionlint(paths: Iterable[Path]) -> tuple[Complaint, ...]:
    """What actionlint says, without shellcheck and pyflakes and without anybody's configuration file."""
    files = {os.path.realpath(path): str(path) for path in paths}
    options = ["-no-color", "-shellcheck=", "-pyflakes=", "-config-file", os.devnull, "-format", "{{json .}}"]
    done = _run([program("actionlint"), *options, *files])
    if done.returncode not in (0, 1):
        raise Broken(f"actionlint exited {done.returncode}: {done.stderr or done.stdout}")
    return tuple(
        Complaint(
            judge="actionlint", file=files[os.path.realpath(row["filepath"])], line=row["line"], text=row["message"]
        )
        for row in json.loads(done.stdout or "[]") or []
    )


def languageservice(paths: Iterable[Path]) -> tuple[Complaint, ...]:
    """What GitHub's own workflow parser says, warnings included."""
    node = shutil.which("node")
    if node is None:
        absent("GitHub's language service needs node, which is not on the PATH")
    if not (NODE / "node_modules" / "@actions" / "languageservice").is_dir():
        absent("GitHub's language service is not installed: python tests/ensure_judges.py")
    files = [str(Path(path).resolve()) for path in paths]
    hook = "data:text/javascript," + _quoted(_HOOK)
    done = _run([node, "--import", hook, "--input-type=module", "--eval", _DRIVER, "--", *files], folder=NODE)
    if done.returncode != 0:
        raise Broken(f"the language service exited {done.returncode}: {done.stderr}")
    return tuple(Complaint(judge="languageservice", **row) for row in json.loads(done.stdout))


def _run(command: Sequence[str], *, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False)


def _quoted(script: str) -> str:
    return "".join(char if char.isalnum() else "".join(f"%{byte:02X}" for byte in char.encode()) for char in script)
