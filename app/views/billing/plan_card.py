"""The card of the plan: its name, state and message, its dates, and a way to look again."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.core.text import tr
from app.services.billing.account import Account
from app.services.billing.left import may_try
from app.views.billing.plan_words import explained, facts_of, message_tone, state_words
from app.views.common.boxes import Card, row
from app.views.common.buttons import Btn, Kind
from app.views.common.facts import Facts
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.pills import Pill


class PlanCard(Card):
    """refresh is seen where the licence has an address, trial where one is still to be had."""

    def __init__(self) -> None:
        super().__init__()
        self.name = Label("", Role.DISPLAY)
        self.state = Pill()
        self.message = Para("", Role.BODY, "secondary")
        self.noted = Para("", Role.SMALL, "secondary")
        self.facts = Facts()
        self.refresh = Btn(tr("Refresh"), Kind.OUTLINE, "refresh-cw")
        self.trial = Btn(tr("Ask for a trial"), Kind.PRIMARY, "sparkles")
        head = row(self.name, self.state, None, gap=12)
        head.setAlignment(self.state, Qt.AlignmentFlag.AlignVCenter)
        foot = row(self.trial, self.refresh, None)
        for part in (head, self.message, 4, self.facts, self.noted):
            if isinstance(part, int):
                self.body.addSpacing(part)
            elif part is head:
                self.body.addLayout(head)
            else:
                self.body.addWidget(part)  # type: ignore[arg-type]
        self.body.addLayout(foot)
        self.body.addStretch(1)
        self.refresh.hide()
        self.trial.hide()
        self.noted.hide()

    def show_account(self, account: Account) -> None:
        """Show how the plan stands."""
        standing = account.standing
        self.name.setText(account.name)
        self.state.show_word(*state_words(standing))
        self.message.setText(standing.message)
        self.message.set_tone(message_tone(standing))
        why = explained(standing)
        self.noted.setText(why)
        self.noted.setVisible(bool(why))
        facts = facts_of(standing)
        self.facts.show_facts(facts)
        self.facts.setVisible(bool(facts))
        self.trial.setVisible(may_try(account))
        self.refresh.setVisible(bool(account.address))
        self.refresh.setToolTip(account.address)
