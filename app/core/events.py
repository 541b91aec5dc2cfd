"""The typed event bus: services publish frozen events, faces subscribe by type."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

log = logging.getLogger("captely.events")

E = TypeVar("E", bound="Event")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as a fact that may cross threads."""


Handler = Callable[[E], None]


class Bus:
    """Delivers each event to the handlers of its type, in the publisher's thread.

    A handler that fails is logged and the others still hear: a window that cannot repaint must
    not stop an import.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handlers: list[tuple[type[Event], Callable[[Event], None]]] = []

    def subscribe(self, kind: type[E], handler: Handler[E]) -> Callable[[], None]:
        """Call `handler` for every event of `kind`; the returned function ends it."""
        entry = (kind, cast("Callable[[Event], None]", handler))
        with self._lock:
            self._handlers.append(entry)

        def end() -> None:
            with self._lock:
                if entry in self._handlers:
                    self._handlers.remove(entry)

        return end

    def publish(self, event: Event) -> None:
        """Hand `event` to everyone who subscribed to its type."""
        with self._lock:
            handlers = [handler for kind, handler in self._handlers if isinstance(event, kind)]
        for handler in handlers:
            try:
                handler(event)
            except Exception:
                log.exception("A handler of %s failed", type(event).__name__)
