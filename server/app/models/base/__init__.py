"""What every model is built on: base class, column types, tenancy, engine hooks, state machines."""
