"""The desktop application: the only package that imports Qt. Everything it does, it does through the packages below."""
