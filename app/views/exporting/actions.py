"""What can be done about exports; the page carries it out."""

from __future__ import annotations

ACTIONS = ()
