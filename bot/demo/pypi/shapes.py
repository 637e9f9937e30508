"""The index's answers, in the shapes of https://docs.pypi.org/api/."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape

from bot.demo.pypi.state import StoredFile, StoredProject

SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"
SIMPLE_HTML = "application/vnd.pypi.simple.v1+html"
INTEGRITY = "application/vnd.pypi.integrity.v1+json"


def page(project: StoredProject) -> dict[str, object]:
    """https://docs.pypi.org/api/json/"""
    known = project.known
    version = project.versions[-1] if project.versions else known.version
    return {
        "info": {"name": known.name, "version": version, "home_page": None, "project_urls": dict(known.urls)},
        "last_serial": 1 + len(project.files),
        "ownership": {
            "organization": known.organization,
            "roles": [{"role": "Owner", "user": user} for user in known.owners],
        },
        "urls": [{"filename": file.filename, "packagetype": _kind(file)} for file in project.files],
        "vulnerabilities": [],
    }


def simple(project: StoredProject, digests: Mapping[str, str], base: str) -> dict[str, object]:
    """https://docs.pypi.org/api/index-api/ with PEP 700 and PEP 740; `digests` of the files that are there."""
    files = [file for file in project.files if file.filename in digests]
    return {
        "meta": {"_last-serial": 1 + len(project.files), "api-version": "1.4"},
        "name": project.name,
        "files": [_file(project, file, digests[file.filename], base) for file in files],
        "versions": list(dict.fromkeys(file.version for file in files)),
        "alternate-locations": [],
        "project-status": {"status": "active"},
    }


def simple_html(digests: Mapping[str, str], base: str) -> str:
    """https://packaging.python.org/en/latest/specifications/simple-repository-api/#base-html-api"""
    links = "".join(
        f'<a href="{base}/files/{escape(name)}#sha256={digest}">{escape(name)}</a><br>\n'
        for name, digest in digests.items()
    )
    return f"<!doctype html><html><body>\n{links}</body></html>\n"


def provenance(file: StoredFile) -> dict[str, object] | None:
    """https://docs.pypi.org/api/integrity/; the attestations themselves are left out: nothing here signs."""
    if file.publisher is None:
        return None
    publisher = {
        "kind": "GitHub",
        "repository": file.publisher.repository,
        "workflow": file.publisher.workflow,
        "environment": file.publisher.environment or None,
        "claims": None,
    }
    return {"version": 1, "attestation_bundles": [{"publisher": publisher, "attestations": []}]}


def _file(project: StoredProject, file: StoredFile, digest: str, base: str) -> dict[str, object]:
    address = f"{base}/integrity/{project.name}/{file.version}/{file.filename}/provenance"
    return {
        "filename": file.filename,
        "url": f"{base}/files/{file.filename}",
        "hashes": {"sha256": digest},
        "core-metadata": False,
        "data-dist-info-metadata": False,
        "requires-python": None,
        "size": file.size,
        "upload-time": datetime.fromtimestamp(file.uploaded_at, UTC).isoformat().replace("+00:00", "Z"),
        "yanked": False,
        "provenance": None if file.publisher is None else address,
    }


def _kind(file: StoredFile) -> str:
    return "bdist_wheel" if file.filename.endswith(".whl") else "sdist"
