"""Where a value came from, in words: the file and row, who typed it, through what, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.core.text import marked, tr
from app.services.history import Source
from app.views.common.words import day_or_time, number, parsed, short_time
from app.views.contacts.value_words import value_words
from app.views.contacts.vocabulary import Vocabulary

ORIGINS: Mapping[str, str] = {
    "ui": marked("in the window"),
    "cli": marked("by a command"),
    "job": marked("by a job"),
    "provider": marked("by a provider"),
    "sync": marked("by a synchronisation"),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """A source in words; short goes beside the value, the rest is told on demand.

    before is the value it replaced, "" for none.
    """

    short: str
    sentence: str
    when: str
    before: str
    operation: int

    @property
    def tip(self) -> str:
        """All of it, for hovering."""
        before = tr("Before: {value}", value=self.before) if self.before else ""
        return "\n".join(part for part in (self.sentence, self.when, before) if part)


@dataclass(frozen=True, slots=True)
class Reader:
    """What is needed to put sources into words: whose window it is, and the time."""

    me: str
    now: datetime
    vocabulary: Vocabulary
    tags: Mapping[int, str]

    def who(self, actor: str) -> str:
        """A person as the reader sees them."""
        return tr("you") if actor == self.me else actor

    def origin(self, key: str, source: Source) -> Origin:
        """A source in words."""
        moment = parsed(source.at)
        timed = moment is not None and bool(source.actor)
        when = day_or_time(moment) if timed and moment else ""
        short = _inside(short_time(moment, self.now)) if timed and moment else ""
        before = value_words(key, source.before, self.vocabulary, self.tags)
        sentence = self._sentence(source)
        beside = f"{self._short(source)}, {short}" if short and not source.file else ""
        return Origin(beside or self._short(source), sentence, when, before, source.operation)

    def _short(self, source: Source) -> str:
        if source.file and source.row is not None:
            return tr("{file}, row {row}", file=source.file, row=number(source.row))
        if source.file:
            return source.file
        if source.origin == "ui":
            return tr("Typed by {who}", who=self.who(source.actor))
        return source.label

    def _sentence(self, source: Source) -> str:
        who, how = self.who(source.actor), tr(ORIGINS.get(source.origin, source.origin))
        if source.file and source.row is not None:
            row = number(source.row)
            return tr(
                "From {file}, row {row}, imported by {who}", file=source.file, row=row, who=who
            )
        if source.file:
            return tr("From {file}, imported by {who}", file=source.file, who=who)
        if source.origin == "ui" and source.kind.startswith("contact."):
            return tr("Typed by {who}", who=who)
        return tr("{what}, by {who} {how}", what=source.label, who=who, how=how).strip(" ,")


def _inside(words: str) -> str:
    """Words that begin a line elsewhere, as they stand in the middle of one: today 10:00."""
    return words[:1].lower() + words[1:]
