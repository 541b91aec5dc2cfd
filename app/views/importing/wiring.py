"""Connects the review's wishes with those who fulfil them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from app.services.billing.left import IMPORTS
from app.views.common.left import LeftMark, WallNote
from app.views.common.places import TRIAL, Place
from app.views.importing.review_step import ReviewStep

if TYPE_CHECKING:
    from app.views.importing.page import ImportPage


def wire_review(page: ImportPage, review: ReviewStep) -> None:
    """Whatever is wished in the review of a page is done."""
    corrections, errands = page.corrections, page.errands
    review.fixed.connect(corrections.fix)
    review.unfix_wished.connect(corrections.unfix)
    review.rejects_wished.connect(errands.save_rejects)
    review.policy.picked.connect(corrections.use_rule)
    review.policy.field_picked.connect(corrections.use_field_rule)
    review.wall.picked.connect(corrections.use_parking)
    review.wall.plan_wished.connect(partial(page.desk.go, Place.PLAN))
    review.wall.trial_wished.connect(partial(page.desk.go, Place.PLAN, TRIAL))
    review.problems.replacing_wished.connect(corrections.ask_replacing)
    review.values.mapped.connect(corrections.map_value)
    review.values.created.connect(errands.create_value)
    review.fixed.connect(lambda *_what: page.keeping.keep())
    page.maker.told.connect(review.show_progress)
    page.desk.plan.read.connect(review.offer_trial)
    review.offer_trial(page.desk.plan.account)


def wire_limits(page: ImportPage, show: Callable[[object], None]) -> WallNote:
    """The first step tells how many imports are left; `show` is called when that changes.

    The note says so where none is.
    """
    desk, step = page.desk, page.file
    note = WallNote(desk)
    step.put_above(note)
    note.watch(IMPORTS)
    LeftMark(desk, IMPORTS, [step.zone.choose], [step.zone.paste, step.another])
    desk.plan.read.connect(show)
    return note
