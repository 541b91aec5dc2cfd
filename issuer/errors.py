"""What the issuer's user is told when something cannot be done."""


class IssuerError(Exception):
    """A sentence with the cause and the next step; it never holds a key or a passphrase."""
