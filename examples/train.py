"""A run on drawn faces, a few minutes: python examples/train.py [DATA] [RUN] [MINUTES]"""

import sys

import workbench

data, folder, minutes = (*sys.argv[1:], *["drawn:10000", "runs/example", "5"][len(sys.argv) - 1 :])

config = workbench.preset("faces-64").config.replace(data=[data])
for tick in workbench.train(config, folder, workbench.Until(minutes=float(minutes))):
    losses = {name: round(value, 3) for name, value in tick.scalars.items() if name.startswith("loss/")}
    print(f"{tick.seen:,} pictures seen, {losses}")
print(f"draw with it: workbench generate --checkpoint {folder}")
