"""The workspace folder: what is refused before anything is written."""

from pathlib import Path

import pytest

from app.core.errors import InvalidInput, StorageError
from app.core.paths import Workspace, default_workspace, resources


def test_preparing_makes_every_folder(tmp_path):
    workspace = Workspace(tmp_path / "w").prepare()
    assert workspace.plans.is_dir()
    assert workspace.backups.is_dir()


@pytest.mark.parametrize("synced", ["Dropbox", "OneDrive - Acme", "Google Drive"])
def test_a_cloud_synced_folder_is_refused(tmp_path, synced):
    with pytest.raises(StorageError, match="cloud service"):
        Workspace(tmp_path / synced / "captely").prepare()
    assert not (tmp_path / synced).exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be used"):
        Workspace(tmp_path / "file" / "w").prepare()


def test_the_environment_names_the_workspace(monkeypatch, tmp_path):
    monkeypatch.setenv("CAPTELY_WORKSPACE", str(tmp_path / "team"))
    assert default_workspace().folder == tmp_path / "team"


def test_an_empty_folder_becomes_a_sandbox_and_stays_one(tmp_path):
    workspace = Workspace(tmp_path / "s").make_sandbox()
    workspace.database.write_bytes(b"x")
    assert workspace.make_sandbox().is_sandbox


def test_real_contacts_never_become_a_sandbox(tmp_path):
    workspace = Workspace(tmp_path).prepare()
    workspace.database.write_bytes(b"x")
    with pytest.raises(InvalidInput, match="real contacts"):
        workspace.make_sandbox()
    assert not workspace.is_sandbox


def test_the_shipped_resources_are_found():
    assert (resources() / "samples" / "contacts.csv").is_file()
    assert isinstance(resources(), Path)
