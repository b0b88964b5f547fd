"""The arena: entries trained for equal processor time on the same data, and measured in the same way.

entries     what takes part: a preset, changes of it, a seed
folder      what lies in an arena's folder, and what it was asked for
contest     training by segments and measuring after each; restartable
results     the table and the curves
page        one self-contained HTML page
"""
