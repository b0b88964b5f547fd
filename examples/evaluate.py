"""How good are the shipped generator's faces? python examples/evaluate.py [DATA] [SAMPLES] [SUBJECT]"""

import sys

import workbench

data, samples, subject = (*sys.argv[1:], *["drawn:10000", "1000", ""][len(sys.argv) - 1 :])

found = workbench.evaluate(subject or None, data, samples=int(samples)).result
print(f"Frechet distance {found['fid']:.2f}; other real pictures reach {found['fid_floor']:.2f}")
print(f"both asked colours drawn: {found['agreement']['both']:.1%} of {found['n']:,}")
