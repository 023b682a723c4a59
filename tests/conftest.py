from hypothesis import settings

# Wall time says nothing on a busy machine: a first call imports or compiles.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
