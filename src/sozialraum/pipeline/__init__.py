"""The one place that joins both wings: deliveries are read and counted, pass the door, and become a release.

``deliveries``  every file read and checked, all faults at once
``assemble``    buildings, microcells, placement; what each source can answer
``counting``    every question that the catalogue asks, with its confidential number
``inner``       small counts rounded before anything is counted, where a policy asks for it
``cell_profiles``  characteristics of microcells, tallied and through the door; ``cell_files`` from files alone
``crossing``    those numbers through the door, for everyone and for the administration
``build``       all of it in a row, written as a draft release and attacked
``result``      what a build made, and what is worth telling about it
``kernels``     compiles what a build would otherwise wait for, once after installing
``approval``    a draft is verified, approved, published; a release is withdrawn
``continuity``  microcells go on from release to release, remembered in the vault
``rests``       what the cells of an area leave of it, protected as one more cell
``earlier``     what earlier releases told and withheld, and the attack on all of them together
``scenarios``   policies as they would be: keys of their rules that are tried out
``what_if``     what policies withhold, as they are and as they would be; nothing is built
``ledger``      what noise has told over all releases, and what is told again instead of drawn anew
``drawing``     areas that somebody drew become an area system of the project
``explain``     a number's way back to the rows of the deliveries
``explain_scores``  likewise a score's, by way of its inputs
``retention``   what the vault keeps, and which of it for longer than its source allows
"""

from sozialraum.pipeline.approval import Replaced, approve, publish, withdraw
from sozialraum.pipeline.build import build, check
from sozialraum.pipeline.continuity import forget_cells, remembered, unneeded
from sozialraum.pipeline.drawn_areas import Drawn, draw_area
from sozialraum.pipeline.earlier import audit_together
from sozialraum.pipeline.explain import Explanation
from sozialraum.pipeline.explain_scores import ScoreExplanation, explain
from sozialraum.pipeline.progress import Step, silent
from sozialraum.pipeline.result import BuildResult
from sozialraum.pipeline.retention import Kept, find_kept, forget, kept, overdue, without_source
from sozialraum.pipeline.scenarios import DEFAULTS, Trial, read_trials
from sozialraum.pipeline.templates import new_project
from sozialraum.pipeline.what_if import Wanted, what_if

__all__ = [
    "DEFAULTS",
    "BuildResult",
    "Drawn",
    "Explanation",
    "Kept",
    "Replaced",
    "ScoreExplanation",
    "Step",
    "Trial",
    "Wanted",
    "approve",
    "audit_together",
    "build",
    "check",
    "draw_area",
    "explain",
    "find_kept",
    "forget",
    "forget_cells",
    "kept",
    "new_project",
    "overdue",
    "publish",
    "read_trials",
    "remembered",
    "silent",
    "unneeded",
    "what_if",
    "withdraw",
    "without_source",
]
