"""Durable background work: jobs, their leases and items, and the lanes they run in."""

from app.services.jobs.context import JobContext, Paused
from app.services.jobs.items import Item, ItemQueue, ItemState, NewItem
from app.services.jobs.jobs import Jobs
from app.services.jobs.lanes import Lane
from app.services.jobs.progress import JobProgress
from app.services.jobs.runner import Runner
from app.services.jobs.view import JobChanged, JobState, JobView

__all__ = [
    "Item",
    "ItemQueue",
    "ItemState",
    "JobChanged",
    "JobContext",
    "JobProgress",
    "JobState",
    "JobView",
    "Jobs",
    "Lane",
    "NewItem",
    "Paused",
    "Runner",
]
