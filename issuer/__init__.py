"""The vendor's licence issuer: holds the private key, signs what a workspace may do.

It is a package of its own that shares no code with the product: what it writes and what the
product reads agree by the contract alone. It never becomes part of the product's build.
"""
