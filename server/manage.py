#!/usr/bin/env python
"""Commands for operators: `python manage.py --help`."""

# Nothing is imported here at first: the process that forks the parsers runs this file again, under another name.
if __name__ == "__main__":
    import gc

    gc.disable()  # until everything is imported: the collector would walk the new objects again and again, for seconds

    from commands.cli import cli

    gc.freeze()
    gc.enable()
    cli(prog_name="manage.py")
