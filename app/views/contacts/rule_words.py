"""A filter in words, as its pill shows it: Status is New or Lost."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.fields import Field
from app.core.text import marked, tr
from app.services.query_parts import Part, Rule, fields_by_name, rule_of, takes_values
from app.views.contacts.vocabulary import Vocabulary

_CAME_WITH = {"import": marked("From import {n}"), "job": marked("From job {n}")}


def words_of(part: Part, vocabulary: Vocabulary) -> str:
    """A part of the query as people read it; free words and rare filters as they are typed."""
    fields = fields_by_name(vocabulary.custom)
    rule = rule_of(part, fields)
    if rule is None:
        return _rare(part)
    field = fields[rule.field]
    if not takes_values(rule.relation):
        return f"{field.title} {tr(rule.relation.value)}"
    return f"{field.title} {tr(rule.relation.value)} {values_of(rule, field, vocabulary)}"


def _rare(part: Part) -> str:
    """Who came with one import or one job in words, everything else as it is typed."""
    if part.negated or len(part.values) != 1 or part.field not in _CAME_WITH:
        return part.text
    return tr(_CAME_WITH[part.field], n=part.values[0])


def values_of(rule: Rule, field: Field, vocabulary: Vocabulary) -> str:
    """The values of a rule, statuses by their labels."""
    shown: Sequence[str] = rule.values
    if field.key == "status":
        shown = [vocabulary.status(value)[0] for value in rule.values]
    return (
        tr("{values} or {last}", values=", ".join(shown[:-1]), last=shown[-1])
        if len(shown) > 1
        else "".join(shown)
    )
