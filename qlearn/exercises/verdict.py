"""What a check says of an answer: a value that shows itself, for readers and for graders."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """right: True, False, or None where nothing was answered yet."""

    right: bool | None
    hint: str
    points: int = 0

    def __repr__(self):
        return {True: "right: ", False: "not quite: ", None: "not yet: "}[self.right] + self.hint


def checker(*judges):
    """The function check(number, answer) over an exercise's judges, one a number.

    A judge takes the reader's function, asks it with value_of, and returns right(praise) or
    wrong(hint). What a judge itself stumbles over is an answer that it can't read.
    """

    def check(number, answer):
        """Say what an answer to the exercise of this number deserves."""
        if number not in range(1, len(judges) + 1):
            raise ValueError(f"there is no exercise {number}: they are 1 to {len(judges)}")
        if not callable(answer):
            raise ValueError(f"answer is {answer!r}: give the function, without calling it")
        try:
            praise, hint = judges[int(number) - 1](answer)
        except NotYet:
            return Verdict(None, "the function returns None; put your answer in its place.")
        except Stopped as stop:
            return Verdict(False, str(stop))
        except Exception as error:
            hint = (
                f"this can't be read as an answer ({error}). Look at what the stub should return."
            )
        return Verdict(True, praise, 1) if hint is None else Verdict(False, hint)

    return check


class NotYet(Exception):
    """The stub is still a stub."""


class Stopped(Exception):
    """The reader's function raised."""


def value_of(answer, *args):
    """What the reader's function returns; None means that it is not written yet."""
    try:
        value = answer(*args)
    except (Exception, SystemExit) as error:  # exit() in an answer must not end a grader
        raise Stopped(f"it stopped with {type(error).__name__}: {error}") from error
    if value is None or (isinstance(value, tuple) and all(part is None for part in value)):
        raise NotYet
    return value


def right(praise):
    return praise, None


def wrong(hint):
    return None, hint
