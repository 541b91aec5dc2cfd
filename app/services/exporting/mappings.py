"""The field mappings of a workspace: saved ones, automatic ones, and whether one can work."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from app.core.clock import Clock, to_us
from app.core.fields import Field
from app.models.exports import ExportMapping
from app.models.store import Store
from app.services.connections import Connections, RemoteFields
from app.services.exporting.fields import local_fields
from app.services.exporting.mapping import FieldMapping, automatic, check, mapping_from


class Mappings:
    """Keeps one mapping for each destination and container."""

    def __init__(self, store: Store, connections: Connections, clock: Clock) -> None:
        self._store = store
        self._connections = connections
        self._clock = clock

    def fields(self, name: str, *, refresh: bool = False) -> tuple[tuple[Field, ...], RemoteFields]:
        """Our fields and the destination's, for editing a mapping; raises OutsideError."""
        with self._store.reading() as session:
            local = local_fields(session)
        return local, self._connections.fields(name, refresh=refresh)

    def get(self, name: str, container: str = "") -> FieldMapping:
        """The saved mapping, else the automatic one; raises OutsideError, InvalidInput."""
        wanted = select(ExportMapping.mapping).where(
            ExportMapping.connector == self._connections.kind(name).name,
            ExportMapping.container == container,
        )
        with self._store.reading() as session:
            saved = session.execute(wanted).scalar_one_or_none()
        return self.automatic(name) if saved is None else mapping_from(name, saved)

    def automatic(self, name: str) -> FieldMapping:
        """The mapping that names, labels and types suggest; raises OutsideError."""
        local, remote = self.fields(name)
        connector = self._connections.open(name)
        try:
            return automatic(connector, local, remote.fields)
        finally:
            connector.close()

    def save(self, mapping: FieldMapping, container: str = "") -> None:
        """Keep a mapping for the next export; raises InvalidInput when it could not work."""
        self.check(mapping)
        values = {"mapping": mapping.as_dict(), "at_us": to_us(self._clock.now())}
        here = (ExportMapping.connector == mapping.connector) & (
            ExportMapping.container == container
        )
        with self._store.writing("save mapping") as session:
            if session.execute(update(ExportMapping).where(here).values(**values)).rowcount == 0:
                session.execute(
                    insert(ExportMapping).values(
                        connector=mapping.connector, container=container, **values
                    )
                )

    def check(self, mapping: FieldMapping) -> None:
        """Raise InvalidInput with a sentence when a rule could never work."""
        local, remote = self.fields(mapping.connector)
        connector = self._connections.open(mapping.connector)
        try:
            check(mapping, connector, local, remote.fields)
        finally:
            connector.close()
