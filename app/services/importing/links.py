"""Web addresses as people type them, made whole: scheme added, host in lower case."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_HOST = re.compile(
    r"(?:[a-z0-9\u00a1-\uffff](?:[a-z0-9\u00a1-\uffff_-]{0,61}[a-z0-9\u00a1-\uffff])?\.)+"
    r"(?:[a-z\u00a1-\uffff]{2,24}|xn--[a-z0-9-]{2,59})\.?"
)
whole_profile = re.compile(r"https://www\.linkedin\.com/in/[a-z0-9%_-]{3,100}\Z").match
"""Whether a text is the address of a LinkedIn profile that needs no change."""

_PROFILE = re.compile(r"/?(?:(?:in|pub)/)?([\w%-]{3,100})/?")

# The usual case, already whole: nothing to change and nothing to look into.
whole_address = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?:/[!-~]*)?\Z"
).match
"""Whether a text is a web address that needs no change."""

_bare_address = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?:/[a-zA-Z0-9._~%+=&-]*)*\Z"
).match


def web_address(text: str) -> str | None:
    """The whole address of a page, None when `text` is none."""
    if whole_address(text):
        return text
    if _bare_address(text):
        return f"https://{text}"
    written = text if "://" in text else f"https://{text.removeprefix('//')}"
    if any(c.isspace() for c in written):
        return None
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(host) or parts.username:
        return None
    place = f"{host}:{port}" if port else host
    return urlunsplit((parts.scheme.lower(), place, parts.path, parts.query, parts.fragment))


def linkedin(text: str) -> str | None:
    """The address of a LinkedIn page without tracking, None when `text` is another page.

    "in/ada-lovelace" and "linkedin.com/in/ada" count; a bare word does not, for it may be a name.
    """
    if whole_profile(text):
        return text
    if "linkedin.com" not in text.lower():
        short = _PROFILE.fullmatch(text)
        starts = text.lower().lstrip("/").startswith(("in/", "pub/"))
        return f"https://www.linkedin.com/in/{short[1]}" if short and starts else None
    whole = web_address(text)
    parts = urlsplit(whole) if whole else None
    if parts is None or not f".{parts.hostname}".endswith(".linkedin.com"):
        return None
    host = "www.linkedin.com" if parts.hostname == "linkedin.com" else parts.netloc
    return f"https://{host}{parts.path.rstrip('/')}"


def domain(text: str) -> str | None:
    """The bare domain of a company, from a domain, a web address or an e-mail address."""
    address = text.rpartition("@")[2] if "@" in text and "/" not in text else text
    whole = web_address(address)
    host = urlsplit(whole).hostname if whole else None
    return host.removeprefix("www.").rstrip(".") if host else None
