"""What a workspace may do: a licence signed by the vendor, verified on this computer alone.

The format, the order of the checks and the words are those of the contract: an armoured text
whose payload is canonical JSON, signed with Ed25519 over a context, the key's name and the very
bytes. Nothing is parsed before its signature holds, and no failure takes away what was valid.
"""
