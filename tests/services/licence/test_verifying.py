"""A licence is verified in the contract's order, and every way to forge one is refused."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.services.licence.armour import LARGEST, take_apart
from app.services.licence.keys import Keyset
from app.services.licence.refusals import SENTENCES, Code, LicenceRefused
from app.services.licence.verifying import Place, Revocations, verify, verify_revocations
from tests.services.licence.vendor import (
    DAY,
    ISSUED,
    LIMITS,
    WORKSPACE,
    Vendor,
    armoured,
    canonical,
    claims,
)

VENDOR, NEXT, STRANGER = Vendor(), Vendor("k2027a", ISSUED), Vendor()

HERE = Place(
    workspace=WORKSPACE,
    device=lambda: "d-here",
    sandbox=False,
    keys=Keyset([VENDOR.public, NEXT.public]),
    revoked=Revocations(),
)


def refusal(text: str, place: Place = HERE) -> Code:
    """Why a text is refused; fails the test when it is not."""
    with pytest.raises(LicenceRefused) as caught:
        verify(text, place)
    assert caught.value.exit_code == 3
    assert "{" not in caught.value.message + caught.value.hint
    return caught.value.reason


def signed(**changes: Any) -> str:
    return VENDOR.licence(**changes)


def test_a_licence_of_the_vendor_holds_with_everything_it_says():
    found = verify(signed(devices=["d-here"], packs=[
        {"id": "pi_1", "credits": 500, "iat": ISSUED, "exp": ISSUED + DAY}]), HERE)  # fmt: skip

    assert (found.plan, found.status, found.seats) == ("professional", "active", 5)
    assert found.limits.as_dict() == LIMITS
    assert (found.issued, found.expires) == (ISSUED, ISSUED + 33 * DAY)
    assert [(pack.id, pack.credits) for pack in found.packs] == [("pi_1", 500)]


def test_line_ends_and_space_around_it_do_not_matter():
    text = signed()
    for variant in (text.replace("\n", "\r\n"), f"\ufeff\n\n{text}\n\n", text.strip()):
        assert verify(variant, HERE).seq == ISSUED


def test_members_of_a_later_version_are_ignored():
    assert verify(signed(colour="blue", x={"y": [1, None, True]}), HERE).seq == ISSUED


# Attack 1: the plan or a limit is edited in the file or in the database's copy of it.
def test_no_byte_of_the_payload_and_no_bit_of_the_signature_can_be_changed():
    parts = take_apart(signed())
    for place in range(len(parts.payload)):
        changed = bytearray(parts.payload)
        changed[place] ^= 1 << place % 8
        assert refusal(armoured(bytes(changed), parts.signature)) is Code.BAD_SIGNATURE
    for place in range(512):
        changed = bytearray(parts.signature)
        changed[place // 8] ^= 1 << place % 8
        assert refusal(armoured(parts.payload, bytes(changed))) is Code.BAD_SIGNATURE


# Attack 2: it is signed with another key.
def test_a_key_of_ones_own_is_no_use_under_any_name():
    assert refusal(STRANGER.licence()) is Code.BAD_SIGNATURE
    assert refusal(STRANGER.sign(canonical(claims()), kid="mine")) is Code.UNKNOWN_KEY
    assert refusal(VENDOR.sign(canonical(claims()), kid="k2027a")) is Code.BAD_SIGNATURE


def test_a_text_signed_for_another_purpose_is_not_a_licence():
    other = VENDOR.sign(canonical(claims()), context="captely-revocations-v1\n")
    assert refusal(other) is Code.BAD_SIGNATURE
    assert refusal(VENDOR.sign(canonical(claims()), "REVOCATIONS")) is Code.MALFORMED


# Attack 3: another version, another algorithm, or none.
@pytest.mark.parametrize("version", ["0", "2", "01", "9999"])
def test_only_version_1_is_read(version: str):
    assert refusal(VENDOR.sign(canonical(claims()), version=version)) is Code.UNSUPPORTED_VERSION


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ("Signature: ", "Sig: "),
        ("Version: 1\n", ""),
        ("Version: 1\n", "Version: 1\nAlg: none\n"),
        ("Key: k2026a\n", "Key: k2026a\nKey: k2026a\n"),
        ("Key: k2026a", "key: k2026a"),
        ("BEGIN CAPTELY LICENCE", "BEGIN CAPTELY LICENSE"),
        ("-----END CAPTELY LICENCE-----", "-----END CAPTELY REVOCATIONS-----"),
        ("-----END CAPTELY LICENCE-----", "-----END CAPTELY LICENCE-----\nmore"),
        ("-----BEGIN", "more\n-----BEGIN"),
        ("\n\n", "\n"),
    ],
)
def test_the_armour_has_exactly_its_lines(found: str, put: str):
    assert refusal(signed().replace(found, put, 1)) is Code.MALFORMED


def test_a_licence_without_its_signature_is_none():
    lines = [line for line in signed().splitlines() if not line.startswith("Signature")]
    assert refusal("\n".join(lines)) is Code.MALFORMED
    empty = signed().replace(base64.b64encode(take_apart(signed()).signature).decode(), "")
    assert refusal(empty) is Code.MALFORMED


def test_base64_has_one_form_only():
    # The last digit before "==" has four bits that mean nothing: they must be zero.
    payload = canonical(claims(to="Acme Ltd "))
    assert len(payload) % 3 == 1, "the payload must end in =="
    text = VENDOR.sign(payload)
    last = text.splitlines()[-2]
    digit = last[-3]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[alphabet.index(digit) + 1]
    assert base64.b64decode(f"AA{other}=="[1:]) is not None
    assert refusal(text.replace(last, f"{last[:-3]}{other}==")) is Code.MALFORMED
    urlsafe = VENDOR.sign(payload, encode=lambda raw: base64.urlsafe_b64encode(raw).decode())
    assert verify(text, HERE).seq == ISSUED
    assert urlsafe == text or refusal(urlsafe) is Code.MALFORMED
    assert refusal(text.replace(text.splitlines()[5], text.splitlines()[5] + "\n")) is (
        Code.MALFORMED
    )


# Attack 4: JSON that two readers read differently. Every one of these carries a true signature.
@pytest.mark.parametrize(
    "payload",
    [
        canonical(claims()).replace(b'"seats":5', b'"seats":5,"seats":9'),
        canonical(claims()).replace(b'"plan":', b'"plan":"free","plan":'),
        canonical(claims()).replace(b'"seats":5', b'"seats":5.0'),
        canonical(claims()).replace(b'"seats":5', b'"seats":5e0'),
        canonical(claims()).replace(b'"seats":5', b'"seats":1e400'),
        canonical(claims()).replace(b'"seats":5', b'"seats":NaN'),
        canonical(claims()).replace(b'"seats":5', b'"seats":Infinity'),
        canonical(claims()).replace(b'"seats":5', b'"seats":-0'),
        canonical(claims()).replace(b'"seats":5', b'"seats":9223372036854775808'),
        canonical(claims()).replace(b'"seats":5', b'"seats":' + b"9" * 5_000),
        canonical(claims()).replace(b'"Acme Ltd"', b'"\\u0041cme Ltd"'),
        canonical(claims()).replace(b'"Acme Ltd"', '"Acmé Ltd"'.encode()),
        canonical(claims()).replace(b'"Acme Ltd"', b'"\xff"'),
        canonical(claims()).replace(b",", b", ", 1),
        b" " + canonical(claims()),
        canonical(claims()) + b"\n",
        canonical([claims()]),
        b"null",
        b"",
        b"[" * 10_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ],
)  # fmt: skip
def test_only_canonical_json_is_read(payload: bytes):
    text = VENDOR.sign(payload)
    assert len(text) > LARGEST or take_apart(text).payload == payload
    assert refusal(text) is Code.MALFORMED


@pytest.mark.parametrize(
    "changes",
    [
        {"seats": True},
        {"livemode": 1},
        {"livemode": "true"},
        {"seq": "7"},
        {"seq": -1},
        {"iat": None},
        {"exp": ...},
        {"limits": {**LIMITS, "contacts": None}},
        {"limits": {k: v for k, v in LIMITS.items() if k != "seats"}},
        {"limits": {**LIMITS, "contacts": -2}},
        {"limits": {**LIMITS, "provider_month": {"icypeas": True}}},
        {"limits": {**LIMITS, "providers": "icypeas"}},
        {"limits": []},
        {"plan": "ultimate"},
        {"plan": ["free"]},
        {"interval": "week"},
        {"status": "fine"},
        {"packs": [{"id": "pi_1", "credits": 0, "iat": 1, "exp": 2}]},
        {"packs": [{"id": "pi_1", "iat": 1, "exp": 2}]},
        {"packs": {}},
        {"features": [1]},
        {"devices": "d-here"},
        {"rollover": {"cap": 1}},
        {"sub": ""},
        {"exp": ISSUED - 1},
        {"grace_until": ISSUED + 32 * DAY},
        {"nbf": ISSUED + 60 * DAY},
        {"refresh_after": ISSUED - 1},
        {"exp": 10**15, "grace_until": 10**15},
    ],
)
def test_every_claim_has_its_type_and_the_dates_their_order(changes: dict[str, Any]):
    assert refusal(signed(**changes)) is Code.MALFORMED


# Attack 5: a licence of another workspace, or of another computer.
def test_it_counts_in_its_own_workspace_only():
    text = signed(sub="11111111-2222-4333-8444-55555555abcd")
    with pytest.raises(LicenceRefused) as caught:
        verify(text, HERE)
    assert caught.value.reason is Code.WRONG_WORKSPACE
    assert caught.value.message == "This licence is for workspace …abcd; yours is …1f3a."
    assert WORKSPACE in caught.value.hint


def test_it_counts_on_the_computers_it_names():
    assert refusal(signed(devices=["d-there"])) is Code.WRONG_DEVICE
    assert refusal(signed(devices=[])) is Code.WRONG_DEVICE
    assert verify(signed(devices=["d-there", "d-here"]), HERE).devices == ("d-there", "d-here")


# Attack 6: an older, richer licence.
def test_an_older_licence_than_one_seen_here_is_refused():
    seen = replace(HERE, seen_seq=ISSUED + 1, seen_issued=ISSUED)
    with pytest.raises(LicenceRefused) as caught:
        verify(signed(), seen)
    assert caught.value.reason is Code.SUPERSEDED
    assert caught.value.message == "You already have a newer licence (issued 27 Nov)."
    assert verify(signed(), replace(HERE, seen_seq=ISSUED)).seq == ISSUED


# Attack 14: a test licence in a real workspace.
def test_a_test_licence_counts_in_a_sandbox_only():
    assert refusal(signed(livemode=False)) is Code.WRONG_MODE
    assert not verify(signed(livemode=False), replace(HERE, sandbox=True)).live


def test_it_is_for_this_product():
    assert refusal(signed(iss="other")) is Code.WRONG_PRODUCT
    assert refusal(signed(aud="captely-server")) is Code.WRONG_PRODUCT


# Attack 17: a huge or hostile file.
def test_ten_thousand_hostile_texts_are_refused_and_none_of_them_harms():
    chance = random.Random(20261127)
    text = signed()
    pieces = [*text.splitlines(keepends=True), "\x00", "=" * 99, "\ud800", "}", "A" * 64 + "\n"]
    for _ in range(10_000):
        refusal(_mutated(chance, text, pieces))


def _mutated(chance: random.Random, text: str, pieces: list[str]) -> str:
    """The text with something in it cut, doubled, exchanged, or wholly made up."""
    at, to = sorted(chance.randrange(1, len(text) - 1) for _ in range(2))
    ways: list[Callable[[], str]] = [
        lambda: text[:at] + text[to + 1 :],
        lambda: text[:at] + chance.choice(pieces) + text[at:],
        lambda: text[: at - 1] + chr(chance.randrange(1, 0x2FF) ^ 0x3000) + text[at:],
        lambda: "".join(chance.choices(pieces, k=chance.randrange(30))),
        lambda: text[:at] + text[at:to] + text[at:to] + "\n" + text[to:],
    ]
    return chance.choice(ways)()


def test_a_text_longer_than_32_kib_is_not_even_looked_at():
    assert refusal("A" * 50_000_000) is Code.MALFORMED
    assert refusal(signed() + " " * LARGEST) is Code.MALFORMED


# Attack 18 is tests/architecture/test_secrets.py. Attack 20: taken back by the vendor.
def test_what_the_vendor_took_back_is_refused():
    by_id = verify_revocations(VENDOR.revocations(licences=["lic_1"]), HERE.keys)
    assert refusal(signed(), replace(HERE, revoked=by_id)) is Code.REVOKED
    by_key = verify_revocations(NEXT.revocations(keys=["k2026a"]), HERE.keys)
    assert refusal(signed(), replace(HERE, revoked=by_key)) is Code.REVOKED
    assert verify(NEXT.licence(), replace(HERE, revoked=by_key)).seq == ISSUED


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (STRANGER.revocations(keys=["k2026a"]), Code.BAD_SIGNATURE),
        (VENDOR.sign(canonical(claims())), Code.MALFORMED),
        (VENDOR.sign(canonical({"seq": 1, "keys": ["k2026a"]}), "REVOCATIONS"), Code.MALFORMED),
        (VENDOR.revocations(licences=[1]), Code.MALFORMED),
        (VENDOR.revocations(iss="other"), Code.WRONG_PRODUCT),
        (VENDOR.revocations(iat=ISSUED + 900 * DAY), Code.KEY_OUT_OF_WINDOW),
        (VENDOR.revocations(seq=4), Code.SUPERSEDED),
    ],
)
def test_nobody_else_can_take_anything_back(text: str, reason: Code):
    with pytest.raises(LicenceRefused) as caught:
        verify_revocations(text, HERE.keys, least=5)
    assert caught.value.reason is reason


def test_a_key_signs_only_in_its_time():
    late = ISSUED + 400 * DAY
    assert refusal(signed(iat=late)) is Code.KEY_OUT_OF_WINDOW
    assert refusal(NEXT.licence(iat=ISSUED - 1)) is Code.KEY_OUT_OF_WINDOW
    assert verify(signed(iat=late - 1), HERE).issued == late - 1


def test_the_first_reason_is_the_one_that_is_told():
    """Each text is wrong in every later way too."""
    wrong = {"iss": "x", "livemode": False, "sub": "s", "devices": [], "iat": 5, "lic": "lic_1"}
    seen = replace(HERE, seen_seq=10**12, revoked=Revocations(licences=frozenset({"lic_1"})))
    order = [
        ("garbage", Code.MALFORMED),
        (STRANGER.sign(b"{", kid="mine", version="2"), Code.UNSUPPORTED_VERSION),
        (STRANGER.sign(b"{", kid="mine"), Code.UNKNOWN_KEY),
        (STRANGER.sign(b"{"), Code.BAD_SIGNATURE),
        (VENDOR.sign(b"{"), Code.MALFORMED),
        (signed(**wrong), Code.WRONG_PRODUCT),
        (signed(**wrong | {"iss": "captely"}), Code.WRONG_MODE),
        (signed(**wrong | {"iss": "captely", "livemode": True}), Code.KEY_OUT_OF_WINDOW),
        (signed(sub="s", devices=[]), Code.REVOKED),
        (signed(sub="s", devices=[], lic="lic_2"), Code.WRONG_WORKSPACE),
        (signed(devices=[], lic="lic_2"), Code.WRONG_DEVICE),
        (signed(lic="lic_2"), Code.SUPERSEDED),
    ]
    for text, reason in order:
        assert refusal(text, seen) is reason


def test_every_refusal_has_its_own_words():
    refusing = {Code.BAD_SIGNATURE, Code.MALFORMED, Code.UNKNOWN_KEY, Code.UNSUPPORTED_VERSION,
                Code.KEY_OUT_OF_WINDOW, Code.REVOKED, Code.WRONG_WORKSPACE, Code.WRONG_DEVICE,
                Code.WRONG_MODE, Code.WRONG_PRODUCT, Code.SUPERSEDED, Code.EXPIRED,
                Code.CLOCK_BEHIND}  # fmt: skip
    assert set(SENTENCES) == refusing
