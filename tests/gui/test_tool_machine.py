"""Tools, layers, masks, frames and results in any order, undone and redone: always bit-exact."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.gui.tool_machine import ToolMachine

TestTools = pytest.mark.usefixtures("qapp")(ToolMachine.TestCase)
TestTools.settings = settings(
    max_examples=12,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
