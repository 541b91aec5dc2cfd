"""What the palette finds at once: the declared actions and settings, the recent ones first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby

from app.core.settings import SETTINGS
from app.core.text import marked, tr
from app.views.common.actions import Action, Group
from app.views.common.desk import Desk
from app.views.common.finding import Found
from app.views.common.places import Place
from app.views.shell.fuzzy import match
from app.views.shell.results import Line

RECENT, MOST_RECENT, RECENT_BONUS, PLACE_COST = "recent", 5, 8.0, 40.0
MOST_ACTIONS, MOST_SETTINGS = 8, 4
TERMS_WORTH = 0.5
_MEMORY = "palette"
_ACTIONS, _SETTINGS = marked("Commands"), marked("Settings")


class Catalogue:
    """Lines for what was typed, without reading anything; hidden are actions it leaves out.

    An action is meant before the place of the same name, which the sidebar shows anyway.
    """

    def __init__(self, desk: Desk, hidden: Iterable[Action] = ()) -> None:
        self._desk = desk
        self._hidden = {action.key for action in hidden}
        self._actions: list[tuple[Action, Found]] = []
        self._settings: list[Found] = []

    def refresh(self) -> None:
        """Look at what can be done now, with which keys."""
        actions = self._desk.actions
        possible = (a for a in actions.catalogue if a.key not in self._hidden)
        self._actions = [(a, self._found(a)) for a in possible if actions.available(a)]
        self._settings = [
            Found(
                setting.label,
                partial(self._desk.go, Place.SETTINGS, setting.key),
                "settings",
                note=tr(setting.help),
                key=f"setting:{setting.key}",
                terms=tr(setting.finds) if setting.finds else "",
            )
            for setting in SETTINGS
            if setting.shown
        ]

    def remember(self, found: Found) -> None:
        """Count it as the most recent one."""
        if found.key:
            recent = [found.key, *(k for k in self._recent() if k != found.key)]
            self._desk.memory.put(_MEMORY, {RECENT: recent[:MOST_RECENT]})

    def all_lines(self, here: Place) -> list[Line]:
        """Everything, while nothing is typed: recent, then this page's, then the rest by group."""
        by_key = {found.key: found for _action, found in self._actions}
        by_key |= {found.key: found for found in self._settings}
        recent = [by_key[key] for key in self._recent() if key in by_key]
        rest = [(a, found) for a, found in self._actions if found not in recent]
        own = [found for action, found in rest if action.place is here]
        others = [(action, found) for action, found in rest if action.place is not here]
        lines = _group(tr("Recent"), recent) + _group(tr("On this page"), own)
        for group, members in groupby(others, key=lambda pair: pair[0].group):
            lines += _group(tr(group.value), [found for _action, found in members])
        return lines

    def lines(self, typed: str, *, commands_only: bool) -> list[Line]:
        """The actions and settings that were meant, the best first."""
        actions = _best(typed, [found for _action, found in self._actions], self._recent())
        if commands_only:
            return _headed(tr(_ACTIONS), [line for _worth, line in actions])
        settings = _best(typed, self._settings, self._recent())
        groups = [
            (tr(_ACTIONS), actions[:MOST_ACTIONS]),
            (tr(_SETTINGS), settings[:MOST_SETTINGS]),
        ]
        # The group with the better answer comes first.
        groups.sort(key=lambda group: -max((worth for worth, _line in group[1]), default=0.0))
        lines: list[Line] = []
        for heading, best in groups:
            lines += _headed(heading, [line for _worth, line in best])
        return lines

    def _found(self, action: Action) -> Found:
        run: Callable[[], object] = partial(self._desk.actions.run, action)
        left = self._desk.plan.left(action.uses)
        return Found(
            action.title,
            run,
            action.icon or "command",
            note=tr("Page") if action.group is Group.GO else left.short,
            keys=self._desk.actions.shortcut(action),
            key=f"action:{action.key}",
            terms=f"{tr(action.group.value)} {tr(action.finds) if action.finds else ''}",
        )

    def _recent(self) -> list[str]:
        kept = self._desk.memory.get(_MEMORY).get(RECENT, [])
        return [key for key in kept if isinstance(key, str)] if isinstance(kept, list) else []


def _best(
    typed: str, candidates: Sequence[Found], recent: Sequence[str]
) -> list[tuple[float, Line]]:
    """What fits with how well, the best first; further words only count when they are meant."""
    scored: list[tuple[float, int, Line]] = []
    for order, found in enumerate(candidates):
        hit = match(typed, found.title)
        other = match(typed, f"{found.terms} {found.title}", loose=False)
        worth = max(hit.score if hit else 0.0, other.score * TERMS_WORTH if other else 0.0)
        if worth > 0 or not typed:
            worth += RECENT_BONUS if found.key in recent else 0.0
            worth -= PLACE_COST if found.key.startswith("action:go.") else 0.0
            scored.append((-worth, order, Line("", found, hit.letters if hit else ())))
    return [(-worth, line) for worth, _order, line in sorted(scored, key=lambda one: one[:2])]


def _group(heading: str, found: Sequence[Found]) -> list[Line]:
    return _headed(heading, [Line("", one) for one in found])


def _headed(heading: str, lines: Sequence[Line]) -> list[Line]:
    return [Line(heading), *lines] if lines else []
