"""A GitHub on localhost and an organisation of sample repositories, for `pubflow demo` and for the tests."""
