"""The vendor's public keys that this build trusts: the one in use and the next one.

Made with `python -m issuer keyset --python` from the vendor's keyset. The private halves never
come near this tree. `since` and `until` bound when a licence may have been signed.
"""

from __future__ import annotations

from app.services.licence.keys import PublicKey

BUILT_IN: tuple[PublicKey, ...] = (
    PublicKey.of(
        "captely-2026", "ltq7dld6t4KQ5YRIzK1/P5/Am+bggOEcWsM962tolLY=", 1767225600, 1830297600
    ),
    PublicKey.of(
        "captely-2027", "J32lK+YbZe5eUTwWgo/VDWbq5MmrITFO5xnbCMI+k/4=", 1798761600, 1861920000
    ),
)
