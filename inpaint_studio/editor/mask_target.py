"""Which mask is painted on: the active one if of the kind, else the topmost, else a new one."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from inpaint_studio.core.commands import AddLayer
from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer, MaskSettings
from inpaint_studio.core.raster import Raster
from inpaint_studio.editor.session import EditorSession

_NAMES = {
    MaskKind.repaint: QT_TRANSLATE_NOOP("Masks", "Mask"),
    MaskKind.avoid: QT_TRANSLATE_NOOP("Masks", "Don't copy from here"),
}


def mask_at_hand(session: EditorSession, kind: MaskKind) -> MaskLayer | None:
    """The mask that tools of that kind paint on, None where the document has none of it."""
    if session.document is None:
        return None
    active = session.active_layer
    if isinstance(active, MaskLayer) and active.kind is kind:
        return active
    masks = session.document.layers.masks(kind)
    return masks[-1] if masks else None


def mask_to_paint(session: EditorSession, kind: MaskKind) -> MaskLayer | None:
    """The same, made as a step of its own where there is none. Needs an open document.

    None where that mask is locked, which the session is told.
    """
    mask = mask_at_hand(session, kind)
    if mask is None:
        return add_mask(session, kind)
    return mask if may_paint(session, mask) else None


def may_paint(session: EditorSession, mask: MaskLayer) -> bool:
    """Whether a mask may be changed: it is still there and not locked, or the session is told."""
    if session.document is None or mask.id not in session.document.layers:
        return False
    if mask.props.locked:
        text = QCoreApplication.translate(
            "Masks", "“{0}” is locked. Unlock it in the Layers panel to change it."
        )
        session.noticed.emit(text.format(mask.props.name))
    return not mask.props.locked


def add_mask(session: EditorSession, kind: MaskKind, color: str | None = None) -> MaskLayer:
    """A new, empty mask on top of the layers, under a name that is free, tinted in `color`
    ("#rrggbb", None for the program's). Needs a document."""
    document = session.document
    assert document is not None
    props = LayerProps(free_name(document, translated_kind(kind)))
    mask = MaskLayer(props, kind, MaskSettings(color=color))
    label = QCoreApplication.translate("Masks", "New mask")
    session.do(AddLayer(label, mask, len(document.layers)))
    return mask


def translated_kind(kind: MaskKind) -> str:
    """What masks of that kind are called."""
    return QCoreApplication.translate("Masks", str(_NAMES[kind]))


def free_name(document: Document, wanted: str) -> str:
    """`wanted`, numbered from 2 where a mask has that name already."""
    taken = {layer.props.name for layer in document.layers if isinstance(layer, MaskLayer)}
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


def copy_of_mask(mask: MaskLayer, props: LayerProps) -> MaskLayer:
    """A mask of its own with the same values and settings."""
    copy = MaskLayer(props, mask.kind, mask.settings)
    painted = mask.raster.content_bounds()
    if not painted.is_empty:
        copy.raster = Raster(mask.raster.read(painted), painted.x, painted.y)
    return copy
