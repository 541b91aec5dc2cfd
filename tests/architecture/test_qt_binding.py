"""The Qt binding does not lose references of None, which kills a long-running window."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QLabel

CALLS = 1_000


def test_void_methods_return_none_without_using_it_up(qtbot):
    # PySide6 6.12.0 drops one reference per call on Python 3.11; some 6,600 calls later the
    # process aborts with "none_dealloc". A healthy binding loses none at all.
    label = QLabel()
    qtbot.addWidget(label)
    texts = [f"text {number}" for number in range(CALLS)]
    before = sys.getrefcount(None)

    for text in texts:
        label.setText(text)

    assert abs(sys.getrefcount(None) - before) < CALLS // 20
    assert label.text() == texts[-1]
