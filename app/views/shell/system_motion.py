"""Whether the computer wants things to move, asked without waiting for the answer."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.views.common.theme import theme

_PORTAL = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop")
_SETTINGS, _READ = "org.freedesktop.portal.Settings", "ReadOne"
_KEY = ["org.gnome.desktop.interface", "enable-animations"]
_CLIENT_AREA_ANIMATION = 0x1042


def ask_system(parent: QObject) -> None:
    """Let the theme know once the system has answered; some systems do not say."""
    if QGuiApplication.platformName() in ("offscreen", "minimal"):
        return
    if sys.platform == "win32":
        take(_windows_animates())
    elif os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        # Without the variable Qt would start a bus of its own for the question.
        _ask_portal(parent)


def take(moves: object) -> None:
    """What the system answered; anything but yes and no is no answer."""
    if isinstance(moves, bool):
        theme().system_moves = moves


def _ask_portal(parent: QObject) -> None:
    from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

    question = QDBusMessage.createMethodCall(*_PORTAL, _SETTINGS, _READ)
    question.setArguments(_KEY)
    call = QDBusConnection.sessionBus().asyncCall(question)
    watcher = QDBusPendingCallWatcher(call, parent)

    def answered() -> None:
        arguments = watcher.reply().arguments() if not watcher.isError() else []
        variant = arguments[0] if arguments else None
        inside = getattr(variant, "variant", None)
        take(inside() if callable(inside) else variant)
        watcher.deleteLater()

    watcher.finished.connect(answered)


if sys.platform == "win32":
    import ctypes

    def _windows_animates() -> object:
        wanted = ctypes.c_int(1)
        call = ctypes.windll.user32.SystemParametersInfoW
        done = call(_CLIENT_AREA_ANIMATION, 0, ctypes.byref(wanted), 0)
        return bool(wanted.value) if done else None

else:

    def _windows_animates() -> object:
        return None
