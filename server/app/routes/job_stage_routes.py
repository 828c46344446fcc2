"""The stages of a job, and its pipeline board."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.job_board_schema import BoardOut, BoardQuery
from app.schemas.lists import Page
from app.schemas.pipeline_schema import JobStageCreate, JobStageOrder, JobStageOut, JobStageUpdate
from app.services.jobs import job_board_service, job_stage_service

bp = Blueprint("job_stages", __name__, url_prefix="/jobs/<uuid:job_id>")


@bp.get("/stages")
@endpoint("jobs.read", out=Page[JobStageOut])
def list_stages(job_id: UUID):
    """List the stages of a job in order, followed by removed stages."""
    return job_stage_service.list_stages(job_id)


@bp.post("/stages")
@endpoint("jobs.update", out=JobStageOut, status=201)
def add(job_id: UUID, body: JobStageCreate):
    """Add a stage to a job.

    By default, the stage is added last, before the hired stage.
    """
    return job_stage_service.add(job_id, body)


@bp.patch("/stages/<uuid:stage_id>")
@endpoint("jobs.update", out=JobStageOut)
def update(job_id: UUID, stage_id: UUID, body: JobStageUpdate):
    """Update a stage with its gates and automations."""
    return job_stage_service.update(job_id, stage_id, body)


@bp.delete("/stages/<uuid:stage_id>")
@endpoint("jobs.update", status=204)
def remove(job_id: UUID, stage_id: UUID):
    """Remove a stage that has no active applications.

    Its history is kept.
    """
    job_stage_service.remove(job_id, stage_id)


@bp.put("/stage-order")
@endpoint("jobs.update", out=Page[JobStageOut])
def order(job_id: UUID, body: JobStageOrder):
    """Reorder the stages of a job."""
    return job_stage_service.order(job_id, body)


@bp.get("/board")
@endpoint("applications.read", out=BoardOut)
def board(job_id: UUID, query: BoardQuery):
    """Get the pipeline board of a job.

    The board shows the stages with counts and first cards, now or `as_of` a time in the past.
    """
    return job_board_service.get(job_id, query)
