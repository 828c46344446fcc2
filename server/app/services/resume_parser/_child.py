"""Parsing in a child process with limits of memory and time: its death is a failed parse, not a failed server."""

from __future__ import annotations

import multiprocessing
import resource
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from app.schemas.candidate_resume_schema import ParsedResume
from app.services.resume_parser._extraction import Unreadable, read_lines
from app.services.resume_parser._parse import parse_lines

PRELOAD = "app.services.resume_parser._child"
GRACE_SECONDS = 1.0
DIED = "the parser died on this file"
ENCRYPTED = ("password", "encrypted", "pdfpasswordincorrect")


class ParseFailed(Exception):
    """The file could not be parsed; `reason` is for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class ParserLimits:
    """What one parse may use; create_app() sets it from the settings."""

    seconds: int = 20
    memory_mb: int = 512

    def init(self, seconds: int, memory_mb: int) -> None:
        self.seconds, self.memory_mb = seconds, memory_mb


parser_limits = ParserLimits()
_lock = threading.Lock()
_context: Any = None


def parse_in_child(data: bytes, media_type: str) -> tuple[str, ParsedResume]:
    """Text and facts of a file; ParseFailed where the child dies, runs out of time or cannot read it."""
    context = _forkserver()
    receiver, sender = context.Pipe(duplex=False)
    limits = parser_limits
    child = context.Process(
        target=_work, args=(sender, data, media_type, limits.seconds, limits.memory_mb), daemon=True
    )
    with receiver:
        with sender:
            _start(child)
        try:
            return _receive(receiver, limits.seconds)
        finally:
            child.kill()
            child.join()
            child.close()


def _start(child: Any) -> None:
    """Start it and hand it the file, in whose midst it may die already."""
    with _lock:
        try:
            child.start()
        except BrokenPipeError as error:
            raise ParseFailed(DIED) from error


def _receive(receiver: Connection, seconds: int) -> tuple[str, ParsedResume]:
    if not receiver.poll(seconds + GRACE_SECONDS):
        raise ParseFailed(f"the file takes longer than {seconds} seconds")
    try:
        kind, *answer = receiver.recv()
    except (EOFError, OSError) as error:
        raise ParseFailed(DIED) from error
    if kind == "failed":
        raise ParseFailed(answer[0])
    return answer[0], ParsedResume.model_validate_json(answer[1])


def _forkserver() -> Any:
    """Children are forked from a clean process that has the parser loaded and nothing else."""
    global _context
    with _lock:
        if _context is None:
            _context = multiprocessing.get_context("forkserver")
            _context.set_forkserver_preload([PRELOAD])
        return _context


def _work(sender: Connection, data: bytes, media_type: str, seconds: int, memory_mb: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        text, parsed = parse_lines(read_lines(data, media_type))
        sender.send(("parsed", text, parsed.model_dump_json()))
    except Unreadable as error:
        sender.send(("failed", str(error)))
    except MemoryError:
        sender.send(("failed", "the file needs too much memory"))
    except Exception as error:  # a hostile file may raise anything out of a parser library
        sender.send(("failed", _reason(error)))
    finally:
        sender.close()


def _reason(error: Exception) -> str:
    words = f"{type(error).__name__} {error}".lower()
    return "the file is encrypted" if any(word in words for word in ENCRYPTED) else "the file is broken"
