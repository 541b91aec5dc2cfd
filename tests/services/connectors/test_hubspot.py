"""HubSpot's connector: what it sends, and what it makes of every answer the contract knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from app.core.clock import SystemClock
from app.core.errors import OutsideError, OutsideKind
from app.services.connectors import BatchRefused, Outgoing, RemoteKind, Sent
from app.services.connectors.hubspot import HubSpot, answers, schema
from app.services.connectors.hubspot.faults import LONGEST_SAID, failure_of
from app.services.http import HttpFactory, Reply
from app.services.redaction import REDACTOR
from tests.services.loopback import Loopback, serving

ADA = Outgoing(42, "ada@example.com", {"firstname": "Ada"})
BOB = Outgoing(43, "bob@example.com", {"firstname": "Bob", "tier": "gold"})
CAT = Outgoing(44, "cat@example.com", {"firstname": "Cat"})
ALL = (ADA, BOB, CAT)


def result(contact: Outgoing, *, trace: bool = True, email: bool = True) -> dict[str, Any]:
    body: dict[str, Any] = {"id": str(contact.contact + 500), "new": True, "properties": {}}
    if trace:
        body["objectWriteTraceId"] = f"c_{contact.contact}"
    if email:
        body["properties"]["email"] = contact.key.upper()
    return body


def fault(message: str = "No", **context: list[str]) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "VALIDATION_ERROR",
        "message": message,
        "context": context,
        "errors": [],
        "links": {},
    }


def told(results: list[Any], errors: list[Any] | None = None, status: int = 200) -> Sent:
    body: dict[str, Any] = {"status": "COMPLETE", "results": results}
    if errors is not None:
        body |= {"errors": errors, "numErrors": len(errors)}
    return answers.sort_out(ALL, reply(body, status))


def reply(body: object, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Reply(status, named, json.dumps(body).encode())


@contextmanager
def asking(body: Callable[[], object]) -> Iterator[tuple[HubSpot, list[Any]]]:
    """A HubSpot that answers every call with what `body` makes, and the calls it got."""
    with serving(lambda request: request.answer(200, json.dumps(body()).encode())) as (at, seen):
        hubspot = HubSpot(HttpFactory(SystemClock(speed=500)), "a-key-of-mine", at)
        yield hubspot, seen
        hubspot.close()


def ok(sent: Sent) -> list[int]:
    return sorted(each.contact for each in sent.results if each.failure is None)


def failed(sent: Sent) -> list[int]:
    return sorted(each.contact for each in sent.results if each.failure is not None)


def left(sent: Sent) -> list[int]:
    return sorted(each.contact for each in sent.unresolved)


class TestAnswersToAnUpsert:
    def test_results_are_told_apart_by_trace_id(self) -> None:
        sent = told([result(CAT, email=False), result(ADA, email=False), result(BOB, email=False)])
        assert {each.contact: each.remote_id for each in sent.results} == {
            42: "542",
            43: "543",
            44: "544",
        }
        assert all(each.created for each in sent.results)

    def test_without_trace_ids_by_e_mail(self) -> None:
        sent = told([result(each, trace=False) for each in ALL])
        assert {each.contact: each.remote_id for each in sent.results}[43] == "543"

    def test_with_neither_a_whole_answer_takes_all(self) -> None:
        sent = told([result(each, trace=False, email=False) for each in ALL])
        assert ok(sent) == [42, 43, 44]

    @pytest.mark.parametrize("status", [200, 201, 207])
    def test_an_error_with_a_trace_id_is_that_row_whatever_the_status(self, status: int) -> None:
        error = fault("Bad", objectWriteTraceId=["c_43"])
        sent = told([result(ADA), result(CAT)], [error], status)
        assert (ok(sent), failed(sent), left(sent)) == ([42, 44], [43], [])

    def test_an_error_may_name_its_row_by_e_mail_in_the_sentence(self) -> None:
        sent = told([result(ADA)], [fault("Contact BOB@example.com is bad."), fault("No")])
        assert (failed(sent), left(sent)) == ([43, 44], [])

    def test_an_error_may_name_several_rows(self) -> None:
        sent = told([result(ADA)], [fault("Bad", ids=["bob@example.com", "cat@example.com"])])
        assert failed(sent) == [43, 44]

    def test_a_trace_id_is_not_mistaken_for_a_longer_one(self) -> None:
        sent = told([result(CAT)], [fault("Bad", objectWriteTraceId=["c_4"]), fault("Bad")])
        assert left(sent) == [42, 43]

    def test_the_only_error_belongs_to_the_only_row_that_is_left(self) -> None:
        sent = told([result(ADA), result(CAT)], [fault("Nameless")])
        assert failed(sent) == [43]

    def test_rows_that_no_error_names_are_left_open(self) -> None:
        sent = told([result(ADA)], [fault("One"), fault("Two")])
        assert (ok(sent), failed(sent), left(sent)) == ([42], [], [43, 44])

    def test_fewer_results_without_an_error_leave_the_rest_open(self) -> None:
        assert left(told([result(ADA)])) == [43, 44]

    def test_an_answer_of_errors_alone_is_read(self) -> None:
        body = {"status": "COMPLETE", "errors": [fault("B", objectWriteTraceId=["c_42"])]}
        sent = answers.sort_out(ALL, reply(body))
        assert (failed(sent), left(sent)) == ([42], [43, 44])

    @pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b'{"results": 3}', b'{"a": 1}'])
    def test_an_unreadable_good_answer_leaves_the_fate_unknown(self, raw: bytes) -> None:
        with pytest.raises(OutsideError) as caught:
            answers.sort_out(ALL, Reply(200, {}, raw))
        assert caught.value.kind is OutsideKind.AMBIGUOUS


class TestWordsForFailures:
    def words(self, body: Mapping[str, Any]) -> tuple[str, str, str]:
        failure = failure_of(body, OutsideKind.VALIDATION, "raw")
        assert failure.hint
        return failure.message, failure.hint, failure.correlation

    def test_a_refused_option_names_the_property(self) -> None:
        detail = {
            "message": "x was not one of the allowed options",
            "in": "tier",
            "code": "INVALID_OPTION",
        }
        message, _, correlation = self.words(
            {"message": "Invalid", "errors": [detail], "correlationId": "abc"}
        )
        assert "tier" in message
        assert "allowed options" in message
        assert correlation == "abc"

    def test_faults_that_hubspot_writes_inside_the_sentence_are_found(self) -> None:
        inside = [
            {
                "isValid": False,
                "message": "not an option",
                "error": "INVALID_OPTION",
                "name": "lifecyclestage",
            }
        ]
        message, _, _ = self.words(
            {"message": f"Property values were not valid: {json.dumps(inside)}"}
        )
        assert "lifecyclestage" in message
        assert "not an option" in message
        assert "{" not in message

    def test_a_property_that_does_not_exist_points_to_the_mapping(self) -> None:
        message, hint, _ = self.words({"message": 'Property "tier" does not exist'})
        assert "tier" in message
        assert "mapping" in hint

    def test_an_error_without_any_words_still_has_some(self) -> None:
        assert "no reason given" in self.words({})[0]


class TestRefusalsOfAWholeBatch:
    def refuse(self, status: int, body: object) -> BatchRefused:
        def respond(request: Loopback) -> None:
            request.answer(status, json.dumps(body).encode())

        with serving(respond) as (address, seen):
            hubspot = HubSpot(HttpFactory(SystemClock(speed=500)), "a-key-of-mine", address)
            with pytest.raises(BatchRefused) as caught:
                hubspot.send(ALL)
            hubspot.close()
        assert len(seen) == 1
        return caught.value

    def test_a_row_that_is_named_is_blamed(self) -> None:
        refused = self.refuse(400, fault("Bad", objectWriteTraceId=["c_43"]))
        assert [each.contact for each in refused.blamed] == [43]

    def test_an_unknown_property_blames_those_who_carry_it(self) -> None:
        refused = self.refuse(400, {"message": 'Property "tier" does not exist'})
        assert [each.contact for each in refused.blamed] == [43]

    def test_those_that_a_sentence_mentions_are_only_suspects(self) -> None:
        refused = self.refuse(409, {"message": "bob@example.com belongs to ada@example.com"})
        assert refused.blamed == ()
        assert [each.contact for each in refused.suspects] == [42, 43]

    def test_without_a_name_nobody_is_blamed(self) -> None:
        refused = self.refuse(400, {"message": "Something is wrong"})
        assert refused.blamed == ()
        assert refused.failure.kind is OutsideKind.VALIDATION

    def test_a_conflict_is_a_duplicate(self) -> None:
        refused = self.refuse(409, {"message": "Contact already exists. Existing ID: 77"})
        assert refused.failure.kind is OutsideKind.DUPLICATE
        assert "77" in refused.failure.message


class TestFailuresOfACall:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (401, OutsideKind.AUTH),
            (403, OutsideKind.PERMISSION),
            (404, OutsideKind.GONE),
            (415, OutsideKind.VALIDATION),
            (408, OutsideKind.TRANSIENT),
            (423, OutsideKind.TRANSIENT),
            (429, OutsideKind.QUOTA),
            (477, OutsideKind.TRANSIENT),
            (500, OutsideKind.TRANSIENT),
            (502, OutsideKind.TRANSIENT),
            (524, OutsideKind.TRANSIENT),
        ],
    )
    def test_each_status_has_its_class_a_sentence_and_a_next_step(
        self, status: int, kind: OutsideKind
    ) -> None:
        failure = answers.judge(Reply(status, {}, b"upstream said no"))
        assert failure is not None
        assert failure.kind is kind
        assert failure.message.endswith(".")
        assert failure.hint
        assert "upstream said no" in failure.detail

    def test_a_missing_scope_is_named(self) -> None:
        body = {"errors": [{"context": {"requiredGranularScopes": ["crm.schemas.contacts.read"]}}]}
        failure = answers.judge(reply(body, 403))
        assert failure is not None
        assert failure.hint.endswith("crm.schemas.contacts.read")

    @pytest.mark.parametrize(
        ("body", "headers"),
        [
            ({"policyName": "DAILY"}, {}),
            ({"message": "You have reached your daily limit."}, {}),
            ({}, {"x_hubspot_ratelimit_daily_remaining": "0"}),
        ],
    )
    def test_a_daily_limit_is_not_waited_for(
        self, body: dict[str, Any], headers: dict[str, str]
    ) -> None:
        failure = answers.judge(reply(body, 429, **headers))
        assert failure is not None
        assert "daily limit" in failure.message
        assert failure.retry_after == 86_400

    @pytest.mark.parametrize(("wait", "words"), [("20", "a minute"), ("3600", "60 minutes")])
    def test_a_limit_that_lasts_says_how_long(self, wait: str, words: str) -> None:
        failure = answers.judge(reply({"policyName": "SECONDLY"}, 429, retry_after=wait))
        assert failure is not None
        assert words in failure.hint

    @pytest.mark.parametrize("policy", ["TEN_SECONDLY_ROLLING", "SECONDLY"])
    def test_a_burst_limit_is(self, policy: str) -> None:
        failure = answers.judge(reply({"policyName": policy}, 429))
        assert failure is not None
        assert failure.retry_after is None


class TestReading:
    def test_contacts_are_found_by_the_address_that_was_asked_for(self) -> None:
        body = {"results": [{"id": "1", "properties": {"email": "Ada@Example.com", "x": None}}]}
        found, strangers = answers.records(["ada@example.com", "bob@example.com"], body)
        assert found["ada@example.com"].id == "1"
        assert found["ada@example.com"].values == {"email": "Ada@Example.com"}
        assert "bob@example.com" not in found
        assert strangers == []

    def test_somebody_known_by_a_second_address_is_recognised(self) -> None:
        people = {
            "1": {"email": "ada@example.com"},
            "2": {
                "email": "robert@example.com",
                "hs_additional_emails": "x@y.example;BOB@old.example",
            },
            "3": {"email": "cat@example.com", "hs_additional_emails": "kitty@old.example"},
        }

        def respond(request: Loopback) -> None:
            asked = json.loads(request.content)
            ids = [each["id"] for each in asked["inputs"]]
            by_id = set(ids) <= people.keys()
            shown = {id_: people[id_] for id_ in (ids if by_id else people)}
            results = [
                {"id": id_, "properties": {name: of.get(name) for name in asked["properties"]}}
                for id_, of in shown.items()
            ]
            request.answer(200, json.dumps({"status": "COMPLETE", "results": results}).encode())

        asked_for = ["ada@example.com", "bob@old.example", "kitty@old.example", "new@example.com"]
        with serving(respond) as (address, seen):
            hubspot = HubSpot(HttpFactory(SystemClock(speed=500)), "a-key-of-mine", address)
            found = hubspot.read(asked_for, ["firstname"])
            hubspot.close()
        assert {key: each.id for key, each in found.items()} == {
            "ada@example.com": "1",
            "bob@old.example": "2",
            "kitty@old.example": "3",
        }
        assert len(seen) == 2


class TestProperties:
    def field(self, **described: Any) -> Any:
        (field,) = schema.fields([{"name": "x", "label": "X", "options": [], **described}])
        return field

    @pytest.mark.parametrize(
        ("described", "kind"),
        [
            ({"type": "string"}, RemoteKind.TEXT),
            ({"type": "phone_number"}, RemoteKind.TEXT),
            ({"type": "number"}, RemoteKind.NUMBER),
            ({"type": "date"}, RemoteKind.DATE),
            ({"type": "datetime"}, RemoteKind.MOMENT),
            ({"type": "bool"}, RemoteKind.BOOL),
            ({"type": "enumeration", "options": [{"value": "a", "label": "A"}]}, RemoteKind.CHOICE),
            (
                {"type": "enumeration", "fieldType": "checkbox", "options": [{"value": "a"}]},
                RemoteKind.MULTI,
            ),
            ({"type": "enumeration", "externalOptions": True}, RemoteKind.TEXT),
            ({"type": "something_new"}, RemoteKind.TEXT),
        ],
    )
    def test_each_type_has_its_kind(self, described: dict[str, Any], kind: RemoteKind) -> None:
        assert self.field(**described).kind is kind

    def test_what_hubspot_keeps_or_calculates_is_not_writable(self) -> None:
        assert not self.field(calculated=True).writable
        assert not self.field(modificationMetadata={"readOnlyValue": True}).writable
        assert self.field(modificationMetadata={"readOnlyValue": False}).writable

    def test_archived_and_nameless_entries_are_left_out(self) -> None:
        assert schema.fields([{"name": "x", "archived": True}, {"label": "Y"}, "z", None]) == []


def test_limits_are_read_from_the_headers() -> None:
    read = answers.limit(
        reply(
            {},
            x_hubspot_ratelimit_max="190",
            x_hubspot_ratelimit_remaining="12",
            x_hubspot_ratelimit_interval_milliseconds="10000",
        )
    )
    assert read is not None
    assert (read.calls, read.seconds, read.left) == (190, 10.0, 12)
    assert answers.limit(reply({})) is None
    for rubbish in ("many", "²", "9" * 5_000):
        assert answers.limit(reply({}, x_hubspot_ratelimit_max=rubbish)) is None


def test_a_body_names_each_contact_by_e_mail_and_by_a_trace_id_of_its_own() -> None:
    hubspot = HubSpot(HttpFactory(SystemClock()), "a-key-of-mine")
    body = json.loads(hubspot.request([ADA, BOB]).body)
    assert body["inputs"][0] == {
        "idProperty": "email",
        "id": "ada@example.com",
        "objectWriteTraceId": "c_42",
        "properties": {"email": "ada@example.com", "firstname": "Ada"},
    }
    assert body["inputs"][1]["objectWriteTraceId"] == "c_43"


def test_a_contact_known_by_its_record_is_updated_by_that_id() -> None:
    hubspot = HubSpot(HttpFactory(SystemClock()), "a-key-of-mine")
    moved = Outgoing(42, "ada@new.example", {"firstname": "Ada"}, record="512")
    (only,) = json.loads(hubspot.request([moved]).body)["inputs"]
    assert (only["id"], only.get("idProperty")) == ("512", None)
    assert only["properties"]["email"] == "ada@new.example"


class TestAnswersOutsideTheContract:
    @pytest.mark.parametrize("content", [b"", b"<html>", b'{"results": [', b"[]", b"[" * 200_000])
    def test_a_good_status_without_a_json_object_is_no_good_answer(self, content: bytes) -> None:
        failure = answers.judge(Reply(200, {}, content))
        assert failure is not None
        assert failure.kind is OutsideKind.AMBIGUOUS

    def test_a_read_cut_short_is_asked_again(self) -> None:
        whole = json.dumps({"results": [{"id": "1", "properties": {"email": ADA.key}}]}).encode()
        contents = iter([whole[:20], b"", whole])
        with serving(lambda request: request.answer(200, next(contents))) as (address, seen):
            hubspot = HubSpot(HttpFactory(SystemClock(speed=500)), "a-key-of-mine", address)
            assert hubspot.read([ADA.key], [])[ADA.key].id == "1"
            hubspot.close()
        assert len(seen) == 3

    @pytest.mark.parametrize(
        "spoilt",
        [
            {"status": "COMPLETE"},
            {"status": "COMPLETE", "results": None},
            {"status": "COMPLETE", "results": {"1": {}}},
            {"status": "COMPLETE", "results": [None]},
            {"status": "COMPLETE", "results": [{"properties": {"email": "ada@example.com"}}]},
            {"status": "PENDING", "results": []},
            {"status": "PROCESSING", "results": []},
            {"status": "CANCELED", "results": []},
            {"status": "error", "message": "internal error"},
            {"results": [], "errors": [{**fault(), "category": "INTERNAL_ERROR"}]},
            {},
        ],
    )
    def test_a_read_that_lacks_what_it_promises_is_asked_again_and_never_means_nobody(
        self, spoilt: object
    ) -> None:
        there = {"results": [{"id": "1", "properties": {"email": ADA.key}}]}
        bodies = iter([spoilt, spoilt, spoilt, spoilt, there])
        with asking(lambda: next(bodies)) as (hubspot, seen):
            assert hubspot.read([ADA.key], [])[ADA.key].id == "1"
        assert len(seen) == 5

    def test_when_it_never_gets_better_that_is_told_after_a_few_calls(self) -> None:
        with (
            asking(lambda: {"status": "COMPLETE"}) as (hubspot, seen),
            pytest.raises(OutsideError, match="answer cannot be read") as caught,
        ):
            hubspot.read([ADA.key], [])
        assert caught.value.kind is OutsideKind.TRANSIENT
        assert "COMPLETE" in caught.value.detail
        assert len(seen) == 5

    def test_a_read_that_names_whom_it_does_not_know_is_an_answer(self) -> None:
        unknown = {**fault(ids=[ADA.key]), "category": "OBJECT_NOT_FOUND"}
        for body in ({"results": []}, {"results": [], "errors": [unknown], "numErrors": 1}):
            with asking(lambda body=body: body) as (hubspot, seen):
                assert hubspot.read([ADA.key], []) == {}
            assert len(seen) == 1

    def test_fields_without_the_e_mail_are_asked_for_again(self) -> None:
        whole = {"results": [{"name": "email", "label": "E-mail"}]}
        bodies = iter([{}, {"results": []}, {"results": [{"name": "x"}]}, whole])
        with asking(lambda: next(bodies)) as (hubspot, seen):
            assert [each.name for each in hubspot.fields()] == ["email"]
        assert len(seen) == 4

    def test_an_account_without_a_number_is_asked_for_again(self) -> None:
        bodies = iter([{}, {"results": []}, {}, {"portalId": 7}])
        with asking(lambda: next(bodies)) as (hubspot, seen):
            assert hubspot.test().id == "7"
        assert len(seen) == 4

    def test_a_result_without_a_record_proves_nothing(self) -> None:
        sent = told([result(ADA), {**result(BOB), "id": ""}, {**result(CAT), "id": None}])
        assert (ok(sent), left(sent)) == ([42], [43, 44])

    def test_results_of_other_contacts_prove_nothing(self) -> None:
        others = [Outgoing(each.contact + 70, f"o{each.key}", {}) for each in ALL]
        assert left(told([result(each) for each in others])) == [each.contact for each in ALL]

    def test_a_key_that_the_answer_repeats_is_masked_even_where_it_is_cut(self) -> None:
        key = "a-key-of-mine-0123456789"
        REDACTOR.learn(key)
        said = f"{'x' * (LONGEST_SAID - 12)} {key} is not welcome"
        sent = told([], [{**fault(said, row=["c_42"]), "correlationId": key}])
        refusal = answers.judge(reply(fault(f"{'x' * 1_940} {key}", missingScopes=[key]), 403))
        assert refusal is not None
        words = [refusal.message, refusal.hint, refusal.detail]
        failure = sent.results[0].failure
        assert failure is not None
        words += [failure.message, failure.hint, failure.detail, failure.correlation]
        assert not [each for each in words if key[:13] in each]

    @pytest.mark.parametrize("status", [400, 409, 422])
    def test_a_refusal_in_words_that_are_not_hubspots_blames_nobody(self, status: int) -> None:
        for content in (b"", b"<html>Bad Request</html>", b'{"category": "VALIDA'):
            failure = answers.judge(Reply(status, {}, content))
            assert failure is not None
            assert failure.kind is OutsideKind.AMBIGUOUS
            assert not isinstance(failure, answers.Refusal)

    @pytest.mark.parametrize("errors", [5, "oops", {"a": 1}, True])
    def test_errors_that_are_no_list_are_none(self, errors: object) -> None:
        body = {"results": [result(each) for each in ALL], "errors": errors, "numErrors": "many"}
        assert ok(answers.sort_out(ALL, reply(body))) == [42, 43, 44]

    def test_a_result_told_twice_does_not_stand_for_another_contact(self) -> None:
        sent = told([result(ADA), result(BOB), result(BOB)])
        assert (ok(sent), left(sent)) == ([42, 43], [44])

    @pytest.mark.parametrize("options", [5, "oops", {"a": 1}, [None, 7, {"label": "No value"}]])
    def test_options_that_are_none_make_a_plain_text(self, options: object) -> None:
        described = {"name": "x", "type": "enumeration", "options": options}
        (field,) = schema.fields([described])
        assert (field.kind, field.options) == (RemoteKind.TEXT, ())


def test_stages_follow_one_another_as_hubspot_shows_them() -> None:
    options = [
        {"value": value, "displayOrder": order}
        for value, order in (("customer", 2), ("subscriber", 0), ("lead", 1))
    ]
    described = {"name": "lifecyclestage", "type": "enumeration", "options": options}
    (field,) = schema.fields([described])
    assert [each.value for each in field.options] == ["subscriber", "lead", "customer"]


def test_a_second_address_of_somebody_who_is_in_the_same_answer_is_recognised() -> None:
    asked = [ADA.key, "ada@old.example", "new@example.com"]

    def respond(request: Loopback) -> None:
        other = "hs_additional_emails" in json.loads(request.content)["properties"]
        values = {"hs_additional_emails": "ada@old.example"} if other else {"email": ADA.key}
        body = {
            "results": [{"id": "1", "properties": values}],
            "errors": [] if other else [fault("Unknown", ids=["new@example.com"])],
        }
        request.answer(200, json.dumps(body).encode())

    with serving(respond) as (address, seen):
        hubspot = HubSpot(HttpFactory(SystemClock(speed=500)), "a-key-of-mine", address)
        found = hubspot.read(asked, [])
        hubspot.close()
    assert {key: each.id for key, each in found.items()} == {ADA.key: "1", "ada@old.example": "1"}
    assert len(seen) == 2
