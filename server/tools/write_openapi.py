"""Write the OpenAPI document to a file: `python -m tools.write_openapi FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app.factory import create_app
from app.middleware.openapi.generator import document

if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(document(create_app()), indent=1))
