"""The job engine behind one small interface; no other room imports the engine.

The web process opens a `Queue` and accepts deliveries; a worker starts one with a handler for each kind of job.
"""

from __future__ import annotations

from bot.queue.door import Queue
from bot.queue.options import Aftermath, Depth, Handler, JobInfo, JobState, Kinds, Level, QueueOptions

__all__ = ["Aftermath", "Depth", "Handler", "JobInfo", "JobState", "Kinds", "Level", "Queue", "QueueOptions"]
