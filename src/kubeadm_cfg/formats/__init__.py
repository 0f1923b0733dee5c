"""A report in the forms that terminals, notebooks and code hosts take. What is wrong is not decided here."""
