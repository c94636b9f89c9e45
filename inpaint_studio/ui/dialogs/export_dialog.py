"""Asks where and how to write the picture, and warns before anything is replaced."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PIL import features
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.editor.file_controller import ExportSubject, FileController
from inpaint_studio.errors import FileProblemError
from inpaint_studio.files.export import ExportFormat, ExportOptions, check_export, format_for
from inpaint_studio.settings import EXPORT_FOLDER, EXPORT_FORMAT, EXPORT_QUALITY, Settings
from inpaint_studio.ui.theme import METRICS, current, set_text_role
from inpaint_studio.ui.widgets import IconLabel, ValueField, ValueRange, push_button

_NAMES = {
    ExportFormat.png: "PNG",
    ExportFormat.jpeg: "JPEG",
    ExportFormat.webp: "WebP",
    ExportFormat.tiff: "TIFF",
    ExportFormat.avif: "AVIF",
}
_OPTIONAL = {ExportFormat.webp: "webp", ExportFormat.avif: "avif"}
"""Formats that some builds of Pillow lack, by the name it knows them by."""

_WIDTH = 480


def ask_export(
    parent: QWidget | None, files: FileController, settings: Settings
) -> tuple[Path, ExportOptions] | None:
    """Show the dialog for the open picture. None if it was cancelled or no picture is open."""
    subject = files.export_subject()
    if subject is None:
        return None
    dialog = ExportDialog(subject, files.is_original, settings, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return (dialog.path(), dialog.options()) if accepted else None


class ExportDialog(QDialog):
    """File, format and what goes with it. After acceptance `path` and `options` hold the choice.

    Format, quality and folder are remembered in the settings when it is accepted.
    """

    def __init__(
        self,
        subject: ExportSubject,
        is_original: Callable[[Path], bool],
        settings: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._subject = subject
        self._is_original = is_original
        self._settings = settings
        self._matte = QColor(Qt.GlobalColor.white)
        self.setWindowTitle(self.tr("Export"))
        self.setMinimumWidth(_WIDTH)
        self._make_file_fields()
        self._make_format_fields()
        self._make_foot()
        self._build()
        self._connect()
        self._show_format(_format_of(subject.suggested))

    def path(self) -> Path:
        """The file to write, its ending completed."""
        path = Path(self.folder.text()).expanduser() / self.name.text().strip()
        with suppress(FileProblemError):
            if format_for(path) is self._format():
                return path
        return path.with_name(path.name + self._format().suffixes[0])

    def options(self) -> ExportOptions:
        """How to write it. The metadata itself is added by who exports."""
        matte = self._matte
        return ExportOptions(
            self._format(),
            quality=round(self.quality.value()),
            lossless=self._format() is ExportFormat.webp and self.lossless.isChecked(),
            matte=(matte.red(), matte.green(), matte.blue()),
            keep_metadata=self.keep_metadata.isChecked(),
            keep_location=self.keep_location.isChecked(),
        )

    def accept(self) -> None:
        """Remembers what was chosen, for the next time."""
        options = self.options()
        self._settings.set(EXPORT_FORMAT, options.format.value)
        self._settings.set(EXPORT_FOLDER, str(self.path().parent))
        if options.format.has_quality:
            self._settings.set(EXPORT_QUALITY, options.quality)
        super().accept()

    def _make_file_fields(self) -> None:
        self.name = QLineEdit(self._subject.suggested.name)
        self.name.setAccessibleName(self.tr("File name"))
        self.name.setSelection(0, len(self._subject.suggested.stem))
        self.folder = QLineEdit(str(self._subject.suggested.parent))
        self.folder.setAccessibleName(self.tr("Folder"))
        self.browse_button = push_button(self.tr("Browse…"))

    def _make_format_fields(self) -> None:
        self.format_box = QComboBox()
        self.format_box.setAccessibleName(self.tr("Format"))
        for choice in _available_formats():
            self.format_box.addItem(_NAMES[choice], choice)
        quality = self._settings.get(EXPORT_QUALITY)
        self.quality = ValueField("", ValueRange(1, 100), EXPORT_QUALITY.default)
        self.quality.set_value(quality)
        self.quality.set_accessible_name(self.tr("Quality"))
        self.lossless = QCheckBox(self.tr("Lossless: every pixel exactly, in a larger file"))
        self.matte_button = push_button(self.tr("Colour…"))
        self.matte_button.setToolTip(
            self.tr("JPEG has no transparency: this colour goes behind it.")
        )
        self.keep_metadata = QCheckBox(self.tr("Keep camera data: date, camera, lens"))
        self.keep_location = QCheckBox(self.tr("and the place where it was taken"))
        for check in (self.keep_metadata, self.keep_location):
            check.setChecked(True)

    def _make_foot(self) -> None:
        width, height = self._subject.size
        self.size_label = QLabel(self.tr("{0} × {1} px").format(width, height))
        set_text_role(self.size_label, "dim")
        self.warning_icon = IconLabel("triangle-alert", "look", METRICS.icon_small)
        self.warning = QLabel(wordWrap=True)
        self.replace_original = QCheckBox(self.tr("Replace the original"))
        self.cancel_button = push_button(self.tr("Cancel"))
        self.export_button = push_button(self.tr("Export"), primary=True)
        self.export_button.setDefault(True)

    def _build(self) -> None:
        self._form = QFormLayout()
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setHorizontalSpacing(METRICS.space_m)
        self._form.setVerticalSpacing(METRICS.space_s)
        self._add_row(self.tr("Name"), self.name)
        self._add_row(self.tr("Folder"), _in_row(self.folder, self.browse_button))
        self._add_row(self.tr("Format"), _in_row(self.format_box, self.size_label, None))
        self._add_row(self.tr("Quality"), self.quality)
        self._form.addRow("", self.lossless)
        self._matte_row = _in_row(self.matte_button, None)
        self._add_row(self.tr("Background"), self._matte_row)
        location_row = _in_row(METRICS.space_l, self.keep_location, None)
        for row in (self.keep_metadata, location_row):
            self._form.addRow("", row)
            self._form.setRowVisible(row, self._subject.has_camera_data)
        column = QVBoxLayout(self)
        column.setContentsMargins(*([METRICS.space_l] * 4))
        column.setSpacing(METRICS.space_m)
        column.addLayout(self._form)
        column.addLayout(self._build_warning())
        column.addStretch(1)
        column.addWidget(_in_row(None, self.cancel_button, self.export_button))

    def _add_row(self, text: str, field: QWidget) -> None:
        label = QLabel(text, alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # As high as its field: the form aligns tops, and text should stand on one line with text.
        label.setMinimumHeight(field.sizeHint().height())
        self._form.addRow(label, field)

    def _build_warning(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(METRICS.space_s)
        words.addWidget(self.warning)
        words.addWidget(self.replace_original)
        row = QHBoxLayout()
        row.setSpacing(METRICS.space_s)
        row.addWidget(self.warning_icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return row

    def _connect(self) -> None:
        self.name.textEdited.connect(self._on_name_edited)
        self.folder.textChanged.connect(self._refresh)
        self.browse_button.clicked.connect(self._on_browse_clicked)
        self.format_box.activated.connect(self._on_format_chosen)
        self.lossless.toggled.connect(self._refresh)
        self.keep_metadata.toggled.connect(self.keep_location.setEnabled)
        self.replace_original.toggled.connect(self._refresh)
        self.matte_button.clicked.connect(self._on_matte_clicked)
        self.cancel_button.clicked.connect(self.reject)
        self.export_button.clicked.connect(self.accept)

    def _format(self) -> ExportFormat:
        return self.format_box.currentData()

    def _show_format(self, chosen: ExportFormat) -> None:
        self.format_box.setCurrentIndex(max(0, self.format_box.findData(chosen)))
        self._refresh()

    def _on_name_edited(self, text: str) -> None:
        """A known ending that is typed chooses the format."""
        typed = _format_of(Path(text), self._format())
        self._show_format(typed)

    def _on_format_chosen(self) -> None:
        name = self.name.text().strip()
        path = Path(name)
        with suppress(FileProblemError):
            format_for(path)
            name = path.stem
        self.name.setText(name + self._format().suffixes[0])
        self._refresh()

    def _on_browse_clicked(self) -> None:
        title = self.tr("Export to folder")
        folder = QFileDialog.getExistingDirectory(self, title, self.folder.text())
        if folder:
            self.folder.setText(folder)

    def _on_matte_clicked(self) -> None:
        color = QColorDialog.getColor(self._matte, self, self.tr("Colour behind the picture"))
        if color.isValid():
            self._matte = color
            self._refresh()

    def _refresh(self) -> None:
        """Show what goes with the format, and what stands in the way."""
        chosen = self._format()
        is_webp = chosen is ExportFormat.webp
        lossless = is_webp and self.lossless.isChecked()
        self._form.setRowVisible(self.quality, chosen.has_quality and not lossless)
        self._form.setRowVisible(self.lossless, is_webp)
        needs_matte = self._subject.may_be_transparent and not chosen.keeps_alpha
        self._form.setRowVisible(self._matte_row, needs_matte)
        self._show_matte()
        self._show_warning()

    def _show_matte(self) -> None:
        swatch = QPixmap(METRICS.icon_small, METRICS.icon_small)
        swatch.fill(QColor(current().line_strong))
        painter = QPainter(swatch)
        painter.fillRect(swatch.rect().adjusted(1, 1, -1, -1), self._matte)
        painter.end()
        self.matte_button.setIcon(swatch)
        self.matte_button.setIconSize(QSize(METRICS.icon_small + 6, METRICS.icon_small))

    def _show_warning(self) -> None:
        problem = self._problem()
        exists = not problem and self.path().exists()
        is_original = exists and self._is_original(self.path())
        text = problem
        if is_original:
            text = self.tr("This is the picture you opened. Replace it?")
        elif exists:
            text = self.tr("There is a file of that name already. It will be replaced.")
        self.warning.setText(text)
        serious = bool(problem) or is_original
        icon, color = ("circle-alert", "visible") if serious else ("triangle-alert", "look")
        self.warning_icon.set_icon(icon, color)
        for widget in (self.warning, self.warning_icon):
            widget.setVisible(bool(text))
        self.replace_original.setVisible(is_original)
        agreed = not is_original or self.replace_original.isChecked()
        self.export_button.setEnabled(not problem and agreed)
        self.export_button.setText(self.tr("Replace") if exists else self.tr("Export"))

    def _problem(self) -> str:
        """Why that file can't be written, "" if it can."""
        name = self.name.text().strip()
        if not name:
            return self.tr("Give the file a name.")
        if Path(name).name != name or "\\" in name:
            return self.tr("The name can't hold slashes. Choose the folder below it.")
        if self.path().is_dir():
            return self.tr("There is a folder of that name.")
        try:
            check_export(self.path(), self._subject.size, self.options())
        except FileProblemError as error:
            return error.reason[:1].upper() + error.reason[1:]
        return ""


def _available_formats() -> list[ExportFormat]:
    return [
        choice
        for choice in ExportFormat
        if choice not in _OPTIONAL or features.check(_OPTIONAL[choice])
    ]


def _format_of(path: Path, otherwise: ExportFormat = ExportFormat.png) -> ExportFormat:
    try:
        return format_for(path)
    except FileProblemError:
        return otherwise


def _in_row(*parts: QWidget | int | None) -> QWidget:
    """Widgets side by side, with pixels of space (numbers) and stretch (None) between them."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(METRICS.space_s)
    for part in parts:
        if part is None:
            row.addStretch(1)
        elif isinstance(part, int):
            row.addSpacing(part)
        else:
            row.addWidget(part)
    return holder
