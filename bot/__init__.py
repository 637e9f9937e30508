"""pubflow: a GitHub App that moves Python packages to PyPI's Trusted Publishing."""

__version__ = "0.1.0"
