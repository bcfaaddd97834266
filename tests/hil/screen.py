#!/usr/bin/env python3
"""Looks at the guest's screen and touches it, over QEMU's QMP socket.

  screen.py SOCKET look NAME       writes NAME.png for people and NAME.ppm for `compare`
  screen.py SOCKET tap X Y         X and Y from 0 to 1, from the left and from the top
  screen.py - compare A.ppm B.ppm  prints how much of the screen differs, in percent
  screen.py - colours A.ppm        prints how many colours are on it: a blank screen has one

It decides nothing; what is enough stands in run.sh.
"""
import json
import os
import socket
import sys
import time

# A screen that does not answer for this long has hung.
ANSWER_SECS = 20
# QEMU's absolute axes go from 0 to this, whatever the size of the screen.
AXIS_MAX = 32767
# A finger rests before it leaves.
PRESS_SECS = 0.15
# Two colours closer than this, of 255, look the same: a page that faded in may be a shade off.
SHADE = 24


class Qmp:
    """One connection: a greeting, then one answer to each command, with events in between."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(ANSWER_SECS)
        self.socket.connect(path)
        self.lines = self.socket.makefile("rw")
        json.loads(self.lines.readline())
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        self.lines.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.lines.flush()
        while True:
            answer = json.loads(self.lines.readline())
            if "error" in answer:
                sys.exit(f"screen: {command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]


def look(qmp, name):
    for form in ("png", "ppm"):
        qmp.ask("screendump", filename=os.path.abspath(f"{name}.{form}"), **({"format": "png"} if form == "png" else {}))


def tap(qmp, x, y):
    def axis(name, part):
        return {"type": "abs", "data": {"axis": name, "value": int(float(part) * AXIS_MAX)}}

    def button(down):
        return {"type": "btn", "data": {"button": "left", "down": down}}

    qmp.ask("input-send-event", events=[axis("x", x), axis("y", y)])
    for down in (True, False):
        time.sleep(PRESS_SECS)
        qmp.ask("input-send-event", events=[button(down)])


def pixels(path):
    """Width, height and every seventh pixel of a binary PPM as QEMU writes it: enough to tell pages apart, in a moment."""
    data = open(path, "rb").read()
    kind, size, _, body = data.split(b"\n", 3)
    width, height = map(int, size.split())
    if kind != b"P6" or len(body) != width * height * 3:
        sys.exit(f"screen: {path} is no picture that QEMU wrote")
    return width, height, [body[at : at + 3] for at in range(0, len(body), 3 * 7)]


def main():
    words = sys.argv[1:]
    match words:
        case [_, "look", name]:
            look(Qmp(words[0]), name)
        case [_, "tap", x, y]:
            tap(Qmp(words[0]), x, y)
        case [_, "compare", first, second]:
            (width, height, before), (other_width, other_height, after) = pixels(first), pixels(second)
            if (width, height) != (other_width, other_height):
                sys.exit("screen: the two pictures differ in size")
            other = sum(any(abs(a - b) > SHADE for a, b in zip(*pair)) for pair in zip(before, after))
            print(round(100 * other / len(before)))
        case [_, "colours", picture]:
            print(len(set(pixels(picture)[2])))
        case _:
            sys.exit(__doc__)


main()
