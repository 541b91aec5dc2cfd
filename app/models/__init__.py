"""Tables and the door to the database; no Qt and no network."""
