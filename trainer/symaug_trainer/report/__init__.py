"""The report of an evaluated run: pictures, and one HTML file with the numbers behind them."""

from symaug_trainer.report.write import write_report

__all__ = ["write_report"]
