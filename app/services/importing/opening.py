"""Opening a list's file: compression, and a sentence for every file that holds no list."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from app.core.errors import CaptelyError, InvalidInput, NotFound
from app.core.text import marked, tr
from app.services.importing.encodings import error_mode

HEAD = 4096

_COMPRESSED = (
    (re.compile(rb"\x1f\x8b"), "gz"),
    (re.compile(rb"BZh[1-9]1AY&SY"), "bz2"),
    (re.compile(rb"\xfd7zXZ\x00"), "xz"),
)

_PICTURE = "a picture"
_ARCHIVE = "an archive of a kind that cannot be read here"
_PROGRAM = "a program"
_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", _PICTURE), (b"\xff\xd8\xff", _PICTURE), (b"GIF8", _PICTURE),
    (b"II*\x00", _PICTURE), (b"MM\x00*", _PICTURE), (b"%PDF", "a PDF document"),
    (b"SQLite format 3\x00", "a database"), (b"PAR1\x15", "a Parquet file"),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE), (b"Rar!", _ARCHIVE), (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"{\\rtf", "a text document"), (b"\x7fELF", _PROGRAM), (b"MZ\x90", _PROGRAM),
    (b"BEGIN:VCARD", "a vCard file"), (b"ID3\x03", "a sound file"), (b"ID3\x04", "a sound file"),
)  # fmt: skip
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = marked("Save it as .xlsx or CSV in the program it comes from, then import that file.")

_IN_ZIP = (
    ("xl/workbook.bin", marked("a binary Excel file (.xlsb)")),
    ("word/document.xml", marked("a Word document")),
    ("ppt/presentation.xml", marked("a presentation")),
    ("content.xml", marked("an OpenDocument file")),
    ("Index/Document.iwa", marked("a Numbers or Pages document")),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """The bytes of a list after decompression; stream can seek."""

    stream: IO[bytes]
    compression: str | None
    workbook: bool


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns the failures of reading `path` into sentences: NotFound and InvalidInput."""
    name = path.name
    try:
        yield
    except CaptelyError:
        raise
    except FileNotFoundError as error:
        raise NotFound(
            tr("There is no file {name}.", name=name),
            tr("Check the path; the file may have been moved or deleted meanwhile."),
        ) from error
    except IsADirectoryError as error:
        raise _folder(name) from error
    except PermissionError as error:
        raise InvalidInput(
            tr("{name} may not be read.", name=name),
            tr("Close it in the program that holds it, or ask for permission to read it."),
            str(error.strerror),
        ) from error
    except (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, gzip.BadGzipFile) as error:
        raise InvalidInput(
            tr("{name} is damaged or cut off.", name=name),
            tr("Download or copy it again."),
            str(error),
        ) from error
    except UnicodeError as error:
        raise InvalidInput(
            tr("{name} is not in the chosen encoding.", name=name),
            tr("Choose another encoding, or leave the choice to detection."),
            f"{type(error).__name__} {getattr(error, 'reason', '')}".strip(),
        ) from error
    except OSError as error:
        raise InvalidInput(
            tr("{name} cannot be read.", name=name),
            tr("Copy it to this computer and try again."),
            str(error.strerror or error),
        ) from error


def _folder(name: str) -> InvalidInput:
    return InvalidInput(tr("{name} is a folder.", name=name), tr("Choose a file in it."))


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The decompressed bytes of `path`, closed at the end.

    Raises NotFound or InvalidInput with a sentence naming what the file is instead of a list.
    """
    with explained(path):
        if path.is_dir():
            raise _folder(path.name)
        if path.exists() and not path.is_file():
            # Reading a pipe would wait for its writer, and it can be read only once.
            raise InvalidInput(
                tr("{name} is a pipe or a device, not a file.", name=path.name),
                tr("Save the list as a file first, then import that."),
            )
        with path.open("rb") as file:
            head = file.read(HEAD)
            file.seek(0)
            if not head:
                raise empty(path)
            with _plain(path, file, head) as found:
                yield found


def empty(path: Path) -> InvalidInput:
    """The error for a file without a single row."""
    return InvalidInput(
        tr("{name} is empty.", name=path.name), tr("Choose a file that holds at least one row.")
    )


@contextmanager
def _plain(path: Path, file: IO[bytes], head: bytes) -> Iterator[Opened]:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        with zipfile.ZipFile(file) as archive:
            yield from _zipped(path, file, archive)
        return
    for magic, name in _COMPRESSED:
        if magic.match(head):
            with _decompressed(name, file) as stream:
                yield _checked(path, stream, name)
            return
    yield _checked(path, file, None)


def _decompressed(name: str, file: IO[bytes]) -> IO[bytes]:
    if name == "gz":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    return cast("IO[bytes]", bz2.BZ2File(file) if name == "bz2" else lzma.LZMAFile(file))


def _zipped(path: Path, file: IO[bytes], archive: zipfile.ZipFile) -> Iterator[Opened]:
    names = archive.namelist()
    if "xl/workbook.xml" in names:
        file.seek(0)
        yield Opened(file, None, workbook=True)
        return
    for member, what in _IN_ZIP:
        if member in names:
            raise _no_list(path, what)
    with archive.open(_only_member(path, archive)) as stream:
        yield _checked(path, stream, "zip")


def _only_member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir()
        and "__MACOSX" not in member.filename
        and not PurePosixPath(member.filename).name.startswith(".")
    ]
    if len(members) != 1:
        raise InvalidInput(
            tr("{name} holds {n} files.", name=path.name, n=len(members)),
            tr("Unpack it and import one list at a time."),
        )
    if members[0].flag_bits & 1:
        raise InvalidInput(
            tr("{name} is locked with a password.", name=path.name),
            tr("Unpack it with its password, then import the list in it."),
        )
    return members[0]


def _checked(path: Path, stream: IO[bytes], compression: str | None) -> Opened:
    head = stream.read(HEAD)
    stream.seek(0)
    if not head:
        raise empty(path)
    if head.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(stream) as archive:
            workbook = "xl/workbook.xml" in archive.namelist()
        if not workbook:
            raise _no_list(path, _ARCHIVE)
        stream.seek(0)
        return Opened(stream, compression, workbook=True)
    refuse_other_kinds(path, head)
    return Opened(stream, compression, workbook=False)


def refuse_other_kinds(path: Path, head: bytes) -> None:
    """Raise InvalidInput when the first bytes are those of another kind of file."""
    if head.startswith(_OLD_EXCEL):
        raise InvalidInput(
            tr("{name} is an old or password-protected Excel file.", name=path.name),
            tr("Open it in a spreadsheet program and save it as .xlsx or CSV."),
        )
    for magic, what in _KINDS:
        if head.startswith(magic):
            raise _no_list(path, what)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<!--")):
        raise _no_list(path, marked("a web page or XML file"))
    if _is_dbase(head):
        raise _no_list(path, marked("a dBase file"))


def _is_dbase(head: bytes) -> bool:
    """A version byte, a date, the sizes, and a field list that ends in a carriage return."""
    if len(head) < 65 or head[0] not in (0x03, 0x30, 0x83, 0x8B, 0xF5) or not 1 <= head[2] <= 12:
        return False
    size = int.from_bytes(head[8:10], "little")
    return size % 32 in (1, 8) and (size > len(head) or head[size - 1 : size] in (b"\r", b"\x00"))


def _no_list(path: Path, what: str) -> InvalidInput:
    return InvalidInput(
        tr("{name} is {what}, not a list.", name=path.name, what=tr(what)), tr(_SAVE_AS)
    )


def text_of(stream: IO[bytes], encoding: str) -> io.TextIOWrapper:
    """The decoded text with its line ends kept, as the csv module wants it."""
    return io.TextIOWrapper(stream, encoding, error_mode(encoding), newline="")
