"""Reusable widgets, dressed by the theme. They know nothing of the document."""

from inpaint_studio.ui.widgets.badge import SeamBadge, SeamLevel, draw_seam_badge, seam_level
from inpaint_studio.ui.widgets.floating import FloatingBar
from inpaint_studio.ui.widgets.icon_label import IconLabel
from inpaint_studio.ui.widgets.message_bar import MessageBar, MessageLevel
from inpaint_studio.ui.widgets.section import Section
from inpaint_studio.ui.widgets.segmented import Segment, Segmented
from inpaint_studio.ui.widgets.tool_button import (
    action_button,
    push_button,
    tool_button,
    tooltip_text,
)
from inpaint_studio.ui.widgets.value_field import ValueField
from inpaint_studio.ui.widgets.value_range import ValueRange

__all__ = [
    "FloatingBar",
    "IconLabel",
    "MessageBar",
    "MessageLevel",
    "SeamBadge",
    "SeamLevel",
    "Section",
    "Segment",
    "Segmented",
    "ValueField",
    "ValueRange",
    "action_button",
    "draw_seam_badge",
    "push_button",
    "seam_level",
    "tool_button",
    "tooltip_text",
]
