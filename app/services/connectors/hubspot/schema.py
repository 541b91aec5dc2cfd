"""HubSpot's contact properties in our words, and the names that our fields usually have there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.core.text import tr
from app.services.connectors import Option, RemoteField, RemoteKind

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "email": ("email",),
    "first_name": ("firstname",),
    "last_name": ("lastname",),
    "phone": ("phone",),
    "mobile": ("mobilephone",),
    "company": ("company",),
    "title": ("jobtitle",),
    "seniority": ("hs_seniority", "seniority"),
    "linkedin_url": ("hs_linkedin_url", "linkedin_url", "linkedin"),
    "website": ("website",),
    "address": ("address",),
    "city": ("city",),
    "postal_code": ("zip",),
    "region": ("state",),
    "country": ("country",),
    "industry": ("industry",),
    "status": ("hs_lead_status", "lifecyclestage"),
    "source": ("lead_source", "leadsource"),
}

OTHER_ADDRESSES = "hs_additional_emails"
"""The further addresses of a contact, by which HubSpot recognises it too; separated by ;."""

KEY = "email"
"""By which HubSpot recognises a contact, so that none goes without it."""

_INFORMATION = re.compile(r"(?<=\w)information$")

FORWARD_ONLY = frozenset({"lifecyclestage"})

_KINDS = {
    "number": RemoteKind.NUMBER,
    "date": RemoteKind.DATE,
    "datetime": RemoteKind.MOMENT,
    "bool": RemoteKind.BOOL,
}


def fields(properties: Iterable[object]) -> list[RemoteField]:
    """The properties that exist, in HubSpot's order; archived ones are left out."""
    return [
        _field(each)
        for each in properties
        if isinstance(each, Mapping) and each.get("name") and not each.get("archived")
    ]


def _field(each: Mapping[str, Any]) -> RemoteField:
    name = str(each["name"])
    return RemoteField(
        name=name,
        label=str(each.get("label") or name),
        kind=_kind(each),
        options=_options(each),
        why_read_only=_why_read_only(each),
        forward_only=name in FORWARD_ONLY,
        group=_group(each),
        required=name == KEY,
    )


def _group(each: Mapping[str, Any]) -> str:
    """contactinformation, my_group and the like, as words."""
    name = str(each.get("groupName") or "")
    words = _INFORMATION.sub(" information", name.replace("_", " ")).strip()
    return words[:1].upper() + words[1:]


def _kind(each: Mapping[str, Any]) -> RemoteKind:
    declared = str(each.get("type") or "string")
    if declared != "enumeration":
        return _KINDS.get(declared, RemoteKind.TEXT)
    if not _options(each):
        # Owners and the like: the allowed values live elsewhere, so only HubSpot can check them.
        return RemoteKind.TEXT
    return RemoteKind.MULTI if each.get("fieldType") == "checkbox" else RemoteKind.CHOICE


def _options(each: Mapping[str, Any]) -> tuple[Option, ...]:
    listed = each.get("options")
    options = [
        option
        for option in (listed if isinstance(listed, list) else ())
        if isinstance(option, Mapping) and option.get("value") is not None
    ]
    # Stages go forwards in the order in which HubSpot shows them, which need not be the list's.
    return tuple(
        Option(str(option["value"]), str(option.get("label") or option["value"]))
        for option in sorted(options, key=_place)
    )


def _place(option: Mapping[str, Any]) -> int:
    order = option.get("displayOrder")
    return order if isinstance(order, int) else 0


def _why_read_only(each: Mapping[str, Any]) -> str:
    if each.get("calculated"):
        return tr("HubSpot calculates it")
    about = each.get("modificationMetadata")
    if isinstance(about, Mapping) and about.get("readOnlyValue"):
        return tr("HubSpot keeps it itself")
    return ""
