"""The workspace's statuses, tags and custom fields, kept at hand for every row painted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.core.fields import BY_KEY, Field
from app.core.text import tr
from app.views.common.tokens import Tone, tone_of

if TYPE_CHECKING:
    from app.bootstrap import App
    from app.services.statuses import StatusView


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Read in the background, replaced whole when one of the three changes.

    statuses are those that are offered; archived ones only have contacts that keep them.
    """

    statuses: tuple[tuple[str, str, Tone], ...] = ()
    tags: tuple[str, ...] = ()
    custom: tuple[Field, ...] = ()
    archived: tuple[tuple[str, str, Tone], ...] = ()
    tag_tones: Mapping[str, Tone] = field(default_factory=dict)

    def status(self, key: str) -> tuple[str, Tone]:
        """Label and tone of a status; its key when it is not known."""
        for own, label, tone in (*self.statuses, *self.archived):
            if own == key:
                return label, tone
        return key or tr("None"), Tone.NEUTRAL

    def field(self, key: str) -> Field | None:
        """A field of the catalogue or the user's own; None for one that was deleted."""
        return BY_KEY.get(key) or next((own for own in self.custom if own.key == key), None)

    def tag_tone(self, name: str) -> Tone:
        """The colour of a tag."""
        return self.tag_tones.get(name, Tone.NEUTRAL)

    def status_choices(self) -> Sequence[tuple[object, str]]:
        """What a drop-down of statuses offers."""
        return [(key, label) for key, label, _tone in self.statuses]


def read_vocabulary(app: App) -> Vocabulary:
    """Read it from the workspace; for the read pool."""
    tags, statuses = app.tags.list(), app.statuses.list()
    return Vocabulary(
        tuple(_status(one) for one in statuses if not one.archived),
        tuple(tag.name for tag in tags),
        app.custom_fields.fields(),
        tuple(_status(one) for one in statuses if one.archived),
        {tag.name: shown_tone(tag.tone) for tag in tags},
    )


def _status(view: StatusView) -> tuple[str, str, Tone]:
    return view.key, view.title, shown_tone(view.tone)


def shown_tone(stored: str) -> Tone:
    """How a stored colour of a tag or status looks."""
    return Tone.VIOLET if stored == "accent" else tone_of(stored)
