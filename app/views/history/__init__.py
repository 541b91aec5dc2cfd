"""The history page: every operation, newest first, and its undo."""
