"""Keeps keys, tokens and hook addresses out of every log line and error sentence."""

from __future__ import annotations

import logging
import re
import threading

MASK = "•••"
SHORTEST_SECRET = 6

# Each keeps its first group, which says what kind of thing was hidden.
_SHAPES = (
    re.compile(r"(?i)(\bbearer )[^\s\"',;]+"),
    re.compile(r"(?i)(\bbasic )[A-Za-z0-9+/=]{6,}"),
    re.compile(r"(?i)([?&](?:api_?key|key|token|access_token)=)[^&\s\"']+"),
    re.compile(r"(?i)(hooks\.zapier\.com/)[^\s\"']+"),
    re.compile(r"\b(pat-[a-z0-9]+-)[0-9a-f-]{8,}"),
    re.compile(r"\b([sr]k_(?:live|test)_)[A-Za-z0-9]+"),
    re.compile(r"\b(whsec_)[A-Za-z0-9+/=]+"),
)


class Redactor:
    """Knows every secret that this process has handled, and the shapes of common ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[str, ...] = ()

    def learn(self, secret: str) -> None:
        """Hide `secret` from now on; very short ones would hide ordinary words and are left."""
        if len(secret) < SHORTEST_SECRET:
            return
        with self._lock:
            if secret not in self._known:
                # Longest first, so that a key containing another one is hidden whole.
                known = sorted((*self._known, secret), key=len, reverse=True)
                self._known = tuple(known)

    def clean(self, text: str) -> str:
        """`text` with every known secret and everything shaped like one masked."""
        for secret in self._known:
            text = text.replace(secret, MASK)
        for shape in _SHAPES:
            text = shape.sub(rf"\1{MASK}", text)
        return text


class RedactingFilter(logging.Filter):
    """Cleans each record that passes; put on loggers of libraries and on our own handlers."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        said = record.getMessage()
        cleaned = self._redactor.clean(said)
        if cleaned != said:
            record.msg, record.args = cleaned, ()
        return True


REDACTOR = Redactor()
"""One a process: a secret learnt anywhere must be hidden everywhere."""

# A filter on a logger does not see the records of its children, so each is named.
_LIBRARY_LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
    "keyring",
    "keyring.backend",
)


def guard_library_loggers() -> None:
    """Clean what the network and keyring libraries log, whatever level somebody turns on."""
    for name in _LIBRARY_LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, RedactingFilter) for each in logger.filters):
            logger.addFilter(RedactingFilter(REDACTOR))
