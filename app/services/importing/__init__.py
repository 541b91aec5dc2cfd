"""Importing contact lists: read, map, normalise, match, plan, and carry out the plan.

This file imports nothing heavy, for the worker processes of an import pass through it.
"""

from app.services.importing.options import ImportOptions

__all__ = ["ImportOptions"]
