"""What pubflow costs, measured beside something to compare with; `python -m benchmarks.NAME --format text|json`."""
