"""A release, rehearsed: workflows run on this machine with tools that only write down what they would do.

A workflow is run before and after it was moved, for the same event, and what came of both is compared: which files went
to which index, and whatever else left the runner. It knows of GitHub what publish workflows use and no more.
"""
