"""The account of a workspace: its plan, what it used of it, and what to tell of that."""
