"""The optional sentence model: its vectors, and matching with it."""

from __future__ import annotations

import numpy as np
import pytest

from app.services.matching import match_rebuild_service
from app.services.search import sentence_embedding
from app.services.search.text_encoders import text_encoders
from config import load_settings
from config import settings as configuration
from tests.factories.candidate_resume import make_resume
from tests.factories.client import ok
from tests.factories.job import make_job


@pytest.fixture
def with_sentences():
    text_encoders.init(with_sentences=True)
    yield
    text_encoders.init(with_sentences=False)


def test_vectors_are_units_equal_for_equal_texts_and_near_for_near_ones():
    texts = ["Registered nurse on a ward", "registered nurse on a ward", "Cares for patients", "Pours concrete", " "]
    nurse, same, near, far, empty = sentence_embedding.embed(texts)
    assert np.array_equal(nurse, same) and np.linalg.norm(nurse) == pytest.approx(1, abs=1e-5) and not empty.any()
    assert nurse @ near > nurse @ far + 0.2
    assert np.array_equal(sentence_embedding.embed(["Registered nurse on a ward"])[0], nurse)


def test_matching_with_sentences(tenant, api, with_sentences):
    make_resume(tenant)
    job = make_job(tenant)
    ok(api.post(f"/jobs/{job}/matches/refresh"))
    (match,) = ok(api.get(f"/jobs/{job}/matches"))["data"]
    assert match["scorer"] == "2 static+minilm" and match["confidence"] == 100 and match["score"] > 60


def test_vectors_of_other_models_are_unknown_until_they_are_made_anew(tenant, api):
    make_resume(tenant)
    job = make_job(tenant)
    text_encoders.init(with_sentences=True)
    try:
        ok(api.post(f"/jobs/{job}/matches/refresh"))
        (match,) = ok(api.get(f"/jobs/{job}/matches"))["data"]
        assert match["confidence"] == 40  # the headline of the candidate stands for the titles
        with tenant.bound():
            match_rebuild_service.request()
        tenant.run_jobs()
        (match,) = ok(api.get(f"/jobs/{job}/matches"))["data"]
        assert match["confidence"] == 100
    finally:
        text_encoders.init(with_sentences=False)


def test_the_setting_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(configuration, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="requirements-minilm.lock"):
        load_settings(match_encoder="minilm")
