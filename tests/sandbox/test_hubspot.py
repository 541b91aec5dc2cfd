"""The practice HubSpot keeps to the vendor's contract, and so does our client when it talks to it.

Two witnesses: the schema derived from the vendor's own client, and that client itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import hubspot.crm.contacts as witness
import hubspot.crm.properties as witness_properties
import pytest

from app.core.clock import SystemClock
from app.sandbox import Sandbox
from app.sandbox.hubspot import PracticeHubSpot
from app.sandbox.hubspot.scenarios import SCENARIOS
from app.services.connectors import Outgoing
from app.services.connectors.hubspot import HubSpot
from app.services.http import HttpFactory
from tests.sandbox.contract import hubspot_schema, must_be

KEY = "pat-eu1-0123456789abcdef"
UPSERT = "/crm/objects/2026-09/contacts/batch/upsert"
READ = "/crm/objects/2026-09/contacts/batch/read"
SPEED = 40.0


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, SystemClock(speed=SPEED)) as sandbox:
        yield sandbox


@pytest.fixture
def practice(sandbox: Sandbox) -> PracticeHubSpot:
    practice = sandbox.practice("hubspot")
    assert isinstance(practice, PracticeHubSpot)
    return practice


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A plain client with a key, to send what our connector never would."""
    address = sandbox.describe()["servers"]["hubspot"]
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {KEY}"}) as client:
        yield client


@pytest.fixture
def ours(sandbox: Sandbox) -> Iterator[HubSpot]:
    factory = HttpFactory(SystemClock(speed=SPEED))
    connector = HubSpot(factory, KEY, sandbox.describe()["servers"]["hubspot"])
    yield connector
    connector.close()


@pytest.fixture
def theirs(sandbox: Sandbox) -> Iterator[witness.ApiClient]:
    address = sandbox.describe()["servers"]["hubspot"]
    settings = witness.Configuration(host=address)
    settings.access_token = KEY
    with witness.ApiClient(settings) as client:
        yield client
        client.rest_client.pool_manager.clear()


def given(email: str = "ada@acme.example", **more: Any) -> dict[str, Any]:
    return {"id": email, "idProperty": "email", "properties": {"email": email}, **more}


class TestItRefusesWhatTheContractDoesNotKnow:
    @pytest.mark.parametrize(
        "body",
        [
            {},
            [],
            {"inputs": []},
            {"inputs": [given()], "dryRun": True},
            {"inputs": [given(colour="red")]},
            {"inputs": [{"id": "ada@acme.example", "idProperty": "email"}]},
            {"inputs": [{"idProperty": "email", "properties": {}}]},
            {"inputs": [given(id=7)]},
            {"inputs": [given(properties={"firstname": 7})]},
            {"inputs": [given(properties={"newsletter": True})]},
            {"inputs": [given(properties={"firstname": None})]},
            {"inputs": [given(idProperty="firstname")]},
            {"inputs": [given(f"a{n}@acme.example") for n in range(101)]},
            {"inputs": [given("ada@acme.example"), given("ADA@acme.example")]},
        ],
    )
    def test_in_an_upsert(
        self, http: httpx.Client, practice: PracticeHubSpot, body: object
    ) -> None:
        answer = http.post(UPSERT, json=body)
        assert answer.status_code == 400
        assert answer.json()["category"] == "VALIDATION_ERROR"
        assert len(practice.book) == 0

    @pytest.mark.parametrize(
        "body",
        [
            {"inputs": [{"id": "a@b.example"}]},
            {"inputs": [{"id": "a@b.example"}], "properties": []},
            {"inputs": [{"id": "a@b.example"}], "properties": [1], "propertiesWithHistory": []},
            {"inputs": [{"email": "x"}], "properties": [], "propertiesWithHistory": []},
        ],
    )
    def test_in_a_read(self, http: httpx.Client, body: object) -> None:
        assert http.post(READ, json=body).status_code == 400

    def test_without_a_key(self, http: httpx.Client) -> None:
        answer = http.post(UPSERT, json={"inputs": [given()]}, headers={"Authorization": ""})
        assert answer.status_code == 401

    def test_in_another_content_type(self, http: httpx.Client) -> None:
        assert http.post(UPSERT, content=b"{}").status_code == 415

    def test_at_an_address_it_does_not_have(self, http: httpx.Client) -> None:
        assert http.get("/crm/objects/2026-09/people").status_code == 404

    @pytest.mark.parametrize(
        ("name", "value", "code"),
        [
            ("colour", "red", "PROPERTY_DOESNT_EXIST"),
            ("createdate", "2026-01-01", "READ_ONLY_VALUE"),
            ("hs_email_domain", "x", "READ_ONLY_VALUE"),
            ("lifecyclestage", "Customer", "INVALID_OPTION"),
            ("interests", "crm;cars", "INVALID_OPTION"),
            ("annualrevenue", "1,000", "INVALID_NUMBER"),
            ("date_of_birth", "10/12/1815", "INVALID_DATE"),
            ("newsletter", "yes", "INVALID_OPTION"),
            ("email", "ada", "INVALID_EMAIL"),
        ],
    )
    def test_a_bad_value_fails_its_row_alone_when_every_row_has_a_trace_id(
        self, http: httpx.Client, practice: PracticeHubSpot, name: str, value: str, code: str
    ) -> None:
        good = given("bob@acme.example", objectWriteTraceId="b")
        bad = given(objectWriteTraceId="a", properties={name: value})
        body = http.post(UPSERT, json={"inputs": [bad, good]}).json()
        assert [each["objectWriteTraceId"] for each in body["results"]] == ["b"]
        assert body["errors"][0]["context"] == {"objectWriteTraceId": ["a"]}
        assert body["errors"][0]["errors"][0]["code"] == code
        assert len(practice.book) == 1

    def test_without_trace_ids_a_bad_value_refuses_the_whole_batch(
        self, http: httpx.Client, practice: PracticeHubSpot
    ) -> None:
        bad = given(properties={"colour": "red"})
        answer = http.post(UPSERT, json={"inputs": [bad, given("bob@acme.example")]})
        assert answer.status_code == 400
        assert len(practice.book) == 0


class TestItsLimit:
    def test_is_enforced_and_told(self, http: httpx.Client, practice: PracticeHubSpot) -> None:
        practice.calls, practice.seconds = 3, 1_000.0
        answers = [http.get("/crm/objects/2026-09/contacts?limit=1") for _ in range(4)]
        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        left = [each.headers["X-HubSpot-RateLimit-Remaining"] for each in answers]
        assert left == ["2", "1", "0", "0"]
        assert answers[3].json()["policyName"] == "TEN_SECONDLY_ROLLING"

    def test_begins_anew_after_its_interval(
        self, http: httpx.Client, practice: PracticeHubSpot
    ) -> None:
        practice.calls, practice.seconds = 1, 4.0
        path = "/crm/objects/2026-09/contacts?limit=1"
        assert http.get(path).status_code == 200
        practice.clock.wait(4.1)
        assert http.get(path).status_code == 200


class TestOurClientAndTheContract:
    def test_every_request_of_ours_is_one_the_contract_knows(
        self, sandbox: Sandbox, ours: HubSpot
    ) -> None:
        schema = hubspot_schema()
        self.talk(ours)
        seen = 0
        for each in sandbox.requests():
            if each["path"] == UPSERT:
                must_be(each["body"], "BatchInputSimplePublicObjectBatchInputUpsert", schema)
            elif each["path"] == READ:
                must_be(each["body"], "BatchReadInputSimplePublicObjectId", schema)
            else:
                continue
            seen += 1
        assert seen == 3

    def test_every_answer_of_the_practice_server_too(
        self, sandbox: Sandbox, ours: HubSpot, http: httpx.Client
    ) -> None:
        schema = hubspot_schema()
        self.talk(ours)
        bad = given(objectWriteTraceId="a", properties={"colour": "red"})
        http.post(UPSERT, json={"inputs": [bad]})
        http.post(UPSERT, json={"inputs": []})
        shapes = {
            "/crm/properties/2026-09/contacts": "CollectionResponsePropertyNoPaging",
            UPSERT: "BatchResponseSimplePublicUpsertObject",
            READ: "BatchResponseSimplePublicObject",
        }
        for each in sandbox.requests():
            answer = each["answer"]
            if each["status"] == 400:
                must_be(
                    {name: v for name, v in answer.items() if name != "status"}, "Error", schema
                )
            elif each["path"] in shapes:
                with_errors = "WithErrors" if "errors" in answer else ""
                must_be(answer, shapes[each["path"]] + with_errors, schema)

    def talk(self, ours: HubSpot) -> None:
        ours.test()
        ours.fields()
        ada = Outgoing(1, "ada@acme.example", {"firstname": "Ada"})
        ours.send([ada])
        ours.send([ada, Outgoing(2, "bob@acme.example", {"firstname": "Bob"})])
        ours.read(["ada@acme.example", "nobody@acme.example"], ["firstname"])


class TestTheVendorsOwnClient:
    def test_writes_what_ours_writes(
        self, ours: HubSpot, theirs: witness.ApiClient, practice: PracticeHubSpot
    ) -> None:
        batch = witness.BatchApi(theirs)
        answer = batch.upsert(
            witness.BatchInputSimplePublicObjectBatchInputUpsert(
                inputs=[
                    witness.SimplePublicObjectBatchInputUpsert(
                        id="ada@acme.example",
                        id_property="email",
                        object_write_trace_id="c_1",
                        properties={"email": "ada@acme.example", "firstname": "Ada"},
                    )
                ]
            )
        )
        assert answer.status == "COMPLETE"
        assert answer.results[0].new is True
        assert answer.results[0].object_write_trace_id == "c_1"
        (result,) = ours.send([Outgoing(1, "ada@acme.example", {"firstname": "Ada"})]).results
        assert (result.remote_id, result.created) == (answer.results[0].id, False)
        assert practice.book.all()[0].writes == 2

    def test_reads_what_ours_wrote(self, ours: HubSpot, theirs: witness.ApiClient) -> None:
        ours.send([Outgoing(1, "ada@acme.example", {"firstname": "Ada"})])
        asked = witness.BatchReadInputSimplePublicObjectId(
            id_property="email",
            inputs=[witness.SimplePublicObjectId(id="ada@acme.example")],
            properties=["firstname"],
            properties_with_history=[],
        )
        found = witness.BatchApi(theirs).read(asked)
        record = ours.read(["ada@acme.example"], ["firstname"])["ada@acme.example"]
        assert found.results[0].id == record.id
        assert found.results[0].properties["firstname"] == record.values["firstname"] == "Ada"

    def test_sees_the_same_fields(self, sandbox: Sandbox, ours: HubSpot) -> None:
        address = sandbox.describe()["servers"]["hubspot"]
        settings = witness_properties.Configuration(host=address)
        settings.access_token = KEY
        with witness_properties.ApiClient(settings) as client:
            listed = witness_properties.CoreApi(client).get_all("contacts")
            client.rest_client.pool_manager.clear()
        known = {each.name: each for each in ours.fields()}
        assert {each.name for each in listed.results} == known.keys()
        for each in listed.results:
            assert [o.value for o in each.options] == [o.value for o in known[each.name].options]

    def test_meets_the_same_conflict(self, ours: HubSpot, theirs: witness.ApiClient) -> None:
        ours.send([Outgoing(1, "ada@acme.example", {})])
        new = witness.SimplePublicObjectInputForCreate(properties={"email": "ada@acme.example"})
        with pytest.raises(witness.ApiException) as caught:
            witness.BasicApi(theirs).create(new)
        assert caught.value.status == 409
        assert "Existing ID" in caught.value.body


def test_every_scenario_has_words_and_can_be_played(tmp_path: Path) -> None:
    for name, scenario in SCENARIOS.items():
        assert scenario.words.endswith(".")
        sandbox = Sandbox(tmp_path / name, SystemClock(), {"hubspot": name})
        with sandbox:
            assert sandbox.describe()["scenarios"] == {"hubspot": name}
