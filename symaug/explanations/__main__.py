"""`python -m symaug.explanations` prints the page of all errors."""

from symaug.explanations import errors_page

print(errors_page(), end="")
