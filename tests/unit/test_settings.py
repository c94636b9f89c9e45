from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from inpaint_studio import settings as module
from inpaint_studio.errors import FileProblemError
from inpaint_studio.settings import (
    BRUSH_SIZE,
    GROUPS,
    HISTORY_BUDGET_MIB,
    MASK_COLOR,
    MASK_OPACITY,
    PRESSURE_TO_SIZE,
    SETTINGS,
    THEME,
    Settings,
    folders,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def written(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


class TestDeclarations:
    def test_every_default_is_allowed(self) -> None:
        for setting in SETTINGS.values():
            assert setting.accepted(setting.default) == setting.default

    def test_keys_are_unique(self) -> None:
        assert len(SETTINGS) == sum(len(group.settings) for group in GROUPS)

    def test_what_a_dialog_shows_is_explained(self) -> None:
        for setting in SETTINGS.values():
            assert bool(setting.label) == bool(setting.help)

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            *[("theme", "purple"), ("theme", 1), ("mask_color", "red"), ("mask_color", "#12345")],
            *[("mask_opacity", 0.95), ("mask_opacity", float("nan")), ("mask_opacity", "0.5")],
            *[("brush_size", True), ("brush_size", float("inf")), ("brush_size", 10**400)],
            *[("history_budget_mib", 1.5), ("history_budget_mib", 1), ("history_budget_mib", True)],
            *[("pressure_to_size", 1), ("pressure_to_size", None), ("mask_color", "#f0384f\n")],
        ],
    )
    def test_refused(self, key: str, value: object) -> None:
        assert SETTINGS[key].accepted(value) is None
        with pytest.raises(ValueError, match=key):
            Settings().set(key, value)  # pyright: ignore[reportArgumentType]


class TestValues:
    def test_defaults_and_changes(self) -> None:
        settings = Settings()
        assert settings.get(THEME) == "system"
        settings.set(THEME, "dark")
        settings.set("brush_size", 12)
        assert settings.get("theme") == "dark"
        assert settings.get(BRUSH_SIZE) == 12.0
        assert isinstance(settings.get(BRUSH_SIZE), float)

    def test_unknown_keys_are_a_mistake_in_the_program(self) -> None:
        with pytest.raises(KeyError):
            Settings().get("nonsense")
        with pytest.raises(KeyError):
            Settings().set("nonsense", 1)

    def test_without_a_file_nothing_is_saved(self) -> None:
        settings = Settings()
        settings.set(THEME, "dark")
        settings.save()


class TestFile:
    def test_round_trip(self, file: Path) -> None:
        settings = Settings.load(file)
        settings.set(MASK_COLOR, "#00ff00")
        settings.set(PRESSURE_TO_SIZE, False)
        settings.set(HISTORY_BUDGET_MIB, 1024)
        settings.save()
        again = Settings.load(file)
        assert again.get(MASK_COLOR) == "#00ff00"
        assert again.get(PRESSURE_TO_SIZE) is False
        assert again.get(HISTORY_BUDGET_MIB) == 1024
        assert again.notices == []

    def test_only_what_was_chosen_is_written(self, file: Path) -> None:
        settings = Settings.load(file)
        settings.save()
        assert not file.exists()
        settings.set(THEME, "light")
        settings.save()
        assert tomllib.loads(file.read_text()) == {"theme": "light"}

    def test_comments_and_unknown_keys_survive(self, file: Path) -> None:
        written(file, '# mine\ntheme = "dark" # at night\nfuture = 3\n\n[keys]\nundo = "Ctrl+Z"\n')
        settings = Settings.load(file)
        settings.set(MASK_OPACITY, 0.5)
        settings.set(THEME, "light")
        settings.save()
        text = file.read_text()
        assert "# mine" in text
        assert "# at night" in text
        assert tomllib.loads(text) == {
            "theme": "light",
            "mask_opacity": 0.5,
            "future": 3,
            "keys": {"undo": "Ctrl+Z"},
        }

    def test_a_bad_value_falls_back_alone_and_stays_in_the_file(self, file: Path) -> None:
        written(file, 'theme = "purple"\nbrush_size = 33\nmask_opacity = []\n')
        settings = Settings.load(file)
        assert settings.get(THEME) == "system"
        assert settings.get(MASK_OPACITY) == 0.45
        assert settings.get(BRUSH_SIZE) == 33.0
        settings.save()
        assert 'theme = "purple"' in file.read_text()

    @pytest.mark.parametrize("content", [b"theme = ", b"\xff\xfe\0", b"a=1\na=2"])
    def test_a_broken_file_is_set_aside(self, file: Path, content: bytes) -> None:
        written(file, "").write_bytes(content)
        settings = Settings.load(file)
        assert settings.get(THEME) == "system"
        broken = file.with_name("settings.toml.broken")
        assert broken.read_bytes() == content
        assert not file.exists()
        assert str(broken) in settings.notices[0]

    def test_a_broken_file_that_cannot_be_moved(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        written(file, "theme = ")

        def fail(*_args: object) -> None:
            raise PermissionError

        monkeypatch.setattr(Path, "replace", fail)
        assert "damaged" in Settings.load(file).notices[0]

    def test_a_folder_in_the_way(self, file: Path) -> None:
        file.mkdir(parents=True)
        settings = Settings.load(file)
        assert "can't be read" in settings.notices[0]
        settings.set(THEME, "dark")
        with pytest.raises(FileProblemError, match="saved"):
            settings.save()

    def test_a_file_broken_meanwhile_is_replaced(self, file: Path) -> None:
        settings = Settings.load(file)
        settings.set(THEME, "dark")
        written(file, "theme = ")
        settings.save()
        assert Settings.load(file).get(THEME) == "dark"

    def test_a_failed_write_keeps_the_old_file(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = Settings.load(written(file, 'theme = "light"\n'))
        settings.set(THEME, "dark")

        def fail(*_args: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(module, "write_bytes_atomically", fail)
        with pytest.raises(FileProblemError, match="saved"):
            settings.save()
        assert file.read_text() == 'theme = "light"\n'

    @hypothesis_settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)))
    def test_any_bytes_load_and_save(self, file: Path, content: bytes) -> None:
        written(file, "").write_bytes(content)
        settings = Settings.load(file)
        settings.set(THEME, "dark")
        settings.save()
        assert Settings.load(file).get(THEME) == "dark"


def test_folders_differ_and_name_the_program() -> None:
    here = folders()
    assert len({here.config / "c", here.state / "s", here.cache / "k"}) == 3
    for folder in (here.config, here.state, here.cache, here.log):
        assert "inpaint-studio" in str(folder)
    assert here.settings_file.parent == here.config


class TestShortcuts:
    def test_round_trip(self, file: Path) -> None:
        settings = Settings.load(file)
        assert settings.shortcuts == {}
        settings.shortcuts = {"undo": ("Ctrl+Z", "F2"), "fit": ()}
        settings.save()
        assert Settings.load(file).shortcuts == {"undo": ("Ctrl+Z", "F2"), "fit": ()}

    def test_only_what_changed_is_written_and_comments_stay(self, file: Path) -> None:
        written(file, '[shortcuts]\nfuture = ["F9"] # later\nundo = ["F2"]\nodd = 3\n')
        settings = Settings.load(file)
        assert settings.shortcuts == {"future": ("F9",), "undo": ("F2",)}
        del settings.shortcuts["undo"]
        settings.shortcuts["fit"] = ("F3",)
        settings.save()
        assert "# later" in file.read_text()
        assert tomllib.loads(file.read_text()) == {
            "shortcuts": {"future": ["F9"], "odd": 3, "fit": ["F3"]}
        }

    @pytest.mark.parametrize("text", ["shortcuts = 3", "[shortcuts]\nundo = [1]\n"])
    def test_anything_else_counts_as_none(self, file: Path, text: str) -> None:
        settings = Settings.load(written(file, text))
        assert settings.shortcuts == {}
        settings.shortcuts = {"undo": ("F2",)}
        settings.save()
        assert Settings.load(file).shortcuts == {"undo": ("F2",)}
