"""A group of layers. It has no pixels of its own."""

from __future__ import annotations

from inpaint_studio.core.layer import Layer
from inpaint_studio.imaging.blend_modes import BlendMode


class GroupLayer(Layer):
    """Stands directly above its members in the stack, which name it as their parent."""

    @property
    def changes_members(self) -> bool:
        """Whether it does more to its members than holding them, when it is visible."""
        return self.props.opacity < 255 or self.props.blend_mode is not BlendMode.normal
