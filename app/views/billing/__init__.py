"""The page of the plan and what is used of it."""
