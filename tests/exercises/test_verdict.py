import sys

import numpy as np
import pytest

from qlearn.exercises import Verdict, checker
from qlearn.exercises.verdict import right, value_of, wrong


def judge_two(answer):
    return right("two.") if value_of(answer) == 2 else wrong("one more.")


def judge_pair(answer):
    first, second = value_of(answer, 1)
    return right("a pair.") if first < second else wrong("the other way round.")


check = checker(judge_two, judge_pair)


def test_a_right_answer_gets_praise_and_a_point():
    assert check(1, lambda: 2) == Verdict(True, "two.", 1)
    assert check(2, lambda x: (x, x + 1)) == Verdict(True, "a pair.", 1)


def test_a_wrong_answer_gets_its_hint_and_no_point():
    assert check(1, lambda: 1) == Verdict(False, "one more.", 0)


def test_a_stub_is_not_yet_and_no_point():
    verdict = check(1, lambda: None)
    assert verdict.right is None and verdict.points == 0
    assert "returns None" in verdict.hint
    assert check(2, lambda x: (None, None)).right is None


def test_a_verdict_shows_itself():
    assert repr(check(1, lambda: 2)) == "right: two."
    assert repr(check(1, lambda: 1)) == "not quite: one more."
    assert repr(check(1, lambda: None)).startswith("not yet: the function returns None")


@pytest.mark.parametrize("number", [0, 3, -1, 1.5, "1", None])
def test_an_unknown_exercise_is_named(number):
    with pytest.raises(ValueError, match=f"no exercise {number}: they are 1 to 2"):
        check(number, lambda: 2)


def test_a_number_may_come_in_any_type():
    for number in 1.0, np.int64(1), True:
        assert check(number, lambda: 2).right


@pytest.mark.parametrize("answer", [2, None, [1, 2], np.ones(3)])
def test_an_answer_that_was_called_already_is_named(answer):
    with pytest.raises(ValueError, match="give the function, without calling it") as error:
        check(1, answer)
    assert repr(answer) in str(error.value)


def test_an_exception_of_the_reader_is_shown():
    verdict = check(1, lambda: 1 / 0)
    assert verdict == Verdict(False, "it stopped with ZeroDivisionError: division by zero")


def test_an_answer_that_exits_ends_no_grader():
    assert check(1, lambda: sys.exit(3)) == Verdict(False, "it stopped with SystemExit: 3")


def test_a_function_with_other_arguments_is_told_so():
    verdict = check(2, lambda: (1, 2))
    assert verdict.right is False
    assert verdict.hint.startswith("it stopped with TypeError") and "argument" in verdict.hint


@pytest.mark.parametrize("value", [7, "abc", (1, 2, 3), (1, "b"), {}, np.ones((2, 2))])
def test_an_unreadable_answer_is_no_fault_of_its_function(value):
    verdict = check(2, lambda x: value)
    assert verdict.right is False and verdict.points == 0
    assert verdict.hint.startswith("this can't be read as an answer (")
    assert "stopped" not in verdict.hint


def test_ctrl_c_still_interrupts():
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(1, stop)
