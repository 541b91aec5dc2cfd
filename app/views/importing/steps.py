"""The steps of an import, and what the button that leads to the next one says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.core.text import tr, trn
from app.services.billing.left import IMPORTS
from app.services.importing.planned import ImportPlan
from app.views.common.words import number
from app.views.importing.draft import Draft

if TYPE_CHECKING:
    from app.views.importing.page import ImportPage

FILE, MAPPING, REVIEW, RUN = range(4)
GAP, MARGIN = 24, 24


def next_words(step: int, draft: Draft | None, plan: ImportPlan | None) -> str:
    """What comes after `step`, with how many rows or contacts where that is known."""
    if step == FILE:
        return tr("Next: map columns")
    if step == MAPPING:
        look = draft.look if draft is not None else None
        if look is not None and look.whole:
            return trn("Next: review {n} row", "Next: review {n} rows", look.rows)
        return tr("Next: review")
    n = written(plan)
    if plan is not None and plan.counts.parked:
        return tr("Import {n}, park {rows}", n=number(n), rows=number(plan.counts.parked))
    return trn("Import {n} contact", "Import {n} contacts", n) if n else tr("Nothing to import")


def next_trail(page: ImportPage, step: int) -> tuple[str, str]:
    """What is left of the imports, beside the button that uses one; and the sentence of it."""
    left = page.desk.plan.left(IMPORTS)
    if step != REVIEW or page.plan is None or page.maker.is_free or not left.short:
        return "", ""
    return trn("{n} import left", "{n} imports left", left.n or 0), left.said


def may_go_on(page: ImportPage, step: int) -> bool:
    """Whether that is possible yet."""
    if step == FILE:
        return page.has_preview
    if step == MAPPING:
        return page.draft is not None and page.draft.can_be_planned
    if step != REVIEW or page.plan is None or page.maker.busy or page.maker.refusal is not None:
        return False
    return written(page.plan) + page.plan.counts.parked > 0


def written(plan: ImportPlan | None) -> int:
    """How many contacts a plan makes or changes."""
    return plan.counts.created + plan.counts.updated if plan is not None else 0


def fit_steps(page: ImportPage) -> None:
    """Name all steps if there is room for them beside title and buttons."""
    page.back.updateGeometry()
    page.next.updateGeometry()
    parts = (page.header.title, page.back, page.next)
    taken = sum(part.sizeHint().width() + GAP for part in parts)
    page.steps.set_compact(page.width() < taken + page.steps.whole_width + 2 * MARGIN)
