"""Dates in the forms that people write them in."""

from __future__ import annotations

import pytest

from app.services.resumes.resume_parser import parse_text
from app.services.resumes.resume_parser._dates import find_range, find_single, normalise

RANGES = {
    "March 2018 - June 2020": ("2018-03", "2020-06"),
    "Mar. 2018 – Jun. 2020": ("2018-03", "2020-06"),
    "Mar-2018 — Jun-2020": ("2018-03", "2020-06"),
    "03/2018 to 06/2020": ("2018-03", "2020-06"),
    "03.2018-06.2020": ("2018-03", "2020-06"),
    "2018/03 - 2020/06": ("2018-03", "2020-06"),
    "2018-03 / 2020-06": ("2018-03", "2020-06"),
    "15.03.2018 – 30.06.2020": ("2018-03", "2020-06"),
    "15 March 2018 until 1st June 2020": ("2018-03", "2020-06"),
    "March 15, 2018 - June 1, 2020": ("2018-03", "2020-06"),
    "03/18 – 06/20": ("2018-03", "2020-06"),
    "Mar '18 - Jun '20": ("2018-03", "2020-06"),
    "Mar – Jun 2021": ("2021-03", "2021-06"),
    "03 – 06/2021": ("2021-03", "2021-06"),
    "2017–19": ("2017", "2019"),
    "2017/18": ("2017", "2018"),
    "2017 - Present": ("2017", "present"),
    "2017 –": ("2017", "present"),
    "(2017 -)": ("2017", "present"),
    "Since May 2019": ("2019-05", "present"),
    "Summer 2018 - Fall 2019": ("2018", "2019"),
    "Q1 2018 - Q3 2019": ("2018", "2019"),
    "seit 04/2019": ("2019-04", "present"),
    "April 2016 bis heute": ("2016-04", "present"),
    "von Mai 2014 bis Juli 2016": ("2014-05", "2016-07"),
    "septembre 2018 à décembre 2021": ("2018-09", "2021-12"),
    "depuis février 2020": ("2020-02", "present"),
    "enero de 2015 - marzo de 2018": ("2015-01", "2018-03"),
    "desde octubre de 2019": ("2019-10", "present"),
    "jan 2016 – atual": ("2016-01", "present"),
    "dal 2012 al 2015": ("2012", "2015"),
    "gennaio 2016 - oggi": ("2016-01", "present"),
    "sinds mei 2017": ("2017-05", "present"),
    "mrt 2014 t/m okt 2016": ("2014-03", "2016-10"),
    "od stycznia 2015 do grudnia 2018": ("2015-01", "2018-12"),
    "05.2019 – obecnie": ("2019-05", "present"),
}  # fmt: skip


@pytest.mark.parametrize("text", RANGES)
def test_a_range_in_any_form(text):
    found = find_range(text)
    assert found is not None and (found.start, found.end) == RANGES[text]
    begin, end = found.span
    assert 0 <= begin < end <= len(text), "the span lies in the text"


@pytest.mark.parametrize(
    "text",
    ["2019 - 2012", "version 3.10 - 3.12", "+49 30 2012", "from 3 to 5", "1500 - 2500 EUR", "A1 - B2", "room 12/14"],
)
def test_what_is_no_range(text):
    assert find_range(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("June 2014", "2014-06"), ("Autumn 2014", "2014"), ("graduated in 2011", "2011"), ("12/2013", "2013-12")],
)
def test_a_single_date(text, value):
    found = find_single(text)
    assert found is not None and found[0] == value


def test_a_day_before_its_month_and_a_month_before_its_day():
    assert (normalise("15.03.2019"), normalise("3/15/2019"), normalise("2019-03-15")) == ("2019-03",) * 3
    assert (normalise("13/2019"), normalise("1899")) == (None, None)


def test_a_position_with_a_lone_year_is_dated_and_a_current_one_with_its_start_alone_is_kept():
    lines = "Cellar Hand, Alder Vineyards | Autumn 2014\nDeputy Baker, Crumb House | since 2016\n"
    _, parsed = parse_text(f"Ann Lee\nann@people.example\n\nExperience\n{lines}")
    dates = [(each.start_date.value, each.end_date and each.end_date.value) for each in parsed.work]
    assert dates == [("2014", "2014"), ("2016", "present")]
