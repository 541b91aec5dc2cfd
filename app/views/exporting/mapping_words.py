"""How rules, kinds of field and the state of a rule are written in the mapping editor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.core.fields import Field, FieldKind
from app.core.text import marked, tr, trn
from app.services.connectors import RemoteField, RemoteKind
from app.services.exporting import Editing, Rule, Sample
from app.services.exporting.values import may_fit
from app.views.common.cells import MISSING, Cell, Look
from app.views.exporting.picker import Choice

REMOTE_KINDS: Mapping[RemoteKind, str] = {
    RemoteKind.TEXT: marked("Text"),
    RemoteKind.NUMBER: marked("Number"),
    RemoteKind.DATE: marked("Date"),
    RemoteKind.MOMENT: marked("Date and time"),
    RemoteKind.BOOL: marked("Yes or no"),
    RemoteKind.CHOICE: marked("Choice"),
    RemoteKind.MULTI: marked("Several choices"),
}
OUR_KINDS: Mapping[FieldKind, str] = {
    FieldKind.TEXT: marked("Text"),
    FieldKind.LONG_TEXT: marked("Long text"),
    FieldKind.EMAIL: marked("E-mail"),
    FieldKind.PHONE: marked("Phone"),
    FieldKind.URL: marked("Link"),
    FieldKind.NUMBER: marked("Number"),
    FieldKind.MONEY: marked("Money"),
    FieldKind.DATE: marked("Date"),
    FieldKind.MOMENT: marked("Date and time"),
    FieldKind.BOOL: marked("Yes or no"),
    FieldKind.CHOICE: marked("Choice"),
    FieldKind.MULTI: marked("Several choices"),
    FieldKind.TAGS: marked("Tags"),
}
CONSTANT = "\x00constant"
"""Stands among our fields for a text that goes to everybody."""


def title_of(key: str | None, local: Sequence[Field]) -> str:
    """The words of one of our fields; its key where it no longer exists."""
    return next((field.title for field in local if field.key == key), key or "")


def source_words(rule: Rule, local: Sequence[Field]) -> str:
    """First name, or Company else Domain, or a text in quotation marks."""
    if rule.source is None:
        return tr("Always “{words}”", words=rule.constant or "")
    titles = [title_of(source, local) for source in rule.sources]
    if rule.fallback:
        titles.append(f"“{rule.fallback}”")
    return tr(", else ").join(titles)


def sample_cell(samples: Sequence[Sample]) -> Cell:
    """The first thing that is really sent, else why nothing can be."""
    sent = next((each.text for each in samples if each.text), "")
    if sent:
        return Cell(sent, Look.CODE, tip=sent)
    fault = next((each.fault for each in samples if each.fault), "")
    return Cell(fault, tip=fault, lines=2) if fault else Cell(MISSING, Look.QUIET)


def trouble_words(rule: Rule, samples: Sequence[Sample], unmapped: Sequence[str]) -> str:
    """What to look at before this rule is used, empty where there is nothing."""
    if unmapped:
        return trn("{n} value without a choice", "{n} values without a choice", len(unmapped))
    faults = sum(bool(each.fault) for each in samples)
    if faults and rule.unmapped != "skip":
        return trn("{n} sample does not fit", "{n} samples do not fit", faults)
    return ""


def our_choices(editing: Editing, target: RemoteField | None, taken: Sequence[str]) -> list[Choice]:
    """Our fields for a remote one, those that fit first; taken ones are left out."""
    fit: list[Choice] = []
    other: list[Choice] = []
    for field in editing.local:
        if field.key in taken:
            continue
        fits = target is None or may_fit(field.kind, target.kind)
        why = "" if fits or target is None else tr("Cannot become {kind}", kind=kind_of(target))
        group = tr("Your own field") if field.is_custom else ""
        kind = tr(OUR_KINDS[field.kind])
        choice = Choice(field.key, field.title, kind, group, why, " ".join(field.aliases))
        (fit if fits else other).append(choice)
    return [*fit, *other]


def their_choices(editing: Editing, taken: Sequence[str]) -> list[Choice]:
    """The remote fields that can be written and have no rule yet; required ones first."""
    free = [each for each in editing.remote.fields if each.writable and each.name not in taken]
    return [
        Choice(
            each.name,
            f"{each.label} *" if each.required else each.label,
            kind_of(each),
            each.group,
            finds=tr("required") if each.required else "",
        )
        for each in sorted(free, key=lambda each: not each.required)
    ]


def kind_of(field: RemoteField) -> str:
    """The type of a remote field in words."""
    return tr(REMOTE_KINDS[field.kind])
