"""A mapping while it is edited: its rules, every step back and forth, and how sure a pair is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.services.exporting import Rule, Suggestion

Rules = tuple[Rule, ...]
Pair = tuple[str, str | None]
"""A remote field and ours."""


class MappingDraft:
    """Holds nothing of a window; every change is one step."""

    def __init__(self, rules: Sequence[Rule], confidence: Mapping[Pair, float]) -> None:
        self.rules: Rules = tuple(rules)
        self._saved = self.rules
        self._past: list[Rules] = []
        self._future: list[Rules] = []
        self._confidence = dict(confidence)

    @property
    def changed(self) -> bool:
        """True when it differs from what is saved."""
        return self.rules != self._saved

    @property
    def can_undo(self) -> bool:
        """True when there is a step back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """True when there is a step forth."""
        return bool(self._future)

    def rule(self, remote: str) -> Rule | None:
        """The rule of a remote field."""
        return next((rule for rule in self.rules if rule.remote == remote), None)

    def confidence(self, rule: Rule) -> float | None:
        """How sure a suggested pair is; None once a person has chosen it."""
        return self._confidence.get((rule.remote, rule.source))

    def change(self, before: Rule, after: Rule) -> None:
        """Put another rule in the place of one."""
        self.take(tuple(after if rule is before else rule for rule in self.rules))

    def add(self, rule: Rule) -> None:
        """Add a rule at the end."""
        self.take((*self.rules, rule))

    def suggest(self, found: Sequence[Suggestion]) -> None:
        """Add suggested rules at the end, remembering how sure each is."""
        for each in found:
            self._confidence[each.rule.remote, each.rule.source] = each.confidence
        self.take((*self.rules, *(each.rule for each in found)))

    def remove(self, rule: Rule) -> None:
        """Take a rule out."""
        self.take(tuple(each for each in self.rules if each is not rule))

    def take(self, rules: Rules) -> None:
        """Put other rules in the place of all."""
        if rules != self.rules:
            self._past.append(self.rules)
            self._future.clear()
            self.rules = rules

    def undo(self) -> None:
        """One step back."""
        if self._past:
            self._future.append(self.rules)
            self.rules = self._past.pop()

    def redo(self) -> None:
        """One step forth."""
        if self._future:
            self._past.append(self.rules)
            self.rules = self._future.pop()

    def keep(self, saved: Rules) -> None:
        """These rules are saved, whatever was changed since."""
        self._saved = saved
