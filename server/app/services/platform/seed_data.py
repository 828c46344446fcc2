"""Synthetic people, companies and jobs of the demonstration tenant."""

from __future__ import annotations

FIRST = (
    "Ada Bela Carla Dario Elif Farid Greta Hugo Ines Jonas Kira Liam Mona Nils Olga Pablo Rosa Sami Tara Yuri".split()
)
LAST = (
    "Abel Brandt Costa Duarte Engel Ferri Galli Horn Ivers Jansen Kowal Lindt Moreau Novak Okoye Petrov Rossi".split()
)
CITIES = ("Hamburg, Germany", "Lyon, France", "Leeds, UK", "Austin, TX", "Porto, Portugal", "Gdansk, Poland")
COMPANIES = (
    "Bluewater Logistics",
    "Castellan Software",
    "Dune Analytics Group",
    "Elbe Robotics GmbH",
    "Fjord Health",
    "Granite Bank",
    "Helix Foods Ltd",
    "Isar Mobility",
)
SCHOOLS = (
    "University of Bremen",
    "Leeds College of Technology",
    "Porto Institute of Engineering",
    "Austin State University",
)

# title, degree, skills, lines of a resume, description of a job.
FIELDS: tuple[dict[str, object], ...] = (
    {
        "title": "Data Engineer",
        "department": "Technology",
        "pay": ("62000.00", "78000.00"),
        "degree": "Bachelor of Science in Computer Science",
        "skills": ("Python", "SQL", "PostgreSQL", "Airflow", "Spark", "Kafka", "Docker"),
        "did": ("Built pipelines that feed the warehouse each hour.", "Moved nightly jobs to a streaming platform."),
        "asks": "You build and run the data pipelines that analysts and products stand on, in Python and SQL.",
    },
    {
        "title": "Frontend Developer",
        "department": "Technology",
        "pay": ("56000.00", "70000.00"),
        "degree": "Bachelor of Arts in Media Informatics",
        "skills": ("JavaScript", "TypeScript", "React", "CSS", "Jest", "Accessibility"),
        "did": ("Wrote the design system of the shop.", "Cut the load time of the booking page by half."),
        "asks": "You build fast and accessible web pages with TypeScript and React, close to designers.",
    },
    {
        "title": "Registered Nurse",
        "department": "Care",
        "pay": ("42000.00", "52000.00"),
        "degree": "Bachelor of Science in Nursing",
        "skills": ("Patient care", "Triage", "Wound care", "Electronic health records", "CPR"),
        "did": ("Cared for twelve patients a shift in intensive care.", "Trained new nurses on the ward."),
        "asks": "You care for patients on a surgical ward, keep records, and guide younger nurses.",
    },
    {
        "title": "Financial Accountant",
        "department": "Finance",
        "pay": ("50000.00", "61000.00"),
        "degree": "Master of Science in Accounting",
        "skills": ("IFRS", "SAP", "Microsoft Excel", "Auditing", "Tax returns", "Consolidation"),
        "did": ("Closed the monthly books of five companies.", "Prepared the yearly audit."),
        "asks": "You close the books each month, prepare statements under IFRS and work with the auditors.",
    },
    {
        "title": "Warehouse Supervisor",
        "department": "Logistics",
        "pay": ("41000.00", "49000.00"),
        "degree": "Diploma in Logistics",
        "skills": ("Inventory control", "Forklift", "Shift planning", "Safety training", "WMS"),
        "did": ("Led a shift of twenty in a cold store.", "Brought picking errors below one in a thousand."),
        "asks": "You lead a shift in our warehouse, plan people and stock, and keep everybody safe.",
    },
    {
        "title": "Mechanical Engineer",
        "department": "Technology",
        "pay": ("58000.00", "72000.00"),
        "degree": "Master of Science in Mechanical Engineering",
        "skills": ("SolidWorks", "Finite element analysis", "GD&T", "MATLAB", "Prototyping"),
        "did": ("Designed gear boxes for wind turbines.", "Ran fatigue tests on bearings."),
        "asks": "You design and test moving parts, from the sketch to the prototype, with SolidWorks and MATLAB.",
    },
)
