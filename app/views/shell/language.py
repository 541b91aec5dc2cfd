"""The language of the window: our sentences, Qt's own, and how numbers and dates are written."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from app.core.paths import resources
from app.core.text import use_language

_QT_WORDS = "captely-qt-words"


def speak(choice: str) -> None:
    """Use a language for every window made from now on: "system", "en" or "fr".

    Numbers and dates follow the system's region where it speaks the same language.
    """
    system = QLocale.system()
    wanted = system if choice == "system" else _chosen(choice)
    use_language(_code(wanted), resources() / "locales")
    QLocale.setDefault(system if wanted.language() == system.language() else wanted)
    _translate_qt(wanted)


def _chosen(language: str) -> QLocale:
    """A language where it is not the system's own; English as most of the world writes it."""
    if language == "en":
        return QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)
    return QLocale(language)


def _code(locale: QLocale) -> str:
    return QLocale.languageToCode(locale.language())


def _translate_qt(locale: QLocale) -> None:
    """Qt's own words, such as the buttons of the file dialog."""
    application = QCoreApplication.instance()
    if application is None:
        return
    former = application.findChild(QTranslator, _QT_WORDS)
    if former is not None:
        application.removeTranslator(former)
        former.deleteLater()
    translator = QTranslator(application)
    translator.setObjectName(_QT_WORDS)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(locale, "qtbase", "_", folder):
        application.installTranslator(translator)
