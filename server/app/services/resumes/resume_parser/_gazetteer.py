"""Word lists that identify headings, titles, degrees, institutions and countries."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale

from app.utils.text import fold

# In the form to which _section_of() brings a line: folded, without decoration.
HEADINGS: dict[str, tuple[str, ...]] = {
    "work": (
        "work", "experience", "work experience", "professional experience", "employment", "employment history",
        "work history", "career history", "professional background", "relevant experience", "career", "positions",
        "professional history", "career summary", "experiences", "work & experience", "employment experience",
    ),
    "education": (
        "education", "education & training", "academic background", "education and training", "qualifications",
        "academic qualifications", "studies", "academic history", "educational background", "schooling", "academics",
    ),
    "skills": (
        "skills", "key skills", "technical skills", "core competencies", "competencies", "skills & tools", "expertise",
        "skills & proficiency", "areas of expertise", "technologies", "tools", "skills & expertise", "core skills",
        "technical expertise", "skill set", "skills summary", "professional skills", "skills and expertise",
        "tech stack", "proficiencies", "skills & interests", "key competencies",
    ),
    "summary": (
        "summary", "about", "about me", "profile", "professional summary", "personal summary", "objective",
        "career objective", "executive summary", "introduction", "personal statement", "personal profile",
    ),
    "other": (
        "languages", "language", "interests", "hobbies", "references", "certifications", "certificates", "awards",
        "publications", "volunteer", "volunteering", "projects", "personal projects", "courses", "training",
        "honors", "achievements", "activities", "memberships", "patents", "selected projects", "licenses",
        "certifications & licenses", "awards & honors", "additional information", "selected honors", "volunteer work",
    ),
    "contact": ("contact", "contact information", "contact details", "personal details", "personal information", "details"),
}

SECTION_OF = {name: section for section, names in HEADINGS.items() for name in names}

# Headings of references, whose contact points belong to other people.
REFEREES = frozenset(
    """references reference referees referenzen referenz referencias referenze referenties referencje rekomendacje
    recommandations""".split()
) | {"professional references", "personal references"}

# Occupations that are mostly surnames or other words, such as page and wright, are left out. Baker and mason are kept:
# a name with such a word needs the support of the email address (_looks_like_name).
TITLE_WORDS = frozenset(
    """accountant actuary adjuster administrator advisor adviser agent aide analyst animator appraiser apprentice architect
    artist assembler assessor assistant associate attendant attorney auditor author baker banker barista bartender
    biologist blaster bookkeeper broker builder buyer caregiver carpenter cashier ceo cfo chef chemist chief clerk coach
    collector compliance concierge conductor consultant contractor controller cook coordinator copywriter cosmetologist
    counsel counselor courier cto curator cutter dancer dealer dean dentist designer detective developer dietitian director
    dispatcher doctor drafter driver economist editor educator electrician engineer estimator examiner executive
    faculty farmer fellow firefighter fitter foreman founder freelancer fundraiser gardener geologist grader guard guide
    hairdresser head hygienist illustrator inspector installer instructor intern interpreter interviewer investigator
    janitor journalist judge laborer lawyer lead leader lecturer librarian loader machinist maid manager marketer mason
    mechanic merchandiser midwife modeler molder nurse nutritionist officer operator optician optometrist owner packer
    painter paralegal paramedic partner pharmacist photographer physician physicist pilot planner plumber policeman
    practitioner president principal processor producer professor programmer proofreader psychologist publicist
    realtor receptionist recruiter registrar repairer reporter representative researcher retoucher roofer sailor
    salesperson scheduler scientist secretary seller server setter sculptor shipper singer social solicitor specialist
    sociologist sorter statistician steward strategist stylist superintendent supervisor surgeon surveyor tailor teacher
    teller tender technician technologist tester therapist trader trainee trainer translator treasurer tutor
    typist underwriter upholsterer usher vendor veterinarian vp waiter waitress warden weaver welder worker writer
    feeder handler hand clinician chairman cleaner digger drywaller engraver erector fabricator finisher fisher
    forester glazier grinder groomer herder inventor keeper labourer logger maker miner mixer
    navigator orderly paver polisher porter presser printer ranger rigger splicer stocker tuner winder
    responder runner valet sweeper chiropractor pathologist liaison
    wrapper sonographer radiographer hostess host server greeter archivist anthropologist astronomer""".split()
)

# Radiologist, technician, watchmaker; not consist, assist or checklist. TITLE_WORDS has specialist and pharmacist.
TITLE_ENDING = re.compile(r"(?!(?:baptist|(?:con|re|per|in|as|ex|de|sub)s?ist|minimalist)s?$)\w{2,}(?:ologist|ician|ographer|[^cl]ist|maker|worker|keeper|practor)s?")

# "Associate" alone is a job title. Upper case matters: "ms" and "ma" are no degrees.
DEGREE = (
    r"\b(?:Bachelor(?:'s|’s)?|Master(?:'s|’s)?|Doctor(?:ate)?|Ph\.?\s?D\.?|M\.?B\.?A\.?|B\.?\s?Sc\.?|M\.?\s?Sc\.?|B\.?\s?Tech|M\.?\s?Tech|B\.?\s?Com|M\.?\s?Com|B\.?\s?Ed|M\.?\s?Ed|M\.?\s?Phil|Ed\.?D\.?|"
    r"B\.?\s?Eng|M\.?\s?Eng|B\.?A\.|M\.?A\.|BA|BS|MS|MA|B\.?S\.|M\.?S\.|BBA|BFA|MFA|LL\.?[BM]\.?|J\.?D\.|Associate(?:'s|’s)?(?= of| in| degree)|"
    r"Diploma|Diplom|Certificate|Licence|Licenciatura|Licentiate|High School|GED|Abitur|A-Levels?|Postgraduate|Undergraduate)(?!\w)"
)

INSTITUTION_WORDS = frozenset(
    fold("""university college school institute academy polytechnic universität université universidad universidade uniwersytet
    politechnika hochschule fachhochschule faculty seminary conservatory akademia universita università universiteit lycée
    iit mit instituto institut école""").split()
)

COMPANY_WORDS = frozenset(
    """inc llc ltd limited gmbh ag plc corp corporation co company group holdings partners sons s.a. sa s.r.l. srl bv oy ab
    kg s.c. sp.k. sp.j. spółka pty llp ltda foundation bank hospital consulting solutions systems technologies labs""".split()
)

COUNTRY_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl")
NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"})  # unions and placeholders of CLDR
# Usual names that CLDR does not have.
MORE_COUNTRIES = {"usa": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "uae": "AE", "korea": "KR"}


@lru_cache
def countries() -> dict[str, str]:
    """Return the ISO code of each country by folded name, in the supported languages, and by code."""
    found = dict(MORE_COUNTRIES)
    for language in COUNTRY_LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES:
                found.setdefault(code.lower(), code)
                found.setdefault(fold(name), code)
    return found


US_STATES = frozenset(
    """AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI
    SC SD TN TX UT VT VA WA WV WI WY DC""".split()
)
