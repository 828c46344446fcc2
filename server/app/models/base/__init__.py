"""The foundation of every model: base class, column types, tenant isolation, engine hooks, state machines."""
