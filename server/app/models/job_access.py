"""What a user's part in a job opens: one table for the SQL conditions, the explanations and the tests.

Users see the candidates of their own, of their team, or all (`candidates.view_*`). A role in a job's hiring team, or a
seat on an interview panel, opens more: exactly the applications of that job, or of that interview. The endpoint's
permission is still required.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from app.models.job_team_member import JobRole


class Part(StrEnum):
    """The kinds of parts in a job."""

    TEAM = "team"
    PANEL = "panel"


class Opens(StrEnum):
    """What can be opened to a member of a hiring team or of a panel."""

    APPLICATIONS = "applications"
    PROFILE = "profile"  # the candidate without contact points and pay; tags; the match with the job
    RESUME = "resume"  # resumes and their files; text and facts without contact points unless these are open, too
    ANSWERS = "answers"
    CONTACT_POINTS = "contact_points"
    NOTES = "notes"  # read public notes and tasks, and write them
    TEAM_NOTES = "team_notes"  # also those for the author's team
    INTERVIEWS = "interviews"
    SCORECARDS = "scorecards"  # members of a panel see those of others once they have submitted their own
    OFFERS = "offers"  # read, draft and send offers
    PAY = "pay"  # what the candidate expects, with the `compensation.read` permission
    MOVES = "moves"  # move, reject, withdraw, transfer, reopen and hire
    SCHEDULING = "scheduling"  # propose, schedule, change and cancel interviews


_READS = frozenset({Opens.APPLICATIONS, Opens.PROFILE, Opens.RESUME})
_DECIDES = _READS | {Opens.ANSWERS, Opens.NOTES, Opens.INTERVIEWS, Opens.SCORECARDS, Opens.MOVES}

TEAM: dict[JobRole, frozenset[Opens]] = {
    JobRole.HIRING_MANAGER: _DECIDES,
    JobRole.RECRUITER: frozenset(Opens),
    JobRole.COORDINATOR: _DECIDES | {Opens.CONTACT_POINTS, Opens.SCHEDULING},
    JobRole.SOURCER: _READS,
    JobRole.INTERVIEWER: frozenset(),  # by the panel alone
}
# From the invitation until PANEL_STAYS after the own scorecard; without one, after the end of a completed interview.
PANEL = _READS | {Opens.INTERVIEWS, Opens.SCORECARDS}
PANEL_STAYS = timedelta(days=14)

# What a change must have been opened, by the permission of its endpoint; all other changes need the candidate itself to
# be visible. Scorecards and approvals belong to their authors and approvers, whoever sees the candidate.
CHANGES: dict[str, Opens] = {
    "applications.move": Opens.MOVES,
    "applications.hire": Opens.MOVES,
    "applications.update": Opens.MOVES,
    "interviews.update": Opens.SCHEDULING,
    "offers.read": Opens.OFFERS,  # rendering a letter
    "offers.update": Opens.OFFERS,
    "offers.send": Opens.OFFERS,
    **dict.fromkeys(("notes.create", "tasks.create", "tasks.update", "tasks.delete"), Opens.NOTES),
    "candidate_matches.mark": Opens.MOVES,
    "candidates.view_own": Opens.PROFILE,  # one's own bookmarks
}


def is_read(permission: str) -> bool:
    """Return whether endpoints with this permission only read; all others change something."""
    return (
        permission.endswith(".read") or permission.startswith("candidates.view_") or permission == "candidates.export"
    )


def roles_that_open(needed: Iterable[Opens]) -> list[JobRole]:
    """Return the roles in a hiring team that open all of these."""
    return [role for role, opens in TEAM.items() if opens.issuperset(needed)]


def panel_opens(needed: Iterable[Opens]) -> bool:
    """Return whether a seat on a panel opens all of these."""
    return PANEL.issuperset(needed)
