"""Programs of the operating system that read what Python cannot: optional, and reported by `manage.py doctor`."""

from __future__ import annotations

import ctypes
import shutil
import signal
import subprocess
import sys
from functools import lru_cache

from app.services.core.child_process import Unreadable

TESSERACT, ANTIWORD = "tesseract", "antiword"
SECONDS = 60  # a loaded machine is slow; the limit on processor time is the parser's
PR_SET_PDEATHSIG = 1
MOST_OUTPUT = 4_000_000  # bytes


@lru_cache
def find(name: str) -> str | None:
    """Return the path of a program, or None if it is not installed."""
    return shutil.which(name)


def missing_programs() -> dict[str, str]:
    """Return the optional programs that are not installed, with what they read."""
    programs = {TESSERACT: "scans and photographs", ANTIWORD: "DOC files"}
    return {name: reads for name, reads in programs.items() if find(name) is None}


def run(name: str, arguments: list[str], data: bytes, missing: str) -> bytes:
    """Return what a program writes about `data`; Unreadable with `missing` if it is not installed, or if it fails."""
    path = find(name)
    if path is None:
        raise Unreadable(missing)
    try:
        done = subprocess.run(
            [path, *arguments],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            env={"OMP_THREAD_LIMIT": "1"},
            preexec_fn=_end_with_parent,  # the parser's child has one thread
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable("the file takes too long to read") from error
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise Unreadable("the file takes too long to read")
    if done.returncode != 0 or len(done.stdout) > MOST_OUTPUT:
        raise Unreadable("the file is broken")
    return done.stdout


def _end_with_parent() -> None:
    """Let the kernel end the program if the parser is killed, as at its time limit."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@lru_cache
def scripts() -> str:
    """Return the languages that text in pictures is read in: all of the Latin script, or those that are installed."""
    listed = run(TESSERACT, ["--list-langs"], b"", "").decode("utf-8", "replace").split("\n")[1:]
    installed = {line.strip() for line in listed}
    for latin in ("Latin", "script/Latin"):
        if latin in installed:
            return latin
    known = [name for name in ("eng", "deu", "fra", "spa", "por", "ita", "nld", "pol") if name in installed]
    return "+".join(known[:3]) or "eng"
