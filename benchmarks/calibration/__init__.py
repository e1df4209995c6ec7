"""What a verdict is worth: many engagements whose truth is known, from two generators, assessed and counted.

`make calibration` goes on where it stopped and writes docs/CALIBRATION.md. One file a step: `engagements` makes and
assesses one engagement, `running` does many and keeps a line of JSON of each, `counting` turns lines into shares,
`bursts` measures the design effect, `page` writes what came out.
"""
