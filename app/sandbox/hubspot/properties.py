"""The contact properties of the practice account, and which values each one takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

GROUP = "contactinformation"
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|-?\d{1,14}")
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?|-?\d{1,14}"
)
LONGEST = 65_536


@dataclass(frozen=True, slots=True)
class Property:
    """One property as HubSpot describes it."""

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    read_only: bool = False
    calculated: bool = False
    unique: bool = False

    def described(self) -> dict[str, Any]:
        """The object in the answer of the properties call."""
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "description": "",
            "groupName": GROUP,
            "options": [
                {"label": label, "value": value, "hidden": False, "displayOrder": place}
                for place, (value, label) in enumerate(self.options)
            ],
            "hasUniqueValue": self.unique,
            "calculated": self.calculated,
            "hidden": False,
            "hubspotDefined": True,
            "archived": False,
            "modificationMetadata": {
                "archivable": True,
                "readOnlyDefinition": True,
                "readOnlyValue": self.read_only,
            },
        }

    def fault(self, value: str) -> tuple[str, str] | None:
        """Why `value` cannot be stored, as code and words; None when it can."""
        if self.read_only or self.calculated:
            return "READ_ONLY_VALUE", f'Property "{self.name}" is read only'
        if value == "":
            return None
        if len(value) > LONGEST:
            return "INVALID_LENGTH", f"{self.name} is longer than {LONGEST} characters"
        if self.name == "email" and not _EMAIL.fullmatch(value):
            return "INVALID_EMAIL", f"Email address {value} is invalid"
        return self._shape_fault(value)

    def _shape_fault(self, value: str) -> tuple[str, str] | None:
        if self.type in {"enumeration", "bool"}:
            return self._option_fault(value)
        shapes = {
            "number": (_NUMBER, "INVALID_NUMBER", "was not a valid number"),
            "date": (_DATE, "INVALID_DATE", "was not a valid date"),
            "datetime": (_MOMENT, "INVALID_DATE", "was not a valid date and time"),
        }
        if self.type in shapes:
            shape, code, words = shapes[self.type]
            if not shape.fullmatch(value):
                return code, f"{value} {words}"
        return None

    def _option_fault(self, value: str) -> tuple[str, str] | None:
        allowed = [option for option, _ in self.options] or ["true", "false"]
        given = value.split(";") if self.field_type == "checkbox" else [value]
        for each in given:
            if each not in allowed:
                return "INVALID_OPTION", f"{each} was not one of the allowed options: {allowed}"
        return None


def _pairs(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower().replace(" ", ""), name) for name in names)


STANDARD: tuple[Property, ...] = (
    Property("email", "Email", unique=True),
    Property("firstname", "First name"),
    Property("lastname", "Last name"),
    Property("phone", "Phone number", "phone_number", "phonenumber"),
    Property("mobilephone", "Mobile phone number", "phone_number", "phonenumber"),
    Property("company", "Company name"),
    Property("jobtitle", "Job title"),
    Property("website", "Website URL"),
    Property("hs_linkedin_url", "LinkedIn URL"),
    Property("address", "Street address"),
    Property("city", "City"),
    Property("zip", "Postal code"),
    Property("state", "State/Region"),
    Property("country", "Country/Region"),
    Property("industry", "Industry"),
    Property("annualrevenue", "Annual revenue", "number", "number"),
    Property("date_of_birth", "Date of birth", "date", "date"),
    Property("next_meeting", "Next meeting", "datetime", "date"),
    Property(
        "newsletter", "Newsletter", "bool", "booleancheckbox", (("true", "Yes"), ("false", "No"))
    ),
    Property(
        "interests",
        "Interests",
        "enumeration",
        "checkbox",
        (
            ("crm", "CRM"),
            ("outreach", "Outreach"),
            ("data", "Data"),
        ),
    ),
    Property(
        "lifecyclestage",
        "Lifecycle stage",
        "enumeration",
        "radio",
        _pairs(
            "Subscriber",
            "Lead",
            "Marketing Qualified Lead",
            "Sales Qualified Lead",
            "Opportunity",
            "Customer",
            "Evangelist",
            "Other",
        ),
    ),
    Property(
        "hs_lead_status",
        "Lead status",
        "enumeration",
        "radio",
        (
            ("NEW", "New"),
            ("OPEN", "Open"),
            ("IN_PROGRESS", "In progress"),
            ("OPEN_DEAL", "Open deal"),
            ("UNQUALIFIED", "Unqualified"),
            ("ATTEMPTED_TO_CONTACT", "Attempted to contact"),
            ("CONNECTED", "Connected"),
            ("BAD_TIMING", "Bad timing"),
        ),
    ),
    Property("createdate", "Create date", "datetime", "date", read_only=True),
    Property("lastmodifieddate", "Last modified date", "datetime", "date", read_only=True),
    Property("hs_object_id", "Record ID", "number", "number", read_only=True),
    Property("hs_email_domain", "Email domain", calculated=True, read_only=True),
)


def faults(
    known: Mapping[str, Property], values: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Property, code and words of everything wrong with `values`."""
    for name, value in values.items():
        if name not in known:
            yield name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'
        elif fault := known[name].fault(value):
            yield name, *fault
