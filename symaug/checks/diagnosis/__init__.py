"""What is wrong with a generator, as the edit of the document that mends it.

Every edit is tried on the model before it is suggested. Candidates come from the measurement: each joint's
mapped line is matched to the joint whose line it really is.
"""

from symaug.checks.diagnosis.search import Diagnosis, crossed_bodies, diagnose

__all__ = ["Diagnosis", "crossed_bodies", "diagnose"]
