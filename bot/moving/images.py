"""Containers in which steps run: whether today's actions can run there.

The runner brings a Node of its own into a job's container, and Node 20 and 24 need a glibc of version 2.28 (Alpine gets
one made for musl): https://github.com/nodejs/node/blob/main/BUILDING.md#platform-list
"""

from __future__ import annotations

import re

from bot.workflow import Job

_NEW = re.compile(
    r"""(?:(?:docker\.io|quay\.io|ghcr\.io|public\.ecr\.aws|registry\.hub\.docker\.com)/)?(?:library/|docker/library/)?(?:
      python(?::(?!3\.[0-4]\b)(?![\w.-]*(?:wheezy|jessie|stretch|windows|nanoserver))[\w.-]+)?
    | pypa/(?:many|musl)linux_(?:2_(?:2[89]|[3-9]\d)|1_[1-9])_\w+(?::[\w.-]+)?
    | ubuntu(?::(?:2\d\.\d\d|focal|jammy|noble|latest|rolling)[\w.-]*)?
    | debian(?::(?:1\d|buster|bullseye|bookworm|trixie|stable|testing|sid|latest)[\w.-]*)?
    | (?:almalinux|rockylinux):(?:[89]|10)[\w.-]*
    | (?:fedora|alpine|archlinux)(?::[\w.-]+)?
    )\Z""",
    re.VERBOSE,
)
"""Images of which the name says that they are new enough."""


def runs_actions(job: Job) -> bool:
    """Claims that an action made for today's Node runs where the steps of a job do: one does already, or it is known.

    GitHub's own actions for steps are made of JavaScript; of another's it is not known.
    """
    if job.container is None or any(step.uses is not None and step.uses.owner == "actions" for step in job.steps):
        return True
    return _NEW.match(job.container) is not None
