"""Processing of untrusted files in a child process with memory and time limits, so that a crash spares the server."""

from __future__ import annotations

import gc
import multiprocessing
import resource
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from app.utils.errors import Unavailable

# Imported once by the fork server, so that no child spends its seconds on importing them.
PRELOAD = [
    "app.services.resumes.resume_parser",
    "app.services.imports.candidate_import_file",
    "app.services.files.document_thumbnail",
    "app.utils.pdf_letter",
]
GRACE_SECONDS = 1.0
MOST_WRITTEN = 512 * 1024 * 1024  # bytes of a file that a child may write
WALL_FACTOR = 6
AT_ONCE, SLOT_SECONDS = 2, 1.0
DIED = "the file is broken or too complex"
TOO_LONG = "the file takes too long to process"
ENCRYPTED = ("password", "encrypted")  # words in the errors of libraries


class Unreadable(Exception):
    """The file cannot be read; the message is shown to users."""


class ChildFailed(Exception):
    """The child process failed; `reason` is shown to users."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class ChildLimits:
    """The resource limits of a child process; create_app() sets them from the configuration."""

    seconds: int = 20
    memory_mb: int = 512
    characters: int = 200_000

    def init(self, seconds: int, memory_mb: int, characters: int) -> None:
        self.seconds, self.memory_mb, self.characters = seconds, memory_mb, characters


child_limits = ChildLimits()
_lock = threading.Lock()
_slots = threading.BoundedSemaphore(AT_ONCE)
_context: Any = None


def run_now(function: Callable[..., Any], *arguments: Any) -> Any:
    """Like `run`, for a request: Unavailable if AT_ONCE of these run already, each with much memory and CPU."""
    if not _slots.acquire(timeout=SLOT_SECONDS):
        raise Unavailable("Too many files are being processed. Try again in a moment.", headers={"Retry-After": "2"})
    try:
        return run(function, *arguments)
    finally:
        _slots.release()


def run(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a module-level `function` in a child process; ChildFailed if the child dies, times out or fails."""
    context = _forkserver()
    receiver, sender = context.Pipe(duplex=False)
    limits = child_limits
    work = (sender, function, arguments, limits.seconds, limits.memory_mb)
    child = context.Process(target=_work, args=work, daemon=True)
    with receiver:
        # Close our end of the pipe after the start: if the child dies, `recv` then ends instead of waiting.
        with sender:
            _start(child)
        try:
            return _receive(receiver, limits.seconds)
        except EOFError as error:
            child.join(GRACE_SECONDS)
            raise ChildFailed(TOO_LONG if child.exitcode == -signal.SIGXCPU else DIED) from error
        finally:
            child.kill()
            child.join()
            child.close()


def _start(child: Any) -> None:
    """Start the child and send it its arguments; ChildFailed if it dies while receiving them."""
    with _lock:
        try:
            child.start()
        except BrokenPipeError as error:
            raise ChildFailed(DIED) from error


def _receive(receiver: Connection, seconds: int) -> Any:
    # The child's own limit is processor time. This one, in wall-clock time, is for a child that sleeps: on a loaded
    # machine, and while a program reads a picture, more time passes than the processor takes.
    if not receiver.poll(WALL_FACTOR * seconds + GRACE_SECONDS):
        raise ChildFailed(TOO_LONG)
    try:
        kind, answer = receiver.recv()
    except OSError as error:
        raise EOFError from error
    if kind == "failed":
        raise ChildFailed(answer)
    return answer


def _forkserver() -> Any:
    """Return the context that forks children from a clean process with only the parsers loaded."""
    global _context
    with _lock:
        if _context is None:
            _context = multiprocessing.get_context("forkserver")
            _context.set_forkserver_preload(PRELOAD)
        return _context


def _work(sender: Connection, function: Any, arguments: tuple[Any, ...], seconds: int, memory_mb: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # SIGXCPU, then SIGKILL if it is ignored
    # The heap only: RLIMIT_AS would count the mapped libraries, too.
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would copy the file's content to the disk
    # A file becomes hundreds of thousands of small objects: looking for cycles among them at the usual rate is slow.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    try:
        sender.send(("done", function(*arguments)))
    except Unreadable as error:
        sender.send(("failed", str(error)))
    except MemoryError:
        sender.send(("failed", "the file needs too much memory"))
    except Exception as error:  # a malicious file can make a parser library raise anything
        sender.send(("failed", _reason(error)))
    finally:
        sender.close()


def _reason(error: Exception) -> str:
    words = f"{type(error).__name__} {error}".lower()
    return "the file is encrypted" if any(word in words for word in ENCRYPTED) else "the file is broken"
