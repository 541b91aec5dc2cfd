"""Writes a realistic contact list of any length, the same for the same seed."""
# ruff: noqa: SIM905 - a hundred names are read more easily as a text than as a list

from __future__ import annotations

import csv
import random
import unicodedata
from pathlib import Path

HEADER = (
    "First Name", "Last Name", "Email", "Phone", "Company", "Job Title", "Website", "Address",
    "City", "Postal Code", "Country", "Notes",
)  # fmt: skip

FIRST = (
    "Ada Alan Amélie Anaïs André Anna Aïcha Björn Camille Carlos Chloé Claire Daniel David Elena "
    "Emma Erik Fatima Felix Frédéric Giulia Grace Günther Hannah Hugo Inès Isabel Ivan James Jean "
    "Johanna John José Julia Jürgen Karen Katarzyna Lars Laura Léa Linda Louise Lucas Luis Maja "
    "María Marie Mark Martin Mary Mateo Max Mia Michael Mohamed Nadia Nathan Nora Oliver Olivia "
    "Oscar Paul Paula Peter Pierre Rachel Robert Rosa Ruth Sam Sara Sofia Søren Stefan Susan Théo "
    "Thomas Tom Valérie Victor Viktória Walter William Yann Yasmin Zoë Zoran"
).split()
STEMS = (
    "Acker Alder Bach Baum Beau Berg Black Blanc Bonn Brook Carter Chan Clark Cohen Costa Cruz "
    "Dubois Duval Eich Ferr Fisch Font Frank Garc Gold Green Gross Haas Hansen Hart Hoff Holm Ivan "
    "Jans Jensen Kauf Keller Klein Kowal Kraus Lamb Lang Larsen Lind Lopez Mart Meyer Moreau Müll "
    "Nagy Nielsen Novak Olsen Ort Park Perr Petit Pont Rich Ross Roux Ruiz Sant Schmid Schult "
    "Silva "
    "Smith Stein Strand Taylor Thom Torres Vog Wagn Walker Weiß West Wood Young Zimm"
).split()
ENDINGS = ["", "son", "mann", "ez", "ard", "berg", "ell", "er", "etti", "ski", "dóttir", "field"]
TRADES = "Software Logistics Foods Energy Bau Consulting Textiles Pharma Media Robotics".split()
FORMS = "GmbH Ltd Inc SARL S.A. AB SpA BV PLC KG".split()
TITLES = (
    "CEO|Head of Sales|Sales Manager|Account Executive|Marketing Director|CTO|"
    "Purchasing Manager|Office Manager|VP Operations|"
    "Software Engineer|Directrice commerciale|Leiter Einkauf"
).split("|")
CITIES = (
    ("Paris", "75011", "France", "FR"), ("Lyon", "69003", "France", "FR"),
    ("Berlin", "10115", "Germany", "DE"), ("München", "80331", "Deutschland", "DE"),
    ("London", "EC1A 1BB", "United Kingdom", "GB"), ("Leeds", "LS1 4AP", "UK", "GB"),
    ("Madrid", "28001", "Spain", "ES"), ("Milano", "20121", "Italy", "IT"),
    ("New York", "10001", "USA", "US"), ("Austin", "78701", "United States", "US"),
    ("Zürich", "8001", "Switzerland", "CH"), ("København", "1050", "Denmark", "DK"),
)  # fmt: skip
PHONES = {
    "FR": ("+33 6 1{3} {0:02d} {1:02d} {2:02d}", "06 1{3} {0:02d} {1:02d} {2:02d}"),
    "DE": ("+49 151 {0:02d}{1:02d}{2:02d}{3:02d}", "0151 {0:02d}{1:02d}{2:02d}{3:02d}"),
    "GB": ("+44 7400 {0:02d}{1:02d}{2:02d}", "07400 {0:02d}{1:02d}{2:02d}"),
    "ES": ("+34 612 {0:02d} {1:02d} {2:02d}", "612 {0:02d}{1:02d}{2:02d}"),
    "IT": ("+39 347 {0:02d}{1:02d}{2:02d}{3:1d}", "347 {0:02d}{1:02d}{2:02d}{3:1d}"),
    "US": ("+1 (212) 555-{0:02d}{1:02d}", "212-555-{0:02d}{1:02d}"),
    "CH": ("+41 79 {3}{0:02d} {1:02d} {2:02d}", "079 {3}{0:02d} {1:02d} {2:02d}"),
    "DK": ("+45 20 {0:02d} {1:02d} {2:02d}", "20 {0:02d} {1:02d} {2:02d}"),
}
NOTES = (
    "", "", "", "Met at the trade fair, asked for a quote", "Prefers mornings",
    "Renewal in autumn; \"call back\"", "Do not call before 10", "Interested in the annual plan",
)  # fmt: skip


def write(path: Path, rows: int, *, seed: int = 1) -> None:
    """Write a list: 4 % of rows without address, 2 % repeating an earlier one, 0.3 % invalid."""
    dice = random.Random(seed)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        recent: list[list[str]] = []
        for number in range(rows):
            row = _row(dice, seed, number)
            chance = dice.random()
            if recent and chance < 0.02:
                row[:3] = dice.choice(recent)[:3]
            elif chance < 0.06:
                row[2] = ""
            elif chance < 0.063:
                row[2] = f"{row[0]} at {row[4]}"
            elif chance < 0.2:
                recent = [*recent[-999:], row]
            writer.writerow(row)
    part.replace(path)


def _row(dice: random.Random, seed: int, number: int) -> list[str]:
    first, last = dice.choice(FIRST), dice.choice(STEMS) + dice.choice(ENDINGS)
    company = f"{dice.choice(STEMS)}{dice.choice(ENDINGS)} {dice.choice(TRADES)}"
    domain = f"{_plain(company).replace(' ', '-')}.example"
    city, code, country, region = dice.choice(CITIES)
    digits = [dice.randrange(10, 100) for _ in range(3)] + [dice.randrange(1, 10)]
    return [
        first,
        last,
        f"{_plain(first)}.{_plain(last)}.{seed}{number:x}@{domain}",
        dice.choice(PHONES[region]).format(*digits),
        f"{company} {dice.choice(FORMS)}",
        dice.choice(TITLES),
        f"www.{domain}",
        f"{dice.randrange(1, 200)} {dice.choice(STEMS)}weg",
        city,
        code,
        country,
        dice.choice(NOTES),
    ]


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o"))
    return "".join(c for c in folded.lower() if c.isascii() and (c.isalnum() or c == " "))
