"""Attacks on licences that the contract's table does not name; none needs a changed program."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import InvalidInput
from app.services.licence import facts as kept
from app.services.licence.keys import read_keyset, trusted_keys
from app.services.licence.refusals import Code
from app.services.licence.standing import Provenance
from app.services.secrets import Place
from tests.services.licence.bed import Bed
from tests.services.licence.vendor import DAY, ISSUED, LIMITS, Vendor, canonical, claims

HOUR = 3_600


def own(bed: Bed, **changes: Any) -> dict[str, Any]:
    return claims(**({"sub": bed.licences.workspace} | changes))


# The text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "twist",
    [
        lambda text: text + text,
        lambda text: text + "-----BEGIN CAPTELY LICENCE-----\n",
        lambda text: text.rstrip() + "\0",
        lambda text: text.rstrip() + " \u200b",
        lambda text: text.replace("\n\n", "\n\n\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("\n", "\u2028"),
        lambda text: text.replace("Version: 1", "Version: 01"),
        lambda text: text.replace("Version: 1", "Version: \u0661"),
        lambda text: text.replace("Version: 1", "Version: 1\nVersion: 1"),
        lambda text: text.replace("Key: k", "Key: \u212a"),
        lambda text: text.replace("Key: ", "key: "),
        lambda text: text.replace("Key: ", "Key:  "),
        lambda text: text.replace("LICENCE", "LICENC\u0415"),
        lambda text: text.replace("Signature: ", "Note: x\nSignature: "),
        lambda text: text.replace("Signature: ", "Signature: ") + "\nSignature: AAAA",
    ],
)
def test_a_text_that_only_looks_the_same_is_none(bed: Bed, twist: Callable[[str], str]):
    text = twist(bed.licence())
    assert text != bed.licence()
    assert bed.refused(text) in (Code.MALFORMED, Code.UNSUPPORTED_VERSION, Code.UNKNOWN_KEY)
    assert bed.licences.current().plan == "free"


WIDE = {ord(c): chr(ord(c) + 0xFEE0) for c in "ABCDEFabcdef0123456789+/="}


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.translate(WIDE),
        lambda text: text.replace("+", "-").replace("/", "_"),
        lambda text: f"{text[:10]}\u200d{text[10:]}",
        lambda text: f"{text[:10]}\u0301{text[10:]}",
        lambda text: f"{text[:10]} {text[10:]}",
        lambda text: f"{text}====",
        lambda text: text.rstrip("=") + "A===",
        lambda text: text.rstrip("="),
    ],
)
def test_base64_has_one_spelling(bed: Bed, encode: Callable[[str], str]):
    # Of a length that needs padding, and with letters that give each sign of base64.
    names = ("?~>" * 9 + "." * more for more in range(3))
    payloads = (canonical(own(bed, to=name)) for name in names)
    payload = next(each for each in payloads if len(each) % 3 == 1)
    plain = base64.b64encode(payload).decode()
    assert encode(plain) != plain
    text = bed.vendor.sign(payload, encode=lambda _raw: encode(plain))
    assert bed.refused(text) in (Code.MALFORMED, Code.BAD_SIGNATURE)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('"plan":"professional"', '"plan":"starter","plan":"enterprise"'),
        lambda text: text.replace('"seats":5', '"seats":5.0'),
        lambda text: text.replace('"seats":5', '"seats":05'),
        lambda text: text.replace('"seats":5', '"seats":true'),
        lambda text: text.replace('"seats":5', '"seats":1e400'),
        lambda text: text.replace('"seats":5', '"seats":-2'),
        lambda text: text.replace('"plan"', '"\\u0070lan"'),
        lambda text: text + " ",
        lambda text: text + "{}",
        lambda text: " " + text,
        lambda text: text.replace(",", ", ", 1),
        lambda text: text.replace('"contacts":50000', '"contacts":99999999999999999999'),
    ],
)
def test_no_two_programs_read_one_signed_payload_differently(bed: Bed, spoil: Callable[[str], str]):
    plain = canonical(own(bed)).decode()
    spoiled = spoil(plain)
    assert spoiled != plain
    # Even the vendor's own key does not make it one.
    assert bed.refused(bed.vendor.sign(spoiled.encode())) is Code.MALFORMED


@pytest.mark.parametrize(
    "context", ["captely-revocations-v1\n", "captely-ledger-v1\n", "captely-licence-v2\n", ""]
)
def test_what_was_signed_as_something_else_is_no_licence(bed: Bed, context: str):
    payload = canonical(own(bed))
    assert bed.refused(bed.vendor.sign(payload, context=context)) is Code.BAD_SIGNATURE
    listed = bed.vendor.sign(payload, "REVOCATIONS")
    relabelled = listed.replace("REVOCATIONS", "LICENCE")
    assert bed.refused(relabelled) is Code.BAD_SIGNATURE


# Keys -------------------------------------------------------------------------------------------


def keyset(folder: Path, content: object) -> Path:
    file = folder / "keyset.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


@pytest.mark.parametrize(
    "change",
    [
        {"until": ISSUED - 400 * DAY},
        {"from": True},
        {"from": 1.0},
        {"until": "9999999999"},
        {"public": "AAAA"},
        {"public": "A" * 43 + "\uff1d"},
        {"kid": "k2026a\n"},
        {"kid": ""},
        {"note": "x"},
    ],
)
def test_a_keyset_that_was_edited_into_nonsense_is_not_read(
    bed: Bed, tmp_path: Path, change: dict[str, Any]
):
    with pytest.raises(InvalidInput, match=r"keyset\.json"):
        read_keyset(keyset(tmp_path, {"keys": [bed.vendor.keyset_entry | change]}))


def test_a_finished_product_trusts_no_keyset_of_a_file(
    bed: Bed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = keyset(tmp_path, {"keys": [Vendor(kid="captely-2026").keyset_entry]})
    environment = {"CAPTELY_LICENCE_KEYS": str(file)}
    assert len(trusted_keys(environment=environment).named("captely-2026")) == 2
    monkeypatch.setattr("app.services.licence.keys.is_frozen", lambda: True)
    assert len(trusted_keys(environment=environment).named("captely-2026")) == 1


def test_a_key_of_the_same_name_signs_nothing_of_the_other(bed: Bed):
    impostor = Vendor(kid=bed.vendor.kid)
    assert bed.refused(impostor.licence(sub=bed.licences.workspace)) is Code.BAD_SIGNATURE


# What is kept -----------------------------------------------------------------------------------


@pytest.mark.parametrize("left", ["keyring", "database", "file"])
def test_a_list_that_was_deleted_still_withdraws_the_licence(bed: Bed, left: str):
    text = bed.licence(lic="lic_7")
    bed.licences.install(text)
    bed.licences.install(bed.vendor.revocations(seq=2, licences=["lic_7"]))
    bed.facts.set({kept.REVOCATIONS: None})
    if left != "keyring":
        bed.ring.kept = {k: v for k, v in bed.ring.kept.items() if not k.endswith("/mark")}
    if left != "database":
        bed.facts.set({kept.MARK: None})
    if left != "file":
        for file in bed.folder.glob("*.mark"):
            file.unlink()
    assert bed.again().current().state is Code.REVOKED
    assert bed.refused(text) is Code.REVOKED
    assert bed.again().current().plan == "free"


def test_a_list_of_before_in_its_place_withdraws_it_too(bed: Bed):
    bed.install(lic="lic_7")
    before = bed.vendor.revocations(seq=1)
    bed.licences.install(bed.vendor.revocations(seq=2, licences=["lic_7"]))
    bed.facts.set({kept.REVOCATIONS: before})
    assert bed.again().current().state is Code.REVOKED


def test_a_later_list_gives_it_back_and_a_new_licence_is_another(bed: Bed):
    bed.install(lic="lic_7")
    bed.licences.install(bed.vendor.revocations(seq=2, licences=["lic_7"]))
    bed.licences.install(bed.vendor.revocations(seq=3))
    assert bed.again().current().plan == "professional"
    bed.licences.install(bed.vendor.revocations(seq=4, licences=["lic_7"]))
    assert bed.install(lic="lic_8", seq=ISSUED + 1).plan == "professional"


def test_a_snapshot_on_another_computer_counts_for_nothing(bed: Bed):
    from app.core.plans import Tier

    bed.licences.remember_payment(Tier.PROFESSIONAL, "active", key_place=Place.KEYRING)
    text = bed.facts.all()[kept.SNAPSHOT]
    bed.ring.kept.clear()
    bed.facts.set({kept.SNAPSHOT: text})
    assert bed.again().current().provenance is Provenance.NONE


def test_a_snapshot_does_not_last_longer_by_a_clock_that_goes_to_and_fro(bed: Bed):
    from app.core.plans import Tier

    bed.licences.remember_payment(Tier.PROFESSIONAL, "active", key_place=Place.KEYRING)
    seen = int(bed.clock.now().timestamp())
    for hours in (60, 80, 10, 79, 1):
        standing = bed.at(seen + hours * HOUR)
        assert (standing.plan == "free") is (hours != 60), hours


def test_numbers_that_were_seen_are_not_forgotten_by_a_clock_that_is_put_right(bed: Bed):
    """The mark's time may be taken back, the numbers in it never."""
    old = bed.licence(plan="enterprise", seq=1)
    bed.install(seq=5)
    bed.at(ISSUED + 20 * DAY)
    bed.licences.note_date(ISSUED + DAY)
    bed.again()
    assert bed.refused(old) is Code.SUPERSEDED
    bed.facts.set({kept.LICENCE: old})
    (bed.folder / f"{bed.licences.workspace}.captely-licence").write_text(old)
    assert bed.at(ISSUED + DAY).state is Code.SUPERSEDED


def test_a_mark_of_another_workspace_on_this_computer_tells_nothing(bed: Bed, tmp_path: Path):
    bed.install()
    bed.at(ISSUED + 20 * DAY)
    mark = json.loads(bed.facts.all()[kept.MARK])
    assert mark["body"]["workspace"] == bed.licences.workspace
    other = bed.licences._device.seal("mark", mark["body"] | {"workspace": "other", "at": 1})
    bed.facts.set({kept.MARK: other})
    assert bed.at(ISSUED + DAY).state is Code.CLOCK_ROLLBACK


# A keyring that is hidden for one start, which is one variable of the environment.


def hide_keyring(bed: Bed) -> None:
    bed.ring.there = False
    bed.again()


def test_an_older_licence_is_not_put_back_while_the_keyring_is_hidden(bed: Bed):
    rich = bed.licence(plan="enterprise", seq=1)
    bed.licences.install(rich)
    bed.install(plan="starter", seq=2)
    hide_keyring(bed)
    assert bed.refused(rich) is Code.SUPERSEDED
    bed.facts.set({kept.LICENCE: rich})
    assert bed.again().current().plan == "starter"
    assert bed.install(plan="professional", seq=3).plan == "professional", "a newer one comes in"
    bed.ring.there = True
    assert bed.again().current().plan == "professional"
    assert bed.refused(rich) is Code.SUPERSEDED


def test_a_clock_is_not_set_back_while_the_keyring_is_hidden(bed: Bed):
    bed.install()
    bed.at(ISSUED + 5 * DAY)
    hide_keyring(bed)
    assert bed.at(ISSUED + DAY).state is Code.CLOCK_ROLLBACK
    assert bed.at(ISSUED + 5 * DAY).state is Code.ACTIVE


def test_a_seal_that_nobody_can_check_costs_no_more_than_the_keyring_is_away(bed: Bed):
    bed.install(seq=2)
    known = bed.facts.all()[kept.MARK]
    bed.facts.set({kept.MARK: known.replace('"seq":2', '"seq":9')})
    hide_keyring(bed)
    assert bed.licences.current().state is Code.SUPERSEDED
    bed.ring.there = True
    assert bed.again().current().state is Code.ACTIVE


def test_a_newer_licence_of_an_unknown_day_is_not_said_to_be_of_1970(bed: Bed):
    rich = bed.licence(plan="enterprise", seq=1)
    bed.install(seq=2)
    bed.facts.set({kept.LICENCE: rich})
    for copy in bed.folder.glob("*.captely-licence"):
        copy.unlink()
    said = bed.again().current()
    assert said.state is Code.SUPERSEDED
    assert said.message.startswith("This workspace already had a newer licence. Until")


@pytest.mark.parametrize(
    "changes",
    [
        {"limits": {"credits_month": 2**62}},
        {"limits": {"contacts": 2**62}},
        {"packs": [{"id": "pi_1", "credits": 2**60, "iat": ISSUED, "exp": ISSUED + DAY}]},
        {"rollover": {"cap": 2**62, "months": 1}},
        {"rollover": {"cap": 1, "months": 10**12}},
        {"seats": 2**62},
    ],
)
def test_a_vendor_s_slip_of_too_many_digits_is_refused_before_it_can_stop_anything(
    bed: Bed, changes: dict[str, Any]
):
    if "limits" in changes:
        changes = {"limits": LIMITS | changes["limits"]}
    assert bed.refused(bed.licence(**changes)) is Code.MALFORMED
    assert bed.licences.current().plan == "free"
