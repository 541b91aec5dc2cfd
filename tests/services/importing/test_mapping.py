"""Columns find their fields by name, by memory or by what is in them, and nothing is hidden."""

from __future__ import annotations

import pytest

from app.core.cells import escape_cell, join_list
from app.core.fields import BY_KEY, FIELDS, Field, FieldKind, custom_field
from app.services.importing.mapping import fingerprint, preview
from app.services.importing.normalise import RowNormaliser, Target
from app.services.importing.shape import ReadOptions


def guessed(path, **options) -> dict[str, str | None]:
    return {guess.name: guess.field for guess in preview(path, **options).columns}


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("First Name,Last Name,Email Address,Phone Number,Company Name,Job Title",
         "first_name last_name email phone company title"),
        ("Prénom;Nom;Adresse e-mail;Téléphone;Société;Fonction;Ville;Pays",
         "first_name last_name email phone company title city country"),
        ("Vorname;Nachname;E-Mail-Adresse;Telefonnummer;Firma;Ort;PLZ;Land",
         "first_name last_name email phone company city postal_code country"),
        ("Nombre;Apellidos;Correo electrónico;Móvil;Empresa;Cargo;País",
         "first_name last_name email mobile company title country"),
        ("Vorname;Name;E-Mail", "first_name last_name email"),
        ("Name;E-Mail", "full_name email"),
        ("first_name;LAST_NAME; e-mail ;Linkedin_URL", "first_name last_name email linkedin_url"),
        ("Compnay;Emial addres;Frist name;Contract", "company email first_name None"),
    ],
)  # fmt: skip
def test_headers_in_many_languages_name_their_fields(write, header, fields):
    separator = ";" if ";" in header else ","
    row = separator.join("x" * header.count(separator))
    path = write(f"{header}\n{row}\n")
    found = guessed(path)
    wanted = [None if name == "None" else name for name in fields.split()]
    assert [found[name] for name in found][: len(wanted)] == wanted


def test_every_field_is_found_by_its_key_and_its_label(write):
    for text in (",".join(f.key for f in FIELDS), ",".join(f.label for f in FIELDS)):
        found = list(guessed(write(text + "\n")).values())
        assert found == [f.key if f.editable else None for f in FIELDS]


def test_our_own_columns_of_a_rejects_file_and_kept_fields_are_left_out(write):
    found = guessed(write("Email,_row,_error,Score,Created\na@x.com,2,bad,50,2026-01-01\n"))
    assert found == {"Email": "email", "_row": None, "_error": None, "Score": None, "Created": None}


def test_columns_without_a_header_are_known_by_their_values(write):
    text = "Ada,ada@x.com,+33 6 12 34 56 78,https://www.linkedin.com/in/ada,France\n" \
           "Bob,bob@x.com,+33 6 12 34 56 79,linkedin.com/in/bob,Spain\n"  # fmt: skip
    found = preview(write(text)).columns
    assert [g.field for g in found] == [None, "email", "phone", "linkedin_url", "country"]
    assert {g.reason for g in found[1:]} == {"content"}
    assert all(0 < g.confidence < 1 for g in found[1:])


def test_values_overrule_a_loose_header(write):
    text = "Contact,Firm\nada@x.com,Acme\nbob@x.com,Acme\n"
    assert guessed(write(text))["Contact"] == "email"


def test_a_header_with_a_telling_word_is_believed_only_with_such_values(write):
    text = "Customer email,Email status,Phone type\na@x.com,valid,mobile\nb@x.com,bounced,desk\n"
    assert guessed(write(text)) == {
        "Customer email": "email", "Email status": None, "Phone type": None,
    }  # fmt: skip


def test_plain_numbers_and_dates_are_not_taken_for_telephones(write):
    text = (
        "id,when,sum,name\n1000001,2026-01-02,200.000.000,Ada\n1000002,2026-01-03,1.000.000,Bob\n"
    )
    found = guessed(write(text))
    assert (found["id"], found["when"], found["sum"]) == (None, None, None)


def test_each_field_is_suggested_once_and_further_addresses_get_a_label(write):
    text = "E-mail,Email 1,Work email,City,Town\na@x.com,b@x.com,c@x.com,Bern,Ulm\n"
    assert guessed(write(text)) == {
        "E-mail": "email", "Email 1": "email.2", "Work email": "email.3", "City": "city",
        "Town": None,
    }  # fmt: skip


OUTLOOK = (
    "Title,First Name,Last Name,Company,Department,Job Title,Business Street,Business City,"
    "Business State,Business Postal Code,Business Country/Region,Home Street,Home City,Web Page\n"
    "{salutation},Ada,Lovelace,Acme,R&D,CTO,1 Main St,London,,SW1A 1AA,United Kingdom,,,acme.com\n"
)


@pytest.mark.parametrize("salutation", ["", "Dr.", "Prof. Dr."])
def test_an_address_book_s_places_and_job_titles_find_their_fields(write, salutation):
    found = guessed(write(OUTLOOK.format(salutation=salutation)))
    assert {name: field for name, field in found.items() if field} == {
        "First Name": "first_name",
        "Last Name": "last_name",
        "Company": "company",
        "Job Title": "title",
        "Business Street": "address",
        "Business City": "city",
        "Business State": "region",
        "Business Postal Code": "postal_code",
        "Business Country/Region": "country",
        "Web Page": "website",
    }


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Organization Title", "title"),
        ("Organization 1 - Title", "title"),
        ("Associated Company", "company"),
        ("Mailing Zip/Postal Code", "postal_code"),
        ("Mailing State/Province", "region"),
        ("Address 1 - City", "city"),
        ("Department", None),
        ("Company Country", None),
    ],
)
def test_headers_of_other_programs_name_their_fields_and_no_other(write, header, field):
    assert guessed(write(f"Email,{header}\na@x.com,words\n"))[header] == field


def test_a_place_that_is_filled_wins_over_one_that_is_empty(write):
    text = "Email,Business City,Home City\na@x.com,,Paris\nb@x.com,,Nice\n"
    assert guessed(write(text)) == {"Email": "email", "Business City": None, "Home City": "city"}


def test_street_and_city_come_from_one_place(write):
    text = (
        "Email,Business Street,Business City,Business State,Home City,Home State\n"
        "a@x.com,1 Main St,London,,Horsley,Surrey\n"
    )
    found = guessed(write(text))
    assert (found["Business City"], found["Home City"], found["Home State"]) == ("city", None, None)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Straße geschäftlich", "address"), ("Ort geschäftlich", "city"),
        ("Land/Region geschäftlich", "country"), ("Postleitzahl privat", "postal_code"),
        ("Rue (bureau)", "address"), ("Code postal (bureau)", "postal_code"),
        ("Dép/Région (bureau)", "region"), ("Calle del trabajo", "address"),
        ("País o región del trabajo", "country"), ("Kategorien", "tags"),
        ("Person - Name", "full_name"), ("Person - Organization", "company"),
        ("Person - Owner", "owner"), ("Person - Label", "tags"), ("Person - Postal address",
         "address"), ("Person - ID", None), ("Company/Organisation", "company"),
        ("Company Yomi", None), ("Keywords", None), ("postalCode", "postal_code"),
        ("countryCode", "country"),
    ],
)  # fmt: skip
def test_address_books_and_crms_in_other_words_name_their_fields(write, header, field):
    assert guessed(write(f"Email,{header}\na@x.com,words\n"))[header] == field


@pytest.mark.parametrize(
    "header", ["Contact owner", "Account Owner", "Owner email", "Account manager", "Created by",
               "Added", "Assistant's email"],
)  # fmt: skip
def test_an_address_of_somebody_else_is_no_further_address_of_the_contact(write, header):
    text = f"Name,Email,{header}\nAda,a@x.com,boss@x.com\nBob,b@x.com,boss@x.com\n"
    wanted = "owner" if header in ("Contact owner", "Account Owner") else None
    assert guessed(write(text))[header] == wanted


def test_numbers_of_fax_machines_and_assistants_are_no_telephones(write):
    text = "Email,Phone,Fax,Business Fax,Assistant's Phone\n" + "a@x.com" + ",+33142685300" * 4
    found = guessed(write(f"{text}\n"))
    assert (found["Phone"], *list(found.values())[2:]) == ("phone", None, None, None)


def test_the_company_s_name_wins_over_one_with_more_in_it(write):
    text = "Email,Associated Company,Company name\na@x.com,Acme (acme.example),Acme\n"
    assert guessed(write(text))["Company name"] == "company"


def test_a_direct_number_wins_over_the_company_s(write):
    text = "Email,Work Direct Phone,Company Phone\na@x.com,+33142685301,+33142685300\n"
    assert guessed(write(text)) == {
        "Email": "email", "Work Direct Phone": "phone", "Company Phone": "phone.2",
    }  # fmt: skip


def test_a_field_s_own_name_wins_although_it_is_empty(write):
    text = "name,full_name,company,employer\nAda,,,Acme\nBob,,,Acme\n"
    assert guessed(write(text)) == {
        "name": None,
        "full_name": "full_name",
        "company": "company",
        "employer": None,
    }


def test_a_column_of_linkedin_pages_is_not_taken_for_websites(write):
    text = "First Name,URL\nAda,https://www.linkedin.com/in/ada\nBob,linkedin.com/in/bob\n"
    assert guessed(write(text))["URL"] == "linkedin_url"


def test_labelled_headers_map_to_their_label(write):
    assert guessed(write("email,email.home,mobile.work\na@x.com,h@x.com,+33612345678\n")) == {
        "email": "email", "email.home": "email.home", "mobile.work": "mobile.work",
    }  # fmt: skip


def test_the_user_s_own_fields_are_found_by_key_and_label(write):
    fields = [
        custom_field("budget", "Annual budget", FieldKind.MONEY),
        custom_field("vip", "VIP", FieldKind.BOOL),
    ]
    found = guessed(write("Annual Budget,custom:vip,custom:gone\n1,yes,x\n"), custom=fields)
    assert found == {
        "Annual Budget": "custom:budget",
        "custom:vip": "custom:vip",
        "custom:gone": None,
    }


def test_what_was_chosen_last_time_wins_over_every_guess(write):
    path = write("Name,Email\nAda,a@x.com\n")
    found = preview(path, remembered={"Name": "company", "Email": ""}).columns
    assert [(g.field, g.reason) for g in found] == [("company", "remembered"), (None, "remembered")]


def test_the_preview_shows_samples_rows_and_unread_rows(write):
    path = write("Name,City\nAda,Bern\nBob,Bern,x\nCid,\n" + "Dan,Ulm\n" * 100)
    found = preview(path)
    assert found.columns[0].samples == ("Ada", "Cid", "Dan")
    assert len(found.rows) == 50
    assert found.rows[1].problem == "The row has 3 values for 2 columns."


def test_dates_far_below_the_preview_decide_the_column(write):
    rows = "".join(f"Ada,0{n % 9 + 1}/04/2026\n" for n in range(6_000))
    found = preview(write("Name,Last contacted\n" + rows + "Bob,17/04/2026\n"))
    assert (found.dates[1].order, found.dates[1].day_over_12) == ("dmy", 1)


def test_dates_that_nothing_decides_are_reported_to_be_asked_about(write):
    found = preview(write("Name,Last contacted\nAda,03/04/2026\n"))
    assert (found.dates[1].order, found.dates[1].decided) == (None, False)


def test_numbers_have_their_evidence_too(write):
    found = preview(write("Name;Budget;Phone\nAda;1.250,50;0612345678\nBob;12,5;0612345679\n"))
    assert found.numbers[1].decimal == ","
    assert 2 not in found.numbers


def test_the_fingerprint_knows_equal_headers_again():
    assert fingerprint(["Name", "E-mail"]) == fingerprint([" NAME ", "e_mail", "_row", "_error"])
    assert fingerprint(["Name", "Email"]) != fingerprint(["Email", "Name"])


def test_options_reach_the_preview(write):
    found = preview(write("a;b\n1;2\n"), ReadOptions(delimiter=";", header_row=0))
    assert [guess.name for guess in found.columns] == ["Column 1", "Column 2"]


def test_what_an_export_writes_comes_back_the_same(write):
    contact = {
        "first_name": "=Ada", "last_name": "O'Brien", "email": "ada@example.com",
        "phone": "+33142685300;ext=12", "company": "'=Acme", "notes": "-one\n@two", "country": "FR",
        "website": "https://acme.example/x?y=1", "status": "new",
    }  # fmt: skip
    tags = ["eu", "Big, red", 'so-called "hot"']
    lines = [
        [*contact, "tags"],
        [*map(escape_cell, contact.values()), escape_cell(join_list(tags))],
    ]
    quoted = ["\t".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines]
    found = preview(write("\n".join(quoted) + "\n"))
    rows = RowNormaliser(
        [Target(g.index, BY_KEY[g.field]) for g in found.columns if g.field], statuses=["new"]
    )
    values, error, warnings = rows.row(found.rows[0].cells)
    back = {key: v for key, v in zip(rows.fields, values, strict=True) if v is not None}
    assert (error, warnings) == (None, ())
    assert back == {**contact, "tags": tags}


def test_a_field_with_an_unknown_kind_of_name_is_no_label(write):
    assert isinstance(BY_KEY["email"], Field)
    assert guessed(write("email.,city.home\na@x.com,Bern\n")) == {
        "email.": "email",
        "city.home": None,
    }
