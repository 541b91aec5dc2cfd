"""The connections page: keys, their Test button, and whose account they open."""
