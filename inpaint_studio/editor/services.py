"""What the window is built around, made once in `app.py`."""

from __future__ import annotations

from dataclasses import dataclass

from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.expand_controller import ExpandController
from inpaint_studio.editor.expand_preflight import ExpandPreflight
from inpaint_studio.editor.file_controller import FileController
from inpaint_studio.editor.frame_controller import FrameController
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.mask_controller import MaskController
from inpaint_studio.editor.mask_files import MaskFiles
from inpaint_studio.editor.model_library import ModelLibrary
from inpaint_studio.editor.preflight import Preflight
from inpaint_studio.editor.prompt_history import PromptHistory
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.files.recent import RecentFiles
from inpaint_studio.settings import Settings


@dataclass(frozen=True)
class Services:
    """The editor without its widgets."""

    settings: Settings
    recent: RecentFiles
    session: EditorSession
    toolbox: ToolBox
    edits: EditController
    masks: MaskController
    mask_files: MaskFiles
    layers: LayerController
    files: FileController
    library: ModelLibrary
    prompts: PromptHistory
    preflight: Preflight
    frames: FrameController
    expansions: ExpandController
    expand_preflight: ExpandPreflight
