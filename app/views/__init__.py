"""Everything Qt: the window, its pages and what they share; services know nothing of it."""
