"""A year in the life of a workspace, hour by hour, against a table that was written by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.services.licence import facts as kept
from app.services.licence.refreshing import Checked
from tests.services.licence.bed import Bed
from tests.services.licence.vendor import DAY, ISSUED

HOUR = 3_600
HOURS = 365 * 24
KEPT_EVERY = 24
"""The time is kept once a day, for thousands of durable writes would take minutes."""
TEN_YEARS = 3_650 * DAY

CREDITS = {"free": 100, "starter": 1_000, "professional": 5_000}
"""What each plan of this story has a month, by which its limits are told apart."""

Words = str | Callable[[int], str]


def on(day: float, form: str = "%-d %b") -> str:
    return (datetime.fromtimestamp(ISSUED, UTC) + timedelta(days=day)).strftime(form)


def full(day: float) -> str:
    return on(day, "%-d %b %Y")


def trial_words(hour: int) -> str:
    """The trial ends with day 16; a day that has begun counts."""
    left = max(0, 16 - hour // 24)
    unit = "day" if left == 1 else "days"
    return f"{left} {unit} left in your Starter trial. Add a payment method."


NONE = "You're on Free. Start a 14-day trial."
FREE = "You're on Free."
EXPIRED = (
    "Your plan could not be confirmed, so Free limits apply. "
    "Your data is safe and you can export it."
)


def grace(since: float, until: float) -> str:
    return (
        f"We couldn't confirm your plan since {on(since)}. Everything keeps working until "
        f"{on(until)}. Connect or import a licence."
    )


def clock_words(hour: int) -> str:
    return (
        f"Your computer's clock says {full(hour / 24 - 40)}, earlier than the last time Captely "
        "ran. Set the clock, or connect to the internet."
    )


@dataclass(frozen=True)
class Stretch:
    """From this day on the workspace stands like this; noted is from when Settings says so."""

    day: int
    state: str
    plan: str
    words: Words
    urgency: str = "quiet"
    provenance: str = "vendor_signed"
    noted: str | None = None


PAST_DUE = f"Payment failed on {on(75)}. Update your card before {on(82)} to keep Professional."

TABLE = [
    Stretch(0, "none", "free", NONE, provenance="none"),
    # The trial: fourteen days, a day more to hand over, then three of grace that are not needed.
    Stretch(2, "trial", "starter", trial_words, "calm"),
    Stretch(12, "trial", "starter", trial_words, "amber"),
    Stretch(14, "trial", "starter", trial_words, "persistent"),
    # Paid by the month.
    Stretch(15, "active", "professional", f"Renews {full(45)}"),
    Stretch(16, "active", "professional", f"Renews {full(45)}", noted="refresh_due"),
    Stretch(45, "active", "professional", f"Renews {full(75)}"),
    Stretch(46, "active", "professional", f"Renews {full(75)}", noted="refresh_due"),
    # The card is refused, and changed in time.
    Stretch(75, "past_due", "professional", PAST_DUE, "persistent"),
    Stretch(80, "active", "professional", f"Renews {full(105)}"),
    Stretch(81, "active", "professional", f"Renews {full(105)}", noted="refresh_due"),
    # Nobody is online any more: three days beyond the period, two weeks of grace, then Free.
    Stretch(108, "grace", "professional", grace(108, 122), "amber"),
    Stretch(122, "expired", "free", EXPIRED, "amber", "none"),
    # Back again.
    Stretch(130, "active", "professional", f"Renews {full(160)}"),
    Stretch(131, "active", "professional", f"Renews {full(160)}", noted="refresh_due"),
    # Two days with the clock forty days back: nothing is gained and nothing is lost.
    Stretch(140, "clock_rollback", "professional", clock_words, "amber", noted="refresh_due"),
    Stretch(142, "active", "professional", f"Renews {full(160)}", noted="refresh_due"),
    # A day with the clock ten years ahead, which does not stick.
    Stretch(150, "expired", "free", EXPIRED, "amber", "none"),
    Stretch(151, "active", "professional", f"Renews {full(160)}", noted="refresh_due"),
    # Cancelled to the end of the period, with three days of grace.
    Stretch(160, "active", "professional", f"Ends {full(190)}"),
    Stretch(161, "active", "professional", f"Ends {full(190)}", noted="refresh_due"),
    Stretch(190, "grace", "professional", grace(190, 193), "amber"),
    Stretch(193, "expired", "free", EXPIRED, "amber", "none"),
    Stretch(200, "none", "free", FREE),
    # By the year, checked every ninety days; the last attempts to fetch it fail.
    Stretch(210, "active", "professional", f"Renews {full(575)}"),
    Stretch(211, "active", "professional", f"Renews {full(575)}", noted="refresh_due"),
    Stretch(290, "active", "professional", f"Renews {full(575)}", noted="offline"),
    Stretch(296, "active", "professional", f"Renews {full(575)}", "calm", noted="offline"),
    Stretch(303, "grace", "professional", grace(303, 317), "amber"),
    Stretch(310, "active", "professional", f"Renews {full(575)}"),
    Stretch(311, "active", "professional", f"Renews {full(575)}", noted="refresh_due"),
]


class Story:
    """What happens to the workspace, at the beginning of some days."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.wrong = 0
        self.events: dict[int, Callable[[], None]] = {
            2: lambda: self.comes(2, 17, 20, plan="starter", status="trialing",
                                  trial_end=moment(16), interval=None),
            15: lambda: self.comes(15, 48, 62, period_end=moment(45)),
            45: lambda: self.comes(45, 78, 92, period_end=moment(75)),
            75: lambda: self.comes(75, 82, 89, period_end=moment(105), status="past_due"),
            80: lambda: self.comes(80, 108, 122, period_end=moment(105)),
            130: lambda: self.comes(130, 163, 177, period_end=moment(160)),
            140: lambda: self.set_clock(-40 * DAY),
            142: lambda: self.set_clock(0),
            150: lambda: self.set_clock(TEN_YEARS),
            151: lambda: self.set_clock(0),
            160: lambda: self.comes(160, 190, 193, period_end=moment(190),
                                    cancel_at_period_end=True),
            200: lambda: self.comes(200, 293, 307, plan="free", status="canceled", interval=None),
            210: lambda: self.comes(210, 303, 317, period_end=moment(575), interval="year"),
            290: self.cannot_be_reached,
            310: lambda: self.comes(310, 403, 417, period_end=moment(575), interval="year"),
        }  # fmt: skip

    def comes(self, day: int, exp: int, grace_until: int, **changes: object) -> None:
        """A licence is issued and installed; its dates are those of the contract's table."""
        limits = {
            "credits_month": CREDITS[str(changes.get("plan", "professional"))],
            "enrichments_day": 1, "provider_month": {}, "providers": [], "imports_month": 1,
            "contacts": 1, "seats": 1, "rollover_cap": 0,
        }  # fmt: skip
        dates = {"iat": moment(day), "exp": moment(exp), "grace_until": moment(grace_until)}
        self.bed.install(limits=limits, **dates, **changes)

    def cannot_be_reached(self) -> None:
        checked = Checked.read(self.bed.facts.all()[kept.CHECKED])
        self.bed.facts.set({kept.CHECKED: checked.failed(moment(290)).text()})

    def set_clock(self, wrong: int) -> None:
        self.wrong = wrong

    def turn_to(self, hour: int) -> None:
        """Let the computer's clock show this hour, as wrong as it is at the moment."""
        self._show(hour)
        if hour % 24 == 0 and hour // 24 in self.events:
            # Each of them in a new process, as after a restart.
            self.bed.again()
            self.events[hour // 24]()
            self._show(hour)

    def _show(self, hour: int) -> None:
        shown = datetime.fromtimestamp(ISSUED + hour * HOUR + self.wrong, UTC)
        self.bed.clock.pass_by(shown - self.bed.clock.now())


def moment(day: int) -> int:
    return ISSUED + day * DAY


def expected(hour: int) -> Stretch:
    return [stretch for stretch in TABLE if stretch.day * 24 <= hour][-1]


def test_every_hour_of_a_year_has_the_state_words_and_limits_of_the_table(bed: Bed):
    story = Story(bed)
    for hour in range(HOURS):
        story.turn_to(hour)
        standing, stretch = bed.licences.current(), expected(hour)
        if hour % KEPT_EVERY == 0:
            bed.licences.keep_time()

        words = stretch.words if isinstance(stretch.words, str) else stretch.words(hour)
        found = (
            standing.state.value, standing.plan.value, standing.message, standing.urgency.value,
            standing.provenance.value, standing.note and standing.note.value,
            standing.limits.credits_month,
        )  # fmt: skip
        wanted = (
            stretch.state, stretch.plan, words, stretch.urgency, stretch.provenance,
            stretch.noted, CREDITS[stretch.plan],
        )  # fmt: skip
        assert found == wanted, f"day {hour / 24:.2f}"


def test_the_table_has_every_state_that_a_licence_can_be_in():
    assert {stretch.state for stretch in TABLE} == {
        "none", "trial", "active", "past_due", "grace", "expired", "clock_rollback",
    }  # fmt: skip
