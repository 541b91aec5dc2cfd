"""The page of what contacts are described with: own fields, statuses and tags."""
