"""What Schemathesis is told where it asks of the next call what one has made; named in its configuration."""

import datetime
import itertools
import json
import urllib.request
import uuid

import schemathesis
from schemathesis.openapi.checks import UseAfterFree
from schemathesis.specs.openapi.checks import use_after_free

_FIRST_DAY = datetime.date(2027, 7, 1)
_days = itertools.count()

# Of a session that was cancelled, a user who was deactivated, an option that is retired.
KEPT = ("getSession", "listMentees", "exportMentees", "getCalendar", "getImage", "getUser", "updateOption")


def _name(case):
    return case.operation.definition.raw["operationId"]


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """A schema cannot say that a mentor is there and free, nor that an address is new: such bodies are made so."""
    # Under a key of before, what was made then, and may be gone since, would be told again.
    if "idempotency-key" in (case.headers or {}):
        case.headers["idempotency-key"] = str(uuid.uuid4())
    if not isinstance(case.body, dict):
        return
    if _name(case) == "createSession" and {"mentor", "start"} <= case.body.keys():
        day = _FIRST_DAY + datetime.timedelta(days=next(_days))
        case.body = {**case.body, "mentor": "asha.rao@example.org", "start": f"{day}T09:30:00Z"}
    if _name(case) == "createUser" and "email" in case.body:
        case.body = {**case.body, "email": f"{uuid.uuid4()}@example.org"}


@schemathesis.check
def use_after_end(ctx, response, case):
    """`use_after_free` where what was deleted is shown by design: it must say that it has ended."""
    if _name(case) not in KEPT:
        return
    try:
        use_after_free(ctx, response, case)
    except UseAfterFree:
        body = response.json() if _name(case) == "updateOption" else _whole(response)
        if not (body.get("status") == "CANCELLED" or body.get("active") is False or body.get("retired")):
            raise


def _whole(response):
    """The session or the user of which a part was read."""
    url = "/".join(response.request.url.split("?")[0].split("/")[: len("http: / host v1 users id".split())])
    headers = {"Authorization": response.request.headers["Authorization"]}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return json.load(answer)
