"""``huggingface_hub``, which Gradio and downloads of models load, told to report to nobody."""

from __future__ import annotations

import os
import sys

_SWITCH = "HF_HUB_DISABLE_TELEMETRY"


def quiet() -> None:
    """Has it ask huggingface.co for nothing but files: else it looks up who it works for, whatever the hub."""
    os.environ[_SWITCH] = "1"
    if constants := sys.modules.get("huggingface_hub.constants"):  # which reads the environment only once
        vars(constants)[_SWITCH] = True
