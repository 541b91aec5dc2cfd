"""The providers of missing values: the one list of their keys and of how they are called."""

from __future__ import annotations

from collections.abc import Mapping

PROVIDERS: Mapping[str, str] = {
    "icypeas": "Icypeas",
    "dropcontact": "Dropcontact",
    "hunter": "Hunter",
    "apollo": "Apollo",
}
"""Names by key, in the order in which they are shown; plans, prices and calls use the keys."""


def provider_name(key: str) -> str:
    """How a provider is called, also one that only another version knows."""
    return PROVIDERS.get(key, key.capitalize())
