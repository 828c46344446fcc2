"""Other names of the same skill, by the folded key of each."""

from __future__ import annotations

from app.utils.text import skill_key

GROUPS = (
    ("JavaScript", "JS", "ECMAScript"),
    ("TypeScript", "TS"),
    ("Kubernetes", "K8s"),
    ("PostgreSQL", "Postgres"),
    ("MongoDB", "Mongo"),
    ("Node.js", "Node", "NodeJS"),
    ("React", "React.js", "ReactJS"),
    ("Vue", "Vue.js", "VueJS"),
    ("Go", "Golang"),
    ("C#", "CSharp"),
    ("C++", "CPP"),
    ("Machine Learning", "ML"),
    ("Natural Language Processing", "NLP"),
    ("Amazon Web Services", "AWS"),
    ("Google Cloud Platform", "GCP", "Google Cloud"),
    ("Microsoft Azure", "Azure"),
    ("CI/CD", "Continuous Integration"),
    ("Microsoft Excel", "Excel", "MS Excel"),
    ("Microsoft Word", "Word", "MS Word"),
    ("Search Engine Optimization", "SEO"),
    ("Customer Relationship Management", "CRM"),
    ("User Experience", "UX"),
    ("User Interface", "UI"),
    ("Structured Query Language", "SQL"),
)

_CANONICAL = {skill_key(name): skill_key(group[0]) for group in GROUPS for name in group}


def canonical(skill: str) -> str:
    """The key under which a skill and its other names are the same."""
    key = skill_key(skill)
    return _CANONICAL.get(key, key)
