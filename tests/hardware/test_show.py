"""Tables of text: digits, columns, and no quotes around them."""

from qlearn.hardware.show import Table, aligned, in_unit, text


def test_worked_example():
    assert [text(n) for n in (26248, 7, 10.7804, 0.0601, 1352.9, 100.4)] == [
        "26,248",
        "7",
        "10.8",
        "0.0601",
        "1,353",
        "100",
    ]
    assert text("yes") == "yes"


def test_the_unit_is_chosen_after_rounding():
    told = [in_unit(n, {"kB": 1e3, "bytes": 1}) for n in (1650, 999.7, 12, 0, 1e6)]
    assert told == ["1.65 kB", "1 kB", "12 bytes", "0 bytes", "1,000 kB"]


def test_numbers_stand_to_the_right_and_lines_end_with_a_letter():
    lines = [("size", "bytes", "kind"), ("a", "1,024", ""), ("longer", "8", "exact")]
    assert aligned(lines, right=[1]).splitlines() == [
        "size    bytes  kind",
        "a       1,024",
        "longer      8  exact",
    ]


def test_a_table_shows_itself_without_quotes():
    assert repr(Table("a  1")) == "a  1"
