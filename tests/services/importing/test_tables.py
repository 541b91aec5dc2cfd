"""Any delimited list gives its table, or a sentence that names what is wrong with it."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import os
import sqlite3
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.core.errors import InvalidInput, NotFound
from app.services.importing.shape import ReadOptions, Share
from app.services.importing.tables import inspect, read_chunks, read_rows
from tests.services.importing.files import cells, read

LIST = "Name,Email\nAda,ada@example.com\n"


def test_an_e_acute_at_the_very_end_of_a_large_list_is_not_missed(write):
    body = "Name,Email\n" + "Ada,ada@example.com\n" * 120_000
    latin = inspect(write(body + "Zoé,z@example.com\n", encoding="cp1252"))
    utf8 = inspect(write(body + "Zoé,z@example.com\n"))
    assert (latin.encoding, utf8.encoding) == ("cp1252", "utf-8")


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
    ],
)  # fmt: skip
def test_each_encoding_is_recognised_and_read(write, encoding, named):
    path = write("Name;Email\nZoë Müller;zoe@example.com\n", encoding=encoding)
    shape, rows = read(path)
    assert (shape.encoding, shape.delimiter, shape.columns) == (named, ";", ("Name", "Email"))
    assert rows[0].cells == ["Zoë Müller", "zoe@example.com"]


def test_a_chosen_encoding_wins_over_detection(write):
    path = write("Имя,Email\nАда,ada@example.com\n", encoding="cp1251")
    shape, rows = read(path, encoding="windows-1251")
    assert (shape.encoding, shape.columns[0], rows[0].cells[0]) == ("cp1251", "Имя", "Ада")


def test_bytes_without_a_meaning_in_cp1252_do_not_stop_the_list(write):
    assert cells(write(b"Name,Email\nA\x81d\xe9,a@example.com\n")) == [["A\x81dé", "a@example.com"]]


def test_a_wrongly_chosen_encoding_is_named(write):
    with pytest.raises(InvalidInput, match=r"list\.csv is not in the chosen encoding"):
        inspect(write("Name\nZoé\n", encoding="cp1252"), ReadOptions(encoding="utf-8"))
    with pytest.raises(InvalidInput, match="There is no encoding klingon"):
        inspect(write(LIST), ReadOptions(encoding="klingon"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_gives_every_row_one_width(write, delimiter):
    rows = [["Nom", "Prix", "Adresse"], ["Ada", "1,5", "1 rue X; Paris"], ["Bob", "2,5", "a|b\tc"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    shape, found = read(write(out.getvalue()))
    assert (shape.delimiter, list(shape.columns)) == (delimiter, rows[0])
    assert [row.cells for row in found] == rows[1:]


def test_a_sep_line_says_the_delimiter_and_is_no_row(write):
    shape, rows = read(write("sep=;\nName;Note\nAda;1,2,3\n"))
    assert (shape.sep_line, shape.delimiter, shape.header_row) == (True, ";", 2)
    assert rows == [(3, ["Ada", "1,2,3"], None)]


def test_a_chosen_delimiter_wins_and_may_be_a_word(write):
    shape = inspect(write("a,b\tc\n1,2\t3\n"), ReadOptions(delimiter="tab"))
    assert (shape.delimiter, shape.columns) == ("\t", ("a,b", "c"))
    with pytest.raises(InvalidInput, match="A delimiter is one character"):
        inspect(write(LIST), ReadOptions(delimiter=";;"))


def test_a_single_column_is_a_list_too_even_with_commas_in_it(write):
    assert cells(write("email\na@example.com\nb@example.com\n")) == [
        ["a@example.com"],
        ["b@example.com"],
    ]
    shape, rows = read(write("name\nLovelace, Ada\nRoss, Bob\n"))
    assert shape.columns == ("name",)
    assert [row.cells for row in rows] == [["Lovelace, Ada"], ["Ross, Bob"]]


def test_titles_and_blank_lines_above_the_header_are_passed_over(write):
    shape, rows = read(write("Export of 3 May\n\nFirst name;E-mail\nAda;ada@example.com\n"))
    assert (shape.header_row, shape.columns) == (3, ("First name", "E-mail"))
    assert rows == [(4, ["Ada", "ada@example.com"], None)]


def test_of_two_header_lines_the_one_that_names_fields_wins(write):
    text = "Person;;Firma;\nVorname;E-Mail;Firma;Ort\nAda;ada@example.com;Acme;Bern\n"
    shape, rows = read(write(text))
    assert (shape.header_row, shape.columns) == (2, ("Vorname", "E-Mail", "Firma", "Ort"))
    assert len(rows) == 1


def test_of_equal_header_lines_the_uppermost_wins_and_the_other_is_no_contact(write):
    shape, rows = read(
        write("First name,Email\nAda,a@example.com\nFirst name,Email\nBob,b@x.org\n")
    )
    assert shape.header_row == 1
    assert [row.cells[0] for row in rows if row.problem is None] == ["Ada", "Bob"]
    assert rows[1].problem == "The row repeats the names of the columns."


def test_blanks_before_an_opening_quote_are_no_part_of_the_value(write):
    shape, rows = read(write('Name, Email, Note\n"Ada", "ada@example.com", "a, b"\n'))
    assert shape.columns == ("Name", "Email", "Note")
    assert rows == [(2, ["Ada", "ada@example.com", "a, b"], None)]


def test_a_quote_in_the_middle_of_a_text_does_not_make_blanks_disappear(write):
    text = 'Name,Note\nAda,she said, "hi"\n"Bob","x"\n"Cid","y"\n'
    assert read(write(text))[1][0].cells == ["Ada", "she said", ' "hi"']


def test_a_list_without_a_header_has_nameless_columns_and_keeps_its_first_row(write):
    shape, rows = read(write("Ada,ada@example.com\nBob,bob@example.com\n"))
    assert (shape.header_row, shape.columns) == (0, ("", ""))
    assert shape.names == ("Column 1", "Column 2")
    assert [row.cells[0] for row in rows] == ["Ada", "Bob"]


def test_a_value_that_happens_to_name_a_field_does_not_hide_the_rows_above_it(write):
    text = "a,b,c\nAda,x,y\nBob,Internet,z\n"
    assert len(cells(write(text))) == 2


def test_a_chosen_header_row_wins(write):
    path = write("x,y\nName,Email\nAda,ada@example.com\n")
    assert inspect(path, ReadOptions(header_row=1)).columns == ("x", "y")
    assert len(cells(path, header_row=0)) == 3
    with pytest.raises(InvalidInput, match="no column names in row 9"):
        inspect(path, ReadOptions(header_row=9))


def test_skipped_rows_are_left_out_before_anything_else(write):
    shape, rows = read(
        write("Name,Email\nold,o@example.com\nName,Email\nAda,a@example.com\n"), skip_rows=2
    )
    assert (shape.header_row, len(rows)) == (3, 1)


def test_equal_and_blank_headers_stay_distinguishable(write):
    shape = inspect(write("Email,,email ,Email,Name\na,b,c,d,e\n"))
    assert shape.columns == ("Email", "", "email ", "Email", "Name")
    assert shape.names == ("Email", "Column 2", "email (2)", "Email (3)", "Name")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(write, end):
    path = write(f'Name,Note{end}Ada,"two{end}lines"{end}Bob,x{end}')
    shape, rows = read(path)
    assert shape.columns == ("Name", "Note")
    assert [(row.line, row.cells) for row in rows] == [
        (2, ["Ada", f"two{end}lines"]),
        (4, ["Bob", "x"]),
    ]


def test_mixed_line_ends_are_read(write):
    assert cells(write("Name,Email\r\nAda,a\nBob,b\rCid,c\n")) == [
        ["Ada", "a"],
        ["Bob", "b"],
        ["Cid", "c"],
    ]


def test_a_shorter_row_is_padded_and_a_longer_one_rejected_with_both_numbers(write):
    rows = read(write("Name,Email,City\nAda\nBob,b@example.com,Bern,extra,more\nCid,c,Ulm,,\n"))[1]
    assert rows[0] == (2, ["Ada", "", ""], None)
    assert rows[1].problem == "The row has 5 values for 3 columns."
    assert rows[1].cells == ["Bob", "b@example.com", "Bern", "extra", "more"]
    assert rows[2] == (4, ["Cid", "c", "Ulm"], None)


def test_blank_rows_are_no_rows(write):
    assert cells(write("Name,Email\n,\n \t,  \n\nAda,\n,ada@example.com\n")) == [
        ["Ada", ""],
        ["", "ada@example.com"],
    ]


def test_a_nul_byte_rejects_its_row_alone(write):
    rows = read(write(b"Name,Email\nA\0da,ada@example.com\nBob,bob@example.com\n"))[1]
    assert "NUL byte" in (rows[0].problem or "")
    assert rows[1].problem is None


def test_a_formula_that_our_export_guarded_is_read_without_its_guard(write):
    assert cells(write("Name,Note\nAda,'=1+1\nO'Brien,''=x\n")) == [
        ["Ada", "=1+1"],
        ["O'Brien", "'=x"],
    ]


def test_a_number_wrapped_as_a_formula_is_read_with_its_zero(write):
    assert cells(write('Name,Phone\nAda,="0612345678"\nBob,"=""0612345679"""\n')) == [
        ["Ada", "0612345678"],
        ["Bob", "0612345679"],
    ]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_value_of_more_than_a_megabyte_is_named_by_its_line(write, quote):
    path = write(f"Name,Note\nAda,x\nBob,{quote}{'x' * (1 << 20)}y{quote}\nCid,z\n")
    with pytest.raises(InvalidInput, match="Line 3 holds a value of more than 1 MB"):
        list(read_rows(inspect(path)))


def test_a_quote_that_is_never_closed_is_named_by_its_line(write):
    path = write('Name,Note\nAda,x\nBob,"open\nCid,y\nDan,z\n')
    with pytest.raises(InvalidInput, match="Line 3 opens a quote that is never closed"):
        list(read_rows(inspect(path)))


def test_the_line_named_is_that_of_the_quote_and_not_of_its_record(write):
    path = write('Name,Note,More\nAda,"two\nlines","open\nCid,y,z\n')
    with pytest.raises(InvalidInput, match="Line 3 opens"):
        list(read_rows(inspect(path)))


def test_a_quote_that_swallows_a_megabyte_is_named_too(write):
    path = write('Name,Note\nAda,"open\n' + "Bob,y\n" * 300_000)
    with pytest.raises(InvalidInput, match="Line 2 opens"):
        list(read_rows(inspect(path)))


def test_reading_may_go_on_behind_a_quote_that_is_never_closed(write):
    path = write('Name,Note\nAda,x\nBob,"open\nCid,y\nDan,"z"\n')
    rows = read(path, keep_going=True)[1]
    assert [row.line for row in rows] == [2, 3, 4, 5]
    assert [row.cells for row in rows if row.problem is None] == [
        ["Ada", "x"],
        ["Cid", "y"],
        ["Dan", "z"],
    ]
    assert rows[1].problem == "Line 3 opens a quote that is never closed."


def test_a_stray_quote_closed_by_a_later_one_takes_no_row_with_it(write):
    text = 'Name,Note,City\n1,"Ada,x\n2,"Bob",y\n3,Cid,z\n4,"Dan",w\n'
    rows = read(write(text))[1]
    assert [(row.line, row.problem is None) for row in rows] == [
        (2, False),
        (3, True),
        (4, True),
        (5, True),
    ]
    assert rows[1].cells == ["2", "Bob", "y"]


def test_many_stray_quotes_are_each_rejected_alone(write):
    text = "Name,Note\n" + '5,"inch pipe\n6,"x" y\n' * 3_000
    rows = read(write(text))[1]
    assert len(rows) == 6_000
    assert sum(row.problem is not None for row in rows) == 3_000


def test_quotes_inside_a_cell_are_read_as_spreadsheets_do(write):
    assert cells(write('Name,Note\n"ACME" Ltd,a "b" c\n')) == [["ACME Ltd", 'a "b" c']]


def test_rows_that_run_together_are_rejected_with_their_lines(write):
    rows = read(write('a,b,c\n1,"x\n2"\n3,4,5\n'))[1]
    assert rows[0].problem == "Lines 2 to 3 run together: a quote is missing or too many."
    assert rows[1] == (4, ["3", "4", "5"], None)


def test_a_thousand_columns_are_read(write):
    header = ",".join(f"c{n}" for n in range(1_200))
    shape, rows = read(write(header + "\n" + ",".join("v" * 1_200) + "\n"))
    assert (len(shape.columns), len(rows[0].cells)) == (1_200, 1_200)


def test_too_many_columns_are_refused_with_a_question(write):
    with pytest.raises(InvalidInput, match=r"has 6,000 columns") as refused:
        inspect(write(",".join(f"c{n}" for n in range(6_000)) + "\n"))
    assert "delimiter" in refused.value.hint


@pytest.mark.parametrize(
    ("pack", "name", "compression"),
    [
        (gzip.compress, "list.csv.gz", "gz"),
        (bz2.compress, "list.csv.bz2", "bz2"),
        (lzma.compress, "list.csv.xz", "xz"),
        (gzip.compress, "renamed.csv", "gz"),
    ],
)
def test_compressed_lists_are_recognised_by_content(write, pack, name, compression):
    path = write(pack(LIST.encode()), name)
    assert inspect(path).compression == compression
    assert cells(path) == [["Ada", "ada@example.com"]]


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


def test_a_zip_with_one_list_in_it_is_read(write):
    content = zipped(**{"a__list.csv": LIST, "__MACOSX__._list.csv": "junk"})
    path = write(content, "list.zip")
    assert inspect(path).compression == "zip"
    assert cells(path) == [["Ada", "ada@example.com"]]


def test_a_zip_with_several_files_is_refused(write):
    with pytest.raises(InvalidInput, match=r"list\.zip holds 2 files"):
        inspect(write(zipped(a=LIST, b=LIST), "list.zip"))


def database() -> bytes:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE contact (id)")
    return connection.serialize()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n \n\t\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "is a picture"),
        (b"\xff\xd8\xff\xe0" + bytes(200), "is a picture"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old or password-protected Excel file"),
        (database(), "is a database"),
        (b"<!DOCTYPE html><html><table><tr><td>Name</td></tr></table>", "is a web page"),
        (b"BEGIN:VCARD\nVERSION:4.0\nFN:Ada\nEND:VCARD\n", "is a vCard file"),
        (bytes(range(256)) * 20, "is not a text file"),
        (b"Name,Email\n" + bytes(20_000), "is not a text file"),
        (gzip.compress(LIST.encode() * 9, mtime=0)[:40], "damaged or cut off"),
        (zipped(**{"word__document.xml": "<w/>"}), "is a Word document"),
        (zipped(**{"content.xml": "<o/>", "mimetype": "x"}), "is an OpenDocument file"),
        (b"x" * (17 << 20), "has a line of more than 16 MB"),
    ],
)
def test_what_is_no_list_is_named_in_one_sentence(write, content, said):
    path = write(content, "contacts.csv")
    with pytest.raises(InvalidInput, match=said) as refused:
        list(read_rows(inspect(path)))
    assert refused.value.message.startswith("contacts.csv")
    assert refused.value.hint


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(NotFound, match=r"There is no file gone\.csv"):
        inspect(tmp_path / "gone.csv")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InvalidInput, match="folder is a folder"):
        inspect(tmp_path / "folder")


def test_a_pipe_is_refused_before_anybody_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InvalidInput, match=r"pipe\.csv is a pipe or a device, not a file"):
        inspect(tmp_path / "pipe.csv")


def test_a_file_that_vanishes_after_the_preview_is_named(write):
    shape = inspect(write(LIST))
    shape.path.unlink()
    with pytest.raises(NotFound, match=r"There is no file list\.csv"):
        list(read_rows(shape))


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_file_that_may_not_be_read_is_named(write, monkeypatch):
    path = write(LIST)

    def locked(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", locked)
    with pytest.raises(InvalidInput, match=r"list\.csv may not be read"):
        inspect(path)


def test_chunks_hold_every_row_in_order(write):
    path = write("Name,Email\n" + "".join(f"n{i},e{i}\n" for i in range(2_500)))
    chunks = list(read_chunks(inspect(path), 1_000))
    assert [len(chunk) for chunk in chunks] == [1_000, 1_000, 500]
    assert [row[0] for chunk in chunks for row in chunk] == list(range(2, 2_502))


def test_memory_does_not_grow_with_the_rows(write):
    path = write("Name,Email,Note\n" + "Ada,ada@example.com,some words here\n" * 100_000)
    shape = inspect(path)
    tracemalloc.start()
    for _ in read_chunks(shape):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


cell = st.text(
    alphabet=st.one_of(
        st.sampled_from(" ,;|\"'\n=é"),
        st.characters(codec="utf-8", exclude_characters="\0\r\t\ufeff"),
    ),
    max_size=12,
)


@given(
    rows=st.lists(st.lists(cell, min_size=3, max_size=3), min_size=1, max_size=8),
    delimiter=st.sampled_from([",", ";", "|", "\t"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_a_csv_writer_writes_is_read_back(
    tmp_path_factory, rows, delimiter, end, quoting, encoding
):
    assume(not any(c.startswith("'") for row in rows for c in row))
    path = tmp_path_factory.getbasetemp() / "dialect.csv"
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
        writer.writerows([["First name", "E-mail", "Notes"], *rows])
    filled = [row for row in rows if any(c.strip() for c in row)]
    assert cells(path, delimiter=delimiter, encoding=encoding, header_row=1) == filled


@given(st.binary(max_size=400))
def test_any_bytes_give_a_table_or_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    with suppress(InvalidInput):
        shape = inspect(path)
        rows = list(read_rows(shape))
        assert all(len(row.cells) == len(shape.columns) for row in rows if row.problem is None)


@given(
    st.lists(
        st.sampled_from(
            ["Ada,ada@x.example,", ",,", "", '"Ada, B.",x,"say ""hi"""', "O'Neil,=\"7\",",
             "'=1,b,c", '"two\nlines",b,c', 'stray "quote,b,c', '"broken" quote,b,c', "a,b,c,d",
             "  , ,", "x"]
        ),
        max_size=40,
    ),
    st.integers(1, 9),
    st.integers(1, 3),
)  # fmt: skip
def test_several_readers_share_a_list_without_losing_or_doubling_a_row(
    tmp_path_factory, lines, size, parts
):
    path = tmp_path_factory.mktemp("shared") / "list.csv"
    path.write_text("\n".join(["Name,Email,Note", *lines, "Zoe,z@x.example,"]), "utf-8", newline="")
    shape = inspect(path, ReadOptions(delimiter=",", header_row=1, keep_going=True))
    shared = [
        (chunk.first + place, *row)
        for part in range(parts)
        for chunk in read_chunks(shape, size, Share(part, parts))
        for place, row in enumerate(chunk)
    ]
    assert sorted(shared) == [(n, *row) for n, row in enumerate(read_rows(shape), 1)]


QUOTED = {
    "double": ('Name,Company\n"Ada","Acme, Inc"\n"Bob","B"\n"Cid","C"\n', '"'),
    "single": ("Name,Company\n'Ada','Acme, Inc'\n'O''Hara','B'\n'Cid','C'\n", "'"),
    "none": ('Part;Size\nA;"5\nB;"6\nC;"7\n', ""),
    "a_slip": ('Name,Company\nAda,Acme\n"Bob,B\nCid,C\n', '"'),
    "apostrophes": ("Name,Company\nO'Hara,d'Or\n'tis,x\n'tisn't,y\n'twas,z\n", '"'),
}


@pytest.mark.parametrize(("text", "quote"), QUOTED.values(), ids=QUOTED)
def test_that_the_quote_is_found(tmp_path: Path, text: str, quote: str) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text)
    assert inspect(file).quote == quote


def test_that_values_are_read_with_the_quote_found_or_chosen(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(QUOTED["single"][0])
    assert [row.cells for row in read_rows(inspect(file))] == [
        ["Ada", "Acme, Inc"], ["O'Hara", "B"], ["Cid", "C"]
    ]  # fmt: skip
    assert [list(row) for block in read_chunks(inspect(file), 2) for row in block.cells] == [
        ["Ada", "Acme, Inc"], ["O'Hara", "B"], ["Cid", "C"]
    ]  # fmt: skip
    file.write_text(QUOTED["none"][0])
    assert [row.cells[1] for row in read_rows(inspect(file))] == ['"5', '"6', '"7']
    file.write_text('a,b\n"x",y\n')
    (row,) = read_rows(inspect(file, ReadOptions(quote="")))
    assert row.cells == ['"x"', "y"]
