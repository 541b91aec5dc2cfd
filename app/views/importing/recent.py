"""The lists that were opened last on this computer."""

from __future__ import annotations

from pathlib import Path

from app.services.importing.pasted import PREFIX
from app.views.common.memory import Memory

KEY, MOST = "importing.recent", 5


def recent_files(memory: Memory) -> list[Path]:
    """The files that are still there, the last one first."""
    written = memory.get(KEY).get("paths", [])
    paths = [Path(one) for one in written if isinstance(one, str)]
    return [path for path in paths if path.is_file()][:MOST]


def remember_file(memory: Memory, path: Path) -> None:
    """Put a file first; what was pasted is not kept."""
    if path.name.startswith(PREFIX):
        return
    others = [one for one in memory.get(KEY).get("paths", []) if one != str(path)]
    memory.put(KEY, {"paths": [str(path), *others][:MOST]})
