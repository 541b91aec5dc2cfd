"""Runs the issuer: python -m issuer COMMAND."""

import sys

from issuer.cli import main

if __name__ == "__main__":
    sys.exit(main())
