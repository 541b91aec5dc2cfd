"""The few calls to Stripe that the issuer needs, over an HTTP client that tests replace.

Answers are pinned to one API version, so that Stripe's changes do not change what is signed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from issuer.errors import IssuerError

BASE = "https://api.stripe.com"
API_VERSION = "2026-10-28.endive"
KEY_VARIABLES = ("CAPTELY_STRIPE_KEY", "STRIPE_SECRET_KEY")
BASE_VARIABLE = "CAPTELY_STRIPE_URL"
PAGE = "100"
MOST_PAGES = 1_000
Json = dict[str, Any]


def connect(environment: Mapping[str, str] = os.environ) -> Stripe:
    """Stripe with the key of the environment; raises IssuerError when there is none."""
    key = next((environment[name] for name in KEY_VARIABLES if environment.get(name)), "")
    if not key:
        raise IssuerError(f"A Stripe key is needed: set {KEY_VARIABLES[0]}, never an argument.")
    base = environment.get(BASE_VARIABLE) or BASE
    headers = {"Authorization": f"Bearer {key}", "Stripe-Version": API_VERSION}
    timeout = httpx.Timeout(60.0, connect=10.0)
    return Stripe(httpx.Client(base_url=base.rstrip("/"), headers=headers, timeout=timeout))


class Stripe:
    """Reads and writes through one HTTP client, which carries address and key."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def customer(self, customer: str) -> Json:
        """One customer."""
        return self._get(f"/v1/customers/{customer}")

    def subscriptions(self, customer: str | None = None) -> Iterator[Json]:
        """Subscriptions in any state, newest first, with what was last invoiced and sold."""
        query = {"status": "all", "expand[]": "data.latest_invoice"}
        return self._pages("/v1/subscriptions", query | _of(customer))

    def payments(self, customer: str) -> Iterator[Json]:
        """Payments of a customer with what became of their charges."""
        query = {"customer": customer, "expand[]": "data.latest_charge"}
        return self._pages("/v1/payment_intents", query)

    def entitlements(self, customer: str) -> list[str]:
        """The lookup keys of a customer's features."""
        pages = self._pages("/v1/entitlements/active_entitlements", {"customer": customer})
        return sorted(each["lookup_key"] for each in pages)

    def checkouts(self, customer: str) -> Iterator[Json]:
        """Finished checkouts of a customer, newest first."""
        query = {"customer": customer, "status": "complete"}
        return self._pages("/v1/checkout/sessions", query)

    def product(self, product: str) -> Json:
        """One product."""
        return self._get(f"/v1/products/{product}")

    def events(self, types: tuple[str, ...], since: str | None) -> list[Json]:
        """Events after `since`, oldest first; without it only the newest one there is."""
        query: dict[str, Any] = {"types[]": list(types), "limit": "1" if since is None else PAGE}
        if since is None:
            found: list[Json] = self._get("/v1/events", query)["data"]
            return found
        return self._events_after(query, since)

    def keep_metadata(self, customer: str, metadata: Mapping[str, str]) -> None:
        """Set values of a customer's metadata; an empty text removes one."""
        form = {f"metadata[{name}]": value for name, value in metadata.items()}
        self._call("POST", f"/v1/customers/{customer}", data=form)

    def _events_after(self, query: dict[str, Any], since: str) -> list[Json]:
        found: list[Json] = []
        for _ in range(MOST_PAGES):
            answer = self._get("/v1/events", query | {"ending_before": since})
            # A page before a cursor is the one right next to it, newest first.
            found += reversed(answer["data"])
            if not answer["has_more"]:
                return found
            since = found[-1]["id"]
        raise IssuerError("Stripe does not come to an end of its events; sync without --since.")

    def _pages(self, path: str, query: dict[str, Any]) -> Iterator[Json]:
        cursor: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            answer = self._get(path, query | {"limit": PAGE} | cursor)
            yield from answer["data"]
            if not answer["has_more"]:
                return
            cursor = {"starting_after": answer["data"][-1]["id"]}
        raise IssuerError(f"Stripe does not come to an end of {path}.")

    def _get(self, path: str, query: Mapping[str, Any] | None = None) -> Json:
        return self._call("GET", path, params=query)

    def _call(self, method: str, path: str, **parts: Any) -> Json:  # noqa: ANN401
        try:
            answer = self._client.request(method, path, **parts)
        except httpx.HTTPError as error:
            raise IssuerError(f"Stripe cannot be reached: {type(error).__name__}.") from error
        if answer.status_code != httpx.codes.OK:
            raise IssuerError(f"Stripe refused {method} {path}: {_reason(answer)}")
        content: Json = answer.json()
        return content


def _of(customer: str | None) -> dict[str, str]:
    return {} if customer is None else {"customer": customer}


def _reason(answer: httpx.Response) -> str:
    """Status, type and request id; never Stripe's message, which may quote a part of the key."""
    try:
        kind = str(answer.json()["error"]["type"])
    except (ValueError, KeyError, TypeError):
        kind = "no reason given"
    return f"{answer.status_code} {kind} ({answer.headers.get('request-id', 'no request id')})"
