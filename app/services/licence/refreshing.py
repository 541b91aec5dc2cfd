"""When a licence was last fetched, how that went, and when it is due again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from hashlib import sha256

TRY_AGAIN_AFTER = 6 * 3_600
JITTER = 3_600


@dataclass(frozen=True, slots=True)
class Checked:
    """The last attempts (epoch s); etag is of the licence that came then."""

    succeeded: int = 0
    tried: int = 0
    unreachable: bool = False
    etag: str = ""

    @classmethod
    def read(cls, text: str | None) -> Checked:
        """What was kept; nothing known when it cannot be read, for nothing depends on it."""
        try:
            kept = json.loads(text or "{}")
            succeeded, tried = int(kept["succeeded"]), int(kept["tried"])
            return cls(succeeded, tried, kept["unreachable"] is True, str(kept["etag"]))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return cls()

    def text(self) -> str:
        """The form in which it is kept."""
        return json.dumps(asdict(self))

    def done(self, now: int, etag: str = "") -> Checked:
        """After a licence came, or the one there is was said to be the newest."""
        return Checked(now, now, unreachable=False, etag=etag)

    def failed(self, now: int) -> Checked:
        """After an attempt that brought nothing."""
        return replace(self, tried=now, unreachable=True)

    def is_due(
        self, now: int, refresh_after: int, workspace: str, *, connected: bool = False
    ) -> bool:
        """True from `refresh_after` on, then once a day, a little later for some than for others.

        A vendor's server is not asked by everybody at the same second. connected says that the
        network has just come back, so that what failed without it is not waited for.
        """
        late = int.from_bytes(sha256(workspace.encode()).digest()[:4]) % JITTER
        rested = connected or now - self.tried >= TRY_AGAIN_AFTER
        waited = rested or not self.unreachable
        daily = now - self.succeeded >= 86_400
        return now >= refresh_after + late and waited and (daily or self.unreachable)
