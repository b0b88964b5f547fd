"""One face, by its text and a seed: python examples/draw.py [TEXT] [FILE.png]"""

import sys

import workbench

text, file = (*sys.argv[1:], *["blue hair red eyes", "face.png"][len(sys.argv) - 1 :])

painter = workbench.Painter.open()  # the shipped generator; or a run: Painter.open("runs/first")
recipe = workbench.Recipe.of(text, seed=7, **painter.usual)
picture = painter.draw([recipe])[0]  # (64, 64, 3) uint8
workbench.save_png(file, picture, painter.complete(recipe).to_json())  # the file tells how to draw it again
