"""HTTP calls to live servers, on a connection each.

httpx reads the certificates of the machine for each call without a client, which takes longer than most answers.
"""

from __future__ import annotations

import ssl
from functools import partial

import httpx

_CONTEXT = ssl.create_default_context()

request = partial(httpx.request, verify=_CONTEXT)
get = partial(request, "GET")
post = partial(request, "POST")
put = partial(request, "PUT")
patch = partial(request, "PATCH")
delete = partial(request, "DELETE")
