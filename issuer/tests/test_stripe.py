"""Licences from what Stripe knows, over real HTTP to a practice Stripe on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from issuer.armour import take_apart
from issuer.claims import Plans
from issuer.errors import IssuerError
from issuer.orders import order_of
from issuer.output import CHUNK, PREFIX, chunks, joined
from issuer.stripe_client import API_VERSION, Stripe, connect

DAY = 86_400
ISSUED = 1_795_780_800
WORKSPACE = "0e7b7a38-6c1f-4c8e-9d0a-0f4f2f4b1f3a"
OTHER = "1f8c8b49-7d20-4d9f-8e1b-105030512a4b"


def subscription(customer: str = "cus_1", **changes: Any) -> dict[str, Any]:
    price = {
        "id": "price_1", "lookup_key": changes.pop("lookup_key", "captely_professional_month"),
        "product": "prod_1", "recurring": {"interval": changes.pop("interval", "month")},
    }  # fmt: skip
    item = {"price": price, "quantity": changes.pop("quantity", 1),
            "current_period_end": changes.pop("period_end", ISSUED + 20 * DAY)}  # fmt: skip
    return {
        "id": f"sub_{customer}", "customer": customer, "status": "active", "created": ISSUED,
        "trial_end": None, "cancel_at_period_end": False, "livemode": True,
        "metadata": {"captely_workspace": WORKSPACE}, "items": {"data": [item]},
        "latest_invoice": {"next_payment_attempt": None},
    } | changes  # fmt: skip


@pytest.fixture
def shop(stripe: Any) -> Any:
    """A practice Stripe with one customer on Professional."""
    stripe.customers["cus_1"] = {"id": "cus_1", "name": "Acme Ltd", "metadata": {}}
    stripe.products["prod_1"] = {"id": "prod_1", "metadata": {}}
    stripe.subscriptions.append(subscription())
    return stripe


def claims_of(run: Any, key: Path, customer: str = "cus_1") -> dict[str, Any]:
    code, text, said = run("issue", "--key", key, "--customer", customer)
    assert code == 0, said
    return take_apart(text).content


def test_a_customer_gets_what_was_paid_for(shop: Any, run: Any, key: Path):
    shop.entitlements = [
        {"id": "ent_1", "customer": "cus_1", "lookup_key": "sso"},
        {"id": "ent_2", "customer": "cus_1", "lookup_key": "audit"},
        {"id": "ent_3", "customer": "cus_1", "lookup_key": "api"},
    ]
    claims = claims_of(run, key)

    assert (claims["sub"], claims["plan"], claims["to"]) == (WORKSPACE, "professional", "Acme Ltd")
    assert (claims["cus"], claims["sid"]) == ("cus_1", "sub_cus_1")
    assert claims["period_end"] == ISSUED + 20 * DAY
    assert claims["exp"] == ISSUED + 23 * DAY
    assert claims["features"] == ["api", "audit", "sso"]
    assert claims["livemode"] is True


def test_every_call_is_pinned_and_carries_the_key_of_the_environment(
    shop: Any, run: Any, key: Path
):
    claims_of(run, key)
    assert {headers["Stripe-Version"] for *_, headers in shop.asked} == {API_VERSION}


@pytest.mark.parametrize(
    ("changes", "claim", "value"),
    [
        ({"status": "trialing", "trial_end": ISSUED + 9 * DAY}, "exp", ISSUED + 10 * DAY),
        ({"status": "past_due"}, "grace_until", ISSUED + 7 * DAY),
        ({"status": "past_due", "latest_invoice": {"next_payment_attempt": ISSUED + DAY}},
         "grace_until", ISSUED + 14 * DAY),
        ({"status": "unpaid"}, "plan", "free"),
        ({"status": "canceled"}, "plan", "free"),
        ({"status": "paused"}, "status", "paused"),
        ({"cancel_at_period_end": True}, "grace_until", ISSUED + 23 * DAY),
        ({"interval": "year", "lookup_key": "captely_starter_year"}, "plan", "starter"),
        ({"interval": "year", "period_end": ISSUED + 300 * DAY}, "exp", ISSUED + 93 * DAY),
        ({"quantity": 12}, "seats", 12),
        ({"quantity": 2}, "seats", 5),
        ({"livemode": False}, "livemode", False),
        ({"metadata": {"captely_workspace": WORKSPACE, "captely_air_gapped": "1"}},
         "grace_until", ISSUED + 57 * DAY),
    ],
)  # fmt: skip
def test_each_state_of_a_subscription_is_told(
    changes: dict[str, Any], claim: str, value: object, shop: Any, run: Any, key: Path
):
    shop.subscriptions = [subscription(**changes)]
    assert claims_of(run, key)[claim] == value


def test_of_several_subscriptions_the_best_and_newest_counts(shop: Any, run: Any, key: Path):
    shop.subscriptions = [
        subscription(id="sub_a", created=1, lookup_key="captely_starter_month"),
        subscription(id="sub_b", created=2),
        subscription(id="sub_c", created=9, status="canceled"),
    ]
    assert claims_of(run, key)["sid"] == "sub_b"


def test_paid_packs_are_in_it_once_and_refunded_ones_are_not(shop: Any, run: Any, key: Path):
    def payment(name: str, status: str = "succeeded", *, refunded: bool = False) -> dict[str, Any]:
        return {"id": name, "customer": "cus_1", "status": status, "created": ISSUED,
                "metadata": {"pack": "credits_2000"},
                "latest_charge": {"refunded": refunded}}  # fmt: skip

    shop.payments = [
        payment("pi_1"), payment("pi_2", refunded=True), payment("pi_3", "processing"),
        payment("pi_4") | {"metadata": {"pack": "something"}},
        payment("pi_5") | {"metadata": {}, "latest_charge": None},
    ]  # fmt: skip
    (pack,) = claims_of(run, key)["packs"]
    assert pack == {"id": "pi_1", "credits": 2_000, "iat": ISSUED, "exp": 1_827_316_800}


def test_limits_agreed_on_alone_stand_in_the_product(shop: Any, run: Any, key: Path):
    shop.products["prod_1"]["metadata"]["captely_limits"] = (
        '{"contacts":7,"seats":3,"rollover_cap":0}'
    )
    shop.subscriptions = [subscription(lookup_key=None)]
    claims = claims_of(run, key)
    assert claims["plan"] == "enterprise"
    assert claims["limits"] == {"contacts": 7, "seats": 3, "rollover_cap": 0}


def test_the_workspace_may_stand_at_the_customer_or_in_the_checkout(shop: Any, run: Any, key: Path):
    shop.subscriptions = [subscription(metadata={})]
    code, _, said = run("issue", "--key", key, "--customer", "cus_1")
    assert code == 2
    assert "cus_1 names no workspace" in said

    shop.checkouts = [{"id": "cs_1", "customer": "cus_1", "client_reference_id": OTHER}]
    assert claims_of(run, key)["sub"] == OTHER
    shop.customers["cus_1"]["metadata"]["captely_workspace"] = WORKSPACE
    assert claims_of(run, key)["sub"] == WORKSPACE


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"lookup_key": "other"}, "price_1 belongs to no plan"),
        ({"metadata": {"captely_workspace": "x"}}, "x is not a workspace ID"),
    ],
)
def test_what_cannot_be_told_is_a_sentence(
    changes: dict[str, Any], why: str, shop: Any, run: Any, key: Path
):
    shop.subscriptions = [subscription(**changes)]
    code, _, said = run("issue", "--key", key, "--customer", "cus_1")
    assert code == 2
    assert why in said


def test_a_customer_without_a_subscription_and_one_that_is_not_there(
    shop: Any, run: Any, key: Path
):
    shop.subscriptions = []
    assert "never had a subscription" in run("issue", "--key", key, "--customer", "cus_1")[2]
    code, _, said = run("issue", "--key", key, "--customer", "cus_9")
    assert code == 2
    assert "404 invalid_request_error (req_1)" in said


def test_a_refused_key_is_not_repeated(
    shop: Any, run: Any, key: Path, monkeypatch: pytest.MonkeyPatch
):
    secret = "rk" + "_test_" + "thewrongone12345"
    monkeypatch.setenv("CAPTELY_STRIPE_KEY", secret)
    code, out, said = run("issue", "--key", key, "--customer", "cus_1")
    assert (code, out) == (2, "")
    assert "401" in said
    assert "_test_" not in said


def test_a_server_that_is_not_there_is_told(run: Any, key: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "x")
    monkeypatch.setenv("CAPTELY_STRIPE_URL", "http://127.0.0.1:9")
    assert "cannot be reached" in run("issue", "--key", key, "--customer", "cus_1")[2]


def test_a_licence_fits_into_the_customer_s_metadata_and_comes_back(shop: Any, run: Any, key: Path):
    shop.customers["cus_1"]["metadata"] = {"note": "ours", f"{PREFIX}9": "of a longer one"}
    code, told, _ = run("issue", "--key", key, "--customer", "cus_1", "--to-metadata")
    kept = shop.customers["cus_1"]["metadata"]

    assert code == 0
    assert take_apart(joined(kept)).content["lic"] == told["lic"]
    assert max(len(value) for value in kept.values()) <= CHUNK
    assert len(kept) <= 50
    assert kept["note"] == "ours"
    assert f"{PREFIX}9" not in kept


def test_a_text_that_is_too_long_for_the_metadata_is_refused():
    assert joined({k: v for k, v in chunks("x" * 1_000).items() if v}) == "x" * 1_000
    with pytest.raises(IssuerError, match="hand it over as a file"):
        chunks("x" * 20_000)


def customers(shop: Any, *names: str) -> None:
    """Further customers, each with a workspace of its own."""
    for name in names:
        shop.customers[name] = {"id": name, "name": name, "metadata": {}}
        workspace = f"00000000-0000-4000-8000-{int(name[4:]):012}"
        shop.subscriptions.append(subscription(name, metadata={"captely_workspace": workspace}))


def event(number: int, customer: str) -> dict[str, Any]:
    return {"id": f"evt_{number}", "data": {"object": {"customer": customer}}}


def test_the_first_sync_issues_for_everybody(shop: Any, run: Any, key: Path, tmp_path: Path):
    customers(shop, "cus_2", "cus_3", "cus_4")
    shop.events = [event(1, "cus_1"), event(2, "cus_1")]
    code, told, _ = run("sync", "--key", key, "--folder", tmp_path / "hosted")

    assert code == 0
    assert {each["customer"] for each in told["issued"]} == {"cus_1", "cus_2", "cus_3", "cus_4"}
    assert len(list((tmp_path / "hosted").glob("*.captely-licence"))) == 4
    assert told["since"] == "evt_2"


def test_a_later_sync_issues_for_whom_changed_and_once_each(
    shop: Any, run: Any, key: Path, tmp_path: Path
):
    customers(shop, "cus_2", "cus_3")
    shop.events = [event(n, name) for n, name in enumerate(
        ["cus_1", "cus_2", "cus_3", "cus_3", "cus_2", "cus_3", "cus_3", "cus_3"])]  # fmt: skip
    words = ("sync", "--key", key, "--folder", tmp_path / "hosted", "--to-metadata")
    code, told, _ = run(*words, "--since", "evt_1")

    assert code == 0
    assert [each["customer"] for each in told["issued"]] == ["cus_3", "cus_2"]
    assert told["since"] == "evt_7"
    assert joined(shop.customers["cus_3"]["metadata"])
    assert "metadata" not in shop.customers["cus_1"] or not shop.customers["cus_1"]["metadata"]
    assert run(*words, "--since", "evt_7")[1] == {"issued": [], "failed": {}, "since": "evt_7"}


def test_one_that_fails_keeps_no_other_and_is_found_again(
    shop: Any, run: Any, key: Path, tmp_path: Path
):
    customers(shop, "cus_2")
    shop.subscriptions[0]["metadata"] = {}
    shop.events = [event(0, "cus_0"), event(1, "cus_1"), event(2, "cus_2")]
    code, told, _ = run("sync", "--key", key, "--folder", tmp_path, "--since", "evt_0")

    assert code == 1
    assert [each["customer"] for each in told["issued"]] == ["cus_2"]
    assert "names no workspace" in told["failed"]["cus_1"]
    assert told["since"] == "evt_0"


def test_sync_needs_to_know_where_the_licences_go(shop: Any, run: Any, key: Path):
    code, _, said = run("sync", "--key", key)
    assert code == 2
    assert "--folder" in said


def test_the_client_can_be_replaced():
    answers = httpx.MockTransport(lambda _request: httpx.Response(500, text="<html>"))
    client = httpx.Client(base_url="https://api.stripe.example", transport=answers)
    with pytest.raises(IssuerError, match="500 no reason given"):
        order_of(Stripe(client), "cus_1", Plans())


def test_without_a_key_in_the_environment_nothing_is_asked():
    with pytest.raises(IssuerError, match="never an argument"):
        connect({})
